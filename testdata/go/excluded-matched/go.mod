module example.com/excluded-matched

go 1.24
