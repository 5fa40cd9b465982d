//! embedded-image: does an image carry DLLs, drivers or programs that Windows on Arm cannot use, or does a package
//! embed some?

mod package;

use crate::facts::ImageFile;
use crate::facts::embedded::{EmbeddedFacts, EmbeddedImage, EmbeddedKind, Unopened};
use crate::facts::image::MachineKind;
use crate::model::{
    CheckId, Confidence, Evidence, Finding, Location, Severity, SubjectKind, Verdict,
};

use super::draft;
use super::siblings;
use super::{Check, Context, Meta, SubjectFacts, readable};

/// See the module.
#[derive(Debug)]
pub(super) struct EmbeddedImageCheck;

static META: Meta = Meta {
    id: CheckId::new("embedded-image"),
    title: "an image or a package carries a DLL, a driver or a program for another machine",
    severity: Severity::Error,
    subjects: &[SubjectKind::Package, SubjectKind::Image],
    page: include_str!("embedded_image.md"),
};

/// Findings of one image; more are counted in one more. A program that unpacks a whole runtime has hundreds,
/// and they have one cause.
const SHOWN: usize = 20;
/// The class of the finding for what could not be looked into.
const NOT_OPENED: &str = "not-opened";

impl Check for EmbeddedImageCheck {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, subject: SubjectFacts<'_>, cx: Context<'_>) -> Verdict {
        if let SubjectFacts::Package(package) = subject {
            return package::judge(package, cx);
        }
        let image = match readable(subject) {
            Ok((image, _)) => image,
            Err(verdict) => return verdict,
        };
        let embedded = match &image.embedded {
            None => return Verdict::NotApplicable("it was not looked into".into()),
            Some(Err(reason)) => {
                let reason = format!("what it carries could not be read: {reason}");
                return Verdict::Inconclusive { reason, gating: true };
            }
            Some(Ok(embedded)) => embedded,
        };
        let findings = findings(&Carrier::image(image), embedded, cx);
        // Where a limit of gowoa stopped the look, anything may be behind it, and the answer is not known. A
        // locked or damaged archive among the data of a program is most often none of what is looked for here,
        // and no larger limit would open it, so it does not take the answer from the report; it is no pass
        // either.
        let gating = embedded.unopened.iter().any(|unopened| unopened.limit);
        let error = findings.iter().any(|finding| finding.severity == Severity::Error);
        // Findings that stop no release must not hide that not all was seen.
        if gating && !error {
            let mut reason = not_opened(&embedded.unopened);
            let seen: Vec<String> = findings
                .into_iter()
                .filter(|finding| finding.class.as_deref() != Some(NOT_OPENED))
                .map(|finding| finding.message)
                .collect();
            if !seen.is_empty() {
                reason = format!("{reason}; what was seen: {}", draft::listed(&seen, SHOWN));
            }
            return Verdict::Inconclusive { reason, gating };
        }
        match embedded.unopened.as_slice() {
            _ if !findings.is_empty() => Verdict::Fail(findings),
            [] => Verdict::Pass,
            unopened => Verdict::Inconclusive { reason: not_opened(unopened), gating },
        }
    }
}

/// What carries the images.
struct Carrier<'a> {
    /// Its name, and what it does: `tool.exe carries`.
    carries: String,
    package: Option<&'a str>,
}

impl<'a> Carrier<'a> {
    fn image(image: &'a ImageFile) -> Self {
        Self { carries: format!("{} carries", image.name), package: image.package.as_deref() }
    }
}

fn findings(carrier: &Carrier<'_>, embedded: &EmbeddedFacts, cx: Context<'_>) -> Vec<Finding> {
    let mut judged: Vec<(&EmbeddedImage, Judgement, Vec<&EmbeddedImage>)> = Vec::new();
    for inner in &embedded.images {
        let Some(judgement) = judge(inner, embedded) else { continue };
        // The same bytes in several places are one thing to mend.
        match judged.iter_mut().find(|(known, ..)| known.sha256 == inner.sha256) {
            Some((_, known, again)) if known.severity == judgement.severity => again.push(inner),
            _ => judged.push((inner, judgement, Vec::new())),
        }
    }
    judged.sort_by_key(|(_, judgement, _)| std::cmp::Reverse(judgement.severity));
    let mut findings: Vec<Finding> = judged
        .iter()
        .take(SHOWN)
        .map(|(inner, judgement, again)| finding(carrier, inner, judgement, again, cx))
        .collect();
    if let Some((_, worst, _)) = judged.get(SHOWN) {
        findings.push(more(carrier, worst.severity, judged.len() - SHOWN, cx));
    }
    if !findings.is_empty() && !embedded.unopened.is_empty() {
        findings.push(unopened(carrier, &embedded.unopened, cx));
    }
    findings
}

/// What there is to say of one embedded image.
struct Judgement {
    severity: Severity,
    class: &'static str,
    why: String,
    help: String,
}

/// `None` where Windows on Arm can use it, or never sees it.
fn judge(inner: &EmbeddedImage, all: &EmbeddedFacts) -> Option<Judgement> {
    use EmbeddedKind::{Dll, Driver, Exe};
    if inner.any_cpu || inner.firmware() {
        return None;
    }
    if inside_foreign(inner, all) {
        return None;
    }
    let severity_and_why = match (inner.machine, inner.kind) {
        (MachineKind::Arm64 | MachineKind::Arm64X, _) | (MachineKind::Arm64Ec, Exe) => return None,
        (_, Driver) => (
            Severity::Error,
            "the ARM64 kernel loads ARM64 drivers only, and nothing is emulated there",
        ),
        (MachineKind::Arm64Ec, Dll) => {
            (Severity::Error, "ARM64EC loads into x64 processes, and this program is an ARM64 one")
        }
        (_, Dll) if !inner.code => {
            (Severity::Note, "it has no code: it can be read as data, and not be loaded as a DLL")
        }
        (_, Dll) => (Severity::Error, "an ARM64 process cannot load it"),
        (MachineKind::Arm32, Exe) => (
            Severity::Warning,
            "Microsoft takes 32-bit Arm out of Windows 11, and newer processors cannot run it",
        ),
        (MachineKind::Other(_), Exe) => (Severity::Warning, "Windows on Arm cannot run it"),
        (_, Exe) => (Severity::Warning, "it runs under emulation, slower than a native one"),
    };
    let (severity, why) = severity_and_why;
    let class = class(inner);
    if let Some(sibling) = siblings::native(inner, all) {
        return Some(Judgement {
            severity: Severity::Note,
            class,
            why: format!("{} is carried beside it for ARM64", sibling.place()),
            help: "make sure that the program takes the ARM64 one on Windows on Arm; the other can be left out of \
                   this build with a build constraint"
                .into(),
        });
    }
    Some(Judgement { severity, class, why: why.into(), help: help(inner) })
}

/// Whether an image for another machine carries it for itself: that image has a finding of its own. Only a
/// driver that an emulated program brings is still to be loaded by the ARM64 kernel.
fn inside_foreign(inner: &EmbeddedImage, all: &EmbeddedFacts) -> bool {
    all.images.iter().any(|outer| {
        let native = matches!(outer.machine, MachineKind::Arm64 | MachineKind::Arm64X);
        let around = outer.path.len() < inner.path.len() && inner.path.starts_with(&outer.path);
        let installs = outer.kind == EmbeddedKind::Exe && inner.kind == EmbeddedKind::Driver;
        around && !native && !outer.any_cpu && !installs
    })
}

fn class(inner: &EmbeddedImage) -> &'static str {
    match inner.kind {
        EmbeddedKind::Dll if !inner.code => "resource-dll",
        EmbeddedKind::Dll => "foreign-dll",
        EmbeddedKind::Driver => "foreign-driver",
        EmbeddedKind::Exe => "foreign-exe",
    }
}

fn finding(
    carrier: &Carrier<'_>,
    inner: &EmbeddedImage,
    judgement: &Judgement,
    again: &[&EmbeddedImage],
    cx: Context<'_>,
) -> Finding {
    let (machine, kind, place) = (inner.machine, inner.kind.words(), inner.place());
    let message = format!(
        "{} {place}, {} {machine} {kind}: {}",
        carrier.carries,
        article(machine),
        judgement.why
    );
    let mut finding = draft::finding(&META.id, cx.subject, judgement.severity, message);
    finding.class = Some(judgement.class.into());
    finding.package = carrier.package.map(str::to_owned);
    finding.help = Some(judgement.help.clone());
    if judgement.severity < Severity::Error {
        finding.confidence = Confidence::Medium;
    }
    let first = inner.path.first();
    finding.location = Some(Location {
        section: first.and_then(|step| step.section.clone()),
        file_offset: first.and_then(|step| step.offset),
        ..Location::default()
    });
    finding.evidence = evidence(inner, again);
    finding
}

fn evidence(inner: &EmbeddedImage, again: &[&EmbeddedImage]) -> Vec<Evidence> {
    let field = |name: &str, value: String, file_offset| Evidence::Field {
        name: name.into(),
        value,
        file_offset,
    };
    let machine = format!("{:#06x} ({})", inner.header_machine, inner.machine);
    let mut evidence = vec![
        field("Machine", machine, inner.machine_offset),
        field("Size", format!("{} bytes", inner.size), None),
        field("SHA-256", inner.sha256.clone(), None),
    ];
    for key in ["OriginalFilename", "ProductName", "FileDescription"] {
        if let Some(value) = inner.version_string(key) {
            evidence.push(field(key, value.to_owned(), None));
        }
    }
    let places = again.iter().take(SHOWN);
    evidence.extend(places.map(|inner| {
        let offset = inner.path.first().and_then(|step| step.offset);
        field("Again", inner.place(), offset)
    }));
    evidence
}

/// What to do about it; for some well-known files, where the ARM64 build is.
fn help(inner: &EmbeddedImage) -> String {
    let per_build = "embed a file for each architecture: one `//go:embed` in a file with `//go:build windows && amd64`, one \
                     with `//go:build windows && arm64`";
    let known = siblings::known(inner);
    match (known, inner.kind) {
        (Some(known), _) => format!("{known}; {per_build}"),
        (None, EmbeddedKind::Exe) => {
            format!("take an ARM64 build of that program if there is one; {per_build}")
        }
        (None, _) => format!("take the ARM64 build of it; {per_build}"),
    }
}

/// One finding for all that are not shown.
fn more(carrier: &Carrier<'_>, severity: Severity, count: usize, cx: Context<'_>) -> Finding {
    let message = format!("{} {count} more images for other machines", carrier.carries);
    let mut finding = draft::finding(&META.id, cx.subject, severity, message);
    finding.class = Some("more".into());
    finding.package = carrier.package.map(str::to_owned);
    finding
}

/// One note for what could not be looked into, beside findings that are worse.
fn unopened(carrier: &Carrier<'_>, unopened: &[Unopened], cx: Context<'_>) -> Finding {
    let message = format!("{} containers: {}", carrier.carries, not_opened(unopened));
    let mut finding = draft::finding(&META.id, cx.subject, Severity::Note, message);
    finding.class = Some(NOT_OPENED.into());
    finding.package = carrier.package.map(str::to_owned);
    finding
}

fn not_opened(unopened: &[Unopened]) -> String {
    // Limits first: they are what keeps the report from an answer.
    let (limits, others): (Vec<_>, Vec<_>) = unopened.iter().partition(|one| one.limit);
    let all: Vec<String> = limits
        .into_iter()
        .chain(others)
        .map(|one| format!("{}: {}", one.what, one.reason))
        .collect();
    format!("not all of what it carries could be looked into: {}", draft::listed(&all, 3))
}

/// `an x64`, `a CHPE x86`.
fn article(machine: MachineKind) -> &'static str {
    if machine.words().starts_with(['A', 'x', 'I', 'E', 'u']) { "an" } else { "a" }
}
