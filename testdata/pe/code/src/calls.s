// A Go program in small, for which function refers to which: by a call, a jump, an address, a word
// with an address, and a call that was inlined. The code is written as Go's linker writes it, and
// what was inlined is in the data of functions (runtime, `inlinedCall`), to which the module data
// points.
        .arch   armv8-a
        .text
        .p2align 4
text:
        .globl  start
start:
        bl      called
        adrp    x0, taken
        add     x0, x0, :lo12:taken
        adrp    x1, word
        add     x1, x1, :lo12:word
        b       jumped
        .p2align 4, 0
called: b       start
        .p2align 4, 0
taken:  ret
        .p2align 4, 0
in_word: ret
        .p2align 4, 0
jumped: blr     x1
        ret
        .p2align 4, 0
inlined: ret
        .p2align 4, 0
never:  bl      called
        ret
        .p2align 4, 0
etext:

        .section .rdata, "dr"
        .p2align 3, 0
word:   .xword  in_word
gofunc: .word   0x5a5a5a5a
        .p2align 3, 0
tree:   .byte   0, 0, 0, 0              // no special function
        .word   n_inl - names           // what was inlined
        .word   4                       // where, in the code of the function
        .word   7                       // the line that it begins in

        .p2align 5, 0
pclntab:
        .byte   0xf1, 0xff, 0xff, 0xff, 0, 0, 4, 8
        .xword  7                       // nfunc
        .xword  1                       // nfiles
        .xword  0                       // text start, not set
        .xword  names - pclntab
        .xword  units - pclntab
        .xword  files - pclntab
        .xword  values - pclntab
        .xword  functab - pclntab
names:  .byte   0
n_main: .asciz  "main.main"
n_call: .asciz  "example.com/dep.(*T).Called"
n_take: .asciz  "example.com/dep.taken"
n_word: .asciz  "example.com/dep.inWord"
n_jump: .asciz  "example.com/dep.jumped"
n_inl:  .asciz  "example.com/dep.inlined"
n_nev:  .asciz  "example.com/dep.never"
        .p2align 2, 0
units:  .word   f_main - files
files:  .byte   0
f_main: .asciz  "example.com/tool/main.go"
values: .byte   0
v_main: .byte   2, 4, 0
v_tree: .byte   2, 4, 0                 // the first inlined call, for one step
        .p2align 3, 0
        .macro  func label
        .word   \label - text, info_\label - functab
        .endm
functab:
        func    start
        func    called
        func    taken
        func    in_word
        func    jumped
        func    inlined
        func    never
        .word   etext - text
        .macro  info label, name
info_\label:
        .word   \label - text, \name - names, 0, 0, 0, v_main - values, 0, 0, 0
        .word   0, 0                    // startLine; funcID, flag, no funcdata
        .endm
info_start:
        .word   start - text, n_main - names, 0, 0, 0, v_main - values, 0, 3, 0
        .word   0
        .byte   0, 0, 0, 4              // funcID, flag, nfuncdata
        .word   0, 0, v_tree - values   // pcdata
        .word   0xffffffff, 0xffffffff, 0xffffffff, tree - gofunc
        info    called, n_call
        info    taken, n_take
        info    in_word, n_word
        info    jumped, n_jump
        info    inlined, n_inl
        info    never, n_nev
table_end:

        .data
        .p2align 3, 0
moduledata:
        .xword  pclntab
        .fill   12 * 8, 1, 0
        .xword  functab, table_end - functab, table_end - functab
        .fill   3 * 8, 1, 0
        .xword  0                       // findfunctab
        .xword  text, etext             // minpc, maxpc
        .xword  text, etext             // text, etext
        .fill   16 * 8, 1, 0
        .xword  gofunc
