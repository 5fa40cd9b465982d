//! What became of the waivers: which have expired, and which nothing needed although everything that they
//! speak of was judged.
//!
//! "Everything" is taken strictly, because a note about a waiver that another run needs is a false alarm: what
//! failed to build, what could not be told, tests that were not built, modules that were not visited and
//! files that only `gowoa inspect` sees leave the question open.

use std::collections::{BTreeMap, BTreeSet};

use crate::checks::CHECKS;
use crate::facts::{ConfigFacts, UnitFacts, WaiverFacts};
use crate::model::{
    BuildState, PlanReport, ResultVerdict, Subcommand, Subject, SubjectKind, Unproven,
};
use crate::policy::Exceptions;
use crate::policy::waiver::{Outcome, Waiver};

use super::judge::Parts;

/// What a run judged.
#[derive(Default)]
pub(super) struct Covered<'a> {
    subcommand: Subcommand,
    /// Whether every package of the project was asked for.
    whole: bool,
    /// Whether something kept gowoa from looking.
    blocked: bool,
    packages: BTreeMap<&'a str, &'a Subject>,
    /// Packages, and checks on them, that say nothing because the package does not build or could not be judged.
    open: BTreeSet<(&'a str, &'a str)>,
    /// Whether a package does not build.
    broken: bool,
    /// Checks that could not tell about something that is no package.
    unsure: BTreeSet<&'a str>,
    /// Packages of the project whose tests were not built.
    untested: BTreeSet<&'a str>,
}

impl<'a> Covered<'a> {
    pub(super) fn new(
        plan: &PlanReport,
        units: &'a [UnitFacts],
        parts: &'a Parts,
        whole: bool,
    ) -> Self {
        let is_package = |s: &&Subject| s.kind == SubjectKind::Package;
        let by_id: BTreeMap<_, _> = parts.subjects.iter().map(|s| (&s.id, s)).collect();
        let unbuilt = |s: &Subject| {
            matches!(s.build, Some(BuildState::Failed | BuildState::Stopped | BuildState::NotBuilt))
        };
        let mut open = BTreeSet::new();
        let mut unsure = BTreeSet::new();
        for result in &parts.results {
            let Some(subject) = by_id.get(&result.subject) else { continue };
            let says_nothing = match result.verdict {
                ResultVerdict::Inconclusive => true,
                ResultVerdict::NotApplicable => unbuilt(subject),
                ResultVerdict::Pass | ResultVerdict::Fail => false,
            };
            if says_nothing && matches!(subject.kind, SubjectKind::Package | SubjectKind::Test) {
                open.insert((subject.name.as_str(), result.check.as_str()));
            } else if says_nothing {
                unsure.insert(result.check.as_str());
            }
        }
        let unvisited = |unproven: &Unproven| unproven.label == "not visited";
        let untested = units
            .iter()
            .flat_map(|unit| unit.packages.values())
            .filter(|package| package.matched || package.in_main_module())
            .filter(|package| !(package.matched && plan.tests))
            .filter(|package| {
                [&package.arm64, &package.amd64].into_iter().flatten().any(|f| !f.tests.is_empty())
            })
            .map(|package| package.import_path.as_str())
            .collect();
        Self {
            subcommand: plan.subcommand,
            whole: whole && !parts.unproven.iter().any(unvisited),
            blocked: !parts.problems.is_empty(),
            packages: parts
                .subjects
                .iter()
                .filter(is_package)
                .map(|s| (s.name.as_str(), s))
                .collect(),
            open,
            broken: parts.subjects.iter().filter(is_package).any(|subject| {
                matches!(subject.build, Some(BuildState::Failed | BuildState::Stopped))
            }),
            unsure,
            untested,
        }
    }

    /// Whether everything that a waiver speaks of was judged. `of_project`: it speaks of this project alone.
    fn judged(&self, waiver: &Waiver, of_project: bool) -> bool {
        if self.blocked || self.subcommand == Subcommand::Inspect {
            return false;
        }
        let exact = waiver.package.as_ref().and_then(|pattern| pattern.exact());
        // What only is imported was not linked, and its tests were not built.
        let known =
            exact.and_then(|path| self.packages.get(path)).is_some_and(|package| package.matched);
        if !(known || self.whole && of_project) {
            return false;
        }
        let asked = |id: &str| waiver.check.as_ref().is_none_or(|check| check == id);
        let mut checks = CHECKS.iter().map(|check| check.meta()).filter(|m| asked(m.id.as_str()));
        checks.all(|meta| {
            meta.subjects.iter().all(|kind| self.kind_judged(waiver, meta.id.as_str(), *kind))
        })
    }

    /// Whether a check was asked of every subject of this kind that the waiver speaks of, and answered.
    fn kind_judged(&self, waiver: &Waiver, check: &str, kind: SubjectKind) -> bool {
        let of_code = waiver.package.is_some() || waiver.module.is_some();
        let prefix = waiver.subject.as_ref().and_then(|pattern| pattern.as_str().split_once(':'));
        if prefix.is_some_and(|(word, _)| word != kind.as_str()) {
            return true;
        }
        let answered = || !self.packages.keys().any(|p| self.speaks_of(waiver, p, check));
        match kind {
            SubjectKind::Build => of_code || !self.unsure.contains(check),
            SubjectKind::Package => answered(),
            SubjectKind::Test => {
                let meant = |path: &&str| fits(waiver, path, self.packages.get(*path).copied());
                answered() && !self.untested.iter().any(meant)
            }
            // Files of a name alone may be those that another call inspects.
            SubjectKind::Image | SubjectKind::Object => {
                of_code
                    && !self.broken
                    && !self.unsure.contains(check)
                    && (self.subcommand == Subcommand::Check || kind == SubjectKind::Object)
            }
            // They have no package.
            SubjectKind::Container | SubjectKind::File | SubjectKind::Inputs => of_code,
            SubjectKind::Config => true,
        }
    }

    /// Whether the waiver speaks of a package of which the check could not say anything.
    fn speaks_of(&self, waiver: &Waiver, package: &str, check: &str) -> bool {
        self.open.contains(&(package, check))
            && fits(waiver, package, self.packages.get(package).copied())
    }
}

/// Whether a package is among those that a waiver speaks of.
fn fits(waiver: &Waiver, package: &str, subject: Option<&Subject>) -> bool {
    let module = subject.and_then(|subject| subject.module.as_ref());
    waiver.package.as_ref().is_none_or(|pattern| pattern.matches(package))
        && waiver
            .module
            .as_ref()
            .is_none_or(|pattern| module.is_none_or(|module| pattern.matches(&module.path)))
}

/// The configuration file with what became of its waivers; none where no file was used.
pub(super) fn facts(
    exceptions: &Exceptions,
    outcomes: &[Outcome],
    covered: &Covered<'_>,
) -> Option<ConfigFacts> {
    let config = exceptions.config.as_ref()?;
    let waivers = exceptions.waivers.iter().zip(outcomes).map(|(waiver, outcome)| WaiverFacts {
        words: waiver.words(),
        reason: waiver.reason.clone(),
        line: waiver.line,
        expires: waiver.expires.map(|day| day.to_string()),
        expires_line: waiver.expires_line.clone(),
        expired: outcome.expired,
        matched: outcome.matched,
        open: outcome.open,
        judged: covered.judged(waiver, config.of_project),
    });
    Some(ConfigFacts { name: config.name.clone(), waivers: waivers.collect() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::subjects;
    use crate::policy::waiver::Pattern;

    fn waiver(check: &str, package: &str) -> Waiver {
        Waiver {
            check: (check != "*").then(|| check.to_owned()),
            package: (!package.is_empty()).then(|| Pattern::Go(package.to_owned())),
            module: None,
            version: None,
            class: None,
            subject: None,
            file: None,
            reason: "r".into(),
            expires: None,
            line: 1,
            expires_line: None,
        }
    }

    /// Two packages, of which the first was asked for.
    fn packages() -> [Subject; 2] {
        ["m/a", "m/b"].map(|name| Subject {
            kind: SubjectKind::Package,
            name: name.into(),
            matched: name == "m/a",
            build: Some(BuildState::Linked),
            ..subjects::of_config(name)
        })
    }

    /// A run that could judge everything of these packages.
    fn whole(packages: &[Subject]) -> Covered<'_> {
        let packages = packages.iter().map(|s| (s.name.as_str(), s)).collect();
        Covered { whole: true, packages, ..Covered::default() }
    }

    #[test]
    fn a_whole_run_judges_what_it_builds() {
        let subjects = packages();
        let run = whole(&subjects);
        for (check, package) in
            [("slow-path", ""), ("*", "m/..."), ("hardening", "m/gone"), ("imports", "m/a")]
        {
            assert!(run.judged(&waiver(check, package), true), "{check} {package}");
            // A file that several projects share may be meant for another one.
            assert_eq!(run.judged(&waiver(check, package), false), package == "m/a");
        }
        // Files by name are for `gowoa inspect` too.
        assert!(!run.judged(&waiver("hardening", ""), true));
        assert!(!run.judged(&waiver("name-against-content", ""), true));
        let of_package =
            Waiver { subject: Some(Pattern::Name("package:m/*".into())), ..waiver("*", "") };
        assert!(run.judged(&of_package, true));
    }

    #[test]
    fn a_part_judges_only_what_it_was_asked_for_by_name() {
        let subjects = packages();
        let part = Covered { whole: false, ..whole(&subjects) };
        assert!(part.judged(&waiver("slow-path", "m/a"), false));
        for other in ["m/b", "m/c", "m/...", ""] {
            assert!(!part.judged(&waiver("slow-path", other), true), "{other}");
        }
    }

    #[test]
    fn what_is_open_leaves_the_question_open() {
        let subjects = packages();
        let judged = |run: &Covered<'_>, check, package| run.judged(&waiver(check, package), true);
        let inspect = Covered { subcommand: Subcommand::Inspect, ..whole(&subjects) };
        let blocked = Covered { blocked: true, ..whole(&subjects) };
        for run in [&inspect, &blocked] {
            assert!(!judged(run, "slow-path", "m/a"));
        }
        let open = Covered { open: BTreeSet::from([("m/b", "slow-path")]), ..whole(&subjects) };
        assert!(!judged(&open, "slow-path", "m/..."));
        assert!(!judged(&open, "*", ""));
        assert!(judged(&open, "slow-path", "m/a") && judged(&open, "files-lost", "m/..."));
        let untested = Covered { untested: BTreeSet::from(["m/b"]), ..whole(&subjects) };
        assert!(!judged(&untested, "cross-compile", "m/b"));
        assert!(judged(&untested, "cross-compile", "m/a") && judged(&untested, "slow-path", "m/b"));
        let broken = Covered { broken: true, ..whole(&subjects) };
        assert!(!judged(&broken, "hardening", "m/a") && judged(&broken, "slow-path", "m/a"));
        let screen = Covered { subcommand: Subcommand::Screen, ..whole(&subjects) };
        assert!(!judged(&screen, "hardening", "m/a"));
        assert!(judged(&screen, "object-machine", "m/a") && judged(&screen, "slow-path", "m/a"));
    }
}
