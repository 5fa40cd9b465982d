//! The log in the hands of other programs. `scripts/peers.sh` installs them; a test without its program says that
//! it looks at nothing.

use std::path::PathBuf;
use std::process::Output;

use super::*;

/// Complaints of the multitool that stand, and why.
const ACCEPTED: [(&str, &str); 10] = [
    ("SARIF2002", "GitHub shows message.text; a template with arguments it would not fill in"),
    ("SARIF2003", "the Report does not know the repository's address and commit"),
    ("SARIF2005", "gowoa has no home page yet"),
    ("SARIF2006", "the schema is not fetched from the network"),
    (
        "SARIF2009",
        "rules have the names of checks, which users know; CODE1001 would be a second name",
    ),
    ("SARIF2010", "no snippets: a renderer reads no file, and code scanning has the file"),
    ("SARIF2011", "the same of the lines around"),
    ("SARIF2012", "the pages of the checks stand in help.markdown; there is no address yet"),
    ("SARIF2013", "the same of whole files"),
    ("SARIF2004", "places are written with their file beside the index: GitHub reads no index"),
];

fn peer(path: &str) -> Option<PathBuf> {
    let root = std::env::var_os("GOWOA_PEERS").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/peers"),
        PathBuf::from,
    );
    let path = root.join(path);
    let there = path.exists();
    if !there {
        skip(&format!("{} is not there (scripts/peers.sh)", path.display()));
    }
    there.then_some(path)
}

#[expect(clippy::print_stderr, reason = "a test that looks at nothing says why")]
fn skip(why: &str) {
    eprintln!("skipped: {why}");
}

#[expect(clippy::disallowed_methods, reason = "a test asks another program")]
fn ask(program: &PathBuf, arguments: &[&str]) -> Output {
    std::process::Command::new(program).args(arguments).output().unwrap()
}

/// Every sample with a name.
fn samples() -> Vec<(&'static str, String)> {
    let many = |count: usize| {
        let one = sample_report();
        let findings = one.findings.iter().cycle().take(count).cloned().collect();
        Report { findings, ..one }
    };
    let anchored = Report {
        findings: vec![anchored(Severity::Error, "m", "cmd/a b.go", 7)],
        ..sample_report()
    };
    let reports = [
        ("sample", sample_report()),
        ("hostile", hostile_report()),
        ("empty", empty_report()),
        ("minimal", minimal_report()),
        ("anchored", anchored),
        ("clean", Report { verdict: ReportVerdict::Pass, ..empty_report() }),
        ("ten-thousand", many(10_000)),
    ];
    reports.map(|(name, report)| (name, render(&report, &checks::catalogue()))).into()
}

#[test]
fn the_multitool_finds_nothing_wrong() {
    let Some(program) = peer("node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool")
    else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let mut wrong = Vec::new();
    for (name, text) in samples() {
        let complaints = multitool(&program, dir.path(), name, &text);
        wrong.extend(complaints.into_iter().map(|complaint| format!("{name}: {complaint}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // It would see what is wrong.
    let (_, text) = samples().swap_remove(0);
    let broken = text.replace("\"ruleIndex\": 0", "\"ruleIndex\": 4711");
    assert!(!multitool(&program, dir.path(), "broken", &broken).is_empty());
}

/// What `Sarif.Multitool validate` says, accepted complaints left out. Its exit code is 0 in any case.
fn multitool(program: &PathBuf, dir: &std::path::Path, name: &str, text: &str) -> Vec<String> {
    let file = dir.join(format!("{name}.sarif"));
    let out = dir.join(format!("{name}.out.sarif"));
    fs_err::write(&file, text).unwrap();
    let said = ask(
        program,
        &[
            "validate",
            file.to_str().unwrap(),
            "--rule-kind",
            "Sarif;Ghas",
            "--level",
            // Ten thousand notes say nothing new, and the multitool takes minutes over them.
            if name == "ten-thousand" { "Error;Warning" } else { "Error;Warning;Note" },
            "--max-file-size-in-kb",
            "100000",
            "--log",
            "ForceOverwrite",
            "--output",
            out.to_str().unwrap(),
        ],
    );
    let words = String::from_utf8_lossy(&said.stdout).into_owned();
    let answer = fs_err::read_to_string(&out).unwrap_or_else(|e| panic!("{e}: {words}"));
    let answer: Value = serde_json::from_str(answer.trim_start_matches('\u{feff}')).unwrap();
    let run = &answer["runs"][0];
    let mut complaints: Vec<String> = Vec::new();
    for result in run["results"].as_array().into_iter().flatten() {
        let id = result["ruleId"].as_str().unwrap_or_default();
        if !ACCEPTED.iter().any(|(accepted, _)| id.starts_with(accepted)) {
            complaints.push(format!("{id}: {} {}", result["level"], result["message"]));
        }
    }
    for kind in ["toolExecutionNotifications", "toolConfigurationNotifications"] {
        let all = run["invocations"][0][kind].as_array().into_iter().flatten();
        complaints.extend(all.map(|one| format!("{kind}: {}", one["message"])));
    }
    complaints.truncate(20);
    complaints
}

#[test]
fn it_is_valid_under_the_schema() {
    let (Some(program), Some(schema)) = (
        peer("bin/check-jsonschema"),
        peer("node_modules/node-sarif-builder/dist/sarif-schema-2.1.0.json"),
    ) else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    // Ten thousand findings of the same say nothing more here, and take minutes.
    for (name, text) in samples().into_iter().filter(|(name, _)| *name != "ten-thousand") {
        let file = dir.path().join(format!("{name}.sarif"));
        fs_err::write(&file, text).unwrap();
        let schema = schema.to_str().unwrap();
        let valid = |file: &std::path::Path| {
            ask(
                &program,
                &["--regex-variant", "nonunicode", "--schemafile", schema, file.to_str().unwrap()],
            )
        };
        let said = valid(&file);
        assert!(said.status.success(), "{name}: {}", String::from_utf8_lossy(&said.stdout));
        let text = fs_err::read_to_string(&file)
            .unwrap()
            .replace("\"version\": \"2.1.0\"", "\"version\": 2");
        fs_err::write(&file, text).unwrap();
        assert!(!valid(&file).status.success(), "the schema is not looked at");
    }
}

#[test]
fn sarif_tools_counts_what_we_wrote() {
    let Some(program) = peer("bin/sarif") else { return };
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in samples() {
        let file = dir.path().join(format!("{name}.sarif"));
        fs_err::write(&file, &text).unwrap();
        let log: Value = serde_json::from_str(&text).unwrap();
        let results = results(&log["runs"][0]);
        let said = ask(&program, &["summary", file.to_str().unwrap()]);
        let words = String::from_utf8_lossy(&said.stdout).into_owned();
        assert!(said.status.success(), "{name}: {words}{}", String::from_utf8_lossy(&said.stderr));
        for level in ["error", "warning", "note"] {
            let count = results.iter().filter(|result| result["level"] == level).count();
            assert!(
                words.contains(&format!("{level}: {count}")),
                "{name}, {level} {count}: {words}"
            );
        }
    }
}
