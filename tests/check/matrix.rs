//! Every check against every fixture: which verdicts it shows, where it fires, and where it must be silent.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use gowoa::checks::CHECKS;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use rayon::prelude::*;
use serde_json::Value;

use crate::fixtures::{self, Fixture, array, runs};
use crate::harness::{Gowoa, root};
use crate::{images, inspect, objects};

/// Verdict words by check, of one fixture or case.
type Verdicts = BTreeMap<String, BTreeSet<String>>;

/// The verdicts of every fixture module, image case and object case, by name.
fn verdicts() -> BTreeMap<String, Verdicts> {
    let mut all = BTreeMap::new();
    for fixture in runs() {
        let mut verdicts = Verdicts::new();
        let report = fixture.run.report.as_ref();
        for result in report.map(|report| array(&report["results"])).unwrap_or_default() {
            let text = |key: &str| result[key].as_str().unwrap_or_default().to_owned();
            verdicts.entry(text("check")).or_default().insert(text("verdict"));
        }
        all.insert(fixture.name.clone(), verdicts);
    }
    let images = images::cases().into_iter().map(|case| (case.name, case.verdicts));
    let objects = objects::cases().into_iter().map(|case| (case.name, case.verdicts));
    for (name, verdicts) in images.chain(objects) {
        let words = verdicts
            .iter()
            .map(|(id, verdict)| (id.clone(), BTreeSet::from([images::word(verdict).to_owned()])));
        all.insert(name, words.collect());
    }
    all.extend(inspect::verdicts());
    all
}

#[test]
fn every_check_shows_its_verdicts_in_its_own_folder() {
    if !fixtures::filter().is_empty() {
        eprintln!("skipped: FIXTURE chooses some of the fixtures");
        return;
    }
    let all = verdicts();
    let mut wrong = String::new();
    for check in CHECKS {
        let id = check.meta().id.as_str();
        for folder in folders(id) {
            let inside = format!("testdata/checks/{id}/{folder}");
            let below = |name: &str| name == inside || name.starts_with(&format!("{inside}/"));
            let mut shown = all.iter().filter(|(name, _)| below(name)).peekable();
            if shown.peek().is_none() {
                let _ = writeln!(wrong, "{inside} holds none of the files of a case");
            }
            for (name, verdicts) in shown {
                let words = verdicts.get(id).cloned().unwrap_or_default();
                if !words.contains(&folder) {
                    let _ = writeln!(wrong, "{name}: {id} says {words:?} and never {folder}");
                }
                if folder != "fail" && words.contains("fail") {
                    let _ = writeln!(wrong, "{name}: {id} fails here");
                }
            }
        }
    }
    eprintln!("{}", coverage(&all));
    assert!(wrong.is_empty(), "{wrong}");
}

/// The folders of a check; that the right ones are there is the matter of the tidy tests.
fn folders(id: &str) -> Vec<String> {
    let dir = root().join("testdata/checks").join(id);
    let entries = fs_err::read_dir(&dir).unwrap_or_else(|error| panic!("{error}"));
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Which fixtures each check fails on.
fn coverage(all: &BTreeMap<String, Verdicts>) -> String {
    let mut table = String::from("check              fails on\n");
    for check in CHECKS {
        let id = check.meta().id.as_str();
        let fails = |verdicts: &Verdicts| verdicts.get(id).is_some_and(|w| w.contains("fail"));
        let names: Vec<&str> = all
            .iter()
            .filter(|(_, verdicts)| fails(verdicts))
            .map(|(name, _)| name.strip_prefix("testdata/").unwrap_or(name))
            .collect();
        let _ = writeln!(table, "{id:<18} {:>2}: {}", names.len(), names.join(", "));
    }
    table
}

/// Matched packages against which no check has anything, and which compile.
fn sound(report: &Value) -> BTreeSet<&str> {
    let mut failed = BTreeSet::new();
    let mut compiled = BTreeSet::new();
    for result in array(&report["results"]) {
        let subject = result["subject"].as_str().unwrap_or_default();
        match result["verdict"].as_str() {
            Some("pass") if result["check"] == "cross-compile" => {
                compiled.insert(subject);
            }
            Some("pass" | "not-applicable") => {}
            _ => {
                failed.insert(subject);
            }
        }
    }
    let subjects = array(&report["subjects"]);
    let package =
        |name: &Value| subjects.iter().find(|s| s["kind"] == "package" && s["name"] == *name);
    // A wrong object is the fault of the packages that bring it, and a dependency's is in whatever links it.
    let bad = subjects.iter().filter(|s| s["kind"] == "object" && failed.contains(id_of(s)));
    let bad: Vec<&Value> = bad.flat_map(|s| array(&s["packages"])).filter_map(package).collect();
    if bad.iter().any(|package| package["matched"] != true) {
        return BTreeSet::new();
    }
    failed.extend(bad.into_iter().map(id_of));
    // So is what is wrong with the text of one.
    let of_dependency = |finding: &&Value| {
        let about = package(&finding["package"]);
        finding["severity"] == "error" && about.is_some_and(|package| package["matched"] != true)
    };
    if array(&report["findings"])
        .iter()
        .find(of_dependency)
        .is_some_and(|f| f["reachability"] != "stops-build")
    {
        return BTreeSet::new();
    }
    let tests = |id: &str| id.replacen("package:", "test:", 1);
    // What is wrong with an exe is wrong with the packages that it was made from.
    let in_failed_image = |name: &Value| {
        subjects.iter().any(|image| {
            image["kind"] == "image"
                && failed.contains(id_of(image))
                && array(&image["packages"]).contains(name)
        })
    };
    subjects
        .iter()
        .filter(|subject| subject["kind"] == "package" && subject["matched"] == true)
        .filter(|subject| !in_failed_image(&subject["name"]))
        .filter(|subject| {
            let id = id_of(subject);
            compiled.contains(id) && !failed.contains(id) && !failed.contains(tests(id).as_str())
        })
        .filter_map(|subject| subject["name"].as_str())
        .collect()
}

fn id_of(subject: &Value) -> &str {
    subject["id"].as_str().unwrap_or_default()
}

/// The oracle: whatever else is wrong in a fixture, its sound packages alone make a report without errors.
/// A check that blames them for something next door would show up here.
#[test]
fn packages_that_pass_everywhere_are_left_in_peace() {
    let wrong: Vec<String> = runs().par_iter().filter_map(disturbed).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// What is wrong with the report of a fixture's sound packages.
fn disturbed(fixture: &Fixture) -> Option<String> {
    let report = fixture.run.report.as_ref()?;
    let sound = sound(report);
    let matched = array(&report["subjects"]).iter().filter(|s| s["matched"] == true).count();
    if sound.is_empty() || several_units(report) {
        return None;
    }
    let errors = |report: &Value| -> Vec<String> {
        let findings = array(&report["findings"]).iter();
        findings.filter(|f| f["severity"] == "error").map(Value::to_string).collect()
    };
    // Where all are sound the report is there already; the flags may still be wrong.
    if sound.len() == matched {
        let of_packages = array(&report["findings"])
            .iter()
            .filter(|f| f["severity"] == "error" && f["check"] != "unsupported-flags");
        let found: Vec<String> = of_packages.map(Value::to_string).collect();
        return (!found.is_empty()).then(|| format!("{}: {}", fixture.name, found.join("\n")));
    }
    // The same flags, other packages.
    let flags = fixture.expected.args.iter().take_while(|arg| *arg != "--");
    let mut gowoa = fixture.expected.environment(Gowoa::check(&fixture.dir));
    for flag in flags.filter(|flag| *flag != "--all-modules") {
        gowoa = gowoa.arg(flag);
    }
    gowoa = gowoa.arg("--");
    for package in &sound {
        gowoa = gowoa.arg(package);
    }
    let run = gowoa.run();
    let Some(alone) = run.report.as_ref() else {
        return Some(format!("{}: {sound:?}: no report:\n{}", fixture.name, run.stderr));
    };
    let errors = errors(alone);
    if errors.is_empty() && alone["verdict"] == "pass" && run.code == Some(0) {
        return None;
    }
    Some(format!("{}: {sound:?}: {}\n{}", fixture.name, alone["verdict"], errors.join("\n")))
}

/// Import paths alone do not say which of several modules is meant.
fn several_units(report: &Value) -> bool {
    array(&report["subjects"]).iter().filter(|subject| subject["kind"] == "build").count() > 1
}

#[test]
fn every_report_is_valid_under_the_schema() {
    let schema = fs_err::read_to_string(root().join("docs/report.schema.json")).unwrap();
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let mut wrong = Vec::new();
    for fixture in runs() {
        let Some(files) = &fixture.files else { continue };
        let report: Value = serde_json::from_str(&files.json)
            .unwrap_or_else(|error| panic!("{}: {error}", fixture.name));
        for error in validator.iter_errors(&report) {
            wrong.push(format!("{}: {}: {error:.200}", fixture.name, error.instance_path()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a reader of JUnit counts, and what the file says it should have counted.
#[derive(Debug, Default, PartialEq, Eq)]
struct Totals {
    tests: u64,
    failures: u64,
    errors: u64,
    skipped: u64,
}

impl Totals {
    const KEYS: [&'static str; 4] = ["tests", "failures", "errors", "skipped"];

    fn get(&self, key: &str) -> u64 {
        match key {
            "tests" => self.tests,
            "failures" => self.failures,
            "errors" => self.errors,
            _ => self.skipped,
        }
    }

    fn add(&mut self, other: &Self) {
        self.tests += other.tests;
        self.failures += other.failures;
        self.errors += other.errors;
        self.skipped += other.skipped;
    }
}

fn attributes(element: &BytesStart<'_>) -> Result<BTreeMap<String, String>, String> {
    let mut found = BTreeMap::new();
    for attribute in element.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let value = quick_xml::escape::unescape(&attribute.value).map_err(|e| e.to_string())?;
        found.insert(attribute.key.0.to_owned(), value.into_owned());
    }
    Ok(found)
}

/// Holds what an element says of its cases against what was counted. The root need not say anything.
fn stated(
    of: &BTreeMap<String, String>,
    counted: &Totals,
    must: &[&str],
    what: &str,
) -> Result<(), String> {
    for key in Totals::KEYS {
        match of.get(key) {
            None if must.contains(&key) => return Err(format!("{what} has no {key}")),
            Some(value) if *value != counted.get(key).to_string() => {
                return Err(format!("{what} says {key}={value}, counted {}", counted.get(key)));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Reads a whole file and counts.
fn count(xml: &str, rich: bool) -> Result<Totals, String> {
    let mut reader = Reader::from_str(xml);
    let (mut all, mut of_suite) = (Totals::default(), Totals::default());
    let (mut root, mut suite) = (BTreeMap::new(), BTreeMap::new());
    let mut cases = BTreeSet::new();
    let mut depth = 0_usize;
    loop {
        let event = reader.read_event().map_err(|error| error.to_string())?;
        let opened = match &event {
            Event::Start(element) | Event::Empty(element) => {
                Some((element.name().0.to_owned(), attributes(element)?))
            }
            _ => None,
        };
        if let Some((name, attributes)) = opened {
            match name.as_str() {
                "testsuites" => root = attributes,
                "testsuite" => {
                    suite = attributes;
                    of_suite = Totals::default();
                }
                "testcase" => {
                    of_suite.tests += 1;
                    let key = |key: &str| attributes.get(key).cloned().unwrap_or_default();
                    if !cases.insert((key("classname"), key("name"))) {
                        return Err(format!("two cases are {} {}", key("classname"), key("name")));
                    }
                }
                "failure" => of_suite.failures += 1,
                "error" => of_suite.errors += 1,
                "skipped" => of_suite.skipped += 1,
                _ => {}
            }
        }
        match &event {
            Event::Start(_) => depth += 1,
            Event::End(element) => {
                depth = depth.checked_sub(1).ok_or("an end without a start")?;
                if element.name().0 == "testsuite" {
                    stated(&suite, &of_suite, &["tests", "failures", "errors"], "a suite")?;
                    all.add(&of_suite);
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    if depth != 0 {
        return Err("the file ends inside of an element".into());
    }
    let must: &[&str] = if rich { &["tests", "failures", "errors"] } else { &[] };
    stated(&root, &all, must, "the root")?;
    Ok(all)
}

#[test]
fn every_junit_file_is_well_formed_and_adds_up() {
    let mut wrong = Vec::new();
    for fixture in runs() {
        let (Some(files), Some(report)) = (&fixture.files, &fixture.run.report) else { continue };
        let both = (count(&files.junit, true), count(&files.junit_strict, false));
        match both {
            (Ok(rich), Ok(strict)) => {
                if rich != strict {
                    wrong.push(format!("{}: {rich:?} and strict {strict:?}", fixture.name));
                }
                let green = rich.failures + rich.errors == 0;
                // With the default threshold an error is a failure; `incomplete` is an error.
                let incomplete = report["verdict"] == "incomplete";
                if (report["verdict"] != "pass" && green)
                    || (report["verdict"] == "fail") && rich.failures == 0
                    || incomplete && rich.errors == 0
                    || (report["verdict"] == "pass" && rich.failures > 0)
                {
                    wrong.push(format!("{}: {} and {rich:?}", fixture.name, report["verdict"]));
                }
            }
            (rich, strict) => wrong.push(format!("{}: {rich:?} {strict:?}", fixture.name)),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_count_sees_what_does_not_add_up() {
    let xml = |tests: u32, body: &str| {
        format!(
            r#"<testsuites><testsuite tests="{tests}" failures="1" errors="0">{body}</testsuite></testsuites>"#
        )
    };
    let one = r#"<testcase classname="a" name="b"><failure/></testcase>"#;
    assert!(count(&xml(1, one), false).is_ok());
    assert!(count(&xml(1, one), true).is_err(), "the root says nothing");
    assert!(count(&xml(2, one), false).is_err(), "one case too few");
    assert!(count(&xml(2, &one.repeat(2)), false).is_err(), "two cases of one name");
    assert!(count(&xml(1, one)[..90], false).is_err(), "cut short");
}
