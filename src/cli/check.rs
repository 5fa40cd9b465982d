//! `gowoa check`: arguments into a Plan, the engine's Report into files and onto the terminal.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::ValueEnum;

use crate::engine::{self, Surroundings};
use crate::facts::BuildFlags;
use crate::go::modules::{forbidden, parse_flag, split_flags};
use crate::model::PlanReport;
use crate::plan::{ListingScope, Plan, Scope};
use crate::platform;
use crate::redact::Redactor;

use super::common::{Refusal, ShowArgs, answered, finish, of_engine, stamp};
use super::policy::PolicyArgs;
use super::progress::Shown;
use super::work::{self, Done, Targets};

/// Arguments of `gowoa check`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  gowoa check
  gowoa check --tests --report-dir gowoa-report
  gowoa check --tags netgo --ldflags='-s -w' ./cmd/...
  gowoa check --cgo                          with a C compiler for ARM64 Windows
  gowoa check --report json=- 2>/dev/null    the report on standard output

Go's own flags are spelled the long way and win over GOFLAGS. The user's tree is never written to.
Exit codes: 0 pass, 1 fail, 2 incomplete, usage or environment, 130 interrupted.")]
pub struct CheckArgs {
    /// Packages, as go build takes them [default: ./... or, at the root of a workspace, every used module]
    pub packages: Vec<String>,

    /// Work in this directory
    #[arg(short = 'C', long = "directory", value_name = "DIR")]
    pub directory: Option<PathBuf>,

    /// Check every module below the directory
    #[arg(long, conflicts_with = "packages")]
    pub all_modules: bool,

    /// Compile and link the test binaries too (they are not run)
    #[arg(long)]
    pub tests: bool,

    /// What counts.
    #[command(flatten)]
    pub policy: PolicyArgs,

    /// How to build.
    #[command(flatten)]
    pub go: GoArgs,

    /// Directory for the exes [default: gowoa's cache]
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    pub out_dir: Option<PathBuf>,

    /// Draw the map of each exe: what every stretch of the file is
    #[arg(long, value_name = "FILE.svg", help_heading = "Output")]
    pub map: Option<PathBuf>,

    /// Where the report goes.
    #[command(flatten)]
    pub show: ShowArgs,
}

/// Which Go, and with which flags.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Go")]
pub struct GoArgs {
    /// The go program [default: go on PATH]
    #[arg(long, value_name = "PATH")]
    pub go: Option<PathBuf>,

    /// Build tags
    #[arg(long, value_name = "TAGS", value_delimiter = ',')]
    pub tags: Vec<String>,

    /// Flags for the linker, as go build -ldflags takes them
    #[arg(long, value_name = "FLAGS", allow_hyphen_values = true)]
    pub ldflags: Option<String>,

    /// Module mode: readonly, vendor or mod (with mod, gowoa works on a copy of go.mod)
    #[arg(long = "mod", value_name = "MODE")]
    pub mod_mode: Option<ModMode>,

    /// Another flag for go build, list and test, such as --go-flag=-trimpath
    #[arg(long = "go-flag", value_name = "FLAG", allow_hyphen_values = true)]
    pub go_flags: Vec<String>,

    /// Build with cgo: needs a C compiler for ARM64 Windows (CC, llvm-mingw or zig)
    #[arg(long)]
    pub cgo: bool,

    /// Build mode of the commands (c-shared and c-archive need --cgo)
    #[arg(long, value_name = "MODE")]
    pub buildmode: Option<String>,

    /// Have the compiler list the machine code of these packages, as evidence (all: gigabytes, and minutes)
    #[arg(long, value_name = "WHICH", default_value = "flagged")]
    pub listing: ListingWhich,

    /// More rules about versions of modules, beside gowoa's own (docs/rules.md; repeatable)
    #[arg(long, value_name = "FILE")]
    pub rules: Vec<PathBuf>,

    /// No network: GOPROXY=off and GOTOOLCHAIN=local
    #[arg(long)]
    pub offline: bool,

    /// Time limit of each list and each build, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 3600, value_parser = clap::value_parser!(u64).range(1..=604_800))]
    pub timeout: u64,
}

impl GoArgs {
    /// The files that are named here.
    pub(super) fn files(&self) -> impl Iterator<Item = &Path> {
        self.rules.iter().chain(&self.go).map(|path| &**path)
    }
}

/// The files that a call reads, beside the project: those that are named, and the baseline of the configuration.
pub(super) fn reads(go: &GoArgs, policy: &PolicyArgs, plan: &Plan) -> Vec<PathBuf> {
    go.files().chain(policy.read_files(&plan.exceptions)).map(Path::to_owned).collect()
}

/// `--listing`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ListingWhich {
    /// None.
    Off,
    /// Those whose code differs between arm64 and amd64, and those with findings in their source.
    Flagged,
    /// All, the standard library included.
    All,
}

impl ListingWhich {
    pub(super) const fn scope(self) -> ListingScope {
        match self {
            Self::Off => ListingScope::Off,
            Self::Flagged => ListingScope::Flagged,
            Self::All => ListingScope::All,
        }
    }
}

/// `--mod`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ModMode {
    /// `-mod=readonly`.
    Readonly,
    /// `-mod=vendor`.
    Vendor,
    /// `-mod=mod`.
    Mod,
}

/// Does the job and returns the exit code.
pub(super) fn run(args: &CheckArgs) -> u8 {
    let named = args.go.files().chain(args.policy.files());
    let others: Vec<&Path> = named.chain(args.map.as_deref()).collect();
    answered(&args.show.reports, &others, |redactor| check(args, redactor))
}

fn check(args: &CheckArgs, redactor: &Redactor) -> Result<u8, Refusal> {
    let plan = plan(args)?;
    let github = args.show.github.prepare(&plan.dir, args.go.offline)?;
    let around = surroundings()?;
    let reads = reads(&args.go, &args.policy, &plan);
    let targets = Targets {
        reports: &args.show.reports,
        map: args.map.as_deref(),
        baseline: args.policy.write_baseline.as_deref(),
        reads: &reads,
        help: "see gowoa check --help",
    };
    let work = async |progress: &Shown| engine::check(&plan, &around, redactor, progress).await;
    let (report, files) = match work::run(&targets, work, of_engine)? {
        Done::Made(report, files) => (report, *files),
        Done::Interrupted(code) => return Ok(code),
    };
    finish(files, &report, &args.show.look.options(), redactor, github)
}

fn plan(args: &CheckArgs) -> Result<Plan, Refusal> {
    let plan = plan_of(&args.packages, args.directory.as_deref(), &args.go, &args.policy)?;
    let here = here()?;
    Ok(Plan {
        tests: args.tests,
        all_modules: args.all_modules,
        map: args.show.reports.draws_images(args.map.as_deref()),
        out_dir: args.out_dir.as_ref().map(|dir| here.join(dir)),
        ..plan
    })
}

fn here() -> Result<PathBuf, Refusal> {
    std::env::current_dir().map_err(|error| {
        Refusal::new(format!("the working directory: {error}"), "change to a directory that exists")
    })
}

/// What the subcommands that build have in common; the rest is as for a plain `gowoa check`.
pub(super) fn plan_of(
    packages: &[String],
    directory: Option<&Path>,
    go: &GoArgs,
    policy: &PolicyArgs,
) -> Result<Plan, Refusal> {
    refuse_packages(packages)?;
    refuse_flags(go)?;
    let here = here()?;
    let dir = directory.map_or_else(|| here.clone(), |dir| here.join(dir));
    // A clean absolute path: go list prints such paths, and exes are found again by it.
    let dir = fs_err::canonicalize(&dir).unwrap_or(dir);
    let dir = platform::plain_path(dir);
    let buildmode = go.buildmode.clone().filter(|mode| mode != "default");
    if matches!(buildmode.as_deref(), Some("c-shared" | "c-archive")) && !go.cgo {
        return Err(Refusal::new(
            format!("--buildmode {} needs cgo", buildmode.as_deref().unwrap_or_default()),
            "add --cgo, and a C compiler for ARM64 Windows",
        ));
    }
    let policy = policy.load(&dir, directory)?;
    let mut given = policy.given;
    let tags = if go.tags.is_empty() {
        policy.tags
    } else {
        given.push(PlanReport::TAGS.to_owned());
        go.tags.clone()
    };
    Ok(Plan {
        why: None,
        map: false,
        scope: Scope::Check,
        dir,
        given_dir: directory.map(Path::to_owned),
        patterns: packages.to_vec(),
        go: go.go.clone(),
        flags: BuildFlags {
            tags,
            ldflags: go.ldflags.clone(),
            mod_mode: go.mod_mode.map(|mode| match mode {
                ModMode::Readonly => "readonly".into(),
                ModMode::Vendor => "vendor".into(),
                ModMode::Mod => "mod".into(),
            }),
            build_mode: buildmode,
            extra: go.go_flags.clone(),
        },
        cgo: go.cgo,
        tests: false,
        listing: go.listing.scope(),
        module: None,
        cached: false,
        alone: false,
        all_modules: false,
        advise: true,
        rules_files: go.rules.clone(),
        offline: go.offline,
        out_dir: None,
        fail_on: policy.fail_on,
        exceptions: policy.exceptions,
        given,
        work_limit: Duration::from_secs(go.timeout),
        // Asking Go for its version takes milliseconds; minutes are for a toolchain that go.mod asks it to fetch.
        probe_limit: Duration::from_secs(go.timeout.min(600)),
    })
}

fn refuse_packages(packages: &[String]) -> Result<(), Refusal> {
    for package in packages {
        if package.starts_with('-') {
            return Err(Refusal::new(
                format!("{package} is not a package: go would take it for a flag"),
                "write a path that begins with - as ./-name, and hand flags to go with --go-flag",
            ));
        }
        if package.ends_with(".go") {
            return Err(Refusal::new(
                format!("{package} is a file; gowoa checks packages"),
                "name the directory that holds it",
            ));
        }
        if package.is_empty() || package.contains('\0') {
            return Err(Refusal::new(
                "a package path is empty or holds a NUL",
                "name packages as go build takes them",
            ));
        }
    }
    Ok(())
}

/// Flags that would make something else of the build than what gowoa looks at.
fn refuse_flags(go: &GoArgs) -> Result<(), Refusal> {
    let goflags = split_flags(&std::env::var("GOFLAGS").unwrap_or_default());
    for flag in go.go_flags.iter().chain(&goflags) {
        let from = if go.go_flags.contains(flag) { "--go-flag" } else { "GOFLAGS" };
        let Some((name, _)) = parse_flag(flag) else {
            return Err(Refusal::new(
                format!("{from}: {flag} is not a flag"),
                "write it as one word, such as --go-flag=-trimpath",
            ));
        };
        let other = match name {
            "tags" if from == "--go-flag" => "use --tags",
            "ldflags" if from == "--go-flag" => "use --ldflags",
            "buildmode" if from == "--go-flag" => "use --buildmode",
            _ => match forbidden(name) {
                Some(reason) => reason,
                None => continue,
            },
        };
        return Err(Refusal::new(
            format!("{from}: -{name} cannot be used here: {other}"),
            "leave it out",
        ));
    }
    Ok(())
}

pub(super) fn surroundings() -> Result<Surroundings, Refusal> {
    Ok(Surroundings {
        path: std::env::var_os("PATH"),
        cc: std::env::var("CC").ok(),
        cache: cache_dir()?,
        stamp: stamp(),
    })
}

/// GOWOA_CACHE, else `gowoa` in the platform's cache directory.
fn cache_dir() -> Result<PathBuf, Refusal> {
    use etcetera::BaseStrategy;
    if let Some(dir) = std::env::var_os("GOWOA_CACHE").filter(|dir| !dir.is_empty()) {
        let here = std::env::current_dir().unwrap_or_default();
        return Ok(here.join(dir));
    }
    match etcetera::choose_base_strategy() {
        Ok(strategy) => Ok(strategy.cache_dir().join("gowoa")),
        Err(error) => Err(Refusal::new(
            format!("there is no cache directory: {error}"),
            "set HOME, or name a directory with GOWOA_CACHE",
        )),
    }
}
