// Two functions in two sections, so that there is a relocation.
        .text
        .globl  gowoa_add
        .def    gowoa_add; .scl 2; .type 32; .endef
gowoa_add:
        add     w0, w0, w1
        b       gowoa_done

        .section .text$z,"xr"
        .globl  gowoa_done
        .def    gowoa_done; .scl 2; .type 32; .endef
gowoa_done:
        ret
