// A Go build information blob as the linker wrote it before Go 1.18: a header
// with flags 0 that points to two Go string headers {address, length}.
        .section .data, "dw"
        .p2align 4, 0
        .ascii  "\377 Go buildinf:"
        .byte   8, 0
        .xword  version_header
        .xword  module_header
        .p2align 3, 0
version_header:
        .xword  version, version_end - version
module_header:
        .xword  module, module_end - module
version:
        .ascii  "go1.17.13"
version_end:
module:
        .ascii  "0w\257\f\222t\b\002A\341\301\007\346\326\030\346"
        .ascii  "path\texample.com/tool\n"
        .ascii  "mod\texample.com/tool\t(devel)\t\n"
        .ascii  "\3712C1\206\030 r\000\202B\020A\026\330\362"
module_end:
