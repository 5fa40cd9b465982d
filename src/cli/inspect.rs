//! `gowoa inspect`: files that are there, judged; arguments into a plan, the Report into files and onto the
//! terminal.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::engine;
use crate::facts::given::Platform;
use crate::facts::toolchain::{GOARCH, GOOS};
use crate::plan::InspectPlan;
use crate::platform::Interrupts;
use crate::redact::Redactor;

use super::common::{Refusal, ShowArgs, answered, finish, of_engine, prepare, stamp};
use super::output;
use super::policy::PolicyArgs;
use super::progress::Shown;

/// Arguments of `gowoa inspect`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  gowoa inspect dist/ --expect windows/arm64     before a release: is it there, and what it says?
  gowoa inspect tool.exe --map tool.svg          and draw what is in it
  gowoa inspect tool_windows_arm64.zip --report-dir gowoa-report
  curl -sL URL | gowoa inspect -                 standard input

What a file should be comes from goreleaser's artifacts.json, else from its name or the name of the
archive or directory that holds it, else from --expect, else it is windows/arm64. A file for another
machine that says so is fine.
Exit codes: 0 pass, 1 fail, 2 incomplete, usage or environment, 130 interrupted.")]
pub struct InspectArgs {
    /// Files, archives and directories; - is standard input
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// At least one file has to be for this platform, and what no name labels is taken for it
    #[arg(long, value_name = "GOOS/GOARCH", value_parser = platform)]
    pub expect: Option<Platform>,

    /// What counts.
    #[command(flatten)]
    pub policy: PolicyArgs,

    /// Where the report goes.
    #[command(flatten)]
    pub show: ShowArgs,

    /// Draw the map of each image: what every stretch of the file is
    #[arg(long, value_name = "FILE.svg", help_heading = "Output")]
    pub map: Option<PathBuf>,
}

/// Reads `GOOS/GOARCH`; what is in neither list was mistyped.
fn platform(text: &str) -> Result<Platform, String> {
    match text.split_once('/') {
        Some((goos, goarch)) if GOOS.contains(&goos) && GOARCH.contains(&goarch) => {
            Ok(Platform { goos: goos.into(), goarch: goarch.into() })
        }
        _ => Err("write GOOS/GOARCH as Go spells them, such as windows/arm64".into()),
    }
}

/// Does the job and returns the exit code.
pub(super) fn run(args: &InspectArgs) -> u8 {
    let read = args.paths.iter().chain(&args.map).map(|path| &**path);
    let others: Vec<&Path> = read.chain(args.policy.files()).collect();
    answered(&args.show.reports, &others, |redactor| inspect(args, redactor))
}

fn inspect(args: &InspectArgs, redactor: &Redactor) -> Result<u8, Refusal> {
    let here = std::env::current_dir().map_err(|error| {
        Refusal::new(format!("the working directory: {error}"), "change to a directory that exists")
    })?;
    let github = args.show.github.prepare(&here, false)?;
    let policy = args.policy.load(&here, None)?;
    let reads: Vec<PathBuf> =
        args.policy.read_files(&policy.exceptions).map(Path::to_owned).collect();
    let reads = [reads, args.paths.clone()].concat();
    let plan = InspectPlan {
        paths: args.paths.clone(),
        expect: args.expect.clone(),
        map: args.show.reports.draws_images(args.map.as_deref()),
        fail_on: policy.fail_on,
        exceptions: policy.exceptions,
        given: policy.given,
    };
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| {
            Refusal::new(format!("cannot start: {error}"), "free some threads and memory")
        })?;
    // From here on no signal ends gowoa before it has removed what it put beside the reports.
    let mut interrupts = runtime.block_on(async { Interrupts::listen() });
    let (map, baseline) = (args.map.as_deref(), args.policy.write_baseline.as_deref());
    let files = prepare(&args.show.reports, map, baseline, &reads, "see gowoa inspect --help")?;
    let progress = Arc::new(Shown::new());
    let work = {
        let (progress, redactor, stamp) = (Arc::clone(&progress), redactor.clone(), stamp());
        // A thread of its own, so that signals are heard, and a wait for standard input can be left.
        runtime.spawn_blocking(move || engine::inspect(&plan, &stamp, &redactor, &*progress))
    };
    let outcome = runtime.block_on(async {
        tokio::select! {
            report = work => Ok(report),
            interrupt = interrupts.next() => Err(interrupt),
        }
    });
    runtime.shutdown_background();
    progress.clear();
    let report = match outcome {
        Err(interrupt) => {
            output::tell("gowoa: interrupted; no report was written\n");
            return Ok(interrupt.exit_code());
        }
        // A panic is a bug, and ends as one.
        Ok(Err(error)) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(error) => return Err(Refusal::new(error.to_string(), "inspect again")),
        },
        Ok(Ok(Err(error))) => return Err(of_engine(&error)),
        Ok(Ok(Ok(report))) => report,
    };
    finish(files, &report, &args.show.look.options(), redactor, github)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn platforms_are_spelled_as_go_does() {
        assert_eq!(platform("windows/arm64").unwrap(), Platform::windows_arm64());
        for wrong in ["arm64", "windows/aarch64", "win/arm64", "windows/arm64/v8", "/", ""] {
            assert!(platform(wrong).unwrap_err().contains("such as windows/arm64"), "{wrong}");
        }
    }
}
