//! The settings as the Report records them.

use crate::facts::Toolchain;
use crate::model::{PlanReport, Subcommand};
use crate::plan::{InspectPlan, Plan, Scope};

use super::Gathered;

/// Variables that change what is built, each with its default; they stand in the Report where they differ.
const RECORDED: &[(&str, &str)] = &[
    ("GOFLAGS", ""),
    ("GOARM64", "v8.0"),
    ("GOEXPERIMENT", ""),
    ("GOFIPS140", "off"),
    ("GOTOOLCHAIN", "auto"),
    ("GODEBUG", ""),
];

/// `GOWORK=off` of the user's: a file of that name is found again, and its absence is not.
fn without_workspace(plan: &Plan, toolchain: &Toolchain) -> Option<(String, String)> {
    let off = toolchain.env("GOWORK") == Some("off") && !plan.alone;
    off.then(|| ("GOWORK".to_owned(), "off".to_owned()))
}

/// Of `gowoa check`.
pub(super) fn of_check(plan: &Plan, gathered: &Gathered) -> PlanReport {
    let flags = &plan.flags;
    let mut go_flags = Vec::new();
    go_flags.extend(flags.mod_mode.iter().map(|mode| format!("-mod={mode}")));
    go_flags.extend(flags.ldflags.iter().map(|ldflags| format!("-ldflags={ldflags}")));
    go_flags.extend(flags.build_mode.iter().map(|mode| format!("-buildmode={mode}")));
    go_flags.extend(flags.extra.iter().cloned());
    let toolchain = &gathered.toolchain;
    let environment = RECORDED
        .iter()
        .filter_map(|(key, default)| {
            let value = toolchain.env(key).filter(|value| value != default)?;
            Some(((*key).to_owned(), value.to_owned()))
        })
        .chain(without_workspace(plan, toolchain))
        .collect();
    PlanReport {
        subcommand: match plan.scope {
            Scope::Check => Subcommand::Check,
            Scope::Screen => Subcommand::Screen,
        },
        expect: None,
        target: "windows/arm64".into(),
        go_version: Some(toolchain.version.clone()),
        go_origin: Some(toolchain.origin.clone()),
        go: plan.go.as_ref().map(|go| go.to_string_lossy().into_owned()),
        patterns: gathered.patterns.clone(),
        cgo: plan.cgo,
        c_compiler: gathered.c_compiler.clone(),
        tags: flags.tags.clone(),
        go_flags,
        environment,
        tests: plan.tests,
        rules: plan.rules_files.iter().map(|file| file.to_string_lossy().into_owned()).collect(),
        offline: plan.offline,
        fail_on: plan.fail_on,
        config: plan.exceptions.config.as_ref().map(|config| config.given.clone()),
        baseline: plan.exceptions.baseline.as_ref().map(|baseline| baseline.name().to_owned()),
        listing: Some(plan.listing.as_str().into()),
        module: gathered.asked.clone(),
        // Where that is in the repository is found with the anchors; how gowoa was started is another matter in every
        // run, also where the report is that of an earlier one.
        started_in: None,
        base: None,
        directory: None,
        all_modules: plan.all_modules,
        no_config: plan.exceptions.no_config,
        given: plan.given.clone(),
        reports: Vec::new(),
    }
}

/// Of `gowoa inspect`.
pub(super) fn of_inspect(plan: &InspectPlan) -> PlanReport {
    PlanReport {
        subcommand: Subcommand::Inspect,
        target: "windows/arm64".into(),
        expect: plan.expect.as_ref().map(ToString::to_string),
        patterns: plan.paths.iter().map(|path| path.to_string_lossy().into_owned()).collect(),
        fail_on: plan.fail_on,
        config: plan.exceptions.config.as_ref().map(|config| config.given.clone()),
        baseline: plan.exceptions.baseline.as_ref().map(|baseline| baseline.name().to_owned()),
        no_config: plan.exceptions.no_config,
        given: plan.given.clone(),
        ..PlanReport::default()
    }
}
