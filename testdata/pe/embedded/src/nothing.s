    // What looks like an image or a container, and is none: words of programs that read such files, headers
    // without sections, an image of a machine that does not exist, and images that Windows on Arm can use.
    .section .rdata,"dr"
    .ascii "MZ and PE\0\0, ustar, PK\3\4Rar!, PK\5\6, BZh9, MSCF\0\0\0\0, gzip is \037\213\010"
template:
    .ascii "MZ"
    .fill 58, 1, 0
    .long 0x80
    .fill 64, 1, 0
    .ascii "PE\0\0"
    .short 0x8664, 1
    .fill 16, 1, 0
    .short 0x20b
    .fill 300, 1, 0
    .incbin "text.gz"
    .incbin "arm64.dll"
    .incbin "anycpu.dll"
    .incbin "arm64x.dll"
    .incbin "efi.exe"
