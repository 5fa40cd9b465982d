//! Texts: what a case says of a finding, a problem, or what was not proven.
//!
//! The first line stands on its own, because some readers show nothing else; then, in this order: help,
//! location, cause, chain, controls, stops, reachability, output, reproduce.

use crate::model::{ControlOutcome, Evidence, Finding, Location, Problem, Report};

use super::clean;
use crate::render::reach;

/// Names of a list that are written out; the JSON report has all of them.
const LONGEST_LIST: usize = 40;
/// Width of the labels, so that what they name stands in one column.
const LABEL: usize = 9;

/// Why a finding that the baseline has does not count.
pub(super) const IN_BASELINE: &str = "in the baseline";

/// The text of a finding. `lead` stands in front of the message: its severity where the case does
/// not say it.
pub(super) fn finding(finding: &Finding, lead: &str, budget: usize) -> String {
    let mut text = Text::new(budget / 2);
    text.line(&format!("{lead}{}", clean::message(&finding.message, budget / 2)));
    if let Some(waived) = &finding.waived {
        text.labelled("waived", &waiver(&waived.reason, waived.expires.as_deref()));
    } else if finding.known {
        text.labelled("known", IN_BASELINE);
    }
    if let Some(help) = &finding.help {
        text.labelled("fix", help);
    }
    if let Some(location) = &finding.location {
        text.labelled("at", &place(location));
    }
    for order in 0..ORDERS {
        if let (WORDS_OF_TOOLS, Some(words)) = (order, reach::words(finding, None)) {
            text.labelled("reach", &words);
        }
        for evidence in finding.evidence.iter().filter(|evidence| rank(evidence) == order) {
            self::evidence(&mut text, evidence);
        }
    }
    clean::cap(&text.out, budget).into_owned()
}

/// What a waiver says.
pub(super) fn waiver(reason: &str, expires: Option<&str>) -> String {
    match expires {
        Some(day) => format!("{reason} (until {day})"),
        None => reason.to_owned(),
    }
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

/// How many places `rank` hands out.
const ORDERS: u8 = 14;
/// The first place of what tools say, which may be long.
const WORDS_OF_TOOLS: u8 = 12;

/// The place of evidence in the text, whatever its place in the report.
fn rank(evidence: &Evidence) -> u8 {
    match evidence {
        Evidence::Source { .. } => 0,
        Evidence::Cause { .. } => 1,
        Evidence::Field { .. } => 2,
        Evidence::Code { .. } => 3,
        Evidence::Files { .. } => 4,
        Evidence::Listing { .. } => 5,
        Evidence::Linked { .. } => 6,
        Evidence::Chain { .. } => 7,
        Evidence::Control { .. } => 8,
        Evidence::Stops { .. } => 9,
        Evidence::Rule { .. } => 10,
        Evidence::Tried { .. } => 11,
        Evidence::Output { .. } => 12,
        Evidence::Reproduce { .. } => 13,
    }
}

fn evidence(text: &mut Text, evidence: &Evidence) {
    match evidence {
        Evidence::Cause { text: cause, file, line } => {
            text.labelled("cause", cause);
            if let Some(file) = file {
                let line = line.map(|line| format!(":{line}")).unwrap_or_default();
                text.labelled("", &format!("{file}{line}"));
            }
        }
        Evidence::Field { name, value, file_offset } => {
            let at = file_offset.map(|at| format!(" at file offset {at:#x}")).unwrap_or_default();
            text.labelled("field", &format!("{name} = {value}{at}"));
        }
        Evidence::Code { rva, file_offset, bytes, x86, a64 } => {
            text.labelled("bytes", &format!("RVA {rva:#x}, file offset {file_offset:#x}: {bytes}"));
            for (label, lines) in [("as x86", x86), ("as A64", a64)] {
                if !lines.is_empty() {
                    text.labelled(label, &lines.join("\n"));
                }
            }
        }
        Evidence::Files { amd64_only, arm64_only } => {
            for (target, files) in [("amd64", amd64_only), ("arm64", arm64_only)] {
                if !files.is_empty() {
                    text.labelled("files", &format!("only for {target}: {}", list(files)));
                }
            }
        }
        Evidence::Chain { links } => {
            for (i, link) in links.iter().enumerate().take(LONGEST_LIST) {
                let version = link.module.as_ref().and_then(|module| module.version.as_deref());
                let arrow = if i == 0 { "" } else { "-> " };
                let version = version.map(|v| format!(" {v}")).unwrap_or_default();
                let label = if i == 0 { "chain" } else { "" };
                text.labelled(label, &format!("{arrow}{}{version}", link.package));
            }
        }
        Evidence::Control { target, outcome, text: words } => {
            text.labelled("control", &format!("{target} {}", control(target, *outcome)));
            if let Some(words) = words {
                text.indented(words);
            }
        }
        Evidence::Stops { packages } => text.labelled("stops", &list(packages)),
        Evidence::Output { command, status, text: words } => {
            let status = status.map(|code| format!(" (exit {code})")).unwrap_or_default();
            text.labelled("output", &format!("{command}{status}"));
            text.indented(words);
        }
        Evidence::Source { file, line, text: words } => {
            text.labelled("source", &format!("{file}:{line}: {words}"));
        }
        Evidence::Listing { command, lines } => {
            text.labelled("listing", command);
            for one in lines.iter().take(LONGEST_LIST) {
                let line = one.line.map(|line| format!(":{line}")).unwrap_or_default();
                let file = one.file.as_ref().map(|file| format!(" ({file}{line})"));
                text.labelled(
                    "",
                    &format!("{}: {}{}", one.function, one.text, file.unwrap_or_default()),
                );
            }
        }
        Evidence::Linked { image, functions, reflection, link_proof, path } => {
            let what =
                if functions.is_empty() { "the package".to_owned() } else { list(functions) };
            let kept = if *reflection { reach::NO_CALL } else { "" };
            let whose = if *link_proof { reach::LINK_PROOF } else { "" };
            text.labelled("linked", &format!("{image}{whose}: {what}{kept}"));
            if !path.is_empty() {
                text.labelled("", &path.join(" -> "));
            }
        }
        Evidence::Tried { module, target, outcome, text: words } => {
            let said = match outcome {
                ControlOutcome::Builds => format!("{module} builds for {target}"),
                ControlOutcome::Fails => format!("{module} does not build for {target}"),
                ControlOutcome::Unknown => format!("{module} was not tried"),
            };
            text.labelled("tried", &said);
            if let Some(words) = words {
                text.indented(words);
            }
        }
        Evidence::Rule { id, summary, url } => {
            text.labelled("rule", &format!("{id}: {summary}"));
            if let Some(url) = url {
                text.labelled("", url);
            }
        }
        Evidence::Reproduce { command } => text.labelled("see it", command),
    }
}

fn control(target: &str, outcome: ControlOutcome) -> &'static str {
    match outcome {
        ControlOutcome::Builds if target == "windows/amd64" => {
            "builds with the same flags: an arm64 problem"
        }
        ControlOutcome::Builds => "builds with the same flags",
        ControlOutcome::Fails => "fails too",
        ControlOutcome::Unknown => "could not be judged",
    }
}

/// `file:line:column`, then what is known of the place in an image.
fn place(location: &Location) -> String {
    let mut parts = Vec::new();
    if let Some(file) = &location.file {
        let line = location.line.map(|line| format!(":{line}")).unwrap_or_default();
        let column = location.column.map(|column| format!(":{column}")).unwrap_or_default();
        parts.push(format!("{file}{line}{column}"));
    }
    if let Some(function) = &location.function {
        parts.push(function.clone());
    }
    if let Some(section) = &location.section {
        parts.push(format!("section {section}"));
    }
    if let Some(rva) = location.rva {
        parts.push(format!("RVA {rva:#x}"));
    }
    if let Some(offset) = location.file_offset {
        parts.push(format!("file offset {offset:#x}"));
    }
    parts.join(", ")
}

fn list(names: &[String]) -> String {
    let shown = names.iter().take(LONGEST_LIST).map(|name| clean::line(name, 200));
    let mut text = shown.collect::<Vec<_>>().join(", ");
    if names.len() > LONGEST_LIST {
        text.push_str(&format!(" and {} more", names.len() - LONGEST_LIST));
    }
    text
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
