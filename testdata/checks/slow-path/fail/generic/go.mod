module example.com/slow-path-fail

go 1.24
