//! Texts: what a case says of a finding, a problem, or what was not proven.
//!
//! The first line stands on its own, because some readers show nothing else; then help, location, reachability, and
//! the evidence in the order of all formats, but for the words of tools, which may be long: they come last, before the
//! command that shows the failure again.

use crate::model::{Evidence, Finding, Problem, Report};

use super::clean;
use crate::render::reach;
use crate::render::text::arrows;
use crate::render::view::names;
use crate::render::words::{self, Ran, ToolsWords};

/// Names of a list that are written out; the JSON report has all of them.
const LONGEST_LIST: usize = 40;
/// Where the rest of what is cut stands.
const IN_JSON: &str = "see the JSON report";
/// Width of the labels, so that what they name stands in one column.
const LABEL: usize = 9;

/// The text of a finding. `lead` stands in front of the message: its severity where the case does
/// not say it.
pub(super) fn finding(finding: &Finding, lead: &str, budget: usize) -> String {
    let mut text = Text::new(budget / 2);
    text.line(&format!("{lead}{}", clean::message(&finding.message, budget / 2)));
    if !finding.origin.is_empty() {
        text.labelled("in", &list(&finding.origin));
    }
    if let Some(waived) = &finding.waived {
        text.labelled("waived", &words::waived(waived));
    } else if finding.known {
        text.labelled("known", words::KNOWN);
    }
    if let Some(help) = &finding.help {
        text.labelled("fix", help);
    }
    if let Some(place) = finding.location.as_ref().and_then(words::whole_place) {
        text.labelled("at", &place);
    }
    if let Some(words) = reach::words(finding, None) {
        text.labelled("reach", &words);
    }
    let (evidence, again) = words::in_order(finding, ToolsWords::Last);
    for one in evidence.into_iter().chain(again) {
        self::evidence(&mut text, finding, one);
    }
    clean::cap(&text.out, budget).into_owned()
}

/// The text of a reason: the first line stands on its own, its own lines follow where it has several.
pub(super) fn reason(reason: &str, budget: usize) -> String {
    let mut text = Text::new(budget / 2);
    text.line(&clean::message(reason, budget / 2));
    if reason.trim().contains('\n') {
        text.indented(reason);
    }
    text.out
}

/// The text of something that kept gowoa from looking.
pub(super) fn problem(problem: &Problem, budget: usize) -> String {
    let mut text = Text::new(budget / 2);
    text.line(&clean::message(&problem.message, budget / 2));
    for detail in &problem.details {
        text.line(&format!("  {detail}"));
    }
    if let Some(next) = &problem.next {
        text.labelled("next", next);
    }
    clean::cap(&text.out, budget).into_owned()
}

/// What was not proven, for the output of the first suite.
pub(super) fn unproven(report: &Report, budget: usize) -> String {
    let mut text = Text::new(budget / 2);
    for item in &report.unproven {
        text.line(&format!("not proven: {}: {}", clean::line(&item.label, 200), item.text));
        if !item.names.is_empty() {
            text.line(&format!("  {}", list(&item.names)));
        }
    }
    clean::cap(&text.out, budget).into_owned()
}

/// Adds a paragraph.
pub(super) fn paragraph(text: &mut String, more: &str) {
    text.push_str(more.trim_end());
    text.push('\n');
}

fn evidence(text: &mut Text, finding: &Finding, evidence: &Evidence) {
    match evidence {
        Evidence::Cause { text: cause, file, line } => {
            text.labelled("cause", cause);
            if let Some(file) = file {
                text.labelled("", &format!("{file}{}", words::numbers(*line, None)));
            }
        }
        Evidence::Field { name, value, file_offset } => {
            text.labelled("field", &words::field(name, value, *file_offset));
        }
        Evidence::Code { rva, file_offset, bytes, x86, a64 } => {
            text.labelled("bytes", &format!("RVA {rva:#x}, file offset {file_offset:#x}: {bytes}"));
            text.labelled("as x86", &x86.join("\n"));
            text.labelled("as A64", &a64.join("\n"));
        }
        Evidence::Files { amd64_only, arm64_only } => files(text, amd64_only, arm64_only),
        Evidence::Chain { links } => {
            let links: Vec<String> = links.iter().map(words::chain_link).collect();
            text.labelled("chain", &arrows(&links, LONGEST_LIST, IN_JSON).join("\n"));
        }
        Evidence::Control { target, outcome, text: said } => {
            text.labelled("control", &words::control(target, *outcome));
            text.indented(said.as_deref().unwrap_or_default());
        }
        Evidence::Stops { packages } => text.labelled("stops", &list(packages)),
        Evidence::Output { command, status, text: said } => {
            let Ran { command, how } = words::ran(finding, command);
            let status = status.map(|code| format!(" (exit {code})")).unwrap_or_default();
            text.labelled("output", &format!("{}{status}", how.unwrap_or(command)));
            text.indented(said);
        }
        Evidence::Source { file, line, text: said } => {
            text.labelled("source", &format!("{file}:{line}: {said}"));
        }
        Evidence::Listing { command, lines } => {
            text.labelled("listing", command);
            for one in lines.iter().take(LONGEST_LIST) {
                text.labelled("", &words::listing_line(one));
            }
        }
        Evidence::Linked { image, functions, reflection, link_proof, path } => {
            let said = words::linked(image, functions, *reflection, *link_proof, LONGEST_LIST);
            text.labelled("linked", &said);
            text.labelled("", &path.join(" -> "));
        }
        Evidence::Tried { module, target, outcome, text: said } => {
            text.labelled("tried", &words::tried(module, target, *outcome));
            text.indented(said.as_deref().unwrap_or_default());
        }
        Evidence::Rule { id, summary, url } => {
            text.labelled("rule", &words::rule(id, summary, url.as_deref()));
        }
        Evidence::Reproduce { command } => text.labelled("see it", command),
    }
}

fn files(text: &mut Text, amd64_only: &[String], arm64_only: &[String]) {
    for (target, files) in [("amd64", amd64_only), ("arm64", arm64_only)] {
        if !files.is_empty() {
            text.labelled("files", &format!("only for {target}: {}", list(files)));
        }
    }
}

/// Names, each cut, so that a long one leaves room for the others.
fn list(all: &[String]) -> String {
    let all: Vec<String> = all.iter().map(|name| clean::line(name, 200)).collect();
    names(&all, LONGEST_LIST, ", ")
}

/// Lines under way; each piece is cleaned and capped as it comes, so that a megabyte of output
/// leaves room for what follows it.
struct Text {
    out: String,
    piece: usize,
}

impl Text {
    fn new(piece: usize) -> Self {
        Self { out: String::new(), piece }
    }

    fn line(&mut self, raw: &str) {
        let text = clean::capped_text(raw, self.piece);
        self.out.push_str(text.trim_end());
        self.out.push('\n');
    }

    /// A label and its text; the lines after the first stand under it.
    fn labelled(&mut self, label: &str, raw: &str) {
        let text = clean::capped_text(raw, self.piece);
        for (i, line) in text.trim_end().lines().enumerate() {
            let label = if i == 0 { label } else { "" };
            self.out.push_str(format!("  {label:<LABEL$}{line}").trim_end());
            self.out.push('\n');
        }
    }

    /// The words of a tool, under the label of the line before.
    fn indented(&mut self, raw: &str) {
        let text = clean::capped_text(raw, self.piece);
        for line in text.trim_end().lines() {
            self.out.push_str(format!("    {line}").trim_end());
            self.out.push('\n');
        }
    }
}
