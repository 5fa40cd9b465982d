//! What to do next, by class of failure and by whose code it is.

use crate::facts::toolchain::{GOARCH, GOOS};
use crate::facts::{Failure, FailureClass, PackageFacts, RuleEffect, RuleHit, Tried, UnitFacts};
use crate::model::{ControlOutcome, Evidence, Finding, IN_THIS_RUN};
use crate::shell::quote;

/// The next step for a failure that is an arm64 problem.
pub(super) fn for_failure(failure: &Failure, package: &PackageFacts, unit: &UnitFacts) -> String {
    if !package.in_main_module() {
        return dependency(failure, package, unit);
    }
    let own = own_code(failure);
    // What is missing may be a dependency's, and a newer version of it may have it.
    match module_at_fault(failure, package, unit).and_then(|path| good(&path, unit)) {
        Some(tried) => format!("{}\nor else: {own}", upgrade(tried, unit)),
        None => own,
    }
}

/// The module whose version decides: that of the package that should define what is missing, else its own.
fn module_at_fault(failure: &Failure, package: &PackageFacts, unit: &UnitFacts) -> Option<String> {
    let of = |package: &PackageFacts| {
        let module = package.module.as_ref().filter(|module| !module.main)?;
        Some(module.reference.path.clone())
    };
    let defined = failure.definition.as_ref().and_then(|d| unit.packages.get(&d.package));
    of(package).or_else(|| defined.and_then(of))
}

/// The version of a module that was built and is good.
fn good<'a>(path: &str, unit: &'a UnitFacts) -> Option<&'a Tried> {
    unit.tried.iter().find(|tried| tried.module == path && tried.outcome == Some(true))
}

/// `go VERB`, with the way down to the module where that is below the start.
fn go(verb: &str, unit: &UnitFacts) -> String {
    match unit.name.as_str() {
        "" | "." => format!("go {verb}"),
        below => format!("go -C {} {verb}", quote(below)),
    }
}

fn upgrade(tried: &Tried, unit: &UnitFacts) -> String {
    let mut command = format!("{} {}@{}", go("get", unit), tried.module, tried.version);
    for (module, version) in &tried.with {
        command.push_str(&format!(" {module}@{version}"));
    }
    match &tried.text {
        None => format!("{command}   ({IN_THIS_RUN} for windows/arm64: ok)"),
        Some(rest) => format!("{command}   ({IN_THIS_RUN}: it builds for windows/arm64; {rest})"),
    }
}

/// What was tried of the module at fault.
pub(super) fn tried(failure: &Failure, package: &PackageFacts, unit: &UnitFacts) -> Vec<Evidence> {
    let Some(path) = module_at_fault(failure, package, unit) else { return Vec::new() };
    let of_module = unit.tried.iter().filter(|tried| tried.module == path);
    of_module
        .map(|tried| Evidence::Tried {
            module: format!("{}@{}", tried.module, tried.version),
            target: "windows/arm64".into(),
            outcome: match tried.outcome {
                Some(true) => ControlOutcome::Builds,
                Some(false) => ControlOutcome::Fails,
                None => ControlOutcome::Unknown,
            },
            text: tried.text.clone(),
        })
        .collect()
}

fn own_code(failure: &Failure) -> String {
    let defined = failure.definition.as_ref().map(|d| (d.symbol.as_str(), d.file.as_str()));
    match (failure.class, defined) {
        (FailureClass::Excluded, _) => {
            "add a file for arm64 (name it *_windows_arm64.go or *_arm64.go, or widen the build constraint), \
             or keep the importers behind the same constraint"
                .into()
        }
        (FailureClass::Sentinel, _) => refused_on_purpose(failure),
        (FailureClass::MissingFunctionBody | FailureClass::LinkUndefined, _) => {
            "write the assembly for arm64, or a Go version in a file with `//go:build !amd64` that has the body"
                .into()
        }
        (FailureClass::ForeignAssembly, _) => {
            "give the x86 file the suffix _amd64.s, and add an arm64 or a Go version".into()
        }
        (FailureClass::ReservedRegister, _) => {
            "use another register: R18 is the platform register (TEB pointer) on windows/arm64".into()
        }
        (FailureClass::Redeclared, _) => {
            "two files that both apply to arm64 declare it: correct the build constraint of one of them".into()
        }
        (FailureClass::ObjectMachine, _) => {
            "rebuild the object for ARM64 and name it *_windows_arm64.syso (check its machine: an object for \
             amd64 under that name fails or, since Go 1.26, links in silence)"
                .into()
        }
        (_, Some((symbol, file))) => format!(
            "define {symbol} for arm64 too: where {file} is portable, widen its build constraint, else add an \
             arm64 file beside it"
        ),
        _ => "see the compiler's words; the same package builds for windows/amd64".into(),
    }
}

fn dependency(failure: &Failure, package: &PackageFacts, unit: &UnitFacts) -> String {
    let Some(module) = package.module_ref() else {
        return "the package belongs to no module of the build; see the compiler's words".into();
    };
    let path = &module.path;
    if let Some(by) = &module.replaced_by {
        return format!(
            "go.mod replaces {path} by {by}: mend it there, or replace it by a version that builds for windows/arm64"
        );
    }
    let tag = match failure.class {
        FailureClass::Sentinel => refused_on_purpose(failure) + "\n",
        _ => String::new(),
    };
    if let Some(tried) = good(path, unit) {
        let mut more = rule_lines(failure, package, unit, None);
        // Beside a version that was built, none is advised that was not.
        more.retain(|line| !line.contains(GET));
        let vendor = if module.vendored { vec![go("mod vendor", unit)] } else { Vec::new() };
        return tag + &lines(&[vec![upgrade(tried, unit)], vendor, more].concat());
    }
    let bad = || unit.tried.iter().filter(|tried| tried.module == *path);
    let otherwise =
        "tell its maintainers, and keep the import behind `//go:build !windows || !arm64`";
    if let Some(last) = bad().rfind(|tried| tried.outcome == Some(false)) {
        let words = last.text.as_deref().unwrap_or("it fails too");
        let more = rule_lines(failure, package, unit, None);
        let no = format!("no newer version helps: {} was tried ({words})", last.version);
        let more = if more.is_empty() { vec![otherwise.to_owned()] } else { more };
        return tag + &lines(&[vec![no], more].concat());
    }
    let why = bad()
        .find_map(|tried| tried.text.as_deref())
        .unwrap_or("no version is tried for this kind of failure");
    let known = rule_lines(failure, package, unit, Some(why));
    if !known.is_empty() {
        return tag + &lines(&known);
    }
    let version = bad().map(|tried| tried.version.as_str()).next().unwrap_or("latest");
    format!(
        "{tag}try a newer version: {} {path}@{version}, then gowoa check again (not tried: {why})\n\
         if the newest fails too, {otherwise}",
        go("get", unit)
    )
}

fn lines(lines: &[String]) -> String {
    lines.join("\n")
}

/// What the command that changes a version holds, `go get` or `go -C DIR get`.
const GET: &str = " get ";

/// The other way out that a rule knows; where it names a version, nobody tried it.
fn workaround(hit: &RuleHit) -> Option<String> {
    let text = hit.workaround.as_ref()?;
    let untried = if text.contains(GET) { " (not tried)" } else { "" };
    Some(format!("{text}{untried}"))
}

/// The version that a rule calls good, and why it was not tried.
fn rule_upgrade(hit: &RuleHit, why: &str, unit: &UnitFacts) -> Option<String> {
    let (version, get) = (hit.upgrade.as_ref()?, go("get", unit));
    Some(format!("{get} {}@{version} (good by rule {}; not tried: {why})", hit.module, hit.id))
}

/// The version that mends what is no more than a note: said, and not built for it.
fn rule_known(hit: &RuleHit) -> Option<String> {
    let version = hit.upgrade.as_ref()?;
    Some(format!("mended in {} {version}, by rule {} (not built here)", hit.module, hit.id))
}

/// The next step that a rule knows of a package that builds.
pub(super) fn of_rule(hit: &RuleHit, unit: &UnitFacts) -> String {
    let version = |tried: &&Tried| {
        tried.module == hit.module && Some(tried.version.as_str()) == hit.upgrade.as_deref()
    };
    let upgrade = match unit.tried.iter().find(version) {
        Some(tried) if tried.outcome == Some(true) => Some(upgrade(tried, unit)),
        Some(Tried { text: Some(why), .. }) => rule_upgrade(hit, why, unit),
        _ => rule_known(hit),
    };
    let mut steps: Vec<String> = upgrade.into_iter().chain(workaround(hit)).collect();
    if steps.is_empty() {
        steps.push(format!("rule {} knows no good version of {}", hit.id, hit.module));
    }
    lines(&steps)
}

/// What the rules know of a package that does not build, and of those that lead to it. The versions that they call
/// good are named where nothing was tried, with the reason `why`.
pub(super) fn rule_lines(
    failure: &Failure,
    package: &PackageFacts,
    unit: &UnitFacts,
    why: Option<&str>,
) -> Vec<String> {
    let mut found = Vec::new();
    for hit in package.rules.iter().filter(|hit| hit.effect.fails_to_build()) {
        found.extend(why.and_then(|why| rule_upgrade(hit, why, unit)));
        found.extend(workaround(hit));
    }
    // A newer version of a module on the way selects a good one of this.
    let module = package.module.as_ref().map(|module| module.reference.path.as_str());
    let on_the_way = failure.chain.iter().filter_map(|path| unit.packages.get(path));
    for hit in on_the_way.flat_map(|package| &package.rules) {
        if hit.through.as_deref().is_some_and(|through| Some(through) == module) {
            let upgrade = rule_upgrade(hit, "the other way was", unit);
            found.extend(upgrade.map(|upgrade| format!("or {upgrade}")));
        }
    }
    let mut seen = Vec::new();
    found.retain(|line| {
        let new = !seen.contains(line);
        seen.push(line.clone());
        new
    });
    found
}

/// Adds to the finding of another check what rules of its class know of the function.
pub(super) fn add_rules(
    finding: &mut Finding,
    package: &PackageFacts,
    class: &str,
    function: Option<&str>,
    unit: &UnitFacts,
) {
    for hit in package.rules.iter().filter(|hit| hit.class == class && hit.is_about(function)) {
        // What is known of this very module comes before what holds for all.
        let general = finding.help.take();
        let steps: Vec<String> =
            [Some(of_rule(hit, unit)), general].into_iter().flatten().collect();
        finding.help = Some(lines(&steps));
        let (id, summary, url) = (hit.name(), hit.summary.clone(), hit.url.clone());
        finding.evidence.push(Evidence::Rule { id, summary, url });
    }
}

/// What the rules know of a package that needs cgo.
fn rules_without_cgo(package: &PackageFacts) -> Vec<String> {
    let hits = package.rules.iter().filter(|hit| hit.effect == RuleEffect::NeedsCgo);
    hits.filter_map(workaround).collect()
}

/// The rules about a package that does not build, as evidence.
pub(super) fn rule_evidence(package: &PackageFacts) -> Vec<Evidence> {
    let hits = package.rules.iter().filter(|hit| hit.effect.fails_to_build());
    hits.map(|hit| Evidence::Rule {
        id: hit.name(),
        summary: hit.summary.clone(),
        url: hit.url.clone(),
    })
    .collect()
}

/// The next step where cgo is what is missing.
pub(super) fn for_cgo(package: &PackageFacts) -> String {
    lines(&[rules_without_cgo(package), vec![cgo_step(package)]].concat())
}

fn cgo_step(package: &PackageFacts) -> String {
    let on_arm64 = package.arm64_cgo.as_ref().is_some_and(|set| set.compiles_something());
    if !on_arm64 {
        return if package.in_main_module() {
            "add files for arm64: with cgo as well it has some for windows/amd64 alone".into()
        } else {
            without_cgo().to_owned() + ": cgo does not help here"
        };
    }
    let ask =
        "with a C compiler for windows/arm64 (llvm-mingw, or zig cc), gowoa check --cgo builds it";
    if package.in_main_module() {
        format!("{ask}; or add a file with `//go:build !cgo` that does without C")
    } else {
        format!("{ask}; or replace the dependency by one in pure Go")
    }
}

/// The next step where a dependency has nothing for arm64 with cgo either.
pub(super) fn without_cgo() -> &'static str {
    "replace the dependency, or ask its maintainers for windows/arm64"
}

/// What Go itself sets apart from the names of systems and architectures (`go help buildconstraint`), and the tag
/// that nobody sets.
const SET_BY_GO: &[&str] = &["unix", "cgo", "gc", "gccgo", "race", "msan", "asan", "ignore"];

/// Whether a word of a build constraint is a tag that somebody could set.
fn is_tag(word: &str) -> bool {
    let set = [SET_BY_GO, GOOS, GOARCH].iter().any(|words| words.contains(&word));
    !word.is_empty() && !word.starts_with("go1") && !set
}

/// A package with a file that exists to stop the build: its constraint may name a tag that opens it.
fn refused_on_purpose(failure: &Failure) -> String {
    let Some((file, line)) = &failure.sentinel else {
        return "the module refuses this platform on purpose; look in its documentation for a build tag".into();
    };
    let expression = line.trim_start_matches("//go:build");
    let words = expression.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.'));
    match words.into_iter().find(|word| is_tag(word)) {
        Some(tag) => format!(
            "{file} refuses this platform ({}); the build tag {tag} in it may open it: gowoa check --tags {tag}",
            line.trim()
        ),
        None => format!("{file} refuses this platform on purpose ({})", line.trim()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_below_the_start_is_changed_where_it_is() {
        let tried = Tried {
            module: "d.e/m".into(),
            version: "v1.3.0".into(),
            outcome: Some(true),
            with: Vec::new(),
            text: None,
        };
        let said =
            |name: &str| upgrade(&tried, &UnitFacts { name: name.into(), ..UnitFacts::default() });
        let built = "get d.e/m@v1.3.0   (built in this run for windows/arm64: ok)";
        assert_eq!(said("."), format!("go {built}"));
        assert_eq!(said("libs/a"), format!("go -C libs/a {built}"));
        let vendor = UnitFacts { name: "li bs".into(), ..UnitFacts::default() };
        assert_eq!(go("mod vendor", &vendor), "go -C 'li bs' mod vendor");
    }
    use crate::facts::{Blame, Stage};

    #[test]
    fn a_sentinels_constraint_names_the_tag_that_opens_it() {
        let failure = |line: &str| Failure {
            package: "p".into(),
            stage: Stage::Load,
            class: FailureClass::Sentinel,
            blame: Blame::Arm64,
            output: String::new(),
            diagnostics: Vec::new(),
            controls: Vec::new(),
            definition: None,
            sentinel: Some(("s.go".into(), line.into())),
            stops: Vec::new(),
            chain: Vec::new(),
            reproduce: String::new(),
            command: String::new(),
            status: None,
        };
        let text = refused_on_purpose(&failure(
            "//go:build windows && !amd64 && !(arm64 && exp.winarm64)",
        ));
        assert!(text.ends_with("gowoa check --tags exp.winarm64"), "{text}");
        let text = refused_on_purpose(&failure("//go:build windows && !amd64 && go1.20"));
        assert!(text.contains("on purpose"), "{text}");
    }
}
