//! How long parsing a list takes, against the `go list` that prints it.
//!
//! `cargo bench --bench list -- DIR` lists the packages of the module in DIR (default: this repository's
//! sample) for windows/arm64, and prints both times and their ratio; the budget is 5 %.

#![allow(clippy::disallowed_methods, reason = "a benchmark starts the program it measures against")]
#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot go on may panic")]

use std::process::Command;
use std::time::{Duration, Instant};

/// Runs of each; the least is the one with the least noise.
const RUNS: usize = 7;

fn main() {
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/go/sample");
    let dir =
        std::env::args().skip(1).find(|arg| !arg.starts_with('-')).unwrap_or_else(|| sample.into());
    let mut go_list = Duration::MAX;
    let mut parse = Duration::MAX;
    let mut packages = 0;
    let mut bytes = 0;
    for _ in 0..RUNS {
        let begin = Instant::now();
        let output = Command::new("go")
            .args([
                "list",
                "-e",
                "-deps",
                gowoa::go::command::LIST_FIELDS,
                "-pgo=off",
                "--",
                "./...",
            ])
            .env("GOOS", "windows")
            .env("GOARCH", "arm64")
            .env("CGO_ENABLED", "0")
            .current_dir(&dir)
            .output()
            .unwrap();
        go_list = go_list.min(begin.elapsed());
        let begin = Instant::now();
        let listing = gowoa::go::list::parse(&output.stdout).unwrap();
        parse = parse.min(begin.elapsed());
        packages = listing.packages.len() + listing.standard;
        bytes = output.stdout.len();
    }
    let percent = 100.0 * parse.as_secs_f64() / go_list.as_secs_f64();
    println!(
        "{packages} packages, {bytes} bytes: go list {:.1} ms, parse {:.2} ms, {percent:.2} %",
        go_list.as_secs_f64() * 1000.0,
        parse.as_secs_f64() * 1000.0
    );
}
