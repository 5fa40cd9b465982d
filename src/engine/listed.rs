//! One unit's lists: its packages, and what Go cannot list.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use crate::facts::{FailureClass, PackageFacts, Target, Toolchain, UnitFacts};
use crate::go::build::build;
use crate::go::command::{GoCommand, Output};
use crate::go::diagnose;
use crate::go::list::ListFailure;
use crate::go::modules::{flag_value, split_flags};
use crate::model::{PhaseReport, Problem};
use crate::plan::Plan;

use super::phases::Clock;
use super::problems::next_step;
use super::unit::Unit;
use super::{Progress, anchor, lists, stubs};

/// A unit whose lists were made.
#[derive(Debug)]
pub(super) struct Listed {
    pub(super) unit: Unit,
    pub(super) toolchain: Toolchain,
    pub(super) table: BTreeMap<String, PackageFacts>,
    pub(super) facts: UnitFacts,
    /// Whether there is something to build.
    pub(super) ready: bool,
}

impl Listed {
    /// A unit that could not be listed.
    pub(super) fn stopped(unit: Unit, toolchain: &Toolchain, problem: Problem) -> Self {
        let facts =
            UnitFacts { name: unit.name.clone(), problems: vec![problem], ..UnitFacts::default() };
        Self { unit, toolchain: toolchain.clone(), table: BTreeMap::new(), facts, ready: false }
    }

    /// The phases so far.
    pub(super) fn phases(&self) -> &[PhaseReport] {
        &self.facts.phases
    }

    /// Whether everything could be listed and there is something to build.
    pub(super) fn is_ready(&self) -> bool {
        self.ready && self.facts.problems.is_empty()
    }
}

/// Makes the lists of one unit. What cannot be looked at becomes a problem of the unit.
pub(super) async fn list(
    plan: &Plan,
    toolchain: &Toolchain,
    mut unit: Unit,
    progress: &dyn Progress,
) -> Listed {
    let mut clock = Clock { progress, phases: Vec::new() };
    let mut facts = UnitFacts {
        name: unit.name.clone(),
        cgo: plan.cgo,
        c_toolchain_error: unit.c_toolchain_error.clone(),
        ..UnitFacts::default()
    };
    facts.unsupported_flags = unsupported_flags(toolchain, &mut unit.go).await;
    let begin = clock.begin("list");
    let (table, took) = match table(plan, toolchain, &unit, &mut facts).await {
        Ok(table) => table,
        Err(failure) => {
            facts.problems.push(list_problem(&failure));
            (BTreeMap::new(), Duration::ZERO)
        }
    };
    clock.end("list", begin);
    clock.go_took(took);
    let ready = table.values().any(|package| package.matched);
    if !ready && facts.problems.is_empty() {
        facts.problems.push(no_packages(&unit.patterns));
    }
    facts.phases = clock.phases;
    Listed { unit, toolchain: toolchain.clone(), table, facts, ready }
}

/// The packages of all lists, and how long `go` took for them.
async fn table(
    plan: &Plan,
    toolchain: &Toolchain,
    unit: &Unit,
    facts: &mut UnitFacts,
) -> Result<(BTreeMap<String, PackageFacts>, Duration), ListFailure> {
    let lists = lists::make(&unit.go, toolchain, plan.cgo, &unit.patterns).await?;
    let alone = lists.alone(&unit.go).await?;
    let took = lists.slowest() + alone.took;
    let mut table = lists.merge(alone);
    facts.problems.extend(take_unmatched(&mut table));
    if plan.module.as_ref().is_some_and(|module| module.packages.is_empty()) {
        // gowoa chose the packages, not the user.
        table.values_mut().for_each(|package| package.named = false);
    }
    place_modules(&mut table, &plan.dir);
    stubs::find(&mut table);
    Ok((table, took))
}

/// Notes of every module in the tree how to get down to it: from the module around the directory gowoa works in, where
/// the unit has it, else from that directory.
pub(super) fn place_modules(table: &mut BTreeMap<String, PackageFacts>, start: &Path) {
    let mains = table.values().filter_map(|package| package.module.as_ref()).filter(|m| m.main);
    let base = anchor::base(mains.filter_map(|module| module.dir.as_deref()), start).to_owned();
    for package in table.values_mut() {
        let Some(root) = package.root_in_tree() else { continue };
        let Some(module) = &mut package.module else { continue };
        module.below = match root.strip_prefix(&base) {
            Ok(below) => anchor::slashes(below),
            Err(_) if module.main => module.reference.path.clone(),
            Err(_) => String::new(),
        };
    }
}

fn no_packages(patterns: &[String]) -> Problem {
    Problem {
        message: format!("no Go package matches {}", patterns.join(" ")),
        details: Vec::new(),
        next: Some("name packages of this module, or another directory with -C DIR".into()),
    }
}

/// Patterns that Go could not turn into packages: `go list -e` prints a package named like the pattern, with
/// the reason as its error.
fn take_unmatched(table: &mut BTreeMap<String, PackageFacts>) -> Vec<Problem> {
    let is_pattern =
        |path: &str| path.contains("...") || path.starts_with('.') || Path::new(path).is_absolute();
    let patterns: Vec<String> = table
        .values()
        .filter(|package| package.matched && is_pattern(&package.import_path))
        .map(|package| package.import_path.clone())
        .collect();
    let mut problems = Vec::new();
    for pattern in patterns {
        let Some(package) = table.remove(&pattern) else { continue };
        let mut sets = package.arm64.iter().chain(&package.amd64);
        let words = sets.find_map(|set| Some(set.error.as_ref()?.message.clone()));
        problems.push(Problem {
            details: words.into_iter().collect(),
            ..no_packages(std::slice::from_ref(&pattern))
        });
    }
    problems
}

fn list_problem(failure: &ListFailure) -> Problem {
    let ListFailure::Failed { stderr, .. } = failure else {
        let next = match failure {
            ListFailure::Garbage { .. } | ListFailure::TooMuch { .. } => {
                "check that this is the go command of a Go distribution (`go version`)"
            }
            _ => "run it by hand; a list that needs longer gets it with --timeout",
        };
        let source = std::error::Error::source(failure).map(ToString::to_string);
        return Problem {
            message: failure.to_string(),
            details: source.into_iter().collect(),
            next: Some(next.into()),
        };
    };
    let mut details: Vec<String> =
        stderr.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect();
    let reading = diagnose::read_all(
        &details.iter().map(|line| diagnose::diagnostic(line)).collect::<Vec<_>>(),
    );
    let next = Some(next_step(reading.class, stderr).into());
    if details.is_empty() {
        return Problem { message: failure.to_string(), details, next };
    }
    let mut first = details.remove(0);
    // "go: errors parsing go.mod:" says nothing without the line that follows.
    if first.ends_with(':') && !details.is_empty() {
        first = format!("{first} {}", details.remove(0).trim());
    }
    let words = first.trim_start_matches("go: ");
    let message = match reading.class {
        FailureClass::NewerGo => format!("a newer Go is needed: {words}"),
        _ => format!("go list failed: {words}"),
    };
    Problem { message, details, next }
}

/// Flags that Go itself refuses for windows/arm64: asked, not assumed, so that a later Go that supports
/// one is not contradicted. What is refused is taken out, and the rest is checked without it.
async fn unsupported_flags(toolchain: &Toolchain, go: &mut GoCommand) -> Vec<(String, String)> {
    let goflags = split_flags(toolchain.env("GOFLAGS").unwrap_or_default());
    let all: Vec<String> = goflags.iter().chain(&go.flags.extra).cloned().collect();
    let mut suspects: Vec<(String, String)> = ["race", "msan", "asan"]
        .iter()
        .filter(|name| flag_value(&all, name).is_some_and(|value| value != "false" && value != "0"))
        .map(|name| (format!("-{name}"), format!("-{name}=false")))
        .collect();
    let mode =
        go.flags.build_mode.clone().or_else(|| flag_value(&all, "buildmode").map(str::to_owned));
    if let Some(mode) = mode.filter(|mode| mode == "plugin" || mode == "shared") {
        suspects.push((format!("-buildmode={mode}"), "-buildmode=default".into()));
    }
    let mut refused = Vec::new();
    for (flag, without) in suspects {
        let mut probe = go.clone();
        probe.flags.extra = vec![flag.clone()];
        probe.flags.build_mode = None;
        let command =
            probe.build(&Target::windows_arm64(), false, Output::Discard, None, &["unsafe".into()]);
        let Ok(built) = build(&command).await else { continue };
        let words =
            built.stderr.trim().to_owned() + &built.output.values().cloned().collect::<String>();
        if words.contains("not supported on windows/arm64") {
            if go.flags.build_mode.as_ref().is_some_and(|mode| flag.ends_with(mode.as_str())) {
                go.flags.build_mode = None;
            }
            go.flags.extra.push(without);
            refused.push((flag, words.lines().next().unwrap_or_default().to_owned()));
        }
    }
    refused
}
