module example.com/reserved-x18-unlinked

go 1.24
