module example.com/asm-twin-not-built

go 1.24
