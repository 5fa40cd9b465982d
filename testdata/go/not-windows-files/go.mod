module example.com/not-windows-files

go 1.24
