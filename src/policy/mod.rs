//! From verdicts to an answer: the threshold, and what makes a report incomplete.

use crate::model::{Counts, Finding, ReportVerdict, Severity};

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
    let failed = findings.iter().any(|finding| counts_against(finding, fail_on));
    if failed { ReportVerdict::Fail } else { ReportVerdict::Pass }
}

/// Whether a finding fails the report: unwaived, and at or above the threshold (`None`: never).
pub fn counts_against(finding: &Finding, fail_on: Option<Severity>) -> bool {
    finding.waived.is_none() && fail_on.is_some_and(|threshold| finding.severity >= threshold)
}

/// Adds the findings to the totals.
pub fn count(findings: &[Finding], counts: &mut Counts) {
    for finding in findings {
        let slot = match (&finding.waived, finding.severity) {
            (Some(_), _) => &mut counts.waived,
            (None, Severity::Error) => &mut counts.errors,
            (None, Severity::Warning) => &mut counts.warnings,
            (None, Severity::Note) => &mut counts.notes,
        };
        *slot += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{CheckId, Confidence, SubjectId, Waived};

    fn finding(severity: Severity, waived: bool) -> Finding {
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
            reachability: None,
            evidence: Vec::new(),
            waived: waived.then(|| Waived { reason: "r".into(), expires: None }),
            known: false,
        }
    }

    #[test]
    fn incomplete_outranks_fail_and_a_waiver_counts_as_nothing() {
        use ReportVerdict::*;
        let error = [finding(Severity::Error, false)];
        let waived = [finding(Severity::Error, true)];
        let warning = [finding(Severity::Warning, false)];
        assert_eq!(verdict(&error, Some(Severity::Error), false, true), Fail);
        assert_eq!(verdict(&error, Some(Severity::Error), true, true), Incomplete);
        assert_eq!(verdict(&waived, Some(Severity::Note), false, true), Pass);
        assert_eq!(verdict(&warning, Some(Severity::Error), false, true), Pass);
        assert_eq!(verdict(&warning, Some(Severity::Warning), false, true), Fail);
        assert_eq!(verdict(&error, None, false, true), Pass);
        assert_eq!(verdict(&[], Some(Severity::Error), false, false), Incomplete);
        let mut counts = Counts::default();
        count(&error, &mut counts);
        count(&waived, &mut counts);
        count(&warning, &mut counts);
        assert_eq!((counts.errors, counts.warnings, counts.waived), (1, 1, 1));
    }
}
