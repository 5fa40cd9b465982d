module example.com/asm-twin-fail

go 1.24
