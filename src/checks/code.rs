//! What the checks of the code words share: who gets the facts, and how a place in the code is told.

use crate::facts::code::{CodeFacts, CodePlace, Function};
use crate::facts::image::MachineKind;
use crate::facts::{ImageFacts, ImageFile};
use crate::model::{Finding, Location, ModuleRef, Reachability, Verdict};

use super::{SubjectFacts, readable};

/// Findings that one check makes of one image; what is beyond is counted in the last one's message.
pub(super) const MAX_FINDINGS: usize = 40;

/// An image with what was found in its code; else the answer of a check that needs it.
pub(super) fn scanned(
    subject: SubjectFacts<'_>,
) -> Result<(&ImageFile, &ImageFacts, &CodeFacts), Verdict> {
    let (image, facts) = readable(subject)?;
    match (&image.code, facts.kind) {
        (Some(Ok(code)), _) => Ok((image, facts, code)),
        (Some(Err(reason)), _) => Err(Verdict::Inconclusive {
            reason: format!("its code could not be scanned: {reason}"),
            gating: true,
        }),
        (None, MachineKind::Arm64 | MachineKind::Arm64Ec | MachineKind::Arm64X) => {
            Err(Verdict::Inconclusive { reason: "its code was not scanned".into(), gating: true })
        }
        (None, kind) => Err(Verdict::NotApplicable(format!("it is {kind} and holds no A64 code"))),
    }
}

/// Fills in whose code it is and where.
pub(super) fn about_code(mut finding: Finding, place: &CodePlace, image: &ImageFile) -> Finding {
    let function = place.function.as_ref();
    finding.package =
        function.and_then(|function| function.package.clone()).or_else(|| image.package.clone());
    finding.module = function.and_then(module);
    // What was found in an exe is in the exe.
    finding.reachability = Some(Reachability::LinkedFunction);
    finding.location = Some(Location {
        section: Some(place.section.clone()),
        rva: Some(place.rva),
        file_offset: Some(place.file_offset),
        function: function.map(|function| function.name.clone()),
        ..Location::default()
    });
    finding
}

/// The module of a function; none for the standard library.
fn module(function: &Function) -> Option<ModuleRef> {
    let (path, version) = function.module.as_ref().filter(|(path, _)| path != "std")?;
    Some(ModuleRef {
        path: path.clone(),
        version: Some(version.clone())
            .filter(|version| !matches!(version.as_str(), "" | "(devel)")),
        replaced_by: None,
        vendored: false,
    })
}

/// `in main.fastSum` or `between two functions`.
pub(super) fn in_function(place: &CodePlace) -> String {
    match &place.function {
        Some(function) => format!("in {}", function.name),
        None => "outside any known function".into(),
    }
}

/// Lower-case hexadecimal, two digits a byte.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
