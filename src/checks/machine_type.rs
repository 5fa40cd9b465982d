//! machine-type: is the image for the machine it is meant for?

use crate::facts::ImageFile;
use crate::facts::image::MachineKind;
use crate::model::{CheckId, Evidence, Location, Severity, SubjectKind, Verdict};

use super::draft;
use super::{Check, Context, Meta, SubjectFacts};

/// See the module.
#[derive(Debug)]
pub(super) struct MachineType;

static META: Meta = Meta {
    id: CheckId::new("machine-type"),
    title: "an image is not made for the machine expected",
    severity: Severity::Error,
    subjects: &[SubjectKind::Image],
    page: include_str!("machine_type.md"),
};

impl Check for MachineType {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, subject: SubjectFacts<'_>, cx: Context<'_>) -> Verdict {
        let SubjectFacts::Image(image) = subject else {
            return Verdict::NotApplicable("not an image".into());
        };
        let facts = match &image.facts {
            Ok(facts) => facts,
            Err(reason) if image.missing => {
                return Verdict::Inconclusive { reason: reason.clone(), gating: true };
            }
            Err(reason) => return Verdict::Fail(vec![not_an_image(image, reason, cx)]),
        };
        if let Some(section) = facts.truncated_section() {
            let reason = format!("the file ends inside section {}", section.name);
            return Verdict::Fail(vec![not_an_image(image, &reason, cx)]);
        }
        match facts.kind {
            // hybrid-image says more about these two.
            MachineKind::Arm64 | MachineKind::Arm64Ec | MachineKind::Arm64X if facts.pe32_plus => {
                Verdict::Pass
            }
            kind => {
                let message = if facts.pe32_plus || kind != MachineKind::Arm64 {
                    format!("{} is {kind}, not ARM64", image.name)
                } else {
                    format!(
                        "{} says ARM64 and is a PE32 image; ARM64 Windows loads PE32+",
                        image.name
                    )
                };
                let mut finding = draft::finding(&META.id, cx.subject, Severity::Error, message);
                finding.class = Some("wrong-machine".into());
                finding.package = image.package.clone();
                finding.help = Some(
                    "an arm64 build made this: look for a wrapper around go, -toolexec, or an object that replaced it"
                        .into(),
                );
                finding.location = Some(Location {
                    file_offset: Some(facts.machine_offset),
                    ..Location::default()
                });
                finding.evidence.push(Evidence::Field {
                    name: "Machine".into(),
                    value: format!("{:#06x} ({kind})", facts.machine),
                    file_offset: Some(facts.machine_offset),
                });
                Verdict::Fail(vec![finding])
            }
        }
    }
}

fn not_an_image(image: &ImageFile, reason: &str, cx: Context<'_>) -> crate::model::Finding {
    let message = format!("{}: {reason}", image.name);
    let mut finding = draft::finding(&META.id, cx.subject, Severity::Error, message);
    finding.class = Some("not-an-image".into());
    finding.package = image.package.clone();
    finding.help = Some(
        "an arm64 build made this: look for a wrapper around go, or a disk that is full".into(),
    );
    finding
}
