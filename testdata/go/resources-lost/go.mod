module example.com/resources-lost

go 1.24
