//! Every shape and form, every field of the model, and what must not change.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::Value;

use super::{MARKER, Redact, Redactor, secrets};
use crate::model::*;

/// A value that needs escaping in URLs, shells and JSON.
const CANARY: &str = r#"C4n4ry/+'"&?=%zz"#;

fn nothing() -> Redactor {
    Redactor::default()
}

fn canary() -> Redactor {
    Redactor::from_environment([("DEPLOY_TOKEN", CANARY)])
}

#[test]
fn shapes_of_secrets_are_hidden() {
    let cases = [
        ("https://user:pass@proxy.example/x", "https://[redacted]@proxy.example/x"),
        ("https://t0ken@proxy.example", "https://[redacted]@proxy.example"),
        (
            "https://u:p@a.example,https://u:q@b.example|direct",
            "https://[redacted]@a.example,https://[redacted]@b.example|direct",
        ),
        ("https://u:p@ss@h.example/", "https://[redacted]@h.example/"),
        ("https://u:p/a#ss@h.example/", "https://[redacted]@h.example/"),
        (r#""https:\/\/u:p@h.example""#, r#""https:\/\/[redacted]@h.example""#),
        ("x=https%3A%2F%2Fu%3Ap%40h.example", "x=https%3A%2F%2F[redacted]%40h.example"),
        ("ssh://deploy:pw@git.example/x", "ssh://[redacted]@git.example/x"),
        ("Authorization: Bearer abcdef", "Authorization: [redacted]"),
        (
            "curl -H 'authorization: Basic dTpw' https://h",
            "curl -H 'authorization: [redacted]' https://h",
        ),
        ("sent bearer abc123def456", "sent bearer [redacted]"),
        ("PRIVATE-TOKEN: abcdefgh", "PRIVATE-TOKEN: [redacted]"),
        ("Cookie: sid=abc; x=y", "Cookie: [redacted]"),
        ("ghp_0123456789abcdefABCDEF0123456789abcd!", "[redacted]!"),
        ("github_pat_11AAAAAAA0aaaaaaaaaaaa_bbbbbbbbbb", "[redacted]"),
        ("glpat-0123456789abcdefABCD.", "[redacted]."),
        ("xoxb-123456789012-abcdefghij", "[redacted]"),
        ("AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "[redacted] [redacted]"),
        ("npm_abcdefghijklmnopqrstuvwxyz0123456789", "[redacted]"),
        ("pypi-AgEIcHlwaS5vcmcCJDAwMDAwMDAw", "[redacted]"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "[redacted]"),
        (
            "a\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nb",
            "a\n[redacted]\nb",
        ),
        ("-----BEGIN PRIVATE KEY-----\nMIIE cut", "[redacted]"),
        ("https://h/x?token=abc&v=1&sig=a%2Fb", "https://h/x?token=[redacted]&v=1&sig=[redacted]"),
        ("https://h/x?X-Amz-Signature=abc#f", "https://h/x?X-Amz-Signature=[redacted]"),
        ("password=hunter2 next", "password=[redacted] next"),
        (r#"-ldflags=-X "main.apiKey=abc def""#, r#"-ldflags=-X "main.apiKey=[redacted] def""#),
        (r#"secret="two words" x"#, r#"secret="[redacted]" x"#),
        (r#"{"password": "hunter2"}"#, r#"{"password": "[redacted]"}"#),
        ("tool --api-token s3cr3tvalue run", "tool --api-token [redacted] run"),
        ("Server=h;Password=abc;User=x", "Server=h;Password=[redacted];User=x"),
        ("//registry.example/:_authToken=abc", "//registry.example/:_authToken=[redacted]"),
    ];
    for (text, expected) in cases {
        assert_eq!(nothing().clean(text), expected, "of {text}");
    }
}

#[test]
fn what_only_looks_like_a_secret_stays() {
    let texts = [
        "github.com/go-ole/go-ole@v1.2.5/com.go:238:21: undefined: VARIANT",
        "golang.org/x/sys v0.0.0-20210615035016-665e8c7367d1",
        "h1:4dVjaIZhSTGVhmfkhn7WzHSKZrRRr0G0Nn8mqS0ryb0=",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "pkg@v1.2.3",
        "git@github.com:org/repo.git",
        "ssh://git@github.com/org/repo",
        "https://proxy.example.com,direct",
        "https://host.example:8080/mod/@v/list",
        "https://host.example:8080,https://b.example/mod/@v/v1.0.0.info",
        "https://pkg.go.dev/golang.org/x/sys@v0.1.0?tab=doc",
        r"C:\Users\me\go\pkg\mod\github.com\x\y@v1.0.0\z.go:4:1: missing function body",
        "go: github.com/x/token: module github.com/x/token: git ls-remote -q origin: exit status 128",
        "no required module provides package k8s.io/api/authorization: foo",
        "k8s.io/client/authorization: cannot find module",
        "fatal: could not read Username for 'https://github.com': terminal prompts disabled",
        "401 Unauthorized: basic authentication required",
        "undefined: token.Position",
        "cannot use secret (variable of type *Secret) as Token value in argument",
        "imports golang.org/x/oauth2/bearer authenticator",
        "GOAUTH=netrc GOFLAGS=-mod=mod",
        "go build -tags=token,secret ./...",
        "token=$DEPLOY_TOKEN password=${PW} secret=%SECRET% token=*** token=true",
        "if token == nil",
        "PWD=/home/me/app",
        "max_token=4096",
        "main.go:5:12: pattern x64.dll: no matching files found",
        "package:example.com/app/secret",
        "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----",
        "x-access-token",
        "",
    ];
    let redactor = Redactor::from_environment([
        ("GOAUTH", "netrc"),
        ("GOPRIVATE", "github.com/x/*"),
        ("SSH_AUTH_SOCK", "/run/user/1000/agent.sock"),
        ("AUTH", "auto"),
        ("MY_TOKEN", "12345"),
        ("API_KEY", "windows/arm64"),
        ("CREDENTIALS", "/home/me/go/pkg"),
        ("TOKEN_COUNT_SECRET", "4096"),
    ]);
    for text in texts {
        assert_eq!(redactor.clean(text), text);
    }
}

#[test]
fn names_decide_by_words() {
    for name in [
        "GITHUB_TOKEN",
        "npm_config_//registry.example/:_authToken",
        "DB_PASSWORD",
        "db_pwd",
        "AWS_SECRET_ACCESS_KEY",
        "GH_PAT",
        "GPG_PRIVATE_KEY",
        "OPENAI_API_KEY",
        "DOCKER_AUTH_CONFIG",
        "CLIENT-SECRET",
        "GOOGLE_CREDENTIALS",
    ] {
        assert!(secrets::is_secret_name(name), "{name}");
    }
    for name in [
        "GOAUTH",
        "SSH_AUTH_SOCK",
        "GOPRIVATE",
        "PATH",
        "PWD",
        "OLDPWD",
        "GIT_AUTHOR_NAME",
        "TOKENIZER_MODEL",
        "GOOGLE_CREDENTIALS_FILE",
        "KEY",
        "KEYBOARD",
        "XAUTHORITY",
        "SECRET_NAME",
        "MONKEY_PATCH",
        "",
    ] {
        assert!(!secrets::is_secret_name(name), "{name}");
    }
}

/// Base64 as any tool writes it, for the tests.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let word = chunk
            .iter()
            .chain([&0, &0])
            .take(3)
            .fold(0_usize, |word, byte| word << 8 | usize::from(*byte));
        for place in 0..4 {
            let used = place <= chunk.len();
            out.push(if used { char::from(ALPHABET[word >> (18 - 6 * place) & 63]) } else { '=' });
        }
    }
    out
}

#[test]
fn values_are_hidden_in_every_form() {
    let redactor = canary();
    for text in [
        CANARY.to_owned(),
        format!("in{CANARY}side"),
        "C4n4ry%2F%2B%27%22%26%3F%3D%25zz".to_owned(),
        "C4n4ry%2f%2b%27%22%26%3f%3d%25zz".to_owned(),
        serde_json::to_string(CANARY).unwrap(),
        format!("'{}'", CANARY.replace('\'', r"'\''")),
    ] {
        let cleaned = redactor.clean(&text);
        assert!(!cleaned.contains("C4n4ry"), "{text} became {cleaned}");
    }
    assert_eq!(
        redactor.clean(&base64(CANARY.as_bytes())),
        "[redacted]g==",
        "only the last bits stay"
    );
    for before in ["", "u", "us", "user:"] {
        let text = base64(format!("{before}{CANARY} and more").as_bytes());
        assert!(redactor.clean(&text).contains(MARKER), "{before}");
    }
}

#[test]
fn a_value_of_several_lines_is_hidden_line_by_line() {
    let redactor =
        Redactor::from_environment([("SIGNING_SECRET", "first line of it\nsecond line of it\nx")]);
    assert_eq!(redactor.clean("a second line of it b"), "a [redacted] b");
    assert_eq!(redactor.clean("x"), "x");
}

#[test]
fn credentials_in_the_urls_of_any_variable_are_values() {
    let redactor = Redactor::from_environment([
        ("GOPROXY", "https://me:p%40ssw0rd@proxy.example,direct"),
        ("HTTPS_PROXY", "http://tok3n-tok3n:x-oauth-basic@h"),
    ]);
    assert_eq!(
        redactor.clean("denied for p@ssw0rd and p%40ssw0rd"),
        "denied for [redacted] and [redacted]"
    );
    assert_eq!(redactor.clean("tok3n-tok3n"), MARKER);
    assert_eq!(redactor.clean("x-oauth-basic"), "x-oauth-basic");
}

#[test]
fn passwords_of_a_netrc_are_values() {
    let text = "machine a.example login me password s3cret-one\nmacdef init\npassword no-secret\n\n\
                machine b.example\nlogin t0ken-two\npassword x-oauth-basic\ndefault password\n s3cret-three";
    let redactor = canary().with_netrc(text);
    assert_eq!(
        redactor.clean("s3cret-one t0ken-two s3cret-three"),
        "[redacted] [redacted] [redacted]"
    );
    assert_eq!(redactor.clean("me no-secret"), "me no-secret");
    assert_eq!(redactor.clean(CANARY), MARKER, "what it knew before it still knows");
}

#[test]
fn overlapping_values_leave_nothing() {
    let redactor = Redactor::from_environment([("A_TOKEN", "abcdef123"), ("B_TOKEN", "123xyz789")]);
    assert_eq!(redactor.clean("<abcdef123xyz789>"), "<[redacted]>");
}

#[test]
fn debug_output_keeps_the_secrets() {
    assert_eq!(format!("{:?}", canary()), "Redactor(1 values)");
}

#[test]
fn a_private_key_over_several_detail_lines_is_hidden() {
    let lines =
        ["key:", "-----BEGIN PRIVATE KEY-----", "MIIEabc", "-----END PRIVATE KEY-----", "end"];
    let details = lines.map(str::to_owned).to_vec();
    let mut problem = Problem { message: String::new(), details, next: None };
    problem.redact(&nothing());
    assert_eq!(problem.details, ["key:", MARKER, "end"]);
}

#[test]
fn a_variable_of_a_secret_name_keeps_its_name_only() {
    let mut plan = PlanReport::default();
    plan.environment.insert("MY_TOKEN".to_owned(), "abc".to_owned());
    plan.environment.insert("GOFLAGS".to_owned(), "-mod=mod".to_owned());
    plan.redact(&nothing());
    assert_eq!(plan.environment["MY_TOKEN"], MARKER);
    assert_eq!(plan.environment["GOFLAGS"], "-mod=mod");
}

/// A report in which every field of every type is present, and every kind of evidence.
fn full() -> Report {
    let text = || "text".to_owned();
    let some = || Some(text());
    let list = || vec![text(), text()];
    let id = || SubjectId(text());
    let check = || CheckId::new("check");
    let module =
        || Some(ModuleRef { path: text(), version: some(), replaced_by: some(), vendored: true });
    let evidence = vec![
        Evidence::Output { command: text(), status: Some(1), text: text() },
        Evidence::Cause { text: text(), file: some(), line: Some(1) },
        Evidence::Control { target: text(), outcome: ControlOutcome::Builds, text: some() },
        Evidence::Chain { links: vec![ChainLink { package: text(), module: module() }] },
        Evidence::Stops { packages: list() },
        Evidence::Files { amd64_only: list(), arm64_only: list() },
        Evidence::Field { name: text(), value: text(), file_offset: Some(1) },
        Evidence::Code { rva: 1, file_offset: 1, bytes: text(), x86: list(), a64: list() },
        Evidence::Source { file: text(), line: 1, text: text() },
        Evidence::Listing {
            command: text(),
            lines: vec![ListingLine {
                function: text(),
                file: some(),
                line: Some(1),
                text: text(),
            }],
        },
        Evidence::Linked {
            image: text(),
            functions: list(),
            reflection: true,
            link_proof: true,
            path: list(),
        },
        Evidence::Tried {
            module: text(),
            target: text(),
            outcome: ControlOutcome::Builds,
            text: some(),
        },
        Evidence::Rule { id: text(), summary: text(), url: some() },
        Evidence::Reproduce { command: text() },
    ];
    let location = Location {
        file: some(),
        line: Some(1),
        column: Some(1),
        section: some(),
        rva: Some(1),
        file_offset: Some(1),
        function: some(),
    };
    Report {
        schema_version: text(),
        tool: ToolRef { name: text(), version: text() },
        started: text(),
        duration_ms: 1,
        host: Host { name: text(), platform: text() },
        plan: PlanReport {
            subcommand: Subcommand::Inspect,
            expect: some(),
            target: text(),
            go_version: some(),
            go_origin: some(),
            go: some(),
            patterns: list(),
            cgo: true,
            c_compiler: some(),
            tags: list(),
            go_flags: list(),
            environment: BTreeMap::from([(text(), text())]),
            tests: true,
            offline: true,
            fail_on: Some(Severity::Error),
            module: some(),
            listing: some(),
            rules: list(),
            config: some(),
            baseline: some(),
            started_in: some(),
            directory: some(),
            base: some(),
            all_modules: true,
            no_config: true,
            given: list(),
            reports: list(),
        },
        verdict: ReportVerdict::Fail,
        counts: Counts::default(),
        phases: vec![PhaseReport { name: text(), summary: text(), duration_ms: 1, go_ms: Some(1) }],
        problems: vec![Problem { message: text(), details: list(), next: some() }],
        unproven: vec![Unproven { label: text(), text: text(), names: list() }],
        subjects: vec![Subject {
            id: id(),
            kind: SubjectKind::Package,
            name: text(),
            module: module(),
            matched: true,
            command: true,
            class: Some(FileSetClass::Portable),
            build: Some(BuildState::Linked),
            machine: some(),
            size: Some(1),
            sha256: some(),
            packages: list(),
            map: Some(ImageMap {
                sections: vec![MapSection {
                    name: text(),
                    rva: 1,
                    file_offset: 1,
                    size: 1,
                    executable: true,
                    spans: vec![MapSpan {
                        offset: 0,
                        length: 1,
                        kind: SpanKind::Go,
                        label: text(),
                    }],
                }],
            }),
        }],
        results: vec![CheckResult {
            check: check(),
            subject: id(),
            verdict: ResultVerdict::Fail,
            reason: some(),
            gating: true,
        }],
        findings: vec![Finding {
            check: check(),
            severity: Severity::Error,
            confidence: Confidence::High,
            class: some(),
            message: text(),
            help: some(),
            package: some(),
            module: module(),
            subject: id(),
            location: Some(location),
            anchor: Some(Anchor {
                file: text(),
                line: Some(1),
                column: Some(1),
                kind: AnchorKind::Requirement,
            }),
            reachability: Some(Reachability::MainModule),
            evidence,
            waived: Some(Waived { reason: text(), expires: some() }),
            known: true,
            origin: list(),
        }],
    }
}

/// Puts `text` behind every string of a value that [`full`] wrote, keys of maps too.
fn fill(value: &mut Value, text: &str, filled: &mut usize) {
    match value {
        Value::String(s) if s == "text" || s == "check" => {
            s.push_str(text);
            *filled += 1;
        }
        Value::Array(items) => items.iter_mut().for_each(|item| fill(item, text, filled)),
        Value::Object(map) => {
            // Only the map of variables has this key alone; evidence has its kind beside it.
            if map.len() == 1
                && let Some(inner) = map.remove("text")
            {
                map.insert(format!("text{text}"), inner);
                *filled += 1;
            }
            map.iter_mut().for_each(|(_, item)| fill(item, text, filled));
        }
        _ => {}
    }
}

#[test]
fn no_canary_leaves_in_any_field() {
    let url = format!("https%3A%2F%2Fx%2F{}", "C4n4ry%2F%2B%27%22%26%3F%3D%25zz");
    let secret = format!(
        " {CANARY} {url} {} https://u:C4n4ryPw@h ghp_C4n4ryC4n4ryC4n4ryC4n4ry Bearer C4n4ryC4n4ry password=C4n4ry",
        base64(CANARY.as_bytes())
    );
    let mut value = serde_json::to_value(full()).unwrap();
    let mut filled = 0;
    fill(&mut value, &secret, &mut filled);
    let mut report: Report = serde_json::from_value(value).unwrap();
    report.redact(&canary());
    let json = serde_json::to_string(&report).unwrap();
    assert!(!json.contains("C4n4ry"), "{json}");
    assert!(!json.contains(&base64(CANARY.as_bytes())[..8]), "{json}");
    assert!(filled >= 70, "only {filled} strings were filled");
    assert_eq!(report.findings[0].subject, report.subjects[0].id, "ids still match");
    assert_eq!(report.results[0].subject, report.subjects[0].id);

    let mut twice = report.clone();
    twice.redact(&canary());
    assert_eq!(twice, report);
}

#[test]
fn a_report_without_secrets_is_untouched() {
    let mut report = full();
    report.redact(&canary());
    assert_eq!(report, full());
}

/// Text made of pieces that meet in every way.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "https://",
        "u:p@",
        "@",
        ":",
        "/",
        "token=",
        "password=",
        "\"",
        "'",
        " ",
        "\n",
        "=",
        "&",
        "?sig=",
        "[",
        "]",
        "redacted",
        MARKER,
        "abcdef",
        "redact",
        "ed]abc",
        "ghp_",
        "0123456789abcdef",
        "eyJabcdefgh.",
        "Bearer ",
        "Authorization: ",
        "AKIAIOSFODNN7EXAMPLE",
        "-----BEGIN PRIVATE KEY-----",
        "-----END PRIVATE KEY-----",
        "%3A%2F%2F",
        "%40",
        "Cookie: ",
        "é",
        "--token ",
        "\\",
    ]);
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn cleaning_twice_is_cleaning_once(
        text in prop_oneof![pieces(), any::<String>()],
        values in prop::collection::vec(
            prop_oneof![
                any::<String>(),
                "[a-f\\[\\]]{6,9}",
                Just("redacted]".to_owned()),
                Just("ed]abc".to_owned()),
                Just(MARKER.to_owned()),
            ],
            0..4,
        ),
    ) {
        let redactor = Redactor::from_environment(values.iter().map(|value| ("A_SECRET", value)));
        let once = redactor.clean(&text).into_owned();
        let twice = redactor.clean(&once);
        prop_assert_eq!(&*twice, &once);
        prop_assert!(matches!(twice, std::borrow::Cow::Borrowed(_)));
    }

    #[test]
    fn a_value_never_survives(
        value in "[A-Za-z0-9/+=%&'\"\\\\é ]{8,40}",
        before in any::<String>(),
        after in any::<String>(),
    ) {
        let value = format!("Zq{}9", value.trim());
        let redactor = Redactor::from_environment([("A_SECRET", &value)]);
        let text = format!("{before}{value}{after}");
        prop_assert!(!redactor.clean(&text).contains(&value));
        let coded = base64(text.as_bytes());
        prop_assert!(redactor.clean(&coded).contains(MARKER));
    }

    #[test]
    fn netrc_and_names_never_panic(text in any::<String>(), name in any::<String>()) {
        let redactor = Redactor::from_environment([(name, text.clone())]).with_netrc(&text);
        let _ = redactor.clean(&text);
    }
}
