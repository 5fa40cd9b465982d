//! The sections of an image to scale: which stretch is whose.
//!
//! A drawing has a few thousand points, so what is shorter than one four-thousandth of the image
//! is counted to its neighbourhood: a stretch is named after what most of it is. Only what no
//! image should have is always kept: x86 code, words that are no code, and embedded images.

mod builder;
mod data;
mod outside;

use std::ops::Range;

use super::functions::{FunctionTable, Owner, section_range};
use crate::facts::code::{CodeFacts, Reading};
use crate::facts::image::{ImageFacts, MachineKind, Section};
use crate::facts::map::{ImageMap, MapSection, MapSpan, SpanKind};

use builder::Builder;

/// Parts of an image that are told apart; the number of spans is about the same.
const POINTS: u64 = 4000;
/// Spans that are kept whatever their length, of all sections together.
const MAX_KEPT: usize = 500;

/// Something in the data that another part found there: file offset, bytes, name.
pub type EmbeddedPlace = (u64, u64, String);

/// A span that is kept whatever its length: RVAs, kind, label.
type Kept = (u32, u32, SpanKind, String);

/// Draws the map of an image. `code` is what [`super::code::scan`] found, where it could look.
#[must_use]
pub fn map(
    facts: &ImageFacts,
    functions: &FunctionTable<'_>,
    code: Option<&CodeFacts>,
    embedded: &[EmbeddedPlace],
) -> ImageMap {
    let resolution = (facts.size / POINTS).max(1);
    let kept = kept(facts, code, embedded, resolution);
    let mut sections: Vec<MapSection> = facts
        .sections
        .iter()
        .filter_map(|section| {
            let range = file_range(section, facts.size)?;
            let mut builder = Builder::new(section.rva, resolution);
            let mut at = range.start;
            let inside = |&&(start, end, ..): &&Kept| start >= range.start && end <= range.end;
            for (start, end, kind, label) in kept.iter().filter(inside) {
                // What overlaps with something that was kept already is left out.
                if *start < at {
                    continue;
                }
                fill(&mut builder, section, at..*start, facts, functions);
                builder.keep(*start, *end, *kind, label);
                at = *end;
            }
            fill(&mut builder, section, at..range.end, facts, functions);
            Some(MapSection {
                name: section.name.clone(),
                rva: section.rva,
                file_offset: u64::from(section.file_offset),
                size: u64::from(range.end - range.start),
                executable: section.executable(),
                spans: named(builder.finish(), functions),
            })
        })
        .collect();
    sections.extend(outside::headers(facts));
    sections.extend(outside::overlay(facts, functions));
    sections.sort_by_key(|section| section.file_offset);
    ImageMap { sections }
}

/// The RVAs that the bytes of a section in the file would have, should all of them be loaded.
fn file_range(section: &Section, size: u64) -> Option<Range<u32>> {
    let left = size.checked_sub(u64::from(section.file_offset))?;
    let length = u32::try_from(left.min(u64::from(section.file_size))).ok().filter(|&n| n > 0)?;
    Some(section.rva..section.rva.checked_add(length)?)
}

/// Turns the prefixes of symbols into import paths.
fn named(mut spans: Vec<MapSpan>, functions: &FunctionTable<'_>) -> Vec<MapSpan> {
    for span in spans.iter_mut().filter(|span| span.kind == SpanKind::Go) {
        span.label = functions.import_path(&span.label);
    }
    spans
}

/// Fills a stretch of a section with what its tables say.
fn fill(
    builder: &mut Builder,
    section: &Section,
    range: Range<u32>,
    facts: &ImageFacts,
    functions: &FunctionTable<'_>,
) {
    // Behind the bytes that are loaded the linker fills up to the alignment in the file.
    let loaded = range.start..range.end.min(section_range(section).end);
    if loaded.is_empty() {
        builder.add(range.end, SpanKind::Padding, "");
        return;
    }
    let end = range.end;
    let range = loaded;
    if !section.executable() {
        data::fill(builder, section, range, functions);
    } else if matches!(facts.kind, MachineKind::Arm64 | MachineKind::Arm64Ec | MachineKind::Arm64X)
    {
        code_spans(builder, range, functions);
    } else {
        builder.add(range.end, SpanKind::Code, "");
    }
    builder.add(end, SpanKind::Padding, "");
}

/// Adds the functions of a stretch, and the gaps between them.
fn code_spans(builder: &mut Builder, range: Range<u32>, functions: &FunctionTable<'_>) {
    let mut at = range.start;
    let mut index = functions.find(at).unwrap_or_else(|| functions.from(at));
    while at < range.end {
        let (start, end) = functions.bounds(index).unwrap_or((range.end, range.end));
        if start > at {
            // No table covers it.
            let gap = start.min(range.end);
            let kind = if zeros(functions, at, gap) { SpanKind::Padding } else { SpanKind::Native };
            builder.add(gap, kind, "");
            at = gap;
            continue;
        }
        at = end.min(range.end).max(at);
        match functions.owner(index) {
            Owner::Package(prefix) => builder.add(at, SpanKind::Go, prefix),
            // Equality functions and the like stand with the package that needs them.
            Owner::Compiler => builder.add(at, SpanKind::Go, builder::AS_BEFORE),
            Owner::Unknown => builder.add(at, SpanKind::Native, ""),
        }
        index += 1;
    }
}

/// Whether a gap has nothing but zeros.
fn zeros(functions: &FunctionTable<'_>, start: u32, end: u32) -> bool {
    let bytes = functions.image().at_rva(start).map(|found| found.bytes);
    let bytes = bytes.and_then(|bytes| bytes.get(..(end - start) as usize));
    bytes.is_some_and(|bytes| bytes.iter().all(|&byte| byte == 0))
}

/// What is kept whatever its length, in order of address.
fn kept(
    facts: &ImageFacts,
    code: Option<&CodeFacts>,
    embedded: &[EmbeddedPlace],
    resolution: u64,
) -> Vec<Kept> {
    let mut kept = Vec::new();
    for run in code.iter().flat_map(|code| &code.foreign) {
        let (kind, label) = match &run.reading {
            Reading::X86 { bits, .. } => (SpanKind::X86, format!("x86, {bits}-bit")),
            Reading::Opaque => (SpanKind::Opaque, String::new()),
        };
        kept.push((run.place.rva, run.place.rva.saturating_add(run.length), kind, label));
    }
    for (offset, size, name) in embedded {
        kept.extend(rva_of(facts, *offset).map(|rva| {
            let end = rva.saturating_add(u32::try_from(*size).unwrap_or(u32::MAX));
            (rva, end, SpanKind::Embedded, name.clone())
        }));
    }
    kept.truncate(MAX_KEPT);
    let long = |length: u32| u64::from(length) >= resolution;
    for &(rva, length) in code.iter().flat_map(|code| &code.pools).filter(|pool| long(pool.1)) {
        kept.push((rva, rva.saturating_add(length), SpanKind::Pool, String::new()));
    }
    for &(rva, length, whose) in code.iter().flat_map(|code| &code.skipped) {
        if long(length) {
            let label = whose.words().to_owned();
            kept.push((rva, rva.saturating_add(length), SpanKind::HybridX64, label));
        }
    }
    kept.sort_by_key(|&(start, end, ..)| (start, end));
    kept
}

/// The RVA of a file offset.
fn rva_of(facts: &ImageFacts, offset: u64) -> Option<u32> {
    facts.sections.iter().find_map(|section| {
        let delta = offset.checked_sub(u64::from(section.file_offset))?;
        let inside = delta < u64::from(section.file_size);
        section.rva.checked_add(u32::try_from(delta).ok().filter(|_| inside)?)
    })
}
