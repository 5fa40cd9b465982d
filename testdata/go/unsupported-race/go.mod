module example.com/unsupported-race

go 1.24
