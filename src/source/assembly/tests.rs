//! The assembler's rules for text, what counts as x18, and text that is none.

use proptest::prelude::*;

use super::*;
use crate::facts::source::AssemblyFacts;

fn facts(name: &str, text: &str, headers: &[(&str, &str)]) -> SourceFacts {
    let file = |name: &'static str, text: &'static str| SourceFile { name, bytes: text.as_bytes() };
    let leak = |text: &str| -> &'static str { Box::leak(text.to_owned().into_boxed_str()) };
    let headers: Vec<SourceFile<'static>> =
        headers.iter().map(|(name, text)| file(leak(name), leak(text))).collect();
    let asm = vec![file(leak(name), leak(text))];
    let mut facts = SourceFacts::default();
    find(&PackageText { asm, headers, ..PackageText::default() }, &mut facts);
    facts
}

fn assembly(text: &str) -> AssemblyFacts {
    let facts = facts("a_arm64.s", text, &[]);
    assert_eq!(facts.unread, [], "{text}");
    facts.assembly
}

/// Function, line, writes, reads, opaque.
fn x18(text: &str) -> Vec<(String, u32, u32, u32, u32)> {
    let short = |one: AssemblyX18| {
        let name = one.place.function.unwrap_or_default();
        (name, one.place.line, one.writes, one.reads, one.opaque)
    };
    assembly(text).x18.into_iter().map(short).collect()
}

#[test]
fn words_are_read_by_function() {
    let text = "#include \"textflag.h\"\n\
        TEXT ·clean(SB), NOSPLIT, $0-8\n\tWORD $0xaa0003e0\n\tRET\n\
        TEXT ·scratch(SB), NOSPLIT, $0-8\n\tMOVD a+0(FP), R0\n\
        \tWORD $0xaa0003f2 // mov x18, x0\n\tWORD $0xf9000032; WORD $0x91000652\n\tRET\n";
    assert_eq!(x18(text), [("scratch".into(), 7, 2, 1, 0)]);
    let first = assembly(text).x18.remove(0);
    assert_eq!(first.place.text, "WORD $0xaa0003f2 // mov x18, x0");
    assert_eq!(first.word, Some(0xaa00_03f2));
    assert_eq!(first.decoded.as_deref(), Some("mov x18, x0"));
}

#[test]
fn a_table_among_code_is_told_by_words_that_are_no_instructions() {
    let table = "TEXT ·f(SB), 4, $0\n\tWORD $0xd65f03c0\nLCPI0_0:\n\tWORD $0xaa0003f2\n\tWORD $0x00000001\n\tWORD $0\n";
    assert_eq!(x18(table), [("f".into(), 4, 1, 0, 2)]);
    assert_eq!(x18("DATA ·t+0(SB)/4, $0xaa0003f2\nGLOBL ·t(SB), 8, $4\n"), []);
    assert_eq!(x18("TEXT ·f(SB), 4, $0\nWORD $x\nWORD $0xaa0003f2\n"), [("f".into(), 3, 1, 0, 1)]);
}

#[test]
fn words_may_be_written_in_many_ways() {
    for line in [
        "WORD $0xaa0003f2",
        "here: WORD $0xAA0003F2",
        "WORD $(0xaa0003e0 | 18)",
        "WORD $0xaa0003e0+9*2",
        "WORD $((0xaa0003e0)|(9<<1))",
        "WORD $2852127730",
        "DWORD $0xaa0003f2d503201f",
        "DWORD $0xd503201faa0003f2",
    ] {
        let text = format!("TEXT ·f(SB), 4, $0\n\t{line}\n\tRET\n");
        assert_eq!(x18(&text), [("f".into(), 2, 1, 0, 0)], "{line}");
    }
}

#[test]
fn macros_and_conditions_are_the_assemblers() {
    let macros = "#define REG 18\n#define MOVX(n, m) \\\n\tWORD $(0xaa0003e0 | n); \\\n\tWORD $m\n\
        TEXT ·f(SB), 4, $0\n\tMOVX(REG, 0xd503201f)\n\tRET\n";
    assert_eq!(x18(macros), [("f".into(), 6, 1, 0, 0)]);
    let word = "\tWORD $0xaa0003f2\n";
    for (condition, counts) in [
        ("#ifdef GOARCH_arm64\n", true),
        ("#ifdef GOARCH_amd64\n", false),
        ("#ifndef GOOS_windows\n", false),
        ("#ifdef GOOS_linux\n#else\n", true),
        ("#ifdef GOOS_linux\n#if defined(X)\n#ifdef GOARCH_arm64\n#endif\n", false),
        ("#define GOOS_linux\n#undef GOOS_linux\n#ifndef GOOS_linux\n", true),
    ] {
        let text = format!("TEXT ·f(SB), 4, $0\n{condition}{word}#endif\n\tRET\n");
        assert_eq!(!x18(&text).is_empty(), counts, "{condition}");
    }
    let header = [("m.h", "#define CODE WORD $0xaa0003f2\n")];
    let text = "#include \"m.h\"\n#include \"textflag.h\"\nTEXT ·f(SB), 4, $0\n\tCODE\n";
    let found = facts("a_arm64.s", text, &header).assembly.x18;
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].place.file.as_str(), found[0].place.line), ("a_arm64.s", 4));
}

#[test]
fn names_of_the_register() {
    let one = |line: &str| {
        let found = x18(&format!("TEXT ·f(SB), 4, $0\n\t{line}\n"));
        found.first().map(|(_, _, writes, _, _)| *writes == 1)
    };
    for (line, expected) in [
        ("MOVD R0, R18_PLATFORM", Some(true)),
        ("MOVD $0, R18", Some(true)),
        ("ADD $1, R18_PLATFORM, R18_PLATFORM", Some(true)),
        ("MOVD.P 8(R18_PLATFORM), R0", Some(true)),
        ("CMP R0, R18_PLATFORM", Some(false)),
        ("MOVD R0, 8(R18_PLATFORM)", Some(false)),
        ("ADD R18_PLATFORM, R1, R2", Some(false)),
        ("MOVD 0x58(R18_PLATFORM), R0", None),
        ("MOVD R18_PLATFORM, R0", None),
        ("LDP 16(R18_PLATFORM), (R0, R1)", None),
        ("MOVD R0, R1 // clobbers R18", None),
        ("MOVD ·R18x(SB), R1", None),
        ("BL ·R18(SB)", None),
    ] {
        assert_eq!(one(line), expected, "{line}");
    }
}

#[test]
fn x86_without_a_suffix() {
    let foreign = |name: &str, text: &str| {
        let found = facts(name, text, &[]).assembly.foreign;
        found.first().map(|place| (place.line, place.function.clone().unwrap_or_default()))
    };
    let add = "// add.\nTEXT ·add(SB), 7, $0-24\n\tMOVQ a+0(FP), AX\n\tRET\n";
    assert_eq!(foreign("add.s", add), Some((3, "add".into())));
    assert_eq!(foreign("add_windows.s", add), Some((3, "add".into())));
    assert_eq!(foreign("add_amd64.s", add), None);
    let registers = "TEXT ·add(SB), 7, $0\n\tADD (BX), AX\n";
    assert_eq!(foreign("add.s", registers), Some((2, "add".into())));
    for look_alike in [
        "",
        "// MOVQ AX, BX\n",
        "#include \"textflag.h\"\n",
        "#ifdef GOARCH_amd64\nTEXT ·add(SB), 7, $0\n\tMOVQ AX, BX\n#endif\n",
        "TEXT ·add(SB), 7, $0\n\tMOVD a+0(FP), R0\n\tB AX\n AX: RET\n\tBL ·CPUID(SB)\n",
        "GLOBL ·AX(SB), 8, $4\nDATA ·AX+0(SB)/4, $1\n",
        "TEXT ·add(SB), 7, $0\n\tMOVD AX(SB), R0\n\tMOVD AX+8(FP), R0\n",
    ] {
        assert_eq!(foreign("add.s", look_alike), None, "{look_alike}");
    }
}

#[test]
fn symbols_are_named_as_the_linker_does() {
    for (text, name) in [
        ("·add", "add"),
        ("add", "add"),
        ("runtime·add", "runtime.add"),
        ("runtime∕internal·add", "runtime/internal.add"),
        ("·T·m", "T.m"),
    ] {
        assert_eq!(symbol_name(text.as_bytes()), name);
    }
}

#[test]
fn what_cannot_be_read_is_named() {
    let unread = |text: &str| facts("a.s", text, &[]).unread.pop().map(|(_, reason)| reason);
    assert!(unread("#if 1\n#endif\n").unwrap().contains("line 1"));
    assert!(unread("#endif\n").unwrap().contains("line 1"));
    assert!(unread("#define A(x) x\nA(1\n").unwrap().contains("line 2"));
    assert!(unread("#define A A A\nA\n").unwrap().contains("macros"));
    assert!(unread("#define A B\n#define B A\nA\n").unwrap().contains("macros"));
    let doubling: String =
        (1..40).map(|n| format!("#define A{n} A{p} A{p}\n", p = n - 1)).collect();
    assert!(unread(&format!("{doubling}A39\n")).unwrap().contains("tokens"));
    let nested = "#ifdef X\n".repeat(1000);
    assert!(unread(&nested).is_some());
    let deep = format!("TEXT ·f(SB), 4, $0\nWORD ${}1{}\n", "(".repeat(9999), ")".repeat(9999));
    assert_eq!(unread(&deep), None);
}

proptest! {
    #[test]
    fn any_bytes_give_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let file = SourceFile { name: "a.s", bytes: &bytes };
        let mut facts = SourceFacts::default();
        find(&PackageText { asm: vec![file], ..PackageText::default() }, &mut facts);
        let lines = bytes.iter().filter(|byte| **byte == b'\n').count() as u32 + 1;
        for place in facts.assembly.x18.iter().map(|one| &one.place).chain(&facts.assembly.foreign) {
            prop_assert!((1..=lines).contains(&place.line));
        }
    }

    #[test]
    fn text_that_looks_like_assembly_gives_an_answer(
        words in prop::collection::vec(
            prop::sample::select(vec![
                "TEXT ·f(SB), 4, $0", "WORD", "DWORD", "$", "0xaa0003f2", "(", ")", "<<", "+", ",", ";", "\n", "\n", "\t",
                "#define", "#ifdef", "#else", "#endif", "#undef", "#include \"h.h\"", "A", "B", "\\\n", "//", "/*", "*/",
                "MOVQ", "AX", "R18_PLATFORM", ":", "·", "\"", "'", "GOARCH_arm64",
            ]),
            0..120,
        )
    ) {
        let text = words.join(" ");
        let bytes = text.as_bytes();
        let header = SourceFile { name: "h.h", bytes };
        let mut facts = SourceFacts::default();
        let asm = vec![SourceFile { name: "a.s", bytes }];
        find(&PackageText { asm, headers: vec![header], ..PackageText::default() }, &mut facts);
        prop_assert!(facts.assembly.foreign.len() <= 1);
    }
}

/// What the reader says of every assembly file for arm64 below a directory. It asserts that each is read; the lines it
/// prints are for people: `GO_SOURCES=$(go env GOMODCACHE) cargo test --lib source::assembly -- --ignored --nocapture`.
#[test]
#[ignore = "reads the files that GO_SOURCES names"]
#[expect(clippy::print_stdout, reason = "for people, with --nocapture")]
fn public_modules_are_read() {
    let Some(root) = std::env::var_os("GO_SOURCES") else { panic!("GO_SOURCES is not set") };
    let mut open = vec![std::path::PathBuf::from(root)];
    let (mut files, mut words) = (0, 0);
    while let Some(dir) = open.pop() {
        let Ok(entries) = fs_err::read_dir(&dir) else { continue };
        for path in entries.flatten().map(|entry| entry.path()) {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() {
                open.push(path);
            } else if name.ends_with(".s")
                && (name.contains("arm64") || !foreign::has_suffix(&name))
            {
                let text = String::from_utf8_lossy(&fs_err::read(&path).unwrap()).into_owned();
                let found = facts(&name, &text, &[]);
                files += 1;
                for (_, reason) in &found.unread {
                    println!("unread {}: {reason}", path.display());
                }
                for one in &found.assembly.x18 {
                    words += 1;
                    println!("x18 {}:{} {:?}", path.display(), one.place.line, one);
                }
                for place in &found.assembly.foreign {
                    println!("x86 {}:{} {}", path.display(), place.line, place.text);
                }
            }
        }
    }
    println!("{files} files, {words} functions with x18");
    assert!(files > 0);
}
