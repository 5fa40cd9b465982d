@ The same for 32-bit ARM, in Thumb-2.
        .syntax unified
        .thumb
        .text
        .globl  gowoa_add
        .def    gowoa_add; .scl 2; .type 32; .endef
        .thumb_func
gowoa_add:
        adds    r0, r0, r1
        bx      lr
