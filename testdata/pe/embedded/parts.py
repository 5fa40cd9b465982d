"""The containers that make.sh puts into images, and what no linker writes. Called with the work directory."""

import bz2
import gzip
import io
import lzma
import os
import struct
import subprocess
import sys
import tarfile
import zipfile

work = sys.argv[1]


def read(name):
    with open(os.path.join(work, name), "rb") as file:
        return file.read()


def write(name, data):
    with open(os.path.join(work, name), "wb") as file:
        file.write(data)


def zipped(members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            entry = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_STORED if name.startswith("stored") else zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return out.getvalue()


def tarred(members):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, data in members:
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return out.getvalue()


def any_cpu():
    """Puts the CLR header, the start of .rdata, into directory 14 of a PE32 image."""
    image = bytearray(read("anycpu.dll"))
    header = struct.unpack_from("<I", image, 0x3c)[0]
    sections = struct.unpack_from("<H", image, header + 6)[0]
    table = header + 24 + struct.unpack_from("<H", image, header + 20)[0]
    for section in range(sections):
        name, _, rva = struct.unpack_from("<8sII", image, table + 40 * section)
        if name.startswith(b".rdata"):
            struct.pack_into("<II", image, header + 24 + 96 + 8 * 14, rva, 72)
            write("anycpu.dll", image)
            return
    sys.exit("anycpu.dll has no .rdata")


any_cpu()
dll, sys_file, text = read("x64.dll"), read("x64.sys"), b"text " * 200
archive = zipped([("amd64/tool.dll", dll), ("stored/tool.sys", sys_file), ("README.txt", text)])
tar = tarred([("bin/tool.dll", dll), ("bin/README", text)])
named = io.BytesIO()
with gzip.GzipFile("tool.dll", "wb", fileobj=named, mtime=0) as file:
    file.write(dll)
write("tool.gz", named.getvalue())
write("tool.zip", archive)
write("tool.tar", tar)
write("tool.tar.gz", gzip.compress(tar, mtime=0))
write("tool.xz", lzma.compress(dll))
write("tool.bz2", bz2.compress(dll))
write("text.gz", gzip.compress(text, mtime=0))
write("nested.zip", zipped([("inner.zip", archive), ("tool.exe.gz", gzip.compress(read("x64.exe"), mtime=0))]))
write("cut.gz", gzip.compress(dll, mtime=0)[:-40])
zstd = subprocess.run(["zstd", "-q", "-c"], input=dll, check=True, capture_output=True)
write("tool.zst", zstd.stdout)
path = os.path.join(work, "tool.dll")
write("tool.dll", dll)
os.utime(path, (1577836800, 1577836800))
subprocess.run(["gcab", "-c", "-z", "-n", "tool.cab", "tool.dll"], cwd=work, check=True, env={**os.environ, "TZ": "UTC"})
# Nothing is encrypted: the flag alone keeps it closed.
locked = bytearray(zipped([("tool.dll", dll)]))
local, central = locked.find(b"PK\x03\x04"), locked.find(b"PK\x01\x02")
locked[local + 6] |= 1
locked[central + 8] |= 1
write("encrypted.zip", bytes(locked))
