module example.com/asm-twin-no-suffix

go 1.24
