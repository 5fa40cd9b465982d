module example.com/default-pgo

go 1.24
