module example.com/needs-cgo-mapping

go 1.24
