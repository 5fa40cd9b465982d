module example.com/needs-cgo-files

go 1.24
