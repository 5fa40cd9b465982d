    // Containers that cannot be opened: a member is encrypted, one is cut short, one is an image cut short.
    .section .rdata,"dr"
    .incbin "encrypted.zip"
    .ascii "between"
    .incbin "cut.gz"
    .fill 64, 1, 0
