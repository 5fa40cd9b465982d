//! How long the search for embedded images takes, against a SHA-256 of the same file.
//!
//! `cargo bench --bench carve -- FILE...` takes PE images, the larger the better, and prints both times and
//! their ratio.

#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot go on may panic")]

use std::time::{Duration, Instant};

use gowoa::image::{carve, read};
use gowoa::platform::map::Mapped;
use sha2::{Digest, Sha256};

/// Runs of each; the least is the one with the least noise.
const RUNS: usize = 7;

fn main() {
    for path in std::env::args().skip(1).filter(|arg| !arg.starts_with('-')) {
        let bytes = Mapped::open(path.as_ref()).unwrap();
        let facts = read(&bytes).unwrap();
        let (mut hash, mut search, mut name) = (Duration::MAX, Duration::MAX, Duration::MAX);
        let mut heads = 0;
        for _ in 0..RUNS {
            let begin = Instant::now();
            std::hint::black_box(Sha256::digest(&*bytes));
            hash = hash.min(begin.elapsed());
            let begin = Instant::now();
            let mut carving = carve::carve(&bytes, &facts);
            search = search.min(begin.elapsed());
            heads = carving.found.len();
            let begin = Instant::now();
            carve::name(&bytes, &facts, &mut carving.found);
            name = name.min(begin.elapsed());
        }
        let ms = |time: Duration| time.as_secs_f64() * 1000.0;
        println!(
            "{path}: {} bytes, {heads} heads: SHA-256 {:.1} ms, carve {:.1} ms ({:.2} of it), name {:.1} ms",
            bytes.len(),
            ms(hash),
            ms(search),
            search.as_secs_f64() / hash.as_secs_f64(),
            ms(name)
        );
    }
}
