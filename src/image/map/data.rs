//! What stands in the sections without code: the directories of the header, Go's function table,
//! and the role of the section for the rest.

use std::ops::Range;

use super::builder::Builder;
use crate::facts::image::Section;
use crate::facts::map::SpanKind;
use crate::image::functions::FunctionTable;

/// The data directories that are shown, by index (PE format, Optional Header Data Directories).
const DIRECTORIES: [(usize, SpanKind); 8] = [
    (0, SpanKind::Tables),
    (1, SpanKind::Tables),
    (2, SpanKind::Resources),
    (3, SpanKind::Tables),
    (5, SpanKind::Tables),
    (6, SpanKind::Debug),
    (12, SpanKind::Tables),
    (13, SpanKind::Tables),
];

/// Fills a stretch of a section without code.
pub(super) fn fill(
    builder: &mut Builder,
    section: &Section,
    range: Range<u32>,
    functions: &FunctionTable<'_>,
) {
    let image = functions.image();
    let directory = |(index, kind)| {
        let (rva, size) = image.directory(index)?;
        Some((rva..rva.saturating_add(size), kind))
    };
    let table = functions.go_table().map(|table| (table, SpanKind::Pclntab));
    let mut parts: Vec<(Range<u32>, SpanKind)> = DIRECTORIES
        .into_iter()
        .filter_map(directory)
        .chain(table)
        .filter(|(part, _)| range.contains(&part.start))
        .collect();
    parts.sort_by_key(|(part, _)| part.start);
    let role = role(section);
    for (part, kind) in parts {
        builder.add(part.start, role, "");
        builder.add(part.end.min(range.end), kind, "");
    }
    builder.add(range.end, role, "");
}

/// What a section is for, by its name and its flags.
fn role(section: &Section) -> SpanKind {
    match section.name.as_str() {
        ".rsrc" => SpanKind::Resources,
        ".reloc" | ".pdata" | ".xdata" | ".idata" | ".edata" => SpanKind::Tables,
        ".symtab" => SpanKind::Debug,
        name if name.starts_with(".debug") || name.starts_with(".zdebug") => SpanKind::Debug,
        _ if section.writable() => SpanKind::Data,
        _ => SpanKind::ReadOnlyData,
    }
}
