//! What holds for every format.

use gowoa::model::Report;
use gowoa::render::Format;

use crate::harness::{hostile, hostile_seed, many, render, sample};

/// Every format that a report can be written in.
fn formats() -> impl Iterator<Item = Format> {
    Format::ALL.into_iter().chain([Format::Map])
}

/// The reports, small ones first.
fn reports() -> [(&'static str, Report); 4] {
    let mut empty = sample();
    empty.subjects.clear();
    empty.results.clear();
    empty.findings.clear();
    empty.problems.clear();
    empty.unproven.clear();
    empty.phases.clear();
    [("empty", empty), ("sample", sample()), ("10 findings", many(10)), ("seed", hostile_seed())]
}

/// Characters that no output may hold as they are: controls but the line feed and, where lines are no commands and
/// no columns, the tab; and what is no character at all.
fn is_forbidden(format: Format, c: char) -> bool {
    let tab = c == '\t' && matches!(format, Format::Junit { .. } | Format::Html | Format::Map);
    (c.is_control() && c != '\n' && !tab) || matches!(u32::from(c) & 0xffff, 0xfffe | 0xffff)
}

/// Texts of the hostile report that must not arrive as they are, in formats that CI logs or browsers read.
const CANARIES: &[(&str, &[&str])] = &[
    // Code spans and fences show markup as it is; `markdown` has it read.
    ("markdown", &["##vso[task", "##[error]"]),
    ("markdown-azure", &["##vso[task", "##[error]"]),
    (
        "html",
        &["<script>alert", "</script><!--", "<img src=x", "<style>*", "##vso[task", "##[error]old"],
    ),
    ("github", &["##vso[task", "##[error]"]),
    ("azure", &["##vso[task.complete result=Succeeded", "##[error]"]),
    ("text", &["##vso[task", "##[error]"]),
    ("junit", &["<script", "<img src=x", "[[ATTACHMENT|"]),
    ("junit-strict", &["<script", "<img src=x", "[[ATTACHMENT|"]),
    ("map", &["<script", "<img src=x"]),
];

fn judge(name: &str, format: Format, text: &str) {
    let what = format!("{format} of {name}");
    assert!(!text.starts_with('\u{feff}'), "{what} begins with a byte order mark");
    assert!(text.ends_with('\n'), "{what} does not end with a line");
    if format != Format::Json {
        // JSON carries every character but the controls, which serde escapes.
        let wrong = text.char_indices().find(|(_, c)| is_forbidden(format, *c));
        assert!(wrong.is_none(), "{what}: {wrong:?} in {:?}", around(text, wrong.unwrap().0));
    }
    let canaries = CANARIES.iter().filter(|(of, _)| *of == format.as_str());
    for canary in canaries.flat_map(|(_, canaries)| canaries.iter()) {
        let at = text.find(canary);
        assert!(at.is_none(), "{what}: {canary:?} in {:?}", around(text, at.unwrap()));
    }
}

/// The place in a text.
fn around(text: &str, at: usize) -> &str {
    &text[text.floor_char_boundary(at.saturating_sub(80))..text.ceil_char_boundary(at + 80)]
}

#[test]
fn every_report_goes_through_every_format_and_gives_the_same_bytes() {
    for (name, report) in reports() {
        for format in formats() {
            let text = render(format, &report);
            judge(name, format, &text);
            let again = gowoa::render::json::parse(&render(Format::Json, &report)).unwrap();
            assert!(
                text == render(format, &again),
                "{format} of {name} is not the same from saved JSON"
            );
        }
    }
}

#[test]
fn strings_of_ten_megabytes_go_through_every_format() {
    let report = hostile();
    for format in formats() {
        let text = render(format, &report);
        judge("10 MB", format, &text);
        if let Some(limit) = limit(format) {
            assert!(text.len() <= limit, "{format}: {} bytes, at most {limit}", text.len());
        }
    }
}

#[test]
fn ten_thousand_findings_go_through_every_format() {
    let report = many(10_000);
    assert_eq!(report.findings.len(), 10_000);
    for format in formats() {
        let text = render(format, &report);
        judge("10,000 findings", format, &text);
        if let Some(limit) = limit(format) {
            assert!(text.len() <= limit, "{format}: {} bytes, at most {limit}", text.len());
        }
    }
}

/// The most bytes that the reader of the format takes, where it is known.
fn limit(format: Format) -> Option<usize> {
    match format {
        // Over 1 MiB a step the runner drops the whole summary and adds an error (runner, FileCommandManager.cs).
        Format::Markdown | Format::MarkdownAzure => Some((1 << 20) - 1),
        _ => None,
    }
}
