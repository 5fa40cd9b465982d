//! The map of each image as one SVG file: sections to scale, code coloured by what it is.
//!
//! Every byte of the file takes the same area, so a 100 MB exe reads at a glance; what must not be
//! overlooked (x86 code, opaque words, embedded images) is never thinner than a few pixels. Names stand in
//! the picture where there is room, and in the tooltip of every stretch.

use std::fmt::Write as _;

use super::text::is_hidden;
use crate::model::{
    ImageMap, MAX_MAPS, MapSection, MapSpan, Report, SpanKind, Subject, SubjectKind,
};

/// Width of the drawing in user units.
const WIDTH: f64 = 1200.0;
/// Free space at the left and right.
const MARGIN: f64 = 20.0;
/// Rows that all sections of one image share.
const ROWS: u64 = 44;
/// Height of a row.
const ROW: f64 = 13.0;
/// Width of one character of a label.
const CHARACTER: f64 = 5.6;
/// Least width of what must be seen.
const LEAST: f64 = 4.0;
/// Foreign stretches that are listed below the drawing.
const LISTED: usize = 12;

/// Colours that tell the kinds apart for all kinds of sight, and the words of the legend.
const KINDS: &[(SpanKind, &str, &str)] = &[
    (SpanKind::Go, "#4c78a8", "Go code"),
    (SpanKind::Native, "#a58cc0", "C and other A64 code"),
    (SpanKind::Padding, "#d0d4da", "padding"),
    (SpanKind::Pool, "#c9a66b", "literal pool"),
    (SpanKind::X86, "#d62728", "x86 code"),
    (SpanKind::Opaque, "#ff9900", "opaque words"),
    (SpanKind::HybridX64, "#b34d73", "x64 code of a hybrid"),
    (SpanKind::Code, "#7f8ea3", "code that was not scanned"),
    (SpanKind::Pclntab, "#2f8f83", "Go function table"),
    (SpanKind::ReadOnlyData, "#72b7b2", "constants"),
    (SpanKind::Data, "#8cb369", "variables"),
    (SpanKind::Resources, "#e0ac2b", "resources"),
    (SpanKind::Embedded, "#6a3d9a", "embedded images and archives"),
    (SpanKind::Debug, "#a3a3a3", "debug information"),
    (SpanKind::Tables, "#6b7280", "headers and tables"),
    (SpanKind::Signature, "#556b2f", "signature"),
    (SpanKind::Other, "#bdbdbd", "other"),
];

const STYLE: &str = "text{font:11px system-ui,sans-serif;fill:#1b1f24}.h{font-size:15px;font-weight:600}\
.in{font-size:9px;fill:#fff;pointer-events:none}.bg{fill:#fff}.alarm{fill:#b00020;font-weight:600}\
@media(prefers-color-scheme:dark){.bg{fill:#15181d}text{fill:#e6e6e6}.alarm{fill:#ff6b6b}}";

/// Draws the map of every image that has one.
pub fn render(report: &Report) -> String {
    let mapped: Vec<(&Subject, &ImageMap)> = report
        .subjects
        .iter()
        .filter_map(|subject| Some((subject, subject.map.as_ref()?)))
        .collect();
    let mut drawing = Canvas { out: String::new(), y: MARGIN };
    for (subject, map) in mapped.iter().take(MAX_MAPS) {
        drawing.image(subject, map);
    }
    let images = report.subjects.iter().filter(|subject| subject.kind == SubjectKind::Image);
    let more = images.count().saturating_sub(mapped.len().min(MAX_MAPS));
    match mapped.len() {
        0 => drawing.text(MARGIN, "", "No image was mapped."),
        _ if more > 0 => drawing.text(MARGIN, "", &format!("Not drawn: {more} of the images")),
        _ => {}
    }
    let height = drawing.y + MARGIN;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height:.0}\" width=\"{WIDTH}\" \
         height=\"{height:.0}\" role=\"img\" aria-label=\"Map of the image: what each stretch of the file is\">\n\
         <style>{STYLE}</style>\n<rect class=\"bg\" width=\"100%\" height=\"100%\"/>\n{}</svg>\n",
        drawing.out
    )
}

/// A finished SVG element in which all foreign text is escaped.
#[derive(Debug)]
pub(super) struct Drawing(String);

impl Drawing {
    /// The element.
    pub(super) fn svg(&self) -> &str {
        &self.0
    }
}

/// The sections of one image as a picture inside an HTML page, which has the legend, the alarms and the styles.
/// `number` tells the pictures of a page apart, `name` is the image's.
pub(super) fn inline(map: &ImageMap, number: usize, name: &str) -> Drawing {
    let total = total(map);
    let mut canvas = Canvas { out: String::new(), y: 0.0 };
    for section in &map.sections {
        canvas.section(section, Scale::of(total));
    }
    Drawing(format!(
        "<svg class=\"map\" viewBox=\"0 0 {WIDTH} {:.0}\" role=\"img\" aria-labelledby=\"map-{number}-title\" \
         aria-describedby=\"map-{number}-desc\">\n<title id=\"map-{number}-title\">Map of {}</title>\
         <desc id=\"map-{number}-desc\">Every byte of the file takes the same area; the table below has the \
         sums.</desc>\n{}</svg>\n",
        canvas.y,
        escape(name),
        canvas.out
    ))
}

/// A square in the colour of a kind, for a legend beside which the words stand.
pub(super) fn swatch(share: &Share) -> Drawing {
    Drawing(format!(
        "<svg class=\"swatch\" viewBox=\"0 0 12 12\" aria-hidden=\"true\"><rect width=\"12\" height=\"12\" \
         fill=\"{}\"/></svg>",
        share.colour
    ))
}

/// Bytes of an image. A report read from a file may say anything.
fn total(map: &ImageMap) -> u64 {
    map.sections.iter().map(|section| section.size).fold(0, u64::saturating_add)
}

/// What one kind of stretch takes of an image.
pub(super) struct Share {
    colour: &'static str,
    /// The kind in words.
    pub(super) words: &'static str,
    /// The sum.
    pub(super) bytes: u64,
    /// The sum as a part of the image, such as `12.5 %`.
    pub(super) percent: String,
}

/// The kinds that are there, in the order of the legend.
pub(super) fn shares(map: &ImageMap) -> Vec<Share> {
    let total = total(map);
    let sum = |kind| {
        let spans = map.sections.iter().flat_map(|section| &section.spans);
        spans.filter(|span| span.kind == kind).map(|span| span.length).fold(0, u64::saturating_add)
    };
    let kinds = KINDS.iter().map(|&(kind, colour, words)| (colour, words, sum(kind)));
    kinds
        .filter(|&(.., bytes)| bytes > 0)
        .map(|(colour, words, bytes)| Share {
            colour,
            words,
            bytes,
            percent: percent(bytes, total),
        })
        .collect()
}

/// x86 code and opaque words in words, and how many more there are.
pub(super) fn alarms(map: &ImageMap) -> (Vec<String>, usize) {
    let alarms: Vec<(&MapSection, &MapSpan)> = map
        .sections
        .iter()
        .flat_map(|section| section.spans.iter().map(move |span| (section, span)))
        .filter(|(_, span)| matches!(span.kind, SpanKind::X86 | SpanKind::Opaque))
        .collect();
    let line = |(section, span): &(&MapSection, &MapSpan)| {
        let (_, _, words) = look(span.kind);
        format!(
            "{words}: {} in {}, {} at file offset {:#x}",
            bytes(span.length),
            section.name,
            if span.label.is_empty() { "no name" } else { &span.label },
            section.file_offset.saturating_add(span.offset)
        )
    };
    let shown = alarms.iter().take(LISTED).map(line).collect();
    (shown, alarms.len().saturating_sub(LISTED))
}

/// A drawing that grows downwards.
struct Canvas {
    out: String,
    y: f64,
}

impl Canvas {
    fn image(&mut self, subject: &Subject, map: &ImageMap) {
        let machine = subject.machine.as_deref().unwrap_or("machine unknown");
        let total = total(map);
        let title = format!("{}: {machine}, {}", subject.name, bytes(total));
        self.text(MARGIN, "h", &title);
        self.legend(map);
        let scale = Scale::of(total);
        for section in &map.sections {
            self.section(section, scale);
        }
        self.alarms(map);
        self.y += 24.0;
    }

    fn legend(&mut self, map: &ImageMap) {
        let mut x = MARGIN;
        for share in shares(map) {
            let text = format!("{} {} ({})", share.words, bytes(share.bytes), share.percent);
            let width = 20.0 + text.chars().count() as f64 * 6.2;
            if x + width > WIDTH - MARGIN {
                x = MARGIN;
                self.y += 17.0;
            }
            let y = self.y;
            self.put(&format!(
                "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"11\" height=\"11\" fill=\"{}\"/>\
                 <text x=\"{:.1}\" y=\"{:.1}\">{}</text>\n",
                share.colour,
                x + 15.0,
                y + 10.0,
                escape(&text)
            ));
            x += width;
        }
        self.y += 24.0;
    }

    fn section(&mut self, section: &MapSection, scale: Scale) {
        if section.size == 0 {
            return;
        }
        let executable = if section.executable { ", executable" } else { "" };
        let caption = format!(
            "{}  {}, RVA {:#x}, file offset {:#x}{executable}",
            section.name,
            bytes(section.size),
            section.rva,
            section.file_offset
        );
        self.text(MARGIN, "", &caption);
        let top = self.y;
        let mut shade = false;
        // What must be seen is drawn last, so that nothing covers it.
        let (first, last): (Vec<&MapSpan>, Vec<&MapSpan>) =
            section.spans.iter().partition(|span| !must_be_seen(span.kind));
        for span in first.into_iter().chain(last) {
            shade = !shade;
            self.span(section, span, scale, top, shade);
        }
        self.y = top + scale.rows(section.size) as f64 * ROW + 8.0;
    }

    /// One stretch: a rectangle in each row that it reaches.
    fn span(&mut self, section: &MapSection, span: &MapSpan, scale: Scale, top: f64, shade: bool) {
        let (_, colour, words) = look(span.kind);
        let end = span.offset.saturating_add(span.length).min(section.size);
        let tip = tooltip(section, span, words);
        let mut begin = span.offset;
        while begin < end {
            let row = begin / scale.per_row;
            let stop = end.min((row + 1).saturating_mul(scale.per_row));
            let x = MARGIN + scale.x(begin - row * scale.per_row);
            let mut width = scale.x(stop - begin);
            if must_be_seen(span.kind) {
                width = width.max(LEAST);
            }
            let y = top + row as f64 * ROW;
            // Thinner than a third of a pixel nothing can be seen; what must be is wider.
            if width > 0.3 {
                let opacity =
                    if shade && span.kind == SpanKind::Go { " opacity=\"0.82\"" } else { "" };
                self.put(&format!(
                    "<rect x=\"{x:.2}\" y=\"{y:.1}\" width=\"{width:.2}\" height=\"{:.1}\" fill=\"{colour}\"{opacity}>\
                     <title>{tip}</title></rect>",
                    ROW - 1.0
                ));
                self.label(span, x, y, width);
            }
            begin = stop;
        }
        self.put("\n");
    }

    /// The name inside the rectangle, where it fits.
    fn label(&mut self, span: &MapSpan, x: f64, y: f64, width: f64) {
        let room = ((width - 6.0) / CHARACTER) as usize;
        let name = short(&span.label);
        if name.is_empty() || room < 4 || name.chars().count() > room {
            return;
        }
        self.put(&format!(
            "<text class=\"in\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
            x + 3.0,
            y + 9.5,
            escape(name)
        ));
    }

    /// x86 code and opaque words in words, for those who cannot see the colour.
    fn alarms(&mut self, map: &ImageMap) {
        let (alarms, more) = alarms(map);
        for line in alarms {
            self.text(MARGIN, "alarm", &line);
        }
        if more > 0 {
            self.text(MARGIN, "alarm", &format!("and {more} more"));
        }
    }

    fn text(&mut self, x: f64, class: &str, text: &str) {
        self.y += 16.0;
        let y = self.y - 4.0;
        let text = escape(text);
        self.put(&format!("<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">{text}</text>\n"));
    }

    fn put(&mut self, text: &str) {
        self.out.push_str(text);
    }
}

/// How many bytes a row holds; the same for every section of an image.
#[derive(Clone, Copy)]
struct Scale {
    per_row: u64,
}

impl Scale {
    fn of(total: u64) -> Self {
        Self { per_row: total.div_ceil(ROWS).max(1) }
    }

    fn rows(self, size: u64) -> u64 {
        size.div_ceil(self.per_row)
    }

    fn x(self, bytes: u64) -> f64 {
        (WIDTH - 2.0 * MARGIN) * bytes as f64 / self.per_row as f64
    }
}

/// The last element of an import path; the last two where the last is a version, as `v1` in
/// `k8s.io/api/apps/v1`.
fn short(label: &str) -> &str {
    let mut slashes = label.rmatch_indices('/').map(|(at, _)| at + 1);
    let Some(last) = slashes.next() else { return label };
    let element = label.get(last..).unwrap_or(label);
    let version = element
        .strip_prefix('v')
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let start = if version { slashes.next().unwrap_or(0) } else { last };
    label.get(start..).unwrap_or(element)
}

/// What a reader looks for.
const fn must_be_seen(kind: SpanKind) -> bool {
    matches!(kind, SpanKind::X86 | SpanKind::Opaque | SpanKind::Embedded | SpanKind::HybridX64)
}

fn look(kind: SpanKind) -> (SpanKind, &'static str, &'static str) {
    let known = KINDS.iter().find(|(known, ..)| *known == kind);
    known.copied().unwrap_or((kind, "#bdbdbd", "other"))
}

fn tooltip(section: &MapSection, span: &MapSpan, words: &str) -> String {
    let rva = u64::from(section.rva).saturating_add(span.offset);
    let mut tip = String::new();
    if !span.label.is_empty() {
        tip.push_str(&span.label);
        tip.push_str(": ");
    }
    // Writing into a String cannot fail.
    let _ = write!(tip, "{words}, {}, {} RVA {rva:#x}", bytes(span.length), section.name);
    escape(&tip)
}

/// `212 B`, `1.4 kB`, `33.2 MB`.
pub(super) fn bytes(count: u64) -> String {
    match count {
        0..1_000 => format!("{count} B"),
        1_000..1_000_000 => format!("{}.{} kB", count / 1_000, count % 1_000 / 100),
        _ => format!("{}.{} MB", count / 1_000_000, count % 1_000_000 / 100_000),
    }
}

fn percent(part: u64, total: u64) -> String {
    let share = 100.0 * part as f64 / total.max(1) as f64;
    if share < 0.1 { "<0.1 %".into() } else { format!("{share:.1} %") }
}

/// The one escape function of this format: XML text and attribute values. What XML 1.0 cannot hold, and
/// what would turn text around (bidirectional controls), is replaced. The picture may go to a CI log: no
/// text begins a line there, and no bracket is left to make a command of Azure Pipelines (`##vso[`).
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '[' => out.push_str("&#91;"),
            '\n' | '\r' | '\t' => out.push(' '),
            c if is_hidden(c) => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::sample::{hostile_report, sample_report};

    /// Well-formed XML, by a reader that does not know how it was made.
    fn elements(svg: &str) -> usize {
        let mut reader = quick_xml::Reader::from_str(svg);
        let mut count = 0;
        loop {
            match reader.read_event().unwrap() {
                quick_xml::events::Event::Start(_) | quick_xml::events::Event::Empty(_) => {
                    count += 1;
                }
                quick_xml::events::Event::Eof => return count,
                _ => {}
            }
        }
    }

    #[test]
    fn every_kind_has_a_colour_of_its_own() {
        let mut colours: Vec<&str> = KINDS.iter().map(|(_, colour, _)| *colour).collect();
        colours.sort_unstable();
        colours.dedup();
        assert_eq!(colours.len(), KINDS.len());
    }

    #[test]
    fn the_sample_is_drawn_with_names_and_alarms() {
        let svg = render(&sample_report());
        assert!(elements(&svg) > 20);
        assert!(svg.contains("x86 code: 33 B in .text, main at file offset 0x600"), "{svg}");
        assert!(svg.contains("Go code"), "{svg}");
    }

    #[test]
    fn foreign_text_stays_text() {
        let mut report = hostile_report();
        let map = sample_report().subjects.into_iter().find_map(|subject| subject.map).unwrap();
        for subject in &mut report.subjects {
            let mut map = map.clone();
            for span in map.sections.iter_mut().flat_map(|section| &mut section.spans) {
                span.label =
                    "\"><script>alert(1)</script>\n::error::x\n##vso[x]\u{202e}\u{2060}\u{feff}\u{0}&'".into();
            }
            subject.map = Some(map);
        }
        let svg = render(&report);
        assert!(elements(&svg) > 20);
        assert!(!svg.contains("<script"));
        assert!(!svg.contains("##vso[") && !svg.lines().any(|line| line.starts_with("::")));
        assert!(!svg.contains(['\u{202e}', '\u{2060}', '\u{feff}', '\u{0}']));
    }

    #[test]
    fn a_single_foreign_word_in_a_large_image_is_seen() {
        let span = |offset, length, kind| MapSpan { offset, length, kind, label: String::new() };
        let size = 100_000_000;
        let spans = vec![
            span(0, 50_000_000, SpanKind::Go),
            span(50_000_000, 16, SpanKind::X86),
            span(50_000_016, size - 50_000_016, SpanKind::Go),
        ];
        let section = MapSection {
            name: ".text".into(),
            rva: 0x1000,
            file_offset: 0x600,
            size,
            executable: true,
            spans,
        };
        let mut report = sample_report();
        for subject in &mut report.subjects {
            subject.map = None;
        }
        report.subjects[0].map = Some(ImageMap { sections: vec![section] });
        assert!(render(&report).contains("width=\"4.00\" height=\"12.0\" fill=\"#d62728\""));
    }

    #[test]
    fn short_names_say_more_than_a_version() {
        assert_eq!(short("fmt"), "fmt");
        assert_eq!(short("example.com/app/internal/host"), "host");
        assert_eq!(short("k8s.io/api/apps/v1"), "apps/v1");
        assert_eq!(short("example.com/vendor"), "vendor");
    }

    #[test]
    fn no_map_says_so() {
        assert!(render(&crate::render::sample::minimal_report()).contains("No image was mapped."));
    }
}
