//! arch-symbol: the code for arm64 calls a function that is named after x86.

use crate::model::{CheckId, Confidence, Location, Severity, SubjectKind, Verdict};

use super::draft::{self, function_reachability, listed};
use super::{Check, Context, Meta, SubjectFacts, comparable, listed as listing};

/// See the module.
#[derive(Debug)]
pub(super) struct ArchSymbolCheck;

static META: Meta = Meta {
    id: CheckId::new("arch-symbol"),
    title: "code for arm64 calls a function that is named after x86",
    severity: Severity::Note,
    subjects: &[SubjectKind::Package],
    page: include_str!("arch_symbol.md"),
};

impl Check for ArchSymbolCheck {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, subject: SubjectFacts<'_>, cx: Context<'_>) -> Verdict {
        let package = match comparable(subject, cx) {
            Ok(package) => package,
            Err(verdict) => return verdict,
        };
        let Some(facts) = &package.listing else {
            return Verdict::NotApplicable("its code was not listed".into());
        };
        let mut called = facts.arch_symbols.iter().filter(|found| found.called);
        let Some(first) = called.next() else { return Verdict::Pass };
        let mut symbols = vec![first.symbol.clone()];
        for found in called {
            if !symbols.contains(&found.symbol) {
                symbols.push(found.symbol.clone());
            }
        }
        let message = format!("{} calls {} on arm64", package.import_path, listed(&symbols, 3));
        let mut finding = draft::finding(&META.id, cx.subject, Severity::Note, message);
        // A name is no proof of what a function does.
        finding.confidence = Confidence::Low;
        finding.help = Some(
            "look whether it does on arm64 what it should; a name alone breaks nothing".into(),
        );
        let known = first.place.is_known();
        finding.location = Some(Location {
            file: known.then(|| first.place.file.clone()),
            line: known.then_some(first.place.line),
            function: Some(first.function.clone()),
            ..Location::default()
        });
        finding.evidence.extend(listing::arch_symbols(package));
        let reach = function_reachability(package, Some(&first.function));
        Verdict::Fail(vec![draft::about_package(finding, package, reach)])
    }
}
