# One function without a relocation: nothing in it tells a linker that it is for another machine.
        .text
        .globl  gowoa_add
        .def    gowoa_add; .scl 2; .type 32; .endef
gowoa_add:
        lea     (%rcx,%rdx), %eax
        ret
