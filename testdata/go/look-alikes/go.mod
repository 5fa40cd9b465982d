module example.com/look-alikes

go 1.24
