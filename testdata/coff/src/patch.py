"""What no assembler writes: two edits of a COFF object (PE format, COFF File Header; winnt.h).

    patch.py bigobj IN OUT           the same object in the form for many sections
    patch.py x64-section NAME IN OUT marks a section of an ARM64EC object as x86-64 code
"""

import struct
import sys

# ANON_OBJECT_HEADER_BIGOBJ_CLASS_ID, {D1BAA1C7-BAEE-4BA9-AF20-FAF66AA4DCB8}.
BIGOBJ = bytes.fromhex("c7a1bad1eebaa94baf20faf66aa4dcb8")
SCN_GPREL = 0x8000


def bigobj(old):
    """Header of 56 bytes for one of 20, symbols of 20 bytes for 18: the section number grows to 32 bits."""
    machine, sections, _, symbols_at, symbols, _, _ = struct.unpack_from("<HHIIIHH", old)
    shift = 56 - 20
    out = bytearray(struct.pack("<HHHHI16sIIIIIII", 0, 0xFFFF, 2, machine, 0, BIGOBJ, 0, 0, 0, 0,
                                sections, symbols_at + shift, symbols))
    out += old[20:symbols_at]
    for section in range(sections):
        at = 56 + 40 * section
        data, relocations = struct.unpack_from("<II", out, at + 20)
        struct.pack_into("<II", out, at + 20, data and data + shift, relocations and relocations + shift)
    at, left = symbols_at, 0
    for _ in range(symbols):
        record = old[at:at + 18]
        at += 18
        if left:
            left -= 1
            out += record + bytes(2)
            continue
        name, value, section, kind, storage, left = struct.unpack("<8sIhHBB", record)
        out += struct.pack("<8sIiHBB", name, value, section, kind, storage, left)
    return out + old[at:]


def x64_section(name, old):
    """Sets IMAGE_SCN_GPREL in the characteristics of the section."""
    out = bytearray(old)
    (sections,) = struct.unpack_from("<H", out, 2)
    for section in range(sections):
        at = 20 + 40 * section
        if out[at:at + 8].rstrip(b"\0") == name.encode():
            (flags,) = struct.unpack_from("<I", out, at + 36)
            struct.pack_into("<I", out, at + 36, flags | SCN_GPREL)
            return out
    sys.exit(f"patch.py: no section {name}")


def main(argv):
    what, *names, source, target = argv[1:]
    with open(source, "rb") as file:
        old = file.read()
    new = bigobj(old) if what == "bigobj" else x64_section(names[0], old)
    with open(target, "wb") as file:
        file.write(new)


main(sys.argv)
