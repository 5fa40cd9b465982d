//! Facts of real objects and libraries: those in `testdata/coff` against golden texts and against llvm-readobj, and
//! damaged copies of them.
//!
//! `UPDATE_GOLDEN=1 cargo test --test object` writes the golden texts anew.
#![allow(clippy::disallowed_methods, reason = "asks llvm-readobj and llvm-ar about the fixtures")]
#![allow(clippy::print_stderr, reason = "a skipped comparison says so in the test's output")]

#[path = "support/peers.rs"]
mod peers;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use gowoa::facts::image::MachineKind;
use gowoa::facts::object::{ObjectContents, ObjectForm, ObjectMember};
use gowoa::image::read_object;

/// Where the fixtures are.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/coff")
}

/// The files in `testdata/coff`, by name.
fn fixtures() -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = fs_err::read_dir(folder())
        .expect("testdata/coff is part of the repository")
        .map(|entry| entry.expect("the folder can be read").path())
        .filter(|path| {
            path.extension().is_some_and(|ext| ["obj", "o", "a", "lib"].iter().any(|e| ext == *e))
        })
        .map(|path| {
            let name = path.file_name().expect("a file has a name").to_string_lossy().into_owned();
            (name, fs_err::read(&path).expect("a fixture can be read"))
        })
        .collect();
    files.sort();
    files
}

/// One fixture.
fn fixture(name: &str) -> Vec<u8> {
    fs_err::read(folder().join(name)).expect("the fixture is there")
}

#[test]
fn every_file_has_the_facts_of_its_golden_text() {
    let files = fixtures();
    assert_eq!(files.len(), 33, "a file came or went: update this number and README.md");
    for (name, bytes) in files {
        let text = describe(&read_object(&bytes));
        let golden = folder().join(format!("{name}.facts.txt"));
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs_err::write(&golden, &text).expect("the golden text can be written");
        }
        let expected = fs_err::read_to_string(&golden).expect("every file has a golden text");
        let expected = expected.replace("\r\n", "\n");
        assert_eq!(text, expected, "{name}: UPDATE_GOLDEN=1 if the change is meant");
    }
}

#[test]
fn a_library_says_which_machines_it_is_for() {
    let of = |name: &str| {
        let contents = read_object(&fixture(name)).expect(name);
        (contents.machine_words().unwrap_or_default(), contents.import_machines())
    };
    assert_eq!(of("import-arm64.lib"), ("ARM64".into(), vec![MachineKind::Arm64]));
    assert_eq!(of("import-x64.lib"), ("x64".into(), vec![MachineKind::X64]));
    assert_eq!(of("import-arm64ec.lib"), ("ARM64 and ARM64EC".into(), vec![MachineKind::Arm64Ec]));
    let both = vec![MachineKind::Arm64Ec, MachineKind::Arm64];
    assert_eq!(of("import-arm64x.lib"), ("ARM64 and ARM64EC".into(), both));
    assert_eq!(of("static-mixed.lib"), ("ARM64 and x64".into(), vec![]));
    assert_eq!(of("static-elf.a"), (String::new(), vec![]));
}

#[test]
fn other_files_are_named() {
    let words = |bytes: &[u8]| read_object(bytes).expect_err("it is no object");
    assert_eq!(words(b""), "neither a COFF object nor an archive: this is an empty file");
    assert_eq!(words(b"#!/bin/sh\n"), "neither a COFF object nor an archive: this is a script");
    let image = fs_err::read(folder().join("../pe/x64.exe")).expect("the fixture is there");
    assert_eq!(words(&image), "neither a COFF object nor an archive: this is a PE image for x64");
    assert!(words(b"!<arch>\nrubbish").starts_with("malformed archive: "));
}

#[test]
fn damage_ends_in_an_error_or_a_value() {
    for (name, bytes) in fixtures() {
        for length in 0..bytes.len() {
            let _ = read_object(&bytes[..length]);
        }
        let mut damaged = bytes.clone();
        for at in 0..bytes.len() {
            for mask in [0xff, 0x01, 0x80, 0x0f] {
                damaged[at] ^= mask;
                let _ = read_object(&damaged);
                damaged[at] ^= mask;
            }
        }
        assert_eq!(damaged, bytes, "{name}: the damage was undone");
        assert_eq!(read_object(&damaged), read_object(&bytes));
    }
}

#[test]
fn an_object_can_begin_at_an_odd_address() {
    for (name, bytes) in fixtures() {
        let mut shifted = vec![0];
        shifted.extend_from_slice(&bytes);
        assert_eq!(read_object(&shifted[1..]), read_object(&bytes), "{name}");
    }
}

/// One header of a member, in the form of all archives.
fn header(name: &str, size: usize) -> String {
    format!("{name:<16}{:<12}{:<6}{:<6}{:<8}{size:<10}`\n", 0, 0, 0, 644)
}

#[test]
fn an_archive_of_many_members_is_counted_and_not_kept() {
    let one = header("a.o/", 0);
    let count = ObjectContents::MAX_MEMBERS + 7;
    let archive = format!("!<arch>\n{}", one.repeat(count));
    let contents = read_object(archive.as_bytes()).expect("it is an archive");
    let ObjectContents::Archive { members, more } = contents else { panic!("no archive") };
    assert_eq!((members.len(), more), (ObjectContents::MAX_MEMBERS, 7));
}

#[test]
fn a_name_that_every_member_points_to_does_not_cost_its_length_each_time() {
    let name = "n".repeat(4 << 20);
    let table = format!("{}{name}/\n", header("//", name.len() + 2));
    let members = header("/0", 0).repeat(50_000);
    let started = std::time::Instant::now();
    let archive = format!("!<arch>\n{table}{members}");
    let contents = read_object(archive.as_bytes()).expect("it is an archive");
    let ObjectContents::Archive { members, .. } = contents else { panic!("no archive") };
    // All names would be 200 GB; what is read of them is 64 MiB.
    assert_eq!(members.len(), 17, "16 names fit, and one member says why there are no more");
    assert!(matches!(members[16].form, ObjectForm::Malformed { .. }));
    assert!(members[0].name.len() < 1024, "a name is cut");
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}

/// The peer's view: for every object of every file the machine, and the bytes of code.
#[test]
fn llvm_readobj_sees_the_same_machines() {
    let Some(tool) = peers::llvm("llvm-readobj") else { return };
    let mut compared = 0;
    for (name, bytes) in fixtures() {
        let Ok(contents) = read_object(&bytes) else { continue };
        let forms: Vec<&ObjectForm> =
            contents.members().iter().map(|member| &member.form).collect();
        if forms.is_empty() || !forms.iter().all(|form| is_coff(form)) {
            continue;
        }
        let output = Command::new(&tool)
            .args(["--file-headers", "--sections"])
            .arg(folder().join(&name))
            .output()
            .expect("llvm-readobj runs");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        let theirs = peers(&text);
        let ours: Vec<(String, u64)> = forms.iter().map(|form| ours(form)).collect();
        assert_eq!(ours, theirs, "{name}");
        compared += 1;
    }
    assert!(compared >= 18, "{compared} files were compared");
}

/// What llvm-readobj can be compared on.
fn is_coff(form: &ObjectForm) -> bool {
    matches!(form, ObjectForm::Coff { .. } | ObjectForm::Import { .. })
}

/// Format in llvm-readobj's words, and bytes of code.
fn ours(form: &ObjectForm) -> (String, u64) {
    let words = match form.machine() {
        Some(MachineKind::Arm64) => "ARM64",
        Some(MachineKind::Arm64Ec) => "ARM64EC",
        Some(MachineKind::X64) => "x86-64",
        Some(MachineKind::X86) => "i386",
        Some(MachineKind::Arm32) => "ARM",
        other => panic!("no fixture is for {other:?}"),
    };
    match form {
        ObjectForm::Coff { code_bytes, .. } => (format!("COFF-{words}"), *code_bytes),
        _ => (format!("COFF-import-file-{words}"), 0),
    }
}

/// Every `Format:` of llvm-readobj, with the sizes of the sections that it says hold code.
fn peers(text: &str) -> Vec<(String, u64)> {
    let mut found: Vec<(String, u64)> = Vec::new();
    let mut size = 0;
    for line in text.lines().map(str::trim) {
        if let Some(format) = line.strip_prefix("Format: ") {
            found.push((format.to_owned(), 0));
        } else if let Some(bytes) = line.strip_prefix("RawDataSize: ") {
            size = bytes.parse().expect("a size is a number");
        } else if line.starts_with("IMAGE_SCN_CNT_CODE ") {
            found.last_mut().expect("a section is in an object").1 += size;
        }
    }
    found
}

#[test]
fn llvm_ar_sees_the_same_members() {
    let Some(tool) = peers::llvm("llvm-ar") else { return };
    let mut compared = 0;
    for (name, bytes) in fixtures() {
        let Ok(ObjectContents::Archive { members, more: 0 }) = read_object(&bytes) else {
            continue;
        };
        let output =
            Command::new(&tool).arg("t").arg(folder().join(&name)).output().expect("llvm-ar runs");
        if !output.status.success() {
            // What is damaged for the peer must be so for us.
            assert!(members.iter().any(is_malformed), "{name}");
            continue;
        }
        let theirs = String::from_utf8_lossy(&output.stdout).into_owned();
        let base = |name: &str| name.rsplit('/').next().unwrap_or_default().to_owned();
        let theirs: Vec<String> = theirs.lines().map(base).collect();
        let ours: Vec<String> = members.iter().map(|member| base(&member.name)).collect();
        assert_eq!(ours, theirs, "{name}");
        compared += 1;
    }
    assert!(compared >= 10, "{compared} archives were compared");
}

fn is_malformed(member: &ObjectMember) -> bool {
    matches!(member.form, ObjectForm::Malformed { .. })
}

/// The facts as text, one member a line, for the golden files.
fn describe(read: &Result<ObjectContents, String>) -> String {
    let mut text = String::new();
    let contents = match read {
        Ok(contents) => contents,
        Err(problem) => return format!("{problem}\n"),
    };
    if let ObjectContents::Archive { members, more } = contents {
        writeln!(text, "archive of {} members, {more} more", members.len()).expect("text");
    }
    for member in contents.members() {
        let ObjectMember { name, offset, size, form } = member;
        writeln!(text, "{name} at {offset:#x}, {size} bytes: {}", words(form)).expect("text");
    }
    text
}

fn words(form: &ObjectForm) -> String {
    match form {
        ObjectForm::Coff {
            machine,
            machine_offset,
            bigobj,
            code_bytes,
            resources_only,
            x64_code_bytes,
            functions,
        } => {
            let kind = MachineKind::from_header(*machine);
            let form = if *bigobj { "bigobj" } else { "COFF" };
            let resources = if *resources_only { ", resources" } else { "" };
            format!(
                "{form} for {kind}, machine {machine:#06x} at {machine_offset:#x}, {code_bytes} bytes of code, \
                 {x64_code_bytes} of them x64{resources}, functions {functions:?}"
            )
        }
        ObjectForm::Import { machine, machine_offset, dll, symbol, import } => {
            let kind = MachineKind::from_header(*machine);
            format!(
                "import record for {kind}, machine {machine:#06x} at {machine_offset:#x}: {symbol} is {import} of {dll}"
            )
        }
        ObjectForm::NoMachine { what } => format!("no machine: {what}"),
        ObjectForm::Foreign { what, a64 } => format!("foreign: {what}, A64: {a64}"),
        ObjectForm::Malformed { problem } => format!("malformed: {problem}"),
    }
}
