    // Images in data as `go:embed` leaves them: records of an embed.FS, a .Lslice with a symbol, a string without
    // anything. The text before them keeps them at odd addresses.
    .section .rdata,"dr"
.Lname_x64:
    .ascii "lib/amd64/tool.dll"
.Lname_arm64:
    .ascii "lib/arm64/tool.dll"
.Lname_driver:
    .ascii "lib/tool.sys"
.Lblob_x64:
    .incbin "x64.dll"
.Lend_x64:
.Lblob_arm64:
    .incbin "arm64.dll"
.Lend_arm64:
.Lblob_driver:
    .incbin "x64.sys"
.Lend_driver:
    .ascii "a string"
    .incbin "arm32.dll"
    .p2align 3
.Lfiles:
    .quad .Lname_x64, .Lname_arm64 - .Lname_x64, .Lblob_x64, .Lend_x64 - .Lblob_x64, 1, 1
    .quad .Lname_arm64, .Lname_driver - .Lname_arm64, .Lblob_arm64, .Lend_arm64 - .Lblob_arm64, 2, 2
    .quad .Lname_driver, .Lblob_x64 - .Lname_driver, .Lblob_driver, .Lend_driver - .Lblob_driver, 3, 3

    .data
    .globl "main..gobytes.1"
"main..gobytes.1":
    .incbin "x86.dll"
.Lend_x86:
    .p2align 3
    .globl main.old
main.old:
    .quad "main..gobytes.1", .Lend_x86 - "main..gobytes.1", .Lend_x86 - "main..gobytes.1"
    // An x64 program with an x64 DLL behind its end: the slice says that they are one file.
    .globl "main.installer"
"main.installer":
    .incbin "x64.exe"
    .incbin "x64.dll"
.Lend_installer:
    .p2align 3
    .quad "main.installer", .Lend_installer - "main.installer", .Lend_installer - "main.installer"
