// A Go program in small: a build ID, functions, a function table without a start of the text, as
// Go writes it since 1.26, and the module data that points to it. `decoy` is the table of another
// program, as an image that carries one in its data has it.
        .arch   armv8-a+lse
        .text
        .p2align 4
text:
        .ascii  "\377 Go build ID: \"a-made-up/build-ID-of-odd-words/abc\"\n \377"
        .p2align 4, 0
x64_fn: .incbin "x64-code.bin"
        .p2align 4, 0
runtime_fn:
        mov     x18, x0
        ret
        .p2align 4, 0
sigtramp:
        str     xzr, [x18, #0x68]
        ret
        .p2align 4, 0
dep_fn: casal   w0, w1, [x2]
        ret
        .p2align 4, 0
        .globl  start
start:
        bl      dep_fn
        mov     w0, #0
        ret
        .p2align 4, 0
etext:

        .section .rdata, "dr"
        .p2align 5, 0
decoy:  .byte   0xf1, 0xff, 0xff, 0xff, 0, 0, 4, 8
        .xword  2, 1
        .fill   120, 1, 0

        .p2align 5, 0
pclntab:
        .byte   0xf1, 0xff, 0xff, 0xff, 0, 0, 4, 8
        .xword  6                       // nfunc
        .xword  2                       // nfiles
        .xword  0                       // text start, not set
        .xword  names - pclntab
        .xword  units - pclntab
        .xword  files - pclntab
        .xword  values - pclntab
        .xword  functab - pclntab
names:  .byte   0
n_id:   .asciz  "go:buildid"
n_x64:  .asciz  "x64_fn"
n_rt:   .asciz  "runtime.fn"
n_sig:  .asciz  "sigtramp"
n_dep:  .asciz  "example.com/old%2ev2/x.(*T[...]).Do"
n_main: .asciz  "main.main"
        .p2align 2, 0
units:  .word   f_rt - files, f_main - files
files:  .byte   0
f_rt:   .asciz  "runtime/sys_windows_arm64.s"
f_main: .asciz  "example.com/tool/main.go"
values: .byte   0
v_rt:   .byte   2, 4, 0
v_main: .byte   4, 4, 0
        .p2align 3, 0
        .macro  func label
        .word   \label - text, info_\label - functab
        .endm
functab:
        func    text
        func    x64_fn
        func    runtime_fn
        func    sigtramp
        func    dep_fn
        func    start
        .word   etext - text
        .macro  info label, name, file
info_\label:
        .word   \label - text, \name - names, 0, 0, 0, \file - values, 0, 0, 0
        .endm
        info    text, n_id, values
        info    x64_fn, n_x64, values
        info    runtime_fn, n_rt, v_rt
        info    sigtramp, n_sig, v_rt
        info    dep_fn, n_dep, v_main
        info    start, n_main, v_main
table_end:

        .data
        .p2align 3, 0
// A pointer to the table alone is no module data.
        .xword  pclntab, decoy, 0, 0
moduledata:
        .xword  pclntab
        .fill   12 * 8, 1, 0
        .xword  functab, table_end - functab, table_end - functab
        .fill   3 * 8, 1, 0
        .xword  0                       // findfunctab
        .xword  text, etext             // minpc, maxpc
        .xword  text, etext             // text, etext
        .fill   64, 1, 0
