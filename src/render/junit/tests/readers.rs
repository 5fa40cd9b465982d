//! The file in the hands of other programs, and its size.

use std::path::PathBuf;

use super::*;
use crate::model::{BuildState, Evidence, FileSetClass};
use crate::render::sample::package;

/// Every sample in every dialect, with a name.
fn samples() -> Vec<(String, Dialect, String)> {
    let reports = [
        ("sample", sample_report()),
        ("hostile", hostile_report()),
        ("empty", empty_report()),
        ("minimal", minimal_report()),
    ];
    let mut all = Vec::new();
    for (name, report) in &reports {
        for dialect in BOTH {
            all.push((format!("{name}-{dialect:?}.xml"), dialect, xml(report, dialect)));
        }
    }
    all
}

/// Runs xmllint over a file; its words where it is not content.
#[expect(clippy::disallowed_methods, reason = "a test asks another parser")]
fn xmllint(program: &PathBuf, arguments: &[&str], xml: &str) -> Result<(), String> {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("junit.xml");
    fs_err::write(&file, xml).unwrap();
    let output = std::process::Command::new(program).args(arguments).arg(&file).output().unwrap();
    if output.status.success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&output.stderr).into_owned())
}

#[expect(clippy::print_stderr, reason = "a test that looks at nothing says why")]
fn skip(why: &str) {
    eprintln!("skipped: {why}");
}

#[test]
fn case_17_xmllint_finds_every_file_well_formed() {
    let Ok(program) = which::which("xmllint") else {
        return skip("xmllint is not on PATH (Debian: libxml2-utils)");
    };
    for (name, _, xml) in samples() {
        xmllint(&program, &["--noout", "--huge"], &xml).unwrap_or_else(|e| panic!("{name}: {e}"));
    }
}

/// Holds the strict dialect against a schema file named by a variable.
fn valid_under(variable: &str, origin: &str) {
    let Some(schema) = std::env::var_os(variable) else {
        return skip(&format!("{variable} does not name the schema ({origin})"));
    };
    let Ok(program) = which::which("xmllint") else {
        return skip("xmllint is not on PATH (Debian: libxml2-utils)");
    };
    let schema = schema.to_str().unwrap();
    for (name, dialect, xml) in samples() {
        let valid = xmllint(&program, &["--noout", "--huge", "--schema", schema], &xml);
        match dialect {
            Dialect::Strict => valid.unwrap_or_else(|e| panic!("{name}: {e:.2000}")),
            // The test would see it if xmllint looked at nothing.
            Dialect::Rich => assert!(valid.is_err(), "{name} is valid and should not be"),
        }
    }
}

#[test]
fn case_17_strict_is_valid_for_jenkins() {
    valid_under("GOWOA_XSD_JENKINS", "junit-10.xsd of jenkinsci/xunit-plugin");
}

#[test]
fn case_17_strict_is_valid_for_windyroad() {
    valid_under("GOWOA_XSD_WINDYROAD", "JUnit.xsd of windyroad/JUnit-Schema");
}

/// Ten thousand failing packages, each with 20 KB of compiler output.
fn large_report() -> Report {
    let mut report = Report { verdict: ReportVerdict::Fail, ..empty_report() };
    let output = "main.go:1:2: undefined: x && y <z>\n".repeat(600);
    for i in 0..10_000 {
        let name = format!("example.com/a/rather/long/module/path/pkg{i:05}");
        let subject = package(&name, FileSetClass::Portable, BuildState::Failed);
        report.results.push(result("cross-compile", &subject.id, ResultVerdict::Fail, ""));
        let mut finding = finding("cross-compile", Severity::Error, &subject.id, "undefined: x");
        finding.evidence = vec![
            Evidence::Output {
                command: "go build".to_owned(),
                status: Some(1),
                text: output.clone(),
            },
            Evidence::Reproduce { command: format!("go build {name}") },
        ];
        report.findings.push(finding);
        report.subjects.push(subject);
    }
    report
}

#[test]
fn case_16_ten_thousand_cases_stay_below_thirty_megabytes() {
    let report = large_report();
    for dialect in BOTH {
        let started = std::time::Instant::now();
        let xml = xml(&report, dialect);
        let took = started.elapsed();
        assert!(xml.len() < 30_000_000, "{} bytes", xml.len());
        assert_eq!(xml.matches("<testcase ").count(), 10_000);
        assert_eq!(xml.matches("see it").count(), 10_000, "what follows the output is not cut");
        // A debug build on a busy machine; a release build takes under half a second.
        assert!(took.as_secs() < 60, "{took:?}");
    }
}

/// Writes the samples for a look with other parsers: `GOWOA_JUNIT_OUT=DIR cargo test`.
#[test]
fn case_18_samples_for_other_parsers() {
    let Some(dir) = std::env::var_os("GOWOA_JUNIT_OUT").map(PathBuf::from) else {
        return skip("GOWOA_JUNIT_OUT names no directory to write the samples to");
    };
    for (name, _, xml) in samples() {
        fs_err::write(dir.join(name), xml).unwrap();
    }
    for dialect in BOTH {
        let name = format!("large-{dialect:?}.xml");
        fs_err::write(dir.join(name), xml(&large_report(), dialect)).unwrap();
    }
}
