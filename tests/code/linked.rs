//! Which functions of a package an exe holds, against `go tool nm`, in all the forms that the compiler gives a
//! function, and in exes without symbols.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use gowoa::facts::linked::{FunctionsByPackage, Presence};
use gowoa::facts::symbol;
use gowoa::image::{linked_functions, read};

use crate::fixture;

/// A package with one function in each form, whose path has a dot that symbols escape.
const DEP: &str = r#"package dep

import "sync"

type T struct{ N int }

func (t T) Value() int      { return helper(t.N) }
func (t *T) Pointer() int   { t.N++; return t.N }
func (t *T) Reflected() int { return reflectedOnly() }
func (t *T) unexported() int { return 7 }

//go:noinline
func reflectedOnly() int { return 3 }

//go:noinline
func helper(n int) int { return n * 2 }

// Inlined leaves instructions behind wherever it goes.
func Inlined(p *int) { *p += 3 }

//go:noinline
func NotLinked(n int) int { return n * 3 }

//go:noinline
func Generic[K comparable, V any](m map[K]V) int { return len(m) }

type G[X any] struct{ x X }

//go:noinline
func (g *G[X]) Method() int { return 1 }

//go:noinline
func Closure(f func()) func() {
	n := 1
	return func() { n++; f(); println(n) }
}

var Once = sync.OnceFunc(func() { println("once") })

func seq(yield func(int) bool) { yield(1) }

//go:noinline
func Range() (s int) {
	for x := range seq {
		defer func() { s++ }()
		s += x
	}
	return s
}

type I interface{ Pointer() int; unexported() int }

// Assembly is in sum_arm64.s.
func Assembly(a int) int

func init() { println("init") }
"#;

const MAIN: &str = r#"package main

import (
	"os"
	"reflect"

	dep "example.com/tool/dep.v2"
	_ "example.com/tool/imported"
)

//go:noinline
func reflected(i any) {
	m, _ := reflect.TypeOf(i).MethodByName(os.Args[1])
	println(m.Name)
}

//go:noinline
func called(i dep.I) int { return i.Pointer() }

func main() {
	n := len(os.Args)
	t := &dep.T{N: n}
	f := t.Value
	reflected(t)
	dep.Inlined(&n)
	println(f(), n, called(t), dep.Generic(map[string]int{}), new(dep.G[int]).Method(), dep.Range())
	dep.Closure(func() { println(dep.Assembly(n)) })()
	dep.Once()
}
"#;

fn build(folder: &Path, flags: &[&str]) -> PathBuf {
    let files = [
        ("go.mod", "module example.com/tool\n\ngo 1.24\n"),
        ("main.go", MAIN),
        ("dep.v2/dep.go", DEP),
        (
            "dep.v2/sum_arm64.s",
            "TEXT ·Assembly(SB), 4, $0-16\n\tMOVD a+0(FP), R0\n\tMOVD R0, ret+8(FP)\n\tRET\n",
        ),
        ("imported/imported.go", "package imported\n\nfunc F() int { return 1 }\n"),
    ];
    for (name, text) in files {
        let path = folder.join(name);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, text).unwrap();
    }
    let image = folder.join("tool.exe");
    let output = Command::new("go")
        .args(["build", "-o"])
        .arg(&image)
        .args(flags)
        .arg(".")
        .current_dir(folder)
        .envs([("GOOS", "windows"), ("GOARCH", "arm64"), ("CGO_ENABLED", "0"), ("GOFLAGS", "")])
        .envs([("GOPROXY", "off"), ("GOTOOLCHAIN", "local"), ("GOWORK", "off")])
        .output()
        .expect("go is on PATH: gowoa's tests need it");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    image
}

/// The functions with code of their own by `go tool nm`, put together as gowoa does.
fn by_nm(image: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new("go").args(["tool", "nm"]).arg(image).output().expect("go runs");
    let text = String::from_utf8(output.stdout).unwrap();
    let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in text.lines() {
        let mut words = line.trim_start().splitn(3, ' ');
        let (_, kind, name) = (words.next(), words.next(), words.next().unwrap_or_default());
        if !matches!(kind, Some("T" | "t")) || name.ends_with("(.text)") {
            continue;
        }
        let Some(prefix) = symbol::prefix(name) else { continue };
        let function = symbol::function(&name[prefix.len() + 1..]);
        let package = match prefix {
            "main" => "example.com/tool".to_owned(),
            prefix => symbol::unescape(prefix),
        };
        // The linker's own marks, `runtime.text` and `runtime.etext`, are no functions.
        if let Some(function) = function.filter(|f| !matches!(f.as_str(), "text" | "etext")) {
            all.entry(package).or_default().insert(function);
        }
    }
    all
}

fn look(bytes: &[u8], wanted: &[&str]) -> FunctionsByPackage {
    let wanted = wanted.iter().map(|path| (*path).to_owned()).collect();
    linked_functions(bytes, &read(bytes).unwrap(), &wanted).unwrap().unwrap()
}

#[test]
fn linked_functions_are_those_that_go_tool_nm_has_and_the_inlined_ones() {
    let folder = tempfile::tempdir().unwrap();
    let image = build(folder.path(), &[]);
    let bytes = fs_err::read(&image).unwrap();
    let expected = by_nm(&image);
    let packages: Vec<&str> = expected.keys().map(String::as_str).collect();
    assert!(packages.len() > 30, "{packages:?}");
    let found = look(&bytes, &packages);
    for (package, expected) in &expected {
        let bodies: BTreeSet<String> = found
            .get(package)
            .into_iter()
            .flatten()
            .filter(|(_, presence)| **presence == Presence::Body)
            .map(|(name, _)| name.clone())
            .collect();
        assert_eq!(bodies, *expected, "{package}");
    }

    let dep = &found["example.com/tool/dep.v2"];
    for name in [
        "T.Value",
        "(*T).Value",
        "(*T).Pointer",
        "(*T).Reflected",
        "reflectedOnly",
        "helper",
        "Generic",
        "(*G).Method",
        "Closure",
        "Range",
        "Assembly",
        "init",
    ] {
        assert_eq!(dep.get(name), Some(&Presence::Body), "{name}: {dep:?}");
    }
    assert_eq!(dep.get("Inlined"), Some(&Presence::Inlined), "{dep:?}");
    for name in ["NotLinked", "(*T).unexported.stkobj", ""] {
        assert_eq!(dep.get(name), None, "{name}");
    }
    assert!(!found.contains_key("example.com/tool/imported"), "nothing of it is linked");
}

#[test]
fn an_exe_without_symbols_tells_the_same() {
    let (plain, stripped) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let wanted =
        ["example.com/tool", "example.com/tool/dep.v2", "strconv", "example.com/tool/imported"];
    let whole = look(&fs_err::read(build(plain.path(), &[])).unwrap(), &wanted);
    assert!(whole["example.com/tool"].contains_key("main"), "{whole:?}");
    for flags in [&["-ldflags=-s -w"][..], &["-ldflags=-s -w", "-trimpath", "-buildmode=exe"][..]] {
        let bytes = fs_err::read(build(stripped.path(), flags)).unwrap();
        assert_eq!(look(&bytes, &wanted), whole, "{flags:?}");
    }
}

#[test]
fn what_has_no_table_or_a_broken_one_tells_nothing() {
    let bytes = fixture("unwind.dll");
    let wanted: BTreeSet<String> = ["main".to_owned()].into();
    assert_eq!(linked_functions(&bytes, &read(&bytes).unwrap(), &wanted), Ok(None));

    let bytes = fixture("go.exe");
    let facts = read(&bytes).unwrap();
    let table = facts.pclntab.clone().unwrap().unwrap();
    let whole = look(&bytes, &["runtime", "main"]);
    assert!(whole.values().any(|functions| !functions.is_empty()), "{whole:?}");
    // Every word of the header, and the header in a file that ends early.
    for at in 0..9 {
        for value in [0_u64, 1, 0x7fff_ffff, u64::MAX] {
            let mut damaged = bytes.clone();
            let at = usize::try_from(table.offset).unwrap() + 8 * at;
            damaged[at..at + 8].copy_from_slice(&value.to_le_bytes());
            // The facts of the sound file: nothing but the words themselves protects the reader.
            let _ = linked_functions(&damaged, &facts, &wanted);
        }
    }
    for length in [0, 64, 512, usize::try_from(table.offset).unwrap() + 40] {
        let cut = &bytes[..length];
        let _ = linked_functions(cut, &facts, &wanted);
    }
}
