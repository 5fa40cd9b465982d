//! Are the rules true? Each version that a rule names for a try is built like any project, in a temporary module.
//!
//! What a try shows is what the checks of gowoa say of it, known-module left out: a rule must not prove itself.

use crate::checks::cross_compile_state;
use crate::facts::{PackageFacts, RuleEffect};
use crate::model::{BuildState, Finding, Report, Severity};
use crate::plan::Plan;
use crate::policy::Exceptions;
use crate::rules::file::{Expect, SourceText, Try};
use crate::rules::{Database, Rule};

use super::explain::read_source;
use super::probe::{self, ProbeError, Wanted};
use super::{EngineError, Gathered, Silent, Surroundings, judge, settings, units};

/// What came of a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// What the rule says was seen.
    Confirmed,
    /// The contrary was seen.
    Contradicted,
    /// The module could not be had, or the build could not be judged.
    Unknown,
    /// Only a run would show it, and the rule names no text to look for.
    NotTried,
}

/// One try.
#[derive(Debug, Clone)]
pub struct Tried {
    /// The rule's id.
    pub rule: String,
    /// `module@version`.
    pub module: String,
    /// What had to come of it.
    pub expect: Expect,
    /// What came of it.
    pub answer: Answer,
    /// What was seen, in one line.
    pub words: String,
}

/// Tries every version that the rules name; `told` hears of each at once.
///
/// # Errors
/// When Go or the cache directory cannot be used.
pub async fn verify(
    call: &Plan,
    around: &Surroundings,
    rules: &[&Rule],
    told: &(dyn Fn(&Tried) + Send + Sync),
) -> Result<Vec<Tried>, EngineError> {
    let mut all = Vec::new();
    for rule in rules {
        if rule.tries.is_empty() {
            let module = rule.affected.first().map(|affected| affected.package.name.clone());
            let tried = Tried {
                rule: rule.id.clone(),
                module: module.unwrap_or_default(),
                expect: Expect::Affected,
                answer: Answer::NotTried,
                words: "only a run would show it, and the rule names no version to try".into(),
            };
            told(&tried);
            all.push(tried);
        }
        for item in &rule.tries {
            let tried = one(call, around, rule, item).await?;
            told(&tried);
            all.push(tried);
        }
    }
    Ok(all)
}

/// The rules of these ids; all where none is given.
///
/// # Errors
/// An id that no rule has.
pub fn chosen<'a>(database: &'a Database, ids: &[String]) -> Result<Vec<&'a Rule>, String> {
    if ids.is_empty() {
        return Ok(database.rules().iter().collect());
    }
    let find = |id: &String| {
        let mut rules = database.rules().iter();
        rules.find(|rule| rule.id.eq_ignore_ascii_case(id)).ok_or_else(|| id.clone())
    };
    ids.iter().map(find).collect()
}

async fn one(
    call: &Plan,
    around: &Surroundings,
    rule: &Rule,
    item: &Try,
) -> Result<Tried, EngineError> {
    let wanted = wanted(rule, item);
    let module = wanted.requirements.first().map(|(path, version)| format!("{path}@{version}"));
    let tried = |answer, words: String| Tried {
        rule: rule.id.clone(),
        module: module.clone().unwrap_or_default(),
        expect: item.expect,
        answer,
        words,
    };
    let probe = match probe::make(call, around, &wanted).await {
        Ok(probe) => probe,
        Err(EngineError::Probe(error)) => return Ok(tried(Answer::Unknown, unavailable(&error))),
        Err(error) => return Err(error),
    };
    if let (Some((_, asked)), Some((_, got))) =
        (wanted.requirements.first(), probe.selected.first())
        && asked != got
    {
        return Ok(tried(Answer::Unknown, format!("go selects {got}: something requires it")));
    }
    // Of the rules themselves nothing may come in here.
    let plan = Plan { rules_files: Vec::new(), ..probe.plan(call, &wanted.tags) };
    let gathered = units::anew(&plan, around, &Silent).await?;
    let settings = settings::of_check(&plan, &gathered);
    let none = Exceptions::default();
    let report = judge::report(settings, &around.stamp, &gathered.units, &none, false);
    let (answer, words) = answer(rule, item, &wanted, &report, &gathered);
    Ok(tried(answer, words))
}

fn unavailable(error: &ProbeError) -> String {
    let first = error.words().lines().find(|line| !line.trim().is_empty());
    match first {
        Some(line) => format!("{error}: {}", line.trim()),
        None => error.to_string(),
    }
}

/// The temporary module of a try.
fn wanted(rule: &Rule, item: &Try) -> Wanted {
    let affected = match &item.module {
        Some(module) => rule.affected.iter().find(|affected| affected.package.name == *module),
        None => rule.affected.first(),
    };
    let module = item
        .module
        .clone()
        .or_else(|| affected.map(|affected| affected.package.name.clone()))
        .unwrap_or_default();
    let mut packages = item.packages.clone();
    if packages.is_empty() {
        let imports = affected.iter().flat_map(|affected| &affected.ecosystem_specific.imports);
        packages = imports.map(|import| import.path.clone()).collect();
    }
    if packages.is_empty() {
        packages.push(module.clone());
    }
    let mut requirements = vec![(module, item.version.to_string())];
    let pair = |text: &String| text.split_once('@').map(|(a, b)| (a.to_owned(), b.to_owned()));
    requirements.extend(item.with.iter().filter_map(pair));
    let value = |text: &String| text.rsplit_once('.').map(|(a, b)| (a.to_owned(), b.to_owned()));
    let values: Vec<(String, String)> = item.refer.iter().filter_map(value).collect();
    for (package, _) in &values {
        if !packages.contains(package) {
            packages.push(package.clone());
        }
    }
    Wanted { requirements, packages, values, tags: item.tags.clone(), ..Wanted::default() }
}

fn answer(
    rule: &Rule,
    item: &Try,
    wanted: &Wanted,
    report: &Report,
    gathered: &Gathered,
) -> (Answer, String) {
    if let Some(problem) = report.problems.first() {
        // A package that fails for amd64 too is no proof of anything about arm64.
        return (Answer::Unknown, problem.message.clone());
    }
    let packages: Vec<&PackageFacts> = gathered
        .units
        .iter()
        .flat_map(|unit| wanted.packages.iter().filter_map(|path| unit.packages.get(path)))
        .collect();
    let module = wanted.requirements.first().map_or("", |(module, _)| module.as_str());
    let seen = seen(rule, module, report);
    let (affected, words) = match (seen, &item.source, packages.first()) {
        (Some(finding), ..) => (true, finding.message.clone()),
        (None, Some(source), Some(package)) => match in_source(source, package) {
            true => (true, format!("{} has {:?}; not run", source.file, source.contains)),
            false => (false, format!("{} has no {:?}; not run", source.file, source.contains)),
        },
        (None, None, _) if only_a_run_shows(&rule.class.word) => {
            return (Answer::NotTried, "only a run would show it".into());
        }
        _ => (false, built(&packages, gathered, report)),
    };
    let fine = !affected && packages.iter().all(|package| is_built(package, gathered));
    let answer = match item.expect {
        Expect::Affected if affected => Answer::Confirmed,
        Expect::Fine if fine => Answer::Confirmed,
        _ => Answer::Contradicted,
    };
    (answer, words)
}

/// Classes that no check of gowoa finds, so that the text of the source is all there is.
fn only_a_run_shows(class: &str) -> bool {
    class == "unsupported-at-run-time"
}

/// The finding that shows what the rule says: of its class, and about its module or the one that breaks in truth.
fn seen<'a>(rule: &Rule, module: &str, report: &'a Report) -> Option<&'a Finding> {
    let module = rule.through.as_deref().unwrap_or(module);
    let class = &rule.class.word;
    let imports = rule.affected.iter().flat_map(|affected| &affected.ecosystem_specific.imports);
    let symbols: Vec<&String> = imports.flat_map(|import| &import.symbols).collect();
    // What imports the package breaks: that is the program of the temporary module.
    let importers = rule.class.effect == RuleEffect::BreaksImporters || class == "cgo-empty";
    report.findings.iter().filter(|finding| finding.check.as_str() != "known-module").find(
        |finding| {
            let same = finding.class.as_ref() == Some(class) || finding.check.as_str() == class;
            let about = finding.module.as_ref().map(|of| of.path.as_str());
            let of = about == Some(module) || importers && about == Some(probe::MODULE);
            let function =
                finding.location.as_ref().and_then(|location| location.function.as_ref());
            // Another function of the package that does the same proves nothing about this one.
            let meant = function.is_none_or(|name| symbols.is_empty() || symbols.contains(&name));
            // A note says that nothing reaches it; then it is not what an error or a warning tells of.
            let weight = finding.severity > Severity::Note || rule.severity == Severity::Note;
            same && of && meant && weight
        },
    )
}

fn in_source(source: &SourceText, package: &PackageFacts) -> bool {
    let bytes = read_source(&package.dir.join(&source.file)).unwrap_or_default();
    memchr::memmem::find(&bytes, source.contains.as_bytes()).is_some()
}

fn is_built(package: &PackageFacts, gathered: &Gathered) -> bool {
    let mut units = gathered.units.iter();
    units.any(|unit| {
        matches!(cross_compile_state(package, unit), BuildState::Linked | BuildState::Compiled)
    })
}

/// What came of the packages, in one line.
fn built(packages: &[&PackageFacts], gathered: &Gathered, report: &Report) -> String {
    if packages.is_empty() {
        return "the build does not reach the packages".into();
    }
    if packages.iter().all(|package| is_built(package, gathered)) {
        return "builds for windows/arm64".into();
    }
    let mut findings = report.findings.iter();
    let worst = findings.find(|finding| finding.check.as_str() != "known-module");
    worst.map_or_else(|| "was not built".into(), |finding| finding.message.clone())
}
