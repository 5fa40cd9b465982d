module example.com/native-asm

go 1.24
