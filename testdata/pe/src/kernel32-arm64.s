// Calls one function of a DLL that every Windows has.
        .text
        .globl start
        .p2align 2
start:
        bl      ExitProcess
        ret
