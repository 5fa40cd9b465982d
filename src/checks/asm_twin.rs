//! asm-twin: assembly for amd64 that has neither an arm64 twin nor a Go fallback.

use crate::model::{CheckId, Confidence, FileSetClass, Severity, SubjectKind, Verdict};

use super::draft::{self, files, listed, reachability};
use super::{Check, Context, Meta, SubjectFacts, comparable};

/// See the module.
#[derive(Debug)]
pub(super) struct AsmTwin;

static META: Meta = Meta {
    id: CheckId::new("asm-twin"),
    title: "assembly for amd64 has neither an arm64 twin nor a Go fallback",
    severity: Severity::Error,
    subjects: &[SubjectKind::Package],
    page: include_str!("asm_twin.md"),
};

impl Check for AsmTwin {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, subject: SubjectFacts<'_>, cx: Context<'_>) -> Verdict {
        let package = match comparable(subject, cx) {
            Ok(package) => package,
            Err(verdict) => return verdict,
        };
        match package.class {
            Some(FileSetClass::AssemblyDropped) if !package.compiled => {
                // The code may ask for GOARCH before it calls the assembly: only a link could tell.
                return Verdict::NotApplicable("it was not built; other findings say why".into());
            }
            Some(FileSetClass::AssemblyDropped) => {}
            Some(FileSetClass::NativeAssembly | FileSetClass::GenericFallback) => {
                return Verdict::Pass;
            }
            _ => return Verdict::NotApplicable("it has no assembly of one architecture".into()),
        }
        if package.linked {
            // Of the user's own packages everything exported was linked; of a dependency, what is used.
            return Verdict::Pass;
        }
        let message = format!(
            "{} has {} for amd64 and the same Go files for arm64: whatever the assembly defines is missing",
            package.import_path,
            listed(&package.amd64_only, 3)
        );
        let mut finding = draft::finding(&META.id, cx.subject, Severity::Error, message);
        finding.class = Some(FileSetClass::AssemblyDropped.as_str().into());
        finding.confidence = Confidence::Medium;
        finding.help = Some(
            "add the assembly for arm64, or a Go version in a file with `//go:build !amd64`".into(),
        );
        finding.location = package.amd64_only.first().map(|file| draft::in_file(package, file));
        finding.evidence.push(files(package));
        finding.evidence.extend(super::listed::instead_of_assembly(package));
        Verdict::Fail(vec![draft::about_package(finding, package, reachability(package))])
    }
}
