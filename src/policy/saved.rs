//! Whether a saved report can be believed: it may be damaged, or edited so that a job turns green.
//!
//! What gowoa writes agrees with itself. A report that does not is refused, with the field that does not fit
//! ([`contradiction`]). Of the answer the worse one holds: the one that is stated, or the one that its content makes
//! ([`verdict`]). Nobody can tell whether content was taken out as a whole; who needs that signs the file.

use std::collections::HashSet;

use super::totals;
use crate::model::{
    BuildState, CheckId, Report, ReportVerdict, ResultVerdict, Subcommand, SubjectId,
};

/// What is built for, as the plan says it.
const TARGET: &str = "windows/arm64";
/// The check that says whether a package builds.
const BUILDS: &str = "cross-compile";

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
    /// Something was built for another target; gowoa builds for one alone.
    #[error("plan.target is {0:?}, and gowoa builds for windows/arm64")]
    Target(String),
    /// Findings are in a baseline, and there was none.
    #[error("findings are known from a baseline, and plan.baseline names none")]
    NoBaseline,
    /// What failed to build passes the check that says whether it builds.
    #[error("results: cross-compile is pass for {subject}, and its build failed")]
    NotBuilt {
        /// The subject.
        subject: SubjectId,
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
    of_totals(report).or_else(|| of_plan(report)).or_else(|| of_results(report))
}

/// What the plan cannot have made.
fn of_plan(report: &Report) -> Option<Contradiction> {
    let plan = &report.plan;
    let builds = plan.subcommand != Subcommand::Inspect;
    if builds && plan.target != TARGET {
        return Some(Contradiction::Target(plan.target.clone()));
    }
    let known = report.findings.iter().any(|finding| finding.known);
    (known && plan.baseline.is_none()).then_some(Contradiction::NoBaseline)
}

fn of_totals(report: &Report) -> Option<Contradiction> {
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
    claims.find(more).map(|((field, stated), (_, found))| Contradiction::Claim {
        field,
        stated: *stated,
        found: *found,
    })
}

fn of_results(report: &Report) -> Option<Contradiction> {
    let failed: HashSet<&SubjectId> = report
        .subjects
        .iter()
        .filter(|subject| subject.build == Some(BuildState::Failed))
        .map(|subject| &subject.id)
        .collect();
    let built = report.results.iter().find(|result| {
        let passes = result.verdict == ResultVerdict::Pass;
        passes && result.check.as_str() == BUILDS && failed.contains(&result.subject)
    });
    if let Some(result) = built {
        return Some(Contradiction::NotBuilt { subject: result.subject.clone() });
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
