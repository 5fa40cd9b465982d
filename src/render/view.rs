//! The Report as every text for people looks at it: what is looked up again and again, and how it is counted.

use std::collections::HashMap;

use super::{is_open, plural};
use crate::model::{
    BuildState, CheckResult, Finding, Report, ResultVerdict, Severity, Subcommand, Subject,
    SubjectId,
};

/// The Report with what the sections look up in it.
pub(super) struct View<'a> {
    pub(super) report: &'a Report,
    pub(super) subjects: HashMap<&'a SubjectId, &'a Subject>,
    results: HashMap<&'a SubjectId, Vec<&'a CheckResult>>,
}

impl<'a> View<'a> {
    pub(super) fn new(report: &'a Report) -> Self {
        let subjects = report.subjects.iter().map(|subject| (&subject.id, subject)).collect();
        let mut results: HashMap<_, Vec<_>> = HashMap::new();
        for result in &report.results {
            results.entry(&result.subject).or_default().push(result);
        }
        Self { report, subjects, results }
    }

    /// The findings that make the report fail.
    pub(super) fn failing(&self) -> impl Iterator<Item = &'a Finding> {
        let threshold = self.report.plan.fail_on;
        self.report
            .findings
            .iter()
            .filter(move |f| is_open(f) && threshold.is_some_and(|limit| f.severity >= limit))
    }

    /// The word that asks for the same again.
    pub(super) fn subcommand(&self) -> &'static str {
        match self.report.plan.subcommand {
            Subcommand::Check => "check",
            Subcommand::Inspect => "inspect",
            Subcommand::Screen => "screen",
        }
    }

    /// What the checks say of a subject.
    pub(super) fn results(&self, id: &SubjectId) -> impl Iterator<Item = &'a CheckResult> {
        self.results.get(id).into_iter().flatten().copied()
    }

    /// The name of a subject, or its id where the Report does not list it.
    pub(super) fn name(&self, id: &'a SubjectId) -> &'a str {
        self.subjects.get(id).map_or(id.as_str(), |subject| subject.name.as_str())
    }

    /// Inconclusive results that keep the report from an answer (`gating`), or that do not; those with the same
    /// check and reason are one group, with the names of their subjects. `all`: also what a finding stops, which
    /// stands at the finding already.
    pub(super) fn inconclusive(
        &self,
        gating: bool,
        all: bool,
    ) -> Vec<(&'a CheckResult, Vec<&'a str>)> {
        let mut groups: Vec<(&CheckResult, Vec<&str>)> = Vec::new();
        let mut order = HashMap::new();
        let stopped = |r: &CheckResult| {
            let subject = self.subjects.get(&r.subject);
            subject.is_some_and(|subject| subject.build == Some(BuildState::Stopped))
        };
        let open = |r: &&CheckResult| {
            r.verdict == ResultVerdict::Inconclusive
                && r.gating == gating
                && (gating || all || !stopped(r))
        };
        for result in self.report.results.iter().filter(open) {
            let at = *order.entry((&result.check, &result.reason)).or_insert_with(|| {
                groups.push((result, Vec::new()));
                groups.len() - 1
            });
            groups[at].1.push(self.name(&result.subject));
        }
        groups
    }
}

/// A list of names cut at `limit`: `a, b and 3 more`.
pub(super) fn names<S: AsRef<str>>(all: &[S], limit: usize, separator: &str) -> String {
    let shown: Vec<&str> = all.iter().take(limit).map(AsRef::as_ref).collect();
    let more = all.len() - shown.len();
    match more {
        0 => shown.join(separator),
        _ => format!("{} and {more} more", shown.join(separator)),
    }
}

/// `3 errors` and the like.
pub(super) fn severities(count: u64, severity: Severity) -> String {
    plural(count, severity.as_str())
}

/// A count of things in memory as the Report counts.
pub(super) fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}
