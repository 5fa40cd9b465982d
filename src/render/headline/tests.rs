//! The sentences are English for every count.

use proptest::prelude::*;

use super::super::view::View;
use super::sentences;
use crate::model::{
    Counts, Evidence, Finding, Report, ReportVerdict, Severity, Subject, SubjectId, SubjectKind,
};
use crate::render::sample::{empty_report, finding, module, subject};

/// The checks that the headline has words for, and one for which it has none.
const CHECKS: [&str; 15] = [
    "cross-compile",
    "package-excluded",
    "needs-cgo",
    "known-module",
    "float-syscall",
    "asm-twin",
    "name-against-content",
    "machine-type",
    "stray-x86-code",
    "object-machine",
    "embedded-image",
    "resource-tree",
    "reserved-x18",
    "build-info",
    "stale-waiver",
];

/// Verbs with the number of their subject.
const VERBS: [(&str, &str); 7] = [
    ("does", "do"),
    ("refuses", "refuse"),
    ("has", "have"),
    ("needs", "need"),
    ("is", "are"),
    ("passes", "pass"),
    ("lacks", "lack"),
];

/// What stands behind a number: `1 package`, `2 packages`, `1 test binary`; never `1 packages`.
fn check_nouns(sentence: &str) {
    let words: Vec<&str> = sentence.split(' ').collect();
    for (at, word) in words.iter().enumerate() {
        let Ok(number) = word.parse::<u64>() else { continue };
        let mut rest = words[at + 1..].iter().skip_while(|w| matches!(**w, "test" | "other"));
        let noun = rest.next().unwrap().trim_end_matches([',', ';']);
        if !matches!(noun, "of" | "is" | "are") {
            assert_eq!(noun.ends_with('s'), number != 1, "{number} {noun}: {sentence}");
        }
    }
}

/// The verb goes with what does it, and so does the pronoun of the clause behind it.
fn check_verbs(sentence: &str) {
    let mut one = false;
    for clause in sentence.split("; ") {
        if clause.starts_with("it ") || clause.starts_with("they ") {
            assert_eq!(clause.starts_with("it stops "), one, "{sentence}");
            continue;
        }
        let (number, rest) = clause.split_once(' ').unwrap();
        if number.parse::<u64>().is_err() {
            continue;
        }
        let verb = |word: &&str| VERBS.iter().any(|(one, many)| one == word || many == word);
        let Some(verb) = rest.split(' ').find(verb) else { continue };
        let subject = rest.split(&format!(" {verb} ")).next().unwrap();
        one = number == "1" && !subject.contains(" and ");
        let (single, many) =
            VERBS.iter().find(|(one, many)| *one == verb || *many == verb).unwrap();
        assert_eq!(verb, if one { *single } else { *many }, "{sentence}");
    }
}

/// A finding of one check on each of these subjects, `copies` times, and what it stops.
fn add(report: &mut Report, check: &'static str, subjects: Vec<Subject>, copies: usize) {
    for (at, subject) in subjects.into_iter().enumerate() {
        let found = finding(check, Severity::Error, &subject.id, "m");
        let package = matches!(subject.kind, SubjectKind::Package | SubjectKind::Test);
        let found = Finding {
            package: package.then(|| subject.name.clone()),
            module: subject.module.clone(),
            evidence: vec![Evidence::Stops { packages: vec![format!("stopped/{at}"); at % 3] }],
            ..found
        };
        report.findings.extend(std::iter::repeat_n(found, copies));
        report.subjects.push(subject);
    }
}

fn several(kind: SubjectKind, prefix: &str, number: usize) -> Vec<Subject> {
    (0..number)
        .map(|at| {
            let name = format!("{prefix}/{at}");
            let module = (prefix == "d.e").then(|| module(&name, "v1.0.0"));
            Subject { module, matched: prefix != "d.e", ..subject(kind, &name) }
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_failure_is_said_in_english(
        check in 0..CHECKS.len(),
        other in 0..CHECKS.len(),
        numbers in [0usize..4, 0..4, 0..3, 0..4],
        copies in 1usize..4,
    ) {
        let [dependencies, packages, tests, images] = numbers;
        let mut report = empty_report();
        report.verdict = ReportVerdict::Fail;
        add(&mut report, CHECKS[check], several(SubjectKind::Package, "d.e", dependencies), copies);
        add(&mut report, CHECKS[check], several(SubjectKind::Package, "m/p", packages), copies);
        add(&mut report, CHECKS[check], several(SubjectKind::Test, "m/t", tests), copies);
        add(&mut report, CHECKS[other], several(SubjectKind::Image, "bin", images), copies);
        for (_, sentence) in sentences(&View::new(&report)) {
            check_nouns(&sentence);
            check_verbs(&sentence);
        }
    }

    #[test]
    fn a_pass_is_said_in_english(
        numbers in [0u64..4, 0..4, 0..4, 0..4, 0..4],
    ) {
        let mut report = empty_report();
        report.verdict = ReportVerdict::Pass;
        let [compiled, linked, errors, waived, known] = numbers;
        report.counts = Counts { compiled, linked, errors, waived, known, ..Counts::default() };
        for (_, sentence) in sentences(&View::new(&report)) {
            check_nouns(&sentence);
        }
    }
}

#[test]
fn one_dependency_of_two_directories_stops_what_it_stops() {
    let mut report = empty_report();
    report.verdict = ReportVerdict::Fail;
    add(&mut report, "cross-compile", several(SubjectKind::Package, "d.e", 1), 1);
    let mut again = report.findings[0].clone();
    report.findings[0].evidence = vec![Evidence::Stops { packages: vec!["a/p".to_owned()] }];
    again.subject = SubjectId("package:services/b!d.e/0".to_owned());
    again.evidence = vec![Evidence::Stops { packages: vec!["b/p".to_owned()] }];
    report.findings.push(again);
    let (_, sentence) = sentences(&View::new(&report)).remove(0);
    assert_eq!(sentence, "1 dependency does not build for windows/arm64; it stops 2 packages");
}
