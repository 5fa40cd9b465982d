//! Subjects with their results and findings, and what was not judged or proven.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::Hash;

use super::{Input, origin};
use crate::model::{
    BuildState, CheckResult, Finding, Problem, Report, ResultVerdict, Subject, SubjectId, Unproven,
};

/// What one report says of one subject.
#[derive(Debug, Clone, Default)]
struct About {
    /// Absent where a report has results or findings of something that it does not list.
    subject: Option<Subject>,
    results: Vec<CheckResult>,
    findings: Vec<Finding>,
    /// The reports that say so.
    by: Vec<String>,
}

/// What all reports say, by the id in the merged report.
#[derive(Debug, Default)]
pub(super) struct Content {
    about: BTreeMap<SubjectId, About>,
    /// How many subjects have a label in front.
    pub(super) renamed: usize,
}

impl Content {
    /// Adds a report.
    pub(super) fn add(&mut self, input: &Input) {
        for (id, mut about) in by_subject(&input.report) {
            about.by = origin::of(input);
            let Some(there) = self.about.get_mut(&id) else {
                self.about.insert(id, about);
                continue;
            };
            if let Some(one) = agreed(there, &about) {
                *there = one;
                continue;
            }
            self.renamed += 1;
            let id = self.free(&id, &input.label);
            let about = about.renamed(&id);
            self.about.insert(id, about);
        }
    }

    /// An id with the label in front that nothing else has. `!` stands between the unit and the name in ids.
    fn free(&self, id: &SubjectId, label: &str) -> SubjectId {
        let (kind, name) = id.as_str().split_once(':').unwrap_or(("", id.as_str()));
        let mut number = 1_u64;
        loop {
            let again = if number == 1 { String::new() } else { format!("-{number}") };
            let id = SubjectId(format!("{kind}:{label}{again}!{name}"));
            if !self.about.contains_key(&id) {
                return id;
            }
            number += 1;
        }
    }

    /// Everything in the order of a report; the findings still want theirs. `reports`: what all of them are called.
    pub(super) fn sorted(
        self,
        reports: &[String],
    ) -> (Vec<Subject>, Vec<CheckResult>, Vec<Finding>) {
        let (mut subjects, mut results, mut findings) = (Vec::new(), Vec::new(), Vec::new());
        for mut about in self.about.into_values() {
            origin::note(&mut about.findings, &about.by, reports);
            subjects.extend(about.subject);
            results.extend(about.results);
            findings.extend(about.findings);
        }
        results.sort_by(|a, b| (&a.subject, &a.check).cmp(&(&b.subject, &b.check)));
        (subjects, results, findings)
    }
}

impl About {
    /// The same under another id.
    fn renamed(mut self, id: &SubjectId) -> Self {
        let ids = self.subject.iter_mut().map(|subject| &mut subject.id);
        let ids = ids.chain(self.results.iter_mut().map(|result| &mut result.subject));
        for old in ids.chain(self.findings.iter_mut().map(|finding| &mut finding.subject)) {
            old.clone_from(id);
        }
        self
    }
}

/// A report by subject.
fn by_subject(report: &Report) -> BTreeMap<SubjectId, About> {
    let mut all: BTreeMap<SubjectId, About> = BTreeMap::new();
    for subject in &report.subjects {
        all.entry(subject.id.clone()).or_default().subject = Some(subject.clone());
    }
    for result in &report.results {
        all.entry(result.subject.clone()).or_default().results.push(result.clone());
    }
    for finding in &report.findings {
        all.entry(finding.subject.clone()).or_default().findings.push(finding.clone());
    }
    all
}

/// What two reports say of a subject, where they agree.
fn agreed(a: &About, b: &About) -> Option<About> {
    let subject = match (&a.subject, &b.subject) {
        (Some(a), Some(b)) => Some(agreed_subject(a, b)?),
        (a, b) => a.as_ref().or(b.as_ref()).cloned(),
    };
    if a.findings != b.findings {
        return None;
    }
    let mut results = BTreeMap::new();
    for result in a.results.iter().chain(&b.results) {
        let one = match results.get(&result.check) {
            Some(earlier) => agreed_result(earlier, result)?,
            None => result.clone(),
        };
        results.insert(result.check.clone(), one);
    }
    let mut by = a.by.clone();
    by.extend(b.by.iter().filter(|name| !a.by.contains(name)).cloned());
    let results = results.into_values().collect();
    Some(About { subject, results, findings: a.findings.clone(), by })
}

/// The subject in the wider view: one shard was asked about it, another only came by.
fn agreed_subject(a: &Subject, b: &Subject) -> Option<Subject> {
    /// How far a build that nothing kept from succeeding came.
    fn came(build: Option<BuildState>) -> Option<u8> {
        match build? {
            BuildState::NotBuilt => Some(0),
            BuildState::Compiled => Some(1),
            BuildState::Linked => Some(2),
            _ => None,
        }
    }
    let build = match (came(a.build), came(b.build)) {
        _ if a.build == b.build => a.build,
        (Some(first), Some(second)) => {
            if first >= second {
                a.build
            } else {
                b.build
            }
        }
        _ => return None,
    };
    let matched = a.matched || b.matched;
    let wider = Subject { build, matched, ..a.clone() };
    (wider == Subject { build, matched, ..b.clone() }).then_some(wider)
}

/// The answer to one question: where the question arises in one report only, that report's.
fn agreed_result(a: &CheckResult, b: &CheckResult) -> Option<CheckResult> {
    use ResultVerdict::{NotApplicable, Pass};
    match (a.verdict, b.verdict) {
        (NotApplicable, NotApplicable) | (Pass, NotApplicable) => Some(a.clone()),
        (NotApplicable, Pass) => Some(b.clone()),
        _ => (a == b).then(|| a.clone()),
    }
}

/// What kept gowoa from looking, each thing once.
pub(super) fn problems(inputs: &[Input]) -> Vec<Problem> {
    let key = |problem: &'_ Problem| {
        (problem.message.clone(), problem.details.clone(), problem.next.clone())
    };
    said(inputs, |report| &report.problems, key)
        .into_iter()
        .map(|said| Problem { message: said.labelled(&said.first.message), ..said.first.clone() })
        .collect()
}

/// What was not proven: one line for the same words, with the names of all.
pub(super) fn unproven(inputs: &[Input]) -> Vec<Unproven> {
    said(inputs, |report| &report.unproven, |one| (one.label.clone(), one.text.clone()))
        .into_iter()
        .map(|said| {
            let mut seen = HashSet::new();
            let names = said.all.iter().flat_map(|one| &one.names);
            Unproven {
                label: said.first.label.clone(),
                text: said.labelled(&said.first.text),
                names: names.filter(|name| seen.insert(*name)).cloned().collect(),
            }
        })
        .collect()
}

/// What one or more reports say.
struct Said<'a, T> {
    first: &'a T,
    all: Vec<&'a T>,
    /// The labels of the reports that say it; empty where all do.
    by: Vec<&'a str>,
}

impl<T> Said<'_, T> {
    fn labelled(&self, text: &str) -> String {
        if self.by.is_empty() { text.to_owned() } else { format!("{}: {text}", self.by.join(", ")) }
    }
}

/// What the reports say, in the order of the first who says it; things are the same where their keys are.
fn said<'a, T, K: Hash + Eq>(
    inputs: &'a [Input],
    of: impl Fn(&'a Report) -> &'a Vec<T>,
    key: impl Fn(&T) -> K,
) -> Vec<Said<'a, T>> {
    let mut all: Vec<Said<'a, T>> = Vec::new();
    let mut places: HashMap<K, usize> = HashMap::new();
    for input in inputs {
        for one in of(&input.report) {
            let place = *places.entry(key(one)).or_insert(all.len());
            match all.get_mut(place) {
                Some(said) => {
                    said.all.push(one);
                    if said.by.last() != Some(&input.label.as_str()) {
                        said.by.push(&input.label);
                    }
                }
                None => all.push(Said { first: one, all: vec![one], by: vec![&input.label] }),
            }
        }
    }
    for said in &mut all {
        if said.by.len() == inputs.len() {
            said.by.clear();
        }
    }
    all
}
