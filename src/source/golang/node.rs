//! Small questions to a syntax tree: text, place, imports, literals. Nothing here recurses.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use tree_sitter::Node;

use crate::facts::source::SourcePlace;
use crate::source::package::SourceFile;

/// Characters of a line that a report shows.
const MAX_LINE: usize = 160;
/// Layers that are climbed from a node before its surroundings are given up.
const MAX_CLIMB: usize = 200;

/// The text of a node; empty where it is not UTF-8.
pub(super) fn text<'a>(src: &'a [u8], node: Node<'_>) -> &'a str {
    src.get(node.byte_range()).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
}

/// The text of a field of a node.
pub(super) fn field<'a>(src: &'a [u8], node: Node<'_>, name: &str) -> &'a str {
    node.child_by_field_name(name).map(|child| text(src, child)).unwrap_or_default()
}

/// The line, from 1, that a node begins on.
pub(super) fn line(node: Node<'_>) -> u32 {
    u32::try_from(node.start_position().row).unwrap_or(u32::MAX).saturating_add(1)
}

/// Where a node stands.
pub(super) fn place(file: &SourceFile<'_>, node: Node<'_>) -> SourcePlace {
    SourcePlace {
        file: file.name.to_owned(),
        line: line(node),
        text: line_text(file.bytes, node.start_byte()),
        function: function(file.bytes, node),
    }
}

/// The line around a byte, without surrounding white space, cut where it is long.
pub(super) fn line_text(src: &[u8], at: usize) -> String {
    let before = src.get(..at).unwrap_or_default();
    let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let rest = src.get(start..).unwrap_or_default();
    let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
    let line = String::from_utf8_lossy(rest.get(..end).unwrap_or_default());
    let line = line.trim();
    match line.char_indices().nth(MAX_LINE) {
        Some((cut, _)) => format!("{}…", line.get(..cut).unwrap_or_default()),
        None => line.to_owned(),
    }
}

/// The nodes around a node, the nearest first.
pub(super) fn ancestors(node: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    std::iter::successors(node.parent(), Node::parent).take(MAX_CLIMB)
}

/// The declared function that holds a node, as the linker names it.
pub(super) fn function(src: &[u8], node: Node<'_>) -> Option<String> {
    let declared = std::iter::once(node)
        .chain(ancestors(node))
        .find(|node| matches!(node.kind(), "function_declaration" | "method_declaration"))?;
    declared_name(src, declared)
}

/// The name of a function or method declaration: `F`, `T.M`, `(*T).M`.
pub(super) fn declared_name(src: &[u8], declared: Node<'_>) -> Option<String> {
    let name = field(src, declared, "name");
    if name.is_empty() {
        return None;
    }
    let Some(receiver) = declared.child_by_field_name("receiver") else {
        return Some(name.to_owned());
    };
    let mut of = receiver.named_child(0)?.child_by_field_name("type")?;
    let pointer = of.kind() == "pointer_type";
    if pointer {
        of = of.named_child(0)?;
    }
    if of.kind() == "generic_type" {
        of = of.child_by_field_name("type")?;
    }
    let of = text(src, of);
    Some(if pointer { format!("(*{of}).{name}") } else { format!("{of}.{name}") })
}

/// Every node below and including one, in the order of the text.
pub(super) fn walk<'tree>(root: Node<'tree>) -> impl Iterator<Item = Node<'tree>> {
    let mut cursor = root.walk();
    let mut done = false;
    std::iter::from_fn(move || {
        if done {
            return None;
        }
        let node = cursor.node();
        if !cursor.goto_first_child() {
            while !cursor.goto_next_sibling() {
                if !cursor.goto_parent() {
                    done = true;
                    break;
                }
            }
        }
        Some(node)
    })
}

/// The named children of a node, comments left out.
pub(super) fn parts<'tree>(node: Node<'tree>) -> Vec<Node<'tree>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).filter(|child| child.kind() != "comment").collect()
}

/// What a file imports, by the name it uses: the last element of the path that is no version, or its own name.
pub(super) fn imports(src: &[u8], root: Node<'_>) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for declaration in parts(root) {
        if declaration.kind() != "import_declaration" {
            continue;
        }
        for spec in walk(declaration).filter(|node| node.kind() == "import_spec") {
            let path = field(src, spec, "path").trim_matches(['"', '`']);
            let own = field(src, spec, "name");
            let name = if own.is_empty() { last_element(path) } else { own };
            found.insert(name.to_owned(), path.to_owned());
        }
    }
    found
}

/// The name that a package most likely has.
fn last_element(path: &str) -> &str {
    let is_version = |element: &str| {
        element.strip_prefix('v').is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()))
    };
    path.rsplit('/').find(|element| !is_version(element)).unwrap_or(path)
}

/// The numbers of the two kinds of string literal: to compare names at every node of a file costs more than to
/// visit the nodes.
static STRINGS: LazyLock<[u16; 2]> = LazyLock::new(|| {
    let language = tree_sitter::Language::from(tree_sitter_go::LANGUAGE);
    ["interpreted_string_literal", "raw_string_literal"]
        .map(|kind| language.id_for_node_kind(kind, true))
});

/// Whether a node is a string literal.
pub(super) fn is_string(node: Node<'_>) -> bool {
    STRINGS.contains(&node.kind_id())
}

/// The bytes of a string literal, escapes resolved; what is no escape stays as it is.
pub(super) fn string_bytes(src: &[u8], node: Node<'_>) -> Option<Vec<u8>> {
    let whole = src.get(node.byte_range())?;
    let inside = whole.get(1..whole.len().checked_sub(1)?)?;
    match node.kind() {
        "raw_string_literal" => {
            Some(inside.iter().copied().filter(|byte| *byte != b'\r').collect())
        }
        "interpreted_string_literal" => Some(unescaped(inside)),
        _ => None,
    }
}

/// The text of a string literal.
pub(super) fn string(src: &[u8], node: Node<'_>) -> Option<String> {
    string_bytes(src, node).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

/// See <https://go.dev/ref/spec#Rune_literals>.
fn unescaped(inside: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(inside.len());
    let mut rest = inside;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        let Some((&escape, after)) = rest.split_first() else { break };
        rest = after;
        let simple = match escape {
            b'n' => Some(b'\n'),
            b't' => Some(b'\t'),
            b'r' => Some(b'\r'),
            b'a' => Some(7),
            b'b' => Some(8),
            b'f' => Some(12),
            b'v' => Some(11),
            b'\\' | b'"' | b'\'' => Some(escape),
            _ => None,
        };
        if let Some(byte) = simple {
            out.push(byte);
            continue;
        }
        let (digits, radix) = match escape {
            b'x' => (rest.get(..2), 16),
            b'u' => (rest.get(..4), 16),
            b'U' => (rest.get(..8), 16),
            // The first digit is the escape itself.
            _ => (inside.get(inside.len() - rest.len() - 1..inside.len() - rest.len() + 2), 8),
        };
        let number = digits
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u32::from_str_radix(digits, radix).ok());
        let Some(number) = number else { continue };
        let taken = digits.map_or(0, <[u8]>::len) - usize::from(radix == 8);
        rest = rest.get(taken..).unwrap_or_default();
        match escape {
            b'u' | b'U' => {
                let c = char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER);
                out.extend(c.to_string().bytes());
            }
            _ => out.push(u8::try_from(number & 0xff).unwrap_or_default()),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_those_of_the_language() {
        assert_eq!(unescaped(br#"a\x90\n\101\u00e4\"\\"#), b"a\x90\nA\xc3\xa4\"\\");
        assert_eq!(unescaped(br"\x9"), b"9");
        assert_eq!(unescaped(br"\"), b"");
        assert_eq!(unescaped(br"\7"), b"7".get(..0).unwrap());
    }

    #[test]
    fn a_package_is_named_by_its_last_element() {
        assert_eq!(last_element("golang.org/x/sys/cpu"), "cpu");
        assert_eq!(last_element("github.com/klauspost/cpuid/v2"), "cpuid");
        assert_eq!(last_element("runtime"), "runtime");
    }
}
