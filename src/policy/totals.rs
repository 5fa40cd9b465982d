//! What a report adds up to, counted from what stands in it: the one place that counts, whether a run judges, saved
//! reports are merged, or one of them is believed.

use std::collections::{BTreeSet, HashSet};

use crate::model::{
    BuildState, CheckResult, Counts, Finding, ResultVerdict, Severity, Subcommand, Subject,
    SubjectId, SubjectKind,
};

/// What subjects show of the totals. An image that could not be read has no machine and is none.
pub fn of_subjects(subjects: &[Subject]) -> Counts {
    let count = |wanted: &dyn Fn(&Subject) -> bool| {
        size(subjects.iter().filter(|subject| wanted(subject)).count())
    };
    let package = |subject: &Subject| subject.kind == SubjectKind::Package;
    let modules: BTreeSet<&str> = subjects
        .iter()
        .filter(|subject| package(subject) && subject.matched)
        .filter_map(|subject| Some(subject.module.as_ref()?.path.as_str()))
        .collect();
    let linked = |subject: &Subject| subject.build == Some(BuildState::Linked);
    Counts {
        modules: size(modules.len()),
        packages: count(&package),
        matched: count(&|s| package(s) && s.matched),
        commands: count(&|s| package(s) && s.matched && s.command),
        compiled: count(&|s| package(s) && compiles(s)),
        linked: count(&|s| package(s) && linked(s)),
        tests_built: count(&|s| s.kind == SubjectKind::Test && linked(s)),
        images: count(&|s| s.kind == SubjectKind::Image && s.machine.is_some()),
        objects: count(&|s| s.kind == SubjectKind::Object),
        ..Counts::default()
    }
}

/// The totals that [`of_subjects`] counts, by their names in JSON.
pub(super) fn subject_counts(counts: &mut Counts) -> [(&'static str, &mut u64); 9] {
    [
        ("modules", &mut counts.modules),
        ("packages", &mut counts.packages),
        ("matched", &mut counts.matched),
        ("commands", &mut counts.commands),
        ("compiled", &mut counts.compiled),
        ("linked", &mut counts.linked),
        ("tests_built", &mut counts.tests_built),
        ("images", &mut counts.images),
        ("objects", &mut counts.objects),
    ]
}

/// Counts what findings and results say in the place of what stands there: each finding once, as waived, known, or by
/// its severity.
pub fn recount(counts: &mut Counts, findings: &[Finding], results: &[CheckResult]) {
    *counts = Counts { errors: 0, warnings: 0, notes: 0, waived: 0, known: 0, ..counts.clone() };
    for finding in findings {
        let slot = match (&finding.waived, finding.known, finding.severity) {
            (Some(_), _, _) => &mut counts.waived,
            (None, true, _) => &mut counts.known,
            (None, false, Severity::Error) => &mut counts.errors,
            (None, false, Severity::Warning) => &mut counts.warnings,
            (None, false, Severity::Note) => &mut counts.notes,
        };
        *slot += 1;
    }
    let open = |result: &&CheckResult| result.verdict == ResultVerdict::Inconclusive;
    counts.inconclusive = size(results.iter().filter(open).count());
}

/// Whether anything that was asked for was judged: of what was built a package that was matched and compiles, of what
/// was given any of it. An error says no all by itself, also one that somebody has decided about; a warning
/// about what is not built proves nothing.
pub fn is_judged(
    asked: Subcommand,
    subjects: &[Subject],
    results: &[CheckResult],
    findings: &[Finding],
) -> bool {
    let answers = |subject: &&Subject| match asked {
        Subcommand::Inspect => subject.kind != SubjectKind::Config,
        Subcommand::Check | Subcommand::Screen => {
            subject.kind == SubjectKind::Package && subject.matched && compiles(subject)
        }
    };
    let answering: HashSet<&SubjectId> =
        subjects.iter().filter(answers).map(|subject| &subject.id).collect();
    findings.iter().any(|finding| finding.severity == Severity::Error)
        || results.iter().any(|result| {
            result.verdict == ResultVerdict::Pass && answering.contains(&result.subject)
        })
}

fn compiles(subject: &Subject) -> bool {
    matches!(subject.build, Some(BuildState::Compiled | BuildState::Linked))
}

fn size(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
