//! Builds every command and links every library package for windows/arm64.
//!
//! Commands go through one `go build` each name; library packages that no command links are linked by a
//! generated program ([`crate::go::linkproof`]) in the same call. What fails is left out and the rest is
//! linked again, so that one broken package hides nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::facts::given::Claim;
use crate::facts::{BuildRun, Expected, ImageFile, PackageFacts, Stage, Target, Toolchain};
use crate::go::batch::{batches, exe_base, groups_by_exe};
use crate::go::build::{Built, build};
use crate::go::command::{GoCommand, Output};
use crate::go::diagnose;
use crate::go::modules::{flag_value, split_flags};
use crate::model::{Problem, Unproven};
use crate::plan::Plan;
use crate::platform::ARGUMENT_BYTES;

use super::explain::Raw;
use super::graph::Graph;
use super::link;
use super::problems::{not_the_package, outside, unexplained, unlinked, unwritten};
use super::proof::{Proof, Proofs};
use super::stale::Stamps;
use super::unit::{Unit, unproven};

/// A link proof is tried again without what failed, this often at most.
const PROOF_ROUNDS: usize = 12;
/// The build mode whose result is an archive of objects and no image.
const ARCHIVE: &str = "c-archive";

/// What came of building one unit.
#[derive(Debug, Default)]
pub(super) struct BuiltUnit {
    /// Counts.
    pub(super) counts: BuildRun,
    /// What failed, package by package.
    pub(super) failed: Vec<Raw>,
    /// Packages that compile.
    pub(super) compiled: BTreeSet<String>,
    /// Packages that an exe contains.
    pub(super) linked: BTreeSet<String>,
    /// The exes.
    pub(super) images: Vec<ImageFile>,
    /// The overlay with the programs that link the libraries, and the flags they were built with.
    pub(super) proof_overlay: Option<PathBuf>,
    /// See `proof_overlay`.
    pub(super) proof_flags: Vec<String>,
    /// What kept the build from being judged.
    pub(super) problems: Vec<Problem>,
    /// What was not proven.
    pub(super) unproven: Vec<Unproven>,
    /// Whether a call of `go` could not be judged, so that nothing is known to be compiled.
    pub(super) broken: bool,
    /// How long `go build` took, all calls together.
    pub(super) go_took: Duration,
}

/// Builds one unit.
pub(super) struct Builder<'a> {
    pub(super) plan: &'a Plan,
    pub(super) toolchain: &'a Toolchain,
    pub(super) unit: &'a Unit,
    pub(super) table: &'a BTreeMap<String, PackageFacts>,
    pub(super) graph: &'a Graph,
}

/// What is asked of `go build`.
struct Wanted {
    commands: Vec<String>,
    /// Library packages that a proof links.
    proof: Vec<String>,
    /// Packages that can only be compiled.
    compile: Vec<String>,
}

impl Builder<'_> {
    /// Builds everything but `broken` (what could not be loaded) and what imports it.
    pub(super) async fn build(&self, broken: BTreeSet<String>) -> BuiltUnit {
        let mut wanted = self.wanted(&broken);
        let mut out = BuiltUnit::default();
        let mut proofs =
            Proofs::new(self.table, &self.unit.scratch, self.unit.go.overlay.as_deref())
                .hosted(self.unit.host.as_ref());
        if let Err(error) = proofs.generate(&wanted.proof) {
            out.problems.push(unwritten(&error));
            wanted.compile.append(&mut wanted.proof);
        }
        let mut failed: BTreeSet<String> = broken;
        let mut exes: BTreeMap<String, PathBuf> = BTreeMap::new();
        let mode = self.unit.go.flags.build_mode.as_deref();
        let plain = !matches!(mode, Some("c-shared" | ARCHIVE));
        let mut mains = if plain { wanted.commands.clone() } else { Vec::new() };
        mains.extend(proofs.mains());
        if !plain {
            self.one_by_one(&wanted.commands, &mut failed, &mut exes, &mut out).await;
        }
        for _ in 0..PROOF_ROUNDS {
            if mains.is_empty() {
                break;
            }
            let built = self.link(&mains, &proofs, &mut exes, &mut out).await;
            let dropped = self.sort_out(&built, &mut proofs, &mut failed, &mut out);
            proofs.mark_stopped(&failed, self.graph);
            // A command that fails links nothing: what it was to link is the proofs' again.
            let next = self.wanted(&failed);
            let same = next.proof.iter().all(|path| wanted.proof.contains(path));
            let unlinked = proofs.current().iter().any(|proof| !proof.linked);
            if out.broken
                || (same && !unlinked)
                || (same && next.proof.len() == wanted.proof.len() && !dropped)
            {
                break;
            }
            wanted.proof = next.proof;
            wanted.compile = next.compile;
            if let Err(error) = proofs.generate(&wanted.proof) {
                out.problems.push(unwritten(&error));
                break;
            }
            mains = proofs.mains();
        }
        self.compile_only(&wanted.compile, &mut failed, &mut out).await;
        self.finish(wanted, &proofs, &failed, exes, &mut out);
        out
    }

    fn wanted(&self, broken: &BTreeSet<String>) -> Wanted {
        let stopped = self.graph.dependents(broken);
        let buildable: Vec<&PackageFacts> = self
            .table
            .values()
            .filter(|p| {
                p.matched && !broken.contains(&p.import_path) && !stopped.contains(&p.import_path)
            })
            .filter(|p| p.arm64.as_ref().is_some_and(|set| set.compiles_something()))
            .collect();
        let path = |p: &&PackageFacts| p.import_path.clone();
        let commands: Vec<String> = buildable.iter().filter(|p| p.is_command()).map(path).collect();
        let reached = self.graph.closure(&commands);
        let libraries: Vec<&&PackageFacts> = buildable.iter().filter(|p| !p.is_command()).collect();
        // What a command links is linked; but its assembly counts only if everything that needs it is.
        let open =
            |p: &&&&PackageFacts| !reached.contains(p.import_path.as_str()) || has_assembly(p);
        // Of another module only what its own users could import, and only in a module of gowoa's.
        let foreign = |p: &PackageFacts| self.unit.host.is_some() && !p.is_internal();
        let own = |p: &&&&PackageFacts| p.in_main_module() || foreign(p);
        let proof =
            libraries.iter().filter(own).filter(open).map(|p| p.import_path.clone()).collect();
        let compile = libraries
            .iter()
            .filter(|p| !own(p) && !reached.contains(p.import_path.as_str()))
            .map(|p| p.import_path.clone())
            .collect();
        Wanted { commands, proof, compile }
    }

    /// Links main packages, those of one exe name in directories of their own.
    async fn link(
        &self,
        mains: &[String],
        proofs: &Proofs<'_>,
        exes: &mut BTreeMap<String, PathBuf>,
        out: &mut BuiltUnit,
    ) -> Built {
        let mut go = self.unit.go.clone();
        if matches!(go.flags.build_mode.as_deref(), Some("c-shared" | ARCHIVE)) {
            // That is for the commands; the proofs are exes, whatever GOFLAGS says.
            go.flags.build_mode = Some("default".into());
        }
        // -gcflags of the user's would be replaced as a whole, for every package.
        let goflags = split_flags(self.toolchain.env("GOFLAGS").unwrap_or_default());
        if flag_value(goflags.iter().chain(&go.flags.extra), "gcflags").is_none() {
            go.flags.extra.extend(proofs.build_flags());
        }
        let overlay = proofs.overlay();
        let mut all = Built::default();
        for (number, group) in groups_by_exe(mains).into_iter().enumerate() {
            let dir = if number == 0 {
                self.unit.out.clone()
            } else {
                self.unit.out.join((number + 1).to_string())
            };
            for main in &group {
                exes.insert(main.clone(), dir.join(format!("{}.exe", exe_base(main))));
            }
            for batch in batches(&group, ARGUMENT_BYTES) {
                let stamps = Stamps::of(batch.iter().filter_map(|main| exes.get(main)));
                let mut one = Built::default();
                self.call(&go, Output::Directory(&dir), overlay, &batch, &mut one, out).await;
                if self.drop_stale(&stamps, &one, out) {
                    self.call(&go, Output::Directory(&dir), overlay, &batch, &mut one, out).await;
                }
                if !one.command.is_empty() {
                    all.absorb(one);
                }
            }
        }
        all
    }

    /// Removes exes of earlier runs that a build left as they were. Returns whether to build again, because
    /// it said that it had built them.
    fn drop_stale(&self, stamps: &Stamps, built: &Built, out: &mut BuiltUnit) -> bool {
        if !built.success() && !self.unit.out_is_ours {
            stamps.restore();
            return false;
        }
        match stamps.remove_untouched() {
            Ok(any) => any && built.success(),
            Err(error) => {
                out.problems.push(Problem {
                    message: format!("an exe of an earlier run cannot be replaced: {error}"),
                    details: Vec::new(),
                    next: Some("remove it, or name another directory with --out-dir".into()),
                });
                false
            }
        }
    }

    /// `-buildmode=c-shared` and `c-archive` take one main package a call.
    async fn one_by_one(
        &self,
        commands: &[String],
        failed: &mut BTreeSet<String>,
        exes: &mut BTreeMap<String, PathBuf>,
        out: &mut BuiltUnit,
    ) {
        let mode = self.unit.go.flags.build_mode.clone().unwrap_or_default();
        for (number, group) in groups_by_exe(commands).into_iter().enumerate() {
            let dir = if number == 0 {
                self.unit.out.clone()
            } else {
                self.unit.out.join((number + 1).to_string())
            };
            for command in group {
                let suffix = if mode == ARCHIVE { "a" } else { "dll" };
                let file = dir.join(format!("{}.{suffix}", exe_base(&command)));
                let mut built = Built::default();
                let line = self.unit.go.build_file(
                    &Target::windows_arm64(),
                    self.plan.cgo,
                    &file,
                    &command,
                );
                let stamps = Stamps::of(std::iter::once(&file));
                self.run(line.clone(), &mut built, out).await;
                if self.drop_stale(&stamps, &built, out) {
                    self.run(line, &mut built, out).await;
                }
                let mut none = Proofs::new(self.table, &self.unit.scratch, None);
                self.sort_out(&built, &mut none, failed, out);
                exes.insert(command, file);
            }
        }
    }

    async fn compile_only(
        &self,
        packages: &[String],
        failed: &mut BTreeSet<String>,
        out: &mut BuiltUnit,
    ) {
        let mut built = Built::default();
        for batch in batches(packages, ARGUMENT_BYTES) {
            self.call(&self.unit.go, Output::Discard, None, &batch, &mut built, out).await;
        }
        if !packages.is_empty() {
            let mut none = Proofs::new(self.table, &self.unit.scratch, None);
            self.sort_out(&built, &mut none, failed, out);
        }
    }

    async fn call(
        &self,
        go: &GoCommand,
        output: Output<'_>,
        overlay: Option<&Path>,
        packages: &[String],
        all: &mut Built,
        out: &mut BuiltUnit,
    ) {
        let line = go.build(&Target::windows_arm64(), self.plan.cgo, output, overlay, packages);
        self.run(line, all, out).await;
    }

    async fn run(
        &self,
        line: crate::go::process::CommandLine,
        all: &mut Built,
        out: &mut BuiltUnit,
    ) {
        match build(&line).await {
            Ok(built) => {
                if let Some(problem) = unexplained(&built) {
                    out.problems.push(problem);
                    out.broken = true;
                }
                out.go_took += built.took;
                all.absorb(built);
            }
            Err(error) => {
                out.broken = true;
                out.problems.push(Problem {
                    message: error.to_string(),
                    details: std::error::Error::source(&error)
                        .map(ToString::to_string)
                        .into_iter()
                        .collect(),
                    next: Some(
                        "run it by hand; a build that needs longer gets it with --timeout".into(),
                    ),
                });
            }
        }
    }

    /// Takes the failures of one call apart. Returns whether a generated program lost a reference that
    /// does not compile (then it is worth linking again).
    fn sort_out(
        &self,
        built: &Built,
        proofs: &mut Proofs<'_>,
        failed: &mut BTreeSet<String>,
        out: &mut BuiltUnit,
    ) -> bool {
        let mut dropped = false;
        proofs.note(&built.failed);
        let overlay = proofs.overlay().map(Path::to_owned);
        for package in &built.failed {
            let output = built.output.get(package).cloned().unwrap_or_default();
            if let Some(words) = diagnose::environment(&output) {
                failed.insert(package.clone());
                out.problems.push(not_the_package(package, words, built));
                continue;
            }
            if !proofs.is_generated(package) && !self.table.contains_key(package) {
                // Go's own package, or one that nobody listed: no subject would tell it.
                failed.insert(package.clone());
                out.problems.push(outside(package, &output, built));
                continue;
            }
            let link = link::is_link_failure(&output);
            if proofs.is_generated(package) && !link {
                let any = proofs.drop_references(package, &output);
                if !any {
                    proofs.blame(package, &output);
                }
                dropped |= any;
                continue;
            }
            let package_of_call = package.as_str();
            let raw =
                |package: String, output: String, stage: Stage, linked_main: Option<String>| Raw {
                    package,
                    stage,
                    output,
                    command: built.origin(package_of_call).0,
                    status: built.origin(package_of_call).1,
                    linked_main,
                    overlay: overlay.clone(),
                };
            if !link {
                if failed.insert(package.clone()) {
                    out.failed.push(raw(package.clone(), output, Stage::Compile, None));
                }
                continue;
            }
            for (culprit, words) in link::culprits(self.table, package, &output) {
                if proofs.is_generated(&culprit) {
                    // Nobody's fault that can be named: said, and never passed over.
                    proofs.blame(&culprit, &words);
                    continue;
                }
                if failed.insert(culprit.clone()) {
                    out.failed.push(raw(culprit, words, Stage::Link, Some(package.clone())));
                }
            }
        }
        dropped
    }

    fn finish(
        &self,
        wanted: Wanted,
        proofs: &Proofs<'_>,
        failed: &BTreeSet<String>,
        exes: BTreeMap<String, PathBuf>,
        out: &mut BuiltUnit,
    ) {
        let stopped = self.graph.dependents(failed);
        let ok = |path: &str| !failed.contains(path) && !stopped.contains(path);
        if !out.broken {
            let roots: Vec<String> = wanted
                .commands
                .iter()
                .chain(&wanted.proof)
                .chain(&wanted.compile)
                .cloned()
                .collect();
            out.compiled = self
                .graph
                .closure(&roots)
                .into_iter()
                .filter(|path| ok(path))
                .map(str::to_owned)
                .collect();
        }
        for command in wanted.commands.iter().filter(|command| ok(command)) {
            let Some(path) = exes.get(command) else { continue };
            if self.unit.go.flags.build_mode.as_deref() != Some(ARCHIVE) {
                out.images.push(self.image(path, command, None));
            }
            if path.is_file() {
                out.counts.commands += 1;
                let root = [command.clone()];
                out.linked.extend(self.graph.closure(&root).into_iter().map(str::to_owned));
            }
        }
        for proof in proofs.current() {
            let Some(path) = exes.get(&proof.main).filter(|path| path.is_file() && proof.linked)
            else {
                if !out.broken {
                    out.problems.push(unlinked(proof));
                }
                continue;
            };
            out.images.push(self.image(path, &proof.main, Some(proof)));
            out.counts.link_proofs += 1;
            out.linked.extend(self.graph.closure(&proof.libraries).into_iter().map(str::to_owned));
        }
        out.proof_overlay = proofs.overlay().map(Path::to_owned);
        out.proof_flags = proofs.build_flags();
        self.tell_unproven(&wanted, proofs, &ok, out);
        if self.unit.out_is_ours {
            remove_stale(&self.unit.out, &out.images);
        }
    }

    fn tell_unproven(
        &self,
        wanted: &Wanted,
        proofs: &Proofs<'_>,
        ok: &dyn Fn(&str) -> bool,
        out: &mut BuiltUnit,
    ) {
        let missing: Vec<String> = wanted
            .proof
            .iter()
            .chain(&wanted.compile)
            .filter(|path| ok(path) && !out.linked.contains(*path))
            .cloned()
            .collect();
        if !missing.is_empty() {
            let text = "compiled, but no exe links them";
            out.unproven.push(unproven("not linked", text, missing));
        }
        if self.unit.go.flags.build_mode.as_deref() == Some(ARCHIVE) && !wanted.commands.is_empty()
        {
            let text = "the archives of -buildmode=c-archive were made; they are no images";
            out.unproven.push(unproven("not inspected", text, wanted.commands.clone()));
        }
        if !proofs.unread.is_empty() {
            let text = "files whose exported names could not be read";
            out.unproven.push(unproven("not linked", text, proofs.unread.clone()));
        }
        let dropped = proofs.dropped();
        if !dropped.is_empty() {
            out.unproven.push(unproven(
                "not linked",
                "symbols that a program outside cannot refer to",
                dropped,
            ));
        }
    }

    fn image(&self, path: &Path, main: &str, proof: Option<&Proof>) -> ImageFile {
        let relative = path.strip_prefix(&self.unit.out).unwrap_or(path);
        let roots: Vec<String> = match proof {
            Some(proof) => proof.libraries.clone(),
            None => vec![main.to_owned()],
        };
        let name = relative.to_string_lossy().replace('\\', "/");
        let promise = expected(self.plan, self.toolchain, self.table, self.graph, main, &roots);
        ImageFile {
            package: Some(main.to_owned()),
            libraries: proof.map(|proof| proof.libraries.clone()).unwrap_or_default(),
            link_proof: proof.is_some(),
            claim: Claim::of_build(),
            expected: Some(promise),
            ..ImageFile::unread(name, path.to_owned())
        }
    }
}

/// What the plan promises of an exe made from these packages.
pub(super) fn expected(
    plan: &Plan,
    toolchain: &Toolchain,
    table: &BTreeMap<String, PackageFacts>,
    graph: &Graph,
    main: &str,
    roots: &[String],
) -> Expected {
    let mut modules: BTreeMap<String, Option<String>> = BTreeMap::new();
    for package in graph.closure(roots).into_iter().filter_map(|path| table.get(path)) {
        let Some(module) = &package.module else { continue };
        let version = match &module.reference.replaced_by {
            Some(_) => module.replacement_version.clone(),
            None => module.reference.version.clone(),
        };
        modules.insert(module.reference.path.clone(), version);
    }
    Expected {
        go_version: toolchain.version.clone(),
        cgo_enabled: if plan.cgo { "1" } else { "0" }.into(),
        package: main.to_owned(),
        modules: modules.into_iter().collect(),
    }
}

/// Whether functions may have their bodies elsewhere: Go allows that only beside assembly.
fn has_assembly(package: &PackageFacts) -> bool {
    [&package.arm64, &package.amd64].into_iter().flatten().any(|set| !set.asm.is_empty())
}

/// Exes of earlier runs that this one did not make.
fn remove_stale(out: &Path, images: &[ImageFile]) {
    let Ok(entries) = fs_err::read_dir(out) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            if entry.file_name().to_string_lossy().bytes().all(|b| b.is_ascii_digit()) {
                remove_stale(&path, images);
            }
        } else if !images.iter().any(|image| image.path == path) {
            // Best effort: a file that cannot be removed costs disk space only.
            let _ = fs_err::remove_file(&path);
        }
    }
}
