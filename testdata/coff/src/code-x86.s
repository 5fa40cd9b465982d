# The same for 32 bits, with the underscore that C names have there.
        .text
        .globl  _gowoa_add
        .def    _gowoa_add; .scl 2; .type 32; .endef
_gowoa_add:
        movl    4(%esp), %eax
        addl    8(%esp), %eax
        ret
