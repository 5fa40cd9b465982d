//! Images, objects, containers and other files; and the map of each image.

use std::collections::{HashMap, HashSet};

use super::packages::search;
use super::write::Page;
use super::{Context, begin, cut, end, scroll};
use crate::model::{
    ImageMap, MAX_MAPS, Report, Severity, Subcommand, Subject, SubjectId, SubjectKind,
};
use crate::render::counts::tally;
use crate::render::map;
use crate::render::proven::FILES;

/// Rows of the table.
const ROWS: usize = 10_000;
/// Bytes of all pictures together; one of a large exe has some hundred kB.
const PICTURES: usize = 16 << 20;

/// What the table lists.
pub(super) fn listed(report: &Report) -> impl Iterator<Item = &Subject> {
    report.subjects.iter().filter(|subject| FILES.contains(&subject.kind))
}

/// The section.
pub(super) fn write(page: &mut Page, context: &Context<'_>) {
    let report = context.view.report;
    let found = found(report);
    begin(page, "files", "Images and files");
    scroll(page, "Table of files");
    page.raw("<table id=\"file-table\" class=\"sortable\">\n<thead><tr><th scope=\"col\">File</th>")
        .raw("<th scope=\"col\">Kind</th><th scope=\"col\">Machine</th><th scope=\"col\" class=\"num\">Size</th>")
        .raw("<th scope=\"col\">Findings</th><th scope=\"col\">SHA-256</th></tr></thead>\n<tbody>\n");
    let all: Vec<&Subject> = listed(report).collect();
    for subject in all.iter().take(ROWS) {
        row(page, subject, found.get(&subject.id).copied().unwrap_or_default());
    }
    page.raw("</tbody>\n</table>\n</div>\n");
    cut(page, all.len().saturating_sub(ROWS), "file");
    maps(page, report);
    end(page);
}

/// Errors, warnings and notes that count, by subject.
fn found(report: &Report) -> HashMap<&SubjectId, [u64; 3]> {
    let mut all: HashMap<&SubjectId, [u64; 3]> = HashMap::new();
    for finding in report.findings.iter().filter(|finding| finding.is_open()) {
        let place = match finding.severity {
            Severity::Error => 0,
            Severity::Warning => 1,
            Severity::Note => 2,
        };
        all.entry(&finding.subject).or_default()[place] += 1;
    }
    all
}

fn row(page: &mut Page, subject: &Subject, found: [u64; 3]) {
    page.raw(match found {
        [0, 0, _] => "<tr>",
        [0, ..] => "<tr class=\"warning\">",
        _ => "<tr class=\"error\">",
    });
    page.raw("<th scope=\"row\">").path(&subject.name);
    if !subject.packages.is_empty() {
        let packages: Vec<&str> = subject.packages.iter().map(String::as_str).collect();
        page.raw(if is_link_proof(subject) {
            " <span class=\"of\">link proof of "
        } else {
            " <span class=\"of\">from "
        });
        page.foreign(&crate::render::view::names(&packages, 3, ", ")).raw("</span>");
    }
    page.raw("</th><td>").raw(subject.kind.as_str()).raw("</td><td>");
    match &subject.machine {
        Some(machine) => page.foreign(machine),
        None => page.raw("-"),
    };
    match subject.size {
        Some(size) => page
            .raw("</td><td class=\"num\"")
            .numbered("data-v", "", usize::try_from(size).unwrap_or(usize::MAX))
            .raw(">")
            .text(&map::bytes(size)),
        None => page.raw("</td><td class=\"num\" data-v=\"0\">-"),
    };
    page.raw("</td><td>");
    if found == [0; 3] {
        page.raw("-");
    } else {
        page.raw("<a href=\"#findings\"").attr("data-filter", &search(&subject.name)).raw(">");
        page.text(&tally(found).unwrap_or_default()).raw("</a>");
    }
    page.raw("</td><td class=\"sum\">");
    match &subject.sha256 {
        Some(sum) => page.code(sum),
        None => page.raw("-"),
    };
    page.raw("</td></tr>\n");
}

/// Whether it is a program that gowoa made to link libraries: gowoa names it.
fn is_link_proof(subject: &Subject) -> bool {
    let file = subject.name.rsplit('/').next().unwrap_or_default();
    subject.kind == SubjectKind::Image && file.starts_with("gowoa_linkproof")
}

/// The pictures, or how to get them.
fn maps(page: &mut Page, report: &Report) {
    let images: Vec<&Subject> =
        report.subjects.iter().filter(|s| s.kind == SubjectKind::Image).collect();
    if images.is_empty() {
        return;
    }
    page.raw("<h3>Map of each image</h3>\n");
    let mut mapped: Vec<(&Subject, &ImageMap)> =
        images.iter().filter_map(|subject| Some((*subject, subject.map.as_ref()?))).collect();
    // The user's own programs before those that only link libraries.
    let commands = report.subjects.iter().filter(|subject| subject.command);
    let commands: HashSet<&str> = commands.map(|subject| subject.name.as_str()).collect();
    mapped.sort_by_key(|(subject, _)| {
        !subject.packages.iter().any(|package| commands.contains(package.as_str()))
    });
    if mapped.is_empty() {
        page.raw("<p class=\"lead\">What each stretch of a file is was not recorded: the run that made this report was \
                  not asked for a page. For a map of every image: <code>");
        page.raw(match report.plan.subcommand {
            Subcommand::Inspect => "gowoa inspect --report html=report.html FILES",
            Subcommand::Check | Subcommand::Screen => "gowoa check --report html=report.html",
        });
        page.raw("</code></p>\n");
        return;
    }
    if mapped.len() < images.len() {
        let words = format!(
            "Not drawn: test binaries, what could not be read, and images beyond the first {MAX_MAPS}."
        );
        page.raw("<p class=\"lead\">").text(&words).raw("</p>\n");
    }
    let begun = page.len();
    let mut drawn = 0;
    for (number, (subject, map)) in mapped.iter().take(MAX_MAPS).enumerate() {
        if page.len() - begun > PICTURES {
            break;
        }
        image(page, number, subject, map);
        drawn += 1;
    }
    cut(page, mapped.len() - drawn, "map");
}

/// One picture with its legend: a table with the sums, which says the same in words.
fn image(page: &mut Page, number: usize, subject: &Subject, image: &ImageMap) {
    page.raw(if number == 0 {
        "<details class=\"map-of\" open>"
    } else {
        "<details class=\"map-of\">"
    });
    page.raw("<summary><h4>").code(&subject.name).raw("</h4> ");
    page.foreign(subject.machine.as_deref().unwrap_or("machine unknown")).raw("</summary>\n");
    let (alarms, more) = map::alarms(image);
    if !alarms.is_empty() {
        page.raw("<ul class=\"alarms\">\n");
        for alarm in &alarms {
            page.raw("<li>").foreign(alarm).raw("</li>\n");
        }
        page.raw("</ul>\n");
        cut(page, more, "stretch");
    }
    page.raw("<div class=\"map-and-legend\">\n");
    scroll(page, &format!("Map of image {}, {}", number + 1, subject.name));
    page.drawing(&map::inline(image, number, &subject.name)).raw("</div>\n");
    page.raw("<table class=\"legend\">\n<thead><tr><th scope=\"col\">What</th><th scope=\"col\" class=\"num\">Bytes</th>")
        .raw("<th scope=\"col\" class=\"num\">Share</th></tr></thead>\n<tbody>\n");
    for share in map::shares(image) {
        page.raw("<tr><th scope=\"row\">").drawing(&map::swatch(&share)).raw(share.words);
        page.raw("</th><td class=\"num\">")
            .text(&map::bytes(share.bytes))
            .raw("</td><td class=\"num\">");
        page.text(&share.percent).raw("</td></tr>\n");
    }
    page.raw("</tbody>\n</table>\n</div>\n</details>\n");
}
