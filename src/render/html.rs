//! One page for a browser: self-contained, without a connection to anywhere.
//!
//! Everything is in the HTML and reads without a script; the script filters and sorts. Where there are many
//! findings, what proves each is inside `<noscript>`: a browser that runs scripts takes it as one piece of text
//! and opens it when the reader does, and one that runs none shows it as it stands.
//!
//! Two things keep foreign text inert. Markup and text are told apart by type (`write`), and the
//! Content-Security-Policy lets nothing run, load or connect but the one style and the one script whose hashes it
//! names.

mod checks;
mod evidence;
mod files;
mod findings;
mod packages;
mod prose;
mod run;
mod summary;
mod write;

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use self::write::{Page, first_chars};
use super::view::{View, count};
use super::{headline, words};
use crate::model::{CheckInfo, Report, ReportVerdict, SubjectKind};

/// The style sheet, without markup: `</style` would end it early.
const STYLE: &str = include_str!("html/style.css");
/// The script, without markup.
const SCRIPT: &str = include_str!("html/script.js");
/// Where the rest of what is cut stands.
const IN_JSON: &str = "the JSON report has it (--report json=PATH)";
/// Characters of the headline; a longer one is a tool's message gone wrong.
const HEADLINE: usize = 400;

/// Writes it. `checks`: what is to be said of the checks themselves.
pub fn render(report: &Report, checks: &[CheckInfo]) -> String {
    let view = View::new(report);
    let context = Context { view: &view, checks };
    let sentences = headline::sentences(&view);
    let mut page = Page::default();
    head(&mut page, &view, &sentences);
    page.raw("<body>\n<a class=\"skip\" href=\"#main\">Skip to the verdict</a>\n");
    let parts = parts(&context);
    banner(&mut page, &parts);
    page.raw("<main id=\"main\" tabindex=\"-1\">\n");
    summary::verdict(&mut page, &view, &sentences);
    for part in &parts {
        (part.write)(&mut page, &context);
    }
    page.raw("</main>\n");
    footer(&mut page, report);
    page.raw("<script>").raw(SCRIPT).raw("</script>\n</body>\n</html>\n");
    page.finish()
}

/// What the parts of the page are made from.
struct Context<'a> {
    view: &'a View<'a>,
    checks: &'a [CheckInfo],
}

impl<'a> Context<'a> {
    /// What is to be said of a check.
    fn check(&self, id: &str) -> Option<&'a CheckInfo> {
        self.checks.iter().find(|check| check.id.as_str() == id)
    }
}

/// A section of the page and its line in the contents.
struct Part {
    id: &'static str,
    title: &'static str,
    count: Option<usize>,
    write: fn(&mut Page, &Context<'_>),
}

/// The sections that this report has.
fn parts(context: &Context<'_>) -> Vec<Part> {
    let report = context.view.report;
    let mut parts = Vec::new();
    let mut add = |id, title, count, write: fn(&mut Page, &Context<'_>)| {
        parts.push(Part { id, title, count, write });
    };
    if !report.problems.is_empty() {
        add("problems", "Problems", Some(report.problems.len()), summary::problems);
    }
    add("findings", "Findings", Some(report.findings.len()), findings::write);
    let groups = [true, false].map(|gating| context.view.inconclusive(gating, true));
    let open = groups.iter().flatten().map(|(_, names)| names.len()).sum();
    if open > 0 {
        add("open", "Not judged", Some(open), summary::inconclusive);
    }
    add("proven", "Proven and not proven", None, summary::proven);
    let files = files::listed(report).count();
    if files > 0 {
        add("files", "Images and files", Some(files), files::write);
    }
    let packages = packages::listed(report).count();
    if packages > 0 {
        add("packages", "Packages", Some(packages), packages::write);
    }
    add("checks", "Checks", Some(checks::asked(report).len()), checks::write);
    add("run", "How it was made", None, run::write);
    parts
}

/// Everything before the body. The title begins with the verdict: it is all that a tab shows.
fn head(page: &mut Page, view: &View<'_>, sentences: &[(ReportVerdict, String)]) {
    page.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        .raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-")
        .hash(&Sha256::digest(STYLE))
        .raw("'; script-src 'sha256-")
        .hash(&Sha256::digest(SCRIPT))
        .raw("'; base-uri 'none'; form-action 'none'\">\n")
        .raw("<meta name=\"referrer\" content=\"no-referrer\">\n")
        .raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
        .raw("<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
    if let Some((verdict, _)) = sentences.first() {
        page.raw(words::verdict(*verdict)).raw(": ");
    }
    page.text(first_chars(&about(view), 200))
        .raw(" for ")
        .text(&view.report.plan.target)
        .raw(" - gowoa</title>\n<style>")
        .raw(STYLE)
        .raw("</style>\n</head>\n");
}

/// What the report is about: the reports that it was merged of, the module that was asked about, the main module or
/// modules, or the files that were given.
fn about(view: &View<'_>) -> String {
    let report = view.report;
    if !report.plan.reports.is_empty() {
        let reports: Vec<&str> = report.plan.reports.iter().map(String::as_str).collect();
        return several("report", &reports);
    }
    if let Some(module) = &report.plan.module {
        return module.clone();
    }
    let of_packages =
        report.subjects.iter().filter(|s| s.kind == SubjectKind::Package && s.matched);
    let main = of_packages.filter_map(|s| s.module.as_ref()).filter(|m| m.version.is_none());
    let main: BTreeSet<&str> = main.map(|module| module.path.as_str()).collect();
    match main.into_iter().collect::<Vec<_>>().as_slice() {
        [] => report.plan.patterns.join(" "),
        [module] => (*module).to_owned(),
        modules => several("module", modules),
    }
}

/// `2 modules (m/a, m/b)`.
fn several(noun: &str, names: &[&str]) -> String {
    /// More names would push the target out of sight.
    const NAMED: usize = 3;
    let number = super::plural(count(names.len()), noun);
    format!("{number} ({})", super::view::names(names, NAMED, ", "))
}

/// The name of the program, and where everything is.
fn banner(page: &mut Page, parts: &[Part]) {
    page.raw("<header class=\"bar\">\n<p class=\"product\">gowoa <span>report</span></p>\n")
        .raw("<nav aria-label=\"Contents\">\n<ul>\n<li><a href=\"#verdict\">Verdict</a></li>\n");
    for part in parts {
        page.raw("<li><a href=\"#").raw(part.id).raw("\">").raw(part.title);
        if let Some(count) = part.count {
            page.raw(" <span class=\"n\">").number(count as u64).raw("</span>");
        }
        page.raw("</a></li>\n");
    }
    page.raw("</ul>\n</nav>\n</header>\n");
}

fn footer(page: &mut Page, report: &Report) {
    page.raw("<footer>\n<p>Made by ")
        .foreign(&report.tool.name)
        .raw(" ")
        .foreign(&report.tool.version)
        .raw(", report schema ")
        .foreign(&report.schema_version)
        .raw(". This page loads nothing and sends nothing; the JSON report holds all that it shows, uncut.</p>\n</footer>\n");
}

/// `<section>` with its heading.
fn begin(page: &mut Page, id: &'static str, title: &'static str) {
    page.raw("<section id=\"")
        .raw(id)
        .raw("\" aria-labelledby=\"")
        .raw(id)
        .raw("-title\">\n<h2 id=\"");
    page.raw(id).raw("-title\">").raw(title).raw("</h2>\n");
}

fn end(page: &mut Page) {
    page.raw("</section>\n");
}

/// `… 12 more files: the JSON report has them`.
fn cut(page: &mut Page, more: usize, noun: &str) {
    if more > 0 {
        page.raw("<p class=\"cut\">… ")
            .text(&super::plural(more as u64, &format!("more {noun}")))
            .raw("; ")
            .raw(IN_JSON)
            .raw(".</p>\n");
    }
}

/// A region that scrolls sideways, reachable by keyboard.
fn scroll(page: &mut Page, label: &str) {
    page.raw("<div class=\"scroll\" role=\"region\" tabindex=\"0\"")
        .attr("aria-label", label)
        .raw(">\n");
}

/// Names in a row, at most so many.
fn name_list(page: &mut Page, names: &[&str], most: usize, noun: &str) {
    page.raw("<ul class=\"names\">");
    for name in names.iter().take(most) {
        page.raw("<li>").code(name).raw("</li>");
    }
    page.raw("</ul>\n");
    cut(page, names.len().saturating_sub(most), noun);
}
