//! Strings, numbers and names that break careless writers; the numbers are those of the project's
//! list of cases to have.

use super::*;
use crate::model::{Anchor, AnchorKind, Location};
use crate::render::sample::NASTY;

#[test]
fn case_01_the_end_of_a_cdata_section() {
    for dialect in BOTH {
        let node = failure("a ]]> b ]]]]>> c", dialect);
        assert_eq!(node.get("message"), Some("a ]]> b ]]]]>> c"));
        assert_eq!(node.text, "a ]]> b ]]]]>> c");
    }
}

#[test]
fn case_02_every_control_character() {
    for code in (0..0x20_u8).chain([0x7f]) {
        let c = char::from(code);
        let node = failure(&format!("a{c}b"), Dialect::Rich);
        let expected = match c {
            '\t' | '\n' | '\r' => "a b",
            '\u{1b}' => "a",
            _ => "a\u{fffd}b",
        };
        assert_eq!(node.get("message"), Some(expected), "{code:#x}");
    }
    let node = failure("\u{1b}[31;1mred\u{1b}[0m words", Dialect::Rich);
    assert_eq!(node.get("message"), Some("red words"));
}

#[test]
fn case_03_what_is_no_character() {
    // A lone surrogate of a Windows path is U+FFFD before it comes here: Rust's text has none.
    let path = String::from_utf8_lossy(b"a\xed\xa0\x80b").into_owned();
    let node = failure(&format!("\u{fffe}\u{ffff} {path}"), Dialect::Rich);
    let message = node.get("message").unwrap();
    assert!(message.starts_with("\u{fffd} a\u{fffd}"), "{message}");
}

#[test]
fn case_04_emoji_and_cjk_stay() {
    for dialect in BOTH {
        let node = failure("🦀 漢字 👩‍👩‍👧", dialect);
        assert_eq!(node.get("message"), Some("🦀 漢字 👩‍👩‍👧"));
        assert_eq!(node.text, "🦀 漢字 👩‍👩‍👧");
    }
}

#[test]
fn case_05_line_ends_tabs_and_quotes_in_a_message() {
    let node = failure("a\nb\tc \"d\" 'e' <f> & &amp;", Dialect::Strict);
    assert_eq!(node.get("message"), Some("a b c \"d\" 'e' <f> & &amp;"));
    assert!(!xml(&one_finding("a\nb\tc"), Dialect::Strict).contains("a\nb"));
}

#[test]
fn case_06_an_empty_report_has_one_suite_with_one_case() {
    for dialect in BOTH {
        let root = tree(&empty_report(), dialect);
        assert_eq!(root.all("testsuite").count(), 1);
        let case = case(&root, "verdict");
        assert_eq!(cases(&root).len(), 1);
        assert_eq!(case.get("classname"), Some("gowoa"));
        assert_eq!(case.child("error").unwrap().get("type"), Some("incomplete"));
    }
    let report = Report { verdict: ReportVerdict::Pass, ..empty_report() };
    let root = tree(&report, Dialect::Strict);
    assert!(case(&root, "verdict").children.is_empty());
}

#[test]
fn case_07_names_are_unique() {
    // `verify` refuses duplicates; this shows what they become.
    let root = tree(&hostile_report(), Dialect::Rich);
    let names: Vec<_> = cases(&root).iter().filter_map(|case| case.get("name")).collect();
    for expected in ["same", "same #2", "sa\u{fffd}me"] {
        assert!(names.contains(&expected), "{expected}: {names:#?}");
    }
}

#[test]
fn case_08_names_have_at_most_512_characters() {
    let mut report = one_finding("x");
    report.subjects[0].name = format!("begin{}end", "🦀".repeat(600));
    let root = tree(&report, Dialect::Rich);
    let name = cases(&root)[0].get("name").unwrap();
    assert!(name.encode_utf16().count() <= 512 && name.chars().count() > 250);
    assert!(name.starts_with("begin🦀") && name.ends_with("🦀end"));
}

#[test]
fn case_09_durations() {
    for (milliseconds, expected) in [
        (0, "0.000"),
        (7, "0.007"),
        (49_321, "49.321"),
        (1_234_567_890, "1234567.890"),
        // A TimeSpan of .NET ends at 922,337,203,685 s.
        (u64::MAX, "31622400.000"),
    ] {
        let report = Report { duration_ms: milliseconds, ..one_finding("x") };
        for dialect in BOTH {
            let root = tree(&report, dialect);
            assert_eq!(root.child("testsuite").unwrap().get("time"), Some(expected));
            assert_eq!(cases(&root)[0].get("time"), Some("0.000"));
        }
        assert_eq!(tree(&report, Dialect::Rich).get("time"), Some(expected));
    }
    // What the crate writes on its own.
    let raw = "<testsuites><testsuite tests=\"1\"><testcase name=\"a\" time=\"1.3574567\"/></testsuite></testsuites>";
    let case = CaseExtras { line: None, properties: Vec::new() };
    let suite = SuiteExtras { time_ms: 0, skipped: 0, properties: Vec::new(), cases: vec![case] };
    let extras = Extras { timestamp: String::new(), suites: vec![suite] };
    let repaired = repair::repair(raw, &extras, Dialect::Strict).unwrap();
    assert!(repaired.contains("time=\"1.357\""), "{repaired}");
}

#[test]
fn case_10_timestamps() {
    for (started, expected) in [
        ("2026-11-23T13:10:42Z", "2026-11-23T13:10:42"),
        ("2026-11-23T13:10:42.987654321Z", "2026-11-23T13:10:42"),
        ("2026-11-23T01:10:42+02:00", "2026-11-22T23:10:42"),
        ("9999-12-31T23:59:59-12:00", "1970-01-01T00:00:00"),
        ("9999-12-31T23:59:59Z", "1970-01-01T00:00:00"),
        ("0000-01-01T00:00:00Z", "1970-01-01T00:00:00"),
        ("yesterday", "1970-01-01T00:00:00"),
        ("", "1970-01-01T00:00:00"),
    ] {
        let report = Report { started: started.to_owned(), ..one_finding("x") };
        let root = tree(&report, Dialect::Strict);
        let found = root.child("testsuite").unwrap().get("timestamp");
        assert_eq!(found, Some(expected), "{started}");
    }
}

#[test]
fn case_11_paths_are_relative_with_slashes() {
    for (file, expected) in [
        ("cmd\\app\\main.go", Some("cmd/app/main.go")),
        ("./cmd/main.go", Some("cmd/main.go")),
        ("C:\\src\\main.go", None),
        ("/src/main.go", None),
        ("../main.go", None),
        ("github.com/go-ole/go-ole@v1.2.5/com.go", None),
    ] {
        let mut report = one_finding("x");
        let location =
            Location { file: Some(file.to_owned()), line: Some(7), ..Location::default() };
        report.findings[0].location = Some(location);
        let root = tree(&report, Dialect::Rich);
        assert_eq!(case(&root, "p").get("file"), expected, "{file}");
        assert_eq!(case(&root, "p").get("line"), expected.map(|_| "7"), "{file}");
        assert!(case(&root, "p").child("failure").unwrap().text.contains(file));
        let strict = tree(&report, Dialect::Strict);
        assert_eq!(case(&strict, "p").get("file").or(case(&strict, "p").get("line")), None);
    }
}

#[test]
fn case_11_the_anchor_is_what_readers_can_open() {
    let anchor = |file: &str, line| Anchor {
        file: file.to_owned(),
        line,
        column: None,
        kind: AnchorKind::Requirement,
    };
    let mut report = one_finding("x");
    // Where it is lies in a dependency; where it is shown, in the repository.
    report.findings[0].location = Some(Location {
        file: Some("github.com/go-ole/go-ole@v1.2.5/com.go".to_owned()),
        line: Some(238),
        ..Location::default()
    });
    for (shown, file, line) in [
        (anchor("app/go.mod", Some(12)), Some("app/go.mod"), Some("12")),
        (anchor("app\\go.mod", None), Some("app/go.mod"), None),
        (anchor("go.mod", Some(0)), Some("go.mod"), None),
        (anchor("/etc/passwd", Some(1)), None, None),
    ] {
        report.findings[0].anchor = Some(shown);
        let root = tree(&report, Dialect::Rich);
        assert_eq!(case(&root, "p").get("file"), file);
        assert_eq!(case(&root, "p").get("line"), line);
        assert!(case(&root, "p").child("failure").unwrap().text.contains("com.go:238"));
    }
}

#[test]
fn case_12_a_case_has_one_outcome() {
    for report in [sample_report(), hostile_report()] {
        for case in cases(&tree(&report, Dialect::Rich)) {
            let outcomes = case
                .children
                .iter()
                .filter(|child| matches!(child.name.as_str(), "failure" | "error" | "skipped"));
            assert!(outcomes.count() <= 1);
        }
        for case in cases(&tree(&report, Dialect::Strict)) {
            assert!(case.children.len() <= 1);
        }
    }
}

#[test]
fn case_13_and_14_the_text_begins_with_the_message() {
    for dialect in BOTH {
        let root = tree(&sample_report(), dialect);
        let mut seen = 0;
        for case in cases(&root) {
            for child in case.all("failure").chain(case.all("error")) {
                assert_eq!(child.text.lines().next(), child.get("message"));
                seen += 1;
            }
        }
        assert_eq!(seen, 6);
    }
}

#[test]
fn an_empty_message_is_named() {
    for message in ["", " \n", "\u{1b}[0m"] {
        let node = failure(message, Dialect::Strict);
        assert_eq!(node.get("message"), Some("(no message)"));
        assert_eq!(node.text, "(no message)");
    }
}

#[test]
fn case_13_gitlab_reads_the_text_as_text() {
    for (class, expected) in [
        ("undefined-symbol", "undefined-symbol"),
        ("yaml", "class yaml"),
        ("symbol", "class symbol"),
        ("file\0", "file\u{fffd}"),
        ("\u{1b}[0mfile", "class file"),
    ] {
        for dialect in BOTH {
            let mut report = one_finding("x");
            report.findings[0].class = Some(class.to_owned());
            let root = tree(&report, dialect);
            let failure = case(&root, "p").child("failure").unwrap();
            assert_eq!(failure.get("type"), Some(expected), "{class}");
        }
    }
}

#[test]
fn case_15_totals_are_what_is_there() {
    for report in [sample_report(), hostile_report(), empty_report()] {
        for dialect in BOTH {
            let root = tree(&report, dialect);
            let mut all = [0; 4];
            for suite in root.all("testsuite") {
                let count =
                    |name: &str| suite.all("testcase").filter(|c| c.child(name).is_some()).count();
                let here = [
                    suite.all("testcase").count(),
                    count("failure"),
                    count("error"),
                    count("skipped"),
                ];
                for (i, key) in ["tests", "failures", "errors", "skipped"].iter().enumerate() {
                    assert_eq!(suite.get(key), Some(here[i].to_string().as_str()), "{key}");
                    all[i] += here[i];
                }
            }
            for (i, key) in ["tests", "failures", "errors", "skipped"].iter().enumerate() {
                let expected = (dialect == Dialect::Rich).then(|| all[i].to_string());
                assert_eq!(root.get(key), expected.as_deref(), "{key}");
            }
        }
    }
}

#[test]
fn case_19_attachments_are_not_asked_for() {
    for dialect in BOTH {
        let text = xml(&hostile_report(), dialect).to_lowercase();
        assert!(!text.contains("[[attachment"));
        assert!(text.contains("[ [attachment"));
    }
}

#[test]
fn case_20_the_declaration_comes_first() {
    for dialect in BOTH {
        for report in [sample_report(), hostile_report(), empty_report()] {
            let text = xml(&report, dialect);
            assert!(text.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites"));
            assert!(text.ends_with("</testsuites>\n"));
        }
    }
}

#[test]
fn a_printed_file_commands_no_ci_system() {
    for dialect in BOTH {
        let text = xml(&hostile_report(), dialect);
        assert!(!text.contains("##vso[") && !text.contains("##["));
        assert!(!text.lines().any(|line| line.trim_start().starts_with("::")));
        // And a parser still sees what was said.
        let node = failure(NASTY[4], dialect);
        assert_eq!(
            node.get("message").map(|m| m.contains("##[error]old ##vso[task.complete")),
            Some(true)
        );
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    /// No string makes a file that its readers refuse: `render` reads it back itself.
    #[test]
    fn any_string_arrives(a in ".{0,40}", b in "[\\x00-\\x7f]{0,40}", at in 0..NASTY.len()) {
        let mut report = one_finding(&format!("{a}{}{b}", NASTY[at]));
        report.subjects[0].name = format!("{b}{}{a}", NASTY[at]);
        report.findings[0].help = Some(format!("{b}{a}{}", NASTY[at]));
        report.host.name.clone_from(&a);
        let root = tree(&report, Dialect::Strict);
        proptest::prop_assert_eq!(rules::jenkins(&root), Vec::<String>::new());
        proptest::prop_assert_eq!(rules::windyroad(&root), Vec::<String>::new());
        tree(&report, Dialect::Rich);
    }
}
