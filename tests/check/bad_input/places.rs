//! Where the project is: no module, no directory, no letters, too many letters.

use crate::projects::Project;

#[test]
fn no_module_here() {
    let project = Project::empty();
    let run = project.check().run();
    project.assert_refused(
        &run,
        &["src is not in a Go module", "the directory with go.mod", "-C DIR"],
    );
    let project = Project::empty().file("a.go", "package a\n");
    let run = project.check().run();
    project.assert_refused(&run, &["src is not in a Go module"]);
}

#[test]
fn no_module_here_but_below() {
    let project = Project::empty()
        .file("app/go.mod", "module example.com/app\n\ngo 1.24\n")
        .file("app/main.go", "package main\n\nfunc main() {}\n")
        .file("lib/go.mod", "module example.com/lib\n\ngo 1.24\n")
        .file("lib/lib.go", "package lib\n\nfunc F() {}\n");
    let run = project.check().run();
    project
        .assert_refused(&run, &["is not in a Go module", "(app, lib)", "-C DIR", "--all-modules"]);
    let run = project.check().arg("--all-modules").run();
    project.assert_passes(&run);
}

#[test]
fn the_directory_is_not_there_or_is_a_file() {
    let project = Project::module();
    let run = project.check().arg("-C").arg("nowhere").run();
    project.assert_refused(&run, &["nowhere is not a directory", "-C a directory that exists"]);
    let run = project.check().arg("-C").arg("go.mod").run();
    project.assert_refused(&run, &["go.mod is not a directory", "-C a directory that exists"]);
    let run = project.check().arg("-C").arg("").run();
    assert_eq!(run.code, Some(2), "{}", run.stderr);
}

#[test]
fn a_module_without_packages() {
    let project = Project::empty().file("go.mod", "module example.com/m\n\ngo 1.24\n");
    let run = project.check().run();
    project.assert_incomplete(&run, &["no Go package matches ./...", "-C DIR"]);
}

#[test]
fn a_directory_without_go_files_is_named() {
    let project = Project::module().file("doc/readme.txt", "words\n");
    let run = project.check().arg("./doc").run();
    project.assert_incomplete(&run, &["doc"]);
    let run = project.check().arg("./doc/...").run();
    project.assert_incomplete(&run, &["no Go package matches ./doc/..."]);
    let run = project.check_in(&project.src().join("doc")).run();
    project.assert_incomplete(&run, &["no Go package matches ./..."]);
}

#[test]
fn packages_that_are_not_there() {
    let project = Project::module();
    for (pattern, reason) in [
        ("./nowhere", "directory not found"),
        ("./nowhere/...", "no such file or directory"),
        ("../outside", "directory"),
        ("example.com/m/nowhere", "example.com/m/nowhere"),
        ("example.com/other", "no required module provides package example.com/other"),
        ("example.com/other/...", "no Go package matches example.com/other/..."),
        ("a b", "a b"),
        ("./a\u{1b}[31m", "directory not found"),
    ] {
        let run = project.check().arg(pattern).run();
        project.assert_incomplete(&run, &[pattern, reason]);
    }
}

#[test]
fn one_pattern_that_matches_nothing_does_not_hide_the_rest() {
    let project = Project::module();
    let run = project.check().arg("./nowhere/...").arg("./cmd/...").run();
    project.assert_incomplete(&run, &["no Go package matches ./nowhere/..."]);
    assert_eq!(run.report()["counts"]["commands"], 1, "{}", run.stderr);
}

#[test]
fn what_is_no_package_path() {
    let project = Project::module();
    let run = project.check().arg("--").arg("-x").run();
    project.assert_refused(&run, &["-x is not a package", "./-name", "--go-flag"]);
    let run = project.check().arg("cmd/x/main.go").run();
    project.assert_refused(&run, &["cmd/x/main.go is a file", "the directory that holds it"]);
    let run = project.check().arg("").run();
    project.assert_refused(&run, &["a package path is empty"]);
    // clap takes it for an unknown option, and says how to give it as a value.
    let run = project.check().arg("-x").run();
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("unexpected argument '-x'"), "{}", run.stderr);
}

#[test]
fn a_directory_that_begins_with_a_dash_can_be_named() {
    let project = Project::module().file("-dash/d.go", "package dash\n\nfunc F() {}\n");
    let run = project.check().arg("./-dash").run();
    // Go itself has the last word on such an import path; whatever it is, it is told.
    assert!(run.stderr.contains("dash"), "{}", run.stderr);
    assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
}

#[test]
fn a_very_long_path_works() {
    let mut dir = "d".repeat(120);
    dir = format!("{dir}/{dir}/{dir}");
    let project = Project::empty()
        .file(&format!("{dir}/go.mod"), "module example.com/m\n\ngo 1.24\n")
        .file(&format!("{dir}/main.go"), "package main\n\nfunc main() {}\n");
    if cfg!(windows) {
        return; // Long paths are a setting of the machine there.
    }
    let run = project.check().arg("-C").arg(&dir).run();
    project.assert_passes(&run);
}

#[cfg(unix)] // Windows has no such path at all, and macOS a shorter limit: it is refused there too.
#[test]
fn a_path_longer_than_the_system_takes_is_refused() {
    let project = Project::module();
    let long = vec!["d".repeat(200); 30].join("/");
    let run = project.check().arg("-C").arg(&long).run();
    project.assert_refused(&run, &["is not a directory", "-C a directory that exists"]);
    let report = format!("json={}/r.json", project.out().join(&long).display());
    let run = project.check().arg("--report").arg(report).run();
    project.assert_refused(&run, &["cannot write the report", "name too long"]);
}

#[cfg(target_os = "linux")] // Elsewhere file systems refuse such names.
#[test]
fn a_directory_that_is_no_utf8() {
    use std::os::unix::ffi::OsStrExt;
    let project = Project::empty();
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9");
    let dir = project.src().join(name);
    fs_err::create_dir(&dir).unwrap();
    fs_err::write(dir.join("go.mod"), "module example.com/m\n\ngo 1.24\n").unwrap();
    fs_err::write(dir.join("main.go"), "package main\n\nfunc main() {}\n").unwrap();
    for run in [project.check_in(&dir).run(), project.check().arg("-C").arg(name).run()] {
        project.assert_refused(&run, &["not valid UTF-8", "path of plain letters"]);
    }
    // Below a module that has a name, such a package cannot be named in a report.
    let project = project.file("go.mod", "module example.com/m\n\ngo 1.24\n");
    let project = project.file("main.go", "package main\n\nfunc main() {}\n");
    fs_err::remove_file(dir.join("go.mod")).unwrap();
    let run = project.check().run();
    assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
    assert!(matches!(run.code, Some(0..=2)), "{}", run.stderr);
    project.assert_whole_reports();
}

#[cfg(target_os = "linux")] // As above.
#[test]
fn a_package_pattern_that_is_no_utf8() {
    use std::os::unix::ffi::OsStrExt;
    let project = Project::module();
    let run = project.check().arg(std::ffi::OsStr::from_bytes(b"./caf\xe9")).run();
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert!(run.stderr.contains("UTF-8"), "{}", run.stderr);
    assert!(run.report.is_none());
}

#[cfg(unix)] // Permission bits are Unix's.
#[test]
fn a_tree_that_cannot_be_written_works() {
    use std::os::unix::fs::PermissionsExt;
    let project = Project::module();
    let mut dirs = vec![project.src()];
    for dir in ["a", "cmd", "cmd/x"] {
        dirs.push(project.src().join(dir));
    }
    let set = |mode: u32| {
        for dir in &dirs {
            fs_err::set_permissions(dir, std::fs::Permissions::from_mode(mode)).unwrap();
        }
    };
    let before = crate::projects::tree(&project.src());
    set(0o555);
    let run = project.check().run();
    set(0o755);
    project.assert_passes(&run);
    // Where root runs the tests the bits stop nobody, and this is what is left of the proof.
    assert_eq!(crate::projects::tree(&project.src()), before);
}
