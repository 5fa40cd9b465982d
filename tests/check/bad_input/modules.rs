//! Modules and workspaces: broken ones are told, and none is ever written to.

use crate::harness::Run;
use crate::projects::{Project, tree};

/// Runs in a directory of the project, which must stay as it was.
#[track_caller]
fn unchanged(project: &Project, dir: &str, args: &[&str], env: &[(&str, &str)]) -> Run {
    let before = tree(&project.src());
    let mut gowoa = project.check_in(&project.src().join(dir)).args(args);
    for (key, value) in env {
        gowoa = gowoa.env(key, value);
    }
    let run = gowoa.run();
    let paths = |tree: &[(std::path::PathBuf, Vec<u8>)]| -> Vec<_> {
        tree.iter().map(|(path, _)| path.clone()).collect()
    };
    let after = tree(&project.src());
    assert_eq!(paths(&after), paths(&before), "{}", run.stderr);
    assert_eq!(after, before, "a file was written to\n{}", run.stderr);
    run
}

#[test]
fn go_mod_with_errors() {
    for (text, words) in [
        ("module example.com/m\n\ngo 1.24\n\nrequire (\n", "syntax error"),
        ("module example.com/m\n\nreqire x v1.0.0\n", "unknown directive: reqire"),
        ("module example.com/m\n\ngo one\n", "invalid go version"),
        ("", "module"),
        ("\0\0\0", "go.mod"),
    ] {
        let project = Project::module().file("go.mod", text);
        let run = unchanged(&project, ".", &[], &[]);
        assert_eq!(run.code, Some(2), "{}", run.stderr);
        assert!(run.stderr.contains(words), "{words:?}: {}", run.stderr);
        assert!(run.stderr.contains("next"), "{}", run.stderr);
        assert!(run.stderr.contains("go.mod"), "{}", run.stderr);
    }
}

#[test]
fn a_module_that_wants_a_newer_go() {
    let project = Project::module().file("go.mod", "module example.com/m\n\ngo 1.99\n");
    let run = unchanged(&project, ".", &[], &[]);
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    for words in ["requires go >= 1.99", "next", "GOTOOLCHAIN=auto"] {
        assert!(run.stderr.contains(words), "{words:?}: {}", run.stderr);
    }
}

fn workspace(text: &str) -> Project {
    Project::empty()
        .file("go.work", text)
        .file("app/go.mod", "module example.com/app\n\ngo 1.24\n")
        .file(
            "app/main.go",
            "package main\n\nimport \"example.com/lib\"\n\nfunc main() { lib.F() }\n",
        )
        .file("lib/go.mod", "module example.com/lib\n\ngo 1.24\n")
        .file("lib/lib.go", "package lib\n\nfunc F() {}\n")
}

#[test]
fn go_work_with_errors() {
    for (text, words) in [
        ("go 1.24\n\nuse (\n", "go.work"),
        ("go 1.24\n\nusing ./app\n", "unknown directive: using"),
        ("go 1.24\n\nuse ./app\nuse ./lib\nuse ./nowhere\n", "nowhere"),
        ("go 1.24\n\nuse ./app\nuse ./app\nuse ./lib\n", "app"),
        ("go 1.99\n\nuse ./app\nuse ./lib\n", "1.99"),
    ] {
        let project = workspace(text);
        let run = unchanged(&project, ".", &[], &[]);
        assert_eq!(run.code, Some(2), "{text}: {}", run.stderr);
        assert!(run.stderr.contains(words), "{words:?}: {}", run.stderr);
        assert!(run.stderr.contains("next"), "{}", run.stderr);
        assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
    }
}

#[test]
fn a_workspace_gets_no_sums() {
    let project = workspace("go 1.24\n\nuse (\n\t./app\n\t./lib\n)\n");
    let run = unchanged(&project, ".", &[], &[]);
    project.assert_passes(&run);
    assert!(!project.src().join("go.work.sum").exists());
    let run = unchanged(&project, "app", &[], &[]);
    project.assert_passes(&run);
    let run = unchanged(&project, "app", &["."], &[("GOWORK", "off")]);
    assert_eq!(run.code, Some(2), "without the workspace lib is unknown: {}", run.stderr);
}

#[test]
fn a_workspace_named_by_gowork() {
    let project =
        workspace("go 1.24\n\nuse ./app\n").file("other.work", "go 1.24\n\nuse ./app\nuse ./lib\n");
    let file = project.src().join("other.work").display().to_string();
    let run = unchanged(&project, "app", &[], &[("GOWORK", &file)]);
    project.assert_passes(&run);
    let file = project.src().join("missing.work").display().to_string();
    let run = unchanged(&project, "app", &[], &[("GOWORK", &file)]);
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert!(run.stderr.contains("missing.work"), "{}", run.stderr);
    assert!(run.stderr.contains("next"), "{}", run.stderr);
}

/// A module whose go.mod lacks what its code imports; with `-mod=mod` Go adds the requirement by itself.
fn incomplete_module() -> Project {
    Project::empty()
        .file("go.mod", "module example.com/m\n\ngo 1.24\n\nreplace example.com/lib => ./lib\n")
        .file("main.go", "package main\n\nimport \"example.com/lib\"\n\nfunc main() { lib.F() }\n")
        .file("lib/go.mod", "module example.com/lib\n\ngo 1.24\n")
        .file("lib/lib.go", "package lib\n\nfunc F() {}\n")
}

#[test]
fn with_mod_mod_go_mod_and_go_sum_stay() {
    let project = incomplete_module();
    let run = unchanged(&project, ".", &[], &[]);
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    let run = unchanged(&project, ".", &["--mod=mod"], &[]);
    project.assert_passes(&run);
    let run = unchanged(&project, ".", &[], &[("GOFLAGS", "-buildvcs=false -mod=mod")]);
    project.assert_passes(&run);
    let run = unchanged(&project, ".", &["--go-flag=-mod=mod"], &[]);
    project.assert_passes(&run);
    let run = unchanged(&project, ".", &["--all-modules", "--mod=mod"], &[]);
    project.assert_passes(&run);
}

#[test]
fn a_modfile_of_the_user_is_honoured() {
    let project = incomplete_module().file(
        "other.mod",
        "module example.com/m\n\ngo 1.24\n\nrequire example.com/lib v0.0.0\n\nreplace example.com/lib => ./lib\n",
    );
    let run = unchanged(&project, ".", &["--go-flag=-modfile=other.mod"], &[]);
    project.assert_passes(&run);
    let run = unchanged(&project, ".", &[], &[("GOFLAGS", "-buildvcs=false -modfile=other.mod")]);
    project.assert_passes(&run);
    let run = unchanged(&project, ".", &["--go-flag=-modfile=nowhere.mod"], &[]);
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert!(run.stderr.contains("nowhere.mod"), "{}", run.stderr);
    // An incomplete one with -mod=mod: it is the copy that Go completes.
    let text = fs_err::read_to_string(project.src().join("go.mod")).unwrap();
    let project = project.file("short.mod", text);
    let run = unchanged(&project, ".", &["--go-flag=-modfile=short.mod", "--mod=mod"], &[]);
    project.assert_passes(&run);
}

#[test]
fn an_overlay_of_the_user_is_honoured_and_merged() {
    // a/a.go is broken for arm64; the overlay mends it. b is a library that only a link proof links, so the
    // overlay that brings the proof must hold the user's entry too.
    let project = Project::module()
        .file("a/a.go", "package a\n\nfunc A() int { return broken }\n")
        .file(
            "b/b.go",
            "package b\n\nimport \"example.com/m/a\"\n\nfunc B() int { return a.A() }\n",
        )
        .file("mended.txt", "package a\n\nfunc A() int { return 7 }\n");
    let run = unchanged(&project, ".", &[], &[]);
    assert_ne!(run.code, Some(0), "{}", run.stderr);
    let from = |path: &str| project.src().join(path).display().to_string();
    for (name, key, value) in [
        ("absolute.json", from("a/a.go"), from("mended.txt")),
        ("relative.json", "a/a.go".into(), "mended.txt".into()),
    ] {
        let overlay = serde_json::json!({"Replace": {key: value}});
        fs_err::write(project.beside(name), overlay.to_string()).unwrap();
        let path = project.beside(name).display().to_string();
        let flag = format!("--go-flag=-overlay={path}");
        let run = unchanged(&project, ".", &[&flag], &[]);
        project.assert_passes(&run);
        assert_eq!(run.report()["counts"]["linked"], 3, "{name}: {}", run.stderr);
        let run = unchanged(&project, ".", &["--tests", &flag], &[]);
        project.assert_passes(&run);
    }
    let flags = format!("-buildvcs=false -overlay={}", project.beside("absolute.json").display());
    let run = unchanged(&project, ".", &[], &[("GOFLAGS", &flags)]);
    project.assert_passes(&run);
}

#[test]
fn an_overlay_that_cannot_be_read_is_told() {
    let project = Project::module()
        .file("bad.json", "{\"Replace\": ")
        .file("b/b.go", "package b\n\nfunc B() {}\n");
    for name in ["bad.json", "nowhere.json"] {
        let flag = format!("--go-flag=-overlay={name}");
        let run = unchanged(&project, ".", &[&flag], &[]);
        assert_eq!(run.code, Some(2), "{}", run.stderr);
        for words in ["overlay", "next"] {
            assert!(run.stderr.contains(words), "{words:?}: {}", run.stderr);
        }
    }
}

#[test]
fn vendor_that_does_not_fit_is_told() {
    let project = incomplete_module().file("vendor/modules.txt", "# example.com/other v1.0.0\n");
    let run = unchanged(&project, ".", &["--mod=vendor"], &[]);
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert!(run.stderr.contains("next"), "{}", run.stderr);
    assert!(run.stderr.contains("vendor"), "{}", run.stderr);
}
