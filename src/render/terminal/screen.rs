//! Lines, colour and wrapping: the only way text gets onto the screen.

use anstyle::{AnsiColor, Style};

use super::Options;
use crate::render::text::escape;

/// A line longer than this many characters is cut.
const LINE_LIMIT: usize = 2000;
/// Narrower than this, wrapping does more harm than good.
const NARROWEST: usize = 40;
/// Column of the text behind a key such as `cause`, counted from the left margin.
const KEY_COLUMN: usize = 11;
/// Left margin of everything below a heading.
const MARGIN: usize = 2;

/// What a coloured word means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    /// `PASS`.
    Good,
    /// `FAIL`, `error`.
    Bad,
    /// `INCOMPLETE`, `warning`, `inconclusive`.
    Doubt,
    /// `note`, `waived`.
    Quiet,
}

impl Tone {
    /// Its colour; bold, because a word must not depend on its colour alone.
    const fn style(self) -> Style {
        let color = match self {
            Self::Good => AnsiColor::Green,
            Self::Bad => AnsiColor::Red,
            Self::Doubt => AnsiColor::Yellow,
            Self::Quiet => AnsiColor::Cyan,
        };
        color.on_default().bold()
    }
}

/// Text under construction.
pub(super) struct Screen {
    out: String,
    lines: usize,
    color: bool,
    width: usize,
}

impl Screen {
    /// An empty screen.
    pub(super) fn new(options: &Options) -> Self {
        let width = if options.width == 0 { usize::MAX } else { options.width.max(NARROWEST) };
        Self { out: String::new(), lines: 0, color: options.color, width }
    }

    /// How many lines it has.
    pub(super) fn lines(&self) -> usize {
        self.lines
    }

    /// The text.
    pub(super) fn finish(self) -> String {
        self.out
    }

    /// Puts another screen below.
    pub(super) fn append(&mut self, other: Self) {
        self.out.push_str(&other.out);
        self.lines += other.lines;
    }

    /// An empty line, unless the screen is empty or already ends with one.
    pub(super) fn gap(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
            self.lines += 1;
        }
    }

    /// One line, as it is: not wrapped.
    pub(super) fn line(&mut self, text: &str) {
        self.emit(None, text);
    }

    /// A line that begins with a coloured word of ours; wrapped text hangs at `hang` columns.
    pub(super) fn toned(&mut self, tone: Tone, word: &str, rest: &str, hang: usize) {
        let text = format!("{word}{rest}");
        let mut first = true;
        for piece in wrap(&text, self.width, self.width.saturating_sub(hang)) {
            if first {
                self.emit(Some((tone, word.len())), &piece);
            } else {
                self.emit(None, &format!("{:hang$}{piece}", ""));
            }
            first = false;
        }
    }

    /// A line that begins with a coloured word of ours and is never wrapped.
    pub(super) fn toned_line(&mut self, tone: Tone, word: &str, rest: &str) {
        self.emit(Some((tone, word.len())), &format!("{word}{rest}"));
    }

    /// Prose below a heading.
    pub(super) fn prose(&mut self, text: &str) {
        let width = self.width.saturating_sub(MARGIN);
        for piece in wrap(text, width, width) {
            self.emit(None, &format!("{:MARGIN$}{piece}", ""));
        }
    }

    /// A line below a heading, not wrapped.
    pub(super) fn indented(&mut self, text: &str) {
        self.emit(None, &format!("{:MARGIN$}{text}", ""));
    }

    /// `key` and its text below a heading, wrapped.
    pub(super) fn keyed(&mut self, key: &str, text: &str) {
        self.label(key, KEY_COLUMN, text);
    }

    /// `key` and lines that must stay whole, such as commands.
    pub(super) fn keyed_lines<S: AsRef<str>>(
        &mut self,
        key: &str,
        lines: impl IntoIterator<Item = S>,
    ) {
        let mut key = key;
        for line in lines {
            self.emit(None, &column(key, KEY_COLUMN, line.as_ref()));
            key = "";
        }
    }

    /// `label` and its text, wrapped; the text begins at `at` columns.
    pub(super) fn label(&mut self, label: &str, at: usize, text: &str) {
        let width = self.width.saturating_sub(at);
        let mut label = label;
        for piece in wrap(text, width, width) {
            self.emit(None, &column(label, at, &piece));
            label = "";
        }
    }

    /// The one exit: escapes the whole line, cuts it, colours its first `head.1` bytes.
    fn emit(&mut self, head: Option<(Tone, usize)>, text: &str) {
        let text = cut(text.trim_end());
        let text = escape(&text);
        match head {
            // The word is ours and has nothing to escape; a hostile caller would lose the colour.
            Some((tone, len)) if self.color && text.is_char_boundary(len) => {
                let style = tone.style();
                let (word, rest) = text.split_at(len);
                self.out.push_str(&format!(
                    "{}{word}{}{rest}",
                    style.render(),
                    style.render_reset()
                ));
            }
            _ => self.out.push_str(&text),
        }
        self.out.push('\n');
        self.lines += 1;
    }
}

/// `  key      text`, with the text at column `at`.
fn column(key: &str, at: usize, text: &str) -> String {
    let width = at.saturating_sub(MARGIN + 1);
    format!("{:MARGIN$}{key:width$} {text}", "")
}

/// Cuts a line at [`LINE_LIMIT`] characters and says so.
fn cut(line: &str) -> String {
    match line.char_indices().nth(LINE_LIMIT) {
        None => line.to_owned(),
        Some((at, _)) => {
            let more = line[at..].chars().count();
            format!("{} … {more} more characters, see the JSON report", &line[..at])
        }
    }
}

/// Breaks prose at spaces. A word longer than the line stays whole: paths and symbols must be
/// found by a search in the log.
fn wrap(text: &str, first: usize, rest: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for word in text.split(' ') {
        let length = word.chars().count();
        let room = if lines.is_empty() { first } else { rest };
        if line.is_empty() && used == 0 {
            used = length;
        } else if used + 1 + length <= room || word.is_empty() {
            line.push(' ');
            used += 1 + length;
        } else {
            lines.push(std::mem::take(&mut line));
            used = length;
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::{LINE_LIMIT, cut, wrap};

    #[test]
    fn wraps_at_spaces_and_keeps_words_whole() {
        assert_eq!(wrap("aa bb cc", 5, 5), ["aa bb", "cc"]);
        assert_eq!(wrap("aaaaaaaaaa b", 5, 5), ["aaaaaaaaaa", "b"]);
        assert_eq!(wrap("fix   (two)", 40, 40), ["fix   (two)"]);
        assert_eq!(wrap("", 5, 5), [""]);
    }

    #[test]
    fn a_very_long_line_is_cut_and_says_so() {
        let line = "ä".repeat(LINE_LIMIT + 7);
        assert!(cut(&line).ends_with("ä … 7 more characters, see the JSON report"));
        assert_eq!(cut("short"), "short");
    }
}
