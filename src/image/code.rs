//! What every word of ARM64 code in an image is.
//!
//! The words are looked at in blocks, on all cores, by the table of [`crate::isa::a64`]; nearly
//! all of them have no mark, and only those that have one are looked up by function and looked
//! at again. What a function needs to know of its callers takes a second pass over the code,
//! which runs only where there is such a function.

mod block;
mod callers;
mod calls;
mod place;
#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::OnceLock;

use rayon::prelude::*;

use super::functions::{FunctionTable, section_range};
use super::pe::Image;
use crate::facts::code::{CodeFacts, Guard};
use crate::facts::image::{CodeRange, CodeType, ImageFacts, MachineKind, Part, Section};

use block::{Marked, RawForeign};
pub use calls::calls;

/// Bytes of code that one task looks at, as far as the functions allow: small enough to keep all
/// cores busy to the end, large enough that a task costs nothing.
const BLOCK: u32 = 1 << 18;
/// What Windows maps at once.
const PAGE: u32 = 0x1000;
/// Blocks that are looked at together, 8 MiB of code.
const WAVE: usize = 32;
/// Words that are no instructions up to which it is read what they are instead, which takes some
/// hundred times as long as to see that they are not. The largest real programs have some
/// thousands; an image of which all is foreign is told by the first of it.
const MAX_UNDECODABLE: u64 = 1 << 19;
/// Runs of foreign words that are kept; one is enough to fail, and a program of tables in its
/// code has hundreds.
const MAX_FOREIGN: usize = 256;
/// Functions that use x18 in another way than for the TEB that are kept.
const MAX_X18: usize = 512;
/// Pairs of a function and a feature without a guard that are kept.
const MAX_UNGUARDED: usize = 1024;
/// The same with a guard. Atomics alone make thousands in large Go programs.
const MAX_GUARDED: usize = 256;
/// Bytes that a build ID has at most, with what stands around it.
const MAX_BUILD_ID: usize = 512;

/// A stretch of ARM64 code.
#[derive(Debug, Clone)]
struct Stretch<'a> {
    /// Index of its section.
    section: usize,
    /// RVA of the first byte.
    rva: u32,
    /// File offset of the first byte.
    file_offset: u64,
    /// The bytes.
    bytes: &'a [u8],
}

impl<'a> Stretch<'a> {
    /// RVA behind the last byte. No stretch reaches beyond the 32 bits of an RVA.
    fn end(&self) -> u32 {
        self.rva.saturating_add(u32::try_from(self.bytes.len()).unwrap_or(u32::MAX))
    }

    /// The bytes from one RVA up to another, as far as they are here.
    fn slice(&self, range: Range<u32>) -> &'a [u8] {
        let start = range.start.max(self.rva) - self.rva;
        let end = range.end.min(self.end()).saturating_sub(self.rva);
        self.bytes.get(start as usize..end as usize).unwrap_or_default()
    }
}

/// Looks at all ARM64 code of an image.
///
/// # Errors
/// The image has no ARM64 code by its header, or which of its code is ARM64 cannot be told.
pub fn scan(bytes: &[u8], facts: &ImageFacts) -> Part<CodeFacts> {
    let functions = FunctionTable::read(bytes, facts).map_err(|error| error.to_string())?;
    scan_functions(facts, &functions)
}

/// The same with the functions that were read already.
///
/// # Errors
/// As [`scan`].
pub fn scan_functions(facts: &ImageFacts, functions: &FunctionTable<'_>) -> Part<CodeFacts> {
    let (stretches, skipped) = stretches(functions.image(), facts)?;
    let blocks: Vec<(&Stretch<'_>, Range<u32>)> = stretches
        .iter()
        .flat_map(|stretch| blocks(stretch, functions).map(move |block| (stretch, block)))
        .collect();
    let build_id = build_id(&stretches, functions);
    let context = block::Context {
        functions,
        image_base: facts.image_base,
        goarm64: goarm64(facts),
        build_id,
        stretches: &stretches,
        uses: OnceLock::new(),
    };
    let mut marked = Marked::default();
    for wave in blocks.chunks(WAVE) {
        // The same for every order of the tasks, and so for every run.
        let read = marked.undecodable <= MAX_UNDECODABLE;
        let found = wave
            .par_iter()
            .map(|(stretch, range)| block::look(&context, stretch, range.clone(), read))
            .reduce(Marked::default, Marked::join);
        marked = marked.join(found);
    }
    callers::guards(&mut marked.features, &blocks, &context);
    Ok(facts_of(marked, skipped, &stretches, &context))
}

/// The code to look at, in order of address, and the code of other machines.
#[allow(clippy::type_complexity, reason = "the two lists belong together here only")]
fn stretches<'a>(
    image: &Image<'a>,
    facts: &ImageFacts,
) -> Part<(Vec<Stretch<'a>>, Vec<(u32, u32, CodeType)>)> {
    let others = others(facts)?;
    let mut stretches = Vec::new();
    for (section, mapped) in image.searchable(|section| section.executable())? {
        let index = image.sections.iter().position(|other| std::ptr::eq(other, section));
        let range = mapped_range(section, image);
        let mut from = range.start;
        let mut push = |range: Range<u32>| {
            // A word of code begins at a multiple of four.
            let start = range.start.next_multiple_of(4);
            let delta = start - section.rva;
            let wanted = delta as usize..(range.end.max(start) - section.rva) as usize;
            let rest = mapped.bytes.get(wanted.start..).unwrap_or_default();
            let bytes = rest.get(..wanted.len()).unwrap_or(rest);
            if bytes.len() >= 4 {
                stretches.push(Stretch {
                    section: index.unwrap_or_default(),
                    rva: start,
                    file_offset: mapped.offset + u64::from(delta),
                    bytes,
                });
            }
        };
        for other in &others {
            let end = other.start.saturating_add(other.length);
            if end <= from || other.start >= range.end {
                continue;
            }
            if other.start > from {
                push(from..other.start);
            }
            from = end.min(range.end);
        }
        if from < range.end {
            push(from..range.end);
        }
    }
    stretches.sort_by_key(|stretch| stretch.rva);
    let skipped = others.iter().map(|other| (other.start, other.length, other.code)).collect();
    Ok((stretches, skipped))
}

/// The RVAs at which Windows maps bytes of a section: whole pages, so that what the file has behind the
/// last byte can run as well. Up to the next section at most.
fn mapped_range(section: &Section, image: &Image<'_>) -> Range<u32> {
    let size = match section.virtual_size {
        0 => section.file_size,
        size => size.checked_next_multiple_of(PAGE).unwrap_or(u32::MAX).min(section.file_size),
    };
    let starts = image.sections.iter().map(|other| other.rva);
    let next = starts.filter(|&start| start > section.rva).min().unwrap_or(u32::MAX);
    let stated = section_range(section);
    stated.start..stated.start.saturating_add(size).min(next).max(stated.end)
}

/// The ranges that the CHPE code map gives to other machines, in order of address.
fn others(facts: &ImageFacts) -> Part<Vec<CodeRange>> {
    let chpe = facts.hybrid.as_ref().ok().and_then(|hybrid| hybrid.chpe.as_ref());
    let hybrid = match facts.kind {
        MachineKind::Arm64 => return Ok(Vec::new()),
        MachineKind::Arm64Ec | MachineKind::Arm64X => chpe,
        other => return Err(format!("the image is for {other} and has no ARM64 code")),
    };
    let Some(chpe) = hybrid else {
        // ARM64X without CHPE metadata has ARM64 code alone; an ARM64EC image is known by it.
        return match facts.kind {
            MachineKind::Arm64X => Ok(Vec::new()),
            _ => Err("which code of the image is ARM64EC is not known: it has no CHPE metadata"
                .to_owned()),
        };
    };
    let metadata = chpe
        .metadata
        .as_ref()
        .map_err(|problem| format!("which code of the image is ARM64 is not known: {problem}"))?;
    let mut others: Vec<CodeRange> = metadata
        .code_ranges
        .iter()
        .filter(|range| matches!(range.code, CodeType::Amd64 | CodeType::Reserved))
        .copied()
        .collect();
    others.sort_by_key(|range| range.start);
    Ok(others)
}

/// Cuts a stretch into blocks. A block ends between two functions unless one is larger than it.
fn blocks<'s>(
    stretch: &'s Stretch<'_>,
    functions: &'s FunctionTable<'_>,
) -> impl Iterator<Item = Range<u32>> + 's {
    let mut from = stretch.rva;
    std::iter::from_fn(move || {
        let start = from;
        if start >= stretch.end() {
            return None;
        }
        let mut end = start.saturating_add(BLOCK).min(stretch.end());
        if end < stretch.end() {
            let function = functions.find(end).and_then(|index| functions.bounds(index));
            let between = function.filter(|&(first, _)| first > start && first % 4 == 0);
            end = between.map_or(end, |(first, _)| first);
        }
        from = end;
        Some(start..end)
    })
}

/// Where Go's build ID stands, which is text in the middle of code.
fn build_id(stretches: &[Stretch<'_>], functions: &FunctionTable<'_>) -> Range<u32> {
    const BEGIN: &[u8] = b"\xff Go build ID: \"";
    const END: &[u8] = b"\"\n \xff";
    let starts = stretches.iter().map(|stretch| stretch.rva).chain(functions.go_start());
    let found = starts.into_iter().find_map(|start| {
        let stretch = stretches.iter().find(|of| (of.rva..of.end()).contains(&start))?;
        let bytes = stretch.slice(start..stretch.end());
        let text = bytes.strip_prefix(BEGIN)?;
        let text = text.get(..MAX_BUILD_ID.min(text.len()))?;
        let length = memchr::memmem::find(text, END)?;
        // What hides between the quotes and is no text is no build ID.
        text.get(..length)?.iter().all(|byte| matches!(byte, b' '..=b'~')).then_some(())?;
        let end = length + BEGIN.len() + END.len();
        Some(start..start.checked_add(u32::try_from(end).ok()?)?.next_multiple_of(4))
    });
    found.unwrap_or(0..0)
}

/// What the build promises of the CPU.
fn goarm64(facts: &ImageFacts) -> &str {
    let info = facts.build_info.as_ref().ok().and_then(Option::as_ref);
    info.and_then(|info| info.setting("GOARM64")).unwrap_or("v8.0")
}

/// Keeps the first runs, and tells how many there were more.
fn keep_first(runs: &mut Vec<RawForeign>, most: usize) -> u64 {
    runs.sort_by_key(|run| run.rva);
    let more = runs.len().saturating_sub(most);
    runs.truncate(most);
    more as u64
}

/// Chooses what is kept, and looks up names and texts for it.
fn facts_of(
    mut marked: Marked,
    skipped: Vec<(u32, u32, CodeType)>,
    stretches: &[Stretch<'_>],
    context: &block::Context<'_, '_>,
) -> CodeFacts {
    let words = stretches.iter().map(|stretch| stretch.bytes.len() as u64 / 4).sum();
    let writer = place::Writer { stretches, context };

    // Should there be too many, x86 code is what one has to see.
    let x86_more = marked.x86_more + keep_first(&mut marked.x86, MAX_FOREIGN);
    let left = MAX_FOREIGN - marked.x86.len();
    let opaque_more = marked.opaque_more + keep_first(&mut marked.opaque, left);
    let mut foreign = marked.x86;
    foreign.append(&mut marked.opaque);
    foreign.sort_by_key(|run| run.rva);

    marked.x18.sort_by_key(|using| using.firsts[0]);
    let x18_kept = marked.x18.len().min(MAX_X18);
    let x18_more = marked.x18_more + (marked.x18.len() - x18_kept) as u64;

    // What is outside any function is as likely data, and comes last.
    marked
        .features
        .sort_by_key(|using| (using.function.is_none(), using.firsts[0], using.feature.name));
    let (mut unguarded, mut guarded) = (0, 0);
    let (mut features_more, mut guarded_more) = (marked.features_more, marked.guarded_more);
    marked.features.retain(|using| {
        let (kept, more, most) = match using.guard {
            Guard::NotSeen | Guard::NoCallerFound => {
                (&mut unguarded, &mut features_more, MAX_UNGUARDED)
            }
            _ => (&mut guarded, &mut guarded_more, MAX_GUARDED),
        };
        if *kept < most {
            *kept += 1;
            return true;
        }
        *more += 1;
        false
    });
    marked.features.sort_by_key(|using| (using.firsts[0], using.feature.name));

    CodeFacts {
        words,
        functions: context.functions.len() as u64,
        foreign: foreign.iter().filter_map(|run| writer.foreign(run)).collect(),
        x86_more,
        opaque_more,
        unread: marked.unread,
        x18: marked.x18.iter().take(x18_kept).filter_map(|using| writer.x18(using)).collect(),
        x18_more,
        goarm64: context.goarm64.to_owned(),
        features: marked.features.iter().filter_map(|using| writer.feature(using)).collect(),
        features_more,
        guarded_more,
        pools: marked.pools,
        skipped,
    }
}
