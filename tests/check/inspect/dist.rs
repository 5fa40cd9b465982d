//! Makes directories of files and archives from a short description.

use std::collections::BTreeMap;
use std::io::{Cursor, Write};
use std::path::Path;

use crate::harness::root;

/// Between a container and its member.
const INSIDE: &str = " > ";

/// Makes the files below a directory: name, and what it is made of. ` > ` in a name puts it into the
/// container before, whose form its suffix tells.
pub(super) fn make(dir: &Path, files: &BTreeMap<String, String>) {
    fs_err::create_dir_all(dir).unwrap();
    let content = files.iter().map(|(name, spec)| (name.clone(), source(spec)));
    for (name, bytes) in tree(content.collect()) {
        let path = dir.join(name);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, bytes).unwrap();
    }
}

/// The bytes that a word stands for: a file of `testdata/pe`, or what is made here.
pub(super) fn source(spec: &str) -> Vec<u8> {
    match spec.split_once(':') {
        Some(("text", text)) => text.as_bytes().to_vec(),
        Some(("elf", machine)) => elf(machine.parse().unwrap()),
        Some(("object", machine)) => object(u16::from_str_radix(machine, 16).unwrap()),
        Some(("nsis", stub)) => {
            [image(stub), b"\0\0\0\0\xef\xbe\xad\xdeNullsoftInst".to_vec()].concat()
        }
        Some(("cut", name)) => image(name)[..700].to_vec(),
        Some(("dll", name)) => dll(image(name)),
        Some(("riscv", name)) => riscv(image(name)),
        Some(("msi", text)) => [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", text.as_bytes()].concat(),
        Some(("ar-elf", machine)) => archive(&elf(machine.parse().unwrap())),
        Some((what, _)) => panic!("no source {what}"),
        None => image(spec),
    }
}

pub(super) fn image(name: &str) -> Vec<u8> {
    fs_err::read(root().join("testdata/pe").join(name)).unwrap()
}

/// The image with the flag that makes a DLL of it: IMAGE_FILE_DLL in Characteristics (PE format, COFF File
/// Header).
fn dll(mut image: Vec<u8>) -> Vec<u8> {
    let header = u32::from_le_bytes(image[0x3c..0x40].try_into().unwrap()) as usize;
    image[header + 4 + 19] |= 0x20;
    image
}

/// The image with a `Machine` that Go has not: RISC-V 64 (PE format, Machine Types).
fn riscv(mut image: Vec<u8>) -> Vec<u8> {
    let header = u32::from_le_bytes(image[0x3c..0x40].try_into().unwrap()) as usize;
    image[header + 4..header + 6].copy_from_slice(&0x5064_u16.to_le_bytes());
    image
}

/// An archive of one member (PE format, Archive (Library) File Format).
fn archive(member: &[u8]) -> Vec<u8> {
    let header =
        format!("{:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n", "a.o/", 0, 0, 0, 644, member.len());
    [b"!<arch>\n", header.as_bytes(), member].concat()
}

/// The head of a 64-bit little-endian ELF file (the generic ABI, ELF Header).
fn elf(machine: u8) -> Vec<u8> {
    let mut bytes = b"\x7fELF\x02\x01\x01".to_vec();
    bytes.resize(64, 0);
    bytes[16] = 2;
    bytes[18] = machine;
    bytes
}

/// A COFF object without sections (PE format, COFF File Header).
fn object(machine: u16) -> Vec<u8> {
    let mut bytes = machine.to_le_bytes().to_vec();
    bytes.resize(64, 0);
    bytes
}

/// Files with ` > ` in their names, packed into their containers, the innermost first.
fn tree(files: Vec<(String, Vec<u8>)>) -> Vec<(String, Vec<u8>)> {
    let mut plain = Vec::new();
    let mut containers: BTreeMap<String, Vec<(String, Vec<u8>)>> = BTreeMap::new();
    for (name, bytes) in files {
        match name.split_once(INSIDE) {
            None => plain.push((name, bytes)),
            Some((outer, inner)) => {
                containers.entry(outer.to_owned()).or_default().push((inner.to_owned(), bytes));
            }
        }
    }
    for (name, members) in containers {
        let bytes = pack(&name, &tree(members));
        plain.push((name, bytes));
    }
    plain
}

/// A container of the form that its name tells.
pub(super) fn pack(name: &str, members: &[(String, Vec<u8>)]) -> Vec<u8> {
    match name {
        name if name.ends_with(".tar.gz") || name.ends_with(".tgz") => gzip(&tar(members)),
        name if name.ends_with(".tar") => tar(members),
        name if name.ends_with(".gz") => gzip(&members[0].1),
        _ => zip(members),
    }
}

pub(super) fn zip(members: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

pub(super) fn tar(members: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        // Names that the crate would refuse to write are what some tests are about.
        let place = &mut header.as_old_mut().name;
        place[..name.len()].copy_from_slice(name.as_bytes());
        header.set_cksum();
        tar.append(&header, bytes.as_slice()).unwrap();
    }
    tar.into_inner().unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}
