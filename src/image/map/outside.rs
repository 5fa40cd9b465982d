//! What an image has outside of its sections: the headers in front, and what follows behind.

use crate::facts::image::ImageFacts;
use crate::facts::map::{MapSection, MapSpan, SpanKind};
use crate::image::functions::FunctionTable;

/// Index of the certificate table, the one directory that is addressed by file offset (PE format,
/// Optional Header Data Directories).
const CERTIFICATE_TABLE: usize = 4;

/// The headers: up to the first section in the file.
pub(super) fn headers(facts: &ImageFacts) -> Option<MapSection> {
    let sections = facts.sections.iter().filter(|section| section.file_size > 0);
    let first = sections.map(|section| u64::from(section.file_offset)).min();
    let size = first.unwrap_or(facts.size).min(facts.size);
    section("headers", 0, vec![(size, SpanKind::Tables)])
}

/// What follows the last section: a signature, a symbol table, whatever was appended.
pub(super) fn overlay(facts: &ImageFacts, functions: &FunctionTable<'_>) -> Option<MapSection> {
    // Without sections all is headers.
    let start = facts.sections.iter().map(crate::facts::image::Section::file_end).max()?;
    let mut lengths = Vec::new();
    let mut at = start;
    let mut to = |end: u64, kind: SpanKind| {
        let end = end.clamp(at, facts.size.max(at));
        lengths.push((end - at, kind));
        at = end;
    };
    // The signature is last: it cannot sign what follows it.
    if let Some(symbols) = functions.symbol_table() {
        to(symbols.start, SpanKind::Other);
        to(symbols.end, SpanKind::Debug);
    }
    if let Some((offset, size)) = functions.image().directory(CERTIFICATE_TABLE) {
        to(u64::from(offset), SpanKind::Other);
        to(u64::from(offset) + u64::from(size), SpanKind::Signature);
    }
    to(facts.size, SpanKind::Other);
    section("overlay", start, lengths)
}

/// A section of stretches that follow each other; `None` if it has no bytes.
fn section(name: &str, file_offset: u64, lengths: Vec<(u64, SpanKind)>) -> Option<MapSection> {
    let mut offset = 0;
    let mut spans = Vec::new();
    for (length, kind) in lengths.into_iter().filter(|&(length, _)| length > 0) {
        spans.push(MapSpan { offset, length, kind, label: String::new() });
        offset += length;
    }
    let section = MapSection {
        name: name.to_owned(),
        rva: 0,
        file_offset,
        size: offset,
        executable: false,
        spans,
    };
    (offset > 0).then_some(section)
}
