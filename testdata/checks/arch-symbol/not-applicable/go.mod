module example.com/arch-symbol-not-applicable

go 1.24
