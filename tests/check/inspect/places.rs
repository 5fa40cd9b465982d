//! Paths that cannot be looked at, and paths that are looked at in a certain way.

use std::path::Path;
use std::process::Stdio;

use super::dist::image;
use crate::fixtures::array;
use crate::harness::{Gowoa, Run};
use crate::projects::assert_sane;

/// A directory that holds one sound exe.
fn place() -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    fs_err::create_dir(place.path().join("dist")).unwrap();
    fs_err::write(place.path().join("dist/tool_windows_arm64.exe"), image("arm64.exe")).unwrap();
    place
}

fn inspect(place: &Path, args: &[&str]) -> Run {
    let run = Gowoa::inspect(place).args(args).run();
    assert_sane(&run);
    run
}

/// Names of the images of the report.
fn images(run: &Run) -> Vec<&str> {
    array(&run.report()["subjects"])
        .iter()
        .filter(|subject| subject["kind"] == "image")
        .map(|subject| subject["name"].as_str().unwrap())
        .collect()
}

#[track_caller]
fn assert_refused(run: &Run, words: &[&str]) {
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert!(run.report.is_none(), "a report was written:\n{}", run.stderr);
    for word in words.iter().chain(&["error: ", "next   "]) {
        assert!(run.stderr.contains(word), "the text lacks {word:?}:\n{}", run.stderr);
    }
}

#[test]
fn a_path_that_is_not_there() {
    let place = place();
    let run = inspect(place.path(), &["dist", "nowhere\u{1b}[31m.exe"]);
    assert_refused(&run, &["cannot inspect nowhere", "no such file or directory"]);
    assert_refused(&inspect(place.path(), &["-", "-"]), &["standard input can be read once"]);
    let run = inspect(place.path(), &["dist", "--report", "xml=r"]);
    assert_refused(&run, &["no report format", "gowoa inspect --help"]);
}

#[test]
fn a_call_without_sense() {
    let place = place();
    for (args, words) in [
        (&[][..], "<PATH>..."),
        (&["dist", "--expect", "arm64"], "such as windows/arm64"),
        (&["dist", "--expect", "windows/aarch64"], "such as windows/arm64"),
        (&["dist", "--fail-on", "sometimes"], "sometimes"),
        (&["-tool.exe"], "unexpected argument"),
        (&[""], "a value is required"),
    ] {
        let run = inspect(place.path(), args);
        assert_eq!(run.code, Some(2), "{args:?}: {}", run.stderr);
        assert!(run.stderr.contains(words), "{args:?}: {}", run.stderr);
        assert!(!run.stderr.contains("go's spelling"), "{}", run.stderr);
    }
}

#[test]
fn a_directory_without_a_program_says_what_there_is() {
    let place = tempfile::tempdir().unwrap();
    fs_err::create_dir(place.path().join("dist")).unwrap();
    let run = inspect(place.path(), &["dist"]);
    assert_eq!((run.code, &run.report()["verdict"]), (Some(2), &"incomplete".into()));
    assert!(run.stderr.contains("no program for Windows in dist: there is nothing"));
    let elf = super::dist::source("elf:62");
    for name in ["a", "b"] {
        fs_err::write(place.path().join("dist").join(name), &elf).unwrap();
    }
    fs_err::write(place.path().join("dist/notes.zip"), super::dist::zip(&[])).unwrap();
    fs_err::write(place.path().join("dist/x.msi"), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1").unwrap();
    let run = inspect(place.path(), &["dist"]);
    assert_eq!(run.code, Some(2));
    let told = run.report()["problems"].to_string();
    for words in [
        "2 ELF files for x86-64",
        "1 zip archive without a program",
        "1 MSI package, which gowoa does not read",
    ] {
        assert!(told.contains(words), "{told}");
    }
}

#[test]
fn names_that_look_like_flags() {
    let place = place();
    fs_err::write(place.path().join("-x_windows_arm64.exe"), image("arm64.exe")).unwrap();
    for args in [&["./-x_windows_arm64.exe"][..], &["--", "-x_windows_arm64.exe"]] {
        let run = inspect(place.path(), args);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        assert_eq!(images(&run), ["-x_windows_arm64.exe"]);
    }
}

#[test]
fn a_file_that_is_named_twice_is_looked_at_once() {
    let place = place();
    let run = inspect(place.path(), &["dist", "./dist/tool_windows_arm64.exe", "dist/"]);
    assert_eq!(images(&run), ["dist/tool_windows_arm64.exe"]);
}

#[test]
fn hidden_files_count_and_the_history_of_sources_does_not() {
    let place = place();
    for dir in [".git", ".hidden", "node_modules/x"] {
        let dir = place.path().join("dist").join(dir);
        fs_err::create_dir_all(&dir).unwrap();
        fs_err::write(dir.join(".tool_windows_arm64.exe"), image("arm64.exe")).unwrap();
    }
    let run = inspect(place.path(), &["dist"]);
    assert_eq!(
        images(&run),
        [
            "dist/.hidden/.tool_windows_arm64.exe",
            "dist/node_modules/x/.tool_windows_arm64.exe",
            "dist/tool_windows_arm64.exe",
        ]
    );
}

#[test]
fn names_far_above_say_nothing() {
    let place = tempfile::tempdir().unwrap();
    let dir = place.path().join("windows-amd64/project/dist");
    fs_err::create_dir_all(&dir).unwrap();
    fs_err::write(dir.join("tool.exe"), image("arm64.exe")).unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let run = Gowoa::inspect(elsewhere.path()).arg(&dir).run();
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    // What the user writes counts.
    let run = inspect(place.path(), &["windows-amd64/project/dist"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
}

#[test]
fn a_hundred_files_always_give_the_same_report() {
    let place = place();
    for number in 0..100 {
        let name = format!("dist/tool{number}_windows_amd64.exe");
        let source = if number % 10 == 0 { "arm64.exe" } else { "x64.exe" };
        fs_err::write(place.path().join(name), image(source)).unwrap();
    }
    let report = || {
        let mut report = inspect(place.path(), &["dist"]).report().clone();
        report["duration_ms"] = 0.into();
        report["started"] = "".into();
        report["phases"] = 0.into();
        report
    };
    let first = report();
    let errors = array(&first["findings"]).iter().filter(|f| f["severity"] == "error").count();
    assert_eq!(errors, 10);
    assert_eq!(first, report());
}

#[test]
fn standard_input_is_looked_at() {
    let place = place();
    let zip = super::dist::zip(&[("tool_windows_arm64.exe".into(), image("x64.exe"))]);
    for (bytes, code, name) in [
        (image("arm64.exe"), 0, "standard input"),
        (image("x64.exe"), 1, "standard input"),
        (zip, 1, "standard input > tool_windows_arm64.exe"),
        (Vec::new(), 2, ""),
    ] {
        fs_err::write(place.path().join("in"), bytes).unwrap();
        let input = fs_err::File::open(place.path().join("in")).unwrap();
        let (mut command, report) = Gowoa::inspect(place.path()).arg("-").into_command();
        let output = command.stdin(Stdio::from(input.into_file())).output().unwrap();
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{text}");
        let report = fs_err::read_to_string(report.path().join("report.json")).unwrap();
        assert!(report.contains(name), "{report}");
    }
}

#[test]
fn metadata_counts_for_a_file_that_is_given_by_itself() {
    let place = tempfile::tempdir().unwrap();
    let dir = place.path().join("dist/out");
    fs_err::create_dir_all(&dir).unwrap();
    fs_err::write(dir.join("tool.exe"), image("x64.exe")).unwrap();
    let metadata = r#"[{"path":"dist/out/tool.exe","goos":"windows","goarch":"amd64"},
        {"path":"dist/lost.exe","goos":"windows","goarch":"arm64"}]"#;
    fs_err::write(place.path().join("dist/artifacts.json"), metadata).unwrap();
    let run = inspect(place.path(), &["dist/out/tool.exe"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let run = inspect(place.path(), &["dist"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(run.stderr.contains("artifacts.json lists dist/lost.exe"), "{}", run.stderr);
}

#[cfg(unix)]
mod unix {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::process::Command;

    use super::*;

    #[test]
    fn pipes_and_devices_are_no_files() {
        let place = place();
        let pipe = place.path().join("dist/pipe.exe");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let run = inspect(place.path(), &["dist"]);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        let run = inspect(place.path(), &["dist/pipe.exe"]);
        assert_refused(&run, &["cannot inspect dist/pipe.exe", "a pipe, a socket or a device"]);
        assert_refused(&inspect(place.path(), &["/dev/null"]), &["a device"]);
    }

    #[test]
    fn links_are_followed_to_files_and_never_in_circles() {
        let place = place();
        let dist = place.path().join("dist");
        symlink("tool_windows_arm64.exe", dist.join("tool_windows_amd64.exe")).unwrap();
        symlink("../dist", dist.join("loop")).unwrap();
        symlink("nowhere", dist.join("dangling.exe")).unwrap();
        symlink("dist", place.path().join("latest")).unwrap();
        let run = inspect(place.path(), &["latest"]);
        assert_eq!(run.code, Some(1), "{}", run.stderr);
        assert_eq!(
            images(&run),
            ["latest/tool_windows_amd64.exe", "latest/tool_windows_arm64.exe"]
        );
        let message = run.report()["findings"][0]["message"].to_string();
        assert!(message.contains("the same bytes as latest/tool_windows_arm64.exe"), "{message}");
    }

    #[test]
    fn what_may_not_be_read_is_told() {
        let place = place();
        let locked = place.path().join("dist/locked.exe");
        fs_err::write(&locked, image("arm64.exe")).unwrap();
        fs_err::set_permissions(&locked, std::fs::Permissions::from_mode(0o000)).unwrap();
        if fs_err::read(&locked).is_ok() {
            eprintln!("skipped: this user may read everything");
            return;
        }
        let run = inspect(place.path(), &["dist"]);
        assert_eq!(run.code, Some(2), "{}", run.stderr);
        assert!(run.stderr.contains("dist/locked.exe cannot be read"), "{}", run.stderr);
        let run = inspect(place.path(), &["dist/locked.exe"]);
        assert_refused(&run, &["it may not be read"]);
    }

    #[cfg(target_os = "linux")] // Elsewhere file systems refuse such names.
    #[test]
    fn names_that_are_no_utf8() {
        let place = place();
        for name in [&b"caf\xe9_windows_arm64.exe"[..], b"caf\xe8_windows_arm64.exe"] {
            let path = place.path().join("dist").join(OsStr::from_bytes(name));
            fs_err::write(path, image("arm64.exe")).unwrap();
        }
        let run = inspect(place.path(), &["dist"]);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        let lossy = "dist/caf\u{fffd}_windows_arm64.exe";
        let second = format!("{lossy} (2)");
        assert_eq!(images(&run), [lossy, second.as_str(), "dist/tool_windows_arm64.exe"]);
    }
}
