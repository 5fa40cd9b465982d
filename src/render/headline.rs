//! The verdict and the one sentence beside it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::counts::severities;
use super::view::{View, count};
use super::{claims, plural};
use crate::model::{
    BuildState, Evidence, Finding, Reachability, ReportVerdict, ResultVerdict, Severity,
    Subcommand, Subject, SubjectKind,
};

/// More kinds of failure than this are counted, not named.
const CLAUSES: usize = 3;

/// The sentence of each verdict: `incomplete` outranks `fail`, and where both hold, both are there.
pub(super) fn sentences(view: &View<'_>) -> Vec<(ReportVerdict, String)> {
    match view.report.verdict {
        ReportVerdict::Pass => vec![(ReportVerdict::Pass, pass(view))],
        ReportVerdict::Fail => vec![(ReportVerdict::Fail, fail(view))],
        ReportVerdict::Incomplete => {
            let mut both = vec![(ReportVerdict::Incomplete, incomplete(view))];
            if view.failing().next().is_some() {
                both.push((ReportVerdict::Fail, fail(view)));
            }
            both
        }
    }
}

/// What a pass stands for, no more than the counts say.
fn pass(view: &View<'_>) -> String {
    let counts = &view.report.counts;
    let mut text = match view.report.plan.subcommand {
        Subcommand::Check | Subcommand::Screen => built(view),
        Subcommand::Inspect => claims::inspected(view),
    };
    if counts.errors > 0 {
        text.push_str(&format!("; {} not counted", severities(counts.errors, Severity::Error)));
    }
    // A pass that rests on somebody's word says so.
    for (number, word) in [(counts.waived, "waived"), (counts.known, "known")] {
        if number > 0 {
            text.push_str(&format!("; {} {word}", plural(number, "finding")));
        }
    }
    text
}

/// What a build that passes stands for.
fn built(view: &View<'_>) -> String {
    let counts = &view.report.counts;
    let target = &view.report.plan.target;
    let matched =
        || view.report.subjects.iter().filter(|s| s.kind == SubjectKind::Package && s.matched);
    // A package of test files only has nothing to build.
    let nothing: BTreeSet<_> = view
        .report
        .results
        .iter()
        .filter(|r| {
            r.check.as_str() == "cross-compile" && r.verdict == ResultVerdict::NotApplicable
        })
        .map(|r| &r.subject)
        .collect();
    let empty = |s: &&Subject| s.build == Some(BuildState::NotBuilt) && nothing.contains(&s.id);
    let unbuilt = count(matched().filter(|s| is_unbuilt(s) && !empty(s)).count());
    let others = count(matched().filter(|s| s.build == Some(BuildState::NotWindows)).count());
    let all = count(matched().filter(|s| !empty(s)).count());
    let mut text = if counts.compiled == 0 {
        let waived = counts.waived + counts.known > 0;
        let found = if waived { "no other finding" } else { "no finding" };
        format!("{found}, but nothing was compiled")
    } else if unbuilt + others > 0 {
        let built = all.saturating_sub(unbuilt + others);
        let verb = if built == 1 { "builds" } else { "build" };
        let mut text = format!("{} {verb} for {target}", plural(built, "package"));
        for (number, what) in [(others, "not for Windows"), (unbuilt, "not built")] {
            if number > 0 {
                text.push_str(&format!(
                    ", {number} {} {what}",
                    if number == 1 { "is" } else { "are" }
                ));
            }
        }
        text
    } else if counts.linked < counts.compiled {
        let compiled = plural(counts.compiled, "package");
        let are = if counts.linked == 1 { "is" } else { "are" };
        format!("builds for {target}; {} of {compiled} {are} linked", counts.linked)
    } else {
        format!("builds and links for {target}")
    };
    if let Some(claim) = claims::claim(view) {
        text.push_str(&format!("; {claim}"));
    }
    text
}

/// Whether a package that the user asked for did not come through the build.
fn is_unbuilt(subject: &Subject) -> bool {
    subject.kind == SubjectKind::Package
        && subject.matched
        && matches!(
            subject.build,
            Some(
                BuildState::Failed
                    | BuildState::Stopped
                    | BuildState::Excluded
                    | BuildState::NotBuilt
            )
        )
}

/// What fails, by kind, the one that stops most packages first.
fn fail(view: &View<'_>) -> String {
    let mut by_check: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in view.failing() {
        by_check.entry(finding.check.as_str()).or_default().push(finding);
    }
    let mut groups: Vec<_> = by_check.into_iter().collect();
    groups.sort_by_cached_key(|(_, group)| Reverse((stopped(group).len(), group.len())));
    let mut clauses: Vec<String> =
        groups.iter().take(CLAUSES).map(|(check, group)| clause(view, check, group)).collect();
    match groups.len().saturating_sub(CLAUSES) {
        0 => {}
        1 => clauses.push("and 1 other kind of finding".to_owned()),
        more => clauses.push(format!("and {more} other kinds of finding")),
    }
    if clauses.is_empty() { "the report names no finding".to_owned() } else { clauses.join("; ") }
}

/// One kind of failure in words.
fn clause<'a>(view: &View<'a>, check: &str, group: &[&'a Finding]) -> String {
    if let Some(clause) = claims::clause(view, check, group) {
        return clause;
    }
    let target = &view.report.plan.target;
    let (subject, single) = who(view, group);
    let say = |one: &str, many: &str| format!("{subject} {}", if single { one } else { many });
    let text = match check {
        "cross-compile" => say("does not build", "do not build") + &format!(" for {target}"),
        "package-excluded" if group.iter().all(|f| f.class.as_deref() == Some("sentinel")) => {
            say("refuses", "refuse") + &format!(" {target} on purpose")
        }
        "package-excluded" => {
            say("has no Go files", "have no Go files") + &format!(" for {target}")
        }
        "needs-cgo" => say("needs cgo", "need cgo"),
        "known-module" => {
            say("is known not to work", "are known not to work") + &format!(" on {target}")
        }
        "float-syscall" => say(
            "passes floats that Windows functions do not get",
            "pass floats that Windows functions do not get",
        ),
        "asm-twin" => say("lacks assembly", "lack assembly") + &format!(" for {target}"),
        _ => {
            let worst = group.iter().map(|f| f.severity).max().unwrap_or(Severity::Error);
            return format!("{} of {check}", severities(count(group.len()), worst));
        }
    };
    let stops = stopped(group).len();
    let it = if single { "it stops" } else { "they stop" };
    if stops == 0 { text } else { format!("{text}; {it} {}", plural(count(stops), "package")) }
}

/// Who is concerned (`1 dependency and 2 packages`), and whether that is one alone.
fn who<'a>(view: &View<'a>, group: &[&'a Finding]) -> (String, bool) {
    let mut dependencies = BTreeSet::new();
    let mut packages = BTreeSet::new();
    let mut tests = BTreeSet::new();
    for finding in group {
        let name = view.about(finding);
        let is_test = view
            .subjects
            .get(&finding.subject)
            .is_some_and(|subject| subject.kind == SubjectKind::Test);
        if is_test {
            tests.insert(name);
        } else if is_dependency(finding) {
            dependencies
                .insert(finding.module.as_ref().map_or(name, |module| module.path.as_str()));
        } else {
            packages.insert(name);
        }
    }
    let parts: Vec<String> = [
        (dependencies.len(), "dependency"),
        (packages.len(), "package"),
        (tests.len(), "test binary"),
    ]
    .into_iter()
    .filter(|(number, _)| *number > 0)
    .map(|(number, noun)| plural(count(number), noun))
    .collect();
    (parts.join(" and "), dependencies.len() + packages.len() + tests.len() == 1)
}

/// Whether the finding is in a module that the user does not own.
fn is_dependency(finding: &Finding) -> bool {
    match finding.reachability {
        Some(Reachability::MainModule) => false,
        // Code of an exe may be anybody's.
        Some(Reachability::LinkedFunction) | None => {
            finding.module.as_ref().is_some_and(|m| m.version.is_some() || m.replaced_by.is_some())
        }
        Some(_) => true,
    }
}

/// The packages that these findings keep from building, themselves not counted.
fn stopped<'a>(group: &[&'a Finding]) -> BTreeSet<&'a str> {
    let mut stopped: BTreeSet<&str> = group.iter().flat_map(|f| stops(f)).collect();
    for package in group.iter().filter_map(|f| f.package.as_deref()) {
        stopped.remove(package);
    }
    stopped
}

/// The packages that a finding says it stops.
pub(super) fn stops(finding: &Finding) -> impl Iterator<Item = &str> {
    finding
        .evidence
        .iter()
        .filter_map(|evidence| match evidence {
            Evidence::Stops { packages } => Some(packages),
            _ => None,
        })
        .flatten()
        .map(String::as_str)
}

/// What keeps the report from an answer.
fn incomplete(view: &View<'_>) -> String {
    if let [first, rest @ ..] = view.report.problems.as_slice() {
        return match rest.len() {
            0 => first.message.clone(),
            more => format!("{} (and {})", first.message, plural(count(more), "other problem")),
        };
    }
    let open: BTreeSet<_> = view
        .report
        .results
        .iter()
        .filter(|r| r.gating && r.verdict == ResultVerdict::Inconclusive)
        .map(|r| &r.subject)
        .collect();
    let kinds: BTreeSet<SubjectKind> =
        open.iter().filter_map(|id| view.subjects.get(*id)).map(|s| s.kind).collect();
    let noun = match kinds.iter().next() {
        Some(SubjectKind::Package) if kinds.len() == 1 => "package",
        Some(SubjectKind::Test) if kinds.len() == 1 => "test binary",
        Some(SubjectKind::Image) if kinds.len() == 1 => "image",
        _ => "subject",
    };
    match open.len() {
        0 => "nothing could be judged".to_owned(),
        1 => open.iter().map(|id| format!("{} could not be judged", view.name(id))).collect(),
        many => format!("{} could not be judged", plural(count(many), noun)),
    }
}

#[cfg(test)]
mod tests;
