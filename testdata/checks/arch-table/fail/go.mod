module example.com/arch-table-fail

go 1.24
