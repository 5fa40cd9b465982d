module example.com/missing-method

go 1.24
