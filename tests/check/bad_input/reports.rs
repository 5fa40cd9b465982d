//! Report targets that cannot be written, and a cache that cannot.

use crate::projects::{Project, names};

#[test]
fn formats_that_are_not_there() {
    let project = Project::module();
    for (report, words) in [
        ("xml=r.xml", "no report format \"xml\""),
        ("json", "\"json\" names no file"),
        ("json=", "\"json=\" names no file"),
        ("=r.json", "no report format \"\""),
        ("r.json", "no report format \"r.json\""),
    ] {
        let run = project.check().arg("--report").arg(report).run();
        project.assert_refused(&run, &[words, "gowoa check --help"]);
    }
}

#[test]
fn a_target_that_is_a_directory() {
    let project = Project::module();
    for path in [project.src().display().to_string(), format!("{}/new/", project.src().display())] {
        let run = project.check().arg("--report").arg(format!("json={path}")).run();
        project.assert_refused(&run, &["cannot write the report", &path, "--report-dir"]);
    }
    let run = project.check().arg("--report-dir").arg("go.mod").run();
    project.assert_refused(&run, &["cannot write the report", "go.mod"]);
}

#[test]
fn a_target_below_a_file() {
    let project = Project::module();
    let run = project.check().arg("--report").arg("junit=go.mod/junit.xml").run();
    project
        .assert_refused(&run, &["cannot write the report go.mod/junit.xml", "name another file"]);
}

#[test]
fn an_error_about_a_report_says_its_next_step_once() {
    let project = Project::module();
    let run = project.check().arg("--report").arg("junit=go.mod/junit.xml").run();
    assert_eq!(run.stderr.matches("name another file").count(), 1, "{}", run.stderr);
}

#[test]
fn two_reports_on_one_path_are_refused() {
    let project = Project::module();
    let path = project.beside("new/report");
    let json = format!("json={}", path.display());
    for other in ["junit=../new/report", "junit=../src/../new/./report", "json=../new//report"] {
        let run = project.check().arg("--report").arg(&json).arg("--report").arg(other).run();
        project.assert_refused(
            &run,
            &["two reports go to ../", "report: the second", "a path of its own"],
        );
        assert_eq!(names(&project.beside("new")), [""; 0]);
    }
    let run = project.check().arg("--report").arg("json=-").arg("--report").arg("junit=-").run();
    project.assert_refused(&run, &["two reports go to -"]);
    let run = project.check().arg("--report-dir").arg(project.out()).run();
    project.assert_refused(&run, &["two reports go to", "junit.xml"]);
    // A file of an earlier run is no reason to forget it, nor is a name that leads to it.
    fs_err::write(&path, "{}").unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(&path, project.beside("link")).unwrap();
    let other = if cfg!(unix) { "junit=../link" } else { "junit=../new/report" };
    let run = project.check().arg("--report").arg(&json).arg("--report").arg(other).run();
    project.assert_refused(&run, &["two reports go to"]);
    assert_eq!(fs_err::read_to_string(&path).unwrap(), "{}");
}

#[test]
fn a_refused_run_leaves_the_report_of_an_earlier_one() {
    let project = Project::module();
    let path = project.beside("report.json");
    fs_err::write(&path, "{}").unwrap();
    let report = format!("json={}", path.display());
    let run = project.check().arg("--report").arg(report).arg("-C").arg("nowhere").run();
    project.assert_refused(&run, &["nowhere is not a directory"]);
    assert_eq!(fs_err::read_to_string(&path).unwrap(), "{}");
}

#[test]
fn a_report_in_a_new_directory_is_written() {
    let project = Project::module();
    let dir = project.beside("a/b c/d");
    let run = project.check().arg("--report-dir").arg(&dir).run();
    project.assert_passes(&run);
    assert_eq!(
        names(&dir),
        ["junit.xml", "report.html", "report.json", "report.sarif", "summary.md"]
    );
}

#[cfg(target_os = "linux")] // Nothing else has /dev/full.
#[test]
fn a_full_disk() {
    let project = Project::module();
    for format in ["json", "junit", "junit-strict"] {
        let run = project.check().arg("--report").arg(format!("{format}=/dev/full")).run();
        assert_eq!(run.code, Some(2), "{}", run.stderr);
        for words in
            ["error: cannot write the report /dev/full", "No space left", "next   free some space"]
        {
            assert!(run.stderr.contains(words), "{words:?}: {}", run.stderr);
        }
        // The others were asked for too; each that is there is whole.
        project.assert_whole_reports();
    }
}

#[cfg(unix)] // The null device has another name elsewhere.
#[test]
fn a_device_takes_any_number_of_reports() {
    let project = Project::module();
    let run =
        project.check().args(&["--report", "json=/dev/null", "--report", "junit=/dev/null"]).run();
    project.assert_passes(&run);
}

#[cfg(unix)] // Permission bits are Unix's.
#[test]
fn a_directory_that_cannot_be_written() {
    use std::os::unix::fs::PermissionsExt;
    let project = Project::module();
    let locked = project.beside("locked");
    fs_err::create_dir(&locked).unwrap();
    fs_err::set_permissions(&locked, std::fs::Permissions::from_mode(0o555)).unwrap();
    if fs_err::write(locked.join("probe"), "").is_ok() {
        eprintln!(
            "skipped: this user may write anywhere; `a_target_below_a_file` covers the error"
        );
        return;
    }
    let run = project.check().arg("--report-dir").arg(&locked).run();
    project.assert_refused(&run, &["cannot write the report", "locked", "make it writable"]);
    let run = project.check().env("GOWOA_CACHE", &locked).run();
    project.assert_refused(&run, &["cannot write working files", "locked", "GOWOA_CACHE"]);
}

#[cfg(target_os = "linux")] // Elsewhere file systems refuse such names.
#[test]
fn a_report_path_that_is_no_utf8() {
    use std::os::unix::ffi::{OsStrExt, OsStringExt};
    let project = Project::module();
    let mut path = project.out().into_os_string().into_vec();
    path.extend(b"/caf\xe9.json");
    let mut arg = b"json=".to_vec();
    arg.extend(&path);
    let run = project.check().arg("--report").arg(std::ffi::OsStr::from_bytes(&arg)).run();
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let bytes = fs_err::read(std::path::Path::new(std::ffi::OsStr::from_bytes(&path))).unwrap();
    let report: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(report["verdict"], "pass");
}

#[test]
fn a_cache_that_is_a_file() {
    let project = Project::module();
    let run = project.check().env("GOWOA_CACHE", project.src().join("go.mod")).run();
    project.assert_refused(&run, &["cannot write working files", "go.mod", "GOWOA_CACHE"]);
}

#[test]
fn an_out_dir_that_is_a_file() {
    let project = Project::module();
    let run = project.check().arg("--out-dir").arg("go.mod").run();
    project.assert_refused(&run, &["cannot write working files", "go.mod", "--out-dir"]);
    let before = "module example.com/m\n\ngo 1.24\n";
    assert_eq!(fs_err::read_to_string(project.src().join("go.mod")).unwrap(), before);
}
