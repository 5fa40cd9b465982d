module example.com/missing-embed-library

go 1.24
