//! Asks every check of every subject, and makes the Report.

use crate::checks::{CHECKS, Check, Context, SubjectFacts, cross_compile_state};
use crate::facts::{Blame, Failure, FailureClass, UnitFacts};
use crate::model::{
    BuildState, CheckResult, Counts, Finding, Host, PlanReport, Problem, Report, ResultVerdict,
    SCHEMA_VERSION, Severity, Subject, SubjectId, SubjectKind, ToolRef, Unproven, Verdict,
};
use crate::plan::Plan;
use crate::policy;

use super::phases;
use super::unit::{code_bytes, is_open, next_step};
use super::{Gathered, Surroundings};

/// Variables that change what is built, each with its default; they stand in the Report where they differ.
const RECORDED: &[(&str, &str)] = &[
    ("GOFLAGS", ""),
    ("GOARM64", "v8.0"),
    ("GOEXPERIMENT", ""),
    ("GOFIPS140", "off"),
    ("GOTOOLCHAIN", "auto"),
    ("GODEBUG", ""),
];

/// The Report of everything that was gathered; secrets are still in it.
pub(super) fn report(plan: &Plan, around: &Surroundings, gathered: &Gathered) -> Report {
    let mut parts = Parts::default();
    for unit in &gathered.units {
        parts.add(unit, gathered.units.len() > 1);
    }
    parts.sort();
    let mut counts = parts.counts;
    counts.modules = modules(&gathered.units);
    policy::count(&parts.findings, &mut counts);
    counts.inconclusive = count_of(&parts.results, ResultVerdict::Inconclusive);
    let judged = parts.judged;
    let gating = !parts.problems.is_empty() || parts.results.iter().any(|result| result.gating);
    if !judged && parts.problems.is_empty() {
        let open = gathered.units.iter().flat_map(|unit| open_problems(unit, true));
        parts.problems.extend(open);
    }
    if !judged && parts.problems.is_empty() {
        parts.problems.push(nothing_judged(gathered));
    }
    if gating && parts.problems.is_empty() {
        parts.problems.push(unjudged(&parts.results, &parts.subjects));
    }
    let mut unproven = parts.unproven;
    unproven.extend(always_unproven(plan, &counts));
    Report {
        schema_version: SCHEMA_VERSION.into(),
        tool: ToolRef { name: "gowoa".into(), version: env!("CARGO_PKG_VERSION").into() },
        started: around.started.clone(),
        duration_ms: 0,
        host: Host {
            name: around.host_name.clone(),
            platform: gathered.toolchain.host.to_string(),
        },
        plan: plan_report(plan, gathered),
        verdict: policy::verdict(&parts.findings, plan.fail_on, gating, judged),
        counts,
        phases: phases::of(&gathered.units),
        problems: parts.problems,
        unproven,
        subjects: parts.subjects,
        results: parts.results,
        findings: parts.findings,
    }
}

/// What the units add up to.
#[derive(Default)]
struct Parts {
    counts: Counts,
    problems: Vec<Problem>,
    unproven: Vec<Unproven>,
    subjects: Vec<Subject>,
    results: Vec<CheckResult>,
    findings: Vec<Finding>,
    judged: bool,
}

impl Parts {
    fn add(&mut self, unit: &UnitFacts, several: bool) {
        self.count(unit);
        self.problems.extend(unit.problems.iter().cloned());
        self.problems.extend(open_problems(unit, false));
        self.unproven.extend(unit.unproven.iter().cloned());
        self.not_windows(unit);
        for (facts, subject) in subjects(unit, several) {
            self.ask(facts, &subject, unit);
            self.subjects.push(subject);
        }
    }

    fn ask(&mut self, facts: SubjectFacts<'_>, subject: &Subject, unit: &UnitFacts) {
        let cx = Context { unit, subject: &subject.id };
        for check in CHECKS.iter().filter(|check| check.meta().subjects.contains(&facts.kind())) {
            let verdict = check.judge(facts, cx);
            self.take(*check, subject, verdict);
        }
    }

    fn take(&mut self, check: &dyn Check, subject: &Subject, verdict: Verdict) {
        let meta = check.meta();
        let built = subject.kind == SubjectKind::Package && subject.matched && compiles(subject);
        let mut result = CheckResult {
            check: meta.id.clone(),
            subject: subject.id.clone(),
            verdict: ResultVerdict::Pass,
            reason: None,
            gating: false,
        };
        match verdict {
            Verdict::Pass => self.judged |= built,
            Verdict::Fail(findings) => {
                result.verdict = ResultVerdict::Fail;
                // An error says no all by itself; a warning about what is not built proves nothing.
                self.judged |= findings.iter().any(|finding| finding.severity == Severity::Error);
                self.findings.extend(findings);
            }
            Verdict::NotApplicable(reason) => {
                result.verdict = ResultVerdict::NotApplicable;
                result.reason = Some(reason);
            }
            Verdict::Inconclusive { reason, gating } => {
                result.verdict = ResultVerdict::Inconclusive;
                result.reason = Some(reason);
                // Only what could have been an error keeps the report from an answer.
                result.gating = gating && meta.severity == Severity::Error;
            }
        }
        self.results.push(result);
    }

    fn count(&mut self, unit: &UnitFacts) {
        let counts = &mut self.counts;
        let size = |n: usize| n as u64;
        counts.packages += size(unit.packages.len());
        for package in unit.packages.values() {
            counts.matched += u64::from(package.matched);
            counts.commands += u64::from(package.matched && package.is_command());
            counts.compiled += u64::from(package.compiled);
            counts.linked += u64::from(package.linked);
        }
        counts.link_proofs += unit.build.link_proofs;
        counts.tests_built += size(unit.tests.values().filter(|test| test.exe.is_some()).count());
        counts.images += size(unit.images.iter().filter(|image| image.facts.is_ok()).count());
        counts.code_bytes += unit.images.iter().map(code_bytes).sum::<u64>();
    }

    fn not_windows(&mut self, unit: &UnitFacts) {
        let names: Vec<String> = unit
            .packages
            .values()
            .filter(|p| p.matched && cross_compile_state(p, unit) == BuildState::NotWindows)
            .map(|p| p.import_path.clone())
            .collect();
        if !names.is_empty() {
            self.unproven.push(Unproven {
                label: "not Windows".into(),
                text: "they fail for windows/amd64 too, or have no file for windows".into(),
                names,
            });
        }
    }

    fn sort(&mut self) {
        self.subjects.sort_by(|a, b| a.id.cmp(&b.id));
        self.results.sort_by(|a, b| (&a.subject, &a.check).cmp(&(&b.subject, &b.check)));
        self.findings.sort_by(|a, b| {
            b.severity.cmp(&a.severity).then_with(|| stops(b).cmp(&stops(a))).then_with(|| {
                (&a.check, &a.subject, &a.message).cmp(&(&b.check, &b.subject, &b.message))
            })
        });
    }
}

fn compiles(subject: &Subject) -> bool {
    matches!(subject.build, Some(BuildState::Compiled | BuildState::Linked))
}

/// How many packages a finding keeps from building.
fn stops(finding: &Finding) -> usize {
    let stops = finding.evidence.iter().filter_map(|evidence| match evidence {
        crate::model::Evidence::Stops { packages } => Some(packages.len()),
        _ => None,
    });
    stops.sum()
}

fn count_of(results: &[CheckResult], verdict: ResultVerdict) -> u64 {
    results.iter().filter(|result| result.verdict == verdict).count() as u64
}

fn modules(units: &[UnitFacts]) -> u64 {
    let mut paths: Vec<&str> = units
        .iter()
        .flat_map(|unit| unit.packages.values())
        .filter(|package| package.matched)
        .filter_map(|package| package.module.as_ref())
        .map(|module| module.reference.path.as_str())
        .collect();
    paths.sort_unstable();
    paths.dedup();
    paths.len() as u64
}

/// The subjects of a unit, each with its facts. Names carry the unit's directory where there are several.
fn subjects(unit: &UnitFacts, several: bool) -> Vec<(SubjectFacts<'_>, Subject)> {
    let named = |name: &str| {
        if several && unit.name != "." { format!("{}!{name}", unit.name) } else { name.to_owned() }
    };
    let blank = |kind: SubjectKind, name: &str| Subject {
        id: SubjectId::new(kind, &named(name)),
        kind,
        name: name.to_owned(),
        module: None,
        matched: false,
        command: false,
        class: None,
        build: None,
        machine: None,
        size: None,
        sha256: None,
        packages: Vec::new(),
    };
    let mut all = vec![(SubjectFacts::Build, blank(SubjectKind::Build, &unit.name))];
    for package in unit.packages.values() {
        let subject = Subject {
            module: package.module_ref(),
            matched: package.matched,
            command: package.is_command(),
            class: package.class,
            build: Some(cross_compile_state(package, unit)),
            ..blank(SubjectKind::Package, &package.import_path)
        };
        all.push((SubjectFacts::Package(package), subject));
    }
    for test in unit.tests.values() {
        let build = match (&test.exe, &test.failure) {
            (Some(_), _) => BuildState::Linked,
            (None, Some(_)) => BuildState::Failed,
            (None, None) => BuildState::Stopped,
        };
        let subject = Subject { build: Some(build), ..blank(SubjectKind::Test, &test.package) };
        all.push((SubjectFacts::Test(test), subject));
    }
    for image in &unit.images {
        let facts = image.facts.as_ref().ok();
        let packages = if image.link_proof {
            image.libraries.clone()
        } else {
            image.package.iter().cloned().collect()
        };
        let subject = Subject {
            machine: facts.map(|facts| facts.kind.words().into_owned()),
            size: facts.map(|facts| facts.size),
            sha256: image.sha256.clone(),
            packages,
            ..blank(SubjectKind::Image, &image.name)
        };
        all.push((SubjectFacts::Image(image), subject));
    }
    all
}

/// What could not be judged and matters, in the tools' own words.
///
/// `all`: also what nobody asked for by name, because nothing else could be judged.
fn open_problems(unit: &UnitFacts, all: bool) -> Vec<Problem> {
    let mut problems = Vec::new();
    if let Some(reason) = &unit.c_toolchain_error {
        problems.push(Problem {
            message: reason.clone(),
            details: Vec::new(),
            next: Some(
                "install llvm-mingw (aarch64-w64-mingw32-clang) or zig, or set CC to a compiler for ARM64 Windows"
                    .into(),
            ),
        });
    }
    let gates = |failure: &&Failure| {
        let asked = |path: &String| {
            unit.packages.get(path).is_some_and(|p| p.matched && (p.named || p.is_command()))
        };
        let matched = unit.packages.get(&failure.package).is_some_and(|p| p.matched);
        match failure.blame {
            Blame::Unresolved | Blame::Toolchain | Blame::Unknown => {
                matched || !failure.stops.is_empty()
            }
            _ => asked(&failure.package) || failure.stops.iter().any(asked),
        }
    };
    let open: Vec<&Failure> =
        unit.failures.values().filter(|f| is_open(f)).filter(|f| all || gates(f)).collect();
    for blame in [Blame::Unresolved, Blame::Toolchain, Blame::Unknown, Blame::Everywhere] {
        let group: Vec<&&Failure> = open.iter().filter(|failure| failure.blame == blame).collect();
        if let Some(first) = group.first() {
            problems.push(problem_of(blame, first, &group, unit, all));
        }
    }
    problems
}

fn problem_of(
    blame: Blame,
    first: &Failure,
    group: &[&&Failure],
    unit: &UnitFacts,
    all: bool,
) -> Problem {
    // Where every target fails, only what was asked for counts; what cannot be resolved always does.
    let counts = |path: &&String| {
        let package = unit.packages.get(*path).filter(|package| package.matched);
        package.is_some_and(|p| all || blame != Blame::Everywhere || p.named || p.is_command())
    };
    let mut affected: Vec<&String> = group
        .iter()
        .flat_map(|failure| failure.stops.iter().chain(std::iter::once(&failure.package)))
        .filter(counts)
        .collect();
    affected.sort();
    affected.dedup();
    let count = affected.len();
    let packages = if count == 1 { "package" } else { "packages" };
    let message = match blame {
        Blame::Unresolved => {
            format!("the dependencies of {count} {packages} could not be resolved")
        }
        Blame::Toolchain => format!("the C toolchain failed for {count} {packages}"),
        Blame::Unknown => {
            format!(
                "{count} {packages} fail here, and the control build could not tell whose fault it is"
            )
        }
        _ => {
            let names: Vec<&str> = affected.iter().take(3).map(|path| path.as_str()).collect();
            let more = if count > names.len() {
                format!(" and {} more", count - names.len())
            } else {
                String::new()
            };
            let fail = if count == 1 { "fails" } else { "fail" };
            format!("{}{more} {fail} for every target: not an arm64 problem", names.join(", "))
        }
    };
    let details = group
        .iter()
        .map(|failure| format!("{}: {}", failure.package, first_words(&failure.output)));
    Problem { message, details: details.collect(), next: Some(next_of(first, unit)) }
}

/// What to do about what fails everywhere: the class's own step, or the command that shows it.
fn next_of(failure: &Failure, unit: &UnitFacts) -> String {
    let resolution = matches!(failure.blame, Blame::Unresolved | Blame::Toolchain);
    if resolution || failure.class == FailureClass::MissingGeneratedInput {
        return next_step(failure.class, &failure.output).into();
    }
    let module = unit.packages.get(&failure.package).filter(|package| !package.in_main_module());
    match module.and_then(|package| package.module_ref()) {
        Some(module) => format!(
            "{} {} does not build with this Go: try go get {}@latest; see it: {}",
            module.path,
            module.version.unwrap_or_default(),
            module.path,
            failure.reproduce
        ),
        None => format!("mend what it says; see it: {}", failure.reproduce),
    }
}

/// Checks that had to answer and could not, where nothing else says why.
fn unjudged(results: &[CheckResult], subjects: &[Subject]) -> Problem {
    let name = |id: &SubjectId| {
        let subject = subjects.iter().find(|subject| subject.id == *id);
        subject.map_or_else(String::new, |subject| subject.name.clone())
    };
    let open: Vec<&CheckResult> = results.iter().filter(|result| result.gating).collect();
    let check = open.first().map(|result| result.check.to_string()).unwrap_or_default();
    let mut names: Vec<String> = open.iter().map(|result| name(&result.subject)).collect();
    names.dedup();
    let message = match names.as_slice() {
        [one] => format!("{one} could not be judged"),
        many => format!("{} subjects could not be judged", many.len()),
    };
    let details = open.iter().filter_map(|result| {
        Some(format!("{}: {}", name(&result.subject), result.reason.as_ref()?))
    });
    Problem {
        message,
        details: details.collect(),
        next: Some(format!(
            "mend what it says and check again, with the go of a Go distribution; see gowoa explain {check}"
        )),
    }
}

fn nothing_judged(gathered: &Gathered) -> Problem {
    let packages =
        gathered.units.iter().flat_map(|unit| unit.packages.values().map(move |p| (unit, p)));
    let matched: Vec<_> = packages.filter(|(_, package)| package.matched).collect();
    let excluded = matched
        .iter()
        .filter(|(unit, p)| cross_compile_state(p, unit) == BuildState::Excluded)
        .count();
    let why = if excluded > 0 {
        format!(
            "{excluded} of {} matched packages have Go files for windows/amd64 and none for arm64",
            matched.len()
        )
    } else {
        format!("of {} matched packages none is for Windows and builds", matched.len())
    };
    Problem {
        message: format!("nothing could be judged: {why}"),
        details: Vec::new(),
        next: Some("name packages that are for Windows, or another directory with -C DIR".into()),
    }
}

/// The first line; where go goes on below a colon, the next as well.
fn first_words(output: &str) -> String {
    if let Some(why) =
        output.lines().find(|line| output.contains(": running ") && line.contains("error: "))
    {
        return why.trim().to_owned();
    }
    let mut lines = output.lines().map(str::trim);
    let first = lines.next().filter(|line| !line.is_empty()).unwrap_or("no message");
    match lines.next() {
        Some(next) if first.ends_with(':') => format!("{first} {next}"),
        _ => first.to_owned(),
    }
}

/// What this version never proves.
fn always_unproven(plan: &Plan, counts: &Counts) -> Vec<Unproven> {
    let line = |label: &str, text: &str| Unproven {
        label: label.into(),
        text: text.into(),
        names: Vec::new(),
    };
    let mut all = Vec::new();
    if counts.images > 0 {
        all.push(line(
            "not scanned",
            "the code words inside the images: foreign machine code in .text would go unseen",
        ));
    }
    let tests = if plan.tests {
        "no test was executed; test binaries were built only"
    } else {
        "no test was executed"
    };
    all.push(line("not run", tests));
    all
}

fn plan_report(plan: &Plan, gathered: &Gathered) -> PlanReport {
    let flags = &plan.flags;
    let mut go_flags = Vec::new();
    go_flags.extend(flags.mod_mode.iter().map(|mode| format!("-mod={mode}")));
    go_flags.extend(flags.ldflags.iter().map(|ldflags| format!("-ldflags={ldflags}")));
    go_flags.extend(flags.build_mode.iter().map(|mode| format!("-buildmode={mode}")));
    go_flags.extend(flags.extra.iter().cloned());
    let toolchain = &gathered.toolchain;
    let environment = RECORDED
        .iter()
        .filter_map(|(key, default)| {
            let value = toolchain.env(key).filter(|value| value != default)?;
            Some(((*key).to_owned(), value.to_owned()))
        })
        .collect();
    PlanReport {
        target: "windows/arm64".into(),
        go_version: Some(toolchain.version.clone()),
        go_origin: Some(toolchain.origin.clone()),
        patterns: gathered.patterns.clone(),
        cgo: plan.cgo,
        c_compiler: gathered.c_compiler.clone(),
        tags: flags.tags.clone(),
        go_flags,
        environment,
        tests: plan.tests,
        offline: plan.offline,
        fail_on: plan.fail_on,
    }
}
