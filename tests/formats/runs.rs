//! What a run leaves beside its text: files, and the lines about them.

use std::path::Path;

use gowoa::render::json;

use crate::harness::sample;
use crate::report::{committed, gowoa};

fn stderr(output: &std::process::Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn every_file_that_was_written_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let file = committed("sample.json");
    let plain = stderr(&gowoa(dir.path(), &["report", &file], &[]));
    assert!(!plain.contains("wrote "), "{plain}");
    let output = gowoa(
        dir.path(),
        &[
            "report",
            &file,
            "--report",
            "json=-",
            "--report",
            "text=a b/c.txt",
            "--report-dir",
            "out",
        ],
        &[],
    );
    assert_eq!(
        output.stdout,
        json::render(&sample()).as_bytes(),
        "and standard output is a report"
    );
    let out = |name: &str| Path::new("out").join(name).display().to_string();
    let expected = format!(
        "wrote  text      a b/c.txt\nwrote  json      {}\nwrote  junit     {}\nwrote  sarif     {}\n\
         wrote  markdown  {}\nwrote  html      {}\n",
        out("report.json"),
        out("junit.xml"),
        out("report.sarif"),
        out("summary.md"),
        out("report.html"),
    );
    assert_eq!(stderr(&output), plain + &expected);
}

#[test]
fn standard_output_is_no_file_to_append_to() {
    let dir = tempfile::tempdir().unwrap();
    let file = committed("sample.json");
    for flag in ["--summary", "--outputs"] {
        let output = gowoa(dir.path(), &["report", &file, flag, "-"], &[]);
        assert_eq!(output.status.code(), Some(2));
        let text = stderr(&output);
        assert!(text.contains(&format!("error: {flag} -: this goes to a file")), "{text}");
        assert!(text.contains(&format!("next   name a file with {flag}")), "{text}");
    }
    assert_eq!(fs_err::read_dir(dir.path()).unwrap().count(), 0, "no file has that name");
    // What is read is not appended to, also where that is what is wrong.
    let copy = dir.path().join("r.json");
    fs_err::copy(&file, &copy).unwrap();
    let output = gowoa(dir.path(), &["report", "r.json", "--summary", "r.json"], &[]);
    assert!(stderr(&output).contains("would be appended to"), "{}", stderr(&output));
    assert_eq!(fs_err::read(&copy).unwrap(), fs_err::read(&file).unwrap());
}

#[cfg(unix)]
mod pipes {
    use std::io::Read;
    use std::path::PathBuf;

    use super::*;

    /// A named pipe, which nobody reads or writes.
    #[expect(clippy::disallowed_methods, reason = "a test asks another program")]
    fn pipe(dir: &Path) -> PathBuf {
        let path = dir.join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        path
    }

    #[test]
    fn a_pipe_without_a_reader_is_an_error_and_does_not_hang() {
        let dir = tempfile::tempdir().unwrap();
        let file = committed("sample.json");
        pipe(dir.path());
        for target in [["--report", "json=pipe"], ["--summary", "pipe"], ["--outputs", "pipe"]] {
            let output = gowoa(dir.path(), &["report", &file, target[0], target[1]], &[]);
            assert_eq!(output.status.code(), Some(2));
            let text = stderr(&output);
            assert!(text.contains("pipe: it is a pipe or a device that nobody reads"), "{text}");
            assert!(text.contains("\nnext   "), "{text}");
        }
        let output = gowoa(dir.path(), &["report", "pipe"], &[]);
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr(&output).contains("the report pipe cannot be read: it is not a file"));
    }

    #[test]
    fn a_pipe_that_is_read_gets_the_whole_report() {
        let dir = tempfile::tempdir().unwrap();
        let path = pipe(dir.path());
        let reader = std::thread::spawn(move || {
            let mut text = String::new();
            fs_err::File::open(path).unwrap().read_to_string(&mut text).map(|_| text)
        });
        gowoa(dir.path(), &["report", &committed("sample.json"), "--report", "json=pipe"], &[]);
        assert_eq!(reader.join().unwrap().unwrap(), json::render(&sample()));
    }
}
