//! Which rules hold for a package of a build. Pure: data in, hits out.

use crate::facts::rules::{RuleEffect, RuleHit};
use crate::facts::{ModuleFacts, Target};
use crate::model::Severity;

use super::file::{Affected, End, Import, Range};
use super::version::{GoVersion, Version};
use super::{Database, Rule};

/// Versions that are left behind for a better one, at most.
const MOST_STEPS: usize = 16;

/// How a package is built: what rules may make a difference of.
#[derive(Debug, Clone)]
pub struct Build {
    /// For which target.
    pub target: Target,
    /// The version of Go; unknown where it could not be read, and then every rule matters.
    pub go: Option<GoVersion>,
    /// Build tags.
    pub tags: Vec<String>,
    /// Whether cgo is on.
    pub cgo: bool,
}

/// A package of a module at a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selected {
    /// Module path: of what replaces the module, where it is replaced.
    pub module: String,
    /// Its version.
    pub version: String,
    /// Import path, as that module itself names it.
    pub package: String,
}

impl Selected {
    /// The package as the build has it; absent where it has no version: in a main module, and where a directory
    /// replaces the module.
    pub fn of(module: &ModuleFacts, package: &str) -> Option<Self> {
        let reference = &module.reference;
        if module.main {
            return None;
        }
        let Some(by) = &reference.replaced_by else {
            return Some(Self {
                module: reference.path.clone(),
                version: reference.version.clone()?,
                package: package.to_owned(),
            });
        };
        let version = module.replacement_version.clone()?;
        let path = by.strip_suffix(&format!("@{version}")).unwrap_or(by);
        let inside = package.strip_prefix(reference.path.as_str()).unwrap_or_default();
        Some(Self { module: path.to_owned(), version, package: format!("{path}{inside}") })
    }
}

/// The rules that hold, in the order of the database.
pub fn hits(database: &Database, selected: &Selected, build: &Build) -> Vec<RuleHit> {
    let Some(version) = Version::parse(&selected.version) else { return Vec::new() };
    database
        .of_module(&selected.module)
        .filter(|(rule, _)| !(rule.class.effect == RuleEffect::NeedsCgo && build.cgo))
        .filter_map(|(rule, affected)| {
            let import = import(affected, &selected.package, build)?;
            let holds = has(affected, &version) && matters(affected, build);
            holds.then(|| {
                let upgrade = upgrade(database, rule, affected, selected, &version)
                    .map(|version| settled(database, selected, build, version));
                hit(rule, import, selected, upgrade)
            })
        })
        .collect()
}

/// The import of a rule that names the package; `Some(None)` where the rule is about the whole module.
fn import<'a>(affected: &'a Affected, package: &str, build: &Build) -> Option<Option<&'a Import>> {
    let conditions = &affected.ecosystem_specific;
    let default = |list: &[String], default: &str, value: &str| {
        if list.is_empty() { value == default } else { list.iter().any(|item| item == value) }
    };
    if conditions.imports.is_empty() {
        let target = &build.target;
        return (target.goos == "windows" && target.goarch == "arm64").then_some(None);
    }
    let named = conditions.imports.iter().find(|import| {
        import.path == package
            && default(&import.goos, "windows", &build.target.goos)
            && default(&import.goarch, "arm64", &build.target.goarch)
    });
    named.map(Some)
}

/// Whether a version is affected.
pub(super) fn has(affected: &Affected, version: &Version) -> bool {
    affected.versions.contains(version)
        || affected.ranges.iter().any(|range| range.span(version).is_some())
}

/// Whether it matters with this Go and these tags.
fn matters(affected: &Affected, build: &Build) -> bool {
    let conditions = &affected.ecosystem_specific;
    let go = build.go.is_none_or(|go| {
        conditions.go.introduced.is_none_or(|first| first <= go)
            && conditions.go.fixed.is_none_or(|fixed| go < fixed)
    });
    go && !conditions.unless_tags.iter().any(|tag| build.tags.contains(tag))
}

/// The end of the span that has the version, as long as that end is not itself in another.
fn next_good(affected: &Affected, version: &Version) -> Option<Version> {
    let mut at = version.clone();
    // Each step leaves a span behind for good.
    for _ in 0..=affected.ranges.iter().map(|range| range.spans.len()).sum::<usize>() {
        let span = affected.ranges.iter().find_map(|range: &Range| range.span(&at));
        match span {
            None => return (at != *version && !affected.versions.contains(&at)).then_some(at),
            Some((_, End::Fixed(fixed))) => at = fixed.clone(),
            Some((_, End::Last(_) | End::Open)) => return None,
        }
    }
    None
}

/// The version that mends what a rule says, and that no rule as bad is against.
fn upgrade(
    database: &Database,
    rule: &Rule,
    affected: &Affected,
    selected: &Selected,
    version: &Version,
) -> Option<Version> {
    // A version that one rule calls good may be bad by another. What builds is better than what does not, even
    // where it has other faults.
    let builds = !rule.class.effect.fails_to_build();
    let good = |candidate: &Version| {
        let mut others = database.of_module(&selected.module);
        !others.any(|(other, affected)| {
            let counts =
                other.class.effect.fails_to_build() || (builds && other.severity >= rule.severity);
            counts && other.through.is_none() && has(affected, candidate)
        })
    };
    let advised = rule.advice.upgrade.clone().filter(|advised| advised > version);
    advised.or_else(|| next_good(affected, version)).filter(good)
}

/// The version, or a later one that is free of what other rules say of this package: advice that leads from one
/// failure to the next is none. The version itself where there is no such one.
fn settled(database: &Database, selected: &Selected, build: &Build, from: Version) -> Version {
    let wrong = |at: &Version| {
        database.of_module(&selected.module).find(|(rule, affected)| {
            rule.severity > Severity::Note
                && rule.through.is_none()
                && has(affected, at)
                && matters(affected, build)
                && import(affected, &selected.package, build).is_some()
        })
    };
    let mut at = from.clone();
    // Versions only grow, and each rule is left behind once for each of its spans.
    for _ in 0..MOST_STEPS {
        let Some((rule, affected)) = wrong(&at) else { return at };
        let advised = rule.advice.upgrade.clone().filter(|advised| *advised > at);
        match advised.or_else(|| next_good(affected, &at)) {
            Some(next) => at = next,
            None => break,
        }
    }
    from
}

fn hit(
    rule: &Rule,
    import: Option<&Import>,
    selected: &Selected,
    upgrade: Option<Version>,
) -> RuleHit {
    RuleHit {
        id: rule.id.clone(),
        file: rule.file.clone(),
        class: rule.class.word.clone(),
        effect: rule.class.effect,
        severity: rule.severity,
        summary: rule.summary.clone(),
        module: selected.module.clone(),
        version: selected.version.clone(),
        symbols: import.map(|import| import.symbols.clone()).unwrap_or_default(),
        through: rule.through.clone(),
        upgrade: upgrade.map(|version| version.to_string()),
        workaround: rule.advice.workaround.clone(),
        url: rule.references.first().map(|reference| reference.url.clone()),
    }
}
