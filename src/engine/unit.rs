//! One unit through list, build, control, tests and inspection.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::task::JoinHandle;

use crate::facts::embedded::EmbedFacts;
use crate::facts::{
    Blame, Failure, ImageFile, PackageFacts, SourceFacts, Stage, Target, Toolchain, Tried,
    UnitFacts,
};
use crate::go::command::GoCommand;
use crate::go::modules::split_flags;
use crate::model::{Problem, Unproven};
use crate::plan::Plan;

use super::build::{Builder, BuiltUnit};
use super::control::Controls;
use super::explain::{Explainer, Raw};
use super::graph::Graph;
use super::kept_tests::Kept;
use super::listed::Listed;
use super::phases::Clock;
use super::proof::Host;
use super::{
    Progress, embeds, images, listing, objects, reach, reflection, rules, sources, syso,
    tests_build, tried, why,
};

/// What is built in one go.
#[derive(Debug, Clone)]
pub(super) struct Unit {
    /// Directory relative to the start, or `.`.
    pub(super) name: String,
    /// `go` for it.
    pub(super) go: GoCommand,
    /// Package patterns.
    pub(super) patterns: Vec<String>,
    /// Where exes land.
    pub(super) out: PathBuf,
    /// Whether gowoa may remove stale exes there.
    pub(super) out_is_ours: bool,
    /// Working files: overlays, controls.
    pub(super) scratch: PathBuf,
    /// Why there is no C compiler.
    pub(super) c_toolchain_error: Option<String>,
    /// Where packages of other modules are linked: gowoa's own temporary module.
    pub(super) host: Option<Host>,
}

/// Gathers everything else about one unit.
pub(super) async fn gather(plan: &Plan, listed: Listed, progress: &dyn Progress) -> UnitFacts {
    let Listed { unit, toolchain, table, mut facts, ready } = listed;
    // Nothing need be built to say that a package or a function is unknown.
    if plan.why.as_deref().is_some_and(|asked| why::is_unknown(&table, asked)) {
        facts.packages = table;
        return facts;
    }
    if ready {
        let phases = std::mem::take(&mut facts.phases);
        let mut clock = Clock { progress, phases };
        work(plan, &toolchain, &unit, table, &mut facts, &mut clock).await;
        facts.phases = clock.phases;
    }
    facts
}

async fn work(
    plan: &Plan,
    toolchain: &Toolchain,
    unit: &Unit,
    mut table: BTreeMap<String, PackageFacts>,
    facts: &mut UnitFacts,
    clock: &mut Clock<'_>,
) {
    let graph = Graph::arm64(&table);
    let mut raws = load_failures(&table, &unit.go);
    let goroot = Path::new(toolchain.env("GOROOT").unwrap_or_default());
    // The sources are read while `go build` works, the images while it works for something else.
    let sources = sources::start(sources::wanted(&table, goroot));
    let embeds = embeds::start(embeds::wanted(&table, goroot));
    let mut built = built(plan, toolchain, unit, &table, &graph, &raws, clock).await;
    facts.build = built.counts.clone();
    raws.append(&mut built.failed);
    facts.problems.append(&mut built.problems);
    facts.unproven.append(&mut built.unproven);
    let mut exes = std::mem::take(&mut built.images);
    syso::fill(&mut exes, &table);
    let flags = split_flags(toolchain.env("CGO_LDFLAGS").unwrap_or_default());
    let objects = objects::sources(&table, goroot, &flags);
    let images = images::start(exes, objects, plan.scope, plan.map);

    let links = tried::links(&raws);
    let mut failures = explained(plan, toolchain, unit, &table, &graph, raws, clock).await;
    mark(&mut table, &built);
    facts.tried = advised(plan, toolchain, unit, &table, &failures, &links, clock).await;
    place_sources(sources, &mut table, facts, clock).await;
    listing::run(plan, toolchain, unit, &mut table, facts, clock).await;
    let tests = tested(plan, toolchain, unit, (&table, &graph, &failures), facts, clock).await;
    place_embeds(embeds, &mut table, facts, clock).await;
    let wanted = reach::wanted(&table, plan.why.as_deref());
    if let Err(error) = images.finish(tests, wanted.clone(), facts, clock).await {
        facts.problems.push(broken("the images could not be inspected", &error));
    }
    reach::fill(&mut table, &graph, &failures, &wanted, &facts.images);
    let overlay = why::Overlay::of(&built);
    if plan.why.is_some() {
        let begin = clock.begin("why");
        why::ask_linker(plan, toolchain, unit, &overlay, &mut table, &facts.images).await;
        clock.end("why", begin);
    }
    for failure in failures.values_mut() {
        failure.stops.sort();
    }
    facts.failures = failures;
    facts.packages = table;
    if plan.why.is_none() {
        reflection::fill(plan, toolchain, unit, &overlay, facts, clock).await;
    }
}

/// Everything that can be loaded, built.
async fn built(
    plan: &Plan,
    toolchain: &Toolchain,
    unit: &Unit,
    table: &BTreeMap<String, PackageFacts>,
    graph: &Graph,
    raws: &[Raw],
    clock: &mut Clock<'_>,
) -> BuiltUnit {
    let begin = clock.begin("build");
    let built = if unit.c_toolchain_error.is_some() {
        BuiltUnit::default()
    } else {
        let builder = Builder { plan, toolchain, unit, table, graph };
        builder.build(raws.iter().map(|raw| raw.package.clone()).collect()).await
    };
    clock.end("build", begin);
    clock.go_took(built.go_took);
    built
}

/// What was read of the sources, placed.
async fn place_sources(
    reading: JoinHandle<(Vec<(String, SourceFacts)>, Duration)>,
    table: &mut BTreeMap<String, PackageFacts>,
    facts: &mut UnitFacts,
    clock: &mut Clock<'_>,
) {
    match reading.await {
        Ok((read, took)) => {
            sources::place(table, read);
            clock.add("source", took);
        }
        Err(error) => facts.problems.push(broken("the sources could not be read", &error)),
    }
}

/// What was read of embedded files, placed.
async fn place_embeds(
    reading: JoinHandle<(Vec<(String, EmbedFacts)>, Duration)>,
    table: &mut BTreeMap<String, PackageFacts>,
    facts: &mut UnitFacts,
    clock: &mut Clock<'_>,
) {
    match reading.await {
        Ok((read, took)) => {
            if !read.is_empty() {
                clock.add("embeds", took);
            }
            embeds::place(table, read);
        }
        Err(error) => facts.problems.push(broken("embedded files could not be read", &error)),
    }
}

/// The test binaries, where they are wanted.
async fn tested(
    plan: &Plan,
    toolchain: &Toolchain,
    unit: &Unit,
    (table, graph, failures): (&BTreeMap<String, PackageFacts>, &Graph, &BTreeMap<String, Failure>),
    facts: &mut UnitFacts,
    clock: &mut Clock<'_>,
) -> Vec<ImageFile> {
    if !plan.tests || unit.c_toolchain_error.is_some() {
        return Vec::new();
    }
    let begin = clock.begin("tests");
    let bad: BTreeSet<String> = failures.keys().cloned().collect();
    let tests = tests_build::build_tests(plan, toolchain, unit, table, graph, &bad).await;
    if !unit.out_is_ours {
        let kept = Kept::of(&plan.dir, &unit.out, table, &tests.tests);
        // Off the thread that listens for signals: every binary is hashed.
        match tokio::task::spawn_blocking(move || kept.write()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => facts.problems.push(Problem {
                message: format!("the list of the test binaries cannot be written: {error}"),
                details: Vec::new(),
                next: Some("make room, or name another directory with --out-dir".into()),
            }),
            Err(error) => {
                facts.problems.push(broken("the test binaries could not be listed", &error));
            }
        }
    }
    clock.end("tests", begin);
    facts.problems.extend(tests.problems);
    facts.tests = tests.tests;
    tests.images
}

/// Newer versions of the modules at fault, built before anybody advises them.
async fn advised(
    plan: &Plan,
    toolchain: &Toolchain,
    unit: &Unit,
    table: &BTreeMap<String, PackageFacts>,
    failures: &BTreeMap<String, Failure>,
    links: &tried::Links,
    clock: &mut Clock<'_>,
) -> Vec<Tried> {
    if !plan.advise {
        return Vec::new();
    }
    let candidates = tried::candidates(table, failures, &rules::known_good);
    if candidates.is_empty() {
        return Vec::new();
    }
    let begin = clock.begin("advice");
    let trials = tried::Trials {
        go: &unit.go,
        toolchain,
        table,
        cgo: plan.cgo,
        offline: plan.offline,
        scratch: &unit.scratch,
        links,
    };
    let tried = trials.run(&candidates).await;
    clock.end("advice", begin);
    tried
}

/// A thread of gowoa's own that did not come back.
fn broken(what: &str, error: &tokio::task::JoinError) -> Problem {
    Problem {
        message: format!("{what}: {error}"),
        details: Vec::new(),
        next: Some("this is a bug of gowoa; please report it".into()),
    }
}

/// Bytes of executable sections.
pub(super) fn code_bytes(file: &ImageFile) -> u64 {
    let Ok(facts) = &file.facts else { return 0 };
    let executable = facts.sections.iter().filter(|section| section.executable());
    executable.map(|section| u64::from(section.virtual_size.min(section.file_size))).sum()
}

/// Packages that `go list` could not load for windows/arm64.
fn load_failures(table: &BTreeMap<String, PackageFacts>, go: &GoCommand) -> Vec<Raw> {
    let mut raws = Vec::new();
    for package in table.values() {
        let Some(error) = package.arm64.as_ref().and_then(|set| set.error.as_ref()) else {
            continue;
        };
        let output = match &error.pos {
            Some(pos) => format!("{pos}: {}", error.message),
            None => error.message.clone(),
        };
        let patterns = [package.import_path.clone()];
        raws.push(Raw {
            package: package.import_path.clone(),
            stage: Stage::Load,
            output,
            command: go.list(&Target::windows_arm64(), false, &patterns).to_string(),
            status: None,
            linked_main: None,
            overlay: None,
        });
    }
    raws
}

/// Explains, controls and connects every failure.
async fn explained(
    plan: &Plan,
    toolchain: &Toolchain,
    unit: &Unit,
    table: &BTreeMap<String, PackageFacts>,
    graph: &Graph,
    raws: Vec<Raw>,
    clock: &mut Clock<'_>,
) -> BTreeMap<String, Failure> {
    let explainer = Explainer { table, dir: &unit.go.dir, mod_cache: toolchain.env("GOMODCACHE") };
    let mut pairs: Vec<(Raw, Failure)> =
        raws.into_iter().map(|raw| (raw.clone(), explainer.explain(&raw))).collect();
    if !pairs.is_empty() {
        let begin = clock.begin("control");
        let controls =
            Controls { go: &unit.go, toolchain, table, cgo: plan.cgo, scratch: &unit.scratch };
        controls.judge(&mut pairs).await;
        clock.end("control", begin);
    }
    let roots: Vec<String> = table
        .values()
        .filter(|package| package.matched)
        .map(|package| package.import_path.clone())
        .collect();
    let mut failures = BTreeMap::new();
    for (raw, mut failure) in pairs {
        connect(&mut failure, table, graph, &roots);
        for control in &mut failure.controls {
            control.text = control.text.take().map(|text| explainer.shorten(&text));
        }
        let proof = raw.linked_main.as_ref().is_some_and(|main| !table.contains_key(main));
        failure.reproduce = if let Some(asked) = &plan.module {
            // No module of the user's has it; gowoa makes one.
            unit.go.reproduce_screen(&format!("{}@{}", asked.path, asked.version), &failure.package)
        } else if proof {
            // go build links no library: gowoa's own program does.
            unit.go.reproduce_check(plan.cgo, &failure.package)
        } else {
            let shown = raw.linked_main.as_ref().unwrap_or(&failure.package);
            unit.go.reproduce(&Target::windows_arm64(), plan.cgo, &["build"], shown)
        };
        failures.entry(failure.package.clone()).or_insert(failure);
    }
    failures
}

/// What it stops, and how it is imported.
fn connect(
    failure: &mut Failure,
    table: &BTreeMap<String, PackageFacts>,
    graph: &Graph,
    roots: &[String],
) {
    let bad = BTreeSet::from([failure.package.clone()]);
    failure.stops = graph
        .dependents(&bad)
        .into_iter()
        .filter(|path| table.get(path).is_some_and(|package| package.matched))
        .collect();
    let commands: Vec<String> = roots
        .iter()
        .filter(|path| table.get(*path).is_some_and(PackageFacts::is_command))
        .cloned()
        .collect();
    failure.chain = graph.chain(&commands, &failure.package);
    if failure.chain.is_empty() {
        failure.chain = graph.chain(roots, &failure.package);
    }
}

fn mark(table: &mut BTreeMap<String, PackageFacts>, built: &BuiltUnit) {
    for package in table.values_mut() {
        package.compiled = built.compiled.contains(&package.import_path);
        package.linked = built.linked.contains(&package.import_path);
    }
}

/// What was not proven although it was asked for.
pub(super) fn unproven(label: &str, text: &str, names: Vec<String>) -> Unproven {
    Unproven { label: label.into(), text: text.into(), names }
}

/// Whether a failure's blame leaves the package unjudged.
pub(super) fn is_open(failure: &Failure) -> bool {
    !matches!(failure.blame, Blame::Arm64 | Blame::NeedsCgo | Blame::NotWindows)
}
