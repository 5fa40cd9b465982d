module example.com/missing-embed

go 1.24
