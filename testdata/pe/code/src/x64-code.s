// Real x86-64 code without relocations: a sum over an array, as a compiler writes it.
        .intel_syntax noprefix
        .text
        push    rbp
        mov     rbp, rsp
        sub     rsp, 32
        mov     qword ptr [rbp - 8], rdi
        mov     dword ptr [rbp - 12], esi
        xor     eax, eax
        xor     ecx, ecx
        test    esi, esi
        jle     2f
1:      movsxd  rdx, dword ptr [rdi + 4*rcx]
        add     rax, rdx
        inc     rcx
        cmp     ecx, dword ptr [rbp - 12]
        jl      1b
2:      mov     rdi, qword ptr [rbp - 8]
        add     rsp, 32
        pop     rbp
        ret
        .p2align 2, 0xcc
