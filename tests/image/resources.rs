//! Resources: the trees of `testdata/pe/resources` against LLVM's reading, and of Go programs whose resource
//! object is for the right machine and for a wrong one.

use std::fmt::Arguments;
use std::path::Path;
use std::process::Command;

use gowoa::facts::image::{ImageFacts, MachineKind, Part};
use gowoa::facts::resource::{ResourceKinds, Resources};
use gowoa::image::{kinds_of_object, read};

use crate::{fixture, peers};

/// The lines of the golden text.
pub(crate) fn describe(resources: &Part<Option<Resources>>, line: &mut impl FnMut(Arguments<'_>)) {
    let found = match resources {
        Ok(None) => return,
        Ok(Some(found)) => found,
        Err(problem) => return line(format_args!("resources: {problem}")),
    };
    let (offset, size, section) = (found.offset, found.size, &found.section);
    line(format_args!("resources at {offset:#x} in {section}: {size:#x} bytes"));
    for problem in &found.problems {
        line(format_args!("  problem at {:#x}: {}", problem.offset, problem.message));
    }
    for entry in &found.entries {
        let data = match entry.offset {
            Some(offset) => format!("data at {offset:#x}"),
            None => "data not in the section".into(),
        };
        line(format_args!(
            "  {} language {} at {:#x}: rva {:#x}+{:#x}, {data}{}{}",
            entry.words(),
            entry.language,
            entry.entry_offset,
            entry.rva,
            entry.size,
            if entry.overlaps_tree { ", overlaps the tree" } else { "" },
            if entry.zero { ", zero" } else { "" },
        ));
    }
    for manifest in &found.manifests {
        let (name, offset) = (&manifest.name, manifest.offset);
        match &manifest.contents {
            Err(problem) => line(format_args!("  manifest {name} at {offset:#x}: {problem}")),
            Ok(says) => line(format_args!(
                "  manifest {name} at {offset:#x}: architecture {:?}, dependencies {:?}, level {:?}",
                says.architecture, says.dependencies, says.execution_level
            )),
        }
    }
    if let Some(version) = &found.version {
        line(format_args!("  version {version:?}"));
    }
    if let Some(what) = &found.unread {
        line(format_args!("  not read: {what}"));
    }
}

/// The resources of an image that has some.
fn resources(facts: &ImageFacts) -> &Resources {
    facts.resources.as_ref().expect("readable").as_ref().expect("it has resources")
}

/// Bytes of a file of `testdata/pe/resources` that is no image.
fn object(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/pe/resources");
    fs_err::read(folder.join(name)).expect("it is part of the repository")
}

/// Type, name, language, RVA and size of one entry.
type Row = (String, String, u32, u32, u32);

/// Each entry as `llvm-readobj --coff-resources` prints them.
fn read_by_llvm(path: &Path) -> Option<Vec<Row>> {
    let tool = peers::llvm("llvm-readobj")?;
    let output = Command::new(tool).arg("--coff-resources").arg(path).output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    // `MANIFEST (ID 24) [` is a number and `NAMED [` a name.
    let name = |text: &str| {
        let text = text.trim_end_matches('[').trim();
        match text.rsplit_once("(ID ") {
            Some((_, number)) => format!("#{}", number.trim_end_matches(')')),
            None => text.to_owned(),
        }
    };
    let number = |text: &str| {
        let text = text.trim();
        match text.strip_prefix("0x") {
            Some(digits) => u32::from_str_radix(digits, 16).expect("hexadecimal"),
            None => text.parse().expect("decimal"),
        }
    };
    let (mut found, mut at) = (Vec::new(), (String::new(), String::new(), 0, 0));
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        match line.trim().split_once(": ").unwrap_or_default() {
            ("Type", text) => at.0 = name(text),
            ("Name", text) => at.1 = name(text),
            ("Language", text) => at.2 = number(name(text).trim_start_matches('#')),
            ("DataRVA", text) => at.3 = number(text),
            ("DataSize", text) => {
                found.push((at.0.clone(), at.1.clone(), at.2, at.3, number(text)))
            }
            _ => {}
        }
    }
    Some(found)
}

/// Ours in the same form.
fn read_here(resources: &Resources) -> Vec<Row> {
    let kind = |id: Option<u32>, words: &str| id.map_or(words.to_owned(), |id| format!("#{id}"));
    resources
        .entries
        .iter()
        .map(|entry| {
            let name = entry.name.clone();
            (kind(entry.kind_id, &entry.kind), name, entry.language, entry.rva, entry.size)
        })
        .collect()
}

#[test]
fn the_trees_read_as_llvm_reads_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/pe/resources");
    for name in ["complete.exe", "version.dll", "manifest-any.exe", "manifest-arm64.exe"] {
        let Some(expected) = read_by_llvm(&folder.join(name)) else { return };
        let facts = read(&fixture(&format!("resources/{name}"))).expect("it is an image");
        assert_eq!(read_here(resources(&facts)), expected, "{name}");
        assert!(!expected.is_empty(), "{name}");
    }
}

#[test]
fn an_object_says_its_machine_and_its_resources() {
    let manifest = ResourceKinds { manifest: true, ..ResourceKinds::default() };
    assert_eq!(
        kinds_of_object(&object("manifest-arm64.syso")),
        Ok(Some((MachineKind::Arm64, manifest)))
    );
    let amd64 = object("manifest-amd64.syso");
    assert_eq!(kinds_of_object(&amd64), Ok(Some((MachineKind::X64, manifest))));
    assert!(kinds_of_object(b"").is_err());
    assert!(kinds_of_object(&fixture("arm64.exe")).is_err());
    for length in 0..amd64.len() {
        let _ = kinds_of_object(&amd64[..length]);
    }
    let mut damaged = amd64.clone();
    for at in 0..amd64.len() {
        damaged[at] ^= 0xff;
        let _ = kinds_of_object(&damaged);
        damaged[at] ^= 0xff;
    }
}

/// An image whose tree has one type, one name, and this many languages that all claim the same zeros.
fn many_zeros(languages: u16) -> Vec<u8> {
    let mut image = fixture("resources/zero.exe");
    let facts = read(&image).expect("it is an image");
    let start = usize::try_from(resources(&facts).offset).expect("small");
    // The third directory is at 48, behind it the entries, one data entry, and the zeros.
    let entry = 48 + 16 + 8 * u32::from(languages);
    let zeros = 16 * u32::from(languages);
    image.resize(start + 64, 0);
    image[start + 62..start + 64].copy_from_slice(&languages.to_le_bytes());
    for language in 0..u32::from(languages) {
        image.extend(language.to_le_bytes());
        image.extend(entry.to_le_bytes());
    }
    for field in [resources(&facts).rva + entry + 16, zeros, 0, 0] {
        image.extend(field.to_le_bytes());
    }
    image.resize(image.len() + zeros as usize, 0);
    // VirtualSize and SizeOfRawData of the third section.
    let section = usize::try_from(facts.machine_offset).expect("small") + 20 + 240 + 2 * 40;
    let size = u32::try_from(image.len() - start).expect("small").to_le_bytes();
    image[section + 8..section + 12].copy_from_slice(&size);
    image[section + 16..section + 20].copy_from_slice(&size);
    image
}

#[test]
fn entries_that_share_zeros_do_not_cost_more_than_the_file() {
    let facts = read(&many_zeros(2)).expect("it is an image");
    let found = resources(&facts);
    assert!(found.entries.iter().all(|entry| entry.zero && !entry.overlaps_tree));
    assert_eq!((found.entries.len(), &found.unread), (2, &None));

    let facts = read(&many_zeros(60_000)).expect("it is an image");
    let found = resources(&facts);
    assert!(found.unread.is_some() && !found.entries[59_999].zero);
}

/// Builds a Go program for windows/arm64 with this object as its `.syso`; `None` if the linker refuses it.
fn linked(syso: &[u8]) -> Option<Vec<u8>> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, bytes: &[u8]| {
        fs_err::write(folder.path().join(name), bytes).expect("it can be written");
    };
    write("go.mod", b"module example.com/tool\n\ngo 1.24\n");
    write("main.go", b"package main\n\nfunc main() {}\n");
    write("rsrc_windows_arm64.syso", syso);
    let output = Command::new("go")
        .args(["build", "-ldflags=-s -w", "-o", "tool.exe", "."])
        .current_dir(folder.path())
        .env("GOOS", "windows")
        .env("GOARCH", "arm64")
        .env("CGO_ENABLED", "0")
        .env("GOFLAGS", "")
        .env("GOPROXY", "off")
        .env("GOTOOLCHAIN", "local")
        .env("GOWORK", "off")
        .output()
        .expect("go is on PATH: gowoa's tests need it");
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(words.contains("unknown ARM64 relocation type"), "{words}");
        return None;
    }
    Some(fs_err::read(folder.path().join("tool.exe")).expect("go wrote it"))
}

#[test]
fn a_go_program_shows_whether_its_resource_object_was_for_arm64() {
    let good = linked(&object("manifest-arm64.syso")).expect("the object is for arm64");
    let facts = read(&good).expect("go writes PE images");
    let found = resources(&facts);
    let entry = &found.entries[0];
    assert!(!entry.overlaps_tree && entry.offset.is_some() && !entry.zero, "{found:?}");
    let manifest = found.manifests[0].contents.as_ref().expect("it is the text of the object");
    assert_eq!(manifest.architecture.as_deref(), Some("*"));

    let Some(bad) = linked(&object("manifest-amd64.syso")) else {
        eprintln!("skipped: this Go refuses a resource object for amd64, as Go did before 1.26");
        return;
    };
    let facts = read(&bad).expect("go writes PE images");
    let found = resources(&facts);
    let entry = &found.entries[0];
    assert!(entry.overlaps_tree, "{entry:?}");
    assert_eq!(entry.rva, found.rva, "Go leaves the address of the section in it");
    assert!(found.manifests[0].contents.is_err());
}
