//! Several saved reports as one: shards of a matrix, several modules, runs of several machines.
//!
//! * **Subjects.** What two reports say of the same id is one where it agrees: the subject, its results and its
//!   findings. A package that only one shard was asked about counts as asked about, and one that only one shard links as
//!   linked. Where they disagree both stay, and the ids of the later one get its label in front (`package:windows!m/p`).
//! * **Totals** are those of the merged content. What no subject shows (code bytes, functions, programs that were
//!   run) is summed; a report of which every image was seen before adds nothing to it, nor does one that a merged report is made of.
//! * **The answer** is the worst of three: the saved answers, what the merged findings say at the threshold, and what
//!   could not be judged. `incomplete` outranks `fail`, `fail` outranks `pass`. Of several thresholds the strictest holds.
//! * **One report** stays what it is; only its answer may become worse, or be judged by another threshold. Each report
//!   is counted and judged again before it is believed ([`super::saved`]).
//! * **Phases** are the reports themselves, one line each: what was asked, with which settings, and what came of it.
//! * **Reports are called** by the directory that each was made in, where these differ, else by their labels. A finding
//!   that not all of them have says which have it (`origin`). A merged report is called by its label, and what it is made
//!   of keeps its names; merged with one of its reports again, nothing counts twice.
//! * **Problems and what was not proven** carry the label of their report, unless all reports say the same.

mod content;
mod origin;
mod plan;

use std::collections::BTreeSet;

use self::content::Content;
use super::totals::{self, subject_counts};
use super::{saved, verdict};
use crate::model::{
    Counts, Host, PlanReport, Problem, Report, ReportVerdict, SCHEMA_VERSION, Severity, Subject,
    SubjectKind, ToolRef,
};

/// A saved report, and what to call it beside others.
#[derive(Debug, Clone)]
pub struct Input {
    /// Tells it apart from the others: `linux`, `windows`.
    pub label: String,
    /// What was read.
    pub report: Report,
}

/// One report out of several.
#[derive(Debug)]
pub struct Merged {
    /// The report.
    pub report: Report,
    /// What its reader should know about how it came to be, one line each.
    pub notes: Vec<String>,
}

/// The threshold that is asked for anew; the inner `None` is `never`.
pub type Threshold = Option<Option<Severity>>;

/// Makes one report of all. `fail_on` stands in the place of the threshold that the reports were made with.
pub fn merge(first: Input, rest: Vec<Input>, fail_on: Threshold) -> Merged {
    let mut notes = Vec::new();
    let mut inputs = vec![first];
    for input in rest {
        match inputs.iter().find(|earlier| earlier.report == input.report) {
            Some(earlier) => notes.push(format!(
                "{} is the same report as {} and counts once",
                input.label, earlier.label
            )),
            None => inputs.push(input),
        }
    }
    origin::by_directory(&mut inputs);
    let threshold = fail_on.unwrap_or_else(|| strictest(&inputs, &mut notes));
    let mut worst = ReportVerdict::Pass;
    for input in &mut inputs {
        explain_silence(&mut input.report);
        let own = saved::verdict(&input.report);
        if rank(own) > rank(input.report.verdict) {
            notes.push(format!(
                "{} says {}, and its content makes it {own}, which holds",
                input.label, input.report.verdict
            ));
            input.report.verdict = own;
        }
        worst = worse(worst, unexplained(&input.report, fail_on.is_some()));
    }
    let mut report = if let [only] = inputs.as_slice() {
        only.report.clone()
    } else {
        several(&inputs, &mut notes)
    };
    // Whatever wrote it: the form is the one of this program.
    report.schema_version = SCHEMA_VERSION.to_owned();
    report.plan.fail_on = threshold;
    // Who asks for the same again has to give it.
    if fail_on.is_some() && !report.plan.was_given(PlanReport::FAIL_ON) {
        report.plan.given.push(PlanReport::FAIL_ON.to_owned());
    }
    let (gating, judged) = (saved::gating(&report), saved::judged(&report));
    let found = verdict(&report.findings, threshold, gating, judged);
    report.verdict = worse(found, worst);
    Merged { report, notes }
}

/// How much an answer weighs.
const fn rank(verdict: ReportVerdict) -> u8 {
    match verdict {
        ReportVerdict::Pass => 0,
        ReportVerdict::Fail => 1,
        ReportVerdict::Incomplete => 2,
    }
}

const fn worse(one: ReportVerdict, other: ReportVerdict) -> ReportVerdict {
    if rank(one) > rank(other) { one } else { other }
}

/// Says why a report in which nothing was judged is no pass: whoever wrote it did not.
fn explain_silence(report: &mut Report) {
    if report.problems.is_empty() && !saved::gating(report) && !saved::judged(report) {
        report.problems.push(Problem {
            message: "nothing was judged that the report was asked about".into(),
            details: Vec::new(),
            next: Some("make the report again".into()),
        });
    }
}

/// What of a saved answer holds whatever the findings say. With a new threshold a `fail` that the findings explain
/// is judged again; one that they do not explain comes from something that this program does not know.
fn unexplained(report: &Report, anew: bool) -> ReportVerdict {
    let explained = verdict(&report.findings, report.plan.fail_on, false, true);
    match report.verdict {
        ReportVerdict::Fail if anew && explained == ReportVerdict::Fail => ReportVerdict::Pass,
        saved => saved,
    }
}

/// The threshold that lets the least through.
fn strictest(inputs: &[Input], notes: &mut Vec<String>) -> Option<Severity> {
    let all: Vec<Option<Severity>> = inputs.iter().map(|input| input.report.plan.fail_on).collect();
    // `never` is the loosest; of the severities the lowest is the strictest.
    let strictest = all.iter().flatten().min().copied();
    if all.iter().any(|one| *one != strictest) {
        notes.push(format!(
            "the reports were made with different --fail-on; the strictest, {}, holds for all",
            strictest.map_or("never", Severity::as_str)
        ));
    }
    strictest
}

/// The content of more than one report; the answer and what is counted of findings comes after.
fn several(inputs: &[Input], notes: &mut Vec<String>) -> Report {
    let content = Content::of(inputs);
    let reports = || inputs.iter().map(|input| &input.report);
    let versions = distinct(reports().map(|report| report.tool.version.as_str()));
    if versions.len() > 1 {
        notes.push(format!(
            "the reports were made by different versions ({}): the same finding may have other words, and then \
             counts twice",
            versions.join(", ")
        ));
    }
    if content.renamed > 0 {
        notes.push(format!(
            "{} in more than one report, with different results: the name of each says which report it is of",
            if content.renamed == 1 {
                "1 package or file is".into()
            } else {
                format!("{} packages or files are", content.renamed)
            },
        ));
    }
    let (subjects, results, findings) = content.sorted(&origin::all(inputs));
    let counts = counts(inputs, &subjects);
    let mut report = Report {
        schema_version: SCHEMA_VERSION.to_owned(),
        tool: ToolRef {
            name: distinct(reports().map(|report| report.tool.name.as_str())).join(", "),
            version: versions.join(", "),
        },
        started: plan::earliest(reports().map(|report| report.started.as_str())),
        duration_ms: reports().fold(0, |sum, report| sum.saturating_add(report.duration_ms)),
        host: Host {
            name: distinct(reports().map(|report| report.host.name.as_str())).join(", "),
            platform: distinct(reports().map(|report| report.host.platform.as_str())).join(", "),
        },
        plan: plan::joined(inputs),
        verdict: ReportVerdict::Incomplete,
        counts,
        phases: inputs.iter().map(plan::phase).collect(),
        problems: content::problems(inputs),
        unproven: content::unproven(inputs),
        subjects,
        results,
        findings,
    };
    totals::recount(&mut report.counts, &report.findings, &report.results);
    report
}

/// Each text once, in order; empty ones are nothing.
fn distinct<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut all: Vec<&str> = Vec::new();
    for text in texts.filter(|text| !text.is_empty()) {
        if !all.contains(&text) {
            all.push(text);
        }
    }
    all
}

/// The totals of what was merged: the sum, less what the reports have in common.
fn counts(inputs: &[Input], merged: &[Subject]) -> Counts {
    let mut sum = Counts::default();
    let mut shown = Counts::default();
    let mut seen = BTreeSet::new();
    // What was merged first: what it is made of adds nothing then.
    let merged_first = [false, true].into_iter().flat_map(|plain| {
        inputs.iter().filter(move |input| input.report.plan.reports.is_empty() == plain)
    });
    for Input { report, .. } in merged_first {
        let all = &report.counts;
        add(&mut sum, &mut all.clone());
        add(&mut shown, &mut totals::of_subjects(&report.subjects));
        // Two images are one where their bytes are; where there is none, the subjects tell.
        let images = || report.subjects.iter().filter(|one| one.kind == SubjectKind::Image);
        let any = images().next().is_some();
        let mut new = report.subjects.is_empty();
        for subject in report.subjects.iter().filter(|one| !any || one.kind == SubjectKind::Image) {
            new |= seen.insert(subject.sha256.as_deref().unwrap_or(subject.id.as_str()));
        }
        if new {
            for (total, count) in
                hidden_counts(&mut sum).into_iter().zip(hidden_counts(&mut all.clone()))
            {
                *total = total.saturating_add(*count);
            }
        }
    }
    let mut one = totals::of_subjects(merged);
    let shared = subject_counts(&mut shown).into_iter().zip(subject_counts(&mut one));
    let shared: Vec<u64> = shared.map(|((_, all), (_, one))| all.saturating_sub(*one)).collect();
    for ((_, total), shared) in subject_counts(&mut sum).into_iter().zip(shared) {
        *total = total.saturating_sub(shared);
    }
    sum
}

/// Adds what subjects show.
fn add(sum: &mut Counts, more: &mut Counts) {
    for ((_, total), (_, count)) in subject_counts(sum).into_iter().zip(subject_counts(more)) {
        *total = total.saturating_add(*count);
    }
}

/// The totals that no subject shows.
fn hidden_counts(counts: &mut Counts) -> [&mut u64; 5] {
    let Counts { link_proofs, run, code_bytes, code_words, functions, .. } = counts;
    [link_proofs, run, code_bytes, code_words, functions]
}

#[cfg(test)]
mod tests;
