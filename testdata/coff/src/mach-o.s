        .text
        .globl  _gowoa_add
_gowoa_add:
        .long   0
