//! dll-name: does the package name a DLL or a path that is for x64 or x86?

use crate::facts::PackageFacts;
use crate::facts::source::DllName;
use crate::model::{CheckId, Confidence, Finding, Severity, SubjectKind, Verdict};

use super::draft::{self, function_reachability};
use super::sources::{text_of, verdict};
use super::{Check, Context, Meta, SubjectFacts};

/// See the module.
#[derive(Debug)]
pub(super) struct DllNameCheck;

static META: Meta = Meta {
    id: CheckId::new("dll-name"),
    title: "a DLL is named or embedded by a name that says x64 or x86",
    severity: Severity::Warning,
    subjects: &[SubjectKind::Package],
    page: include_str!("dll_name.md"),
};

impl Check for DllNameCheck {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, subject: SubjectFacts<'_>, cx: Context<'_>) -> Verdict {
        let (package, source) = match text_of(subject, cx) {
            Ok(both) => both,
            Err(verdict) => return verdict,
        };
        let findings = source.dll_names.iter().map(|name| finding(package, name, cx)).collect();
        verdict(findings, source)
    }
}

/// What is done with the name.
enum Use<'a> {
    Loaded(&'a str),
    Embedded,
    Started(&'a str),
    Other,
}

fn used(name: &DllName) -> Use<'_> {
    let Some(by) = name.used_by.as_deref() else { return Use::Other };
    let last = by.rsplit('.').next().unwrap_or(by);
    match last {
        "go:embed" => Use::Embedded,
        _ if last.contains("DLL") || last.contains("LoadLibrary") || last == "Dlopen" => {
            Use::Loaded(by)
        }
        _ if name.name.to_ascii_lowercase().ends_with(".exe") => Use::Started(by),
        _ => Use::Other,
    }
}

fn finding(package: &PackageFacts, name: &DllName, cx: Context<'_>) -> Finding {
    let (what, word) = (&name.name, &name.word);
    let (severity, confidence, class, message, help) = match used(name) {
        Use::Loaded(by) => (
            Severity::Warning,
            Confidence::High,
            "loaded",
            format!(
                "{by} is to load \"{what}\", whose name says {word}: an ARM64 process cannot load such a DLL"
            ),
            "choose the name by GOARCH and ship the DLL for ARM64 too",
        ),
        Use::Embedded => (
            Severity::Warning,
            Confidence::Medium,
            "embedded",
            format!(
                "\"{what}\" is embedded, whose name says {word}: an ARM64 process cannot load such a DLL"
            ),
            "embed the DLL for ARM64 in files that are built for arm64",
        ),
        Use::Started(by) => (
            Severity::Note,
            Confidence::Medium,
            "started",
            format!("{by} is to start \"{what}\", whose name says {word}: it runs under emulation"),
            "start the ARM64 program if there is one",
        ),
        Use::Other => (
            Severity::Note,
            Confidence::Low,
            "named",
            format!("\"{what}\" names a DLL for {word}; what is done with it was not seen"),
            "if it is loaded into the process, choose the name by GOARCH and ship the DLL for ARM64 too",
        ),
    };
    let mut finding = draft::finding(&META.id, cx.subject, severity, message);
    finding.confidence = confidence;
    finding.class = Some(class.into());
    finding.help = Some(help.into());
    finding.location = Some(draft::at(package, &name.place));
    finding.evidence.push(draft::source(package, &name.place));
    let reach = function_reachability(package, name.place.function.as_deref());
    draft::about_package(finding, package, reach)
}
