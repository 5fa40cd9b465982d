//! Markdown: the job summary of GitHub Actions and Azure Pipelines, the comment on a pull request, and the text of a
//! check run.
//!
//! The verdict comes first, then what needs action as a table, then how it gets into the build, what was proven and
//! what was not, the evidence folded away, and how to see it on one's own machine. Every part is written whole or not
//! at all, within a budget of bytes: over 1 MiB GitHub drops a summary and adds an error
//! (runner, `FileCommandManager.cs`), over 65,535 bytes it refuses the text of a check run, and over 65,536
//! characters a comment.

mod details;
mod escape;
mod mermaid;
mod sections;
mod table;

use self::escape::prose;
use super::headline;
use super::text;
use super::view::{Base, View};
use super::words;
use crate::model::{Finding, Report, Severity};

/// Less than this is no summary.
const LEAST: usize = 8 << 10;
/// Characters of the sentence beside the verdict.
const SENTENCE: usize = 400;
/// Characters of a name in a list of names.
const NAME: usize = 120;
/// Where the rest of a shortened list is.
const ELSEWHERE: &str = "see the JSON or the HTML report of this run";

/// How much is written, and for which reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Most bytes; at least 8 KiB are used where there is something to say.
    pub bytes: usize,
    /// Most rows of the table, and most findings whose evidence is shown.
    pub findings: usize,
    /// Whether the reader draws Mermaid graphs; without, the import chains stand at the findings alone.
    pub mermaid: bool,
    /// Whether the reader folds `<details>`; without, the evidence of the worst findings stands under headings.
    pub fold: bool,
}

impl Options {
    /// A job summary of GitHub Actions: at most 1 MiB a step, and some of it is for the other tools of that step.
    pub const SUMMARY: Self = Self { bytes: 900 << 10, findings: 100, mermaid: true, fold: true };
    /// A comment on a pull request or the text of a check run on GitHub, with room for what is put around it.
    pub const COMMENT: Self = Self { bytes: 60_000, findings: 20, mermaid: true, fold: true };
    /// `task.uploadsummary` of Azure Pipelines, whose page draws no graphs; that it keeps `<details>` is not
    /// documented for summaries, so nothing is folded and little is shown.
    pub const AZURE: Self = Self { bytes: 256 << 10, findings: 10, mermaid: false, fold: false };
}

/// The job summary of GitHub Actions.
pub fn render(report: &Report) -> String {
    render_with(report, &Options::SUMMARY)
}

/// A comment or the text of a check run, of at most so many bytes.
pub fn render_within(report: &Report, bytes: usize) -> String {
    render_with(report, &Options { bytes, ..Options::COMMENT })
}

/// The report as Markdown that ends with a newline.
pub fn render_with(report: &Report, options: &Options) -> String {
    let view = View::new(report);
    let acting = to_act_on(&view);
    let mut page = Sheet { out: String::new(), most: options.bytes.max(LEAST) };
    page.add(&verdict(&view));
    // What is short and matters keeps its room; the table and the evidence share what is left.
    let part = page.most / 5;
    let proven = fit(sections::proven(&view), part);
    let excepted = fit(sections::excepted(&view, options), part);
    let footer = fit(sections::footer(&view), part);
    let below = excepted.len() + footer.len() + 2;
    page.most -= proven.len() + 1 + below;
    page.add(&fit(sections::problems(&view), page.left() / 2));
    page.add(&fit(sections::gating(&view), page.left() / 2));
    page.add(&table::write(&view, &acting, options, page.left() / 3));
    if options.mermaid
        && let Some(graph) = mermaid::graph(&acting)
    {
        page.add(&format!("### How it comes into the build\n\n{graph}"));
    }
    page.most += proven.len() + 1;
    page.add(&proven);
    page.add(&details::write(&view, &acting, options, page.left()));
    page.most += below;
    page.add(&excepted);
    page.add(&footer);
    page.out
}

/// The part, or a line in its place where it is longer than `most` bytes.
fn fit(part: String, most: usize) -> String {
    if part.len() <= most { part } else { format!("There is more: {ELSEWHERE}.\n") }
}

/// Markdown that never grows above its budget.
struct Sheet {
    out: String,
    most: usize,
}

impl Sheet {
    /// Bytes that are left.
    fn left(&self) -> usize {
        self.most.saturating_sub(self.out.len() + 1)
    }

    /// Puts a part below the others, where it fits.
    fn add(&mut self, part: &str) {
        if part.is_empty() || part.len() > self.left() {
            return;
        }
        if !self.out.is_empty() {
            self.out.push('\n');
        }
        self.out.push_str(part);
    }
}

/// One heading a verdict, and its sentence; the totals.
fn verdict(view: &View<'_>) -> String {
    let mut out = String::new();
    for (number, (verdict, sentence)) in headline::sentences(view).into_iter().enumerate() {
        let word = words::verdict(verdict);
        // The headline of a page is one; the second verdict of an incomplete report stands below it.
        let text = prose(sentence.lines().next().unwrap_or_default(), SENTENCE);
        if number == 0 {
            out.push_str(&format!("## gowoa: {word}\n\n{text}\n"));
        } else {
            out.push_str(&format!("\n**{word}** {text}\n"));
        }
    }
    out.push_str(&format!("\n{}\n", super::proven::counts(view.report)));
    let (base, its) = match view.base() {
        None => return out,
        Some(Base::Directory(base)) => (escape::code(&format!("{base}/"), NAME), "the"),
        Some(Base::OfEach) => ("the directory that the finding is in".to_owned(), "its"),
    };
    out.push_str(&format!("\nPaths are relative to {base}, where {its} commands to see it run.\n"));
    out
}

/// The errors and warnings that count, worst first and, of one severity, what stops most packages first.
fn to_act_on<'a>(view: &View<'a>) -> Vec<&'a Finding> {
    let mut found: Vec<&Finding> = view
        .report
        .findings
        .iter()
        .filter(|f| f.is_open() && f.severity > Severity::Note)
        .collect();
    found.sort_by_cached_key(|f| std::cmp::Reverse((f.severity, headline::stops(f).count())));
    found
}

/// Code spans of the first `most` names: `` `a`, `b` and 3 more ``.
fn names<S: AsRef<str>>(all: &[S], most: usize) -> String {
    let shown: Vec<String> =
        all.iter().take(most).map(|name| escape::code(name.as_ref(), NAME)).collect();
    let more = match all.len() - shown.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    shown.join(", ") + &more
}

/// One line of help: a command as code, what is remarked of it outside of that.
fn help_line(line: &str, most: usize) -> String {
    match words::command(line) {
        None => prose(line, most),
        Some((command, "")) => escape::code(command, most),
        Some((command, remark)) => {
            format!("{} {}", escape::code(command, most), prose(remark, most))
        }
    }
}

/// The first lines of a text, and how many are left out.
fn clip(text: &str, limit: usize) -> Vec<String> {
    text::clip(text, limit, ELSEWHERE)
}

/// A heading and what stands below it, folded where the reader can fold.
fn folded(options: &Options, summary: &str, body: &str) -> String {
    if options.fold {
        format!("<details>\n<summary>{summary}</summary>\n\n{}\n\n</details>\n", body.trim_end())
    } else {
        format!("#### {summary}\n\n{}\n", body.trim_end())
    }
}
