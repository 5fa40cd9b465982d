//! The one way text gets onto the page.
//!
//! [`Page::raw`] takes only strings that stand in the source of this program, so whatever comes from a Report
//! has to pass [`escape`]: markup made of foreign text does not compile.

use std::fmt::Write as _;

use crate::render::map::Drawing;
use crate::render::text::is_hidden;

/// What stands where a name or a text is empty: nothing at all would read as a mistake of the page.
const EMPTY: &str = "(empty)";
/// Characters of one text in a line; longer ones are paths or symbols gone wrong.
const LINE_LIMIT: usize = 2_000;

/// A page, or a part of one, under construction.
#[derive(Debug, Default)]
pub(super) struct Page {
    out: String,
}

impl Page {
    /// Markup of this program's own.
    pub(super) fn raw(&mut self, markup: &'static str) -> &mut Self {
        self.out.push_str(markup);
        self
    }

    /// Text in the middle of a line; line breaks are shown as `\n`, and what is far too long is cut.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        let shown = first_chars(text, LINE_LIMIT);
        escape(&mut self.out, shown, Breaks::Shown);
        if shown.len() < text.len() {
            self.out.push_str(" …");
        }
        self
    }

    /// Foreign text in a sentence: its direction of writing stays its own.
    pub(super) fn foreign(&mut self, text: &str) -> &mut Self {
        self.raw("<bdi>").text(or_empty(text)).raw("</bdi>")
    }

    /// A name, a path, a command or a number as programs write them.
    pub(super) fn code(&mut self, text: &str) -> &mut Self {
        self.raw("<code>").text(or_empty(text)).raw("</code>")
    }

    /// A path that may break behind each of its elements.
    pub(super) fn path(&mut self, text: &str) -> &mut Self {
        self.raw("<code>");
        for (number, element) in
            first_chars(or_empty(text), LINE_LIMIT).split_inclusive(['/', '@']).enumerate()
        {
            self.raw(if number == 0 { "" } else { "<wbr>" }).text(element);
        }
        self.raw("</code>")
    }

    /// Text of several lines, inside `<pre>`.
    pub(super) fn lines(&mut self, text: &str) -> &mut Self {
        escape(&mut self.out, text, Breaks::Kept);
        self
    }

    /// An attribute of the tag that is open: ` name="value"`.
    pub(super) fn attr(&mut self, name: &'static str, value: &str) -> &mut Self {
        self.raw(" ").raw(name).raw("=\"");
        escape(&mut self.out, first_chars(value, LINE_LIMIT), Breaks::Shown);
        self.raw("\"")
    }

    /// An attribute that is a number behind a prefix, such as ` id="f-12"`.
    pub(super) fn numbered(
        &mut self,
        name: &'static str,
        prefix: &'static str,
        number: usize,
    ) -> &mut Self {
        self.raw(" ").raw(name).raw("=\"").raw(prefix);
        // Writing to a String cannot fail.
        let _ = write!(self.out, "{number}");
        self.raw("\"")
    }

    /// A count.
    pub(super) fn number(&mut self, number: u64) -> &mut Self {
        let _ = write!(self.out, "{number}");
        self
    }

    /// A drawing that escaped its own text.
    pub(super) fn drawing(&mut self, drawing: &Drawing) -> &mut Self {
        self.out.push_str(drawing.svg());
        self
    }

    /// The style or the script of this page with the hash that lets it through.
    pub(super) fn hash(&mut self, digest: &[u8]) -> &mut Self {
        base64(&mut self.out, digest);
        self
    }

    /// Bytes written so far.
    pub(super) fn len(&self) -> usize {
        self.out.len()
    }

    /// The whole text.
    pub(super) fn finish(self) -> String {
        self.out
    }
}

fn or_empty(text: &str) -> &str {
    if text.trim().is_empty() { EMPTY } else { text }
}

/// At most so many characters.
pub(super) fn first_chars(text: &str, limit: usize) -> &str {
    match text.char_indices().nth(limit) {
        Some((at, _)) => text.get(..at).unwrap_or_default(),
        None => text,
    }
}

/// What becomes of a line break.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Breaks {
    /// It is printed as `\n`.
    Shown,
    /// It breaks the line.
    Kept,
}

/// The one escape function of this format, for text and for attribute values in double quotes. What acts without
/// being seen (controls, bidi overrides, zero-width characters, non-characters) is printed as `\u{…}`.
/// A page may go to the log of a CI job: `##[` and `##vso[`, and `::` where a line begins, are no commands there.
fn escape(out: &mut String, text: &str, breaks: Breaks) {
    out.reserve(text.len());
    let mut line_begins = true;
    for c in text.chars() {
        let begins = line_begins;
        line_begins = begins && c.is_whitespace();
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '#' => out.push_str("&#35;"),
            ':' if begins => out.push_str("&#58;"),
            '\t' => out.push_str("    "),
            '\n' if breaks == Breaks::Kept => {
                out.push('\n');
                line_begins = true;
            }
            '\n' => out.push_str("\\n"),
            c if is_hidden(c) => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
}

/// RFC 4648 with padding: what a Content-Security-Policy spells hashes in.
fn base64(out: &mut String, bytes: &[u8]) {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for group in bytes.chunks(3) {
        let byte = |at: usize| u32::from(group.get(at).copied().unwrap_or(0));
        let word = byte(0) << 16 | byte(1) << 8 | byte(2);
        for digit in 0..4 {
            let index = (word >> (18 - 6 * digit) & 0x3f) as usize;
            let missing = digit as usize > group.len();
            out.push(if missing { '=' } else { char::from(DIGITS[index]) });
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Page, base64, is_hidden};

    fn text(text: &str) -> String {
        let mut page = Page::default();
        page.text(text);
        page.finish()
    }

    #[test]
    fn markup_is_text() {
        assert_eq!(
            text("<script>alert('x')</script> & \"q\""),
            "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;q&quot;"
        );
    }

    #[test]
    fn what_acts_unseen_is_seen() {
        assert_eq!(text("a\u{1b}[31mb\u{202e}c\0\r\n"), r"a\u{1b}[31mb\u{202e}c\u{0}\u{d}\n");
        assert_eq!(text("\u{fffe}\u{1ffff}\u{fdd0}"), r"\u{fffe}\u{1ffff}\u{fdd0}");
    }

    #[test]
    fn no_command_of_a_runner_comes_out() {
        let mut page = Page::default();
        page.lines("::error::x\n  ::y\nstd::fs ##[z] ##vso[t]");
        assert_eq!(
            page.finish(),
            "&#58;:error::x\n  &#58;:y\nstd::fs &#35;&#35;[z] &#35;&#35;vso[t]"
        );
    }

    #[test]
    fn a_long_line_is_cut_and_an_empty_name_is_seen() {
        assert_eq!(text(&"漢".repeat(2_001)), "漢".repeat(2_000) + " …");
        let mut page = Page::default();
        page.code(" ").foreign("");
        assert_eq!(page.finish(), "<code>(empty)</code><bdi>(empty)</bdi>");
    }

    /// The test vectors of RFC 4648, section 10.
    #[test]
    fn base64_is_the_one_of_the_rfc() {
        for (bytes, expected) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            let mut out = String::new();
            base64(&mut out, bytes.as_bytes());
            assert_eq!(out, expected);
        }
    }

    proptest! {
        #[test]
        fn nothing_that_ends_a_text_or_an_attribute_comes_out(foreign in any::<String>()) {
            let out = text(&foreign);
            prop_assert!(!out.contains(['<', '>', '"', '\'']));
            prop_assert!(!out.chars().any(is_hidden));
        }
    }
}
