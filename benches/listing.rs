//! How fast a listing is read, against counting its lines.
//!
//! `cargo bench --bench listing -- FILE` reads a listing made before, such as
//! `GOOS=windows GOARCH=arm64 go build -gcflags=all=-S std 2>FILE`; without FILE the benchmark makes that of
//! `net/http` and what it imports. One core; the least of several runs; the budget is 500 MB/s.

#![allow(clippy::disallowed_methods, reason = "a benchmark starts the program it measures against")]
#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot go on may panic")]

use std::collections::BTreeSet;
use std::hint::black_box;
use std::process::Command;
use std::time::{Duration, Instant};

use gowoa::go::listing::collect::{Collector, Wanted};
use gowoa::go::listing::{Counts, Event, Parser};

/// Runs of each; the least is the one with the least noise.
const RUNS: usize = 9;
/// What one read of a pipe gives.
const CHUNK: usize = 64 << 10;

fn main() {
    let file = std::env::args().skip(1).find(|arg| !arg.starts_with('-'));
    let listing = match &file {
        Some(file) => std::fs::read(file).unwrap(),
        None => made(),
    };
    let wanted = everything(&listing);
    let mut counts = Counts::default();
    let lines = least(|| memchr::memchr_iter(b'\n', &listing).count());
    let parse = least(|| counts = parse(&listing));
    let collect = least(|| collect(&listing, &wanted));
    let megabytes = listing.len() as f64 / 1e6;
    let show = |what: &str, took: Duration| {
        let rate = megabytes / took.as_secs_f64();
        println!("{what:<22} {:>8.1} ms {rate:>8.0} MB/s", took.as_secs_f64() * 1000.0);
    };
    println!(
        "{megabytes:.1} MB, {} lines, {} packages, {} functions, {} unknown lines",
        counts.lines, counts.packages, counts.functions, counts.unknown
    );
    show("count lines (memchr)", lines);
    if let Some(file) = &file {
        // Another process: its time on the wall.
        let times = (0..RUNS).map(|_| {
            let begin = Instant::now();
            black_box(grep(file));
            begin.elapsed()
        });
        show("grep -c CALL (wall)", times.min().unwrap());
    }
    show("parse", parse);
    show("parse and collect", collect);
}

/// The least time of several runs. On Linux it is the time on the core, so that a busy machine does not count.
fn least<T>(mut work: impl FnMut() -> T) -> Duration {
    let time = |_| {
        let (wall, core) = (Instant::now(), on_core());
        black_box(work());
        match (core, on_core()) {
            // The system counts in ticks: what is shorter is no time at all.
            (Some(before), Some(after)) if after > before => after - before,
            _ => wall.elapsed(),
        }
    };
    (0..RUNS).map(time).min().unwrap()
}

/// How long this thread has been on a core (Documentation/scheduler/sched-stats.rst), where the system tells.
fn on_core() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(Duration::from_nanos(text.split(' ').next()?.parse().ok()?))
}

fn parse(listing: &[u8]) -> Counts {
    let mut parser = Parser::default();
    for chunk in listing.chunks(CHUNK) {
        parser.push(chunk, |event| {
            black_box(event);
        });
    }
    parser.finish(|_| {})
}

fn collect(listing: &[u8], wanted: &Wanted) -> usize {
    let mut parser = Parser::default();
    let mut collector = Collector::new(wanted);
    for chunk in listing.chunks(CHUNK) {
        parser.push(chunk, |event| collector.take(event));
    }
    parser.finish(|event| collector.take(event));
    collector.finish().len()
}

/// Wants every package, and of each the files whose name says that they are generic.
fn everything(listing: &[u8]) -> Wanted {
    let mut wanted = Wanted::default();
    let mut paths = BTreeSet::new();
    let mut files = BTreeSet::new();
    let mut dirs = BTreeSet::new();
    let mut parser = Parser::default();
    parser.push(listing, |event| match event {
        Event::Package(path) => {
            paths.insert(String::from_utf8_lossy(path).into_owned());
        }
        Event::Instruction(line) if line.opcode == b"TEXT" => {
            let file = String::from_utf8_lossy(line.file);
            let Some((dir, name)) = file.rsplit_once('/') else { return };
            if ["generic", "noasm", "arm64"].iter().any(|word| name.contains(word)) {
                files.insert(name.to_owned());
                dirs.insert(dir.to_owned());
            }
        }
        _ => {}
    });
    let dirs: Vec<String> = dirs.into_iter().collect();
    for path in &paths {
        let own: Vec<String> =
            dirs.iter().filter(|dir| dir.ends_with(path.as_str())).cloned().collect();
        wanted.package(path, false, &own, files.iter().cloned());
        wanted.known(path);
    }
    wanted
}

fn grep(file: &str) -> bool {
    Command::new("grep")
        .args(["-c", "CALL", file])
        .env("LC_ALL", "C")
        .output()
        .unwrap()
        .status
        .success()
}

fn made() -> Vec<u8> {
    let dir = std::env::temp_dir();
    let output = Command::new("go")
        .args(["list", "-export", "-f", "", "-gcflags=all=-S", "net/http"])
        .env("GOOS", "windows")
        .env("GOARCH", "arm64")
        .env("CGO_ENABLED", "0")
        .current_dir(dir)
        .output()
        .unwrap();
    assert!(output.status.success(), "go list failed");
    output.stderr
}
