// An ARM64 program with x86 code in the middle of its own.
        .include "start.s"
function before
        add     x0, x0, x1
        ret
function stray_x86
        .incbin "x86-code.bin"
function after
        sub     x0, x0, x1
        ret
