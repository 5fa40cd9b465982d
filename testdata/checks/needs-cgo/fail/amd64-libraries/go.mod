module example.com/needs-cgo-libraries

go 1.24
