//! `gowoa rules`, and `--rules` of `gowoa check`: lists, files with errors, and rules that are built.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::harness::{Gowoa, Run, root};

/// A module cache that has nothing, in a directory that is removed afterwards.
fn empty_cache() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn rules(args: &[&str]) -> Run {
    Gowoa::rules(root()).args(args).run()
}

fn write(dir: &Path, name: &str, text: &str) -> String {
    let path = dir.join(name);
    fs_err::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn the_list_names_every_rule_with_its_versions_and_source() {
    let run = rules(&["list"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    for part in [
        "GOWOA-2021-0001",
        "golang.org/x/sys  before v0.0.0-20210218145245-beda7e5e158e",
        "https://",
    ] {
        assert!(run.stdout.contains(part), "{part}\n{}", run.stdout);
    }
    let json = rules(&["list", "--json"]);
    let list: Value = serde_json::from_str(&json.stdout).unwrap();
    let rules = list.as_array().unwrap();
    assert!(run.stdout.ends_with(&format!("{} rules\n", rules.len())));
    let gopsutil = rules.iter().find(|rule| rule["id"] == "GOWOA-2021-0004").unwrap();
    let versions = &gopsutil["affected"][0]["versions"];
    assert_eq!(*versions, serde_json::json!(["before v3.21.9", "v3.21.12 to before v3.22.1"]));
}

#[test]
fn a_rules_file_with_an_error_is_named_by_line_before_anything_is_built() {
    let dir = tempfile::tempdir().unwrap();
    let file = write(dir.path(), "own.json", "{\n  \"id\": \"A-1\",\n  \"sumary\": \"x\"\n}\n");
    fs_err::write(dir.path().join("go.mod"), "module example.com/m\n\ngo 1.24\n").unwrap();
    fs_err::write(dir.path().join("main.go"), "package main\n\nfunc main() {}\n").unwrap();
    let check = Gowoa::check(dir.path()).args(&["--rules", "own.json"]).run();
    let list = rules(&["list", "--rules", &file]);
    for (run, name) in [(check, "own.json"), (list, file.as_str())] {
        assert_eq!(run.code, Some(2), "{}", run.stderr);
        assert!(run.report.is_none());
        let place = format!("error: {name}:3:10: unknown field `sumary`");
        assert!(run.stderr.starts_with(&place), "{place}\n{}", run.stderr);
        assert!(run.stderr.contains("\nnext   correct that line; docs/rules.md"), "{}", run.stderr);
    }
    let missing = rules(&["list", "--rules", "no/such.json"]);
    assert_eq!(missing.code, Some(2));
    assert!(
        missing.stderr.starts_with("error: cannot read the rules file no/such.json"),
        "{}",
        missing.stderr
    );
    let directory = rules(&["list", "--rules", dir.path().to_str().unwrap()]);
    assert!(directory.stderr.contains("it is a directory"), "{}", directory.stderr);
}

#[test]
fn what_cannot_be_had_is_unknown_and_not_wrong() {
    let unknown = rules(&["verify", "GOWOA-1999-0001"]);
    assert_eq!(unknown.code, Some(2));
    assert!(
        unknown.stderr.starts_with("error: there is no rule GOWOA-1999-0001"),
        "{}",
        unknown.stderr
    );
    let cache = empty_cache();
    let run = Gowoa::rules(root())
        .args(&["verify", "--offline", "gowoa-2021-0001"])
        .env("GOMODCACHE", cache.path())
        .run();
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert!(run.stderr.contains("unknown   GOWOA-2021-0001"), "{}", run.stderr);
    assert!(run.stderr.contains("no network is allowed"), "{}", run.stderr);
    assert!(
        run.stderr.contains("4 tries: 0 as the rules say, 0 wrong, 4 unknown"),
        "{}",
        run.stderr
    );
}

/// The proxy of the machine, where it answers; else why the test is skipped.
fn proxy() -> Result<String, String> {
    let go =
        |args: &[&str]| Command::new("go").args(args).current_dir(std::env::temp_dir()).output();
    let env = go(&["env", "GOPROXY"]).map_err(|error| error.to_string())?;
    let proxy = String::from_utf8_lossy(&env.stdout).trim().to_owned();
    if proxy == "off" {
        return Err("GOPROXY is off".into());
    }
    let asked =
        go(&["mod", "download", "golang.org/x/sys@v0.1.0"]).map_err(|error| error.to_string())?;
    match asked.status.success() {
        true => Ok(proxy),
        false => Err(String::from_utf8_lossy(&asked.stderr).trim().to_owned()),
    }
}

/// Needs a network: a sample of the rules, built through the module proxy; and a rule that is wrong is called so.
#[test]
fn network_a_sample_of_the_rules_is_true() {
    let proxy = match proxy() {
        Ok(proxy) => proxy,
        Err(reason) => return eprintln!("skipped: the module proxy does not answer: {reason}"),
    };
    let run = Gowoa::rules(root())
        .args(&["verify", "GOWOA-2021-0001", "GOWOA-2020-0001", "GOWOA-2021-0002"])
        .env("GOPROXY", &proxy)
        .run();
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let line = "ok        GOWOA-2021-0001  golang.org/x/sys@v0.0.0-20210218085108-9555bcde0c6a  bad   \
                golang.org/x/sys/windows does not compile for windows/arm64: undefined: ";
    assert!(run.stderr.contains(line), "{}", run.stderr);
    assert!(
        run.stderr
            .contains("ok        GOWOA-2020-0001  github.com/go-ole/go-ole@v1.3.0  good  builds"),
        "{}",
        run.stderr
    );

    let dir = tempfile::tempdir().unwrap();
    let file = write(dir.path(), "wrong.json", WRONG);
    let run = Gowoa::rules(root())
        .args(&["verify", "ACME-2026-0001", "--rules", &file])
        .env("GOPROXY", &proxy)
        .run();
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(
        run.stderr.contains(
            "WRONG     ACME-2026-0001  golang.org/x/sys@v0.1.0  bad   builds for windows/arm64"
        ),
        "{}",
        run.stderr
    );
}

const WRONG: &str = r#"{
  "id": "ACME-2026-0001",
  "summary": "it does not build, it is said",
  "affected": [{
    "package": { "ecosystem": "Go", "name": "golang.org/x/sys" },
    "ranges": [{ "type": "SEMVER", "events": [{ "introduced": "0.1.0" }, { "fixed": "0.2.0" }] }],
    "ecosystem_specific": { "imports": [{ "path": "golang.org/x/sys/windows" }] }
  }],
  "references": [{ "type": "WEB", "url": "https://example.com/1" }],
  "database_specific": {
    "class": "undefined-symbol",
    "severity": "error",
    "verify": [{ "version": "0.1.0", "expect": "affected" }]
  }
}
"#;
