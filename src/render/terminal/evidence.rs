//! A finding in full: what, where, why, and what to do next.

use super::screen::{Screen, Tone};
use super::{IN_JSON, View, names};
use crate::model::{
    ChainLink, Confidence, ControlOutcome, Evidence, Finding, ListingLine, Reachability, Severity,
};
use crate::render::reach;
use crate::render::words::{self, chain_link, heading, in_image, is_command, rank, sentence};

/// Lines of a tool's output that are shown.
pub(super) const OUTPUT_LINES: usize = 10;
/// Links of an import chain that are shown.
const CHAIN_LINKS: usize = 12;
/// Lines of an assembly listing that are shown.
const LISTING_LINES: usize = 6;
/// Lines of help that are shown.
const HELP_LINES: usize = 12;
/// Instructions of each reading of foreign code that are shown.
const CODE_LINES: usize = 6;
/// Hexadecimal digits of foreign code that are shown.
const CODE_DIGITS: usize = 48;
/// Names of packages or files that are shown behind one key.
const NAMES: usize = 8;

/// The block of one finding.
pub(super) fn block(screen: &mut Screen, view: &View<'_>, finding: &Finding) {
    let sure = match finding.confidence {
        Confidence::High => "",
        Confidence::Medium => " (medium confidence)",
        Confidence::Low => " (low confidence)",
    };
    let rest = format!("[{}] {}{sure}", finding.check, heading(view, finding));
    screen.toned_line(tone(finding.severity), finding.severity.as_str(), &rest);
    for (number, line) in clip(&sentence(finding), OUTPUT_LINES).into_iter().enumerate() {
        if number == 0 {
            screen.prose(&line);
        } else {
            // Further in than the keys, so that a message cannot pass for one of them.
            screen.indented(&format!("  {line}"));
        }
    }
    if let Some(text) = finding.location.as_ref().and_then(in_image) {
        screen.keyed("at", &text);
    }
    let mut evidence: Vec<&Evidence> = finding.evidence.iter().collect();
    evidence.sort_by_key(|e| rank(e));
    // The command to see it again comes last, after what to do.
    let (again, evidence): (Vec<_>, Vec<_>) =
        evidence.into_iter().partition(|one| matches!(one, Evidence::Reproduce { .. }));
    for one in evidence {
        write(screen, finding, one);
    }
    let state = view.subjects.get(&finding.subject).and_then(|subject| subject.build);
    if let Some(words) = reach::words(finding, state) {
        screen.keyed("reach", &words);
    }
    if let Some(help) = &finding.help {
        fix(screen, help);
    }
    for one in again {
        write(screen, finding, one);
    }
}

/// The finding in one line.
pub(super) fn one_line(screen: &mut Screen, view: &View<'_>, finding: &Finding) {
    let message = finding.message.lines().next().unwrap_or_default();
    let about = finding.package.as_deref().unwrap_or_else(|| view.name(&finding.subject));
    let rest = if message.contains(about) {
        format!("[{}] {message}", finding.check)
    } else {
        format!("[{}] {}: {message}", finding.check, heading(view, finding))
    };
    let rest = match finding.reachability {
        None | Some(Reachability::MainModule | Reachability::StopsBuild) => rest,
        Some(reach) => format!("{rest} ({})", reach::short(reach)),
    };
    screen.toned_line(tone(finding.severity), finding.severity.as_str(), &rest);
}

/// The colour of a severity.
pub(super) const fn tone(severity: Severity) -> Tone {
    match severity {
        Severity::Error => Tone::Bad,
        Severity::Warning => Tone::Doubt,
        Severity::Note => Tone::Quiet,
    }
}

/// One piece of evidence behind its key.
fn write(screen: &mut Screen, finding: &Finding, evidence: &Evidence) {
    match evidence {
        Evidence::Output { command, status: _, text } => output(screen, finding, command, text),
        Evidence::Cause { text, file, line } => cause(screen, text, file.as_deref(), *line),
        Evidence::Field { name, value, file_offset } => {
            let at = file_offset.map(|o| format!(" at file offset {o:#x}")).unwrap_or_default();
            screen.keyed("field", &format!("{name} {value}{at}"));
        }
        Evidence::Code { rva: _, file_offset: _, bytes, x86, a64 } => {
            screen.keyed("bytes", &shortened(bytes, CODE_DIGITS));
            for (key, lines) in [("x86", x86), ("a64", a64)] {
                screen.keyed_lines(key, clip(&lines.join("\n"), CODE_LINES));
            }
        }
        Evidence::Files { amd64_only, arm64_only } => {
            for (target, files) in [("amd64", amd64_only), ("arm64", arm64_only)] {
                if !files.is_empty() {
                    screen.keyed(
                        "files",
                        &format!("only for {target}: {}", names(files, NAMES, ", ")),
                    );
                }
            }
        }
        Evidence::Control { target, outcome, text } => {
            control(screen, target, *outcome, text.as_deref());
        }
        Evidence::Chain { links } => chain(screen, links),
        Evidence::Stops { packages } if packages.is_empty() => {}
        Evidence::Stops { packages } => screen.keyed("stops", &names(packages, NAMES, ", ")),
        Evidence::Source { file, line, text } => {
            screen.keyed_lines("source", [format!("{file}:{line}: {text}")]);
        }
        Evidence::Listing { command, lines } => listing(screen, command, lines),
        Evidence::Linked { image, functions, reflection, link_proof, path } => {
            let text = words::linked(image, functions, *reflection, *link_proof, NAMES);
            screen.keyed("linked", &text);
            way(screen, path);
        }
        Evidence::Tried { module, target, outcome, text } => {
            let first = text.as_deref().and_then(|text| text.lines().next()).unwrap_or_default();
            screen.keyed(
                "tried",
                &match outcome {
                    ControlOutcome::Builds => format!("{module} builds for {target}, just now"),
                    ControlOutcome::Fails => {
                        format!("{module} does not build for {target}: {first}")
                    }
                    ControlOutcome::Unknown => format!("{module} was not tried: {first}"),
                },
            );
        }
        Evidence::Rule { id, summary, url } => {
            let url = url.as_ref().map(|url| format!(" ({url})")).unwrap_or_default();
            screen.keyed("rule", &format!("{id}: {summary}{url}"));
        }
        Evidence::Reproduce { command } => screen.keyed_lines("see it", clip(command, HELP_LINES)),
    }
}

/// What the assembly listing shows, and the command that prints it.
fn listing(screen: &mut Screen, command: &str, lines: &[ListingLine]) {
    let shown = lines.iter().take(LISTING_LINES).map(|one| {
        let ListingLine { function, file, line, text } = one;
        let line = line.map(|line| format!(":{line}")).unwrap_or_default();
        let place = file.as_ref().map(|file| format!(" ({file}{line})")).unwrap_or_default();
        format!("{function}: {text}{place}")
    });
    let mut all: Vec<String> = shown.collect();
    if lines.len() > LISTING_LINES {
        all.push(format!("… {} more, {IN_JSON}", lines.len() - LISTING_LINES));
    }
    screen.keyed_lines("listing", all);
    screen.keyed_lines("", clip(command, HELP_LINES));
}

/// The linker's way, one symbol a line; a long one loses its middle.
fn way(screen: &mut Screen, symbols: &[String]) {
    screen.keyed_lines("", arrows(symbols, CHAIN_LINKS, IN_JSON));
}

/// `a`, `-> b`, `-> c`: at most so many links; of a longer chain the middle is left out, and `rest` says where
/// that is.
pub(in crate::render) fn arrows(links: &[String], most: usize, rest: &str) -> Vec<String> {
    let hidden = links.len().saturating_sub(most);
    let head = if hidden == 0 { links.len() } else { most / 2 };
    let mut lines = Vec::new();
    for (index, link) in links.iter().enumerate() {
        if index == head && hidden > 0 {
            lines.push(format!("-> … {hidden} more links, {rest}"));
        }
        if index < head || index >= head + hidden {
            lines.push(format!("{}{link}", if index == 0 { "" } else { "-> " }));
        }
    }
    lines
}

/// A tool's words, without those that the message already says.
fn output(screen: &mut Screen, finding: &Finding, command: &str, text: &str) {
    let sentence = sentence(finding);
    let said = |line: &str| {
        line.is_empty()
            || line.starts_with("# ")
            || sentence.contains(line)
            || line.ends_with(&sentence)
    };
    let new: Vec<&str> = text.lines().filter(|line| !said(line.trim())).collect();
    screen.keyed_lines("output", clip(&new.join("\n"), OUTPUT_LINES));
    if !finding.evidence.iter().any(|e| matches!(e, Evidence::Reproduce { .. })) {
        screen.keyed_lines("ran", clip(command, HELP_LINES));
    }
}

/// The cause, with its file where the sentence does not name it.
fn cause(screen: &mut Screen, text: &str, file: Option<&str>, line: Option<u32>) {
    let unnamed = file.filter(|file| !text.contains(file.rsplit('/').next().unwrap_or(file)));
    match unnamed {
        None => screen.keyed("cause", text),
        Some(file) => {
            let line = line.map(|line| format!(":{line}")).unwrap_or_default();
            screen.keyed("cause", &format!("{text} ({file}{line})"));
        }
    }
}

/// What came of the same build for another target.
fn control(screen: &mut Screen, target: &str, outcome: ControlOutcome, text: Option<&str>) {
    let sentence = words::control(target, outcome);
    let first = text.and_then(|text| text.lines().find(|line| !line.starts_with("# ")));
    match first {
        Some(said) => screen.keyed("control", &format!("{sentence}: {}", said.trim())),
        None => screen.keyed("control", &sentence),
    }
}

/// The import chain; a long one loses its middle.
fn chain(screen: &mut Screen, links: &[ChainLink]) {
    let shown: Vec<String> = links.iter().map(chain_link).collect();
    screen.keyed_lines("chain", arrows(&shown, CHAIN_LINKS, IN_JSON));
}

/// The first digits, and a sign that more follow.
fn shortened(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        Some((at, _)) => format!("{} …", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// What to do next. Prose is wrapped, commands stay whole.
fn fix(screen: &mut Screen, help: &str) {
    let mut key = "fix";
    for line in clip(help, HELP_LINES) {
        if is_command(&line) {
            screen.keyed_lines(key, [&line]);
        } else {
            screen.keyed(key, &line);
        }
        key = "";
    }
}

/// The first lines of a text, and how many are left out.
pub(in crate::render) fn clip(text: &str, limit: usize) -> Vec<String> {
    let mut lines: Vec<String> = text.lines().take(limit).map(str::to_owned).collect();
    let more = text.lines().count() - lines.len();
    if more > 0 {
        let noun = if more == 1 { "line" } else { "lines" };
        lines.push(format!("… {more} more {noun}, {IN_JSON}"));
    }
    lines
}
