//! What could not be judged, what was proven, what was not, and the totals.

use std::collections::BTreeSet;

use super::evidence::{OUTPUT_LINES, clip};
use super::screen::{Screen, Tone};
use super::{IN_JSON, View, count, images, is_open, names, plural, severities};
use crate::model::{
    BuildState, CheckResult, Problem, Report, ReportVerdict, ResultVerdict, Severity, Subcommand,
    Subject, SubjectKind,
};

/// Names behind a label such as `not Windows`.
const NAMES: usize = 12;
/// Problems that are shown.
const PROBLEMS: usize = 10;
/// Kinds of inconclusive results that are shown.
const OPEN: usize = 10;
/// What `gowoa inspect` is given.
const FILES: &[SubjectKind] =
    &[SubjectKind::Image, SubjectKind::Object, SubjectKind::File, SubjectKind::Container];
/// Labels of the closing block are at least this wide.
const LABEL: usize = 11;

/// What kept gowoa from looking, in the tool's words, and what to do next.
pub(super) fn problems(screen: &mut Screen, view: &View<'_>) {
    let problems = &view.report.problems;
    // A single problem is the headline of an incomplete report already.
    let said = problems.len() == 1 && view.report.verdict == ReportVerdict::Incomplete;
    for Problem { message, details, next } in problems.iter().take(PROBLEMS) {
        screen.gap();
        if !said {
            screen.prose(message);
        }
        let margin = if said { "" } else { "  " };
        for line in clip(&details.join("\n"), OUTPUT_LINES) {
            screen.indented(&format!("{margin}{line}"));
        }
        for (number, line) in next.iter().flat_map(|next| next.lines()).enumerate() {
            screen.keyed(if number == 0 { "next" } else { "" }, line);
        }
    }
    if problems.len() > PROBLEMS {
        let more = plural(count(problems.len() - PROBLEMS), "more problem");
        screen.line(&format!("and {more}: {IN_JSON}"));
    }
}

/// Results that keep the report from an answer.
pub(super) fn gating(screen: &mut Screen, view: &View<'_>) {
    inconclusive(screen, view, true, false);
}

/// Results that could not tell and do not change the verdict.
pub(super) fn not_gating(screen: &mut Screen, view: &View<'_>, all: bool) {
    inconclusive(screen, view, false, all);
}

/// Inconclusive results; those with the same check and reason are one line.
fn inconclusive(screen: &mut Screen, view: &View<'_>, gating: bool, all: bool) {
    let mut groups: Vec<(&CheckResult, Vec<&str>)> = Vec::new();
    let mut order = std::collections::HashMap::new();
    // What a finding stops stands there already.
    let stopped = |r: &CheckResult| {
        let subject = view.subjects.get(&r.subject);
        subject.is_some_and(|subject| subject.build == Some(crate::model::BuildState::Stopped))
    };
    let open = |r: &&CheckResult| {
        r.verdict == ResultVerdict::Inconclusive
            && r.gating == gating
            && (gating || all || !stopped(r))
    };
    for result in view.report.results.iter().filter(open) {
        let at = *order.entry((&result.check, &result.reason)).or_insert_with(|| {
            groups.push((result, Vec::new()));
            groups.len() - 1
        });
        groups[at].1.push(view.name(&result.subject));
    }
    let shown = if all { groups.len() } else { groups.len().min(OPEN) };
    if shown > 0 {
        screen.gap();
    }
    for (result, subjects) in &groups[..shown] {
        let reason = result.reason.as_deref().unwrap_or("no reason given");
        let lines = clip(reason, OUTPUT_LINES);
        let (first, rest) = lines.split_first().map_or(("", &lines[..]), |(f, r)| (f.as_str(), r));
        let rest_of_line = format!("[{}] {}: {first}", result.check, names(subjects, NAMES, ", "));
        screen.toned_line(Tone::Doubt, "inconclusive", &rest_of_line);
        for line in rest {
            screen.indented(line);
        }
    }
    if groups.len() > shown {
        let more = plural(count(groups.len() - shown), "more inconclusive result");
        screen.line(&format!("and {more}: {IN_JSON}"));
    }
}

/// What was proven and, as plainly, what was not.
pub(super) fn proven(screen: &mut Screen, view: &View<'_>) {
    let report = view.report;
    let mut rows: Vec<(&str, String)> = vec![("proven", proven_text(view))];
    if report.verdict == ReportVerdict::Incomplete {
        rows.push(("judged", judged(view)));
    }
    let has = |label: &str| report.unproven.iter().any(|u| u.label.eq_ignore_ascii_case(label));
    let not_windows: Vec<&str> = report
        .subjects
        .iter()
        .filter(|s| s.kind == SubjectKind::Package && s.build == Some(BuildState::NotWindows))
        .map(|s| s.name.as_str())
        .collect();
    if !not_windows.is_empty() && !has("not windows") {
        let number = plural(count(not_windows.len()), "package");
        let they = if not_windows.len() == 1 { "it fails" } else { "they fail" };
        let build = if not_windows.len() == 1 { "builds" } else { "build" };
        rows.push(("not Windows", format!("{number}: {}", names(&not_windows, NAMES, " "))));
        rows.push((
            "",
            format!("{they} for windows/amd64 too and {build} for {}", report.host.platform),
        ));
    }
    if report.counts.run == 0 && !has("not run") {
        rows.push(("not run", "no program and no test was executed".to_owned()));
    }
    for unproven in &report.unproven {
        rows.push((&unproven.label, unproven.text.clone()));
        if !unproven.names.is_empty() {
            rows.push(("", names(&unproven.names, NAMES, " ")));
        }
    }
    let width =
        rows.iter().map(|(label, _)| label.chars().count().min(20)).max().unwrap_or(0).max(LABEL);
    screen.gap();
    for (label, text) in rows {
        screen.label(label, width + 4, &text);
    }
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
        parts.push(match images::claim(view) {
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
    let counts = &report.counts;
    let mut parts = vec![
        severities(counts.errors, Severity::Error),
        severities(counts.warnings, Severity::Warning),
        severities(counts.notes, Severity::Note),
    ];
    if counts.waived > 0 {
        parts.push(format!("{} waived", counts.waived));
    }
    if counts.known > 0 {
        parts.push(format!("{} known", counts.known));
    }
    if counts.inconclusive > 0 {
        parts.push(format!("{} inconclusive", counts.inconclusive));
    }
    parts.join(", ") + "."
}

/// The totals, and where to read on.
pub(super) fn ending(screen: &mut Screen, view: &View<'_>, all: bool) {
    let report = view.report;
    let mut worth = report.findings.iter().filter(|f| is_open(f) && f.severity > Severity::Note);
    let counts = counts(report);
    match worth.next() {
        Some(finding) => screen.line(&format!("{counts} More: gowoa explain {}", finding.check)),
        None if !all && report.counts.packages > 0 => {
            screen.line(&format!("{counts} Every package: gowoa {} --all", view.subcommand()));
        }
        None => screen.line(&counts),
    }
}

/// Every file that was given, with what it is.
pub(super) fn files(screen: &mut Screen, view: &View<'_>) {
    let listed: Vec<&Subject> =
        view.report.subjects.iter().filter(|s| FILES.contains(&s.kind)).collect();
    if listed.is_empty() || view.report.plan.subcommand != Subcommand::Inspect {
        return;
    }
    let machine = |s: &Subject| match (&s.machine, s.kind) {
        (Some(machine), _) => machine.clone(),
        (None, SubjectKind::Container) => "-".to_owned(),
        (None, _) => "machine unknown".to_owned(),
    };
    // One long name of a machine must not push the files out of sight.
    const WIDEST: usize = 32;
    let columns = |text: &str| text.chars().count().min(WIDEST);
    let width = listed.iter().map(|s| columns(&machine(s))).max().unwrap_or(0);
    screen.gap();
    screen.line("Every file: kind, machine, name");
    for subject in listed {
        let (kind, machine) = (subject.kind.as_str(), machine(subject));
        screen.indented(&format!("{kind:9}  {machine:width$}  {}", subject.name));
    }
}

/// Every package with its build state and its class.
pub(super) fn packages(screen: &mut Screen, view: &View<'_>) {
    let listed: Vec<&Subject> = view
        .report
        .subjects
        .iter()
        .filter(|s| matches!(s.kind, SubjectKind::Package | SubjectKind::Test))
        .collect();
    if listed.is_empty() {
        return;
    }
    let build = |s: &Subject| s.build.map_or("-", BuildState::as_str);
    let class = |s: &Subject| s.class.map_or("-", crate::model::FileSetClass::as_str);
    let build_width = listed.iter().map(|s| build(s).len()).max().unwrap_or(0);
    let class_width = listed.iter().map(|s| class(s).len()).max().unwrap_or(0);
    screen.gap();
    screen.line("Every package: build state, file-set class, name");
    for subject in listed {
        let tests = if subject.kind == SubjectKind::Test { " (tests)" } else { "" };
        let version = subject
            .module
            .as_ref()
            .and_then(|module| module.version.as_ref())
            .map(|version| format!(" {version}"))
            .unwrap_or_default();
        let (build, class) = (build(subject), class(subject));
        let name = &subject.name;
        screen.indented(&format!(
            "{build:build_width$}  {class:class_width$}  {name}{version}{tests}"
        ));
    }
}
