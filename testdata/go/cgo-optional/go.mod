module example.com/cgo-optional

go 1.24
