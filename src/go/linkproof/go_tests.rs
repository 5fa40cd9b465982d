//! The link proof, built by the real `go` for windows/arm64, without a network.

use std::process::{Command, Output};

use serde_json::Value;

use super::*;

/// A module in a temporary folder, and a folder beside it for what is generated.
struct Module {
    dir: tempfile::TempDir,
    path: &'static str,
}

impl Module {
    /// Writes files given as one text: `-- path --` starts each.
    fn new(path: &'static str, archive: &str) -> Self {
        let module = Self { dir: tempfile::tempdir().unwrap(), path };
        for part in archive.split("\n-- ").skip(1) {
            let (name, text) = part.split_once(" --\n").unwrap();
            let file = module.dir.path().join(name);
            fs_err::create_dir_all(file.parent().unwrap()).unwrap();
            fs_err::write(file, format!("{text}\n")).unwrap();
        }
        module
    }

    /// The temporary folder under the name that `go` finds for its working directory, without the
    /// symbolic links of macOS. (Windows has none there, and `go` does not know its `\\?\`.)
    fn base(&self) -> PathBuf {
        let path = self.dir.path();
        if cfg!(windows) { path.to_owned() } else { path.canonicalize().unwrap() }
    }

    fn root(&self) -> PathBuf {
        self.base().join("module")
    }

    fn generate(&self, libraries: &[Library], excluded: &BTreeSet<Reference>) -> LinkProof {
        let root = self.root();
        let taken = |path: &str| place::folder_of(&root, self.path, path).exists();
        let request = Request {
            module_path: self.path,
            module_dir: &root,
            foreign: false,
            libraries,
            excluded,
            taken: &taken,
        };
        generate(&request).unwrap()
    }

    /// Stores the generated files and builds the program.
    fn build(&self, proof: &LinkProof) -> Output {
        let store = self.base().join("generated");
        fs_err::create_dir_all(&store).unwrap();
        let files: Vec<_> = proof
            .files
            .iter()
            .enumerate()
            .map(|(number, file)| {
                let real = store.join(format!("{number}.go"));
                fs_err::write(&real, &file.text).unwrap();
                (file.virtual_path.clone(), real)
            })
            .collect();
        let overlay = store.join("overlay.json");
        fs_err::write(&overlay, overlay_json(&files, None).unwrap().to_string()).unwrap();
        let mut args = vec!["build".to_owned(), "-json".to_owned()];
        args.push(format!("-overlay={}", overlay.display()));
        args.push(format!("-o={}", self.exe().display()));
        args.extend(proof.build_flags());
        args.push(proof.main_import_path.clone());
        self.go(&args)
    }

    fn exe(&self) -> PathBuf {
        self.dir.path().join("proof.exe")
    }

    /// The names in the symbol table of the program.
    fn symbols(&self) -> BTreeSet<String> {
        let out = self.go(&["tool".to_owned(), "nm".to_owned(), self.exe().display().to_string()]);
        assert!(out.status.success());
        let text = String::from_utf8(out.stdout).unwrap();
        text.lines().filter_map(|line| line.split_whitespace().nth(2)).map(str::to_owned).collect()
    }

    #[expect(clippy::disallowed_methods, reason = "the test is about what the real go does")]
    fn go(&self, args: &[String]) -> Output {
        Command::new("go")
            .args(args)
            .current_dir(self.root())
            .envs([("GOOS", "windows"), ("GOARCH", "arm64"), ("CGO_ENABLED", "0")])
            .envs([("GOPROXY", "off"), ("GOTOOLCHAIN", "local"), ("GOWORK", "off")])
            .envs([("GOFLAGS", ""), ("GO111MODULE", "on"), ("GOEXPERIMENT", "")])
            .output()
            .unwrap()
    }

    /// Every file below the module's folder.
    fn listing(&self) -> BTreeSet<PathBuf> {
        let (mut folders, mut files) = (vec![self.root()], BTreeSet::new());
        while let Some(folder) = folders.pop() {
            for entry in fs_err::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() { folders.push(path) } else { assert!(files.insert(path)) }
            }
        }
        files
    }
}

/// What `go build -json` says, as `(import path, output)`.
fn events(out: &Output) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(&out.stdout);
    let events = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let text_of = |event: &Value, key: &str| event[key].as_str().unwrap_or_default().to_owned();
    events.map(|event| (text_of(&event, "ImportPath"), text_of(&event, "Output"))).collect()
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

/// A library from a line `path: name: functions: types: variables`.
fn library(module: &str, line: &str) -> Library {
    let parts: Vec<_> = line.split(':').map(str::trim).collect();
    let [path, name, functions, types, variables] = parts[..] else { panic!("{line}") };
    let import_path = format!("{module}/{path}").trim_end_matches('/').to_owned();
    let [functions, types, variables] = [functions, types, variables].map(words);
    Library { import_path, name: name.to_owned(), functions, types, variables }
}

const ODD: &str = "ex.com/odd.mod/v2";

/// Every oddity of names and places, and what cannot be referred to: `Num` is a constraint behind
/// an alias, `Gone` is in a file that is not built.
const ODD_LIBRARIES: &str = "\
    : oddmod: Root New: T Holder:
    go-yaml: yaml: Marshal: :
    a/x: util: Ax: :
    b/x: util: Bx: :
    type/func: fn: F: :
    odd_test: odd_test: Odd: :
    api/v2: api: V2: :
    a.b-c/d~e_f: d: D: :
    gen: gen: Plain: Num IntList Iface Fn Chan:
    asm: asm: Add: :
    vars: vars: : : Op Table Err
    setup: setup: : :
    ignored: ignored: Here Gone: :
    internal/x: x: Inner: :
    a/internal: internal: AInternal: :
    a/internal/b/internal/c: c: Deep G00 G01 G02 G03 G04 G05 G06 G07 G08 G09 G10 G11: C:
    cmd/tool: main: Never: :";

const ODD_FILES: &str = r#"
-- module/go.mod --
module ex.com/odd.mod/v2

go 1.18

require ex.com/dep v1.0.0
-- module/vendor/modules.txt --
# ex.com/dep v1.0.0
## explicit; go 1.18
ex.com/dep
-- module/vendor/ex.com/dep/dep.go --
package dep
type Base struct{ n int }
func (b *Base) Promoted() int { b.n++; return b.n }
-- module/root.go --
package oddmod
import "ex.com/dep"
type T struct{ n int }
func (t *T) NobodyCalls() int { t.n += 3; return t.n }
func (t T) ByValue() int { return t.n * 5 }
type Holder struct{ dep.Base }
type impl struct{ n int }
func (i *impl) OfLocalType() int { i.n += 7; return i.n }
func New() *impl { return &impl{} }
func Root(n int) (sum int) { for i := 0; i < n; i++ { sum += i * i }; return }
-- module/go-yaml/yaml.go --
package yaml
func Marshal(n int) int { return n * 7 }
-- module/a/x/x.go --
package util
func Ax(n int) int { return n * 11 }
-- module/b/x/x.go --
package util
func Bx(n int) int { return n * 13 }
-- module/type/func/f.go --
package fn
func F(n int) int { return n * 17 }
-- module/odd_test/odd.go --
package odd_test
func Odd(n int) int { return n * 19 }
-- module/api/v2/api.go --
package api
func V2(n int) int { return n * 23 }
-- module/a.b-c/d~e_f/d.go --
package d
func D(n int) int { return n * 29 }
-- module/gen/gen.go --
package gen
type Number interface{ ~int | ~float64 }
type Num = Number
type List[T any] struct{ items []T }
func (l *List[T]) Push(x T) { l.items = append(l.items, x) }
type IntList = List[int]
type Iface = interface{ M() }
type Fn func(int) int
func (f Fn) Call(n int) int { return f(n) + 1 }
type Chan <-chan int
func Map[T any](x T) T { return x }
func Plain(n int) int { return Map(n) * 31 }
-- module/asm/asm.go --
package asm
func Add(a, b int) int
-- module/asm/add_arm64.s --
TEXT ·Add(SB),4,$0-24
	MOVD a+0(FP), R0
	MOVD b+8(FP), R1
	ADD R1, R0, R0
	MOVD R0, ret+16(FP)
	RET
-- module/vars/vars.go --
package vars
import "errors"
var Op = opBehindVariable
func opBehindVariable(n int) int { return n * 37 }
var Table = [...]func(int) int{inTable}
func inTable(n int) int { return n * 41 }
var Err = errors.New("x")
-- module/setup/setup.go --
package setup
var state int
func init() { state = len(hello) }
var hello = "hello"[state:]
-- module/ignored/here.go --
package ignored
func Here(n int) int { return n * 43 }
-- module/ignored/gone.go --
//go:build ignore

package ignored
func Gone() {}
-- module/internal/x/x.go --
package x
func Inner(n int) int { return n * 47 }
-- module/a/internal/i.go --
package internal
func AInternal(n int) int { return n * 53 }
-- module/a/internal/b/internal/c/c.go --
package c
type C struct{ n int }
func (c C) DeepMethod() int { return c.n * 59 }
func Deep(n int) int { return n * 61 }
-- module/cmd/tool/main.go --
package main
func main() {}
-- module/gowoa_linkproof/notes.txt --
The user happens to have such a folder.
"#;

/// Builds; takes out what does not compile; builds again, as the caller of the generator does.
fn build_what_compiles(module: &Module, libraries: &[Library]) -> (LinkProof, BTreeSet<Reference>) {
    let mut excluded = BTreeSet::new();
    for _ in 0..4 {
        let proof = module.generate(libraries, &excluded);
        let out = module.build(&proof);
        if out.status.success() {
            return (proof, excluded);
        }
        let before = excluded.len();
        for (import_path, output) in events(&out) {
            let line = output.split(".go:").nth(1).and_then(|rest| rest.split(':').next());
            let line = line.and_then(|line| line.parse().ok());
            excluded.extend(line.and_then(|line| proof.reference_at(&import_path, line).cloned()));
        }
        assert!(excluded.len() > before, "{:?}", events(&out));
    }
    panic!("still not built without {excluded:?}");
}

#[test]
fn every_package_of_an_odd_module_is_linked() {
    let module = Module::new(ODD, ODD_FILES);
    let before = module.listing();
    let libraries: Vec<_> = ODD_LIBRARIES.lines().map(|line| library(ODD, line)).collect();
    let (proof, excluded) = build_what_compiles(&module, &libraries);

    let left_out: Vec<_> = excluded.iter().filter_map(|name| name.symbol.as_deref()).collect();
    let ghosts = "G00 G01 G02 G03 G04 G05 G06 G07 G08 G09 G10 G11";
    assert_eq!(left_out, words(&format!("{ghosts} Num Gone")));
    assert_eq!(proof.main_import_path, format!("{ODD}/gowoa_linkproof_2"));
    assert_eq!(module.listing(), before, "the module's folder was written to");

    let symbols = module.symbols();
    for expected in [
        ".Root",
        ".New",
        ".(*T).NobodyCalls",
        ".T.ByValue",
        ".(*Holder).Promoted",
        ".(*impl).OfLocalType",
        "/go-yaml.Marshal",
        "/a/x.Ax",
        "/b/x.Bx",
        "/type/func.F",
        "/odd_test.Odd",
        "/api/v2.V2",
        "/a.b-c/d~e_f.D",
        "/gen.Plain",
        "/gen.Fn.Call",
        "/gen.(*List[int]).Push",
        "/asm.Add.abi0",
        "/vars.opBehindVariable",
        "/vars.inTable",
        "/setup.init.0",
        "/ignored.Here",
        "/internal/x.Inner",
        "/a/internal.AInternal",
        "/a/internal/b/internal/c.Deep",
        "/a/internal/b/internal/c.C.DeepMethod",
    ] {
        // The linker escapes dots in the last element of a path.
        let plain: Vec<_> = symbols.iter().map(|name| name.replace("%2e", ".")).collect();
        let expected = format!("{ODD}{expected}");
        assert!(plain.contains(&expected), "{expected} in {:#?}", near(&plain));
    }
    assert!(symbols.contains("ex.com/dep.(*Base).Promoted"));
}

fn near(symbols: &[String]) -> Vec<&String> {
    symbols.iter().filter(|name| name.contains("ex.com/")).collect()
}

/// An amd64 twin, and an empty file that silences "missing function body": it compiles for arm64.
const TWINLESS: &str = "
-- module/go.mod --
module ex.com/twinless

go 1.16
-- module/sum/sum.go --
package sum

func Exported(a, b int) int { return add(a, b) }

func add(a, b int) int
-- module/sum/sum_amd64.s --
TEXT ·add(SB),4,$0-24
	RET
-- module/sum/empty.s --
// Nothing.
";

#[test]
fn missing_assembly_is_seen_by_the_linker() {
    let module = Module::new("ex.com/twinless", TWINLESS);
    let alone = module.go(&words("build ./..."));
    assert!(alone.status.success(), "the go command has learned to see it");

    let libraries = [library(module.path, "sum: sum: Exported: :")];
    let out = module.build(&module.generate(&libraries, &BTreeSet::new()));
    assert!(!out.status.success());
    let said: String = events(&out).into_iter().map(|(_, output)| output).collect();
    let expected =
        "ex.com/twinless/sum.Exported: relocation target ex.com/twinless/sum.add not defined";
    assert!(said.contains(expected), "{said}");
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the test is about what the real gofmt says")]
fn generated_text_is_formatted() {
    let module = Module::new(ODD, ODD_FILES);
    let libraries: Vec<_> = ODD_LIBRARIES.lines().map(|line| library(ODD, line)).collect();
    let mut files = module.generate(&libraries, &BTreeSet::new()).files;
    files.extend(module.generate(&[], &BTreeSet::new()).files);
    for (number, file) in files.iter().enumerate() {
        let path = module.dir.path().join(format!("{number}.go"));
        fs_err::write(&path, &file.text).unwrap();
        let out = Command::new("gofmt").arg("-d").arg(&path).output().unwrap();
        assert!(
            out.status.success() && out.stdout.is_empty(),
            "{}",
            String::from_utf8_lossy(&out.stdout)
        );
    }
}
