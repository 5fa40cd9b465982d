module example.com/not-windows

go 1.24
