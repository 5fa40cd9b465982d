// A Go build information blob as the linker writes it since Go 1.18: a 32-byte
// header with flags&2, then two strings, each behind its length as a varint.
// The second is framed by two sentinels of 16 bytes, which readers cut away.
        .section .data, "dw"
        .p2align 4, 0
        .ascii  "\377 Go buildinf:"
        .byte   8, 2
        .fill   16, 1, 0
        .uleb128 version_end - version
version:
        .ascii  "go1.26.8"
version_end:
        .uleb128 module_end - module
module:
        .ascii  "0w\257\f\222t\b\002A\341\301\007\346\326\030\346"
        .ascii  "path\texample.com/tool\n"
        .ascii  "mod\texample.com/tool\tv1.2.3\th1:AAAA=\n"
        .ascii  "dep\texample.com/plain\tv0.1.0\th1:BBBB=\n"
        .ascii  "dep\texample.com/old\tv0.2.0\n"
        .ascii  "=>\texample.com/new\tv0.3.0\th1:CCCC=\n"
        .ascii  "build\t-buildmode=exe\n"
        .ascii  "build\t-compiler=gc\n"
        .ascii  "build\t-ldflags=\"-s -w -X main.name=\\\"quoted\\\"\"\n"
        .ascii  "build\tCGO_ENABLED=0\n"
        .ascii  "build\tGOARCH=arm64\n"
        .ascii  "build\tGOOS=windows\n"
        .ascii  "build\tGOARM64=v8.0\n"
        .ascii  "build\tvcs=git\n"
        .ascii  "build\tvcs.revision=0123456789abcdef0123456789abcdef01234567\n"
        .ascii  "\3712C1\206\030 r\000\202B\020A\026\330\362"
module_end:
        .fill   16, 1, 0
