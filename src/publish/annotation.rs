//! Findings as annotations of a check run.

use octocrab::params::checks::{CheckRunOutputAnnotation, CheckRunOutputAnnotationLevel as Level};

use crate::model::{Evidence, Finding, Report, Severity};
use crate::render::{is_open, terminal};

/// More are not sent, the worst come first: ten requests, where GitHub allows about eighty writes a minute.
pub(super) const LIMIT: usize = 500;
/// GitHub takes titles of 255 characters.
const TITLE_LIMIT: usize = 255;
/// GitHub takes 64 KiB; with this, a request of fifty annotations stays below 1 MiB.
const MESSAGE_LIMIT: usize = 8 << 10;
/// The same for the details.
const DETAILS_LIMIT: usize = 8 << 10;
/// Paths of more bytes exist in no repository that a system can check out.
const PATH_LIMIT: usize = 4 << 10;

/// The annotations of a report, worst first, and how many findings have none.
pub(super) struct Annotations {
    /// At most [`LIMIT`].
    pub(super) list: Vec<CheckRunOutputAnnotation>,
    /// Findings that no line of the repository can be shown at, and those beyond the limit.
    pub(super) left_out: usize,
}

/// Findings that are waived or known already are no news and have no annotation.
pub(super) fn of(report: &Report) -> Annotations {
    let mut findings: Vec<&Finding> =
        report.findings.iter().filter(|finding| is_open(finding)).collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    let all = findings.len();
    let list: Vec<_> = findings.into_iter().filter_map(annotation).take(LIMIT).collect();
    let left_out = all - list.len();
    Annotations { list, left_out }
}

fn annotation(finding: &Finding) -> Option<CheckRunOutputAnnotation> {
    let anchor = finding.anchor.as_ref()?;
    let path = anchor.file.as_str();
    // One path that GitHub refuses would cost the whole request.
    let odd = path.is_empty()
        || path.len() > PATH_LIMIT
        || path.contains(|c: char| c.is_control() || c == '\\')
        || path.split('/').any(|part| matches!(part, "" | "." | ".."));
    if odd {
        return None;
    }
    let line = anchor.line.unwrap_or(1).max(1);
    // Columns are allowed where an annotation begins and ends on one line, as all of ours do.
    let column = anchor.column.filter(|column| *column > 0 && anchor.line.is_some());
    let help = finding.help.as_deref().map(|help| format!("\n\n{}", lines(help)));
    let message = format!("{}{}", lines(&finding.message), help.unwrap_or_default());
    let details = details(finding);
    Some(CheckRunOutputAnnotation {
        path: path.to_owned(),
        start_line: line,
        end_line: line,
        start_column: column,
        end_column: column,
        annotation_level: match finding.severity {
            Severity::Error => Level::Failure,
            Severity::Warning => Level::Warning,
            Severity::Note => Level::Notice,
        },
        message: cut(&message, MESSAGE_LIMIT),
        title: Some(cut(&terminal::escape(&format!("gowoa: {}", finding.check)), TITLE_LIMIT)),
        raw_details: (!details.is_empty()).then(|| cut(&details, DETAILS_LIMIT)),
    })
}

/// What proves it, as far as it is text that stands for itself.
fn details(finding: &Finding) -> String {
    let mut parts = Vec::new();
    for evidence in &finding.evidence {
        match evidence {
            Evidence::Output { command, text, .. } => {
                parts.push(format!("$ {}\n{}", lines(command), lines(text)));
            }
            Evidence::Cause { text, .. } => parts.push(lines(text)),
            Evidence::Chain { links } => {
                let chain: Vec<&str> = links.iter().map(|link| link.package.as_str()).collect();
                parts.push(lines(&format!("imported by {}", chain.join(" -> "))));
            }
            Evidence::Reproduce { command } => parts.push(format!("see it: {}", lines(command))),
            _ => {}
        }
    }
    parts.join("\n\n")
}

/// Foreign text, line by line: no control characters, and nothing that a runner takes for a command where a log quotes
/// the annotation.
fn lines(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(terminal::escape).collect();
    lines.join("\n")
}

/// At most `limit` bytes, on a character's border.
fn cut(text: &str, limit: usize) -> String {
    const END: &str = " …";
    if text.len() <= limit {
        return text.to_owned();
    }
    let mut end = limit - END.len();
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{END}", &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Anchor, AnchorKind};
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
    fn what_github_would_refuse_is_left_out_and_counted() {
        for path in ["", "/etc/passwd", "../a", "a//b", "./a", "a\\b", "a\nb", &"x/".repeat(3_000)]
        {
            let annotations = of(&with(at(path, Some(1), None), |_| {}));
            assert_eq!((annotations.list.len(), annotations.left_out), (0, 1), "{path}");
        }
        assert_eq!(of(&with(None, |_| {})).left_out, 1);
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
        assert!(annotation.message.len() <= MESSAGE_LIMIT && details.len() <= DETAILS_LIMIT);
        assert!(annotation.title.unwrap().len() <= TITLE_LIMIT);
        let bad = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!annotation.message.contains(bad) && !details.contains(bad));
        assert!(!details.contains("\n::") && !details.contains("##vso["));
    }
}
