//! The settings of the sample.

use std::collections::BTreeMap;

use crate::model::{PlanReport, Severity, Subcommand};

/// What a run at the root of a repository can have at once.
pub(super) fn sample_plan() -> PlanReport {
    PlanReport {
        subcommand: Subcommand::Check,
        expect: Some("windows/arm64".to_owned()),
        target: "windows/arm64".to_owned(),
        go_version: Some("go1.27.3".to_owned()),
        go_origin: Some("PATH".to_owned()),
        patterns: vec!["./...".to_owned()],
        cgo: true,
        c_compiler: Some("aarch64-w64-mingw32-clang".to_owned()),
        tags: vec!["netgo".to_owned(), "osusergo".to_owned()],
        go_flags: vec!["-ldflags=-s -w".to_owned()],
        environment: BTreeMap::from([("GOARM64".to_owned(), "v8.0".to_owned())]),
        tests: true,
        offline: true,
        fail_on: Some(Severity::Error),
        module: Some("example.com/app@v1.0.0".to_owned()),
        listing: Some("flagged".to_owned()),
        rules: vec!["rules.json".to_owned()],
        config: Some("gowoa.toml".to_owned()),
        baseline: Some("baseline.json".to_owned()),
        // The file was found, and says none of these.
        given: vec!["--baseline".to_owned(), "--tags".to_owned()],
        ..PlanReport::default()
    }
}
