module example.com/needs-cgo-not-applicable

go 1.24
