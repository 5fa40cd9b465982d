//! Which of several reports a finding is of: the same module of one repository may be checked in two directories, and
//! then two findings differ in nothing else that a reader sees.

use std::collections::BTreeSet;

use super::Input;
use crate::model::Finding;

/// What the root of the repository is called.
const ROOT: &str = ".";

/// Calls the reports by the directories that they were made in, where these tell them apart: that is what people know.
/// One that was merged is of no directory; what stands beside it is called as its reports are.
pub(super) fn by_directory(inputs: &mut [Input]) {
    let merged: BTreeSet<String> =
        inputs.iter().flat_map(|input| &input.report.plan.reports).cloned().collect();
    let plain = |input: &Input| input.report.plan.reports.is_empty();
    let labels = inputs.iter().any(|input| plain(input) && merged.contains(&input.label));
    if labels || inputs.len() < 2 {
        return;
    }
    let named = |input: &Input| match directory(input) {
        _ if !plain(input) => Some(input.label.clone()),
        None if merged.is_empty() || merged.contains(ROOT) => Some(ROOT.to_owned()),
        directory => directory,
    };
    let Some(names) = inputs.iter().map(named).collect::<Option<Vec<String>>>() else { return };
    if names.iter().collect::<BTreeSet<_>>().len() == inputs.len() {
        for (input, name) in inputs.iter_mut().zip(names) {
            input.label = name;
        }
    }
}

/// `:` and `!` part the ids of subjects.
fn directory(input: &Input) -> Option<String> {
    Some(input.report.plan.base.as_deref()?.replace([':', '!'], "_"))
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

/// Nothing is noted where all reports have the finding; else those that have it, in their order.
pub(super) fn note(finding: &mut Finding, all: &[String]) {
    if all.iter().all(|name| finding.origin.contains(name)) {
        finding.origin.clear();
    }
    finding.origin.sort_by_key(|name| all.iter().position(|one| one == name));
}
