//! Facts of real images: the small ones in `testdata/pe` against golden texts,
//! damaged copies of them, and Go programs built here against Go's own tools.
//!
//! `UPDATE_GOLDEN=1 cargo test --test image` writes the golden texts anew.
#![allow(
    clippy::disallowed_methods,
    reason = "builds and inspects fixtures with go and llvm-readobj, which is no part of gowoa"
)]
#![allow(clippy::print_stderr, reason = "a skipped comparison says so in the test's output")]

#[path = "support/peers.rs"]
mod peers;
#[path = "image/resources.rs"]
mod resources;
#[path = "image/signature.rs"]
mod signature;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use gowoa::facts::image::{BuildInfo, Hybrid, ImageFacts, MachineKind, Module};
use gowoa::image::{FileKind, identify, read};
use rayon::prelude::*;

/// The images in `testdata/pe` and in its folders, by name: `resources/loop.exe`.
fn fixtures() -> Vec<(String, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/pe");
    let (mut images, mut folders) = (Vec::new(), vec![root.clone()]);
    while let Some(folder) = folders.pop() {
        let entries = fs_err::read_dir(&folder).expect("testdata/pe is part of the repository");
        for path in entries.map(|entry| entry.expect("the folder can be read").path()) {
            if path.is_dir() {
                // What goes into others is no fixture by itself.
                if !path.ends_with("parts") {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|ext| ext == "exe" || ext == "dll") {
                let name = path.strip_prefix(&root).expect("it is below").to_string_lossy();
                let bytes = fs_err::read(&path).expect("a fixture can be read");
                images.push((name.replace('\\', "/"), bytes));
            }
        }
    }
    images.sort();
    images
}

/// One fixture.
fn fixture(name: &str) -> Vec<u8> {
    let found = fixtures().into_iter().find(|(found, _)| found == name);
    found.unwrap_or_else(|| panic!("no fixture {name}")).1
}

#[test]
fn every_image_has_the_facts_of_its_golden_text() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/pe");
    let images = fixtures();
    assert!(images.len() > 14, "the images were not found");
    for (name, bytes) in images {
        let (inside, file) = name.rsplit_once('/').unwrap_or((".", &name));
        let readme =
            fs_err::read_to_string(folder.join(inside).join("README.md")).expect("a README.md");
        assert!(readme.contains(&format!("| `{file}` |")), "{inside}/README.md lacks {file}");
        let facts = read(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        let text = describe(&facts);
        let golden = folder.join(format!("{name}.facts.txt"));
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs_err::write(&golden, &text).expect("the golden text can be written");
        }
        let expected = fs_err::read_to_string(&golden).expect("every image has a golden text");
        let expected = expected.replace("\r\n", "\n");
        assert_eq!(text, expected, "{name}: UPDATE_GOLDEN=1 if the change is meant");
    }
}

#[test]
fn the_kind_is_more_than_the_machine_field() {
    let cases = [
        ("arm64.exe", MachineKind::Arm64, "ARM64", 0xaa64),
        ("arm64.dll", MachineKind::Arm64, "ARM64", 0xaa64),
        ("arm64ec.dll", MachineKind::Arm64Ec, "ARM64EC", 0x8664),
        ("arm64x.dll", MachineKind::Arm64X, "ARM64X", 0xaa64),
        ("arm64x-pure.dll", MachineKind::Arm64X, "ARM64X", 0xaa64),
        ("x64.exe", MachineKind::X64, "x64", 0x8664),
        ("x86.exe", MachineKind::X86, "x86", 0x014c),
    ];
    for (name, kind, words, machine) in cases {
        let facts = read(&fixture(name)).expect(name);
        assert_eq!((facts.kind, facts.machine), (kind, machine), "{name}");
        assert_eq!(facts.kind.words(), words);
    }
    assert_eq!(MachineKind::from_header(0x1234).words(), "unknown machine 0x1234");
}

#[test]
fn damage_ends_in_an_error_or_a_value() {
    fixtures().into_par_iter().for_each(|(name, bytes)| {
        for length in 0..bytes.len() {
            let _ = read(&bytes[..length]);
            let _ = identify(&bytes[..length]);
        }
        // Every byte, and not only those of the headers: the directories are further in.
        let mut damaged = bytes.clone();
        for at in 0..bytes.len() {
            for mask in [0xff, 0x01, 0x80] {
                damaged[at] ^= mask;
                let _ = read(&damaged);
                damaged[at] ^= mask;
            }
        }
        assert_eq!(damaged, bytes, "{name}: the damage was undone");
        assert_eq!(read(&damaged), read(&bytes));
    });
}

#[test]
fn an_image_can_begin_at_an_odd_address() {
    for (name, bytes) in fixtures() {
        let mut shifted = vec![0];
        shifted.extend_from_slice(&bytes);
        assert_eq!(read(&shifted[1..]), read(&bytes), "{name}");
    }
}

#[test]
fn another_kind_of_file_is_named_in_the_error() {
    let mut elf = b"\x7fELF\x02\x01\x01".to_vec();
    elf.resize(64, 0);
    elf[18] = 62;
    let words = read(&elf).expect_err("an ELF file is no PE image").to_string();
    assert_eq!(words, "not a PE image: this is an ELF file for x86-64");

    let mut image = fixture("arm64.exe");
    assert_eq!(identify(&image), FileKind::Pe { machine: 0xaa64 });
    image[0x90] = 0x07;
    let words = read(&image).expect_err("0x207 is no optional header").to_string();
    assert_eq!(
        words,
        "malformed optional header at offset 0x90: \
         the magic number is 0x0207, neither PE32 nor PE32+"
    );
    let words = read(&image[..0x100]).expect_err("the headers are cut").to_string();
    assert!(words.starts_with("malformed "), "{words}");
}

#[test]
fn a_file_cut_short_says_which_section_is_missing() {
    let image = fixture("arm64.exe");
    let facts = read(&image).expect("the whole image is fine");
    assert_eq!(facts.truncated_section(), None);
    let facts = read(&image[..image.len() - 1]).expect("the headers are all there");
    assert_eq!(facts.truncated_section().map(|section| section.name.as_str()), Some(".rdata"));
}

/// Writes a 32-bit number into an image.
fn patch(image: &mut [u8], at: u64, value: u32) {
    let at = usize::try_from(at).expect("an offset in a small file");
    image[at..at + 4].copy_from_slice(&value.to_le_bytes());
}

/// File offset of a data directory of a fixture in the 64-bit form.
fn directory_offset(facts: &ImageFacts, index: u64) -> u64 {
    facts.machine_offset + 20 + 112 + 8 * index
}

#[test]
fn a_broken_directory_leaves_the_others_alone() {
    let mut image = fixture("arm64-imports.exe");
    let facts = read(&image).expect("the fixture is fine");
    patch(&mut image, directory_offset(&facts, 1), 0x7fff_ffff);
    let broken = read(&image).expect("the headers are fine");
    assert_eq!(
        broken.imports,
        Err("the import table at RVA 0x7fffffff is not in the bytes of any section".to_owned())
    );
    assert_eq!(broken.delay_imports, facts.delay_imports);
    assert_eq!(broken.hybrid, facts.hybrid);
    let names: Vec<_> = broken.imported_dlls().map(|dll| dll.name.as_str()).collect();
    assert_eq!(names, ["late.dll"]);

    patch(&mut image, directory_offset(&facts, 10), 0x7fff_ffff);
    let broken = read(&image).expect("the headers are fine");
    assert_eq!(
        broken.hybrid,
        Err("the load configuration at RVA 0x7fffffff is not in the bytes of any section"
            .to_owned())
    );
}

#[test]
fn sections_that_share_bytes_are_not_searched() {
    let mut image = fixture("arm64-go.exe");
    let facts = read(&image).expect("the fixture is fine");
    assert!(facts.build_info.as_ref().is_ok_and(Option::is_some));
    // Every section gets the bytes of the whole file, as often as there are sections.
    let table = facts.machine_offset + 20 + 240;
    for section in 0..facts.sections.len() as u64 {
        patch(&mut image, table + 40 * section + 16, 0xa00);
        patch(&mut image, table + 40 * section + 20, 0x4);
    }
    let facts = read(&image).expect("the headers are fine");
    let problem = facts.pclntab.expect_err("two data sections have one file's bytes each");
    assert!(problem.starts_with("the sections overlap"), "{problem}");
}

#[test]
fn a_pointer_to_broken_metadata_still_makes_a_hybrid() {
    let mut image = fixture("arm64ec.dll");
    let facts = read(&image).expect("the fixture is fine");
    let chpe = hybrid(&facts).chpe.as_ref().expect("an ARM64EC image has CHPE metadata");
    patch(&mut image, chpe.pointer_offset, 0x7fff_ffff);
    let facts = read(&image).expect("the headers are fine");
    assert_eq!(facts.kind, MachineKind::Arm64Ec);
    let chpe = hybrid(&facts).chpe.as_ref().expect("the pointer is not null");
    assert_eq!(
        chpe.metadata,
        Err("the CHPE metadata at address 0x17fffffff is not in the bytes of any section"
            .to_owned())
    );
}

#[test]
fn a_field_the_stated_size_does_not_cover_does_not_count() {
    let mut image = fixture("arm64ec.dll");
    let facts = read(&image).expect("the fixture is fine");
    let offset = hybrid(&facts).load_config_offset.expect("it has a load configuration");
    // 0xCC ends in the middle of the pointer at 0xC8.
    for (size, kind) in
        [(0xd0, MachineKind::Arm64Ec), (0xcc, MachineKind::X64), (0, MachineKind::X64)]
    {
        patch(&mut image, offset, size);
        assert_eq!(read(&image).expect("the headers are fine").kind, kind, "{size:#x}");
    }
    patch(&mut image, offset, 0x4000);
    let problem = read(&image).expect("the headers are fine").hybrid.expect_err("too large");
    assert!(problem.contains("states 0x4000 bytes, but its section has"), "{problem}");
}

#[test]
fn the_second_version_of_the_dynamic_relocations_is_read() {
    let mut image = fixture("arm64x-pure.dll");
    let facts = read(&image).expect("the fixture is fine");
    let found = hybrid(&facts).arm64x.clone().expect("readable").expect("it is ARM64X");
    assert_eq!(found.table_version, 1);
    let fixups = found.fixup_size;
    // The table is {version, size}, the entry {header size, fix-up size, symbol,
    // group, flags}; an entry with another symbol stands in front.
    let table = found.offset - 8;
    let words = [2, 24 + 24 + fixups, 24, 0, 3, 0, 0, 0, 24, fixups, 6, 0, 0, 0];
    for (at, word) in (table..).step_by(4).zip(words) {
        patch(&mut image, at, word);
    }
    let facts = read(&image).expect("the headers are fine");
    assert_eq!(facts.kind, MachineKind::Arm64X);
    let found = hybrid(&facts).arm64x.clone().expect("readable").expect("it is ARM64X");
    assert_eq!((found.table_version, found.offset, found.fixup_size), (2, table + 32, fixups));

    patch(&mut image, table, 3);
    let facts = read(&image).expect("the headers are fine");
    let problem = hybrid(&facts).arm64x.clone().expect_err("version 3 is unknown");
    assert!(problem.ends_with("has version 3, and only 1 and 2 are known"), "{problem}");
}

#[test]
fn a_kind_that_rests_on_the_header_alone_is_in_doubt() {
    let mut image = fixture("arm64x-pure.dll");
    let facts = read(&image).expect("the fixture is fine");
    assert_eq!(facts.kind_doubt(), None);
    let table = hybrid(&facts).arm64x.clone().expect("readable").expect("it is ARM64X").offset - 8;
    patch(&mut image, table, 3);
    let facts = read(&image).expect("the headers are fine");
    assert_eq!(facts.kind, MachineKind::Arm64);
    assert!(facts.kind_doubt().is_some_and(|doubt| doubt.contains("version 3")));
}

#[test]
fn a_dotnet_assembly_says_whether_it_is_tied_to_its_machine() {
    let mut image = fixture("x86.exe");
    let facts = read(&image).expect("the fixture is fine");
    assert_eq!(facts.clr, Ok(None));
    // The 32-bit optional header has its directories at 96; entry 14 is the CLR header.
    let directory = facts.machine_offset + 20 + 96 + 8 * 14;
    patch(&mut image, directory, 0x1000);
    patch(&mut image, 0x400, 72);
    for (flags, neutral) in [(1, true), (3, false), (0x2_0003, true), (0, false)] {
        patch(&mut image, 0x410, flags);
        let clr = read(&image).expect("the headers are fine").clr.expect("readable");
        let clr = clr.expect("the directory is there");
        assert_eq!((clr.offset, clr.flags, clr.any_cpu()), (0x400, flags, neutral));
    }
}

/// The hybrid part of an image where it can be read.
fn hybrid(facts: &ImageFacts) -> &Hybrid {
    facts.hybrid.as_ref().expect("the load configuration can be read")
}

/// A command of a module with a replaced dependency, built for Windows.
fn go_build(folder: &Path, architecture: &str) -> PathBuf {
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        fs_err::create_dir_all(path.parent().expect("a file is in a folder")).expect("writable");
        fs_err::write(path, text).expect("writable");
    };
    write(
        "go.mod",
        "module example.com/tool\n\ngo 1.24\n\nrequire example.com/dep v1.2.3\n\nreplace example.com/dep => ./dep\n",
    );
    write(
        "main.go",
        "package main\n\nimport \"example.com/dep\"\n\nvar name string\n\nfunc main() { println(dep.Word, name) }\n",
    );
    write("dep/go.mod", "module example.com/dep\n\ngo 1.24\n");
    write("dep/dep.go", "package dep\n\nvar Word = \"hello\"\n");
    let image = folder.join(format!("tool-{architecture}.exe"));
    let output = Command::new("go")
        .args(["build", "-ldflags=-X main.name=\"a\\tb\"", "-o"])
        .arg(&image)
        .arg(".")
        .current_dir(folder)
        .env("GOOS", "windows")
        .env("GOARCH", architecture)
        .env("CGO_ENABLED", "0")
        .env("GOFLAGS", "")
        .env("GOPROXY", "off")
        .env("GOTOOLCHAIN", "local")
        .env("GOWORK", "off")
        .output()
        .expect("go is on PATH: gowoa's tests need it");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    image
}

#[test]
fn a_go_program_reads_as_go_and_llvm_read_it() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let cases =
        [("arm64", MachineKind::Arm64), ("amd64", MachineKind::X64), ("386", MachineKind::X86)];
    for (architecture, kind) in cases {
        let path = go_build(folder.path(), architecture);
        let facts = read(&fs_err::read(&path).expect("go wrote it")).expect("go writes PE images");
        assert_eq!(facts.kind, kind);
        assert!(facts.aslr() && facts.nx_compat());
        assert_eq!(facts.linker_version, (3, 0));
        assert!(facts.imported_dlls().any(|dll| dll.name.eq_ignore_ascii_case("kernel32.dll")));
        let table = facts.pclntab.as_ref().expect("one table").expect("Go writes a function table");
        assert!(table.since == "go1.20" && table.functions > 1000, "{table:?}");

        let info = facts.build_info.as_ref().expect("readable").as_ref().expect("Go writes it");
        assert_eq!(info.setting("GOARCH"), Some(architecture));
        assert_eq!(info.setting("-ldflags"), Some("-X main.name=\"a\\tb\""));
        let output =
            Command::new("go").args(["version", "-m"]).arg(&path).output().expect("go runs");
        let expected = String::from_utf8(output.stdout).expect("go writes UTF-8");
        let expected: Vec<_> = expected.lines().filter(|line| *line != "\t").collect();
        let version = format!("{}: {}", path.display(), info.go_version);
        let lines = [vec![version], lines(info)].concat();
        assert_eq!(lines, expected);

        compare_with_llvm(&path, &facts);
    }
}

/// Build information in the lines of `go version -m`, behind the first.
fn lines(info: &BuildInfo) -> Vec<String> {
    let mut lines = vec![format!("\tpath\t{}", info.path)];
    let mut module = |word: &str, module: &Module| match &module.replace {
        None => {
            lines.push(format!("\t{word}\t{}\t{}\t{}", module.path, module.version, module.sum))
        }
        Some(by) => {
            lines.push(format!("\t{word}\t{}\t{}", module.path, module.version));
            lines.push(format!("\t=>\t{}\t{}\t{}", by.path, by.version, by.sum));
        }
    };
    info.main.iter().for_each(|main| module("mod", main));
    info.deps.iter().for_each(|dep| module("dep", dep));
    for (key, value) in &info.settings {
        // Debug quotes like Go here: the test's values are plain ASCII.
        let quote = value.contains([' ', '\t', '"', '`']);
        let value = if quote { format!("{value:?}") } else { value.clone() };
        lines.push(format!("\tbuild\t{key}={value}"));
    }
    lines
}

/// Compares machine and sections with what llvm-readobj prints.
fn compare_with_llvm(path: &Path, facts: &ImageFacts) {
    let Some(tool) = peers::llvm("llvm-readobj") else { return };
    let output = Command::new(tool)
        .args(["--file-headers", "--sections"])
        .arg(path)
        .output()
        .expect("llvm-readobj runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let values = |key: &str| -> Vec<String> {
        let value = |line: &str| line.trim().strip_prefix(key).map(|value| value.trim().to_owned());
        text.lines().filter_map(value).collect()
    };
    let machine = format!("({:#X})", facts.machine).replace("0X", "0x");
    assert!(values("Machine:")[0].ends_with(&machine), "{machine}");
    let sections = |value: fn(&gowoa::facts::image::Section) -> String| -> Vec<String> {
        facts.sections.iter().map(value).collect()
    };
    let names: Vec<_> = values("Name:")
        .iter()
        .map(|name| name.split(" (").next().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(sections(|section| section.name.clone()), names);
    assert_eq!(
        sections(|section| format!("{:#X}", section.rva).replace("0X", "0x")),
        values("VirtualAddress:")
    );
    assert_eq!(
        sections(|section| format!("{:#X}", section.virtual_size).replace("0X", "0x")),
        values("VirtualSize:")
    );
    assert_eq!(sections(|section| section.file_size.to_string()), values("RawDataSize:"));
    assert_eq!(
        sections(|section| format!("{:#X}", section.file_offset).replace("0X", "0x")),
        values("PointerToRawData:")
    );
}

/// The facts as text, one a line, for the golden files.
fn describe(facts: &ImageFacts) -> String {
    let mut text = String::new();
    let mut line = |words: std::fmt::Arguments<'_>| {
        text.write_fmt(words).expect("a String takes any text");
        text.push('\n');
    };
    let format = if facts.pe32_plus { "PE32+" } else { "PE32" };
    let dll = if facts.dll() { "DLL" } else { "EXE" };
    line(format_args!("{} {format} {dll}, {} bytes", facts.kind, facts.size));
    line(format_args!("machine {:#06x} at {:#x}", facts.machine, facts.machine_offset));
    line(format_args!(
        "characteristics {:#06x} at {:#x}, relocations stripped: {}",
        facts.characteristics,
        facts.characteristics_offset,
        facts.relocations_stripped()
    ));
    line(format_args!("subsystem {} at {:#x}", facts.subsystem, facts.subsystem_offset));
    line(format_args!(
        "dll characteristics {:#06x} at {:#x}: aslr {}, high entropy {}, nx {}, guard cf {}",
        facts.dll_characteristics,
        facts.dll_characteristics_offset,
        facts.aslr(),
        facts.high_entropy_va(),
        facts.nx_compat(),
        facts.guard_cf()
    ));
    line(format_args!("image base {:#x}, entry point {:#x}", facts.image_base, facts.entry_point));
    line(format_args!("linker {}.{}", facts.linker_version.0, facts.linker_version.1));
    for section in &facts.sections {
        line(format_args!(
            "section {}: rva {:#x}+{:#x}, file {:#x}+{:#x}, {:#010x}",
            section.name,
            section.rva,
            section.virtual_size,
            section.file_offset,
            section.file_size,
            section.characteristics
        ));
    }
    describe_hybrid(facts, &mut line);
    match (&facts.imports, &facts.delay_imports) {
        (Ok(_), Ok(_)) => {}
        (imports, delayed) => line(format_args!("imports: {imports:?}, delayed: {delayed:?}")),
    }
    for dll in facts.imported_dlls() {
        let late = if dll.delay_loaded { ", delay-loaded" } else { "" };
        let (name, offset, symbols) = (&dll.name, dll.name_offset, dll.symbols);
        line(format_args!("import {name} at {offset:#x}: {symbols} symbols{late}"));
    }
    match &facts.build_info {
        Ok(Some(info)) => {
            line(format_args!("build info at {:#x}: {}", info.offset, info.go_version));
            lines(info).iter().for_each(|words| line(format_args!("  {}", words.trim())));
        }
        other => line(format_args!("build info: {other:?}")),
    }
    match &facts.pclntab {
        Ok(Some(table)) => line(format_args!(
            "pclntab at {:#x}, rva {:#x}: {} functions, since {}",
            table.offset, table.rva, table.functions, table.since
        )),
        other => line(format_args!("pclntab: {other:?}")),
    }
    resources::describe(&facts.resources, &mut line);
    signature::describe(&facts.signature, &mut line);
    text
}

/// The lines about code for other machines.
fn describe_hybrid(facts: &ImageFacts, line: &mut impl FnMut(std::fmt::Arguments<'_>)) {
    let hybrid = hybrid(facts);
    match hybrid.load_config_offset {
        Some(offset) => line(format_args!("load config at {offset:#x}")),
        None => line(format_args!("load config: none")),
    }
    match &hybrid.arm64x {
        Ok(Some(found)) => line(format_args!(
            "arm64x relocations at {:#x}: {:#x} bytes, table version {}",
            found.offset, found.fixup_size, found.table_version
        )),
        other => line(format_args!("arm64x relocations: {other:?}")),
    }
    let Some(chpe) = &hybrid.chpe else { return line(format_args!("chpe: none")) };
    line(format_args!("chpe {:#x} at {:#x}", chpe.pointer, chpe.pointer_offset));
    match &chpe.metadata {
        Ok(data) => {
            line(format_args!("chpe metadata version {} at {:#x}", data.version, data.offset));
            let offset = data.code_map_offset.unwrap_or_default();
            line(format_args!("code map at {offset:#x}"));
            for range in &data.code_ranges {
                let (start, length) = (range.start, range.length);
                line(format_args!("code {start:#x}+{length:#x}: {}", range.code.words()));
            }
        }
        Err(problem) => line(format_args!("chpe metadata: {problem}")),
    }
}
