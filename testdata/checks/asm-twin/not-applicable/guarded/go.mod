module example.com/asm-twin-guarded

go 1.24
