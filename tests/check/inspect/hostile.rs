//! Containers that somebody made to do harm, or that are damaged.

use super::dist::{image, tar, zip};
use crate::fixtures::array;
use crate::harness::{Gowoa, Run};
use crate::projects::{assert_sane, assert_xml};

/// Names that try to leave the archive, to play with the terminal, or to give orders to a CI system.
const NAMES: &[&str] = &[
    "../../../x_windows_amd64.exe",
    "/absolute_windows_amd64.exe",
    "C:\\windows_amd64.exe",
    "a\nb_windows_amd64.exe",
    "\u{1b}[2J\u{1b}]0;title\u{7}_windows_amd64.exe",
    "::error::x_windows_amd64.exe",
    "##vso[task.complete result=Succeeded]_windows_amd64.exe",
    "]]>&lt;<x>_windows_amd64.exe",
    "same_windows_amd64.exe",
    "same_windows_amd64.exe",
    "a > b_windows_amd64.exe",
    "\u{202e}exe.46dma_swodniw_windows_amd64.exe",
];

fn inspect(name: &str, bytes: &[u8]) -> (Run, String) {
    let place = tempfile::tempdir().unwrap();
    fs_err::write(place.path().join(name), bytes).unwrap();
    let junit = place.path().join("junit.xml");
    let report = format!("junit={}", junit.display());
    let run = Gowoa::inspect(place.path()).args(&[name, "--all", "--report", &report]).run();
    assert_sane(&run);
    let entries = fs_err::read_dir(place.path()).unwrap().count();
    assert!(entries <= 2, "something was unpacked");
    (run, fs_err::read_to_string(junit).unwrap_or_default())
}

#[test]
fn names_are_names() {
    let members: Vec<(String, Vec<u8>)> =
        NAMES.iter().map(|name| ((*name).to_owned(), image("arm64.exe"))).collect();
    // The zip crate refuses to write a name twice.
    let mut once = members.clone();
    once.dedup();
    for (name, bytes, count) in
        [("x.tar", tar(&members), NAMES.len()), ("x.zip", zip(&once), once.len())]
    {
        let (run, junit) = inspect(name, &bytes);
        assert_eq!(run.code, Some(1), "{}", run.stderr);
        assert_xml(&junit);
        let findings = array(&run.report()["findings"]);
        let errors = findings.iter().filter(|finding| finding["severity"] == "error").count();
        assert_eq!(errors, count, "{name}: {}", run.stderr);
        let orders = |line: &&str| line.starts_with("::") || line.starts_with("##");
        assert_eq!(run.stderr.lines().find(orders), None);
    }
}

#[test]
fn a_damaged_archive_makes_the_report_incomplete() {
    let whole = zip(&[("tool_windows_arm64.exe".into(), image("arm64.exe"))]);
    let (run, _) = inspect("tool_windows_arm64.zip", &whole[..whole.len() / 2]);
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    let (run, _) = inspect("tool_linux_amd64.zip", &whole[..whole.len() / 2]);
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert!(run.stderr.contains("no program for Windows"), "{}", run.stderr);
}

#[test]
fn archives_in_archives_end_at_the_limit() {
    let mut bytes = zip(&[("tool_windows_arm64.exe".into(), image("arm64.exe"))]);
    for depth in 0..12 {
        bytes = zip(&[(format!("{depth}.zip"), bytes)]);
    }
    let (run, _) = inspect("deep.zip", &bytes);
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert!(run.stderr.contains("beyond a limit"), "{}", run.stderr);
}
