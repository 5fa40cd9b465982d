//! The job summary.

use crate::model::Report;

/// Writes it.
pub fn render(report: &Report) -> String {
    format!("{}\n", report.verdict)
}
