//! The matcher, gowoa's own rules, and files with errors.

use std::collections::BTreeSet;

use super::file::{End, Expect};
use super::matcher::{Build, Selected, hits};
use super::version::{GoVersion, Version};
use super::*;
use crate::facts::{ModuleFacts, RuleHit, Target};
use crate::model::ModuleRef;

fn build() -> Build {
    Build {
        target: Target::windows_arm64(),
        go: GoVersion::parse("go1.26.8"),
        tags: Vec::new(),
        cgo: false,
    }
}

fn own() -> Database {
    Database::embedded().unwrap_or_else(|error| panic!("{error}"))
}

fn selected(module: &str, version: &str, package: &str) -> Selected {
    Selected { module: module.into(), version: version.into(), package: package.into() }
}

/// The ids of the hits in gowoa's own rules.
fn ids(module: &str, version: &str, package: &str) -> Vec<String> {
    let hits = hits(&own(), &selected(module, version, package), &build());
    hits.into_iter().map(|hit| hit.id).collect()
}

const SYS: &str = "golang.org/x/sys";

#[test]
fn pseudo_versions_are_held_against_the_range() {
    let windows = "golang.org/x/sys/windows";
    let first = ["GOWOA-2021-0001"];
    assert_eq!(ids(SYS, "v0.0.0-20190916202348-b4ddaad3f8a3", windows), first);
    assert_eq!(ids(SYS, "v0.0.0-20210218085108-9555bcde0c6a", windows), first);
    for good in [
        "v0.0.0-20210218145245-beda7e5e158e",
        "v0.0.0-20211013075003-97ac67df715c",
        "v0.1.0",
        "v0.30.0",
    ] {
        assert!(ids(SYS, good, windows).is_empty(), "{good}");
    }
    // Another package of the same module and version.
    let cpu = "golang.org/x/sys/cpu";
    assert_eq!(ids(SYS, "v0.0.0-20190916202348-b4ddaad3f8a3", cpu), ["GOWOA-2026-0001"]);
    assert!(
        ids(SYS, "v0.0.0-20190916202348-b4ddaad3f8a3", "golang.org/x/sys/windows/registry")
            .is_empty()
    );
}

#[test]
fn goodness_is_not_monotone() {
    let (module, package) =
        ("github.com/shirou/gopsutil/v3", "github.com/shirou/gopsutil/v3/process");
    let process = "GOWOA-2021-0004";
    let hit = |version: &str| ids(module, version, package).contains(&process.to_owned());
    let cases = [
        ("v3.20.10", true),
        ("v3.21.8", true),
        ("v3.21.9", false),
        ("v3.21.10", false),
        ("v3.21.11", false),
        ("v3.21.12", true),
        ("v3.22.1", false),
        ("v3.24.5", false),
    ];
    for (version, expected) in cases {
        assert_eq!(hit(version), expected, "{version}");
    }
    let cpu = |version: &str| ids(SYS, version, "golang.org/x/sys/cpu").len();
    assert_eq!(["v0.40.0", "v0.41.0", "v0.42.0", "v0.43.0", "v0.44.0"].map(cpu), [1, 0, 0, 1, 0]);
}

#[test]
fn the_advised_version_is_past_every_bad_range() {
    let upgrade = |module: &str, version: &str, package: &str| -> Vec<Option<String>> {
        let hits = hits(&own(), &selected(module, version, package), &build());
        hits.into_iter().map(|hit: RuleHit| hit.upgrade).collect()
    };
    let module = "github.com/go-ole/go-ole";
    // v1.2.6 ends the range, and requires an x/sys that is bad: the rule names v1.3.0, and that has the fault of
    // GetVariantDate, which is mended later.
    let known = upgrade(module, "v1.2.4", module);
    assert_eq!(known, [Some("v1.3.1-0.20250305162226-6867ec158e36".into())]);
    // The package beside it has no such fault.
    let known = upgrade(module, "v1.2.4", "github.com/go-ole/go-ole/oleutil");
    assert!(known.iter().all(|version| *version == Some("v1.3.0".into())), "{known:?}");
    let cpu = upgrade(SYS, "v0.40.0", "golang.org/x/sys/cpu");
    assert_eq!(cpu, [Some("v0.41.0".into())]);
    // A range without an end has no good version.
    let odbc = "github.com/alexbrainman/odbc";
    let known =
        upgrade(odbc, "v0.0.0-20250601004241-49e6b2bc0cf0", "github.com/alexbrainman/odbc/api");
    assert_eq!(known, [None]);
    // The end of the one range lies in the other.
    let mut database = Database::default();
    let text = rule("A-1").replace(
        RANGE,
        r#"[{"type":"SEMVER","events":[{"introduced":"1.0.0"},{"fixed":"1.2.0"}]},
            {"type":"SEMVER","events":[{"introduced":"1.1.0"},{"fixed":"1.4.0"}]}]"#,
    );
    database.add(text.as_bytes(), "x.json").unwrap();
    let hits = hits(&database, &selected("example.com/dep", "v1.0.1", "example.com/dep"), &build());
    assert_eq!(hits[0].upgrade.as_deref(), Some("v1.4.0"));
}

fn module(version: Option<&str>, replaced: Option<(&str, Option<&str>)>) -> ModuleFacts {
    ModuleFacts {
        reference: ModuleRef {
            path: "example.com/old".into(),
            version: version.map(str::to_owned),
            replaced_by: replaced.map(|(by, version)| match version {
                Some(version) => format!("{by}@{version}"),
                None => by.to_owned(),
            }),
            ..ModuleRef::default()
        },
        replacement_version: replaced.and_then(|(_, version)| version).map(str::to_owned),
        main: version.is_none(),
        dir: None,
        below: String::new(),
    }
}

#[test]
fn what_replaces_a_module_is_judged_in_its_place() {
    let of = |module: &ModuleFacts| Selected::of(module, "example.com/old/sub");
    let plain = of(&module(Some("v1.0.0"), None));
    assert_eq!(plain, Some(selected("example.com/old", "v1.0.0", "example.com/old/sub")));
    let fork = of(&module(Some("v1.0.0"), Some(("example.com/fork", Some("v2.0.0")))));
    assert_eq!(fork, Some(selected("example.com/fork", "v2.0.0", "example.com/fork/sub")));
    assert_eq!(of(&module(Some("v1.0.0"), Some(("../old", None)))), None);
    assert_eq!(of(&module(None, None)), None);
}

#[test]
fn targets_go_versions_tags_and_cgo_decide() {
    let mut database = Database::default();
    let text = rule("A-1").replace(
        IMPORTS,
        r#""imports":[{"path":"example.com/dep","goos":["windows"],"goarch":["arm64","arm"]}],
           "go":{"introduced":"1.21","fixed":"1.27"},"unless_tags":["noasm"]"#,
    );
    database.add(text.as_bytes(), "x.json").unwrap();
    let cgo = rule("A-2").replace("undefined-symbol", "cgo-excluded");
    database.add(cgo.as_bytes(), "y.json").unwrap();
    let ids = |build: &Build| -> Vec<String> {
        let hits =
            hits(&database, &selected("example.com/dep", "v1.0.0", "example.com/dep"), build);
        hits.into_iter().map(|hit| hit.id).collect()
    };
    assert_eq!(ids(&build()), ["A-1", "A-2"]);
    let target = |goos, goarch| Build { target: Target::new(goos, goarch), ..build() };
    assert_eq!(ids(&target("windows", "arm")), ["A-1"]);
    assert!(ids(&target("windows", "amd64")).is_empty());
    assert!(ids(&target("linux", "arm64")).is_empty());
    let go =
        |text| ids(&Build { go: GoVersion::parse(text), ..build() }).contains(&"A-1".to_owned());
    assert!(
        !go("go1.20.14") && go("go1.21.0") && go("go1.26.8") && !go("go1.27rc1") && !go("go1.27.3")
    );
    assert_eq!(ids(&Build { tags: vec!["noasm".into()], ..build() }), ["A-2"]);
    assert_eq!(ids(&Build { cgo: true, ..build() }), ["A-1"]);
}

const RANGE: &str = r#"[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.2.0"}]}]"#;
const IMPORTS: &str = r#""imports":[{"path":"example.com/dep"}]"#;

/// A rule without faults; each test spoils one thing. `class` stands in line 9.
fn rule(id: &str) -> String {
    format!(
        r#"{{
  "id": "{id}",
  "summary": "it does not build",
  "affected": [{{
    "package": {{ "ecosystem": "Go", "name": "example.com/dep" }},
    "ranges": {RANGE},
    "ecosystem_specific": {{{IMPORTS}}}
  }}],
  "database_specific": {{ "class": "undefined-symbol", "severity": "error" }},
  "references": [{{ "type": "WEB", "url": "https://example.com/1" }}]
}}
"#
    )
}

fn error(text: &str) -> String {
    let mut database = Database::default();
    let error = database.add(text.as_bytes(), "own.json").expect_err(text);
    assert!(!error.next_step().is_empty());
    error.to_string()
}

#[test]
fn a_file_with_an_error_is_named_by_line() {
    let good = rule("A-1");
    assert!(Database::default().add(good.as_bytes(), "own.json").is_ok());
    // What is spoilt, where it is named, and words that say what is wrong.
    let cases = [
        ("\"summary\"", "\"sumary\"", "own.json:3:", "unknown field `sumary`"),
        (
            "undefined-symbol",
            "undefined",
            "own.json:9:",
            "is no class; the classes are excluded, sentinel",
        ),
        ("\"error\"", "\"fatal\"", "own.json:9:", "unknown variant `fatal`"),
        ("\"fixed\":\"1.2.0\"", "\"fixed\":\"1.2.x\"", "own.json:6:", "a version of a module"),
        ("\"fixed\":\"1.2.0\"", "\"fxed\":\"1.2.0\"", "own.json:6:", "unknown variant `fxed`"),
        (
            "\"introduced\":\"0\"",
            "\"introduced\":\"2.0.0\"",
            "own.json:6:",
            "from v2.0.0 to v1.2.0 is empty",
        ),
        ("{\"introduced\":\"0\"},", "", "own.json:6:", "nothing was introduced before v1.2.0"),
        ("\"SEMVER\"", "\"GIT\"", "own.json:6:", "SEMVER"),
        ("\"Go\"", "\"npm\"", "own.json:5:", "Go: gowoa knows no other ecosystem"),
        ("example.com/dep\" },", "example.com/dep@v1.0.0\" },", "own.json:5:", "without a version"),
        ("\"imports\"", "\"goo\":1,\"imports\"", "own.json:7:", "unknown field `goo`"),
        ("https://example.com/1", "example.com/1", "own.json:10:", "an https URL"),
        ("\"type\": \"WEB\"", "\"type\": \"LINK\"", "own.json:10:", "a type of OSV"),
        ("\"A-1\"", "\"A 1\"", "own.json:2:", "an id of letters"),
        ("\"A-1\",", "\"A-1\"", "own.json:3:", "expected `,`"),
        (
            "\"severity\": \"error\"",
            "\"severity\": \"error\", \"verify\": [{\"version\":\"1\"}]",
            "own.json:9:",
            "missing field `expect`",
        ),
    ];
    for (from, to, place, words) in cases {
        assert!(good.contains(from), "{from}");
        let text = error(&good.replacen(from, to, 1));
        assert!(text.starts_with(place) && text.contains(words), "{from} -> {to}: {text}");
        assert!(!text.contains(" at line "), "{text}");
    }
    let missing = error(&good.replace(
        "  \"references\": [{ \"type\": \"WEB\", \"url\": \"https://example.com/1\" }]\n",
        "  \"details\": \"\"\n",
    ));
    assert!(missing.starts_with("own.json:11:") && missing.contains("references"), "{missing}");
    assert!(error("").starts_with("own.json:1:"));
    assert!(error("[1]").starts_with("own.json:1:"));
    assert!(error(&format!("{good}{good}")).contains("trailing characters"));
}

#[test]
fn ids_are_taken_once() {
    let text = format!("[{},\n{}]", rule("A-1"), rule("A-1"));
    assert_eq!(error(&text), "own.json:14: the id A-1 is taken by own.json");
    let mut database = own();
    let text = rule("GOWOA-2021-0001");
    let error = database.add(text.as_bytes(), "own.json").unwrap_err().to_string();
    assert_eq!(error, "own.json:2: the id GOWOA-2021-0001 is taken by gowoa itself");
}

#[test]
fn a_withdrawn_rule_holds_no_more_and_a_mark_of_the_byte_order_is_skipped() {
    let mut database = Database::default();
    let text = rule("A-1").replacen(
        "\"summary\"",
        "\"withdrawn\": \"2026-11-27T00:00:00Z\", \"summary\"",
        1,
    );
    database.add(text.as_bytes(), "a.json").unwrap();
    assert!(database.rules().is_empty());
    database.add(format!("\u{feff}{}", rule("A-2")).as_bytes(), "b.json").unwrap();
    assert_eq!(database.rules()[0].file.as_deref(), Some("b.json"));
}

#[test]
fn single_versions_and_last_affected_are_understood() {
    let mut database = Database::default();
    let text = rule("A-1").replace(
        &format!("\"ranges\": {RANGE}"),
        r#""versions": ["v2.0.0"], "ranges": [{"type":"SEMVER","events":[{"introduced":"1.0.0"},{"last_affected":"1.2.0"}]}]"#,
    );
    database.add(text.as_bytes(), "x.json").unwrap();
    let hit = |version: &str| {
        !hits(&database, &selected("example.com/dep", version, "example.com/dep"), &build())
            .is_empty()
    };
    assert!(!hit("v0.9.0") && hit("v1.0.0") && hit("v1.2.0") && !hit("v1.2.1") && hit("v2.0.0"));
    assert!(!hit("no version"));
}

#[test]
fn the_list_of_own_files_is_the_directory() {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/rules");
    let mut found: Vec<String> = fs_err::read_dir(dir)
        .unwrap()
        .map(|entry| format!("rules/{}", entry.unwrap().file_name().to_str().unwrap()))
        .collect();
    found.sort();
    let listed: Vec<&str> = EMBEDDED.iter().map(|(name, _)| *name).collect();
    assert_eq!(listed, found, "EMBEDDED in src/rules/mod.rs is not what lies in rules/");
}

#[test]
fn own_rules_are_whole() {
    for (name, text) in EMBEDDED {
        let entries = file::read(text.as_bytes()).unwrap_or_else(|error| panic!("{name}: {error}"));
        let ids: Vec<&str> = entries.iter().map(|entry| entry.id.as_str()).collect();
        assert!(text.ends_with("]\n"), "{name}: a list of entries that ends its last line");
        for id in &ids {
            let parts: Vec<&str> = id.split('-').collect();
            let digits =
                |text: &str| text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
            assert!(
                parts.len() == 3 && parts[0] == "GOWOA" && digits(parts[1]) && digits(parts[2]),
                "{name}: {id} is not GOWOA-YEAR-NUMBER"
            );
        }
    }
    let database = own();
    let ids: BTreeSet<&str> = database.rules().iter().map(|rule| rule.id.as_str()).collect();
    assert_eq!(ids.len(), database.rules().len());
    for rule in database.rules() {
        assert!(!rule.details.is_empty(), "{} says no more than its summary", rule.id);
        assert!(!rule.summary.ends_with('.'), "{}: a summary has no full stop", rule.id);
        assert!(!rule.tries.is_empty(), "{} names no version to try", rule.id);
        let known = rule.affected.iter().any(|a| !a.ranges.is_empty() || !a.versions.is_empty());
        assert!(known, "{} has no versions", rule.id);
    }
}

/// What `gowoa rules verify` expects of a version is what the ranges say of it.
#[test]
fn tries_and_ranges_say_the_same() {
    for rule in own().rules() {
        let fixed = rule.affected.iter().flat_map(|a| &a.ranges).flat_map(|range| &range.spans);
        let ends = fixed.filter(|(_, end)| matches!(end, End::Fixed(_))).count();
        let good = rule.tries.iter().filter(|item| item.expect == Expect::Fine).count();
        let bad = rule.tries.len() - good;
        assert!(bad > 0, "{}: no bad version is tried", rule.id);
        assert!(
            good > 0 || ends == 0 || rule.advice.upgrade.is_some(),
            "{}: no good version is tried",
            rule.id
        );
        for item in &rule.tries {
            let module = item.module.as_ref().unwrap_or(&rule.affected[0].package.name);
            let of = |a: &&Affected| a.package.name == *module;
            let affected = rule.affected.iter().filter(of).any(|a| matcher::has(a, &item.version));
            // Another version of a module beside it, or a tag, may make an affected one good.
            let excused = !item.with.is_empty() || !item.tags.is_empty();
            match item.expect {
                Expect::Affected => {
                    assert!(affected, "{} {} is in no range", rule.id, item.version)
                }
                Expect::Fine => {
                    assert!(!affected || excused, "{} {} is in a range", rule.id, item.version)
                }
            }
        }
        if let Some(advised) = &rule.advice.upgrade {
            let bad = rule.affected.iter().any(|affected| matcher::has(affected, advised));
            assert!(!bad, "{} advises {advised}, which it calls bad", rule.id);
            assert_eq!(Version::parse(&advised.to_string()).as_ref(), Some(advised));
        }
    }
}

#[test]
fn the_documentation_lists_every_class_and_shows_a_file_that_can_be_read() {
    let text =
        fs_err::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/rules.md")).unwrap();
    for (class, _, words) in class::CLASSES {
        assert!(text.contains(&format!("| `{class}` | {words} |")), "docs/rules.md lacks {class}");
    }
    let example = text.split("```json\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let mut database = Database::default();
    database.add(example.as_bytes(), "docs/rules.md").unwrap();
    let hits =
        hits(&database, &selected("example.com/dep", "v1.4.1", "example.com/dep/page"), &build());
    assert_eq!(hits[0].upgrade.as_deref(), Some("v1.4.2"));
}

#[test]
fn the_schema_takes_own_rules_and_refuses_what_is_refused() {
    let text =
        fs_err::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/rules.schema.json"))
            .unwrap();
    let schema: serde_json::Value = serde_json::from_str(&text).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for (name, text) in EMBEDDED {
        let file: serde_json::Value = serde_json::from_str(text).unwrap();
        let errors: Vec<String> =
            validator.iter_errors(&file).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{name}: {errors:?}");
    }
    let classes: Vec<&str> = class::CLASSES.iter().map(|(word, ..)| *word).collect();
    assert_eq!(
        schema["$defs"]["specific"]["properties"]["class"]["enum"],
        serde_json::json!(classes)
    );
    for (from, to) in
        [("\"summary\"", "\"sumary\""), ("undefined-symbol", "undefined"), ("\"Go\"", "\"npm\"")]
    {
        let spoilt: serde_json::Value =
            serde_json::from_str(&rule("A-1").replacen(from, to, 1)).unwrap();
        assert!(!validator.is_valid(&spoilt), "{from} -> {to}");
    }
}
