//! What a result says: what, where and why, and what to do next, in plain text that stands on its own. Code
//! scanning shows the first sentence in lists and the whole on the page of an alert.

use super::text::Foreign;
use crate::model::{Evidence, Finding, ModuleRef};
use crate::render::reach;
use crate::render::words::{self as shared, ToolsWords};

/// The longest first line, in characters.
const LONGEST_MESSAGE: usize = 1_000;
/// The longest first line of a result in brief.
const LONGEST_BRIEF: usize = 160;
/// The longest single thing that is quoted.
pub(super) const LONGEST_LINE: usize = 400;
/// The most lines that are quoted of what a tool printed.
pub(super) const MOST_LINES: usize = 10;
/// Names of a list that are written out.
const MOST_NAMES: usize = 20;

/// One sentence: it ends with a full stop. Readers cut after the first.
pub(super) fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() {
        return "(no text)".to_owned();
    }
    let stop = if text.ends_with(['.', '!', '?', '…']) { "" } else { "." };
    format!("{text}{stop}")
}

/// A few names of a list, and how many more there are.
pub(super) fn list(names: &[String], foreign: &mut Foreign) -> String {
    let shown = names.iter().take(MOST_NAMES);
    let mut text =
        shown.map(|name| foreign.line(name, LONGEST_LINE)).collect::<Vec<_>>().join(", ");
    if let Some(more) = names.len().checked_sub(MOST_NAMES).filter(|more| *more > 0) {
        text.push_str(&format!(" and {more} more"));
    }
    text
}

/// What it is, and nothing else.
pub(super) fn brief(finding: &Finding, foreign: &mut Foreign) -> String {
    sentence(&foreign.line(&finding.message, LONGEST_BRIEF))
}

/// The whole message.
pub(super) fn message(finding: &Finding, foreign: &mut Foreign) -> String {
    let mut lines = Lines { out: Vec::new(), foreign };
    let first = lines.foreign.line(&finding.message, LONGEST_MESSAGE);
    lines.out.push(sentence(&first));
    if let Some(help) = &finding.help {
        lines.add("what to do", help);
    }
    if let Some(place) = finding.location.as_ref().and_then(shared::whole_place) {
        lines.add("where", &place);
    }
    if let Some(module) = &finding.module {
        lines.add("module", &of_module(module));
    }
    if let Some(reach) = reach::words(finding, None) {
        lines.add("reach", &reach);
    }
    let (evidence, commands) = shared::in_order(finding, ToolsWords::Last);
    // Readers show the beginning of a text: what reproduces it stands before what tools printed.
    let tools = |one: &&Evidence| matches!(one, Evidence::Output { .. });
    let (printed, evidence): (Vec<_>, Vec<_>) = evidence.into_iter().partition(tools);
    for one in evidence.into_iter().chain(commands).chain(printed) {
        lines.evidence(finding, one);
    }
    lines.out.join("\n")
}

/// Labelled lines.
struct Lines<'a> {
    out: Vec<String>,
    foreign: &'a mut Foreign,
}

impl Lines<'_> {
    fn add(&mut self, label: &str, raw: &str) {
        let text = self.foreign.text(raw, LONGEST_LINE * 2);
        if !text.is_empty() {
            self.out.push(format!("{label}: {text}"));
        }
    }

    fn names(&mut self, label: &str, names: &[String]) {
        let text = list(names, self.foreign);
        if !text.is_empty() {
            self.out.push(format!("{label}: {text}"));
        }
    }

    fn evidence(&mut self, finding: &Finding, evidence: &Evidence) {
        match evidence {
            Evidence::Cause { text, file, line } => {
                self.add("cause", &shared::cause(text, file.as_deref(), *line));
            }
            Evidence::Source { file, line, text } => {
                self.add("source", &format!("{file}:{line}: {text}"));
            }
            Evidence::Field { name, value, file_offset } => {
                self.add("field", &shared::field(name, value, *file_offset));
            }
            Evidence::Code { rva, file_offset, bytes, x86, a64 } => {
                let at = format!("{bytes} at RVA {rva:#x}, file offset {file_offset:#x}");
                self.add("bytes", &at);
                self.code("as x86", x86);
                self.code("as A64", a64);
            }
            Evidence::Files { amd64_only, arm64_only } => {
                self.names("for amd64 alone", amd64_only);
                self.names("for arm64 alone", arm64_only);
            }
            Evidence::Control { target, outcome, text } => {
                self.add("control", &shared::control(target, *outcome));
                self.tool("", text.as_deref().unwrap_or_default());
            }
            Evidence::Linked { image, functions, reflection, link_proof, path: _ } => {
                let words = shared::linked(image, functions, *reflection, *link_proof, MOST_LINES);
                self.add("exe", &words);
            }
            Evidence::Chain { links } => {
                let links = links.iter().map(shared::chain_link).collect::<Vec<_>>();
                self.add("chain", &links.join(" -> "));
            }
            Evidence::Stops { packages } => self.names("stops", packages),
            Evidence::Rule { id, summary, url } => {
                self.add("known", &shared::rule(id, summary, url.as_deref()));
            }
            Evidence::Tried { module, target, outcome, text } => {
                self.add("tried", &shared::tried(module, target, *outcome));
                self.tool("", text.as_deref().unwrap_or_default());
            }
            Evidence::Reproduce { command } => self.add("see it", command),
            Evidence::Output { command, text, .. } => {
                let ran = shared::ran(finding, command);
                match ran.command == command {
                    true => self.add("output of", command),
                    // The line above says what to run.
                    false => self.out.push("output:".to_owned()),
                }
                self.add("which is of", ran.how.unwrap_or_default());
                self.tool("", text);
            }
            // Its lines are related locations.
            Evidence::Listing { command, .. } => self.add("listing", command),
        }
    }

    /// A few instructions.
    fn code(&mut self, label: &str, code: &[String]) {
        let shown = code.iter().take(MOST_LINES).map(|line| line.trim());
        self.add(label, &shown.collect::<Vec<_>>().join("; "));
    }

    /// The words of a tool, a few lines of them.
    fn tool(&mut self, indent: &str, raw: &str) {
        for line in raw.lines().filter(|line| !line.trim().is_empty()).take(MOST_LINES) {
            let line = self.foreign.line(line, LONGEST_LINE);
            self.out.push(format!("{indent}{line}"));
        }
    }
}

fn of_module(module: &ModuleRef) -> String {
    let vendored = if module.vendored { " (vendored)" } else { "" };
    format!("{module}{vendored}")
}
