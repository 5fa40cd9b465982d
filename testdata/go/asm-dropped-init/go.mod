module example.com/asm-dropped-init

go 1.24
