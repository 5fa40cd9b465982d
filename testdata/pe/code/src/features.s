// Instructions above Armv8.0, with and without a test of a flag before them.
        .arch   armv8.2-a+lse+sve+sha2
        .include "start.s"
// Tests a byte of a global itself, as Go's compiler writes it.
function guarded
        adrp    x27, flags
        ldrb    w1, [x27, :lo12:flags]
        cbz     w1, 1f
        ldaddal w0, w0, [x2]
1:      ret
// Nobody tests anything.
function unguarded
        ldaddal w0, w0, [x2]
        rdvl    x0, #1
        ret
// A caller tests.
function called
        sha256h q0, q1, v2.4s
        sha256h2 q0, q1, v2.4s
        ret
function wrapper
        str     x30, [sp, #-16]!
        bl      called
        ldr     x30, [sp], #16
        ret
function caller
        adrp    x0, flags
        add     x0, x0, :lo12:flags
        ldrb    w1, [x0, #1]
        tbz     w1, #0, 1f
        b       wrapper
1:      ret
function other_caller
        b       unguarded
// Only a variable points here.
function in_a_variable
        ptrue   p0.b
        ret

        .data
        .p2align 3
flags:  .byte   1, 1
        .p2align 3
        .xword  in_a_variable
