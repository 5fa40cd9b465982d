module example.com/reserved-x18-assembly

go 1.24
