//! The compiler's listings, made by a real `go`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use gowoa::facts::Target;
use gowoa::go::command::{GoCommand, Listed};
use gowoa::go::listing::gather::{Gathered, gather};
use serde_json::Value;

use super::harness::Gowoa;

fn go_env(key: &str) -> PathBuf {
    let output = Command::new("go").args(["env", key]).output().unwrap();
    assert!(output.status.success());
    PathBuf::from(String::from_utf8(output.stdout).unwrap().trim())
}

fn go_in(dir: &Path) -> GoCommand {
    GoCommand {
        program: "go".into(),
        dir: dir.to_owned(),
        below: None,
        flags: gowoa::facts::BuildFlags::default(),
        gowork: Some("off".into()),
        modfile: None,
        overlay: None,
        offline: true,
        c_compiler: Vec::new(),
        probe_limit: Duration::from_secs(600),
        work_limit: Duration::from_secs(3600),
    }
}

fn list(go: &GoCommand, listed: Listed<'_>, packages: &[&str]) -> Gathered {
    let packages: Vec<(String, String)> =
        packages.iter().map(|path| ((*path).to_owned(), String::new())).collect();
    let command = go.listing(&Target::windows_arm64(), false, listed, &packages);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(gather(&command, |_| {})).unwrap()
}

fn module(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = dir.path().join(name);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, text).unwrap();
    }
    dir
}

/// Half a gigabyte, from Go's own build cache, so that a second run replays it.
#[test]
fn the_listing_of_the_standard_library_has_no_unknown_line() {
    let dir = module(&[("go.mod", "module example.com/std\n\ngo 1.24\n")]);
    let cache = go_env("GOCACHE");
    let listed = Listed::All { gcflags: "", cache: &cache };
    let gathered = list(&go_in(dir.path()), listed, &["std"]);
    let counts = &gathered.counts;
    assert_eq!((counts.unknown, counts.too_long), (0, 0), "{:?}", counts.examples);
    assert_eq!(
        (gathered.errors.len(), gathered.failed.as_deref()),
        (0, None),
        "{}",
        gathered.words
    );
    assert!(counts.packages > 200, "{counts:?}");
    assert!(counts.functions > 20_000 && counts.instructions > 1_000_000, "{counts:?}");
    assert!(counts.hex > 500_000 && counts.relocations > 300_000, "{counts:?}");
    let told = counts.packages
        + counts.symbols
        + counts.instructions
        + counts.hex
        + counts.relocations
        + counts.messages;
    assert_eq!(told, counts.lines);
}

/// `go tool compile` and `go tool asm` print the same form, on standard output.
#[test]
fn the_tools_of_go_print_the_same_form() {
    let dir = module(&[
        (
            "add_arm64.s",
            "TEXT ·Add(SB), 4, $0-24\n\tMOVD a+0(FP), R0\n\tMOVD R0, ret+16(FP)\n\tRET\n",
        ),
        ("p.go", "package p\n\nfunc F(n int) int { return n * 3 }\n"),
    ]);
    for args in [
        ["tool", "asm", "-S", "-o", "a.o", "add_arm64.s"].as_slice(),
        ["tool", "compile", "-S", "-p", "example.com/p", "-o", "p.o", "p.go"].as_slice(),
    ] {
        let output = Command::new("go")
            .args(args)
            .current_dir(dir.path())
            .envs([("GOOS", "windows"), ("GOARCH", "arm64")])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let mut parser = gowoa::go::listing::Parser::default();
        parser.push(&output.stdout, |_| {});
        let counts = parser.finish(|_| {});
        assert_eq!((counts.unknown, counts.functions), (0, 1), "{args:?} {counts:?}");
    }
}

/// Nothing is linked and nothing is written, a command or not.
#[test]
fn a_listing_links_nothing() {
    let dir = module(&[
        ("go.mod", "module example.com/tool\n\ngo 1.24\n"),
        (
            "main.go",
            "package main\n\nimport _ \"example.com/tool/bad\"\n\nfunc main() { missing() }\n\nfunc missing()\n",
        ),
        ("empty.s", ""),
        ("bad/bad.go", "package bad\n"),
        ("good/good.go", "package good\n\nfunc F() int { return 3 }\n"),
    ]);
    let go = go_in(dir.path());
    // The body of missing is nowhere: a link would fail.
    let gathered = list(&go, Listed::Packages, &["example.com/tool", "example.com/tool/good"]);
    assert_eq!((gathered.errors.len(), gathered.failed), (0, None), "{}", gathered.words);
    assert_eq!((gathered.counts.packages, gathered.counts.unknown), (2, 0), "{}", gathered.words);
    assert!(!dir.path().join("tool.exe").exists() && !dir.path().join("tool").exists());
    // What does not compile is told, and keeps nothing else from being listed.
    fs_err::write(dir.path().join("bad/bad.go"), "package bad\n\nvar x int = \"text\"\n").unwrap();
    let gathered = list(&go, Listed::Packages, &["example.com/tool/bad", "example.com/tool/good"]);
    assert_eq!(gathered.errors.len(), 1, "{gathered:?}");
    assert_eq!(gathered.errors[0].0, "example.com/tool/bad");
    assert!(gathered.errors[0].1.contains("cannot use \"text\""), "{gathered:?}");
    assert_eq!(gathered.counts.packages, 1, "{gathered:?}");
}

const FALLBACK: &[(&str, &str)] = &[
    ("go.mod", "module example.com/fallback\n\ngo 1.24\n"),
    (
        "main.go",
        "package main\n\nimport \"example.com/fallback/rot\"\n\nfunc main() { println(rot.Rot(3)) }\n",
    ),
    (
        "rot/rot.go",
        "package rot\n\n// Rot turns.\nfunc Rot(n uint64) uint64 {\n\treturn turn(n) + 1\n}\n",
    ),
    ("rot/turn_amd64.go", "package rot\n\nfunc turn(n uint64) uint64\n"),
    (
        "rot/turn_amd64.s",
        "TEXT ·turn(SB), 4, $0-16\n\tMOVQ n+0(FP), AX\n\tMOVQ AX, ret+8(FP)\n\tRET\n",
    ),
    (
        "rot/turn_other.go",
        "//go:build !amd64\n\npackage rot\n\n//go:noinline\nfunc turn(n uint64) uint64 { return n<<3 | n>>61 }\n",
    ),
];

#[test]
fn the_report_names_what_stands_in_for_assembly_and_who_calls_it() {
    let dir = module(FALLBACK);
    for scope in ["flagged", "all"] {
        let run = Gowoa::check(dir.path()).args(&["--listing", scope]).run();
        let report = run.report.as_ref().unwrap();
        assert_eq!(report["plan"]["listing"], scope);
        let phase =
            report["phases"].as_array().unwrap().iter().find(|p| p["name"] == "listing").unwrap();
        let summary = phase["summary"].as_str().unwrap();
        let packages = if scope == "all" { "2 packages, " } else { "1 package, " };
        assert!(summary.starts_with(packages) && !summary.contains("unknown"), "{summary}");
        let evidence = evidence(report);
        assert!(
            evidence["command"].as_str().unwrap().contains("-gcflags=example.com/fallback/rot=-S"),
            "{evidence}"
        );
        let lines = evidence["lines"].as_array().unwrap();
        let line = |function: &str, file: &str, line: u32, text: &str| {
            serde_json::json!({
                "function": function, "file": file, "line": line, "text": text
            })
        };
        let call = "CALL example.com/fallback/rot.turn";
        let mut expected = vec![
            line(
                "example.com/fallback/rot.turn",
                "rot/turn_other.go",
                6,
                "Go code in place of assembly",
            ),
            line("example.com/fallback/rot.Rot", "rot/rot.go", 5, call),
        ];
        if scope == "all" {
            // Only then is the command listed, which has Rot inlined: the call of its text.
            expected.push(line("main.main", "rot/rot.go", 5, call));
        }
        assert_eq!(*lines, expected);
    }
    let run = Gowoa::check(dir.path()).args(&["--listing", "off"]).run();
    let report = run.report.as_ref().unwrap();
    assert!(report["phases"].as_array().unwrap().iter().all(|p| p["name"] != "listing"));
    assert_eq!(report["findings"].as_array().unwrap().len(), 1);
    assert!(run.stderr.contains("PASS"), "{}", run.stderr);
}

/// The same with `-trimpath`, where files have no directory of this machine, and with compiler flags of the
/// user's own, which have to hold for the listing too.
#[test]
fn the_listing_is_of_what_the_user_builds() {
    let dir = module(FALLBACK);
    let run = Gowoa::check(dir.path())
        .args(&["--go-flag=-trimpath", "--go-flag=-gcflags=all=-N -l"])
        .run();
    let report = run.report.as_ref().unwrap();
    let evidence = evidence(report);
    assert!(
        evidence["command"]
            .as_str()
            .unwrap()
            .contains("'-gcflags=example.com/fallback/rot=-N -l -S'"),
        "{evidence}"
    );
    assert_eq!(evidence["lines"][0]["file"], "rot/turn_other.go");
    assert_eq!(evidence["lines"][1]["file"], "rot/rot.go");
}

fn evidence(report: &Value) -> &Value {
    let findings = report["findings"].as_array().unwrap();
    let slow = findings.iter().find(|finding| finding["check"] == "slow-path").unwrap();
    let evidence = slow["evidence"].as_array().unwrap();
    evidence
        .iter()
        .find(|evidence| evidence["kind"] == "listing")
        .unwrap_or_else(|| panic!("{slow:#}"))
}

/// A listing that cannot be made is no verdict, and neither is a line that nobody knows: both are said.
#[cfg(unix)]
#[test]
fn what_was_not_listed_is_said_and_judges_nothing() {
    use crate::projects::fake::{real_go, script};

    let go = real_go();
    let hand_on = format!("exec '{}' \"$@\"", go.display());
    let flood = "i=0; while [ $i -lt 200 ]; do printf '%065536d' 0 >&2; i=$((i+1)); done; echo >&2";
    let cases = [
        (
            "echo 'go: the disk is gone' >&2; exit 3",
            "ended with status 3: go: the disk is gone",
            true,
        ),
        ("kill -9 $$", "was ended by a signal", true),
        ("echo '{not json'", "printed something else than packages", true),
        ("exit 0", "the compiler printed no listing", true),
        (
            "printf 'a.F STEXT sealed size=8\\n\\tnever seen\\n' >&2",
            "2 lines of the listing could not be read, the first: a.F STEXT sealed size=8",
            false,
        ),
        (
            flood,
            "one line of the listing could not be read, the first: (too long to be read)",
            false,
        ),
    ];
    for (shell, reason, missing) in cases {
        let dir = module(FALLBACK);
        let stop = if missing { "exit 0" } else { &*hand_on };
        let text =
            format!("case \"$*\" in\n*-export*)\n{shell}\n{stop}\n;;\n*)\n{hand_on}\n;;\nesac\n");
        let fakes = tempfile::tempdir().unwrap();
        let fake = script(&fakes.path().join("go"), &text);
        let run = Gowoa::check(dir.path()).arg("--go").arg(fake).run();
        let report = run.report();
        assert_eq!(report["verdict"], "pass", "{shell}: {}", run.stderr);
        let lines = report["unproven"].as_array().unwrap().iter();
        let said: Vec<&Value> = lines.filter(|line| line["label"] == "not listed").collect();
        let found = said.iter().find(|line| line["text"].as_str().unwrap().contains(reason));
        assert!(found.is_some(), "{shell}: {said:#?}");
        let names = said.iter().any(|line| line["names"][0] == "example.com/fallback/rot");
        assert_eq!(names, missing, "{shell}: {said:#?}");
        let result = report["results"].as_array().unwrap().iter().find(|result| {
            result["check"] == "arch-symbol" && result["subject"].as_str().unwrap().contains("/rot")
        });
        let verdict = if missing { "not-applicable" } else { "pass" };
        assert_eq!(result.unwrap()["verdict"], verdict, "{shell}");
    }
}
