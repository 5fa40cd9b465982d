module example.com/needs-cgo-with

go 1.24
