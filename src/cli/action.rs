//! `gowoa action`: what `action.yml` starts, on every system. The inputs of the action, from the environment,
//! become the command line of another subcommand, word by word and through no shell; what that prints is
//! fenced, so that the runner obeys no command in it.
//!
//! The scripts of the action only find a gowoa that may be trusted; everything else is here, where it is
//! the same under bash and PowerShell.

use std::ffi::{OsStr, OsString};
use std::hash::{BuildHasher, RandomState};
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::go::toolchain::{self, ToolchainError};
use crate::platform::pipe;
use crate::render::{outputs, text};
use crate::shell::quote;

use super::ci::CiArgs;
use super::common::{Refusal, ReportArgs};
use super::{Unparsed, exit, output, secrets};

/// What is written before the name of an input: composite actions get no `INPUT_` variables, so `action.yml`
/// sets its own.
const PREFIX: &str = "GOWOA_INPUT_";

/// The subcommands that the input `mode` may name.
const MODES: [&str; 3] = ["check", "inspect", "screen"];

/// The step that a workflow without Go lacks.
const SETUP_GO: &str = "put a step before this one:
  - uses: actions/setup-go@v7
    with:
      go-version: stable";

/// Does the job and returns the exit code.
pub(super) fn run() -> u8 {
    output::fence(random_word());
    let code = match prepared() {
        Ok(line) => {
            output::tell(&secrets::safe_text(&format!("command  {}\n", shell_line(&line))));
            started(&line)
        }
        Err(refusal) => refusal.answer(&own_reports(), &secrets::redactor()),
    };
    output::lift_fence();
    append_exit_code(code);
    code
}

/// Starts the subcommand; arguments that are none get their summary and their outputs here, for nobody has read yet
/// where those go.
fn started(line: &[OsString]) -> u8 {
    match super::parse(line) {
        Err(Unparsed::Wrong(text)) => {
            output::refuse(&text);
            own_reports().leave_no_report(&text);
            exit::INCOMPLETE
        }
        // With exit code 0 and without a result the gate of the action could say only that.
        Err(Unparsed::Asked(_)) => Refusal::new(
            "args: it asks for the help or the version, so nothing would be checked",
            "leave it out; gowoa check --help shows on your machine what may stand in args",
        )
        .answer(&own_reports(), &secrets::redactor()),
        Ok(cli) => super::start(cli),
    }
}

/// Where the runner wants to be told what became of the step.
fn own_reports() -> ReportArgs {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let summary = set(&format!("{PREFIX}SUMMARY")).is_some_and(|value| value == "true");
    let ci = CiArgs { summary: if summary { "auto" } else { "off" }.into(), ..CiArgs::default() };
    let outputs = set("GITHUB_OUTPUT").map(PathBuf::from);
    ReportArgs { reports: Vec::new(), report_dir: None, outputs, ci }
}

/// 128 bits that whoever writes the checked code cannot know.
pub(super) fn random_word() -> String {
    // Seeded by the system; a generator of random numbers would be a dependency for two of them.
    let half = || RandomState::new().hash_one(std::process::id());
    format!("gowoa-{:016x}{:016x}", half(), half())
}

fn prepared() -> Result<Vec<OsString>, Refusal> {
    let line = command_line(&|name| std::env::var_os(name), &Path::exists)?;
    let own_go = line
        .iter()
        .any(|word| word == "--go" || word.to_str().is_some_and(|word| word.starts_with("--go=")));
    let builds = line.get(1).is_some_and(|mode| mode != "inspect");
    if builds
        && !own_go
        && let Err(error @ ToolchainError::NotFound) =
            toolchain::find(None, std::env::var_os("PATH").as_deref())
    {
        return Err(Refusal::new(error.to_string(), SETUP_GO));
    }
    Ok(line)
}

/// The inputs of the action, read from variables.
struct Inputs<'a> {
    variable: &'a dyn Fn(&str) -> Option<OsString>,
}

impl Inputs<'_> {
    /// One value, absent where it is empty.
    fn value(&self, name: &str) -> Option<OsString> {
        let variable = format!("{PREFIX}{}", name.to_ascii_uppercase().replace('-', "_"));
        (self.variable)(&variable).filter(|value| !value.is_empty())
    }

    /// Text that has to be one of some words.
    fn word(&self, name: &str, words: &[&'static str]) -> Result<Option<&'static str>, Refusal> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let found = words.iter().find(|word| **word == value);
        found.copied().map(Some).ok_or_else(|| {
            Refusal::new(
                format!("{name}: {} cannot be used", value.to_string_lossy()),
                format!("write one of: {}", words.join(", ")),
            )
        })
    }

    /// `true` or `false`; absent is `false`.
    fn flag(&self, name: &str) -> Result<bool, Refusal> {
        Ok(self.word(name, &["true", "false"])? == Some("true"))
    }

    /// A list: one entry a line, as it stands there; lines without anything do not count.
    fn list(&self, name: &str) -> Result<Vec<OsString>, Refusal> {
        let Some(value) = self.value(name) else { return Ok(Vec::new()) };
        let text = value.into_string().map_err(|_| {
            Refusal::new(format!("{name}: not UTF-8 text"), "write one entry a line, in UTF-8")
        })?;
        let lines = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
        Ok(lines.filter(|line| !line.trim().is_empty()).map(OsString::from).collect())
    }

    /// Refuses inputs that say nothing in this mode.
    fn only_for(&self, mode: &str, names: &[&str], modes: &[&str]) -> Result<(), Refusal> {
        let given = names.iter().find(|name| self.value(name).is_some());
        match given {
            Some(name) if !modes.contains(&mode) => Err(Refusal::new(
                format!("{name}: means nothing with mode: {mode}"),
                format!("leave it out, or write mode: {}", modes.join(" or mode: ")),
            )),
            _ => Ok(()),
        }
    }
}

/// The command line that the inputs ask for. `taken`: whether a directory is there already.
fn command_line(
    variable: &dyn Fn(&str) -> Option<OsString>,
    taken: &dyn Fn(&Path) -> bool,
) -> Result<Vec<OsString>, Refusal> {
    let inputs = Inputs { variable };
    let mode = inputs.word("mode", &MODES)?.unwrap_or(MODES[0]);
    inputs.only_for(mode, &["packages", "working-directory", "modules"], &["check", "screen"])?;
    inputs.only_for(mode, &["files", "expect"], &["inspect"])?;
    let mut line: Vec<OsString> = vec!["gowoa".into(), mode.into()];
    let mut flag = |name: &str, value: &OsStr| {
        // One word: a value that begins with `-` stays a value.
        let mut word = OsString::from(format!("{name}="));
        word.push(value);
        line.push(word);
    };
    for (input, name) in [
        ("working-directory", "--directory"),
        ("expect", "--expect"),
        ("config", "--config"),
        ("fail-on", "--fail-on"),
    ] {
        if let Some(value) = inputs.value(input) {
            flag(name, &value);
        }
    }
    let reports = inputs.value("report-dir").map(PathBuf::from);
    flag("--report-dir", reports.unwrap_or_else(|| report_dir(variable, taken)).as_os_str());
    if let Some(file) = variable("GITHUB_OUTPUT").filter(|file| !file.is_empty()) {
        flag("--outputs", &file);
    }
    let annotations = inputs.word("annotations", &["github", "off"])?;
    // Under GitHub's runner `auto` is `github`, but for what a check run shows already.
    flag("--annotations", OsStr::new(annotations.unwrap_or("auto")));
    let summary = inputs.flag("summary")?;
    let summary_file = variable("GITHUB_STEP_SUMMARY").filter(|file| summary && !file.is_empty());
    flag("--summary", summary_file.as_deref().unwrap_or(OsStr::new("off")));
    line.extend(publishing(&inputs)?.into_iter().map(OsString::from));
    if inputs.word("modules", &["all"])?.is_some() {
        line.push("--all-modules".into());
    }
    line.extend(inputs.list("args")?);
    let last = if mode == "inspect" { "files" } else { "packages" };
    let named = inputs.list(last)?;
    if named.is_empty() && mode == "inspect" {
        return Err(Refusal::new(
            "files: mode: inspect needs files",
            "name files, archives or directories, one a line, such as dist",
        ));
    }
    line.push("--".into());
    line.extend(named);
    Ok(line)
}

/// The flags for what is published.
fn publishing(inputs: &Inputs<'_>) -> Result<Vec<String>, Refusal> {
    let (check_run, comment) = (inputs.flag("check-run")?, inputs.flag("comment")?);
    if !check_run && !comment {
        return Ok(Vec::new());
    }
    let word = |on, word| if on { word } else { "off" };
    Ok(vec![
        format!("--github-check-run={}", word(check_run, "on")),
        format!("--github-comment={}", word(comment, "auto")),
        "--github".to_owned(),
    ])
}

/// A directory for the reports outside of the user's tree, of its own for each use of the action in a job.
fn report_dir(
    variable: &dyn Fn(&str) -> Option<OsString>,
    taken: &dyn Fn(&Path) -> bool,
) -> PathBuf {
    let temp = variable("RUNNER_TEMP").filter(|dir| !dir.is_empty());
    let temp = temp.map_or_else(std::env::temp_dir, PathBuf::from);
    let first = temp.join("gowoa-report");
    let more = (2_u32..).map(|n| temp.join(format!("gowoa-report-{n}")));
    std::iter::once(first.clone()).chain(more).find(|dir| !taken(dir)).unwrap_or(first)
}

/// The command as a line for a shell.
fn shell_line(line: &[OsString]) -> String {
    let words: Vec<String> = line.iter().map(|word| quote(&word.to_string_lossy())).collect();
    text::escape(&words.join(" ")).into_owned()
}

/// Adds the exit code to the outputs of the step.
fn append_exit_code(code: u8) {
    let Some(path) = std::env::var_os("GITHUB_OUTPUT").filter(|path| !path.is_empty()) else {
        return;
    };
    let file = pipe::append(Path::new(&path));
    let line = outputs::line("exit-code", &code.to_string());
    if let Err(error) = file.and_then(|mut file| file.write_all(line.as_bytes())) {
        let text = format!("gowoa: cannot write the outputs of the step: {error}\n");
        output::tell(&secrets::safe_text(&text));
    }
}

#[cfg(test)]
mod tests;
