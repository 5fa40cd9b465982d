//! What a file is, by its first bytes and in words, so that an error can say
//! "this is an ELF file for x86-64" and not just "bad magic".

use std::borrow::Cow;
use std::fmt;

use super::bytes::{slice, u16_at, u32_at};
use crate::facts::image::MachineKind;

/// Sections above which a file that has no magic number is not taken for a COFF
/// object.
const MAX_OBJECT_SECTIONS: u16 = 0x1000;
/// Architectures above which `0xCAFEBABE` is a Java class file and not a
/// universal Mach-O: the number sits where a class file has its version, which
/// begins at 45.
const MAX_UNIVERSAL_ARCHITECTURES: u32 = 30;

/// The kinds of files that are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// A PE image: an executable, a DLL, a driver.
    Pe {
        /// `Machine` of its header.
        machine: u16,
    },
    /// An `MZ` file without a PE header.
    Dos,
    /// A COFF object, such as a `.syso`.
    CoffObject {
        /// `Machine` of its header.
        machine: u16,
    },
    /// One import record of an import library.
    CoffImport {
        /// `Machine` of its header.
        machine: u16,
    },
    /// An ELF file of any kind.
    Elf {
        /// `e_machine`.
        machine: u16,
    },
    /// A Mach-O file for one architecture.
    MachO {
        /// `cputype`.
        cpu: u32,
    },
    /// A Mach-O file for several architectures.
    MachOUniversal,
    /// A WebAssembly module.
    Wasm,
    /// An `ar` archive: a static library or an import library.
    Archive,
    /// A zip archive, which MSIX and NuGet packages are, too.
    Zip,
    /// A gzip stream.
    Gzip,
    /// A Windows cabinet.
    Cabinet,
    /// An OLE compound file, such as an MSI package.
    OleCompound,
    /// LLVM bitcode, as link-time optimisation leaves in objects.
    Bitcode,
    /// A script with a `#!` line.
    Script,
    /// No bytes at all.
    Empty,
    /// None of these.
    Unknown,
}

impl FileKind {
    /// What the file is, with its article: "an ELF file for x86-64".
    #[must_use]
    pub fn words(&self) -> Cow<'static, str> {
        let coff = |machine: u16| MachineKind::from_header(machine).words();
        Cow::Borrowed(match *self {
            Self::Pe { machine } => return format!("a PE image for {}", coff(machine)).into(),
            Self::CoffObject { machine } => {
                return format!("a COFF object for {}", coff(machine)).into();
            }
            Self::CoffImport { machine } => {
                return format!("a COFF import record for {}", coff(machine)).into();
            }
            Self::Elf { machine } => return format!("an ELF file for {}", elf(machine)).into(),
            Self::MachO { cpu } => return format!("a Mach-O file for {}", mach_o(cpu)).into(),
            Self::Dos => "an MS-DOS program, or a PE image that was cut short",
            Self::MachOUniversal => "a universal Mach-O file",
            Self::Wasm => "a WebAssembly module",
            Self::Archive => "an ar archive",
            Self::Zip => "a zip archive",
            Self::Gzip => "a gzip stream",
            Self::Cabinet => "a cabinet file",
            Self::OleCompound => "an OLE compound file, such as an MSI package",
            Self::Bitcode => "LLVM bitcode",
            Self::Script => "a script",
            Self::Empty => "an empty file",
            Self::Unknown => "a file of unknown kind",
        })
    }
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words())
    }
}

/// Says what a file is by looking at its beginning only.
#[must_use]
pub fn identify(bytes: &[u8]) -> FileKind {
    if bytes.is_empty() {
        return FileKind::Empty;
    }
    if bytes.starts_with(b"MZ") {
        return pe_machine(bytes).map_or(FileKind::Dos, |machine| FileKind::Pe { machine });
    }
    magic(bytes).or_else(|| mach_o_file(bytes)).or_else(|| coff(bytes)).unwrap_or(FileKind::Unknown)
}

/// `Machine` of a PE header, if one is where the MS-DOS header points to.
fn pe_machine(bytes: &[u8]) -> Option<u16> {
    let header = u64::from(u32_at(bytes, 0x3c)?);
    if slice(bytes, header, 4)? != b"PE\0\0" {
        return None;
    }
    u16_at(bytes, header + 4)
}

/// The kinds with a magic number of their own.
fn magic(bytes: &[u8]) -> Option<FileKind> {
    const MAGIC: &[(&[u8], FileKind)] = &[
        (b"\0asm", FileKind::Wasm),
        (b"!<arch>\n", FileKind::Archive),
        (b"!<thin>\n", FileKind::Archive),
        (b"PK\x03\x04", FileKind::Zip),
        (b"PK\x05\x06", FileKind::Zip),
        (b"\x1f\x8b", FileKind::Gzip),
        (b"MSCF", FileKind::Cabinet),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FileKind::OleCompound),
        (b"BC\xc0\xde", FileKind::Bitcode),
        (b"#!", FileKind::Script),
    ];
    if bytes.starts_with(b"\x7fELF") {
        // e_machine is at 18; the byte order is in byte 5: 2 is big-endian.
        let machine = u16_at(bytes, 18)?;
        let big = bytes.get(5) == Some(&2);
        return Some(FileKind::Elf { machine: if big { machine.swap_bytes() } else { machine } });
    }
    MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|&(_, kind)| kind)
}

/// Mach-O for one architecture or several, in either byte order.
fn mach_o_file(bytes: &[u8]) -> Option<FileKind> {
    let second = u32_at(bytes, 4)?;
    match u32_at(bytes, 0)? {
        0xfeed_face | 0xfeed_facf => Some(FileKind::MachO { cpu: second }),
        0xcefa_edfe | 0xcffa_edfe => Some(FileKind::MachO { cpu: second.swap_bytes() }),
        // Universal headers are big-endian, so the number reads swapped here.
        0xbeba_feca | 0xbfba_feca if second.swap_bytes() <= MAX_UNIVERSAL_ARCHITECTURES => {
            Some(FileKind::MachOUniversal)
        }
        _ => None,
    }
}

/// A COFF object has no magic number: the machine has to be a known one and the
/// counts have to be possible.
fn coff(bytes: &[u8]) -> Option<FileKind> {
    let known = |machine| !matches!(MachineKind::from_header(machine), MachineKind::Other(_));
    let first = u16_at(bytes, 0)?;
    let second = u16_at(bytes, 2)?;
    if first == 0 && second == 0xffff {
        // Version 0 is an import record; above it is an anonymous object, of
        // which only the form for many sections holds code (PE format, Import
        // Library Format; winnt.h, ANON_OBJECT_HEADER_BIGOBJ).
        let machine = u16_at(bytes, 6).filter(|&machine| known(machine))?;
        return Some(match u16_at(bytes, 4)? {
            0 => FileKind::CoffImport { machine },
            _ => FileKind::CoffObject { machine },
        });
    }
    let symbols = u64::from(u32_at(bytes, 8)?);
    let optional_header = u16_at(bytes, 16)?;
    let plausible = known(first)
        && second <= MAX_OBJECT_SECTIONS
        && optional_header == 0
        && symbols <= bytes.len() as u64;
    plausible.then_some(FileKind::CoffObject { machine: first })
}

/// The usual name of an ELF machine (the generic ABI's `e_machine`).
fn elf(machine: u16) -> Cow<'static, str> {
    Cow::Borrowed(match machine {
        3 => "x86",
        8 => "MIPS",
        20 => "PowerPC",
        21 => "PowerPC 64",
        22 => "IBM Z",
        40 => "ARM32",
        62 => "x86-64",
        183 => "AArch64",
        243 => "RISC-V",
        247 => "BPF",
        258 => "LoongArch",
        other => return format!("machine {other}").into(),
    })
}

/// The usual name of a Mach-O CPU (`mach/machine.h`).
fn mach_o(cpu: u32) -> Cow<'static, str> {
    Cow::Borrowed(match cpu {
        0x0000_0007 => "x86",
        0x0100_0007 => "x86-64",
        0x0000_000c => "ARM32",
        0x0100_000c => "ARM64",
        other => return format!("CPU {other:#x}").into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file that begins with `head` and goes on with zeros.
    fn file(head: &[u8]) -> Vec<u8> {
        let mut bytes = head.to_vec();
        bytes.resize(128, 0);
        bytes
    }

    #[test]
    fn says_in_words_what_a_file_is() {
        let mut elf = file(b"\x7fELF\x02\x01\x01");
        elf[18] = 62;
        let mut elf_big = file(b"\x7fELF\x02\x02\x01");
        elf_big[19] = 22;
        let mut pe = file(b"MZ");
        pe[0x3c] = 0x40;
        pe[0x40..0x46].copy_from_slice(b"PE\0\0\x64\xaa");
        let cases: &[(&[u8], &str)] = &[
            (b"", "an empty file"),
            (b"M", "a file of unknown kind"),
            (b"MZ", "an MS-DOS program, or a PE image that was cut short"),
            (&pe, "a PE image for ARM64"),
            (&elf, "an ELF file for x86-64"),
            (&elf_big, "an ELF file for IBM Z"),
            (&file(b"\xcf\xfa\xed\xfe\x0c\0\0\x01"), "a Mach-O file for ARM64"),
            (&file(b"\xca\xfe\xba\xbe\0\0\0\x02"), "a universal Mach-O file"),
            (&file(b"\xca\xfe\xba\xbe\0\0\0\x34"), "a file of unknown kind"),
            (&file(b"!<arch>\n"), "an ar archive"),
            (&file(b"PK\x03\x04"), "a zip archive"),
            (&file(b"\x64\x86\x03\0"), "a COFF object for x64"),
            (&file(b"\x41\xa6\x03\0"), "a COFF object for ARM64EC"),
            (&file(b"\0\0\xff\xff\0\0\x64\xaa"), "a COFF import record for ARM64"),
            (&file(b"\0\0\xff\xff\x02\0\x64\xaa"), "a COFF object for ARM64"),
            (
                &file(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
                "an OLE compound file, such as an MSI package",
            ),
            (&file(b"#!/bin/sh\n"), "a script"),
            (&file(b"text"), "a file of unknown kind"),
        ];
        for (bytes, words) in cases {
            assert_eq!(identify(bytes).words(), *words);
        }
    }
}
