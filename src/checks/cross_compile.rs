//! cross-compile: does what builds for windows/amd64 build and link for windows/arm64?

use crate::facts::{
    Blame, Control, Failure, FailureClass, PackageFacts, Stage, TestFacts, UnitFacts,
};
use crate::model::{
    BuildState, ChainLink, CheckId, ControlOutcome, Evidence, FileSetClass, Finding, Location,
    Reachability, Severity, SubjectKind, Verdict,
};

use super::draft::{self, listed};
use super::{Check, Context, Meta, SubjectFacts, advice};

/// See the module.
#[derive(Debug)]
pub(super) struct CrossCompile;

static META: Meta = Meta {
    id: CheckId::new("cross-compile"),
    title: "a package that builds for windows/amd64 does not build or link for windows/arm64",
    severity: Severity::Error,
    subjects: &[SubjectKind::Package, SubjectKind::Test],
    page: include_str!("cross_compile.md"),
};

impl Check for CrossCompile {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, subject: SubjectFacts<'_>, cx: Context<'_>) -> Verdict {
        match subject {
            SubjectFacts::Package(package) => judge_package(package, cx),
            SubjectFacts::Test(test) => judge_test(test, cx),
            _ => Verdict::NotApplicable("not a package".into()),
        }
    }
}

fn judge_package(package: &PackageFacts, cx: Context<'_>) -> Verdict {
    if let Some(failure) = cx.unit.failures.get(&package.import_path) {
        return of_failure(failure, package, cx);
    }
    if let Some(verdict) = stopped(package, cx.unit) {
        return verdict;
    }
    if package.compiled {
        return Verdict::Pass;
    }
    match state(package, cx.unit) {
        BuildState::Excluded => {
            Verdict::NotApplicable("no file for windows/arm64; package-excluded judges that".into())
        }
        BuildState::NotWindows => Verdict::NotApplicable(not_windows_reason(None)),
        _ if package
            .arm64
            .as_ref()
            .is_some_and(|set| !set.compiles_something() && !set.tests.is_empty()) =>
        {
            Verdict::NotApplicable("it has test files only".into())
        }
        _ if package.arm64.is_none() => {
            Verdict::NotApplicable("the windows/arm64 build does not reach it".into())
        }
        _ if !package.matched => {
            Verdict::NotApplicable("only packages that do not build import it".into())
        }
        _ => Verdict::Inconclusive { reason: "it was not built".into(), gating: package.matched },
    }
}

/// How far a package came; the one place that decides it.
pub(crate) fn state(package: &PackageFacts, unit: &UnitFacts) -> BuildState {
    if let Some(failure) = unit.failures.get(&package.import_path) {
        return match failure.blame {
            Blame::NotWindows => BuildState::NotWindows,
            _ if failure.class == FailureClass::Excluded => BuildState::Excluded,
            _ => BuildState::Failed,
        };
    }
    let culprits = culprits(package, unit);
    if !culprits.is_empty() {
        return match worst(&culprits) {
            Some(Blame::NotWindows) => BuildState::NotWindows,
            _ => BuildState::Stopped,
        };
    }
    if package.linked {
        return BuildState::Linked;
    }
    if package.compiled {
        return BuildState::Compiled;
    }
    let has = |set: &Option<crate::facts::FileSet>| {
        set.as_ref().is_some_and(|set| set.compiles_something())
    };
    let on_arm64 = has(&package.arm64) || has(&package.arm64_alone);
    if package.class == Some(FileSetClass::CgoOnly) || (!on_arm64 && has(&package.amd64)) {
        BuildState::Excluded
    } else if !on_arm64 && !has(&package.amd64) && package.on_host == Some(true) {
        BuildState::NotWindows
    } else {
        BuildState::NotBuilt
    }
}

/// Failures of packages that this one imports, itself not among them.
pub(crate) fn culprits<'a>(package: &PackageFacts, unit: &'a UnitFacts) -> Vec<&'a Failure> {
    unit.failures.values().filter(|failure| failure.stops.contains(&package.import_path)).collect()
}

/// Of several causes the one that says most about arm64.
fn worst(culprits: &[&Failure]) -> Option<Blame> {
    culprits.iter().map(|failure| failure.blame).min()
}

fn stopped(package: &PackageFacts, unit: &UnitFacts) -> Option<Verdict> {
    let culprits = culprits(package, unit);
    let blame = worst(&culprits)?;
    let names: Vec<String> = culprits
        .iter()
        .filter(|failure| failure.blame == blame)
        .map(|failure| failure.package.clone())
        .collect();
    let names = listed(&names, 3);
    let asked = package.named || package.is_command();
    Some(match blame {
        Blame::Arm64 | Blame::NeedsCgo => Verdict::Inconclusive {
            reason: format!("not built: it imports {names}, which fails; see the finding there"),
            gating: false,
        },
        Blame::NotWindows => Verdict::NotApplicable(format!(
            "not a Windows package: it imports {names}, which is not either"
        )),
        Blame::Unresolved => Verdict::Inconclusive {
            reason: format!("its dependencies could not be resolved: {names}"),
            gating: package.matched,
        },
        Blame::Toolchain | Blame::Unknown => Verdict::Inconclusive {
            reason: format!("not built: it imports {names}, whose failure could not be judged"),
            gating: package.matched,
        },
        Blame::Everywhere => Verdict::Inconclusive {
            reason: format!(
                "not built: it imports {names}, which does not build for windows/amd64 either"
            ),
            gating: asked,
        },
    })
}

fn of_failure(failure: &Failure, package: &PackageFacts, cx: Context<'_>) -> Verdict {
    let words = placed_words(failure);
    match failure.blame {
        Blame::Arm64
            if matches!(failure.class, FailureClass::Excluded | FailureClass::Sentinel) =>
        {
            Verdict::NotApplicable("no file for windows/arm64; package-excluded judges that".into())
        }
        Blame::Arm64 => Verdict::Fail(vec![arm64_finding(failure, package, cx)]),
        Blame::NeedsCgo => Verdict::NotApplicable("it needs cgo; needs-cgo judges that".into()),
        Blame::NotWindows if package.named => {
            Verdict::Fail(vec![not_windows_finding(failure, package, cx)])
        }
        Blame::NotWindows => Verdict::NotApplicable(not_windows_reason(Some(failure))),
        Blame::Toolchain => Verdict::Inconclusive {
            reason: format!("the C toolchain failed: {words}"),
            gating: true,
        },
        Blame::Unresolved => Verdict::Inconclusive {
            reason: format!("its dependencies could not be resolved: {words}"),
            gating: true,
        },
        Blame::Unknown => Verdict::Inconclusive {
            reason: format!("it fails, and the control build could not be judged: {words}"),
            gating: true,
        },
        Blame::Everywhere => Verdict::Inconclusive {
            reason: everywhere_reason(failure, &words),
            gating: package.named || package.is_command(),
        },
    }
}

fn everywhere_reason(failure: &Failure, words: &str) -> String {
    match failure.class {
        FailureClass::MissingGeneratedInput => format!(
            "something that belongs to the project is not there ({words}): generated or fetched first, or \
             misspelt; not an arm64 problem"
        ),
        FailureClass::SyntaxError => format!("it does not parse ({words}): not an arm64 problem"),
        _ => format!("it fails for every target ({words}): not an arm64 problem"),
    }
}

fn not_windows_reason(failure: Option<&Failure>) -> String {
    let built = |control: &&Control| control.target.host && control.builds == Some(true);
    match failure.and_then(|failure| failure.controls.iter().find(built)) {
        Some(control) => format!(
            "not a Windows package: fails for windows/amd64 too and builds for {}",
            control.target.target
        ),
        None => "not a Windows package: no file of it is for Windows".into(),
    }
}

/// The first line of the tool that says something.
pub(super) fn first_words(failure: &Failure) -> String {
    // A linker that runs another linker says first that it failed, and then why.
    let why = failure.diagnostics.iter().find(|d| d.message.contains("error: "));
    let outer = failure.diagnostics.first().is_some_and(|d| d.message.contains(": running "));
    if let (true, Some(why)) = (outer, why) {
        return why.message.clone();
    }
    failure
        .diagnostics
        .iter()
        .map(|d| d.message.clone())
        .find(|message| !message.is_empty())
        .unwrap_or_else(|| failure.output.lines().next().unwrap_or("no message").to_owned())
}

/// The same with the place in front, where it has one.
fn placed_words(failure: &Failure) -> String {
    let words = first_words(failure);
    let place = failure.diagnostics.iter().find(|d| d.message == words).and_then(|d| {
        let place = format!("{}:{}", d.file.as_ref()?, d.line?);
        Some(d.column.map_or(place.clone(), |column| format!("{place}:{column}")))
    });
    place.map_or(words.clone(), |place| format!("{place}: {words}"))
}

fn arm64_finding(failure: &Failure, package: &PackageFacts, cx: Context<'_>) -> Finding {
    let verb = match failure.stage {
        Stage::Link => "link",
        Stage::Load => "load",
        Stage::Compile => "compile",
    };
    let more = failure.diagnostics.len().saturating_sub(1);
    let more = match more {
        0 => String::new(),
        1 => " (and 1 more error)".into(),
        n => format!(" (and {n} more errors)"),
    };
    let message = format!(
        "{} does not {verb} for windows/arm64: {}{more}",
        package.import_path,
        first_words(failure)
    );
    let mut finding = draft::finding(&META.id, cx.subject, Severity::Error, message);
    let mut help = advice::for_failure(failure, package, cx.unit);
    if package.in_main_module() && only_internal(failure, package, cx.unit) {
        help.push_str("\nonly internal packages are affected: nothing that builds imports them");
    }
    finding.help = Some(help);
    finish(finding, failure, package, cx.unit)
}

/// Whether a failure concerns internal packages of the module alone, and something else builds.
fn only_internal(failure: &Failure, package: &PackageFacts, unit: &UnitFacts) -> bool {
    let hidden = |package: &PackageFacts| package.is_internal() && !package.is_command();
    let stops = failure.stops.iter().filter_map(|path| unit.packages.get(path));
    let rest_builds = unit.packages.values().any(|p| p.matched && p.compiled && !p.is_internal());
    hidden(package) && stops.into_iter().all(hidden) && rest_builds
}

fn not_windows_finding(failure: &Failure, package: &PackageFacts, cx: Context<'_>) -> Finding {
    let message =
        format!("{} is not a Windows package: {}", package.import_path, first_words(failure));
    let mut finding = draft::finding(&META.id, cx.subject, Severity::Error, message);
    finding.help = Some("leave it out of the patterns, or give it files for windows".into());
    let mut finding = finish(finding, failure, package, cx.unit);
    finding.class = Some("not-windows".into());
    finding
}

/// Class, place, reachability and evidence of a failure: shared by the checks about building.
pub(super) fn finish(
    mut finding: Finding,
    failure: &Failure,
    package: &PackageFacts,
    unit: &UnitFacts,
) -> Finding {
    finding.class = Some(failure.class.as_str().into());
    finding.location = failure.diagnostics.iter().find_map(draft::location).or_else(|| {
        failure.definition.as_ref().map(|definition| Location {
            file: Some(definition.file.clone()),
            line: Some(definition.line),
            ..Location::default()
        })
    });
    finding.evidence = evidence(failure, unit);
    finding.evidence.extend(advice::rule_evidence(package));
    if !package.amd64_only.is_empty() || !package.arm64_only.is_empty() {
        finding.evidence.push(draft::files(package));
    }
    finding.evidence.extend(advice::tried(failure, package, unit));
    let reach =
        if package.in_main_module() { Reachability::MainModule } else { Reachability::StopsBuild };
    draft::about_package(finding, package, reach)
}

fn evidence(failure: &Failure, unit: &UnitFacts) -> Vec<Evidence> {
    let mut evidence = Vec::new();
    if let Some(definition) = &failure.definition {
        let whose = if definition.cgo {
            "; only a build with cgo has that file"
        } else {
            "; no file does for arm64"
        };
        let other = if definition.package == failure.package {
            String::new()
        } else {
            format!(" (package {})", definition.package)
        };
        evidence.push(Evidence::Cause {
            text: format!("{}{other} defines {}{whose}", definition.file, definition.symbol),
            file: Some(definition.file.clone()),
            line: Some(definition.line),
        });
    }
    evidence.extend(foreign_assembly(failure, unit));
    evidence.extend(failure.controls.iter().map(control));
    if failure.chain.len() > 1 {
        let link = |path: &String| ChainLink {
            package: path.clone(),
            module: unit
                .packages
                .get(path)
                .filter(|package| !package.in_main_module())
                .and_then(PackageFacts::module_ref),
        };
        evidence.push(Evidence::Chain { links: failure.chain.iter().map(link).collect() });
    }
    if !failure.stops.is_empty() {
        evidence.push(Evidence::Stops { packages: failure.stops.clone() });
    }
    evidence.push(Evidence::Output {
        command: failure.command.clone(),
        status: failure.status,
        text: failure.output.trim_end().to_owned(),
    });
    evidence.push(Evidence::Reproduce { command: failure.reproduce.clone() });
    evidence
}

/// Why x86 assembly comes to the assembler for ARM64 at all: no name and no constraint keeps it from it.
fn foreign_assembly(failure: &Failure, unit: &UnitFacts) -> Option<Evidence> {
    if failure.class != FailureClass::ForeignAssembly {
        return None;
    }
    let package = unit.packages.get(&failure.package)?;
    let place = package.source.as_ref()?.assembly.foreign.first()?;
    let path = package.report_path(&place.file);
    Some(Evidence::Cause {
        text: format!(
            "{path} is x86 assembly ({}) and its name ends in no architecture, so every one assembles it",
            place.text
        ),
        file: Some(path),
        line: Some(place.line),
    })
}

fn control(control: &Control) -> Evidence {
    let outcome = match control.builds {
        Some(true) => ControlOutcome::Builds,
        Some(false) => ControlOutcome::Fails,
        None => ControlOutcome::Unknown,
    };
    Evidence::Control { target: control.target.target.clone(), outcome, text: control.text.clone() }
}

fn judge_test(test: &TestFacts, cx: Context<'_>) -> Verdict {
    if let Some(culprit) = &test.stopped_by {
        return Verdict::Inconclusive {
            reason: format!("not built: {culprit} fails; see the finding there"),
            gating: false,
        };
    }
    let Some(failure) = &test.failure else {
        return match &test.exe {
            Some(_) => Verdict::Pass,
            None => Verdict::Inconclusive {
                reason: "go made no test binary and gave no reason".into(),
                gating: true,
            },
        };
    };
    let words = first_words(failure);
    let Some(package) = cx.unit.packages.get(&test.package) else {
        return Verdict::Inconclusive {
            reason: "the package under test is unknown".into(),
            gating: true,
        };
    };
    match failure.blame {
        Blame::Arm64 => {
            let message = format!(
                "the tests of {} do not build for windows/arm64: {words} (the package itself does)",
                package.import_path
            );
            let mut finding = draft::finding(&META.id, cx.subject, Severity::Error, message);
            finding.help = Some(
                "give the test files that need amd64 a build constraint, or mend them for arm64"
                    .into(),
            );
            Verdict::Fail(vec![finish(finding, failure, package, cx.unit)])
        }
        Blame::NeedsCgo | Blame::NotWindows => Verdict::NotApplicable(format!(
            "its tests do not build for windows/amd64 either: {words}"
        )),
        Blame::Toolchain | Blame::Unresolved | Blame::Unknown => {
            Verdict::Inconclusive { reason: words, gating: true }
        }
        Blame::Everywhere => Verdict::Inconclusive {
            reason: format!("its tests fail to build everywhere: {words}"),
            gating: false,
        },
    }
}
