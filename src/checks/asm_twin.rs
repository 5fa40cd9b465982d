//! asm-twin: assembly for amd64 that has neither an arm64 twin nor a Go fallback.

use crate::facts::PackageFacts;
use crate::facts::source::SourcePlace;
use crate::model::{CheckId, Confidence, FileSetClass, Finding, Severity, SubjectKind, Verdict};

use super::draft::{self, files, listed, reachability};
use super::{Check, Context, Meta, SubjectFacts, comparable};

/// See the module.
#[derive(Debug)]
pub(super) struct AsmTwin;

static META: Meta = Meta {
    id: CheckId::new("asm-twin"),
    title: "assembly for amd64 has neither an arm64 twin nor a Go fallback, or no suffix",
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
        if !package.compiled
            && let Some(place) = foreign(package)
        {
            return Verdict::Fail(vec![foreign_finding(package, place, cx)]);
        }
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
            "{} has {} for amd64 and the same Go files for arm64: whatever the assembly defines is missing{}",
            package.import_path,
            listed(&package.amd64_only, 3),
            hidden_by(package)
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

/// Any assembly file, be it empty, lets the compiler take functions without a body.
fn hidden_by(package: &PackageFacts) -> String {
    let asm = package.arm64.as_ref().map_or(&[][..], |set| &set.asm);
    match asm.len() {
        0 => String::new(),
        1 => format!(", and {} keeps the compiler from saying so", listed(asm, 3)),
        _ => format!(", and {} keep the compiler from saying so", listed(asm, 3)),
    }
}

/// x86 in a file that arm64 assembles as well.
fn foreign(package: &PackageFacts) -> Option<&SourcePlace> {
    package.source.as_ref()?.assembly.foreign.first()
}

/// It was not built, so the assembler has not said it yet.
fn foreign_finding(package: &PackageFacts, place: &SourcePlace, cx: Context<'_>) -> Finding {
    let message = format!(
        "{} is x86 assembly and its name ends in no architecture: the assembler for arm64 gets it too and refuses it",
        package.report_path(&place.file)
    );
    let mut finding = draft::finding(&META.id, cx.subject, Severity::Error, message);
    finding.class = Some("no-suffix".into());
    finding.confidence = Confidence::Medium;
    finding.help = Some(
        "give the file the suffix _amd64.s, and add the assembly for arm64, or a Go version in a file with \
         `//go:build !amd64`"
            .into(),
    );
    finding.location = Some(draft::at(package, place));
    finding.evidence.push(draft::source(package, place));
    draft::about_package(finding, package, reachability(package))
}
