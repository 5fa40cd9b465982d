//! What is read, and every way in which a file can be wrong.

use proptest::prelude::*;

use super::*;

const CHECKS: &[&str] = &["cross-compile", "imports", "slow-path", "stale-waiver"];

fn good(text: &str) -> Config {
    parse(text.as_bytes(), CHECKS).unwrap_or_else(|faults| panic!("{text}\n{faults:?}"))
}

#[test]
fn every_key_is_read() {
    let config = good(
        r#"
        fail-on = "never"
        baseline = "ci/baseline.json"
        tags = ["netgo", "v1.2"]

        [[waiver]]
        check = "cross-compile"
        package = "example.com/app/..."
        module = "github.com/go-ole/go-ole@v1.2.5"
        class = "undefined-symbol"
        subject = "image:app*.exe"
        file = "raw/*.go"
        reason = """
            two lines
            of reason"""
        expires = "2027-01-31"

        [[waiver]]
        check = "*"
        module = "golang.org/x/sys"
        reason = "one"
        expires = 2028-02-29
        "#,
    );
    assert_eq!(config.fail_on, Some(Threshold(None)));
    assert_eq!(config.baseline.as_deref(), Some("ci/baseline.json"));
    assert_eq!(config.tags, ["netgo", "v1.2"]);
    let [first, second] = config.waivers.as_slice() else { panic!("{config:?}") };
    assert_eq!(first.check.as_deref(), Some("cross-compile"));
    assert_eq!(first.version.as_deref(), Some("v1.2.5"));
    assert_eq!(first.reason, "two lines of reason");
    assert_eq!((first.line, first.expires), (6, Day::new(2027, 1, 31)));
    assert_eq!(first.expires_line, Some((16, r#"expires = "2027-01-31""#.to_owned())));
    assert_eq!(
        first.words(),
        "cross-compile of example.com/app/..., module github.com/go-ole/go-ole@v1.2.5, image:app*.exe, class \
         undefined-symbol, file raw/*.go"
    );
    assert_eq!((second.check.as_ref(), second.line), (None, 18));
    assert_eq!(second.words(), "every check of module golang.org/x/sys");
    assert_eq!(second.expires_line, Some((22, "expires = 2028-02-29".to_owned())));
}

#[test]
fn an_empty_file_leaves_everything_to_the_command_line() {
    for text in ["", "\n# nothing\n", "\u{feff}"] {
        assert_eq!(good(text), Config::default());
    }
}

/// One waiver that is right but for its lines after the second.
fn waiver(lines: &str) -> String {
    format!("[[waiver]]\nreason = \"r\"\n{lines}\n")
}

/// Line and column of the first fault, and a part of its message and of its next step.
type Wrong<'a> = (String, &'a str, &'a str, &'a str);

fn told(wrong: &[Wrong<'_>]) {
    for (text, place, message, next) in wrong {
        let faults = parse(text.as_bytes(), CHECKS).expect_err(text);
        let first = &faults[0];
        assert_eq!(format!("{}:{}", first.line, first.column), *place, "{text}\n{faults:?}");
        assert!(first.message.contains(message), "{text}\n{}", first.message);
        assert!(first.next.contains(next), "{text}\n{}", first.next);
    }
}

#[test]
fn what_is_wrong_at_the_top_is_told_by_line_with_what_to_write() {
    told(&[
        ("fail-on = \"error".into(), "1:17", "not TOML", "docs/config.md"),
        ("\n\n= 1".into(), "3:1", "not TOML", "docs/config.md"),
        ("a = 1\na = 2".into(), "2:1", "not TOML: duplicate key", "docs/config.md"),
        ("fail_on = \"error\"".into(), "1:1", "no key `fail_on`", "did you mean `fail-on`?"),
        ("\nfail-no = \"error\"".into(), "2:1", "no key `fail-no`", "did you mean `fail-on`?"),
        ("[[waivers]]".into(), "1:3", "no key `waivers`", "did you mean `waiver`?"),
        ("reason = \"r\"".into(), "1:1", "no key `reason`", "below a line [[waiver]]"),
        ("zzzzzz = 1".into(), "1:1", "no key `zzzzzz`", "fail-on, baseline, tags and waiver"),
        ("fail-on = \"errors\"".into(), "1:11", "cannot be \"errors\"", "note and never"),
        ("fail-on = 1".into(), "1:11", "is a number", "write fail-on = \"error\""),
        ("fail-on = true".into(), "1:11", "is true or false", "write fail-on"),
        ("baseline = \"\"".into(), "1:12", "`baseline` is empty", "baseline.json"),
        ("baseline = [\"b\"]".into(), "1:12", "is a list", "write baseline"),
        ("baseline = \"a\\u0007\"".into(), "1:12", "control character", "plain text"),
        ("tags = \"netgo\"".into(), "1:8", "`tags` is text", "[\"netgo\""),
        ("tags = [1]".into(), "1:9", "a build tag is a number", "[\"netgo\""),
        ("tags = [\"a\", \"b c\"]".into(), "1:14", "\"b c\" is not a build tag", "[\"netgo\""),
        ("waiver = 1979-05-27".into(), "1:10", "`waiver` is a date", "[[waiver]]"),
        ("waiver = [1]".into(), "1:11", "a waiver is a number", "[[waiver]]"),
        ("[waiver]\ncheck = \"imports\"".into(), "1:1", "`waiver` is a table", "two brackets"),
    ]);
}

#[test]
fn what_is_wrong_with_a_waiver_is_told_by_line_with_what_to_write() {
    told(&[
        (waiver(""), "1:1", "names no check", "gowoa explain"),
        (waiver("check = \"*\""), "1:1", "would waive everything", "package, module or subject"),
        (waiver("check = \"*\"\nclass = \"c\""), "1:1", "would waive everything", "name a check"),
        (waiver("check = \"import\""), "3:9", "no check called", "did you mean \"imports\"?"),
        (waiver("check = \"Slow_Path\""), "3:9", "no check called", "did you mean \"slow-path\"?"),
        (waiver("check = \"what\""), "3:9", "no check called", "gowoa explain"),
        (waiver("check = \"stale-waiver\""), "3:9", "cannot be waived", "mend or remove"),
        (waiver("check = 7"), "3:9", "`check` is a number", "cross-compile"),
        (waiver("check = \"imports\"\npackages = \"p\""), "4:1", "no key `packages`", "`package`?"),
        (waiver("check = \"imports\"\npackage = \"./...\""), "4:11", "file system", "example.com"),
        (waiver("check = \"imports\"\npackage = \"/a\""), "4:11", "file system", "example.com"),
        (waiver("check = \"imports\"\npackage = 'a\\b'"), "4:11", "file system", "example.com"),
        (waiver("check = \"imports\"\npackage = \"a/*\""), "4:11", "cannot be", "... stands for"),
        (waiver("check = \"imports\"\npackage = \"a b\""), "4:11", "cannot be", "... stands for"),
        (waiver("check = \"imports\"\nmodule = \"m@1.2\""), "4:10", "not a version", "@v1.2.5"),
        (waiver("check = \"imports\"\nmodule = \"m@latest\""), "4:10", "not a version", "@v1.2.5"),
        (waiver("check = \"imports\"\nmodule = \"@v1.0.0\""), "4:10", "cannot be", "@v1.2.5"),
        (waiver("check = \"imports\"\nclass = \" \""), "4:9", "`class` is empty", "leave the line"),
        (waiver("check = \"imports\"\nsubject = {}"), "4:11", "`subject` is a table", "app.exe"),
        (waiver("check = \"imports\"\nexpires = \"soon\""), "4:11", "not a day", "2027-01-31"),
        (waiver("check = \"imports\"\nexpires = \"2027-02-29\""), "4:11", "not a day", "in UTC"),
        (waiver("check = \"imports\"\nexpires = 2027-01-31T10:00:00Z"), "4:11", "not a day", "UTC"),
        (waiver("check = \"imports\"\nexpires = 2027"), "4:11", "not a day", "2027-01-31"),
        ("[[waiver]]\ncheck = \"imports\"\n".into(), "1:1", "gives no reason", "wants to know why"),
        (
            "[[waiver]]\ncheck = \"imports\"\nreason = \"\"\n".into(),
            "3:10",
            "`reason` is empty",
            "who decided it",
        ),
    ]);
}

#[test]
fn all_faults_are_told_in_order_and_one_bad_waiver_is_enough() {
    let text = format!(
        "{}{}{}",
        waiver("check = \"imports\""),
        waiver("check = \"x\""),
        "fail-on = \"no\"\n"
    );
    let faults = parse(text.as_bytes(), CHECKS).unwrap_err();
    let lines: Vec<u32> = faults.iter().map(|fault| fault.line).collect();
    assert_eq!(lines, [6, 7], "{faults:?}");
    let many = "[[waiver]]\n".repeat(1000);
    assert_eq!(parse(many.as_bytes(), CHECKS).unwrap_err().len(), FAULTS);
}

#[test]
fn what_is_no_text_is_told_by_line() {
    let faults = parse(b"fail-on = \"error\"\n# \xff\n", CHECKS).unwrap_err();
    assert_eq!((faults[0].line, faults[0].column), (2, 3));
    assert!(faults[0].message.contains("UTF-8"));
    let long = vec![b'#'; usize::try_from(LONGEST).unwrap() + 1];
    assert!(parse(&long, CHECKS).unwrap_err()[0].message.contains("more than 1024 KiB"));
    let deep = format!("x = {}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(parse(deep.as_bytes(), CHECKS).unwrap_err()[0].message.starts_with("not TOML"));
}

/// Pieces of files, so that more than the first line is reached.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "[[waiver]]\n",
        "[waiver]\n",
        "check = ",
        "\"imports\"",
        "\"*\"\n",
        "reason = ",
        "expires = ",
        "2027-01-31",
        "package = ",
        "module = ",
        "\"a@v1\"",
        "tags = ",
        "[",
        "]",
        "{",
        "}",
        ",",
        "\n",
        "=",
        ".",
        "\"",
        "'''",
        "é",
        "\u{0}",
        "fail-on = ",
        "\"never\"\n",
        "# ",
        "\r",
        "1e9",
        "true",
        "\\u0000",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused_by_line(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        if let Err(faults) = parse(&bytes, CHECKS) {
            prop_assert!(faults.iter().all(|fault| fault.line > 0 && fault.column > 0));
            prop_assert!(!faults.is_empty());
        }
    }

    #[test]
    fn any_pieces_of_files_are_read_or_refused_by_line(text in pieces()) {
        let lines = u32::try_from(text.lines().count()).unwrap() + 1;
        match parse(text.as_bytes(), CHECKS) {
            Ok(config) => prop_assert!(config.waivers.iter().all(|w| w.line <= lines && !w.reason.is_empty())),
            Err(faults) => prop_assert!(faults.iter().all(|f| f.line <= lines && !f.next.is_empty())),
        }
    }
}

#[test]
fn the_page_describes_every_key_and_its_example_is_right() {
    let page = include_str!("../../../docs/config.md");
    for key in KEYS.iter().chain(WAIVER_KEYS) {
        assert!(page.contains(&format!("`{key}`")), "docs/config.md says nothing of `{key}`");
    }
    let examples: Vec<&str> =
        page.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(!examples.is_empty());
    let checks = ["cross-compile", "imports", "slow-path", "needs-cgo", "float-syscall"];
    let mut seen = std::collections::BTreeSet::<&str>::new();
    for example in examples {
        parse(example.as_bytes(), &checks).unwrap_or_else(|faults| panic!("{example}\n{faults:?}"));
        seen.extend(KEYS.iter().chain(WAIVER_KEYS).copied().filter(|key| example.contains(key)));
    }
    assert_eq!(seen.len(), KEYS.len() + WAIVER_KEYS.len(), "the examples show {seen:?}");
}
