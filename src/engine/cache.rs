//! The report of an earlier screening of the same tree: a second run costs the lists alone.
//!
//! A report is known by a key over everything that it was made from: this program, the settings, Go and its
//! environment, every list, and the contents of every file that is built and can change. Files of the module
//! cache cannot: Go verifies them when it downloads them, and never looks again either.
//!
//! What the cache holds is not trusted. An entry counts only if it is whole, was made for this key by this
//! version of the program, and speaks of the very packages that were listed; else it is as if it were not there.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::facts::{FileSet, PackageFacts, Toolchain};
use crate::model::{PhaseReport, Report, ReportVerdict, SCHEMA_VERSION, SubjectKind};
use crate::plan::Plan;

use crate::checks::JUST_NOW;

use super::inspect::sha256;

/// Version of the form of an entry.
const FORM: u32 = 1;
/// Entries of one project that are kept: a few branches, a few sets of flags.
const KEPT: usize = 8;
/// The largest entry that is read, in bytes.
const LARGEST: u64 = 256 << 20;
/// Variables of `go env` that are new in every call and build nothing.
const VOLATILE: &[&str] = &["GOGCCFLAGS"];

/// An entry as it is stored.
#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    form: u32,
    key: String,
    /// SHA-256 of `report`.
    sha256: String,
    /// The report as JSON.
    report: String,
}

/// Where the entries of one project are.
#[derive(Debug)]
pub(super) struct Cache {
    dir: PathBuf,
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

impl Inputs<'_> {
    /// The key; `None` where not everything that matters can be read.
    pub(super) fn key(&self) -> Option<String> {
        let mut hash = Sha256::new();
        let mut add = |text: &str| {
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text);
        };
        add(env!("CARGO_PKG_VERSION"));
        add(SCHEMA_VERSION);
        add(&stamp(&std::env::current_exe().ok()?)?);
        add(&stamp(self.go)?);
        add(&self.toolchain.version);
        add(self.day);
        add(&format!("{:?}", Plan { fail_on: None, ..self.plan.clone() }));
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
        Some(hex(&hash.finalize()))
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

/// The bytes of a regular file that is no longer than `most`. A pipe would wait for a writer, and a device has no
/// end.
fn contents(path: &Path, most: u64) -> std::io::Result<Vec<u8>> {
    let metadata = fs_err::metadata(path)?;
    if !metadata.is_file() || metadata.len() > most {
        return Err(std::io::ErrorKind::InvalidInput.into());
    }
    fs_err::read(path)
}

/// Size and time of a program: a new build of it is another program.
fn stamp(program: &Path) -> Option<String> {
    let metadata = fs_err::metadata(program).ok()?;
    Some(format!("{} {} {:?}", program.display(), metadata.len(), metadata.modified().ok()?))
}

impl Cache {
    /// The cache of a project, in its directory.
    pub(super) fn of(state: &Path) -> Self {
        Self { dir: state.join("screen") }
    }

    /// The report of this key, if it is there, whole, and about these packages.
    pub(super) fn get(&self, key: &str, packages: &[&PackageFacts]) -> Option<Report> {
        let path = self.path(key);
        let entry: Entry = serde_json::from_slice(&contents(&path, LARGEST).ok()?).ok()?;
        let whole = entry.form == FORM
            && entry.key == key
            && entry.sha256 == sha256(entry.report.as_bytes());
        let report: Report = serde_json::from_str(whole.then_some(entry.report.as_str())?).ok()?;
        let listed: BTreeSet<&str> =
            packages.iter().map(|package| package.import_path.as_str()).collect();
        let told = report.subjects.iter().filter(|subject| subject.kind == SubjectKind::Package);
        let told: BTreeSet<&str> = told.map(|subject| subject.name.as_str()).collect();
        (report.schema_version == SCHEMA_VERSION && told == listed).then_some(report)
    }

    /// Keeps a report. What cannot be written is done again next time.
    pub(super) fn put(&self, key: &str, report: &Report) {
        // What could not be judged, and what was asked of the network, may be another answer next time.
        if report.verdict == ReportVerdict::Incomplete || !report.problems.is_empty() {
            return;
        }
        let Ok(text) = serde_json::to_string(report) else { return };
        let entry = Entry {
            form: FORM,
            key: key.to_owned(),
            sha256: sha256(text.as_bytes()),
            report: text,
        };
        let _ = self.write(key, &entry);
    }

    fn write(&self, key: &str, entry: &Entry) -> std::io::Result<()> {
        fs_err::create_dir_all(&self.dir)?;
        self.make_room();
        let mut file = tempfile::NamedTempFile::new_in(&self.dir)?;
        file.write_all(&serde_json::to_vec(entry)?)?;
        file.persist(self.path(key)).map_err(|error| error.error)?;
        Ok(())
    }

    fn path(&self, key: &str) -> PathBuf {
        self.dir.join(format!("{key}.json"))
    }

    /// Removes the oldest entries, and what an interrupted run left.
    fn make_room(&self) {
        let Ok(entries) = fs_err::read_dir(&self.dir) else { return };
        let mut files: Vec<_> = entries
            .flatten()
            .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
            .collect();
        files.sort();
        for (_, path) in files.iter().rev().skip(KEPT - 1) {
            let _ = fs_err::remove_file(path);
        }
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
    // What was built just now was built then.
    let then = format!("built at {earlier}");
    for help in report.findings.iter_mut().filter_map(|finding| finding.help.as_mut()) {
        *help = help.replace(JUST_NOW, &then);
    }
    report.phases.push(PhaseReport {
        name: "known".into(),
        summary: format!("nothing changed since the run of {earlier}"),
        duration_ms: 0,
        go_ms: None,
    });
    report
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Counts, Host, PlanReport, Subject, ToolRef};

    fn package(path: &str) -> PackageFacts {
        PackageFacts { import_path: path.into(), ..PackageFacts::default() }
    }

    fn report(verdict: ReportVerdict) -> Report {
        Report {
            schema_version: SCHEMA_VERSION.into(),
            tool: ToolRef { name: "gowoa".into(), version: "0".into() },
            started: "2026-01-01T00:00:00Z".into(),
            duration_ms: 1,
            host: Host { name: "h".into(), platform: "linux/amd64".into() },
            plan: PlanReport::default(),
            verdict,
            counts: Counts::default(),
            phases: Vec::new(),
            problems: Vec::new(),
            unproven: Vec::new(),
            subjects: vec![Subject {
                matched: true,
                ..Subject::new(SubjectKind::Package, "p", "p")
            }],
            results: Vec::new(),
            findings: Vec::new(),
        }
    }

    #[test]
    fn an_entry_counts_only_whole_for_its_key_and_its_packages() {
        let dir = tempfile::tempdir().unwrap();
        let cache = Cache::of(dir.path());
        let (p, q) = (package("p"), package("q"));
        let told = report(ReportVerdict::Pass);
        cache.put("k", &told);
        assert_eq!(cache.get("k", &[&p]), Some(told.clone()));
        assert_eq!(cache.get("other", &[&p]), None);
        assert_eq!(cache.get("k", &[&q]), None, "another graph");
        // A copy under another name is foreign.
        fs_err::copy(cache.path("k"), cache.path("other")).unwrap();
        assert_eq!(cache.get("other", &[&p]), None);
        // One changed letter in the report.
        let text = fs_err::read_to_string(cache.path("k")).unwrap();
        for (from, to) in
            [("pass", "fail"), ("\"form\":1", "\"form\":2"), ("\"report\"", "\"repor\"")]
        {
            fs_err::write(cache.path("k"), text.replace(from, to)).unwrap();
            assert_eq!(cache.get("k", &[&p]), None, "{from}");
        }
        for cut in (0..text.len()).step_by(101) {
            fs_err::write(cache.path("k"), text.get(..cut).unwrap_or_default()).unwrap();
            assert_eq!(cache.get("k", &[&p]), None, "cut at {cut}");
        }
        fs_err::write(cache.path("k"), &text).unwrap();
        assert_eq!(cache.get("k", &[&p]), Some(told));
    }

    #[test]
    fn what_was_not_judged_is_not_kept() {
        let dir = tempfile::tempdir().unwrap();
        let cache = Cache::of(dir.path());
        cache.put("k", &report(ReportVerdict::Incomplete));
        assert_eq!(cache.get("k", &[&package("p")]), None);
    }

    #[test]
    fn old_entries_make_room() {
        let dir = tempfile::tempdir().unwrap();
        let cache = Cache::of(dir.path());
        for number in 0..KEPT + 3 {
            cache.put(&number.to_string(), &report(ReportVerdict::Pass));
        }
        assert_eq!(fs_err::read_dir(&cache.dir).unwrap().count(), KEPT);
    }

    #[test]
    fn a_known_report_says_whose_it_is() {
        let lists = vec![PhaseReport {
            name: "list".into(),
            summary: String::new(),
            duration_ms: 5,
            go_ms: None,
        }];
        let told = known(report(ReportVerdict::Pass), "2026-02-02T00:00:00Z", lists);
        assert_eq!(told.started, "2026-02-02T00:00:00Z");
        assert!(told.phases[1].summary.contains("2026-01-01T00:00:00Z"));
    }
}
