module example.com/arch-symbol-pass

go 1.24
