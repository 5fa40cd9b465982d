//! Every way in which `go` can fail to be a `go`.

use crate::projects::Project;
use crate::projects::fake::{FakeGo, assert_gone, hangs, real_go, said, script};

/// Enough for a stand-in that answers at once, even where two cores run all tests.
const LIMIT: &str = "8";

#[test]
fn no_go_on_path() {
    let project = Project::module();
    for path in ["/nonexistent", ""] {
        let run = project.check().env("PATH", path).run();
        project.assert_refused(&run, &["no `go` on PATH", "--go PATH", "go.dev/dl"]);
    }
    let run = project.check().arg("--go").arg("go-that-is-nowhere").run();
    project.assert_refused(&run, &["go-that-is-nowhere", "no such program on PATH"]);
}

#[test]
fn go_is_not_a_program() {
    let project = Project::module().file("text", "go version go1.26.8\n");
    let missing = project.beside("missing/go");
    let run = project.check().arg("--go").arg(&missing).run();
    project.assert_refused(&run, &["missing/go: there is no such file", "--go the path of a go"]);
    let run = project.check().arg("--go").arg(project.src()).run();
    project.assert_refused(&run, &["src: it is a directory", "--go the path of a go"]);
    let run = project.check().arg("--go").arg("text").run();
    // A path without a separator is a name for PATH, as everywhere.
    project.assert_refused(&run, &["--go text: there is no such program on PATH"]);
    let run = project.check().arg("--go").arg("./text").run();
    project.assert_refused(&run, &["--go ./text: it is not executable"]);
}

#[test]
fn go_cannot_be_executed() {
    for (name, bytes) in
        [("text", b"hello\n".as_slice()), ("elf", b"\x7fELF\x02\x01\x01"), ("none", b"")]
    {
        let project = Project::module();
        let go = script(&project.beside(name), "");
        fs_err::write(&go, bytes).unwrap();
        let run = project.check().arg("--go").arg(&go).run();
        project
            .assert_refused(&run, &["cannot start", "env -json", "--go the path of a go program"]);
    }
}

#[test]
fn env_prints_what_is_no_environment() {
    let cases = [
        ("nonsense", "echo 'What a lovely day'", "did not print Go's environment"),
        ("nothing", "exit 0", "it printed nothing"),
        ("an array", "echo '[1, 2]'", "did not print Go's environment"),
        ("an empty object", "echo '{}'", "it has no GOVERSION"),
        ("half", "echo '{\"GOVERSION\": \"go1.2'", "did not print Go's environment"),
        ("no host", "echo '{\"GOVERSION\": \"go1.26.8\"}'", "it has no GOHOSTOS and GOHOSTARCH"),
        (
            "another version",
            "echo '{\"GOVERSION\": \"one\", \"GOHOSTOS\": \"linux\", \"GOHOSTARCH\": \"amd64\"}'",
            "GOVERSION is \"one\"",
        ),
        ("bytes", "printf '\\377\\376\\000'", "did not print Go's environment"),
    ];
    for (what, shell, words) in cases {
        let project = Project::module();
        let go = FakeGo::new(&project).env(shell).write(&project);
        let run = project.check().arg("--go").arg(go).run();
        eprintln!("{what}");
        project.assert_refused(&run, &[words, "env -json", "`go version`"]);
    }
}

#[test]
fn env_fails_and_its_words_are_shown() {
    let project = Project::module();
    let go = FakeGo::new(&project).env("echo 'go: the moon is full' >&2; exit 1").write(&project);
    let run = project.check().arg("--go").arg(go).run();
    let words =
        ["env -json` failed with status 1", "go: the moon is full", "run the command by hand"];
    project.assert_refused(&run, &words);

    let go = FakeGo::new(&project).env("kill -9 $$").write(&project);
    let run = project.check().arg("--go").arg(go).run();
    project.assert_refused(&run, &["env -json` failed"]);
}

#[test]
fn go_is_too_old() {
    let project = Project::module();
    let old = r#"{"GOVERSION": "go1.23.4", "GOHOSTOS": "linux", "GOHOSTARCH": "amd64"}"#;
    let go = FakeGo::new(&project).env(said(old)).write(&project);
    let run = project.check().arg("--go").arg(go).run();
    project.assert_refused(&run, &["is go1.23.4", "1.24 or newer", "install a newer Go"]);
}

#[test]
fn go_cannot_make_the_target() {
    let project = Project::module();
    let words = "echo 'go: unsupported GOOS/GOARCH pair windows/arm64' >&2; exit 2";
    let go = FakeGo::new(&project).probe(words).write(&project);
    let run = project.check().arg("--go").arg(go).run();
    let words = ["cannot build for windows/arm64", "unsupported GOOS/GOARCH pair", "go.dev/dl"];
    project.assert_refused(&run, &words);
}

#[test]
fn env_or_probe_hangs() {
    for (call, set) in [
        ("env -json", FakeGo::env as fn(FakeGo, String) -> FakeGo),
        ("build -o", FakeGo::probe as fn(FakeGo, String) -> FakeGo),
    ] {
        let project = Project::module();
        let pids = project.beside("pids");
        let go = set(FakeGo::new(&project), hangs(&pids)).write(&project);
        let run = project.check().arg("--go").arg(go).arg("--timeout").arg(LIMIT).run();
        let words = [call, "did not end within 8 s and was stopped", "--timeout"];
        project.assert_refused(&run, &words);
        assert_gone(&pids);
    }
}

#[test]
fn list_prints_what_is_no_list() {
    let cases = [
        ("echo 'What a lovely day'", "lovely day"),
        ("echo '{\"ImportPath\": \"example.com/m/a\"'", "ends inside a JSON value"),
        ("echo '{\"Name\": \"a\"}'", "a package has no ImportPath"),
        ("echo '{\"ImportPath\": 7}'", "not the JSON expected"),
        ("printf '\\377\\376'", "not the JSON expected"),
    ];
    for (shell, words) in cases {
        let project = Project::module();
        let go = FakeGo::new(&project).list(shell).write(&project);
        let run = project.check().arg("--go").arg(go).run();
        project.assert_incomplete(
            &run,
            &["printed something else than packages", words, "go version"],
        );
    }
}

#[test]
fn list_prints_nothing() {
    let project = Project::module();
    let go = FakeGo::new(&project).list("exit 0").write(&project);
    let run = project.check().arg("--go").arg(go).run();
    project.assert_incomplete(&run, &["no Go package matches ./..."]);
}

#[test]
fn list_fails_without_a_word() {
    let project = Project::module();
    let go = FakeGo::new(&project).list("exit 3").write(&project);
    let run = project.check().arg("--go").arg(go).run();
    project.assert_incomplete(&run, &["list", "failed with status 3"]);
}

#[test]
fn list_hangs() {
    let project = Project::module();
    let pids = project.beside("pids");
    let go = FakeGo::new(&project).list(hangs(&pids)).write(&project);
    let run = project.check().arg("--go").arg(go).arg("--timeout").arg(LIMIT).run();
    project
        .assert_incomplete(&run, &["list", "did not end within 8 s and was stopped", "--timeout"]);
    assert_gone(&pids);
}

#[test]
fn build_hangs_and_leaves_a_grandchild() {
    let project = Project::module();
    let pids = project.beside("pids");
    let go = FakeGo::new(&project).build(hangs(&pids)).write(&project);
    let run = project.check().arg("--go").arg(go).arg("--timeout").arg(LIMIT).run();
    project
        .assert_incomplete(&run, &["build", "did not end within 8 s and was stopped", "--timeout"]);
    assert_gone(&pids);
}

#[test]
fn build_ends_and_leaves_a_grandchild_that_holds_its_output() {
    let project = Project::module();
    let pids = project.beside("pids");
    let shell = format!("sleep 3000 &\necho $! $$ >> '{}'\nexit 0", pids.display());
    let go = FakeGo::new(&project).build(shell).write(&project);
    let run = project.check().arg("--go").arg(go).run();
    project.assert_incomplete(&run, &["build", "kept its output open"]);
    assert_gone(&pids);
}

#[test]
fn build_prints_nonsense() {
    let project = Project::module();
    let go = FakeGo::new(&project).build("echo 'compiling, I suppose'").write(&project);
    let run = project.check().arg("--go").arg(go).run();
    project.assert_incomplete(&run, &["did not build", "compiling, I suppose", "go version"]);
}

#[test]
fn build_fails_without_naming_a_package() {
    let project = Project::module();
    let go = FakeGo::new(&project).build("echo 'go: disk on fire' >&2; exit 1").write(&project);
    let run = project.check().arg("--go").arg(go).run();
    project.assert_incomplete(&run, &["go build ended with status 1", "go: disk on fire"]);
}

#[test]
fn two_hundred_megabytes_of_words_do_not_fill_memory() {
    let project = Project::module();
    let noise = "yes 'go: the same words again and again' | head -c 200000000 >&2; exit 1";
    let go = FakeGo::new(&project).build(noise).write(&project);
    // An address space that the words alone would overrun; what gowoa maps besides is far below it.
    let (command, _json) = project.check().arg("--go").arg(go).into_command();
    let mut shell = std::process::Command::new("sh");
    shell
        .arg("-c")
        .arg("ulimit -v 700000; exec \"$0\" \"$@\"")
        .arg(command.get_program())
        .args(command.get_args());
    shell.current_dir(command.get_current_dir().unwrap());
    for (key, value) in command.get_envs() {
        match value {
            Some(value) => shell.env(key, value),
            None => shell.env_remove(key),
        };
    }
    let output = shell.output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{text:.2000}");
    assert!(text.contains("go build ended with status 1"), "{text:.2000}");
    assert!(text.len() < 64 << 10, "the terminal gets {} bytes", text.len());
    project.assert_whole_reports();
    let junit = fs_err::metadata(project.junit()).unwrap().len();
    assert!(junit < 16 << 20, "the JUnit report has {junit} bytes");
}

#[test]
fn a_go_that_floods_its_answers_is_cut_short() {
    let project = Project::module();
    let flood = "yes '                                ' | head -c 200000000";
    let go = FakeGo::new(&project).env(flood).write(&project);
    let run = project.check().arg("--go").arg(go).run();
    project.assert_refused(&run, &["did not print Go's environment"]);
    let go =
        FakeGo::new(&project).list("yes '\"' | tr -d '\\n' | head -c 200000000").write(&project);
    let run = project.check().arg("--go").arg(go).run();
    project.assert_incomplete(&run, &["printed something else than packages"]);
}

#[test]
fn a_build_that_makes_nothing_is_not_believed() {
    let project = Project::module();
    let go = FakeGo::new(&project).write(&project);
    let run = project.check().arg("--go").arg(go).run();
    project.assert_incomplete(&run, &["x.exe", "cannot be read", "gowoa explain machine-type"]);
    assert_eq!(run.report()["counts"]["linked"], 0, "{}", run.stderr);
    assert_eq!(run.report()["counts"]["images"], 0, "{}", run.stderr);
}

/// Shell for `go build -json` that builds for real and then does something to the exe, which `$exe` names.
fn tampering(shell: &str) -> String {
    // The directory follows `-o`; it is the fourth word of `go build -json -o DIR/`.
    format!(
        "'{}' \"$@\" || exit $?\nexe=\"$4/x.exe\"\n[ -f \"$exe\" ] || exit 0\n{shell}",
        real_go().display()
    )
}

#[test]
fn an_amd64_exe_under_the_right_name_is_a_finding() {
    let project = Project::module();
    let go = FakeGo::real()
        .build(format!("GOARCH=amd64 exec '{}' \"$@\"", real_go().display()))
        .write(&project);
    let run = project.check().arg("--go").arg(go).run();
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let findings = run.report()["findings"].as_array().unwrap();
    let machine = findings.iter().find(|finding| finding["check"] == "machine-type");
    let machine = machine.unwrap_or_else(|| panic!("no machine-type finding:\n{}", run.stderr));
    assert_eq!(machine["severity"], "error");
    assert!(run.stderr.contains("x.exe is x64, not ARM64"), "{}", run.stderr);
    project.assert_whole_reports();
}

#[test]
fn an_exe_that_is_cut_or_no_exe_is_not_passed() {
    let cases = [
        ("cut in the middle", "head -c 400000 \"$exe\" > \"$exe.cut\"; mv \"$exe.cut\" \"$exe\""),
        ("cut in the headers", "head -c 100 \"$exe\" > \"$exe.cut\"; mv \"$exe.cut\" \"$exe\""),
        ("empty", ": > \"$exe\""),
        ("an ELF", "cp /bin/sh \"$exe\""),
        ("text", "echo 'MZ, I promise' > \"$exe\""),
        ("a directory", "rm \"$exe\"; mkdir \"$exe\""),
        ("a dangling link", "rm \"$exe\"; ln -s /nonexistent \"$exe\""),
    ];
    for (what, shell) in cases {
        let project = Project::module();
        let go = FakeGo::real().build(tampering(shell)).write(&project);
        let run = project.check().arg("--go").arg(go).run();
        assert!(matches!(run.code, Some(1 | 2)), "{what}: {:?}\n{}", run.code, run.stderr);
        assert_ne!(run.report()["verdict"], "pass", "{what}: {}", run.stderr);
        assert!(run.stderr.contains("x.exe"), "{what} is not named:\n{}", run.stderr);
        assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
        project.assert_whole_reports();
    }
}

#[test]
fn go_disappears_between_two_calls() {
    let project = Project::module();
    let go = project.beside("fakes/go");
    let list = format!("rm -f '{}'\n", go.display());
    FakeGo::new(&project).list(format!("{list}exit 1")).write(&project);
    let run = project.check().arg("--go").arg(&go).run();
    project.assert_incomplete(&run, &["list"]);
}

#[test]
fn a_workspace_that_cannot_be_read_is_refused() {
    let cases = [
        ("echo 'no words for it'", "cannot read"),
        ("exit 0", "cannot read"),
        ("echo 'go: not today' >&2; exit 1", "not today"),
        ("yes ' ' | head -c 100000000", "cannot read"),
    ];
    for (shell, words) in cases {
        let project = Project::module().file("go.work", "go 1.24\n\nuse .\n");
        let env = serde_json::json!({
            "GOVERSION": "go1.26.8", "GOHOSTOS": "linux", "GOHOSTARCH": "amd64",
            "GOMOD": project.src().join("go.mod"), "GOWORK": project.src().join("go.work"),
        });
        let go = FakeGo::new(&project).env(said(&env.to_string())).rest(shell).write(&project);
        let run = project.check().arg("--go").arg(go).run();
        project.assert_refused(&run, &["go.work", words, "GOWORK=off"]);
    }
}

#[test]
fn a_machine_that_fails_is_not_held_against_the_package() {
    for words in [
        "go build example.com/m/cmd/x: copying $WORK/a.out: write x.exe: no space left on device",
        "go build example.com/m/cmd/x: mkdir out/: permission denied",
        "/go/pkg/tool/compile: signal: killed",
    ] {
        let project = Project::module();
        let package = "example.com/m/cmd/x";
        let events = [
            serde_json::json!({"ImportPath": package, "Action": "build-output", "Output": format!("{words}\n")}),
            serde_json::json!({"ImportPath": package, "Action": "build-fail"}),
        ];
        let lines = events.map(|event| event.to_string()).join("\n");
        let go = FakeGo::real().build(format!("{}\nexit 1", said(&lines))).write(&project);
        let run = project.check().arg("--go").arg(go).run();
        project.assert_incomplete(&run, &[package, words, "make room"]);
        let findings = run.report()["findings"].as_array().unwrap();
        assert!(findings.is_empty(), "{findings:?}");
    }
}

#[test]
fn an_exe_of_an_earlier_run_is_no_proof() {
    let project = Project::module().file(
        "a/a_test.go",
        "package a\n\nimport \"testing\"\n\nfunc TestA(t *testing.T) { A() }\n",
    );
    for out in [None, Some("../exes")] {
        let check = || {
            let gowoa = project.check().arg("--tests");
            match out {
                Some(dir) => gowoa.args(&["--out-dir", dir]),
                None => gowoa,
            }
        };
        project.assert_passes(&check().run());
        let hour = std::time::Duration::from_secs(3_600);
        let place = if out.is_some() { project.beside("exes") } else { project.beside("cache") };
        let exes: Vec<_> = crate::projects::tree(&place)
            .into_iter()
            .map(|(path, _)| path)
            .filter(|path| path.extension().is_some_and(|extension| extension == "exe"))
            .collect();
        assert_eq!(exes.len(), 2, "a command and a test binary: {exes:?}");
        let age = || {
            for exe in &exes {
                let file = std::fs::File::options().write(true).open(exe).unwrap();
                file.set_modified(std::time::SystemTime::now() - hour).unwrap();
            }
        };
        // Go finds the command as it should be, and need not link it again.
        age();
        project.assert_passes(&check().run());
        // Whoever builds nothing gains nothing from what lies there.
        age();
        let go = FakeGo::real().build("exit 0").write(&project);
        let run = check().arg("--go").arg(go).run();
        project.assert_incomplete(&run, &["x.exe"]);
        project.assert_passes(&check().run());
        age();
        let go = FakeGo::real().rest("exit 0").write(&project);
        let run = check().arg("--go").arg(go).run();
        project.assert_incomplete(&run, &["example.com/m/a", "no test binary"]);
    }
}
