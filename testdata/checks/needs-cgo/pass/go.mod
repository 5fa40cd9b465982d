module example.com/needs-cgo-pass

go 1.24
