//! Waivers: findings that somebody has looked at and decided about, each with a reason and, where wanted,
//! a last day.

use std::fmt;

use time::{Date, Month};

use super::parts;
use crate::model::{Finding, Waived};
use crate::pattern;

/// A day of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(Date);

impl Day {
    /// The day of these numbers, where the calendar has one.
    pub fn new(year: i32, month: u8, day: u8) -> Option<Self> {
        let month = Month::try_from(month).ok()?;
        // Years of four digits, so that the text form has one length.
        (0..=9999).contains(&year).then_some(())?;
        Date::from_calendar_date(year, month, day).ok().map(Self)
    }

    /// Reads `YYYY-MM-DD`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut numbers = text.split('-');
        let mut number = |digits: usize| {
            let part = numbers.next()?;
            let plain = part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
            plain.then_some(part)?.parse::<u16>().ok()
        };
        let (year, month, day) = (number(4)?, number(2)?, number(2)?);
        if numbers.next().is_some() {
            return None;
        }
        Self::new(year.into(), u8::try_from(month).ok()?, u8::try_from(day).ok()?)
    }

    /// The day, in UTC, on which a report was begun: `started` of the Report, RFC 3339 in UTC.
    pub fn of_report(started: &str) -> Option<Self> {
        Self::parse(started.get(..10)?)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(date) = self;
        write!(f, "{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day())
    }
}

/// A pattern with wildcards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pattern {
    /// Go's pattern for packages and modules: `...` stands for any text, and `x/...` means `x` as well.
    Go(String),
    /// A name or path: `*` stands for any text, `/` included.
    Name(String),
}

impl Pattern {
    /// Whether the whole text is meant.
    pub fn matches(&self, text: &str) -> bool {
        match self {
            Self::Go(pattern) => pattern::matches_go(pattern, text),
            Self::Name(pattern) => pattern::matches(pattern, "*", text),
        }
    }

    /// The one text that it means, where it has no wildcard.
    pub fn exact(&self) -> Option<&str> {
        match self {
            Self::Go(text) => (!text.contains("...")).then_some(text),
            Self::Name(text) => (!text.contains('*')).then_some(text),
        }
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        let (Self::Go(text) | Self::Name(text)) = self;
        text
    }
}

/// What a waiver speaks of: a finding must fit all that is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// Id of the check; absent for every check.
    pub check: Option<String>,
    /// Import path.
    pub package: Option<Pattern>,
    /// Module path.
    pub module: Option<Pattern>,
    /// The module's selected version.
    pub version: Option<String>,
    /// Class of the finding.
    pub class: Option<String>,
    /// Name or id of the subject, such as `app.exe` or `image:app.exe`.
    pub subject: Option<Pattern>,
    /// File of the place, with or without the version of its module.
    pub file: Option<Pattern>,
    /// Why.
    pub reason: String,
    /// The last day on which it holds, in UTC.
    pub expires: Option<Day>,
    /// Line of its `[[waiver]]`, from 1.
    pub line: u32,
    /// The line with `expires`, where there is one: its number, from 1, and its text.
    pub expires_line: Option<(u32, String)>,
}

impl Waiver {
    /// Whether it speaks of this finding.
    pub fn matches(&self, finding: &Finding) -> bool {
        let check = self.check.as_ref().is_none_or(|check| check == finding.check.as_str());
        let class = self.class.is_none() || self.class == finding.class;
        check
            && class
            && finding.check.as_str() != super::STALE_WAIVER
            && self
                .package
                .as_ref()
                .is_none_or(|p| package_of(finding).is_some_and(|n| p.matches(n)))
            && self.fits_module(finding)
            && self.subject.as_ref().is_none_or(|pattern| {
                let (_, name) = parts::subject(&finding.subject);
                [finding.subject.as_str(), name, parts::without_unit(name)]
                    .iter()
                    .any(|name| pattern.matches(name))
            })
            && self.file.as_ref().is_none_or(|pattern| {
                let file = finding.location.as_ref().and_then(|place| place.file.as_deref());
                file.is_some_and(|file| {
                    pattern.matches(file) || pattern.matches(&parts::without_versions(file))
                })
            })
    }

    fn fits_module(&self, finding: &Finding) -> bool {
        let Some(pattern) = &self.module else { return true };
        finding.module.as_ref().is_some_and(|module| {
            pattern.matches(&module.path)
                && (self.version.is_none() || self.version == module.version)
        })
    }

    /// What it waives, in words: `cross-compile of example.com/app/...`.
    pub fn words(&self) -> String {
        let mut text = self.check.clone().unwrap_or_else(|| "every check".into());
        let mut of = Vec::new();
        of.extend(self.package.as_ref().map(|pattern| pattern.as_str().to_owned()));
        of.extend(self.module.as_ref().map(|pattern| {
            let version = self.version.iter().map(|version| format!("@{version}"));
            format!("module {}{}", pattern.as_str(), version.collect::<String>())
        }));
        of.extend(self.subject.as_ref().map(|pattern| pattern.as_str().to_owned()));
        of.extend(self.class.as_ref().map(|class| format!("class {class}")));
        of.extend(self.file.as_ref().map(|pattern| format!("file {}", pattern.as_str())));
        if !of.is_empty() {
            text.push_str(&format!(" of {}", of.join(", ")));
        }
        text
    }
}

/// The package of a finding: its own, or that of its subject.
fn package_of(finding: &Finding) -> Option<&str> {
    finding.package.as_deref().or_else(|| {
        let (kind, name) = parts::subject(&finding.subject);
        matches!(kind, "package" | "test").then(|| parts::without_unit(name))
    })
}

/// What became of a waiver.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Whether its last day is over.
    pub expired: bool,
    /// Findings that it speaks of, waived or not.
    pub matched: u64,
    /// Findings that it speaks of, and that no waiver waives.
    pub open: u64,
}

/// Marks the findings that a waiver speaks of, the first one in the file that still holds. One with a last
/// day holds only if today is known. The outcomes are in the order of the waivers.
pub fn waive(waivers: &[Waiver], findings: &mut [Finding], today: Option<Day>) -> Vec<Outcome> {
    let over = |last: Day| today.is_none_or(|today| today > last);
    let mut outcomes: Vec<Outcome> = waivers
        .iter()
        .map(|waiver| Outcome { expired: waiver.expires.is_some_and(over), ..Outcome::default() })
        .collect();
    for finding in findings {
        let matching: Vec<usize> =
            (0..).zip(waivers).filter(|(_, w)| w.matches(finding)).map(|(at, _)| at).collect();
        let holds = |at: &usize| outcomes.get(*at).is_some_and(|outcome| !outcome.expired);
        if let Some(waiver) = matching.iter().copied().find(holds).and_then(|at| waivers.get(at)) {
            finding.waived = Some(Waived {
                reason: waiver.reason.clone(),
                expires: waiver.expires.map(|day| day.to_string()),
            });
        }
        for at in matching {
            let Some(outcome) = outcomes.get_mut(at) else { continue };
            outcome.matched += 1;
            outcome.open += u64::from(finding.waived.is_none());
        }
    }
    outcomes
}

#[cfg(test)]
mod tests;
