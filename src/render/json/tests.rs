//! The form is what `docs/report.schema.json` says, word for word.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::*;
use crate::model::{
    AnchorKind, BuildState, Confidence, ControlOutcome, FileSetClass, Reachability, ReportVerdict,
    ResultVerdict, Severity, SpanKind, Subcommand, SubjectKind,
};
use crate::render::sample::{
    complete_report, empty_report, hostile_report, merged_report, minimal_report, sample_report,
};

const SCHEMA: &str = include_str!("../../../docs/report.schema.json");

fn schema() -> Value {
    serde_json::from_str(SCHEMA).unwrap()
}

#[test]
fn the_same_report_gives_the_same_bytes_and_comes_back() {
    for report in [sample_report(), empty_report(), minimal_report(), hostile_report()] {
        let text = render(&report);
        assert_eq!(text, render(&report.clone()));
        assert!(text.ends_with("\n}\n"));
        assert_eq!(parse(&text).unwrap(), report);
    }
}

#[test]
fn nothing_unknown_is_written_as_null() {
    fn no_null(value: &Value) -> bool {
        match value {
            Value::Null => false,
            Value::Array(items) => items.iter().all(no_null),
            Value::Object(map) => map.values().all(no_null),
            _ => true,
        }
    }
    for report in [sample_report(), empty_report(), minimal_report()] {
        assert!(no_null(&serde_json::to_value(&report).unwrap()));
    }
}

#[test]
fn what_a_newer_minor_version_added_is_skipped() {
    let mut value = serde_json::to_value(sample_report()).unwrap();
    value["schema_version"] = json!("1.7");
    value["news"] = json!({"a": [1]});
    value["findings"][0]["news"] = json!(null);
    value["findings"][0]["evidence"][0]["news"] = json!(1);
    let report = parse(&value.to_string()).unwrap();
    assert_eq!(report.schema_version, "1.7");
    assert_eq!(report.findings, sample_report().findings);
}

#[test]
fn a_byte_order_mark_is_skipped() {
    let text = format!("\u{feff}{}", render(&sample_report()));
    assert_eq!(parse(&text).unwrap(), sample_report());
}

/// The error for the sample with another schema version.
fn error_for_version(version: Value) -> String {
    let mut value = serde_json::to_value(sample_report()).unwrap();
    value["schema_version"] = version;
    value["results"] = json!("another form");
    parse(&value.to_string()).unwrap_err().to_string()
}

#[test]
fn another_major_version_is_named_before_anything_else() {
    insta::assert_snapshot!(error_for_version(json!("2.0")), @"the report has schema version 2.0 and this gowoa reads 1.4; read it with the gowoa that made it, or a newer one");
    insta::assert_snapshot!(error_for_version(json!("0.9")), @"the report has schema version 0.9 and this gowoa reads 1.4; make the report again with this gowoa");
    // What no gowoa writes; a lenient reader of numbers would take them all.
    for odd in ["+1.3", " 1.3", "1.+3", "1.3 ", "01.3", "1.03", "1.", ".3", "1.3.0", "-1.3", "١.٣"]
    {
        let error = error_for_version(json!(odd));
        assert!(error.starts_with("not a gowoa report: `schema_version` is "), "{odd}: {error}");
    }
    insta::assert_snapshot!(error_for_version(json!("one")), @r#"not a gowoa report: `schema_version` is "one", and should be text such as "1.4""#);
    insta::assert_snapshot!(error_for_version(json!(1.0)), @r#"not a gowoa report: `schema_version` is 1.0, and should be text such as "1.4""#);
}

#[test]
fn what_is_no_report_is_said_so() {
    insta::assert_snapshot!(parse("").unwrap_err(), @"not a JSON report: EOF while parsing a value at line 1 column 0");
    insta::assert_snapshot!(parse("<testsuites/>").unwrap_err(), @"not a JSON report: expected value at line 1 column 1");
    insta::assert_snapshot!(parse("{\"schema_version\": \"1.0\",").unwrap_err(), @"not a JSON report: EOF while parsing a value at line 1 column 25");
    insta::assert_snapshot!(parse("{}").unwrap_err(), @r#"not a gowoa report: `schema_version` is missing, and should be text such as "1.4""#);
    insta::assert_snapshot!(parse("[1]").unwrap_err(), @r#"not a gowoa report: `schema_version` is missing, and should be text such as "1.4""#);
    insta::assert_snapshot!(parse("{\"schema_version\": \"1.5\"}").unwrap_err(), @"the report (schema version 1.5) is damaged or newer than this gowoa (1.4): missing field `tool` at line 1 column 25");
}

#[test]
fn hostile_json_is_an_error_and_not_a_crash() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(matches!(parse(&deep), Err(ParseError::NotJson(_) | ParseError::NoVersion { .. })));
    let text = render(&sample_report());
    for cut in (0..text.len()).step_by(97) {
        assert!(text.get(..cut).is_none_or(|part| parse(part).is_err()));
    }
}

#[test]
fn the_schema_is_one() {
    jsonschema::meta::validate(&schema()).unwrap();
}

#[test]
fn the_samples_are_valid() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    let hostile = hostile_report();
    for report in
        [complete_report(), merged_report(), empty_report(), minimal_report(), hostile.clone()]
    {
        let mut value = serde_json::to_value(&report).unwrap();
        // The hostile report has other text where hexadecimal belongs, which the schema does not allow.
        let findings = value["findings"].as_array_mut().unwrap().iter_mut();
        let evidence = findings.filter_map(|finding| finding.get_mut("evidence")?.as_array_mut());
        let code = evidence.flatten().filter(|evidence| evidence["kind"] == "code");
        code.filter(|_| report == hostile).for_each(|code| code["bytes"] = json!("e5894855"));
        let errors: Vec<String> = validator
            .iter_errors(&value)
            .map(|error| format!("{}: {error:.200}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{}", errors.join("\n"));
    }
}

#[test]
fn what_is_wrong_is_not_valid() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    let wrong = |pointer: &str, value: Value| {
        let mut report = serde_json::to_value(sample_report()).unwrap();
        *report.pointer_mut(pointer).unwrap() = value;
        assert!(!validator.is_valid(&report), "{pointer}");
    };
    wrong("/schema_version", json!("2.0"));
    wrong("/verdict", json!("ok"));
    wrong("/findings/0/severity", json!("fatal"));
    wrong("/findings/0/location/line", json!(0));
    wrong("/findings/0/evidence/0", json!({"kind": "hearsay"}));
    wrong("/findings/0/evidence/0", json!({"kind": "output"}));
    wrong("/subjects/0/kind", json!(null));
    wrong("/duration_ms", json!(1.5));
}

/// What the reports say of one definition of the schema.
#[derive(Default)]
struct Seen {
    always: Option<BTreeSet<String>>,
    ever: BTreeSet<String>,
}

/// Holds every object of a report against its definition.
struct Walk<'a> {
    schema: &'a Value,
    seen: BTreeMap<String, Seen>,
}

impl<'a> Walk<'a> {
    /// The definition behind `$ref` or, for evidence, behind `kind`; with its name.
    fn definition(
        &self,
        mut node: &'a Value,
        mut name: String,
        value: &Value,
    ) -> (&'a Value, String) {
        while let Some(reference) = node["$ref"].as_str() {
            name = reference.to_owned();
            node = self.schema.pointer(&reference[1..]).expect("$ref leads somewhere");
            if node.get("oneOf").is_some() {
                name = format!("#/$defs/evidence_{}", value["kind"].as_str().unwrap());
                node =
                    self.schema.pointer(&name[1..]).expect("every kind of evidence is described");
            }
        }
        (node, name)
    }

    fn walk(&mut self, node: &'a Value, name: &str, value: &Value) {
        let (node, name) = self.definition(node, name.to_owned(), value);
        match value {
            Value::Array(items) => {
                for item in items {
                    self.walk(&node["items"], &format!("{name}[]"), item);
                }
            }
            Value::Object(map) if node["additionalProperties"].is_object() => {
                for item in map.values() {
                    self.walk(&node["additionalProperties"], &format!("{name}{{}}"), item);
                }
            }
            Value::Object(map) => self.object(node, &name, map),
            _ => assert!(
                node.get("type").or(node.get("enum")).or(node.get("const")).is_some(),
                "{name} is not described"
            ),
        }
    }

    fn object(&mut self, node: &'a Value, name: &str, map: &Map<String, Value>) {
        let keys: BTreeSet<String> = map.keys().cloned().collect();
        let seen = self.seen.entry(name.to_owned()).or_default();
        seen.always = Some(match seen.always.take() {
            Some(always) => always.intersection(&keys).cloned().collect(),
            None => keys.clone(),
        });
        seen.ever.extend(keys);
        for (key, value) in map {
            let property = node["properties"].get(key);
            let property = property.unwrap_or_else(|| panic!("{name}.{key} is not in the schema"));
            self.walk(property, &format!("{name}.{key}"), value);
        }
    }
}

/// Both directions: the schema names everything that is written and nothing else, and `required` is
/// exactly what is always written.
#[test]
fn the_schema_names_every_property_and_requires_what_is_always_there() {
    let schema = schema();
    let mut walk = Walk { schema: &schema, seen: BTreeMap::new() };
    for report in
        [sample_report(), complete_report(), merged_report(), empty_report(), minimal_report()]
    {
        walk.walk(&schema, "#", &serde_json::to_value(&report).unwrap());
    }
    let mut definitions: BTreeSet<String> = BTreeSet::from(["#".to_owned()]);
    for (name, definition) in schema["$defs"].as_object().unwrap() {
        if definition["properties"].is_object() {
            definitions.insert(format!("#/$defs/{name}"));
        }
    }
    assert_eq!(
        walk.seen.keys().cloned().collect::<BTreeSet<_>>(),
        definitions,
        "unused definitions"
    );
    for (name, seen) in &walk.seen {
        let node = schema.pointer(&name[1..]).unwrap();
        let named: BTreeSet<String> =
            node["properties"].as_object().unwrap().keys().cloned().collect();
        assert_eq!(seen.ever, named, "{name}: written (left) and described (right)");
        let required: BTreeSet<String> = node["required"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|key| key.as_str().unwrap().to_owned())
            .collect();
        assert_eq!(
            seen.always.clone().unwrap(),
            required,
            "{name}: always there (left), required (right)"
        );
    }
}

#[test]
fn everything_in_the_schema_has_a_description() {
    fn check(path: &str, node: &Value) {
        let Some(map) = node.as_object() else { return };
        assert!(map.contains_key("description") || map.contains_key("$ref"), "{path}");
        for key in ["properties", "$defs"] {
            for (name, child) in node[key].as_object().into_iter().flatten() {
                assert!(child.get("description").is_some(), "{path}/{key}/{name}");
                check(&format!("{path}/{key}/{name}"), child);
            }
        }
        if let Some(items) = map.get("items") {
            check(&format!("{path}/items"), items);
        }
    }
    check("#", &schema());
}

/// The words of an enum of the model. `next` is an exhaustive match, so that a new variant does not
/// compile before it stands here.
fn words<T: serde::Serialize + Copy>(first: T, next: impl Fn(T) -> Option<T>) -> Vec<Value> {
    std::iter::successors(Some(first), |value| next(*value))
        .map(|value| serde_json::to_value(value).unwrap())
        .collect()
}

macro_rules! chain {
    ($type:ident: $first:ident $(-> $next:ident)*) => {
        chain!(@ $type, $first, [] $first $(-> $next)*)
    };
    (@ $type:ident, $first:ident, [$($arm:tt)*] $a:ident -> $b:ident $(-> $rest:ident)*) => {
        chain!(@ $type, $first, [$($arm)* $type::$a => Some($type::$b),] $b $(-> $rest)*)
    };
    (@ $type:ident, $first:ident, [$($arm:tt)*] $last:ident) => {
        words($type::$first, |value| match value { $($arm)* $type::$last => None })
    };
}

#[test]
fn the_enums_of_the_schema_are_those_of_the_model() {
    let schema = schema();
    let enums = [
        ("/properties/verdict", chain!(ReportVerdict: Pass -> Fail -> Incomplete)),
        ("/$defs/plan/properties/subcommand", chain!(Subcommand: Check -> Inspect -> Screen)),
        (
            "/$defs/map_span/properties/kind",
            chain!(SpanKind: Go -> Native -> Padding -> Pool -> X86 -> Opaque -> HybridX64 -> Code -> Pclntab
                -> ReadOnlyData -> Data -> Resources -> Embedded -> Debug -> Tables -> Signature -> Other),
        ),
        ("/$defs/severity", chain!(Severity: Note -> Warning -> Error)),
        ("/$defs/finding/properties/confidence", chain!(Confidence: Low -> Medium -> High)),
        (
            "/$defs/finding/properties/reachability",
            chain!(Reachability: MainModule -> StopsBuild -> LinkedFunction -> LinkedPackage -> GraphOnly),
        ),
        (
            "/$defs/subject/properties/kind",
            chain!(SubjectKind: Build -> Package -> Test -> Image -> Object -> Container -> File -> Inputs -> Config),
        ),
        (
            "/$defs/subject/properties/class",
            chain!(FileSetClass: Portable -> ArchVariant -> NativeAssembly -> GenericFallback
                -> AssemblyDropped -> FilesLost -> Excluded -> CgoOnly -> CgoPartial -> ResourcesLost),
        ),
        (
            "/$defs/subject/properties/build",
            chain!(BuildState: Linked -> Compiled -> Failed -> Stopped -> Excluded -> NotWindows -> NotBuilt),
        ),
        (
            "/$defs/result/properties/verdict",
            chain!(ResultVerdict: Pass -> Fail -> NotApplicable -> Inconclusive),
        ),
        (
            "/$defs/evidence_control/properties/outcome",
            chain!(ControlOutcome: Builds -> Fails -> Unknown),
        ),
        (
            "/$defs/evidence_tried/properties/outcome",
            chain!(ControlOutcome: Builds -> Fails -> Unknown),
        ),
        (
            "/$defs/anchor/properties/kind",
            chain!(AnchorKind: Location -> Requirement -> Package -> Module),
        ),
    ];
    for (pointer, words) in enums {
        assert_eq!(schema.pointer(pointer).unwrap()["enum"], Value::Array(words), "{pointer}");
    }
    assert_eq!(
        SCHEMA.matches("\"enum\"").count(),
        13,
        "every enum of the schema is held against the model"
    );
}
