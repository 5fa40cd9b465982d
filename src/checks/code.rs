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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::{Context, by_id};
    use crate::facts::UnitFacts;
    use crate::facts::code::{ForeignCode, NamedBy, Reading, X18Use};
    use crate::facts::given::Claim;
    use crate::facts::object::{LinkedBy, ObjectContents, ObjectFile, ObjectForm, ObjectMember};
    use crate::model::{SubjectId, SubjectKind};

    const IMAGE: &[u8] = include_bytes!("../../testdata/pe/code/stray-x64.exe");

    /// What a check says of an image with this code.
    fn judge(check: &str, code: &CodeFacts, unit: &UnitFacts) -> Verdict {
        let mut image = ImageFile::unread("a.exe".into(), "a.exe".into());
        image.facts = Ok(crate::image::read(IMAGE).unwrap());
        image.code = Some(Ok(code.clone()));
        let subject = SubjectId::new(SubjectKind::Image, "a.exe");
        let cx = Context { unit, subject: &subject };
        by_id(check).unwrap().judge(SubjectFacts::Image(&image), cx)
    }

    fn inconclusive(check: &str, code: &CodeFacts) -> Option<bool> {
        match judge(check, code, &UnitFacts::default()) {
            Verdict::Inconclusive { gating, .. } => Some(gating),
            _ => None,
        }
    }

    fn place() -> CodePlace {
        let function = Function {
            name: "f".into(),
            package: None,
            module: None,
            named_by: NamedBy::Pclntab,
            rva: 0x1000,
            length: 16,
        };
        CodePlace {
            section: ".text".into(),
            rva: 0x1000,
            file_offset: 0x400,
            function: Some(function),
        }
    }

    fn foreign(reading: Reading) -> ForeignCode {
        ForeignCode {
            place: place(),
            length: 48,
            undecodable: 12,
            bytes: vec![0x55],
            reading,
            a64: Vec::new(),
        }
    }

    fn x86() -> ForeignCode {
        foreign(Reading::X86 {
            bits: 64,
            score_millinats: 30_000,
            instructions: 12,
            text: Vec::new(),
        })
    }

    #[test]
    fn what_was_not_read_or_kept_is_no_pass() {
        let none = CodeFacts::default();
        for check in ["stray-x86-code", "opaque-code", "reserved-x18", "isa-baseline"] {
            assert!(matches!(judge(check, &none, &UnitFacts::default()), Verdict::Pass), "{check}");
        }
        let unread = CodeFacts { unread: 1, ..CodeFacts::default() };
        assert_eq!(inconclusive("stray-x86-code", &unread), Some(true));
        assert_eq!(inconclusive("opaque-code", &unread), Some(false));
        let opaque = CodeFacts { opaque_more: 1, ..CodeFacts::default() };
        assert_eq!(inconclusive("opaque-code", &opaque), Some(false));
        assert_eq!(inconclusive("stray-x86-code", &opaque), None);
        let features = CodeFacts { features_more: 1, ..CodeFacts::default() };
        assert_eq!(inconclusive("isa-baseline", &features), Some(false));
        let guarded = CodeFacts { guarded_more: 1, ..CodeFacts::default() };
        assert_eq!(inconclusive("isa-baseline", &guarded), None);
        let x18 = CodeFacts { x18_more: 1, ..CodeFacts::default() };
        assert_eq!(inconclusive("reserved-x18", &x18), Some(true));
    }

    fn x64_member() -> ObjectMember {
        let form = ObjectForm::Coff {
            machine: 0x8664,
            machine_offset: 0,
            bigobj: false,
            code_bytes: 48,
            resources_only: false,
            x64_code_bytes: 0,
            functions: Vec::new(),
        };
        ObjectMember { name: String::new(), offset: 0, size: 48, form }
    }

    /// Message and evidence of the only finding.
    fn message(check: &str, code: &CodeFacts, unit: &UnitFacts) -> String {
        let verdict = judge(check, code, unit);
        let Verdict::Fail(findings) = verdict else { panic!("{verdict:?}") };
        format!("{} {:?}", findings[0].message, findings[0].evidence)
    }

    #[test]
    fn what_was_not_kept_is_in_the_last_message() {
        let unit = UnitFacts::default();
        let x18 =
            X18Use { place: place(), writes: 1, reads: 0, text: Vec::new(), bytes: Vec::new() };
        let code = CodeFacts {
            foreign: vec![x86()],
            x86_more: 3,
            x18: vec![x18],
            x18_more: 4,
            ..CodeFacts::default()
        };
        let found = message("stray-x86-code", &code, &unit);
        assert!(found.contains("(and 3 more places in this image)"), "{found}");
        let found = message("reserved-x18", &code, &unit);
        assert!(found.contains("(and 4 more functions of this image)"), "{found}");
        let code = CodeFacts {
            foreign: vec![foreign(Reading::Opaque)],
            opaque_more: 5,
            unread: 6,
            ..CodeFacts::default()
        };
        let found = message("opaque-code", &code, &unit);
        assert!(found.contains("(and 5 more runs) (and 6 words that were not read)"), "{found}");
    }

    #[test]
    fn an_object_is_named_only_where_it_is_linked() {
        let named = |linked_by: LinkedBy, linked_into: &[&str]| {
            let mut object = ObjectFile::unread("x.syso".into(), linked_by, Claim::default());
            object.linked_into = linked_into.iter().map(|&name| name.to_owned()).collect();
            object.contents = Ok(ObjectContents::Member(x64_member()));
            let unit = UnitFacts { objects: vec![object], ..UnitFacts::default() };
            let code = CodeFacts { foreign: vec![x86()], ..CodeFacts::default() };
            message("stray-x86-code", &code, &unit).contains("x.syso is linked into this image")
        };
        assert!(named(LinkedBy::Syso, &["a.exe"]));
        assert!(!named(LinkedBy::Syso, &["b.exe"]) && !named(LinkedBy::Syso, &[]));
        assert!(!named(LinkedBy::Given, &["a.exe"]));
    }
}
