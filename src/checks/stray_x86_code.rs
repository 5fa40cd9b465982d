//! stray-x86-code: is there x86 code among the A64 code?

use crate::facts::code::{ForeignCode, Reading};
use crate::facts::object::{LinkedBy, ObjectContents, ObjectForm};
use crate::facts::{ImageFile, ObjectFile};
use crate::model::{CheckId, Confidence, Evidence, Finding, Severity, SubjectKind, Verdict};

use super::code::{MAX_FINDINGS, about_code, hex, in_function, scanned};
use super::draft;
use super::{Check, Context, Meta, SubjectFacts};

/// See the module.
#[derive(Debug)]
pub(super) struct StrayX86Code;

static META: Meta = Meta {
    id: CheckId::new("stray-x86-code"),
    title: "x86 or x86-64 code stands in an executable section of an ARM64 image",
    severity: Severity::Error,
    subjects: &[SubjectKind::Image],
    page: include_str!("stray_x86_code.md"),
};

/// In nats. At the threshold of the scan, 12, no false reading was seen; twice that leaves no doubt.
const SURE_MILLINATS: i64 = 24_000;

impl Check for StrayX86Code {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, subject: SubjectFacts<'_>, cx: Context<'_>) -> Verdict {
        let (image, _, code) = match scanned(subject) {
            Ok(scanned) => scanned,
            Err(verdict) => return verdict,
        };
        // Runs of one function are one finding: the first is shown.
        let mut groups: Vec<Vec<&ForeignCode>> = Vec::new();
        for foreign in code.foreign.iter().filter(|foreign| is_x86(foreign)) {
            let function = foreign.place.function.as_ref().map(|function| function.rva);
            let same = groups.last_mut().filter(|group| {
                let last = group.first().and_then(|first| first.place.function.as_ref());
                function.is_some() && last.map(|last| last.rva) == function
            });
            match same {
                Some(group) => group.push(foreign),
                None => groups.push(vec![foreign]),
            }
        }
        if groups.is_empty() {
            return match code.unread {
                0 => Verdict::Pass,
                words => Verdict::Inconclusive {
                    reason: format!(
                        "{words} words that are no instructions were not read as x86: there are too many"
                    ),
                    gating: true,
                },
            };
        }
        let more = groups.len().saturating_sub(MAX_FINDINGS) as u64 + code.x86_more;
        let mut findings: Vec<Finding> = groups
            .iter()
            .take(MAX_FINDINGS)
            .filter_map(|group| finding(group, image, cx))
            .collect();
        if let Some(last) = findings.last_mut().filter(|_| more > 0) {
            last.message.push_str(&format!(" (and {more} more places in this image)"));
        }
        Verdict::Fail(findings)
    }
}

fn is_x86(foreign: &ForeignCode) -> bool {
    matches!(foreign.reading, Reading::X86 { .. })
}

fn finding(group: &[&ForeignCode], image: &ImageFile, cx: Context<'_>) -> Option<Finding> {
    let first = *group.first()?;
    let Reading::X86 { bits, score_millinats, instructions, text } = &first.reading else {
        return None;
    };
    let bytes: u64 = group.iter().map(|foreign| u64::from(foreign.length)).sum();
    let name = if *bits == 64 { "x86-64" } else { "x86" };
    let runs = if group.len() > 1 { format!(" in {} runs", group.len()) } else { String::new() };
    let message = format!(
        "{}: {bytes} bytes of {name} code{runs} {}, RVA {:#x}, file offset {:#x}",
        image.name,
        in_function(&first.place),
        first.place.rva,
        first.place.file_offset
    );
    let draft = draft::finding(&META.id, cx.subject, Severity::Error, message);
    let mut finding = about_code(draft, &first.place, image);
    finding.class = Some(if *bits == 64 { "x86-64-code" } else { "x86-code" }.into());
    finding.confidence =
        if *score_millinats >= SURE_MILLINATS { Confidence::High } else { Confidence::Medium };
    let object = culprit(first, image, cx);
    finding.help = Some(help(object, first));
    if let Some(object) = object {
        let whose = match first.place.function.as_ref().and_then(|f| f.package.as_ref()) {
            Some(_) => "that package",
            None => "this image",
        };
        let text = format!(
            "{} is linked into {whose} and is not an ARM64 object; the Go linker does not compare machines",
            object.name
        );
        finding.evidence.push(Evidence::Cause {
            text,
            file: Some(object.name.clone()),
            line: None,
        });
    }
    let value = format!(
        "{} of {} words are no A64 instruction; {instructions} instructions of {name}, {}.{} nats likelier than anything else",
        first.undecodable,
        first.length.div_ceil(4),
        score_millinats / 1000,
        (score_millinats % 1000).abs() / 100
    );
    finding.evidence.push(Evidence::Field { name: "Scan".into(), value, file_offset: None });
    finding.evidence.push(Evidence::Code {
        rva: first.place.rva,
        file_offset: first.place.file_offset,
        bytes: hex(&first.bytes),
        x86: text.clone(),
        a64: first.a64.clone(),
    });
    Some(finding)
}

/// The object of that package, or else in that image, that is not for ARM64, if there is one. Of what was
/// given to be inspected nobody knows where it is linked.
fn culprit<'a>(
    foreign: &ForeignCode,
    image: &ImageFile,
    cx: Context<'a>,
) -> Option<&'a ObjectFile> {
    let package = foreign.place.function.as_ref().and_then(|function| function.package.as_ref());
    cx.unit.objects.iter().find(|object| {
        let here = match package {
            Some(package) => object.packages.contains(package),
            None => object.linked_into.contains(&image.name),
        };
        let linked = object.linked_by != LinkedBy::Given;
        here && linked && object.contents.as_ref().is_ok_and(holds_x86)
    })
}

fn holds_x86(contents: &ObjectContents) -> bool {
    let members = match contents {
        ObjectContents::Member(member) => std::slice::from_ref(member),
        ObjectContents::Archive { members, .. } => members,
    };
    members.iter().any(|member| {
        matches!(member.form, ObjectForm::Coff { machine: 0x8664 | 0x014c, code_bytes: 1.., .. })
    })
}

fn help(object: Option<&ObjectFile>, foreign: &ForeignCode) -> String {
    match object {
        Some(object) => format!(
            "build {} for ARM64, as with clang --target=aarch64-windows-gnu -c, or leave it out of arm64 builds \
             (name it *_windows_amd64.syso)",
            object.name
        ),
        None => {
            let whose = match foreign.place.function.as_ref().and_then(|f| f.package.as_ref()) {
                Some(package) => format!("in {package}"),
                None => "in the packages with .syso files, C libraries or assembly".to_owned(),
            };
            format!(
                "look for a .syso object, a C library or machine code in assembly (WORD, DWORD) {whose}, and make it \
                 for ARM64"
            )
        }
    }
}
