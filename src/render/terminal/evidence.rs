//! A finding in full: what, where, why, and what to do next.

use super::screen::{Screen, Tone};
use super::{IN_JSON, View, clip, names};
use crate::model::{Confidence, Evidence, Finding, ListingLine, Reachability, Severity};
use crate::render::reach;
use crate::render::text::arrows;
use crate::render::words::{
    self, Ran, ToolsWords, chain_link, heading, in_image, is_command, origin, sentence,
};

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
        Confidence::High => String::new(),
        doubt => format!(" ({} confidence)", doubt.as_str()),
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
    let (evidence, again) = words::in_order(finding, ToolsWords::First);
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
    let rest = if message.contains(view.about(finding)) {
        format!("[{}] {message}{}", finding.check, origin(view, finding))
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
        Evidence::Cause { text, file, line } => {
            screen.keyed("cause", &words::cause(text, file.as_deref(), *line));
        }
        Evidence::Field { name, value, file_offset } => {
            screen.keyed("field", &words::field(name, value, *file_offset));
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
            let sentence = words::control(target, *outcome);
            screen.keyed("control", &words::with_words(sentence, text.as_deref()));
        }
        Evidence::Chain { links } => {
            let shown: Vec<String> = links.iter().map(chain_link).collect();
            screen.keyed_lines("chain", arrows(&shown, CHAIN_LINKS, IN_JSON));
        }
        Evidence::Stops { packages } if packages.is_empty() => {}
        Evidence::Stops { packages } => screen.keyed("stops", &names(packages, NAMES, ", ")),
        Evidence::Source { file, line, text } => {
            screen.keyed_lines("source", [format!("{file}:{line}: {text}")]);
        }
        Evidence::Listing { command, lines } => listing(screen, command, lines),
        Evidence::Linked { image, functions, reflection, link_proof, path } => {
            let text = words::linked(image, functions, *reflection, *link_proof, NAMES);
            screen.keyed("linked", &text);
            // The linker's way, one symbol a line; a long one loses its middle.
            screen.keyed_lines("", arrows(path, CHAIN_LINKS, IN_JSON));
        }
        Evidence::Tried { module, target, outcome, text } => {
            let sentence = words::tried(module, target, *outcome);
            screen.keyed("tried", &words::with_words(sentence, text.as_deref()));
        }
        Evidence::Rule { id, summary, url } => {
            screen.keyed("rule", &words::rule(id, summary, url.as_deref()));
        }
        Evidence::Reproduce { command } => screen.keyed_lines("see it", clip(command, HELP_LINES)),
    }
}

/// What the assembly listing shows, and the command that prints it.
fn listing(screen: &mut Screen, command: &str, lines: &[ListingLine]) {
    let mut all: Vec<String> = lines.iter().take(LISTING_LINES).map(words::listing_line).collect();
    if lines.len() > LISTING_LINES {
        all.push(format!("… {} more, {IN_JSON}", lines.len() - LISTING_LINES));
    }
    screen.keyed_lines("listing", all);
    screen.keyed_lines("", clip(command, HELP_LINES));
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
    let Ran { command, how } = words::ran(finding, command);
    if let Some(how) = how {
        screen.keyed("ran", how);
    } else if !finding.evidence.iter().any(|e| matches!(e, Evidence::Reproduce { .. })) {
        screen.keyed_lines("ran", clip(command, HELP_LINES));
    }
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
    for line in clip(&words::live(help), HELP_LINES) {
        if is_command(&line) {
            screen.keyed_lines(key, [&line]);
        } else {
            screen.keyed(key, &line);
        }
        key = "";
    }
}
