module example.com/not-windows-all

go 1.24
