// One x64 function, so that the code map has an AMD64 range.
        .text
        .globl x64_helper
        .p2align 4, 0x90
x64_helper:
        movl    $2, %eax
        retq
