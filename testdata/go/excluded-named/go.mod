module example.com/excluded-named

go 1.24
