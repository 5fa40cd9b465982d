module example.com/resources-both

go 1.24
