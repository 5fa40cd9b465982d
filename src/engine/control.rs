//! Control builds: the same packages for windows/amd64, and for the host, tell whose problem a failure is.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::facts::{
    Blame, Control, ControlTarget, Failure, FailureClass, FileSet, PackageFacts, Stage, Target,
    Toolchain,
};
use crate::go::batch::batches;
use crate::go::build::{Built, build};
use crate::go::command::{GoCommand, Output};
use crate::go::list::{Listing, list};
use crate::model::FileSetClass;
use crate::platform::ARGUMENT_BYTES;

use super::explain::Raw;
use super::link;

/// What is built again for other targets, and how.
#[derive(Debug)]
pub(super) struct Controls<'a> {
    /// `go` for this unit.
    pub(super) go: &'a GoCommand,
    /// The toolchain.
    pub(super) toolchain: &'a Toolchain,
    /// Every package.
    pub(super) table: &'a BTreeMap<String, PackageFacts>,
    /// Whether cgo is on.
    pub(super) cgo: bool,
    /// Where linked controls go.
    pub(super) scratch: &'a Path,
}

/// What a control said of each package: built or not, and its words.
type Outcomes = BTreeMap<String, (bool, Option<String>)>;

impl Controls<'_> {
    /// Builds what failed for windows/amd64 and, where that fails, for the host; fills blame and controls.
    pub(super) async fn judge(&self, failures: &mut [(Raw, Failure)]) {
        let open: Vec<usize> = failures
            .iter()
            .enumerate()
            .filter(|(_, (_, failure))| settled(failure).is_none())
            .map(|(index, _)| index)
            .collect();
        for (_, failure) in failures.iter_mut() {
            if let Some(blame) = settled(failure) {
                failure.blame = blame;
            }
        }
        let amd64 = self.outcomes(&Target::windows_amd64(), &open, failures).await;
        let mut host_open = Vec::new();
        for index in open {
            let Some((raw, failure)) = failures.get_mut(index) else { continue };
            let outcome = amd64.get(&raw.package).cloned();
            failure.controls.push(control(&Target::windows_amd64(), false, outcome.as_ref()));
            match outcome {
                Some((true, _)) => failure.blame = Blame::Arm64,
                // With cgo on, a control without a C compiler for it says nothing.
                None if self.cgo => failure.blame = Blame::Toolchain,
                None => failure.blame = Blame::Unknown,
                Some((false, Some(words))) if self.cgo && is_c_toolchain(&words) => {
                    failure.blame = Blame::Toolchain;
                }
                _ if !self.cgo && self.needs_cgo(failure) => failure.blame = Blame::NeedsCgo,
                _ => host_open.push(index),
            }
        }
        let elsewhere = self.toolchain.elsewhere();
        let host_open = self.settle_by_files(host_open, failures);
        let host = self.outcomes(&elsewhere, &host_open, failures).await;
        for index in host_open {
            let Some((raw, failure)) = failures.get_mut(index) else { continue };
            let outcome = host.get(&raw.package).cloned();
            failure.controls.push(control(&elsewhere, true, outcome.as_ref()));
            failure.blame = match outcome {
                Some((true, _)) => Blame::NotWindows,
                Some((false, _)) => Blame::Everywhere,
                None => Blame::Unknown,
            };
        }
    }

    /// What has no file for windows with cgo either, and some on the host, is not for Windows: no build
    /// tells more (and one without cgo could only mislead about a package that needs it there).
    fn settle_by_files(&self, open: Vec<usize>, failures: &mut [(Raw, Failure)]) -> Vec<usize> {
        let mut rest = Vec::new();
        for index in open {
            let Some((_, failure)) = failures.get_mut(index) else { continue };
            let package = self.table.get(&failure.package);
            let elsewhere = package.is_some_and(|p| p.on_host == Some(true) && p.class.is_none());
            if failure.class == FailureClass::Excluded && elsewhere {
                failure.blame = Blame::NotWindows;
            } else {
                rest.push(index);
            }
        }
        rest
    }

    /// Decided from the file sets and the defining file, not by running a C compiler.
    fn needs_cgo(&self, failure: &mut Failure) -> bool {
        let Some(package) = self.table.get(&failure.package) else { return false };
        if failure.class == FailureClass::Excluded {
            // With cgo it has files for windows/amd64 alone, and without cgo these do not build either.
            let amd64 =
                package.class == Some(FileSetClass::Excluded) && self.uses_cgo_on_amd64(package);
            let only = package.class == Some(FileSetClass::CgoOnly) || amd64;
            if only {
                failure.class = FailureClass::CgoExcluded;
            }
            return only;
        }
        if !failure.definition.as_ref().is_some_and(|definition| definition.cgo) {
            return false;
        }
        failure.class = match failure.class {
            FailureClass::UndefinedInDependency => FailureClass::CgoEmpty,
            _ => FailureClass::CgoUndefined,
        };
        true
    }

    /// Whether anything that the files for windows/amd64 import is changed by cgo.
    fn uses_cgo_on_amd64(&self, package: &PackageFacts) -> bool {
        let (mut seen, mut open) = (BTreeSet::new(), vec![package]);
        while let Some(package) = open.pop() {
            if package.amd64_cgo.as_ref().is_some_and(|set| !set.cgo.is_empty()) {
                return true;
            }
            let imports = package.amd64.iter().flat_map(|set| &set.imports);
            for path in imports.filter(|path| seen.insert((*path).clone())) {
                open.extend(self.table.get(path));
            }
        }
        false
    }

    async fn outcomes(
        &self,
        target: &Target,
        indices: &[usize],
        failures: &[(Raw, Failure)],
    ) -> Outcomes {
        let mut outcomes = Outcomes::new();
        let chosen: Vec<&Raw> =
            indices.iter().filter_map(|i| failures.get(*i)).map(|(raw, _)| raw).collect();
        if chosen.is_empty() {
            return outcomes;
        }
        let compile: Vec<String> = chosen
            .iter()
            .filter(|raw| raw.stage != Stage::Link)
            .map(|raw| raw.package.clone())
            .collect();
        if !compile.is_empty() {
            self.compile(target, compile, &mut outcomes).await;
        }
        let mut links: BTreeMap<(&str, Option<&Path>), Vec<&str>> = BTreeMap::new();
        for raw in chosen.iter().filter(|raw| raw.stage == Stage::Link) {
            let main = raw.linked_main.as_deref().unwrap_or(&raw.package);
            links.entry((main, raw.overlay.as_deref())).or_default().push(&raw.package);
        }
        for ((main, overlay), packages) in links {
            self.link(target, main, overlay, &packages, &mut outcomes).await;
        }
        outcomes
    }

    /// Links a program for the target; a package fails there only if the linker names it there too.
    async fn link(
        &self,
        target: &Target,
        main: &str,
        overlay: Option<&Path>,
        packages: &[&str],
        outcomes: &mut Outcomes,
    ) {
        let mut go = self.go.clone();
        if overlay.is_some() {
            // A link proof is an exe, whatever the build mode of the commands.
            go.flags.build_mode = None;
        }
        let out = self.scratch.join(format!("control-{}-{}", target.goos, target.goarch));
        let output = Output::Directory(&out);
        let command = go.build(target, self.cgo, output, overlay, &[main.to_owned()]);
        let Ok(built) = build(&command).await else { return };
        let said: String = built.output.values().cloned().collect();
        let named = link::culprits(self.table, main, &said);
        let linker = link::is_link_failure(&said);
        for package in packages {
            let outcome = match named.get(*package) {
                _ if built.success() => (true, None),
                Some(words) => (false, words.lines().next().map(str::to_owned)),
                // Others fail there, and this one is not among them.
                None if linker && !named.contains_key(main) => (true, None),
                // It did not come to linking, or nobody can be named.
                None => continue,
            };
            outcomes.insert((*package).to_owned(), outcome);
        }
        // What a control makes is of no use to anybody.
        let _ = fs_err::remove_dir_all(&out);
    }

    /// Packages that cannot be loaded for the target fail there; the rest is compiled in one go (a load
    /// error would stop all of it).
    async fn compile(&self, target: &Target, packages: Vec<String>, outcomes: &mut Outcomes) {
        let listing = match list(&self.go.list(target, self.cgo, &packages)).await {
            Ok(listing) => listing,
            Err(_) => return,
        };
        let (graph, broken) = load_errors(&listing);
        let mut loadable = Vec::new();
        for package in packages {
            match first_broken(&graph, &broken, &package) {
                Some(words) => {
                    outcomes.insert(package, (false, Some(words)));
                }
                None => loadable.push(package),
            }
        }
        let mut built = Built::default();
        for batch in batches(&loadable, ARGUMENT_BYTES) {
            let command = self.go.build(target, self.cgo, Output::Discard, None, &batch);
            match build(&command).await {
                Ok(more) => built.absorb(more),
                Err(_) => return,
            }
        }
        if loadable.is_empty() || (!built.success() && built.failed.is_empty()) {
            return;
        }
        let failed: BTreeSet<&String> = built.failed.iter().collect();
        for package in loadable {
            let bad = closure(&graph, &package).into_iter().find(|path| failed.contains(path));
            let text = bad.as_ref().and_then(|path| words(&built, Some(path)));
            outcomes.insert(package, (bad.is_none(), text));
        }
    }
}

/// Failures that need no control.
pub(super) fn settled(failure: &Failure) -> Option<Blame> {
    match failure.class {
        FailureClass::UnresolvedModule | FailureClass::NewerGo => Some(Blame::Unresolved),
        FailureClass::CToolchain => Some(Blame::Toolchain),
        _ => None,
    }
}

/// Whether words are those of a C compiler that is missing or for another target.
fn is_c_toolchain(words: &str) -> bool {
    let reading = crate::go::diagnose::read(&crate::go::diagnose::diagnostic(words).message);
    reading.class == FailureClass::CToolchain
}

fn control(target: &Target, host: bool, outcome: Option<&(bool, Option<String>)>) -> Control {
    Control {
        target: ControlTarget { target: target.to_string(), host },
        builds: outcome.map(|(builds, _)| *builds),
        text: outcome.and_then(|(_, text)| text.clone()),
    }
}

fn words(built: &Built, package: Option<&String>) -> Option<String> {
    let text = match package {
        Some(package) => built.output.get(package).cloned(),
        None if built.success() => None,
        None => Some(built.output.values().cloned().collect::<String>() + &built.stderr),
    }?;
    let first = text.lines().find(|line| !crate::go::diagnose::is_frame(line))?;
    Some(first.to_owned())
}

type Edges = BTreeMap<String, Vec<String>>;

fn load_errors(listing: &Listing) -> (Edges, BTreeMap<String, String>) {
    let mut edges = Edges::new();
    let mut broken = BTreeMap::new();
    for package in &listing.packages {
        let FileSet { imports, error, .. } = &package.files;
        edges.insert(package.import_path.clone(), imports.clone());
        if let Some(error) = error {
            broken.insert(package.import_path.clone(), error.message.clone());
        }
    }
    (edges, broken)
}

fn first_broken(edges: &Edges, broken: &BTreeMap<String, String>, package: &str) -> Option<String> {
    if !edges.contains_key(package) {
        return Some("the target's list does not have it".into());
    }
    closure(edges, package).iter().find_map(|path| broken.get(path).cloned())
}

fn closure(edges: &Edges, root: &str) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let mut queue = vec![root.to_owned()];
    while let Some(path) = queue.pop() {
        let imports = edges.get(&path);
        if seen.insert(path) {
            queue.extend(imports.into_iter().flatten().cloned());
        }
    }
    seen
}
