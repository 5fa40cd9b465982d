//! Words in ARM64 code that are no A64 instructions, and what they read like.
//!
//! Compiled A64 code has next to no undecodable words: 0.0003 % of a Go program, against about 60 %
//! where x86 code is read as A64. So the decoder is the gate: a region without bad words is clean, and
//! only clusters of bad words are read as x86, see [`super::x86`]. Method and measurements are in
//! `docs/stray-x86.md`.

mod pool;

use super::{a64, x86};
use pool::{Leads, Pool};

/// Valid words between bad ones that do not end a cluster. Go's 386 code has the longest such
/// stretches: `mov` with an 8-bit displacement from `esp` is four bytes.
const GAP: usize = 16;
/// Bytes before the first and behind the last bad word that are looked at: an x86 run begins and ends
/// in words that are valid A64 by accident.
const MARGIN: usize = 64;
/// Words of a cluster at most, so that hostile input costs memory in proportion to this.
const MAX_WORDS: usize = 16 * 1024;
/// Bad words that an x86 reading needs, unless its score is [`STRONG`] or more.
const MIN_BAD: u32 = 2;
/// The score that makes up for a single bad word, and for another explanation.
const STRONG: f32 = 20.0;
/// The score in nats that an x86 reading needs in a window of [`WINDOW`] bytes.
const MIN_SCORE: f32 = 12.0;
/// Different instructions that an x86 reading needs; each one less costs [`SAME`] nats of the score.
const TOKENS: u32 = 4;
const SAME: f32 = 3.0;
/// Bytes of an instruction on average, below which a reading with few different ones does not count:
/// text in capitals reads as `push` and `pop`.
const SHORT: usize = 3;
/// The score that a different instruction needs on average.
const MIN_MEAN: f32 = 0.7;
/// In longer windows chance has more tries; the score has to grow with their logarithm.
const WINDOW: f32 = 128.0;
/// Go's UNDEF instruction, a word that no A64 instruction has (cmd/internal/obj/arm64, asmout case 90).
const GO_UNDEF: u32 = 0xbea7_1700;
/// What Go puts before its first function instead of code: the build ID (cmd/link, `textbuildid`).
const BUILD_ID: &[u8] = b"\xff Go build ID: \"";
/// How it ends, and within how many bytes: it has 83 characters, of which a `-buildid` flag may make more.
const BUILD_ID_END: &[u8] = b"\"\n \xff";
const MAX_BUILD_ID: usize = 512;

/// Words in one region of code that cannot all be A64 instructions.
#[derive(Debug, Clone, PartialEq)]
pub struct Cluster {
    /// Offset in the region of the x86 run, or of the first bad word.
    pub offset: usize,
    /// Bytes of the x86 run, or up to the end of the last bad word.
    pub length: usize,
    /// Words in it that are no A64 instruction.
    pub bad_words: u32,
    /// What it reads like.
    pub reading: Reading,
}

/// What a cluster reads like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reading {
    /// Coherent x86 code.
    X86 {
        /// 64 or 32.
        bits: u32,
        /// How much likelier compiled x86 code is than anything else, in nats.
        score: f32,
        /// Instructions that were scored.
        instructions: u32,
    },
    /// Constants: code leads there and cannot run into them, or a few words at the end of the region.
    Pool,
    /// Neither: data without an explanation, or code of another machine.
    Opaque,
}

/// The clusters of one region of code: a function, or what lies between two functions. What follows a
/// function up to the next one is best given together with it: it may be the function's table.
#[must_use]
pub fn clusters(region: &[u8], address: u64) -> Vec<Cluster> {
    clusters_with(region, address, &[])
}

/// The addresses inside a section of code that its instructions take or load from, ascending. With these
/// [`clusters_with`] explains also the tables of functions that the linker cut in pieces.
#[must_use]
pub fn uses(section: &[u8], address: u64) -> Vec<u64> {
    pool::uses(&Words { region: section, address })
}

/// The same as [`clusters`], where code outside the region leads to the addresses `uses`, ascending. Only
/// where [`clusters`] has something opaque or x86 can this answer differ.
#[must_use]
pub fn clusters_with(region: &[u8], address: u64, uses: &[u64]) -> Vec<Cluster> {
    // The end of Go's code, where foreign code may follow, is not always that of a word.
    let skipped = (address.wrapping_neg() % 4) as usize;
    let aligned = region.get(skipped..).unwrap_or_default();
    let mut found = aligned_clusters(aligned, address.wrapping_add(skipped as u64), uses);
    found.iter_mut().for_each(|cluster| cluster.offset += skipped);
    found
}

/// The clusters of a region at the beginning of a word.
fn aligned_clusters(region: &[u8], address: u64, uses: &[u64]) -> Vec<Cluster> {
    let words = Words { region, address };
    let mut bad: Vec<usize> =
        (build_id(region)..words.len()).filter(|&at| is_bad(words.at(at))).collect();
    if bad.is_empty() {
        return Vec::new();
    }
    let leads = Leads::new(&words);
    let literals = leads.literals(&words);
    bad.retain(|at| literals.binary_search(at).is_err());

    let mut found: Vec<Cluster> = Vec::new();
    for group in groups(&bad) {
        let cluster = read(&words, &leads, &bad, group, uses);
        match found.last_mut() {
            Some(last) if joins(last, &cluster) => join(last, &cluster),
            _ => found.push(cluster),
        }
    }
    found
}

/// A region as 32-bit words; bytes behind the last whole word are left out.
struct Words<'a> {
    region: &'a [u8],
    address: u64,
}

impl Words<'_> {
    /// How many words.
    fn len(&self) -> usize {
        self.region.len() / 4
    }

    /// A word; padding where there is none.
    fn at(&self, index: usize) -> u32 {
        let bytes = self.region.get(index * 4..).and_then(|rest| rest.first_chunk::<4>());
        bytes.map_or(0, |bytes| u32::from_le_bytes(*bytes))
    }

    /// The address of a word.
    fn address(&self, index: usize) -> u64 {
        self.address.wrapping_add(index as u64 * 4)
    }

    /// The index of the word at an address, if it is in the region.
    fn index(&self, address: u64) -> Option<usize> {
        let index = usize::try_from(address.checked_sub(self.address)?).ok()? / 4;
        (index < self.len()).then_some(index)
    }
}

/// The words of the build ID at the beginning of a region.
fn build_id(region: &[u8]) -> usize {
    if !region.starts_with(BUILD_ID) {
        return 0;
    }
    let mut windows = region.windows(BUILD_ID_END.len()).take(MAX_BUILD_ID);
    let end = windows.position(|window| window == BUILD_ID_END);
    // What hides between the quotes and is no text is no build ID.
    let text = |end: &usize| {
        let id = region.get(BUILD_ID.len()..*end).unwrap_or_default();
        id.iter().all(|byte| matches!(byte, b' '..=b'~'))
    };
    end.filter(text).map_or(0, |end| (end + BUILD_ID_END.len()).div_ceil(4))
}

/// Whether a word is neither an A64 instruction nor padding.
fn is_bad(word: u32) -> bool {
    !a64::is_valid(word) && !a64::is_padding(word) && word != GO_UNDEF
}

/// Splits ascending bad words where the gap is too wide or the cluster too long.
fn groups(bad: &[usize]) -> Vec<&[usize]> {
    let mut groups = Vec::new();
    let mut from = 0;
    for index in 1..=bad.len() {
        let ends = match (bad.get(index - 1), bad.get(index), bad.get(from)) {
            (Some(&last), Some(&next), Some(&first)) => {
                next - last > GAP + 1 || next - first >= MAX_WORDS
            }
            _ => true,
        };
        if ends {
            groups.extend(bad.get(from..index));
            from = index;
        }
    }
    groups
}

/// Reads one cluster.
fn read(words: &Words<'_>, leads: &Leads, bad: &[usize], group: &[usize], uses: &[u64]) -> Cluster {
    let (Some(&first), Some(&last)) = (group.first(), group.last()) else {
        return Cluster { offset: 0, length: 0, bad_words: 0, reading: Reading::Opaque };
    };
    let from = (first * 4).saturating_sub(MARGIN);
    let to = (last * 4 + 4 + MARGIN).min(words.region.len());
    let window = words.region.get(from..to).unwrap_or_default();
    let pool = pool::explained(words, leads, first, last, uses);
    if let Some((bits, run)) = best(window) {
        let (begin, end) = (from + run.start, from + run.end());
        let before = bad.partition_point(|&at| at * 4 + 4 <= begin);
        let inside = (bad.partition_point(|&at| at * 4 < end) - before) as u32;
        if convinces(&run, inside, pool, window.len()) {
            let reading = Reading::X86 { bits, score: run.score, instructions: run.instructions };
            return Cluster { offset: begin, length: run.length, bad_words: inside, reading };
        }
    }
    let reading = if pool.is_some() { Reading::Pool } else { Reading::Opaque };
    let length = (last - first + 1) * 4;
    Cluster { offset: first * 4, length, bad_words: group.len() as u32, reading }
}

/// The better of the 64-bit and the 32-bit reading.
fn best(window: &[u8]) -> Option<(u32, x86::Run)> {
    [64, 32]
        .into_iter()
        .filter_map(|bits| Some((bits, x86::score(window, bits)?)))
        .max_by(|(_, a), (_, b)| a.score.total_cmp(&b.score))
}

/// Whether a run is x86 beyond chance.
fn convinces(run: &x86::Run, bad: u32, pool: Option<Pool>, window: usize) -> bool {
    let tries = (window as f32 / WINDOW).ln().max(0.0);
    let same = TOKENS.saturating_sub(run.tokens);
    let least = if bad < MIN_BAD || pool == Some(Pool::Used) { STRONG } else { MIN_SCORE };
    bad > 0
        && run.score >= least + tries + SAME * same as f32
        && run.score >= MIN_MEAN * run.different as f32
        && (same == 0 || run.length >= SHORT * run.instructions as usize)
}

/// Whether a cluster goes on with the x86 code of the one before.
fn joins(last: &Cluster, next: &Cluster) -> bool {
    let end = last.offset + last.length;
    match (last.reading, next.reading) {
        (Reading::X86 { bits, .. }, Reading::X86 { bits: other, .. }) => {
            bits == other && next.offset <= end + 2 * MARGIN
        }
        (Reading::X86 { .. }, _) => next.offset < end,
        (_, Reading::X86 { .. }) => last.offset >= next.offset,
        _ => false,
    }
}

/// Takes the next cluster into the last one.
fn join(last: &mut Cluster, next: &Cluster) {
    let end = (last.offset + last.length).max(next.offset + next.length);
    match (&mut last.reading, next.reading) {
        (
            Reading::X86 { score, instructions, .. },
            Reading::X86 { score: more, instructions: further, .. },
        ) => {
            *score += more;
            *instructions += further;
            last.bad_words += next.bad_words;
        }
        (Reading::X86 { .. }, _) => return,
        (_, _) => {
            *last = next.clone();
            return;
        }
    }
    last.length = end - last.offset;
}

#[cfg(test)]
mod tests;
