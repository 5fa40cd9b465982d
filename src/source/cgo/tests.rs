//! The rules of go/build, and directives of public modules.

use proptest::prelude::*;

use super::*;

fn found(text: &str) -> Vec<(u32, String, String)> {
    found_in(&[text])
}

fn found_in(texts: &[&str]) -> Vec<(u32, String, String)> {
    let cgo =
        texts.iter().map(|text| SourceFile { name: "c.go", bytes: text.as_bytes() }).collect();
    let mut facts = SourceFacts::default();
    find(&PackageText { cgo, ..PackageText::default() }, &mut facts);
    facts.cgo.into_iter().map(|one| (one.place.line, one.condition, one.flags)).collect()
}

fn file(lines: &[&str]) -> String {
    let lines: String = lines.iter().map(|line| format!("// {line}\n")).collect();
    format!("package p\n\n{lines}import \"C\"\n")
}

#[test]
fn libraries_for_amd64_alone_are_found() {
    // As wasmtime-go has it: the flags for every Windows name a library, the place of it is amd64's.
    let text = file(&[
        "#cgo CFLAGS:-I${SRCDIR}/build/include",
        "#cgo !windows LDFLAGS:-lwasmtime -lm -ldl -pthread",
        "#cgo windows LDFLAGS:-lwasmtime -luserenv",
        "#cgo linux,arm64 LDFLAGS:-L${SRCDIR}/build/linux-aarch64",
        "#cgo windows,amd64 LDFLAGS:-L${SRCDIR}/build/windows-x86_64",
    ]);
    let flags = "-L${SRCDIR}/build/windows-x86_64".to_owned();
    assert_eq!(found(&text), [(7, "windows,amd64".to_owned(), flags)]);
}

#[test]
fn a_counterpart_takes_its_place() {
    let amd64 = "#cgo windows,amd64 LDFLAGS: -L${SRCDIR}/x64 -lfoo";
    let alone = |line: &str| found(&file(&[amd64, line])).is_empty();
    assert!(!alone("#cgo windows,386 LDFLAGS: -L${SRCDIR}/x86 -lfoo"));
    assert!(!alone("#cgo linux LDFLAGS: -lfoo"));
    assert!(!alone("#cgo windows,arm64 CFLAGS: -DARM"));
    assert!(alone("#cgo windows,arm64 LDFLAGS: -L${SRCDIR}/arm64 -lfoo"));
    assert!(alone("#cgo arm64 LDFLAGS: -lfoo_arm64"));
    assert!(alone("#cgo windows&&arm64 LDFLAGS: lib/arm64/foo.lib"));
    assert!(alone("#cgo windows LDFLAGS: -L${SRCDIR}/x64 -lfoo"));
    assert!(found_in(&[&file(&[amd64]), &file(&["#cgo windows,arm64 LDFLAGS: -lfoo"])]).is_empty());
}

#[test]
fn what_names_no_library_is_left_alone() {
    for line in [
        "#cgo windows,amd64 CFLAGS: -mavx2",
        "#cgo amd64 LDFLAGS: -m64 -Wl,--stack,8388608",
        "#cgo windows LDFLAGS: -lws2_32",
        "#cgo LDFLAGS: librdkafka_vendor/librdkafka_windows.a",
        "#cgo linux,amd64 LDFLAGS: -lfoo",
        "#cgo windows,amd64,static LDFLAGS: -lfoo",
        "#cgo noescape f",
        "#cgowindows,amd64 LDFLAGS: -lfoo",
        "cgo windows,amd64 LDFLAGS: -lfoo",
    ] {
        assert_eq!(found(&file(&[line])), [], "{line}");
    }
}

#[test]
fn only_the_comment_of_the_import_counts() {
    let line = "// #cgo windows,amd64 LDFLAGS: -lfoo\n";
    let yes = [
        format!("package p\n{line}import \"C\"\n"),
        format!(
            "package p\n/*\n#include <a.h>\n{}*/\nimport \"C\"\n",
            line.trim_start_matches("// ")
        ),
        format!("package p\nimport (\n{line}\"C\"\n\"fmt\")\n"),
        format!("package p\n{line}import (\n\"C\"\n)\n"),
    ];
    for text in &yes {
        assert_eq!(found(text).len(), 1, "{text}");
    }
    let no = [
        format!("package p\n{line}\nimport \"C\"\n"),
        format!("package p\n{line}import \"fmt\"\nimport \"C\"\n"),
        format!("package p\nimport \"C\"\n{line}func f() {{}}\n"),
        format!("package p\nvar x = `\n{line}import \"C\"`\n"),
    ];
    for text in &no {
        assert_eq!(found(text), [], "{text}");
    }
}

#[test]
fn conditions_are_those_of_go_build() {
    for (condition, amd64, arm64) in [
        ("windows", true, true),
        ("windows,amd64", true, false),
        ("!arm64", true, false),
        ("!windows", false, false),
        ("!linux,!arm64", true, false),
        ("windows&&!arm64", true, false),
        ("(amd64||386)&&windows", true, false),
        ("go1.21,amd64", true, false),
        ("!!amd64", false, false),
        ("!", false, false),
        ("", false, false),
        ("windows&&", false, false),
        ("(windows", false, false),
        ("windows)", false, false),
    ] {
        let both = (holds(condition, "amd64"), holds(condition, "arm64"));
        assert_eq!(both, (amd64, arm64), "{condition:?}");
    }
    let words = split_quoted(r#" -L"a b" 'c'\ d "" e"#);
    assert_eq!(words, ["-La b", "c d", "", "e"]);
}

proptest! {
    #[test]
    fn any_text_gives_an_answer(text in ".{0,400}") {
        let _ = found(&text);
        let _ = found(&file(&[&text.replace('\n', " ")]));
        let _ = holds(&text, "amd64");
    }

    #[test]
    fn words_that_look_like_directives_give_an_answer(
        words in prop::collection::vec(
            prop::sample::select(vec![
                "#cgo", " ", "windows", ",", "!", "amd64", "(", ")", "&&", "||", "LDFLAGS", ":", "-lfoo", "\n", "//",
                "/*", "*/", "import", "\"C\"", "\"", "'", "\\", "package p",
            ]),
            0..60,
        )
    ) {
        let _ = found(&words.concat());
        let _ = found(&words.join(" "));
    }
}
