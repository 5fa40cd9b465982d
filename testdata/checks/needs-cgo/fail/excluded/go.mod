module example.com/needs-cgo-fail

go 1.24
