//! Reports with as many findings as are asked for; the benchmark of the renderers uses them too.

use gowoa::model::{
    CheckResult, Evidence, Finding, Report, ResultVerdict, Severity, Subject, SubjectId,
};

/// Findings of one subject.
const OF_A_SUBJECT: usize = 4;
/// Packages of one module.
const OF_A_MODULE: usize = 5;

/// A report with `number` findings, each made of one of the sample and about a package, file or module of its own.
/// Nothing in it is waived or known beyond what the sample waives.
pub(crate) fn many(sample: &Report, number: usize) -> Report {
    let mut report = sample.clone();
    let kinds: Vec<Finding> =
        sample.findings.iter().filter(|f| f.waived.is_none() && !f.known).cloned().collect();
    for at in sample.findings.len()..number {
        let finding = variant(&kinds[at % kinds.len()], at);
        if report.subjects.last().is_none_or(|last| last.id != finding.subject) {
            report.subjects.push(subject(sample, &kinds[at % kinds.len()], &finding));
        }
        report.results.push(CheckResult {
            check: finding.check.clone(),
            subject: finding.subject.clone(),
            verdict: ResultVerdict::Fail,
            reason: None,
            gating: false,
        });
        report.findings.push(finding);
    }
    report.findings.truncate(number);
    report.findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    report.subjects.sort_by(|a, b| a.id.cmp(&b.id));
    report.subjects.dedup_by(|a, b| a.id == b.id);
    report.results.sort_by(|a, b| (&a.subject, &a.check).cmp(&(&b.subject, &b.check)));
    report.results.dedup_by(|a, b| a.subject == b.subject && a.check == b.check);
    let open = |severity| {
        let found = report.findings.iter().filter(|f| f.severity == severity);
        u64::try_from(found.filter(|f| f.waived.is_none() && !f.known).count()).unwrap()
    };
    let (errors, warnings) = (open(Severity::Error), open(Severity::Warning));
    (report.counts.errors, report.counts.warnings) = (errors, warnings);
    report.counts.notes = open(Severity::Note);
    report
}

/// The finding, about something else.
fn variant(of: &Finding, at: usize) -> Finding {
    let number = at / OF_A_SUBJECT;
    let path = format!("github.com/vendor{}/module{}", number % 97, number / OF_A_MODULE);
    let package = format!("{path}/internal/pkg{}", number % OF_A_MODULE);
    let mut finding = of.clone();
    let old = of.package.clone().unwrap_or_else(|| "dist/app.exe".to_owned());
    let new = if of.package.is_some() { package } else { format!("dist/{number}/app.exe") };
    finding.message = finding.message.replace(&old, &new);
    finding.subject = SubjectId(format!("{}{number}", of.subject.as_str()));
    if of.package.is_some() {
        finding.package = Some(new.clone());
    }
    if let Some(module) = &mut finding.module {
        module.path.clone_from(&path);
        module.version = Some(format!("v1.{}.{}", number % 40, at % 9));
    }
    if let Some(location) = &mut finding.location {
        location.line = location.line.map(|line| line + u32::try_from(at).unwrap());
    }
    for evidence in &mut finding.evidence {
        if let Evidence::Output { text, .. } = evidence {
            *text = text.replace(&old, &new);
        }
    }
    finding
}

/// What the finding is about.
fn subject(sample: &Report, of: &Finding, finding: &Finding) -> Subject {
    let old = sample.subjects.iter().find(|subject| subject.id == of.subject);
    let mut subject = old.expect("findings are about subjects of the report").clone();
    subject.id = finding.subject.clone();
    subject.name = finding.package.clone().unwrap_or_else(|| finding.subject.as_str().to_owned());
    subject.map = None;
    subject
}
