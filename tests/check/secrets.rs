//! A canary secret in every place from which one could leak reaches no format and no message; the text around it
//! stays.

use crate::harness::{Gowoa, Run};
use crate::projects::{Project, texts};

/// The secret. No known shape gives it away: it is found because this machine holds it.
const CANARY: &str = "cAnAry7Zq9xW3vK5";
/// A token whose shape alone is enough.
const SHAPED: &str = "ghp_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789";

/// Every text that a run gave to anybody.
fn everything(project: &Project, run: &Run) -> Vec<(String, String)> {
    let mut all = vec![
        ("the terminal".to_owned(), run.stderr.clone()),
        ("standard output".to_owned(), run.stdout.clone()),
    ];
    if let Some(report) = &run.report {
        all.push(("json".into(), report.to_string()));
    }
    for path in [project.junit(), project.out().join("strict.xml")] {
        if let Ok(text) = fs_err::read_to_string(&path) {
            all.push((path.display().to_string(), text));
        }
    }
    all
}

/// The canary and what it becomes in URLs, in Base64, and cut at its ends are in none of the texts.
#[track_caller]
fn assert_hidden(project: &Project, run: &Run) {
    let forms = [
        CANARY,
        SHAPED,
        // Base64 of the canary, at any alignment, without the characters at the ends.
        "BbkFyeTdacTl4VzN2S",
        "QW5Bcnk3WnE5eFczdk",
        "BuQXJ5N1pxOXhXM3ZL",
    ];
    for (place, text) in everything(project, run) {
        for form in forms {
            assert!(!text.contains(form), "{form} leaks to {place}:\n{text}");
        }
    }
}

fn check(project: &Project) -> Gowoa {
    project
        .check()
        .arg("--report")
        .arg(format!("junit-strict={}", project.out().join("strict.xml").display()))
        // Whatever the machine itself has must not change what these tests see.
        .env("NETRC", project.beside("no-netrc"))
}

/// A project that breaks for arm64 in words that quote the canary from the source, and so from a report.
fn quoting() -> Project {
    let source = format!(
        "package a\n\n// A is for everybody.\nfunc A() int {{ return \"before {CANARY} after\" }}\n"
    );
    Project::module().file("a/a_windows_arm64.go", source).file("a/a.go", {
        "//go:build !(windows && arm64)\n\npackage a\n\nfunc A() int { return 1 }\n"
    })
}

#[test]
fn the_canary_would_be_seen() {
    // The proof that the tests below look in the right places: unknown to gowoa, it is text like any other.
    let project = quoting();
    let run = check(&project).run();
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let seen = everything(&project, &run);
    let shows =
        |place: &str| seen.iter().any(|(name, text)| name.contains(place) && text.contains(CANARY));
    for place in ["terminal", "json", "junit.xml", "strict.xml"] {
        assert!(shows(place), "{place} never had it: {seen:?}");
    }
}

#[test]
fn a_variable_hides_what_the_compiler_quotes() {
    for (name, value) in [
        ("GITHUB_TOKEN", CANARY.to_owned()),
        ("DEPLOY_PASSWORD", CANARY.to_owned()),
        ("GOPROXY", format!("https://user:{CANARY}@proxy.invalid,off")),
        ("SOME_REMOTE", format!("https://{CANARY}:x-oauth-basic@github.com/a/b")),
    ] {
        let project = quoting();
        let run = check(&project).env(name, value).run();
        assert_eq!(run.code, Some(1), "{}", run.stderr);
        assert_hidden(&project, &run);
        // What stands around it is as it was.
        for (place, text) in everything(&project, &run) {
            if place != "standard output" {
                assert!(text.contains("before [redacted] after"), "{place} of {name}:\n{text}");
                assert!(text.contains("example.com/m/a"), "{place} of {name}:\n{text}");
            }
        }
    }
}

#[test]
fn a_password_of_netrc_is_hidden() {
    let text = format!("machine proxy.invalid\n  login me\n  password {CANARY}\n");
    // $NETRC.
    let project = quoting();
    let netrc = project.beside("netrc");
    fs_err::write(&netrc, &text).unwrap();
    let run = check(&project).env("NETRC", &netrc).run();
    assert_hidden(&project, &run);
    assert!(run.stderr.contains("before [redacted] after"), "{}", run.stderr);
    // The home directory, where NETRC is empty.
    let project = quoting();
    let home = project.beside("home");
    fs_err::create_dir(&home).unwrap();
    fs_err::write(home.join(if cfg!(windows) { "_netrc" } else { ".netrc" }), &text).unwrap();
    let run = check(&project)
        .env("NETRC", "")
        .env("HOME", &home)
        .env("USERPROFILE", &home)
        .env("GOCACHE", go_env("GOCACHE"))
        .env("GOMODCACHE", go_env("GOMODCACHE"))
        .run();
    assert_hidden(&project, &run);
    assert!(run.stderr.contains("before [redacted] after"), "{}", run.stderr);
}

#[test]
fn a_netrc_that_cannot_be_read_stops_nothing() {
    let project = Project::module().file("bytes", b"machine \xff password \xfe\0\n");
    for netrc in [project.src(), project.src().join("bytes"), project.beside("nowhere"), "".into()]
    {
        let run = check(&project).env("NETRC", netrc).run();
        assert_eq!(run.code, Some(0), "{}", run.stderr);
    }
}

/// What Go uses here, for runs with another home directory.
fn go_env(key: &str) -> String {
    let output = std::process::Command::new("go").args(["env", key]).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn flags_in_the_plan_are_cleaned() {
    let project = Project::module();
    let run = check(&project)
        .env("API_KEY", CANARY)
        .arg(format!("--ldflags=-X main.key={CANARY} -X main.other=kept"))
        .arg(format!("--tags=kept,{CANARY}"))
        .run();
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_hidden(&project, &run);
    let told = texts(run.report()).join("\n");
    assert!(told.contains("main.key=[redacted] -X main.other=kept"), "{told}");
}

#[test]
fn goflags_in_the_plan_are_cleaned() {
    let project = Project::module();
    let flags = format!("-buildvcs=false '-ldflags=-X main.key={CANARY}'");
    let run = check(&project).env("API_KEY", CANARY).env("GOFLAGS", flags).run();
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_hidden(&project, &run);
}

#[test]
fn error_messages_are_cleaned() {
    let project = Project::module();
    let run = check(&project).env("API_KEY", CANARY).arg("-C").arg(CANARY).run();
    project.assert_refused(&run, &["[redacted] is not a directory"]);
    assert_hidden(&project, &run);
    let run = check(&project).env("API_KEY", CANARY).arg("--go").arg(format!("./{CANARY}")).run();
    project.assert_refused(&run, &["--go ./[redacted]: there is no such file"]);
    assert_hidden(&project, &run);
    let run = check(&project).env("API_KEY", CANARY).arg("--report").arg(CANARY).run();
    project.assert_refused(&run, &["no report format"]);
    assert_hidden(&project, &run);
    let run = check(&project).env("API_KEY", CANARY).arg(format!("./{CANARY}")).run();
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert_hidden(&project, &run);
}

#[cfg(unix)] // The stand-ins for go are shell scripts.
mod told_by_go {
    use super::{CANARY, SHAPED, assert_hidden, check, everything};
    use crate::projects::Project;
    use crate::projects::fake::{FakeGo, said};

    /// What Go says when a proxy or a repository with credentials in its address does not answer.
    fn words() -> String {
        format!(
            "go: example.com/dep@v1.0.0: reading https://user:{CANARY}@proxy.invalid/example.com/dep: 401 Unauthorized\n\
             \tgit ls-remote -q https://x-access-token:{SHAPED}@github.com/a/b in /tmp/x: exit status 128:\n\
             \tfatal: unable to access: Authorization: Bearer {CANARY}\n\
             \tthe last line stays"
        )
    }

    #[test]
    fn in_env() {
        let project = Project::module();
        let shell = format!("{{\n{}\n}} >&2\nexit 1", said(&words()));
        let go = FakeGo::new(&project).env(shell).write(&project);
        // Nothing in the environment: the shapes are enough.
        let run = check(&project).arg("--go").arg(go).run();
        project
            .assert_refused(&run, &["proxy.invalid/example.com/dep: 401", "the last line stays"]);
        assert_hidden(&project, &run);
    }

    #[test]
    fn in_env_that_is_garbage() {
        let project = Project::module();
        let go = FakeGo::new(&project)
            .env(said(&format!("{{\"GOVERSION\": \"https://user:{CANARY}@x.invalid\"}}")))
            .write(&project);
        let run = check(&project).arg("--go").arg(go).run();
        assert_eq!(run.code, Some(2));
        assert_hidden(&project, &run);
    }

    #[test]
    fn in_a_list_that_fails() {
        let project = Project::module();
        let shell = format!("{{\n{}\n}} >&2\nexit 1", said(&words()));
        let go = FakeGo::new(&project).list(shell).write(&project);
        let run = check(&project).arg("--go").arg(go).run();
        assert_eq!(run.code, Some(2), "{}", run.stderr);
        assert_hidden(&project, &run);
        for (place, text) in everything(&project, &run) {
            if place != "standard output" {
                assert!(text.contains("401 Unauthorized"), "{place}:\n{text}");
                assert!(text.contains("the last line stays"), "{place}:\n{text}");
            }
        }
    }

    #[test]
    fn in_a_list_that_is_garbage() {
        let project = Project::module();
        let go = FakeGo::new(&project)
            .list(said(&format!("trying https://user:{CANARY}@proxy.invalid/x now")))
            .write(&project);
        let run = check(&project).arg("--go").arg(go).run();
        assert_eq!(run.code, Some(2), "{}", run.stderr);
        assert!(run.stderr.contains("proxy.invalid"), "{}", run.stderr);
        assert_hidden(&project, &run);
    }

    #[test]
    fn in_the_errors_of_packages() {
        let project = Project::module();
        let error = format!(
            "module lookup of https://user:{CANARY}@git.invalid/dep.git disabled by GOPROXY=off"
        );
        let package = |path: &str, imports: &[&str], error: Option<&str>| {
            let mut package = serde_json::json!({
                "ImportPath": path, "Name": "a", "Dir": project.src().join("a"), "GoFiles": ["a.go"],
                "Imports": imports, "Match": ["./..."],
                "Module": {"Path": "example.com/m", "Main": true, "Dir": project.src(),
                    "Replace": {"Path": format!("https://user:{CANARY}@git.invalid/m"), "Version": "v1.0.0"}},
            });
            if let Some(error) = error {
                package["Error"] = serde_json::json!({"ImportStack": [path], "Pos": format!("a/{CANARY}.go:1:1"), "Err": error});
            }
            package.to_string()
        };
        let list = [
            package("example.com/m/a", &[], Some(&error)),
            package("example.com/m/b", &["example.com/m/a"], None),
        ];
        let go = FakeGo::new(&project).list(said(&list.join("\n"))).write(&project);
        let run = check(&project).env("API_KEY", CANARY).arg("--go").arg(go).run();
        assert_eq!(run.code, Some(2), "{}", run.stderr);
        assert_hidden(&project, &run);
        assert!(run.stderr.contains("git.invalid"), "{}", run.stderr);
    }

    #[test]
    fn in_a_build_that_fails() {
        let project = Project::module();
        let shell = format!("{{\n{}\n}} >&2\nexit 1", said(&words()));
        let go = FakeGo::new(&project).build(shell).write(&project);
        let run = check(&project).arg("--go").arg(go).run();
        assert_eq!(run.code, Some(2), "{}", run.stderr);
        assert_hidden(&project, &run);
        assert!(run.stderr.contains("the last line stays"), "{}", run.stderr);
    }

    #[test]
    fn in_base64_and_percent_encoded() {
        let project = Project::module();
        // Of "user:cAnAry7Zq9xW3vK5", and of the canary alone in a query.
        let shell = "echo 'go: Authorization: Basic dXNlcjpjQW5Bcnk3WnE5eFczdks1' >&2\n\
             echo 'go: token=%63AnAry7Zq9xW3vK5' >&2\nexit 1";
        let go = FakeGo::new(&project).list(shell).write(&project);
        let run = check(&project).env("API_KEY", CANARY).arg("--go").arg(go).run();
        assert_eq!(run.code, Some(2), "{}", run.stderr);
        assert_hidden(&project, &run);
        assert!(!run.stderr.contains("dXNlcjpjQW5Bcnk3WnE5eFczdks1"), "{}", run.stderr);
    }
}

#[test]
fn usage_errors_are_cleaned() {
    let project = Project::module();
    for args in [["--timeout", CANARY], ["--mod", CANARY], [&*format!("--{CANARY}"), "x"]] {
        let run = check(&project).env("API_KEY", CANARY).args(&args).run();
        assert_eq!(run.code, Some(2), "{}", run.stderr);
        assert!(run.stderr.contains("[redacted]"), "{}", run.stderr);
        assert_hidden(&project, &run);
    }
}
