module example.com/test-break-unasked

go 1.24
