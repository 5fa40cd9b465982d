module example.com/no-packages

go 1.24
