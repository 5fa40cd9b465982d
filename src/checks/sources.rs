//! The source text of a package, for the checks that judge it.

use crate::facts::{PackageFacts, SourceFacts};
use crate::model::{Finding, Verdict};

use super::{Context, SubjectFacts, comparable};

/// Findings of one check about one package; more are counted.
const SHOWN: usize = 20;

/// A package that is part of the windows/arm64 build, and what its text says; else the answer of a check that
/// needs it.
pub(super) fn text_of<'a>(
    subject: SubjectFacts<'a>,
    cx: Context<'_>,
) -> Result<(&'a PackageFacts, &'a SourceFacts), Verdict> {
    let package = comparable(subject, cx)?;
    match &package.source {
        Some(source) => Ok((package, source)),
        None => Err(Verdict::NotApplicable("its source text was not read".into())),
    }
}

/// The verdict on what was found: nothing found in files that could not be read is no pass.
pub(super) fn verdict(mut findings: Vec<Finding>, source: &SourceFacts) -> Verdict {
    if findings.is_empty() {
        return unread(source, ".go").unwrap_or(Verdict::Pass);
    }
    let more = findings.len().saturating_sub(SHOWN);
    findings.truncate(SHOWN);
    if let Some(last) = findings.last_mut().filter(|_| more > 0) {
        last.message.push_str(&format!(" (and {more} more places in this package)"));
    }
    Verdict::Fail(findings)
}

/// The verdict where a file of this kind (by its ending) could not be read: nothing is known of it.
pub(super) fn unread(source: &SourceFacts, ending: &str) -> Option<Verdict> {
    let (file, reason) = source.unread.iter().find(|(file, _)| file.ends_with(ending))?;
    Some(Verdict::Inconclusive { reason: format!("{file}: {reason}"), gating: false })
}
