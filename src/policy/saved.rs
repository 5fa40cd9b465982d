//! Whether a saved report can be believed: it may be damaged, or edited so that a job turns green.
//!
//! What gowoa writes agrees with itself. A report that does not is refused, with the field that does not fit
//! ([`contradiction`]). Of the answer the worse one holds: the one that is stated, or the one that its content makes
//! ([`verdict`]). Nobody can tell whether content was taken out as a whole; who needs that signs the file.

use std::collections::HashSet;

use super::totals;
use crate::model::{CheckId, Report, ReportVerdict, ResultVerdict, SubjectId};

/// A field of a report that the rest of it contradicts. The user's input.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Contradiction {
    /// A total of findings or results is another one.
    #[error("counts.{field} is {stated}, and its findings and results make it {found}")]
    Total {
        /// The field.
        field: &'static str,
        /// What stands there.
        stated: u64,
        /// What it is.
        found: u64,
    },
    /// More is claimed than the subjects show.
    #[error("counts.{field} is {stated}, and its subjects show {found}")]
    Claim {
        /// The field.
        field: &'static str,
        /// What stands there.
        stated: u64,
        /// What the subjects show.
        found: u64,
    },
    /// A check failed without saying what is wrong.
    #[error("results: {check} is fail for {subject}, and no finding says why")]
    NoFinding {
        /// The check.
        check: CheckId,
        /// The subject.
        subject: SubjectId,
    },
}

/// The first thing in which a report contradicts itself.
pub fn contradiction(report: &Report) -> Option<Contradiction> {
    let mut counted = report.counts.clone();
    totals::recount(&mut counted, &report.findings, &report.results);
    let (stated, found) = (&report.counts, &counted);
    let totals = [
        ("errors", stated.errors, found.errors),
        ("warnings", stated.warnings, found.warnings),
        ("notes", stated.notes, found.notes),
        ("waived", stated.waived, found.waived),
        ("known", stated.known, found.known),
        ("inconclusive", stated.inconclusive, found.inconclusive),
    ];
    if let Some((field, stated, found)) = totals.into_iter().find(|(_, a, b)| a != b) {
        return Some(Contradiction::Total { field, stated, found });
    }
    // Modules claim nothing by themselves. A screening counts no image, and may show some.
    let (mut stated, mut shown) = (stated.clone(), totals::of_subjects(&report.subjects));
    let claims = totals::subject_counts(&mut stated).into_iter();
    let mut claims = claims.zip(totals::subject_counts(&mut shown));
    let more =
        |((field, a), (_, b)): &((&str, &mut u64), (&str, &mut u64))| a > b && *field != "modules";
    if let Some(((field, stated), (_, found))) = claims.find(more) {
        return Some(Contradiction::Claim { field, stated: *stated, found: *found });
    }
    let found: HashSet<(&CheckId, &SubjectId)> =
        report.findings.iter().map(|finding| (&finding.check, &finding.subject)).collect();
    let alone = report.results.iter().find(|result| {
        result.verdict == ResultVerdict::Fail && !found.contains(&(&result.check, &result.subject))
    });
    alone.map(|result| Contradiction::NoFinding {
        check: result.check.clone(),
        subject: result.subject.clone(),
    })
}

/// The answer that the content makes, at the report's own threshold.
pub fn verdict(report: &Report) -> ReportVerdict {
    super::verdict(&report.findings, report.plan.fail_on, gating(report), judged(report))
}

/// Whether something that matters could not be judged.
pub(super) fn gating(report: &Report) -> bool {
    !report.problems.is_empty() || report.results.iter().any(|result| result.gating)
}

/// Whether anything that was asked for was judged.
pub(super) fn judged(report: &Report) -> bool {
    let Report { plan, subjects, results, findings, .. } = report;
    totals::is_judged(plan.subcommand, subjects, results, findings)
}

#[cfg(test)]
mod tests;
