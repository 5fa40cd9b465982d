    // The header of a .NET assembly (ECMA-335, II.25.3.3), at the start of .rdata. make.sh puts its address into
    // directory 14, which no native linker writes. Flags: 1, only intermediate language.
    .section .rdata,"dr"
    .long 72
    .short 2, 5
    .quad 0
    .long 1
    .fill 52, 1, 0
