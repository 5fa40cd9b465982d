//! What was asked, what came of it, and what each check is about.

use std::collections::BTreeMap;

use super::write::Page;
use super::{Context, begin, end, prose, scroll};
use crate::model::{Report, ResultVerdict};

/// What came of one check: results by verdict, in the order of the columns, and findings.
#[derive(Default)]
pub(super) struct Asked {
    verdicts: [u64; 4],
    findings: u64,
}

/// Every check that the report names.
pub(super) fn asked(report: &Report) -> BTreeMap<&str, Asked> {
    let mut asked: BTreeMap<&str, Asked> = BTreeMap::new();
    for result in &report.results {
        let column = match result.verdict {
            ResultVerdict::Fail => 0,
            ResultVerdict::Inconclusive => 1,
            ResultVerdict::Pass => 2,
            ResultVerdict::NotApplicable => 3,
        };
        asked.entry(result.check.as_str()).or_default().verdicts[column] += 1;
    }
    for finding in &report.findings {
        asked.entry(finding.check.as_str()).or_default().findings += 1;
    }
    asked
}

/// The section.
pub(super) fn write(page: &mut Page, context: &Context<'_>) {
    let asked = asked(context.view.report);
    begin(page, "checks", "Checks");
    page.raw("<p class=\"lead\">Each check was asked of every subject that it is about. Silence is never a pass.</p>\n");
    if asked.is_empty() {
        page.raw("<p>No check was asked.</p>\n");
        return end(page);
    }
    scroll(page, "Table of checks");
    page.raw("<table class=\"sortable\">\n<thead><tr><th scope=\"col\">Check</th><th scope=\"col\" class=\"wide\">Finds</th>")
        .raw("<th scope=\"col\" class=\"num\">Fail</th><th scope=\"col\" class=\"num\">Inconclusive</th>")
        .raw("<th scope=\"col\" class=\"num\">Pass</th><th scope=\"col\" class=\"num\">Not applicable</th>")
        .raw("<th scope=\"col\" class=\"num\">Findings</th></tr></thead>\n<tbody>\n");
    for (id, asked) in &asked {
        let info = context.check(id);
        page.raw("<tr><th scope=\"row\">");
        match info {
            Some(_) => {
                page.raw("<a").attr("href", &format!("#check-{id}")).raw(">").text(id).raw("</a>")
            }
            None => page.code(id),
        };
        page.raw("</th><td>");
        if let Some(info) = info {
            prose::inline(page, info.title);
        }
        page.raw("</td>");
        for number in asked.verdicts {
            page.raw("<td class=\"num\">").number(number).raw("</td>");
        }
        page.raw("<td class=\"num\"").numbered(
            "data-v",
            "",
            usize::try_from(asked.findings).unwrap_or(usize::MAX),
        );
        page.raw(">");
        if asked.findings > 0 {
            page.raw("<a href=\"#findings\"").attr("data-filter", &format!("check={id}")).raw(">");
            page.number(asked.findings).raw("</a>");
        } else {
            page.raw("0");
        }
        page.raw("</td></tr>\n");
    }
    page.raw("</tbody>\n</table>\n</div>\n<h3>What each check is about</h3>\n");
    for id in asked.keys() {
        let Some(info) = context.check(id) else { continue };
        page.raw("<details class=\"page\"")
            .attr("id", &format!("check-{id}"))
            .raw("><summary><h4>")
            .text(id);
        page.raw("</h4> ");
        prose::inline(page, info.title);
        page.raw("</summary>\n");
        prose::write(page, info.page);
        page.raw("</details>\n");
    }
    end(page);
}
