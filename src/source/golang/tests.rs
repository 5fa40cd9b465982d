use proptest::prelude::*;

use super::*;

fn read(src: &str) -> Declarations {
    declarations(src.as_bytes()).unwrap()
}

/// One line an item, so that a test shows what it expects at a glance.
fn shown(src: &str) -> Vec<String> {
    let found = read(src);
    assert_eq!(found.first_error, None, "{src}");
    found.items.iter().map(show).collect()
}

fn show(item: &Declaration) -> String {
    let flags = |flags: &[(bool, &str)]| -> String {
        flags.iter().filter(|(set, _)| *set).map(|(_, name)| format!(" {name}")).collect()
    };
    let kind = match &item.kind {
        DeclarationKind::Func { bodyless, generic } => {
            format!("func{}", flags(&[(*bodyless, "bodyless"), (*generic, "generic")]))
        }
        DeclarationKind::Method { receiver, pointer, bodyless, generic_receiver } => format!(
            "method of {receiver}{}",
            flags(&[
                (*pointer, "pointer"),
                (*bodyless, "bodyless"),
                (*generic_receiver, "generic")
            ])
        ),
        DeclarationKind::Type { form, alias, generic } => {
            format!("type {form:?}{}", flags(&[(*alias, "alias"), (*generic, "generic")]))
        }
        DeclarationKind::Var => "var".to_owned(),
        DeclarationKind::Const => "const".to_owned(),
    };
    let exported = if item.exported { "" } else { " (local)" };
    format!("{} {}: {kind}{exported}", item.line, item.name)
}

const SAMPLE: &str = r#"// Copyright.

/*
//go:build no
*/

//go:build windows && arm64

// Package p: func Comment() {}
package p

import "fmt"

//go:build never

func Add(a, b int) int
func init() { fmt.Println(`func Raw() {}`) }
func init() {}
func _() {}
func Map[K comparable, V any](m map[K]V) {}
func Äpfel() (s struct{ a int }, err error) { return }

type (
	S struct{ F func() }
	I interface {
		M()
	}
	c interface{ ~int | ~string }
	L S
	Q fmt.Stringer
	A = S
	O []byte
	G[T any] struct{ x T }
	H = G[int]
	P (S)
	Arr [4]int
)

func (S) V()                { type Inner int }
func (s *S) P() int
func (g *G[T]) Push(x T)    {}
func (_ G[_]) Pop()         {}
func ((*S)) Odd()           {}

var X, y = 1, func() int { var Z = 2; return Z }()
var (
	Str = "var InString = 1"
	_   = Str
	U int
)

const One, two = 1, 2
const (
	K = iota
	L2
)
"#;

#[test]
fn every_kind_of_declaration() {
    let expected = "\
16 Add: func bodyless
17 init: func (local)
18 init: func (local)
19 _: func (local)
20 Map: func generic
21 Äpfel: func
24 S: type Struct
25 I: type Interface
28 c: type Interface (local)
29 L: type Local(\"S\")
30 Q: type Qualified
31 A: type Local(\"S\") alias
32 O: type Other
33 G: type Struct generic
34 H: type Local(\"G\") alias
35 P: type Local(\"S\")
36 Arr: type Other
39 V: method of S
40 P: method of S pointer bodyless
41 Push: method of G pointer generic
42 Pop: method of G generic
43 Odd: method of S pointer
45 X: var
45 y: var (local)
47 Str: var
48 _: var (local)
49 U: var
52 One: const
52 two: const (local)
54 K: const
55 L2: const";
    assert_eq!(shown(SAMPLE).join("\n"), expected);
    let found = read(SAMPLE);
    assert_eq!(found.package, "p");
    assert_eq!(found.build_line.as_deref(), Some("//go:build windows && arm64"));
    assert!(!found.imports_c);
}

#[test]
fn line_ends_and_byte_order_marks_change_nothing() {
    let crlf = SAMPLE.replace('\n', "\r\n");
    assert_eq!(read(&crlf), read(SAMPLE));
    assert_eq!(read(&format!("\u{feff}{SAMPLE}")), read(SAMPLE));
    assert_eq!(shown("package p\nfunc Last()"), ["2 Last: func bodyless"]);
}

#[test]
fn build_lines_and_their_look_alikes() {
    let line = |src: &str| read(src).build_line;
    assert_eq!(line("//go:build ignore\npackage p\n").as_deref(), Some("//go:build ignore"));
    assert_eq!(line("  //go:build a || b  \r\npackage p\n").as_deref(), Some("//go:build a || b"));
    assert_eq!(line("//go:buildx\npackage p\n"), None);
    assert_eq!(line("// //go:build x\npackage p\n"), None);
    assert_eq!(line("// +build x\n\npackage p\n"), None);
    assert_eq!(line("package p\n//go:build x\n"), None);
}

#[test]
fn cgo_is_recognised_by_its_import() {
    assert!(read("package p\n// #include <a.h>\nimport \"C\"\n").imports_c);
    assert!(read("package p\nimport (\n\t\"fmt\"\n\t\"C\"\n)\n").imports_c);
    assert!(!read("package p\n// import \"C\"\nimport \"x/C\"\n").imports_c);
    assert!(!read("package p\nvar s = `\nimport \"C\"\n`\n").imports_c);
}

#[test]
fn mistakes_are_located_and_the_rest_is_read() {
    let found = read("package p\n\nfunc Good() {}\n\nfunc (((\n\nvar After int\n");
    assert!(found.first_error.is_some_and(|line| (5..=7).contains(&line)), "{found:?}");
    assert!(found.items.iter().any(|item| item.name == "Good"), "{found:?}");
    assert_eq!(read("").package, "");
    assert!(declarations(b"package p\nvar \xff\xfe int\nfunc F() {}\n").is_ok());
}

#[test]
fn too_large_is_an_error_not_an_empty_answer() {
    let src = vec![b'\n'; MAX_SOURCE_BYTES + 1];
    let limit = MAX_SOURCE_BYTES;
    assert_eq!(declarations(&src), Err(GolangError::TooLarge { bytes: limit + 1, limit }));
}

/// Deep nesting made the parser overflow the stack of the thread, which ends the process.
/// See: <https://github.com/tree-sitter/tree-sitter/issues/5807>
#[test]
fn text_that_is_not_go_ends_within_its_limits() {
    // An error is as good as an answer.
    let _ = declarations("[{".repeat(60_000).as_bytes());
    for pattern in ["(", "func (", "-", "chan ", "x: ", "a[b](c", "{{}", "\0", "//\n", ",*"] {
        let _ = declarations(pattern.repeat(2_000).as_bytes());
    }
    let deep = format!("package p\nvar X {}int\nvar Y int\n", "[]".repeat(20_000));
    assert_eq!(declarations(deep.as_bytes()).unwrap().items.len(), 2);
}

#[test]
fn definitions_are_found_by_the_name_a_linker_prints() {
    let find = |symbol| find_definition(SAMPLE.as_bytes(), symbol);
    assert_eq!(find("Add"), Some(16));
    assert_eq!(find("S.V"), Some(39));
    assert_eq!(find("(*S).P"), Some(40));
    assert_eq!(find("S.P"), Some(40));
    assert_eq!(find("(*S).V"), Some(39));
    assert_eq!(find("G[int].Push"), Some(41));
    assert_eq!(find("(*G[...]).Push"), Some(41));
    assert_eq!(find("Map[int,string]"), Some(20));
    assert_eq!(find("P"), Some(35));
    assert_eq!(find("U"), Some(49));
    for absent in ["Raw", "Comment", "InString", "Z", "Inner", "V", "I.M", "_", "", ".", "S.", "]["]
    {
        assert_eq!(find(absent), None, "{absent}");
    }
    let two = b"package p\nfunc (a A) M() {}\nfunc (b *B) M() {}\nfunc (c *A) N() {}\n";
    assert_eq!(find_definition(two, "B.M"), Some(3));
    assert_eq!(find_definition(two, "A.N"), Some(4));
    assert_eq!(find_definition(two, "C.M"), None);
}

#[test]
fn the_prefilter_finds_bytes() {
    assert!(mentions(b"func GOARCH", "GOARCH"));
    assert!(mentions(b"GOGOARCH", "GOARCH"));
    assert!(mentions(b"aab", "ab"));
    assert!(mentions(b"x", ""));
    assert!(!mentions(b"GOARC", "GOARCH"));
    assert!(!mentions(b"", "x"));
}

#[test]
fn literals_are_searched_by_word() {
    let src = "package p\n// requires cgo\nvar a = errors.New(\"x requires CGO to work\")\n\
               var b = `multi\nline cgo`\nvar c = \"cgocheck\" + \"CGO_ENABLED\" + \"\\\"cgo\\\"\"\n\
               var d = '\"' // \"cgo\"\n";
    let found = string_literals_containing(src.as_bytes(), "cgo");
    let found: Vec<_> = found.iter().map(|hit| (hit.line, hit.text.as_str())).collect();
    let expected = [(3, "x requires CGO to work"), (4, "multi\nline cgo"), (6, "\\\"cgo\\\"")];
    assert_eq!(found, expected);
    assert_eq!(string_literals_containing(src.as_bytes(), "requires cgo").len(), 1);
    assert_eq!(string_literals_containing(src.as_bytes(), "").len(), 0);
}

#[test]
fn long_literals_are_cut_at_a_character() {
    for lead in ["", "a", "ab", "abc"] {
        let src = format!("\"cgo {lead}{}\"", "ä€".repeat(MAX_LITERAL_BYTES));
        let text = string_literals_containing(src.as_bytes(), "cgo").remove(0).text;
        assert!(text.ends_with('…') && !text.contains('\u{fffd}'), "{text}");
        assert!(text.len() <= MAX_LITERAL_BYTES + '…'.len_utf8());
    }
}

/// Parses all of it, as a check on what [`outline`] leaves out.
fn declarations_in_full(src: &[u8]) -> Declarations {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_go::LANGUAGE.into()).unwrap();
    read::declarations(src, &parser.parse(src, None).unwrap())
}

#[test]
fn leaving_out_bodies_changes_nothing() {
    assert_eq!(declarations_in_full(SAMPLE.as_bytes()), read(SAMPLE));
    let table = "\\x00\n".repeat(1000);
    let long = format!("package p\nimport \"C\"\nvar A = `{table}` +\n`{table}`\nvar B = 1\n");
    assert_eq!(declarations_in_full(long.as_bytes()), read(&long));
    assert_eq!(read(&long).items[1].line, 2005);
}

/// Compares with a full parse on real code and prints the speed: set `GO_SOURCES` to a folder,
/// such as the `src` of `go env GOROOT`, and run with `--release --ignored --nocapture`.
#[test]
#[ignore = "reads a folder of Go files that the caller names"]
#[expect(clippy::print_stderr, reason = "the figures are what it is run for")]
fn real_code_agrees_with_a_full_parse() {
    let mut folders = vec![std::path::PathBuf::from(std::env::var_os("GO_SOURCES").unwrap())];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs_err::read_dir(&folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if entry.file_type().unwrap().is_dir() {
                // Go's test data is full of mistakes made on purpose.
                folders.extend((!path.ends_with("testdata")).then_some(path));
            } else if path.extension().is_some_and(|ext| ext == "go") {
                files.push((fs_err::read(&path).unwrap(), path));
            }
        }
    }
    let bytes: usize = files.iter().map(|(src, _)| src.len()).sum();
    let start = std::time::Instant::now();
    let read: Vec<_> = files.iter().map(|(src, _)| declarations(src).unwrap()).collect();
    let skimmed = start.elapsed();
    let in_full: Vec<_> = files.iter().map(|(src, _)| declarations_in_full(src)).collect();
    let full = start.elapsed() - skimmed;
    let start = std::time::Instant::now();
    let hits = files.iter().filter(|(src, _)| mentions(src, "requires cgo")).count();
    let searched = start.elapsed();
    let speed = |time: std::time::Duration| bytes as f64 / 1e6 / time.as_secs_f64();
    eprintln!("{} files, {bytes} bytes, {hits} hits", files.len());
    eprintln!("declarations {:.1} MB/s, in full {:.1} MB/s", speed(skimmed), speed(full));
    eprintln!("mentions {:.0} MB/s", speed(searched));
    let tokens = files.iter().map(|(src, _)| outline(src).most_tokens).max();
    eprintln!("most tokens outside of bodies in one file: {tokens:?}");
    let odd = read.iter().zip(&in_full).zip(&files).filter(|((skim, full), (_, path))| {
        let differ = skim.items != full.items || skim.imports_c != full.imports_c;
        if differ || skim.first_error.is_some() {
            eprintln!("{}: {differ} {:?} {:?}", path.display(), skim.first_error, full.first_error);
        }
        // The full parse may stumble over a body and lose the declaration around it.
        differ && full.first_error.is_none()
    });
    assert_eq!(odd.count(), 0);
}

proptest! {
    #[test]
    fn any_bytes_are_read(src in proptest::collection::vec(any::<u8>(), 0..2000)) {
        let _ = declarations(&src);
        let _ = string_literals_containing(&src, "a");
        let _ = find_definition(&src, "a.b");
    }

    #[test]
    fn go_like_bytes_are_read(src in "([{}()\\[\\]*.,;=~|\"'`/\\\\\n ]|func |type |struct|interface|var |[aB]){0,200}") {
        let found = declarations(src.as_bytes()).unwrap();
        let lines = src.matches('\n').count() + 1;
        prop_assert!(found.items.iter().all(|item| !item.name.is_empty() && item.line <= lines));
        prop_assert!(found.first_error.is_none_or(|line| line <= lines + 1));
        let _ = find_definition(src.as_bytes(), "(*a).B");
        let _ = string_literals_containing(src.as_bytes(), "a");
    }

    #[test]
    fn cut_code_is_read(from in 0..SAMPLE.len(), to in 0..SAMPLE.len()) {
        let src = SAMPLE.as_bytes().get(from..to).unwrap_or_default();
        prop_assert!(declarations(src).is_ok());
        let _ = string_literals_containing(src, "in");
    }

    #[test]
    fn symbols_of_any_shape_are_looked_up(symbol in "[a-zS.*()\\[\\]ä]{0,12}") {
        let _ = find_definition(SAMPLE.as_bytes(), &symbol);
    }
}
