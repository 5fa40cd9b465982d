module example.com/not-windows-command

go 1.24
