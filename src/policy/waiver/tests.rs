//! What a waiver speaks of, and until when.

use super::*;
use crate::model::{Location, ModuleRef, Severity, SubjectId};
use crate::policy::tests::finding;

fn waiver(check: &str) -> Waiver {
    Waiver {
        check: (check != "*").then(|| check.to_owned()),
        package: None,
        module: None,
        version: None,
        class: None,
        subject: None,
        file: None,
        reason: "r".into(),
        expires: None,
        line: 1,
        expires_line: None,
    }
}

fn go_ole() -> Finding {
    Finding {
        class: Some("undefined-symbol".into()),
        package: Some("github.com/go-ole/go-ole/oleutil".into()),
        module: Some(ModuleRef {
            path: "github.com/go-ole/go-ole".into(),
            version: Some("v1.2.5".into()),
            replaced_by: None,
            vendored: false,
        }),
        subject: SubjectId("package:github.com/go-ole/go-ole/oleutil".into()),
        location: Some(Location {
            file: Some("github.com/go-ole/go-ole@v1.2.5/oleutil/com.go".into()),
            ..Location::default()
        }),
        ..finding(Severity::Error)
    }
}

#[test]
fn patterns_are_those_of_go() {
    let go = |pattern: &str, text| Pattern::Go(pattern.to_owned()).matches(text);
    for (pattern, yes, no) in [
        ("a/b", vec!["a/b"], vec!["a/b/c", "a", "x/a/b", ""]),
        ("a/...", vec!["a", "a/b", "a/b/c"], vec!["ab", "b/a"]),
        ("...", vec!["", "a", "a/b"], vec![]),
        (".../b", vec!["a/b", "a/c/b"], vec!["b", "a/bc"]),
        ("a/.../z", vec!["a/b/z", "a/b/c/z"], vec!["a/z", "a/b/z/y"]),
        ("net...", vec!["net", "net/http", "netip"], vec!["xnet"]),
        ("a...a", vec!["aa", "aba"], vec!["a"]),
    ] {
        assert!(yes.iter().all(|text| go(pattern, text)), "{pattern} and {yes:?}");
        assert!(!no.iter().any(|text| go(pattern, text)), "{pattern} and {no:?}");
    }
    let name = |pattern: &str, text| Pattern::Name(pattern.to_owned()).matches(text);
    assert!(name("dist/app_*.zip", "dist/app_1.2.zip") && name("*", "") && name("a...", "a..."));
    assert!(!name("dist/*.zip", "dist/app.zip.sig") && !name("a", "ab") && !name("a...", "ab"));
}

#[test]
fn everything_that_is_given_has_to_fit() {
    let go = |text: &str| Some(Pattern::Go(text.into()));
    let name = |text: &str| Some(Pattern::Name(text.into()));
    let fit = [
        waiver("x"),
        Waiver { package: go("github.com/go-ole/..."), ..waiver("*") },
        Waiver { module: go("github.com/go-ole/go-ole"), ..waiver("x") },
        Waiver { module: go("github.com/..."), version: Some("v1.2.5".into()), ..waiver("x") },
        Waiver { class: Some("undefined-symbol".into()), ..waiver("x") },
        Waiver { subject: name("package:*oleutil"), ..waiver("x") },
        Waiver { subject: name("github.com/go-ole/go-ole/oleutil"), ..waiver("x") },
        Waiver { file: name("github.com/go-ole/go-ole/oleutil/*.go"), ..waiver("x") },
        Waiver { file: name("*@v1.2.5/oleutil/com.go"), ..waiver("x") },
    ];
    let misfit = [
        waiver("y"),
        Waiver { package: go("github.com/go-ole/go-ole"), ..waiver("x") },
        Waiver {
            module: go("github.com/go-ole/go-ole"),
            version: Some("v1.2.6".into()),
            ..waiver("x")
        },
        Waiver { class: Some("link-undefined".into()), ..waiver("x") },
        Waiver { subject: name("oleutil"), ..waiver("x") },
        Waiver { file: name("com.go"), ..waiver("x") },
        Waiver { package: go("..."), class: Some("other".into()), ..waiver("x") },
    ];
    assert!(fit.iter().all(|waiver| waiver.matches(&go_ole())), "{fit:?}");
    assert!(!misfit.iter().any(|waiver| waiver.matches(&go_ole())), "{misfit:?}");
}

#[test]
fn what_a_finding_lacks_does_not_fit_a_pattern() {
    let image = Finding { subject: SubjectId("image:app.exe".into()), ..finding(Severity::Error) };
    let all = || Some(Pattern::Go("...".into()));
    assert!(!Waiver { package: all(), ..waiver("x") }.matches(&image));
    assert!(!Waiver { module: all(), ..waiver("x") }.matches(&image));
    assert!(!Waiver { file: Some(Pattern::Name("*".into())), ..waiver("x") }.matches(&image));
    // The tests of a package are about that package, in whichever unit.
    let test = Finding { subject: SubjectId("test:tools!a/b".into()), ..finding(Severity::Error) };
    let package = Some(Pattern::Go("a/b".into()));
    assert!(Waiver { package, ..waiver("*") }.matches(&test));
}

#[test]
fn the_check_of_waivers_is_not_waived() {
    let stale = Finding {
        check: crate::model::CheckId::new(crate::policy::STALE_WAIVER),
        subject: SubjectId("config:gowoa.toml".into()),
        ..finding(Severity::Warning)
    };
    let all = Waiver { subject: Some(Pattern::Name("*".into())), ..waiver("*") };
    assert!(!all.matches(&stale));
}

#[test]
fn a_waiver_holds_to_the_end_of_its_last_day() {
    let last = Waiver { expires: Day::parse("2026-11-27"), ..waiver("x") };
    let waived = |day: Option<&str>| {
        let mut findings = [go_ole()];
        let today = day.and_then(Day::of_report);
        let outcome = waive(std::slice::from_ref(&last), &mut findings, today)[0];
        assert_eq!(outcome.matched, 1);
        assert_eq!(outcome.expired, findings[0].waived.is_none());
        assert_eq!(outcome.open, u64::from(outcome.expired));
        findings[0].waived.clone()
    };
    let expected = Waived { reason: "r".into(), expires: Some("2026-11-27".into()) };
    assert_eq!(waived(Some("2026-11-27T23:59:59Z")), Some(expected));
    assert_eq!(waived(Some("2026-11-28T00:00:00Z")), None);
    assert_eq!(waived(None), None, "without a day nobody can say that it still holds");
}

#[test]
fn the_first_that_still_holds_waives_and_all_of_them_are_in_use() {
    let old = Waiver { expires: Day::parse("2020-01-01"), ..waiver("x") };
    let second = Waiver { reason: "second".into(), ..waiver("x") };
    let third = Waiver { reason: "third".into(), ..waiver("*") };
    let mut findings = [go_ole(), finding(Severity::Note)];
    findings[1].check = crate::model::CheckId::new("y");
    let outcomes = waive(&[old, second, third], &mut findings, Day::parse("2026-01-01"));
    let reasons: Vec<_> = findings.iter().map(|f| f.waived.clone().unwrap().reason).collect();
    assert_eq!(reasons, ["second", "third"]);
    assert_eq!(
        outcomes.iter().map(|o| (o.matched, o.open)).collect::<Vec<_>>(),
        [(1, 0), (1, 0), (2, 0)]
    );
    assert_eq!(outcomes.iter().map(|o| o.expired).collect::<Vec<_>>(), [true, false, false]);
}

#[test]
fn days_are_those_of_the_calendar() {
    for day in ["2024-02-29", "2000-02-29", "2026-12-31", "0001-01-01"] {
        assert_eq!(Day::parse(day).unwrap().to_string(), day);
    }
    let wrong = [
        "2023-02-29",
        "1900-02-29",
        "2026-13-01",
        "2026-00-10",
        "2026-01-00",
        "2026-04-31",
        "2026-1-1",
        "20260101",
        "2026-01-01-01",
        "+026-01-01",
        "2026-01-1x",
        "",
        "x",
        "２026-01-01",
    ];
    for day in wrong {
        assert_eq!(Day::parse(day), None, "{day}");
    }
    assert!(Day::parse("2026-01-31") < Day::parse("2026-02-01"));
    assert_eq!(Day::of_report("2026-11-27T15:23:55Z"), Day::new(2026, 11, 27));
    assert_eq!(Day::of_report("é"), None);
}
