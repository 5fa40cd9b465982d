//! Which of several reports a finding is of: the same module of one repository may be checked in two directories, and
//! then two findings differ in nothing else that a reader sees.

use std::collections::BTreeSet;

use super::Input;
use crate::model::Finding;

/// Calls the reports by the directories that they were made in, where these tell them apart: that is what people know.
pub(super) fn by_directory(inputs: &mut [Input]) {
    let directories: Vec<String> = inputs.iter().map(directory).collect();
    if directories.iter().collect::<BTreeSet<_>>().len() == inputs.len() && inputs.len() > 1 {
        for (input, directory) in inputs.iter_mut().zip(directories) {
            input.label = directory;
        }
    }
}

/// `:` and `!` part the ids of subjects.
fn directory(input: &Input) -> String {
    input.report.plan.base.as_deref().unwrap_or(".").replace([':', '!'], "_")
}

/// What a report is called, or those that it was made of.
pub(super) fn of(input: &Input) -> Vec<String> {
    let merged = &input.report.plan.reports;
    if merged.is_empty() { vec![input.label.clone()] } else { merged.clone() }
}

/// What all reports are called, each once.
pub(super) fn all(inputs: &[Input]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in inputs.iter().flat_map(of) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// Notes which reports have these findings. Nothing is noted where all have them.
pub(super) fn note(findings: &mut [Finding], by: &[String], all: &[String]) {
    let everybody = all.iter().all(|name| by.contains(name));
    for finding in findings.iter_mut().filter(|finding| finding.origin.is_empty() && !everybody) {
        finding.origin = by.to_vec();
    }
}
