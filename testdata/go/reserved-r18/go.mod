module example.com/reserved-r18

go 1.24
