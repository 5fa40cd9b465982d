//! "The same on your machine": the line that a page prints, run in a shell where it says.

use std::path::Path;
use std::process::Command;

use crate::fixtures::array;
use crate::harness::{Gowoa, Run, root};
use crate::projects::Project;

/// Runs the line of the page, which has to give the same answer, and returns it.
fn same_again(project: &Project, run: Gowoa) -> String {
    let page = project.out().join("page.md");
    let first = run.arg("--report").arg(format!("markdown={}", page.display())).run();
    let text = fs_err::read_to_string(&page).unwrap();
    let (_, line) = text.split_once("The same on your machine: `").unwrap();
    let (line, _) = line.split_once("`.").unwrap();
    let second = pasted(project, line);
    assert_eq!(second.code, first.code, "{line}\n{}\n{}", first.stderr, second.stderr);
    for key in ["verdict", "counts"] {
        assert_eq!(second.report()[key], first.report()[key], "{line}");
    }
    line.to_owned()
}

/// In the environment of every test, with a report so that its content can be compared.
fn pasted(project: &Project, line: &str) -> Run {
    let (gowoa, rest) = line.split_once("gowoa ").unwrap();
    let (subcommand, rest) = rest.split_once(' ').unwrap();
    let report = project.out().join("again.json");
    let shell = format!("{gowoa}\"$GOWOA\" {subcommand} --report \"json=$REPORT\" {rest}");
    let (started, _keep) = Gowoa::check(&project.src()).into_command();
    let mut command = Command::new("sh");
    command.env_clear().envs(std::env::vars_os());
    for (name, value) in started.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command.env("GOWOA", env!("CARGO_BIN_EXE_gowoa")).env("REPORT", &report);
    let output = command.current_dir(project.src()).args(["-c", &shell]).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Run {
        code: output.status.code(),
        stdout: text(&output.stdout),
        stderr: text(&output.stderr),
        report: fs_err::read_to_string(report)
            .ok()
            .map(|text| serde_json::from_str(&text).unwrap()),
    }
}

/// A module below the directory that gowoa is started in, broken on arm64.
fn below(project: Project, dir: &str) -> Project {
    project
        .file(&format!("{dir}/go.mod"), format!("module example.com/{dir}\n\ngo 1.24\n"))
        .file(&format!("{dir}/cmd/main.go"), "package main\n\nfunc main() { println(size) }\n")
        .file(&format!("{dir}/cmd/size_amd64.go"), "package main\n\nconst size = 4096\n")
        // Something has to be proven, whatever is waived.
        .file(
            &format!("{dir}/fine/fine.go"),
            "package fine\n\n// One is one.\nfunc One() int { return 1 }\n",
        )
}

fn waiver(check: &str) -> String {
    format!("[[waiver]]\ncheck = \"{check}\"\nreason = \"known\"\n")
}

#[test]
fn what_was_found_below_is_found_again() {
    let project = below(Project::empty(), "p1").file("p1/gowoa.toml", waiver("cross-compile"));
    let line = same_again(&project, Gowoa::check(&project.src()).args(&["-C", "p1/cmd"]));
    assert!(!line.contains("config"), "{line}");

    let wrote = Gowoa::check(&project.src())
        .args(&["-C", "p1", "--no-config", "--write-baseline", "p1/base.json"])
        .run();
    assert_eq!(wrote.code, Some(0), "{}", wrote.stderr);
    let settings = "baseline = \"base.json\"\nfail-on = \"note\"\ntags = [\"x\"]\n";
    let project = project.file("p1/gowoa.toml", settings);
    let run = Gowoa::check(&project.src()).args(&["-C", "p1"]);
    assert!(same_again(&project, run).ends_with(" check -C p1 ./..."));
}

#[test]
fn what_was_given_is_given_again() {
    let project = below(Project::empty(), "app").file("gowoa.toml", waiver("cross-compile"));
    let run = || Gowoa::check(&project.src()).args(&["-C", "app", "--config", "gowoa.toml"]);
    assert_eq!(run().run().code, Some(0));
    same_again(&project, run());
    // The file says something else than the flag, which says the default.
    let project = project.file("gowoa.toml", "fail-on = \"never\"\n");
    let run = || {
        let run = Gowoa::check(&project.src()).args(&["-C", "app", "--config", "gowoa.toml"]);
        run.args(&["--fail-on", "error", "--go", "go"])
    };
    assert_eq!(run().run().code, Some(1));
    let line = same_again(&project, run());
    assert!(line.contains(" --go go "), "{line}");
}

#[test]
fn a_file_that_is_called_like_a_flag_is_inspected_again() {
    let image = fs_err::read(root().join("testdata/pe/arm64-go.exe")).unwrap();
    let project = Project::empty().file("-x.exe", image);
    let run = Gowoa::inspect(&project.src()).arg("--fail-on").arg("never");
    let page = project.out().join("page.md");
    let run = run
        .arg("--report")
        .arg(format!("markdown={}", page.display()))
        .args(&["--", "-x.exe"])
        .run();
    let text = fs_err::read_to_string(Path::new(&page)).unwrap();
    assert!(text.contains("`gowoa inspect --fail-on never -- -x.exe`"), "{text}");
    let again = pasted(&project, "gowoa inspect --fail-on never -- -x.exe");
    assert_eq!(again.code, run.code, "{}", again.stderr);
    let subjects = |run: &Run| array(&run.report()["subjects"]).len();
    assert_eq!(subjects(&again), subjects(&run));
}
