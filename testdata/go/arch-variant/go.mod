module example.com/arch-variant

go 1.24
