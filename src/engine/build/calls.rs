//! The calls of `go build`: which there are, where each exe lands, and what they say when they cannot be made.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::engine::problems::unexplained;
use crate::engine::proof::Proofs;
use crate::engine::stale::Stamps;
use crate::facts::Target;
use crate::go::batch::{batches, exe_base, groups_by_exe};
use crate::go::build::{Built, build};
use crate::go::command::{GoCommand, Output};
use crate::go::modules::{flag_value, split_flags};
use crate::go::process::CommandLine;
use crate::model::Problem;
use crate::platform::ARGUMENT_BYTES;

use super::{ARCHIVE, Builder, BuiltUnit};

impl Builder<'_> {
    /// Links main packages, those of one exe name in directories of their own.
    pub(super) async fn link(
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
            let dir = self.landing(number);
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

    /// Where the exes of a group land. The first group stands where the user looks; the others hold more of the same
    /// names.
    fn landing(&self, group: usize) -> PathBuf {
        if group == 0 { self.unit.out.clone() } else { self.unit.out.join((group + 1).to_string()) }
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
    pub(super) async fn one_by_one(
        &self,
        commands: &[String],
        failed: &mut BTreeSet<String>,
        exes: &mut BTreeMap<String, PathBuf>,
        out: &mut BuiltUnit,
    ) {
        let mode = self.unit.go.flags.build_mode.clone().unwrap_or_default();
        for (number, group) in groups_by_exe(commands).into_iter().enumerate() {
            let dir = self.landing(number);
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

    /// Compiles packages that nothing links, and keeps nothing of them but what fails.
    pub(super) async fn compile_only(
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

    async fn run(&self, line: CommandLine, all: &mut Built, out: &mut BuiltUnit) {
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
}
