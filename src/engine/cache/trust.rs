//! Whether a kept report can be the one that this run would make. Anybody who may write the cache may write an entry
//! whose sum fits: it has to agree with itself, and with what this run knows before it builds.
//!
//! Whoever forges an entry that agrees with all of that is believed, and nothing but a key kept elsewhere could tell.

use crate::model::{Counts, ModuleRef, PlanReport, Report, SCHEMA_VERSION, SubjectKind};
use crate::policy::{saved, totals};

use super::Known;

/// Whether a report agrees with itself and with this run.
pub(super) fn believed(report: &Report, known: &Known<'_>) -> bool {
    let tool = &report.tool;
    report.schema_version == SCHEMA_VERSION
        && (tool.name.as_str(), tool.version.as_str()) == ("gowoa", env!("CARGO_PKG_VERSION"))
        && report.host.platform == known.platform
        && is_asked(&report.plan, known)
        && packages(report) == listed(known)
        && is_counted(report)
        && excepts(report, known)
        && saved::contradiction(report).is_none()
        && saved::verdict(report) == report.verdict
}

/// Whether these are the settings of this run. Where the tree is in its repository and how the user named it changes no
/// answer, and the version that a query selected is told by the packages.
fn is_asked(told: &PlanReport, known: &Known<'_>) -> bool {
    let shared = |plan: &PlanReport| PlanReport {
        base: None,
        started_in: None,
        directory: None,
        module: None,
        ..plan.clone()
    };
    let module = told.module.as_deref().and_then(|module| Some(module.rsplit_once('@')?.0));
    shared(told) == shared(&known.plan) && module == known.module
}

/// What lists say of a package: its name, whether it was asked for, whether it is a command, its module.
type Package = (String, bool, bool, Option<ModuleRef>);

fn packages(report: &Report) -> Vec<Package> {
    let packages = report.subjects.iter().filter(|subject| subject.kind == SubjectKind::Package);
    sorted(packages.map(|subject| {
        (subject.name.clone(), subject.matched, subject.command, subject.module.clone())
    }))
}

fn listed(known: &Known<'_>) -> Vec<Package> {
    sorted(known.packages.iter().map(|package| {
        let name = package.import_path.clone();
        (name, package.matched, package.is_command(), package.module_ref())
    }))
}

fn sorted(packages: impl Iterator<Item = Package>) -> Vec<Package> {
    let mut packages: Vec<Package> = packages.collect();
    packages.sort_by(|(a, ..), (b, ..)| a.cmp(b));
    packages
}

/// Whether the totals are those of the content, down to each: a screening counts nothing that it does not show but
/// link proofs.
fn is_counted(report: &Report) -> bool {
    let link_proofs = report.counts.link_proofs;
    let shown = totals::of_subjects(&report.subjects);
    let mut counts = Counts { link_proofs, images: 0, ..shown };
    totals::recount(&mut counts, &report.findings, &report.results);
    counts == report.counts
}

/// Whether findings are waived or known only where this run has waivers or a baseline.
fn excepts(report: &Report, known: &Known<'_>) -> bool {
    let findings = || report.findings.iter();
    (known.waives || findings().all(|finding| finding.waived.is_none()))
        && (known.plan.baseline.is_some() || findings().all(|finding| !finding.known))
}
