//! The step as a whole, with the gowoa that was just built: its outputs, its log, its exit code; and the gate.

use std::io::Write;
use std::process::{Command, Stdio};

use fs_err as fs;

use serde_json::Value;

use crate::harness::{Ran, Step};
use crate::root;

/// A step in a copy of a fixture.
fn in_fixture(name: &str) -> Step {
    let dir = root().join("testdata/go").join(name);
    assert!(dir.is_dir(), "{}", dir.display());
    Step::new("")
        .input("install-mode", "path")
        .input("gowoa-path", env!("CARGO_BIN_EXE_gowoa"))
        .cwd(&dir)
}

fn report(ran: &Ran) -> Value {
    serde_json::from_slice(&fs::read(ran.output("json-file")).unwrap()).unwrap()
}

#[test]
fn a_good_module_passes() {
    let step = in_fixture("sample");
    let summary = step.at("summary.md");
    let step = step.input("summary", "true").env("GITHUB_STEP_SUMMARY", summary.to_str().unwrap());
    let ran = step.run();
    ran.ended(0);
    assert_eq!(
        (ran.output("result"), ran.output("exit-code"), ran.output("errors")),
        ("pass", "0", "0")
    );
    assert_eq!(ran.output("version"), env!("CARGO_PKG_VERSION"));
    for file in ["json-file", "junit-file", "sarif-file", "summary-file", "html-file"] {
        assert!(fs::metadata(ran.output(file)).unwrap().len() > 0, "{file}: {:?}", ran.outputs);
    }
    assert!(ran.output("json-file").starts_with(step.at("temp").to_str().unwrap()));
    assert!(ran.log.contains(", go1.") && fs::metadata(summary).unwrap().len() > 0, "{}", ran.log);
    let again = step.run();
    assert_ne!(
        again.output("json-file"),
        ran.output("json-file"),
        "each use has its own directory"
    );
}

#[test]
fn a_broken_module_fails_and_says_where() {
    let step = in_fixture("undefined-symbol");
    let ran = step.run();
    ran.ended(1);
    assert_eq!(
        (ran.output("result"), ran.output("exit-code"), ran.output("errors")),
        ("fail", "1", "1")
    );
    let report = report(&ran);
    assert_eq!(report["counts"]["errors"], 1);
    let obeyed = ran.obeyed();
    assert!(obeyed.iter().any(|line| line.starts_with("::error ")), "{obeyed:#?}\n{}", ran.log);
}

#[test]
fn never_is_a_pass_and_incomplete_is_not() {
    let never = in_fixture("undefined-symbol").input("fail-on", "never").run();
    never.ended(0);
    assert_eq!((never.output("result"), never.output("errors")), ("pass", "1"));
    let incomplete = in_fixture("no-packages").input("fail-on", "never").run();
    incomplete.ended(2);
    assert_eq!((incomplete.output("result"), incomplete.output("exit-code")), ("incomplete", "2"));
}

#[test]
fn hostile_inputs_arrive_verbatim() {
    let step = in_fixture("sample")
        .input("packages", "./cmd/b; echo pwned $(touch pwned)\n./`id`\n./%0A::error::x\n")
        .input("args", "--tags=a b");
    let ran = step.run();
    ran.ended(2);
    // The report has them sorted.
    assert_eq!(
        report(&ran)["plan"]["patterns"],
        serde_json::json!(["./%0A::error::x", "./`id`", "./cmd/b; echo pwned $(touch pwned)"])
    );
    assert!(!root().join("testdata/go/sample/pwned").exists() && !ran.log.contains("uid="));
    let flag = in_fixture("sample").input("packages", "--report=json=x").run();
    assert!(flag.given_up().contains("--report=json=x is not a package"), "{}", flag.log);
    let dir = in_fixture("sample").input("working-directory", "--all").run();
    flag_is_a_value(&dir, "--directory=--all");
}

#[track_caller]
fn flag_is_a_value(ran: &Ran, word: &str) {
    ran.ended(2);
    assert!(ran.log.contains(word), "{}", ran.log);
}

#[test]
fn without_go_the_missing_step_is_written_out() {
    let ran = in_fixture("sample").bare().run();
    let text = ran.given_up();
    assert!(
        text.contains("uses: actions/setup-go@") && text.contains("go-version: stable"),
        "{text}"
    );
}

#[test]
fn without_a_report_the_summary_and_the_result_say_so() {
    let given_up = |name: &str, value: &str| {
        let step = in_fixture("sample").input("summary", "true").input(name, value);
        let summary = step.at("summary.md");
        let step = step.env("GITHUB_STEP_SUMMARY", summary.to_str().unwrap());
        step.run().given_up();
        fs::read_to_string(summary).unwrap()
    };
    // The scripts, the inputs, the arguments, and the engine.
    for (name, value, words) in [
        ("install-mode", "<b>x", "\n    error: install-mode: <b>x cannot be used; write one of:"),
        (
            "modules",
            "some",
            "\n    error: modules: some cannot be used\n    next   write one of: all\n",
        ),
        ("args", "--no-such-flag", "\n    error: unexpected argument '--no-such-flag' found\n"),
        ("args", "--help", "\n    error: args: it asks for the help or the version,"),
        ("args", "-V", "\n    error: args: it asks for the help or the version,"),
        ("config", "none.toml", "none.toml cannot be read: it is not there\n    next   "),
    ] {
        let text = given_up(name, value);
        assert!(text.contains("## gowoa: incomplete\n\nNo report could be made.\n\n"), "{text}");
        assert!(text.contains(words), "{words}\n{text}");
        assert_eq!(text.matches("## gowoa").count(), 1, "{text}");
    }
    let off = in_fixture("sample").input("summary", "false").input("modules", "some");
    let summary = off.at("summary.md");
    off.env("GITHUB_STEP_SUMMARY", summary.to_str().unwrap()).run().given_up();
    assert!(!summary.exists());
}

#[test]
fn a_run_that_writes_a_baseline_ends_with_its_own_code() {
    let step = in_fixture("undefined-symbol");
    let baseline = step.at("temp/known.json");
    let step = step.input("args", &format!("--write-baseline={}", baseline.display()));
    let ran = step.run();
    ran.ended(0);
    assert_eq!((ran.output("result"), ran.output("exit-code")), ("fail", "0"));
    assert_eq!(through_gate(ran.output("result"), ran.output("exit-code")).0, Some(0));
    assert!(baseline.is_file() && ran.log.contains("wrote  junit "), "{}", ran.log);
}

#[test]
fn what_files_are_called_is_no_command() {
    let step = Step::new("")
        .input("install-mode", "path")
        .input("gowoa-path", env!("CARGO_BIN_EXE_gowoa"));
    fs::write(step.at("work/x ##[error]windows_arm64.exe"), "MZ no image").unwrap();
    fs::write(step.at("work/::warning::windows_arm64.exe"), "MZ no image").unwrap();
    let ran = step.input("mode", "inspect").input("files", ".").input("annotations", "off").run();
    assert!(
        ran.log.contains("[error]windows") && ran.log.contains("warning::windows"),
        "{}",
        ran.log
    );
    assert!(ran.obeyed().is_empty(), "{:#?}\n{}", ran.obeyed(), ran.log);
}

/// The script of the gate, out of action.yml.
fn gate() -> String {
    let action = fs::read_to_string(root().join("action.yml")).unwrap();
    let after = &action[action.find("    - name: gate\n").unwrap()..];
    let body = after.split("      run: |\n").nth(1).unwrap();
    let lines = body.lines().take_while(|line| line.starts_with("        "));
    lines.map(|line| format!("{}\n", &line[8..])).collect()
}

/// How the gate ends for these outputs, and what it prints.
fn through_gate(result: &str, exit_code: &str) -> (Option<i32>, String) {
    let shell = ["--noprofile", "--norc", "-euo", "pipefail", "/dev/stdin"];
    let mut command = Command::new("bash");
    command
        .args(shell)
        .env_clear()
        .env("RESULT", result)
        .env("EXIT_CODE", exit_code)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(gate().as_bytes()).unwrap();
    let done = child.wait_with_output().unwrap();
    (done.status.code(), String::from_utf8(done.stdout).unwrap())
}

#[test]
fn the_gate_lets_through_what_ended_well_and_nothing_else() {
    assert_eq!(through_gate("pass", "0"), (Some(0), String::new()));
    // Only a run that writes a baseline ends so.
    assert_eq!(through_gate("fail", "0"), (Some(0), String::new()));
    for (result, exit_code, why) in [
        ("", "", "the step ended without a result"),
        ("", "0", "the step ended without a result"),
        ("pass", "", "the step ended without its exit code"),
        ("fail", "1", "the step ended without its exit code"),
        ("incomplete", "0", "the result is incomplete"),
        ("PASS", "0", "the step ended without a result"),
        ("pass ", "0", "the step ended without a result"),
        ("pass\nfail", "0", "the step ended without a result"),
        ("pass", "0\n1", "the step ended without its exit code"),
        ("x[$(touch /)]", "0", "the step ended without a result"),
    ] {
        let (code, said) = through_gate(result, exit_code);
        assert_eq!(code, Some(2), "{result:?}/{exit_code:?}");
        assert_eq!(said, format!("::error title=gowoa::gowoa gave no answer: {why}\n"));
    }
}
