//! Asks every check of every subject, and makes the Report.

use crate::checks::{CHECKS, Check, Context, SubjectFacts, ask, cross_compile_state};
use crate::facts::UnitFacts;
use crate::model::{
    BuildState, CheckResult, Counts, Finding, Host, PlanReport, Problem, Report, ResultVerdict,
    SCHEMA_VERSION, Severity, Subcommand, Subject, SubjectKind, ToolRef, Unproven, Verdict,
};
use crate::policy::waiver::Day;
use crate::policy::{self, Exceptions, totals};

use super::problems::{nothing_judged, open_problems, unjudged};
use super::unit::code_bytes;
use super::waivers::{self, Covered};
use super::{Stamp, phases, subjects};

/// The Report of everything that was gathered; secrets are still in it. `whole`: the whole project was asked for.
pub(super) fn report(
    plan: PlanReport,
    stamp: &Stamp,
    units: &[UnitFacts],
    exceptions: &Exceptions,
    whole: bool,
) -> Report {
    let mut parts = Parts::default();
    for unit in units {
        parts.add(unit, units.len() > 1, plan.subcommand == Subcommand::Screen);
    }
    // What became of the waivers is a fact too, known only now; the check that judges it comes last.
    let today = Day::of_report(&stamp.started);
    let outcomes = policy::waiver::waive(&exceptions.waivers, &mut parts.findings, today);
    let covered = Covered::new(&plan, units, &parts, whole);
    if let Some(config) = waivers::facts(exceptions, &outcomes, &covered) {
        let subject = subjects::of_config(&config.name);
        parts.ask(SubjectFacts::Config(&config), &subject, &UnitFacts::default());
        parts.subjects.push(subject);
    }
    parts.sort();
    if let Some(baseline) = &exceptions.baseline {
        baseline.apply(&mut parts.findings);
    }
    let counts = parts.totals(plan.subcommand);
    let judged =
        totals::is_judged(plan.subcommand, &parts.subjects, &parts.results, &parts.findings);
    let gating = !parts.problems.is_empty() || parts.results.iter().any(|result| result.gating);
    if !judged && parts.problems.is_empty() {
        let open = units.iter().flat_map(|unit| open_problems(unit, true));
        parts.problems.extend(open);
    }
    if gating && parts.problems.is_empty() {
        parts.problems.push(unjudged(&parts.results, &parts.subjects));
    }
    if !judged && parts.problems.is_empty() {
        parts.problems.push(nothing_judged(units));
    }
    let mut unproven = parts.unproven;
    unproven.extend(always_unproven(&plan, units));
    Report {
        schema_version: SCHEMA_VERSION.into(),
        tool: ToolRef { name: "gowoa".into(), version: env!("CARGO_PKG_VERSION").into() },
        started: stamp.started.clone(),
        duration_ms: 0,
        host: Host { name: stamp.host_name.clone(), platform: stamp.platform.clone() },
        verdict: policy::verdict(&parts.findings, plan.fail_on, gating, judged),
        plan,
        counts,
        phases: phases::of(units),
        problems: parts.problems,
        unproven,
        subjects: parts.subjects,
        results: parts.results,
        findings: parts.findings,
    }
}

/// The check that for a package whose code an exe contains says no more than: see the exe.
const LEFT_TO_EXES: &str = "reserved-x18";

/// What the units add up to.
#[derive(Default)]
pub(super) struct Parts {
    counts: Counts,
    pub(super) problems: Vec<Problem>,
    pub(super) unproven: Vec<Unproven>,
    pub(super) subjects: Vec<Subject>,
    pub(super) results: Vec<CheckResult>,
    findings: Vec<Finding>,
}

impl Parts {
    fn add(&mut self, unit: &UnitFacts, several: bool, screen: bool) {
        self.count(unit, screen);
        self.problems.extend(unit.problems.iter().cloned());
        self.problems.extend(open_problems(unit, false));
        self.unproven.extend(unit.unproven.iter().cloned());
        self.not_windows(unit);
        for (facts, subject) in subjects::of(unit, several) {
            // A screening reads images for what they link. Of what they are it tells only what the check of
            // a package leaves to the exe, and of those that have nothing of the kind it does not speak.
            if screen && subject.kind == SubjectKind::Image {
                self.unreadable(facts);
                let (results, findings) = (self.results.len(), self.findings.len());
                self.ask_those(facts, &subject, unit, |check| {
                    check.meta().id.as_str() == LEFT_TO_EXES
                });
                if self.findings.len() == findings {
                    self.results.truncate(results);
                    continue;
                }
            } else {
                self.ask(facts, &subject, unit);
            }
            self.subjects.push(subject);
        }
    }

    /// Nobody judges the exes of a screening, but a build that says it succeeded has to have made them.
    fn unreadable(&mut self, facts: SubjectFacts<'_>) {
        let SubjectFacts::Image(image) = facts else { return };
        if let Err(reason) = &image.facts {
            self.problems.push(Problem {
                message: format!("{}, which go build was to make: {reason}", image.name),
                details: Vec::new(),
                next: Some(
                    "check that this is the go command of a Go distribution (`go version`)".into(),
                ),
            });
        }
    }

    fn ask(&mut self, facts: SubjectFacts<'_>, subject: &Subject, unit: &UnitFacts) {
        self.ask_those(facts, subject, unit, |_| true);
    }

    fn ask_those(
        &mut self,
        facts: SubjectFacts<'_>,
        subject: &Subject,
        unit: &UnitFacts,
        wanted: impl Fn(&dyn Check) -> bool,
    ) {
        let cx = Context { unit, subject: &subject.id };
        let fitting =
            |check: &&&dyn Check| check.meta().subjects.contains(&facts.kind()) && wanted(**check);
        for check in CHECKS.iter().filter(fitting) {
            self.take(*check, subject, ask(*check, facts, cx));
        }
    }

    fn take(&mut self, check: &dyn Check, subject: &Subject, verdict: Verdict) {
        let meta = check.meta();
        let mut result = CheckResult {
            check: meta.id.clone(),
            subject: subject.id.clone(),
            verdict: ResultVerdict::Pass,
            reason: None,
            gating: false,
        };
        match verdict {
            Verdict::Pass => {}
            Verdict::Fail(findings) => {
                result.verdict = ResultVerdict::Fail;
                self.findings.extend(findings);
            }
            Verdict::NotApplicable(reason) => {
                result.verdict = ResultVerdict::NotApplicable;
                result.reason = Some(reason);
            }
            Verdict::Inconclusive { reason, gating } => {
                result.verdict = ResultVerdict::Inconclusive;
                result.reason = Some(reason);
                // Only what could have been an error keeps the report from an answer.
                result.gating = gating && meta.severity == Severity::Error;
            }
        }
        self.results.push(result);
    }

    /// What no subject shows of the totals.
    fn count(&mut self, unit: &UnitFacts, screen: bool) {
        let counts = &mut self.counts;
        counts.link_proofs += unit.build.link_proofs;
        if screen {
            return;
        }
        counts.code_bytes += unit.images.iter().map(code_bytes).sum::<u64>();
        let scanned = unit.images.iter().filter_map(|image| image.code.as_ref()?.as_ref().ok());
        for code in scanned {
            counts.code_words += code.words;
            counts.functions += code.functions;
        }
    }

    /// The totals of everything.
    fn totals(&self, subcommand: Subcommand) -> Counts {
        let Counts { link_proofs, code_bytes, code_words, functions, .. } = self.counts;
        let shown = totals::of_subjects(&self.subjects);
        // A screening reads images for what they link, and inspects none.
        let images = if subcommand == Subcommand::Screen { 0 } else { shown.images };
        let mut all = Counts { link_proofs, code_bytes, code_words, functions, images, ..shown };
        totals::recount(&mut all, &self.findings, &self.results);
        all
    }

    fn not_windows(&mut self, unit: &UnitFacts) {
        let names: Vec<String> = unit
            .packages
            .values()
            .filter(|p| p.matched && cross_compile_state(p, unit) == BuildState::NotWindows)
            .map(|p| p.import_path.clone())
            .collect();
        if !names.is_empty() {
            self.unproven.push(Unproven {
                label: "not Windows".into(),
                text: "they fail for windows/amd64 too, or have no file for windows".into(),
                names,
            });
        }
    }

    fn sort(&mut self) {
        self.subjects.sort_by(|a, b| a.id.cmp(&b.id));
        self.results.sort_by(|a, b| (&a.subject, &a.check).cmp(&(&b.subject, &b.check)));
        policy::worst_first(&mut self.findings);
    }
}

/// What this version never proves.
fn always_unproven(plan: &PlanReport, units: &[UnitFacts]) -> Vec<Unproven> {
    let line = |label: &str, text: &str| Unproven {
        label: label.into(),
        text: text.into(),
        names: Vec::new(),
    };
    let mut all = Vec::new();
    // Of what is for another machine no code is scanned, and other checks say that it is.
    let screen = plan.subcommand == Subcommand::Screen;
    let unscanned: Vec<String> = units
        .iter()
        .filter(|_| !screen)
        .flat_map(|unit| &unit.images)
        .filter(|image| image.claim.windows_arm64() && matches!(image.code, Some(Err(_))))
        .map(|image| image.name.clone())
        .collect();
    if !unscanned.is_empty() {
        all.push(Unproven {
            names: unscanned,
            ..line("not scanned", "the code words of these images")
        });
    }
    all.push(match (plan.subcommand, plan.tests) {
        (Subcommand::Inspect, _) => line("not run", "no program was executed"),
        (Subcommand::Screen, _) if units.iter().all(|unit| unit.images.is_empty()) => {
            line("not run", "no test was executed; gowoa check also inspects the exes")
        }
        (Subcommand::Screen, _) => line(
            "not run",
            "no test was executed; exes were read for their functions alone, gowoa check inspects them",
        ),
        (_, true) => line("not run", "no test was executed; test binaries were built only"),
        (_, false) => line("not run", "no test was executed"),
    });
    all
}
