// The head of a Go function table (pclntab) of Go 1.20 and later: magic, two
// zero bytes, instruction size quantum 4, pointer size 8, then counts and
// offsets. Three functions; the tables behind it are zero.
        .section .rdata, "dr"
        .p2align 5, 0
        .byte   0xf1, 0xff, 0xff, 0xff, 0, 0, 4, 8
        .xword  3                       // nfunc
        .xword  1                       // nfiles
        .fill   56, 1, 0
        .fill   32, 1, 0                // functab and the rest
