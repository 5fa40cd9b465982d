//! What a run leaves beside its text: files, and the lines about them.

use std::path::Path;

use gowoa::render::json;

use crate::harness::{sample, sound};
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

/// Whatever it is refused for.
#[test]
fn a_refused_call_appends_to_nothing_that_is_something_else() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name);
    for name in ["r.json", "s.json"] {
        fs_err::copy(committed("sample.json"), path(name)).unwrap();
    }
    for name in ["go.mod", "main.go", "nope.toml", "own.rules", "tool"] {
        fs_err::write(path(name), "as it was\n").unwrap();
    }
    let content = || {
        let files = fs_err::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().path());
        let mut files: Vec<_> = files.map(|path| (fs_err::read(&path).unwrap(), path)).collect();
        files.sort();
        files
    };
    let before = content();
    for line in [
        "report s.json --report json=s.json --summary s.json",
        "report s.json --github --summary ./s.json",
        "report s.json --report foo=x --outputs s.json",
        "report nope --report foo=x --report text=tool --outputs tool",
        "report nope --summary r.json",
        "check --config nope --summary go.mod",
        "check --config nope --outputs main.go",
        "check --config nope.toml --outputs - --summary -",
        "check --config nope.toml --summary nope.toml",
        "check --config nope --rules own.rules --outputs own.rules",
        "check --config nope --map tool --outputs tool",
        "screen --config nope --write-baseline tool --outputs tool",
        "screen --config nope --why x --go tool --summary tool",
        "inspect tool --config nope --summary tool",
        "inspect nope --config nope --report-dir . --summary report.html",
    ] {
        let arguments: Vec<&str> = line.split(' ').collect();
        let output = gowoa(dir.path(), &arguments, &[]);
        assert_eq!(output.status.code(), Some(2), "{line}");
        let text = stderr(&output);
        assert!(text.contains("--outputs") || text.contains("--summary"), "{line}: {text}");
        assert!(text.contains("\nnext   "), "{line}: {text}");
        assert!(content() == before, "{line}: {text}");
    }
    // The one that may be told is.
    let line = ["check", "--config", "nope", "--summary", "go.mod", "--outputs", "o"];
    gowoa(dir.path(), &line, &[]);
    assert_eq!(fs_err::read_to_string(path("o")).unwrap(), "result=incomplete\n");
}

#[test]
fn a_report_that_is_there_is_not_called_none() {
    let dir = tempfile::tempdir().unwrap();
    let read = |name: &str| fs_err::read_to_string(dir.path().join(name)).unwrap();
    let file = committed("sample.json");
    let summary = gowoa::render::markdown::render(&sample());
    let line = ["report", &file, "--report", "json=z.json", "--outputs", "o", "--summary", "no/x"];
    let output = gowoa(dir.path(), &line, &[]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(stderr(&output).matches("cannot write the job summary").count(), 1);
    let outputs = read("o");
    assert_eq!(outputs.matches("result=").count(), 1, "{outputs}");
    assert!(outputs.starts_with("result=incomplete\nfindings="), "{outputs}");
    assert!(outputs.contains("\njson-file="), "{outputs}");
    assert_eq!(read("z.json"), json::render(&sample()));
    if !cfg!(target_os = "linux") {
        return; // Nothing else has /dev/full.
    }
    for (full, reason) in [
        (["--outputs", "/dev/full"], "cannot write the outputs to /dev/full"),
        (["--report", "text=/dev/full"], "cannot write the report /dev/full"),
    ] {
        let mut line = vec!["report", &file, full[0], full[1]];
        line.extend(["--report", "json=y.json", "--summary", "sum.md"]);
        let output = gowoa(dir.path(), &line, &[]);
        assert_eq!(output.status.code(), Some(2));
        assert_eq!(read("y.json"), json::render(&sample()));
        let text = read("sum.md");
        let words = text.strip_prefix(&summary).unwrap_or_else(|| panic!("{text}"));
        assert!(
            words.starts_with("\n\n## gowoa: incomplete\n\nNot everything could be written.\n")
        );
        assert!(words.contains(reason), "{words}");
        fs_err::remove_file(dir.path().join("sum.md")).unwrap();
    }
}

/// A report may pass and the run not: what decides is told once.
#[test]
fn outputs_have_the_answer_of_the_run() {
    let dir = tempfile::tempdir().unwrap();
    let mut report = sample();
    report.problems.clear();
    report.findings.clear();
    report.results.retain(|result| !result.gating);
    report.verdict = gowoa::model::ReportVerdict::Pass;
    let report = crate::harness::sound(report);
    fs_err::write(dir.path().join("r.json"), json::render(&report)).unwrap();
    let result = |more: &[&str]| {
        let line: Vec<&str> =
            ["report", "r.json", "--outputs", "o"].iter().chain(more).copied().collect();
        let code = gowoa(dir.path(), &line, &[]).status.code();
        let text = fs_err::read_to_string(dir.path().join("o")).unwrap();
        fs_err::remove_file(dir.path().join("o")).unwrap();
        let of = text.lines().filter(|line| line.starts_with("result="));
        (code, of.map(str::to_owned).collect::<Vec<_>>())
    };
    assert_eq!(result(&[]), (Some(0), vec!["result=pass".to_owned()]));
    assert_eq!(result(&["--summary", "no/x"]), (Some(2), vec!["result=incomplete".to_owned()]));
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

#[test]
fn every_report_takes_the_place_of_an_earlier_one() {
    let dir = tempfile::tempdir().unwrap();
    fs_err::write(dir.path().join("r.in"), json::render(&sound(sample()))).unwrap();
    for format in [
        "json",
        "junit",
        "junit-strict",
        "sarif",
        "markdown",
        "markdown-azure",
        "html",
        "github",
        "azure",
        "text",
    ] {
        let report = format!("{format}=out.{format}");
        let arguments = ["report", "r.in", "--report", report.as_str()];
        for _ in 0..2 {
            let output = gowoa(dir.path(), &arguments, &[]);
            assert!(stderr(&output).contains("wrote  "), "{format}: {}", stderr(&output));
        }
    }
}
