//! `gowoa report`: saved reports, from the file to the exit code.

use std::path::Path;
use std::process::{Command, Output};

use gowoa::model::{Report, ReportVerdict, Severity};
use gowoa::render::{Format, json};

use crate::harness::{render, root, sample, sound};

/// What CI systems set, and what gowoa would obey.
const SCRUBBED: [&str; 4] =
    ["GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "TF_BUILD", "AGENT_TEMPDIRECTORY"];

/// Runs gowoa with these arguments and variables, and none of a CI system's.
#[expect(clippy::disallowed_methods, reason = "a test runs the program")]
pub(crate) fn gowoa(dir: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gowoa"));
    for name in SCRUBBED {
        command.env_remove(name);
    }
    command.current_dir(dir).args(arguments).envs(variables.iter().copied()).output().unwrap()
}

/// Where the committed reports are.
pub(crate) fn committed(name: &str) -> String {
    root().join("testdata/reports").join(name).to_str().unwrap().to_owned()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A report without what keeps it from an answer.
fn decided(mut report: Report) -> Report {
    report.problems.clear();
    report.results.retain(|result| !result.gating);
    report.verdict = ReportVerdict::Fail;
    sound(report)
}

#[test]
fn a_report_comes_back_as_it_was_and_in_every_format() {
    let dir = tempfile::tempdir().unwrap();
    let file = committed("sample.json");
    let output = gowoa(dir.path(), &["report", &file, "--report", "json=-"], &[]);
    assert_eq!(code(&output), 2, "{}", stderr(&output));
    assert_eq!(output.stdout, json::render(&sample()).as_bytes());
    assert!(stderr(&output).contains("INCOMPLETE"));
    for format in Format::ALL {
        let target = format!("{format}=-");
        let output = gowoa(dir.path(), &["report", &file, "--report", &target], &[]);
        assert!(output.stdout == render(format, &sample()).as_bytes(), "{format}");
    }
    let all = ["report", &file, "--report-dir", "all"];
    assert_eq!(code(&gowoa(dir.path(), &all, &[])), 2);
    for format in Format::STANDARD {
        assert!(dir.path().join("all").join(format.file_name()).is_file(), "{format}");
    }
}

#[test]
fn the_exit_code_is_the_answer() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, report: &Report| {
        fs_err::write(dir.path().join(name), json::render(report)).unwrap();
    };
    let fail = decided(sample());
    let mut pass = decided(sample());
    pass.findings.retain(|finding| finding.severity < Severity::Error);
    pass.verdict = ReportVerdict::Pass;
    let pass = sound(pass);
    write("incomplete.json", &sample());
    write("fail.json", &fail);
    write("pass.json", &pass);
    for (arguments, expected) in [
        (&["pass.json"][..], 0),
        (&["fail.json"], 1),
        (&["incomplete.json"], 2),
        (&["pass.json", "fail.json"], 1),
        (&["fail.json", "pass.json", "incomplete.json"], 2),
        (&["fail.json", "--fail-on", "never"], 0),
        (&["pass.json", "--fail-on", "note"], 1),
        (&["incomplete.json", "--fail-on", "never"], 2),
    ] {
        let arguments: Vec<&str> = ["report"].iter().chain(arguments).copied().collect();
        let output = gowoa(dir.path(), &arguments, &[]);
        assert_eq!(code(&output), expected, "{arguments:?}: {}", stderr(&output));
    }
}

#[test]
fn several_become_one_that_says_which_is_which() {
    let dir = tempfile::tempdir().unwrap();
    for shard in ["linux", "windows"] {
        let mut report = sample();
        shard.clone_into(&mut report.host.name);
        report.plan.patterns = vec![format!("./{shard}/...")];
        if shard == "windows" {
            report.findings[0].message.push_str(", differently");
        }
        fs_err::create_dir(dir.path().join(shard)).unwrap();
        fs_err::write(dir.path().join(shard).join("report.json"), json::render(&report)).unwrap();
    }
    let arguments =
        ["report", "linux/report.json", "windows/report.json", "--report", "json=all.json"];
    let output = gowoa(dir.path(), &arguments, &[]);
    assert_eq!(code(&output), 2);
    let text = stderr(&output);
    assert!(
        text.contains("1 package or file is in more than one report, with different results"),
        "{text}"
    );
    assert!(text.contains("  linux    check on") && text.contains("  windows  check on"), "{text}");
    let merged =
        json::parse(&fs_err::read_to_string(dir.path().join("all.json")).unwrap()).unwrap();
    assert_eq!(merged.plan.patterns, ["./linux/...", "./windows/..."]);
    assert_eq!(merged.host.name, "linux, windows");
    let one = sample();
    assert_eq!(merged.subjects.len(), one.subjects.len() + 1);
    let changed = one.findings.iter().filter(|f| f.subject == one.findings[0].subject).count();
    assert_eq!(merged.findings.len(), one.findings.len() + changed);
    // A merged report is a report.
    let again = gowoa(dir.path(), &["report", "all.json", "--report", "json=-"], &[]);
    assert_eq!(again.stdout, json::render(&merged).as_bytes());
}

#[test]
fn a_report_says_where_in_the_repository_it_was_made() {
    let repository = tempfile::tempdir().unwrap();
    let dir = repository.path().join("services/app");
    fs_err::create_dir_all(&dir).unwrap();
    fs_err::create_dir(repository.path().join(".git")).unwrap();
    fs_err::copy(root().join("testdata/pe/arm64-go.exe"), dir.join("tool.exe")).unwrap();
    let made = |dir: &Path, file: &str| {
        let arguments = ["inspect", file, "--no-config", "--report", "json=-"];
        let output = gowoa(dir, &arguments, &[]);
        json::parse(&String::from_utf8(output.stdout).unwrap()).unwrap()
    };
    let below = made(&dir, "tool.exe");
    assert_eq!(below.plan.started_in.as_deref(), Some("services/app"));
    assert_eq!(below.plan.base.as_deref(), Some("services/app"));
    assert!(below.plan.no_config);
    let summary = render(Format::Markdown, &below);
    let again =
        "The same on your machine, in `services/app`: `gowoa inspect --no-config tool.exe`.";
    assert!(summary.contains(again), "{summary}");
    let above = made(repository.path(), "services/app/tool.exe");
    assert_eq!((above.plan.started_in, above.plan.base), (None, None));
}

#[test]
fn what_is_no_report_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    fs_err::write(dir.path().join("cut.json"), &json::render(&sample())[..500]).unwrap();
    fs_err::write(dir.path().join("other.json"), "{\"schema_version\": \"9.0\"}").unwrap();
    fs_err::write(dir.path().join("latin.json"), [b'{', 0xff]).unwrap();
    for (arguments, expected) in [
        (&["missing.json"][..], "it is not there"),
        (&["cut.json"], "not a JSON report"),
        (&["other.json"], "schema version 9.0"),
        (&["latin.json"], "not UTF-8"),
        (&["."], "it is not a file; - reads standard input"),
        (&["-", "-"], "standard input is named twice"),
        (&["-", "/dev/stdin"], "standard input is named twice"),
        (&["cut.json", "--report", "json=cut.json"], "would replace cut.json"),
    ] {
        let arguments: Vec<&str> = ["report"].iter().chain(arguments).copied().collect();
        let output = gowoa(dir.path(), &arguments, &[]);
        assert_eq!(code(&output), 2, "{arguments:?}");
        assert!(stderr(&output).contains(expected), "{arguments:?}: {}", stderr(&output));
        assert!(stderr(&output).contains("\nnext "), "{}", stderr(&output));
    }
}

#[test]
fn a_report_that_contradicts_itself_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let refused = |change: &dyn Fn(&mut Report), expected: &str| {
        let mut report = decided(sample());
        change(&mut report);
        fs_err::write(dir.path().join("r.json"), json::render(&report)).unwrap();
        let output = gowoa(dir.path(), &["report", "r.json", "--report", "json=out.json"], &[]);
        assert_eq!(code(&output), 2, "{}", stderr(&output));
        let wanted = format!("the report r.json contradicts itself: {expected}");
        assert!(stderr(&output).contains(&wanted), "{wanted}\n{}", stderr(&output));
        assert!(!dir.path().join("out.json").exists());
    };
    refused(&|report| report.counts.errors = 0, "counts.errors is 0, and its findings");
    refused(&|report| report.counts.linked = 99, "counts.linked is 99, and its subjects show");
    // The findings are gone, and the checks that made them still say fail.
    refused(
        &|report| {
            report.findings.clear();
            let kept = report.results.clone();
            *report = sound(report.clone());
            report.results = kept;
            report.verdict = ReportVerdict::Pass;
        },
        "results: ",
    );
}

#[test]
fn a_better_verdict_than_the_content_is_not_believed() {
    let dir = tempfile::tempdir().unwrap();
    let told = |report: &Report, expected: i32| {
        fs_err::write(dir.path().join("r.json"), json::render(report)).unwrap();
        let output = gowoa(dir.path(), &["report", "r.json", "--report", "json=-"], &[]);
        assert_eq!(code(&output), expected, "{}", stderr(&output));
        assert!(stderr(&output).contains("r says pass, and its content makes it"));
        let verdict = json::parse(&String::from_utf8(output.stdout).unwrap()).unwrap().verdict;
        let outputs = [ReportVerdict::Pass, ReportVerdict::Fail, ReportVerdict::Incomplete];
        assert_eq!(outputs.iter().position(|one| *one == verdict), usize::try_from(expected).ok());
    };
    told(&Report { verdict: ReportVerdict::Pass, ..decided(sample()) }, 1);
    told(&Report { verdict: ReportVerdict::Pass, ..sample() }, 2);
    let mut empty = Report { verdict: ReportVerdict::Pass, ..decided(sample()) };
    empty.subjects.clear();
    empty.results.clear();
    empty.findings.clear();
    empty.counts = Default::default();
    told(&empty, 2);
}

#[test]
fn secrets_of_this_machine_are_hidden_too() {
    let dir = tempfile::tempdir().unwrap();
    let mut report = sample();
    report.findings[0].message = "token hunter2hunter2 seen".to_owned();
    fs_err::write(dir.path().join("r.json"), json::render(&report)).unwrap();
    let output = gowoa(
        dir.path(),
        &["report", "r.json", "--report", "json=-"],
        &[("DEPLOY_TOKEN", "hunter2hunter2")],
    );
    let all = format!("{}{}", String::from_utf8_lossy(&output.stdout), stderr(&output));
    assert!(!all.contains("hunter2") && all.contains("token [redacted] seen"));
}
