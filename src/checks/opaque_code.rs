//! opaque-code: are there words in the code that are no instruction of any kind?

use std::collections::BTreeMap;

use crate::facts::ImageFile;
use crate::facts::code::{ForeignCode, NamedBy, Reading};
use crate::model::{CheckId, Confidence, Evidence, Finding, Severity, SubjectKind, Verdict};

use super::code::{about_code, hex, in_function, scanned};
use super::draft;
use super::{Check, Context, Meta, SubjectFacts};

/// See the module.
#[derive(Debug)]
pub(super) struct OpaqueCode;

static META: Meta = Meta {
    id: CheckId::new("opaque-code"),
    title: "words in an executable section are neither A64 nor x86 code nor a literal pool",
    severity: Severity::Warning,
    subjects: &[SubjectKind::Image],
    page: include_str!("opaque_code.md"),
};

impl Check for OpaqueCode {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, subject: SubjectFacts<'_>, cx: Context<'_>) -> Verdict {
        let (image, _, code) = match scanned(subject) {
            Ok(scanned) => scanned,
            Err(verdict) => return verdict,
        };
        // Where it occurs, it occurs often: one finding a package.
        let mut packages: BTreeMap<Option<&str>, Vec<&ForeignCode>> = BTreeMap::new();
        for foreign in code.foreign.iter().filter(|one| one.reading == Reading::Opaque) {
            let function = foreign.place.function.as_ref();
            let package = function.and_then(|function| function.package.as_deref());
            packages.entry(package).or_default().push(foreign);
        }
        let mut findings: Vec<Finding> =
            packages.values().filter_map(|group| finding(group, image, cx)).collect();
        let (runs, words) = (code.opaque_more, code.unread);
        if let Some(last) = findings.last_mut() {
            if runs > 0 {
                last.message.push_str(&format!(" (and {runs} more runs)"));
            }
            if words > 0 {
                last.message.push_str(&format!(" (and {words} words that were not read)"));
            }
            return Verdict::Fail(findings);
        }
        if runs > 0 || words > 0 {
            return Verdict::Inconclusive {
                reason: format!(
                    "{runs} runs of words that are no instructions were too many to be kept, and {words} such \
                     words too many to be read"
                ),
                gating: false,
            };
        }
        Verdict::Pass
    }
}

fn finding(group: &[&ForeignCode], image: &ImageFile, cx: Context<'_>) -> Option<Finding> {
    let first = *group.first()?;
    let words: u64 = group.iter().map(|foreign| u64::from(foreign.undecodable)).sum();
    let mut functions: Vec<u32> =
        group.iter().filter_map(|foreign| Some(foreign.place.function.as_ref()?.rva)).collect();
    functions.dedup();
    let place = match functions.len() {
        0 | 1 => in_function(&first.place),
        many => format!("{} and {} more functions", in_function(&first.place), many - 1),
    };
    let what = match words {
        1 => format!("1 word {place} is no instruction"),
        many => format!("{many} words {place} are no instructions"),
    };
    let message = format!(
        "{}: {what}, RVA {:#x}, file offset {:#x}",
        image.name, first.place.rva, first.place.file_offset
    );
    // C and Rust compilers leave tables in their code, and not all of these can be told; Go does not.
    let named_by = |one: &&ForeignCode| one.place.function.as_ref().map(|of| of.named_by);
    let of_go = group.iter().any(|one| named_by(one).is_none_or(|by| by == NamedBy::Pclntab));
    let (severity, confidence) = if of_go {
        (Severity::Warning, Confidence::Medium)
    } else {
        (Severity::Note, Confidence::Low)
    };
    let draft = draft::finding(&META.id, cx.subject, severity, message);
    let mut finding = about_code(draft, &first.place, image);
    finding.class = Some("opaque-words".into());
    finding.confidence = confidence;
    finding.help = Some(
        "look whether these are tables that stand among the code (harmless), or code of another machine; data belongs \
         into a data section (DATA, GLOBL)"
            .into(),
    );
    finding.evidence.push(Evidence::Code {
        rva: first.place.rva,
        file_offset: first.place.file_offset,
        bytes: hex(&first.bytes),
        x86: Vec::new(),
        a64: first.a64.clone(),
    });
    Some(finding)
}
