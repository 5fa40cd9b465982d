//! Compiles and links test binaries (`--tests`); runs nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::facts::given::Claim;
use crate::facts::{
    Blame, Control, ControlTarget, Failure, ImageFile, PackageFacts, Stage, Target, TestFacts,
    Toolchain,
};
use crate::go::batch::{batches, exe_base, groups_by_exe};
use crate::go::build::{Built, build};
use crate::go::command::Output;
use crate::go::diagnose::{environment, is_frame};
use crate::model::Problem;
use crate::plan::Plan;
use crate::platform::ARGUMENT_BYTES;

use super::build::expected;
use super::control::settled;
use super::explain::{Explainer, Raw};
use super::graph::Graph;
use super::problems::not_the_package;
use super::stale::Stamps;
use super::unit::Unit;

/// What came of the test binaries of one unit.
#[derive(Debug, Default)]
pub(super) struct TestsBuilt {
    /// By import path of the package under test.
    pub(super) tests: BTreeMap<String, TestFacts>,
    /// The test binaries that were made.
    pub(super) images: Vec<ImageFile>,
    /// What kept them from being judged.
    pub(super) problems: Vec<Problem>,
}

/// Builds the test binary of every matched package that has tests and builds itself.
pub(super) async fn build_tests(
    plan: &Plan,
    toolchain: &Toolchain,
    unit: &Unit,
    table: &BTreeMap<String, PackageFacts>,
    graph: &Graph,
    bad: &BTreeSet<String>,
) -> TestsBuilt {
    let stopped = graph.dependents(bad);
    let mut out = TestsBuilt::default();
    let mut packages = Vec::new();
    for package in table.values().filter(|package| package.matched) {
        let tests = package.arm64.as_ref().is_some_and(|set| !set.tests.is_empty());
        let path = &package.import_path;
        if !tests || bad.contains(path) {
            continue;
        }
        let mut facts = TestFacts { package: path.clone(), ..TestFacts::default() };
        if stopped.contains(path) {
            let root = [path.clone()];
            facts.stopped_by =
                graph.closure(&root).into_iter().find(|p| bad.contains(*p)).map(str::to_owned);
        } else {
            packages.push(path.clone());
        }
        out.tests.insert(path.clone(), facts);
    }
    let work = Work { plan, toolchain, unit, table, graph, bad };
    work.build(&packages, &mut out).await;
    out
}

struct Work<'a> {
    plan: &'a Plan,
    toolchain: &'a Toolchain,
    unit: &'a Unit,
    table: &'a BTreeMap<String, PackageFacts>,
    graph: &'a Graph,
    /// Packages whose failure another finding tells.
    bad: &'a BTreeSet<String>,
}

impl Work<'_> {
    async fn build(&self, packages: &[String], out: &mut TestsBuilt) {
        let mut failed = Vec::new();
        for (number, group) in groups_by_exe(packages).into_iter().enumerate() {
            let dir = self.unit.out.join("tests").join((number + 1).to_string());
            for batch in batches(&group, ARGUMENT_BYTES) {
                let line = self.unit.go.test_compile(
                    &Target::windows_arm64(),
                    self.plan.cgo,
                    Output::Directory(&dir),
                    &batch,
                );
                let exes: Vec<_> = batch.iter().map(|package| test_exe(&dir, package)).collect();
                let stamps = Stamps::of(exes.iter());
                let built = match build(&line).await {
                    Ok(built) => built,
                    Err(error) => {
                        out.problems.push(Problem {
                            message: error.to_string(),
                            details: Vec::new(),
                            next: Some(
                                "run it by hand; a build that needs longer gets it with --timeout"
                                    .into(),
                            ),
                        });
                        continue;
                    }
                };
                // A test binary that is missing is told; one of an earlier run would be taken for made.
                let ours = built.success() || self.unit.out_is_ours;
                if !ours {
                    stamps.restore();
                } else if let Err(error) = stamps.remove_untouched() {
                    out.problems.push(Problem {
                        message: format!(
                            "a test binary of an earlier run cannot be replaced: {error}"
                        ),
                        details: Vec::new(),
                        next: Some("remove it, or name another directory with --out-dir".into()),
                    });
                }
                for package in &batch {
                    let words = words_of(&built, package);
                    if let Some(why) = words.as_deref().and_then(environment) {
                        out.problems.push(not_the_package(package, why, &built));
                        continue;
                    }
                    match words {
                        Some(output) => failed.push(self.raw(package, output, &built)),
                        None if test_exe(&dir, package).is_file() => self.made(package, &dir, out),
                        None => failed.extend(self.alone(package, &dir, out).await),
                    }
                }
            }
        }
        if failed.is_empty() {
            return;
        }
        let amd64 = self.control(&Target::windows_amd64(), &failed).await;
        let broken: Vec<Raw> =
            failed.iter().filter(|raw| amd64.get(&raw.package) != Some(&true)).cloned().collect();
        let host = self.control(&self.toolchain.elsewhere(), &broken).await;
        for raw in failed {
            let failure = self.explain(&raw, &amd64, &host);
            if let Some(test) = out.tests.get_mut(&raw.package) {
                test.failure = Some(failure);
            }
        }
    }

    /// A test binary that was not made although nothing of its own failed: what it imports did. Built by
    /// itself, every failure that go names is its.
    async fn alone(&self, package: &str, dir: &Path, out: &mut TestsBuilt) -> Option<Raw> {
        let packages = [package.to_owned()];
        let (arm64, output) = (Target::windows_arm64(), Output::Directory(dir));
        let line = self.unit.go.test_compile(&arm64, self.plan.cgo, output, &packages);
        let built = build(&line).await.ok()?;
        if test_exe(dir, package).is_file() {
            self.made(package, dir, out);
            return None;
        }
        if let Some(known) = built.failed.iter().find(|path| self.bad.contains(*path)) {
            out.tests.get_mut(package)?.stopped_by = Some(known.clone());
            return None;
        }
        let words: String =
            built.failed.iter().filter_map(|path| built.output.get(path)).cloned().collect();
        (!words.is_empty()).then(|| self.raw(package, words, &built))
    }

    fn made(&self, package: &str, dir: &Path, out: &mut TestsBuilt) {
        let path = test_exe(dir, package);
        if !path.is_file() {
            return;
        }
        if let Some(test) = out.tests.get_mut(package) {
            test.exe = Some(path.clone());
        }
        let relative = path.strip_prefix(&self.unit.out).unwrap_or(&path);
        let roots = [package.to_owned()];
        let mut expected = expected(self.plan, self.toolchain, self.table, self.graph, "", &roots);
        // Tests may import modules that the package itself does not.
        expected.modules.clear();
        let name = relative.to_string_lossy().replace('\\', "/");
        out.images.push(ImageFile {
            package: Some(package.to_owned()),
            test: true,
            claim: Claim::of_build(),
            expected: Some(expected),
            ..ImageFile::unread(name, path.clone())
        });
    }

    fn raw(&self, package: &str, output: String, built: &Built) -> Raw {
        let link = super::link::is_link_failure(&output);
        Raw {
            package: package.to_owned(),
            stage: if link { Stage::Link } else { Stage::Compile },
            output,
            command: built.command.clone(),
            status: built.status,
            linked_main: None,
            overlay: None,
        }
    }

    /// Whether the test binaries build for another target.
    async fn control(&self, target: &Target, raws: &[Raw]) -> BTreeMap<String, bool> {
        let mut outcomes = BTreeMap::new();
        let packages: Vec<String> = raws.iter().map(|raw| raw.package.clone()).collect();
        for (number, group) in groups_by_exe(&packages).into_iter().enumerate() {
            let dir = self.unit.scratch.join(format!("control-tests-{}-{number}", target.goos));
            for batch in batches(&group, ARGUMENT_BYTES) {
                let line = self.unit.go.test_compile(
                    target,
                    self.plan.cgo,
                    Output::Directory(&dir),
                    &batch,
                );
                if build(&line).await.is_err() {
                    continue;
                }
                for package in batch {
                    let exe = test_exe(&dir, &package);
                    let made = exe.is_file() || exe.with_extension("").is_file();
                    outcomes.insert(package, made);
                }
            }
            // Exes of a control are of no use to anybody.
            let _ = fs_err::remove_dir_all(&dir);
        }
        outcomes
    }

    fn explain(
        &self,
        raw: &Raw,
        amd64: &BTreeMap<String, bool>,
        host: &BTreeMap<String, bool>,
    ) -> Failure {
        let explainer = Explainer {
            table: self.table,
            dir: &self.unit.go.dir,
            mod_cache: self.toolchain.env("GOMODCACHE"),
        };
        let mut failure = explainer.explain(raw);
        let (on_amd64, on_host) =
            (amd64.get(&raw.package).copied(), host.get(&raw.package).copied());
        let control = |target: String, host, builds| Control {
            target: ControlTarget { target, host },
            builds,
            text: None,
        };
        failure.controls.push(control(Target::windows_amd64().to_string(), false, on_amd64));
        failure.blame = match (on_amd64, on_host) {
            _ if settled(&failure).is_some() => settled(&failure).unwrap_or(Blame::Unresolved),
            (Some(true), _) => Blame::Arm64,
            // Without a control nothing is known of whose fault it is.
            (None, _) => Blame::Unknown,
            (_, Some(true)) => Blame::NotWindows,
            (_, None) => Blame::Unknown,
            _ => Blame::Everywhere,
        };
        if on_host.is_some() {
            failure.controls.push(control(self.toolchain.elsewhere().to_string(), true, on_host));
        }
        let verb: &[&str] = &["test", "-c", "-o", crate::platform::null_device()];
        failure.reproduce =
            self.unit.go.reproduce(&Target::windows_arm64(), self.plan.cgo, verb, &raw.package);
        failure
    }
}

fn test_exe(dir: &Path, package: &str) -> PathBuf {
    dir.join(format!("{}.test.exe", exe_base(package)))
}

/// What `go test -c -json` says of the tests of a package, where they failed: the package itself, its
/// external tests and the test's main package count to it.
fn words_of(built: &Built, package: &str) -> Option<String> {
    let mut names = vec![package.to_owned(), format!("{package}_test"), format!("{package}.test")];
    let failed = built.failed.iter().any(|path| names.contains(path));
    let culprit = built.failed_tests.get(package);
    names.extend(culprit.cloned());
    if !failed && culprit.is_none() {
        let died =
            built.failed.is_empty() && built.failed_tests.is_empty() && built.status != Some(0);
        return died.then(|| built.stderr.clone());
    }
    let mut text = String::new();
    for name in &names {
        let lines = built.output.get(name).into_iter().flat_map(|output| output.lines());
        for line in lines.filter(|line| !is_frame(line)) {
            text.push_str(line);
            text.push('\n');
        }
    }
    if text.is_empty() {
        text.push_str(&built.stderr);
    }
    Some(text)
}
