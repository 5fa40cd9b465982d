// Calls one function of each of five DLLs, the last of them loaded late. Not
// meant to run: there is no ARM64 build of two of them.
        .text
        .globl start
        .p2align 2
start:
        bl      _onexit
        bl      glFinish
        bl      __telemetry_main_invoke_trigger
        bl      FT_Close
        bl      _Xbad_alloc
        ret

// What the linker's delay-load stubs call; the real one is in delayimp.lib.
        .globl __delayLoadHelper2
__delayLoadHelper2:
        ret
