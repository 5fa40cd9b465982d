//! What is a finding and what is not, on small packages.

use super::*;
use crate::facts::source::{Passed, Sure};
use crate::source::package::facts;

/// What is found in a package of these files: line, what, callee, through.
fn found(files: &[&str]) -> Vec<(u32, Passed, String, Vec<String>, Sure)> {
    let texts: Vec<String> = files.iter().map(|text| format!("package p\n{text}")).collect();
    let names: Vec<String> = (0..texts.len()).map(|at| format!("{at}.go")).collect();
    let go = texts
        .iter()
        .zip(&names)
        .map(|(text, name)| SourceFile { name, bytes: text.as_bytes() })
        .collect();
    let package = PackageText { import_path: "example.com/p", go, ..PackageText::default() };
    let facts = facts(&package);
    assert!(facts.unread.is_empty(), "{:?}", facts.unread);
    let calls = facts.float_calls.into_iter();
    calls
        .map(|call| {
            let callee = call.callee.unwrap_or_default();
            (call.place.line, call.passed, callee, call.through, call.sure)
        })
        .collect()
}

const HEAD: &str = r#"import ("math"; "runtime"; "syscall"; "unsafe"; "golang.org/x/sys/windows")
var dll = syscall.NewLazyDLL("x.dll")
var procX = dll.NewProc("TakesFloat")
var procSend = dll.NewProc("SendMessageW")
var procWrong = dll.NewProc("Wrong")
"#;

/// The findings in a body of `func f(x float64, y float32, i int, h uintptr)`.
fn in_body(body: &str) -> Vec<(Passed, String, Sure)> {
    let text = format!(
        "{HEAD}type Date float64\ntype point struct {{ X, Y float32 }}\ntype ints struct {{ X, Y int32 }}\nfunc f(x float64, y float32, i int, h uintptr, d Date) {{\n{body}\n}}"
    );
    found(&[&text]).into_iter().map(|(_, passed, callee, _, sure)| (passed, callee, sure)).collect()
}

#[test]
fn bits_into_a_call() {
    let direct = |callee: &str| vec![(Passed::FloatBits, callee.to_owned(), Sure::Direct)];
    for body in [
        "procX.Call(h, uintptr(math.Float64bits(x)))",
        "syscall.SyscallN(procX.Addr(), uintptr(math.Float32bits(y)))",
        "syscall.Syscall6(procX.Addr(), 1, uintptr(math.Float32bits(y)), 0, 0, 0, 0, 0)",
        "bits := math.Float64bits(x)\nprocX.Call(uintptr(bits))",
        "var bits uint64 = math.Float64bits(x)\nprocX.Call(uintptr(bits>>32))",
        "procX.Call(*(*uintptr)(unsafe.Pointer(&x)))",
        "procX.Call(uintptr(*(*uint64)(unsafe.Pointer(&d))))",
        "procX.Call(uintptr((*[2]uint32)(unsafe.Pointer(&x))[1]))",
        "p := procX\np.Call(uintptr(math.Float64bits(x)))",
        "proc := dll.NewProc(\"TakesFloat\")\nproc.Call(uintptr(math.Float64bits(x)))",
        "args := []uintptr{h, uintptr(math.Float64bits(x))}\nprocX.Call(args...)",
        "windows.NewLazySystemDLL(\"x\").NewProc(\"TakesFloat\").Call(uintptr(math.Float64bits(2.5)))",
        "func() { procX.Call(uintptr(math.Float64bits(x))) }()",
        "for { select { default: if i > 1 { procX.Call(uintptr(math.Float64bits(x))) } } }",
    ] {
        assert_eq!(in_body(body), direct("TakesFloat"), "{body}");
    }
    let several = in_body(
        "args := []uintptr{h}\nargs = append(args, uintptr(math.Float64bits(x)))\nprocX.Call(args...)",
    );
    assert_eq!(several, [(Passed::FloatBits, "TakesFloat".to_owned(), Sure::Inferred)]);
    let pair = in_body("pt := point{1, 2}\nprocX.Call(*(*uintptr)(unsafe.Pointer(&pt)))");
    assert_eq!(pair, [(Passed::FloatStruct, "TakesFloat".to_owned(), Sure::Direct)]);
    let result = in_body("_, r2, _ := procX.Call(h)\n_ = math.Float64frombits(uint64(r2))");
    assert_eq!(result, [(Passed::FloatResult, "TakesFloat".to_owned(), Sure::Direct)]);
}

#[test]
fn what_is_right_on_arm64() {
    for body in [
        "procX.Call(uintptr(unsafe.Pointer(&x)))",
        "procX.Call(uintptr(i), h)",
        // Cut to a whole number, on every architecture alike.
        "procX.Call(uintptr(x))",
        "procX.Call(uintptr(int32(x * 1.5)))",
        "procX.Call(uintptr(int32(d)))",
        // Bits that go elsewhere.
        "hash(math.Float64bits(x))\nprocX.Call(h)",
        "var buf [1]uint64\nbuf[0] = math.Float64bits(x)\nprocX.Call(uintptr(unsafe.Pointer(&buf[0])))",
        "bits := math.Float64bits(x)\nprocX.Call(uintptr(unsafe.Pointer(&bits)))",
        // Two variables of one name.
        "if i > 1 { v := math.Float64bits(x); hash(v) } else { v := uint64(i); procX.Call(uintptr(v)) }",
        // A struct of integers goes into one register on both.
        "pt := ints{1, 2}\nprocX.Call(*(*uintptr)(unsafe.Pointer(&pt)))",
        // A message carries bits.
        "procSend.Call(h, 0x400, uintptr(math.Float64bits(x)), 0)",
        // A call of another kind with the same name.
        "var module wasm.Function\nmodule.Call(nil, math.Float64bits(x))",
        // Not on arm64.
        "if runtime.GOARCH == \"amd64\" { procX.Call(uintptr(math.Float64bits(x))) }",
        "if runtime.GOARCH != \"arm64\" { procX.Call(uintptr(math.Float64bits(x))) }",
        "if runtime.GOARCH == \"arm64\" { return }\nprocX.Call(uintptr(math.Float64bits(x)))",
        "if arm64() { panic(\"no\") }\nprocX.Call(uintptr(math.Float64bits(x)))",
        "arch := runtime.GOARCH\nif arch == \"386\" || arch == \"amd64\" { procX.Call(uintptr(math.Float64bits(x))) }",
        "switch runtime.GOARCH { case \"amd64\": procX.Call(uintptr(math.Float64bits(x))) }",
        "switch runtime.GOARCH { case \"arm64\": return; default: }\nprocX.Call(uintptr(math.Float64bits(x)))",
        "switch { case onARM: return }\nprocX.Call(uintptr(math.Float64bits(x)))",
    ] {
        // One that is wrong stands behind it, so that the text is known to be read.
        let body = format!(
            "{body}\n}}\nfunc hash(uint64) {{}}\nconst onARM = runtime.GOARCH == \"arm64\"\nfunc arm64() bool {{ return onARM }}\nfunc wrong(z float64) {{ procWrong.Call(uintptr(math.Float64bits(z)))"
        );
        let wrong = (Passed::FloatBits, "Wrong".to_owned(), Sure::Direct);
        assert_eq!(in_body(&body), [wrong], "{body}");
    }
    // Read, since nothing says that the flag is false for good.
    let open = in_body("debug := false\nif debug { procX.Call(uintptr(math.Float64bits(x))) }");
    assert_eq!(open.len(), 1);
}

#[test]
fn helpers_in_other_files() {
    let helper = "import \"syscall\"\nfunc invoke(slot uintptr, args ...uintptr) { syscall.SyscallN(slot, args...) }\nfunc outer(a, b uintptr) { invoke(a, b, 0) }";
    let bits =
        "import \"math\"\nfunc f32(v float32) uintptr { return uintptr(math.Float32bits(v)) }";
    let user = "type vtbl struct { Draw uintptr }\ntype T struct { vtbl *vtbl }\nfunc (t *T) Draw(w float32) {\n outer(t.vtbl.Draw, f32(w))\n}\nfunc (t *T) Right(w int) { outer(t.vtbl.Draw, uintptr(w)) }";
    let all = found(&[helper, bits, user]);
    let through = vec!["f32".to_owned(), "outer".to_owned(), "invoke".to_owned()];
    assert_eq!(all, [(5, Passed::FloatBits, "Draw".to_owned(), through, Sure::Inferred)]);
}

#[test]
fn com_methods() {
    let com = "import \"syscall\"\ntype ComProc uintptr\nfunc (p ComProc) Call(a ...uintptr) (r1, r2 uintptr, err error) {\n switch len(a) { case 1: return syscall.Syscall(uintptr(p), 1, a[0], 0, 0)\n default: return syscall.SyscallN(uintptr(p), a...) }\n}";
    let user = "import (\"math\"; \"unsafe\")\ntype table struct { unknown; PutZoom ComProc }\ntype unknown struct { Release ComProc }\ntype I struct { vtbl *table }\nfunc (i *I) PutZoom(z float64) {\n i.vtbl.PutZoom.Call(\n  uintptr(unsafe.Pointer(i)),\n  uintptr(math.Float64bits(z)),\n )\n}";
    let all = found(&[com, user]);
    let through = vec!["ComProc.Call".to_owned()];
    assert_eq!(all, [(9, Passed::FloatBits, "PutZoom".to_owned(), through, Sure::Direct)]);
    // A type of another package.
    let user =
        user.replace("import (", "import (\"example.com/com\"; ").replace("ComProc", "com.Proc");
    let all = found(&[&user]);
    assert_eq!(all, [(9, Passed::FloatBits, "PutZoom".to_owned(), vec![], Sure::Direct)]);
}

#[test]
fn structs_by_value() {
    let runtime = "import (\"syscall\"; \"unsafe\"; \"github.com/go-ole/go-ole\")\ntype tableVtbl struct { ole.IInspectableVtbl; CreateAsync uintptr }\ntype I struct { ole.IInspectable }\nfunc (v *I) VTable() *tableVtbl { return nil }\nfunc (v *I) CreateAsync(id syscall.GUID, n int32, p *syscall.GUID) {\n var out *I\n syscall.SyscallN(v.VTable().CreateAsync,\n  uintptr(unsafe.Pointer(v)),\n  uintptr(unsafe.Pointer(&id)),\n  uintptr(n),\n  uintptr(unsafe.Pointer(p)),\n  uintptr(unsafe.Pointer(&out)))\n}";
    let all = found(&[runtime]);
    assert_eq!(all, [(10, Passed::SmallStruct, "CreateAsync".to_owned(), vec![], Sure::Inferred)]);
    let plain = runtime.replace("ole.IInspectableVtbl", "ole.IUnknownVtbl; IInspectableVtbl int");
    assert_eq!(found(&[&plain]), [], "a classic interface may want the pointer");
    let view = "import (\"syscall\"; \"unsafe\")\ntype rect struct { L, T, R, B int32 }\ntype ICoreWebView2Controller struct { vtbl *struct { PutBounds uintptr } }\nfunc (c *ICoreWebView2Controller) Put(r rect) {\n syscall.SyscallN(c.vtbl.PutBounds, uintptr(unsafe.Pointer(c)), uintptr(unsafe.Pointer(&r)))\n}";
    let all = found(&[view]);
    assert_eq!(all, [(6, Passed::SmallStruct, "PutBounds".to_owned(), vec![], Sure::Direct)]);
    let words = view.replace(
        "uintptr(unsafe.Pointer(&r))",
        "(*[2]uintptr)(unsafe.Pointer(&r))[0], (*[2]uintptr)(unsafe.Pointer(&r))[1]",
    );
    assert_eq!(found(&[&words]), []);
}

#[test]
fn known_functions_and_shims() {
    let date = "import (\"syscall\"; \"unsafe\")\nvar procT = syscall.NewLazyDLL(\"oleaut32.dll\").NewProc(\"VariantTimeToSystemTime\")\nfunc f(v uint64, d float64) {\n var st syscall.Systemtime\n procT.Call(uintptr(v), uintptr(unsafe.Pointer(&st)))\n procT.Call(uintptr(d), uintptr(unsafe.Pointer(&st)))\n}";
    let all = found(&[date]);
    let callee = "VariantTimeToSystemTime".to_owned();
    assert_eq!(all, [(6, Passed::FloatConversion, callee, vec![], Sure::Direct)]);
    let shim = "import (\"math\"; \"syscall\")\nfunc thunk() uintptr\nfunc f(d float64, h uintptr) {\n syscall.SyscallN(thunk(), h, uintptr(math.Float64bits(d)))\n}";
    assert_eq!(found(&[shim]), [], "assembly of the package puts it right");
    // A number that the callee takes as one, such as the DWORD of a state of Direct3D 9.
    let state = "import (\"math\"; \"syscall\")\ntype D struct { vtbl *struct { SetState uintptr } }\nfunc (d *D) SetState(v uint32) { syscall.SyscallN(d.vtbl.SetState, uintptr(v)) }\nfunc (d *D) SetFloat(v float32) { d.SetState(math.Float32bits(v)) }";
    assert_eq!(found(&[state]), []);
}

#[test]
fn hostile_text_ends() {
    let deep = format!(
        "import \"syscall\"\nfunc f() {{ syscall.SyscallN({}math.Float64bits(1){}) }}",
        "(".repeat(5000),
        ")".repeat(5000)
    );
    let cycle = "import (\"math\"; \"syscall\")\nfunc a(x uintptr) uintptr { return b(x) }\nfunc b(x uintptr) uintptr { return a(x) }\ntype T T\nvar v = w\nvar w = v\nfunc f() { x := y; y := x; syscall.SyscallN(v, a(x), uintptr(math.Float64bits(T(1)))) }";
    let broken = "func f( { syscall.SyscallN(math.Float64bits(";
    for text in [deep.as_str(), cycle, broken] {
        let text = format!("package p\n{text}");
        let go = vec![SourceFile { name: "a.go", bytes: text.as_bytes() }];
        let package = PackageText { go, ..PackageText::default() };
        let _ = facts(&package);
    }
}
