//! The parts of the page that are short: what could not be judged, what was proven, what does not count, and how the
//! report was made.

use super::escape::{code, fence, html, prose};
use super::{ELSEWHERE, Options, clip, folded, names};
use crate::model::{Finding, Problem, Report, ReportVerdict, Severity, Subcommand};
use crate::render::again::{Again, LONGEST};
use crate::render::view::{View, count};
use crate::render::{duration, plural, proven as proof, words};

/// Problems that are shown, and lines of each.
const PROBLEMS: usize = 10;
const PROBLEM_LINES: usize = 10;
/// Kinds of inconclusive results that are shown.
const OPEN: usize = 10;
/// What was not proven, in lines; a report of this program has a handful.
const ROWS: usize = 20;
/// Findings that do not count, and notes, that are listed.
const LISTED: usize = 20;
/// Names behind a label.
const NAMES: usize = 12;
/// Characters of a line.
const LINE: usize = 400;

/// What kept gowoa from looking.
pub(super) fn problems(view: &View<'_>) -> String {
    let problems = &view.report.problems;
    if problems.is_empty() {
        return String::new();
    }
    let mut out = String::from("### What kept gowoa from an answer\n\n");
    for Problem { message, details, next } in problems.iter().take(PROBLEMS) {
        out.push_str(&format!("- {}\n", first_line(message)));
        let details = clip(&details.join("\n"), PROBLEM_LINES);
        if details.iter().any(|line| !line.trim().is_empty()) {
            out.push_str(&format!("\n{}\n", fence("text", &details, 2)));
        }
        if let Some(next) = next.as_deref().filter(|next| !next.trim().is_empty()) {
            out.push_str(&format!("  Next: {}\n", first_line(next)));
        }
    }
    rest(&mut out, problems.len(), PROBLEMS, "more problem");
    out
}

/// The first line of a text as prose, or what stands for an empty one.
fn first_line(text: &str) -> String {
    match prose(text.trim().lines().next().unwrap_or_default(), LINE) {
        empty if empty.is_empty() => "no words".to_owned(),
        prose => prose,
    }
}

/// The line that counts what is left out.
fn rest(out: &mut String, all: usize, shown: usize, noun: &str) {
    if all > shown {
        out.push_str(&format!("\nAnd {}: {ELSEWHERE}.\n", plural(count(all - shown), noun)));
    }
}

/// Results that keep the report from an answer.
pub(super) fn gating(view: &View<'_>) -> String {
    let groups = view.inconclusive(true, false);
    if groups.is_empty() {
        return String::new();
    }
    let mut out = String::from("### Could not be judged\n\n");
    for (result, subjects) in groups.iter().take(OPEN) {
        let reason = first_line(result.reason.as_deref().unwrap_or("no reason given"));
        out.push_str(&format!(
            "- {}: {reason} ({})\n",
            names(subjects, NAMES),
            code(result.check.as_str(), LINE)
        ));
    }
    rest(&mut out, groups.len(), OPEN, "more inconclusive result");
    out
}

/// What was proven and, as plainly, what was not.
pub(super) fn proven(view: &View<'_>) -> String {
    let mut out = String::from("### What was proven, and what was not\n\n");
    let rows = proof::rows(view);
    for row in rows.iter().take(ROWS) {
        let mut line = format!("- **{}**: {}", first_line(row.label), first_line(&row.text));
        if !row.names.is_empty() {
            line.push_str(&format!(": {}", names(&row.names, NAMES)));
        }
        if let Some(more) = &row.more {
            line.push_str(&format!("; {}", first_line(more)));
        }
        out.push_str(&line);
        out.push('\n');
    }
    rest(&mut out, rows.len(), ROWS, "more line");
    out
}

/// What does not count: notes, waived and known findings, and what could not be told and does not matter.
pub(super) fn excepted(view: &View<'_>, options: &Options) -> String {
    let of = |what: fn(&Finding) -> bool| -> Vec<&Finding> {
        view.report.findings.iter().filter(|finding| what(finding)).collect()
    };
    let mut parts = Vec::new();
    let notes = of(|f| f.is_open() && f.severity == Severity::Note);
    parts.push(list(options, "note", &notes, |f| line(view, f)));
    let waived = of(|f| f.waived.is_some());
    parts.push(list(options, "waived finding", &waived, |f| {
        let why = f.waived.as_ref().map(words::waived).unwrap_or_default();
        format!("{}: {}", line(view, f), first_line(&why))
    }));
    let known = of(|f| f.known && f.waived.is_none());
    parts.push(list(options, "finding that the baseline has", &known, |f| line(view, f)));
    let open = view.inconclusive(false, false);
    parts.push(list(options, "inconclusive result", &open, |(result, subjects)| {
        let reason = first_line(result.reason.as_deref().unwrap_or("no reason given"));
        format!("{}: {reason} ({})", names(subjects, NAMES), code(result.check.as_str(), LINE))
    }));
    parts.retain(|part| !part.is_empty());
    parts.join("\n")
}

/// A folded list under its number; empty where there is nothing.
fn list<T>(options: &Options, noun: &str, items: &[T], write: impl Fn(&T) -> String) -> String {
    if items.is_empty() {
        return String::new();
    }
    let number = count(items.len());
    let title = match noun.strip_suffix(" that the baseline has") {
        Some(noun) => format!("{} that the baseline has", plural(number, noun)),
        None => plural(number, noun),
    };
    let lines: String =
        items.iter().take(LISTED).map(|item| format!("- {}\n", write(item))).collect();
    let mut body = lines;
    rest(&mut body, items.len(), LISTED, "more");
    folded(options, &title, &body)
}

/// A finding in one line.
fn line(view: &View<'_>, finding: &Finding) -> String {
    let message = first_line(&finding.message);
    let check = code(finding.check.as_str(), LINE);
    if finding.message.contains(view.about(finding)) {
        let of = words::origins(view, finding).map(|of| format!(" in {}", code(&of, LINE)));
        return format!("{message}{} ({check})", of.unwrap_or_default());
    }
    format!("{}: {message} ({check})", code(&words::heading(view, finding), LINE))
}

/// What made the report, and how to see it at home.
pub(super) fn footer(view: &View<'_>) -> String {
    let Report { tool, plan, host, duration_ms, .. } = view.report;
    let mut parts = vec![format!("{} {}", tool.name, tool.version)];
    if let Some(go) = &plan.go_version {
        parts.push(go.clone());
    }
    parts.push(match (plan.subcommand, &plan.expect) {
        (Subcommand::Inspect, Some(expect)) => format!("expected {expect}"),
        (Subcommand::Inspect, None) => "inspect".to_owned(),
        _ => format!("target {}, cgo {}", plan.target, if plan.cgo { "on" } else { "off" }),
    });
    parts.push(format!("on {}", host.platform));
    let made: Vec<String> = parts.iter().map(|part| prose(part, LINE)).collect();
    let mut out = format!("---\n\n{}, {}.", made.join(", "), duration(*duration_ms));
    if let Some(again) = Again::of(view.report) {
        let place = again.place.map(|dir| format!(", in {}", code(dir, LINE)));
        // Cut, it would ask for something else.
        let command = code(&again.command, LONGEST);
        out.push_str(&format!(
            " The same on your machine{}: {command}.",
            place.unwrap_or_default()
        ));
    }
    let worst = view.failing().next().or_else(|| view.report.findings.iter().find(|f| f.is_open()));
    if let Some(finding) = worst {
        let explain = code(&format!("{} explain {}", tool.name, finding.check), LINE);
        out.push_str(&format!(" About a finding: {explain}."));
    }
    if view.report.verdict == ReportVerdict::Fail {
        out.push_str(" Not now? Waive it in `gowoa.toml` with a reason and an expiry date.");
    }
    out.push('\n');
    out
}

/// The line that stands for a finding where its evidence is folded.
pub(super) fn summary(view: &View<'_>, finding: &Finding, fold: bool) -> String {
    let (check, about) = (finding.check.as_str(), words::heading(view, finding));
    if fold {
        format!("<b>{}</b> {} {}", finding.severity, html(check, LINE), html(&about, LINE))
    } else {
        format!("{} {} {}", finding.severity, code(check, LINE), code(&about, LINE))
    }
}
