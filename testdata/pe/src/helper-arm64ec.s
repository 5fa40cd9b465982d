// One ARM64EC function, so that the code map has an ARM64EC range.
        .text
        .globl "#ec_helper"
        .p2align 2
"#ec_helper":
        mov     w0, #1
        ret
