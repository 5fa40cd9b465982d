//! Foreign text as every format needs it: made safe to print, cut, and counted.
//!
//! [`escape`] is the escape function of plain text: the terminal, annotations, and what goes to a log. Markdown and
//! the pages have escapes of their own, which stand on the same rules (`is_hidden`, `escape`).
//!
//! Text of a report comes from compilers, file names and module paths, so it may try to move the cursor,
//! to reorder what is read, or to speak to the CI runner that reads our log. Whatever could do so is
//! printed as `\u{…}`: visible, the same in every log, and inert.
//!
//! Workflow commands are broken by spelling one of their characters that way, because runners look for them
//! differently and an indent or a colour stops neither: GitHub's runner takes `::` at the start of a line, leading
//! white space ignored, and `##[` anywhere in a line; Azure's agent takes `##vso[` and `##[` anywhere, and warns of any
//! other `##vso`.
//! So `##[error]` is printed as `#\u{23}[error]` and `::error::` as `:\u{3a}error::`.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::plural;
use super::view::count;

/// What a tab becomes.
const TAB: &str = "    ";

/// Makes one line of foreign text safe to print. A newline in it is printed as `\n`: line breaks
/// belong to the layout, which splits text before it comes here.
pub fn escape(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| c == '\t' || is_hidden(c)) {
        return break_commands(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\t' => out.push_str(TAB),
            '\n' => out.push_str("\\n"),
            c if is_hidden(c) => push_visible(&mut out, c),
            c => out.push(c),
        }
    }
    Cow::Owned(break_commands(&out).into_owned())
}

/// Breaks what a CI runner would take for a command. `line` has no control characters.
fn break_commands(line: &str) -> Cow<'_, str> {
    let leading = line.trim_start();
    let colons = leading.starts_with("::").then_some(line.len() - leading.len() + 1);
    let bytes = line.as_bytes();
    let hashes = |at: usize| {
        bytes[at..].starts_with(b"##[")
            || bytes.get(at..at + 5).is_some_and(|b| b.eq_ignore_ascii_case(b"##vso"))
    };
    if colons.is_none() && !line.contains("##") {
        return Cow::Borrowed(line);
    }
    let mut out = String::with_capacity(line.len() + 16);
    for (at, c) in line.char_indices() {
        // The second character of the mark is the one that is spelled out.
        if Some(at) == colons || (c == '#' && at > 0 && hashes(at - 1)) {
            push_visible(&mut out, c);
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// Writes a character as `\u{…}`.
fn push_visible(out: &mut String, c: char) {
    // Writing to a String cannot fail.
    let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
}

/// Whether a character acts on a terminal or on a reader without being seen: controls (C0, DEL, C1), line and
/// paragraph separators, bidi marks, overrides and isolates, zero-width and other invisible characters, tags, and
/// code points that are no characters.
pub(super) fn is_hidden(c: char) -> bool {
    c.is_control()
        || u32::from(c) & 0xfffe == 0xfffe
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fdd0}'..='\u{fdef}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// The first lines of a text, and how many are left out; `rest` says where those are.
pub(super) fn clip(text: &str, limit: usize, rest: &str) -> Vec<String> {
    let mut lines: Vec<String> = text.lines().take(limit).map(str::to_owned).collect();
    let more = text.lines().count() - lines.len();
    if more > 0 {
        lines.push(format!("… {}, {rest}", plural(count(more), "more line")));
    }
    lines
}

/// `a`, `-> b`, `-> c`: at most so many links; of a longer chain the middle is left out, and `rest` says where
/// that is.
pub(super) fn arrows(links: &[String], most: usize, rest: &str) -> Vec<String> {
    let hidden = links.len().saturating_sub(most);
    let head = if hidden == 0 { links.len() } else { most / 2 };
    let mut lines = Vec::new();
    for (index, link) in links.iter().enumerate() {
        if index == head && hidden > 0 {
            lines.push(format!("-> … {}, {rest}", plural(count(hidden), "more link")));
        }
        if index < head || index >= head + hidden {
            lines.push(format!("{}{link}", if index == 0 { "" } else { "-> " }));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{arrows, clip, escape, is_hidden};

    #[test]
    fn what_is_left_out_is_counted_and_said_where() {
        assert_eq!(clip("a\nb\nc", 3, "there"), ["a", "b", "c"]);
        assert_eq!(clip("a\nb\nc", 2, "there"), ["a", "b", "… 1 more line, there"]);
        assert_eq!(clip("a\nb\nc", 1, "there"), ["a", "… 2 more lines, there"]);
        let links = ["a", "b", "c", "d"].map(str::to_owned);
        assert_eq!(arrows(&links, 4, "there"), ["a", "-> b", "-> c", "-> d"]);
        assert_eq!(arrows(&links, 3, "there"), ["a", "-> … 1 more link, there", "-> c", "-> d"]);
        assert_eq!(arrows(&links, 2, "there"), ["a", "-> … 2 more links, there", "-> d"]);
    }

    #[test]
    fn plain_text_is_untouched() {
        for text in
            ["", "com.go:238:21: undefined: VARIANT", r"C:\Users\ä\go", "# example.com/p", "日本"]
        {
            assert_eq!(escape(text), text);
        }
    }

    #[test]
    fn hidden_characters_are_spelled_out() {
        assert_eq!(escape("a\x1b[31mb"), r"a\u{1b}[31mb");
        assert_eq!(escape("\x1b]0;title\x07"), r"\u{1b}]0;title\u{7}");
        assert_eq!(escape("\u{9b}2J\u{7f}\0"), r"\u{9b}2J\u{7f}\u{0}");
        assert_eq!(escape("evil\u{202e}og.exe"), r"evil\u{202e}og.exe");
        assert_eq!(escape("\u{2066}\u{2069}\u{200b}\u{feff}"), r"\u{2066}\u{2069}\u{200b}\u{feff}");
        assert_eq!(escape("a\nb\r\tc"), r"a\nb\u{d}    c");
    }

    #[test]
    fn workflow_commands_are_broken() {
        assert_eq!(escape("::error::x"), r":\u{3a}error::x");
        assert_eq!(escape("\t ::set-env name=a::b"), r"     :\u{3a}set-env name=a::b");
        assert_eq!(escape("std::fs is fine"), "std::fs is fine");
        assert_eq!(escape("x ##[error]y"), r"x #\u{23}[error]y");
        assert_eq!(escape("x ##VSO[task.setvariable]y"), r"x #\u{23}VSO[task.setvariable]y");
        assert_eq!(escape("see ##vso"), r"see #\u{23}vso");
        assert_eq!(escape("###[x"), r"##\u{23}[x");
        assert_eq!(escape("## heading #["), "## heading #[");
        assert_eq!(escape("#\u{200b}#[x"), r"#\u{200b}#[x");
    }

    proptest! {
        #[test]
        fn nothing_hidden_and_no_command_comes_out(text in any::<String>()) {
            let out = escape(&text);
            prop_assert!(!out.chars().any(is_hidden));
            prop_assert!(!out.trim_start().starts_with("::"));
        }

        #[test]
        fn no_command_survives_its_neighbours(text in "[#\\[vsoVSO: \\t]{0,24}") {
            let out = escape(&text).to_ascii_lowercase();
            prop_assert!(!out.contains("##[") && !out.contains("##vso"), "{out}");
            prop_assert!(!out.trim_start().starts_with("::"));
        }
    }
}
