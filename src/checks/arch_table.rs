//! arch-table: does the package choose by GOARCH, and has nothing for arm64?

use crate::facts::PackageFacts;
use crate::facts::source::{ArchOutcome, ArchTable, ArchTableForm};
use crate::model::{CheckId, Confidence, Finding, Severity, SubjectKind, Verdict};

use super::draft::{self, function_reachability, listed};
use super::sources::{text_of, verdict};
use super::{Check, Context, Meta, SubjectFacts};

/// See the module.
#[derive(Debug)]
pub(super) struct ArchTableCheck;

static META: Meta = Meta {
    id: CheckId::new("arch-table"),
    title: "code that chooses by GOARCH knows amd64 and has nothing for arm64",
    severity: Severity::Warning,
    subjects: &[SubjectKind::Package],
    page: include_str!("arch_table.md"),
};

/// Architectures that a message names.
const NAMED: usize = 4;

impl Check for ArchTableCheck {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, subject: SubjectFacts<'_>, cx: Context<'_>) -> Verdict {
        let (package, source) = match text_of(subject, cx) {
            Ok(both) => both,
            Err(verdict) => return verdict,
        };
        let findings = source.arch_tables.iter().map(|table| finding(package, table, cx)).collect();
        verdict(findings, source)
    }
}

fn finding(package: &PackageFacts, table: &ArchTable, cx: Context<'_>) -> Finding {
    let mut finding = draft::finding(&META.id, cx.subject, Severity::Warning, message(table));
    finding.class = Some(class(table).into());
    finding.confidence = match (&table.otherwise, table.sure) {
        (ArchOutcome::ForX64(_), _) => Confidence::Medium,
        (_, true) => Confidence::High,
        (ArchOutcome::Error | ArchOutcome::Panic | ArchOutcome::Exit, false) => Confidence::Medium,
        _ => Confidence::Low,
    };
    finding.help = Some(help(table).into());
    finding.location = Some(draft::at(package, &table.place));
    finding.evidence.push(draft::source(package, &table.place));
    if table.at != table.place && !table.at.text.is_empty() {
        finding.evidence.push(draft::source(package, &table.at));
    }
    let reach = function_reachability(package, table.place.function.as_deref());
    draft::about_package(finding, package, reach)
}

fn class(table: &ArchTable) -> &'static str {
    match table.otherwise {
        ArchOutcome::ForX64(_) => "fixed-to-x64",
        _ if table.refuses => "arm64-refused",
        _ => "arm64-unknown",
    }
}

fn message(table: &ArchTable) -> String {
    if let ArchOutcome::ForX64(name) = &table.otherwise {
        return format!(
            "the name for Windows is \"{name}\" whatever GOARCH is, other systems have one for arm64"
        );
    }
    let form = match table.form {
        ArchTableForm::Switch => "a switch by GOARCH",
        ArchTableForm::Map => "a map by GOARCH",
        ArchTableForm::Condition => "a condition on GOARCH",
        ArchTableForm::Text => "a name by GOARCH",
    };
    let gets = outcome(&table.otherwise);
    if table.refuses {
        return format!("{form} refuses windows/arm64: it gets {gets}");
    }
    let known: Vec<String> = table.known.iter().filter(|name| *name != "arm64").cloned().collect();
    let not = if known.len() < table.known.len() { "windows/arm64" } else { "arm64" };
    format!("{form} knows {} and not {not}, which gets {gets}", listed(&known, NAMED))
}

fn outcome(outcome: &ArchOutcome) -> &'static str {
    match outcome {
        ArchOutcome::Error => "an error",
        ArchOutcome::Panic => "a panic",
        ArchOutcome::Exit => "the end of the program",
        ArchOutcome::Empty => "an empty string",
        ArchOutcome::NoName => "a word that is no name",
        ArchOutcome::Zero => "a zero value",
        ArchOutcome::ForX64(_) => "what is made for x64",
    }
}

fn help(table: &ArchTable) -> &'static str {
    match table.otherwise {
        ArchOutcome::ForX64(_) => {
            "if there is one for ARM64, ask GOARCH for Windows too; an x64 program runs under emulation, a DLL \
             cannot be loaded"
        }
        _ if table.refuses => {
            "the author knows: look for a newer version, or do without this function on arm64"
        }
        _ => {
            "add arm64, or a default that works; if there is no ARM64 build of what is chosen here, an x64 \
             program runs under emulation, a DLL cannot be loaded"
        }
    }
}
