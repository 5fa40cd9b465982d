//! How texts for people say what a finding and its evidence hold: the same words on the terminal and in a browser.

use super::reach;
use super::view::{View, names};
use crate::model::{ChainLink, ControlOutcome, Evidence, Finding, Location, ModuleRef};

/// The message, with its place in front where it does not name it.
pub(super) fn sentence(finding: &Finding) -> String {
    match place(finding) {
        Some(place) if !finding.message.contains(&place) => format!("{place}: {}", finding.message),
        _ => finding.message.clone(),
    }
}

/// What the finding is about: `github.com/go-ole/go-ole v1.2.5`, or the name of its subject.
pub(super) fn heading(view: &View<'_>, finding: &Finding) -> String {
    let name = finding.package.as_deref().unwrap_or_else(|| view.name(&finding.subject));
    name.to_owned() + &version(finding.module.as_ref())
}

/// ` v1.2.5 (replaced by …)`, or nothing.
pub(super) fn version(module: Option<&ModuleRef>) -> String {
    let Some(ModuleRef { path: _, version, replaced_by, vendored: _ }) = module else {
        return String::new();
    };
    let version = version.as_ref().map(|v| format!(" {v}")).unwrap_or_default();
    let replaced =
        replaced_by.as_ref().map(|by| format!(" (replaced by {by})")).unwrap_or_default();
    version + &replaced
}

/// `file:line:column`, without the module and version that the heading already names.
pub(super) fn place(finding: &Finding) -> Option<String> {
    let Location { file, line, column, .. } = finding.location.as_ref()?;
    let file = file.as_deref()?;
    let own = finding.module.as_ref().and_then(|module| {
        let prefix = format!("{}@{}/", module.path, module.version.as_deref()?);
        file.strip_prefix(&prefix)
    });
    let numbers: String =
        [line, column].into_iter().flatten().map(|number| format!(":{number}")).collect();
    Some(own.unwrap_or(file).to_owned() + &numbers)
}

/// Where in an image.
pub(super) fn in_image(location: &Location) -> Option<String> {
    let Location { file: _, line: _, column: _, section, rva, file_offset, function } = location;
    let parts: Vec<String> = [
        section.clone(),
        rva.map(|rva| format!("RVA {rva:#x}")),
        file_offset.map(|offset| format!("file offset {offset:#x}")),
        function.as_ref().map(|function| format!("in {function}")),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// The order in which evidence is read, whatever order it was found in.
pub(super) const fn rank(evidence: &Evidence) -> u8 {
    match evidence {
        Evidence::Output { .. } => 0,
        Evidence::Source { .. } => 1,
        Evidence::Cause { .. } => 2,
        Evidence::Field { .. } => 3,
        Evidence::Code { .. } => 4,
        Evidence::Files { .. } => 5,
        Evidence::Listing { .. } => 6,
        Evidence::Control { .. } => 7,
        Evidence::Linked { .. } => 8,
        Evidence::Chain { .. } => 9,
        Evidence::Stops { .. } => 10,
        Evidence::Rule { .. } => 11,
        Evidence::Tried { .. } => 12,
        Evidence::Reproduce { .. } => 13,
    }
}

/// A package with its version.
pub(super) fn chain_link(link: &ChainLink) -> String {
    link.package.clone() + &version(link.module.as_ref())
}

/// Whether a line of help is there to be pasted: indented, a known program, or `NAME=value` first.
pub(super) fn is_command(line: &str) -> bool {
    let first = line.split(' ').next().unwrap_or_default();
    let assigns = first
        .split_once('=')
        .is_some_and(|(name, _)| name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_'));
    line.starts_with([' ', '\t']) || matches!(first, "go" | "git" | "gowoa") || assigns
}

/// What came of the same build for another target.
pub(super) fn control(target: &str, outcome: ControlOutcome) -> String {
    match outcome {
        ControlOutcome::Builds if target == "windows/amd64" => {
            format!("{target} builds with the same flags: an arm64 problem")
        }
        ControlOutcome::Builds => format!("{target} builds with the same flags"),
        ControlOutcome::Fails => format!("{target} fails too"),
        ControlOutcome::Unknown => format!("{target} could not be judged"),
    }
}

/// What an exe holds of the package; at most `most` functions are named.
pub(super) fn linked(
    image: &str,
    functions: &[String],
    reflection: bool,
    link_proof: bool,
    most: usize,
) -> String {
    let kept = if reflection { reach::NO_CALL } else { "" };
    let proof = if link_proof { reach::LINK_PROOF } else { "" };
    let what = match functions {
        [] => "the package".to_owned(),
        some => names(some, most, ", "),
    };
    format!("{image}{proof} links {what}{kept}")
}
