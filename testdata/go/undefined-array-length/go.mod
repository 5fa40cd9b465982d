module example.com/undefined-array-length

go 1.24
