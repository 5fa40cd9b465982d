module example.com/slow-path-not-applicable

go 1.24
