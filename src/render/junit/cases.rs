//! The mapping: which cases a report becomes, and how each of them ends.
//!
//! A case for every subject that needs looking at (something is wrong, or could not be told, or the
//! package is left out of the build); one summary case a check for the rest.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::model::{
    BuildState, CheckResult, Finding, Problem, Report, ReportVerdict, ResultVerdict, Severity,
    SubjectId, SubjectKind,
};
use crate::render::view::View;
use crate::render::{plural, words};

use super::{LONGEST_NAME, body, clean, unexplained};

/// The class of the cases that speak of the run and not of a check.
const RUN: &str = "gowoa";
/// The checks that explain best why a package is left out, best first.
const EXPLAINS_BUILD: &[&str] = &["cross-compile", "package-excluded"];

/// The cases of one check.
pub(super) struct Suite<'a> {
    /// Check id.
    pub(super) check: String,
    /// Never empty: some readers skip a suite without cases.
    pub(super) cases: Vec<Case<'a>>,
}

/// One case: name and class are clean, and unique together.
pub(super) struct Case<'a> {
    pub(super) class: String,
    pub(super) name: String,
    about: About<'a>,
}

/// What a case speaks of.
enum About<'a> {
    /// A subject with findings.
    Findings(Vec<&'a Finding>),
    /// A subject that could not be judged.
    Inconclusive { result: &'a CheckResult, findings: Vec<&'a Finding> },
    /// A package that is left out of the build.
    LeftOut(&'a CheckResult),
    /// The subjects of a check that need no look.
    Rest(Rest<'a>),
    /// Something that kept gowoa from looking.
    Problem(&'a Problem),
    /// The verdict, where no other case explains it.
    Verdict(ReportVerdict),
}

/// How a case ends.
pub(super) enum Outcome {
    Pass { output: String },
    Skipped { message: String, body: String },
    Failure { kind: String, message: String, body: String },
    Error { kind: String, message: String, body: String },
}

/// The subjects of a check that need no look of their own.
#[derive(Default)]
struct Rest<'a> {
    passed: BTreeMap<SubjectKind, u64>,
    not_applicable: BTreeMap<SubjectKind, u64>,
    reasons: BTreeMap<&'a str, usize>,
}

/// The suites of a report: that of the run, where it has something to say, then one a check by name.
pub(super) fn suites(report: &Report) -> Vec<Suite<'_>> {
    let mut names = Names::default();
    let mut checks = Checks::of(report).suites(&mut names);
    let red = checks.iter().flat_map(|suite| &suite.cases).any(|case| case.is_red(report));
    let mut run: Vec<Case<'_>> = report
        .problems
        .iter()
        .map(|problem| names.case(RUN, &problem.message, About::Problem(problem)))
        .collect();
    // A report that is not a pass must never look like one, whatever it holds.
    let unexplained = report.verdict != ReportVerdict::Pass && run.is_empty() && !red;
    if unexplained || (checks.is_empty() && run.is_empty()) {
        run.push(names.case(RUN, "verdict", About::Verdict(report.verdict)));
    }
    if !run.is_empty() {
        checks.insert(0, Suite { check: RUN.to_owned(), cases: run });
    }
    checks
}

/// What the report says, sorted by check and subject.
struct Checks<'a> {
    view: View<'a>,
    findings: BTreeMap<(&'a str, &'a SubjectId), Vec<&'a Finding>>,
    results: BTreeMap<(&'a str, &'a SubjectId), Option<&'a CheckResult>>,
}

impl<'a> Checks<'a> {
    fn of(report: &'a Report) -> Self {
        let view = View::new(report);
        let mut findings: BTreeMap<_, Vec<_>> = BTreeMap::new();
        let mut results = BTreeMap::new();
        for result in &report.results {
            results.insert((result.check.as_str(), &result.subject), Some(result));
        }
        for finding in &report.findings {
            let key = (finding.check.as_str(), &finding.subject);
            findings.entry(key).or_default().push(finding);
            // A finding without a result cannot come from the engine; it is shown all the same.
            results.entry(key).or_insert(None);
        }
        Self { view, findings, results }
    }

    fn suites(mut self, names: &mut Names) -> Vec<Suite<'a>> {
        let left_out = self.left_out();
        let labels = self.labels();
        let mut suites: Vec<(&str, Suite<'a>, Rest<'a>)> = Vec::new();
        for ((check, id), result) in std::mem::take(&mut self.results) {
            if suites.last().is_none_or(|(last, ..)| *last != check) {
                let suite = Suite { check: check.to_owned(), cases: Vec::new() };
                suites.push((check, suite, Rest::default()));
            }
            let Some((_, suite, rest)) = suites.last_mut() else { continue };
            let findings = self.findings.remove(&(check, id)).unwrap_or_default();
            let own = left_out.get(id) == Some(&check);
            match About::of(result, findings, own) {
                Some(about) => {
                    let label = labels.get(&(check, id)).map_or(id.as_str(), String::as_str);
                    suite.cases.push(names.case(check, label, about));
                }
                None => rest.add(result, self.kind(id)),
            }
        }
        let mut done = Vec::with_capacity(suites.len());
        for (check, mut suite, rest) in suites {
            if !rest.is_empty() {
                suite.cases.push(names.case(check, &rest.name(), About::Rest(rest)));
            }
            done.push(suite);
        }
        done
    }

    /// The check whose suite shows that a package is left out of the build: one, not every check
    /// that does not apply to it, and none where another case speaks of the package already.
    fn left_out(&self) -> HashMap<&'a SubjectId, &'a str> {
        let mut chosen: HashMap<&SubjectId, &str> = HashMap::new();
        let mut spoken: HashSet<&SubjectId> = HashSet::new();
        let place = |check: &str| {
            EXPLAINS_BUILD.iter().position(|id| *id == check).unwrap_or(EXPLAINS_BUILD.len())
        };
        for (&(check, id), result) in &self.results {
            let verdict = result.map_or(ResultVerdict::Fail, |result| result.verdict);
            match verdict {
                ResultVerdict::Fail | ResultVerdict::Inconclusive => {
                    spoken.insert(id);
                }
                ResultVerdict::NotApplicable if self.is_left_out(id) => {
                    let best = chosen.entry(id).or_insert(check);
                    if place(check) < place(best) {
                        *best = check;
                    }
                }
                ResultVerdict::NotApplicable | ResultVerdict::Pass => {}
            }
        }
        chosen.retain(|id, _| !spoken.contains(id));
        chosen
    }

    fn is_left_out(&self, id: &SubjectId) -> bool {
        let build = self.view.subjects.get(id).and_then(|subject| subject.build);
        matches!(build, Some(BuildState::Excluded | BuildState::NotWindows))
    }

    fn kind(&self, id: &SubjectId) -> SubjectKind {
        self.view.subjects.get(id).map_or(SubjectKind::Package, |subject| subject.kind)
    }

    /// The names of the subjects of each check. Where a check asks two kinds of subjects of one name
    /// (a package and its tests), all but the package carry their kind, whatever their verdicts: the
    /// name of a case stays the same from run to run. So it does for one of several modules, which carries its directory.
    fn labels(&self) -> HashMap<(&'a str, &'a SubjectId), String> {
        let mut kinds: HashMap<(&str, &str), HashSet<SubjectKind>> = HashMap::new();
        let known = || {
            self.results
                .keys()
                .filter_map(|&(check, id)| Some((check, id, *self.view.subjects.get(id)?)))
        };
        for (check, _, subject) in known() {
            kinds.entry((check, &subject.name)).or_default().insert(subject.kind);
        }
        known()
            .map(|(check, id, subject)| {
                let several =
                    kinds.get(&(check, subject.name.as_str())).is_some_and(|k| k.len() > 1);
                let mut label = subject.name.clone();
                if several && subject.kind != SubjectKind::Package {
                    label.push_str(&format!(" ({})", subject.kind.as_str()));
                }
                if let Some(unit) = self.view.unit(id) {
                    label.push_str(&format!(" (in {unit})"));
                }
                ((check, id), label)
            })
            .collect()
    }
}

impl<'a> About<'a> {
    /// What a case of its own would say; `None` where the subject belongs to the rest.
    fn of(
        result: Option<&'a CheckResult>,
        findings: Vec<&'a Finding>,
        left_out: bool,
    ) -> Option<Self> {
        match result {
            Some(result) if result.verdict == ResultVerdict::Inconclusive => {
                Some(Self::Inconclusive { result, findings })
            }
            Some(result) if findings.is_empty() && result.verdict != ResultVerdict::Fail => {
                let not_applicable = result.verdict == ResultVerdict::NotApplicable;
                (left_out && not_applicable).then_some(Self::LeftOut(result))
            }
            _ => Some(Self::Findings(findings)),
        }
    }
}

impl Case<'_> {
    /// How the case ends, with texts of at most `budget` escaped bytes.
    pub(super) fn outcome(&self, fail_on: Option<Severity>, budget: usize) -> Outcome {
        match &self.about {
            About::Findings(findings) => of_findings(findings, fail_on, budget),
            About::Inconclusive { result, findings } => inconclusive(result, findings, budget),
            About::LeftOut(result) => {
                let body = body::reason(reason(result), budget);
                Outcome::Skipped { message: reason(result).to_owned(), body }
            }
            About::Rest(rest) => rest.outcome(budget),
            About::Problem(problem) => Outcome::Error {
                kind: "problem".to_owned(),
                message: problem.message.clone(),
                body: body::problem(problem, budget),
            },
            About::Verdict(ReportVerdict::Pass) => {
                Outcome::Pass { output: unexplained(ReportVerdict::Pass).to_owned() }
            }
            About::Verdict(verdict) => Outcome::Error {
                kind: verdict.as_str().to_owned(),
                message: unexplained(*verdict).to_owned(),
                body: unexplained(*verdict).to_owned(),
            },
        }
    }

    /// Whether the case speaks of one subject and not of all that are fine.
    pub(super) fn needs_looking_at(&self) -> bool {
        !matches!(self.about, About::Rest(_) | About::Verdict(_))
    }

    /// File and line of the repository, for readers that show a case beside the code: where the finding is shown, else
    /// where it is.
    pub(super) fn source(&self, fail_on: Option<Severity>) -> Option<(String, Option<u32>)> {
        let lead = self.lead(fail_on)?;
        let (file, line) = match (&lead.anchor, &lead.location) {
            (Some(anchor), _) => (anchor.file.as_str(), anchor.line),
            (None, Some(location)) => (location.file.as_deref()?, location.line),
            (None, None) => return None,
        };
        Some((clean::source_path(file)?, line.filter(|line| *line > 0)))
    }

    /// What the finding that leads the case is, for readers that show properties.
    pub(super) fn properties(&self) -> Vec<(&'static str, String)> {
        let Some(lead) = self.lead(None) else { return Vec::new() };
        let mut list = vec![("severity", lead.severity.as_str().to_owned())];
        let optional = [
            ("class", lead.class.clone()),
            ("reachability", lead.reachability.map(|r| r.as_str().to_owned())),
            ("package", lead.package.clone()),
            ("module", lead.module.as_ref().map(ToString::to_string)),
        ];
        list.extend(optional.into_iter().filter_map(|(key, value)| Some((key, value?))));
        for (_, value) in &mut list {
            *value = clean::line(value, LONGEST_NAME);
        }
        list
    }

    /// The finding whose message is the case's: the first that counts, else the first.
    fn lead(&self, fail_on: Option<Severity>) -> Option<&Finding> {
        let (About::Findings(findings) | About::Inconclusive { findings, .. }) = &self.about else {
            return None;
        };
        findings.iter().find(|f| f.fails(fail_on)).or(findings.first()).copied()
    }

    /// Whether readers show the case as failed.
    fn is_red(&self, report: &Report) -> bool {
        match &self.about {
            About::Findings(findings) => {
                findings.is_empty() || findings.iter().any(|f| f.fails(report.plan.fail_on))
            }
            About::Inconclusive { result, .. } => result.gating,
            About::Problem(_) => true,
            About::Verdict(verdict) => *verdict != ReportVerdict::Pass,
            About::LeftOut(_) | About::Rest(_) => false,
        }
    }
}

fn reason(result: &CheckResult) -> &str {
    result
        .reason
        .as_deref()
        .filter(|reason| !reason.trim().is_empty())
        .unwrap_or("no reason was given")
}

fn of_findings(findings: &[&Finding], fail_on: Option<Severity>, budget: usize) -> Outcome {
    let Some(first) = findings.first() else {
        let message = "the check fails, and the report holds no finding of it".to_owned();
        return Outcome::Error { kind: "no-finding".to_owned(), body: message.clone(), message };
    };
    if let Some(lead) = findings.iter().find(|finding| finding.fails(fail_on)) {
        let kind = lead.class.as_deref().unwrap_or(lead.check.as_str()).to_owned();
        let rest = findings.iter().filter(|finding| !std::ptr::eq(**finding, *lead));
        let mut text = body::finding(lead, "", budget);
        add_findings(&mut text, rest, budget);
        return Outcome::Failure {
            kind,
            message: lead.message.clone(),
            body: clean::cap(&text, budget).into_owned(),
        };
    }
    let mut text = String::new();
    add_findings(&mut text, findings.iter(), budget);
    let text = clean::cap(&text, budget).into_owned();
    if findings.iter().any(|finding| finding.is_open()) {
        return Outcome::Pass { output: text };
    }
    let message = match &first.waived {
        Some(waived) => format!("waived: {}", words::waived(waived)),
        None => format!("known: {}", words::KNOWN),
    };
    Outcome::Skipped { message, body: text }
}

fn inconclusive(result: &CheckResult, findings: &[&Finding], budget: usize) -> Outcome {
    let class = findings.iter().find_map(|finding| finding.class.clone());
    let mut text = body::reason(reason(result), budget);
    text.push_str(if result.gating {
        "  the report is incomplete because of this\n"
    } else {
        "  this alone does not make the report incomplete\n"
    });
    add_findings(&mut text, findings.iter(), budget);
    let (message, body) = (reason(result).to_owned(), clean::cap(&text, budget).into_owned());
    if !result.gating {
        // What does not touch the answer must not turn a CI run red: another case carries the cause.
        return Outcome::Skipped { message: format!("could not tell: {message}"), body };
    }
    Outcome::Error { kind: class.unwrap_or_else(|| "inconclusive".to_owned()), message, body }
}

fn add_findings<'a>(
    text: &mut String,
    findings: impl Iterator<Item = &'a &'a Finding>,
    budget: usize,
) {
    for finding in findings {
        if text.len() > budget {
            break;
        }
        if !text.is_empty() {
            text.push('\n');
        }
        let lead = format!("{}: ", finding.severity);
        body::paragraph(text, &body::finding(finding, &lead, budget));
    }
}

impl<'a> Rest<'a> {
    fn add(&mut self, result: Option<&'a CheckResult>, kind: SubjectKind) {
        let Some(result) = result else { return };
        if result.verdict == ResultVerdict::Pass {
            *self.passed.entry(kind).or_default() += 1;
        } else {
            *self.not_applicable.entry(kind).or_default() += 1;
            *self.reasons.entry(reason(result)).or_default() += 1;
        }
    }

    fn is_empty(&self) -> bool {
        self.passed.is_empty() && self.not_applicable.is_empty()
    }

    /// `58 packages, 1 image pass, 3 packages not applicable`.
    fn name(&self) -> String {
        let passed = (!self.passed.is_empty()).then(|| {
            let one = self.passed.values().sum::<u64>() == 1;
            format!("{} {}", amounts(&self.passed), if one { "passes" } else { "pass" })
        });
        let skipped = (!self.not_applicable.is_empty())
            .then(|| format!("{} not applicable", amounts(&self.not_applicable)));
        passed.into_iter().chain(skipped).collect::<Vec<_>>().join(", ")
    }

    /// Passed where anything passed; where nothing could, skipped: silence is never a pass.
    fn outcome(&self, budget: usize) -> Outcome {
        let mut reasons: Vec<_> = self.reasons.iter().collect();
        reasons.sort_by(|a, b| (b.1, a.0).cmp(&(a.1, b.0)));
        let text: String = reasons
            .iter()
            .take(20)
            .map(|(reason, n)| format!("not applicable to {n}: {}\n", clean::line(reason, 200)))
            .collect();
        let text = clean::cap(text.trim_end(), budget).into_owned();
        if self.passed.is_empty() {
            let message = reasons.first().map_or("", |(reason, _)| reason);
            return Outcome::Skipped { message: (*message).to_owned(), body: text };
        }
        Outcome::Pass { output: text }
    }
}

fn amounts(kinds: &BTreeMap<SubjectKind, u64>) -> String {
    let amount = |(kind, n): (&SubjectKind, &u64)| plural(*n, kind.as_str());
    kinds.iter().map(amount).collect::<Vec<_>>().join(", ")
}

/// Makes class and name of the cases unique together: GitLab drops the second of two that agree.
#[derive(Default)]
struct Names {
    taken: HashSet<(String, String)>,
    next: HashMap<(String, String), usize>,
}

impl Names {
    fn case<'a>(&mut self, class: &str, name: &str, about: About<'a>) -> Case<'a> {
        let class = clean::name(class);
        let name = self.unique(&class, clean::name(name));
        Case { class, name, about }
    }

    fn unique(&mut self, class: &str, name: String) -> String {
        if self.taken.insert((class.to_owned(), name.clone())) {
            return name;
        }
        let next = self.next.entry((class.to_owned(), name.clone())).or_insert(1);
        loop {
            *next += 1;
            let suffix = format!(" #{next}");
            let candidate = clean::line(&name, LONGEST_NAME - suffix.len()) + &suffix;
            if self.taken.insert((class.to_owned(), candidate.clone())) {
                return candidate;
            }
        }
    }
}
