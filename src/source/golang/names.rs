//! DLL names and paths that name another architecture.

use tree_sitter::Node;

use crate::facts::SourceFacts;
use crate::facts::source::DllName;
use crate::source::golang::node::{ancestors, field, is_string, place, string, text, walk};
use crate::source::golang::tables::{has_word, names_architecture, reached};
use crate::source::package::{Seen, SourceFile};
use crate::source::prefilter::{Group, JOINERS, LOADERS, STARTERS};

/// Words in the name of a file that say x86 or x64, the longest first.
const WORDS: &[&str] = &["x86_64", "x86-64", "amd64", "win64", "x64", "i386", "x86"];
/// Words that say ARM64.
const ARM64: &[&str] = &["arm64", "aarch64", "arm64ec"];
/// Characters of a name that a report shows.
const MAX_NAME: usize = 120;
/// Names that are followed from where they are declared to where they are used.
const MAX_NAMES: usize = 200;

/// A literal, or several that are put together.
struct Candidate<'t> {
    file: usize,
    node: Node<'t>,
    name: String,
    word: &'static str,
    /// The call that takes it, by its text and its last name.
    call: Option<(String, String)>,
    /// The constant or variable that it is the value of.
    declared: Option<&'t str>,
}

/// Adds what is found in a package.
pub(in crate::source) fn find(seen: &Seen<'_>, facts: &mut SourceFacts) {
    // Without a call that takes a name, only what is the name of a DLL matters.
    let taken = !seen.with(Group::Dll, |tokens| tokens.takes_names).is_empty();
    let wanted = seen.with(Group::Dll, |tokens| tokens.foreign && (taken || tokens.foreign_dll));
    if wanted.is_empty() {
        return;
    }
    let mut candidates = Vec::new();
    for number in wanted {
        let (Some(file), Some(tree)) = (seen.file(number), seen.tree(number)) else { continue };
        embeds(&file, tree.root_node(), facts);
        for node in walk(tree.root_node()).filter(|node| is_string(*node)) {
            candidates.extend(candidate(number, file.bytes, node));
        }
    }
    for candidate in &mut candidates {
        if candidate.call.is_none() {
            candidate.call = candidate.declared.and_then(|name| call_with(seen, name));
        }
    }
    candidates.retain(matters);
    let reached = if candidates.is_empty() { None } else { Some(reached(seen)) };
    for candidate in candidates {
        let Some(file) = seen.file(candidate.file) else { continue };
        if reached.as_ref().is_some_and(|reached| reached.is_dead(&file, candidate.node)) {
            continue;
        }
        facts.dll_names.push(DllName {
            place: place(&file, candidate.node),
            name: candidate.name.chars().take(MAX_NAME).collect(),
            word: candidate.word.to_owned(),
            used_by: candidate.call.map(|(whole, _)| whole),
        });
    }
}

/// Whether it is a DLL, or a program that is started.
fn matters(candidate: &Candidate<'_>) -> bool {
    let last = candidate.call.as_ref().map_or("", |(_, last)| last.as_str());
    if LOADERS.contains(&last) {
        return !ends_with(&candidate.name, ".exe");
    }
    is_dll(&candidate.name) || (STARTERS.contains(&last) && ends_with(&candidate.name, ".exe"))
}

fn is_dll(name: &str) -> bool {
    ends_with(name, ".dll")
}

/// Whether a name, which may end in NULs, has this ending in any case.
fn ends_with(name: &str, ending: &str) -> bool {
    name.trim_end_matches('\0').to_ascii_lowercase().ends_with(ending)
}

/// The word of another architecture in a name.
fn word(name: &str) -> Option<&'static str> {
    let lower = name.to_ascii_lowercase();
    // Names with digits before the word, such as `foo64x64`, are none of a file of some architecture.
    WORDS.iter().copied().find(|word| has_word(&lower, word))
}

fn candidate<'t>(file: usize, src: &'t [u8], node: Node<'t>) -> Option<Candidate<'t>> {
    let own = string(src, node)?;
    let word = word(&own)?;
    // A sentence is no name.
    if own.len() > 260 || own.contains(['\n', '<', '>']) || own.split(' ').count() > 4 {
        return None;
    }
    let (whole, name) = joined(src, node, own);
    let call = call_around(src, whole);
    let declared = ancestors(node)
        .take(4)
        .find(|around| matches!(around.kind(), "const_spec" | "var_spec"))
        .map(|spec| field(src, spec, "name"));
    // In a long table this is asked before anything that looks around.
    if call.is_none() && declared.is_none() && !is_dll(&name) {
        return None;
    }
    if has_any(&name, ARM64) || beside_arm64(src, whole) || keyed_by_architecture(src, whole) {
        return None;
    }
    Some(Candidate { file, node, name, word, call, declared })
}

/// A path that is put together of several literals, with the node that does it.
fn joined<'t>(src: &[u8], node: Node<'t>, own: String) -> (Node<'t>, String) {
    let mut whole = node;
    for around in ancestors(node) {
        let joins = around.kind() == "binary_expression"
            || (around.kind() == "call_expression"
                && JOINERS.contains(&last_name(src, around).as_str()));
        if joins {
            whole = around;
        } else if !matches!(around.kind(), "argument_list" | "parenthesized_expression") {
            break;
        }
    }
    if whole == node {
        return (node, own);
    }
    let separator = if whole.kind() == "binary_expression" { "" } else { "/" };
    let all: Vec<String> =
        walk(whole).filter(|node| is_string(*node)).filter_map(|node| string(src, node)).collect();
    (whole, all.join(separator))
}

fn last_name(src: &[u8], call: Node<'_>) -> String {
    let Some(function) = call.child_by_field_name("function") else { return String::new() };
    match function.child_by_field_name("field") {
        Some(name) => text(src, name).to_owned(),
        None => text(src, function).to_owned(),
    }
}

/// The nearest call that a value is given to, conversions left out.
fn call_around(src: &[u8], node: Node<'_>) -> Option<(String, String)> {
    for around in ancestors(node).take(8) {
        match around.kind() {
            "call_expression" => {
                let last = last_name(src, around);
                let converts = matches!(
                    last.as_str(),
                    "string" | "UTF16PtrFromString" | "StringToUTF16Ptr" | "Pointer" | "uintptr"
                );
                if !converts {
                    return Some((field(src, around, "function").to_owned(), last));
                }
            }
            "argument_list" | "parenthesized_expression" | "binary_expression" => {}
            _ => return None,
        }
    }
    None
}

/// A call that takes a name which is declared for the whole package or around it.
fn call_with(seen: &Seen<'_>, name: &str) -> Option<(String, String)> {
    let mut looked_at = 0;
    for number in (0..seen.len()).filter(|number| seen.hits(*number).has(Group::Dll)) {
        let (Some(file), Some(tree)) = (seen.file(number), seen.tree(number)) else { continue };
        for node in walk(tree.root_node()) {
            if node.kind() != "identifier" || text(file.bytes, node) != name {
                continue;
            }
            looked_at += 1;
            let call = call_around(file.bytes, node);
            let known = |(_, last): &(String, String)| {
                LOADERS.contains(&last.as_str()) || STARTERS.contains(&last.as_str())
            };
            if call.as_ref().is_some_and(known) {
                return call;
            }
            if looked_at > MAX_NAMES {
                return None;
            }
        }
    }
    None
}

fn has_any(text: &str, words: &[&str]) -> bool {
    let lower = text.to_ascii_lowercase();
    words.iter().any(|word| lower.contains(word))
}

/// Whether a sibling names ARM64: the same table, the other branch, the same function.
fn beside_arm64(src: &[u8], node: Node<'_>) -> bool {
    let around = ancestors(node).find(|around| {
        matches!(
            around.kind(),
            "function_declaration" | "method_declaration" | "var_declaration" | "const_declaration"
        )
    });
    around.is_some_and(|around| {
        walk(around)
            .filter(|node| is_string(*node) || node.kind() == "identifier")
            .any(|node| has_any(text(src, node), ARM64))
    })
}

/// Whether it is the value of a table whose key is an architecture: another check's matter.
fn keyed_by_architecture(src: &[u8], node: Node<'_>) -> bool {
    ancestors(node)
        .take(6)
        .find(|around| around.kind() == "keyed_element")
        .and_then(|element| element.child_by_field_name("key"))
        .is_some_and(|key| names_architecture(text(src, key)))
}

/// The `//go:embed` lines of a file.
fn embeds(file: &SourceFile<'_>, root: Node<'_>, facts: &mut SourceFacts) {
    let lines: Vec<_> = parts_with_comments(root)
        .into_iter()
        .filter(|node| node.kind() == "comment")
        .filter_map(|node| Some((node, text(file.bytes, node).strip_prefix("//go:embed ")?)))
        .collect();
    if lines.iter().any(|(_, patterns)| has_any(patterns, ARM64)) {
        return;
    }
    for (node, patterns) in lines {
        for pattern in patterns.split_whitespace().map(|pattern| pattern.trim_matches(['"', '`'])) {
            let is_dll = pattern.to_ascii_lowercase().ends_with(".dll");
            let Some(word) = word(pattern).filter(|_| is_dll) else { continue };
            facts.dll_names.push(DllName {
                place: place(file, node),
                name: pattern.chars().take(MAX_NAME).collect(),
                word: word.to_owned(),
                used_by: Some("go:embed".to_owned()),
            });
        }
    }
}

/// The comments of a file outside of functions, and its declarations.
fn parts_with_comments(root: Node<'_>) -> Vec<Node<'_>> {
    let mut found = Vec::new();
    let mut cursor = root.walk();
    for child in root.named_children(&mut cursor) {
        found.push(child);
        if child.kind() == "var_declaration" {
            found.extend(walk(child).filter(|node| node.kind() == "comment"));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::package::{PackageText, facts};

    fn found(src: &str) -> Vec<(String, String, Option<String>)> {
        let go = vec![SourceFile { name: "a.go", bytes: src.as_bytes() }];
        let facts = facts(&PackageText { import_path: "p", go, ..PackageText::default() });
        let of = |found: DllName| (found.name, found.word, found.used_by);
        facts.dll_names.into_iter().map(of).collect()
    }

    #[test]
    fn a_dll_that_names_x64_is_found_with_what_loads_it() {
        let src = r#"package p
import "golang.org/x/sys/windows"
var dll = windows.NewLazyDLL("WebView2Loader_x64.dll")
const other = "lib/win64/foo.dll"
func f() { windows.LoadLibrary(other) }
func g(dir string) { windows.LoadDLL(filepath.Join(dir, "x64", "bar.dll")) }
//go:embed x64/foo.dll readme.txt
var carried []byte
func h() { windows.LoadLibrary("libcrypto-1_1-x64") }
func i() { exec.Command("tool_x64.exe").Run() }
"#;
        let names: Vec<_> = found(src)
            .into_iter()
            .map(|(name, word, by)| format!("{name} {word} {}", by.unwrap_or_default()))
            .collect();
        assert_eq!(
            names,
            [
                "x64/foo.dll x64 go:embed",
                "WebView2Loader_x64.dll x64 windows.NewLazyDLL",
                "lib/win64/foo.dll win64 windows.LoadLibrary",
                "x64/bar.dll x64 windows.LoadDLL",
                "libcrypto-1_1-x64 x64 windows.LoadLibrary",
                "tool_x64.exe x64 exec.Command",
            ]
        );
    }

    #[test]
    fn what_only_looks_like_one_is_not() {
        for src in [
            "package p\n// see foo_x64.dll\nvar a = \"user32.dll\"",
            "package p\nfunc f(arch string) string { if arch == \"amd64\" { return \"x\" }; return \"a.dll\" }",
            "package p\nfunc f() { switch arch() { case 1: load(\"foo_x64.dll\"); case 2: load(\"foo_arm64.dll\") } }",
            "package p\nvar m = map[string]string{\"amd64\": \"x64/foo.dll\", \"386\": \"x86/foo.dll\"}",
            "package p\nimport \"runtime\"\nfunc f() string { if runtime.GOARCH == \"amd64\" { return \"foo_x64.dll\" }; return \"foo.dll\" }",
            "package p\nvar a = \"Please copy the x64 version of foo.dll to here before you start\"",
            "package p\nvar a = \"fox64y.dll\"",
            "package p\nvar a = \"tool_x64.exe\"",
        ] {
            assert_eq!(found(src), [], "{src}");
        }
    }
}
