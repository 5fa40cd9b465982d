//! The text a person reads, on a terminal or in a CI log.
//!
//! The verdict comes first and can be read without scrolling: where what follows is longer than a screen, the
//! totals stand beside the verdict and both are repeated at the end, next to the prompt. Then what
//! keeps the report from an answer, the findings worst first, and what was proven and what was not.
//! Nothing is claimed that the Report does not hold.

mod evidence;
mod findings;
mod screen;
mod summary;
mod table;
mod why;

pub use why::why;

use self::screen::{Screen, Tone};
use super::view::{View, count, names};
use super::{duration, headline, plural, proven, text, words};
use crate::model::{PhaseReport, Report, ReportVerdict, Subcommand};

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
    if let Some(directory) = view.commands_run_in() {
        body.gap();
        body.line(&format!("The commands run in {directory}"));
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
    verdict(&mut screen, &view);
    if long {
        screen.line(&proven::counts(report));
    }
    screen.gap();
    screen.append(body);
    screen.gap();
    if long {
        verdict(&mut screen, &view);
    }
    summary::ending(&mut screen, &view, options.all);
    screen.finish()
}

/// One line a verdict: a coloured word and the sentence beside it.
fn verdict(screen: &mut Screen, view: &View<'_>) {
    for (verdict, text) in headline::sentences(view) {
        let tone = match verdict {
            ReportVerdict::Pass => Tone::Good,
            ReportVerdict::Fail => Tone::Bad,
            ReportVerdict::Incomplete => Tone::Doubt,
        };
        let word = words::verdict(verdict);
        screen.toned(tone, word, &format!("  {text}"), word.len() + 2);
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

/// The first lines of a text, and how many are left out.
fn clip(text: &str, limit: usize) -> Vec<String> {
    text::clip(text, limit, IN_JSON)
}

#[cfg(test)]
mod tests;
