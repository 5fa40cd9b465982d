module example.com/asm-dropped-guarded

go 1.24
