//! Other tools asked about the same files: `go tool nm` for the functions of a Go program,
//! `llvm-readobj` for unwind data, and Go's linker for an object of the wrong machine.

use std::path::{Path, PathBuf};
use std::process::Command;

use gowoa::facts::code::{NamedBy, Reading};
use gowoa::image::{FunctionTable, code, read};
use object::write;

use crate::{fixture, programs};

/// Writes a file below a folder.
fn put(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) {
    let path = folder.join(name);
    fs_err::create_dir_all(path.parent().unwrap()).unwrap();
    fs_err::write(path, bytes).unwrap();
}

/// A command for windows/arm64 with an object of the wrong machine, as a careless `.syso` is.
fn go_build(folder: &Path, flags: &[&str]) -> PathBuf {
    put(folder, "go.mod", "module example.com/tool\n\ngo 1.24\n");
    put(
        folder,
        "main.go",
        "package main\n\nimport (\n\t\"fmt\"\n\n\t\"example.com/tool/stray.v2\"\n)\n\nfunc main() { stray.Call(); fmt.Println() }\n",
    );
    put(folder, "stray.v2/stray.go", "package stray\n\nfunc Call()\n");
    put(
        folder,
        "stray.v2/call_arm64.s",
        "TEXT \u{b7}Call(SB), 4, $0-0\n\tBL x64_fn\u{b7}part\u{b7}0(SB)\n\tRET\n",
    );
    put(folder, "stray.v2/x_windows_arm64.syso", x64_object());
    let image = folder.join("tool.exe");
    let output = Command::new("go")
        .arg("build")
        .args(flags)
        .arg("-o")
        .arg(&image)
        .arg(".")
        .current_dir(folder)
        .env("GOOS", "windows")
        .env("GOARCH", "arm64")
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

/// A COFF object for x86-64 with one function, without relocations.
fn x64_object() -> Vec<u8> {
    // push rbp; mov rbp, rsp; sub rsp, 32; mov [rbp-8], rdi; xor eax, eax; test esi, esi; jle;
    // movsxd rdx, [rdi]; add rax, rdx; mov rdi, [rbp-8]; add rsp, 32; pop rbp; ret
    let code = [
        0x55, 0x48, 0x89, 0xe5, 0x48, 0x83, 0xec, 0x20, 0x48, 0x89, 0x7d, 0xf8, 0x31, 0xc0, 0x85,
        0xf6, 0x7e, 0x06, 0x48, 0x63, 0x17, 0x48, 0x01, 0xd0, 0x48, 0x8b, 0x7d, 0xf8, 0x48, 0x83,
        0xc4, 0x20, 0x5d, 0xc3,
    ];
    let mut object = write::Object::new(
        object::BinaryFormat::Coff,
        object::Architecture::X86_64,
        object::Endianness::Little,
    );
    let text = object.section_id(write::StandardSection::Text);
    let offset = object.append_section_data(text, &code, 16);
    object.add_symbol(write::Symbol {
        name: b"x64_fn.part.0".to_vec(),
        value: offset,
        size: code.len() as u64,
        kind: object::SymbolKind::Text,
        scope: object::SymbolScope::Linkage,
        weak: false,
        section: write::SymbolSection::Section(text),
        flags: object::SymbolFlags::None,
    });
    object.write().unwrap()
}

#[test]
fn an_x64_object_in_a_go_program_is_found_with_and_without_symbols() {
    let cases: [&[&str]; 3] = [&[], &["-ldflags=-s -w"], &["-trimpath", "-ldflags=-s"]];
    for flags in cases {
        let folder = tempfile::tempdir().unwrap();
        let image = go_build(folder.path(), flags);
        let bytes = fs_err::read(&image).unwrap();
        let facts = read(&bytes).unwrap();
        let found = code::scan(&bytes, &facts).unwrap();
        let [run] = found.foreign.as_slice() else { panic!("{flags:?}: {:?}", found.foreign) };
        let function = run.place.function.as_ref().unwrap();
        // The dots of a C name are no package.
        let named = (function.name.as_str(), function.named_by);
        assert_eq!(named, ("x64_fn.part.0", NamedBy::Pclntab));
        assert!(matches!(run.reading, Reading::X86 { bits: 64, .. }), "{flags:?}: {run:?}");
        // Which package brought the object is in a symbol.
        let package = flags.is_empty().then_some("example.com/tool/stray.v2");
        assert_eq!(function.package.as_deref(), package, "{flags:?}");
        let module = function.module.as_ref().map(|(path, _)| path.as_str());
        assert_eq!(module, package.map(|_| "example.com/tool"), "{flags:?}");

        // Go's own use of x18 is in its runtime, and all of what it tests for is guarded.
        for using in &found.x18 {
            let function = using.place.function.as_ref().unwrap();
            assert_eq!(function.module, Some(("std".to_owned(), String::new())), "{using:?}");
        }
        let suspect = found.features.iter().find(|using| {
            use gowoa::facts::code::Guard;
            matches!(using.guard, Guard::NotSeen | Guard::NoCallerFound)
        });
        assert_eq!(suspect, None, "{flags:?}");
        if flags.is_empty() {
            compare_with_nm(&image, &bytes);
        }
    }
}

/// Names and addresses of the functions, against Go's own reader of the symbol table.
fn compare_with_nm(image: &Path, bytes: &[u8]) {
    let output = Command::new("go").args(["tool", "nm"]).arg(image).output().expect("go runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let mut expected: Vec<(u64, String)> = text
        .lines()
        .filter_map(|line| {
            let mut words = line.trim_start().splitn(3, ' ');
            let address = u64::from_str_radix(words.next()?, 16).ok()?;
            let of_code = words.next().filter(|kind| matches!(*kind, "T" | "t"));
            let name = words.next().filter(|_| of_code.is_some())?;
            // The suffix of the calling convention is in the symbol table alone; the rest are
            // marks of the linker and no functions.
            let name = name.strip_suffix(".abi0").unwrap_or(name);
            let mark =
                matches!(name, "runtime.text" | "runtime.etext") || name.ends_with("(.text)");
            (!mark).then(|| (address, name.to_owned()))
        })
        .collect();
    expected.sort();
    let facts = read(bytes).unwrap();
    let functions = FunctionTable::read(bytes, &facts).unwrap();
    let mut found: Vec<(u64, String)> = (0..functions.len())
        .map(|index| {
            let (start, _) = functions.bounds(index).unwrap();
            (facts.image_base + u64::from(start), functions.name(index).unwrap().into_owned())
        })
        .collect();
    found.sort();
    assert!(found.len() > 1000, "{}", found.len());
    let differs = found.iter().zip(&expected).find(|(found, expected)| found != expected);
    assert_eq!(differs, None);
    assert_eq!(found.len(), expected.len());
}

#[test]
fn unwind_data_reads_as_llvm_reads_it() {
    let Some(tool) = programs::llvm("llvm-readobj") else { return };
    let bytes = fixture("unwind.dll");
    let facts = read(&bytes).unwrap();
    let functions = FunctionTable::read(&bytes, &facts).unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/pe/code");
    let output =
        Command::new(tool).arg("--unwind").arg(folder.join("unwind.dll")).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let values = |key: &str| -> Vec<u64> {
        let value = |line: &str| {
            let word = line.trim().strip_prefix(key)?.split_whitespace().next_back()?.to_owned();
            let word = word.trim_matches(['(', ')']);
            match word.strip_prefix("0x") {
                Some(hex) => u64::from_str_radix(hex, 16).ok(),
                None => word.parse().ok(),
            }
        };
        text.lines().filter_map(value).collect()
    };
    let starts = values("Function:");
    let lengths = values("FunctionLength:");
    assert_eq!((starts.len(), lengths.len()), (2, 2), "{text}");
    for (start, length) in starts.into_iter().zip(lengths) {
        let rva = u32::try_from(start - facts.image_base).unwrap();
        let index = functions.find(rva).expect("llvm-readobj knows a function here");
        let function = functions.describe(index).unwrap();
        assert_eq!((function.rva, u64::from(function.length)), (rva, length), "{function:?}");
    }
}
