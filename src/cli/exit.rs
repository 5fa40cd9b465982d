//! Exit codes: a public contract, documented in the README.

use crate::model::ReportVerdict;

/// Everything asked for was judged and nothing stands against it.
pub const PASS: u8 = 0;
/// At least one finding at or above `--fail-on`.
pub const FAIL: u8 = 1;
/// Something could not be judged, the call was wrong, or the environment lacks something.
pub const INCOMPLETE: u8 = 2;
// 130 (SIGINT), 143 (SIGTERM) and 129 (SIGHUP) come from `platform::Interrupt`; 101 is a panic: a bug.

/// The exit code of a report.
pub const fn of(verdict: ReportVerdict) -> u8 {
    match verdict {
        ReportVerdict::Pass => PASS,
        ReportVerdict::Fail => FAIL,
        ReportVerdict::Incomplete => INCOMPLETE,
    }
}
