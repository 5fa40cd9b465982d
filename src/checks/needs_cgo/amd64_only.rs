//! What cgo has for windows/amd64 alone: libraries that `#cgo LDFLAGS` lines name, and Go files that import "C".
//! There a C compiler by itself does not help.

use crate::facts::PackageFacts;
use crate::facts::source::CgoDirective;
use crate::model::{Confidence, Evidence, Finding, Location, Severity};

use super::super::draft::{self, listed, reachability};
use super::super::{Context, advice};
use super::META;

/// Lines that a finding shows.
const SHOWN: usize = 4;

/// Adds it to a finding about cgo.
pub(super) fn add(finding: &mut Finding, package: &PackageFacts) {
    let (lines, files) = (directives(package), files(package));
    if lines.is_empty() && files.is_empty() {
        return;
    }
    finding.help = Some(help(package));
    evidence(finding, package, lines, &files);
}

/// With cgo on it is a finding of its own: the C compiler is there, and what it needs is not.
pub(super) fn finding(package: &PackageFacts, cx: Context<'_>) -> Option<Finding> {
    let lines = directives(package);
    // Files that amd64 has and arm64 has not are told by files-lost here: the lists show them with cgo on.
    let first = lines.first()?;
    let message = format!(
        "{} names libraries for windows/amd64 alone (#cgo {} LDFLAGS): cgo by itself does not help on arm64",
        package.import_path, first.condition
    );
    let mut finding = draft::finding(&META.id, cx.subject, Severity::Warning, message);
    finding.class = Some("cgo-amd64-only".into());
    finding.confidence = Confidence::Medium;
    finding.help = Some(help(package));
    let place = draft::at(package, &first.place);
    finding.location = Some(Location { function: None, ..place });
    evidence(&mut finding, package, lines, &[]);
    Some(draft::about_package(finding, package, reachability(package)))
}

/// The lines of `#cgo LDFLAGS`; none where their counterparts are there.
fn directives(package: &PackageFacts) -> &[CgoDirective] {
    package.source.as_ref().map_or(&[], |source| &source.cgo)
}

/// Go files that import "C" for windows/amd64, where arm64 has others of these and none in their place.
fn files(package: &PackageFacts) -> Vec<String> {
    let (Some(amd64), Some(arm64)) = (&package.amd64_cgo, &package.arm64_cgo) else {
        return Vec::new();
    };
    let new = arm64.cgo.iter().any(|file| !amd64.cgo.contains(file));
    if new || arm64.cgo.is_empty() {
        return Vec::new();
    }
    amd64.cgo.iter().filter(|file| !arm64.cgo.contains(file)).cloned().collect()
}

fn evidence(
    finding: &mut Finding,
    package: &PackageFacts,
    lines: &[CgoDirective],
    files: &[String],
) {
    let shown = lines.iter().take(SHOWN);
    finding.evidence.extend(shown.map(|line| draft::source(package, &line.place)));
    if let Some(file) = files.first() {
        finding.evidence.push(Evidence::Cause {
            text: format!(
                "with cgo, windows/amd64 has {} and windows/arm64 has not",
                listed(files, SHOWN)
            ),
            file: Some(package.report_path(file)),
            line: None,
        });
    }
}

fn help(package: &PackageFacts) -> String {
    if package.in_main_module() {
        "cgo by itself does not help: add the libraries for windows/arm64 and a line `#cgo windows,arm64 LDFLAGS: …` \
         for them"
            .into()
    } else {
        format!(
            "cgo by itself does not help: what it needs is there for windows/amd64 alone; {}",
            advice::without_cgo()
        )
    }
}
