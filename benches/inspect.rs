//! How long it takes to read an exe, against a SHA-256 of the same bytes.
//!
//! `cargo bench --bench inspect -- FILE...` prints, for each file, the least time of several runs of every
//! step and its ratio to one SHA-256 (the sha2 crate, which uses the SHA instructions of the CPU), all in
//! the same run. Where `llvm-objdump` (or the program that LLVM_OBJDUMP names) is there, `-d` of the file
//! is timed once as well. On Linux it prints how much memory was taken beside the mapped file.
//! The budget: every check together in 2.0 SHA-256, and 100 times faster than llvm-objdump.
//!
//! docs/inspect-speed.md says where the time goes.

#![allow(clippy::disallowed_methods, reason = "a benchmark starts the program it measures against")]
#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot go on may panic")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use gowoa::checks::{CHECKS, Context, SubjectFacts};
use gowoa::facts::given::Claim;
use gowoa::facts::{ImageFacts, ImageFile, UnitFacts};
use gowoa::image::FunctionTable;
use gowoa::model::{SubjectId, SubjectKind, Verdict};
use gowoa::platform::map::Mapped;
use sha2::{Digest, Sha256};

/// Runs of each step; the least is the one with the least noise.
const RUNS: usize = 9;

fn main() {
    let files: Vec<PathBuf> =
        std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).map(PathBuf::from).collect();
    if files.is_empty() {
        println!("name one or more ARM64 exes: cargo bench --bench inspect -- FILE...");
    }
    for file in files {
        measure(&file);
    }
}

/// The least times of the steps.
struct Step {
    name: &'static str,
    least: Duration,
}

fn measure(path: &Path) {
    let bytes = Mapped::open(path).unwrap();
    let facts = gowoa::image::read(&bytes).unwrap();
    let unit = UnitFacts::default();
    let packages = packages(&bytes, &facts);
    let mut steps: Vec<Step> = Vec::new();
    let mut time = |name: &'static str, work: &mut dyn FnMut()| {
        let begin = Instant::now();
        work();
        let took = begin.elapsed();
        match steps.iter_mut().find(|step| step.name == name) {
            Some(step) => step.least = step.least.min(took),
            None => steps.push(Step { name, least: took }),
        }
    };
    // In turn, so that what else the machine does hits all of them.
    for _ in 0..RUNS {
        time("SHA-256 of the file (the unit)", &mut || {
            std::hint::black_box(Sha256::digest(&*bytes));
        });
        time("headers and directories", &mut || {
            std::hint::black_box(gowoa::image::read(&bytes).unwrap());
        });
        time("functions and every code word", &mut || {
            std::hint::black_box(gowoa::image::code::scan(&bytes, &facts).unwrap());
        });
        time("search for embedded files", &mut || {
            std::hint::black_box(gowoa::image::carve::carve(&bytes, &facts));
        });
        time("which functions of every package are linked", &mut || {
            let found = gowoa::image::linked_functions(&bytes, &facts, &packages).unwrap();
            std::hint::black_box(found);
        });
        time("all of it, and every check", &mut || {
            std::hint::black_box(whole(&bytes, &unit));
        });
    }
    report(path, &bytes, &steps);
}

/// Every package that the exe has a function of: more than gowoa ever asks about.
fn packages(bytes: &[u8], facts: &ImageFacts) -> BTreeSet<String> {
    let functions = FunctionTable::read(bytes, facts).unwrap();
    (0..functions.len()).filter_map(|index| functions.package(index)).collect()
}

/// What `gowoa inspect` does with an image, the hash of the file left out. Returns how many checks failed.
fn whole(bytes: &[u8], unit: &UnitFacts) -> usize {
    let mut image = ImageFile::unread("exe".into(), PathBuf::from("exe"));
    image.claim = Claim::default();
    gowoa::engine::read_image(bytes, &mut image);
    let subject = SubjectId::new(SubjectKind::Image, "exe");
    let cx = Context { unit, subject: &subject };
    let asked = CHECKS.iter().filter(|check| check.meta().subjects.contains(&SubjectKind::Image));
    asked
        .filter(|check| matches!(check.judge(SubjectFacts::Image(&image), cx), Verdict::Fail(_)))
        .count()
}

fn report(path: &Path, bytes: &[u8], steps: &[Step]) {
    let size = bytes.len();
    println!("\n{} ({:.1} MB)", path.display(), size as f64 / 1e6);
    let unit = steps.first().unwrap().least.as_secs_f64();
    println!("| step | ms | of one SHA-256 | MB/s |\n|---|---|---|---|");
    for Step { name, least } in steps {
        let seconds = least.as_secs_f64();
        println!(
            "| {name} | {:.1} | {:.2} | {:.0} |",
            seconds * 1e3,
            seconds / unit,
            size as f64 / seconds / 1e6
        );
    }
    let whole = steps.last().unwrap().least.as_secs_f64();
    match objdump(path) {
        Some(took) => println!(
            "llvm-objdump -d: {:.1} s, {:.0} times as long as all of it",
            took.as_secs_f64(),
            took.as_secs_f64() / whole
        ),
        None => println!("llvm-objdump -d: not measured, there is no llvm-objdump"),
    }
    if let Some(kib) = anonymous_memory() {
        println!(
            "memory beside the mapped file (RssAnon at the end): {:.1} MiB",
            kib as f64 / 1024.0
        );
    }
}

fn objdump(path: &Path) -> Option<Duration> {
    let program = std::env::var("LLVM_OBJDUMP").unwrap_or_else(|_| "llvm-objdump".into());
    let begin = Instant::now();
    let status = Command::new(program)
        .arg("-d")
        .arg(path)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .ok()?;
    status.success().then(|| begin.elapsed())
}

/// Memory that belongs to no file, in KiB (Linux).
fn anonymous_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"))?;
    line.trim().trim_end_matches(" kB").trim().parse().ok()
}
