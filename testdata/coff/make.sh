#!/bin/sh
# Makes every file in this folder from src/. Run it here; it needs llvm-mc, llvm-as, llvm-ar, llvm-lib, llvm-rc
# and llvm-cvtres of LLVM 22 (llvm-lib of 19 knows no /machine:arm64x), and python3. LLVM_SUFFIX names the version,
# as in llvm-mc-22.
#
# Reproducible: none of these tools writes a time unless it is told to, and no path gets in.
set -eu
cd "$(dirname "$0")"

suffix=${LLVM_SUFFIX--22}
source=$PWD/src
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

assemble() { # assemble TRIPLE SOURCE OBJECT
    "llvm-mc$suffix" -filetype=obj -triple="$1" "$source/$2" -o "$3"
}
import_library() { # import_library MACHINE OUTPUT ARGUMENT...
    machine=$1 output=$2
    shift 2
    "llvm-lib$suffix" /nologo "/machine:$machine" "/def:$source/sample.def" "/out:$output" "$@"
}
archive() { # archive FORMAT OUTPUT MEMBER...
    format=$1 output=$2
    shift 2
    "llvm-ar$suffix" --format="$format" crsD "$output" "$@"
}

# Objects.
assemble aarch64-windows code-arm64.s arm64.obj
assemble x86_64-windows code-x64.s x64.obj
assemble i686-windows code-x86.s x86.obj
assemble thumbv7-windows code-arm32.s arm32.obj
assemble arm64ec-windows code-arm64ec.s arm64ec-plain.obj
python3 "$source/patch.py" x64-section '.x64$t' arm64ec-plain.obj arm64ec.obj
assemble aarch64-windows data.s arm64-data.obj
assemble x86_64-windows data.s x64-data.obj
python3 "$source/patch.py" bigobj arm64.obj arm64-bigobj.obj
python3 "$source/patch.py" bigobj x64.obj x64-bigobj.obj
assemble x86_64-linux-gnu elf.s elf-x64.o
assemble aarch64-linux-gnu elf.s elf-arm64.o
assemble arm64-apple-darwin mach-o.s mach-o-arm64.o
"llvm-as$suffix" "$source/bitcode.ll" -o bitcode.o

# Resource objects: .rsrc$01 has the tree, .rsrc$02 the manifest.
cp "$source/app.manifest" .
"llvm-rc$suffix" -no-preprocess /FO app.res "$source/app.rc"
for machine in arm64 x64 x86 arm64ec; do
    "llvm-cvtres$suffix" "/machine:$machine" /timestamp:0 "/out:rsrc-$machine.obj" app.res
done

# Static libraries, in each of the forms of an archive.
cp arm64.obj an-object-with-a-long-name.obj
mkdir other
cp x64.obj other/arm64.obj
archive gnu static-arm64.a arm64.obj arm64-data.obj an-object-with-a-long-name.obj
archive bsd static-bsd.a arm64.obj an-object-with-a-long-name.obj
archive coff static-mixed.lib arm64.obj x64.obj other/arm64.obj app.res
archive coff static-arm64x.lib arm64.obj arm64ec.obj
archive coff static-arm64ec.lib arm64ec.obj
archive gnu static-elf.a elf-x64.o elf-arm64.o
archive gnu static-bitcode.a bitcode.o arm64.obj
"llvm-ar$suffix" crsDT static-thin.a arm64.obj an-object-with-a-long-name.obj
printf '!<arch>\n' >static-empty.a

# Import libraries.
import_library arm64 import-arm64.lib
import_library x64 import-x64.lib
import_library arm64ec import-arm64ec.lib
import_library arm64x import-arm64x.lib "/defarm64native:$source/sample.def"

# Damage: cut short, and one byte lost in the middle.
head -c 100 x64.obj >cut.obj
head -c 700 import-arm64.lib >cut.lib
{ head -c 800 static-mixed.lib; tail -c +802 static-mixed.lib; } >shifted.lib

for file in arm64.obj x64.obj x86.obj arm32.obj arm64ec.obj arm64-data.obj x64-data.obj arm64-bigobj.obj \
    x64-bigobj.obj elf-x64.o elf-arm64.o mach-o-arm64.o bitcode.o rsrc-*.obj static-*.a static-*.lib import-*.lib \
    cut.obj cut.lib shifted.lib; do
    install -m 644 "$file" "$source/.."
done
