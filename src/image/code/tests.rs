//! What a block hands on where there is much of everything.

use std::ops::Range;
use std::sync::OnceLock;

use super::block::{Context, Marked, look};
use super::{Stretch, scan};
use crate::facts::code::{CodeFacts, Guard, Reading};
use crate::image::functions::FunctionTable;
use crate::image::read;
use crate::isa::x86::sample::X64;

/// An image whose functions end before [`RVA`].
const IMAGE: &[u8] = include_bytes!("../../../testdata/pe/code/stray-x64.exe");
/// An image without any table of functions.
const PLAIN: &[u8] = include_bytes!("../../../testdata/pe/arm64.exe");
/// Where the made-up code is.
const RVA: u32 = 0x10_0000;
/// No instruction, and no beginning of one of x86.
const BAD: u32 = 0x0000_0006;
/// Valid words behind a bad one that end its run.
const APART: usize = 20;
const NOP: u32 = 0xd503_201f;
const CASAL: u32 = 0x88e0_fc41;

fn bytes(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// More runs of bad words than one block hands on, and x86 code behind them.
fn tables_and_x86() -> Vec<u8> {
    let one = [&[BAD][..], &[NOP; APART]].concat();
    let mut code = bytes(&one.repeat(600));
    code.extend(X64);
    code.resize(code.len().next_multiple_of(4), 0);
    code
}

/// Looks at code that is in no function.
fn look_at(code: &[u8], goarm64: &str, read_it: bool) -> Marked {
    let facts = read(PLAIN).unwrap();
    let functions = FunctionTable::read(PLAIN, &facts).unwrap();
    let stretch = Stretch { section: 0, rva: RVA, file_offset: 0, bytes: code };
    let range: Range<u32> = RVA..stretch.end();
    let stretches = [stretch];
    let context = Context {
        functions: &functions,
        goarm64,
        image_base: facts.image_base,
        build_id: 0..0,
        stretches: &stretches,
        uses: OnceLock::new(),
    };
    look(&context, &stretches[0], range, read_it)
}

#[test]
fn opaque_runs_do_not_take_the_place_of_x86_code() {
    let code = tables_and_x86();
    let found = look_at(&code, "v8.0", true);
    assert_eq!((found.x86.len(), found.x86_more), (1, 0));
    assert_eq!((found.opaque.len() as u64 + found.opaque_more, found.unread), (600, 0));
}

#[test]
fn words_that_were_not_read_are_counted() {
    let code = tables_and_x86();
    let found = look_at(&code, "v8.0", false);
    assert!(found.x86.is_empty() && found.opaque.is_empty());
    assert!(found.unread > 600 && found.unread == found.undecodable, "{}", found.unread);
}

#[test]
fn what_goarm64_promises_is_not_noted() {
    let code = bytes(&[CASAL, NOP]);
    assert_eq!(look_at(&code, "v8.0", true).features.len(), 1);
    for level in ["v8.1", "v8.0,lse", "v9.0"] {
        assert!(look_at(&code, level, true).features.is_empty(), "{level}");
    }
}

/// What the scan finds with 32-bit fields of the image changed.
fn scan_with(changes: &[(usize, &[u8])]) -> CodeFacts {
    let mut image = IMAGE.to_vec();
    for (at, bytes) in changes {
        image[*at..*at + bytes.len()].copy_from_slice(bytes);
    }
    let facts = read(&image).unwrap();
    scan(&image, &facts).unwrap()
}

/// Where the header of `.text` has its VirtualSize.
fn virtual_size() -> usize {
    memchr::memmem::find(IMAGE, b".text\0\0\0").unwrap() + 8
}

#[test]
fn what_is_mapped_behind_the_last_byte_of_a_section_is_looked_at() {
    // The section has 0x200 bytes in the file, of which 0x48 are code.
    let slack = (0x500, X64.as_slice());
    for size in [0x48_u32, 0] {
        let size = size.to_le_bytes();
        let found = scan_with(&[slack, (virtual_size(), &size)]);
        let [_, cave] = found.foreign.as_slice() else { panic!("{:?}", found.foreign) };
        assert!((0x1100..0x1104).contains(&cave.place.rva), "{cave:?}");
        assert!(matches!(cave.reading, Reading::X86 { bits: 64, .. }), "{cave:?}");
        let found = scan_with(&[(virtual_size(), &size)]);
        assert_eq!(found.foreign.len(), 1, "zeros are harmless");
    }
}

#[test]
fn x86_code_begins_where_its_function_does() {
    let found = scan_with(&[]);
    let run = &found.foreign[0];
    assert_eq!(Some(run.place.rva), run.place.function.as_ref().map(|function| function.rva));
    let Reading::X86 { text, .. } = &run.reading else { panic!("{run:?}") };
    assert!(text[0].contains("push rbp"), "{text:?}");
    assert_eq!(run.bytes[0], 0x55);
    // What is no x86 code does not belong to it.
    let found = scan_with(&[(0x410, &[0x06])]);
    assert_eq!(found.foreign[0].place.rva, 0x1011);
    assert_eq!(found.features.iter().find(|using| using.guard != Guard::InFunction), None);
}
