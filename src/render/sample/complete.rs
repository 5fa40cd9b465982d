//! The report that goes through every format in `tests/formats`: everything that a Report can say.
//!
//! It is [`sample_report`] with the checks, subjects, anchors and states that the smaller one leaves out, each finding
//! as its check words it.

mod images;
mod packages;

use std::cmp::Reverse;

use crate::model::{
    Anchor, AnchorKind, BuildState, CheckResult, FileSetClass, Finding, ImageMap, MapSection,
    MapSpan, ModuleRef, Report, ResultVerdict, Severity, SpanKind, Subject, SubjectId, SubjectKind,
};

use super::{module, package, sample_report, subject};

/// A report with every check, subject, state, class, evidence, reachability, anchor and kind of span.
pub(crate) fn complete_report() -> Report {
    let mut report = sample_report();
    report.subjects.extend(subjects());
    report.findings.extend(packages::findings());
    report.findings.extend(images::findings());
    for finding in &mut report.findings {
        finding.anchor = anchor(finding);
    }
    report.findings.sort_by_key(|finding| Reverse(finding.severity));
    fail_what_was_found(&mut report);
    count(&mut report);
    report.subjects.sort_by(|a, b| a.id.cmp(&b.id));
    report.results.sort_by(|a, b| (&a.subject, &a.check).cmp(&(&b.subject, &b.check)));
    report
}

/// The nearest line of the repository, as the engine would find it; nothing for an image.
fn anchor(finding: &Finding) -> Option<Anchor> {
    let at =
        |file: &str, line, column, kind| Some(Anchor { file: file.to_owned(), line, column, kind });
    let place = finding.location.as_ref();
    let own = place.filter(|place| place.file.as_ref().is_some_and(|file| !file.contains('@')));
    let dependency = finding.module.as_ref().is_some_and(|module| module.version.is_some());
    match (own, finding.package.as_deref()) {
        (Some(place), _) => {
            at(place.file.as_deref()?, place.line, place.column, AnchorKind::Location)
        }
        (None, _) if dependency => at("go.mod", Some(9), None, AnchorKind::Requirement),
        (None, Some(package)) if package.starts_with("example.com/app/") => {
            let directory = package.trim_start_matches("example.com/app/");
            at(&format!("{directory}/doc.go"), None, None, AnchorKind::Package)
        }
        (None, Some(_)) => at("go.mod", None, None, AnchorKind::Module),
        (None, None) => None,
    }
}

/// Every finding rests on the verdict of its check.
fn fail_what_was_found(report: &mut Report) {
    for finding in &report.findings {
        let verdict = ResultVerdict::Fail;
        let about = |r: &&mut CheckResult| r.check == finding.check && r.subject == finding.subject;
        if let Some(result) = report.results.iter_mut().find(about) {
            (result.verdict, result.reason) = (verdict, None);
        } else {
            report.results.push(CheckResult {
                check: finding.check.clone(),
                subject: finding.subject.clone(),
                verdict,
                reason: None,
                gating: false,
            });
        }
    }
}

/// Makes the totals those of what is listed.
fn count(report: &mut Report) {
    let number = |n: usize| u64::try_from(n).unwrap();
    let open = |severity| {
        let found = report.findings.iter().filter(|f| f.is_open() && f.severity == severity);
        number(found.count())
    };
    let of = |kind| number(report.subjects.iter().filter(|s| s.kind == kind).count());
    let [errors, warnings, notes] = [Severity::Error, Severity::Warning, Severity::Note].map(open);
    let [packages, images, objects] =
        [SubjectKind::Package, SubjectKind::Image, SubjectKind::Object].map(of);
    let known = number(report.findings.iter().filter(|f| f.known).count());
    let waived = number(report.findings.iter().filter(|f| f.waived.is_some()).count());
    let counts = &mut report.counts;
    (counts.errors, counts.warnings, counts.notes) = (errors, warnings, notes);
    (counts.packages, counts.images, counts.objects) = (packages, images, objects);
    (counts.known, counts.waived) = (known, waived);
}

const X_SYS: &str = "golang.org/x/sys/windows";
const OBJECT: &str = "example.com/app/rsrc_windows_arm64.syso";
const ARCHIVE: &str = "dist/app_windows_arm64.zip";

/// Every kind of subject, file-set class and build state that the smaller report has not.
fn subjects() -> Vec<Subject> {
    use BuildState as B;
    use FileSetClass as C;
    let own = |name: &str, class, build| Subject { matched: true, ..package(name, class, build) };
    let file = |kind, name: &str, machine: &str, size| Subject {
        machine: Some(machine.to_owned()),
        size: Some(size),
        sha256: Some("0".repeat(63) + "1"),
        ..subject(kind, name)
    };
    vec![
        own("example.com/app/clip", C::CgoOnly, B::Excluded),
        own("example.com/app/fast", C::NativeAssembly, B::Linked),
        own("example.com/app/icon", C::ResourcesLost, B::Compiled),
        own("example.com/app/load", C::Portable, B::Linked),
        Subject {
            module: Some(module("golang.org/x/sys", "v0.44.0")),
            ..package(X_SYS, C::ArchVariant, B::Linked)
        },
        subject(SubjectKind::Config, "gowoa.toml"),
        subject(SubjectKind::Inputs, "dist"),
        file(SubjectKind::Object, OBJECT, "x64", 1_204),
        file(SubjectKind::Container, ARCHIVE, "", 2_097_152),
        file(SubjectKind::File, "dist/app", "ELF aarch64", 3_145_728),
        Subject {
            map: Some(every_kind_of_span()),
            ..file(SubjectKind::Image, "dist/tools/helper.exe", "ARM64EC", 8_388_608)
        },
    ]
    .into_iter()
    .map(|s| Subject { machine: s.machine.filter(|machine| !machine.is_empty()), ..s })
    .collect()
}

fn every_kind_of_span() -> ImageMap {
    use SpanKind as K;
    const LENGTH: u64 = 0x1000;
    let section = |name: &str, number: u32, executable, kinds: &[(SpanKind, &str)]| {
        let spans: Vec<MapSpan> = (0_u64..)
            .zip(kinds)
            .map(|(at, (kind, label))| MapSpan {
                offset: at * LENGTH,
                length: LENGTH,
                kind: *kind,
                label: (*label).to_owned(),
            })
            .collect();
        MapSection {
            name: name.to_owned(),
            rva: number * 0x10_0000,
            file_offset: u64::from(number) * 0x10_0000,
            size: LENGTH * u64::try_from(spans.len()).unwrap(),
            executable,
            spans,
        }
    };
    let code = [
        (K::Go, "example.com/app"),
        (K::Go, "golang.org/x/sys/windows"),
        (K::Padding, ""),
        (K::Native, "libclang_rt"),
        (K::Pool, ""),
        (K::X86, "fastSum"),
        (K::Opaque, ""),
        (K::HybridX64, ""),
        (K::Code, ""),
    ];
    let data = [
        (K::ReadOnlyData, ""),
        (K::Pclntab, ""),
        (K::Embedded, "WinDivert64.sys"),
        (K::Data, ""),
        (K::Other, ""),
    ];
    let rest = [(K::Resources, ""), (K::Debug, ""), (K::Tables, ""), (K::Signature, "")];
    ImageMap {
        sections: vec![
            section("headers", 0, false, &[(K::Tables, "")]),
            section(".text", 1, true, &code),
            section(".rdata", 2, false, &data),
            section(".rsrc", 3, false, &rest),
        ],
    }
}

/// The second image.
fn helper() -> SubjectId {
    SubjectId::new(SubjectKind::Image, "dist/tools/helper.exe")
}

/// A replaced module, taken from `vendor/`.
fn fork() -> ModuleRef {
    ModuleRef {
        replaced_by: Some("../fork".to_owned()),
        vendored: true,
        ..module("github.com/old/dep", "v0.9.0")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::complete_report;
    use crate::checks::CHECKS;

    /// Every text in a value.
    fn texts(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::String(text) => {
                found.insert(text.clone());
            }
            Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
            Value::Object(map) => map.values().for_each(|item| texts(item, found)),
            _ => {}
        }
    }

    /// Every word that the published schema lists, but the subcommands: a report has one.
    fn words(schema: &Value, found: &mut BTreeSet<String>) {
        match schema {
            Value::Array(items) => items.iter().for_each(|item| words(item, found)),
            Value::Object(map) => {
                for (name, value) in map.iter().filter(|(name, _)| *name != "subcommand") {
                    match name.as_str() {
                        "enum" | "const" => texts(value, found),
                        _ => words(value, found),
                    }
                }
            }
            _ => {}
        }
    }

    #[test]
    fn it_says_everything_that_a_report_can_say() {
        let report = serde_json::to_value(complete_report()).unwrap();
        let schema =
            serde_json::from_str(include_str!("../../../docs/report.schema.json")).unwrap();
        let (mut all, mut said, mut found) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        words(&schema, &mut all);
        assert!(all.contains("linked-function") && all.contains("reproduce"), "{all:?}");
        texts(&report, &mut said);
        assert_eq!(&all - &said, BTreeSet::new(), "words of the schema");
        texts(&report["findings"], &mut found);
        let checks: BTreeSet<String> =
            CHECKS.iter().map(|check| check.meta().id.as_str().to_owned()).collect();
        assert_eq!(&checks - &found, BTreeSet::new(), "checks without a finding");
    }

    #[test]
    fn its_totals_and_its_order_are_those_of_a_real_report() {
        let report = complete_report();
        assert!(report.subjects.is_sorted_by(|a, b| a.id < b.id));
        assert!(report.findings.is_sorted_by(|a, b| a.severity >= b.severity));
        for finding in &report.findings {
            assert!(report.subjects.iter().any(|s| s.id == finding.subject), "{finding:#?}");
        }
    }
}
