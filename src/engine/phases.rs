//! The phases of the work: timed as they pass, summed up once everything is known.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::facts::{PackageFacts, UnitFacts};
use crate::model::PhaseReport;

use super::unit::code_bytes;
use super::{Progress, millis};

/// Times phases and tells the listener.
pub(super) struct Clock<'a> {
    pub(super) progress: &'a dyn Progress,
    pub(super) phases: Vec<PhaseReport>,
}

impl Clock<'_> {
    /// A phase begins.
    pub(super) fn begin(&self, name: &str) -> Instant {
        self.progress.begin(name);
        Instant::now()
    }

    /// It has ended.
    pub(super) fn end(&mut self, name: &str, begin: Instant) {
        self.ended(name, begin.elapsed());
    }

    /// It has ended, and took so long.
    pub(super) fn ended(&mut self, name: &str, took: Duration) {
        self.progress.end(name, took);
        self.add(name, took);
    }

    /// A phase that went on beside the others.
    pub(super) fn add(&mut self, name: &str, took: Duration) {
        let (name, duration_ms) = (name.into(), millis(took));
        self.phases.push(PhaseReport { name, summary: String::new(), duration_ms, go_ms: None });
    }

    /// What `go` itself took of the phase that ended last.
    pub(super) fn go_took(&mut self, took: Duration) {
        if let Some(phase) = self.phases.last_mut() {
            phase.go_ms = Some(millis(took));
        }
    }
}

/// The phases of all units: those of one name together, each with what it covered.
pub(super) fn of(units: &[UnitFacts]) -> Vec<PhaseReport> {
    let mut phases: Vec<PhaseReport> = Vec::new();
    for phase in units.iter().flat_map(|unit| &unit.phases) {
        match phases.iter_mut().find(|known| known.name == phase.name) {
            Some(known) => {
                known.duration_ms += phase.duration_ms;
                known.go_ms = known.go_ms.zip(phase.go_ms).map(|(a, b)| a + b);
            }
            None => phases.push(phase.clone()),
        }
    }
    for phase in &mut phases {
        phase.summary = match phase.name.as_str() {
            "resolve" => "go get in a temporary module".into(),
            "list" => list(units),
            "source" => source(units),
            "embeds" => {
                let some = packages(units).filter(|package| package.embeds.is_some()).count();
                format!("{} with images or containers", plural(some, "package"))
            }
            "build" => build(units),
            "listing" => listing(units),
            "control" => {
                let failed = units.iter().map(|unit| unit.failures.len()).sum();
                format!("{} that failed", plural(failed, "package"))
            }
            "advice" => {
                let tried = units.iter().flat_map(|unit| &unit.tried);
                plural(tried.filter(|tried| tried.outcome.is_some()).count(), "version") + " tried"
            }
            "tests" => {
                let tests = || units.iter().flat_map(|unit| unit.tests.values());
                let made = tests().filter(|test| test.exe.is_some()).count();
                format!("{made} of {} test binaries", tests().count())
            }
            "why" => "the linker's way".into(),
            "reflection" => {
                let kept = packages(units).filter_map(|package| package.linked_functions.as_ref());
                let kept = kept.flat_map(|linked| linked.functions.values());
                let kept = kept.filter(|function| !function.kept.is_empty()).count();
                format!("{} that no call leads to", plural(kept, "function"))
            }
            _ => inspect(units),
        };
    }
    phases
}

fn packages(units: &[UnitFacts]) -> impl Iterator<Item = &PackageFacts> {
    units.iter().flat_map(|unit| unit.packages.values())
}

fn list(units: &[UnitFacts]) -> String {
    if packages(units).next().is_none() {
        return "no package".into();
    }
    let modules: BTreeSet<&str> = packages(units)
        .filter_map(|package| package.module.as_ref())
        .map(|module| module.reference.path.as_str())
        .collect();
    format!("{}, {}", plural(modules.len(), "module"), plural(packages(units).count(), "package"))
}

fn source(units: &[UnitFacts]) -> String {
    let read = || packages(units).filter_map(|package| package.source.as_ref());
    let sum = |of: fn(&crate::facts::SourceFacts) -> u64| read().map(of).sum::<u64>();
    let files = usize::try_from(sum(|facts| facts.files)).unwrap_or(usize::MAX);
    format!(
        "{}, {}, {} parsed",
        plural(files, "file"),
        megabytes(sum(|f| f.bytes)),
        sum(|f| f.parsed)
    )
}

fn build(units: &[UnitFacts]) -> String {
    let compiled = packages(units).filter(|package| package.matched && package.compiled).count();
    let sum = |of: fn(&UnitFacts) -> u64| units.iter().map(of).sum::<u64>() as usize;
    let commands = sum(|unit| unit.build.commands);
    let proofs = sum(|unit| unit.build.link_proofs);
    let mut summary = format!("{}, {}", plural(compiled, "package"), plural(commands, "command"));
    if proofs > 0 {
        summary.push_str(&format!(", {}", plural(proofs, "link proof")));
    }
    summary
}

fn listing(units: &[UnitFacts]) -> String {
    let sum = |of: fn(&UnitFacts) -> u64| units.iter().map(of).sum::<u64>();
    let packages = usize::try_from(sum(|unit| unit.listing.packages)).unwrap_or(usize::MAX);
    let bytes = megabytes(sum(|unit| unit.listing.bytes));
    let summary = format!("{}, {bytes}", plural(packages, "package"));
    match usize::try_from(sum(|unit| unit.listing.unknown)).unwrap_or(usize::MAX) {
        0 => summary,
        unknown => format!("{summary}, {} unknown", plural(unknown, "line")),
    }
}

fn inspect(units: &[UnitFacts]) -> String {
    let images = || units.iter().flat_map(|unit| &unit.images);
    let code: u64 = images().map(code_bytes).sum();
    if let Some(given) = units.iter().find_map(|unit| unit.given.as_ref()) {
        let (files, images) =
            (plural(given.files.len(), "file"), plural(images().count(), "image"));
        return match given.containers.iter().filter(|container| !container.closed).count() {
            0 => format!("{files}, {images}"),
            some => format!("{files}, {images}, {} opened", plural(some, "container")),
        };
    }
    format!("{}, {} of code", plural(images().count(), "image"), megabytes(code))
}

fn plural(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

fn megabytes(bytes: u64) -> String {
    if bytes < 100_000 {
        return format!("{} kB", bytes.div_ceil(1000));
    }
    let tenths = bytes / 100_000;
    if tenths >= 100 {
        format!("{} MB", tenths / 10)
    } else {
        format!("{}.{} MB", tenths / 10, tenths % 10)
    }
}
