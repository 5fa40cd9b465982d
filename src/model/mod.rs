//! What the Report is made of: data only, no behaviour beyond naming itself and
//! what follows from the fields of one value.
//!
//! These types *are* the JSON protocol (schema version [`SCHEMA_VERSION`], published as
//! `docs/report.schema.json`). A new optional field is a minor change; renaming or removing one is a
//! major change. Unknown is absent, never `null`; enums are spelled out; offsets are integers in bytes.

mod evidence;
mod finding;
mod map;
mod report;
mod subject;
mod why;

pub use evidence::{ChainLink, ControlOutcome, Evidence, ListingLine};
pub use finding::{
    Anchor, AnchorKind, Confidence, Finding, IN_THIS_RUN, Location, ModuleRef, Reachability,
    Severity, Waived,
};
pub use map::{ImageMap, MAX_MAPS, MapSection, MapSpan, SpanKind};
pub use report::{
    CheckResult, Counts, Host, PhaseReport, PlanReport, Problem, Report, ReportVerdict,
    ResultVerdict, SCHEMA_VERSION, Subcommand, ToolRef, Unproven,
};
pub use subject::{BuildState, FileSetClass, Subject, SubjectId, SubjectKind};
pub use why::{FunctionPresence, LinkerWay, Why, WhyImage};

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

/// The stable kebab-case name of a check, such as `cross-compile`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CheckId(Cow<'static, str>);

impl CheckId {
    /// Names a check of this program.
    pub const fn new(id: &'static str) -> Self {
        Self(Cow::Borrowed(id))
    }

    /// The id as it stands in every format.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CheckId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is to be said of a check beyond its id; the id stands in the Report, this in the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckInfo {
    /// Its stable id.
    pub id: CheckId,
    /// One line: what it finds.
    pub title: &'static str,
    /// The worst severity it gives.
    pub severity: Severity,
    /// The explanation page, Markdown.
    pub page: &'static str,
}

/// What one check says of one subject. Silence is never a pass, and "could not look" is never a pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The check looked and found nothing wrong.
    Pass,
    /// The check found these things wrong; never empty.
    Fail(Vec<Finding>),
    /// The question does not arise for this subject; the reason says why.
    NotApplicable(String),
    /// The check could not tell.
    Inconclusive {
        /// Why it could not tell, and what to do about it.
        reason: String,
        /// Whether this keeps the whole report from an answer (verdict `incomplete`, exit 2).
        /// False where another subject already carries the cause, or the package was neither
        /// named nor a command.
        gating: bool,
    },
}
