module example.com/link-missing-asm

go 1.24
