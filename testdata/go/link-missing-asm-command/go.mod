module example.com/link-missing-asm-command

go 1.24
