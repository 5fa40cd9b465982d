//! A name for Windows that is fixed to x64, beside names for other systems that ask for the architecture.

use tree_sitter::Node;

use super::has_word;
use super::program::{At, Program};
use crate::facts::source::{ArchOutcome, ArchTable, ArchTableForm};
use crate::source::golang::node::{field, is_string, parts, place, string, text, walk};

/// What names x64 in the name of something that is downloaded or started.
const X64: &[&str] = &["x64", "amd64", "x86_64", "x86-64", "win64"];
/// What names ARM64.
const ARM64: &[&str] = &["arm64", "aarch64"];

/// Adds the switches on GOOS whose case for Windows names x64 and does not ask, while another asks for arm64.
pub(super) fn find(program: &Program<'_>, tables: &mut Vec<ArchTable>) {
    for (number, unit) in program.units.iter().enumerate() {
        let src = unit.file.bytes;
        for switch in walk(unit.root).filter(|node| node.kind() == "expression_switch_statement") {
            let tag = switch.child_by_field_name("value");
            if !tag.is_some_and(|tag| is_goos(program, number, src, tag)) {
                continue;
            }
            let (mut windows, mut elsewhere) = (None, false);
            for case in parts(switch).into_iter().filter(|part| part.kind() == "expression_case") {
                let values = case.child_by_field_name("value").map(parts).unwrap_or_default();
                let is = |os: &str| {
                    values.iter().any(|value| string(src, *value).as_deref() == Some(os))
                };
                if is("windows") {
                    windows = Some(case);
                } else {
                    elsewhere |= asks(src, case) && names(src, case, ARM64);
                }
            }
            let Some(case) = windows.filter(|case| elsewhere && !asks(src, *case)) else {
                continue;
            };
            let Some((literal, name)) = fixed(src, case) else { continue };
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

fn is_goos<'t>(program: &Program<'t>, unit: usize, src: &'t [u8], tag: Node<'t>) -> bool {
    tag.kind() == "selector_expression"
        && field(src, tag, "field") == "GOOS"
        && program.import(unit, field(src, tag, "operand")) == Some("runtime")
        && !program.text(At { unit, node: tag }).is_empty()
}

/// Whether the architecture is asked for below a node.
fn asks(src: &[u8], node: Node<'_>) -> bool {
    walk(node).any(|node| node.kind() == "field_identifier" && text(src, node) == "GOARCH")
}

fn names(src: &[u8], node: Node<'_>, words: &[&str]) -> bool {
    walk(node).filter(|node| is_string(*node)).any(|node| {
        let text = string(src, node).unwrap_or_default().to_ascii_lowercase();
        words.iter().any(|word| has_word(&text, word))
    })
}

/// The literal that names x64, where no other in the case names ARM64.
fn fixed<'t>(src: &[u8], case: Node<'t>) -> Option<(Node<'t>, String)> {
    if names(src, case, ARM64) {
        return None;
    }
    walk(case).filter(|node| is_string(*node)).find_map(|node| {
        let name = string(src, node)?;
        let lower = name.to_ascii_lowercase();
        X64.iter().any(|word| has_word(&lower, word)).then_some((node, name))
    })
}
