//! A report of several.

use crate::model::{PlanReport, Report};

use super::sample_report;

/// The sample as if it was merged of the reports of two machines, which did the same in a directory of the repository.
pub(crate) fn merged_report() -> Report {
    let mut report = sample_report();
    let labels = ["linux", "windows"].map(str::to_owned);
    for (finding, label) in report.findings.iter_mut().zip(labels.iter().cycle()) {
        finding.origin = vec![label.clone()];
    }
    report.plan = PlanReport {
        started_in: Some("services".to_owned()),
        directory: Some("app".to_owned()),
        base: Some("services/app".to_owned()),
        all_modules: true,
        config: None,
        no_config: true,
        reports: labels.to_vec(),
        ..report.plan
    };
    report
}
