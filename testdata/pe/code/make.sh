#!/bin/sh
# Makes the images of this folder from src/. See README.md.
#
# LLVM_SUFFIX is what the tools end with: "-22" by default, "" for plain names.
set -eu
cd "$(dirname "$0")"

suffix=${LLVM_SUFFIX--22}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

assemble() { # assemble TRIPLE SOURCE OBJECT
    "llvm-mc$suffix" -filetype=obj -triple="$1" -I src -I "$work" "$2" -o "$work/$3"
}
# lld takes no x86 object into an ARM64 image, so its code goes in as bytes.
code_of() { # code_of TRIPLE NAME
    assemble "$1" "src/$2.s" "$2.obj"
    "llvm-objcopy$suffix" --dump-section=.text="$work/$2.bin" "$work/$2.obj"
}
link() { # link OUTPUT ARGUMENT...
    output=$1
    shift
    (cd "$work" && "lld-link$suffix" -nologo -Brepro -nodefaultlib -machine:arm64 \
        -out:"$output" "$@")
    cp "$work/$output" "$output"
    chmod 644 "$output"
}

code_of x86_64-windows x64-code
code_of i686-windows x86-code
for name in stray-x64 stray-x86 x18 features data-in-text opaque two-sections unwind go calls; do
    assemble aarch64-windows "src/$name.s" "$name.obj"
done
assemble aarch64-windows ../src/buildinfo-inline.s buildinfo.obj

# Symbols are written for -debug:symtab alone; unwind.dll, go.exe and calls.exe are to have none.
for name in stray-x64 stray-x86 x18 data-in-text opaque two-sections; do
    link "$name.exe" -subsystem:console -entry:start -debug:symtab "$name.obj"
done
link features.exe -subsystem:console -entry:start -debug:symtab features.obj buildinfo.obj
link unwind.dll -dll -noentry -export:exported -export:leaf unwind.obj
link go.exe -subsystem:console -entry:start go.obj buildinfo.obj
link calls.exe -subsystem:console -entry:start calls.obj
