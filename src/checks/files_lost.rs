//! files-lost: Go files and resources that exist for amd64 only, with nothing in their place.

use crate::facts::PackageFacts;
use crate::model::{
    CheckId, Confidence, Evidence, FileSetClass, Finding, Location, Severity, SubjectKind, Verdict,
};

use super::draft::{self, files, listed, reachability};
use super::{Check, Context, Meta, SubjectFacts, comparable};

/// See the module.
#[derive(Debug)]
pub(super) struct FilesLost;

static META: Meta = Meta {
    id: CheckId::new("files-lost"),
    title: "Go files or resource objects exist for windows/amd64 only and nothing, or a stub, replaces them",
    severity: Severity::Warning,
    subjects: &[SubjectKind::Package],
    page: include_str!("files_lost.md"),
};

impl Check for FilesLost {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, subject: SubjectFacts<'_>, cx: Context<'_>) -> Verdict {
        let package = match comparable(subject, cx) {
            Ok(package) => package,
            Err(verdict) => return verdict,
        };
        if explained(package, cx) {
            return Verdict::NotApplicable(
                "a package that needs these files fails; that finding names them".into(),
            );
        }
        if let Some(stub) = &package.arch_stub {
            return Verdict::Fail(vec![stub_finding(package, stub, cx)]);
        }
        let (message, help) = match package.class {
            None | Some(FileSetClass::Excluded | FileSetClass::CgoOnly) => {
                return Verdict::NotApplicable(
                    "it has no files on windows/arm64 to compare".into(),
                );
            }
            Some(FileSetClass::FilesLost) => lost_code(package),
            Some(FileSetClass::ResourcesLost) if seen_in_exe(package, cx) => {
                return Verdict::NotApplicable(
                    "it lost resources that an exe is to have; resource-tree judges the exe".into(),
                );
            }
            Some(FileSetClass::ResourcesLost) => lost_resources(package),
            Some(_) => return Verdict::Pass,
        };
        let mut finding = draft::finding(&META.id, cx.subject, Severity::Warning, message);
        finding.class = package.class.map(|class| class.as_str().into());
        finding.confidence = Confidence::Medium;
        finding.help = Some(if package.compiled {
            help.into()
        } else {
            "it was not built (other findings say why): what these files define may be missing when it is".into()
        });
        finding.location = package.amd64_only.first().map(|file| draft::in_file(package, file));
        finding.evidence.push(files(package));
        Verdict::Fail(vec![draft::about_package(finding, package, reachability(package))])
    }
}

/// Whether a failure elsewhere already names one of the lost files.
fn explained(package: &PackageFacts, cx: Context<'_>) -> bool {
    let lost: Vec<String> =
        package.amd64_only.iter().map(|file| package.report_path(file)).collect();
    let mut named = cx.unit.failures.values().filter_map(|failure| failure.definition.as_ref());
    named.any(|definition| lost.contains(&definition.file))
}

/// Whether resource-tree holds every object that is lost against an exe. Code, and the objects of packages
/// that no command links, are left for this check.
fn seen_in_exe(package: &PackageFacts, cx: Context<'_>) -> bool {
    let objects = || cx.unit.images.iter().flat_map(|image| &image.syso_resources.amd64);
    package.amd64_only.iter().all(|file| {
        let file = package.report_path(file);
        objects().any(|syso| syso.file == file && !syso.kinds.is_empty())
    })
}

fn lost_code(package: &PackageFacts) -> (String, &'static str) {
    let message = format!(
        "{} loses {} on windows/arm64 and nothing replaces what is lost",
        package.import_path,
        listed(&package.amd64_only, 3)
    );
    (
        message,
        "it builds; look whether what these files do is needed on arm64 (an init, a registration, exported API)",
    )
}

fn lost_resources(package: &PackageFacts) -> (String, &'static str) {
    let message = format!(
        "{} has {} for amd64 only: an arm64 exe gets none of the code or resources in it",
        package.import_path,
        listed(&package.amd64_only, 3)
    );
    (
        message,
        "make the object for arm64 too and name it *_windows_arm64.syso (goversioninfo: -arm -64)",
    )
}

/// Something stands in for the files of amd64, and says itself that it does not work.
fn stub_finding(
    package: &PackageFacts,
    (file, line, text): &(String, u32, String),
    cx: Context<'_>,
) -> Finding {
    let message = format!(
        "{} builds for arm64 with {file} in the place of {}, which says at run time: {text}",
        package.import_path,
        listed(&package.amd64_only, 3)
    );
    let mut finding = draft::finding(&META.id, cx.subject, Severity::Warning, message);
    finding.class = Some("arch-stub".into());
    finding.confidence = Confidence::Medium;
    finding.help = Some(
        "look whether your program asks for what does not work there, and has another way; the package may have a \
         question of its own for it (such as SupportedCPU)"
            .into(),
    );
    let path = package.report_path(file);
    finding.location =
        Some(Location { file: Some(path.clone()), line: Some(*line), ..Location::default() });
    finding.evidence.push(Evidence::Cause {
        text: format!("{path} is for arm64 and not for amd64, and holds this text"),
        file: Some(path),
        line: Some(*line),
    });
    finding.evidence.push(files(package));
    draft::about_package(finding, package, reachability(package))
}
