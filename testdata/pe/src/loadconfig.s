// A load configuration directory of 0x140 bytes with nothing in it.
// The linker writes the table of dynamic relocations into it for -machine:arm64x.
        .section .rdata, "dr"
        .globl _load_config_used
        .p2align 3, 0
_load_config_used:
        .word   0x140
        .fill   0x13c, 1, 0
