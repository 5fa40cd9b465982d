//! Machine code in byte literals, with executable memory near it.

use tree_sitter::Node;

use crate::facts::SourceFacts;
use crate::facts::source::{CodeBytes, SourcePlace};
use crate::isa::{a64, x86};
use crate::source::golang::node::{ancestors, field, parts, place, string_bytes, text, walk};
use crate::source::golang::tables::reached;
use crate::source::package::Seen;
use crate::source::prefilter::Group;

/// Bytes that are read of one literal: enough to see what it is.
const MAX_BYTES: usize = 64 << 10;
/// Bytes that code has at least: `mov eax, imm32; ret`.
const LEAST: usize = 6;
/// The score in nats above which bytes read as x86 code where executable memory is near: lower than what an
/// image needs, since hardly any other bytes stand beside a call that makes memory executable.
const MIN_SCORE: f32 = 8.0;
/// How x86 code that is written by hand ends: `ret`, `jmp rax`, `call rax`, `jmp [rip]`.
const ENDS: &[&[u8]] = &[b"\xc3", b"\xff\xe0", b"\xff\xd0", b"\xcc"];
/// PE machine numbers of other machines, with their names.
/// See <https://learn.microsoft.com/windows/win32/debug/pe-format#machine-types>.
const MACHINES: &[(u16, &str)] = &[(0x8664, "x64"), (0x14c, "x86")];
/// Values of `flProtect` that make memory executable.
/// See <https://learn.microsoft.com/windows/win32/memory/memory-protection-constants>.
const EXECUTE: &[u64] = &[0x10, 0x20, 0x40, 0x80];
/// What makes an image of a file that bytes were written to, or loads it from memory.
const LOADERS: &[&str] =
    &["LoadLibrary", "LoadLibraryEx", "LoadDLL", "MustLoadDLL", "NewLazyDLL", "LoadLibraryA"];

/// Adds what is found in a package.
pub(in crate::source) fn find(seen: &Seen<'_>, facts: &mut SourceFacts) {
    let may = seen.with(Group::Executable, |tokens| tokens.executable);
    let executable = first_place(seen, &may, makes_executable);
    let loads = || seen.any(Group::Image) && seen.any(Group::Dll);
    if executable.is_none() && !loads() {
        return;
    }
    let loader = match &executable {
        Some(place) => Some(place.clone()),
        None => first_place(seen, &seen.with(Group::Dll, |_| true), loads_a_dll),
    };
    let Some(near) = loader else { return };
    let reached = seen.any(Group::Goarch).then(|| reached(seen));
    for number in 0..seen.len() {
        let Some(file) = seen.file(number) else { continue };
        if !may_hold_bytes(file.bytes) {
            continue;
        }
        let Some(tree) = seen.tree(number) else { continue };
        for node in walk(tree.root_node()) {
            let Some(bytes) = bytes_of(file.bytes, node) else { continue };
            let Some(reads_like) = reads_like(&bytes, executable.is_some()) else { continue };
            if reached.as_ref().is_some_and(|reached| reached.is_dead(&file, node)) {
                continue;
            }
            facts.code_bytes.push(CodeBytes {
                place: place(&file, node),
                bytes: bytes.len() as u64,
                reads_like,
                executable_by: Some(near.clone()),
            });
        }
    }
}

/// Whether a file has a literal of bytes, as cheaply as that can be said.
fn may_hold_bytes(src: &[u8]) -> bool {
    let has = |needle: &[u8]| memchr::memmem::find(src, needle).is_some();
    has(b"byte{") || has(b"uint8{") || has(b"\\x") || has(b"DecodeString(\"")
}

/// The first node of a package's files that is of a kind.
fn first_place(
    seen: &Seen<'_>,
    files: &[usize],
    is: impl Fn(&[u8], Node<'_>) -> bool,
) -> Option<SourcePlace> {
    files.iter().find_map(|number| {
        let (file, tree) = (seen.file(*number)?, seen.tree(*number)?);
        let node = walk(tree.root_node()).find(|node| is(file.bytes, *node))?;
        Some(place(&file, node))
    })
}

/// Whether memory is made executable here: by the name of the protection, or by its number in a call.
fn makes_executable(src: &[u8], node: Node<'_>) -> bool {
    match node.kind() {
        "identifier" | "field_identifier" => {
            let name = text(src, node);
            let protects = name.starts_with("PAGE_EXECUTE") || name == "PROT_EXEC";
            let declares = || {
                node.parent().is_some_and(|spec| matches!(spec.kind(), "const_spec" | "var_spec"))
            };
            protects && !declares()
        }
        "call_expression" => {
            let function = field(src, node, "function");
            let asks = function.contains("VirtualAlloc") || function.contains("VirtualProtect");
            let arguments = node.child_by_field_name("arguments").map(parts).unwrap_or_default();
            asks && arguments.iter().any(|argument| {
                walk(*argument)
                    .filter(|node| node.kind() == "int_literal")
                    .filter_map(|node| number(text(src, node)))
                    .any(|number| EXECUTE.contains(&number))
            })
        }
        _ => false,
    }
}

fn loads_a_dll(src: &[u8], node: Node<'_>) -> bool {
    node.kind() == "call_expression"
        && node.child_by_field_name("function").is_some_and(|function| {
            let name = function.child_by_field_name("field").unwrap_or(function);
            LOADERS.contains(&text(src, name))
        })
}

/// The bytes of a literal, where a node is one: `[]byte{…}`, `[]byte("\x…")`, `hex.DecodeString("…")`.
fn bytes_of(src: &[u8], node: Node<'_>) -> Option<Vec<u8>> {
    match node.kind() {
        "composite_literal" => {
            let of = node.child_by_field_name("type")?;
            let array =
                matches!(of.kind(), "slice_type" | "array_type" | "implicit_length_array_type");
            if !array || !matches!(field(src, of, "element"), "byte" | "uint8") {
                return None;
            }
            elements(src, node.child_by_field_name("body")?)
        }
        "interpreted_string_literal" => {
            let around = ancestors(node).take(2);
            let mut hex = false;
            for around in around {
                hex |= around.kind() == "call_expression"
                    && field(src, around, "function") == "hex.DecodeString";
            }
            let bytes = string_bytes(src, node)?;
            if hex {
                return from_hex(&bytes);
            }
            // Text is no code; code has bytes that are none.
            let odd = bytes.iter().filter(|byte| !(b' '..=b'~').contains(*byte)).count();
            (odd * 4 >= bytes.len()).then_some(bytes)
        }
        _ => None,
    }
}

fn elements(src: &[u8], body: Node<'_>) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut numbers = 0;
    let mut cursor = body.walk();
    for element in body.named_children(&mut cursor).filter(|node| node.kind() == "literal_element")
    {
        let value = element.named_child(0)?;
        let byte = match value.kind() {
            "int_literal" => number(text(src, value)),
            "rune_literal" => text(src, value).as_bytes().get(1).copied().map(u64::from),
            // A place that is filled in later.
            _ => Some(0),
        };
        numbers += usize::from(value.kind() == "int_literal");
        bytes.push(u8::try_from(byte?).ok()?);
        if bytes.len() >= MAX_BYTES {
            break;
        }
    }
    (numbers * 2 > bytes.len()).then_some(bytes)
}

/// The number that an integer literal means.
fn number(text: &str) -> Option<u64> {
    let text = text.replace('_', "").to_ascii_lowercase();
    let (digits, radix) = match text.as_str() {
        hex if hex.starts_with("0x") => (hex.get(2..)?, 16),
        binary if binary.starts_with("0b") => (binary.get(2..)?, 2),
        octal if octal.starts_with("0o") => (octal.get(2..)?, 8),
        octal if octal.len() > 1 && octal.starts_with('0') => (octal.get(1..)?, 8),
        decimal => (decimal, 10),
    };
    u64::from_str_radix(digits, radix).ok()
}

fn from_hex(text: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let pair = |pair: &[u8]| match pair {
        [high, low] => u8::try_from(digit(*high)? * 16 + digit(*low)?).ok(),
        _ => None,
    };
    text.chunks(2).take(MAX_BYTES).map(pair).collect()
}

/// What bytes read like, if that is another machine's code.
fn reads_like(bytes: &[u8], executable: bool) -> Option<String> {
    if let Some(machine) = image_machine(bytes) {
        let (_, name) = MACHINES.iter().find(|(number, _)| *number == machine)?;
        return Some(format!("a PE image for {name}"));
    }
    if !executable || bytes.len() < LEAST || reads_as_a64(bytes) {
        return None;
    }
    let by_hand = |bits| {
        x86::is_whole(bytes, bits)
            && ENDS.iter().any(|end| bytes.ends_with(end))
            && bytes.iter().collect::<std::collections::BTreeSet<_>>().len() > 2
    };
    let score = |bits| x86::score(bytes, bits).map_or(0.0, |run| run.score);
    let (wide, narrow) = (score(64), score(32));
    if wide.max(narrow) < MIN_SCORE && !by_hand(64) {
        return None;
    }
    Some(if narrow > wide { "x86 code".into() } else { "x86-64 code".into() })
}

/// The machine of a PE image that begins with its header.
fn image_machine(bytes: &[u8]) -> Option<u16> {
    let word =
        |at: usize| bytes.get(at..)?.first_chunk::<2>().map(|word| u16::from_le_bytes(*word));
    if !bytes.starts_with(b"MZ") {
        return None;
    }
    let header = usize::from(word(0x3c)?);
    (bytes.get(header..header + 4)? == b"PE\0\0").then(|| word(header + 4))?
}

fn reads_as_a64(bytes: &[u8]) -> bool {
    bytes.len().is_multiple_of(4)
        && bytes
            .chunks_exact(4)
            .filter_map(|word| word.first_chunk::<4>())
            .all(|word| a64::is_valid(u32::from_le_bytes(*word)))
}

#[cfg(test)]
mod tests {
    use crate::source::package::{PackageText, SourceFile, facts};

    /// `sub rsp, 0x28; mov rax, rcx; add rax, rdx; imul rax, r8; add rsp, 0x28; ret`.
    const CODE: &str = "0x48, 0x83, 0xec, 0x28, 0x48, 0x89, 0xc8, 0x48, 0x01, 0xd0, 0x49, 0x0f, 0xaf, 0xc0, \
                        0x48, 0x83, 0xc4, 0x28, 0xc3";

    fn found(src: &str) -> Vec<(String, u64)> {
        let go = vec![SourceFile { name: "a.go", bytes: src.as_bytes() }];
        let facts = facts(&PackageText { import_path: "p", go, ..PackageText::default() });
        facts.code_bytes.into_iter().map(|found| (found.reads_like, found.bytes)).collect()
    }

    #[test]
    fn code_beside_executable_memory_is_found() {
        let alloc = "windows.VirtualAlloc(0, 64, 0x3000, windows.PAGE_EXECUTE_READWRITE)";
        let by_number = "procVirtualProtect.Call(p, 64, 0x40, o)";
        for (near, code) in [
            (alloc, format!("[]byte{{{CODE}}}")),
            (by_number, format!("[...]byte{{{CODE}}}")),
            (alloc, "[]byte(\"\\x48\\x83\\xec\\x28\\x48\\x89\\xc8\\x48\\x01\\xd0\\x49\\x0f\\xaf\\xc0\\x48\\x83\\xc4\\x28\\xc3\")".into()),
            (alloc, "hex.DecodeString(\"4883ec284889c84801d0490fafc04883c428c3\")".into()),
        ] {
            let src = format!("package p\nvar code = {code}\nfunc f() {{ {near} }}\n");
            assert_eq!(found(&src), [("x86-64 code".to_owned(), 19)], "{src}");
        }
    }

    #[test]
    fn what_only_looks_like_it_is_not() {
        let alloc =
            "func f() { windows.VirtualAlloc(0, 64, 0x3000, windows.PAGE_EXECUTE_READWRITE) }";
        for src in [
            // No executable memory; only its declaration; memory that is not executable.
            format!("package p\nvar code = []byte{{{CODE}}}"),
            format!("package p\nconst PAGE_EXECUTE_READ = 0x20\nvar code = []byte{{{CODE}}}"),
            format!(
                "package p\nvar code = []byte{{{CODE}}}\nfunc f() {{ VirtualAlloc(0, 8, 0x3000, 4) }}"
            ),
            // A64: `mov x0, #1; ret` twice; text; a table.
            format!("package p\nvar code = []byte{{0x20,0,0x80,0xd2,0xc0,3,0x5f,0xd6}}\n{alloc}"),
            format!("package p\nvar t = []byte(\"kernel32.dll\")\n{alloc}"),
            format!(
                "package p\nvar t = []byte{{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}}\n{alloc}"
            ),
            // The branch is for another architecture.
            format!(
                "package p\nimport \"runtime\"\nfunc g() []byte {{ if runtime.GOARCH == \"amd64\" {{\n\
                 return []byte{{{CODE}}}\n}}\nreturn nil }}\n{alloc}"
            ),
        ] {
            assert_eq!(found(&src), [], "{src}");
        }
    }

    #[test]
    fn an_image_is_told_by_its_header() {
        let mut image = vec![0_u8; 0x90];
        image.splice(..2, *b"MZ");
        image.splice(0x3c..0x3d, [0x80]);
        image.splice(0x80..0x86, *b"PE\0\0\x64\x86");
        let list: Vec<String> = image.iter().map(|byte| format!("{byte:#04x}")).collect();
        let src = format!(
            "package p\nvar dll = []byte{{{}}}\nfunc f() {{ windows.LoadDLL(unpacked()) }}\n",
            list.join(", ")
        );
        assert_eq!(found(&src), [("a PE image for x64".to_owned(), 0x90)]);
        let native = src.replace("0x64, 0x86", "0x64, 0xaa");
        assert_eq!(found(&native), []);
    }
}
