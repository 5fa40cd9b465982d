//! `gowoa screen`: the dependencies of a project, or one module without a project.

use std::path::{Path, PathBuf};

use crate::engine::{self, Surroundings, WhyError};
use crate::plan::{AskedModule, Plan, Scope};
use crate::redact::Redactor;
use crate::render::terminal;

use super::check::{self, GoArgs};
use super::common::{Refusal, ShowArgs, answered, finish, of_engine};
use super::policy::PolicyArgs;
use super::progress::Shown;
use super::work::{self, Done, Targets};
use super::{exit, output};

/// Where a wrong argument is explained.
const HELP: &str = "see gowoa screen --help";

/// Arguments of `gowoa screen`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  gowoa screen
  gowoa screen --all ./cmd/...
  gowoa screen --module github.com/go-ole/go-ole@v1.2.5
  gowoa screen --module golang.org/x/crypto@latest --package golang.org/x/crypto/argon2
  gowoa screen --why 'github.com/go-ole/go-ole.(*VARIANT).Clear'

What builds, links and is quiet is not listed; --all lists it. A version that is advised was built
for windows/arm64 before it is printed, unless there is no network.
Exit codes: 0 pass, 1 fail, 2 incomplete, usage or environment, 130 interrupted.")]
pub struct ScreenArgs {
    /// Packages, as go build takes them [default: ./... or, at the root of a workspace, every used module]
    pub packages: Vec<String>,

    /// Work in this directory
    #[arg(short = 'C', long = "directory", value_name = "DIR")]
    pub directory: Option<PathBuf>,

    /// Ask about one module, without a project: gowoa makes a temporary module that uses it
    #[arg(long, value_name = "PATH@VERSION", value_parser = asked, conflicts_with_all = ["packages", "directory", "all_modules"])]
    pub module: Option<AskedModule>,

    /// A package of that module [default: every package that a program can import] (repeatable)
    #[arg(long = "package", value_name = "PATH", requires = "module")]
    pub of_module: Vec<String>,

    /// Say why a package is there, and by which way the linker comes to it or to a function of it
    #[arg(long, value_name = "PACKAGE[.FUNCTION]", conflicts_with_all = ["reports", "report_dir", "github"])]
    pub why: Option<String>,

    /// Screen every module below the directory
    #[arg(long, conflicts_with = "packages")]
    pub all_modules: bool,

    /// Do everything again, although nothing changed since an earlier run
    #[arg(long)]
    pub no_cache: bool,

    /// What counts.
    #[command(flatten)]
    pub policy: PolicyArgs,

    /// How to build.
    #[command(flatten)]
    pub go: GoArgs,

    /// Where the report goes.
    #[command(flatten)]
    pub show: ShowArgs,
}

/// Reads `PATH@VERSION`; without a version the newest is asked about.
fn asked(text: &str) -> Result<AskedModule, String> {
    let (path, version) = text.split_once('@').unwrap_or((text, "latest"));
    let odd =
        |text: &str| text.is_empty() || text.contains(|c: char| c.is_whitespace() || c == '@');
    if odd(path) || odd(version) {
        return Err("write it as Go does, such as golang.org/x/sys@v0.30.0".into());
    }
    Ok(AskedModule { path: path.into(), version: version.into(), packages: Vec::new() })
}

/// Does the job and returns the exit code.
pub(super) fn run(args: &ScreenArgs) -> u8 {
    let others: Vec<&Path> = args.go.files().chain(args.policy.files()).collect();
    answered(&args.show.reports, &others, |redactor| screen(args, redactor))
}

fn screen(args: &ScreenArgs, redactor: &Redactor) -> Result<u8, Refusal> {
    let plan = plan(args)?;
    let around = check::surroundings()?;
    if plan.why.is_some() {
        return why(args, &plan, &around, redactor);
    }
    let github = args.show.github.prepare(&plan.dir, args.go.offline)?;
    let reads = check::reads(&args.go, &args.policy, &plan);
    let targets =
        Targets { baseline: args.policy.write_baseline.as_deref(), ..targets(args, &reads) };
    let work = async |progress: &Shown| engine::screen(&plan, &around, redactor, progress).await;
    let (report, files) = match work::run(&targets, work, of_engine)? {
        Done::Made(report, files) => (report, *files),
        Done::Interrupted(code) => return Ok(code),
    };
    finish(files, &report, &args.show.look.options(), redactor, github)
}

/// What is to be written; a screening makes no images, and draws none.
fn targets<'a>(args: &'a ScreenArgs, reads: &'a [PathBuf]) -> Targets<'a> {
    Targets { reports: &args.show.reports, map: None, baseline: None, reads, help: HELP }
}

/// Says why a package is there; the answer is what was asked for, so it goes to standard output.
fn why(
    args: &ScreenArgs,
    plan: &Plan,
    around: &Surroundings,
    redactor: &Redactor,
) -> Result<u8, Refusal> {
    let work = async |progress: &Shown| engine::why(plan, around, redactor, progress).await;
    let refused = |error: &WhyError| match error {
        WhyError::Engine(error) => of_engine(error),
        other => Refusal::new(other.to_string(), other.next_step()),
    };
    let why = match work::run(&targets(args, &[]), work, refused)? {
        Done::Made(why, _) => why,
        Done::Interrupted(code) => return Ok(code),
    };
    let options = terminal::Options::default();
    output::give(terminal::why(&why, &options).as_bytes()).map_err(|error| {
        Refusal::new(format!("the answer could not be written: {error}"), "make room, or try again")
    })?;
    Ok(exit::PASS)
}

fn plan(args: &ScreenArgs) -> Result<Plan, Refusal> {
    let module = args
        .module
        .clone()
        .map(|module| AskedModule { packages: args.of_module.clone(), ..module });
    Ok(Plan {
        scope: Scope::Screen,
        module,
        why: args.why.clone(),
        cached: !args.no_cache,
        all_modules: args.all_modules,
        ..check::plan_of(&args.packages, args.directory.as_deref(), &args.go, &args.policy)?
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_named_as_go_does() {
        let module = asked("golang.org/x/sys@v0.30.0").unwrap();
        assert_eq!(
            (module.path.as_str(), module.version.as_str()),
            ("golang.org/x/sys", "v0.30.0")
        );
        assert_eq!(asked("a.b/c").unwrap().version, "latest");
        for wrong in ["", "@v1", "a.b/c@", "a.b/c@v1@v2", "a.b/c d@v1"] {
            assert!(asked(wrong).unwrap_err().contains("such as"), "{wrong}");
        }
    }
}
