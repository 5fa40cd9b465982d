//! Every form of line, taken from what Go 1.26 prints, and whatever else may come.

use proptest::prelude::*;

use super::symbol::{escape_path, names_x86, split, unescape};
use super::*;
use crate::facts::listing::{Caller, FloatMove, ListingFacts, Place};
use collect::{Collector, Wanted};

/// Reads a listing in one piece; events as text.
fn events(listing: &[u8]) -> (Vec<String>, Counts) {
    in_chunks(listing, &[])
}

/// The same with cuts.
fn in_chunks(listing: &[u8], cuts: &[usize]) -> (Vec<String>, Counts) {
    let mut parser = Parser::default();
    let mut seen = Vec::new();
    let mut start = 0;
    for cut in cuts.iter().copied().chain([listing.len()]) {
        let cut = cut.clamp(start, listing.len());
        parser.push(&listing[start..cut], |event| seen.push(format!("{event:?}")));
        start = cut;
    }
    let counts = parser.finish(|event| seen.push(format!("{event:?}")));
    (seen, counts)
}

fn one(line: &str) -> String {
    let (seen, counts) = events(line.as_bytes());
    assert_eq!((seen.len(), counts.lines), (1, 1), "{line}");
    assert_eq!(counts.unknown, 0, "{line}");
    seen[0].clone()
}

fn text(bytes: &str) -> String {
    format!("{:?}", bytes.as_bytes())
}

#[test]
fn the_first_line_of_a_symbol_is_read_from_the_right() {
    let symbol = |line: &str| {
        let mut parser = Parser::default();
        let mut found = None;
        parser.push(format!("{line}\n").as_bytes(), |event| {
            let Event::Symbol(s) = event else { panic!("{event:?}") };
            found = Some((
                String::from_utf8_lossy(s.name).into_owned(),
                String::from_utf8_lossy(s.kind).into_owned(),
                s.flags,
                s.size,
            ));
        });
        let counts = parser.finish(|_| {});
        (found.unwrap(), counts.unknown)
    };
    let plain = Flags::default();
    // Go 1.26 and 1.27 differ in where `align` stands.
    for line in [
        "example.com/dep.F STEXT nosplit size=256 args=0x18 locals=0x48 funcid=0x0 align=0x0 leaf",
        "example.com/dep.F STEXT nosplit size=256 align=0x0 args=0x18 locals=0x48 funcid=0x0 leaf",
    ] {
        let flags = Flags { nosplit: true, leaf: true, ..plain };
        assert_eq!(symbol(line), (("example.com/dep.F".into(), "STEXT".into(), flags, 256), 0));
    }
    let (found, unknown) =
        symbol("go:string.\"a STEXT size=1\\n b\" SRODATA dupok size=12 align=0x1");
    assert_eq!(found.0, "go:string.\"a STEXT size=1\\n b\"");
    assert_eq!((found.1.as_str(), found.2.dupok, found.3, unknown), ("SRODATA", true, 12, 0));
    assert_eq!(
        symbol("type:struct { main.a int; main.b int } SRODATA dupok size=144").0.0,
        "type:struct { main.a int; main.b int }"
    );
    // DWARF has no name.
    assert_eq!(
        symbol(" SDWARFVAR dupok static size=20"),
        ((String::new(), "SDWARFVAR".into(), Flags { dupok: true, local: true, ..plain }, 20), 0)
    );
    let asm = "<unlinkable>.add STEXT nosplit topframe cfunc asm size=16 args=0x18 locals=0x0 funcid=0x0 align=0x0";
    let flags = Flags { nosplit: true, topframe: true, cfunc: true, asm: true, ..plain };
    assert_eq!(symbol(asm).0, ("<unlinkable>.add".into(), "STEXT".into(), flags, 16));
    // Words of a Go to come: read as far as they are known, and counted.
    for line in ["a.F STEXT sealed size=8", "a.F STEXT size=8 colour=0x1", "a.F SNEWKIND size=8"] {
        let (found, unknown) = symbol(line);
        assert_eq!((found.0.as_str(), found.3, unknown), ("a.F", 8, 1), "{line}");
    }
}

#[test]
fn instructions_have_a_place_and_operands() {
    let read = |line: &str| {
        let mut parser = Parser::default();
        let mut found = None;
        parser.push(format!("{line}\n").as_bytes(), |event| {
            let Event::Instruction(i) = event else { panic!("{event:?}") };
            let own = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            let callee = i.callee().map(own);
            let attributes = i.text_attributes().map(own);
            found = Some((
                i.pc,
                own(i.file),
                i.line,
                own(i.opcode),
                own(i.operands),
                callee,
                attributes,
            ));
        });
        found.unwrap()
    };
    let call = read("\t0x0034 00052 (/abs/dep.go:24)\tCALL\truntime.newobject(SB)");
    assert_eq!((call.0, call.1.as_str(), call.2), (52, "/abs/dep.go", 24));
    assert_eq!((call.3.as_str(), call.5.as_deref()), ("CALL", Some("runtime.newobject")));
    assert_eq!(read("\t0x0034 00052 (a.go:24)\tCALL\t(R1)").5, None);
    assert_eq!(read("\t0x0034 00052 (a.go:24)\tJMP\t92").5, None);
    assert_eq!(read("\t0x0034 00052 (a.go:24)\tJMP\ta.f(SB)").5.as_deref(), Some("a.f"));
    assert_eq!(read("\t0x0034 00052 (a.go:24)\tMOVD\ta.f(SB), R0").5, None);
    let nop = read("\t0x10000 65536 (<unknown line number>)\tNOP");
    assert_eq!((nop.0, nop.1.as_str(), nop.2, nop.3.as_str()), (65536, "", 0, "NOP"));
    assert_eq!(nop.4, "");
    assert_eq!(read("\t0x0000 00000 (<autogenerated>:1)\tRET\t(R30)").1, "<autogenerated>");
    // Windows, parentheses in a path, and a //line directive.
    assert_eq!(read("\t0x0000 00000 (C:\\a (b)\\c.go:7)\tNOP").1, "C:\\a (b)\\c.go");
    let moved = read("\t0x0000 00000 (gram.y:5[/abs/gram.go:812])\tNOP");
    assert_eq!((moved.1.as_str(), moved.2), ("gram.y", 5));
    let attributes = |line: &str| read(line).6;
    assert_eq!(
        attributes("\t0x0000 00000 (a.go:1)\tTEXT\ta.f(SB), DUPOK|ABIWRAPPER|ABIInternal, $32-0")
            .as_deref(),
        Some("DUPOK|ABIWRAPPER|ABIInternal")
    );
    assert_eq!(attributes("\t0x0000 00000 (a.go:1)\tTEXT\ta.f(SB), $0").as_deref(), Some(""));
    assert_eq!(
        attributes(
            "\t0x0000 00000 (a.go:1)\tTEXT\ttype:.eq.struct { a.x, a.y int }(SB), DUPOK, $16-0"
        )
        .as_deref(),
        Some("DUPOK")
    );
    assert_eq!(attributes("\t0x0000 00000 (a.go:1)\tNOP"), None);
}

#[test]
fn dumps_and_relocations_are_read() {
    let full = "\t0x0010 ad 8d cc a5 0f 08 08 19 00 00 00 00 00 00 00 00  ................";
    assert!(one(full).contains("offset: 16, count: 16"), "{}", one(full));
    let short = "\t0x0000 75 6e 73 61 66 65 68 65 61 64 65 72              unsafeheader";
    assert!(one(short).contains("count: 12"), "{}", one(short));
    let first = "\t0x0000 20                                                ";
    assert!(one(first).contains(&format!("digits: {}", text("20"))), "{}", one(first));
    // Text that looks like anything.
    assert!(one("\t0x0000 0a 09                                            ..").starts_with("Hex"));
    let call = one("\trel 52+4 t=R_CALLARM64 runtime.newobject+0");
    assert!(call.contains("offset: 52, size: 4") && call.contains("addend: 0"), "{call}");
    let nothing = one("\trel 176+0 t=R_CALLIND +0");
    assert!(nothing.contains("target: []"), "{nothing}");
    let minus = one("\trel 1+8 t=RelocType(104) type:.eq.[2]a+b+-16");
    assert!(minus.contains("addend: -16") && minus.contains(&text("type:.eq.[2]a+b")), "{minus}");
    assert_eq!(one("# example.com/dep"), format!("Package({})", text("example.com/dep")));
    assert!(one("go: downloading golang.org/x/sys v0.44.0").starts_with("Message"));
}

#[test]
fn a_line_of_unknown_form_is_counted_and_stops_nothing() {
    let strange = [
        "",
        "\t",
        "./a.go:3:2: declared and not used: x",
        "\trel 52+4 t=R_CALLARM64",
        "\trel 52+4 t=R_CALLARM runtime.x+1f",
        "\t0x0000 00001 (a.go:1)\tNOP",
        "\t0x0000 00000 (a.go)\tNOP",
        "\t0x0000 00000 (a.go:1) NOP",
        "\t0x0000 ZZ                                                .",
        "\t0x0000 20 20                                            .",
        "\tnothing",
        "a.F STEXT",
        "a.F size=12",
        "# ",
    ];
    let listing = format!("{}\na.F STEXT size=8\n", strange.join("\n"));
    let (seen, counts) = events(listing.as_bytes());
    assert_eq!(counts.unknown, strange.len() as u64, "{seen:#?}");
    assert_eq!((counts.functions, counts.lines), (1, strange.len() as u64 + 1));
    assert_eq!(counts.examples, strange[..3]);
}

#[test]
fn a_line_beyond_the_limit_is_skipped_and_what_follows_is_read() {
    let mut listing = b"a.F STEXT size=8\n".to_vec();
    listing.extend(std::iter::repeat_n(b'x', LINE_LIMIT + 1));
    listing.extend(b"\na.G STEXT size=8\n");
    let whole = events(&listing);
    assert_eq!((whole.1.too_long, whole.1.functions, whole.1.unknown), (1, 2, 0));
    let cuts: Vec<usize> = (0..listing.len()).step_by(64 << 10).collect();
    assert_eq!(in_chunks(&listing, &cuts), whole);
    // At its end, too.
    assert_eq!(events(&listing[..LINE_LIMIT + 18]).1.too_long, 1);
}

#[test]
fn names_come_apart() {
    let split = |name: &'static str| {
        let (package, rest) = split(name.as_bytes());
        (std::str::from_utf8(package).unwrap(), std::str::from_utf8(rest).unwrap())
    };
    assert_eq!(split("example.com/dep.F"), ("example.com/dep", "F"));
    assert_eq!(split("main.(*ctl).put-fm"), ("main", "(*ctl).put-fm"));
    assert_eq!(split("gopkg.in/yaml%2ev3.Unmarshal"), ("gopkg.in/yaml%2ev3", "Unmarshal"));
    assert_eq!(
        split("slices.Sort[go.shape.[]a.com/b.T]"),
        ("slices", "Sort[go.shape.[]a.com/b.T]")
    );
    assert_eq!(split("type:.eq.struct { a.b int }"), ("", "type:.eq.struct { a.b int }"));
    assert_eq!(split("go:string.\"a.b\""), ("", "go:string.\"a.b\""));
    assert_eq!(split(""), ("", ""));
    assert_eq!(unescape(b"gopkg.in/yaml%2ev3.F"), &b"gopkg.in/yaml.v3.F"[..]);
    assert_eq!(unescape(b"100%"), &b"100%"[..]);
    assert_eq!(unescape(b"%zz%2"), &b"%zz%2"[..]);
    assert_eq!(escape_path("gopkg.in/yaml.v3"), "gopkg.in/yaml%2ev3");
    assert_eq!(escape_path("example.com/dep"), "example.com/dep");
    assert_eq!(escape_path("a.b"), "a%2eb");
}

#[test]
fn whole_words_name_x86() {
    for name in [
        "update_avx2",
        "xor_AMD64",
        "f_x86",
        "g_386",
        "h_sse4x",
        "mulAVX2",
        "blockSSE41.func1",
        "cpuid",
        "(*T).sumAVX512",
        "xgetbv",
        "hasBMI2",
        "AVX2",
        "_mm_ssse3",
    ] {
        assert!(names_x86(name.as_bytes()), "{name}");
    }
    for name in [
        "processServer",
        "HasAES",
        "parseSSE",
        "cpuidOf",
        "isAMD64able",
        "update_avx2_like",
        "F64",
        "avx2",
        "_amd64",
        "assess",
        "NOTAVX2",
        "x_sseful",
        "Getppid",
        "",
    ] {
        assert!(!names_x86(name.as_bytes()), "{name}");
    }
}

const SAMPLE: &str = "\
# example.com/dep
example.com/dep.mul STEXT dupok nosplit size=64 args=0x18 locals=0x28 funcid=0x17 align=0x0
\t0x0000 00000 (<autogenerated>:1)\tTEXT\texample.com/dep.mul(SB), DUPOK|NOSPLIT|ABIWRAPPER|ABIInternal, $48-24
\t0x000c 00012 (<autogenerated>:1)\tCALL\texample.com/dep.mul(SB)
\trel 12+4 t=R_CALLARM64 example.com/dep.mul+0
example.com/dep.back STEXT dupok nosplit size=64 args=0x18 locals=0x28 funcid=0x17 align=0x0
\t0x0000 00000 (<autogenerated>:1)\tTEXT\texample.com/dep.back(SB), DUPOK|NOSPLIT|ABIWRAPPER, $48-24
\t0x000c 00012 (<autogenerated>:1)\tCALL\texample.com/dep.back(SB)
example.com/dep.Sum STEXT size=64 args=0x18 locals=0x28 funcid=0x0 align=0x0
\t0x0000 00000 (/src/dep/dep.go:10)\tTEXT\texample.com/dep.Sum(SB), ABIInternal, $48-24
\t0x0010 00016 (/src/dep/dep.go:12)\tCALL\texample.com/dep.blockGeneric(SB)
\t0x0014 00020 (/src/dep/dep.go:14)\tCALL\texample.com/dep.blockGeneric(SB)
\t0x0018 00024 (/src/dep/dep.go:15)\tCALL\texample.com/other.xor_sse2(SB)
\t0x001c 00028 (/src/dep/dep.go:15)\tCALL\tcrypto/internal/x.xor_sse2(SB)
\trel 32+8 t=R_ARM64_PCREL_LDST8 example.com/other.hasAVX2+0
\trel 32+8 t=R_ADDRARM64 example.com/other.wantsAVX2+0
example.com/dep.Fast STEXT size=64 args=0x18 locals=0x28 funcid=0x0 align=0x0
\t0x0000 00000 (/src/dep/dep.go:20)\tTEXT\texample.com/dep.Fast(SB), ABIInternal, $48-24
\t0x0010 00016 (/src/dep/dep_generic.go:31)\tADD\tR0, R1
\t0x0014 00020 (/elsewhere/dep_generic.go:4)\tADD\tR0, R1
example.com/dep.blockGeneric STEXT size=64 args=0x18 locals=0x28 funcid=0x0 align=0x0
\t0x0000 00000 (/src/dep/dep_generic.go:7)\tTEXT\texample.com/dep.blockGeneric(SB), ABIInternal, $48-24
\t0x0010 00016 (/src/dep/dep_generic.go:8)\tCALL\texample.com/dep.blockGeneric(SB)
example.com/dep.small STEXT size=64 args=0x18 locals=0x28 funcid=0x0 align=0x0
\t0x0000 00000 (/src/dep/dep_generic.go:30)\tTEXT\texample.com/dep.small(SB), ABIInternal, $48-24
example.com/dep.Zoom STEXT size=64 args=0x18 locals=0x28 funcid=0x0 align=0x0
\t0x0000 00000 (/src/dep/dep.go:40)\tTEXT\texample.com/dep.Zoom(SB), ABIInternal, $48-24
\t0x0004 00004 (/src/dep/dep.go:40)\tFMOVD\tF0, example.com/dep.z(FP)
\t0x0010 00016 (/goroot/src/math/unsafe.go:24)\tFMOVS\tF0, R6
\t0x0010 00016 (/src/dep/dep.go:41)\tNOP
\t0x0014 00020 (/src/dep/dep.go:41)\tFMOVD\tF0, F1
\t0x0018 00024 (/src/dep/dep.go:41)\tCALL\tsyscall.Syscall(SB)
\t0x001c 00028 (/src/dep/dep.go:42)\tCALL\tgolang.org/x/sys/windows.(*LazyProc).Call(SB)
\t0x0020 00032 (/src/dep/dep.go:43)\tCALL\tsyscall.UTF16PtrFromString(SB)
# example.com/dep/cmd [example.com/dep/cmd]
main.main STEXT size=64 args=0x18 locals=0x28 funcid=0x0 align=0x0
\t0x0000 00000 (/src/dep/cmd/main.go:5)\tTEXT\tmain.main(SB), ABIInternal, $48-24
\t0x0018 00024 (/src/dep/cmd/main.go:6)\tCALL\texample.com/dep.small(SB)
# fmt
fmt.F STEXT size=64 args=0x18 locals=0x28 funcid=0x0 align=0x0
\t0x0000 00000 (/goroot/src/fmt/f.go:5)\tTEXT\tfmt.F(SB), ABIInternal, $48-24
\t0x0018 00024 (/goroot/src/fmt/f.go:6)\tCALL\tsyscall.SyscallN(SB)
";

fn collected() -> std::collections::BTreeMap<String, ListingFacts> {
    let mut wanted = Wanted::default();
    let generic = || vec!["dep_generic.go".to_owned()];
    wanted.package("example.com/dep", false, &["/src/dep".into()], generic());
    wanted.package("example.com/dep/cmd", true, &["/src/dep/cmd".into()], Vec::new());
    wanted.known("example.com/dep");
    wanted.known("example.com/other");
    let mut collector = Collector::new(&wanted);
    let mut parser = Parser::default();
    parser.push(SAMPLE.as_bytes(), |event| collector.take(event));
    assert_eq!(parser.finish(|_| {}).unknown, 0);
    collector.finish()
}

#[test]
fn a_listing_that_is_replayed_is_read_once() {
    let mut wanted = Wanted::default();
    wanted.package("example.com/dep", false, &["/src/dep".into()], ["dep_generic.go".into()]);
    let mut once = Collector::new(&wanted);
    let mut twice = Collector::new(&wanted);
    Parser::default().push(SAMPLE.as_bytes(), |event| {
        once.take(event);
        twice.take(event);
    });
    Parser::default().push(SAMPLE.as_bytes(), |event| twice.take(event));
    assert_eq!(once.finish(), twice.finish());
}

fn at(file: &str, line: u32) -> Place {
    Place { file: file.into(), line }
}

#[test]
fn facts_say_what_is_assembly_and_who_calls_what_stands_in() {
    let facts = collected();
    assert_eq!(facts.keys().collect::<Vec<_>>(), ["example.com/dep", "example.com/dep/cmd"]);
    let dep = &facts["example.com/dep"];
    assert_eq!((dep.functions, dep.dropped), (7, 0));
    assert_eq!(dep.assembly, ["mul"]);
    let names: Vec<&str> = dep.stand_ins.iter().map(|found| found.function.as_str()).collect();
    assert_eq!(names, ["blockGeneric", "small"]);
    assert_eq!(dep.stand_ins[0].place, at("/src/dep/dep_generic.go", 7));
    let caller = |function: &str, place: Place, inlined: bool| Caller {
        function: function.into(),
        place,
        inlined,
    };
    assert_eq!(dep.stand_ins[0].callers, [caller("Sum", at("/src/dep/dep.go", 12), false)]);
    assert_eq!(
        dep.stand_ins[1].callers,
        [
            caller("Fast", at("/src/dep/dep.go", 20), true),
            caller("main.main", at("/src/dep/cmd/main.go", 6), false)
        ]
    );
}

#[test]
fn facts_name_symbols_of_x86_outside_the_standard_library() {
    let dep = &collected()["example.com/dep"];
    let found: Vec<(&str, bool, u32)> =
        dep.arch_symbols.iter().map(|a| (a.symbol.as_str(), a.called, a.place.line)).collect();
    assert_eq!(
        found,
        [("example.com/other.hasAVX2", false, 10), ("example.com/other.xor_sse2", true, 15)]
    );
}

#[test]
fn a_float_before_a_system_call_is_told_once() {
    let dep = &collected()["example.com/dep"];
    let float = FloatMove {
        instruction: "FMOVS F0, R6".into(),
        place: at("/goroot/src/math/unsafe.go", 24),
        to_register: true,
        distance: 2,
    };
    let calls: Vec<(&str, u32, Option<&FloatMove>)> =
        dep.syscalls.iter().map(|s| (s.callee.as_str(), s.place.line, s.float.as_ref())).collect();
    assert_eq!(
        calls,
        [
            ("syscall.Syscall", 41, Some(&float)),
            ("golang.org/x/sys/windows.(*LazyProc).Call", 42, None)
        ]
    );
}

proptest! {
    #[test]
    fn any_bytes_in_any_chunks_give_the_same_events(
        pieces in proptest::collection::vec(piece(), 0..40),
        cuts in proptest::collection::vec(0usize..4000, 0..20),
    ) {
        let listing = pieces.concat();
        let mut cuts = cuts;
        cuts.sort_unstable();
        let whole = events(&listing);
        let lines = listing.split(|byte| *byte == b'\n').count() as u64
            - u64::from(listing.is_empty() || listing.ends_with(b"\n"));
        prop_assert_eq!(whole.1.lines, lines);
        prop_assert_eq!(whole.0.len() as u64, lines);
        prop_assert_eq!(in_chunks(&listing, &cuts), whole);
    }
}

/// Lines of the sample whole, cut or with a byte changed, and noise.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let lines: Vec<&'static str> = SAMPLE.split_inclusive('\n').collect();
    prop_oneof![
        3 => proptest::sample::select(lines.clone()).prop_map(|line| line.as_bytes().to_vec()),
        2 => (proptest::sample::select(lines), any::<prop::sample::Index>(), any::<u8>()).prop_map(
            |(line, at, byte)| {
                let mut line = line.as_bytes().to_vec();
                let at = at.index(line.len());
                line[at] = byte;
                line
            }
        ),
        1 => proptest::collection::vec(any::<u8>(), 0..100),
        1 => "[\\t 0x9a#:=+()SR\\n]{0,40}".prop_map(String::into_bytes),
    ]
}
