#!/bin/sh
# Makes the images in parts/, and the images in this folder, which carry them. Run it here, after ../make.sh; it
# needs what that needs, llvm-rc, Python 3 and gcab.
#
# Reproducible as described there; the times in the archives are fixed.
set -eu
cd "$(dirname "$0")"

suffix=${LLVM_SUFFIX--22}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

assemble() { # assemble TRIPLE SOURCE OBJECT
    "llvm-mc$suffix" -filetype=obj -triple="$1" -I "$work" "$2" -o "$work/$3"
}
link() { # link OUTPUT MACHINE ARGUMENT...
    output=$1 machine=$2
    shift 2
    (cd "$work" && "lld-link$suffix" -nologo -Brepro -nodefaultlib -machine:"$machine" -out:"$output" "$@")
    chmod 644 "$work/$output"
}
resources() { # resources SOURCE OBJECT
    (cd "$work" && "llvm-rc$suffix" -no-preprocess -fo "$2" "$1")
}

cp ../arm64.dll ../arm64x.dll ../x64.exe "$work"
assemble aarch64-windows ../src/main-arm64.s main-arm64.obj
assemble x86_64-windows ../src/main-x64.s main-x64.obj
assemble i686-windows ../src/main-x86.s main-x86.obj
assemble thumbv7-windows src/thumb.s thumb.obj
assemble i686-windows src/clr.s clr.obj
cp src/*.rc "$work"
resources strings.rc strings.res

library="-dll -noentry"
console="-subsystem:console -entry:start"
# $library and $console are lists of words on purpose.
# shellcheck disable=SC2086
{
    link x64.dll x64 $library -export:start main-x64.obj
    link x86.dll x86 $library -safeseh:no main-x86.obj
    link arm32.dll arm $library thumb.obj
    link x64.sys x64 -driver -subsystem:native -entry:start main-x64.obj
    link efi.exe x64 -subsystem:efi_application -entry:start main-x64.obj
    link resources-only.dll x64 $library strings.res
    link anycpu.dll x86 $library -safeseh:no clr.obj
}
python3 parts.py "$work"
for part in x64.dll x86.dll arm32.dll x64.sys efi.exe resources-only.dll anycpu.dll; do
    cp "$work/$part" parts/
done

resources resources.rc resources.res
for outer in data containers nothing closed; do
    assemble aarch64-windows "src/$outer.s" "$outer.obj"
done
# shellcheck disable=SC2086
{
    # The symbol table is what Go writes as well.
    link data.exe arm64 $console -debug:symtab main-arm64.obj data.obj
    link containers.exe arm64 $console main-arm64.obj containers.obj
    link nothing.exe arm64 $console main-arm64.obj nothing.obj
    link closed.exe arm64 $console main-arm64.obj closed.obj
    link resources.exe arm64 $console main-arm64.obj resources.res
}
# Self-extracting: an archive behind the last section.
cat ../arm64.exe "$work/tool.zip" > "$work/overlay.exe"
# Two images behind the last section, and nothing that says where the first ends.
cat ../arm64.exe ../x64.exe "$work/x64.dll" > "$work/appended.exe"
for outer in data containers nothing closed resources overlay appended; do
    cp "$work/$outer.exe" .
done
