#!/usr/bin/env python3
"""Makes every container in this folder. Run it here; it needs Python 3.9, gcab, zip, zstd, xz and bzip2.

The members are images of ../pe and short texts. Times are fixed, so that the files stay the same.
"""

import bz2
import gzip
import io
import lzma
import os
import struct
import subprocess
import tarfile
import tempfile
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
TIME = (2020, 1, 1, 0, 0, 0)


def pe(name):
    with open(os.path.join(HERE, "..", "pe", name), "rb") as file:
        return file.read()


def write(name, data):
    with open(os.path.join(HERE, name), "wb") as file:
        file.write(data)


def info(name, method=zipfile.ZIP_DEFLATED, mode=0o100644):
    entry = zipfile.ZipInfo(name, TIME)
    entry.compress_type = method
    entry.create_system = 3
    entry.external_attr = mode << 16
    return entry


def zipped(members, target=None):
    """A zip of (ZipInfo, bytes)."""
    out = target or io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for entry, data in members:
            archive.writestr(entry, data)
    return None if target else out.getvalue()


class Stream(io.RawIOBase):
    """A target that cannot seek: the sizes go behind the data."""

    def __init__(self):
        self.bytes = bytearray()

    def writable(self):
        return True

    def write(self, data):
        self.bytes += data
        return len(data)


def make_zips():
    tool, readme = pe("x64.exe"), b"read me\n" * 20
    plain = zipped([
        (info("bin/", zipfile.ZIP_STORED, 0o040755), b""),
        (info("bin/tool.exe"), tool),
        (info("bin/stored.dll", zipfile.ZIP_STORED), pe("arm64.dll")),
        (info("README.txt"), readme),
        (info("latest", zipfile.ZIP_STORED, 0o120777), b"bin/tool.exe"),
    ])
    write("plain.zip", plain)
    write("prefix.zip", b"MZ, or any other bytes before it" + plain)
    comment = b"PK\x05\x06 is no end record."
    write("comment.zip", plain[:-2] + struct.pack("<H", len(comment)) + comment + b"\n\n")
    write("cut.zip", plain[:-30])
    write("empty.zip", zipped([]))
    write("names.zip", zipped([
        (info("../../etc/passwd"), b"up"),
        (info("C:\\Windows\\evil.exe"), b"drive"),
        (info("/absolute"), b"root"),
        (info("caf\xe9\x1b[31m.txt"), b"control"),
    ]))
    write("duplicate.zip", zipped([(info("tool.exe"), tool), (info("tool.exe"), pe("arm64.exe"))]))
    write("methods.zip", zipped([
        (info("a.bz2", zipfile.ZIP_BZIP2), readme),
        (info("b.lzma", zipfile.ZIP_LZMA), readme),
        (info("c.txt"), readme),
    ]))
    # What Windows Explorer and dotnet write is what a stream gets: sizes behind the data.
    stream = Stream()
    zipped([(info("tool.exe"), tool), (info("README.txt"), readme)], stream)
    write("descriptor.zip", bytes(stream.bytes))
    wide = io.BytesIO()
    with zipfile.ZipFile(wide, "w") as archive:
        for name, data in [("tool.exe", tool), ("README.txt", readme)]:
            with archive.open(info(name), "w", force_zip64=True) as member:
                member.write(data)
        # A 64-bit end record, although nothing needs it.
    write("zip64.zip", with_zip64_end(wide.getvalue()))
    two = zipped([(info("a.txt"), readme), (info("tool.exe"), tool)])
    local, central = two.find(b"tool.exe"), two.rfind(b"tool.exe")
    write("differ-name.zip", two[:local] + b"evil.exe" + two[local + 8:])
    write("differ-method.zip", two[:local - 22] + struct.pack("<H", 0) + two[local - 20:])
    write("differ-size.zip", two[:local - 12] + struct.pack("<I", 7) + two[local - 8:])
    write("encrypted.zip", two[:central - 38] + struct.pack("<H", 1) + two[central - 36:])
    write("wrong-sum.zip", two[:central - 30] + b"\0\0\0\0" + two[central - 26:])
    hidden = bytearray(two)
    hidden[-14:-10] = struct.pack("<HH", 1, 1)
    write("hidden.zip", bytes(hidden))
    # A member of four gigabytes, it says.
    huge = bytearray(two)
    huge[central - 26:central - 18] = struct.pack("<II", 0xfffffff0, 0xfffffff0)
    write("huge-size.zip", bytes(huge))


def with_zip64_end(data):
    end = data.rfind(b"PK\x05\x06")
    _, _, _, _, count, size, offset, _ = struct.unpack("<IHHHHIIH", data[end:])
    record = struct.pack("<IQHHIIQQQQ", 0x06064b50, 44, 45, 45, 0, 0, count, count, size, offset)
    locator = struct.pack("<IIQI", 0x07064b50, 0, end, 1)
    narrow = struct.pack("<IHHHHIIH", 0x06054b50, 0, 0, 0xffff, 0xffff, 0xffffffff, 0xffffffff, 0)
    return data[:end] + record + locator + narrow


def tarred(form, members):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as archive:
        for name, data, kind in members:
            entry = tarfile.TarInfo(name)
            entry.type = kind
            if kind == tarfile.REGTYPE:
                entry.size = len(data)
            elif kind in (tarfile.SYMTYPE, tarfile.LNKTYPE):
                entry.linkname = data.decode()
            archive.addfile(entry, io.BytesIO(data) if kind == tarfile.REGTYPE else None)
    return out.getvalue()


def make_tars():
    members = [
        ("dist", b"", tarfile.DIRTYPE),
        ("dist/tool.exe", pe("x64.exe"), tarfile.REGTYPE),
        ("dist/latest", b"tool.exe", tarfile.SYMTYPE),
        ("dist/again", b"dist/tool.exe", tarfile.LNKTYPE),
        ("dist/pipe", b"", tarfile.FIFOTYPE),
        ("dist/README.txt", b"read me\n", tarfile.REGTYPE),
    ]
    long = [("very-long-name/" * 20 + "tool.exe", pe("x64.exe"), tarfile.REGTYPE)]
    ustar = tarred(tarfile.USTAR_FORMAT, members)
    write("ustar.tar", ustar)
    write("gnu.tar", tarred(tarfile.GNU_FORMAT, long))
    write("pax.tar", tarred(tarfile.PAX_FORMAT, long))
    old = bytearray(tarred(tarfile.USTAR_FORMAT, [("tool.exe", pe("x64.exe"), tarfile.REGTYPE)]))
    old[257:512] = bytes(255)
    total = sum(old[:148]) + 8 * 32 + sum(old[156:512])
    old[148:156] = b"%06o\0 " % total
    write("old.tar", bytes(old))
    # Says 8 GiB, and has three blocks.
    huge = bytearray(tarred(tarfile.USTAR_FORMAT, [("huge.bin", b"x", tarfile.REGTYPE)])[:1536])
    huge[124:136] = b"77777777777\0"
    total = sum(huge[:148]) + 8 * 32 + sum(huge[156:512])
    huge[148:156] = b"%06o\0 " % total
    write("huge-size.tar", bytes(huge))
    write("cut.tar", ustar[:2000])
    write("nested.tar.gz", gzip.compress(tarred(tarfile.USTAR_FORMAT, [
        ("inner.zip", zipped([(info("deep/tool.exe"), pe("x64.exe"))]), tarfile.REGTYPE),
    ]), mtime=0))
    return ustar


def make_streams(ustar):
    write("ustar.tar.gz", gzip.compress(ustar, mtime=0))
    write("ustar.tar.bz2", bz2.compress(ustar))
    write("ustar.tar.xz", lzma.compress(ustar))
    zstd = subprocess.run(["zstd", "-q", "-19", "-c"], input=ustar, check=True, capture_output=True)
    write("ustar.tar.zst", zstd.stdout)
    named = io.BytesIO()
    with gzip.GzipFile("tool.exe", "wb", fileobj=named, mtime=0) as file:
        file.write(pe("x64.exe"))
    write("named.gz", named.getvalue())
    tool = pe("x64.exe")
    parts = gzip.compress(tool[:1000], mtime=0) + gzip.compress(tool[1000:], mtime=0)
    write("parts.gz", parts)
    write("trailing.gz", parts + b"and something that is no gzip")
    write("cut.gz", parts[:-20])
    write("wrong-sum.gz", parts[:-8] + b"\0\0\0\0" + parts[-4:])


def make_cabs():
    with tempfile.TemporaryDirectory() as folder:
        for name, data in [("tool.exe", pe("x64.exe")), ("read.txt", b"read me\n" * 5000)]:
            path = os.path.join(folder, name)
            with open(path, "wb") as file:
                file.write(data)
            os.utime(path, (1577836800, 1577836800))
        for name, flags in [("stored.cab", []), ("mszip.cab", ["-z"])]:
            out = os.path.join(HERE, name)
            subprocess.run(["gcab", "-c", *flags, "-n", out, "read.txt", "tool.exe"], cwd=folder, check=True,
                           env={**os.environ, "TZ": "UTC"})
    with open(os.path.join(HERE, "mszip.cab"), "rb") as file:
        cab = file.read()
    write("cut.cab", cab[:-100])
    method = 36 + 6
    write("quantum.cab", cab[:method] + b"\x72\x14" + cab[method + 2:])


make_zips()
make_streams(make_tars())
make_cabs()
