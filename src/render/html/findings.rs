//! The findings, those that count first, with what filters them.

use std::collections::BTreeMap;

use super::write::Page;
use super::{Context, begin, end, evidence};
use crate::model::{Finding, Severity};
use crate::render::words::{heading, place};
use crate::render::{plural, reach};

/// With more findings than this, what proves each is made into elements when it is opened: a browser takes
/// seconds for a million elements, and no time for text.
const PLAIN: usize = 300;
/// Up to so many errors are open from the start.
const OPENED: usize = 3;
/// Bytes of the page beyond which findings keep their first line alone.
const BUDGET: usize = 48 << 20;
/// Entries of one choice among the filters; of more, the most frequent.
const CHOICES: usize = 1_000;

/// The section.
pub(super) fn write(page: &mut Page, context: &Context<'_>) {
    let findings = &context.view.report.findings;
    begin(page, "findings", "Findings");
    if findings.is_empty() {
        page.raw("<p class=\"lead\">Nothing wrong was found.</p>\n");
        return end(page);
    }
    if findings.len() > 1 {
        filters(page, context);
    }
    let deferred = findings.len() > PLAIN;
    let errors = findings.iter().filter(|f| f.is_open() && f.severity == Severity::Error).count();
    let mut rest = if errors > OPENED { 0 } else { errors };
    page.raw("<ol class=\"findings\">\n");
    // A number stands for the place in the report, whatever the order on the page.
    let (open, closed): (Vec<_>, Vec<_>) =
        findings.iter().enumerate().partition(|(_, finding)| finding.is_open());
    for (number, finding) in open.into_iter().chain(closed) {
        let opened = rest > 0 && finding.is_open();
        rest = rest.saturating_sub(1);
        one(page, context, number + 1, finding, deferred, opened);
    }
    page.raw("</ol>\n<p id=\"none\" class=\"lead\" hidden>No finding passes the filters.</p>\n");
    end(page);
}

/// One finding: a line, and everything else when it is opened.
fn one(
    page: &mut Page,
    context: &Context<'_>,
    number: usize,
    finding: &Finding,
    deferred: bool,
    opened: bool,
) {
    let severity = finding.severity.as_str();
    page.raw("<li").numbered("id", "f-", number).raw(" class=\"finding ").raw(severity);
    page.raw("\" data-severity=\"")
        .raw(severity)
        .raw("\"")
        .attr("data-check", finding.check.as_str());
    if let Some(reach) = finding.reachability {
        page.raw(" data-reach=\"").raw(reach.as_str()).raw("\"");
    }
    if let Some(module) = &finding.module {
        page.attr("data-module", &module.path);
    }
    if !finding.is_open() {
        page.raw(" data-excepted");
    }
    page.raw(if opened { ">\n<details open>" } else { ">\n<details>" }).raw("<summary>");
    page.raw("<span class=\"severity\">")
        .raw(severity)
        .raw("</span>\n<h3>")
        .foreign(&finding.message);
    page.raw("</h3>\n<p class=\"meta\">");
    meta(page, context, finding);
    page.raw("</p></summary>\n");
    if page.len() > BUDGET {
        page.raw("<p class=\"cut\">This page is full; ").raw(super::IN_JSON).raw(".</p>\n");
    } else if deferred {
        page.raw("<noscript>");
        evidence::body(page, context, finding);
        page.raw("</noscript>\n");
    } else {
        evidence::body(page, context, finding);
    }
    page.raw("</details></li>\n");
}

/// Check, class, what it is about, where, how reached: what tells findings apart at a glance.
fn meta(page: &mut Page, context: &Context<'_>, finding: &Finding) {
    page.raw("<span>").text(finding.check.as_str());
    if let Some(class) = finding.class.as_ref().filter(|class| *class != finding.check.as_str()) {
        page.raw(": ").foreign(class);
    }
    page.raw("</span>");
    let heading = heading(context.view, finding);
    // The build as a whole has no name of its own.
    if heading != "." {
        page.raw(" <span>").foreign(&heading).raw("</span>");
    }
    if let Some(place) = place(finding) {
        page.raw(" <span>").foreign(&place).raw("</span>");
    }
    if let Some(reach) = finding.reachability {
        page.raw(" <span>").raw(reach::short(reach)).raw("</span>");
    }
    if finding.waived.is_some() {
        page.raw(" <span>waived</span>");
    } else if finding.known {
        page.raw(" <span>known</span>");
    }
}

/// The filters; without a script they are not there.
fn filters(page: &mut Page, context: &Context<'_>) {
    let findings = &context.view.report.findings;
    page.raw("<form id=\"filters\" class=\"filters\" aria-label=\"Filter the findings\" hidden>\n")
        .raw("<p class=\"field wide\"><label for=\"q\">Search</label> <input id=\"q\" name=\"q\" type=\"search\" ")
        .raw("autocomplete=\"off\" spellcheck=\"false\"></p>\n<fieldset><legend>Severity</legend>\n");
    for severity in [Severity::Error, Severity::Warning, Severity::Note] {
        let number = findings.iter().filter(|f| f.is_open() && f.severity == severity).count();
        page.raw("<label><input type=\"checkbox\" name=\"severity\" value=\"")
            .raw(severity.as_str());
        page.raw("\" checked> ")
            .raw(severity.as_str())
            .raw(" <span class=\"n\">")
            .number(number as u64);
        page.raw("</span></label>\n");
    }
    page.raw("</fieldset>\n");
    choice(page, "check", "Check", count(findings.iter().map(|f| f.check.as_str())));
    let reached = findings.iter().filter_map(|f| f.reachability);
    choice(page, "reach", "Reached", count(reached.map(crate::model::Reachability::as_str)));
    let modules = findings.iter().filter_map(|f| f.module.as_ref());
    choice(page, "module", "Module", count(modules.map(|module| module.path.as_str())));
    let excepted = findings.iter().filter(|finding| !finding.is_open()).count();
    if excepted > 0 {
        page.raw(
            "<p class=\"field\"><label><input type=\"checkbox\" name=\"excepted\" value=\"show\"> ",
        )
        .raw("show waived and known <span class=\"n\">")
        .number(excepted as u64)
        .raw("</span></label></p>\n");
    }
    page.raw("<p class=\"buttons\"><button type=\"button\" id=\"reset\">Clear filters</button>\n")
        .raw("<button type=\"button\" id=\"unfold\">Open all</button>\n")
        .raw("<button type=\"button\" id=\"fold\">Close all</button></p>\n</form>\n")
        .raw("<p id=\"shown\" class=\"shown\" role=\"status\">")
        .text(&plural(findings.len() as u64, "finding"))
        .raw("</p>\n");
}

/// How often each name stands there.
fn count<'a>(names: impl Iterator<Item = &'a str>) -> BTreeMap<&'a str, usize> {
    let mut counts = BTreeMap::new();
    for name in names {
        *counts.entry(name).or_insert(0) += 1;
    }
    counts
}

/// A list to choose one name from, where there is more than one.
fn choice(page: &mut Page, name: &'static str, label: &'static str, counts: BTreeMap<&str, usize>) {
    if counts.len() < 2 {
        return;
    }
    let mut names: Vec<(&str, usize)> = counts.into_iter().collect();
    if names.len() > CHOICES {
        names.sort_by_key(|&(_, number)| std::cmp::Reverse(number));
        names.truncate(CHOICES);
        names.sort_unstable();
    }
    page.raw("<p class=\"field\"><label for=\"by-").raw(name).raw("\">").raw(label);
    page.raw("</label> <select id=\"by-").raw(name).raw("\" name=\"").raw(name);
    page.raw("\">\n<option value=\"\">any</option>\n");
    for (value, number) in names {
        page.raw("<option").attr("value", value).raw(">").text(value).raw(" (");
        page.number(number as u64).raw(")</option>\n");
    }
    page.raw("</select></p>\n");
}
