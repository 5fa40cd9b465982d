//! What was asked of several runs, and when.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::{Input, distinct, origin};
use crate::model::{PhaseReport, PlanReport, Report, Severity};

/// The settings that all share, and of the others what can be told in their place: a list of names is that of all,
/// and a text that differs is each text once. Tags, flags and variables that differ would claim a build that nobody
/// made, so they are left out here and stand in the phases.
pub(super) fn joined(inputs: &[Input]) -> PlanReport {
    let plans = || inputs.iter().map(|input| &input.report.plan);
    let text = |of: fn(&PlanReport) -> Option<&str>| {
        let all = distinct(plans().filter_map(of)).join(", ");
        (!all.is_empty()).then_some(all)
    };
    let first = inputs.first().map(|input| &input.report.plan);
    /// The value of the first, where all have it.
    macro_rules! shared {
        ($field:ident) => {
            first
                .filter(|first| plans().all(|plan| plan.$field == first.$field))
                .map(|first| first.$field.clone())
                .unwrap_or_default()
        };
    }
    let names = |of: fn(&PlanReport) -> &Vec<String>| -> Vec<String> {
        distinct(plans().flat_map(of).map(String::as_str)).into_iter().map(str::to_owned).collect()
    };
    PlanReport {
        subcommand: shared!(subcommand),
        expect: shared!(expect),
        target: distinct(plans().map(|plan| plan.target.as_str())).join(", "),
        go_version: text(|plan| plan.go_version.as_deref()),
        go_origin: text(|plan| plan.go_origin.as_deref()),
        go: text(|plan| plan.go.as_deref()),
        patterns: names(|plan| &plan.patterns),
        cgo: plans().any(|plan| plan.cgo),
        c_compiler: text(|plan| plan.c_compiler.as_deref()),
        tags: shared!(tags),
        go_flags: shared!(go_flags),
        environment: shared!(environment),
        tests: plans().any(|plan| plan.tests),
        offline: plans().all(|plan| plan.offline),
        fail_on: None,
        module: text(|plan| plan.module.as_deref()),
        listing: text(|plan| plan.listing.as_deref()),
        rules: names(|plan| &plan.rules),
        config: text(|plan| plan.config.as_deref()),
        baseline: text(|plan| plan.baseline.as_deref()),
        started_in: shared!(started_in),
        directory: shared!(directory),
        base: shared!(base),
        all_modules: shared!(all_modules),
        no_config: shared!(no_config),
        given: shared!(given),
        reports: origin::all(inputs),
    }
}

/// The line of one report.
pub(super) fn phase(input: &Input) -> PhaseReport {
    let Report { plan, verdict, duration_ms, host, .. } = &input.report;
    let mut words = vec![format!("{} on {}", plan.subcommand.as_str(), host.platform)];
    words.extend(plan.go_version.clone());
    if !plan.tags.is_empty() {
        words.push(format!("tags {}", plan.tags.join(",")));
    }
    if plan.cgo {
        words.push("cgo".to_owned());
    }
    words.extend(plan.go_flags.iter().cloned());
    words.extend(plan.environment.iter().map(|(name, value)| format!("{name}={value}")));
    if plan.fail_on != Some(Severity::Error) {
        words.push(format!("fail-on {}", plan.fail_on.map_or("never", Severity::as_str)));
    }
    PhaseReport {
        name: input.label.clone(),
        summary: format!("{}: {verdict}", words.join(", ")),
        duration_ms: *duration_ms,
        go_ms: None,
    }
}

/// The earliest of these times; of texts that are no times, the first.
pub(super) fn earliest<'a>(times: impl Iterator<Item = &'a str> + Clone) -> String {
    let parsed =
        times.clone().filter_map(|text| Some((OffsetDateTime::parse(text, &Rfc3339).ok()?, text)));
    let earliest = parsed.min_by_key(|(time, _)| *time).map(|(_, text)| text);
    earliest.or_else(|| times.clone().next()).unwrap_or_default().to_owned()
}
