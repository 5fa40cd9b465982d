//! The texts that stand on GitHub: the title and summary of a check run, and the comment.

use crate::model::Report;
use crate::render::{plural, terminal};

use super::Target;

/// GitHub refuses a longer summary of a check run (`summary exceeds a maximum bytesize of 65535`), and a comment of more
/// than 65,536 characters.
pub(super) const BODY_LIMIT: usize = 65_535;
/// What is added to a text after it was cut has to fit into this.
const FOOT: usize = 1_000;

/// `fail: 2 errors, 1 warning`.
pub(super) fn title(report: &Report) -> String {
    let counts = &report.counts;
    let parts = [(counts.errors, "error"), (counts.warnings, "warning"), (counts.notes, "note")];
    let mut said: Vec<String> = parts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, noun)| plural(*count, noun))
        .collect();
    if said.is_empty() {
        said.push("no findings".to_owned());
    }
    if !report.problems.is_empty() {
        said.push("not everything could be judged".to_owned());
    }
    format!("{}: {}", report.verdict, said.join(", "))
}

/// The report in Markdown, with `foot` below it, in at most [`BODY_LIMIT`] bytes.
pub(super) fn summary(report: &Report, foot: &str) -> String {
    let mut text = body(report, BODY_LIMIT - FOOT);
    if !foot.is_empty() && foot.len() < FOOT - 2 {
        text.push_str(&format!("\n\n{foot}"));
    }
    text
}

/// The comment while there is something to act on, or always.
pub(super) fn comment(report: &Report, target: &Target) -> String {
    let marker = marker(&target.key);
    let text = body(report, BODY_LIMIT - FOOT - marker.len());
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

/// The report in at most `budget` bytes.
fn body(report: &Report, budget: usize) -> String {
    fenced(report, budget)
}

/// The text of the terminal in a code block, whole lines of it.
fn fenced(report: &Report, budget: usize) -> String {
    const CUT: &str = "… cut: the whole report is in the files of the run";
    let text = terminal::render(report, &terminal::Options::default());
    // A fence ends at a run of as many backticks as it began with.
    let mut run = 0;
    let longest = text.chars().fold(0, |longest: usize, c| {
        run = if c == '`' { run + 1 } else { 0 };
        longest.max(run)
    });
    let fence = "`".repeat((longest + 1).max(3));
    let room = budget.saturating_sub(2 * fence.len() + CUT.len() + 16);
    let mut out = format!("{fence}text\n");
    let mut used = 0;
    for line in text.lines() {
        used += line.len() + 1;
        if used > room {
            out.push_str(CUT);
            out.push('\n');
            break;
        }
        out.push_str(line);
        out.push('\n');
    }
    out.push_str(&fence);
    if out.len() <= budget { out } else { title(report) }
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
    fn a_text_that_is_too_long_is_cut_between_lines_and_closes_what_it_opens() {
        let mut report = sample::sample_report();
        let finding = report.findings[0].clone();
        for number in 0..5_000 {
            let mut more = finding.clone();
            more.message = format!("{number} ``````` </details> {}", "ä".repeat(90));
            report.findings.push(more);
        }
        let text = fenced(&report, 20_000);
        assert!(text.len() <= 20_000 && text.len() > 15_000, "{}", text.len());
        let fence = text.lines().next().unwrap().trim_end_matches("text").to_owned();
        assert!(fence.len() > 7 && fence.bytes().all(|byte| byte == b'`'), "{fence}");
        assert!(text.ends_with(&format!("\n{fence}")));
        assert_eq!(text.matches(&fence).count(), 2);
        assert!(text.contains("… cut"));
    }
}
