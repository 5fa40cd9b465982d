//! `gowoa.toml` and the baseline from the outside: a round trip, and every way in which it ends early.

use std::path::Path;

use serde_json::Value;

use crate::fixtures::array;
use crate::harness::{Gowoa, Run, root};
use crate::projects::Project;

/// A library that breaks on arm64, and a command that does not need it.
fn broken() -> Project {
    Project::module()
        .file("page/page.go", "package page\n\nfunc Size() int { return size }\n")
        .file("page/page_amd64.go", "package page\n\nconst size = 4096\n")
}

fn counts(run: &Run, key: &str) -> u64 {
    run.report()["counts"][key].as_u64().unwrap()
}

#[test]
fn after_writing_a_baseline_only_new_findings_count() {
    let project = broken();
    let baseline = project.beside("baseline.json");
    assert_eq!(project.check().run().code, Some(1));
    let wrote = project.check().arg("--write-baseline").arg(&baseline).run();
    assert_eq!(wrote.code, Some(0), "{}", wrote.stderr);
    assert_eq!(wrote.report()["verdict"], "fail", "the report itself is what it is");
    assert!(wrote.stderr.contains("has 1 finding; with --baseline "), "{}", wrote.stderr);

    // Lines above do not make it new.
    let page = "package page\n\n// A page\n// has a size.\n\nfunc Size() int { return size }\n";
    let project = project.file("page/page.go", page);
    let same = project.check().arg("--baseline").arg(&baseline).run();
    assert_eq!((same.code, counts(&same, "known")), (Some(0), 1), "{}", same.stderr);
    assert_eq!(counts(&same, "errors"), 0);
    assert_eq!(array(&same.report()["findings"])[0]["known"], true);
    assert_eq!(same.report()["plan"]["baseline"], baseline.to_str().unwrap());
    assert!(same.stderr.contains("1 finding known"), "{}", same.stderr);
    assert!(same.stderr.contains("\nknown[cross-compile] error: "), "{}", same.stderr);

    let project = project
        .file("heap/heap.go", "package heap\n\nfunc Limit() int { return limit }\n")
        .file("heap/heap_amd64.go", "package heap\n\nconst limit = 9\n");
    let new = project.check().arg("--baseline").arg(&baseline).run();
    assert_eq!((new.code, counts(&new, "known"), counts(&new, "errors")), (Some(1), 1, 1));

    // Written over itself it has both.
    let both = project.check().arg("--baseline").arg(&baseline).arg("--write-baseline");
    assert_eq!(both.arg(&baseline).run().code, Some(0));
    let known = project.check().arg("--baseline").arg(&baseline).run();
    assert_eq!((known.code, counts(&known, "known")), (Some(0), 2));
}

#[test]
fn a_whole_report_is_a_baseline_too() {
    let project = broken();
    let saved = project.out().join("saved.json");
    let first = project.check().arg("--report").arg(format!("json={}", saved.display())).run();
    assert_eq!(first.code, Some(1));
    let second = project.check().arg("--baseline").arg(&saved).run();
    assert_eq!((second.code, counts(&second, "known")), (Some(0), 1), "{}", second.stderr);
}

#[test]
fn a_baseline_is_a_valid_report_and_names_nothing_of_the_machine() {
    // A path outside of the module, flags with a directory, and findings with much evidence.
    let project = broken();
    let baseline = project.beside("baseline.json");
    let out = project.beside("exes");
    let run = project
        .check()
        .arg("--write-baseline")
        .arg(&baseline)
        .arg("--out-dir")
        .arg(&out)
        .args(&["--go-flag=-trimpath", "-C"])
        .arg(project.src())
        .run();
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let text = fs_err::read_to_string(&baseline).unwrap();
    let place = fs_err::canonicalize(project.src()).unwrap();
    let mut machine: Vec<String> =
        [place.as_path(), &out, &project.beside("cache"), Path::new("/usr")]
            .map(|path| path.display().to_string())
            .to_vec();
    machine.extend(["HOME", "GOROOT", "GOPATH"].iter().filter_map(|key| std::env::var(key).ok()));
    machine.push(run.report()["host"]["name"].as_str().unwrap().to_owned());
    for word in machine.iter().filter(|word| !word.is_empty()) {
        assert!(!text.contains(word.as_str()), "{word} stands in\n{text}");
    }
    let schema = fs_err::read_to_string(root().join("docs/report.schema.json")).unwrap();
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let report: Value = serde_json::from_str(&text).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let wrong: Vec<String> = validator.iter_errors(&report).map(|e| e.to_string()).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn what_could_not_be_judged_writes_no_baseline_and_is_not_waived() {
    let project = Project::module()
        .file("cmd/x/main.go", "package main\n\nfunc main() { var n int = \"text\" }\n")
        .file("baseline.json", "{}")
        .file("gowoa.toml", "[[waiver]]\ncheck = \"*\"\npackage = \"...\"\nreason = \"r\"\n");
    let baseline = project.src().join("baseline.json");
    let run = project.check().arg("--write-baseline").arg(&baseline).run();
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert!(
        run.stderr.contains("was not written: not everything could be judged"),
        "{}",
        run.stderr
    );
    assert_eq!(fs_err::read_to_string(&baseline).unwrap(), "{}");
}

/// The words of a run that makes no report.
fn refused(gowoa: Gowoa) -> String {
    let run = gowoa.run();
    assert_eq!((run.code, run.report.is_some()), (Some(2), false), "{}", run.stderr);
    assert!(
        run.stderr.starts_with("error: ") && run.stderr.contains("\nnext   "),
        "{}",
        run.stderr
    );
    run.stderr
}

#[test]
fn a_baseline_that_is_none_is_told_before_the_work() {
    let project = Project::module();
    let with = |name: &str, text: Option<&str>| {
        let path = project.beside(name);
        if let Some(text) = text {
            fs_err::write(&path, text).unwrap();
        }
        refused(project.check().arg("--baseline").arg(path))
    };
    let words = with("gone.json", None);
    assert!(
        words.contains("gone.json is not there\nnext   write one with --write-baseline"),
        "{words}"
    );
    assert!(with("text.json", Some("hello")).contains("text.json: not a JSON report"));
    assert!(with("other.json", Some("{\"a\": 1}")).contains("not a gowoa report"));
    let major = with("major.json", Some("{\"schema_version\": \"9.0\"}"));
    assert!(major.contains("the report has schema version 9.0 and this gowoa reads 1."), "{major}");
    let words = refused(project.check().arg("--baseline").arg(project.src()));
    assert!(words.contains("cannot be read: it is not a file"), "{words}");
}

#[test]
fn a_baseline_and_a_report_cannot_be_one_file() {
    let project = Project::module();
    let path = project.beside("same.json");
    let twice = project.check().arg("--report").arg(format!("json={}", path.display()));
    let words = refused(twice.arg("--write-baseline").arg(&path));
    assert!(words.contains("two reports go to"), "{words}");
    let words = refused(project.check().arg("--write-baseline").arg(project.src()));
    assert!(words.contains("src"), "{words}");
}

#[test]
fn inspect_reads_the_file_of_the_current_directory() {
    let unhardened = fs_err::read(root().join("testdata/pe/arm64-unhardened.exe")).unwrap();
    let project = Project::empty().file("dist/app.exe", unhardened).file(
        "gowoa.toml",
        "fail-on = \"warning\"\n\n[[waiver]]\ncheck = \"hardening\"\nsubject = \"dist/*.exe\"\nreason = \"old\"\n\n\
         [[waiver]]\ncheck = \"cross-compile\"\nreason = \"of another run\"\n",
    );
    let inspect = || Gowoa::inspect(&project.src()).args(&["dist", "--expect", "windows/arm64"]);
    let waived = inspect().run();
    assert_eq!((waived.code, counts(&waived, "waived")), (Some(0), 1), "{}", waived.stderr);
    assert_eq!(waived.report()["plan"]["config"], "gowoa.toml");
    let stale = |f: &&Value| f["check"] == "stale-waiver";
    assert_eq!(array(&waived.report()["findings"]).iter().filter(stale).count(), 0);
    let without = inspect().args(&["--no-config", "--fail-on", "warning"]).run();
    assert_eq!((without.code, counts(&without, "warnings")), (Some(1), 1), "{}", without.stderr);

    let baseline = project.beside("b.json");
    let write = inspect().args(&["--no-config", "--write-baseline"]).arg(&baseline).run();
    assert_eq!(write.code, Some(0), "{}", write.stderr);
    let known = inspect().args(&["--no-config", "--fail-on", "note", "--baseline"]).arg(&baseline);
    let known = known.run();
    assert_eq!((known.code, counts(&known, "warnings")), (Some(0), 0), "{}", known.stderr);

    let project = project.file("gowoa.toml", "\nwaivers = 1\n");
    let words = refused(Gowoa::inspect(&project.src()).arg("dist"));
    assert!(words.contains("gowoa.toml:2:1: there is no key `waivers`"), "{words}");
    assert!(words.contains("did you mean `waiver`?"), "{words}");
}

#[test]
fn tags_of_the_file_reach_the_build_and_the_command_line_wins() {
    let project = Project::module()
        .file("gowoa.toml", "tags = [\"fast\"]\n")
        .file("a/fast.go", "//go:build fast\n\npackage a\n\nconst broken = missing\n");
    let of_file = project.check().run();
    assert_eq!(of_file.report()["plan"]["tags"], serde_json::json!(["fast"]));
    assert_ne!(of_file.code, Some(0));
    let of_flag = project.check().args(&["--tags", "slow"]).run();
    assert_eq!(of_flag.report()["plan"]["tags"], serde_json::json!(["slow"]));
    assert_eq!(of_flag.code, Some(0), "{}", of_flag.stderr);
    let above = project.check_in(&project.src().join("cmd")).run();
    assert_eq!(above.report()["plan"]["config"], "../gowoa.toml");
}

#[test]
fn screen_reads_the_file_too_and_remembers_no_answer_of_another_one() {
    let project = broken();
    let cache = project.beside("cache");
    let screen = || Gowoa::screen(&project.src()).env("GOWOA_CACHE", &cache);
    let waiver = |expires: &str| {
        let text = format!(
            "[[waiver]]\ncheck = \"cross-compile\"\nmodule = \"example.com/m\"\nreason = \"later\"\nexpires = {expires}\n"
        );
        fs_err::write(project.src().join("gowoa.toml"), text).unwrap();
    };
    let plain = screen().run();
    assert_eq!((plain.code, counts(&plain, "errors")), (Some(1), 1), "{}", plain.stderr);
    waiver("2999-01-01");
    for _ in 0..2 {
        let waived = screen().run();
        assert_eq!((waived.code, counts(&waived, "waived")), (Some(0), 1), "{}", waived.stderr);
        assert!(waived.stderr.contains("waived[cross-compile] error"), "{}", waived.stderr);
    }
    waiver("2020-01-01");
    let expired = screen().run();
    assert_eq!(expired.code, Some(1), "{}", expired.stderr);
    assert!(expired.stderr.contains("gowoa.toml:1: the waiver of"), "{}", expired.stderr);
    let baseline = project.beside("b.json");
    let off = || screen().arg("--no-config");
    assert_eq!(off().arg("--write-baseline").arg(&baseline).run().code, Some(0));
    let known = off().arg("--baseline").arg(&baseline).run();
    assert_eq!((known.code, counts(&known, "known")), (Some(0), 1), "{}", known.stderr);
    assert!(known.stderr.contains("\nknown[cross-compile] error: "), "{}", known.stderr);
    assert_eq!(off().run().code, Some(1));
}
