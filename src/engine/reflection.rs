//! Whether reflection alone keeps what findings are about.
//!
//! A program that looks methods up by a name or a number makes Go's linker keep every exported method of the types
//! that it can reach (cmd/link, `deadcode`). Such a method, and what only it calls, is in the exe, and nobody may
//! ever call it. Three look, each only at what the one before left open:
//!
//! 1. the function table: an exe without the functions of `reflect` that look methods up keeps none for them;
//! 2. the code of the exe: what `main.main` and the initialisers lead to is called;
//! 3. the linker, in a link of its own: what it names no other reason for, and no code but that of such functions
//!    refers to, is kept for reflection alone.
//!
//! The link is what costs. So it is made only for an exe that holds a function which an error or a warning is
//! about, and that the first two do not know to be called; what notes are about is told with it. And it is made
//! once: what came of it is kept for the next run, as long as the exe has the same bytes.

mod known;

use std::collections::{BTreeMap, BTreeSet};

use crate::checks::{CHECKS, Context, SubjectFacts, ask};
use crate::facts::{CodeCalls, ImageFile, Presence, Toolchain, UnitFacts, symbol};
use crate::go::linkgraph::LinkGraph;
use crate::image;
use crate::model::{Severity, SubjectId, SubjectKind, Verdict};
use crate::plan::Plan;
use crate::platform::map::Mapped;

use known::{Answer, Kept, Known};

use super::phases::Clock;
use super::unit::{Unit, unproven};
use super::why::{self, Overlay};

/// The package that looks methods up.
pub(super) const PACKAGE: &str = "reflect";
/// Its functions that do (cmd/compile, `usemethod`): whoever calls one makes the linker keep methods.
const LOOKUPS: [&str; 4] =
    ["Value.Method", "Value.MethodByName", "(*rtype).Method", "(*rtype).MethodByName"];
/// Exes that are linked once more; further ones stay unasked. Each link takes as long as one of the build.
const MAX_LINKS: usize = 8;

/// Functions by package, by their names without it.
type Functions = BTreeMap<String, BTreeSet<String>>;

/// Notes of the functions that findings are about in which exes reflection alone keeps them.
pub(super) async fn fill(
    plan: &Plan,
    toolchain: &Toolchain,
    unit: &Unit,
    built: &Overlay,
    facts: &mut UnitFacts,
    clock: &mut Clock<'_>,
) {
    let about = in_findings(facts);
    let asked: Vec<(usize, About)> = (0..facts.images.len())
        .filter_map(|at| Some((at, about.held(facts, facts.images.get(at)?))))
        .filter(|(_, about)| !about.asked.is_empty())
        .collect();
    if asked.is_empty() {
        return;
    }
    let begin = clock.begin("reflection");
    let known = Known::of(plan, toolchain, unit);
    let mut links = 0;
    let mut unknown = Vec::new();
    for (at, about) in asked {
        let Some(image) = facts.images.get(at) else { continue };
        let open = Open { plan, toolchain, unit, built, image, about: &about };
        match open.answer(known.as_ref(), &mut links).await {
            Err(problem) => unknown.push(format!("{}: {problem}", image.name)),
            Ok(answer) => {
                let name = image.name.clone();
                note(facts, &name, answer);
            }
        }
    }
    if !unknown.is_empty() {
        let text = "whether reflection alone keeps what the findings are about in these programs";
        facts.unproven.push(unproven("not asked", text, unknown));
    }
    clock.end("reflection", begin);
}

/// The functions that findings are about.
#[derive(Debug, Default)]
struct About {
    /// Errors and warnings. An exe is linked again for these.
    asked: Functions,
    /// Notes. What the link says of them is told where it is made.
    notes: Functions,
}

impl About {
    /// Those of the functions that a program holds, if it looks methods up.
    fn held(&self, unit: &UnitFacts, image: &ImageFile) -> Self {
        Self { asked: held(unit, image, &self.asked), notes: held(unit, image, &self.notes) }
    }
}

/// What an exe is asked.
struct Open<'a> {
    plan: &'a Plan,
    toolchain: &'a Toolchain,
    unit: &'a Unit,
    built: &'a Overlay,
    image: &'a ImageFile,
    about: &'a About,
}

impl Open<'_> {
    /// What reflection alone keeps of what is asked about: from an earlier run, the code of the exe, or the linker.
    async fn answer(&self, known: Option<&Known>, links: &mut usize) -> Result<Answer, String> {
        let Self { plan, toolchain, unit, built, image, about } = *self;
        let key = known.and_then(|known| known.key(image, about));
        let earlier = key.as_ref().zip(known).and_then(|(key, known)| known.get(key));
        // What an earlier run linked counts as well, so that both runs leave the same exes unasked.
        let is_beyond = |links: usize| {
            let problem = format!("more than {MAX_LINKS} exes would have to be linked again");
            if links == MAX_LINKS { Err(problem) } else { Ok(()) }
        };
        if let Some(answer) = earlier {
            if answer.linked {
                is_beyond(*links)?;
                *links += 1;
            }
            return Ok(answer);
        }
        let calls = calls_of(image).await?;
        let mut left = uncalled(&calls, image, &about.asked);
        let mut answer = Answer::default();
        if !left.is_empty() {
            is_beyond(*links)?;
            *links += 1;
            let Some(graph) = why::ask(plan, toolchain, unit, built, image).await else {
                return Ok(answer);
            };
            for (package, functions) in uncalled(&calls, image, &about.notes) {
                left.entry(package).or_default().extend(functions);
            }
            answer = told(image.package.as_deref(), &graph?, &calls, &left);
        }
        if let Some((key, known)) = key.zip(known) {
            known.keep(&key, &answer);
        }
        Ok(answer)
    }
}

/// The functions that findings of the checks of packages are about, and that a program holds with code of their own.
/// The checks are asked here once for that; they see facts alone, and cost next to nothing.
fn in_findings(unit: &UnitFacts) -> About {
    let checks: Vec<_> = CHECKS
        .iter()
        .filter(|check| check.meta().subjects.contains(&SubjectKind::Package))
        .collect();
    let mut about = About::default();
    for package in unit.packages.values() {
        let Some(linked) = &package.linked_functions else { continue };
        let subject = SubjectId::new(SubjectKind::Package, &package.import_path);
        for check in &checks {
            let cx = Context { unit, subject: &subject };
            let Verdict::Fail(findings) = ask(**check, SubjectFacts::Package(package), cx) else {
                continue;
            };
            for finding in findings {
                let Some(function) = finding.location.and_then(|place| place.function) else {
                    continue;
                };
                if linked.find(&function).is_none_or(|found| found.presence != Presence::Body) {
                    continue;
                }
                let note = finding.severity == Severity::Note;
                let functions = if note { &mut about.notes } else { &mut about.asked };
                functions.entry(package.import_path.clone()).or_default().insert(function);
            }
        }
    }
    about
}

/// Those of the functions that a program holds, if it looks methods up; no test binary and no link proof, which
/// asks reflection for everything.
fn held(unit: &UnitFacts, image: &ImageFile, about: &Functions) -> Functions {
    let none = Functions::new();
    let Some(Ok(names)) = image.linked.as_ref().filter(|_| !image.link_proof && !image.test) else {
        return none;
    };
    let looks = names.get(PACKAGE).is_some_and(|functions| {
        LOOKUPS.iter().any(|lookup| functions.get(*lookup) == Some(&Presence::Body))
    });
    if !looks {
        return none;
    }
    let held = |package: &String, functions: &BTreeSet<String>| {
        let linked = unit.packages.get(package)?.linked_functions.as_ref()?;
        let at = linked.images.iter().position(|other| other.name == image.name)?;
        let holds = |function: &&String| {
            linked.find(function).is_some_and(|found| found.images.contains(&at))
        };
        let held: BTreeSet<String> = functions.iter().filter(holds).cloned().collect();
        (!held.is_empty()).then(|| (package.clone(), held))
    };
    about.iter().filter_map(|(package, functions)| held(package, functions)).collect()
}

/// Which functions refer to which in an exe.
pub(super) async fn calls_of(image: &ImageFile) -> Result<CodeCalls, String> {
    let Ok(facts) = image.facts.clone() else { return Err("it could not be read".into()) };
    let path = image.path.clone();
    // Off the thread that listens for signals.
    let read = tokio::task::spawn_blocking(move || {
        let bytes = Mapped::open(&path).map_err(|error| format!("it cannot be read: {error}"))?;
        image::code::calls(&bytes, &facts)
    });
    read.await.unwrap_or_else(|error| Err(format!("its code could not be read: {error}")))
}

/// What symbols of a package begin with in an exe, unescaped.
fn prefix<'a>(package: &'a str, main: Option<&str>) -> &'a str {
    if main == Some(package) { "main" } else { package }
}

/// The functions that no code from `main.main` and the initialisers leads to.
fn uncalled(calls: &CodeCalls, image: &ImageFile, functions: &Functions) -> Functions {
    let reached = calls.from_main();
    let left = |(package, functions): (&String, &BTreeSet<String>)| {
        let called = of_package(calls, &reached, prefix(package, image.package.as_deref()), true);
        let left: BTreeSet<String> =
            functions.iter().filter(|function| !holds(&called, function)).cloned().collect();
        (!left.is_empty()).then(|| (package.clone(), left))
    };
    functions.iter().filter_map(left).collect()
}

/// Whether the set has a function, or the wrapper that stands for it.
fn holds(set: &BTreeSet<String>, function: &str) -> bool {
    let wrapper = function.split_once('.').filter(|(receiver, _)| !receiver.starts_with('('));
    set.contains(function)
        || wrapper
            .is_some_and(|(receiver, method)| set.contains(&format!("(*{receiver}).{method}")))
}

/// The functions of a package that reflection alone keeps in an exe, without those of which only a closure does.
pub(super) fn kept_of(graph: &LinkGraph, calls: &CodeCalls, prefix: &str) -> BTreeSet<String> {
    let kept = graph.kept(calls);
    let mut some = of_package(calls, &kept, prefix, true);
    for other in of_package(calls, &kept, prefix, false) {
        some.remove(&other);
    }
    some
}

/// The functions of a package of which a symbol is marked so.
fn of_package(calls: &CodeCalls, marks: &[bool], prefix: &str, marked: bool) -> BTreeSet<String> {
    let names = calls.names().iter().zip(marks).filter(|(_, mark)| **mark == marked);
    let function = |name: &String| {
        let found = symbol::prefix(name)?;
        let same = found == prefix || symbol::unescape(found) == prefix;
        name.get(found.len() + 1..).filter(|_| same).and_then(symbol::function)
    };
    names.filter_map(|(name, _)| function(name)).collect()
}

/// What the linker's graph and the code of an exe say of the packages, and of the functions that are asked about.
fn told(main: Option<&str>, graph: &LinkGraph, calls: &CodeCalls, about: &Functions) -> Answer {
    let of_package = |(package, functions): (&String, &BTreeSet<String>)| {
        let prefix = prefix(package, main);
        let way = |function: &String| {
            let way = graph.way(prefix, Some(function), &|_| true);
            (function.clone(), way.map(|way| way.symbols).unwrap_or_default())
        };
        let kept = Kept {
            functions: kept_of(graph, calls, prefix),
            ways: functions.iter().map(way).collect(),
        };
        (package.clone(), kept)
    };
    Answer { linked: true, packages: about.iter().map(of_package).collect() }
}

/// Notes an answer in the packages that it is about.
fn note(unit: &mut UnitFacts, image: &str, answer: Answer) {
    for (package, Kept { functions, ways }) in answer.packages {
        let Some(facts) = unit.packages.get_mut(&package) else { continue };
        let Some(linked) = &mut facts.linked_functions else { continue };
        let Some(at) = linked.images.iter().position(|other| other.name == image) else { continue };
        for name in &functions {
            let Some(function) = linked.functions.get_mut(name) else { continue };
            if function.images.contains(&at) {
                function.kept.insert(at, Vec::new());
            }
        }
        for (name, symbols) in ways {
            let kept = linked.find_mut(&name).and_then(|function| function.kept.get_mut(&at));
            if let Some(way) = kept {
                *way = symbols;
            }
        }
    }
}
