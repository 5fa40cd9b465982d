//! Findings as annotations of a check run: what [`annotations`] says, in the fields of GitHub's API and within its limits.

use octocrab::params::checks::{CheckRunOutputAnnotation, CheckRunOutputAnnotationLevel as Level};

use crate::model::{Report, Severity};
use crate::render::annotations::{self, Annotation, OfFinding};

/// More are not sent, the worst come first: ten requests, where GitHub allows about eighty writes a minute.
pub(super) const LIMIT: usize = 500;
/// GitHub takes titles of 255 characters, and what it counts as one is not said.
const TITLE_LIMIT: usize = 255;
/// GitHub takes 64 KiB of a message and of its details; with this, a request of fifty annotations stays below 1 MiB.
const TEXT_LIMIT: usize = 8 << 10;

/// The annotations of a report, worst first, and how many findings have none.
pub(super) struct Annotations {
    /// At most [`LIMIT`].
    pub(super) list: Vec<CheckRunOutputAnnotation>,
    /// Findings that no line of the repository can be shown at, and those beyond the limit.
    pub(super) left_out: usize,
}

/// Findings that are waived or known already are no news and have no annotation.
pub(super) fn of(report: &Report) -> Annotations {
    let all = report.findings.iter().filter(|finding| finding.is_open()).count();
    let list: Vec<_> = annotations::each(report).filter_map(fields).take(LIMIT).collect();
    let left_out = all - list.len();
    Annotations { list, left_out }
}

/// `None` without a line of the repository: the API demands one.
fn fields(finding: OfFinding<'_>) -> Option<CheckRunOutputAnnotation> {
    let OfFinding { annotation: Annotation { severity, title, anchor, text, .. }, proof } = finding;
    let anchor = anchor?;
    let line = anchor.line.unwrap_or(1).max(1);
    // Columns are allowed where an annotation begins and ends on one line, as all of ours do.
    let column = anchor.column.filter(|column| *column > 0 && anchor.line.is_some());
    Some(CheckRunOutputAnnotation {
        path: anchor.file.clone(),
        start_line: line,
        end_line: line,
        start_column: column,
        end_column: column,
        annotation_level: match severity {
            Severity::Error => Level::Failure,
            Severity::Warning => Level::Warning,
            Severity::Note => Level::Notice,
        },
        message: cut(&text, TEXT_LIMIT),
        title: Some(cut(&title, TITLE_LIMIT)),
        raw_details: (!proof.is_empty()).then(|| cut(&proof, TEXT_LIMIT)),
    })
}

/// At most `limit` bytes, on a character's border.
fn cut(text: &str, limit: usize) -> String {
    const END: &str = " …";
    if text.len() <= limit {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(limit - END.len());
    format!("{}{END}", &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Anchor, AnchorKind, Evidence, Finding};
    use crate::render::sample;

    fn with(anchor: Option<Anchor>, change: impl FnOnce(&mut Finding)) -> Report {
        let mut report = sample::sample_report();
        let mut finding = report.findings[0].clone();
        finding.anchor = anchor;
        (finding.waived, finding.known) = (None, false);
        change(&mut finding);
        report.findings = vec![finding];
        report
    }

    fn at(file: &str, line: Option<u32>, column: Option<u32>) -> Option<Anchor> {
        Some(Anchor { file: file.into(), line, column, kind: AnchorKind::Location })
    }

    #[test]
    fn an_annotation_has_a_line_and_columns_only_with_one() {
        let one = |anchor| of(&with(anchor, |_| {})).list.pop().unwrap();
        let annotation = one(at("a/b.go", Some(3), Some(7)));
        assert_eq!((annotation.start_line, annotation.end_line), (3, 3));
        assert_eq!((annotation.start_column, annotation.end_column), (Some(7), Some(7)));
        let annotation = one(at("go.mod", None, Some(7)));
        assert_eq!((annotation.start_line, annotation.start_column), (1, None));
    }

    #[test]
    fn what_has_no_line_is_left_out_and_counted() {
        for anchor in [None, at("../a", Some(1), None)] {
            let annotations = of(&with(anchor, |_| {}));
            assert_eq!((annotations.list.len(), annotations.left_out), (0, 1));
        }
        let known = with(at("a.go", None, None), |finding| finding.known = true);
        assert_eq!((of(&known).list.len(), of(&known).left_out), (0, 0));
    }

    #[test]
    fn long_and_hostile_text_keeps_the_limits() {
        let report = with(at("a.go", Some(1), None), |finding| {
            finding.message = format!("\u{1b}[31m::error::x\r\u{202e}{}", "ä".repeat(1 << 20));
            finding.evidence = vec![Evidence::Output {
                command: "go build".into(),
                status: Some(1),
                text: "::stop-commands::x\n##vso[task.complete]\n".repeat(1 << 16),
            }];
        });
        let annotation = of(&report).list.pop().unwrap();
        let details = annotation.raw_details.unwrap();
        assert!(annotation.message.len() <= TEXT_LIMIT && details.len() <= TEXT_LIMIT);
        assert!(annotation.title.unwrap().len() <= TITLE_LIMIT);
        let bad = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!annotation.message.contains(bad) && !details.contains(bad));
        assert!(!details.contains("\n::") && !details.contains("##vso["));
        assert_eq!((cut("äää", 6), cut("ääää", 7)), ("äää".to_owned(), "ä …".to_owned()));
    }
}
