// Words that are no instructions in the way of the code: control runs into them.
        .include "start.s"
function opaque
        add     x0, x0, #1
        .word   0x0000dead, 0x0000beef, 0x0000dead, 0x0000beef
        .word   0x0000dead, 0x0000beef, 0x0000dead, 0x0000beef
        add     x0, x0, #2
        add     x0, x0, #3
        ret
