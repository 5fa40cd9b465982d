// Calls two functions of one DLL, one by ordinal of a second, and one of a
// third that is loaded late. Not meant to run: only the import tables matter.
        .text
        .globl start
        .p2align 2
start:
        bl      ExitProcess
        bl      GetTickCount64
        bl      by_ordinal
        bl      late_call
        ret

// What the linker's delay-load stubs call; the real one is in delayimp.lib.
        .globl __delayLoadHelper2
__delayLoadHelper2:
        ret
