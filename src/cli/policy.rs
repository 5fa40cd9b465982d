//! What counts and what does not: `--fail-on`, `gowoa.toml` and the baseline, for every subcommand that judges.

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use crate::checks::CHECKS;
use crate::model::{PlanReport, Report, ReportVerdict, Severity};
use crate::policy::baseline::{self, Baseline};
use crate::policy::config::{self, Config, FILE_NAME, Fault};
use crate::policy::{ConfigFile, Exceptions};
use crate::render::json;

use super::common::Refusal;

/// A saved report is read this far; that of 2,000 packages has a few megabytes.
pub(super) const LONGEST_REPORT: u64 = 512 << 20;

/// What counts.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "What counts")]
pub struct PolicyArgs {
    /// Findings at or above this severity fail the run [default: error]
    #[arg(long, value_name = "SEVERITY")]
    pub fail_on: Option<FailOn>,

    /// Read waivers and settings from this file [default: gowoa.toml here or above, in the module or workspace]
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    pub config: Option<PathBuf>,

    /// Use no gowoa.toml
    #[arg(long)]
    pub no_config: bool,

    /// Findings that this saved JSON report has are shown and do not count
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,

    /// Write the findings of this run for --baseline, and exit with 0 unless something could not be judged
    #[arg(long, value_name = "FILE")]
    pub write_baseline: Option<PathBuf>,
}

/// `--fail-on`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Errors.
    Error,
    /// Warnings and errors.
    Warning,
    /// Everything found.
    Note,
    /// Nothing: findings are reported, the exit code stays 0 unless something could not be judged.
    Never,
}

impl FailOn {
    pub(super) const fn severity(self) -> Option<Severity> {
        match self {
            Self::Error => Some(Severity::Error),
            Self::Warning => Some(Severity::Warning),
            Self::Note => Some(Severity::Note),
            Self::Never => None,
        }
    }
}

/// What the arguments and the configuration file add up to. The command line wins.
#[derive(Debug)]
pub(super) struct Policy {
    /// Findings at or above this severity fail the report; absent for `never`.
    pub(super) fail_on: Option<Severity>,
    /// What does not count.
    pub(super) exceptions: Exceptions,
    /// `tags` of the file, for where the command line names none.
    pub(super) tags: Vec<String>,
    /// The flags that the command line has and the file could have said.
    pub(super) given: Vec<String>,
}

impl PolicyArgs {
    /// The files that are read: those that are named here, and the baseline that was found.
    pub(super) fn read_files<'a>(
        &'a self,
        found: &'a Exceptions,
    ) -> impl Iterator<Item = &'a Path> {
        let baseline = found.baseline.as_ref().map(Baseline::path);
        [&self.config, &self.baseline].into_iter().flatten().map(|path| &**path).chain(baseline)
    }

    /// The files that are named here.
    pub(super) fn files(&self) -> impl Iterator<Item = &Path> {
        [&self.config, &self.baseline, &self.write_baseline]
            .into_iter()
            .flatten()
            .map(|path| &**path)
    }

    /// Reads the configuration file and the baseline. `dir` is the directory to work in, absolute, and `shown`
    /// the way there as the user gave it.
    pub(super) fn load(&self, dir: &Path, shown: Option<&Path>) -> Result<Policy, Refusal> {
        let found = match (&self.config, self.no_config) {
            (Some(path), _) => Some(Found::given(path, dir)),
            (None, true) => None,
            (None, false) => find(dir, shown),
        };
        let (config, file) = match found {
            Some(found) => (found.read()?, Some(found)),
            None => (Config::default(), None),
        };
        let baseline = match (&self.baseline, &config.baseline, &file) {
            (Some(path), ..) => self.baseline(path, path, path, true)?,
            (None, Some(written), Some(file)) => {
                let beside = |path: &Path| path.with_file_name("").join(written);
                let (path, shown) = (beside(&file.path), beside(&file.shown));
                self.baseline(&path, &shown, Path::new(written), false)?
            }
            (None, ..) => None,
        };
        let fail_on = match (self.fail_on, config.fail_on) {
            (Some(given), _) => given.severity(),
            (None, Some(written)) => written.0,
            (None, None) => Some(Severity::Error),
        };
        Ok(Policy {
            fail_on,
            exceptions: Exceptions {
                config: file.map(|file| file.config),
                no_config: self.no_config,
                waivers: config.waivers,
                baseline,
            },
            tags: config.tags,
            given: self.given(),
        })
    }

    fn given(&self) -> Vec<String> {
        let all = [
            (PlanReport::CONFIG, self.config.is_some()),
            (PlanReport::FAIL_ON, self.fail_on.is_some()),
            (PlanReport::BASELINE, self.baseline.is_some()),
        ];
        all.into_iter().filter(|(_, given)| *given).map(|(flag, _)| flag.to_owned()).collect()
    }

    /// The baseline of this path, as messages show it and as it was given; none where it is still to be written.
    fn baseline(
        &self,
        path: &Path,
        shown: &Path,
        given: &Path,
        by_flag: bool,
    ) -> Result<Option<Baseline>, Refusal> {
        let name = given.to_string_lossy().into_owned();
        let shown = shown.display();
        let bytes = match read(path, LONGEST_REPORT) {
            Ok(bytes) => bytes,
            Err(Unreadable::Missing) if self.will_write(path, by_flag) => return Ok(None),
            Err(Unreadable::Missing) => {
                return Err(Refusal::new(
                    format!("the baseline {shown} is not there"),
                    format!("write one with --write-baseline {shown}, or leave the baseline out"),
                ));
            }
            Err(error) => {
                return Err(Refusal::new(
                    format!("the baseline {shown} cannot be read: {}", error.reason()),
                    "name a JSON report that gowoa wrote",
                ));
            }
        };
        let next = format!("write it again with --write-baseline {shown}");
        let text = String::from_utf8(bytes).map_err(|_| {
            Refusal::new(format!("the baseline {shown} is not UTF-8 text"), next.clone())
        })?;
        let report = json::parse(&text).map_err(|error| {
            Refusal::new(format!("the baseline {shown}: {error}"), next.clone())
        })?;
        if report.verdict == ReportVerdict::Incomplete {
            // Its findings are true; what it did not see counts as new.
            super::output::tell(&super::secrets::safe_text(&format!(
                "gowoa: the baseline {shown} was made by a run that could not judge everything"
            )));
        }
        Ok(Some(Baseline::new(name, &report, env!("CARGO_PKG_VERSION")).read_from(path)))
    }

    /// Whether a baseline that is missing comes into being in this run.
    fn will_write(&self, path: &Path, by_flag: bool) -> bool {
        let Some(target) = &self.write_baseline else { return false };
        !by_flag || target == path
    }
}

/// A configuration file that was found or named.
struct Found {
    path: PathBuf,
    /// The way there from where gowoa was started.
    shown: PathBuf,
    config: ConfigFile,
}

impl Found {
    /// The one of `--config`.
    fn given(path: &Path, dir: &Path) -> Self {
        let real = |path: &Path| fs_err::canonicalize(path).ok();
        let of_project = real(path).is_some_and(|file| file.parent() == real(dir).as_deref());
        // Places in the Report are relative; a file somewhere else on the machine has its name alone.
        let name = match path.strip_prefix(dir) {
            Ok(inside) => inside,
            Err(_) if path.is_absolute() => path.file_name().map_or(path, Path::new),
            Err(_) => path,
        };
        let config = ConfigFile {
            given: path.to_string_lossy().into_owned(),
            name: slashed(name),
            of_project,
        };
        Self { path: path.to_owned(), shown: path.to_owned(), config }
    }

    fn read(&self) -> Result<Config, Refusal> {
        let shown = self.shown.display();
        let bytes = read(&self.path, config::LONGEST + 1).map_err(|error| {
            let reason = error.reason();
            let next = "name another file with --config, or use none with --no-config";
            Refusal::new(format!("{shown} cannot be read: {reason}"), next)
        })?;
        let ids: Vec<&str> = CHECKS.iter().map(|check| check.meta().id.as_str()).collect();
        config::parse(&bytes, &ids).map_err(|faults| refused(&shown.to_string(), &faults))
    }
}

/// What is wrong with a configuration file: each fault by line, with what to write.
fn refused(shown: &str, faults: &[Fault]) -> Refusal {
    let told =
        |fault: &Fault| format!("{shown}:{}:{}: {}", fault.line, fault.column, fault.message);
    match faults {
        [] => Refusal::new(format!("{shown} cannot be used"), "see docs/config.md"),
        [only] => Refusal::new(told(only), only.next.clone()),
        [first, rest @ ..] => {
            let mut more = vec![format!("next   {}", first.next)];
            more.extend(rest.iter().map(|f| format!("{}\n  next   {}", told(f), f.next)));
            Refusal::new(told(first), format!("mend {shown}, or use none with --no-config"))
                .with_more(&more)
        }
    }
}

/// The `gowoa.toml` of a directory: there, or above as far as the workspace, or else the module, reaches.
fn find(dir: &Path, shown: Option<&Path>) -> Option<Found> {
    let root = root(dir);
    let mut up = PathBuf::new();
    for directory in dir.ancestors() {
        let path = directory.join(FILE_NAME);
        // Whatever has the name is taken, so that one that cannot be read is told and not passed over.
        if fs_err::symlink_metadata(&path).is_ok() {
            let name = up.join(FILE_NAME);
            let shown = shown.map_or_else(|| name.clone(), |shown| shown.join(&name));
            let config = ConfigFile {
                given: slashed(&name),
                name: slashed(&name),
                of_project: directory == dir,
            };
            return Some(Found { path, shown, config });
        }
        if directory == root {
            break;
        }
        up.push("..");
    }
    None
}

/// The root of the workspace, as Go finds it, else of the module, else the directory itself.
fn root(dir: &Path) -> &Path {
    let with = |name: &str| dir.ancestors().find(|above| above.join(name).is_file());
    // GOWORK switches the workspace off, or names it.
    let work = match std::env::var_os("GOWORK").filter(|value| !value.is_empty()) {
        None => with("go.work"),
        Some(named) => {
            let holds = Path::new(&named).parent();
            holds.and_then(|holds| dir.ancestors().find(|above| *above == holds))
        }
    };
    work.or_else(|| with("go.mod")).unwrap_or(dir)
}

/// Why a file has no bytes.
pub(super) enum Unreadable {
    /// Nothing is there.
    Missing,
    /// It is a directory, a pipe or a device.
    NoFile,
    /// The reason in words.
    Other(String),
}

impl Unreadable {
    fn reason(&self) -> &str {
        match self {
            Self::Missing => "it is not there",
            Self::NoFile => "it is not a file",
            Self::Other(reason) => reason,
        }
    }
}

/// The bytes of a file, as far as the limit and no pipe or directory.
pub(super) fn read(path: &Path, limit: u64) -> Result<Vec<u8>, Unreadable> {
    let other = |error: std::io::Error| Unreadable::Other(error.to_string());
    let metadata = fs_err::metadata(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Unreadable::Missing,
        _ => other(error),
    })?;
    if !metadata.is_file() {
        return Err(Unreadable::NoFile);
    }
    let mut bytes = Vec::new();
    fs_err::File::open(path).map_err(other)?.take(limit).read_to_end(&mut bytes).map_err(other)?;
    Ok(bytes)
}

fn slashed(path: &Path) -> String {
    let text = path.to_string_lossy();
    if cfg!(windows) { text.replace('\\', "/") } else { text.into_owned() }
}

/// The text of a baseline; none where the run could not judge everything, for it would lack findings.
pub(super) fn baseline_text(report: &Report) -> Option<String> {
    (report.verdict != ReportVerdict::Incomplete).then(|| json::render(&baseline::reduced(report)))
}

#[cfg(test)]
mod tests;
