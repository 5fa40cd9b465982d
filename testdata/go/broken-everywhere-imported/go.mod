module example.com/broken-everywhere-imported

go 1.24
