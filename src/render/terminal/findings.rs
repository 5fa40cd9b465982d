//! The findings, worst first; the same finding over many packages is grouped and shortened.

use std::cmp::Reverse;

use super::evidence::{block, one_line};
use super::screen::{Screen, Tone};
use super::{IN_JSON, View, count, plural};
use crate::model::{Finding, Severity};
use crate::render::headline::stops;
use crate::render::words::{self, heading};

/// Findings of one group that are shown in full.
const FULL_IN_GROUP: usize = 10;
/// Warnings of one group that are shown in full: alike, they say the same thing again.
const WARNINGS_IN_GROUP: usize = 3;
/// Findings of one severity that are shown in full.
const FULL: usize = 30;
/// Findings of one group that get a line, after those in full.
const LINES_IN_GROUP: usize = 20;
/// Findings of one severity that get a line.
const LINES: usize = 60;
/// Notes that are shown; the rest is counted.
const NOTES: usize = 5;
/// Waived findings that are shown, and known ones; the rest is counted.
const WAIVED: usize = 5;

/// How many findings may still be shown.
struct Room {
    full: usize,
    lines: usize,
}

/// Errors and warnings in blocks, notes in lines.
pub(super) fn write(screen: &mut Screen, view: &View<'_>, all: bool) {
    for severity in [Severity::Error, Severity::Warning] {
        let mut room = Room { full: FULL, lines: if all { usize::MAX } else { LINES } };
        for group in groups(view, severity) {
            write_group(screen, view, &group, &mut room, all);
        }
    }
    notes(screen, view, all);
}

/// What does not count, in lines: waived findings, then known ones.
pub(super) fn excepted(screen: &mut Screen, view: &View<'_>, all: bool) {
    waived(screen, view, all);
    known(screen, view, all);
}

/// Findings that count, of one severity, by check and class; what stops most packages comes first.
fn groups<'a>(view: &View<'a>, severity: Severity) -> Vec<Vec<&'a Finding>> {
    let mut found: Vec<&Finding> =
        view.report.findings.iter().filter(|f| f.is_open() && f.severity == severity).collect();
    found.sort_by_key(|f| Reverse(stops(f).count()));
    let mut order = std::collections::HashMap::new();
    let mut groups: Vec<Vec<&Finding>> = Vec::new();
    for finding in found {
        let at = *order.entry((&finding.check, &finding.class)).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[at].push(finding);
    }
    groups
}

/// The first findings in full, the next in one line each, the rest counted.
fn write_group(
    screen: &mut Screen,
    view: &View<'_>,
    group: &[&Finding],
    room: &mut Room,
    all: bool,
) {
    let warnings = group.first().is_some_and(|finding| finding.severity == Severity::Warning);
    let most = if warnings { WARNINGS_IN_GROUP } else { FULL_IN_GROUP };
    let full = group.len().min(most).min(room.full);
    room.full -= full;
    let (blocks, rest) = group.split_at(full);
    for finding in blocks {
        screen.gap();
        block(screen, view, finding);
    }
    let in_group = if all { usize::MAX } else { LINES_IN_GROUP };
    let lines = rest.len().min(in_group).min(room.lines);
    room.lines -= lines;
    if lines > 0 {
        screen.gap();
    }
    for finding in &rest[..lines] {
        one_line(screen, view, finding);
    }
    if let Some(first) = rest.get(lines) {
        let more = rest.len() - lines;
        let class = first.class.as_ref().map(|class| format!(", {class}")).unwrap_or_default();
        let what = plural(count(more), &format!("more {}", first.severity));
        screen.line(&format!("and {what} ({}{class}): {IN_JSON}", first.check));
    }
}

/// Notes, one line each.
fn notes(screen: &mut Screen, view: &View<'_>, all: bool) {
    let found: Vec<&Finding> = view
        .report
        .findings
        .iter()
        .filter(|f| f.is_open() && f.severity == Severity::Note)
        .collect();
    let shown = if all { found.len() } else { found.len().min(NOTES) };
    if shown > 0 {
        screen.gap();
    }
    for finding in &found[..shown] {
        one_line(screen, view, finding);
    }
    if found.len() > shown {
        let more = plural(count(found.len() - shown), "more note");
        screen.line(&format!("and {more}: {}", view.with_all()));
    }
}

/// What does not count, and why.
fn waived(screen: &mut Screen, view: &View<'_>, all: bool) {
    let found: Vec<_> = view
        .report
        .findings
        .iter()
        .filter_map(|f| f.waived.as_ref().map(|waived| (f, waived)))
        .collect();
    let shown = if all { found.len() } else { found.len().min(WAIVED) };
    if shown > 0 {
        screen.gap();
    }
    for (finding, waived) in &found[..shown] {
        let what = format!("{} {}", finding.severity, heading(view, finding));
        let rest = format!("[{}] {what}: {}", finding.check, words::waived(waived));
        screen.toned_line(Tone::Quiet, "waived", &rest);
    }
    if found.len() > shown {
        let more = plural(count(found.len() - shown), "more waived finding");
        screen.line(&format!("and {more}: {}", view.with_all()));
    }
}

/// What the baseline has, one line each.
fn known(screen: &mut Screen, view: &View<'_>, all: bool) {
    let is_known = |f: &&Finding| f.known && f.waived.is_none();
    let found: Vec<&Finding> = view.report.findings.iter().filter(is_known).collect();
    let shown = if all { found.len() } else { found.len().min(WAIVED) };
    if shown > 0 {
        screen.gap();
    }
    for finding in &found[..shown] {
        let message = finding.message.lines().next().unwrap_or_default();
        let of = words::origin(view, finding);
        let rest = format!("[{}] {}: {message}{of}", finding.check, finding.severity);
        screen.toned_line(Tone::Quiet, "known", &rest);
    }
    if found.len() > shown {
        let more = plural(count(found.len() - shown), "more known finding");
        screen.line(&format!("and {more}: {}", view.with_all()));
    }
}
