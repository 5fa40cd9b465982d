module example.com/broken-everywhere-named

go 1.24
