//! One block of code: its marked words, grouped by function and judged once more with the words
//! around them.

use std::ops::Range;
use std::sync::OnceLock;

use super::Stretch;
use crate::facts::code::Guard;
use crate::image::functions::FunctionTable;
use crate::isa::a64::{self, Feature, Marks, X18};
use crate::isa::{guard, live, scan, x86};

/// Entries of each kind that one block hands on. 256 KiB of real code have some dozen.
const MAX_OF_A_BLOCK: usize = 512;
/// Bytes between two stretches of data that are taken for data, too: 64 words. Tables of digits and
/// of small numbers have longer runs of words that read as instructions than a function has between two pools.
const BETWEEN_DATA: u32 = 256;
/// Bytes on either side of foreign words that are taken for more of the same: x86 code has words
/// that read as instructions, its usual first one as a store of SVE.
const AROUND_FOREIGN: u32 = 64;
/// Bytes between the start of a function and a run of x86 code that may belong to it.
const TO_START: u32 = 8;
/// Instructions of one function that are shown.
pub(super) const SHOWN: usize = 4;

/// What all blocks share.
#[derive(Debug)]
pub(super) struct Context<'t, 'a> {
    pub(super) functions: &'t FunctionTable<'a>,
    /// GOARM64 of the build information, else Go's default.
    pub(super) goarm64: &'t str,
    /// Turns RVAs into the addresses that people see in a disassembler.
    pub(super) image_base: u64,
    /// RVAs of Go's build ID, which are skipped.
    pub(super) build_id: Range<u32>,
    /// All the code.
    pub(super) stretches: &'t [Stretch<'a>],
    /// The addresses that any of it takes or loads from; made when the first region needs it.
    pub(super) uses: OnceLock<Vec<u64>>,
}

impl Context<'_, '_> {
    /// The address of an RVA at the preferred image base.
    pub(super) fn address(&self, rva: u32) -> u64 {
        self.image_base.wrapping_add(u64::from(rva))
    }

    /// What a region's words are. Compilers cut functions in pieces and put the table of one piece behind
    /// another, so what a region does not explain by itself is asked of all the code.
    fn clusters(&self, code: &[u8], address: u64) -> Vec<scan::Cluster> {
        let alone = scan::clusters(code, address);
        if alone.iter().all(|cluster| matches!(cluster.reading, scan::Reading::Pool)) {
            return alone;
        }
        let uses = self.uses.get_or_init(|| {
            let all = self.stretches.iter().map(|one| scan::uses(one.bytes, self.address(one.rva)));
            let mut uses = all.collect::<Vec<_>>().concat();
            uses.sort_unstable();
            uses
        });
        scan::clusters_with(code, address, uses)
    }
}

/// What blocks found, in few bytes: texts are written for what is kept only.
#[derive(Debug, Default)]
pub(super) struct Marked {
    /// Words that are no instructions.
    pub(super) undecodable: u64,
    /// Those of them in regions that were not read.
    pub(super) unread: u64,
    /// Runs that read as x86, apart from the others, which must not take their places.
    pub(super) x86: Vec<RawForeign>,
    pub(super) x86_more: u64,
    pub(super) opaque: Vec<RawForeign>,
    pub(super) opaque_more: u64,
    pub(super) x18: Vec<RawX18>,
    pub(super) x18_more: u64,
    pub(super) features: Vec<RawFeature>,
    /// Without a test in their function.
    pub(super) features_more: u64,
    /// With one.
    pub(super) guarded_more: u64,
    /// RVA and length of literal pools.
    pub(super) pools: Vec<(u32, u32)>,
}

impl Marked {
    /// Both together.
    pub(super) fn join(mut self, mut other: Self) -> Self {
        self.undecodable += other.undecodable;
        self.unread += other.unread;
        self.x86.append(&mut other.x86);
        self.x86_more += other.x86_more;
        self.opaque.append(&mut other.opaque);
        self.opaque_more += other.opaque_more;
        self.x18.append(&mut other.x18);
        self.x18_more += other.x18_more;
        self.features.append(&mut other.features);
        self.features_more += other.features_more;
        self.guarded_more += other.guarded_more;
        self.pools.append(&mut other.pools);
        self
    }
}

/// A run of words that are no A64 code.
#[derive(Debug, Clone, Copy)]
pub(super) struct RawForeign {
    pub(super) rva: u32,
    pub(super) length: u32,
    pub(super) bad_words: u32,
    pub(super) reading: RawReading,
}

/// What it reads like.
#[derive(Debug, Clone, Copy)]
pub(super) enum RawReading {
    X86 { bits: u32, score: f32, instructions: u32 },
    Opaque,
}

/// The uses of x18 in one function.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct RawX18 {
    pub(super) writes: u32,
    pub(super) reads: u32,
    /// RVAs of the first; 0 behind the last.
    pub(super) firsts: [u32; SHOWN],
}

/// The instructions of one function that need one feature.
#[derive(Debug, Clone, Copy)]
pub(super) struct RawFeature {
    pub(super) feature: Feature,
    pub(super) count: u32,
    /// RVAs of the first; 0 behind the last.
    pub(super) firsts: [u32; SHOWN],
    /// RVA of the function; `None` in a gap.
    pub(super) function: Option<u32>,
    pub(super) guard: Guard,
}

/// A word with a mark.
struct Hit {
    rva: u32,
    word: u32,
    marks: Marks,
}

/// Looks at the words of one block. Without `read` words of regions with foreign ones are only counted.
pub(super) fn look(
    context: &Context<'_, '_>,
    stretch: &Stretch<'_>,
    range: Range<u32>,
    read: bool,
) -> Marked {
    let mut hits = Vec::new();
    a64::marked(stretch.slice(range.clone()), |offset, word, marks| {
        // A block is smaller than 4 GiB.
        let rva = range.start + offset as u32;
        if !context.build_id.contains(&rva) {
            hits.push(Hit { rva, word, marks });
        }
    });
    let mut marked = Marked::default();
    let mut rest = hits.as_slice();
    while let Some(first) = rest.first() {
        let region = region(context.functions, first.rva, &range, &context.build_id);
        let count = rest.partition_point(|hit| hit.rva < region.bounds.end).max(1);
        let (here, behind) = rest.split_at(count);
        let foreign = here.iter().filter(|hit| hit.marks.contains(Marks::INVALID)).count();
        marked.undecodable += foreign as u64;
        if read || foreign == 0 {
            region_hits(context, stretch, &region, here, &mut marked);
        } else {
            marked.unread += foreign as u64;
        }
        rest = behind;
    }
    marked
}

/// A function, or a gap between two, as far as it is in the block.
struct Region {
    bounds: Range<u32>,
    function: Option<u32>,
}

/// The region that holds an RVA.
fn region(
    functions: &FunctionTable<'_>,
    rva: u32,
    block: &Range<u32>,
    skip: &Range<u32>,
) -> Region {
    let next = functions.from(rva);
    let next_start = functions.bounds(next).map_or(block.end, |(start, _)| start);
    let before = next.checked_sub(1).and_then(|index| functions.bounds(index));
    let (start, end, function) = match before {
        Some((start, end)) if rva < end => (start, end, Some(start)),
        Some((_, end)) => (end, next_start, None),
        None => (block.start, next_start, None),
    };
    let start = if skip.contains(&start) { skip.end } else { start };
    // Words are counted from the start of the block.
    let start = start.max(block.start).next_multiple_of(4).min(rva);
    Region { bounds: start..end.min(block.end), function }
}

/// Judges the marked words of one region.
fn region_hits(
    context: &Context<'_, '_>,
    stretch: &Stretch<'_>,
    region: &Region,
    hits: &[Hit],
    marked: &mut Marked,
) {
    let code = stretch.slice(region.bounds.clone());
    let address = context.address(region.bounds.start);
    let unled = unled(context, region, code, address);
    // Words that are data and read as instructions by chance.
    let mut data: Vec<Range<u32>> = Vec::new();
    if hits.iter().any(|hit| hit.marks.contains(Marks::INVALID)) {
        for cluster in context.clusters(code, address) {
            let found = from_start(stretch, region, foreign(&cluster, region.bounds.start));
            let end = found.rva.saturating_add(found.length);
            if matches!(cluster.reading, scan::Reading::Pool) {
                data.push(found.rva..end);
            } else {
                data.push(
                    found.rva.saturating_sub(AROUND_FOREIGN)..end.saturating_add(AROUND_FOREIGN),
                );
            }
            let table = unled.iter().any(|of| of.start <= found.rva && end <= of.end);
            let (kept, more) = match cluster.reading {
                scan::Reading::Opaque if table => {
                    data.push(found.rva..end);
                    if marked.pools.len() < MAX_OF_A_BLOCK {
                        marked.pools.push((found.rva, found.length));
                    }
                    continue;
                }
                scan::Reading::Pool => {
                    if marked.pools.len() < MAX_OF_A_BLOCK {
                        marked.pools.push((found.rva, found.length));
                    }
                    continue;
                }
                scan::Reading::X86 { .. } => (&mut marked.x86, &mut marked.x86_more),
                scan::Reading::Opaque => (&mut marked.opaque, &mut marked.opaque_more),
            };
            if kept.len() < MAX_OF_A_BLOCK {
                kept.push(found);
            } else {
                *more += 1;
            }
        }
    }
    let of_interest =
        |hit: &&Hit| hit.marks.contains(Marks::X18) || hit.marks.contains(Marks::FEATURE);
    if !hits.iter().any(|hit| of_interest(&hit)) {
        return;
    }
    let runs = joined(data, region.bounds.end);
    let literals = literals(code, address).filter_map(|(at, target, length)| {
        let rva = |address: u64| u32::try_from(address.wrapping_sub(context.image_base)).ok();
        let (at, target) = (rva(at)?, rva(target)?);
        // What stands in data loads nothing.
        let loads = !holds(&runs, at) && region.bounds.contains(&target);
        loads.then(|| target..target.saturating_add(length))
    });
    let data = literals.chain(runs.iter().cloned()).collect();
    let data = joined(data, region.bounds.end);
    let is_code = |hit: &&Hit| !holds(&data, hit.rva) && !holds(&unled, hit.rva);
    let code_hits = || hits.iter().filter(of_interest).filter(is_code);
    x18(code_hits(), marked);
    features(code_hits(), code, context, region, marked);
}

/// The stretches of a region that control does not come to by itself, where that tells code from data: C and
/// Rust compilers put constants and jump tables behind the `ret` of a function, and between functions. Go
/// does not, and its assembly has functions whose cases only a table reaches.
fn unled(context: &Context<'_, '_>, region: &Region, code: &[u8], address: u64) -> Vec<Range<u32>> {
    let start = region.bounds.start;
    match region.function {
        // Without any table of functions everything is one gap, and all that is known.
        None if context.functions.is_empty() => Vec::new(),
        None => std::iter::once(region.bounds.clone()).collect(),
        Some(function) if function != start || context.functions.in_pclntab(start) => Vec::new(),
        Some(_) => live::data(code, address)
            .into_iter()
            // A function is smaller than 4 GiB.
            .map(|range| start + range.start as u32..start + range.end as u32)
            .collect(),
    }
}

/// Sorts ranges of data, and joins those with little in between: that is data as well, which reads
/// as instructions by chance. So is what little a function has behind a table.
fn joined(mut data: Vec<Range<u32>>, end: u32) -> Vec<Range<u32>> {
    data.sort_by_key(|range| range.start);
    data.dedup_by(|next, kept| {
        let near = next.start <= kept.end.saturating_add(BETWEEN_DATA);
        if near {
            kept.end = kept.end.max(next.end);
        }
        near
    });
    if let Some(last) = data.last_mut() {
        let table = last.end.saturating_sub(last.start) >= BETWEEN_DATA;
        if table && end.saturating_sub(last.end) <= BETWEEN_DATA {
            last.end = end.max(last.end);
        }
    }
    data
}

/// A cluster in RVAs.
fn foreign(cluster: &scan::Cluster, start: u32) -> RawForeign {
    let offset = u32::try_from(cluster.offset).unwrap_or(u32::MAX);
    RawForeign {
        rva: start.saturating_add(offset),
        length: u32::try_from(cluster.length).unwrap_or(u32::MAX),
        bad_words: cluster.bad_words,
        reading: match cluster.reading {
            scan::Reading::X86 { bits, score, instructions } => {
                RawReading::X86 { bits, score, instructions }
            }
            scan::Reading::Pool | scan::Reading::Opaque => RawReading::Opaque,
        },
    }
}

/// The run from the start of its function on, where that is close and x86 code leads from it into the run: the
/// first instruction of a function is often one of a byte, which counts for little.
fn from_start(stretch: &Stretch<'_>, region: &Region, run: RawForeign) -> RawForeign {
    let (RawReading::X86 { bits, .. }, Some(start)) = (run.reading, region.function) else {
        return run;
    };
    let Some(before) = run.rva.checked_sub(start).filter(|bytes| (1..=TO_START).contains(bytes))
    else {
        return run;
    };
    let bytes = stretch.slice(start..run.rva);
    if bytes.len() != before as usize || !x86::is_whole(bytes, bits) {
        return run;
    }
    RawForeign { rva: start, length: run.length.saturating_add(before), ..run }
}

/// Whether one of these sorted ranges holds an RVA.
fn holds(ranges: &[Range<u32>], rva: u32) -> bool {
    let behind = ranges.partition_point(|range| range.start <= rva);
    let before = behind.checked_sub(1).and_then(|index| ranges.get(index));
    before.is_some_and(|range| range.contains(&rva))
}

/// The loads of data that stands between code: their address, that of the data, and its bytes.
fn literals(code: &[u8], address: u64) -> impl Iterator<Item = (u64, u64, u32)> {
    let words = code.as_chunks::<4>().0.iter().zip((address..).step_by(4));
    words.filter_map(|(word, address)| {
        let (target, length) = a64::literal_target(u32::from_le_bytes(*word), address)?;
        Some((address, target, length))
    })
}

/// Sums up how a region uses x18.
fn x18<'h>(hits: impl Iterator<Item = &'h Hit>, marked: &mut Marked) {
    let mut using = RawX18::default();
    for hit in hits {
        let count = match a64::x18(hit.word) {
            Some(X18::Write) => &mut using.writes,
            Some(X18::Read) => &mut using.reads,
            Some(X18::TebLoad) | None => continue,
        };
        *count += 1;
        keep_first(&mut using.firsts, hit.rva);
    }
    if using.firsts[0] == 0 {
        return;
    }
    if marked.x18.len() < MAX_OF_A_BLOCK {
        marked.x18.push(using);
    } else {
        marked.x18_more += 1;
    }
}

/// Sums up which features a region needs, and whether it tests a flag before.
fn features<'h>(
    hits: impl Iterator<Item = &'h Hit>,
    code: &[u8],
    context: &Context<'_, '_>,
    region: &Region,
    marked: &mut Marked,
) {
    let address = context.address(region.bounds.start);
    let mut found: Vec<RawFeature> = Vec::new();
    for hit in hits {
        let Some(feature) = a64::feature(hit.word) else { continue };
        // What the build promises of the CPU needs no test, and must not take the place of what does.
        if a64::allowed_by(context.goarm64, &feature) {
            continue;
        }
        if let Some(known) = found.iter_mut().find(|known| known.feature == feature) {
            known.count += 1;
            keep_first(&mut known.firsts, hit.rva);
            continue;
        }
        let before = (hit.rva - region.bounds.start) as usize;
        let tested = guard::tests_a_global(code.get(..before).unwrap_or_default(), address);
        found.push(RawFeature {
            feature,
            count: 1,
            firsts: [hit.rva, 0, 0, 0],
            function: region.function,
            guard: if tested { Guard::InFunction } else { Guard::NoCallerFound },
        });
    }
    for using in found {
        let alike = |known: &&RawFeature| known.guard == using.guard;
        if marked.features.iter().filter(alike).count() < MAX_OF_A_BLOCK {
            marked.features.push(using);
        } else if using.guard == Guard::InFunction {
            marked.guarded_more += 1;
        } else {
            marked.features_more += 1;
        }
    }
}

/// Notes an RVA in the first free place.
fn keep_first(firsts: &mut [u32; SHOWN], rva: u32) {
    if let Some(free) = firsts.iter_mut().find(|first| **first == 0) {
        *free = rva;
    }
}
