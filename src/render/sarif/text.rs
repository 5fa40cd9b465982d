//! Every string of the Report goes through here on its way into SARIF.
//!
//! JSON has its own escapes, so what is left to do is what the readers of SARIF do with a text. They take
//! `[words](target)` for a link (3.11.6), so the two brackets are set apart; a control character or one that
//! turns the direction of writing is spelled out as `\u{…}`. A path becomes a relative URI reference that
//! stays below its base, or nothing.

use std::fmt::Write as _;

use crate::render::text::is_hidden;

/// Counts the foreign text that went out, in bytes: it may be of a kind that does not compress.
#[derive(Debug, Default)]
pub(super) struct Foreign {
    pub(super) bytes: usize,
}

impl Foreign {
    /// Text of several lines, of at most `longest` characters.
    pub(super) fn text(&mut self, raw: &str, longest: usize) -> String {
        let text = text(raw, longest, true);
        self.bytes += text.len();
        text
    }

    /// Text on one line, of at most `longest` characters.
    pub(super) fn line(&mut self, raw: &str, longest: usize) -> String {
        let text = text(raw, longest, false);
        self.bytes += text.len();
        text
    }

    /// A path as a relative URI reference.
    pub(super) fn uri(&mut self, path: &str) -> Option<String> {
        let uri = uri(path)?;
        self.bytes += uri.len();
        Some(uri)
    }
}

/// The longest path that is written, in bytes. Linux's PATH_MAX is 4,096; what people commit is far shorter.
const LONGEST_PATH: usize = 1_024;

fn text(raw: &str, longest: usize, several_lines: bool) -> String {
    let mut out = String::with_capacity(raw.len().min(longest));
    let mut count = 0;
    // What is cut anyway is not looked at: outputs may have megabytes.
    for c in raw.trim().chars() {
        if count >= longest {
            out.push('…');
            break;
        }
        count += 1;
        match c {
            '\r' => {}
            '\n' if several_lines => out.push('\n'),
            '\n' | '\t' => out.push(' '),
            '(' if out.ends_with(']') => out.push_str(" ("),
            c if is_hidden(c) => {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
                count += 5;
            }
            c => out.push(c),
        }
    }
    out
}

/// `None` where the path is empty, absolute, or leads out of its base.
fn uri(path: &str) -> Option<String> {
    if path.len() > LONGEST_PATH || path.starts_with(['/', '\\']) {
        return None;
    }
    let mut out = String::with_capacity(path.len() + 8);
    for (at, segment) in path.split(['/', '\\']).filter(|s| !matches!(*s, "" | ".")).enumerate() {
        if segment == ".." || at == 0 && is_drive(segment) {
            return None;
        }
        if at > 0 {
            out.push('/');
        }
        for byte in segment.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~@+,=".contains(&byte) {
                out.push(char::from(byte));
            } else {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    (!out.is_empty()).then_some(out)
}

/// `C:` of Windows.
fn is_drive(segment: &str) -> bool {
    matches!(segment.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn paths_become_relative_references_or_nothing() {
        assert_eq!(uri("cmd/app/main.go").as_deref(), Some("cmd/app/main.go"));
        assert_eq!(uri("./y z.go").as_deref(), Some("y%20z.go"));
        assert_eq!(uri("sub\\dir\\x.go").as_deref(), Some("sub/dir/x.go"));
        assert_eq!(uri("m@v1.2.3/z.go").as_deref(), Some("m@v1.2.3/z.go"));
        assert_eq!(uri("漢.go").as_deref(), Some("%E6%BC%A2.go"));
        assert_eq!(uri("a%2fb?c#d:e").as_deref(), Some("a%252fb%3Fc%23d%3Ae"));
        for outside in
            ["", ".", "/", "/etc/passwd", "\\\\host\\share", "C:\\a\\b.go", "c:x", "a/../../b"]
        {
            assert_eq!(uri(outside), None, "{outside}");
        }
    }

    #[test]
    fn a_text_is_no_link_and_hides_nothing() {
        assert_eq!(
            text("see [here](https://example.com)", 99, true),
            "see [here] (https://example.com)"
        );
        assert_eq!(text("func F[T](x T)", 99, true), "func F[T] (x T)");
        assert_eq!(
            text("\u{1b}[31mred\u{202e}\u{fffe}\0", 99, true),
            "\\u{1b}[31mred\\u{202e}\\u{fffe}\\u{0}"
        );
        assert_eq!(text(" a\r\nb\tc ", 99, false), "a b c");
        assert_eq!(text("abcdef", 3, true), "abc…");
    }

    proptest! {
        #[test]
        fn whatever_comes_in(raw in "\\PC{0,40}|[\\x00-\\x7f]{0,40}|.{0,40}", longest in 0usize..50) {
            let text = text(&raw, longest, true);
            prop_assert!(!text.contains("]("));
            prop_assert!(!text.chars().any(|c| c != '\n' && is_hidden(c)));
            prop_assert!(text.chars().count() <= longest * 2 + 12);
            if let Some(uri) = uri(&raw) {
                prop_assert!(uri.is_ascii() && !uri.starts_with('/'));
                prop_assert!(!uri.split('/').any(|segment| segment == ".." || segment.is_empty()));
            }
        }
    }
}
