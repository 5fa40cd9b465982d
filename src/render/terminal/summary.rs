//! What could not be judged, what was proven, what was not, and the totals.

use super::evidence::OUTPUT_LINES;
use super::screen::{Screen, Tone};
use super::{IN_JSON, View, clip, count, names, plural};
use crate::model::{
    BuildState, Problem, ReportVerdict, Severity, Subcommand, Subject, SubjectKind,
};
use crate::render::proven::{self, FILES, counts};

/// Names behind a label such as `not Windows`.
const NAMES: usize = 12;
/// Problems that are shown.
const PROBLEMS: usize = 10;
/// Kinds of inconclusive results that are shown.
const OPEN: usize = 10;
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
    let groups = view.inconclusive(gating, all);
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
    let rows: Vec<(&str, String)> = proven::rows(view)
        .into_iter()
        .flat_map(|row| {
            let listed = (!row.names.is_empty()).then(|| names(&row.names, NAMES, " "));
            match listed {
                // One line for what is counted and then listed, two where the text is a sentence.
                Some(listed) if row.counted => vec![format!("{}: {listed}", row.text)],
                listed => [row.text].into_iter().chain(listed).collect(),
            }
            .into_iter()
            .chain(row.more)
            .enumerate()
            .map(move |(number, text)| (if number == 0 { row.label } else { "" }, text))
        })
        .collect();
    let width =
        rows.iter().map(|(label, _)| label.chars().count().min(20)).max().unwrap_or(0).max(LABEL);
    screen.gap();
    for (label, text) in rows {
        screen.label(label, width + 4, &text);
    }
}

/// The totals, and where to read on.
pub(super) fn ending(screen: &mut Screen, view: &View<'_>, all: bool) {
    let report = view.report;
    let mut worth = report.findings.iter().filter(|f| f.is_open() && f.severity > Severity::Note);
    let counts = counts(report);
    match worth.next() {
        Some(finding) => screen.line(&format!("{counts} More: gowoa explain {}", finding.check)),
        None if !all && report.counts.packages > 0 => {
            screen.line(&format!("{counts} Every package: {}", view.with_all()));
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
