//! Where files of a call are, and to which of them `--summary` and `--outputs` may be appended.

use std::ffi::OsStr;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::common::{Refusal, ReportArgs};

/// Files that Go and gowoa read, whatever a call names.
const READ: [&str; 6] = ["go.mod", "go.sum", "go.work", "go.work.sum", "gowoa.toml", "modules.txt"];

/// The endings of source text, of reports and of programs: nothing that a summary or outputs stand in.
const OTHER_KINDS: [&str; 16] = [
    "go", "s", "c", "cc", "cpp", "cxx", "h", "hh", "hpp", "hxx", "m", "syso", "json", "sarif",
    "exe", "dll",
];

/// What tells two report targets apart; absent for a device, which takes any number of reports.
pub(super) fn place(path: &Path) -> Option<PathBuf> {
    if path == Path::new("-") {
        return Some(path.to_owned());
    }
    match fs_err::metadata(path) {
        Ok(metadata) if metadata.is_file() => fs_err::canonicalize(path).ok(),
        Ok(_) => None,
        Err(_) => {
            let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
            let parent = fs_err::canonicalize(parent.unwrap_or(Path::new("."))).ok()?;
            Some(parent.join(path.file_name()?))
        }
    }
}

/// The arguments without a summary and outputs that would spoil another file, and why such a one was taken out.
/// `others`: what else the call reads or writes.
pub(super) fn safe(reports: &ReportArgs, others: &[&Path]) -> (ReportArgs, Option<Refusal>) {
    let mut safe = reports.clone();
    let targets = reports.targets().filter_map(Result::ok).map(|target| target.path);
    let others = others.iter().map(|path| path.to_path_buf());
    let taken: Vec<PathBuf> = targets.chain(others).filter_map(|path| place(&path)).collect();
    let outputs = reports.outputs.as_deref().and_then(|path| spoilt("--outputs", path, &taken));
    if outputs.is_some() {
        safe.outputs = None;
    }
    let summary = reports.ci.summary_file().and_then(|path| spoilt("--summary", path, &taken));
    if summary.is_some() {
        safe.ci.summary = "off".into();
    }
    (safe, outputs.or(summary))
}

/// Why a report must not take the place of this file, where that is so: it is there, and nothing that gowoa writes.
pub(super) fn foreign(path: &Path) -> Option<Refusal> {
    if path == Path::new("-") {
        return None;
    }
    let place = place(path)?;
    let is_read = is(place.file_name(), &READ);
    let mut start = [0; 4096];
    let count = fs_err::File::open(&place).ok()?.read(&mut start).ok()?;
    let start = start[..count].trim_ascii_start();
    (is_read || !is_report(start)).then(|| {
        Refusal::new(
            format!("{} is there and is no report: it would be replaced", path.display()),
            "name another file for the report, or remove that one",
        )
    })
}

/// Whether a file that starts so is empty, or a report: of gowoa, or XML, HTML or SVG of another tool.
fn is_report(start: &[u8]) -> bool {
    const STARTS: [&[u8]; 9] = [
        b"gowoa ",
        b"## gowoa",
        b"::",
        b"##vso[",
        b"<?xml",
        b"<testsuite",
        b"<svg",
        b"<!doctype html",
        b"<!DOCTYPE html",
    ];
    let holds = |word: &[u8]| start.windows(word.len()).any(|found| found == word);
    // JSON of gowoa, or SARIF of anybody.
    let json = || {
        start.starts_with(b"{")
            && (holds(b"\"schema_version\"") || holds(b"sarif") || start.trim_ascii() == b"{}")
    };
    start.is_empty() || STARTS.iter().any(|known| start.starts_with(known)) || json()
}

/// Why this file must not be appended to, where that is so.
fn spoilt(flag: &str, path: &Path, taken: &[PathBuf]) -> Option<Refusal> {
    if path == Path::new("-") {
        return Some(Refusal::new(
            format!("{flag} -: this goes to a file, which standard output is not"),
            format!("name a file with {flag}, such as {flag} gowoa.txt"),
        ));
    }
    let place = place(path)?;
    let shown = path.display();
    if taken.contains(&place) {
        return Some(Refusal::new(
            format!("{shown} is a report or is read, and would be appended to"),
            "give --summary and --outputs files of their own",
        ));
    }
    (is(place.file_name(), &READ) || is(place.extension(), &OTHER_KINDS)).then(|| {
        Refusal::new(
            format!("{flag} {shown}: a file of this kind is not appended to"),
            format!("name a file with {flag} that holds nothing else, such as {flag} gowoa.txt"),
        )
    })
}

/// Whether a name or an ending is one of these, however it is spelled.
fn is(word: Option<&OsStr>, words: &[&str]) -> bool {
    word.is_some_and(|word| words.iter().any(|known| word.eq_ignore_ascii_case(known)))
}

#[cfg(test)]
mod tests {
    use super::super::ci::CiArgs;
    use super::*;

    fn reports(summary: &Path, outputs: &Path) -> ReportArgs {
        let ci = CiArgs { summary: summary.to_owned(), ..CiArgs::default() };
        ReportArgs { reports: Vec::new(), report_dir: None, outputs: Some(outputs.to_owned()), ci }
    }

    #[test]
    fn one_that_is_something_else_does_not_take_the_other_along() {
        let dir = tempfile::tempdir().unwrap();
        let (summary, outputs) = (dir.path().join("s.md"), dir.path().join("GO.MOD"));
        let (left, refusal) = safe(&reports(&summary, &outputs), &[]);
        assert_eq!((left.outputs, left.ci.summary), (None, summary.clone()));
        assert!(refusal.unwrap().message().contains("of this kind"));
        let given = reports(&summary, &summary);
        let (left, refusal) = safe(&given, &[Path::new("-"), dir.path()]);
        assert_eq!((left.outputs, left.ci.summary), (Some(summary.clone()), summary.clone()));
        assert!(refusal.is_none());
        let (left, refusal) = safe(&given, &[&dir.path().join("./s.md")]);
        assert_eq!((left.outputs, left.ci.summary), (None, "off".into()));
        assert!(refusal.unwrap().message().contains("would be appended to"));
    }

    #[test]
    fn a_report_takes_the_place_of_reports_alone() {
        let dir = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &[u8]| {
            let path = dir.path().join(name);
            fs_err::write(&path, text).unwrap();
            path
        };
        for (name, text) in [
            ("main.go", &b"// main\npackage main\n"[..]),
            ("app.exe", b"MZ\x90"),
            ("a.zip", b"PK\x03\x04"),
            ("f_arm64.s", b"#include \"textflag.h\"\n"),
            ("build.sh", b"#!/bin/sh\n"),
            ("README.md", b"# gowoa\n"),
            ("package.json", b"{\"name\": \"x\"}"),
            ("data.json", b"{\"a\": 1}"),
            ("notes.txt", b"remember"),
            ("gowoa.toml", b"# what counts\nfail-on = \"error\"\n"),
            ("go.mod", b""),
        ] {
            let refusal = foreign(&file(name, text)).unwrap();
            assert!(refusal.message().ends_with("is no report: it would be replaced"), "{name}");
        }
        for (name, text) in [
            ("r.json", &b"{\n  \"schema_version\": \"1.4\""[..]),
            ("empty.json", b"{}\n"),
            ("r.sarif", b"{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\""),
            ("page.html", b"<!doctype html>\n"),
            ("map.svg", b"<svg xmlns"),
            ("junit.xml", b"<?xml version"),
            ("summary.md", b"## gowoa: PASS"),
            ("text", b"gowoa 0.1.0, "),
            ("github", b"::error file=x::y"),
            ("empty", b""),
        ] {
            assert!(foreign(&file(name, text)).is_none(), "{name}");
        }
        assert!(foreign(&dir.path().join("new")).is_none() && foreign(Path::new("-")).is_none());
    }

    #[test]
    fn what_ci_systems_name_is_taken() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["set_output_5f8c", "step_summary_5f8c", "outputs.txt", "SUMMARY.md", "job.env"]
        {
            let path = dir.path().join(name);
            assert!(safe(&reports(&path, &path), &[]).1.is_none(), "{name}");
        }
    }
}
