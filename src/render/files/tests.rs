//! A report file arrives whole, or the old one stays and the error says what to do.

use super::super::junit::Dialect;
use super::*;

/// The names in a directory, sorted.
fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// The error of a target that cannot be prepared.
fn refused(path: &Path) -> String {
    ReportFile::prepare(path).expect_err("this target cannot be written").to_string()
}

#[test]
fn formats_are_read_by_name() {
    for format in Format::ALL {
        assert_eq!(format.as_str().parse::<Format>().unwrap(), format);
    }
    let error = "junit-loose".parse::<Format>().unwrap_err().to_string();
    assert_eq!(
        error,
        "there is no report format \"junit-loose\"; choose json, junit, junit-strict, sarif, markdown, \
         markdown-azure, html, github, azure or text"
    );
    assert_eq!(Format::Json.file_name(), "report.json");
    assert_eq!(Format::Junit { dialect: Dialect::Strict }.file_name(), "junit.xml");
}

#[test]
fn targets_are_format_and_path() {
    let target = ReportTarget::parse(OsStr::new("junit=out/a=b.xml")).unwrap();
    assert_eq!(target.format, Format::Junit { dialect: Dialect::Rich });
    assert_eq!(target.path, Path::new("out/a=b.xml"));
    assert_eq!(ReportTarget::parse(OsStr::new("json=-")).unwrap().path, Path::new("-"));

    for (argument, begins) in [
        ("json", "\"json\" names no file"),
        ("json=", "\"json=\" names no file"),
        ("report.json", "there is no report format \"report.json\""),
        ("=x", "there is no report format \"\""),
    ] {
        let error = ReportTarget::parse(OsStr::new(argument)).unwrap_err().to_string();
        assert!(error.starts_with(begins), "{argument}: {error}");
    }
}

#[test]
fn a_file_is_made_with_its_directories() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a/b/report.json");
    ReportFile::prepare(&path).unwrap().commit(b"new").unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"new");
    assert_eq!(names(path.parent().unwrap()), ["report.json"]);
}

#[test]
fn the_old_file_stays_until_the_new_one_is_whole() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("report.json");
    fs::write(&path, "old and longer").unwrap();
    let file = ReportFile::prepare(&path).unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"old and longer");
    file.commit(b"new").unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"new");
    assert_eq!(names(dir.path()), ["report.json"]);
}

#[test]
fn nothing_is_left_of_a_file_that_was_not_committed() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("report.json");
    fs::write(&path, "old").unwrap();
    drop(ReportFile::prepare(&path).unwrap());
    assert_eq!(fs::read(&path).unwrap(), b"old");
    assert_eq!(names(dir.path()), ["report.json"]);
}

#[test]
fn a_failed_rename_keeps_what_is_there_and_removes_the_temporary_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("report.json");
    let file = ReportFile::prepare(&path).unwrap();
    // A directory with something in it takes the name while the work goes on.
    fs::create_dir_all(path.join("full")).unwrap();
    let error = file.commit(b"new").unwrap_err().to_string();
    assert!(error.contains("report.json"), "{error}");
    assert!(error.contains("; name "), "{error}");
    assert_eq!(names(dir.path()), ["report.json"]);
    assert_eq!(names(&path), ["full"]);
}

#[test]
fn directories_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let error = refused(dir.path());
    assert!(error.contains("it is a directory"), "{error}");
    assert!(error.contains("--report-dir"), "{error}");
    let error = refused(&dir.path().join("new/"));
    assert!(error.contains("ends like a directory"), "{error}");
    assert!(names(dir.path()).is_empty());
}

#[test]
fn an_empty_path_is_refused() {
    let error = refused(Path::new(""));
    assert!(error.contains("the path is empty"), "{error}");
}

#[test]
fn a_file_in_the_place_of_a_directory_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("file"), "").unwrap();
    let error = refused(&dir.path().join("file/report.json"));
    assert!(error.contains("report.json"), "{error}");
    assert_eq!(names(dir.path()), ["file"]);
}

#[test]
fn a_name_that_is_too_long_is_refused_before_the_work() {
    let dir = tempfile::tempdir().unwrap();
    let error = refused(&dir.path().join("n".repeat(5_000)));
    assert!(error.contains("name another file"), "{error}");
}

#[test]
fn a_read_only_file_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("report.json");
    fs::write(&path, "old").unwrap();
    let mut permissions = fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions).unwrap();
    let error = refused(&path);
    assert!(error.contains("the file is read-only; make it writable"), "{error}");
}

#[cfg(unix)]
mod unix {
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_full_disk_is_named() {
        let path = Path::new("/dev/full");
        if !path.exists() {
            return; // Linux has it; nothing else does.
        }
        let error = ReportFile::prepare(path).unwrap().commit(b"report").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        let error = error.to_string();
        assert!(error.contains("/dev/full"), "{error}");
        assert!(error.contains("free some space"), "{error}");
        assert!(path.exists(), "a device is written to, never replaced");
    }

    #[test]
    fn an_unwritable_directory_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let locked = dir.path().join("locked");
        fs::create_dir(&locked).unwrap();
        fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o555)).unwrap();
        if fs::write(locked.join("probe"), "").is_ok() {
            return; // root may write anywhere.
        }
        for path in [locked.join("report.json"), locked.join("new/report.json")] {
            let error = refused(&path);
            assert!(error.contains("make it writable"), "{error}");
        }
    }

    #[test]
    fn a_path_need_not_be_unicode() {
        let dir = tempfile::tempdir().unwrap();
        let mut argument = OsString::from("json=");
        argument.push(dir.path());
        argument.push(OsStr::from_bytes(b"/d\xff\xfe/r\xe9port.json"));
        let target = ReportTarget::parse(&argument).unwrap();
        ReportFile::prepare(&target.path).unwrap().commit(b"new").unwrap();
        assert_eq!(fs::read(&target.path).unwrap(), b"new");
    }

    #[test]
    fn a_link_stays_and_the_file_behind_it_is_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let (real, link) = (dir.path().join("real.json"), dir.path().join("link.json"));
        fs::write(&real, "old").unwrap();
        std::os::unix::fs::symlink("real.json", &link).unwrap();
        ReportFile::prepare(&link).unwrap().commit(b"new").unwrap();
        assert_eq!(fs::read(&real).unwrap(), b"new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());

        let broken = dir.path().join("broken.json");
        std::os::unix::fs::symlink("nowhere/x.json", &broken).unwrap();
        assert!(refused(&broken).contains("link to a file that does not exist"));
    }

    #[test]
    fn others_may_read_the_report() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("report.json");
        let other = dir.path().join("other");
        fs::write(&other, "").unwrap();
        ReportFile::prepare(&path).unwrap().commit(b"new").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&path), mode(&other), "the umask decides, as for any file");

        fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        ReportFile::prepare(&path).unwrap().commit(b"newer").unwrap();
        assert_eq!(mode(&path), 0o640, "a file keeps its permissions");
    }
}
