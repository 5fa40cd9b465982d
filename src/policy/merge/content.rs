//! Subjects with their results and findings, and what was not judged or proven.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
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
    /// Each says which reports have it.
    findings: Vec<Finding>,
}

/// What all reports say, by the id in the merged report.
#[derive(Debug, Default)]
pub(super) struct Content {
    about: BTreeMap<SubjectId, About>,
    /// How many subjects have a label in front.
    pub(super) renamed: usize,
    /// The ids that have a label in front, each with the id without.
    bare: BTreeMap<SubjectId, SubjectId>,
    /// The same the other way.
    labelled: BTreeMap<SubjectId, Vec<SubjectId>>,
}

impl Content {
    /// What these reports say.
    pub(super) fn of(inputs: &[Input]) -> Self {
        let mut all = Self::default();
        for input in inputs {
            all.add(input);
        }
        all
    }

    fn add(&mut self, input: &Input) {
        let by = origin::of(input);
        // What one report tells apart stays so.
        let mut told: BTreeSet<SubjectId> = BTreeSet::new();
        for (id, mut about) in by_subject(&input.report) {
            for finding in about.findings.iter_mut().filter(|finding| finding.origin.is_empty()) {
                finding.origin.clone_from(&by);
            }
            let bare = bare(&id, &input.report.plan.reports);
            let same = self.same(&id, bare.as_ref()).into_iter().filter(|id| !told.contains(id));
            let agreed = same.into_iter().find_map(|id| {
                let one = agreed(self.about.get(&id)?, &about.clone().renamed(&id))?;
                Some((id, one))
            });
            let (id, about) = match agreed {
                Some(agreed) => agreed,
                None if !self.about.contains_key(&id) => {
                    self.know(&id, bare);
                    (id, about)
                }
                None => {
                    self.renamed += 1;
                    let free = self.free(&id, &input.label);
                    self.know(&free, Some(bare.unwrap_or(id)));
                    let about = about.renamed(&free);
                    (free, about)
                }
            };
            told.insert(id.clone());
            self.about.insert(id, about);
        }
    }

    /// Notes what an id is without its label.
    fn know(&mut self, id: &SubjectId, bare: Option<SubjectId>) {
        if let Some(bare) = bare {
            self.labelled.entry(bare.clone()).or_default().push(id.clone());
            self.bare.insert(id.clone(), bare);
        }
    }

    /// The ids under which the same may stand already: this one, or with another label in front, or without.
    fn same(&self, id: &SubjectId, bare: Option<&SubjectId>) -> Vec<SubjectId> {
        let labelled = self.labelled.get(bare.unwrap_or(id)).into_iter().flatten();
        let others = bare.into_iter().chain(labelled).filter(|other| *other != id);
        std::iter::once(id).chain(others).cloned().collect()
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

    /// Everything in the order of a report. `reports`: what all of them are called. What they say of the same comes in
    /// their order.
    pub(super) fn sorted(
        self,
        reports: &[String],
    ) -> (Vec<Subject>, Vec<CheckResult>, Vec<Finding>) {
        let (mut subjects, mut results, mut findings) = (Vec::new(), Vec::new(), Vec::new());
        let place = |finding: &Finding| {
            let first = finding.origin.first();
            reports.iter().position(|name| Some(name) == first).unwrap_or_default()
        };
        for (id, about) in &self.about {
            subjects.extend(about.subject.clone());
            results.extend(about.results.clone());
            for finding in &about.findings {
                let mut finding = finding.clone();
                origin::note(&mut finding, reports);
                findings.push(((self.bare.get(id).unwrap_or(id), place(&finding)), finding));
            }
        }
        results.sort_by(|a, b| (&a.subject, &a.check).cmp(&(&b.subject, &b.check)));
        findings.sort_by(|(of, a), (of_b, b)| {
            let rest = || (of, &a.subject, &a.message).cmp(&(of_b, &b.subject, &b.message));
            crate::policy::worse(a, b).then_with(rest)
        });
        (subjects, results, findings.into_iter().map(|(_, finding)| finding).collect())
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

/// The id without the label in front that an earlier merge of these reports put there.
fn bare(id: &SubjectId, reports: &[String]) -> Option<SubjectId> {
    let (kind, name) = id.as_str().split_once(':')?;
    let (label, name) = name.split_once('!')?;
    let known = |label: &str| reports.iter().any(|name| name == label);
    let numbered = label.rsplit_once('-').filter(|(_, number)| number.parse::<u64>().is_ok());
    (known(label) || numbered.is_some_and(|(label, _)| known(label)))
        .then(|| SubjectId(format!("{kind}:{name}")))
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
    let findings = agreed_findings(&a.findings, &b.findings)?;
    let mut results = BTreeMap::new();
    for result in a.results.iter().chain(&b.results) {
        let one = match results.get(&result.check) {
            Some(earlier) => agreed_result(earlier, result)?,
            None => result.clone(),
        };
        results.insert(result.check.clone(), one);
    }
    let results = results.into_values().collect();
    Some(About { subject, results, findings })
}

/// The same findings, each of all the reports that have it.
fn agreed_findings(a: &[Finding], b: &[Finding]) -> Option<Vec<Finding>> {
    if a.len() != b.len() {
        return None;
    }
    let one = |(a, b): (&Finding, &Finding)| {
        let mut origin = a.origin.clone();
        origin.extend(b.origin.iter().filter(|name| !a.origin.contains(name)).cloned());
        let both = |finding: &Finding| Finding { origin: origin.clone(), ..finding.clone() };
        let agreed = both(a);
        (agreed == both(b)).then_some(agreed)
    };
    a.iter().zip(b).map(one).collect()
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
