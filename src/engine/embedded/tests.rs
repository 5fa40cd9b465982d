//! What is found in the images of `testdata/pe/embedded`, in damaged copies of them, and in hostile ones made
//! here. `UPDATE_GOLDEN=1 cargo test --lib engine::embedded` writes the golden texts anew.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::*;
use crate::checks::{Context, SubjectFacts, by_id};
use crate::facts::image::MachineKind;
use crate::facts::{ImageFile, UnitFacts};
use crate::model::{SubjectId, SubjectKind, Verdict};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/pe/embedded")
}

fn fixtures() -> Vec<(String, Vec<u8>)> {
    let mut images: Vec<_> = fs_err::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ext| ext == "exe"))
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, fs_err::read(&path).unwrap())
        })
        .collect();
    images.sort();
    images
}

fn fixture(name: &str) -> Vec<u8> {
    fs_err::read(folder().join(name)).unwrap()
}

fn find(bytes: &[u8]) -> EmbeddedFacts {
    image::read(bytes).map(|facts| look_inside(bytes, &facts)).unwrap_or_default()
}

fn describe(found: &EmbeddedFacts) -> String {
    let mut text = String::new();
    for image in &found.images {
        let _ = write!(text, "{} {}, {} bytes", image.machine, image.kind.words(), image.size);
        for (word, holds) in [
            ("any CPU", image.any_cpu),
            ("no code", !image.code),
            ("for firmware", image.firmware()),
        ] {
            let _ = if holds { write!(text, ", {word}") } else { Ok(()) };
        }
        let offset = image.machine_offset.map(|at| format!(" (Machine at {at:#x})"));
        let _ = writeln!(text, ", SHA-256 {}…{}", &image.sha256[..8], offset.unwrap_or_default());
        for step in &image.path {
            let (within, name) = (step.within, step.name.escape_debug());
            let section = step.section.as_ref().map(|name| format!(" in {name}"));
            let offset = step.offset.map(|at| format!(" at {at:#x}"));
            let (section, offset) = (section.unwrap_or_default(), offset.unwrap_or_default());
            let _ = writeln!(text, "  {within} \"{name}\"{offset}{section}");
        }
    }
    for unopened in &found.unopened {
        let limit = if unopened.limit { " (limit)" } else { "" };
        let _ = writeln!(text, "not opened: {}: {}{limit}", unopened.what, unopened.reason);
    }
    if text.is_empty() { "nothing\n".into() } else { text }
}

#[test]
fn what_an_image_carries_is_what_its_golden_text_says() {
    let images = fixtures();
    assert_eq!(images.len(), 7, "an image came or went: update this number and README.md");
    for (name, bytes) in images {
        let text = describe(&find(&bytes));
        let golden = folder().join(format!("{name}.embedded.txt"));
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs_err::write(&golden, &text).unwrap();
        }
        let expected = fs_err::read_to_string(&golden).unwrap().replace("\r\n", "\n");
        assert_eq!(text, expected, "{name}: UPDATE_GOLDEN=1 if the change is meant");
    }
}

/// The bytes that are found are those that were put in.
#[test]
fn every_part_is_found_whole() {
    let sum = |name: &str| {
        let folder = if name.starts_with("arm64") || name == "x64.exe" { "../" } else { "parts/" };
        let bytes = fixture(&format!("{folder}{name}"));
        Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    let cases = [
        ("data.exe", &["x64.dll", "arm64.dll", "x64.sys", "arm32.dll", "x86.dll"][..]),
        ("resources.exe", &["x64.dll", "arm64.dll"]),
        ("containers.exe", &["x64.dll", "x64.sys", "x64.exe"]),
        ("nothing.exe", &["arm64.dll", "anycpu.dll", "arm64x.dll", "efi.exe"]),
    ];
    for (name, parts) in cases {
        let found = find(&fixture(name));
        for part in parts {
            let sum = sum(part);
            assert!(found.images.iter().any(|image| image.sha256 == sum), "{name} carries {part}");
        }
    }
    let containers = find(&fixture("containers.exe"));
    let dll = sum("x64.dll");
    let ways = containers.images.iter().filter(|image| image.sha256 == dll);
    assert_eq!(ways.count(), 9, "gz, zip, tar, tar.gz, zst, xz, bz2, cab and a zip in a zip");
}

#[test]
fn damage_ends_in_a_value() {
    for (_, bytes) in fixtures() {
        let step = bytes.len() / 300;
        for length in (0..bytes.len()).step_by(step) {
            let _ = find(&bytes[..length]);
        }
        let mut damaged = bytes.clone();
        for at in (0..bytes.len()).step_by(step) {
            damaged[at] ^= 0xff;
            let _ = find(&damaged);
            damaged[at] ^= 0xff;
        }
    }
}

/// An ARM64 image with these bytes behind its last section.
fn carrying(bytes: &[u8]) -> Vec<u8> {
    let mut image = fixture("../arm64.exe");
    image.extend_from_slice(bytes);
    image
}

#[test]
fn heads_without_end_are_looked_at_up_to_a_limit() {
    let heads = b"\x1f\x8b\x08\0\0\0\0\0\0\x03".repeat(10_000);
    let found = find(&carrying(&heads));
    assert!(found.images.is_empty());
    assert_eq!(found.unopened.len(), 1);
    assert!(found.unopened[0].limit, "{found:?}");
}

/// Each of these makes a search that looks at every head for itself look at the same bytes again and again.
#[test]
fn many_heads_of_one_thing_cost_little() {
    let mut header = vec![0_u8; 512];
    header[..8].copy_from_slice(b"name.txt");
    header[124..135].copy_from_slice(b"00000000000");
    header[148..156].copy_from_slice(b"        ");
    header[257..262].copy_from_slice(b"ustar");
    let sum: u32 = header.iter().map(|&byte| u32::from(byte)).sum();
    header[148..154].copy_from_slice(format!("{sum:06o}").as_bytes());
    let tar = header.repeat(2000);
    let starts = b"PK\x03\x04\x14\0\0\0\x08\0".repeat(20_000);
    let ends = b"PK\x05\x06\0\0\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\0\0".repeat(3000);
    let mut image = fixture("../x64.exe");
    image[0x3c..0x40].copy_from_slice(&0x78_u32.to_le_bytes());
    let headers = image[..0x200].repeat(3000);
    for bytes in [tar, starts, ends, headers] {
        let begin = std::time::Instant::now();
        let _ = find(&carrying(&bytes));
        // Far above what it takes, and far below what it would take.
        assert!(begin.elapsed().as_secs() < 20, "{:?} {:?}", &bytes[..4], begin.elapsed());
    }
}

#[test]
fn images_in_each_other_are_looked_at_up_to_a_limit() {
    // Each is gzipped behind the end of the next: how long it is, its stream says.
    let mut inner = fixture("../x64.exe");
    for _ in 0..6 {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(&inner).unwrap();
        inner = fixture("../x64.exe");
        inner.extend_from_slice(&packed.finish().unwrap());
    }
    let found = find(&carrying(&inner));
    // The first two stand beside each other in the outermost.
    assert_eq!(found.images.len(), MAX_DEPTH + 1, "{}", describe(&found));
    assert_eq!(found.unopened.len(), 1, "{}", describe(&found));
    assert!(found.unopened[0].limit);
}

#[test]
fn a_zip_that_names_itself_in_its_end_record_is_read_from_the_start_of_the_file() {
    let mut bytes = fixture("overlay.exe");
    let start = fixture("../arm64.exe").len();
    // As `zip -A` does: offsets count from the start of the program.
    let end = bytes.len() - 22;
    let add = |bytes: &mut Vec<u8>, at: usize| {
        let old = u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
        let new = old + u32::try_from(start).unwrap();
        bytes[at..at + 4].copy_from_slice(&new.to_le_bytes());
    };
    let mut at = u32::from_le_bytes(bytes[end + 16..end + 20].try_into().unwrap()) as usize + start;
    while bytes[at..].starts_with(b"PK\x01\x02") {
        add(&mut bytes, at + 42);
        let length = |at: usize| usize::from(u16::from_le_bytes([bytes[at], bytes[at + 1]]));
        at += 46 + length(at + 28) + length(at + 30) + length(at + 32);
    }
    add(&mut bytes, end + 16);
    let (plain, adjusted) = (find(&fixture("overlay.exe")), find(&bytes));
    assert_eq!(describe(&adjusted), describe(&plain));
}

#[test]
fn what_cannot_be_opened_is_listed_up_to_a_limit() {
    // A cabinet that says to have a file, and has none.
    let mut cabinet = b"MSCF".to_vec();
    cabinet.extend([0, 40, 0, 40, 0].map(u32::to_le_bytes).as_flattened());
    cabinet.extend([0x103_u16, 0, 1, 0, 0, 0].map(u16::to_le_bytes).as_flattened());
    cabinet.resize(40, 0);
    let found = find(&carrying(&cabinet.repeat(MAX_UNOPENED + 50)));
    assert_eq!(found.unopened.len(), MAX_UNOPENED + 1);
    let last = &found.unopened[MAX_UNOPENED];
    assert_eq!((last.what.as_str(), last.limit), ("50 more", false));
}

/// Of what is not listed, one limit is enough for all of it.
#[test]
fn a_limit_is_told_even_if_it_is_not_listed() {
    let mut search = Search::default();
    for at in 0..MAX_UNOPENED + 9 {
        search.unopened(format!("number {at}"), "why".into(), at == MAX_UNOPENED + 3);
    }
    let last = search.finish().unopened.pop().unwrap();
    assert_eq!((&*last.what, &*last.reason, last.limit), ("9 more", "number 103: why", true));
}

/// Intermediate language alone does not free an assembly of its machine: its header has to say x86.
#[test]
fn an_assembly_for_x64_is_not_for_any_cpu() {
    let mut assembly = fixture("parts/anycpu.dll");
    assert!(find(&carrying(&assembly)).images[0].any_cpu);
    let machine = image::read(&assembly).unwrap().machine_offset as usize;
    assembly[machine..machine + 2].copy_from_slice(&0x8664_u16.to_le_bytes());
    let image = &find(&carrying(&assembly)).images[0];
    assert_eq!((image.machine.words(), image.any_cpu), ("x64".into(), false));
}

/// Images for x64 of these kinds.
fn carried(kinds: &[EmbeddedKind]) -> Vec<EmbeddedImage> {
    let image = |kind: &EmbeddedKind| EmbeddedImage {
        path: Vec::new(),
        machine: MachineKind::X64,
        kind: *kind,
        any_cpu: false,
        code: true,
        subsystem: 3,
        header_machine: 0x8664,
        machine_offset: None,
        size: 0,
        sha256: format!("{kind:?}"),
        version: None,
    };
    kinds.iter().map(image).collect()
}

fn judged(kinds: &[EmbeddedKind], unopened: &[(&str, bool)]) -> Verdict {
    let bytes = fs_err::read("testdata/pe/arm64.exe").unwrap();
    let mut image = ImageFile::unread("tool.exe".into(), "tool.exe".into());
    image.facts = image::read(&bytes).map_err(|error| error.to_string());
    let unopened = unopened.iter().map(|(what, limit)| Unopened {
        what: (*what).to_owned(),
        reason: "why".into(),
        limit: *limit,
    });
    image.embedded =
        Some(Ok(EmbeddedFacts { images: carried(kinds), unopened: unopened.collect() }));
    let unit = UnitFacts::default();
    let subject = SubjectId::new(SubjectKind::Image, "tool.exe");
    let cx = Context { unit: &unit, subject: &subject };
    by_id("embedded-image").unwrap().judge(SubjectFacts::Image(&image), cx)
}

fn inconclusive(verdict: Verdict) -> (String, bool) {
    match verdict {
        Verdict::Inconclusive { reason, gating } => (reason, gating),
        other => panic!("{other:?}"),
    }
}

#[test]
fn only_a_limit_keeps_the_report_from_an_answer() {
    assert!(matches!(judged(&[], &[]), Verdict::Pass));
    let (_, gating) = inconclusive(judged(&[], &[("locked", false), ("damaged", false)]));
    assert!(!gating);
    let many = [("a", false), ("b", false), ("c", false), ("d", false), ("large", true)];
    let (reason, gating) = inconclusive(judged(&[], &many));
    assert!(gating);
    assert!(reason.contains("large: why"), "{reason}");
}

#[test]
fn a_warning_does_not_hide_a_limit_and_an_error_stands() {
    let exe = [EmbeddedKind::Exe];
    assert!(matches!(judged(&exe, &[("locked", false)]), Verdict::Fail(found) if found.len() == 2));
    let (reason, gating) = inconclusive(judged(&exe, &[("large", true)]));
    assert!(gating);
    assert!(reason.contains("large: why") && reason.contains("emulation"), "{reason}");
    let verdict = judged(&[EmbeddedKind::Dll], &[("large", true)]);
    assert!(matches!(verdict, Verdict::Fail(found) if found.len() == 2));
}
