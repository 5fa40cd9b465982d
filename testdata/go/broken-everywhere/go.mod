module example.com/broken-everywhere

go 1.24
