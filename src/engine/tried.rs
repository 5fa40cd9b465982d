//! Builds a version before it is advised: a newer version of the module at fault, with everything that it stops,
//! for windows/arm64, on a copy of go.mod.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::facts::{
    Blame, Failure, FailureClass, PackageFacts, RuleHit, Stage, Target, Toolchain, Tried,
};
use crate::go::batch::batches;
use crate::go::build::{Built, build};
use crate::go::command::{GoCommand, Output};
use crate::go::process::{ProcessError, run};
use crate::go::{diagnose, modules, obtain};
use crate::model::Severity;
use crate::platform::ARGUMENT_BYTES;

use super::explain::Raw;
use super::rules;

/// Modules of one report for which a newer version is looked for; a graph with more has one cause.
const MODULES: usize = 8;
/// The version that stands for the newest release.
const NEWEST: &str = "latest";
const NO_NETWORK: &str = "no network is allowed";
const IN_WORKSPACE: &str = "in a workspace";
const NO_GO_MOD: &str = "there is no go.mod to work on a copy of";
/// Reasons for not trying that are the same next time.
pub(super) const LASTING: &[&str] = &[NO_NETWORK, IN_WORKSPACE, NO_GO_MOD];
/// Modules that are upgraded together with one, at most.
const TOGETHER: usize = 4;

/// A module whose selected version is at fault, and what a better one has to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Candidate {
    /// Module path.
    pub(super) module: String,
    /// The version that is selected.
    pub(super) selected: String,
    /// Versions that are known to be good, the one to prefer first.
    pub(super) known_good: Vec<String>,
    /// Packages that must build with it.
    pub(super) packages: BTreeSet<String>,
    /// Whether it builds as it is, and a rule says that it goes wrong.
    pub(super) mended: bool,
}

/// Main package and overlay of the links that failed, by the package at fault.
pub(super) type Links = BTreeMap<String, (String, Option<PathBuf>)>;

/// The links among the failures.
pub(super) fn links(raws: &[Raw]) -> Links {
    let link = |raw: &Raw| {
        let main = raw.linked_main.clone().unwrap_or_else(|| raw.package.clone());
        (raw.package.clone(), (main, raw.overlay.clone()))
    };
    raws.iter().filter(|raw| raw.stage == Stage::Link).map(link).collect()
}

/// How versions are tried in one unit.
pub(super) struct Trials<'a> {
    /// `go` for this unit.
    pub(super) go: &'a GoCommand,
    /// The toolchain.
    pub(super) toolchain: &'a Toolchain,
    /// Every package.
    pub(super) table: &'a BTreeMap<String, PackageFacts>,
    /// Whether cgo is on.
    pub(super) cgo: bool,
    /// Whether no network is allowed.
    pub(super) offline: bool,
    /// Working files.
    pub(super) scratch: &'a Path,
    /// The links that failed.
    pub(super) links: &'a Links,
}

/// The modules behind failures that are an arm64 problem; `known_good` tells what the rules say of each.
pub(super) fn candidates(
    table: &BTreeMap<String, PackageFacts>,
    failures: &BTreeMap<String, Failure>,
    known_good: &dyn Fn(&PackageFacts) -> Vec<String>,
) -> Vec<Candidate> {
    let mut found: BTreeMap<String, Candidate> = BTreeMap::new();
    for failure in failures.values().filter(|failure| failure.blame == Blame::Arm64) {
        // A tag opens a sentinel, and a newer version is another matter.
        if failure.class == FailureClass::Sentinel {
            continue;
        }
        let Some(package) = at_fault(table, failure) else { continue };
        let Some((module, selected)) = upgradable(package) else { continue };
        let candidate = found.entry(module.clone()).or_insert_with(|| Candidate {
            module,
            selected,
            known_good: Vec::new(),
            packages: BTreeSet::new(),
            mended: false,
        });
        for version in known_good(package) {
            if !candidate.known_good.contains(&version) {
                candidate.known_good.push(version);
            }
        }
        candidate.packages.insert(failure.package.clone());
        // What another failure stops as well would fail whatever this module does.
        let only = |path: &&String| {
            failures.values().filter(|other| other.stops.contains(path)).count() == 1
        };
        candidate.packages.extend(failure.stops.iter().filter(only).cloned());
    }
    for package in table.values().filter(|package| package.linked) {
        add_mended(&mut found, package);
    }
    found.into_values().take(MODULES).collect()
}

/// A module that builds and of which a rule says that it goes wrong, where an exe has it and it is worse than a
/// note: the version that is advised has to build as well.
fn add_mended(found: &mut BTreeMap<String, Candidate>, package: &PackageFacts) {
    let wrong = |hit: &&RuleHit| !hit.effect.fails_to_build() && hit.severity > Severity::Note;
    let hits = package.rules.iter().filter(wrong);
    for upgrade in hits.filter_map(|hit| hit.upgrade.clone()) {
        let Some((module, selected)) = upgradable(package) else { continue };
        let candidate = found.entry(module.clone()).or_insert_with(|| Candidate {
            module,
            selected,
            known_good: Vec::new(),
            packages: BTreeSet::new(),
            mended: true,
        });
        if !candidate.known_good.contains(&upgrade) {
            candidate.known_good.push(upgrade);
        }
        candidate.packages.insert(package.import_path.clone());
        candidate.packages.extend(package.arm64_importers.iter().cloned());
    }
}

/// The package to blame: where the user's own code misses something of a dependency, that dependency.
fn at_fault<'a>(
    table: &'a BTreeMap<String, PackageFacts>,
    failure: &Failure,
) -> Option<&'a PackageFacts> {
    let own = table.get(&failure.package)?;
    let definition = failure.definition.as_ref().and_then(|d| table.get(&d.package));
    Some(if own.in_main_module() { definition.unwrap_or(own) } else { own })
}

/// Module and version, where `go get` can change it.
fn upgradable(package: &PackageFacts) -> Option<(String, String)> {
    let module = package.module.as_ref().filter(|module| !module.main)?;
    let reference = &module.reference;
    match (&reference.version, &reference.replaced_by) {
        (Some(version), None) => Some((reference.path.clone(), version.clone())),
        _ => None,
    }
}

impl Trials<'_> {
    /// Tries the versions of each candidate until one builds. What cannot be tried is said.
    pub(super) async fn run(&self, candidates: &[Candidate]) -> Vec<Tried> {
        let mut tried = Vec::new();
        for candidate in candidates {
            match self.obstacle() {
                Some(reason) => tried.push(untried(candidate, reason)),
                None => self.one(candidate, &mut tried).await,
            }
        }
        tried
    }

    /// Why nothing can be tried here.
    fn obstacle(&self) -> Option<&'static str> {
        let proxy = self.toolchain.env("GOPROXY").unwrap_or_default();
        if self.offline || proxy == "off" {
            Some(NO_NETWORK)
        } else if self.go.gowork.as_ref().is_some_and(|file| file != "off") {
            Some(IN_WORKSPACE)
        } else if self.gomod().is_none() {
            Some(NO_GO_MOD)
        } else {
            None
        }
    }

    fn gomod(&self) -> Option<PathBuf> {
        let given = self.go.modfile.clone().filter(|path| path.is_file());
        let mut mains =
            self.table.values().filter_map(|p| p.module.as_ref()).filter(|module| module.main);
        let of_module = || mains.find_map(|module| Some(module.dir.as_ref()?.join("go.mod")));
        let by_go = || self.toolchain.env("GOMOD").map(PathBuf::from).filter(|path| path.is_file());
        given.or_else(of_module).or_else(by_go)
    }

    async fn one(&self, candidate: &Candidate, tried: &mut Vec<Tried>) {
        for version in &candidate.known_good {
            if self.is_good(candidate, version, tried).await {
                return;
            }
        }
        // Of what builds as it is, no other version is advised than the one that a rule names.
        if candidate.mended {
            return;
        }
        match self.newest(&candidate.module).await {
            Ok(version) if version == candidate.selected => tried.push(Tried {
                outcome: Some(false),
                version,
                ..untried(candidate, "it is the newest version")
            }),
            Ok(version) if candidate.known_good.contains(&version) => {}
            Ok(version) => {
                self.is_good(candidate, &version, tried).await;
            }
            Err(reason) if candidate.known_good.is_empty() => {
                tried.push(untried(candidate, &reason));
            }
            Err(_) => {}
        }
    }

    /// Tries a version and notes what came of it.
    async fn is_good(&self, candidate: &Candidate, version: &str, tried: &mut Vec<Tried>) -> bool {
        let result = self.version(candidate, version).await;
        let good = result.outcome == Some(true);
        tried.push(result);
        good
    }

    /// One version, and with it whatever module fails next: an upgrade often uncovers the next old one.
    async fn version(&self, candidate: &Candidate, version: &str) -> Tried {
        let mut tried = Tried { version: version.to_owned(), ..untried(candidate, "") };
        tried.text = None;
        let mut raised = false;
        loop {
            let first = (candidate.module.clone(), tried.version.clone());
            let queries = std::iter::once(&first).chain(&tried.with);
            let queries: Vec<String> = queries.map(|(path, at)| format!("{path}@{at}")).collect();
            match self.attempt(candidate, &queries).await {
                Attempt::Builds => return Tried { outcome: Some(true), text: None, ..tried },
                Attempt::Fails(words) => {
                    // What a further upgrade breaks is not this version's fault.
                    let outcome = tried.with.is_empty().then_some(false);
                    return Tried { outcome: outcome.or(Some(true)), text: Some(words), ..tried };
                }
                Attempt::Unknown(words) => {
                    // What is upgraded with it may want a newer one of it.
                    let wanted = demanded(&words, &candidate.module);
                    if let Some(newer) = wanted.filter(|newer| *newer != tried.version && !raised) {
                        (tried.version, raised) = (newer, true);
                        continue;
                    }
                    let outcome = (!tried.with.is_empty()).then_some(true);
                    return Tried { outcome, text: tried.text.or(Some(words)), ..tried };
                }
                Attempt::Uncovers { package, words } => {
                    tried.text = Some(format!("{package} still fails: {words}"));
                    let Some(next) = self.next(candidate, &tried, &package).await else {
                        return Tried { outcome: Some(true), ..tried };
                    };
                    tried.with.push(next);
                }
            }
        }
    }

    /// The module to upgrade next: to the version that the rules call good, else to its newest.
    async fn next(
        &self,
        candidate: &Candidate,
        tried: &Tried,
        package: &str,
    ) -> Option<(String, String)> {
        let package = self.table.get(package)?;
        let (module, selected) = upgradable(package)?;
        let again =
            module == candidate.module || tried.with.iter().any(|(path, _)| *path == module);
        if again || tried.with.len() == TOGETHER {
            return None;
        }
        if let Some(good) = rules::known_good(package).into_iter().next() {
            return Some((module, good));
        }
        let newest = self.newest(&module).await.ok()?;
        (newest != selected).then_some((module, newest))
    }

    /// The newest release, asked for from a place without a go.mod of the user's.
    async fn newest(&self, module: &str) -> Result<String, String> {
        let dir = self.scratch.join("newest");
        let written = fs_err::create_dir_all(&dir)
            .and_then(|()| fs_err::write(dir.join("go.mod"), "module gowoa.invalid/newest\n"));
        written.map_err(|error| error.to_string())?;
        let mut go = self.go.clone();
        (go.dir, go.gowork, go.modfile, go.overlay) = (dir, Some("off".into()), None, None);
        let mut line = go.list_module(&format!("{module}@{NEWEST}"));
        line.env.push(("GOFLAGS".into(), Some("".into())));
        match obtain::ask(&line).await {
            Ok(Some(info)) if info.error().is_none() && !info.version.is_empty() => {
                Ok(info.version)
            }
            Ok(info) => {
                let words = info.as_ref().and_then(|info| info.error()).unwrap_or("no answer");
                Err(format!("its versions could not be asked for: {}", self.short(words)))
            }
            Err(error) => Err(error.to_string()),
        }
    }

    /// `go get` on a copy of go.mod, then a build of what has to build.
    async fn attempt(&self, candidate: &Candidate, queries: &[String]) -> Attempt {
        let unknown = |words: &str| Attempt::Unknown(self.short(words));
        let Some(gomod) = self.gomod() else { return unknown("there is no go.mod") };
        let copy = match modules::copy_modfile(&gomod, &self.scratch.join("tried")) {
            Ok(copy) => copy,
            Err(error) => return unknown(&error.to_string()),
        };
        let mut go = self.go.clone();
        go.modfile = Some(copy);
        go.flags.mod_mode = Some("mod".into());
        match run(&go.get_into_copy(&Target::windows_arm64(), queries), |_| {}).await {
            Ok(finished) if finished.success() => {}
            // A version that needs a newer Go, or that a proxy refuses, is not known to be bad.
            Ok(finished) => return unknown(&obtain::words(&finished.stderr)),
            Err(error) => return unknown(&error.to_string()),
        }
        let built = match self.build(&go, candidate).await {
            Ok(built) => built,
            Err(error) => return unknown(&error.to_string()),
        };
        if built.success() {
            return Attempt::Builds;
        }
        let of_module = |path: &&String| {
            let package = self.table.get(path.as_str()).and_then(|package| package.module.as_ref());
            package.is_none_or(|module| module.reference.path == candidate.module)
        };
        let words = |path: &String| built.output.get(path).map_or("", String::as_str);
        if let Some(path) = built.failed.iter().find(of_module) {
            return Attempt::Fails(self.short(words(path)));
        }
        match built.failed.first() {
            Some(path) => {
                Attempt::Uncovers { package: path.clone(), words: self.short(words(path)) }
            }
            None => Attempt::Fails(self.short(&built.stderr)),
        }
    }

    async fn build(&self, go: &GoCommand, candidate: &Candidate) -> Result<Built, ProcessError> {
        let packages: Vec<String> = candidate.packages.iter().cloned().collect();
        let (target, mut built) = (Target::windows_arm64(), Built::default());
        for batch in batches(&packages, ARGUMENT_BYTES) {
            let line = go.build(&target, self.cgo, Output::Discard, None, &batch);
            built.absorb(build(&line).await?);
        }
        // Missing assembly shows when a program is linked: with the program that failed.
        for (main, overlay) in candidate.packages.iter().filter_map(|path| self.links.get(path)) {
            let main = [main.clone()];
            let line = go.build(&target, self.cgo, Output::Discard, overlay.as_deref(), &main);
            built.absorb(build(&line).await?);
        }
        Ok(built)
    }

    /// The first line that says something, without this machine's paths.
    fn short(&self, words: &str) -> String {
        let said = words.lines().map(str::trim);
        let line = said.filter(|line| !line.is_empty()).find(|line| !diagnose::is_frame(line));
        let line = line.unwrap_or("it failed without a word");
        match self.toolchain.env("GOMODCACHE") {
            Some(cache) => line.replace(&format!("{cache}{}", std::path::MAIN_SEPARATOR), ""),
            None => line.to_owned(),
        }
    }
}

/// What came of one attempt.
enum Attempt {
    /// Everything that has to build builds.
    Builds,
    /// The module itself does not.
    Fails(String),
    /// The module builds; a package of another one does not.
    Uncovers { package: String, words: String },
    /// It could not be tried.
    Unknown(String),
}

/// The version of the module that `go get` says another one needs: `go: A@v1 requires M@v3, not M@v2`.
fn demanded(words: &str, module: &str) -> Option<String> {
    let (_, rest) = words.split_once(&format!(" requires {module}@"))?;
    let (version, refused) = rest.split_once(", not ")?;
    (refused.starts_with(&format!("{module}@")) && !version.contains(' '))
        .then(|| version.to_owned())
}

fn untried(candidate: &Candidate, reason: &str) -> Tried {
    Tried {
        module: candidate.module.clone(),
        version: candidate.known_good.first().map_or(NEWEST, String::as_str).to_owned(),
        outcome: None,
        with: Vec::new(),
        text: Some(reason.to_owned()),
    }
}

#[cfg(test)]
mod tests;
