//! known-module: is the selected version of a module known not to work on windows/arm64?

use crate::facts::code::Function;
use crate::facts::{Failure, FailureClass, PackageFacts, RuleEffect, RuleHit};
use crate::model::{
    BuildState, CheckId, Confidence, Evidence, Finding, Reachability, Severity, SubjectKind,
    Verdict,
};

use super::draft::{self, listed, reachability};
use super::{Check, Context, Meta, SubjectFacts, advice, cross_compile_state};

/// See the module.
#[derive(Debug)]
pub(super) struct KnownModule;

static META: Meta = Meta {
    id: CheckId::new("known-module"),
    title: "the selected version of a module is in the rules database",
    severity: Severity::Error,
    subjects: &[SubjectKind::Package],
    page: include_str!("known_module.md"),
};

impl Check for KnownModule {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, subject: SubjectFacts<'_>, cx: Context<'_>) -> Verdict {
        let SubjectFacts::Package(package) = subject else {
            return Verdict::NotApplicable("not a package".into());
        };
        if package.arm64.is_none() {
            return Verdict::NotApplicable("the windows/arm64 build does not reach it".into());
        }
        if let Some(reason) = without_version(package) {
            return Verdict::NotApplicable(reason.into());
        }
        if package.rules.is_empty() {
            return Verdict::Pass;
        }
        if let Some(failure) = cx.unit.failures.get(&package.import_path) {
            return Verdict::NotApplicable(format!("{} reports it", reported_by(failure)));
        }
        match cross_compile_state(package, cx.unit) {
            BuildState::Excluded => {
                return Verdict::NotApplicable("package-excluded or needs-cgo reports it".into());
            }
            BuildState::Stopped | BuildState::NotWindows => {
                return Verdict::NotApplicable(
                    "it is not built, because something it imports fails; see the finding there"
                        .into(),
                );
            }
            _ => {}
        }
        let findings: Vec<Finding> =
            package.rules.iter().filter_map(|hit| finding(hit, package, cx)).collect();
        if findings.is_empty() { Verdict::Pass } else { Verdict::Fail(findings) }
    }
}

/// Why a package has no version to look up.
fn without_version(package: &PackageFacts) -> Option<&'static str> {
    let Some(module) = &package.module else { return Some("it belongs to no module") };
    if module.main {
        return Some("it belongs to the main module, which has no version");
    }
    match (&module.reference.replaced_by, &module.replacement_version, &module.reference.version) {
        (Some(_), None, _) => {
            Some("a directory replaces its module: there is no version to look up")
        }
        (None, _, None) => Some("its module has no version"),
        _ => None,
    }
}

/// The check that says of a failure what there is to say.
fn reported_by(failure: &Failure) -> &'static str {
    match failure.class {
        FailureClass::Excluded | FailureClass::Sentinel => "package-excluded",
        FailureClass::CgoExcluded | FailureClass::CgoUndefined | FailureClass::CgoEmpty => {
            "needs-cgo"
        }
        _ => "cross-compile",
    }
}

/// What a rule says of a package that did not fail; nothing where the build shows that it does not concern it.
fn finding(hit: &RuleHit, package: &PackageFacts, cx: Context<'_>) -> Option<Finding> {
    let built = match hit.class.as_str() {
        // The linker alone would show it.
        "link-undefined" | "link-error" => package.linked,
        _ => package.compiled,
    };
    match (hit.effect, built) {
        (RuleEffect::Differs, _) if seen_elsewhere(hit, package, cx) => None,
        (RuleEffect::Differs, _) => Some(differs(hit, package, cx)),
        // It breaks through another module, of which this build has a version that is good.
        (_, true) if hit.through.is_some() => None,
        // Nothing that is built uses what arm64 lacks; and what does not build has a finding of its own.
        (RuleEffect::BreaksImporters, true) => None,
        // What is left of it without cgo is a matter of needs-cgo.
        (RuleEffect::NeedsCgo, true) if ["cgo-empty", "cgo-stub"].contains(&hit.class.as_str()) => {
            None
        }
        (_, true) => Some(contradicted(hit, package, cx)),
        (_, false) if fails_already(hit, package, cx) => None,
        (_, false) => Some(unproven(hit, package, cx)),
    }
}

/// Whether the failure that the rule speaks of is there: the package leads to it, or the module through which it
/// breaks fails.
fn fails_already(hit: &RuleHit, package: &PackageFacts, cx: Context<'_>) -> bool {
    let module = |path: &String| {
        let module = cx.unit.packages.get(path)?.module.as_ref()?;
        Some(module.reference.path.as_str())
    };
    cx.unit.failures.values().any(|failure| {
        let through = hit.through.as_deref();
        failure.chain.contains(&package.import_path)
            || through.is_some() && module(&failure.package) == through
    })
}

/// Whether another check finds it in this build: its finding has the place, and the rule would only repeat it.
fn seen_elsewhere(hit: &RuleHit, package: &PackageFacts, cx: Context<'_>) -> bool {
    let source = package.source.as_ref();
    let of_package = |function: &Function| function.package.as_ref() == Some(&package.import_path);
    match hit.class.as_str() {
        "float-syscall" => source.is_some_and(|source| {
            let mut calls = source.float_calls.iter();
            calls.any(|call| hit.is_about(call.place.function.as_deref()))
        }),
        "arch-table" => source.is_some_and(|source| !source.arch_tables.is_empty()),
        "reserved-x18" => {
            let scans =
                cx.unit.images.iter().filter_map(|image| image.code.as_ref()?.as_ref().ok());
            scans
                .flat_map(|code| &code.x18)
                .any(|one| one.place.function.as_ref().is_some_and(of_package))
        }
        class => package.class.is_some_and(|found| found.as_str() == class),
    }
}

fn about(hit: &RuleHit, cx: Context<'_>, severity: Severity, message: String) -> Finding {
    let mut finding = draft::finding(&META.id, cx.subject, severity, message);
    finding.class = Some(hit.class.clone());
    finding.evidence.push(evidence(hit));
    finding
}

/// The rule itself, as evidence.
fn evidence(hit: &RuleHit) -> Evidence {
    Evidence::Rule { id: hit.name(), summary: hit.summary.clone(), url: hit.url.clone() }
}

/// It builds, and a rule says that it then does not do what it should.
fn differs(hit: &RuleHit, package: &PackageFacts, cx: Context<'_>) -> Finding {
    let message = format!("{} {}: {}", hit.module, hit.version, hit.summary);
    let mut finding = about(hit, cx, hit.severity, message);
    finding.confidence = Confidence::Medium;
    finding.help = Some(advice::of_rule(hit, cx.unit));
    let reach = match (reachability(package), &package.linked_functions) {
        (Reachability::LinkedPackage, Some(linked)) if hit.links_function(linked) => {
            Reachability::LinkedFunction
        }
        // The exe has the package, and nothing of what the rule is about.
        (Reachability::LinkedPackage, Some(linked))
            if !hit.symbols.is_empty() && linked.unread.is_empty() =>
        {
            finding.evidence.push(Evidence::Cause {
                text: format!("no exe contains {}", listed(&hit.symbols, 3)),
                file: None,
                line: None,
            });
            Reachability::GraphOnly
        }
        (reach, _) => reach,
    };
    draft::about_package(finding, package, reach)
}

/// A rule says that it does not build, and it was built: evidence beats data.
fn contradicted(hit: &RuleHit, package: &PackageFacts, cx: Context<'_>) -> Finding {
    let message = format!(
        "{} {} is known not to build for windows/arm64 ({}), and was built here",
        hit.module, hit.version, hit.class
    );
    let mut finding = about(hit, cx, Severity::Note, message);
    finding.confidence = Confidence::Low;
    finding.help = Some(
        "nothing to do for this build; a build tag, an overlay or a changed module may be why, else the rule is wrong: \
         please tell whoever wrote it"
            .into(),
    );
    draft::about_package(finding, package, reachability(package))
}

/// A rule says that it does not build, and no build has shown it.
fn unproven(hit: &RuleHit, package: &PackageFacts, cx: Context<'_>) -> Finding {
    let message = format!("{} {}: {}; it was not built here", hit.module, hit.version, hit.summary);
    // Something else kept it from being built: that comes first, and the build may show the contrary.
    let mut finding = about(hit, cx, hit.severity.min(Severity::Note), message);
    finding.confidence = Confidence::Medium;
    finding.help = Some(advice::of_rule(hit, cx.unit));
    draft::about_package(finding, package, reachability(package))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{FileSet, ModuleFacts, UnitFacts};
    use crate::model::{ModuleRef, SubjectId};

    fn hit(effect: RuleEffect, class: &str) -> RuleHit {
        RuleHit {
            id: "T-1".into(),
            file: None,
            class: class.into(),
            effect,
            severity: Severity::Error,
            summary: "it is wrong".into(),
            module: "example.com/dep".into(),
            version: "v1.0.0".into(),
            symbols: Vec::new(),
            through: None,
            upgrade: Some("v1.1.0".into()),
            workaround: None,
            url: Some("https://example.com/1".into()),
        }
    }

    fn package(rules: Vec<RuleHit>) -> PackageFacts {
        PackageFacts {
            import_path: "example.com/dep".into(),
            name: "dep".into(),
            module: Some(ModuleFacts {
                reference: ModuleRef {
                    path: "example.com/dep".into(),
                    version: Some("v1.0.0".into()),
                    ..ModuleRef::default()
                },
                replacement_version: None,
                main: false,
                dir: None,
                below: String::new(),
            }),
            arm64: Some(FileSet { go: vec!["dep.go".into()], ..FileSet::default() }),
            compiled: true,
            linked: true,
            rules,
            ..PackageFacts::default()
        }
    }

    fn judge(package: &PackageFacts) -> Verdict {
        let unit = UnitFacts::default();
        let subject = SubjectId::new(SubjectKind::Package, &package.import_path);
        KnownModule
            .judge(SubjectFacts::Package(package), Context { unit: &unit, subject: &subject })
    }

    fn only(package: &PackageFacts) -> Finding {
        match judge(package) {
            Verdict::Fail(mut findings) if findings.len() == 1 => findings.remove(0),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn evidence_beats_data() {
        let finding = only(&package(vec![hit(RuleEffect::Breaks, "undefined-symbol")]));
        assert_eq!(finding.severity, Severity::Note);
        assert!(finding.message.ends_with("and was built here"), "{}", finding.message);
        // Compiled and not linked says nothing of what the linker would say.
        let unlinked = PackageFacts {
            linked: false,
            ..package(vec![hit(RuleEffect::Breaks, "link-undefined")])
        };
        assert!(only(&unlinked).message.ends_with("it was not built here"));
    }

    #[test]
    fn a_rule_about_another_modules_version_is_silent_where_it_builds() {
        let through = RuleHit {
            through: Some("example.com/other".into()),
            ..hit(RuleEffect::Breaks, "undefined-symbol")
        };
        assert_eq!(judge(&package(vec![through])), Verdict::Pass);
        let importers = hit(RuleEffect::BreaksImporters, "undefined-in-dependency");
        assert_eq!(judge(&package(vec![importers])), Verdict::Pass);
    }

    #[test]
    fn severity_follows_the_function() {
        let about =
            RuleHit { symbols: vec!["F".into()], ..hit(RuleEffect::Differs, "float-syscall") };
        let with = |functions: Option<&[&str]>| PackageFacts {
            linked_functions: functions
                .map(|names| names.iter().map(|name| (*name).to_owned()).collect()),
            ..package(vec![about.clone()])
        };
        assert_eq!(only(&with(None)).severity, Severity::Warning);
        assert_eq!(only(&with(Some(&["F", "G"]))).severity, Severity::Error);
        let unused = only(&with(Some(&["G"])));
        assert_eq!(unused.severity, Severity::Note);
        assert!(unused.evidence.iter().any(|evidence| matches!(evidence, Evidence::Cause { text, .. } if text == "no exe contains F")));
    }

    #[test]
    fn what_has_no_version_is_not_looked_up() {
        let mut replaced = package(Vec::new());
        if let Some(module) = &mut replaced.module {
            module.reference.replaced_by = Some("./dep".into());
        }
        assert!(
            matches!(judge(&replaced), Verdict::NotApplicable(reason) if reason.contains("a directory replaces"))
        );
        assert_eq!(judge(&package(Vec::new())), Verdict::Pass);
    }
}
