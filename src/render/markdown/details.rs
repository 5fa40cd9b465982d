//! The evidence of each finding, folded away: what proves it, how it is reached, what to do, and the command that
//! shows it.

use super::escape::{code, fence, prose};
use super::{ELSEWHERE, Options, clip, folded, help_line, names, sections};
use crate::model::{Evidence, Finding, ListingLine};
use crate::render::text::arrows;
use crate::render::view::{View, count};
use crate::render::words::{self, Ran, ToolsWords};
use crate::render::{plural, reach};

/// Lines of a tool's output, of a listing, of a disassembly.
const OUTPUT: usize = 20;
const LISTING: usize = 10;
const CODE: usize = 12;
/// Lines of help, and of a command.
const HELP: usize = 12;
/// Links of a chain and of the linker's way.
const CHAIN: usize = 12;
/// Names behind one key.
const NAMES: usize = 10;
/// Characters of a line, and hexadecimal digits of foreign code.
const LINE: usize = 400;
const DIGITS: usize = 64;
/// Bytes of the evidence of one finding; a longer one ends there.
const BLOCK: usize = 16 << 10;
/// Bytes for the line that counts the rest.
const REST: usize = 200;

/// The findings in full, of at most `most` bytes in all; the rest counted.
pub(super) fn write(
    view: &View<'_>,
    findings: &[&Finding],
    options: &Options,
    most: usize,
) -> String {
    let mut out = String::new();
    for (number, finding) in findings.iter().enumerate() {
        let heading = if out.is_empty() { "### Evidence\n\n" } else { "\n" };
        let summary = sections::summary(view, finding, options.fold);
        let block = folded(options, &summary, &body(view, finding));
        let full = number >= options.findings;
        if full || out.len() + heading.len() + block.len() + REST > most {
            let rest = plural(count(findings.len() - number), "more finding");
            if most >= out.len() + REST {
                out.push_str(&format!("{heading}Evidence of {rest}: {ELSEWHERE}.\n"));
            }
            break;
        }
        out.push_str(heading);
        out.push_str(&block);
    }
    out
}

/// One finding: its message, then a list.
fn body(view: &View<'_>, finding: &Finding) -> String {
    let sentence = words::sentence(finding);
    let mut lines = clip(&sentence, OUTPUT).into_iter();
    let mut out = format!("{}\n\n", prose(&lines.next().unwrap_or_default(), LINE));
    let others: Vec<String> = lines.collect();
    if !others.is_empty() {
        out.push_str(&format!("{}\n", fence("text", &others, 0)));
    }
    let mut items = Vec::new();
    if let Some(place) = finding.location.as_ref().and_then(words::in_image) {
        items.push(item("at", &prose(&place, LINE)));
    }
    let (evidence, again) = words::in_order(finding, ToolsWords::First);
    items.extend(evidence.into_iter().map(|one| write_one(finding, one)));
    let state = view.subjects.get(&finding.subject).and_then(|subject| subject.build);
    if let Some(words) = reach::words(finding, state) {
        items.push(item("reach", &prose(&words, LINE)));
    }
    if let Some(doubt) = words::doubt(finding.confidence) {
        items.push(item("confidence", doubt));
    }
    if let Some(help) = &finding.help {
        items.push(fix(help));
    }
    items.extend(again.into_iter().map(|one| write_one(finding, one)));
    for item in items {
        if out.len() + item.len() > BLOCK {
            out.push_str(&format!("- More: {ELSEWHERE}.\n"));
            break;
        }
        out.push_str(&item);
    }
    out
}

/// `- **key**: text`.
fn item(key: &str, text: &str) -> String {
    format!("- **{key}**: {text}\n")
}

/// A key, and lines that stay as they are.
fn block<S: AsRef<str>>(key: &str, kind: &str, lines: &[S]) -> String {
    if lines.iter().all(|line| line.as_ref().trim().is_empty()) {
        return String::new();
    }
    format!("- **{key}**:\n\n{}\n", fence(kind, lines, 2))
}

/// One piece of evidence.
fn write_one(finding: &Finding, evidence: &Evidence) -> String {
    match evidence {
        Evidence::Output { command, status: _, text } => output(finding, command, text),
        Evidence::Cause { text, file, line } => {
            item("cause", &prose(&words::cause(text, file.as_deref(), *line), LINE))
        }
        Evidence::Control { target, outcome, text } => {
            item("control", &with_words(&words::control(target, *outcome), text.as_deref()))
        }
        Evidence::Chain { links } => {
            let links: Vec<String> = links.iter().map(words::chain_link).collect();
            block("chain", "text", &arrows(&links, CHAIN, ELSEWHERE))
        }
        Evidence::Stops { packages } if packages.is_empty() => String::new(),
        Evidence::Stops { packages } => item("stops", &names(packages, NAMES)),
        Evidence::Files { amd64_only, arm64_only } => {
            let of = |target: &str, files: &[String]| match files {
                [] => String::new(),
                files => item("files", &format!("only for {target}: {}", names(files, NAMES))),
            };
            of("amd64", amd64_only) + &of("arm64", arm64_only)
        }
        Evidence::Field { name, value, file_offset } => {
            item("field", &words::field(&code(name, LINE), &code(value, LINE), *file_offset))
        }
        Evidence::Code { rva: _, file_offset: _, bytes, x86, a64 } => machine_code(bytes, x86, a64),
        Evidence::Source { file, line, text } => {
            let (kind, comment) = language(file);
            block("source", kind, &[format!("{text} {comment} {file}:{line}")])
        }
        Evidence::Listing { command, lines } => listing(command, lines),
        Evidence::Linked { image, functions, reflection, link_proof, path } => {
            let text = words::linked(image, functions, *reflection, *link_proof, NAMES);
            item("linked", &prose(&text, LINE))
                + &block("the linker's way", "text", &arrows(path, CHAIN, ELSEWHERE))
        }
        Evidence::Tried { module, target, outcome, text } => {
            item("tried", &with_words(&words::tried(module, target, *outcome), text.as_deref()))
        }
        Evidence::Rule { id, summary, url } => {
            let url = url.as_ref().map(|url| format!(" ({})", code(url, LINE))).unwrap_or_default();
            item("rule", &format!("{}: {}{url}", code(id, LINE), prose(summary, LINE)))
        }
        Evidence::Reproduce { command } => block("see it", "sh", &clip(command, HELP)),
    }
}

/// What the lines of a file are to a reader that colours them, and what begins a comment there.
fn language(file: &str) -> (&'static str, &'static str) {
    let name = file.rsplit('/').next().unwrap_or(file);
    match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "go" => ("go", "//"),
        "toml" => ("toml", "#"),
        "yaml" | "yml" => ("yaml", "#"),
        "c" | "h" => ("c", "//"),
        _ => ("text", "//"),
    }
}

/// A tool's words below what a reader runs to get them.
fn output(finding: &Finding, command: &str, text: &str) -> String {
    let words: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let Ran { command, how } = words::ran(finding, command);
    let mut lines = match how {
        Some(how) => vec![format!("# {how}")],
        None => vec![format!("$ {}", command.lines().next().unwrap_or_default())],
    };
    lines.extend(clip(&words.join("\n"), OUTPUT));
    block("output", "text", &lines)
}

/// A sentence, and the first words of a tool as they are.
fn with_words(sentence: &str, text: Option<&str>) -> String {
    let said = words::first_words(text).map(|said| format!(": {}", code(said, LINE)));
    prose(sentence, LINE) + &said.unwrap_or_default()
}

/// The bytes, and both readings of them.
fn machine_code(bytes: &str, x86: &[String], a64: &[String]) -> String {
    let more = if bytes.chars().nth(DIGITS).is_some() { " …" } else { "" };
    let bytes: String = bytes.chars().take(DIGITS).collect();
    let mut lines = vec![format!("bytes  {bytes}{more}")];
    for (key, read) in [("x86", x86), ("a64", a64)] {
        lines.extend(read.iter().take(CODE).map(|line| format!("{key}    {line}")));
    }
    block("code", "text", &lines)
}

/// What the assembly listing shows, and the command that prints it.
fn listing(command: &str, lines: &[ListingLine]) -> String {
    let mut shown = vec![format!("$ {}", command.lines().next().unwrap_or_default())];
    shown.extend(lines.iter().take(LISTING).map(words::listing_line));
    if lines.len() > LISTING {
        shown.push(format!("… {} more, {ELSEWHERE}", lines.len() - LISTING));
    }
    block("listing", "text", &shown)
}

/// A line of help among commands: what is no command is a comment, so that all of it can be pasted.
fn shell_line(line: &str) -> String {
    match words::command(line) {
        Some((command, "")) => command.to_owned(),
        Some((command, remark)) => format!("{command}  # {}", remark.trim_matches(['(', ')'])),
        None if line.trim().is_empty() => String::new(),
        None => format!("# {line}"),
    }
}

/// What to do next; commands are there to be copied.
fn fix(help: &str) -> String {
    let lines = clip(help, HELP);
    let commands = lines.iter().filter(|line| words::is_command(line)).count();
    if commands > 1 || lines.len() > 3 {
        let lines: Vec<String> = lines.iter().map(|line| shell_line(line)).collect();
        return block("fix", "sh", &lines);
    }
    let lines: Vec<String> = lines.iter().map(|line| help_line(line, LINE)).collect();
    item("fix", &lines.join("<br>"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Severity, SubjectId, SubjectKind};
    use crate::render::sample::finding;

    fn source(file: &str, text: &str) -> String {
        let id = SubjectId::new(SubjectKind::Build, ".");
        let about = finding("x", Severity::Error, &id, "m");
        let (file, text) = (file.to_owned(), text.to_owned());
        write_one(&about, &Evidence::Source { file, line: 11, text })
    }

    #[test]
    fn help_with_several_commands_can_be_pasted_whole() {
        let short = "go get d.e/m@v1.3.0   (built in this run for windows/arm64: ok)";
        assert_eq!(
            fix(short),
            "- **fix**: `go get d.e/m@v1.3.0` (built in this run for `windows/arm64`: ok)\n"
        );
        let long = fix(&format!("{short}\ngo mod vendor\nor else: define X"));
        let lines = "go get d.e/m@v1.3.0  # built in this run for windows/arm64: ok\n  go mod vendor\n  # or else";
        assert!(long.contains("```sh\n  ") && long.contains(lines), "{long}");
    }

    #[test]
    fn a_line_is_shown_in_the_language_of_its_file() {
        let go = source("a.d/x.go", "var x int");
        assert!(go.contains("```go\n  var x int // a.d/x.go:11\n"), "{go}");
        let toml = source("gowoa.toml", "[[waiver]]");
        assert!(toml.contains("```toml\n  [[waiver]] # gowoa.toml:11\n"), "{toml}");
        let assembly = source("x_amd64.s", "RET");
        assert!(assembly.contains("```text\n  RET // x_amd64.s:11\n"), "{assembly}");
    }
}
