//! The report of an earlier screening of the same tree: a second run costs the lists alone.
//!
//! A report is known by a key over everything that it was made from: this program, the settings, Go and its
//! environment, every list, and the contents of every file that is built and can change. Files of the module
//! cache cannot: Go verifies them when it downloads them, and never looks again either.
//!
//! What the cache holds is not trusted. An entry counts only if it is whole, was made for this key by this
//! version of the program, agrees with itself, and speaks of the settings, the Go and the packages of this run
//! ([`trust`]); else it is as if it were not there.

mod entries;
mod own;
mod trust;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::facts::{FileSet, PackageFacts, Toolchain};
use crate::model::{IN_THIS_RUN, PhaseReport, PlanReport, Report, ReportVerdict, SCHEMA_VERSION};
use crate::plan::Plan;

use super::anchor::repository;
use super::inspect::sha256;

use entries::contents;
pub(super) use entries::{Entries, Key, stamp};
pub(super) use own::{make, remove_links};

/// Entries of one project that are kept: a few branches, a few sets of flags.
const KEPT: usize = 8;
/// Variables of `go env` that are new in every call and build nothing.
const VOLATILE: &[&str] = &["GOGCCFLAGS"];

/// Where the entries of one project are.
#[derive(Debug)]
pub(super) struct Cache {
    entries: Entries,
}

/// What a key is made from, beside the files.
pub(super) struct Inputs<'a> {
    pub(super) plan: &'a Plan,
    pub(super) toolchain: &'a Toolchain,
    /// The program that is Go.
    pub(super) go: &'a Path,
    /// The day of the run: waivers expire.
    pub(super) day: &'a str,
    /// Further files whose contents matter: go.mod, go.sum, go.work, overlays, configuration.
    pub(super) files: Vec<PathBuf>,
    /// Every package of every unit.
    pub(super) packages: Vec<&'a PackageFacts>,
}

/// What this run knows before it builds: the report of an earlier one has to agree with it.
pub(super) struct Known<'a> {
    /// The settings, without secrets.
    pub(super) plan: PlanReport,
    /// The path of the one module that is asked about.
    pub(super) module: Option<&'a str>,
    /// `GOOS/GOARCH` of Go.
    pub(super) platform: String,
    /// Whether there are waivers.
    pub(super) waives: bool,
    /// Every package of every unit.
    pub(super) packages: &'a [&'a PackageFacts],
}

impl Inputs<'_> {
    /// The key; `None` where not everything that matters can be read.
    pub(super) fn key(&self) -> Option<String> {
        let mut key = Key::default();
        let mut add = |text: &str| key.add(text);
        add(env!("CARGO_PKG_VERSION"));
        add(SCHEMA_VERSION);
        add(&stamp(&std::env::current_exe().ok()?)?);
        add(&stamp(self.go)?);
        add(&self.toolchain.version);
        add(self.day);
        // The same directory can be named in many ways.
        add(&format!("{:?}", Plan { fail_on: None, given_dir: None, ..self.plan.clone() }));
        // Anchors are told from there.
        add(&format!("{:?}", repository(&self.plan.dir)));
        add(&format!("{:?}", self.plan.fail_on));
        for (name, value) in &self.toolchain.env {
            if !VOLATILE.contains(&name.as_str()) {
                add(name);
                add(value);
            }
        }
        for package in &self.packages {
            add(&format!("{package:?}"));
        }
        for line in self.contents()? {
            add(&line);
        }
        Some(key.finish())
    }

    /// Name and SHA-256 of every file that can change, sorted.
    fn contents(&self) -> Option<Vec<String>> {
        let modcache = self.toolchain.env("GOMODCACHE").map(Path::new);
        let goroot = self.toolchain.env("GOROOT").map(Path::new);
        let fixed =
            |dir: &Path| [modcache, goroot].into_iter().flatten().any(|at| dir.starts_with(at));
        let mut paths: BTreeSet<PathBuf> = BTreeSet::new();
        for package in self.packages.iter().filter(|package| !fixed(&package.dir)) {
            let sets = [&package.arm64, &package.arm64_alone, &package.amd64];
            let with_cgo = [&package.arm64_cgo, &package.amd64_cgo];
            if package.is_command() {
                // `go build` takes it by itself, and no list names it.
                paths.insert(package.dir.join("default.pgo"));
            }
            for set in sets.into_iter().chain(with_cgo).flatten() {
                paths.extend(names(set).map(|name| package.dir.join(name)));
            }
        }
        // A file that is listed and gone is a state of the tree as well.
        let mut lines: Vec<String> = paths.par_iter().map(|path| line(path)).collect();
        lines.extend(self.files.iter().map(|path| line(path)));
        Some(lines)
    }
}

fn names(set: &FileSet) -> impl Iterator<Item = &String> {
    [&set.go, &set.cgo, &set.asm, &set.syso, &set.embed, &set.headers, &set.ignored_go]
        .into_iter()
        .flatten()
}

fn line(path: &Path) -> String {
    let content = contents(path, u64::MAX);
    let content = content.map_or_else(|error| error.kind().to_string(), |bytes| sha256(&bytes));
    format!("{} {content}", path.display())
}

impl Cache {
    /// The cache of a project, in its directory.
    pub(super) fn of(state: &Path) -> Self {
        Self { entries: Entries::new(state.join("screen"), KEPT) }
    }

    /// The report of this key, if it is there, whole, and can be that of this run.
    pub(super) fn get(&self, key: &str, known: &Known<'_>) -> Option<Report> {
        self.entries.get(key).filter(|report| trust::believed(report, known))
    }

    /// Keeps a report. What cannot be written is done again next time.
    pub(super) fn put(&self, key: &str, report: &Report) {
        // What could not be judged, and what was asked of the network, may be another answer next time.
        if report.verdict == ReportVerdict::Incomplete || !report.problems.is_empty() {
            return;
        }
        self.entries.put(key, report);
    }
}

/// A report of an earlier run as that of this one: its times are those of this run, and it says whose it is.
pub(super) fn known(mut report: Report, started: &str, lists: Vec<PhaseReport>) -> Report {
    let earlier = std::mem::replace(&mut report.started, started.to_owned());
    let summary = |name: &str| {
        let told = report.phases.iter().find(|phase| phase.name == name);
        told.map(|phase| phase.summary.clone()).unwrap_or_default()
    };
    let summed = |phase: PhaseReport| PhaseReport { summary: summary(&phase.name), ..phase };
    report.phases = lists.into_iter().map(summed).collect();
    // What was built in this run was built then.
    let then = format!("built at {earlier}");
    for help in report.findings.iter_mut().filter_map(|finding| finding.help.as_mut()) {
        *help = help.replace(IN_THIS_RUN, &then);
    }
    report.phases.push(PhaseReport {
        name: "known".into(),
        summary: format!("nothing changed since the run of {earlier}"),
        duration_ms: 0,
        go_ms: None,
    });
    report
}

#[cfg(test)]
mod tests;
