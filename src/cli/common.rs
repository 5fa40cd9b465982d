//! What the subcommands that make a report share: their reports, and how they refuse.

use std::io::Write;
use std::path::{Path, PathBuf};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::checks;
use crate::engine::{EngineError, Stamp};
use crate::model::{Report, ReportVerdict};
use crate::platform::{self, pipe};
use crate::redact::Redactor;
use crate::render::files::{FileError, ReportFile, ReportTarget};
use crate::render::{Format, FormatError, outputs, terminal, text};

use super::ci::{CiArgs, Made};
use super::github::{GithubArgs, Publisher};
use super::output::LookArgs;
use super::places::{self, place};
use super::{exit, output, policy, secrets};

/// Which reports to write.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Output")]
pub struct ReportArgs {
    /// Write a report: json=PATH; or junit, junit-strict, sarif, markdown, markdown-azure, html, github, azure,
    /// text; - is standard output (repeatable)
    #[arg(long = "report", value_name = "FORMAT=PATH")]
    pub reports: Vec<std::ffi::OsString>,

    /// Write report.json, junit.xml, report.sarif, summary.md and report.html into this directory
    #[arg(long, value_name = "DIR")]
    pub report_dir: Option<PathBuf>,

    /// Append the verdict, the counts and the files of the reports as name=value lines, as $GITHUB_OUTPUT takes them
    #[arg(long, value_name = "FILE")]
    pub outputs: Option<PathBuf>,

    /// What the CI system gets.
    #[command(flatten)]
    pub ci: CiArgs,
}

impl ReportArgs {
    /// Whether the map of each image is needed: `--map`, or a format that draws it. What is no format is refused by
    /// [`prepare`].
    pub(super) fn draws_images(&self, map: Option<&Path>) -> bool {
        let formats = self.reports.iter().filter_map(|report| ReportTarget::parse(report).ok());
        let mut formats = formats.map(|target| target.format);
        let standard =
            self.report_dir.is_some() && Format::STANDARD.iter().any(|f| f.draws_images());
        map.is_some() || standard || formats.any(Format::draws_images)
    }

    /// The reports that are asked for, and what is no report.
    pub(super) fn targets(&self) -> impl Iterator<Item = Result<ReportTarget, FormatError>> {
        let standard = self.report_dir.iter().flat_map(|dir| {
            Format::STANDARD
                .map(|format| ReportTarget { format, path: dir.join(format.file_name()) })
        });
        self.reports.iter().map(|report| ReportTarget::parse(report)).chain(standard.map(Ok))
    }
}

/// Where a report goes: files, the CI system, GitHub, and the terminal.
#[derive(Debug, clap::Args)]
pub struct ShowArgs {
    /// Reports.
    #[command(flatten)]
    pub reports: ReportArgs,

    /// How the text looks.
    #[command(flatten)]
    pub look: LookArgs,

    /// What to publish.
    #[command(flatten)]
    pub github: GithubArgs,
}

/// What is wrong with a call or its surroundings: message and next step.
#[derive(Debug)]
pub(super) struct Refusal {
    message: String,
    words: String,
    next: String,
    untold: Untold,
}

/// Which files have not been told, and can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Untold {
    /// The job summary and the outputs.
    Both,
    /// The job summary; the outputs cannot be written.
    Summary,
    /// Neither: there is a report, and they say what became of it.
    Neither,
}

impl Refusal {
    pub(super) fn new(message: impl Into<String>, next: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            words: String::new(),
            next: next.into(),
            untold: Untold::Both,
        }
    }

    #[cfg(test)]
    pub(super) fn message(&self) -> &str {
        &self.message
    }

    /// Says what else is wrong.
    pub(super) fn with_more(self, more: &[String]) -> Self {
        Self { words: more.join("\n"), ..self }
    }

    /// One of all that could not be written, where there is a report; the first says what to do.
    fn of_all(failed: Vec<Self>) -> Option<Self> {
        let mut failed = failed.into_iter();
        let first = failed.next()?;
        let words: Vec<String> = failed.map(|refusal| refusal.message).collect();
        Some(Self { untold: Untold::Neither, ..first.with_more(&words) })
    }

    /// Prints it, and returns the exit code.
    pub(super) fn tell(&self, redactor: &Redactor) -> u8 {
        output::refuse(&self.text(redactor));
        exit::INCOMPLETE
    }

    /// Prints it, tells the CI system in each of its places, and returns the exit code.
    pub(super) fn answer(&self, reports: &ReportArgs, redactor: &Redactor) -> u8 {
        let shown = self.text(redactor);
        reports.ci.tell(&shown);
        let text = format!("{}\n{}\nnext: {}", self.message, self.words, self.next);
        reports.ci.annotate_error(&redactor.clean(&text));
        if self.untold != Untold::Neither {
            reports.ci.summarize_error(&shown, Made::Nothing);
        }
        if self.untold == Untold::Both {
            reports.leave_no_outputs();
        }
        exit::INCOMPLETE
    }

    fn text(&self, redactor: &Redactor) -> String {
        let clean = |text: &str| text::escape(&redactor.clean(text)).into_owned();
        let mut text = format!("error: {}\n", clean(&self.message));
        for line in self.words.lines().filter(|line| !line.trim().is_empty()) {
            text.push_str(&format!("  {}\n", clean(line)));
        }
        let next: Vec<String> = self.next.lines().map(clean).collect();
        text.push_str(&format!("next   {}\n", next.join("\n       ")));
        text
    }
}

impl ReportArgs {
    /// Says in the job summary and in the outputs that there is no report, and why: `text` is what was printed. A
    /// step that reads them must not find what an earlier one left, or nothing.
    pub(super) fn leave_no_report(&self, text: &str) {
        self.ci.summarize_error(text, Made::Nothing);
        self.leave_no_outputs();
    }

    fn leave_no_outputs(&self) {
        let Some(path) = &self.outputs else { return };
        let result = outputs::line("result", ReportVerdict::Incomplete.as_str());
        // Where that fails it is what was printed already, or nothing can be done about it.
        if let Ok(mut file) = pipe::append(path) {
            let _ = append_outputs(path, &mut file, &result);
        }
    }
}

/// The engine could not make a report.
pub(super) fn of_engine(error: &EngineError) -> Refusal {
    let mut message = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        let words = inner.to_string();
        if !message.contains(&words) {
            message.push_str(&format!(": {words}"));
        }
        source = inner.source();
    }
    Refusal { words: error.words().to_owned(), ..Refusal::new(message, error.next_step()) }
}

/// When and where the report is made.
pub(super) fn stamp() -> Stamp {
    let now = OffsetDateTime::now_utc().replace_nanosecond(0).ok();
    Stamp {
        host_name: gethostname::gethostname().to_string_lossy().into_owned(),
        platform: platform::host(),
        started: now.and_then(|now| now.format(&Rfc3339).ok()).unwrap_or_default(),
    }
}

/// Reports that can be written, as far as that can be told before.
#[derive(Default)]
pub(super) struct Prepared {
    reports: Vec<(Format, ReportFile)>,
    /// The baseline to write, with the path as it was given.
    baseline: Option<(PathBuf, ReportFile)>,
    /// The file that outputs are appended to, with its path as it was given.
    outputs: Option<(PathBuf, fs_err::File)>,
    /// What the CI system gets.
    ci: CiArgs,
}

/// Does the job of a subcommand and returns its exit code; where it is refused every place that may be told is.
/// `others`: the files that the call names beside the reports, the summary and the outputs.
pub(super) fn answered(
    reports: &ReportArgs,
    others: &[&Path],
    job: impl FnOnce(&Redactor) -> Result<u8, Refusal>,
) -> u8 {
    let redactor = secrets::redactor();
    // Before anything else can refuse: that would be appended to the file already.
    let (safe, spoilt) = places::safe(reports, others);
    let done = spoilt.map_or_else(|| job(&redactor), Err);
    done.unwrap_or_else(|refusal| refusal.answer(&safe, &redactor))
}

/// Opens every report before the work begins, so that a target that cannot be written is told at once.
pub(super) fn prepare(
    out: &ReportArgs,
    map: Option<&Path>,
    baseline: Option<&Path>,
    inputs: &[PathBuf],
    help: &str,
) -> Result<Prepared, Refusal> {
    let inputs: Vec<PathBuf> =
        inputs.iter().filter(|path| path.is_file()).filter_map(|path| place(path)).collect();
    let wanted: Result<Vec<_>, _> = out.targets().collect();
    let mut wanted = wanted.map_err(|error| Refusal::new(error.to_string(), help))?;
    wanted.extend(map.map(|path| ReportTarget { format: Format::Map, path: path.to_owned() }));
    let wanted = wanted.into_iter().map(|ReportTarget { format, path }| (Some(format), path));
    let wanted = wanted.chain(baseline.map(|path| (None, path.to_owned())));
    let mut prepared = Prepared { ci: out.ci.clone(), ..Prepared::default() };
    let mut places: Vec<PathBuf> = Vec::new();
    for (format, path) in wanted {
        // A baseline may be written where it was read.
        let read = place(&path).is_some_and(|place| inputs.contains(&place));
        if read && format.is_some() {
            return Err(Refusal::new(
                format!("a report would replace {}, which is read", path.display()),
                "name another file for the report",
            ));
        }
        if let Some(refusal) = places::foreign(&path) {
            return Err(refusal);
        }
        let file = ReportFile::prepare(&path).map_err(refused_file)?;
        if let Some(place) = place(&path) {
            if places.contains(&place) {
                return Err(Refusal::new(
                    format!(
                        "two reports go to {}: the second would replace the first",
                        path.display()
                    ),
                    "give every report a path of its own",
                ));
            }
            places.push(place);
        }
        match format {
            Some(format) => prepared.reports.push((format, file)),
            None => prepared.baseline = Some((path, file)),
        }
    }
    if let Some(path) = &out.outputs {
        let file = pipe::append(path).map_err(|error| Refusal {
            // Who waited for a reader in vain does not wait again.
            untold: Untold::Summary,
            ..refused_outputs(path, &error)
        })?;
        prepared.outputs = Some((path.clone(), file));
    }
    Ok(prepared)
}

fn refused_file(error: FileError) -> Refusal {
    let next = error.next();
    Refusal::new(error.what(), next)
}

fn refused_outputs(path: &Path, error: &std::io::Error) -> Refusal {
    Refusal::new(
        format!("cannot write the outputs to {}: {error}", path.display()),
        "name a file that can be written with --outputs",
    )
}

/// The path that a later step can open, wherever it works; `-` stays what it is.
fn absolute(path: PathBuf) -> PathBuf {
    if path == Path::new("-") { path } else { std::path::absolute(&path).unwrap_or(path) }
}

/// Shows the report to everybody who waits for it, and returns the exit code: the text to people, the files that were
/// asked for, the job summary, what is published, and the annotations.
///
/// # Errors
/// Something cannot be written. All else was, and the outputs and the job summary say so.
pub(super) fn finish(
    files: Prepared,
    report: &Report,
    text: &terminal::Options,
    redactor: &Redactor,
    github: Option<Publisher>,
) -> Result<u8, Refusal> {
    let Prepared { reports, baseline, outputs, ci } = files;
    ci.tell(&terminal::render(report, text));
    let mut failed = Vec::new();
    let written = write(reports, report, &mut failed);
    let lines = table(&written);
    if !lines.is_empty() {
        ci.tell(&lines);
    }
    let summary = ci
        .summarize(report, redactor)
        .map_err(|error| Refusal::new(error, "name another file with --summary, or leave it out"));
    let summarized = summary.is_ok();
    failed.extend(summary.err());
    let code = match baseline.map(|(path, file)| write_baseline(&path, file, report)) {
        Some(Ok(code)) => code,
        Some(Err(refusal)) => {
            failed.push(refusal);
            exit::INCOMPLETE
        }
        None => exit::of(report.verdict),
    };
    // Behind all else: they have the answer.
    if let Some((path, file)) = outputs {
        let verdict = if failed.is_empty() { report.verdict } else { ReportVerdict::Incomplete };
        failed.extend(write_outputs(&path, file, verdict, report, written).err());
    }
    if let Some(refusal) = Refusal::of_all(failed) {
        if summarized {
            ci.summarize_error(&refusal.text(redactor), Made::Report);
        }
        return Err(refusal);
    }
    let annotating = ci.annotates_on_github();
    let published = github.map(|github| github.publish(report, redactor, annotating));
    // What a check run shows in the diff is not shown there twice, unless somebody asked for it.
    if ci.is_told() || !published.as_ref().is_some_and(|published| published.annotated) {
        ci.annotate(report);
    }
    Ok(published.and_then(|published| published.interrupted).unwrap_or(code))
}

/// Puts the report into every file that was asked for; those that have it, as they were named.
fn write(
    files: Vec<(Format, ReportFile)>,
    report: &Report,
    failed: &mut Vec<Refusal>,
) -> Vec<(Format, PathBuf)> {
    let checks = checks::catalogue();
    let one = |(format, file): (Format, ReportFile)| {
        let text = format.render(report, &checks).map_err(|error| {
            Refusal::new(
                error.to_string(),
                "this is a bug of gowoa; the JSON report has the same content",
            )
        })?;
        let path = file.path().to_owned();
        file.commit(text.as_bytes()).map_err(refused_file)?;
        Ok((format, path))
    };
    let mut written = Vec::new();
    for done in files.into_iter().map(one) {
        match done {
            Ok(file) => written.push(file),
            Err(refusal) => failed.push(refusal),
        }
    }
    written
}

/// Adds the outputs: this verdict, and the counts and the files of the report.
fn write_outputs(
    path: &Path,
    mut file: fs_err::File,
    verdict: ReportVerdict,
    report: &Report,
    written: Vec<(Format, PathBuf)>,
) -> Result<(), Refusal> {
    let written: Vec<_> =
        written.into_iter().map(|(format, path)| (format, absolute(path))).collect();
    let written: Vec<_> = written.iter().map(|(format, path)| (*format, &**path)).collect();
    append_outputs(path, &mut file, &outputs::render(verdict, &report.counts, &written))
        .map_err(|error| refused_outputs(path, &error))
}

/// Writes the baseline, unless it would hold what nobody judged, and returns the exit code.
fn write_baseline(path: &Path, file: ReportFile, report: &Report) -> Result<u8, Refusal> {
    let shown = path.display();
    let say = |text: String| output::tell(&secrets::safe_text(&text));
    let Some(text) = policy::baseline_text(report) else {
        say(format!("gowoa: the baseline {shown} was not written: not everything could be judged"));
        return Ok(exit::of(report.verdict));
    };
    file.commit(text.as_bytes()).map_err(refused_file)?;
    let open = report.findings.iter().filter(|finding| finding.waived.is_none()).count();
    let has = if open == 1 { "1 finding".to_owned() } else { format!("{open} findings") };
    say(format!(
        "gowoa: the baseline {shown} has {has}; with --baseline {shown} only new ones count"
    ));
    Ok(exit::PASS)
}

/// One line for each file that was written: its format and its path, safe to print.
fn table(written: &[(Format, PathBuf)]) -> String {
    let files = written.iter().filter(|(_, path)| path != Path::new("-"));
    let lines: Vec<_> =
        files.map(|(format, path)| (format.to_string(), path.display().to_string())).collect();
    let width = lines.iter().map(|(format, _)| format.len()).max().unwrap_or_default();
    let line = |(format, path): &(String, String)| format!("wrote  {format:width$}  {path}\n");
    let text: String = lines.iter().map(line).collect();
    if text.is_empty() { text } else { secrets::safe_text(&text) }
}

/// Adds outputs to those of earlier steps, the last of which may lack the end of its line.
fn append_outputs(path: &Path, file: &mut fs_err::File, text: &str) -> std::io::Result<()> {
    let open = path.is_file()
        && fs_err::read(path).is_ok_and(|text| text.last().is_some_and(|last| *last != b'\n'));
    let gap = if open { "\n" } else { "" };
    file.write_all(format!("{gap}{text}").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// To open a pipe that nobody reads once more takes as long again.
    #[test]
    fn outputs_that_cannot_be_opened_are_not_opened_again() {
        let dir = tempfile::tempdir().unwrap();
        let reports = ReportArgs {
            reports: Vec::new(),
            report_dir: None,
            outputs: Some(dir.path().to_owned()),
            ci: CiArgs::default(),
        };
        let refusal = prepare(&reports, None, None, &[], "").err().unwrap();
        assert!(refusal.message().starts_with("cannot write the outputs to "));
        assert_eq!(refusal.untold, Untold::Summary);
    }
}
