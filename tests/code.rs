//! What gowoa says of the code of images: the small ones in `testdata/pe/code` against golden
//! texts, damaged copies of them, and Go programs built here against Go's own tools and LLVM's.
//!
//! `UPDATE_GOLDEN=1 cargo test --test code` writes the golden texts anew.
#![allow(
    clippy::disallowed_methods,
    reason = "builds and inspects fixtures with go and llvm-readobj, which is no part of gowoa"
)]
#![allow(clippy::print_stderr, reason = "a skipped comparison says so in the test's output")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

#[path = "code/calls.rs"]
mod calls;
#[path = "code/describe.rs"]
mod describe;
#[path = "code/limits.rs"]
mod limits;
#[path = "code/linked.rs"]
mod linked;
#[path = "code/peers.rs"]
mod peers;
#[path = "support/peers.rs"]
mod programs;

use std::path::{Path, PathBuf};

use gowoa::facts::CodeFacts;
use gowoa::facts::code::{Guard, NamedBy, Reading};
use gowoa::facts::image::{CodeType, ImageFacts, Part};
use gowoa::facts::map::{ImageMap, SpanKind};
use gowoa::image::map::map;
use gowoa::image::{FunctionTable, code, read};

/// The folder of the images.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/pe/code")
}

/// The images, by name.
fn fixtures() -> Vec<(String, Vec<u8>)> {
    let mut images: Vec<_> = fs_err::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ext| ext == "exe" || ext == "dll"))
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, fs_err::read(&path).unwrap())
        })
        .collect();
    images.sort();
    images
}

/// One image.
fn fixture(name: &str) -> Vec<u8> {
    fs_err::read(folder().join(name)).unwrap()
}

/// An image of `testdata/pe`.
fn header_fixture(name: &str) -> Vec<u8> {
    fs_err::read(folder().parent().unwrap().join(name)).unwrap()
}

/// Everything that is read here of an image.
fn look(bytes: &[u8]) -> Option<(ImageFacts, Part<CodeFacts>, ImageMap)> {
    let facts = read(bytes).ok()?;
    let functions = FunctionTable::read(bytes, &facts).expect("the headers were read already");
    let code = code::scan_functions(&facts, &functions);
    let map = map(&facts, &functions, code.as_ref().ok(), &[]);
    Some((facts, code, map))
}

/// What the scan of an image finds.
fn scan(bytes: &[u8]) -> CodeFacts {
    let facts = read(bytes).expect("an image");
    code::scan(bytes, &facts).expect("an image with ARM64 code")
}

#[test]
fn every_image_has_the_code_of_its_golden_text() {
    let images = fixtures();
    assert_eq!(images.len(), 10, "an image came or went: update this number and README.md");
    let readme = fs_err::read_to_string(folder().join("README.md")).unwrap();
    for (name, bytes) in images {
        assert!(readme.contains(&format!("| `{name}` |")), "README.md lacks {name}");
        let text = describe::describe(&bytes);
        let golden = folder().join(format!("{name}.code.txt"));
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs_err::write(&golden, &text).unwrap();
        }
        let expected = fs_err::read_to_string(&golden).expect("every image has a golden text");
        let expected = expected.replace("\r\n", "\n");
        assert_eq!(text, expected, "{name}: UPDATE_GOLDEN=1 if the change is meant");
    }
}

#[test]
fn x86_code_is_found_by_function_and_nothing_else_is() {
    for (name, function, bits) in [
        ("stray-x64.exe", "stray_x64", 64),
        ("stray-x86.exe", "stray_x86", 32),
        ("two-sections.exe", "stray_x64", 64),
        ("go.exe", "x64_fn", 64),
    ] {
        let found = scan(&fixture(name));
        let [run] = found.foreign.as_slice() else { panic!("{name}: {:?}", found.foreign) };
        assert_eq!(run.place.function.as_ref().map(|f| f.name.as_str()), Some(function), "{name}");
        let Reading::X86 { bits: found_bits, text, .. } = &run.reading else {
            panic!("{name}: {run:?}")
        };
        assert_eq!(*found_bits, bits, "{name}");
        assert!(text.iter().any(|line| line.contains("mov ")), "{name}: {text:?}");
        assert!(found.features.iter().all(|using| using.feature != "FEAT_SVE"), "{name}");
    }
    for name in ["x18.exe", "features.exe", "unwind.dll"] {
        assert_eq!(scan(&fixture(name)).foreign, [], "{name}");
    }
}

#[test]
fn x18_counts_unless_it_leads_to_the_teb_or_is_data() {
    let found = scan(&fixture("x18.exe"));
    let uses: Vec<_> = found
        .x18
        .iter()
        .map(|using| {
            (using.place.function.as_ref().unwrap().name.as_str(), using.writes, using.reads)
        })
        .collect();
    assert_eq!(uses, [("scratch", 2, 1), ("reads", 0, 1)]);
    let found = scan(&fixture("unwind.dll"));
    let function = found.x18[0].place.function.as_ref().unwrap();
    assert_eq!((function.name.as_str(), function.named_by), ("RVA 0x1010", NamedBy::Unwind));
}

#[test]
fn the_guard_of_a_feature_is_where_the_test_is() {
    let found = scan(&fixture("features.exe"));
    let guards: Vec<_> = found
        .features
        .iter()
        .map(|using| {
            let name = using.place.function.as_ref().unwrap().name.as_str();
            (name, using.feature, using.guard)
        })
        .collect();
    assert_eq!(
        guards,
        [
            ("guarded", "FEAT_LSE", Guard::InFunction),
            ("unguarded", "FEAT_LSE", Guard::NotSeen),
            ("unguarded", "FEAT_SVE", Guard::NotSeen),
            ("called", "FEAT_SHA256", Guard::InCallers),
            ("in_a_variable", "FEAT_SVE", Guard::NoCallerFound),
        ]
    );
}

#[test]
fn go_names_packages_and_modules() {
    let bytes = fixture("go.exe");
    let facts = read(&bytes).unwrap();
    let functions = FunctionTable::read(&bytes, &facts).unwrap();
    assert_eq!(functions.problems(), [] as [String; 0]);
    let find = |name: &str| {
        let index = (0..functions.len()).find(|&index| functions.name(index).unwrap() == name);
        functions.describe(index.unwrap_or_else(|| panic!("no {name}"))).unwrap()
    };
    let module = |path: &str, version: &str| Some((path.to_owned(), version.to_owned()));
    let dep = find("example.com/old%2ev2/x.(*T[...]).Do");
    assert_eq!(dep.package.as_deref(), Some("example.com/old.v2/x"));
    let main = find("main.main");
    assert_eq!(main.package.as_deref(), Some("example.com/tool"));
    assert_eq!(main.module, module("example.com/tool", "v1.2.3"));
    // A function of an assembly file has the package of its directory.
    let local = find("sigtramp");
    assert_eq!((local.package.as_deref(), local.module), (Some("runtime"), module("std", "")));
    let host = find("x64_fn");
    assert_eq!((host.package, host.module, host.named_by), (None, None, NamedBy::Pclntab));
}

#[test]
fn of_two_function_tables_the_one_with_module_data_counts() {
    let bytes = fixture("go.exe");
    let facts = read(&bytes).unwrap();
    let table = facts.pclntab.clone().unwrap().unwrap();
    assert_eq!(table.functions, 6);
    // Without it, nothing tells them apart.
    let mut broken = bytes;
    let at = usize::try_from(table.offset).unwrap();
    let pointer = (facts.image_base + u64::from(table.rva)).to_le_bytes();
    let data = broken.windows(8).rposition(|window| window == pointer).unwrap();
    assert!(data > at);
    broken[data] ^= 8;
    let problem = read(&broken).unwrap().pclntab.unwrap_err();
    assert!(problem.starts_with("2 Go function tables, the first at offset 0x"), "{problem}");
}

#[test]
fn code_that_the_image_gives_to_x64_is_left_out() {
    for name in ["arm64x.dll", "arm64ec.dll"] {
        let bytes = header_fixture(name);
        let found = scan(&bytes);
        assert!(found.skipped.iter().any(|(.., whose)| *whose == CodeType::Amd64), "{name}");
        assert_eq!(found.foreign, [], "{name}");
        let (_, _, map) = look(&bytes).unwrap();
        let spans = map.sections.iter().flat_map(|section| &section.spans);
        assert!(spans.clone().any(|span| span.kind == SpanKind::HybridX64), "{name}: {map:?}");
    }
    let mut bytes = header_fixture("arm64ec.dll");
    let facts = read(&bytes).unwrap();
    let chpe = facts.hybrid.unwrap().chpe.unwrap();
    let at = usize::try_from(chpe.pointer_offset).unwrap();
    bytes[at + 3] ^= 0x40;
    let facts = read(&bytes).unwrap();
    let problem = code::scan(&bytes, &facts).unwrap_err();
    assert!(problem.starts_with("which code of the image is ARM64 is not known: "), "{problem}");
}

#[test]
fn an_image_for_another_machine_is_not_scanned() {
    let bytes = header_fixture("x64.exe");
    let facts = read(&bytes).unwrap();
    let problem = code::scan(&bytes, &facts).unwrap_err();
    assert_eq!(problem, "the image is for x64 and has no ARM64 code");
}

/// A map has no holes, and its spans are in order.
fn assert_whole(map: &ImageMap, name: &str) {
    for section in &map.sections {
        let mut at = 0;
        for span in &section.spans {
            assert_eq!(span.offset, at, "{name}: {}", section.name);
            assert!(span.length > 0, "{name}: {}", section.name);
            at += span.length;
        }
        assert_eq!(at, section.size, "{name}: {}", section.name);
    }
}

#[test]
fn a_map_has_no_holes() {
    for (name, bytes) in fixtures() {
        let (facts, _, map) = look(&bytes).unwrap();
        assert_whole(&map, &name);
        let total: u64 = map.sections.iter().map(|section| section.size).sum();
        assert_eq!(total, facts.size, "{name}");
    }
    let bytes = fixture("go.exe");
    let facts = read(&bytes).unwrap();
    let functions = FunctionTable::read(&bytes, &facts).unwrap();
    let data = facts.sections.iter().find(|section| section.name == ".data").unwrap();
    let embedded = [(u64::from(data.file_offset) + 16, 32, "tool.exe".to_owned())];
    let map = map(&facts, &functions, None, &embedded);
    assert_whole(&map, "go.exe with an embedded image");
    let spans: Vec<_> = map.sections.iter().flat_map(|section| &section.spans).collect();
    assert!(spans.iter().any(|span| span.kind == SpanKind::Embedded && span.label == "tool.exe"));
    assert!(spans.iter().any(|span| span.kind == SpanKind::Pclntab));
}

/// Where the first section of these images begins.
const HEADERS: usize = 0x400;

#[test]
fn damage_ends_in_an_error_or_a_value() {
    for (name, bytes) in fixtures() {
        for length in 0..bytes.len() {
            if let Some((.., map)) = look(&bytes[..length]) {
                assert_whole(&map, &name);
            }
        }
        let mut damaged = bytes.clone();
        for at in 0..bytes.len() {
            // Headers have flags and sizes; behind them, one kind of damage is enough.
            for mask in if at < HEADERS { &[0xff, 0x80, 0x01][..] } else { &[0xff][..] } {
                damaged[at] ^= mask;
                if let Some((.., map)) = look(&damaged) {
                    assert_whole(&map, &name);
                }
                damaged[at] ^= mask;
            }
        }
        assert_eq!(damaged, bytes, "{name}: the damage was undone");
    }
}
