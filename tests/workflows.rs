//! The workflows to copy (`workflows/github/`): they are held against the action that they use, against the peers
//! that check workflows (`scripts/peers.sh`), and against what their comments promise.
//!
//! A test that lacks a peer says so and passes, or fails where `GOWOA_PEERS_REQUIRED` is set.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]
#![allow(clippy::disallowed_methods, reason = "what is run here is gowoa itself, and peers")]

#[path = "support/peers.rs"]
mod peers;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use regex::Regex;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files with their texts.
fn workflows() -> Vec<(PathBuf, String)> {
    let dir = fs_err::read_dir(root().join("workflows/github")).unwrap();
    let mut paths: Vec<PathBuf> = dir.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(paths.len() >= 4, "{paths:?}");
    paths.into_iter().map(|path| (path.clone(), fs_err::read_to_string(path).unwrap())).collect()
}

/// Runs a peer over all workflows and returns what it says; `None` where it is not installed.
fn peer(name: &str, args: &[&str]) -> Option<(bool, String)> {
    let program = peers::peer(name)?;
    let files = workflows().into_iter().map(|(path, _)| path);
    let output = Command::new(program).args(args).args(files).output().unwrap();
    let words = [output.stdout, output.stderr].concat();
    Some((output.status.success(), String::from_utf8_lossy(&words).into_owned()))
}

#[test]
fn actionlint_zizmor_and_the_schema_have_nothing_to_say() {
    for (name, args) in [
        ("actionlint", &["-oneline", "-shellcheck="][..]),
        ("zizmor", &["--offline", "--persona", "auditor", "--no-progress"]),
        ("check-jsonschema", &["--builtin-schema", "vendor.github-workflows"]),
    ] {
        if let Some((passed, words)) = peer(name, args) {
            assert!(passed, "{name}:\n{words}");
        }
    }
}

#[test]
fn every_action_is_pinned_to_a_commit_with_its_version() {
    let pinned = Regex::new(r"^[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$").unwrap();
    let mut versions: BTreeSet<String> = BTreeSet::new();
    for (path, text) in workflows() {
        for line in text.lines() {
            let line = line.trim_start().trim_start_matches("- ");
            let Some(used) = line.strip_prefix("uses: ") else { continue };
            assert!(pinned.is_match(used), "{}: {used}", path.display());
            versions.insert(used.to_owned());
        }
    }
    // One version of an action, wherever it is used.
    let names: BTreeSet<&str> = versions.iter().filter_map(|used| used.split('@').next()).collect();
    assert_eq!(names.len(), versions.len(), "{versions:#?}");
}

#[test]
fn nothing_is_granted_that_no_job_asks_for() {
    for (path, text) in workflows() {
        assert!(text.contains("\npermissions: {}\n"), "{}", path.display());
        let jobs = text.matches("\n    runs-on: ").count();
        for word in ["\n    timeout-minutes: ", "\n    permissions:\n"] {
            assert_eq!(text.matches(word).count(), jobs, "{}: {word}", path.display());
        }
        let checkouts = text.matches("uses: actions/checkout@").count();
        assert_eq!(
            text.matches("persist-credentials: false").count(),
            checkouts,
            "{}",
            path.display()
        );
        let code: Vec<&str> =
            text.lines().filter(|line| !line.trim_start().starts_with('#')).collect();
        let target = code.iter().any(|line| line.contains("pull_request_target"));
        assert!(!target, "{}: a stranger's code with a token that may write", path.display());
        assert!(text.starts_with("# "), "{}: begins with what it is for", path.display());
    }
}

/// The names below a key of the first level of action.yml.
fn of_action(section: &str) -> BTreeSet<String> {
    let text = fs_err::read_to_string(root().join("action.yml")).unwrap();
    let lines = text.lines().skip_while(|line| *line != format!("{section}:")).skip(1);
    let lines = lines.take_while(|line| line.is_empty() || line.starts_with(' '));
    let name = Regex::new(r"^  ([a-z-]+):$").unwrap();
    let names = lines.filter_map(|line| Some(name.captures(line)?.get(1)?.as_str().to_owned()));
    names.collect()
}

#[test]
fn the_inputs_and_outputs_are_those_of_the_action() {
    let (inputs, outputs) = (of_action("inputs"), of_action("outputs"));
    assert!(inputs.contains("mode") && outputs.contains("result"));
    let output = Regex::new(r"steps\.gowoa\.outputs\.([a-z-]+)").unwrap();
    let mut steps = 0;
    for (path, text) in workflows() {
        let mut inside = false;
        for line in text.lines().filter(|line| !line.trim_start().starts_with('#')) {
            let indent = line.len() - line.trim_start().len();
            if line.contains("uses: OWNER/gowoa@") {
                (inside, steps) = (true, steps + 1);
            } else if inside && indent == 10 {
                let name = line.trim().split(':').next().unwrap();
                assert!(
                    inputs.contains(name),
                    "{}: the action has no input {name}",
                    path.display()
                );
            } else if indent <= 6 && !line.is_empty() {
                inside = false;
            }
            for found in output.captures_iter(line) {
                let name = &found[1];
                assert!(
                    outputs.contains(name),
                    "{}: the action has no output {name}",
                    path.display()
                );
            }
        }
    }
    assert_eq!(steps, workflows().len(), "each uses the action once");
}

#[test]
fn the_script_that_runs_test_binaries_reads_what_gowoa_writes() {
    let text = fs_err::read_to_string(root().join("workflows/github/two-jobs.yml")).unwrap();
    let field = Regex::new(r"\$test\.([a-z0-9]+)").unwrap();
    let used: BTreeSet<&str> =
        field.captures_iter(&text).map(|found| found.get(1).unwrap().as_str()).collect();
    // The fields of engine/kept_tests.rs; tests/check/kept.rs sees them in a file.
    assert_eq!(used.into_iter().collect::<Vec<_>>(), ["directory", "exe", "package", "sha256"]);
}
