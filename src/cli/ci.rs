//! What a CI system gets beside the text and the reports: annotations, and the job summary.
//!
//! Both go where the system expects them and only there: annotations to standard error, behind the text, so that a
//! report on standard output stays one, and so that they do not overtake the text (systems read the two streams side by
//! side). The text itself stands between `stop-commands` marks on GitHub, beside being free of commands anyway
//! ([`crate::render::text::escape`]). Under `gowoa action` a fence stands around everything already, and commands go
//! outside of it (`output::commands`).

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::model::{Report, ReportVerdict};
use crate::platform::pipe;
use crate::redact::Redactor;
use crate::render::{azure, counts, github, markdown};

use super::action::random_word;
use super::{output, secrets};

/// What GitHub keeps of the summaries of one step; over it all of them are dropped, and the step gets an error
/// (`AttachmentSizeLimit` in actions/runner `FileCommandManager.cs`).
const GITHUB_SUMMARY_LIMIT: u64 = 1024 * 1024;

/// `--annotations`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Annotations {
    /// On GitHub Actions and Azure Pipelines, as they want them.
    #[default]
    Auto,
    /// Workflow commands of GitHub Actions.
    Github,
    /// Logging commands of Azure Pipelines.
    Azure,
    /// None.
    Off,
}

/// Annotations and the job summary.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Output")]
pub struct CiArgs {
    /// Annotate the lines concerned; auto: on GitHub Actions and Azure Pipelines
    #[arg(long, value_name = "WHICH", default_value = "auto")]
    pub annotations: Annotations,

    /// Append the job summary to this file; auto: where GitHub Actions or Azure Pipelines shows it; or off
    #[arg(long, value_name = "WHERE", default_value = "auto")]
    pub summary: PathBuf,
}

/// A CI system that reads the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum System {
    Github,
    Azure,
}

/// The system that this process runs under.
fn system() -> Option<System> {
    let says =
        |name: &str| std::env::var(name).is_ok_and(|value| value.eq_ignore_ascii_case("true"));
    if says("GITHUB_ACTIONS") {
        Some(System::Github)
    } else if says("TF_BUILD") {
        Some(System::Azure)
    } else {
        None
    }
}

impl CiArgs {
    /// The system whose commands are printed.
    fn annotated(&self) -> Option<System> {
        match self.annotations {
            Annotations::Auto => system(),
            Annotations::Github => Some(System::Github),
            Annotations::Azure => Some(System::Azure),
            Annotations::Off => None,
        }
    }

    /// Whether the user named the system, or none.
    pub(super) fn is_told(&self) -> bool {
        self.annotations != Annotations::Auto
    }

    /// Whether the annotations are those of GitHub.
    pub(super) fn annotates_on_github(&self) -> bool {
        self.annotated() == Some(System::Github)
    }

    /// Prints the text of a report; no line of it is taken for a command.
    pub(super) fn tell(&self, text: &str) {
        if self.annotated() != Some(System::Github) || output::is_fenced() {
            output::tell(text);
            return;
        }
        let token = random_word();
        let text = text.trim_end_matches('\n');
        let (stop, resume) = (github::stop(&token), github::resume(&token));
        output::tell(&format!("{stop}{text}\n{resume}"));
    }

    /// Prints the annotations of a report.
    pub(super) fn annotate(&self, report: &Report) {
        match self.annotated() {
            Some(System::Github) => output::commands(&github::render(report)),
            Some(System::Azure) => output::commands(&azure::render(report)),
            None => {}
        }
    }

    /// Prints one error where there is no report.
    pub(super) fn annotate_error(&self, text: &str) {
        match self.annotated() {
            // The action says so whatever becomes of the findings.
            _ if output::is_fenced() => output::commands(&github::error("gowoa", text)),
            Some(System::Github) => output::commands(&github::error("gowoa", text)),
            Some(System::Azure) => output::commands(&azure::error("gowoa", text)),
            None => {}
        }
    }

    /// The file that was named for the summary.
    pub(super) fn summary_file(&self) -> Option<&Path> {
        let word = ["auto", "off"].iter().any(|word| self.summary == Path::new(word));
        (!word).then_some(&self.summary)
    }

    /// Writes the job summary. An error is told where nobody asked for it, and returned where somebody did.
    ///
    /// # Errors
    /// The file of `--summary` cannot be written: what and why, in one line.
    pub(super) fn summarize(&self, report: &Report, redactor: &Redactor) -> Result<(), String> {
        let Err((error, named)) = self.put(&Summary::Report(report)) else { return Ok(()) };
        if named {
            return Err(error);
        }
        let text = format!("gowoa: {error}; the report itself is not touched by it");
        output::tell(&secrets::safe_text(&redactor.clean(&text)));
        Ok(())
    }

    /// Writes a job summary that says what could not be made: `text` is what was printed.
    pub(super) fn summarize_error(&self, text: &str, made: Made) {
        if let Err((error, _)) = self.put(&Summary::Error(text, made)) {
            output::tell(&secrets::safe_text(&format!("gowoa: {error}")));
        }
    }

    /// Puts the summary where it belongs; an error with whether that place was named.
    fn put(&self, summary: &Summary<'_>) -> Result<(), (String, bool)> {
        if self.summary == Path::new("off") {
            return Ok(());
        }
        let step = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty());
        // Who names the file of the step means what is done without.
        let named = self.summary_file().filter(|named| step.as_deref() != Some(named.as_os_str()));
        if let Some(named) = named {
            return append(named, summary, None).map_err(|error| (error, true));
        }
        let done = match (step, system()) {
            (Some(path), _) => append(Path::new(&path), summary, Some(GITHUB_SUMMARY_LIMIT)),
            (None, Some(System::Azure)) => upload(summary),
            (None, _) => Ok(()),
        };
        done.map_err(|error| (error, false))
    }
}

/// What a job summary says.
enum Summary<'a> {
    /// The report.
    Report(&'a Report),
    /// What could not be made, as it was printed.
    Error(&'a str, Made),
}

/// What there is beside an error.
#[derive(Debug, Clone, Copy)]
pub(super) enum Made {
    /// No report.
    Nothing,
    /// The report, and not everything that was to have it.
    Report,
}

impl Made {
    /// What the summary says.
    const fn words(self) -> &'static str {
        match self {
            Self::Nothing => "No report could be made",
            Self::Report => "Not everything could be written",
        }
    }
}

impl Summary<'_> {
    /// As GitHub shows it.
    fn whole(&self) -> String {
        match self {
            Self::Report(report) => markdown::render(report),
            Self::Error(text, made) => error(text, *made),
        }
    }

    /// As Azure Pipelines shows it.
    fn azure(&self) -> String {
        match self {
            Self::Report(report) => markdown::render_with(report, &markdown::Options::AZURE),
            Self::Error(text, made) => error(text, *made),
        }
    }

    /// The answer alone, for where the summary has no room.
    fn short(&self) -> String {
        let (verdict, counts) = match self {
            Self::Report(report) => (report.verdict, Ok(&report.counts)),
            Self::Error(_, made) => (ReportVerdict::Incomplete, Err(made.words().to_lowercase())),
        };
        let counts = counts.map_or_else(|words| words, counts::all);
        format!(
            "**gowoa: {verdict}** ({counts}). The summaries of this step leave no room for more; see the log or the \
             report files.\n"
        )
    }
}

/// The summary of an error. An indented block is code: nothing in it is Markdown or HTML, and nothing that
/// stands on the lines ends it.
fn error(text: &str, made: Made) -> String {
    let lines: String = text.lines().map(|line| format!("    {line}\n")).collect();
    format!("## gowoa: {}\n\n{}.\n\n{lines}", ReportVerdict::Incomplete, made.words())
}

/// Appends the summary to a file. `limit`: the bytes that the file may have at most; others may have written already,
/// or gowoa itself, for another module.
fn append(path: &Path, summary: &Summary<'_>, limit: Option<u64>) -> Result<(), String> {
    let cannot =
        |error: io::Error| format!("cannot write the job summary {}: {error}", path.display());
    let there = match fs_err::metadata(path) {
        Ok(metadata) => metadata.len(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
        Err(error) => return Err(cannot(error)),
    };
    // What stands there may end in the middle of a line or of a list.
    let gap = if there == 0 { "" } else { "\n\n" };
    let fits = |text: &str| {
        let size = there.saturating_add((gap.len() + text.len()) as u64);
        limit.is_none_or(|limit| size <= limit)
    };
    let mut text = summary.whole();
    if !fits(&text) {
        text = summary.short();
    }
    if !fits(&text) {
        return Err(format!(
            "the job summary was not written: this step has used up what {} may hold",
            path.display()
        ));
    }
    let mut file = pipe::append(path).map_err(cannot)?;
    file.write_all(format!("{gap}{text}").as_bytes()).map_err(cannot)
}

/// Hands the summary to the agent, which reads the file when the step is over; so it stays, where the agent clears up.
fn upload(summary: &Summary<'_>) -> Result<(), String> {
    let dir = std::env::var_os("AGENT_TEMPDIRECTORY").filter(|dir| !dir.is_empty());
    let Some(dir) = dir.map(PathBuf::from) else {
        return Err("there is no job summary: AGENT_TEMPDIRECTORY is not set, so no agent would \
                    take it and remove its file"
            .to_owned());
    };
    let dir = std::path::absolute(&dir).unwrap_or(dir);
    let cannot = |error: &dyn std::fmt::Display| {
        format!("cannot write the job summary in {}: {error}", dir.display())
    };
    // The agent names the summary by its file: a name of its own for each run.
    let file = tempfile::Builder::new().prefix("gowoa-").suffix(".md").tempfile_in(&dir);
    let mut file = file.map_err(|error| cannot(&error))?;
    file.write_all(summary.azure().as_bytes()).map_err(|error| cannot(&error))?;
    let (_, path) = file.keep().map_err(|error| cannot(&error))?;
    let Some(path) = path.to_str() else { return Err(cannot(&"its path is not Unicode")) };
    output::commands(&azure::upload_summary(path));
    Ok(())
}
