//! A small map of an image.

use crate::model::{ImageMap, MapSection, MapSpan, SpanKind};

/// x86 code, Go code and padding; constants and a function table.
pub(super) fn map() -> ImageMap {
    let span = |offset, length, kind, label: &str| MapSpan {
        offset,
        length,
        kind,
        label: label.to_owned(),
    };
    let text = MapSection {
        name: ".text".to_owned(),
        rva: 0x1000,
        file_offset: 0x600,
        size: 0x8000,
        executable: true,
        spans: vec![
            span(0, 33, SpanKind::X86, "main"),
            span(33, 0x6fdf, SpanKind::Go, "example.com/app"),
            span(0x7000, 0x1000, SpanKind::Padding, ""),
        ],
    };
    let data = MapSection {
        name: ".rdata".to_owned(),
        rva: 0x9000,
        file_offset: 0x8600,
        size: 0x4000,
        executable: false,
        spans: vec![
            span(0, 0x3000, SpanKind::ReadOnlyData, ""),
            span(0x3000, 0x1000, SpanKind::Pclntab, ""),
        ],
    };
    ImageMap { sections: vec![text, data] }
}
