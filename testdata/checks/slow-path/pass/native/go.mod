module example.com/slow-path-pass

go 1.24
