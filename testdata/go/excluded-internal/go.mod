module example.com/excluded-internal

go 1.24
