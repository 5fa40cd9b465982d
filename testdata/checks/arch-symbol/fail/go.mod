module example.com/arch-symbol-fail

go 1.24
