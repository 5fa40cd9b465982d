//! The text a person reads, on a terminal or in a CI log.
//!
//! The verdict comes first and can be read without scrolling: where what follows is longer than a screen, the
//! totals stand beside the verdict and both are repeated at the end, next to the prompt. Then what
//! keeps the report from an answer, the findings worst first, and what was proven and what was not.
//! Nothing is claimed that the Report does not hold.

mod escape;
mod evidence;
mod findings;
mod headline;
mod images;
mod screen;
mod summary;
mod table;
mod why;

pub use escape::escape;
pub(super) use escape::is_hidden;
pub use why::why;

use std::collections::HashMap;

use self::screen::Screen;
use super::{duration, is_open, plural};
use crate::model::{
    CheckResult, Finding, PhaseReport, Report, Severity, Subcommand, Subject, SubjectId,
};

/// More lines than this do not fit on a screen of the usual height.
const SCREEN_LINES: usize = 24;
/// Lines that always stand around the body: program, verdict, totals and the empty lines between.
const FRAME_LINES: usize = 6;
/// Where the rest of a shortened list is.
const IN_JSON: &str = "see the JSON report (--report json=PATH)";

/// How the text is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Lists every package with its class and build state, and every finding.
    pub all: bool,
    /// Colours the verdict and the severities with ANSI sequences.
    pub color: bool,
    /// Wraps prose at this many columns; 0 for no wrapping. Commands, paths and the words of tools are never wrapped.
    pub width: usize,
}

impl Default for Options {
    /// What a CI log gets.
    fn default() -> Self {
        Self { all: false, color: false, width: 100 }
    }
}

/// Renders the Report as text that ends with a newline.
pub fn render(report: &Report, options: &Options) -> String {
    let view = View::new(report);
    let mut body = Screen::new(options);
    summary::problems(&mut body, &view);
    summary::gating(&mut body, &view);
    match report.plan.subcommand {
        Subcommand::Screen => table::write(&mut body, &view, options.all),
        Subcommand::Check | Subcommand::Inspect => {
            findings::write(&mut body, &view, options.all);
        }
    }
    findings::excepted(&mut body, &view, options.all);
    summary::not_gating(&mut body, &view, options.all);
    summary::proven(&mut body, &view);
    if options.all {
        summary::packages(&mut body, &view);
        summary::files(&mut body, &view);
    }

    let long = body.lines() + report.phases.len() + FRAME_LINES > SCREEN_LINES;
    let mut screen = Screen::new(options);
    header(&mut screen, report);
    screen.gap();
    headline::write(&mut screen, &view);
    if long {
        screen.line(&summary::counts(report));
    }
    screen.gap();
    screen.append(body);
    screen.gap();
    if long {
        headline::write(&mut screen, &view);
    }
    summary::ending(&mut screen, &view, options.all);
    screen.finish()
}

/// The Report with what the sections look up in it.
struct View<'a> {
    report: &'a Report,
    subjects: HashMap<&'a SubjectId, &'a Subject>,
    results: HashMap<&'a SubjectId, Vec<&'a CheckResult>>,
}

impl<'a> View<'a> {
    fn new(report: &'a Report) -> Self {
        let subjects = report.subjects.iter().map(|subject| (&subject.id, subject)).collect();
        let mut results: HashMap<_, Vec<_>> = HashMap::new();
        for result in &report.results {
            results.entry(&result.subject).or_default().push(result);
        }
        Self { report, subjects, results }
    }

    /// The findings that make the report fail.
    fn failing(&self) -> impl Iterator<Item = &'a Finding> {
        let threshold = self.report.plan.fail_on;
        self.report
            .findings
            .iter()
            .filter(move |f| is_open(f) && threshold.is_some_and(|limit| f.severity >= limit))
    }

    /// The word that asks for the same again.
    fn subcommand(&self) -> &'static str {
        match self.report.plan.subcommand {
            Subcommand::Check => "check",
            Subcommand::Inspect => "inspect",
            Subcommand::Screen => "screen",
        }
    }

    /// What the checks say of a subject.
    fn results(&self, id: &SubjectId) -> impl Iterator<Item = &'a CheckResult> {
        self.results.get(id).into_iter().flatten().copied()
    }

    /// The name of a subject, or its id where the Report does not list it.
    fn name(&self, id: &'a SubjectId) -> &'a str {
        self.subjects.get(id).map_or(id.as_str(), |subject| subject.name.as_str())
    }
}

/// The program and its settings, and what each phase covered.
fn header(screen: &mut Screen, report: &Report) {
    let plan = &report.plan;
    let go = match (&plan.go_version, &plan.go_origin) {
        (Some(version), Some(origin)) => format!(", {version} ({origin})"),
        (Some(version), None) => format!(", {version}"),
        (None, _) => String::new(),
    };
    let cgo = match (&plan.c_compiler, plan.cgo) {
        (Some(compiler), true) => format!("cgo on ({compiler})"),
        (None, true) => "cgo on".to_owned(),
        (_, false) => "cgo off".to_owned(),
    };
    let tool = &report.tool;
    let settings = match (plan.subcommand, &plan.expect) {
        (Subcommand::Check, _) => format!("{go}, target {}, {cgo}", plan.target),
        (Subcommand::Screen, _) => {
            let module =
                plan.module.as_ref().map(|module| format!(" {module}")).unwrap_or_default();
            format!(", screen{module}{go}, target {}, {cgo}", plan.target)
        }
        (Subcommand::Inspect, Some(expect)) => format!(", inspect, expected {expect}"),
        (Subcommand::Inspect, None) => ", inspect".to_owned(),
    };
    screen.line(&format!("{} {}{settings}", tool.name, tool.version));
    phases(screen, &report.phases);
}

/// One line a phase, with the times under each other.
fn phases(screen: &mut Screen, phases: &[PhaseReport]) {
    // One odd phase must not push the times of all the others out of sight.
    const WIDEST: usize = 60;
    let columns = |text: &str| text.chars().count().min(WIDEST);
    let name_width = phases.iter().map(|p| columns(&p.name)).max().unwrap_or(0);
    let summary_width = phases.iter().map(|p| columns(&p.summary)).max().unwrap_or(0);
    let times: Vec<String> = phases.iter().map(|p| duration(p.duration_ms)).collect();
    let time_width = times.iter().map(|t| t.chars().count()).max().unwrap_or(0);
    for (phase, time) in phases.iter().zip(times) {
        let PhaseReport { name, summary, duration_ms: _, go_ms: _ } = phase;
        screen.indented(&format!(
            "{name:name_width$}  {summary:summary_width$}  {time:>time_width$}"
        ));
    }
}

/// A list of names cut at `limit`: `a, b and 3 more`.
fn names<S: AsRef<str>>(all: &[S], limit: usize, separator: &str) -> String {
    let shown: Vec<&str> = all.iter().take(limit).map(AsRef::as_ref).collect();
    let more = all.len() - shown.len();
    match more {
        0 => shown.join(separator),
        _ => format!("{} and {more} more", shown.join(separator)),
    }
}

/// `3 errors` and the like.
fn severities(count: u64, severity: Severity) -> String {
    plural(count, severity.as_str())
}

/// A count of things in memory as the Report counts.
fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
