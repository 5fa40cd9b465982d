//! What was proven and, as plainly, what was not; and the totals.

use std::collections::BTreeSet;

use super::view::{View, count};
use super::{claims, counts, plural};
use crate::model::{BuildState, Report, ReportVerdict, ResultVerdict, Subcommand, SubjectKind};

/// What `gowoa inspect` is given.
pub(super) const FILES: &[SubjectKind] =
    &[SubjectKind::Image, SubjectKind::Object, SubjectKind::File, SubjectKind::Container];

/// One thing that was proven, or was not.
pub(super) struct Row<'a> {
    /// A short label, such as `not run`.
    pub(super) label: &'a str,
    /// What, in one sentence.
    pub(super) text: String,
    /// Whether the text is only the number of the names.
    pub(super) counted: bool,
    /// The packages or files concerned.
    pub(super) names: Vec<&'a str>,
    /// What else is to be said.
    pub(super) more: Option<String>,
}

impl<'a> Row<'a> {
    fn new(label: &'a str, text: String) -> Self {
        Self { label, text, counted: false, names: Vec::new(), more: None }
    }
}

/// The rows in order, what was proven first.
pub(super) fn rows<'a>(view: &View<'a>) -> Vec<Row<'a>> {
    let report = view.report;
    let mut rows = vec![Row::new("proven", proven_text(view))];
    if report.verdict == ReportVerdict::Incomplete {
        rows.push(Row::new("judged", judged(view)));
    }
    let has = |label: &str| report.unproven.iter().any(|u| u.label.eq_ignore_ascii_case(label));
    let not_windows: Vec<&str> = report
        .subjects
        .iter()
        .filter(|s| s.kind == SubjectKind::Package && s.build == Some(BuildState::NotWindows))
        .map(|s| s.name.as_str())
        .collect();
    if !not_windows.is_empty() && !has("not windows") {
        let they = if not_windows.len() == 1 { "it fails" } else { "they fail" };
        let build = if not_windows.len() == 1 { "builds" } else { "build" };
        let platform = &report.host.platform;
        rows.push(Row {
            counted: true,
            more: Some(format!("{they} for windows/amd64 too and {build} for {platform}")),
            ..Row::new("not Windows", plural(count(not_windows.len()), "package"))
        });
        if let Some(row) = rows.last_mut() {
            row.names = not_windows;
        }
    }
    if report.counts.run == 0 && !has("not run") {
        rows.push(Row::new("not run", "no program and no test was executed".to_owned()));
    }
    rows.extend(report.unproven.iter().map(|unproven| Row {
        names: unproven.names.iter().map(String::as_str).collect(),
        ..Row::new(&unproven.label, unproven.text.clone())
    }));
    rows
}

/// The proof in counts; it says nothing that no check looked at.
fn proven_text(view: &View<'_>) -> String {
    let counts = &view.report.counts;
    if counts.compiled == 0 && counts.images == 0 {
        return "nothing".to_owned();
    }
    let mut parts = Vec::new();
    if counts.compiled > 0 {
        let verb = if counts.compiled == 1 { "compiles" } else { "compile" };
        let dependencies = view.report.subjects.iter().filter(|subject| {
            let built = matches!(subject.build, Some(BuildState::Compiled | BuildState::Linked));
            subject.kind == SubjectKind::Package && !subject.matched && built
        });
        let whose = match count(dependencies.count()) {
            0 => String::new(),
            1 => " (1 of them a dependency)".to_owned(),
            many => format!(" ({many} of them dependencies)"),
        };
        parts.push(format!("{}{whose} {verb}", plural(counts.compiled, "package")));
        let linked = if counts.linked == 1 { "1 is linked" } else { "are linked" };
        parts.push(match counts.linked {
            0 => "none is linked".to_owned(),
            1 => linked.to_owned(),
            many => format!("{many} {linked}"),
        });
    }
    if counts.tests_built > 0 {
        parts.push(format!("{} built", plural(counts.tests_built, "test binary")));
    }
    if counts.run > 0 {
        parts.push(format!("{} run", plural(counts.run, "program")));
    }
    if counts.images > 0 {
        let inspected = plural(counts.images, "image");
        parts.push(match claims::claim(view) {
            Some(claim) => format!("{inspected} inspected, {claim}"),
            None => format!("{inspected} inspected"),
        });
    }
    parts.join("; ")
}

/// How far an incomplete report came.
fn judged(view: &View<'_>) -> String {
    let (kinds, noun): (&[SubjectKind], _) = match view.report.plan.subcommand {
        Subcommand::Check | Subcommand::Screen => (&[SubjectKind::Package], "package"),
        Subcommand::Inspect => (FILES, "file"),
    };
    let judged: BTreeSet<_> = view
        .report
        .results
        .iter()
        .filter(|r| r.verdict != ResultVerdict::Inconclusive)
        .filter(|r| view.subjects.get(&r.subject).is_some_and(|s| kinds.contains(&s.kind)))
        .map(|r| &r.subject)
        .collect();
    let findings = match count(view.report.findings.len()) {
        0 => "no finding".to_owned(),
        number => plural(number, "finding"),
    };
    format!("so far {}, {findings}", plural(count(judged.len()), noun))
}

/// `1 error, 0 warnings, 2 notes, 1 waived, 2 known.`
pub(super) fn counts(report: &Report) -> String {
    counts::all(&report.counts) + "."
}
