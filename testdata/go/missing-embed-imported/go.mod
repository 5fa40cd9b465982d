module example.com/missing-embed-imported

go 1.24
