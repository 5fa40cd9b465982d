module example.com/newer-go

go 1.99
