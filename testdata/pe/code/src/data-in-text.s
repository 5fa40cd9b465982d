// Data between code, as compilers and assemblers leave it there.
        .include "start.s"
// A literal pool whose words are no instructions.
function pool
        ldr     x0, 1f
        ldr     x1, 2f
        ldr     w2, 3f
        ret
        .p2align 3
1:      .xword  0x00000001ffffffff
2:      .xword  0x0000abcd0000ffff
3:      .word   0x00001234
        .word   0
// A jump table: offsets of bytes, read by an address and not by a load of a literal.
function jump_table
        cmp     w0, #8
        b.hs    1f
        adr     x1, table
        ldrb    w0, [x1, w0, uxtw]
        adr     x1, 1f
        add     x1, x1, w0, uxtb #2
        br      x1
table:  .byte   0, 1, 2, 3, 0, 1, 2, 3
1:      nop
        nop
        nop
        ret
// Words that nothing refers to, and code behind them.
function opaque
        b       2f
        .word   0x0000dead, 0x0000beef, 0x0000dead, 0x0000beef
        .word   0x0000dead, 0x0000beef, 0x0000dead, 0x0000beef
2:      ret
