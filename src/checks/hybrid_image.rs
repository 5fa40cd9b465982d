//! hybrid-image: ARM64EC or ARM64X where a plain ARM64 image is promised.

use crate::facts::image::{CodeType, ImageFacts, MachineKind};
use crate::model::{CheckId, Evidence, Location, Severity, SubjectKind, Verdict};

use super::draft;
use super::{Check, Context, Meta, SubjectFacts, readable};

/// See the module.
#[derive(Debug)]
pub(super) struct HybridImage;

static META: Meta = Meta {
    id: CheckId::new("hybrid-image"),
    title: "an image is ARM64EC or ARM64X where a plain ARM64 image is promised",
    severity: Severity::Error,
    subjects: &[SubjectKind::Image],
    page: include_str!("hybrid_image.md"),
};

impl Check for HybridImage {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, subject: SubjectFacts<'_>, cx: Context<'_>) -> Verdict {
        let (image, facts) = match readable(subject) {
            Ok(image) => image,
            Err(verdict) => return verdict,
        };
        let (severity, words) = match facts.kind {
            MachineKind::Arm64 => {
                return match facts.kind_doubt() {
                    None => Verdict::Pass,
                    Some(doubt) => Verdict::Inconclusive {
                        reason: format!("whether it is a hybrid could not be read: {doubt}"),
                        gating: true,
                    },
                };
            }
            MachineKind::Arm64Ec => {
                (Severity::Error, "ARM64EC: its header says x64, and it loads into x64 processes")
            }
            MachineKind::Arm64X => {
                (Severity::Note, "ARM64X: it holds code for ARM64 and for x64 processes")
            }
            kind => {
                return Verdict::NotApplicable(format!(
                    "it is {kind}, neither ARM64 nor a hybrid of it"
                ));
            }
        };
        let mut finding =
            draft::finding(&META.id, cx.subject, severity, format!("{} is {words}", image.name));
        finding.class = Some(facts.kind.words().to_lowercase());
        finding.package = image.package.clone();
        finding.help = Some(
            "Go itself makes plain ARM64 only: a hybrid comes from a C toolchain (-arm64EC, /machine:arm64ec) or is \
             another file under this name"
                .into(),
        );
        finding.evidence = evidence(facts);
        finding.location =
            Some(Location { file_offset: Some(facts.machine_offset), ..Location::default() });
        Verdict::Fail(vec![finding])
    }
}

fn evidence(facts: &ImageFacts) -> Vec<Evidence> {
    let field = |name: &str, value: String, offset| Evidence::Field {
        name: name.into(),
        value,
        file_offset: offset,
    };
    let mut evidence =
        vec![field("Machine", format!("{:#06x}", facts.machine), Some(facts.machine_offset))];
    let Ok(hybrid) = &facts.hybrid else { return evidence };
    if let Some(chpe) = &hybrid.chpe {
        evidence.push(field(
            "CHPEMetadataPointer",
            format!("{:#x}", chpe.pointer),
            Some(chpe.pointer_offset),
        ));
        if let Ok(metadata) = &chpe.metadata {
            let x64: u64 = metadata
                .code_ranges
                .iter()
                .filter(|range| range.code == CodeType::Amd64)
                .map(|range| u64::from(range.length))
                .sum();
            let value = format!("{} ranges, {x64} bytes of them x64", metadata.code_ranges.len());
            evidence.push(field("CodeMap", value, metadata.code_map_offset));
        }
    }
    if let Ok(Some(relocations)) = &hybrid.arm64x {
        let value = format!("symbol 6 (ARM64X), {} bytes of fix-ups", relocations.fixup_size);
        evidence.push(field("DynamicValueRelocTable", value, Some(relocations.offset)));
    }
    evidence
}
