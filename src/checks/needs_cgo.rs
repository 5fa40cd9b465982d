//! needs-cgo: does a package exist only with a C compiler?

mod amd64_only;

use crate::facts::{Blame, FailureClass, PackageFacts};
use crate::model::{
    CheckId, Confidence, Evidence, FileSetClass, Location, Severity, SubjectKind, Verdict,
};

use super::cross_compile::{finish, first_words};
use super::draft::{self, reachability};
use super::{Check, Context, Meta, SubjectFacts, advice};

/// See the module.
#[derive(Debug)]
pub(super) struct NeedsCgo;

static META: Meta = Meta {
    id: CheckId::new("needs-cgo"),
    title: "a package exists, or works, only with cgo, and the build is without",
    severity: Severity::Error,
    subjects: &[SubjectKind::Package],
    page: include_str!("needs_cgo.md"),
};

impl Check for NeedsCgo {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, subject: SubjectFacts<'_>, cx: Context<'_>) -> Verdict {
        let SubjectFacts::Package(package) = subject else {
            return Verdict::NotApplicable("not a package".into());
        };
        let uses_cgo = package.class == Some(FileSetClass::CgoOnly)
            || package.class == Some(FileSetClass::CgoPartial)
            || package.arm64_cgo.as_ref().is_some_and(|set| !set.cgo.is_empty());
        if let Some(failure) = cx.unit.failures.get(&package.import_path) {
            if failure.blame == Blame::NeedsCgo {
                let message = match failure.class {
                    FailureClass::CgoExcluded => only_with_cgo(package),
                    _ => format!(
                        "{} does not build without cgo: {}",
                        package.import_path,
                        first_words(failure)
                    ),
                };
                let mut finding = draft::finding(&META.id, cx.subject, Severity::Error, message);
                // Where an importer breaks, it is the imported package that needs cgo.
                let definition = failure.definition.as_ref();
                let needs =
                    definition.and_then(|at| cx.unit.packages.get(&at.package)).unwrap_or(package);
                finding.help = Some(advice::for_cgo(needs));
                let mut finding = finish(finding, failure, package, cx.unit);
                let cgo_only = package.class == Some(FileSetClass::CgoOnly);
                if failure.class == FailureClass::CgoExcluded && cgo_only {
                    finding.evidence.insert(0, cgo_files(package));
                }
                amd64_only::add(&mut finding, needs);
                return Verdict::Fail(vec![finding]);
            }
            return Verdict::NotApplicable(
                "it fails for another reason; cross-compile judges that".into(),
            );
        }
        if cx.unit.cgo {
            return match amd64_only::finding(package, cx) {
                Some(finding) => Verdict::Fail(vec![finding]),
                None if uses_cgo => Verdict::Pass,
                None => Verdict::NotApplicable("it has no cgo files".into()),
            };
        }
        if let Some(stub) = &package.cgo_stub {
            return Verdict::Fail(vec![stub_finding(package, stub, cx)]);
        }
        match package.class {
            Some(FileSetClass::CgoOnly) if package.matched => {
                Verdict::Fail(vec![unreached(package, cx)])
            }
            Some(FileSetClass::CgoOnly) => {
                Verdict::NotApplicable("nothing that is built imports it".into())
            }
            Some(FileSetClass::CgoPartial) if explained(package, cx) => Verdict::NotApplicable(
                "a package that needs its cgo files fails; that finding names them".into(),
            ),
            Some(FileSetClass::CgoPartial) if nothing_instead(package) => {
                Verdict::Fail(vec![partial_finding(package, cx)])
            }
            _ if uses_cgo => Verdict::Pass,
            _ => Verdict::NotApplicable("it has no cgo files".into()),
        }
    }
}

fn only_with_cgo(package: &PackageFacts) -> String {
    if package.class == Some(FileSetClass::Excluded) {
        return format!(
            "{} has Go files for windows/amd64 alone, and these need cgo: cgo by itself does not help on arm64",
            package.import_path
        );
    }
    let on_arm64 = package.arm64_cgo.as_ref().is_some_and(|set| set.compiles_something());
    let also = if on_arm64 {
        ""
    } else {
        ", and then for windows/amd64 alone: cgo by itself does not help on arm64"
    };
    format!("{} has Go files only with cgo, and cgo is off{also}", package.import_path)
}

/// The files that import "C".
fn cgo_files(package: &PackageFacts) -> Evidence {
    let has_cgo = |set: &&crate::facts::FileSet| !set.cgo.is_empty();
    let set = package.arm64_cgo.as_ref().filter(has_cgo).or(package.amd64_cgo.as_ref());
    let files: Vec<String> = set.iter().flat_map(|set| &set.cgo).cloned().collect();
    let path = files.first().map(|file| package.report_path(file));
    let verb = if files.len() == 1 { "imports" } else { "import" };
    Evidence::Cause {
        text: format!("{} {verb} \"C\"", draft::listed(&files, 4)),
        file: path,
        line: None,
    }
}

/// A matched package that nothing imports: `go build ./...` leaves it out without a word.
fn unreached(package: &PackageFacts, cx: Context<'_>) -> crate::model::Finding {
    let mut finding =
        draft::finding(&META.id, cx.subject, Severity::Warning, only_with_cgo(package));
    finding.evidence.push(cgo_files(package));
    finding.evidence.extend(advice::rule_evidence(package));
    finding.class = Some(FailureClass::CgoExcluded.as_str().into());
    finding.help = Some(advice::for_cgo(package));
    // Beside packages that build it may be an option nobody misses; alone it is the whole answer.
    let alone = !cx.unit.packages.values().any(|other| other.matched && other.compiled);
    if package.named || package.is_command() || alone {
        finding.severity = Severity::Error;
    }
    amd64_only::add(&mut finding, package);
    draft::about_package(finding, package, reachability(package))
}

/// Whether a failure elsewhere already names what the package lacks.
fn explained(package: &PackageFacts, cx: Context<'_>) -> bool {
    let mut named = cx.unit.failures.values().filter_map(|failure| failure.definition.as_ref());
    named.any(|definition| definition.package == package.import_path)
}

/// Whether the cgo files go without any file in their place.
fn nothing_instead(package: &PackageFacts) -> bool {
    let with_cgo = package.arm64_cgo.clone().unwrap_or_default();
    let mut without = package.arm64.iter().flat_map(|set| &set.go);
    !without.any(|file| !with_cgo.go.contains(file))
}

/// The package builds, and what its cgo files define is gone: importers that use it break.
fn partial_finding(package: &PackageFacts, cx: Context<'_>) -> crate::model::Finding {
    let cgo = package.arm64_cgo.as_ref().map_or(0, |set| set.cgo.len());
    let left = package.arm64.as_ref().map_or(0, |set| set.go.len());
    let message = format!(
        "{} builds without cgo, but {cgo} of {} Go files exist only with cgo and nothing replaces them",
        package.import_path,
        cgo + left
    );
    let mut finding = draft::finding(&META.id, cx.subject, Severity::Warning, message);
    finding.class = Some(FailureClass::CgoEmpty.as_str().into());
    finding.confidence = Confidence::Medium;
    finding.help = Some(advice::for_cgo(package));
    finding.evidence.push(cgo_files(package));
    finding.evidence.extend(advice::rule_evidence(package));
    amd64_only::add(&mut finding, package);
    draft::about_package(finding, package, reachability(package))
}

fn stub_finding(
    package: &PackageFacts,
    stub: &(String, u32, String),
    cx: Context<'_>,
) -> crate::model::Finding {
    let (file, line, text) = stub;
    let message = format!(
        "{} builds without cgo, as a stub that says at run time: {text}",
        package.import_path
    );
    let mut finding = draft::finding(&META.id, cx.subject, Severity::Warning, message);
    finding.class = Some("cgo-stub".into());
    finding.confidence = Confidence::Medium;
    finding.help = Some(advice::for_cgo(package));
    let path = package.report_path(file);
    finding.location =
        Some(Location { file: Some(path.clone()), line: Some(*line), ..Location::default() });
    finding.evidence.push(Evidence::Cause {
        text: format!("{path} takes the place of the cgo files and holds this text"),
        file: Some(path),
        line: Some(*line),
    });
    finding.evidence.extend(advice::rule_evidence(package));
    amd64_only::add(&mut finding, package);
    draft::about_package(finding, package, reachability(package))
}
