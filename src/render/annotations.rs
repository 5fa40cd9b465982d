//! What becomes an annotation, and how its text reads. [`super::github`] and [`super::azure`] spell those of a log,
//! of which runners show few (`of`); a check run through GitHub's API takes one for every finding (`each`).
//!
//! An annotation stands beside a line of code that somebody reviews, so there are few and each says what, where,
//! why and what to do next. Waived and known findings have none. Findings of one check that are shown at the same
//! line (six packages of one module, at its line of go.mod) share one.

use std::cmp::Reverse;
use std::collections::HashMap;

use crate::model::{
    Anchor, AnchorKind, Evidence, Finding, Location, Problem, Report, ReportVerdict, Severity,
};

use super::text::arrows;
use super::view::View;
use super::words::{self, Ran, ToolsWords};
use super::{plural, text};

/// Annotations of each type, beside the one that says how many more there are. The runners keep ten of each type and
/// step and drop the rest: `_maxCountPerIssueType` in actions/runner `ExecutionContext.cs`, `_maxIssueCount` in
/// azure-pipelines-agent `ExecutionContext.cs`. The first ones win, and a composite action is one step.
const PER_TYPE: usize = 9;
/// UTF-16 units of a message; what is longer, actions/runner cuts (`_maxIssueMessageLength`, `ExecutionContext.cs`).
const LONGEST_MESSAGE: usize = 4096;
/// Characters of a title: the API that shows it refuses more than 255
/// (<https://docs.github.com/en/rest/checks/runs>).
const LONGEST_TITLE: usize = 255;
/// Characters of one part of a text before it is made safe, so that the last part (what to do) is always there.
const LONGEST_PART: usize = 700;
/// Bytes of a path; a longer one names no file on any of the systems.
const LONGEST_PATH: usize = 4096;
/// Links of an import chain that are named.
const LONGEST_CHAIN: usize = 12;
/// Lines of a tool's own words, and findings that share an annotation.
const LONGEST_LIST: usize = 5;

/// One annotation. Its texts are free of control characters and of anything a runner would take for a command;
/// what remains is the format's own escaping, and the limits of who takes it.
#[derive(Debug)]
pub struct Annotation<'a> {
    /// How bad.
    pub severity: Severity,
    /// One line, of at most 255 characters.
    pub title: String,
    /// The check, where there is one.
    pub check: Option<String>,
    /// The place in the repository; a path that names no file of one is left out.
    pub anchor: Option<&'a Anchor>,
    /// Lines, without the check's name; at most 4,096 UTF-16 units.
    pub text: String,
}

impl Annotation<'_> {
    /// An error that concerns the run as a whole.
    pub(super) fn of_run(title: &str, text: &str) -> Self {
        let mut lines = Lines::default();
        lines.part("", text);
        Self {
            severity: Severity::Error,
            title: safe_title(title),
            check: None,
            anchor: None,
            text: lines.finish(),
        }
    }
}

/// An annotation with the finding that it is of.
#[derive(Debug)]
pub struct OfFinding<'a> {
    /// What it says.
    pub annotation: Annotation<'a>,
    /// What proves it, as far as it is text that stands for itself; safe as the annotation is, and as long as it is.
    pub proof: String,
}

/// An annotation for each finding that counts, worst first.
pub fn each(report: &Report) -> impl Iterator<Item = OfFinding<'_>> {
    let mut findings: Vec<&Finding> = report.findings.iter().filter(|f| f.is_open()).collect();
    findings.sort_by_key(|finding| Reverse(finding.severity));
    let view = View::new(report);
    findings.into_iter().map(move |finding| OfFinding {
        annotation: of_findings(&view, finding, &[]),
        proof: proof(finding),
    })
}

/// The annotations of a report, worst first, of these severities.
pub(super) fn of<'a>(report: &'a Report, severities: &[Severity]) -> Vec<Annotation<'a>> {
    let view = View::new(report);
    let mut all = Vec::new();
    for severity in severities {
        let mut draft: Vec<Draft<'a>> = Vec::new();
        if *severity == Severity::Error {
            draft.extend(report.problems.iter().map(Draft::Problem));
            draft.extend(unexplained(report).map(Draft::Verdict));
        }
        draft.extend(grouped(report, *severity).into_iter().map(Draft::Findings));
        let more = draft.iter().skip(PER_TYPE).map(Draft::count).sum();
        all.extend(draft.iter().take(PER_TYPE).map(|draft| draft.annotation(&view, *severity)));
        if more > 0 {
            all.push(Annotation {
                severity: *severity,
                title: "gowoa".to_owned(),
                check: None,
                anchor: None,
                text: format!(
                    "{}: see the job summary, or the log of this step",
                    plural(more, &format!("more {severity}"))
                ),
            });
        }
    }
    all
}

/// What an annotation is about.
enum Draft<'a> {
    /// Something that kept gowoa from looking.
    Problem(&'a Problem),
    /// An answer that nothing in the report explains.
    Verdict(&'static str),
    /// Findings of one check at one line; never empty.
    Findings(Vec<&'a Finding>),
}

impl<'a> Draft<'a> {
    fn count(&self) -> u64 {
        match self {
            Self::Problem(_) | Self::Verdict(_) => 1,
            Self::Findings(findings) => u64::try_from(findings.len()).unwrap_or(u64::MAX),
        }
    }

    fn annotation(&self, view: &View<'a>, severity: Severity) -> Annotation<'a> {
        let about_run = |text: String| Annotation {
            severity,
            title: "gowoa: incomplete".to_owned(),
            check: None,
            anchor: None,
            text,
        };
        match self {
            Self::Problem(problem) => about_run(problem_text(problem)),
            Self::Verdict(text) => {
                Annotation { title: "gowoa".to_owned(), ..about_run((*text).to_owned()) }
            }
            Self::Findings(findings) => match findings.split_first() {
                Some((first, rest)) => of_findings(view, first, rest),
                None => about_run(String::new()),
            },
        }
    }
}

/// Findings of one check at one line.
fn of_findings<'a>(view: &View<'a>, first: &'a Finding, rest: &[&'a Finding]) -> Annotation<'a> {
    Annotation {
        severity: first.severity,
        title: title(view, first),
        check: Some(safe_title(first.check.as_str())),
        anchor: first.anchor.as_ref().filter(|anchor| is_in_repository(&anchor.file)),
        text: finding_text(first, rest),
    }
}

/// Whether a path can name a file of a repository: one that cannot would cost a whole request to GitHub's API, and an
/// annotation in a log would stand nowhere.
fn is_in_repository(path: &str) -> bool {
    path.len() <= LONGEST_PATH
        && !path.contains(|c: char| c.is_control() || c == '\\')
        && !path.split('/').any(|part| matches!(part, "" | "." | ".."))
}

/// The words for an answer that no problem and no finding explains: it must never look like a pass.
fn unexplained(report: &Report) -> Option<&'static str> {
    let fails = |finding: &Finding| finding.fails(report.plan.fail_on);
    match report.verdict {
        ReportVerdict::Incomplete if report.problems.is_empty() => {
            Some("incomplete: not everything could be judged; see the log of this step")
        }
        ReportVerdict::Fail if !report.findings.iter().any(fails) => {
            Some("fail: no finding of the report says why")
        }
        _ => None,
    }
}

/// The open findings of a severity in their order; those of one check at one line together.
fn grouped(report: &Report, severity: Severity) -> Vec<Vec<&Finding>> {
    let mut groups: Vec<Vec<&Finding>> = Vec::new();
    let mut places = HashMap::new();
    for finding in report.findings.iter().filter(|f| f.is_open() && f.severity == severity) {
        let Some(anchor) = &finding.anchor else {
            groups.push(vec![finding]);
            continue;
        };
        let key = (&finding.check, &anchor.file, anchor.line, anchor.column);
        let place = *places.entry(key).or_insert(groups.len());
        match groups.get_mut(place) {
            Some(group) => group.push(finding),
            None => groups.push(vec![finding]),
        }
    }
    groups
}

/// The check, and what is concerned: the module as Go names it, else the package, else the subject.
fn title(view: &View<'_>, finding: &Finding) -> String {
    let concerned = match &finding.module {
        Some(module) if module.version.is_some() => module.to_string(),
        _ => view.about(finding).to_owned(),
    };
    safe_title(&format!("{}: {concerned}{}", finding.check, words::origin(view, finding)))
}

fn safe_title(title: &str) -> String {
    let safe = text::escape(&shortened(title, LONGEST_TITLE)).into_owned();
    // Making it safe makes it longer.
    shortened(&safe, LONGEST_TITLE)
}

fn finding_text(first: &Finding, rest: &[&Finding]) -> String {
    let mut text = Lines::default();
    text.part("", &first.message);
    let cause = first.evidence.iter().find_map(|evidence| match evidence {
        Evidence::Cause { text, .. } => Some(text),
        _ => None,
    });
    if let Some(cause) = cause {
        text.part("cause: ", cause);
    }
    if let Some(place) = place(first) {
        text.part("at: ", &place);
    }
    let stops = first.evidence.iter().find_map(|evidence| match evidence {
        Evidence::Stops { packages } => Some(packages),
        _ => None,
    });
    if let Some(packages) = stops {
        text.part("stops: ", &listed(packages));
    }
    for finding in rest.iter().take(LONGEST_LIST) {
        text.part("also: ", &finding.message);
    }
    if rest.len() > LONGEST_LIST {
        text.part("also: ", &format!("{} more of the kind", rest.len() - LONGEST_LIST));
    }
    if let Some(help) = &first.help {
        text.part("next: ", help);
    }
    text.part("more: ", &format!("gowoa explain {}", first.check));
    text.finish()
}

fn problem_text(problem: &Problem) -> String {
    let mut text = Lines::default();
    text.part("", &problem.message);
    for line in problem.details.iter().take(LONGEST_LIST) {
        text.part("  ", line);
    }
    if problem.details.len() > LONGEST_LIST {
        text.part("  ", &format!("{} more lines", problem.details.len() - LONGEST_LIST));
    }
    if let Some(next) = &problem.next {
        text.part("next: ", next);
    }
    text.finish()
}

/// What proves a finding: the words of tools, the cause, the import chain, and the command that shows it again.
fn proof(finding: &Finding) -> String {
    let (evidence, again) = words::in_order(finding, ToolsWords::First);
    let mut lines = Lines { longest_part: LONGEST_MESSAGE, ..Lines::default() };
    for one in evidence.into_iter().chain(again) {
        match one {
            Evidence::Output { command, text, .. } => {
                let Ran { command, how } = words::ran(finding, command);
                match how {
                    Some(how) => lines.part("# ", how),
                    None => lines.part("$ ", command),
                }
                lines.part("", text);
            }
            Evidence::Cause { text, file, line } => {
                lines.part("cause: ", &words::cause(text, file.as_deref(), *line));
            }
            Evidence::Chain { links } => {
                let links: Vec<String> = links.iter().map(words::chain_link).collect();
                lines.part("chain: ", &arrows(&links, LONGEST_CHAIN, "left out here").join(" "));
            }
            Evidence::Reproduce { command } => lines.part("see it: ", command),
            _ => {}
        }
    }
    lines.finish()
}

/// Where the finding itself is, unless the annotation stands there.
fn place(finding: &Finding) -> Option<String> {
    let location = finding.location.as_ref()?;
    let shown = finding.anchor.as_ref().is_some_and(|at| at.kind == AnchorKind::Location);
    let file = location.file.as_ref().filter(|_| !shown);
    // Short, and its end tells the most.
    let file = file.map(|file| tail(file, LONGEST_PART / 2));
    let text = |text: &Option<String>| text.as_ref().map(|text| shortened(text, LONGEST_PART / 4));
    let (function, section) = (text(&location.function), text(&location.section));
    let lines = if shown { (None, None) } else { (location.line, location.column) };
    let (line, column) = lines;
    words::whole_place(&Location { file, line, column, section, function, ..location.clone() })
}

fn listed(names: &[String]) -> String {
    let shown = names.iter().take(LONGEST_LIST).map(|name| shortened(name, LONGEST_PART / 8));
    let mut text = shown.collect::<Vec<_>>().join(", ");
    if names.len() > LONGEST_LIST {
        text.push_str(&format!(" and {} more", names.len() - LONGEST_LIST));
    }
    text
}

/// The beginning of a text, with `…` where something is left out.
fn shortened(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        None => text.to_owned(),
        Some(_) => text.chars().take(limit.saturating_sub(1)).chain(['…']).collect(),
    }
}

/// The end of a text, with `…` where something is left out.
fn tail(text: &str, limit: usize) -> String {
    let Some((at, _)) = text.char_indices().rev().nth(limit) else { return text.to_owned() };
    format!("…{}", text.get(at..).unwrap_or_default())
}

/// Lines under way, each safe to print.
struct Lines {
    out: String,
    /// Characters of one part.
    longest_part: usize,
}

impl Default for Lines {
    fn default() -> Self {
        Self { out: String::new(), longest_part: LONGEST_PART }
    }
}

impl Lines {
    /// A label and its text; empty lines are left out.
    fn part(&mut self, label: &str, text: &str) {
        let text = shortened(text, self.longest_part);
        for (at, line) in text.lines().filter(|line| !line.trim().is_empty()).enumerate() {
            let indent = if at == 0 { label } else { "  " };
            self.out.push_str(indent);
            self.out.push_str(&text::escape(line.trim_end()));
            self.out.push('\n');
        }
    }

    /// The text, cut where the runner would cut it.
    fn finish(self) -> String {
        let text = self.out.trim_end();
        let mut left = LONGEST_MESSAGE;
        for (at, c) in text.char_indices() {
            let Some(rest) = left.checked_sub(c.len_utf16()) else {
                let kept = text.get(..at).unwrap_or_default();
                let kept: String = kept.chars().rev().skip(1).collect();
                return kept.chars().rev().chain(['…']).collect();
            };
            left = rest;
        }
        text.to_owned()
    }
}

#[cfg(test)]
pub(super) mod oracle;
#[cfg(test)]
mod tests;
