module example.com/arch-table-not-applicable

go 1.24
