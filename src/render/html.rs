//! One page for a browser.

use crate::model::{CheckInfo, Report};

/// Writes it.
pub fn render(report: &Report, _checks: &[CheckInfo]) -> String {
    format!("{}\n", report.verdict)
}
