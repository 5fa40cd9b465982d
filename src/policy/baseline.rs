//! The baseline: a saved report whose findings are known already, and do not count.
//!
//! `Fingerprint` says which findings are the same. Equal findings are counted: of two where the baseline has
//! one, one is new. One that has become worse is new too.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};

use super::fingerprint::Fingerprint;
use super::totals;
use crate::model::{
    CheckResult, Finding, Host, PlanReport, Report, ReportVerdict, Severity, Subject,
};

/// One finding of the baseline.
#[derive(Debug, Clone, Copy)]
struct Entry {
    severity: Severity,
    line: Option<u32>,
}

/// The findings of a saved report.
#[derive(Debug, Clone)]
pub struct Baseline {
    name: String,
    path: PathBuf,
    with_words: bool,
    entries: BTreeMap<Fingerprint, Vec<Entry>>,
}

impl Baseline {
    /// The findings of a report that was read from a file of this name, as the user gave it. What was waived
    /// there is not among them: a waiver that ends brings its findings back.
    ///
    /// `version` is this program's: the words of another one are not compared.
    pub fn new(name: String, report: &Report, version: &str) -> Self {
        let with_words = report.tool.version == version;
        let mut entries: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for finding in report.findings.iter().filter(|finding| finding.waived.is_none()) {
            let entry = Entry { severity: finding.severity, line: line_of(finding) };
            entries.entry(Fingerprint::of(finding, with_words)).or_default().push(entry);
        }
        Self { name, path: PathBuf::new(), with_words, entries }
    }

    /// Where it was read, so that no report replaces it.
    #[must_use]
    pub fn read_from(self, path: &Path) -> Self {
        Self { path: path.to_owned(), ..self }
    }

    /// The path that it was read from; empty where that is unknown.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The file, as the user gave it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Marks the findings that the baseline has. Waived ones are left alone: they do not count as it is.
    pub fn apply(&self, findings: &mut [Finding]) {
        let mut groups: BTreeMap<Fingerprint, Vec<&mut Finding>> = BTreeMap::new();
        for finding in findings.iter_mut().filter(|finding| finding.waived.is_none()) {
            groups.entry(Fingerprint::of(finding, self.with_words)).or_default().push(finding);
        }
        for (print, mut group) in groups {
            let Some(entries) = self.entries.get(&print) else { continue };
            group.sort_by_key(|finding| Reverse(finding.severity));
            take(&mut group, entries);
        }
    }
}

/// Gives each finding of a group, worst first, an entry that is at least as bad, as long as there are any.
/// What stands on the same line as in the baseline comes first, so that of two the new one is new.
fn take(group: &mut [&mut Finding], entries: &[Entry]) {
    let mut entries = entries.to_vec();
    entries.sort_by_key(|entry| Reverse(entry.severity));
    let mut by_line: BTreeMap<u32, VecDeque<usize>> = BTreeMap::new();
    for (at, entry) in entries.iter().enumerate() {
        if let Some(line) = entry.line {
            by_line.entry(line).or_default().push_back(at);
        }
    }
    let mut used = vec![false; entries.len()];
    for finding in group.iter_mut() {
        let Some(at) = line_of(finding).and_then(|line| by_line.get_mut(&line)) else { continue };
        let fits = |at: &usize| entries.get(*at).is_some_and(|e| e.severity >= finding.severity);
        if at.front().is_some_and(fits)
            && let Some(used) = at.pop_front().and_then(|at| used.get_mut(at))
        {
            *used = true;
            finding.known = true;
        }
    }
    let left = entries.iter().zip(used).filter(|(_, used)| !used).map(|(entry, _)| entry);
    let mut left = left.peekable();
    for finding in group.iter_mut().filter(|finding| !finding.known) {
        // The worst entry that is left; where it is not bad enough, none is.
        finding.known = left.next_if(|entry| entry.severity >= finding.severity).is_some();
    }
}

fn line_of(finding: &Finding) -> Option<u32> {
    finding.location.as_ref()?.line
}

/// The report as a baseline to keep: valid as any report, and without what changes from machine to machine
/// or says nothing about a finding (evidence, subjects without findings, times, paths of programs).
#[must_use]
pub fn reduced(report: &Report) -> Report {
    let findings: Vec<Finding> = report
        .findings
        .iter()
        .map(|finding| Finding {
            known: false,
            evidence: Vec::new(),
            help: None,
            ..finding.clone()
        })
        .collect();
    let subjects: BTreeSet<_> = findings.iter().map(|finding| &finding.subject).collect();
    let asked: BTreeSet<_> =
        findings.iter().map(|finding| (&finding.subject, &finding.check)).collect();
    let kept: Vec<Subject> = report
        .subjects
        .iter()
        .filter(|subject| subjects.contains(&subject.id))
        .map(|subject| Subject { map: None, ..subject.clone() })
        .collect();
    let results: Vec<CheckResult> = report
        .results
        .iter()
        .filter(|result| asked.contains(&(&result.subject, &result.check)))
        .cloned()
        .collect();
    // The totals are those of what is kept: it is a report, and no reader shall be told of more.
    let mut counts = totals::of_subjects(&kept);
    totals::recount(&mut counts, &findings, &results);
    let fail_on = report.plan.fail_on;
    let failed = findings.iter().any(|finding| finding.fails(fail_on));
    Report {
        schema_version: report.schema_version.clone(),
        tool: report.tool.clone(),
        started: report.started.clone(),
        duration_ms: 0,
        host: Host { name: String::new(), platform: report.host.platform.clone() },
        plan: PlanReport {
            subcommand: report.plan.subcommand,
            target: report.plan.target.clone(),
            go_version: report.plan.go_version.clone(),
            cgo: report.plan.cgo,
            tags: report.plan.tags.clone(),
            tests: report.plan.tests,
            fail_on,
            ..PlanReport::default()
        },
        verdict: match report.verdict {
            ReportVerdict::Incomplete => ReportVerdict::Incomplete,
            _ if failed => ReportVerdict::Fail,
            _ => ReportVerdict::Pass,
        },
        counts,
        phases: Vec::new(),
        problems: Vec::new(),
        unproven: Vec::new(),
        subjects: kept,
        results,
        findings,
    }
}

#[cfg(test)]
mod tests;
