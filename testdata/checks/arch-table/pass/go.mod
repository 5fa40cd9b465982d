module example.com/arch-table-pass

go 1.24
