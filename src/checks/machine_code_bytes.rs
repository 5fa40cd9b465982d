//! machine-code-bytes: does the package carry x86 machine code as bytes and make memory executable for it?

use crate::facts::PackageFacts;
use crate::facts::source::CodeBytes;
use crate::model::{CheckId, Confidence, Finding, Severity, SubjectKind, Verdict};

use super::draft::{self, function_reachability};
use super::sources::{text_of, verdict};
use super::{Check, Context, Meta, SubjectFacts};

/// See the module.
#[derive(Debug)]
pub(super) struct MachineCodeBytes;

static META: Meta = Meta {
    id: CheckId::new("machine-code-bytes"),
    title: "x86 machine code stands in a byte literal, with executable memory near it",
    severity: Severity::Warning,
    subjects: &[SubjectKind::Package],
    page: include_str!("machine_code_bytes.md"),
};

impl Check for MachineCodeBytes {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, subject: SubjectFacts<'_>, cx: Context<'_>) -> Verdict {
        let (package, source) = match text_of(subject, cx) {
            Ok(both) => both,
            Err(verdict) => return verdict,
        };
        let findings = source.code_bytes.iter().map(|code| finding(package, code, cx)).collect();
        verdict(findings, source)
    }
}

fn finding(package: &PackageFacts, code: &CodeBytes, cx: Context<'_>) -> Finding {
    let image = code.reads_like.contains("image");
    let does = if image { "cannot load it" } else { "cannot run it" };
    let message = format!(
        "a literal of {} bytes reads like {}: an ARM64 process {does}",
        code.bytes, code.reads_like
    );
    let mut finding = draft::finding(&META.id, cx.subject, Severity::Warning, message);
    finding.confidence = Confidence::Medium;
    finding.class = Some(if image { "image-bytes" } else { "code-bytes" }.into());
    finding.help = Some(
        "put it into a file for amd64, and one for arm64 beside it with the same in ARM64 code or without it".into(),
    );
    finding.location = Some(draft::at(package, &code.place));
    finding.evidence.push(draft::source(package, &code.place));
    if let Some(place) = &code.executable_by {
        finding.evidence.push(draft::source(package, place));
    }
    // A variable of the package has no function: the package decides.
    let reach = function_reachability(package, code.place.function.as_deref());
    draft::about_package(finding, package, reach)
}
