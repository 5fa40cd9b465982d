module example.com/in-dependency/dep

go 1.24
