//! The answer, what keeps the report from one, and what was proven and what was not.

use super::write::{Page, first_chars};
use super::{Context, HEADLINE, about, begin, cut, end, name_list, word};
use crate::model::{Problem, ReportVerdict, Severity, Subcommand};
use crate::render::view::{View, severities};
use crate::render::{duration, plural, proven};

/// Problems that are shown.
const PROBLEMS: usize = 200;
/// Lines of a tool's words that a problem shows.
const LINES: usize = 60;
/// Characters of one text of several lines.
const TEXT: usize = 16_384;
/// Names behind a label.
const NAMES: usize = 200;
/// Kinds of inconclusive results that are shown.
const OPEN: usize = 500;

/// The verdict, the totals, and what was checked.
pub(super) fn verdict(page: &mut Page, view: &View<'_>, sentences: &[(ReportVerdict, String)]) {
    let report = view.report;
    page.raw("<section id=\"verdict\" aria-labelledby=\"verdict-title\" class=\"verdict ")
        .raw(report.verdict.as_str())
        .raw("\">\n<p class=\"about\">")
        .foreign(first_chars(&about(view), HEADLINE))
        .raw(" for ")
        .foreign(&report.plan.target)
        .raw("</p>\n");
    for (number, (verdict, text)) in sentences.iter().enumerate() {
        let (open, close) = match number {
            0 => ("<h1 id=\"verdict-title\">", "</h1>\n"),
            _ => ("<p class=\"second\">", "</p>\n"),
        };
        page.raw(open)
            .raw("<span class=\"word ")
            .raw(verdict.as_str())
            .raw("\">")
            .raw(word(*verdict))
            .raw("</span> ")
            .foreign(first_chars(text, HEADLINE))
            .raw(close);
    }
    totals(page, view);
    settings(page, view);
    end(page);
}

/// `3 errors, 2 warnings …`, each a filter of the findings.
fn totals(page: &mut Page, view: &View<'_>) {
    let counts = &view.report.counts;
    page.raw("<ul class=\"totals\">\n");
    for (number, severity) in [
        (counts.errors, Severity::Error),
        (counts.warnings, Severity::Warning),
        (counts.notes, Severity::Note),
    ] {
        page.raw("<li class=\"")
            .raw(severity.as_str())
            .raw("\"><a href=\"#findings\" data-filter=\"severity=");
        page.raw(severity.as_str())
            .raw("\">")
            .text(&severities(number, severity))
            .raw("</a></li>\n");
    }
    for (number, noun) in [(counts.waived, "waived"), (counts.known, "known")] {
        if number > 0 {
            page.raw("<li><a href=\"#findings\" data-filter=\"excepted=show\">")
                .number(number)
                .raw(" ");
            page.raw(noun).raw("</a></li>\n");
        }
    }
    if counts.inconclusive > 0 {
        page.raw("<li><a href=\"#open\">")
            .number(counts.inconclusive)
            .raw(" inconclusive</a></li>\n");
    }
    page.raw("</ul>\n");
}

/// With what, when, and how long.
fn settings(page: &mut Page, view: &View<'_>) {
    let report = view.report;
    let plan = &report.plan;
    page.raw("<p class=\"made\">").foreign(&report.tool.name).raw(" ");
    page.foreign(&report.tool.version).raw(" ").raw(view.subcommand());
    if let Some(version) = &plan.go_version {
        page.raw(", ").foreign(version);
    }
    if plan.subcommand != Subcommand::Inspect {
        page.raw(if plan.cgo { ", cgo on" } else { ", cgo off" });
    }
    page.raw(", <time>").text(&report.started).raw("</time>, ");
    page.text(&duration(report.duration_ms)).raw("; <a href=\"#run\">all settings</a></p>\n");
}

/// What kept gowoa from looking.
pub(super) fn problems(page: &mut Page, context: &Context<'_>) {
    begin(page, "problems", "Problems");
    page.raw(
        "<p class=\"lead\">These kept gowoa from looking: what they concern is not judged.</p>\n",
    );
    let problems = &context.view.report.problems;
    for Problem { message, details, next } in problems.iter().take(PROBLEMS) {
        page.raw("<article class=\"problem\">\n<h3>").foreign(message).raw("</h3>\n");
        if !details.is_empty() {
            block(page, &details.join("\n"), LINES);
        }
        if let Some(next) = next {
            page.raw("<p><strong>Next step</strong> ").foreign(next).raw("</p>\n");
        }
        page.raw("</article>\n");
    }
    cut(page, problems.len().saturating_sub(PROBLEMS), "problem");
    end(page);
}

/// A tool's words, at most so many lines, and what is cut.
pub(super) fn block(page: &mut Page, text: &str, lines: usize) {
    let shown = first_chars(text, TEXT);
    let shown = match shown.match_indices('\n').nth(lines.saturating_sub(1)) {
        Some((at, _)) => shown.get(..at).unwrap_or_default(),
        None => shown,
    };
    page.raw("<pre>").lines(shown).raw("</pre>\n");
    let rest = text.get(shown.len()..).unwrap_or_default();
    let more = rest.trim().lines().count();
    cut(page, more, "line");
}

/// What could not be judged, and why.
pub(super) fn inconclusive(page: &mut Page, context: &Context<'_>) {
    begin(page, "open", "Not judged");
    for (gating, lead) in [
        (true, "These keep the report from an answer:"),
        (false, "These leave the answer as it is:"),
    ] {
        let groups = context.view.inconclusive(gating, true);
        if groups.is_empty() {
            continue;
        }
        page.raw("<p class=\"lead\">").raw(lead).raw("</p>\n<ul class=\"rows\">\n");
        for (result, names) in groups.iter().take(OPEN) {
            page.raw("<li>\n<p>").code(result.check.as_str()).raw(" ");
            let reason = result.reason.as_deref().unwrap_or("no reason given");
            match reason.split_once('\n') {
                None => page.foreign(reason).raw("</p>\n"),
                Some((first, _)) => page.foreign(first).raw("</p>\n"),
            };
            if let Some((_, rest)) = reason.split_once('\n') {
                block(page, rest, LINES);
            }
            name_list(page, names, NAMES, "subject");
            page.raw("</li>\n");
        }
        page.raw("</ul>\n");
        cut(page, groups.len().saturating_sub(OPEN), "reason");
    }
    end(page);
}

/// What was proven and, as plainly, what was not.
pub(super) fn proven(page: &mut Page, context: &Context<'_>) {
    begin(page, "proven", "Proven and not proven");
    page.raw("<dl class=\"grid\">\n");
    for row in proven::rows(context.view) {
        page.raw("<dt>").foreign(row.label).raw("</dt><dd>").foreign(&row.text);
        if let Some(more) = &row.more {
            page.raw("; ").foreign(more);
        }
        if !row.names.is_empty() {
            page.raw("\n");
            name_list(page, &row.names, NAMES, "name");
        }
        page.raw("</dd>\n");
    }
    page.raw("</dl>\n");
    end(page);
}

/// `1 error and 2 warnings`, or `-`.
pub(super) fn tally(numbers: [u64; 3]) -> String {
    let words = [Severity::Error, Severity::Warning, Severity::Note];
    let parts: Vec<String> = numbers
        .into_iter()
        .zip(words)
        .filter(|(number, _)| *number > 0)
        .map(|(number, severity)| plural(number, severity.as_str()))
        .collect();
    if parts.is_empty() { "-".to_owned() } else { parts.join(", ") }
}
