//! The Report as every text for people looks at it: what is looked up again and again, and how it is counted.

use std::borrow::Cow;
use std::collections::HashMap;

use super::again::Again;
use super::words;
use crate::model::{
    AnchorKind, BuildState, CheckResult, Evidence, Finding, Report, ResultVerdict, Severity,
    Subcommand, Subject, SubjectId,
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
        self.report.findings.iter().filter(move |finding| finding.fails(threshold))
    }

    /// The word that asks for the same again.
    pub(super) const fn subcommand(&self) -> &'static str {
        self.report.plan.subcommand.as_str()
    }

    /// How to ask for the same with everything listed: a command where it is short, and words where it would ask for
    /// something else without all that was asked for.
    pub(super) fn with_all(&self) -> String {
        let short = format!("{} {}", self.report.tool.name, self.subcommand());
        let again = Again::of(self.report).map(|again| again.command);
        match again.as_deref().and_then(|again| again.strip_prefix(&short)) {
            Some("" | " ./...") => format!("{short} --all"),
            _ => "the same with --all".to_owned(),
        }
    }

    /// Where the commands of findings run, where that is not where gowoa was started.
    pub(super) fn commands_run_in(&self) -> Option<&'a str> {
        let plan = &self.report.plan;
        let directory = plan.directory.as_deref().filter(|directory| *directory != ".")?;
        let is_shown = |finding: &&Finding| {
            finding.is_open()
                && (finding.severity > Severity::Note || plan.subcommand == Subcommand::Screen)
        };
        let has_command = |finding: &Finding| {
            finding.help.iter().flat_map(|help| help.lines()).any(words::is_command)
                || finding
                    .evidence
                    .iter()
                    .any(|one| matches!(one, Evidence::Reproduce { .. } | Evidence::Listing { .. }))
        };
        // What is screened with --module is in no directory.
        let any = self.report.findings.iter().filter(is_shown).any(has_command);
        (any && plan.module.is_none()).then_some(directory)
    }

    /// What the checks say of a subject.
    pub(super) fn results(&self, id: &SubjectId) -> impl Iterator<Item = &'a CheckResult> {
        self.results.get(id).into_iter().flatten().copied()
    }

    /// The name of a subject, or what its id calls it where the Report does not list it.
    pub(super) fn name(&self, id: &'a SubjectId) -> &'a str {
        match self.subjects.get(id) {
            Some(subject) => &subject.name,
            None => id.as_str().split_once(':').map_or(id.as_str(), |(_, name)| name),
        }
    }

    /// What paths are relative to, where that is not the root of the repository: its reader would open the wrong file.
    pub(super) fn base(&self) -> Option<Base<'a>> {
        let Report { plan, findings, .. } = self.report;
        if let Some(base) = plan.base.as_deref() {
            return (!findings.is_empty()).then_some(Base::Directory(base));
        }
        // Each of several reports has its own; what stands in the repository shows it.
        let elsewhere = |finding: &Finding| {
            let file = finding.location.as_ref().and_then(|place| place.file.as_deref());
            finding.anchor.as_ref().is_some_and(|anchor| match anchor.kind {
                AnchorKind::Location => file.is_some_and(|file| file != anchor.file),
                // A go.mod that is not at the root; its commands run beside it.
                AnchorKind::Requirement | AnchorKind::Module => anchor.file.contains('/'),
                AnchorKind::Package => false,
            })
        };
        (!plan.reports.is_empty() && findings.iter().any(elsewhere)).then_some(Base::OfEach)
    }

    /// What a finding is about: its package, or else its subject.
    pub(super) fn about(&self, finding: &'a Finding) -> &'a str {
        finding.package.as_deref().unwrap_or_else(|| self.name(&finding.subject))
    }

    /// What stands before the name in the id of a subject that is one of several of that name: the directory of its
    /// module, or the label of a merged report (`package:tools!m/p`).
    pub(super) fn unit(&self, id: &'a SubjectId) -> Option<&'a str> {
        let (_, unique) = id.as_str().split_once(':')?;
        let name = self.subjects.get(id)?.name.as_str();
        let unit = unique.strip_suffix(name)?.strip_suffix('!')?;
        // The build of a module is called by its directory already.
        (!unit.is_empty() && unit != name).then_some(unit)
    }

    /// The name of a subject in a list, where others may have the same name.
    fn full_name(&self, id: &'a SubjectId) -> Cow<'a, str> {
        match self.unit(id) {
            Some(unit) => Cow::Owned(format!("{} (in {unit})", self.name(id))),
            None => Cow::Borrowed(self.name(id)),
        }
    }

    /// Inconclusive results that keep the report from an answer (`gating`), or that do not; those with the same
    /// check and reason are one group, with the names of their subjects. `all`: also what a finding stops, which
    /// stands at the finding already.
    pub(super) fn inconclusive(
        &self,
        gating: bool,
        all: bool,
    ) -> Vec<(&'a CheckResult, Vec<Cow<'a, str>>)> {
        let mut groups: Vec<(&CheckResult, Vec<Cow<'_, str>>)> = Vec::new();
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
            groups[at].1.push(self.full_name(&result.subject));
        }
        groups
    }
}

/// What paths are relative to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Base<'a> {
    /// A directory of the repository.
    Directory(&'a str),
    /// The directory that the finding says it is in.
    OfEach,
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

/// A count of things in memory as the Report counts.
pub(super) fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::sample::{empty_report, sample_report};
    use crate::render::terminal;

    #[test]
    fn what_runs_elsewhere_is_said_once_where_there_is_a_command() {
        let mut report = sample_report();
        report.plan.module = None;
        assert_eq!(View::new(&report).commands_run_in(), None);
        report.plan.directory = Some("app".to_owned());
        assert_eq!(View::new(&report).commands_run_in(), Some("app"));
        let text = terminal::render(&report, &terminal::Options::default());
        assert_eq!(text.matches("\n\nThe commands run in app\n\n").count(), 1, "{text}");
        report.findings.clear();
        assert_eq!(View::new(&report).commands_run_in(), None);
    }

    #[test]
    fn everything_is_asked_for_with_what_was_asked_for() {
        let mut report = empty_report();
        assert_eq!(View::new(&report).with_all(), "gowoa check --all");
        report.plan.subcommand = Subcommand::Screen;
        assert_eq!(View::new(&report).with_all(), "gowoa screen --all");
        report.plan.module = Some("d.e/m@v1.0.0".to_owned());
        report.plan.patterns.clear();
        assert_eq!(View::new(&report).with_all(), "the same with --all");
        report.plan.module = None;
        report.plan.directory = Some("app".to_owned());
        assert_eq!(View::new(&report).with_all(), "the same with --all");
    }
}
