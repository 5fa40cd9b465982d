//! The answer, what keeps the report from one, and what was proven and what was not.

use super::write::{Page, first_chars};
use super::{Context, HEADLINE, about, begin, cut, end, name_list};
use crate::model::{Problem, ReportVerdict, Subcommand};
use crate::render::again::Again;
use crate::render::counts::{WORST_FIRST, others, severities};
use crate::render::view::{Base, View};
use crate::render::{duration, proven, words};

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
            .raw(words::verdict(*verdict))
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
    let numbers = [counts.errors, counts.warnings, counts.notes];
    for (number, severity) in numbers.into_iter().zip(WORST_FIRST) {
        page.raw("<li class=\"")
            .raw(severity.as_str())
            .raw("\"><a href=\"#findings\" data-filter=\"severity=");
        page.raw(severity.as_str())
            .raw("\">")
            .text(&severities(number, severity))
            .raw("</a></li>\n");
    }
    for (number, word) in others(counts) {
        page.raw(match word {
            "inconclusive" => "<li><a href=\"#open\">",
            _ => "<li><a href=\"#findings\" data-filter=\"excepted=show\">",
        });
        page.number(number).raw(" ").raw(word).raw("</a></li>\n");
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
    if let Some(base) = view.base() {
        page.raw("<p class=\"made\">Paths are relative to ");
        match base {
            Base::Directory(base) => {
                page.code(&format!("{base}/")).raw(", where the commands to see it run</p>\n")
            }
            Base::OfEach => page.raw(
                "the directory that the finding is in, where its commands to see it run</p>\n",
            ),
        };
    }
    if let Some(again) = Again::of(report) {
        page.raw("<p class=\"made\">The same on your machine");
        if let Some(place) = again.place {
            page.raw(", in ").code(place);
        }
        page.raw(": ").code(&again.command).raw("</p>\n");
    }
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
            let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
            name_list(page, &names, NAMES, "subject");
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
