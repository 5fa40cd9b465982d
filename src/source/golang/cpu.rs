//! Questions to the processor that Windows does not answer.

use std::collections::BTreeSet;

use tree_sitter::Node;

use crate::facts::SourceFacts;
use crate::facts::source::CpuDetection;
use crate::source::golang::node::{ancestors, field, imports, place, text, walk};
use crate::source::package::Seen;
use crate::source::prefilter::Group;

/// The package of Go's authors; its `ARM64` has a field for each feature.
const X_SYS: &str = "golang.org/x/sys/cpu";
/// Its features that every processor which Windows runs on has, so that nobody asks to be faster.
const ALWAYS: &[&str] = &["HasFP"];
/// Features of ARM64 in `github.com/klauspost/cpuid` (its cpuid.go, "ARM features").
const CPUID_FEATURES: &[&str] = &[
    "AESARM", "ASIMD", "ASIMDDP", "ASIMDHP", "ASIMDRDM", "ATOMICS", "BF16", "CRC32", "DCPODP",
    "DCPOP", "FCMA", "FHM", "FPHP", "I8MM", "JSCVT", "LRCPC", "PMULL", "RNDR", "SHA1", "SHA2",
    "SHA3", "SHA512", "SM3", "SM4", "SVE", "SVE2",
];

/// Adds what is found in a package.
pub(in crate::source) fn find(seen: &Seen<'_>, facts: &mut SourceFacts) {
    for number in (0..seen.len()).filter(|number| seen.hits(*number).has(Group::Cpu)) {
        let (Some(file), Some(tree)) = (seen.file(number), seen.tree(number)) else { continue };
        let imports = imports(file.bytes, tree.root_node());
        let mut known = BTreeSet::new();
        for node in walk(tree.root_node()).filter(|node| node.kind() == "selector_expression") {
            let Some((package, feature)) = asked(file.bytes, node) else { continue };
            let Some(path) = imports.get(package) else { continue };
            let arm64 = match path.as_str() {
                X_SYS => {
                    feature.starts_with("Has")
                        && !ALWAYS.contains(&feature)
                        && of_arm64(file.bytes, node)
                }
                path if path.starts_with("github.com/klauspost/cpuid") => {
                    CPUID_FEATURES.contains(&feature)
                }
                _ => false,
            };
            if arm64
                && !only_told(file.bytes, node)
                && !is_set(file.bytes, node)
                && known.insert(feature)
            {
                facts.cpu_detection.push(CpuDetection {
                    place: place(&file, node),
                    asks: path.clone(),
                    feature: Some(feature.to_owned()),
                });
            }
        }
    }
}

/// The package and the last name of `p.F` or `p.ARM64.F`.
fn asked<'t>(src: &'t [u8], node: Node<'t>) -> Option<(&'t str, &'t str)> {
    let feature = field(src, node, "field");
    let mut operand = node.child_by_field_name("operand")?;
    if operand.kind() == "selector_expression" {
        operand = operand.child_by_field_name("operand")?;
    }
    (operand.kind() == "identifier").then(|| (text(src, operand), feature))
}

fn of_arm64(src: &[u8], node: Node<'_>) -> bool {
    node.child_by_field_name("operand")
        .is_some_and(|operand| field(src, operand, "field") == "ARM64")
}

/// Whether the answer is printed or logged and selects nothing.
fn only_told(src: &[u8], node: Node<'_>) -> bool {
    ancestors(node).take(4).any(|around| {
        let called = field(src, around, "function").to_ascii_lowercase();
        around.kind() == "call_expression" && (called.contains("print") || called.contains("log"))
    })
}

/// Whether the answer is given here and not asked for: `cpu.ARM64.HasAES = true`, `CPU.Disable(…)`.
fn is_set(src: &[u8], node: Node<'_>) -> bool {
    let assigned = |statement: Node<'_>| {
        let left = statement.child_by_field_name("left").map(|left| left.byte_range());
        statement.kind() == "assignment_statement"
            && left.is_some_and(|left| left.contains(&node.start_byte()))
    };
    ancestors(node).take(4).any(|around| {
        let called = field(src, around, "function");
        let sets = [".Disable", ".Enable"].iter().any(|name| called.ends_with(name));
        assigned(around) || (around.kind() == "call_expression" && sets)
    })
}

#[cfg(test)]
mod tests {
    use crate::source::package::{PackageText, SourceFile, facts};

    fn found(path: &str, src: &str) -> Vec<String> {
        let go = vec![SourceFile { name: "a_arm64.go", bytes: src.as_bytes() }];
        let facts = facts(&PackageText { import_path: path, go, ..PackageText::default() });
        let of = |found: &crate::facts::source::CpuDetection| {
            format!(
                "{} {} {}",
                found.asks,
                found.feature.as_deref().unwrap_or("-"),
                found.place.line
            )
        };
        facts.cpu_detection.iter().map(of).collect()
    }

    #[test]
    fn features_of_arm64_are_found_once() {
        let src = r#"package p
import (
	c "golang.org/x/sys/cpu"
	"github.com/klauspost/cpuid/v2"
)
var useAES = c.ARM64.HasAES && c.ARM64.HasPMULL
func f() bool { return c.ARM64.HasAES || cpuid.CPU.Supports(cpuid.SHA2) }
"#;
        assert_eq!(
            found("p", src),
            [
                "golang.org/x/sys/cpu HasAES 6",
                "golang.org/x/sys/cpu HasPMULL 6",
                "github.com/klauspost/cpuid/v2 SHA2 7",
            ]
        );
        assert!(found("golang.org/x/sys/cpu", src).is_empty());
    }

    #[test]
    fn other_questions_are_none() {
        for src in [
            "package p\nimport \"golang.org/x/sys/cpu\"\nvar a = cpu.X86.HasAVX2\nvar b cpu.CacheLinePad",
            "package p\nimport \"github.com/klauspost/cpuid/v2\"\nvar a = cpuid.CPU.Supports(cpuid.AVX2, cpuid.BMI2)",
            "package p\nimport \"golang.org/x/sys/cpu\"\nfunc f() { println(cpu.ARM64.HasAES) }",
            "package p\nimport \"golang.org/x/sys/cpu\"\nfunc f() { cpu.ARM64.HasAES = true }",
            "package p\nimport \"github.com/klauspost/cpuid/v2\"\nfunc f() { cpuid.CPU.Disable(cpuid.ASIMD) }",
            "package p\n// golang.org/x/sys/cpu\nvar a = cpu.ARM64.HasAES",
        ] {
            assert!(found("p", src).is_empty(), "{src}");
        }
    }
}
