#!/bin/sh
# Makes every image and object in this folder from src/. Run it here; it needs llvm-mc, llvm-rc and lld-link
# of LLVM 20 or later, and iconv. LLVM_SUFFIX names the version, as in llvm-mc-22.
#
# Reproducible: -Brepro puts a hash of the content where a timestamp would be.
set -eu
cd "$(dirname "$0")"

suffix=${LLVM_SUFFIX--22}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"llvm-mc$suffix" -filetype=obj -triple=aarch64-windows ../src/main-arm64.s -o "$work/main.obj"

assemble() { # assemble TRIPLE OBJECT ARGUMENT...
    triple=$1 object=$2
    shift 2
    "llvm-mc$suffix" -filetype=obj -triple="$triple" -I "$work" "$@" src/tree.s -o "$work/$object"
}
link() { # link OUTPUT ARGUMENT...
    output=$1
    shift
    (cd "$work" && "lld-link$suffix" -nologo -Brepro -nodefaultlib -machine:arm64 \
        -out:"$output" "$@")
    cp "$work/$output" "$output"
    chmod 644 "$output"
}
program() { # program OUTPUT MANIFEST ARGUMENT...
    output=$1
    cp "src/$2.manifest" "$work/manifest.xml"
    shift 2
    assemble aarch64-windows tree.obj "$@"
    link "$output" -subsystem:console -entry:start main.obj tree.obj
}

for manifest in any unsaid amd64 x86 dependency malformed; do
    program "manifest-$manifest.exe" "$manifest"
done
program loop.exe any -defsym LOOP=1
program outside.exe any -defsym OUTSIDE=1
program overlap.exe any -defsym OVERLAP=1
program zero.exe any -defsym ZERO=1

# UTF-16 with a byte order mark.
{
    printf '\377\376'
    iconv -f UTF-8 -t UTF-16LE src/arm64.manifest
} > "$work/manifest.xml"
assemble aarch64-windows tree.obj
link manifest-arm64.exe -subsystem:console -entry:start main.obj tree.obj

# An icon of one pixel: a directory of one entry, a bitmap header of 40 bytes, two colours, two rows of
# bits, for the picture and for its mask.
{
    printf '\000\000\001\000\001\000\001\001\002\000\001\000\001\000\070\000\000\000\026\000\000\000'
    printf '\050\000\000\000\001\000\000\000\002\000\000\000\001\000\001\000\000\000\000\000'
    printf '\000\000\000\000\000\000\000\000\000\000\000\000\002\000\000\000\000\000\000\000'
    printf '\000\000\000\000\377\377\377\000\200\000\000\000\000\000\000\000'
} > "$work/dot.ico"
cp src/any.manifest "$work/manifest.xml"
compile() { # compile RES SOURCE...
    res=$1
    shift
    cat "$@" > "$work/source.rc"
    (cd "$work" && "llvm-rc$suffix" -no-preprocess -fo "$res" source.rc)
}
compile complete.res src/version.rc src/complete.rc
link complete.exe -subsystem:console -entry:start main.obj complete.res
# The same version with the file type of a DLL.
sed 's/^FILETYPE 1$/FILETYPE 2/' src/version.rc > "$work/version.rc"
compile version.res "$work/version.rc"
link version.dll -dll -noentry version.res

# Objects as Go links them, one for each machine.
cp src/any.manifest "$work/manifest.xml"
assemble aarch64-windows manifest-arm64.syso
assemble x86_64-windows manifest-amd64.syso
cp "$work"/manifest-*.syso .
chmod 644 ./*.syso
