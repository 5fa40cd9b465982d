//! One unit through list, build, control, tests and inspection.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::facts::{
    Blame, Failure, FailureClass, ImageFile, PackageFacts, Stage, Target, Toolchain, Tried,
    UnitFacts,
};
use crate::go::build::build;
use crate::go::command::{GoCommand, Output};
use crate::go::diagnose;
use crate::go::list::ListFailure;
use crate::go::modules::{flag_value, split_flags};
use crate::model::{PhaseReport, Problem, Unproven};
use crate::plan::Plan;

use super::build::{Builder, BuiltUnit};
use super::control::Controls;
use super::explain::{Explainer, Raw};
use super::graph::Graph;
use super::phases::Clock;
use super::proof::Host;
use super::{
    Progress, embeds, inspect, listing, lists, objects, reach, rules, sources, stubs, syso,
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

/// A unit whose lists were made.
#[derive(Debug)]
pub(super) struct Listed {
    pub(super) unit: Unit,
    pub(super) toolchain: Toolchain,
    pub(super) table: BTreeMap<String, PackageFacts>,
    facts: UnitFacts,
    /// Whether there is something to build.
    ready: bool,
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

/// Gathers everything else about one unit.
pub(super) async fn gather(plan: &Plan, listed: Listed, progress: &dyn Progress) -> UnitFacts {
    let Listed { unit, toolchain, table, mut facts, ready } = listed;
    // Nothing need be built to say that a package is unknown.
    if plan.why.as_deref().is_some_and(|asked| why::resolve(&table, asked).is_none()) {
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
    // The sources are read while `go build` works.
    let reading = sources::start(sources::wanted(&table, goroot));
    let embeds = embeds::start(embeds::wanted(&table, goroot));
    let begin = clock.begin("build");
    let built = if unit.c_toolchain_error.is_some() {
        BuiltUnit::default()
    } else {
        let builder = Builder { plan, toolchain, unit, table: &table, graph: &graph };
        builder.build(raws.iter().map(|raw| raw.package.clone()).collect()).await
    };
    facts.build = built.counts.clone();
    clock.end("build", begin);
    clock.go_took(built.go_took);
    raws.extend(built.failed.iter().cloned());
    facts.problems.extend(built.problems.iter().cloned());
    facts.unproven.extend(built.unproven.iter().cloned());

    match reading.await {
        Ok((read, took)) => {
            sources::place(&mut table, read);
            clock.add("source", took);
        }
        Err(error) => facts.problems.push(broken("the sources could not be read", &error)),
    }
    match embeds.await {
        Ok((read, took)) => {
            embeds::place(&mut table, read);
            clock.add("source", took);
        }
        Err(error) => facts.problems.push(broken("embedded files could not be read", &error)),
    }

    let links = tried::links(&raws);
    let mut failures = explained(plan, toolchain, unit, &table, &graph, raws, clock).await;
    mark(&mut table, &built);
    facts.tried = advised(plan, toolchain, unit, &table, &failures, &links, clock).await;
    list_code(plan, toolchain, unit, &mut table, facts, clock).await;
    if plan.tests && unit.c_toolchain_error.is_none() {
        let begin = clock.begin("tests");
        let bad: BTreeSet<String> = failures.keys().cloned().collect();
        let tests = tests_build::build_tests(plan, toolchain, unit, &table, &graph, &bad).await;
        clock.end("tests", begin);
        facts.problems.extend(tests.problems);
        facts.tests = tests.tests;
        facts.images.extend(tests.images);
    }
    let overlay = why::Overlay::of(&built);
    facts.images.splice(0..0, built.images);
    syso::fill(&mut facts.images, &table);
    let flags = split_flags(toolchain.env("CGO_LDFLAGS").unwrap_or_default());
    let wanted = reach::wanted(&table, plan.why.as_deref());
    inspect_all(facts, objects::sources(&table, goroot, &flags), wanted.clone(), clock).await;
    reach::fill(&mut table, &graph, &failures, &wanted, &facts.images);
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
}

/// What the compiler lists of the packages that deserve a look.
async fn list_code(
    plan: &Plan,
    toolchain: &Toolchain,
    unit: &Unit,
    table: &mut BTreeMap<String, PackageFacts>,
    facts: &mut UnitFacts,
    clock: &mut Clock<'_>,
) {
    let goroot = Path::new(toolchain.env("GOROOT").unwrap_or_default());
    let packages = listing::wanted(table, plan.listing, goroot);
    if packages.is_empty() {
        return;
    }
    let begin = clock.begin("listing");
    let lister = listing::Lister { plan, toolchain, unit, table };
    let listed = lister.list(&packages).await;
    for (path, found) in listed.facts {
        if let Some(package) = table.get_mut(&path) {
            package.listing = Some(found);
        }
    }
    facts.listing = listed.run;
    facts.unproven.extend(listed.unproven);
    clock.end("listing", begin);
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

async fn inspect_all(
    facts: &mut UnitFacts,
    sources: Vec<objects::Source>,
    wanted: BTreeSet<String>,
    clock: &mut Clock<'_>,
) {
    if facts.images.is_empty() && sources.is_empty() {
        return;
    }
    let begin = clock.begin("inspect");
    let mut images = std::mem::take(&mut facts.images);
    // Off the thread that listens for signals.
    let inspected = tokio::task::spawn_blocking(move || {
        images.iter_mut().for_each(|image| inspect::inspect(image, &wanted));
        let mut objects = objects::read(sources);
        objects::find_in_images(&mut objects, &images);
        (images, objects)
    });
    match inspected.await {
        Ok((images, objects)) => (facts.images, facts.objects) = (images, objects),
        Err(error) => facts.problems.push(broken("the images could not be inspected", &error)),
    }
    clock.end("inspect", begin);
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

/// Notes of every main module how to get down to it from where gowoa works.
fn place_modules(table: &mut BTreeMap<String, PackageFacts>, start: &std::path::Path) {
    for module in
        table.values_mut().filter_map(|package| package.module.as_mut()).filter(|m| m.main)
    {
        let Some(dir) = module.dir.as_deref() else { continue };
        module.below = match dir.strip_prefix(start) {
            Ok(below) => below.to_string_lossy().replace('\\', "/"),
            // gowoa works inside the module: places are relative to its root.
            Err(_) if start.starts_with(dir) => String::new(),
            Err(_) => module.reference.path.clone(),
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
            ListFailure::Garbage { .. } => {
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

/// What to do about a resolution that failed.
pub(super) fn next_step(class: FailureClass, words: &str) -> &'static str {
    let offline = words.contains("GOPROXY=off");
    let network =
        ["dial tcp", "no such host", "connection refused", "i/o timeout", "TLS handshake"];
    match class {
        FailureClass::NewerGo => {
            "install the Go version that is asked for, or allow its download with GOTOOLCHAIN=auto"
        }
        FailureClass::UnresolvedModule if offline => {
            "download the modules first (go mod download), or check without --offline and GOPROXY=off"
        }
        FailureClass::UnresolvedModule if network.iter().any(|word| words.contains(word)) => {
            "the module proxy could not be reached: check GOPROXY and the network, or use a filled module cache"
        }
        FailureClass::UnresolvedModule if words.contains("inconsistent vendoring") => {
            "go mod vendor (in a workspace go work vendor), or check with --mod readonly"
        }
        FailureClass::UnresolvedModule => "go mod tidy, or check with --mod=mod",
        FailureClass::MissingGeneratedInput => {
            "run the project's generate step first (go generate, or its front end), or correct the import"
        }
        FailureClass::UnsupportedFlag => "leave the flag out for windows/arm64",
        _ if words.contains("flag provided but not defined") || words.contains("unknown flag") => {
            "correct the flag: --go-flag, --tags, --ldflags and GOFLAGS are handed to go as they are"
        }
        _ if words.contains("$GOFLAGS") => {
            "correct GOFLAGS: flags separated by spaces, quoted where they hold one"
        }
        _ if words.contains("go.work") => "mend go.work, or check one module with GOWORK=off",
        _ if words.contains("go.mod") => "mend go.mod as go says",
        _ => "run the command by hand and mend what it says",
    }
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

/// What was not proven although it was asked for.
pub(super) fn unproven(label: &str, text: &str, names: Vec<String>) -> Unproven {
    Unproven { label: label.into(), text: text.into(), names }
}

/// Whether a failure's blame leaves the package unjudged.
pub(super) fn is_open(failure: &Failure) -> bool {
    !matches!(failure.blame, Blame::Arm64 | Blame::NeedsCgo | Blame::NotWindows)
}
