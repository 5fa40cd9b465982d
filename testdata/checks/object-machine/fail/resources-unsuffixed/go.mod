module example.com/resources-unsuffixed

go 1.24
