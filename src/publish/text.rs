//! The texts that stand on GitHub: the title and summary of a check run, and the comment.

use crate::model::Report;
use crate::render::{counts, markdown};

use super::Target;

/// GitHub refuses a longer summary of a check run (`summary exceeds a maximum bytesize of 65535`), and a comment of more
/// than 65,536 characters.
pub(super) const BODY_LIMIT: usize = 65_535;
/// What is added to a text after it was cut has to fit into this.
const FOOT: usize = 1_000;

/// `fail: 2 errors, 1 warning`.
pub(super) fn title(report: &Report) -> String {
    let mut said = counts::found(&report.counts).unwrap_or_else(|| "no findings".to_owned());
    if !report.problems.is_empty() {
        said.push_str(", not everything could be judged");
    }
    format!("{}: {said}", report.verdict)
}

/// The report in Markdown, with `foot` below it, in at most [`BODY_LIMIT`] bytes.
pub(super) fn summary(report: &Report, foot: &str) -> String {
    let mut text = markdown::render_within(report, BODY_LIMIT - FOOT);
    if !foot.is_empty() && foot.len() <= FOOT - 2 {
        text.push_str(&format!("\n\n{foot}"));
    }
    text
}

/// The comment while there is something to act on, or always.
pub(super) fn comment(report: &Report, target: &Target) -> String {
    let marker = marker(&target.key);
    let text = markdown::render_within(report, BODY_LIMIT - FOOT - marker.len());
    format!("{marker}\n{text}\n\n{}\n", origin(report, target))
}

/// What an old comment becomes when all is well.
pub(super) fn all_good(report: &Report, target: &Target) -> String {
    format!(
        "{}\n**gowoa: all good now.** What was reported here is gone.\n\n{}\n",
        marker(&target.key),
        origin(report, target)
    )
}

/// What a comment of ours begins with.
pub(super) fn marker(key: &str) -> String {
    format!("<!-- gowoa:{key} -->")
}

/// Where the text comes from: commit, run and version.
fn origin(report: &Report, target: &Target) -> String {
    let mut parts = Vec::new();
    if let Some(commit) = &target.event.commit {
        parts.push(format!("commit {commit}"));
    }
    if let Some(url) = &target.run_url {
        parts.push(format!("[workflow run]({url})"));
    }
    let version =
        report.tool.version.chars().filter(|c| c.is_ascii_alphanumeric() || ".-+".contains(*c));
    parts.push(format!("gowoa {}", version.take(40).collect::<String>()));
    format!("<sub>{}</sub>", parts.join(" · "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::sample;

    #[test]
    fn the_title_says_the_verdict_and_what_counts() {
        let mut report = sample::sample_report();
        report.problems.clear();
        let title = title(&report);
        assert!(title.starts_with(&format!("{}: ", report.verdict)), "{title}");
        report.counts = crate::model::Counts::default();
        assert!(super::title(&report).ends_with(": no findings"));
    }

    #[test]
    fn a_text_for_github_keeps_its_limit_whatever_is_added() {
        let mut report = sample::sample_report();
        let finding = report.findings[0].clone();
        for number in 0..5_000 {
            let mut more = finding.clone();
            more.message = format!("{number} ``````` </details> {}", "ä".repeat(90));
            report.findings.push(more);
        }
        let text = summary(&report, &"x".repeat(FOOT - 2));
        assert!(text.len() <= BODY_LIMIT && text.len() > BODY_LIMIT / 4, "{}", text.len());
        assert!(text.ends_with("xxx"));
        assert!(!summary(&report, &"x".repeat(FOOT)).ends_with("xxx"));
    }
}
