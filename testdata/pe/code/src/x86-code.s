// Real 32-bit x86 code without relocations: the same sum.
        .intel_syntax noprefix
        .text
        push    ebp
        mov     ebp, esp
        push    esi
        push    edi
        mov     esi, dword ptr [ebp + 8]
        mov     ecx, dword ptr [ebp + 12]
        xor     eax, eax
        xor     edx, edx
        test    ecx, ecx
        jle     2f
1:      add     eax, dword ptr [esi + 4*edx]
        inc     edx
        cmp     edx, ecx
        jl      1b
2:      pop     edi
        pop     esi
        pop     ebp
        ret     8
        .p2align 2, 0xcc
