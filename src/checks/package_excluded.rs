//! package-excluded: is a package there on arm64 at all?

use crate::facts::{Blame, Failure, FailureClass, PackageFacts};
use crate::model::{CheckId, FileSetClass, Finding, Severity, SubjectKind, Verdict};

use super::cross_compile::finish;
use super::draft::{self, files, listed, reachability};
use super::{Check, Context, Meta, SubjectFacts, advice};

/// See the module.
#[derive(Debug)]
pub(super) struct PackageExcluded;

static META: Meta = Meta {
    id: CheckId::new("package-excluded"),
    title: "build constraints leave nothing of a package for windows/arm64, also where `go build` exits 0",
    severity: Severity::Error,
    subjects: &[SubjectKind::Package],
    page: include_str!("package_excluded.md"),
};

impl Check for PackageExcluded {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, subject: SubjectFacts<'_>, cx: Context<'_>) -> Verdict {
        let SubjectFacts::Package(package) = subject else {
            return Verdict::NotApplicable("not a package".into());
        };
        if let Some(failure) = cx.unit.failures.get(&package.import_path) {
            return match (failure.blame, failure.class) {
                (Blame::Arm64, FailureClass::Excluded | FailureClass::Sentinel) => {
                    Verdict::Fail(vec![imported(failure, package, cx)])
                }
                (Blame::NeedsCgo, _) => {
                    Verdict::NotApplicable("it needs cgo; needs-cgo judges that".into())
                }
                (Blame::NotWindows, _) => Verdict::NotApplicable("not a Windows package".into()),
                _ => Verdict::NotApplicable(
                    "it has files for windows/arm64, or none anywhere".into(),
                ),
            };
        }
        match package.class {
            Some(FileSetClass::Excluded) => Verdict::Fail(vec![unreached(package, cx)]),
            Some(FileSetClass::CgoOnly) => {
                Verdict::NotApplicable("it needs cgo; needs-cgo judges that".into())
            }
            Some(_) => Verdict::Pass,
            None => Verdict::NotApplicable("windows/amd64 has no file for it either".into()),
        }
    }
}

/// A load error: code that is built for arm64 imports it, or the user named it.
fn imported(failure: &Failure, package: &PackageFacts, cx: Context<'_>) -> Finding {
    let why = if package.arm64_importers.is_empty() {
        String::new()
    } else {
        format!("; imported by {}", listed(&package.arm64_importers, 2))
    };
    let sentinel = failure.class == FailureClass::Sentinel;
    let message = if sentinel {
        format!("{} refuses windows/arm64 on purpose{why}", package.import_path)
    } else {
        format!("{} has no Go file for windows/arm64{why}", package.import_path)
    };
    let mut finding = draft::finding(&META.id, cx.subject, Severity::Error, message);
    finding.help = Some(advice::for_failure(failure, package, cx.unit));
    finish(finding, failure, package, cx.unit)
}

/// No arm64 file imports it: `go build ./...` exits 0 and says nothing.
fn unreached(package: &PackageFacts, cx: Context<'_>) -> Finding {
    let severity = severity(package);
    let importers = if package.matched {
        "`go build ./...` leaves it out without a word"
    } else {
        "only files for amd64 import it"
    };
    let message = format!(
        "{} has no Go file for windows/arm64, windows/amd64 has; {importers}",
        package.import_path
    );
    let mut finding = draft::finding(&META.id, cx.subject, severity, message);
    finding.class = Some(FailureClass::Excluded.as_str().into());
    finding.help = Some(if package.in_main_module() {
        "if users of arm64 need it, add an arm64 file or widen the build constraint; if not, nothing to do".into()
    } else {
        "nothing to do while no arm64 code imports it".into()
    });
    finding.location = package.amd64_only.first().map(|file| draft::in_file(package, file));
    finding.evidence.push(files(package));
    finding.package = Some(package.import_path.clone());
    finding.module = package.module_ref();
    // The severity already says how it is reached.
    finding.reachability = Some(reachability(package));
    finding
}

fn severity(package: &PackageFacts) -> Severity {
    // A command that is not there is what a release would miss.
    let command = package.matched && package.is_command();
    if package.named || command || !package.arm64_importers.is_empty() {
        Severity::Error
    } else if package.matched && !package.is_internal() {
        Severity::Warning
    } else {
        Severity::Note
    }
}
