//! How fast the linker's graph is read.
//!
//! `cargo bench --bench linkgraph -- FILE...` reads what `go build -ldflags='-dumpdep -v=2 -w' -o /dev/null CMD`
//! printed on standard error into each file. It prints the least time of several runs of reading it and of looking
//! for the way to one function, the speed against a SHA-256 of the same bytes, and on Linux the memory taken.

#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot go on may panic")]

use std::time::{Duration, Instant};

use gowoa::go::linkgraph::LinkGraphReader;
use sha2::{Digest, Sha256};

/// Runs of each step; the least is the one with the least noise.
const RUNS: usize = 9;
/// As much as a pipe gives at once.
const CHUNK: usize = 64 << 10;

fn main() {
    let files: Vec<String> =
        std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    if files.is_empty() {
        println!("name one or more outputs of -dumpdep: cargo bench --bench linkgraph -- FILE...");
    }
    for file in files {
        let bytes = fs_err::read(&file).unwrap();
        let [mut hash, mut read, mut way] = [Duration::MAX; 3];
        let mut edges = 0;
        for _ in 0..RUNS {
            let begin = Instant::now();
            std::hint::black_box(Sha256::digest(&bytes));
            hash = hash.min(begin.elapsed());
            let begin = Instant::now();
            let mut reader = LinkGraphReader::default();
            bytes.chunks(CHUNK).for_each(|chunk| reader.push(chunk));
            let graph = reader.finish();
            read = read.min(begin.elapsed());
            edges = graph.edges();
            let begin = Instant::now();
            std::hint::black_box(graph.way("reflect", Some("Value.Call"), &|_| true));
            way = way.min(begin.elapsed());
        }
        let speed = bytes.len() as f64 / read.as_secs_f64() / 1e6;
        println!(
            "{file}: {:.1} MB, {edges} edges: read {:.1} ms ({speed:.0} MB/s, {:.1} of one SHA-256), a way {:.1} ms",
            bytes.len() as f64 / 1e6,
            read.as_secs_f64() * 1e3,
            read.as_secs_f64() / hash.as_secs_f64(),
            way.as_secs_f64() * 1e3,
        );
    }
    let status = fs_err::read_to_string("/proc/self/status").unwrap_or_default();
    if let Some(line) = status.lines().find(|line| line.starts_with("VmHWM:")) {
        println!("memory at most: {}", line.trim_start_matches("VmHWM:").trim());
    }
}
