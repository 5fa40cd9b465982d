// Functions that only the unwind data and the export directory know.
        .text
        .p2align 2
        .globl  exported
        .seh_proc exported
exported:
        stp     x29, x30, [sp, #-16]!
        .seh_save_fplr_x 16
        .seh_endprologue
        bl      hidden
        .seh_startepilogue
        ldp     x29, x30, [sp], #16
        .seh_save_fplr_x 16
        .seh_endepilogue
        ret
        .seh_endproc

        .seh_proc hidden
hidden:
        sub     sp, sp, #32
        .seh_stackalloc 32
        .seh_endprologue
        mov     x18, x0
        str     x18, [sp, #8]
        .seh_startepilogue
        add     sp, sp, #32
        .seh_stackalloc 32
        .seh_endepilogue
        ret
        .seh_endproc

// A leaf: exported, without unwind data.
        .globl  leaf
leaf:   mov     w0, #1
        ret
