//! How long it takes to write a report, and how much memory.
//!
//! `cargo bench --bench render -- [FINDINGS]` makes a report of so many findings (10,000 without a number) of the sample
//! in `testdata/reports` and writes it in every format of `--report`, each in a process of its own: the least time of
//! several runs, the time against serde_json's writing of the same report in the same process, and on Linux the memory
//! at most above that of the report itself. On Linux the time is that of the processor, which no neighbour lengthens. The last row writes all formats one after the other, as the command line
//! does, and is what the budget is about: 1 s and 200 MiB for 10,000 findings.

#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot go on may panic")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use gowoa::model::Report;
use gowoa::render::{Format, json};

#[path = "../tests/formats/many.rs"]
mod many;

/// Findings without a number on the command line.
const FINDINGS: usize = 10_000;
/// Runs of each format; the least is the one with the least noise.
const RUNS: usize = 5;
/// The name of the row of all formats.
const ALL: &str = "all";

fn main() {
    let arguments: Vec<String> =
        std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    let number = arguments.first().map_or(FINDINGS, |number| number.parse().unwrap());
    let report = report(number);
    match arguments.get(1) {
        Some(name) => measure(name, &report),
        None => {
            let size = json::render(&report).len();
            println!("{number} findings, {:.1} MB of JSON", size as f64 / 1e6);
            println!("format           memory       time  of serde_json   written");
            for name in Format::ALL.map(Format::as_str).into_iter().chain([ALL]) {
                again(number, name);
            }
        }
    }
}

fn report(number: usize) -> Report {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/reports/sample.json");
    let sample = json::parse(&fs_err::read_to_string(path).unwrap()).unwrap();
    many::many(&sample, number)
}

/// Measures one format in a process of its own, whose memory no other format has touched.
#[expect(clippy::disallowed_methods, reason = "the benchmark calls itself")]
fn again(number: usize, name: &str) {
    let program = std::env::current_exe().unwrap();
    let status =
        std::process::Command::new(program).arg(number.to_string()).arg(name).status().unwrap();
    assert!(status.success(), "{name}: {status}");
}

/// One row: the format, or all of them one after the other.
fn measure(name: &str, report: &Report) {
    let checks = gowoa::checks::catalogue();
    let formats: Vec<Format> =
        Format::ALL.into_iter().filter(|f| name == ALL || f.as_str() == name).collect();
    assert!(!formats.is_empty(), "there is no format {name}");
    let before = memory();
    let [mut least, mut peer] = [Duration::MAX; 2];
    let (mut bytes, mut peak) = (0, 0);
    for run in 0..RUNS {
        let begin = Clock::start();
        bytes = 0;
        for format in &formats {
            bytes += black_box(format.render(report, &checks).unwrap()).len();
        }
        least = least.min(begin.elapsed());
        if run == 0 {
            // Later runs would add what the first left behind.
            peak = memory().saturating_sub(before);
        }
        let begin = Clock::start();
        black_box(serde_json::to_string_pretty(report).unwrap());
        peer = peer.min(begin.elapsed());
    }
    println!(
        "{name:13} {:>6.1} MiB {:>7.1} ms {:>12.1} x {:>6.1} MB",
        peak as f64 / 1024.0,
        least.as_secs_f64() * 1e3,
        least.as_secs_f64() / peer.as_secs_f64(),
        bytes as f64 / 1e6
    );
}

/// Time of this thread on a processor where the system says so; renderers start no others.
enum Clock {
    Processor(Duration),
    Wall(Instant),
}

impl Clock {
    fn start() -> Self {
        processor().map_or_else(|| Self::Wall(Instant::now()), Self::Processor)
    }

    fn elapsed(&self) -> Duration {
        match self {
            Self::Processor(begin) => processor().unwrap_or_default().saturating_sub(*begin),
            Self::Wall(begin) => begin.elapsed(),
        }
    }
}

/// The first number of `/proc/thread-self/schedstat`: nanoseconds on a processor.
fn processor() -> Option<Duration> {
    let text = fs_err::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

/// The most memory that this process has had, in KiB; 0 where the system does not say.
fn memory() -> u64 {
    let status = fs_err::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok()).unwrap_or(0)
}
