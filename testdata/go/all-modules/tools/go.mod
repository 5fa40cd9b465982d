module example.com/all-modules/tools

go 1.24
