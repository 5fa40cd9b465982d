//! What proves a finding, as the rows of one list: a key, and what stands behind it.

use std::fmt::Write as _;

use super::summary::block;
use super::write::Page;
use super::{Context, cut, name_list};
use crate::model::{AnchorKind, ControlOutcome, Evidence, Finding, ListingLine};
use crate::render::reach;
use crate::render::view::View;
use crate::render::words::{self, Ran, ToolsWords, chain_link, in_image};

/// Lines of a tool's output.
const OUTPUT_LINES: usize = 120;
/// Lines of help.
const HELP_LINES: usize = 60;
/// Links of a chain.
const LINKS: usize = 60;
/// Names behind a key.
const NAMES: usize = 100;
/// Lines of an assembly listing.
const LISTING_LINES: usize = 60;
/// Bytes of foreign code: 16 rows.
const CODE_BYTES: usize = 256;
/// Instructions of each reading of them.
const CODE_LINES: usize = 80;
/// Bytes in a row of the dump.
const ROW: usize = 16;

/// Everything about a finding that does not stand in its first line.
pub(super) fn body(page: &mut Page, context: &Context<'_>, finding: &Finding) {
    let (evidence, again) = words::in_order(finding, ToolsWords::First);
    let (causes, others): (Vec<_>, Vec<_>) =
        evidence.into_iter().partition(|one| matches!(one, Evidence::Cause { .. }));
    page.raw("<dl class=\"grid\">\n");
    // What to do comes before the proof, and the command to see it again behind all.
    pieces(page, finding, &causes);
    help(page, finding);
    places(page, context.view, finding);
    pieces(page, finding, &others);
    pieces(page, finding, &again);
    if let Some(waived) = &finding.waived {
        page.raw("<dt>Waived</dt><dd>").foreign(&words::waived(waived)).raw("</dd>\n");
    }
    if finding.known {
        page.raw("<dt>Known</dt><dd>").raw(words::KNOWN).raw("</dd>\n");
    }
    if let Some(doubt) = words::doubt(finding.confidence) {
        page.raw("<dt>Confidence</dt><dd>").raw(doubt).raw("</dd>\n");
    }
    about_check(page, context, finding);
    page.raw("</dl>\n");
}

/// Evidence in this order; neighbours with one key share it.
fn pieces(page: &mut Page, finding: &Finding, evidence: &[&Evidence]) {
    let mut key = "";
    for one in evidence {
        let label = label(one);
        if label != key {
            page.raw("<dt>").raw(label).raw("</dt>");
            key = label;
        }
        page.raw(opening(one));
        write(page, finding, one);
        page.raw("</dd>\n");
    }
}

/// The way to the explanation of the check.
fn about_check(page: &mut Page, context: &Context<'_>, finding: &Finding) {
    let id = finding.check.as_str();
    page.raw("<dt>Check</dt><dd>");
    match context.check(id) {
        Some(check) => {
            page.raw("<a").attr("href", &format!("#check-{id}")).raw(">").text(id).raw("</a> ");
            super::prose::inline(page, check.title);
        }
        None => {
            page.code(id);
        }
    }
    page.raw("</dd>\n");
}

/// What to do next. Sentences are sentences, commands can be taken as they are.
fn help(page: &mut Page, finding: &Finding) {
    let Some(help) = &finding.help else { return };
    page.raw("<dt>Next step</dt><dd class=\"help\">");
    for line in help.lines().take(HELP_LINES) {
        let (command, words) = words::command(line).unwrap_or(("", line));
        if !command.is_empty() {
            page.raw("<pre class=\"command\">").lines(command.trim_start()).raw("</pre>\n");
        }
        if !words.is_empty() {
            page.raw("<p>").foreign(words).raw("</p>\n");
        }
    }
    cut(page, help.lines().count().saturating_sub(HELP_LINES), "line");
    page.raw("</dd>\n");
}

/// Where it is, and how that gets into what is built.
fn places(page: &mut Page, view: &View<'_>, finding: &Finding) {
    let place = finding.location.as_ref().and_then(words::own_place);
    let image = finding.location.as_ref().and_then(in_image);
    if place.is_some() || image.is_some() {
        page.raw("<dt>Where</dt><dd>");
        for (number, text) in [place, image].iter().flatten().enumerate() {
            page.raw(if number == 0 { "" } else { ", " }).code(text);
        }
        page.raw("</dd>\n");
    }
    if let Some(anchor) = &finding.anchor
        && anchor.kind != AnchorKind::Location
    {
        let numbers = words::numbers(anchor.line, anchor.column);
        page.raw("<dt>In the repository</dt><dd>").code(&format!("{}{numbers}", anchor.file));
        page.raw(match anchor.kind {
            AnchorKind::Location => "",
            AnchorKind::Requirement => " selects the version of the module",
            AnchorKind::Package => " is a file of the package",
            AnchorKind::Module => " is the closest file of the project",
        });
        page.raw("</dd>\n");
    }
    let state = view.subjects.get(&finding.subject).and_then(|subject| subject.build);
    if let Some(words) = reach::words(finding, state) {
        page.raw("<dt>Reached</dt><dd>").foreign(&words).raw("</dd>\n");
    }
}

/// The key of a piece of evidence.
const fn label(evidence: &Evidence) -> &'static str {
    match evidence {
        Evidence::Output { .. } => "Output",
        Evidence::Cause { .. } => "Cause",
        Evidence::Control { .. } => "Control builds",
        Evidence::Chain { .. } => "Import chain",
        Evidence::Stops { .. } => "Stops",
        Evidence::Files { .. } => "Files",
        Evidence::Field { .. } => "Fields",
        Evidence::Code { .. } => "Code",
        Evidence::Source { .. } => "Source",
        Evidence::Listing { .. } => "Listing",
        Evidence::Linked { .. } => "Linked",
        Evidence::Tried { .. } => "Tried",
        Evidence::Rule { .. } => "Rule",
        Evidence::Reproduce { .. } => "See it again",
    }
}

/// The element that a piece of evidence stands in; what came of a build is coloured.
const fn opening(evidence: &Evidence) -> &'static str {
    match evidence {
        Evidence::Control { outcome, .. } | Evidence::Tried { outcome, .. } => match outcome {
            ControlOutcome::Builds => "<dd class=\"builds\">",
            ControlOutcome::Fails => "<dd class=\"fails\">",
            ControlOutcome::Unknown => "<dd class=\"unknown\">",
        },
        _ => "<dd>",
    }
}

/// What stands behind the key.
fn write(page: &mut Page, finding: &Finding, evidence: &Evidence) {
    match evidence {
        Evidence::Control { target, outcome, text } => {
            built(page, &words::control(target, *outcome), text.as_deref());
        }
        Evidence::Tried { module, target, outcome, text } => {
            built(page, &words::tried(module, target, *outcome), text.as_deref());
        }
        Evidence::Output { command, status, text } => {
            output(page, &words::ran(finding, command), *status, text);
        }
        Evidence::Cause { text, file, line } => cause(page, text, file.as_deref(), *line),
        Evidence::Chain { links } => {
            chain(page, &links.iter().map(chain_link).collect::<Vec<_>>());
        }
        Evidence::Stops { packages } => {
            let names: Vec<&str> = packages.iter().map(String::as_str).collect();
            name_list(page, &names, NAMES, "package");
        }
        Evidence::Files { amd64_only, arm64_only } => files(page, amd64_only, arm64_only),
        Evidence::Field { name, value, file_offset } => field(page, name, value, *file_offset),
        Evidence::Code { rva, file_offset, bytes, x86, a64 } => {
            code(page, *rva, *file_offset, bytes, x86, a64);
        }
        Evidence::Source { file, line, text } => {
            page.code(&format!("{file}:{line}")).raw("<pre>").lines(text).raw("</pre>");
        }
        Evidence::Listing { command, lines } => listing(page, command, lines),
        Evidence::Linked { image, functions, reflection, link_proof, path } => {
            page.foreign(&words::linked(image, functions, *reflection, *link_proof, NAMES));
            if !path.is_empty() {
                page.raw("\n");
                chain(page, path);
            }
        }
        Evidence::Rule { id, summary, url } => rule(page, id, summary, url.as_deref()),
        Evidence::Reproduce { command } => {
            page.raw("<pre class=\"command\">").lines(command).raw("</pre>");
        }
    }
}

fn cause(page: &mut Page, text: &str, file: Option<&str>, line: Option<u32>) {
    page.foreign(text);
    if let Some(file) = file {
        page.raw(" ").code(&format!("{file}{}", words::numbers(line, None)));
    }
}

fn field(page: &mut Page, name: &str, value: &str, file_offset: Option<u64>) {
    page.code(name).raw(" ").code(value);
    if let Some(offset) = file_offset {
        page.raw(words::AT_FILE_OFFSET).code(&format!("{offset:#x}"));
    }
}

fn rule(page: &mut Page, id: &str, summary: &str, url: Option<&str>) {
    page.code(id).raw(" ").foreign(summary);
    if let Some(url) = url {
        page.raw(" ");
        link(page, url);
    }
}

/// A link, where following it can do no more than open a page.
fn link(page: &mut Page, url: &str) {
    let web = url.starts_with("https://") || url.starts_with("http://");
    if web && url.chars().all(|c| c.is_ascii_graphic()) {
        page.raw("<a rel=\"noopener noreferrer\"").attr("href", url).raw(">").text(url).raw("</a>");
    } else {
        page.code(url);
    }
}

/// A tool's words, with what a reader runs to get them.
fn output(page: &mut Page, ran: &Ran<'_>, status: Option<i32>, text: &str) {
    if let Some(status) = status {
        page.raw("status ").text(&status.to_string()).raw(" of ");
    }
    match ran.how {
        Some(how) => page.raw(how),
        None => page.code(ran.command),
    };
    page.raw("\n");
    if text.trim().is_empty() {
        page.raw("<p class=\"cut\">It printed nothing.</p>\n");
    } else {
        block(page, text.trim_end(), OUTPUT_LINES);
    }
}

/// What came of a build, with the compiler's words.
fn built(page: &mut Page, sentence: &str, text: Option<&str>) {
    page.foreign(sentence);
    if let Some(text) = text {
        page.raw("\n");
        block(page, text, OUTPUT_LINES);
    }
}

/// From the importer to the imported; a long one loses its middle.
fn chain(page: &mut Page, links: &[String]) {
    let hidden = links.len().saturating_sub(LINKS);
    let head = if hidden == 0 { links.len() } else { LINKS / 2 };
    page.raw("<ol class=\"chain\">");
    for (index, link) in links.iter().enumerate() {
        if index == head && hidden > 0 {
            page.raw("<li>… ").number(hidden as u64).raw(" more, which the JSON report has</li>");
        }
        if index < head || index >= head + hidden {
            page.raw("<li>").code(link).raw("</li>");
        }
    }
    page.raw("</ol>");
}

fn files(page: &mut Page, amd64_only: &[String], arm64_only: &[String]) {
    for (words, files) in [("only for amd64", amd64_only), ("only for arm64", arm64_only)] {
        if !files.is_empty() {
            let names: Vec<&str> = files.iter().map(String::as_str).collect();
            page.raw(words).raw("\n");
            name_list(page, &names, NAMES, "file");
        }
    }
}

/// The lines of a listing, and the command that prints it.
fn listing(page: &mut Page, command: &str, lines: &[ListingLine]) {
    page.code(command).raw("\n<ul class=\"listing\">");
    for ListingLine { function, file, line, text } in lines.iter().take(LISTING_LINES) {
        page.raw("<li>").code(text).raw(" in ").code(function);
        if let Some(file) = file {
            page.raw(" at ").code(&format!("{file}{}", words::numbers(*line, None)));
        }
        page.raw("</li>");
    }
    page.raw("</ul>\n");
    cut(page, lines.len().saturating_sub(LISTING_LINES), "line");
}

/// The bytes, and what they mean to either machine, side by side.
fn code(page: &mut Page, rva: u32, offset: u64, bytes: &str, x86: &[String], a64: &[String]) {
    page.raw("<p>RVA ").code(&format!("{rva:#x}")).raw(", file offset ");
    page.code(&format!("{offset:#x}")).raw("</p>\n<div class=\"readings\">\n");
    let (dump, more) = dump(offset, bytes);
    page.raw("<figure class=\"bytes\"><figcaption>Bytes</figcaption>\n<pre>")
        .lines(&dump)
        .raw("</pre>\n");
    cut(page, more, "byte");
    page.raw("</figure>\n");
    for (caption, lines) in [("Read as x86", x86), ("Read as A64", a64)] {
        if lines.is_empty() {
            continue;
        }
        page.raw("<figure><figcaption>").raw(caption).raw("</figcaption>\n");
        block(page, &lines.join("\n"), CODE_LINES);
        page.raw("</figure>\n");
    }
    page.raw("</div>");
}

/// Rows of 16 bytes behind their file offset, and how many bytes are left out.
fn dump(offset: u64, bytes: &str) -> (String, usize) {
    let digits: Vec<char> = bytes.chars().take(2 * CODE_BYTES).collect();
    let mut out = String::new();
    for (row, of_row) in digits.chunks(2 * ROW).enumerate() {
        if row > 0 {
            out.push('\n');
        }
        // Writing to a String cannot fail.
        let _ = write!(out, "{:08x} ", offset.saturating_add((row * ROW) as u64));
        for (column, byte) in of_row.chunks(2).enumerate() {
            out.push_str(if column == ROW / 2 { "  " } else { " " });
            out.extend(byte);
        }
    }
    (out, bytes.chars().count().saturating_sub(2 * CODE_BYTES).div_ceil(2))
}

#[cfg(test)]
mod tests {
    use super::{CODE_BYTES, Page, dump, field, link};
    use crate::render::words;

    #[test]
    fn bytes_stand_in_rows_behind_their_offset() {
        let (text, more) = dump(0x600, "554889e54883ec20c3");
        assert_eq!((text.as_str(), more), ("00000600  55 48 89 e5 48 83 ec 20  c3", 0));
        let (text, more) = dump(u64::MAX, &"ab".repeat(CODE_BYTES + 3));
        assert_eq!((text.lines().count(), more), (16, 3));
    }

    #[test]
    fn a_field_reads_as_in_every_format() {
        let mut page = Page::default();
        field(&mut page, "Machine", "0x8664", Some(0x84));
        let text = page.finish().replace("<code>", "").replace("</code>", "");
        assert_eq!(text, words::field("Machine", "0x8664", Some(0x84)));
    }

    #[test]
    fn only_the_web_is_linked() {
        let shown = |url: &str| {
            let mut page = Page::default();
            link(&mut page, url);
            page.finish()
        };
        assert!(
            shown("https://go.dev/issue/62583")
                .starts_with("<a rel=\"noopener noreferrer\" href=\"https:")
        );
        for url in
            ["javascript:alert(1)", "data:text/html,x", "//x.y", "https://a b", "HTTPS://x", ""]
        {
            assert!(shown(url).starts_with("<code>"), "{url}");
        }
    }
}
