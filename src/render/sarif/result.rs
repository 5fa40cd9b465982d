//! Results: one a finding, and one for everything that keeps the report from an answer.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::log::{
    Artifact, ArtifactLocation, Level, Location, LogicalLocation, Message, SarifResult, Suppression,
};
use super::place::{self, Related};
use super::text::Foreign;
use super::words::{self, LONGEST_LINE};
use super::{MOST_NOTIFICATIONS, rules};
use crate::model::{Evidence, Finding, Report, ReportVerdict, SubjectId};
use crate::policy::fingerprint::{Fingerprint, without_numbers};

/// The key of our fingerprint. What it is made of changes only together with the number.
const FINGERPRINT: &str = "gowoaFinding/v1";

/// Makes the results of one report.
pub(super) struct Writer<'a> {
    report: &'a Report,
    /// The entry of `artifacts` for a subject.
    listed: HashMap<&'a SubjectId, (usize, &'a ArtifactLocation)>,
    /// How many results have a fingerprint already.
    seen: HashMap<String, u32>,
    compared: bool,
}

impl<'a> Writer<'a> {
    pub(super) fn new(report: &'a Report, artifacts: &'a [Artifact]) -> Self {
        let listed = artifacts.iter().enumerate();
        Self {
            report,
            listed: listed.map(|(at, one)| (&one.subject, (at, &one.location))).collect(),
            seen: HashMap::new(),
            compared: report.plan.baseline.is_some()
                || report.findings.iter().any(|finding| finding.known),
        }
    }

    /// One finding; `full` with its evidence, else no more than what it is and where.
    pub(super) fn finding(
        &mut self,
        finding: &Finding,
        full: bool,
        foreign: &mut Foreign,
    ) -> SarifResult {
        let (physical_location, anchor) = place::primary(Some(finding), foreign);
        let mut related = Related::default();
        let mut properties = BTreeMap::from([("anchor", json!(anchor))]);
        let mut logical_locations = Vec::new();
        let text = if full {
            logical_locations = logical(finding, foreign);
            self.relate(finding, &mut related, foreign);
            describe(finding, &mut properties, foreign);
            words::message(finding, foreign)
        } else {
            words::brief(finding, foreign)
        };
        let parts = Fingerprint::of(finding, true);
        let print = self.fingerprint(&parts.parts());
        let location = Location { id: None, physical_location, logical_locations, message: None };
        SarifResult {
            rule_id: rules::id_of(finding.check.as_str(), foreign),
            rule_index: 0,
            level: finding.severity.into(),
            message: Message::new(text),
            locations: [location],
            related_locations: related.locations,
            partial_fingerprints: print,
            suppressions: suppressions(finding, foreign),
            baseline_state: self.baseline_state(finding.known),
            properties,
        }
    }

    /// What keeps the report from an answer: its problems, and what could not be judged.
    pub(super) fn incomplete(&mut self, foreign: &mut Foreign) -> Vec<SarifResult> {
        if self.report.verdict != ReportVerdict::Incomplete {
            return Vec::new();
        }
        let mut texts: Vec<String> = Vec::new();
        for problem in self.report.problems.iter().take(MOST_NOTIFICATIONS) {
            texts.push(super::of_problem(problem, foreign));
        }
        let gating = self.report.results.iter().filter(|result| result.gating);
        for result in gating.take(MOST_NOTIFICATIONS) {
            let subject = foreign.line(result.subject.as_str(), LONGEST_LINE);
            let check = rules::id_of(result.check.as_str(), foreign);
            let reason = result.reason.as_deref().unwrap_or("no reason is known");
            let reason = words::sentence(&foreign.text(reason, LONGEST_LINE));
            texts.push(format!("{subject} could not be judged by {check}: {reason}"));
        }
        if texts.is_empty() {
            texts.push("Nothing could be judged.".to_owned());
        }
        texts.into_iter().map(|text| self.unanswered(text, foreign)).collect()
    }

    fn unanswered(&mut self, text: String, foreign: &mut Foreign) -> SarifResult {
        let (physical_location, anchor) = place::primary(None, foreign);
        let first = text.lines().next().map(without_numbers);
        let partial_fingerprints = self.fingerprint(&[Some(rules::INCOMPLETE), first.as_deref()]);
        let location =
            Location { id: None, physical_location, logical_locations: Vec::new(), message: None };
        SarifResult {
            rule_id: rules::INCOMPLETE.to_owned(),
            rule_index: 0,
            level: Level::Error,
            message: Message::new(text),
            locations: [location],
            related_locations: Vec::new(),
            partial_fingerprints,
            suppressions: Vec::new(),
            baseline_state: self.baseline_state(false),
            properties: BTreeMap::from([("anchor", json!(anchor))]),
        }
    }

    /// The digest of these parts, with a number behind it that tells equal ones apart, as in GitHub's own hash.
    fn fingerprint(&mut self, parts: &[Option<&str>]) -> BTreeMap<&'static str, String> {
        let mut digest = Sha256::new();
        for part in parts {
            // Lengths in front: no two lists of parts are the same bytes.
            let length = part.map_or(u64::MAX, |part| part.len() as u64);
            digest.update(length.to_le_bytes());
            digest.update(part.unwrap_or_default());
        }
        let mut print = String::with_capacity(40);
        for byte in digest.finalize().iter().take(16) {
            // Writing to a String cannot fail.
            let _ = write!(print, "{byte:02x}");
        }
        let count = self.seen.entry(print.clone()).or_default();
        *count += 1;
        let _ = write!(print, ":{count}");
        BTreeMap::from([(FINGERPRINT, print)])
    }

    /// Once one result says how it compares with a baseline, all have to.
    fn baseline_state(&self, known: bool) -> Option<&'static str> {
        self.compared.then_some(if known { "unchanged" } else { "new" })
    }

    /// Places beside the primary one: the file it is about first, then those that prove it.
    fn relate(&self, finding: &Finding, related: &mut Related, foreign: &mut Foreign) {
        let prefix = place::prefix(finding);
        let file = self.file(finding);
        if let Some(location) = &finding.location {
            let region = place::bytes(location.file_offset, None);
            let address = place::address(location, foreign);
            let about = "The file that the finding is about".to_owned();
            related.push(file.clone(), region, address, about);
            let own = finding
                .anchor
                .as_ref()
                .is_some_and(|a| a.kind == crate::model::AnchorKind::Location);
            if let (Some(source), false) = (&location.file, own) {
                let artifact = place::of_source(source, prefix, foreign);
                related.push(
                    artifact,
                    place::line(location.line),
                    None,
                    "The place of the finding".to_owned(),
                );
            }
        } else {
            related.push(file.clone(), None, None, "The file that the finding is about".to_owned());
        }
        for evidence in &finding.evidence {
            prove(evidence, file.as_ref(), prefix, related, foreign);
        }
    }

    /// The program, object or archive that the finding is about.
    fn file(&self, finding: &Finding) -> Option<ArtifactLocation> {
        let (at, location) = self.listed.get(&finding.subject)?;
        Some(ArtifactLocation { index: Some(*at), ..(*location).clone() })
    }
}

/// The places that a piece of evidence names. `file`: the file that the finding is about.
fn prove(
    evidence: &Evidence,
    file: Option<&ArtifactLocation>,
    prefix: Option<&str>,
    related: &mut Related,
    foreign: &mut Foreign,
) {
    match evidence {
        Evidence::Cause { text, file: Some(source), line } => {
            let message = foreign.line(text, LONGEST_LINE);
            let artifact = place::of_source(source, prefix, foreign);
            related.push(artifact, place::line(*line), None, words::sentence(&message));
        }
        Evidence::Source { file: source, line, text } => {
            let message = foreign.line(text, LONGEST_LINE);
            let artifact = place::of_source(source, prefix, foreign);
            related.push(artifact, place::line(Some(*line)), None, message);
        }
        Evidence::Listing { lines, .. } => {
            for line in lines {
                let Some(source) = &line.file else { continue };
                let function = foreign.line(&line.function, LONGEST_LINE);
                let message = format!("{function}: {}", foreign.line(&line.text, LONGEST_LINE));
                let artifact = place::of_source(source, prefix, foreign);
                related.push(artifact, place::line(line.line), None, message);
            }
        }
        Evidence::Field { name, value, file_offset: Some(offset) } => {
            let message = format!(
                "{} is {}",
                foreign.line(name, LONGEST_LINE),
                foreign.line(value, LONGEST_LINE)
            );
            related.push(file.cloned(), place::bytes(Some(*offset), None), None, message);
        }
        Evidence::Code { rva, file_offset, bytes, .. } => {
            let region = place::bytes(Some(*file_offset), Some(bytes.len() / 2));
            let place = crate::model::Location { rva: Some(*rva), ..Default::default() };
            let message = format!("Bytes {}", foreign.line(bytes, LONGEST_LINE));
            related.push(file.cloned(), region, place::address(&place, foreign), message);
        }
        _ => {}
    }
}

/// The function, the package and the module.
fn logical(finding: &Finding, foreign: &mut Foreign) -> Vec<LogicalLocation> {
    let function = finding.location.as_ref().and_then(|place| place.function.as_deref());
    let module = finding.module.as_ref().map(|module| module.path.as_str());
    let package = finding.package.as_deref();
    let qualified = function.map(|function| match package {
        Some(package) if !function.starts_with(package) => format!("{package}.{function}"),
        _ => function.to_owned(),
    });
    [(qualified.as_deref(), "function"), (package, "namespace"), (module, "module")]
        .into_iter()
        .filter_map(|(name, kind)| {
            let full = foreign.line(name?, LONGEST_LINE);
            let name = full.rsplit('/').next().filter(|name| !name.is_empty())?.to_owned();
            Some(LogicalLocation { name, fully_qualified_name: full, kind })
        })
        .collect()
}

/// What else the Report knows in one word.
fn describe(
    finding: &Finding,
    properties: &mut BTreeMap<&'static str, Value>,
    foreign: &mut Foreign,
) {
    properties.insert("confidence", json!(finding.confidence.as_str()));
    if let Some(class) = &finding.class {
        properties.insert("class", json!(foreign.line(class, LONGEST_LINE)));
    }
    if let Some(reach) = finding.reachability {
        properties.insert("reachability", json!(reach.as_str()));
    }
    if let Some(version) = finding.module.as_ref().and_then(|module| module.version.as_ref()) {
        properties.insert("moduleVersion", json!(foreign.line(version, LONGEST_LINE)));
    }
}

/// A waiver, and why. GitHub closes the alert of what is accepted.
fn suppressions(finding: &Finding, foreign: &mut Foreign) -> Vec<Suppression> {
    let Some(waived) = &finding.waived else { return Vec::new() };
    let mut justification = foreign.text(&waived.reason, LONGEST_LINE);
    if let Some(day) = &waived.expires {
        let _ = write!(justification, " (until {})", foreign.line(day, LONGEST_LINE));
    }
    vec![Suppression { kind: "external", status: "accepted", justification }]
}
