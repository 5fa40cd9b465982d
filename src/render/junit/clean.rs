//! Strings: what may stand in an XML file that CI systems read.
//!
//! Compiler errors, file names and module paths come from outside. Everything that XML 1.0 cannot
//! hold, and everything that a reader takes for a command, is taken out here, before the JUnit crate
//! sees the string: the crate writes what it gets.

use std::borrow::Cow;

use super::LONGEST_NAME;

/// Stands for a run of characters that no XML file can hold.
const REPLACEMENT: char = '\u{fffd}';
/// What GitLab, Azure Pipelines and Jenkins read as a request to publish a file of the runner.
const ATTACHMENT: &str = "[[ATTACHMENT";

/// Text of several lines: no terminal sequences, no control characters but tab and line feed, none
/// that XML forbids, no attachment requests. Clean text comes back as it is.
pub(super) fn text(raw: &str) -> Cow<'_, str> {
    let text = without_controls(raw);
    match without_attachments(&text) {
        Some(changed) => Cow::Owned(changed),
        None => text,
    }
}

/// One line of at most `longest` UTF-16 units, every run of white space one space: attributes cannot
/// hold line ends, and schema type `token` folds spaces anyway.
pub(super) fn line(raw: &str, longest: usize) -> String {
    let text = text(raw);
    let mut folded = String::with_capacity(text.len().min(longest));
    for word in text.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(word);
        // A UTF-16 unit takes at most three bytes, so this is too long already.
        if folded.len() / 4 > longest {
            break;
        }
    }
    shorten(folded, longest)
}

/// A name: one line, never empty, short enough for every reader.
pub(super) fn name(raw: &str) -> String {
    let name = line(raw, LONGEST_NAME);
    if name.is_empty() { "(no name)".to_owned() } else { name }
}

/// A message: one line, never empty.
pub(super) fn message(raw: &str, longest: usize) -> String {
    let message = line(raw, longest);
    if message.is_empty() { "(no message)".to_owned() } else { message }
}

/// Text for a CDATA section of the JUnit crate, which does not look for the section's end: splits
/// `]]>` over two sections. The repair pass joins them.
pub(super) fn for_cdata(raw: &str) -> String {
    text(raw).replace("]]>", "]]]]><![CDATA[>")
}

/// `/` for `\`, no `./` in front; `None` for a path that does not lie in the repository: absolute,
/// leading out of it, or of a dependency (`module@version/…`).
pub(super) fn source_path(raw: &str) -> Option<String> {
    let path = line(raw, usize::MAX).replace('\\', "/");
    let path = path.trim_start_matches("./");
    let outside = path.is_empty()
        || path.starts_with('/')
        || path.get(1..2) == Some(":")
        || path.split('/').any(|part| part == ".." || part.find('@').is_some_and(|at| at > 0));
    (!outside).then(|| path.to_owned())
}

/// Cuts the middle out, so that the beginning and the end stay.
fn shorten(text: String, longest: usize) -> String {
    // A string has at most as many UTF-16 units as bytes.
    if text.len() <= longest || text.chars().map(char::len_utf16).sum::<usize>() <= longest {
        return text;
    }
    let tail_units = longest / 4;
    let head_units = longest - tail_units - 1;
    let head = take_units(text.chars(), head_units);
    let tail: String = take_units(text.chars().rev(), tail_units).chars().rev().collect();
    format!("{head}…{tail}")
}

fn take_units(chars: impl Iterator<Item = char>, units: usize) -> String {
    let mut left = units;
    chars
        .take_while(|c| {
            let fits = c.len_utf16() <= left;
            left = left.saturating_sub(c.len_utf16());
            fits
        })
        .collect()
}

/// Whether the character may stand in the file: XML 1.0's `Char`, less DEL and the C1 controls,
/// which terminals obey, less the carriage return, which XML turns into a line feed.
pub(super) fn allowed(c: char) -> bool {
    matches!(c, '\t' | '\n' | ' '..='~' | '\u{a0}'..='\u{fffd}' | '\u{10000}'..)
}

fn without_controls(raw: &str) -> Cow<'_, str> {
    let Some(dirty) = raw.char_indices().find(|(_, c)| !allowed(*c)).map(|(at, _)| at) else {
        return Cow::Borrowed(raw);
    };
    let mut out = String::with_capacity(raw.len());
    out.push_str(&raw[..dirty]);
    let mut rest = &raw[dirty..];
    let mut in_run = false;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        let mut run = false;
        match c {
            '\u{1b}' | '\u{90}' | '\u{98}' | '\u{9b}' | '\u{9d}'..='\u{9f}' => {
                rest = after_sequence(c, after);
                continue;
            }
            '\r' if after.starts_with('\n') => {}
            '\r' => out.push('\n'),
            c if allowed(c) => out.push(c),
            _ => {
                run = true;
                if !in_run {
                    out.push(REPLACEMENT);
                }
            }
        }
        in_run = run;
        rest = after;
    }
    Cow::Owned(out)
}

/// What follows the terminal sequence that `introducer` began. A sequence that does not end on its
/// line loses only its introducer: nothing may hide the words of an error behind it.
fn after_sequence(introducer: char, after: &str) -> &str {
    let (kind, body) = match introducer {
        '\u{1b}' => match after.chars().next() {
            Some(next @ ('[' | ']' | 'P' | 'X' | '^' | '_')) => (next, &after[1..]),
            _ => ('\u{1b}', after),
        },
        '\u{9b}' => ('[', after),
        _ => (']', after),
    };
    let ends = match kind {
        '[' => control_sequence_end(body, '0'..='?', '@'..='~'),
        '\u{1b}' => control_sequence_end(body, ' '..='/', '0'..='~'),
        _ => string_end(body),
    };
    ends.map_or(after, |end| &body[end..])
}

/// The end of parameters and intermediates and one final character.
fn control_sequence_end(
    body: &str,
    parameters: std::ops::RangeInclusive<char>,
    last: std::ops::RangeInclusive<char>,
) -> Option<usize> {
    let (at, c) =
        body.char_indices().find(|(_, c)| !parameters.contains(c) && !(' '..='/').contains(c))?;
    last.contains(&c).then(|| at + c.len_utf8())
}

/// The end of a string that BEL, ST or ESC `\` closes on the same line.
fn string_end(body: &str) -> Option<usize> {
    let (at, c) = body
        .char_indices()
        .find(|(_, c)| matches!(c, '\u{7}' | '\u{9c}' | '\u{1b}' | '\n' | '\r'))?;
    match c {
        '\u{7}' | '\u{9c}' => Some(at + c.len_utf8()),
        '\u{1b}' => body[at + 1..].starts_with('\\').then_some(at + 2),
        _ => None,
    }
}

/// The text with a space in every attachment request; `None` where there is none.
fn without_attachments(text: &str) -> Option<String> {
    let mut changed = String::new();
    let mut copied = 0;
    for (at, _) in text.match_indices('[') {
        let found = text.as_bytes()[at..].get(..ATTACHMENT.len());
        if found.is_some_and(|found| found.eq_ignore_ascii_case(ATTACHMENT.as_bytes())) {
            changed.push_str(&text[copied..=at]);
            changed.push(' ');
            copied = at + 1;
        }
    }
    if copied == 0 {
        return None;
    }
    changed.push_str(&text[copied..]);
    Some(changed)
}

/// Escaped for XML text or a double-quoted attribute value. Beside what XML demands, what the log of
/// a CI job obeys when somebody prints the file (`::error` at the beginning of a line, `##[` and
/// `##vso[` anywhere) is written with a character reference: parsers see the same text.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut before = '\n';
    let mut chars = text.chars().peekable();
    // White space in front of a workflow command does not disarm it.
    let mut line_start = true;
    while let Some(c) = chars.next() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            ':' if line_start && chars.peek() == Some(&':') => out.push_str("&#58;"),
            '#' if before == '#' => out.push_str("&#35;"),
            c => out.push(c),
        }
        line_start = c == '\n' || (line_start && c.is_whitespace());
        before = c;
    }
    out
}

/// The most bytes that `escape` makes of the character.
pub(super) fn escaped_len(c: char) -> usize {
    match c {
        '&' | ':' | '#' => 5,
        '<' | '>' => 4,
        '"' => 6,
        c => c.len_utf8(),
    }
}

/// Clean text that takes at most `budget` bytes when escaped; what is cut off is told. Text that is
/// much longer is not even looked at to its end.
pub(super) fn capped_text(raw: &str, budget: usize) -> Cow<'_, str> {
    let head = &raw[..raw.floor_char_boundary(budget.saturating_mul(4))];
    let unseen = raw.len() - head.len();
    match text(head) {
        Cow::Borrowed(clean) => cut(clean, unseen, budget),
        Cow::Owned(clean) => Cow::Owned(cut(&clean, unseen, budget).into_owned()),
    }
}

/// The text cut at the end so that it takes at most `budget` bytes when escaped, with a word on what
/// is missing.
pub(super) fn cap(text: &str, budget: usize) -> Cow<'_, str> {
    cut(text, 0, budget)
}

fn cut(text: &str, unseen: usize, budget: usize) -> Cow<'_, str> {
    /// Room for the notice.
    const NOTICE: usize = 80;
    let keep = budget.saturating_sub(NOTICE);
    let (mut used, mut end) = (0, 0);
    for (at, c) in text.char_indices() {
        used += escaped_len(c);
        if used <= keep {
            end = at + c.len_utf8();
        }
        if used > budget {
            break;
        }
    }
    if used <= budget && unseen == 0 {
        return Cow::Borrowed(text);
    }
    let left = text.len() - end + unseen;
    Cow::Owned(format!("{}\n… {left} bytes more stand in the JSON report", &text[..end]))
}

#[cfg(test)]
mod tests;
