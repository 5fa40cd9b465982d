// Two sections with code; the second is data as well to its flags, and has x86 code.
        .include "start.s"
        .section .more, "xr"
        .p2align 2
function more
        ret
function stray_x64
        .incbin "x64-code.bin"
