//! reserved-x18: does code other than the Go runtime use the register that Windows keeps for itself?

mod assembly;

use crate::facts::ImageFile;
use crate::facts::code::X18Use;
use crate::model::{CheckId, Confidence, Evidence, Finding, Severity, SubjectKind, Verdict};

use super::code::{MAX_FINDINGS, about_code, hex, in_function, scanned};
use super::{Check, Context, Meta, SubjectFacts};
use super::{advice, draft};

/// See the module.
#[derive(Debug)]
pub(super) struct ReservedX18;

static META: Meta = Meta {
    id: CheckId::new("reserved-x18"),
    title: "code writes x18, or uses it for anything but the thread's block of Windows",
    severity: Severity::Error,
    subjects: &[SubjectKind::Package, SubjectKind::Image],
    page: include_str!("reserved_x18.md"),
};

impl Check for ReservedX18 {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, subject: SubjectFacts<'_>, cx: Context<'_>) -> Verdict {
        if let SubjectFacts::Package(_) = subject {
            return assembly::judge(subject, cx);
        }
        let (image, _, code) = match scanned(subject) {
            Ok(scanned) => scanned,
            Err(verdict) => return verdict,
        };
        let uses: Vec<&X18Use> = code.x18.iter().filter(|one| !is_runtime(one)).collect();
        if uses.is_empty() {
            return match code.x18_more {
                0 => Verdict::Pass,
                more => Verdict::Inconclusive {
                    reason: format!("{more} functions that use x18 were too many to be looked at"),
                    gating: true,
                },
            };
        }
        let more = uses.len().saturating_sub(MAX_FINDINGS) as u64 + code.x18_more;
        let mut findings: Vec<Finding> =
            uses.iter().take(MAX_FINDINGS).map(|one| finding(one, image, cx)).collect();
        if let Some(last) = findings.last_mut().filter(|_| more > 0) {
            last.message.push_str(&format!(" (and {more} more functions of this image)"));
        }
        Verdict::Fail(findings)
    }
}

/// Whether it is the Go runtime, which saves and restores x18 with the thread's state.
fn is_runtime(one: &X18Use) -> bool {
    let package = one.place.function.as_ref().and_then(|function| function.package.as_deref());
    package.is_some_and(|package| {
        package == "runtime"
            || package.starts_with("runtime/")
            || package.starts_with("internal/runtime/")
    })
}

fn finding(one: &X18Use, image: &ImageFile, cx: Context<'_>) -> Finding {
    let (severity, class, what) = if one.writes > 0 {
        (Severity::Error, "write", format!("writes x18 ({})", plural(one.writes, "instruction")))
    } else {
        let reads = plural(one.reads, "instruction");
        (Severity::Warning, "read", format!("reads x18 for something else than the TEB ({reads})"))
    };
    // Outside any function a word is as likely data: compilers put tables between functions.
    let sure = one.place.function.is_some();
    let severity = if sure { severity } else { Severity::Note };
    let message = format!(
        "{}: code {} {what}, RVA {:#x}, file offset {:#x}",
        image.name,
        in_function(&one.place),
        one.place.rva,
        one.place.file_offset
    );
    let mut finding =
        about_code(draft::finding(&META.id, cx.subject, severity, message), &one.place, image);
    finding.class = Some(class.into());
    finding.confidence = match (sure, one.writes) {
        (false, _) => Confidence::Low,
        (true, 0) => Confidence::Medium,
        (true, _) => Confidence::High,
    };
    finding.help = Some(
        "use another register; C code is compiled with -ffixed-x18, which is the default for Windows targets: it was \
         made for another system"
            .into(),
    );
    finding.evidence.push(Evidence::Code {
        rva: one.place.rva,
        file_offset: one.place.file_offset,
        bytes: hex(&one.bytes),
        x86: Vec::new(),
        a64: one.text.clone(),
    });
    assembly::add_source(&mut finding, one, cx.unit);
    let package = finding.package.as_ref().and_then(|path| cx.unit.packages.get(path));
    if let Some(package) = package {
        advice::add_rules(&mut finding, package, META.id.as_str(), None, cx.unit);
    }
    finding
}

fn plural(count: u32, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
