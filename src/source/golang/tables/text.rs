//! A name for Windows that is fixed to x64, beside names for other systems that ask for the architecture.

use tree_sitter::Node;

use super::has_word;
use super::program::Program;
use crate::facts::source::{ArchOutcome, ArchTable, ArchTableForm};
use crate::source::golang::node::{field, is_string, parts, place, string, text, walk};

/// What names x64 in the name of something that is downloaded or started.
const X64: &[&str] = &["x64", "amd64", "x86_64", "x86-64", "win64"];
/// What names ARM64.
const ARM64: &[&str] = &["arm64", "aarch64"];

/// Adds the choices by GOOS whose branch for Windows names x64 and does not ask, while another asks for arm64.
pub(super) fn find(program: &Program<'_>, tables: &mut Vec<ArchTable>) {
    for (number, unit) in program.units.iter().enumerate() {
        let src = unit.file.bytes;
        for node in walk(unit.root) {
            let branches = branches(program, number, src, node);
            let elsewhere = branches
                .iter()
                .filter(|(windows, _)| !windows)
                .any(|(_, parts)| asks_for_arm64(src, parts));
            let windows = branches.iter().find(|(windows, _)| *windows);
            let Some((_, case)) = windows.filter(|_| elsewhere) else { continue };
            if case.iter().any(|part| asks(src, *part) || names(src, *part, ARM64)) {
                continue;
            }
            let Some((literal, name)) = case.iter().find_map(|part| fixed(src, *part)) else {
                continue;
            };
            tables.push(ArchTable {
                place: place(&unit.file, literal),
                form: ArchTableForm::Text,
                known: vec!["amd64".into()],
                otherwise: ArchOutcome::ForX64(name),
                at: place(&unit.file, literal),
                refuses: false,
                sure: false,
            });
        }
    }
}

/// The branches of a switch or of a chain of `if`s: whether it is the one for Windows, whatever the
/// architecture is, and its parts.
fn branches<'t>(
    program: &Program<'_>,
    unit: usize,
    src: &'t [u8],
    node: Node<'t>,
) -> Vec<(bool, Vec<Node<'t>>)> {
    let goos = |node: Node<'t>| is_goos(program, unit, src, node);
    let literal = |node: Node<'t>| string(src, node).as_deref() == Some("windows");
    let equals = |node: Node<'t>| {
        let (left, right) = (node.child_by_field_name("left"), node.child_by_field_name("right"));
        node.kind() == "binary_expression"
            && field(src, node, "operator") == "=="
            && left.is_some_and(goos)
            && right.is_some_and(literal)
    };
    match node.kind() {
        "expression_switch_statement" => {
            let tag = node.child_by_field_name("value");
            if tag.is_some_and(|tag| !goos(tag)) {
                return Vec::new();
            }
            let is_case = |part: &Node<'t>| part.kind() == "expression_case";
            let cases = parts(node).into_iter().filter(is_case);
            let branch = |case: Node<'t>| {
                let values = case.child_by_field_name("value").map(parts).unwrap_or_default();
                let windows = values
                    .iter()
                    .any(|value| if tag.is_some() { literal(*value) } else { equals(*value) });
                (windows, vec![case])
            };
            cases.map(branch).collect()
        }
        "if_statement" if node.parent().is_none_or(|above| above.kind() != "if_statement") => {
            let mut found = Vec::new();
            let mut next = Some(node);
            while let Some(part) = next.filter(|part| part.kind() == "if_statement") {
                let condition = part.child_by_field_name("condition");
                let body = part.child_by_field_name("consequence");
                next = part.child_by_field_name("alternative");
                let windows = condition.is_some_and(equals);
                found.push((windows, condition.into_iter().chain(body).collect()));
            }
            found.extend(next.map(|rest| (false, vec![rest])));
            found
        }
        _ => Vec::new(),
    }
}

fn is_goos(program: &Program<'_>, unit: usize, src: &[u8], tag: Node<'_>) -> bool {
    tag.kind() == "selector_expression"
        && field(src, tag, "field") == "GOOS"
        && program.import(unit, field(src, tag, "operand")) == Some("runtime")
}

/// Whether the architecture is asked for below a node.
fn asks(src: &[u8], node: Node<'_>) -> bool {
    walk(node).any(|node| node.kind() == "field_identifier" && text(src, node) == "GOARCH")
}

/// Whether a branch has something for ARM64 that depends on the architecture.
fn asks_for_arm64(src: &[u8], branch: &[Node<'_>]) -> bool {
    branch.iter().any(|part| asks(src, *part)) && branch.iter().any(|part| names(src, *part, ARM64))
}

fn names(src: &[u8], node: Node<'_>, words: &[&str]) -> bool {
    walk(node).filter(|node| is_string(*node)).any(|node| {
        let text = string(src, node).unwrap_or_default().to_ascii_lowercase();
        words.iter().any(|word| has_word(&text, word))
    })
}

/// The literal that names x64.
fn fixed<'t>(src: &[u8], case: Node<'t>) -> Option<(Node<'t>, String)> {
    walk(case).filter(|node| is_string(*node)).find_map(|node| {
        let name = string(src, node)?;
        let lower = name.to_ascii_lowercase();
        X64.iter().any(|word| has_word(&lower, word)).then_some((node, name))
    })
}
