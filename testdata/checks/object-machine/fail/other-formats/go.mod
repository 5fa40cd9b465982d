module example.com/other-formats

go 1.24
