//! What needs action: a row for each finding that counts, the rest counted.

use std::collections::BTreeMap;

use super::escape::{cell, code, prose};
use super::{ELSEWHERE, Options, help_line};
use crate::model::{AnchorKind, Finding, Severity, SubjectKind};
use crate::render::counts::severities;
use crate::render::view::{View, count};
use crate::render::{plural, words};

/// Rows of one check and class: many findings that are alike must not hide the others.
const ALIKE: usize = 10;
/// Lines of help in a cell.
const HELP: usize = 3;
/// Characters of a message, of a line of help, and of a name.
const MESSAGE: usize = 280;
const HELP_LINE: usize = 200;
const NAME: usize = 140;

const HEAD: &str = "| Finding | Where | What to do |\n| :-- | :-- | :-- |\n";

/// The table below its heading, of at most `most` bytes; empty where nothing needs action.
pub(super) fn write(
    view: &View<'_>,
    findings: &[&Finding],
    options: &Options,
    most: usize,
) -> String {
    if findings.is_empty() {
        return String::new();
    }
    let mut out = format!("### What needs action\n\n{HEAD}");
    let mut alike: BTreeMap<_, usize> = BTreeMap::new();
    let mut hidden: BTreeMap<Severity, u64> = BTreeMap::new();
    let mut rows = 0;
    for finding in findings {
        let same = alike.entry((finding.severity, &finding.check, &finding.class)).or_default();
        *same += 1;
        let row = if *same <= ALIKE && rows < options.findings {
            row(view, finding)
        } else {
            String::new()
        };
        // Some bytes are kept for the line that counts the rest.
        if row.is_empty() || out.len() + row.len() + 200 > most {
            *hidden.entry(finding.severity).or_default() += 1;
        } else {
            out.push_str(&row);
            rows += 1;
        }
    }
    let more: Vec<String> = hidden
        .into_iter()
        .rev()
        .map(|(severity, number)| severities(number, severity).replacen(' ', " more ", 1))
        .collect();
    if !more.is_empty() {
        out.push_str(&format!("\nAnd {}: {ELSEWHERE}.\n", more.join(", ")));
    }
    out
}

/// One finding: what it is about, and below it what is wrong.
fn row(view: &View<'_>, finding: &Finding) -> String {
    let name = view.about(finding);
    let version = words::version(finding.module.as_ref());
    let kind = view.subjects.get(&finding.subject).map(|subject| subject.kind);
    let about = match version.trim_start() {
        "" if kind == Some(SubjectKind::Build) => "the build".to_owned(),
        "" => code(name, NAME),
        // As `go get` takes it.
        one if one.starts_with('v') && !one.contains(' ') => code(&format!("{name}@{one}"), NAME),
        more => prose(&format!("{name} {more}"), NAME),
    };
    let of = words::origins(view, finding).map(|of| format!(" in {}", code(&of, NAME)));
    let about = about + &of.unwrap_or_default();
    let line = finding.message.lines().next().unwrap_or_default();
    let message = prose(shortened(line, name, &version), MESSAGE);
    format!(
        "| **{}** {}<br>{} ({}) | {} | {} |\n",
        finding.severity,
        cell(&about),
        cell(&message),
        cell(&code(finding.check.as_str(), NAME)),
        cell(&place(view, finding)),
        cell(&to_do(finding)),
    )
}

/// The message without the name and version in front of it, which stand above it.
fn shortened<'a>(message: &'a str, name: &str, version: &str) -> &'a str {
    let Some(rest) = message.strip_prefix(name).filter(|_| !name.is_empty()) else {
        return message;
    };
    let rest = rest.strip_prefix(version).unwrap_or(rest);
    let rest = rest.strip_prefix(':').unwrap_or(rest).strip_prefix(' ').unwrap_or_default();
    // `a.zip > b.exe is x64` says more than its name.
    if rest.starts_with(char::is_alphanumeric) { rest } else { message }
}

/// The line of source or the place in the image, and the line of go.mod that selects the module.
fn place(view: &View<'_>, finding: &Finding) -> String {
    let mut parts = Vec::new();
    if let Some(place) = finding.location.as_ref().and_then(words::own_place) {
        parts.push(code(&place, NAME));
    } else if let Some(place) = finding.location.as_ref().and_then(words::in_image)
        && !finding.message.contains("RVA")
    {
        parts.push(prose(&place, NAME));
    }
    if let Some(anchor) = &finding.anchor {
        let line = anchor.line.map(|line| format!(":{line}")).unwrap_or_default();
        let spot = code(&format!("{}{line}", anchor.file), NAME);
        match anchor.kind {
            AnchorKind::Requirement => parts.push(format!("required in {spot}")),
            // That the project has a go.mod says nothing of the place.
            AnchorKind::Module => {}
            _ if parts.is_empty() => parts.push(spot),
            _ => {}
        }
    }
    if parts.is_empty() && finding.package.is_some() {
        parts.push(code(view.name(&finding.subject), NAME));
    }
    parts.join("<br>")
}

/// The first lines of the help, commands as code; the page of the check where there is none.
fn to_do(finding: &Finding) -> String {
    let help = finding.help.as_deref().unwrap_or_default();
    let mut lines: Vec<String> = help
        .lines()
        .filter(|line| !line.trim().is_empty())
        .take(HELP)
        .map(|line| help_line(line, HELP_LINE))
        .collect();
    let more = help.lines().filter(|line| !line.trim().is_empty()).count() - lines.len();
    if more > 0 {
        lines.push(format!("and {}", plural(count(more), "more line")));
    }
    if lines.is_empty() {
        lines.push(code(&format!("gowoa explain {}", finding.check), HELP_LINE));
    }
    lines.join("<br>")
}
