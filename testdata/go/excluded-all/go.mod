module example.com/excluded-all

go 1.24
