#!/bin/sh
# Makes every image in this folder from src/. Run it here; it needs llvm-mc,
# llvm-dlltool and lld-link of LLVM 20 or later (19's linker cannot combine
# ARM64EC with ARM64). LLVM_SUFFIX names the version, as in llvm-mc-22.
#
# Reproducible: -Brepro puts a hash of the content where a timestamp would be,
# and -pdbaltpath and debug information are not used, so no path gets in.
set -eu
cd "$(dirname "$0")"

suffix=${LLVM_SUFFIX--22}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

assemble() { # assemble TRIPLE SOURCE OBJECT
    "llvm-mc$suffix" -filetype=obj -triple="$1" "src/$2" -o "$work/$3"
}
import_library() { # import_library MACHINE NAME
    "llvm-dlltool$suffix" -m "$1" -d "src/$2.def" -l "$work/$2.lib"
}
link() { # link OUTPUT MACHINE ARGUMENT...
    output=$1 machine=$2
    shift 2
    (cd "$work" && "lld-link$suffix" -nologo -Brepro -nodefaultlib \
        -machine:"$machine" -out:"$output" "$@")
    cp "$work/$output" "$output"
    chmod 644 "$output"
}
# The linker refuses -dynamicbase:no for ARM64, so the flag is cleared afterwards:
# DllCharacteristics is at 0xD6 (e_lfanew 0x78, 0x18 to the optional header, 0x46).
clear_dynamic_base() { # clear_dynamic_base IMAGE
    before=$(od -An -tx1 -j214 -N2 "$1" | tr -d ' ')
    if [ "$before" != 4080 ]; then
        echo "make.sh: $1 has DllCharacteristics bytes $before, expected 4080" >&2
        exit 1
    fi
    printf '\000\200' | dd of="$1" bs=1 seek=214 conv=notrunc 2>/dev/null
}
# No linker writes a table of dynamic relocations of version 3: the version of
# arm64x-pure.dll, 1 at 0xA00, is overwritten in a copy.
unknown_relocation_version() { # unknown_relocation_version IMAGE
    before=$(od -An -tx4 -j2560 -N4 "$1" | tr -d ' ')
    if [ "$before" != 00000001 ]; then
        echo "make.sh: $1 has version $before of the dynamic relocations, expected 1" >&2
        exit 1
    fi
    printf '\003' | dd of="$1" bs=1 seek=2560 conv=notrunc 2>/dev/null
}

assemble aarch64-windows main-arm64.s main-arm64.obj
assemble aarch64-windows loadconfig.s loadconfig.obj
assemble aarch64-windows imports-arm64.s imports.obj
assemble aarch64-windows kernel32-arm64.s kernel32.obj
assemble aarch64-windows runtimes-arm64.s runtimes.obj
assemble aarch64-windows buildinfo-inline.s buildinfo-inline.obj
assemble aarch64-windows buildinfo-pointer.s buildinfo-pointer.obj
assemble aarch64-windows pclntab.s pclntab.obj
assemble arm64ec-windows helper-arm64ec.s helper-arm64ec.obj
assemble arm64ec-windows loadconfig-ec.s loadconfig-ec.obj
assemble x86_64-windows helper-x64.s helper-x64.obj
assemble x86_64-windows main-x64.s main-x64.obj
assemble i686-windows main-x86.s main-x86.obj
import_library arm64 kernel32
import_library arm64 second
import_library arm64 late
import_library arm64 msvcr120
import_library arm64 msvcp120
import_library arm64 opengl32
import_library arm64 vcruntime140
import_library arm64 ftd2xx

console="-subsystem:console -entry:start"
library="-dll -noentry"

# $console and $library are lists of words on purpose.
# shellcheck disable=SC2086
{
    link arm64.exe arm64 $console main-arm64.obj
    link arm64.dll arm64 $library -export:start main-arm64.obj
    link arm64ec.dll arm64ec $library helper-arm64ec.obj loadconfig-ec.obj helper-x64.obj
    link arm64x.dll arm64x $library main-arm64.obj loadconfig.obj \
        helper-arm64ec.obj loadconfig-ec.obj helper-x64.obj
    link arm64x-pure.dll arm64x $library main-arm64.obj loadconfig.obj
    link arm64x-unknown.dll arm64x $library main-arm64.obj loadconfig.obj
    unknown_relocation_version arm64x-unknown.dll
    link x64.exe x64 $console main-x64.obj
    link x86.exe x86 $console -safeseh:no main-x86.obj
    link arm64-unhardened.exe arm64 $console -nxcompat:no -highentropyva:no main-arm64.obj
    clear_dynamic_base arm64-unhardened.exe
    link arm64-imports.exe arm64 $console imports.obj kernel32.lib second.lib \
        late.lib -delayload:late.dll
    link arm64-kernel32.exe arm64 $console kernel32.obj kernel32.lib
    link arm64-runtimes.exe arm64 $console runtimes.obj msvcr120.lib opengl32.lib \
        vcruntime140.lib ftd2xx.lib msvcp120.lib -delayload:msvcp120.dll
    link arm64-go.exe arm64 $console main-arm64.obj buildinfo-inline.obj pclntab.obj
    link arm64-go-old.exe arm64 $console main-arm64.obj buildinfo-pointer.obj
}
