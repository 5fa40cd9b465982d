//! Spans of one section, put together from pieces of any length.

use std::collections::BTreeMap;

use crate::facts::map::{MapSpan, SpanKind};

/// The label of a piece that has the one of the piece before it.
pub(super) const AS_BEFORE: &str = "\0";

/// Takes pieces in order of address.
///
/// Pieces are collected until they are long enough to be seen and another kind begins. What was
/// collected is named after what has most of its bytes.
#[derive(Debug)]
pub(super) struct Builder {
    /// RVA of the section.
    section: u32,
    /// Bytes that a span has at least, but for those that are kept.
    resolution: u64,
    spans: Vec<MapSpan>,
    /// RVA where what is collected begins.
    start: u32,
    /// RVA up to where it goes.
    end: u32,
    /// Bytes by kind and label.
    shares: BTreeMap<(SpanKind, String), u64>,
    /// Kind and label of the last piece.
    last: (SpanKind, String),
}

impl Builder {
    /// For a section.
    pub(super) fn new(section: u32, resolution: u64) -> Self {
        Self {
            section,
            resolution,
            spans: Vec::new(),
            start: section,
            end: section,
            shares: BTreeMap::new(),
            last: (SpanKind::Data, String::new()),
        }
    }

    /// A piece from the end of the one before up to an RVA.
    pub(super) fn add(&mut self, end: u32, kind: SpanKind, label: &str) {
        if end <= self.end {
            return;
        }
        let same = kind == self.last.0 && (label == self.last.1 || label == AS_BEFORE);
        if !same {
            if u64::from(self.end - self.start) >= self.resolution {
                self.flush();
            }
            let label = if label == AS_BEFORE { "" } else { label };
            self.last = (kind, label.to_owned());
        }
        let length = u64::from(end - self.end);
        match self.shares.get_mut(&self.last) {
            Some(share) => *share += length,
            None => {
                self.shares.insert(self.last.clone(), length);
            }
        }
        self.end = end;
    }

    /// A piece that stands by itself, whatever its length.
    pub(super) fn keep(&mut self, start: u32, end: u32, kind: SpanKind, label: &str) {
        self.flush();
        self.start = start;
        self.end = start;
        self.add(end, kind, label);
        self.flush();
    }

    /// Ends what is collected.
    fn flush(&mut self) {
        let most = self.shares.iter().max_by_key(|(_, share)| **share);
        let Some(((kind, label), _)) = most else { return };
        let offset = u64::from(self.start.saturating_sub(self.section));
        let length = u64::from(self.end - self.start);
        match self.spans.last_mut() {
            Some(last) if last.kind == *kind && last.label == *label => last.length += length,
            _ => self.spans.push(MapSpan { offset, length, kind: *kind, label: label.clone() }),
        }
        self.shares.clear();
        self.start = self.end;
    }

    /// All spans.
    pub(super) fn finish(mut self) -> Vec<MapSpan> {
        self.flush();
        self.spans
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(spans: &[MapSpan]) -> Vec<String> {
        let text = |span: &MapSpan| {
            format!("{:#x}+{:#x} {} {}", span.offset, span.length, span.kind.as_str(), span.label)
        };
        spans.iter().map(text).collect()
    }

    #[test]
    fn short_pieces_count_to_their_neighbourhood() {
        let mut builder = Builder::new(0x1000, 0x100);
        builder.add(0x1180, SpanKind::Go, "a");
        builder.add(0x1190, SpanKind::Go, "b");
        builder.add(0x11a0, SpanKind::Go, AS_BEFORE);
        builder.add(0x1400, SpanKind::Go, "c");
        builder.add(0x1410, SpanKind::Go, "d");
        assert_eq!(
            text(&builder.finish()),
            ["0x0+0x180 go a", "0x180+0x280 go c", "0x400+0x10 go d"]
        );
    }

    #[test]
    fn what_is_kept_stands_by_itself() {
        let mut builder = Builder::new(0x1000, 0x100);
        builder.add(0x1010, SpanKind::Go, "a");
        builder.keep(0x1010, 0x1020, SpanKind::X86, "x86");
        builder.add(0x1030, SpanKind::Go, "a");
        assert_eq!(
            text(&builder.finish()),
            ["0x0+0x10 go a", "0x10+0x10 x86 x86", "0x20+0x10 go a"]
        );
    }
}
