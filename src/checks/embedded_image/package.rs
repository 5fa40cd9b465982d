//! What `//go:embed` puts into a package, also where no exe links it. What an exe carries is judged there.

use std::collections::BTreeSet;

use crate::facts::embedded::{EmbedFacts, EmbeddedFacts, EmbeddedImage};
use crate::facts::{PackageFacts, UnitFacts};
use crate::model::{Finding, Severity, Verdict};

use super::super::Context;
use super::super::draft::{self, reachability};
use super::{Carrier, NOT_OPENED, findings, judge as judge_image, not_opened};

/// The answer for a package.
pub(super) fn judge(package: &PackageFacts, cx: Context<'_>) -> Verdict {
    let Some(embeds) = &package.embeds else {
        return Verdict::NotApplicable("it embeds no files that are or hold images".into());
    };
    let known = carried(cx.unit);
    let in_exe = |image: &EmbeddedImage| {
        let cut = embeds.cut.get(&image.sha256).unwrap_or(&image.sha256);
        known.contains(image.sha256.as_str()) || known.contains(cut.as_str())
    };
    let all = &embeds.found;
    let wrong = |image: &&EmbeddedImage| judge_image(image, all).is_some();
    let (there, rest): (Vec<_>, Vec<_>) =
        all.images.iter().filter(wrong).partition(|image| in_exe(image));
    if rest.is_empty() {
        return match (there.is_empty(), all.unopened.as_slice()) {
            (false, _) => Verdict::NotApplicable(
                "an exe carries what it embeds; that finding says what".into(),
            ),
            (true, []) => Verdict::Pass,
            // What an exe carries of it is looked into there, and no other program is built here.
            (true, unopened) => {
                Verdict::Inconclusive { reason: not_opened(unopened), gating: false }
            }
        };
    }
    Verdict::Fail(of_package(package, embeds, &|image| in_exe(image), cx))
}

fn of_package(
    package: &PackageFacts,
    embeds: &EmbedFacts,
    in_exe: &dyn Fn(&EmbeddedImage) -> bool,
    cx: Context<'_>,
) -> Vec<Finding> {
    let carrier = Carrier {
        carries: format!("{} embeds", package.import_path),
        package: Some(&package.import_path),
    };
    // Those for ARM64 stay: they may stand beside the others.
    let mut open: EmbeddedFacts = embeds.found.clone();
    open.images.retain(|image| !in_exe(image));
    let mut findings = findings(&carrier, &open, cx);
    for finding in &mut findings {
        let file = finding.location.take().and_then(|location| location.section);
        finding.location = file.as_deref().map(|file| draft::in_file(package, file));
        // An exe links the package and does not carry the file: the linker dropped what refers to it.
        let dropped = package.linked && finding.class.as_deref() != Some(NOT_OPENED);
        if dropped && finding.severity == Severity::Error {
            finding.severity = Severity::Warning;
        }
        *finding = draft::about_package(finding.clone(), package, reachability(package));
    }
    findings
}

/// SHA-256 of everything that the exes carry.
fn carried(unit: &UnitFacts) -> BTreeSet<&str> {
    let embedded = unit.images.iter().filter_map(|image| image.embedded.as_ref()?.as_ref().ok());
    embedded.flat_map(|embedded| &embedded.images).map(|image| image.sha256.as_str()).collect()
}
