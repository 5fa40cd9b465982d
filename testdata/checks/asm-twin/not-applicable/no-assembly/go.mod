module example.com/asm-twin-no-assembly

go 1.24
