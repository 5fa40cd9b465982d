//! Runs the engine until it is done, or a signal comes: shared by the subcommands that build.

use std::path::{Path, PathBuf};

use crate::platform;

use super::common::{Prepared, Refusal, ReportArgs, prepare};
use super::output;
use super::progress::Shown;

/// What came of the work.
pub(super) enum Done<T> {
    /// What was made, and the files that wait for it.
    Made(Box<T>, Box<Prepared>),
    /// A signal ended it; the exit code.
    Interrupted(u8),
}

/// What a call is to write.
#[derive(Clone, Copy)]
pub(super) struct Targets<'a> {
    /// The reports that were asked for.
    pub(super) reports: &'a ReportArgs,
    /// `--map`.
    pub(super) map: Option<&'a Path>,
    /// `--write-baseline`.
    pub(super) baseline: Option<&'a Path>,
    /// Files that the call reads: no report takes their place.
    pub(super) reads: &'a [PathBuf],
    /// Where a wrong argument is explained.
    pub(super) help: &'a str,
}

/// Prepares the reports and does the work; `refused` says why that gave nothing.
pub(super) fn run<T, E>(
    targets: &Targets<'_>,
    work: impl AsyncFnOnce(&Shown) -> Result<T, E>,
    refused: impl FnOnce(&E) -> Refusal,
) -> Result<Done<T>, Refusal> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| {
            Refusal::new(format!("cannot start: {error}"), "free some threads and memory")
        })?;
    // From here on no signal ends gowoa before it has removed what it put beside the reports.
    let mut interrupts = runtime.block_on(async { platform::Interrupts::listen() });
    let Targets { reports, map, baseline, reads, help } = *targets;
    let files = prepare(reports, map, baseline, reads, help)?;
    let progress = Shown::new();
    let outcome = runtime.block_on(async {
        tokio::select! {
            made = work(&progress) => Ok(made),
            interrupt = interrupts.next() => Err(interrupt),
        }
    });
    // Threads that read sources need not be waited for once the answer is there.
    runtime.shutdown_background();
    progress.clear();
    match outcome {
        Err(interrupt) => {
            output::tell("gowoa: interrupted; no report was written\n");
            Ok(Done::Interrupted(interrupt.exit_code()))
        }
        Ok(Err(error)) => Err(refused(&error)),
        Ok(Ok(made)) => Ok(Done::Made(Box::new(made), Box::new(files))),
    }
}
