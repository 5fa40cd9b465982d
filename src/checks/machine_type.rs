//! machine-type: is the image for the machine it is meant for?

use crate::facts::ImageFile;
use crate::facts::given::{ClaimedBy, Form};
use crate::facts::image::{ImageFacts, MachineKind};
use crate::model::{CheckId, Evidence, Finding, Location, Severity, SubjectKind, Verdict};

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
        if let Some(reason) = meant_for_another(image) {
            return Verdict::NotApplicable(reason);
        }
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
        if let Some(reason) = judged_elsewhere(image, facts, cx) {
            return Verdict::NotApplicable(reason);
        }
        if fits(facts, image.claim.goarch()) {
            return Verdict::Pass;
        }
        Verdict::Fail(vec![wrong_machine(image, facts, cx)])
    }
}

/// Images of these machines are what gowoa knows to judge.
fn words(goarch: &str) -> Option<&'static str> {
    match goarch {
        "arm64" => Some("ARM64"),
        "amd64" => Some("x64"),
        "386" => Some("x86"),
        "arm" => Some("ARM32"),
        _ => None,
    }
}

/// Why an image need not be for ARM64: a name or metadata says another machine, or `--expect` one of another
/// system.
fn meant_for_another(image: &ImageFile) -> Option<String> {
    let claim = &image.claim;
    let labelled = claim.by.is_label() && !claim.windows_arm64();
    let other = claim.goos() != "windows" || words(claim.goarch()).is_none();
    (labelled || other).then(|| format!("it is meant for {}/{}", claim.goos(), claim.goarch()))
}

/// Why its machine is the matter of another check.
fn judged_elsewhere(image: &ImageFile, facts: &ImageFacts, cx: Context<'_>) -> Option<String> {
    let given = cx.unit.given.as_ref()?.file(&image.name)?;
    if image.claim.by.is_label() {
        return Some(
            "its name or metadata says its machine; name-against-content judges that".into(),
        );
    }
    if given.company.misplaced.is_some() {
        return Some("it is not what its container says; name-against-content judges that".into());
    }
    if let Some(installer) = given.content.installer {
        return Some(format!(
            "it is the program of an installer ({installer}), not what it installs"
        ));
    }
    match given.content.goarch {
        None => Some(format!("it is {}", given.content.words)),
        // The native code in an assembly for Linux: Windows never runs it.
        Some(_) if given.content.goos.as_deref().is_some_and(|goos| goos != "windows") => {
            Some(format!("it is {}", given.content.words))
        }
        Some(_) if given.content.form == Form::Efi && facts.kind != MachineKind::Arm64 => {
            Some("it is a program for UEFI, not for Windows".into())
        }
        Some(_) => None,
    }
}

fn fits(facts: &ImageFacts, goarch: &str) -> bool {
    match (facts.kind, goarch) {
        // hybrid-image says more about the last two.
        (MachineKind::Arm64 | MachineKind::Arm64Ec | MachineKind::Arm64X, "arm64") => {
            facts.pe32_plus
        }
        (MachineKind::X64, "amd64") => true,
        (MachineKind::X86 | MachineKind::ChpeX86, "386") => true,
        (MachineKind::Arm32, "arm") => true,
        _ => false,
    }
}

fn wrong_machine(image: &ImageFile, facts: &ImageFacts, cx: Context<'_>) -> Finding {
    let kind = facts.kind;
    let expected = words(image.claim.goarch()).unwrap_or("ARM64");
    let message = if facts.pe32_plus || kind != MachineKind::Arm64 {
        format!("{} is {kind}, not {expected}", image.name)
    } else {
        format!("{} says ARM64 and is a PE32 image; ARM64 Windows loads PE32+", image.name)
    };
    let mut finding = draft::finding(&META.id, cx.subject, Severity::Error, message);
    finding.class = Some("wrong-machine".into());
    finding.package = image.package.clone();
    finding.help = Some(match image.claim.by {
        ClaimedBy::Build => {
            "an arm64 build made this: look for a wrapper around go, -toolexec, or an object that replaced it"
                .into()
        }
        _ => format!(
            "build it with GOOS=windows GOARCH={}; if it is meant for another machine, let its name say so",
            image.claim.goarch()
        ),
    });
    finding.location =
        Some(Location { file_offset: Some(facts.machine_offset), ..Location::default() });
    finding.evidence.push(Evidence::Field {
        name: "Machine".into(),
        value: format!("{:#06x} ({kind})", facts.machine),
        file_offset: Some(facts.machine_offset),
    });
    finding
}

fn not_an_image(image: &ImageFile, reason: &str, cx: Context<'_>) -> Finding {
    let message = format!("{}: {reason}", image.name);
    let mut finding = draft::finding(&META.id, cx.subject, Severity::Error, message);
    finding.class = Some("not-an-image".into());
    finding.package = image.package.clone();
    finding.help = Some(match image.claim.by {
        ClaimedBy::Build => {
            "an arm64 build made this: look for a wrapper around go, or a disk that is full".into()
        }
        _ => "build or copy it again: a download or a copy was cut short, or the disk was full"
            .into(),
    });
    finding
}
