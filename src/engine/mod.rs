//! Gathers facts, asks every check of every subject, and returns the Report.
//!
//! `units` finds what there is to check; `unit` takes one module or workspace through list, build,
//! control, tests and inspection; `judge` asks the checks and counts.

mod anchor;
mod build;
mod cache;
mod control;
mod declared;
mod embedded;
mod embeds;
mod explain;
mod given;
mod graph;
mod images;
mod inspect;
mod judge;
mod kept_tests;
mod link;
mod listed;
mod listing;
mod lists;
mod objects;
mod phases;
mod probe;
mod problems;
mod proof;
mod reach;
mod reflection;
mod rules;
mod settings;
mod sources;
mod stale;
mod stubs;
mod subjects;
mod syso;
mod tests_build;
mod tried;
mod unit;
mod units;
mod verify;
mod waivers;
mod why;

pub use inspect::read as read_image;
pub use probe::{Probe, ProbeError, Retraction, Wanted, make as probe};
pub use rules::load as load_rules;
pub use verify::{Answer, Tried, chosen as chosen_rules, verify as verify_rules};
pub use why::{WhyError, why};

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::facts::{Toolchain, UnitFacts};
use crate::go::toolchain::ToolchainError;
use crate::model::{PhaseReport, Report, Unproven};
use crate::plan::{InspectPlan, Plan};
use crate::redact::{Redact, Redactor};

/// What the caller hears while the work goes on.
pub trait Progress: Send + Sync {
    /// A phase begins.
    fn begin(&self, phase: &str);
    /// It has ended.
    fn end(&self, phase: &str, took: Duration);
    /// So much of the phase is done. Called from several threads.
    fn count(&self, _done: u64, _total: u64) {}
}

/// A listener that hears nothing.
#[derive(Debug)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _phase: &str) {}
    fn end(&self, _phase: &str, _took: Duration) {}
}

/// What gowoa takes from its surroundings; handed in, so that tests can hand in something else.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// PATH.
    pub path: Option<OsString>,
    /// CC, where it is set.
    pub cc: Option<String>,
    /// gowoa's cache directory.
    pub cache: PathBuf,
    /// When and where.
    pub stamp: Stamp,
}

/// When and where a report is made.
#[derive(Debug, Clone)]
pub struct Stamp {
    /// Host name.
    pub host_name: String,
    /// `GOOS/GOARCH` of the machine.
    pub platform: String,
    /// Start of the work, RFC 3339 in UTC.
    pub started: String,
}

/// Why no report could be made. The fault is the call's or the environment's.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// Go cannot be used.
    #[error(transparent)]
    Toolchain(#[from] ToolchainError),
    /// The directory is not there.
    #[error("{dir} is not a directory", dir = dir.display())]
    NoDirectory {
        /// As given.
        dir: PathBuf,
    },
    /// A path that Go cannot name in JSON.
    #[error("the path {dir} is not valid UTF-8; go list cannot name the files below it", dir = dir.display())]
    NotUtf8 {
        /// As given.
        dir: PathBuf,
    },
    /// No go.mod and no go.work.
    #[error("{dir} is not in a Go module", dir = dir.display())]
    NotInModule {
        /// Where.
        dir: PathBuf,
        /// Modules below it, relative.
        below: Vec<String>,
    },
    /// GOFLAGS as `go env -w` keeps it holds a flag that cannot be used; the command line has looked at the
    /// variable alone.
    #[error("{from}: -{name} cannot be used here: {reason}")]
    Flag {
        /// Where it stands, in words.
        from: &'static str,
        /// The flag's name.
        name: String,
        /// Why not.
        reason: &'static str,
    },
    /// The workspace could not be read.
    #[error(transparent)]
    Workspace(#[from] crate::go::modules::WorkspaceError),
    /// A rules file is wrong.
    #[error(transparent)]
    Rules(#[from] crate::rules::RulesError),
    /// A module that is asked about cannot be had.
    #[error(transparent)]
    Probe(#[from] ProbeError),
    /// Working files could not be written.
    #[error("cannot write working files: {0}")]
    Io(#[from] std::io::Error),
    /// A path of `gowoa inspect` that cannot be looked at.
    #[error("cannot inspect {path}: {reason}", path = path.display())]
    Unusable {
        /// As given.
        path: PathBuf,
        /// Why not.
        reason: String,
        /// What the user can do.
        next: &'static str,
    },
    /// Another gowoa works on the same project, and did not end in time.
    #[error("another gowoa holds {path}", path = path.display())]
    Locked {
        /// The lock file.
        path: PathBuf,
    },
}

impl EngineError {
    /// What the user can do.
    pub fn next_step(&self) -> String {
        match self {
            Self::Toolchain(error) => error.next_step().into(),
            Self::NoDirectory { .. } => "give -C a directory that exists".into(),
            Self::NotUtf8 { .. } => "move the project below a path of plain letters".into(),
            Self::NotInModule { below, .. } if !below.is_empty() => format!(
                "there are modules below it ({}): name one with -C DIR, or check all with --all-modules",
                below.iter().take(3).cloned().collect::<Vec<_>>().join(", ")
            ),
            Self::NotInModule { .. } => {
                "change to the directory with go.mod, or name it with -C DIR".into()
            }
            Self::Flag { .. } => {
                "leave it out: of the flags, of GOFLAGS, and of go env (go env -u GOFLAGS)".into()
            }
            Self::Rules(error) => error.next_step().into(),
            Self::Probe(error) => error.next_step(),
            Self::Workspace(_) => "mend go.work, or check one module with GOWORK=off".into(),
            Self::Io(_) => "make room, or name another place with --out-dir or GOWOA_CACHE".into(),
            Self::Unusable { next, .. } => (*next).into(),
            Self::Locked { .. } => {
                "wait for it to end, or name another cache directory with GOWOA_CACHE".into()
            }
        }
    }

    /// A tool's own words, where there are any.
    pub fn words(&self) -> &str {
        match self {
            Self::Toolchain(error) => error.words(),
            Self::Probe(error) => error.words(),
            _ => "",
        }
    }
}

/// Everything that was gathered.
#[derive(Debug)]
pub struct Gathered {
    /// Go.
    pub toolchain: Toolchain,
    /// Modules and workspaces.
    pub units: Vec<UnitFacts>,
    /// Patterns that were checked.
    pub patterns: Vec<String>,
    /// The C compiler, where cgo is on.
    pub c_compiler: Option<String>,
    /// The one module that was asked about, `path@version`.
    pub asked: Option<String>,
}

/// The main job: gathers, judges, counts, and hides secrets.
///
/// # Errors
/// [`EngineError`] where not even a report that says `incomplete` can be made.
pub async fn check(
    plan: &Plan,
    around: &Surroundings,
    redactor: &Redactor,
    progress: &dyn Progress,
) -> Result<Report, EngineError> {
    let begin = Instant::now();
    let outcome = units::gather(plan, around, redactor, progress).await?;
    Ok(concluded(plan, around, redactor, outcome, begin, |_| {}))
}

/// Judges the dependencies of a project, or one module in a temporary module of gowoa's.
///
/// # Errors
/// [`EngineError`] where not even a report that says `incomplete` can be made: the module cannot be had.
pub async fn screen(
    plan: &Plan,
    around: &Surroundings,
    redactor: &Redactor,
    progress: &dyn Progress,
) -> Result<Report, EngineError> {
    let begin = Instant::now();
    let Some(probe) = probe_of(plan, around, progress).await? else {
        return check(plan, around, redactor, progress).await;
    };
    let took = begin.elapsed();
    let plan = probe.screen_plan(plan);
    let outcome = units::gather(&plan, around, redactor, progress).await?;
    let told = |gathered: &mut Gathered| {
        gathered.asked = probe.selected.first().map(|(path, version)| format!("{path}@{version}"));
        if let Some(unit) = gathered.units.first_mut() {
            let resolve = PhaseReport {
                name: "resolve".into(),
                summary: String::new(),
                duration_ms: millis(took),
                go_ms: None,
            };
            unit.phases.insert(0, resolve);
            unit.unproven.extend(probe.retracted.iter().map(retracted));
        }
    };
    Ok(concluded(&plan, around, redactor, outcome, begin, told))
}

/// The temporary module for the one module that the plan asks about; `None` where it asks about a project.
async fn probe_of(
    plan: &Plan,
    around: &Surroundings,
    progress: &dyn Progress,
) -> Result<Option<Probe>, EngineError> {
    let Some(asked) = &plan.module else { return Ok(None) };
    let begin = Instant::now();
    progress.begin("resolve");
    let wanted = Wanted {
        requirements: vec![(asked.path.clone(), asked.version.clone())],
        packages: asked.packages.clone(),
        whole: true,
        values: Vec::new(),
        tags: plan.flags.tags.clone(),
    };
    let probe = probe::make(plan, around, &wanted).await?;
    progress.end("resolve", begin.elapsed());
    Ok(Some(probe))
}

/// A version that its author took back: it is looked at all the same, and that is said.
fn retracted(retraction: &Retraction) -> Unproven {
    let why = match retraction.rationale.as_str() {
        "" => "its author gave no reason",
        why => why,
    };
    let Retraction { module, version, .. } = retraction;
    unit::unproven("retracted", &format!("{module}@{version}: {why}"), Vec::new())
}

/// The Report of what was gathered, or that of an earlier run; without secrets.
fn concluded(
    plan: &Plan,
    around: &Surroundings,
    redactor: &Redactor,
    outcome: units::Outcome,
    begin: Instant,
    told: impl FnOnce(&mut Gathered),
) -> Report {
    let mut report = match outcome {
        units::Outcome::Known(report) => *report,
        units::Outcome::Gathered(mut gathered, remembered) => {
            told(&mut gathered);
            let platform = gathered.toolchain.host.to_string();
            let stamp = Stamp { platform, ..around.stamp.clone() };
            let settings = settings::of_check(plan, &gathered);
            // `./...` is what gowoa asks for where nothing is named. A module of gowoa's own is no project.
            let all = plan.patterns.is_empty() || plan.patterns == ["./..."];
            let whole = all && !plan.alone;
            let units = &gathered.units;
            let mut report = judge::report(settings, &stamp, units, &plan.exceptions, whole);
            anchor::place(&mut report, units, &plan.dir);
            // What is kept has no secrets either.
            report.redact(redactor);
            if let Some(remembered) = remembered {
                remembered.keep(&gathered.units, &report);
            }
            report
        }
    };
    // A temporary module of gowoa's is in nobody's repository.
    if plan.alone {
        report.plan.base = None;
        report.findings.iter_mut().for_each(|finding| finding.anchor = None);
    } else {
        report.plan.started_in = anchor::started_in(&plan.dir);
    }
    report.plan.directory = plan.given_dir.as_ref().map(|dir| dir.to_string_lossy().into_owned());
    report.duration_ms = millis(begin.elapsed());
    report.redact(redactor);
    report
}

/// Judges files that are there: gathers, judges, counts, and hides secrets.
///
/// # Errors
/// [`EngineError`] where a path that was given cannot be looked at.
pub fn inspect(
    plan: &InspectPlan,
    stamp: &Stamp,
    redactor: &Redactor,
    progress: &dyn Progress,
) -> Result<Report, EngineError> {
    let begin = Instant::now();
    let unit = given::gather(plan, progress)?;
    let settings = settings::of_inspect(plan);
    let mut report = judge::report(settings, stamp, &[unit], &plan.exceptions, false);
    anchor::place(&mut report, &[], Path::new("."));
    report.plan.started_in = anchor::started_in(Path::new("."));
    report.duration_ms = millis(begin.elapsed());
    report.redact(redactor);
    Ok(report)
}

pub(crate) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
