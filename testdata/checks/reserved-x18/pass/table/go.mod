module example.com/reserved-x18-table

go 1.24
