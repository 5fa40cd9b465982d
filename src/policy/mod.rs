//! From verdicts to an answer: the threshold, what makes a report incomplete, and which findings do not count.
//!
//! * [`config`]: `gowoa.toml`, read from its text;
//! * [`waiver`]: findings that somebody has decided about;
//! * [`baseline`]: findings that a saved report has already;
//! * [`totals`]: what a report adds up to;
//! * [`saved`]: whether a saved report can be believed;
//! * [`merge`]: several saved reports as one.
//!
//! None of it touches results: what could not be judged stays so, and keeps its report incomplete.

pub mod baseline;
pub mod config;
pub(crate) mod fingerprint;
pub mod merge;
mod parts;
pub mod saved;
pub mod totals;
pub mod waiver;

use std::cmp::Ordering;

use self::baseline::Baseline;
use self::waiver::Waiver;
use crate::model::{Evidence, Finding, ReportVerdict, Severity};

/// The check that speaks of waivers. It cannot be waived: the waiver itself can be removed.
pub const STALE_WAIVER: &str = "stale-waiver";

/// What was found and does not count.
#[derive(Debug, Clone, Default)]
pub struct Exceptions {
    /// The configuration file, where there is one.
    pub config: Option<ConfigFile>,
    /// Whether the user wanted none, whatever is there.
    pub no_config: bool,
    /// Its waivers, in order.
    pub waivers: Vec<Waiver>,
    /// The findings that are known already.
    pub baseline: Option<Baseline>,
}

/// A configuration file that was read.
#[derive(Debug, Clone)]
pub struct ConfigFile {
    /// As the user gave it, or relative to the directory gowoa works in where it was found.
    pub given: String,
    /// As places in it are named: `/`-separated, and relative wherever it can be.
    pub name: String,
    /// Whether it stands in the directory gowoa works in: its waivers then speak of that project alone.
    pub of_project: bool,
}

/// The answer of a report. `incomplete` outranks `fail`.
///
/// `gating` is whether something that matters could not be judged; `judged` whether anything could.
pub fn verdict(
    findings: &[Finding],
    fail_on: Option<Severity>,
    gating: bool,
    judged: bool,
) -> ReportVerdict {
    if gating || !judged {
        return ReportVerdict::Incomplete;
    }
    let failed = findings.iter().any(|finding| finding.fails(fail_on));
    if failed { ReportVerdict::Fail } else { ReportVerdict::Pass }
}

/// Sorts as a report does: worst first, then what keeps the most packages from building, then by check and subject.
pub fn worst_first(findings: &mut [Finding]) {
    findings.sort_by(|a, b| {
        worse(a, b).then_with(|| (&a.subject, &a.message).cmp(&(&b.subject, &b.message)))
    });
}

/// The order of findings, whatever they are about.
fn worse(a: &Finding, b: &Finding) -> Ordering {
    b.severity
        .cmp(&a.severity)
        .then_with(|| stops(b).cmp(&stops(a)))
        .then_with(|| a.check.cmp(&b.check))
}

/// How many packages a finding keeps from building.
fn stops(finding: &Finding) -> usize {
    let stops = finding.evidence.iter().map(|evidence| match evidence {
        Evidence::Stops { packages } => packages.len(),
        _ => 0,
    });
    stops.sum()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::model::{CheckId, Confidence, Counts, SubjectId, Waived};

    /// A finding of the check `x`, which says nothing.
    pub(crate) fn finding(severity: Severity) -> Finding {
        Finding {
            check: CheckId::new("x"),
            severity,
            confidence: Confidence::High,
            class: None,
            message: String::new(),
            help: None,
            package: None,
            module: None,
            subject: SubjectId(String::new()),
            location: None,
            anchor: None,
            reachability: None,
            evidence: Vec::new(),
            waived: None,
            known: false,
            origin: Vec::new(),
        }
    }

    #[test]
    fn incomplete_outranks_fail_and_what_is_waived_or_known_counts_as_nothing() {
        use ReportVerdict::*;
        let error = [finding(Severity::Error)];
        let waived = Some(Waived { reason: "r".into(), expires: None });
        let waived = [Finding { waived, ..finding(Severity::Error) }];
        let known = [Finding { known: true, ..finding(Severity::Error) }];
        let warning = [finding(Severity::Warning)];
        assert_eq!(verdict(&error, Some(Severity::Error), false, true), Fail);
        assert_eq!(verdict(&error, Some(Severity::Error), true, true), Incomplete);
        assert_eq!(verdict(&waived, Some(Severity::Note), false, true), Pass);
        assert_eq!(verdict(&waived, Some(Severity::Note), true, true), Incomplete);
        assert_eq!(verdict(&known, Some(Severity::Note), false, true), Pass);
        assert_eq!(verdict(&warning, Some(Severity::Error), false, true), Pass);
        assert_eq!(verdict(&warning, Some(Severity::Warning), false, true), Fail);
        assert_eq!(verdict(&error, None, false, true), Pass);
        assert_eq!(verdict(&[], Some(Severity::Error), false, false), Incomplete);
        let all = [error, waived, known, warning].concat();
        let mut counts = Counts { errors: 7, notes: 7, inconclusive: 7, ..Counts::default() };
        totals::recount(&mut counts, &all, &[]);
        assert_eq!((counts.notes, counts.inconclusive), (0, 0));
        let Counts { errors, warnings, waived, known, .. } = counts;
        assert_eq!((errors, warnings, waived, known), (1, 1, 1, 1));
    }
}
