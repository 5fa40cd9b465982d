//! What came of the calls of `go build`: failures taken apart by package, and what is compiled, linked and made.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::engine::explain::Raw;
use crate::engine::link;
use crate::engine::problems::{not_the_package, outside, unlinked};
use crate::engine::proof::{Proof, Proofs};
use crate::engine::unit::unproven;
use crate::facts::given::Claim;
use crate::facts::{ImageFile, Stage};
use crate::go::build::Built;
use crate::go::diagnose;

use super::{ARCHIVE, Builder, BuiltUnit, Wanted, expected};

impl Builder<'_> {
    /// Takes the failures of one call apart. Returns whether a generated program lost a reference that
    /// does not compile (then it is worth linking again).
    pub(super) fn sort_out(
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
            let (command, status) = built.origin(package);
            let raw = Raw {
                package: package.clone(),
                stage: if link { Stage::Link } else { Stage::Compile },
                output,
                command,
                status,
                linked_main: link.then(|| package.clone()),
                overlay: overlay.clone(),
            };
            if link {
                self.sort_out_link(&raw, proofs, failed, out);
            } else if failed.insert(package.clone()) {
                out.failed.push(raw);
            }
        }
        dropped
    }

    /// Puts the failure of a linker down to the packages at fault.
    fn sort_out_link(
        &self,
        raw: &Raw,
        proofs: &mut Proofs<'_>,
        failed: &mut BTreeSet<String>,
        out: &mut BuiltUnit,
    ) {
        for (culprit, words) in link::culprits(self.table, &raw.package, &raw.output) {
            if proofs.is_generated(&culprit) {
                // Nobody's fault that can be named: said, and never passed over.
                proofs.blame(&culprit, &words);
            } else if failed.insert(culprit.clone()) {
                out.failed.push(Raw { package: culprit, output: words, ..raw.clone() });
            }
        }
    }

    /// Notes what is compiled, linked and made after the last call, and what nobody proved. Exes of earlier runs go,
    /// where the directory is gowoa's own.
    pub(super) fn finish(
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

/// Exes of earlier runs that this one did not make. What no build makes is somebody else's.
fn remove_stale(out: &Path, images: &[ImageFile]) {
    let Ok(entries) = fs_err::read_dir(out) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        // Of the entry itself: a link leads to another's files.
        let Ok(kind) = entry.file_type() else { continue };
        if kind.is_dir() {
            if entry.file_name().to_string_lossy().bytes().all(|b| b.is_ascii_digit()) {
                remove_stale(&path, images);
            }
        } else if is_built(&path) && !images.iter().any(|image| image.path == path) {
            // Best effort: a file that cannot be removed costs disk space only.
            let _ = fs_err::remove_file(&path);
        }
    }
}

/// Whether `go build` makes files of such names; `~` ends that of an exe which Windows let nobody replace.
fn is_built(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    ["exe", "dll", "a", "h"].contains(&extension.trim_end_matches('~'))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn stale_exes_go_and_what_no_build_makes_stays() {
        let dir = tempfile::tempdir().unwrap();
        let (out, victim) = (dir.path().join("bin"), dir.path().join("victim"));
        for dir in [&out.join("2"), &victim] {
            fs_err::create_dir_all(dir).unwrap();
        }
        let files = ["old.exe", "2/old.dll", "made.exe", "notes.txt", "../victim/b.exe"];
        for file in files {
            fs_err::write(out.join(file), "").unwrap();
        }
        std::os::unix::fs::symlink(&victim, out.join("3")).unwrap();
        remove_stale(&out, &[ImageFile::unread("made.exe".into(), out.join("made.exe"))]);
        let there = files.map(|file| out.join(file).is_file());
        assert_eq!(there, [false, false, true, true, true]);
    }
}
