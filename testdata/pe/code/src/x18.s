// Uses of x18, which Windows keeps for the thread environment block.
        .include "start.s"
// As compilers reach thread-local storage: right.
function teb_load
        ldr     x9, [x18, #88]
        ldr     w8, [x18, #0x68]
        ret
// As code for other systems uses it: wrong.
function scratch
        mov     x18, x0
        add     x18, x18, #1
        str     x18, [x1]
        ret
// Reads it for something else than a load.
function reads
        add     x0, x18, #8
        ret
// Data between code that would be `mov x18, x0` is loaded, not run.
function pool
        ldr     w0, 1f
        ret
1:      .word   0xaa0003f2
