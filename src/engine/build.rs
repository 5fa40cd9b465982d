//! Builds every command and links every library package for windows/arm64.
//!
//! Commands go through one `go build` each name; library packages that no command links are linked by a
//! generated program ([`crate::go::linkproof`]) in the same call. What fails is left out and the rest is
//! linked again, so that one broken package hides nothing.

mod calls;
mod outcome;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use crate::facts::{BuildRun, Expected, ImageFile, PackageFacts, Toolchain};
use crate::model::{Problem, Unproven};
use crate::plan::Plan;

use super::explain::Raw;
use super::graph::Graph;
use super::problems::unwritten;
use super::proof::Proofs;
use super::unit::Unit;

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
