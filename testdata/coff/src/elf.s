        .text
        .globl  gowoa_add
gowoa_add:
        .long   0
