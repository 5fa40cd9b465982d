//! JUnit: the Report as test suites, for the CI systems that read nothing else.
//!
//! What the user gets is described in `docs/junit.md`: one suite a check, one case a subject that
//! needs looking at, one summary case for the rest. The file is written by the `junit-report` crate,
//! which does not clean what it is given and leaves out half of what readers look for. So the way is:
//!
//! ```text
//! Report -> cases (which cases, which texts) -> clean (every string) -> junit-report
//!        -> repair (attributes, properties, totals, escapes) -> verify -> the user
//! ```
//!
//! `verify` reads the finished text back, so a file that a parser would reject never leaves here.

mod body;
mod cases;
mod clean;
mod repair;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod tests;
mod verify;

use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime, UtcOffset};

use crate::model::{Report, ReportVerdict};
use cases::{Case, Outcome, Suite};
use repair::{CaseExtras, Extras, SuiteExtras};

/// Which readers the file is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Dialect {
    /// Everything that readers show: file, line, properties of a case, its output, totals.
    #[default]
    Rich,
    /// Valid under both published schemas (Jenkins' xunit-plugin and windyroad's): nothing beside
    /// what both allow.
    Strict,
}

/// The file could not be made. Either is a bug of gowoa: no Report may lead here.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The JUnit crate refused.
    #[error("the JUnit report cannot be written (a bug of gowoa): {0}")]
    Write(junit_report::Error),
    /// What the crate wrote is not what the repair pass knows.
    #[error("the JUnit report cannot be completed (a bug of gowoa): {0}")]
    Repair(String),
    /// The finished file breaks a rule that its readers rely on.
    #[error("the JUnit report is not valid (a bug of gowoa): {0}")]
    Verify(String),
}

/// The longest name of a suite or case, in UTF-16 units: Azure Pipelines refuses more.
const LONGEST_NAME: usize = 512;
/// The longest `message` attribute, in UTF-16 units; the body holds all of it.
const LONGEST_MESSAGE: usize = 1_000;
/// Escaped bytes that the texts of all cases may take together: GitLab ignores files of 30 MB.
const TEXT_BUDGET: usize = 20 << 20;
/// Escaped bytes that the text of one case may take: Jenkins cuts at 100,000 characters.
const LONGEST_TEXT: usize = 64 << 10;
/// Cases that may have properties: GitLab shows nothing of a file with more than 250,000 objects
/// (gitlab-org/gitlab#507482), and the properties are most of a case's.
const MOST_WITH_PROPERTIES: usize = 5_000;
/// Below this a text says nothing.
const SHORTEST_TEXT: usize = 512;

/// The longest time, a year. Azure's reader makes a `TimeSpan` of it and adds it to the start: over what these hold it
/// reads nothing of the file (azure-pipelines-agent, `JunitResultReader.cs`, `GetTimeSpan`).
const LONGEST_TIME_MS: u64 = 366 * 24 * 60 * 60 * 1000;
/// The last year that a run can begin in, for the same reason: a `DateTime` ends with 9999.
const LAST_YEAR: i32 = 9000;
/// Words that GitLab's reader takes for the type of the text of `failure` and `error`: it would show no text, and reads
/// nothing of a file with `yaml` or `symbol` (ActiveSupport `XmlMini::PARSING` and `XMLConverter::DISALLOWED_TYPES`).
const TYPES_OF_RAILS: &[&str] = &[
    "array",
    "base64Binary",
    "boolean",
    "date",
    "dateTime",
    "datetime",
    "decimal",
    "double",
    "duration",
    "file",
    "float",
    "hexBinary",
    "integer",
    "string",
    "symbol",
    "yaml",
];

/// Writes the report as JUnit XML; the same report gives the same bytes.
pub fn render(report: &Report, dialect: Dialect) -> Result<String, Error> {
    let suites = cases::suites(report);
    let count: usize = suites.iter().map(|suite| suite.cases.len()).sum();
    let budget = (TEXT_BUDGET / count.max(1)).clamp(SHORTEST_TEXT, LONGEST_TEXT);

    let properties = suite_properties(report);
    let started = started(report);
    let mut document = junit_report::Report::new();
    let mut extras = Extras { timestamp: clock(started), suites: Vec::new() };
    for (index, suite) in suites.iter().enumerate() {
        // The parts of a run are not timed check by check: the first suite carries the whole time.
        let time_ms = if index == 0 { report.duration_ms.min(LONGEST_TIME_MS) } else { 0 };
        let with_properties = dialect == Dialect::Rich && count <= MOST_WITH_PROPERTIES;
        let (made, cases) =
            convert(report, suite, index == 0, dialect, &Room { budget, with_properties });
        let skipped = made.skipped();
        document.add_testsuite(with_origin(made, report, started));
        extras.suites.push(SuiteExtras { time_ms, skipped, properties: properties.clone(), cases });
    }

    let mut raw = Vec::new();
    document.write_xml(&mut raw).map_err(Error::Write)?;
    let raw = String::from_utf8(raw).map_err(|e| Error::Repair(e.to_string()))?;
    let xml = repair::repair(&raw, &extras, dialect).map_err(Error::Repair)?;
    verify::verify(&xml).map_err(Error::Verify)?;
    Ok(xml)
}

/// What a file of that many cases has room for.
struct Room {
    /// Escaped bytes of each text.
    budget: usize,
    with_properties: bool,
}

/// One suite for the crate, every string cleaned, and what the crate has no place for.
fn convert(
    report: &Report,
    suite: &Suite<'_>,
    first: bool,
    dialect: Dialect,
    room: &Room,
) -> (junit_report::TestSuite, Vec<CaseExtras>) {
    let budget = room.budget;
    let mut made = junit_report::TestSuite::new(&clean::name(&suite.check));
    let mut extras = Vec::with_capacity(suite.cases.len());
    let mut notes = if first { body::unproven(report, budget) } else { String::new() };
    for case in &suite.cases {
        let outcome = case.outcome(report.plan.fail_on, budget);
        if dialect == Dialect::Strict
            && let Outcome::Pass { output } = &outcome
        {
            // A strict case has no output of its own; the suite has.
            if !output.is_empty() && case.needs_looking_at() {
                body::paragraph(&mut notes, &case.name);
                body::paragraph(&mut notes, output);
            }
        }
        let source = (dialect == Dialect::Rich).then(|| case.source(report.plan.fail_on)).flatten();
        made.add_testcase(convert_case(case, outcome, source.as_ref(), dialect));
        extras.push(CaseExtras {
            line: source.and_then(|(_, line)| line),
            properties: if room.with_properties { case.properties() } else { Vec::new() },
        });
    }
    if dialect == Dialect::Strict || !notes.is_empty() {
        made.set_system_out(&clean::for_cdata(notes.trim_end()));
    }
    if dialect == Dialect::Strict {
        made.set_system_err("");
    }
    (made, extras)
}

fn convert_case(
    case: &Case<'_>,
    outcome: Outcome,
    source: Option<&(String, Option<u32>)>,
    dialect: Dialect,
) -> junit_report::TestCase {
    let mut made = junit_report::TestCase::success(&case.name, Duration::ZERO);
    made.set_classname(&case.class);
    if let Some((file, _)) = source {
        made.set_filepath(&clean::line(file, usize::MAX));
    }
    let message = |text: &str| clean::message(text, LONGEST_MESSAGE);
    let cause =
        |text: &str| Some(clean::for_cdata(text.trim_end())).filter(|text| !text.is_empty());
    made.result = match outcome {
        Outcome::Pass { output } => {
            if dialect == Dialect::Rich && !output.is_empty() {
                made.set_system_out(&clean::for_cdata(output.trim_end()));
            }
            junit_report::TestResult::Success
        }
        Outcome::Skipped { message: text, body } => junit_report::TestResult::SkippedWithCause {
            type_: "skipped".to_owned(),
            message: message(&text),
            cause: cause(&body),
        },
        Outcome::Failure { kind, message: text, body } => junit_report::TestResult::Failure {
            type_: type_of(&kind),
            message: message(&text),
            cause: cause(&body),
        },
        Outcome::Error { kind, message: text, body } => junit_report::TestResult::Error {
            type_: type_of(&kind),
            message: message(&text),
            cause: cause(&body),
        },
    };
    made
}

/// The `type` of a failure or error.
fn type_of(kind: &str) -> String {
    let kind = clean::name(kind);
    if TYPES_OF_RAILS.contains(&kind.as_str()) { format!("class {kind}") } else { kind }
}

/// Sets what every suite of one report shares.
fn with_origin(
    mut suite: junit_report::TestSuite,
    report: &Report,
    started: OffsetDateTime,
) -> junit_report::TestSuite {
    let host = clean::line(&report.host.name, LONGEST_NAME);
    suite.package = "gowoa".to_owned();
    suite.hostname = if host.is_empty() { "localhost".to_owned() } else { host };
    suite.timestamp = started;
    suite
}

/// The settings, on every suite: readers show them beside it.
fn suite_properties(report: &Report) -> Vec<(&'static str, String)> {
    let plan = &report.plan;
    let yes_no = |on: bool| if on { "on" } else { "off" }.to_owned();
    let mut list = vec![
        ("gowoa.version", report.tool.version.clone()),
        ("gowoa.verdict", report.verdict.as_str().to_owned()),
        ("gowoa.target", plan.target.clone()),
        ("gowoa.fail-on", plan.fail_on.map_or("never", |s| s.as_str()).to_owned()),
        ("gowoa.duration-ms", report.duration_ms.to_string()),
        ("gowoa.platform", report.host.platform.clone()),
        ("go.cgo", yes_no(plan.cgo)),
        ("go.patterns", plan.patterns.join(" ")),
    ];
    let optional = [
        ("go.version", plan.go_version.clone().unwrap_or_default()),
        ("go.tags", plan.tags.join(",")),
        ("go.flags", plan.go_flags.join(" ")),
    ];
    list.extend(optional.into_iter().filter(|(_, value)| !value.is_empty()));
    for (_, value) in &mut list {
        *value = clean::line(value, LONGEST_MESSAGE);
    }
    list
}

/// When the work began, in UTC. A report that was edited by hand may say anything; the epoch is
/// plainly no real time, and the attribute is required.
fn started(report: &Report) -> OffsetDateTime {
    OffsetDateTime::parse(&report.started, &Rfc3339)
        .ok()
        .and_then(|time| time.checked_to_offset(UtcOffset::UTC))
        .filter(|time| (1..=LAST_YEAR).contains(&time.year()))
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// `2026-11-23T13:10:42`: windyroad's schema allows neither a zone nor a fraction.
fn clock(time: OffsetDateTime) -> String {
    let (date, clock) = (time.date(), time.time());
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
        date.year(),
        u8::from(date.month()),
        date.day(),
        clock.hour(),
        clock.minute(),
        clock.second()
    )
}

/// The word for a verdict that no case of the report explains.
fn unexplained(verdict: ReportVerdict) -> &'static str {
    match verdict {
        ReportVerdict::Pass => "nothing needed checking",
        ReportVerdict::Fail => "the verdict is fail; no finding of the report says why",
        ReportVerdict::Incomplete => "the verdict is incomplete: nothing could be judged",
    }
}
