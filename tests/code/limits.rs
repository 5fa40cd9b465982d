//! What the checks of the code words say where a scan has limits, and of whom.

use gowoa::checks::{Context, SubjectFacts, by_id};
use gowoa::facts::code::{CodeFacts, CodePlace, ForeignCode, Function, NamedBy, Reading, X18Use};
use gowoa::facts::given::Claim;
use gowoa::facts::object::{LinkedBy, ObjectContents, ObjectFile, ObjectForm, ObjectMember};
use gowoa::facts::{ImageFile, UnitFacts};
use gowoa::model::{SubjectId, SubjectKind, Verdict};

const IMAGE: &[u8] = include_bytes!("../../testdata/pe/code/go.exe");

/// What a check says of an image with this code.
fn judge(check: &str, code: &CodeFacts, unit: &UnitFacts) -> Verdict {
    let mut image = ImageFile::unread("a.exe".into(), "a.exe".into());
    image.facts = Ok(gowoa::image::read(IMAGE).unwrap());
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
    CodePlace { section: ".text".into(), rva: 0x1000, file_offset: 0x400, function: Some(function) }
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
    foreign(Reading::X86 { bits: 64, score_millinats: 30_000, instructions: 12, text: Vec::new() })
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
    let x18 = X18Use { place: place(), writes: 1, reads: 0, text: Vec::new(), bytes: Vec::new() };
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
