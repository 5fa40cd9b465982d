// One function with the mangled name that ARM64EC functions have, and a second code section, which make.sh marks
// as x86-64 code: llvm-mc has no letter for IMAGE_SCN_GPREL.
        .text
        .globl  "#gowoa_add"
        .def    "#gowoa_add"; .scl 2; .type 32; .endef
"#gowoa_add":
        add     w0, w0, w1
        ret

        .section .x64$t,"xr"
        .byte   0x8d, 0x04, 0x11, 0xc3
