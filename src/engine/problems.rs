//! What keeps the report from an answer, in the words of whoever could not give one.

use crate::checks::cross_compile_state;
use crate::facts::{Blame, Failure, FailureClass, UnitFacts};
use crate::go::build::Built;
use crate::go::diagnose;
use crate::model::{BuildState, CheckResult, Problem, Subject, SubjectId, SubjectKind};

use super::proof::Proof;
use super::unit::is_open;

/// What could not be judged and matters, in the tools' own words.
///
/// `all`: also what nobody asked for by name, because nothing else could be judged.
pub(super) fn open_problems(unit: &UnitFacts, all: bool) -> Vec<Problem> {
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
            let culprits: Vec<&str> =
                group.iter().map(|failure| failure.package.as_str()).collect();
            let names = culprits.iter().take(3).copied().collect::<Vec<_>>().join(", ");
            let more = match culprits.len() {
                some if some > 3 => format!(" and {} more", some - 3),
                _ => String::new(),
            };
            let (fail, stop) =
                if culprits.len() == 1 { ("fails", "stops") } else { ("fail", "stop") };
            let others = affected.iter().filter(|path| !culprits.contains(&path.as_str()));
            let stops = match others.count() {
                0 => String::new(),
                1 => format!(", and {stop} 1 package"),
                some => format!(", and {stop} {some} packages"),
            };
            format!("{names}{more} {fail} for every target{stops}: not an arm64 problem")
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

/// A package that failed for want of disk, memory or a permission.
pub(super) fn not_the_package(package: &str, words: &str, built: &Built) -> Problem {
    Problem {
        message: format!("the machine stopped the build of {package}: {words}"),
        details: vec![format!("`{}`", built.command)],
        next: Some(
            "make room (disk, memory, permissions) where go writes, or name another place with \
             --out-dir, GOWOA_CACHE, GOCACHE or GOTMPDIR"
                .into(),
        ),
    }
}

/// A failure of a package that is none of the project's: Go's own, or one that no list has.
pub(super) fn outside(package: &str, output: &str, built: &Built) -> Problem {
    Problem {
        message: format!("go could not build {package}, which is no package of the project"),
        details: output
            .lines()
            .filter(|l| !diagnose::is_frame(l))
            .take(5)
            .map(str::to_owned)
            .collect(),
        next: Some(format!(
            "see it: {}; check the Go installation and the flags",
            built.origin(package).0
        )),
    }
}

/// A generated program that does not link although every package it links compiles.
pub(super) fn unlinked(proof: &Proof) -> Problem {
    let count = proof.libraries.len();
    Problem {
        message: format!(
            "{count} library package{} could not be linked, and the fault lies with none that can be named",
            if count == 1 { "" } else { "s" }
        ),
        details: proof
            .words
            .lines()
            .filter(|line| !diagnose::is_frame(line))
            .take(5)
            .map(str::to_owned)
            .collect(),
        next: Some(format!(
            "link them by hand in a program of yours that uses {}",
            proof.libraries.first().map_or("them", String::as_str)
        )),
    }
}

/// The generated programs could not be written.
pub(super) fn unwritten(error: &std::io::Error) -> Problem {
    let next = match error.kind() {
        std::io::ErrorKind::Other => {
            "see gowoa explain cross-compile; the packages were compiled only"
        }
        _ => "make room in the cache directory, or name another with GOWOA_CACHE",
    };
    Problem {
        message: format!("the programs that link the libraries could not be made: {error}"),
        details: Vec::new(),
        next: Some(next.into()),
    }
}

/// A call that failed without saying which package: what it says is a problem of the whole build.
pub(super) fn unexplained(built: &Built) -> Option<Problem> {
    if let Some(garbage) = &built.garbage {
        return Some(Problem {
            message: format!("`{}` did not build: {garbage}", built.command),
            details: Vec::new(),
            next: Some(
                "check that this is the go command of a Go distribution (`go version`)".into(),
            ),
        });
    }
    if built.status == Some(0) || !built.failed.is_empty() {
        return None;
    }
    let details: Vec<String> =
        built.stderr.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect();
    let class = diagnose::read_all(
        &details.iter().map(|line| diagnose::diagnostic(line)).collect::<Vec<_>>(),
    )
    .class;
    let status = built.status.map_or("a signal".into(), |code| format!("status {code}"));
    Some(Problem {
        message: format!("go build ended with {status} and named no package"),
        next: Some(next_step(class, &built.stderr).into()),
        details,
    })
}

/// Checks that had to answer and could not, where nothing else says why.
pub(super) fn unjudged(results: &[CheckResult], subjects: &[Subject]) -> Problem {
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
    // Of what gowoa was given no go made anything.
    let given = subjects.iter().any(|subject| subject.kind == SubjectKind::Inputs);
    let next = if given {
        format!("build or fetch it again, or give what is in it; see gowoa explain {check}")
    } else {
        format!(
            "mend what it says and check again, with the go of a Go distribution; see gowoa explain {check}"
        )
    };
    Problem { message, details: details.collect(), next: Some(next) }
}

pub(super) fn nothing_judged(units: &[UnitFacts]) -> Problem {
    if units.iter().any(|unit| unit.given.is_some()) {
        return Problem {
            message: "nothing that was given could be judged".into(),
            details: Vec::new(),
            next: Some(
                "name exes, objects, archives of them, or directories that hold some".into(),
            ),
        };
    }
    let packages = units.iter().flat_map(|unit| unit.packages.values().map(move |p| (unit, p)));
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
