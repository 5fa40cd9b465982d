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
use crate::render::{Format, outputs, terminal, text};

use super::ci::CiArgs;
use super::github::{GithubArgs, Publisher};
use super::output::LookArgs;
use super::{exit, output, policy, secrets};

/// Which reports to write.
#[derive(Debug, clap::Args)]
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
    /// Whether a file that was named for the summary or the outputs must not be touched: it is something else.
    leaves_files: bool,
}

impl Refusal {
    pub(super) fn new(message: impl Into<String>, next: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            words: String::new(),
            next: next.into(),
            leaves_files: false,
        }
    }

    /// The same about a file of the summary or the outputs that is something else.
    fn leaving_files(self) -> Self {
        Self { leaves_files: true, ..self }
    }

    #[cfg(test)]
    pub(super) fn message(&self) -> &str {
        &self.message
    }

    /// Says what else is wrong.
    pub(super) fn with_more(self, more: &[String]) -> Self {
        Self { words: more.join("\n"), ..self }
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
        if !self.leaves_files {
            reports.leave_no_report(&shown);
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
        self.ci.summarize_error(text);
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
    let mut wanted = Vec::new();
    for report in &out.reports {
        let target = ReportTarget::parse(report);
        wanted.push(target.map_err(|error| Refusal::new(error.to_string(), help))?);
    }
    if let Some(dir) = &out.report_dir {
        for format in Format::STANDARD {
            wanted.push(ReportTarget { format, path: dir.join(format.file_name()) });
        }
    }
    wanted.extend(map.map(|path| ReportTarget { format: Format::Map, path: path.to_owned() }));
    let wanted = wanted.into_iter().map(|ReportTarget { format, path }| (Some(format), path));
    let wanted = wanted.chain(baseline.map(|path| (None, path.to_owned())));
    let mut prepared = Prepared { ci: out.ci.clone(), ..Prepared::default() };
    let mut places: Vec<PathBuf> = Vec::new();
    for (format, path) in wanted {
        if place(&path).is_some_and(|place| inputs.contains(&place)) {
            return Err(Refusal::new(
                format!("a report would replace {}, which is read", path.display()),
                "name another file for the report",
            ));
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
    // These are appended to, so a report there, or what is read, would be spoilt.
    let summary = out.ci.summary_file().map(|path| ("--summary", path));
    let appended =
        out.outputs.as_deref().map(|path| ("--outputs", path)).into_iter().chain(summary);
    for (flag, path) in appended {
        if path == Path::new("-") {
            return Err(Refusal::new(
                format!("{flag} -: this goes to a file, which standard output is not"),
                format!("name a file with {flag}, such as {flag} gowoa.txt"),
            )
            .leaving_files());
        }
        if let Some(place) =
            place(path).filter(|place| places.contains(place) || inputs.contains(place))
        {
            return Err(Refusal::new(
                format!("{} is a report or is read, and would be appended to", place.display()),
                "give --summary and --outputs files of their own",
            )
            .leaving_files());
        }
    }
    if let Some(path) = &out.outputs {
        let file = pipe::append(path).map_err(|error| refused_outputs(path, &error))?;
        prepared.outputs = Some((path.clone(), file));
    }
    Ok(prepared)
}

/// What tells two report targets apart; absent for a device, which takes any number of reports.
fn place(path: &Path) -> Option<PathBuf> {
    if path == Path::new("-") {
        return Some(path.to_owned());
    }
    match fs_err::metadata(path) {
        Ok(metadata) if metadata.is_file() => fs_err::canonicalize(path).ok(),
        Ok(_) => None,
        Err(_) => {
            let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
            let parent = fs_err::canonicalize(parent.unwrap_or(Path::new("."))).ok()?;
            Some(parent.join(path.file_name()?))
        }
    }
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
pub(super) fn finish(
    files: Prepared,
    report: &Report,
    text: &terminal::Options,
    redactor: &Redactor,
    github: Option<Publisher>,
) -> Result<u8, Refusal> {
    files.ci.tell(&terminal::render(report, text));
    let ci = files.ci.clone();
    let (code, written) = write(files, report)?;
    if !written.is_empty() {
        ci.tell(&written);
    }
    ci.summarize(report, redactor).map_err(|error| {
        Refusal::new(error, "name another file with --summary, or leave it out")
    })?;
    let annotating = ci.annotates_on_github();
    let published = github.map(|github| github.publish(report, redactor, annotating));
    // What a check run shows in the diff is not shown there twice, unless somebody asked for it.
    if ci.is_told() || !published.as_ref().is_some_and(|published| published.annotated) {
        ci.annotate(report);
    }
    Ok(published.and_then(|published| published.interrupted).unwrap_or(code))
}

/// Puts the report into every file that was asked for, and returns the exit code and the lines about what was written.
fn write(files: Prepared, report: &Report) -> Result<(u8, String), Refusal> {
    let checks = checks::catalogue();
    let mut written = Vec::new();
    let mut lines = Vec::new();
    for (format, file) in files.reports {
        let text = format.render(report, &checks).map_err(|error| {
            Refusal::new(
                error.to_string(),
                "this is a bug of gowoa; the JSON report has the same content",
            )
        })?;
        let path = file.path().to_owned();
        file.commit(text.as_bytes()).map_err(refused_file)?;
        if path != Path::new("-") {
            lines.push((format.to_string(), path.display().to_string()));
        }
        written.push((format, absolute(path)));
    }
    if let Some((path, mut file)) = files.outputs {
        let written: Vec<_> = written.iter().map(|(format, path)| (*format, &**path)).collect();
        append_outputs(&path, &mut file, &outputs::render(report, &written))
            .map_err(|error| refused_outputs(&path, &error))?;
    }
    let lines = table(&lines);
    let Some((path, file)) = files.baseline else {
        return Ok((exit::of(report.verdict), lines));
    };
    let shown = path.display();
    let say = |text: String| output::tell(&secrets::safe_text(&text));
    let Some(text) = policy::baseline_text(report) else {
        say(format!("gowoa: the baseline {shown} was not written: not everything could be judged"));
        return Ok((exit::of(report.verdict), lines));
    };
    file.commit(text.as_bytes()).map_err(refused_file)?;
    let open = report.findings.iter().filter(|finding| finding.waived.is_none()).count();
    let has = if open == 1 { "1 finding".to_owned() } else { format!("{open} findings") };
    say(format!(
        "gowoa: the baseline {shown} has {has}; with --baseline {shown} only new ones count"
    ));
    Ok((exit::PASS, lines))
}

/// One line for each file that was written: its format and its path, safe to print.
fn table(lines: &[(String, String)]) -> String {
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
