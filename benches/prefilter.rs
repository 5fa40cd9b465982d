//! How fast source text is looked over, and read, on one core.
//!
//! `cargo bench --bench prefilter -- DIR` takes the Go files below DIR (default: Go's own source) from memory
//! and prints MB/s of the prefilter and of the whole reading of each package, the share of files that were
//! parsed, and as a peer MB/s of reading the files and of counting their lines with memchr.

#![allow(clippy::disallowed_methods, reason = "a benchmark asks go for its source")]
#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot go on may panic")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use gowoa::source::package::{PackageText, SourceFile, facts};
use gowoa::source::prefilter::{Hits, scan};

/// Runs of each; the least is the one with the least noise.
const RUNS: usize = 5;

fn main() {
    let dir = std::env::args().skip(1).find(|arg| !arg.starts_with('-')).map_or_else(
        || {
            let output = Command::new("go").args(["env", "GOROOT"]).output().unwrap();
            Path::new(String::from_utf8(output.stdout).unwrap().trim()).join("src")
        },
        PathBuf::from,
    );
    let mut packages: BTreeMap<PathBuf, Vec<PathBuf>> = BTreeMap::new();
    collect(&dir, &mut packages);
    let read = || -> Vec<Vec<(String, Vec<u8>)>> {
        let text = |path: &PathBuf| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, fs_err::read(path).unwrap())
        };
        packages.values().map(|files| files.iter().map(text).collect()).collect()
    };
    let texts = read();
    let all = || texts.iter().flatten();
    let bytes: usize = all().map(|(_, text)| text.len()).sum();
    println!("{} packages, {} files, {bytes} bytes", texts.len(), all().count());

    let (time, _) = best(|| read().len());
    rate("reading the files", bytes, time);
    let (time, lines) =
        best(|| -> usize { all().map(|(_, text)| memchr::memchr_iter(b'\n', text).count()).sum() });
    rate(&format!("counting {lines} lines"), bytes, time);
    let (time, hits) =
        best(|| all().map(|(_, text)| scan(text)).filter(|hits| *hits != Hits::default()).count());
    rate(&format!("prefilter: {hits} files mention something"), bytes, time);
    let (time, parsed) = best(|| -> u64 { texts.iter().map(|files| parsed(files)).sum() });
    let share = 100.0 * parsed as f64 / all().count() as f64;
    rate(&format!("all readers: {parsed} parses ({share:.1} % of the files)"), bytes, time);
}

/// The Go files of each directory that is a package, tests left out.
fn collect(dir: &Path, packages: &mut BTreeMap<PathBuf, Vec<PathBuf>>) {
    for entry in fs_err::read_dir(dir).unwrap().flatten() {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        if path.is_dir() {
            if name != "testdata" && !name.starts_with(['.', '_']) {
                collect(&path, packages);
            }
        } else if name.ends_with(".go") && !name.ends_with("_test.go") {
            packages.entry(dir.to_owned()).or_default().push(path);
        }
    }
}

fn parsed(files: &[(String, Vec<u8>)]) -> u64 {
    let go = files.iter().map(|(name, bytes)| SourceFile { name, bytes }).collect();
    facts(&PackageText { import_path: "bench", go, ..PackageText::default() }).parsed
}

fn best<T>(work: impl Fn() -> T) -> (Duration, T) {
    let once = || {
        let begin = Instant::now();
        let result = std::hint::black_box(work());
        (begin.elapsed(), result)
    };
    (0..RUNS).map(|_| once()).min_by_key(|(time, _)| *time).unwrap()
}

fn rate(what: &str, bytes: usize, time: Duration) {
    println!(
        "{what}: {:.3} s, {:.0} MB/s",
        time.as_secs_f64(),
        bytes as f64 / 1e6 / time.as_secs_f64()
    );
}
