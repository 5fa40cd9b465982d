//! What becomes an annotation, and how its text reads: shared by [`super::github`] and [`super::azure`], which only
//! spell it.
//!
//! An annotation stands beside a line of code that somebody reviews, so there are few and each says what, where,
//! why and what to do next. Waived and known findings have none. Findings of one check that are shown at the same
//! line (six packages of one module, at its line of go.mod) share one.

use std::collections::HashMap;

use crate::model::{Anchor, Evidence, Finding, Location, Problem, Report, ReportVerdict, Severity};

use super::{is_open, plural, terminal};

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
/// Lines of a tool's own words, and findings that share an annotation.
const LONGEST_LIST: usize = 5;

/// One annotation. Its texts are free of control characters and of anything a runner would take for a command;
/// what remains is the format's own escaping.
pub(super) struct Annotation<'a> {
    pub(super) severity: Severity,
    /// One line.
    pub(super) title: String,
    /// The check, where there is one.
    pub(super) check: Option<String>,
    /// The place in the repository.
    pub(super) anchor: Option<&'a Anchor>,
    /// Lines, without the check's name.
    pub(super) text: String,
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

/// The annotations of a report, worst first, of these severities.
pub(super) fn of<'a>(report: &'a Report, severities: &[Severity]) -> Vec<Annotation<'a>> {
    let mut all = Vec::new();
    for severity in severities {
        let mut draft: Vec<Draft<'a>> = Vec::new();
        if *severity == Severity::Error {
            draft.extend(report.problems.iter().map(Draft::Problem));
            draft.extend(unexplained(report).map(Draft::Verdict));
        }
        draft.extend(grouped(report, *severity).into_iter().map(Draft::Findings));
        let more = draft.iter().skip(PER_TYPE).map(Draft::count).sum();
        all.extend(draft.iter().take(PER_TYPE).map(|draft| draft.annotation(*severity)));
        if more > 0 {
            all.push(Annotation {
                severity: *severity,
                title: "gowoa".to_owned(),
                check: None,
                anchor: None,
                text: format!(
                    "{} more: see the job summary, or the log of this step",
                    plural(more, severity.as_str())
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

    fn annotation(&self, severity: Severity) -> Annotation<'a> {
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
            Self::Findings(findings) => {
                let Some((first, rest)) = findings.split_first() else {
                    return about_run(String::new());
                };
                let fits =
                    |anchor: &&Anchor| !anchor.file.is_empty() && anchor.file.len() <= LONGEST_PATH;
                Annotation {
                    severity,
                    title: title(first),
                    check: Some(safe_title(first.check.as_str())),
                    anchor: first.anchor.as_ref().filter(fits),
                    text: finding_text(first, rest),
                }
            }
        }
    }
}

/// The words for an answer that no problem and no finding explains: it must never look like a pass.
fn unexplained(report: &Report) -> Option<&'static str> {
    let threshold = report.plan.fail_on;
    let fails =
        |f: &Finding| is_open(f) && threshold.is_some_and(|threshold| f.severity >= threshold);
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
    for finding in report.findings.iter().filter(|f| is_open(f) && f.severity == severity) {
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
fn title(finding: &Finding) -> String {
    let concerned = match (&finding.module, &finding.package) {
        (Some(module), _) if module.version.is_some() => module.to_string(),
        (_, Some(package)) => package.clone(),
        _ => {
            let id = finding.subject.as_str();
            id.split_once(':').map_or(id, |(_, name)| name).to_owned()
        }
    };
    safe_title(&format!("{}: {concerned}", finding.check))
}

fn safe_title(title: &str) -> String {
    let safe = terminal::escape(&shortened(title, LONGEST_TITLE)).into_owned();
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

/// Where the finding itself is, unless the annotation stands there.
fn place(finding: &Finding) -> Option<String> {
    let Location { file, line, column, section, rva, file_offset: _, function } =
        finding.location.as_ref()?;
    let mut parts = Vec::new();
    if let Some(file) = file {
        let same = finding.anchor.as_ref().is_some_and(|a| a.file == *file && a.line == *line);
        if !same {
            let line = line.map(|line| format!(":{line}")).unwrap_or_default();
            let column = column.map(|column| format!(":{column}")).unwrap_or_default();
            // Short, and its end tells the most.
            parts.push(format!("{}{line}{column}", tail(file, LONGEST_PART / 2)));
        }
    }
    parts.extend(function.as_ref().map(|function| shortened(function, LONGEST_PART / 4)));
    parts.extend(section.as_ref().map(|section| format!("section {}", shortened(section, 16))));
    parts.extend(rva.map(|rva| format!("RVA {rva:#x}")));
    (!parts.is_empty()).then(|| parts.join(", "))
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
#[derive(Default)]
struct Lines {
    out: String,
}

impl Lines {
    /// A label and its text; empty lines are left out.
    fn part(&mut self, label: &str, text: &str) {
        let text = shortened(text, LONGEST_PART);
        for (at, line) in text.lines().filter(|line| !line.trim().is_empty()).enumerate() {
            let indent = if at == 0 { label } else { "  " };
            self.out.push_str(indent);
            self.out.push_str(&terminal::escape(line.trim_end()));
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
