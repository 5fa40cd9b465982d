module example.com/all-modules

go 1.24
