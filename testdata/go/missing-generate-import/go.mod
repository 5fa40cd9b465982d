module example.com/missing-generate-import

go 1.24
