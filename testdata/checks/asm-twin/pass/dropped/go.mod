module example.com/asm-twin-pass

go 1.24
