//! hardening: ASLR, high-entropy ASLR and NX.

use crate::model::{CheckId, Evidence, Location, Severity, SubjectKind, Verdict};

use super::draft;
use super::{Check, Context, Meta, SubjectFacts, readable};

/// See the module.
#[derive(Debug)]
pub(super) struct Hardening;

static META: Meta = Meta {
    id: CheckId::new("hardening"),
    title: "an image lacks ASLR, high-entropy ASLR or NX",
    severity: Severity::Warning,
    subjects: &[SubjectKind::Image],
    page: include_str!("hardening.md"),
};

impl Check for Hardening {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, subject: SubjectFacts<'_>, cx: Context<'_>) -> Verdict {
        let (image, facts) = match readable(subject) {
            Ok(image) => image,
            Err(verdict) => return verdict,
        };
        if !facts.pe32_plus {
            return Verdict::NotApplicable("a 32-bit image; machine-type judges that".into());
        }
        let mut missing = Vec::new();
        if !facts.aslr() || facts.relocations_stripped() {
            missing.push("ASLR (DYNAMIC_BASE, with base relocations)");
        }
        if !facts.high_entropy_va() {
            missing.push("high-entropy ASLR (HIGH_ENTROPY_VA)");
        }
        if !facts.nx_compat() {
            missing.push("NX (NX_COMPAT)");
        }
        if missing.is_empty() {
            return Verdict::Pass;
        }
        let message = format!("{} is linked without {}", image.name, missing.join(", "));
        let mut finding = draft::finding(&META.id, cx.subject, Severity::Warning, message);
        finding.class = Some("mitigation-missing".into());
        finding.package = image.package.clone();
        finding.help = Some(
            "Go sets all three by default (and ARM64 Windows requires ASLR): look for -buildmode=exe, -extldflags or \
             a tool that rewrites the exe"
                .into(),
        );
        finding.location = Some(Location {
            file_offset: Some(facts.dll_characteristics_offset),
            ..Location::default()
        });
        finding.evidence.push(Evidence::Field {
            name: "DllCharacteristics".into(),
            value: format!("{:#06x}", facts.dll_characteristics),
            file_offset: Some(facts.dll_characteristics_offset),
        });
        Verdict::Fail(vec![finding])
    }
}
