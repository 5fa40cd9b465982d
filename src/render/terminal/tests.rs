//! Whole screens, and what no screen may hold.

mod samples;

use std::collections::BTreeMap;

use proptest::prelude::*;

use self::samples::{empty, fail, hostile, incomplete, incomplete_and_fail, many, pass};
use super::{Options, render};
use crate::model::*;
use crate::render::text::is_hidden;

const PLAIN: Options = Options { all: false, color: false, width: 100 };

#[test]
fn a_pass() {
    insta::assert_snapshot!(render(&pass(), &PLAIN), @"
    gowoa 0.1.0, go1.26.8 (PATH), target windows/arm64, cgo off
      list     2 modules, 61 packages                   0.9 s
      build    58 packages, 3 commands, 2 link proofs  48.2 s
      inspect  2 images, 31 MB of code                  0.1 s

    PASS  1 package builds for windows/arm64, 2 are not for Windows; every image is ARM64

    note[slow-path] golang.org/x/crypto/argon2 runs Go code on arm64, amd64 has assembly

      proven       58 packages compile; 58 are linked; 2 images inspected, every image is ARM64
      not Windows  2 packages: example.com/app/internal/epoll example.com/app/internal/netlink
                   they fail for windows/amd64 too and build for linux/amd64
      not run      no program and no test was executed

    0 errors, 0 warnings, 1 note. Every package: gowoa check --all
    ");
}

#[test]
fn a_fail() {
    insta::assert_snapshot!(render(&fail(), &PLAIN), @"
    gowoa 0.1.0, go1.26.8 (PATH), target windows/arm64, cgo off
      list     2 modules, 61 packages                   0.9 s
      build    58 packages, 3 commands, 2 link proofs  48.2 s
      inspect  2 images, 31 MB of code                  0.1 s

    FAIL  1 dependency does not build for windows/arm64; it stops 2 packages
    1 error, 1 warning, 1 note, 1 waived.

    error[cross-compile] github.com/go-ole/go-ole v1.2.5
      com.go:238:21: undefined: VARIANT
      output   com.go:251:30: undefined: VARIANT
      cause    variant_amd64.go defines VARIANT; no file does for arm64
      control  windows/amd64 builds with the same flags: an arm64 problem
      chain    example.com/app/host
               -> github.com/shirou/gopsutil/v3/host v3.21.9
               -> github.com/go-ole/go-ole v1.2.5
      stops    example.com/app/host, example.com/app/report
      reach    stops the build
      fix      go get github.com/go-ole/go-ole@v1.3.0
               or drop the package that imports it
      see it   GOOS=windows GOARCH=arm64 CGO_ENABLED=0 go build ./host

    warning[hardening] app.exe (medium confidence)
      the image has no ASLR
      at       .text, RVA 0x4c1a0, file offset 0x4b5a0, in main.fastSum
      field    DllCharacteristics 0x0100 at file offset 0x16e

    note[slow-path] golang.org/x/crypto/argon2 runs Go code on arm64, amd64 has assembly

    waived[package-excluded] error example.com/app/old: only used on Linux (until 2027-03-01)

      proven       56 packages compile; 56 are linked; 2 images inspected, every image is ARM64
      not Windows  2 packages: example.com/app/internal/epoll example.com/app/internal/netlink
                   they fail for windows/amd64 too and build for linux/amd64
      not run      no program and no test was executed

    FAIL  1 dependency does not build for windows/arm64; it stops 2 packages
    1 error, 1 warning, 1 note, 1 waived. More: gowoa explain cross-compile
    ");
}

#[test]
fn an_incomplete_report() {
    insta::assert_snapshot!(render(&incomplete(), &PLAIN), @r#"
    gowoa 0.1.0, go1.26.8 (PATH), target windows/arm64, cgo off
      list  1 module, 58 packages  2 min 08 s

    INCOMPLETE  the dependencies of 3 packages could not be resolved

      example.com/app/db: missing go.sum entry for module providing package modernc.org/sqlite
      next     go mod tidy, or check with --mod=mod

    inconclusive[cross-compile] example.com/app/db: fails everywhere: pattern dist: no matching files found

    inconclusive[cross-compile] example.com/app/gen: fails everywhere: pattern dist: no matching files found

      proven       55 packages compile; none is linked
      judged       so far 1 package, no finding
      not run      no program and no test was executed
      nested       2 modules below this one were not visited
                   tools/go.mod examples/go.mod

    0 errors, 0 warnings, 0 notes, 2 inconclusive. Every package: gowoa check --all
    "#);
}

#[test]
fn incomplete_outranks_fail_and_both_are_shown() {
    insta::assert_snapshot!(render(&incomplete_and_fail(), &PLAIN), @r#"
    gowoa 0.1.0, go1.26.8 (PATH), target windows/arm64, cgo off
      list  1 module, 58 packages  2 min 08 s

    INCOMPLETE  the dependencies of 3 packages could not be resolved (and 1 other problem)
    FAIL  1 dependency does not build for windows/arm64; it stops 2 packages
    1 error, 0 warnings, 0 notes, 2 inconclusive.

      the dependencies of 3 packages could not be resolved
        example.com/app/db: missing go.sum entry for module providing package modernc.org/sqlite
      next     go mod tidy, or check with --mod=mod

      the module proxy cannot be reached
        dial tcp: lookup proxy.example.com: no such host
      next     set GOPROXY
               or use --offline

    inconclusive[cross-compile] example.com/app/db: fails everywhere: pattern dist: no matching files found

    error[cross-compile] github.com/go-ole/go-ole v1.2.5
      com.go:238:21: undefined: VARIANT
      output   com.go:251:30: undefined: VARIANT
      cause    variant_amd64.go defines VARIANT; no file does for arm64
      control  windows/amd64 builds with the same flags: an arm64 problem
      chain    example.com/app/host
               -> github.com/shirou/gopsutil/v3/host v3.21.9
               -> github.com/go-ole/go-ole v1.2.5
      stops    example.com/app/host, example.com/app/report
      reach    stops the build
      fix      go get github.com/go-ole/go-ole@v1.3.0
               or drop the package that imports it
      see it   GOOS=windows GOARCH=arm64 CGO_ENABLED=0 go build ./host

    inconclusive[cross-compile] example.com/app/gen: fails everywhere: pattern dist: no matching files found

      proven       55 packages compile; none is linked
      judged       so far 1 package, 1 finding
      not run      no program and no test was executed
      nested       2 modules below this one were not visited
                   tools/go.mod examples/go.mod

    INCOMPLETE  the dependencies of 3 packages could not be resolved (and 1 other problem)
    FAIL  1 dependency does not build for windows/arm64; it stops 2 packages
    1 error, 0 warnings, 0 notes, 2 inconclusive. More: gowoa explain cross-compile
    "#);
}

#[test]
fn every_package_is_listed_on_request() {
    let text = render(&pass(), &Options { all: true, ..PLAIN });
    insta::assert_snapshot!(text, @"
    gowoa 0.1.0, go1.26.8 (PATH), target windows/arm64, cgo off
      list     2 modules, 61 packages                   0.9 s
      build    58 packages, 3 commands, 2 link proofs  48.2 s
      inspect  2 images, 31 MB of code                  0.1 s

    PASS  1 package builds for windows/arm64, 2 are not for Windows; every image is ARM64

    note[slow-path] golang.org/x/crypto/argon2 runs Go code on arm64, amd64 has assembly

      proven       58 packages compile; 58 are linked; 2 images inspected, every image is ARM64
      not Windows  2 packages: example.com/app/internal/epoll example.com/app/internal/netlink
                   they fail for windows/amd64 too and build for linux/amd64
      not run      no program and no test was executed

    Every package: build state, file-set class, name
      linked       portable  example.com/app
      not-windows  portable  example.com/app/internal/epoll
      not-windows  portable  example.com/app/internal/netlink

    0 errors, 0 warnings, 1 note.
    ");
}

#[test]
fn a_report_of_nothing_proves_nothing() {
    insta::assert_snapshot!(render(&empty(ReportVerdict::Incomplete), &PLAIN), @r#"
    gowoa 0.1.0, go1.26.8 (PATH), target windows/arm64, cgo off

    INCOMPLETE  nothing could be judged

      proven       nothing
      judged       so far 0 packages, no finding
      not run      no program and no test was executed

    0 errors, 0 warnings, 0 notes.
    "#);
}

#[test]
fn hostile_text_is_spelled_out() {
    insta::assert_snapshot!(render(&hostile(), &PLAIN), @r"
    gowoa 0.1.0, go1\u{1b}[2J (PATH), target windows/arm64, cgo off
      list     2 modules, 61 packages                   0.9 s
      build    58 packages, 3 commands, 2 link proofs  48.2 s
      inspect  2 images, 31 MB of code                  0.1 s

    FAIL  1 dependency does not build for windows/arm64; it stops 50 packages
    1 error, 1 warning, 1 note, 1 waived.

    error[cross-compile] ::error file=x::pwn v1\n#\u{23}[error]forged
      :\u{3a}set-env name=a::b\u{202e}
        PASS  forged
        #\u{23}vso[task.setvariable]x
      output   ::debug::0\u{200b}
               :\u{3a}debug::1\u{200b}
               :\u{3a}debug::2\u{200b}
               :\u{3a}debug::3\u{200b}
               :\u{3a}debug::4\u{200b}
               :\u{3a}debug::5\u{200b}
               :\u{3a}debug::6\u{200b}
               :\u{3a}debug::7\u{200b}
               :\u{3a}debug::8\u{200b}
               :\u{3a}debug::9\u{200b}
               … 30 more lines, see the JSON report (--report json=PATH)
      ran      go build
      chain    p0
               -> p1
               -> p2
               -> p3
               -> p4
               -> p5
               -> … 18 more links, see the JSON report (--report json=PATH)
               -> p24
               -> p25
               -> p26
               -> p27
               -> p28
               -> p29
      stops    s0, s1, s2, s3, s4, s5, s6, s7 and 42 more
      reach    stops the build
      fix      \u{1b}]8;;https://evil\u{7}go get    x

      proven       56 packages compile; 56 are linked; 2 images inspected, every image is ARM64
      not Windows  2 packages: example.com/app/internal/epoll example.com/app/internal/netlink
                   they fail for windows/amd64 too and build for linux/amd64
      not run      no program and no test was executed

    FAIL  1 dependency does not build for windows/arm64; it stops 50 packages
    1 error, 1 warning, 1 note, 1 waived. More: gowoa explain cross-compile
    ");
}

#[test]
fn three_hundred_findings_leave_the_verdict_in_sight() {
    let text = render(&many(), &PLAIN);
    let lines: Vec<&str> = text.lines().collect();
    insta::assert_snapshot!(lines[..9].join("\n"), @r#"
    gowoa 0.1.0, go1.26.8 (PATH), target windows/arm64, cgo off
      list     2 modules, 61 packages                   0.9 s
      build    58 packages, 3 commands, 2 link proofs  48.2 s
      inspect  2 images, 31 MB of code                  0.1 s

    FAIL  1 dependency and 299 packages do not build for windows/arm64; they stop 2 packages
    300 errors, 1 warning, 8 notes, 1 waived.

    error[cross-compile] github.com/go-ole/go-ole v1.2.5
    "#);
    insta::assert_snapshot!(lines[lines.len() - 22..].join("\n"), @"
    error[cross-compile] example.com/app/p026: missing function body
    error[cross-compile] example.com/app/p027: missing function body
    error[cross-compile] example.com/app/p028: missing function body
    error[cross-compile] example.com/app/p029: missing function body
    and 269 more errors (cross-compile, missing-body): see the JSON report (--report json=PATH)

    note[slow-path] example.com/app/n0: generic code
    note[slow-path] example.com/app/n1: generic code
    note[slow-path] example.com/app/n2: generic code
    note[slow-path] example.com/app/n3: generic code
    note[slow-path] example.com/app/n4: generic code
    and 3 more notes: gowoa check --all

    waived[package-excluded] error example.com/app/old: only used on Linux (until 2027-03-01)

      proven       56 packages compile; 56 are linked; 2 images inspected, every image is ARM64
      not Windows  2 packages: example.com/app/internal/epoll example.com/app/internal/netlink
                   they fail for windows/amd64 too and build for linux/amd64
      not run      no program and no test was executed

    FAIL  1 dependency and 299 packages do not build for windows/arm64; they stop 2 packages
    300 errors, 1 warning, 8 notes, 1 waived. More: gowoa explain cross-compile
    ");
    assert!(lines.len() < 120, "{} lines", lines.len());
    let all = render(&many(), &Options { all: true, ..PLAIN });
    assert!(
        all.contains("example.com/app/p298: missing function body"),
        "every finding has a line"
    );
}

#[test]
fn prose_is_wrapped_and_paths_are_not() {
    let narrow = render(&fail(), &Options { width: 50, ..PLAIN });
    assert!(narrow.contains(
        "\n  cause    variant_amd64.go defines VARIANT; no\n           file does for arm64\n"
    ));
    assert!(narrow.contains("GOOS=windows GOARCH=arm64 CGO_ENABLED=0 go build ./host\n"));
    let never = render(&fail(), &Options { width: 0, ..PLAIN });
    assert!(never.contains("no file does for arm64\n"));
}

#[test]
fn only_images_that_were_looked_at_are_called_arm64() {
    let claim = "every image is ARM64";
    assert!(render(&pass(), &PLAIN).contains(claim));
    for spoil in [
        |r: &mut Report| r.results.truncate(2),
        |r: &mut Report| r.results[0].verdict = ResultVerdict::Inconclusive,
        |r: &mut Report| r.results[1].verdict = ResultVerdict::Fail,
        |r: &mut Report| r.counts.images = 3,
        |r: &mut Report| r.results.clear(),
    ] {
        let mut report = pass();
        spoil(&mut report);
        assert!(!render(&report, &PLAIN).contains(claim));
    }
}

#[test]
fn a_pass_says_what_does_not_count() {
    let mut report = pass();
    report.plan.fail_on = None;
    report.counts.errors = 2;
    report.subjects[0].build = Some(BuildState::Failed);
    let text = render(&report, &Options { width: 0, ..PLAIN });
    assert!(text.contains(", 1 is not built; "), "{text}");
    assert!(text.contains("; 2 errors not counted\n"), "{text}");
}

#[test]
fn what_is_waived_or_known_is_one_line_each_and_is_counted() {
    let mut report = pass();
    let with = |known, waived| Finding {
        known,
        waived,
        ..samples::finding(
            "imports",
            Severity::Error,
            "example.com/app",
            "it imports old.dll\nmore",
        )
    };
    let waived = Some(Waived { reason: "later".to_owned(), expires: None });
    report.findings = vec![with(false, waived)];
    report.findings.extend(vec![with(true, None); 7]);
    (report.counts.waived, report.counts.known) = (1, 7);
    let text = render(&report, &Options { width: 0, ..PLAIN });
    assert!(text.contains("; 1 finding waived; 7 findings known\n"), "{text}");
    assert!(text.contains("\nwaived[imports] error example.com/app: later\n"), "{text}");
    assert_eq!(text.matches("known[imports] error: it imports old.dll").count(), 5, "{text}");
    assert!(text.contains("and 2 more known findings: gowoa check --all\n"), "{text}");
    assert!(text.contains("0 errors, 0 warnings, 1 note, 1 waived, 7 known."), "{text}");
    assert!(!text.contains("error["), "{text}");
    let text = render(&report, &Options { all: true, ..PLAIN });
    assert_eq!(text.matches("\nknown[imports]").count(), 7, "{text}");
}

#[test]
fn color_is_on_words_that_mean_something() {
    let text = render(&fail(), &Options { color: true, ..PLAIN });
    let start: Vec<&str> = text.lines().filter(|line| line.starts_with('\x1b')).collect();
    assert!(start[0].starts_with("\x1b[1m\x1b[31mFAIL\x1b[0m  1 dep"), "{:?}", start[0]);
    assert!(start[1].starts_with("\x1b[1m\x1b[31merror\x1b[0m[cross-compile] "), "{:?}", start[1]);
}

/// Removes the colour sequences this renderer writes, and only those.
fn strip(text: &str) -> String {
    let codes = ["\x1b[0m", "\x1b[1m", "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[36m"];
    codes.iter().fold(text.to_owned(), |text, code| text.replace(code, ""))
}

/// Puts a string into every text of a report, enumerations left alone.
fn fill(report: &Report, text: &str) -> Report {
    let mut value = serde_json::to_value(report).unwrap();
    let fixed = [
        "severity",
        "confidence",
        "verdict",
        "kind",
        "class",
        "build",
        "outcome",
        "reachability",
        "fail_on",
        "subcommand",
    ];
    fn walk(value: &mut serde_json::Value, key: &str, fixed: &[&str], text: &str) {
        match value {
            serde_json::Value::String(s) if !fixed.contains(&key) => {
                *s = format!("{text}{s}{text}")
            }
            serde_json::Value::Array(items) => {
                items.iter_mut().for_each(|v| walk(v, key, fixed, text))
            }
            serde_json::Value::Object(map) => {
                map.iter_mut().for_each(|(k, v)| walk(v, k, fixed, text))
            }
            _ => {}
        }
    }
    walk(&mut value, "", &fixed, text);
    serde_json::from_value(value).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nothing_hidden_is_ever_printed(
        text in prop_oneof![any::<String>(), "[:#\\[\\]vso\\n\\r\\x1b ]{0,12}"],
        which in 0usize..6,
        all in any::<bool>(),
        width in 0usize..160,
    ) {
        let samples: BTreeMap<usize, fn() -> Report> =
            [pass as fn() -> Report, fail, incomplete, incomplete_and_fail, many, hostile]
                .into_iter()
                .enumerate()
                .collect();
        let report = fill(&samples[&which](), &text);
        let plain = render(&report, &Options { all, color: false, width });
        prop_assert!(!plain.chars().any(|c| c != '\n' && is_hidden(c)));
        for line in plain.lines().map(str::to_ascii_lowercase) {
            prop_assert!(!line.trim_start().starts_with("::"), "{line}");
            prop_assert!(!line.contains("##[") && !line.contains("##vso["), "{line}");
        }
        let colored = render(&report, &Options { all, color: true, width });
        prop_assert_eq!(strip(&colored), plain);
    }
}

/// A report of `gowoa inspect` with a file for every verdict that matters to the headline.
fn inspected() -> Report {
    let mut report = empty(ReportVerdict::Pass);
    report.plan.subcommand = Subcommand::Inspect;
    report.phases.clear();
    for (kind, name, machine, check, verdict) in [
        (SubjectKind::Image, "a_x64.exe", Some("x64"), "name-against-content", ResultVerdict::Pass),
        (SubjectKind::Image, "b.exe", Some("x64"), "machine-type", ResultVerdict::Pass),
        (
            SubjectKind::File,
            "c",
            Some("an ELF file"),
            "name-against-content",
            ResultVerdict::NotApplicable,
        ),
        (SubjectKind::Image, "d.exe", Some("x86"), "name-against-content", ResultVerdict::Fail),
        (
            SubjectKind::Container,
            "e.zip",
            None,
            "name-against-content",
            ResultVerdict::NotApplicable,
        ),
    ] {
        let mut subject = samples::subject(kind, name, None);
        subject.machine = machine.map(str::to_owned);
        let result = samples::result(&subject, check, verdict);
        report.results.push(result);
        report.subjects.push(subject);
    }
    report
}

#[test]
fn only_what_was_judged_is_claimed_of_files() {
    let text = render(&inspected(), &PLAIN);
    let claim = "PASS  1 file is as labelled; 1 file is for the machine expected; 1 file with a finding; 1 \
                 file not judged";
    assert!(
        text.split_whitespace().collect::<Vec<_>>().join(" ").contains(&claim.replace("  ", " ")),
        "{text}"
    );
}

#[test]
fn every_file_is_listed() {
    let text = render(&inspected(), &Options { all: true, ..PLAIN });
    assert!(text.contains("container  -            e.zip"), "{text}");
    assert!(text.contains("file       an ELF file  c\n"), "{text}");
    assert!(!render(&inspected(), &PLAIN).contains("e.zip"));
}

#[test]
fn an_incomplete_inspection_counts_files() {
    let mut report = inspected();
    report.verdict = ReportVerdict::Incomplete;
    let text = render(&report, &PLAIN);
    assert!(text.contains("so far 5 files, no finding"), "{text}");
    assert!(!text.contains("package") && !text.contains("cgo"), "{text}");
}
