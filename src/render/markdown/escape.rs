//! The one escape module of the Markdown format: every string of a Report becomes text here, and stays text.
//!
//! What readers of GitHub's flavour make of plain text beside Markdown itself (mentions, references to issues and
//! commits, bare URLs, `:emoji:`, math) is kept off in the one place where all of them keep off: code spans. Prose
//! therefore keeps its plain words, and every word that is more than letters and digits becomes code, which is also
//! how people write paths, versions and flags. What is hidden (controls, bidi overrides) is spelled out, and commands
//! of CI runners are broken, as on the terminal: a summary is printed in logs, too.

use crate::render::text;

/// Backticks in a row that a code span of its own length is put around; more are spelled out, because cmark gives
/// up on long runs.
const BACKTICKS: usize = 3;
/// Backticks in a row that a fence of its own length is put around; cmark keeps the length in a byte.
const FENCE: usize = 20;
/// Characters of a line in a fence; the rest is cut.
const LINE: usize = 400;
/// What may follow the last word of a sentence or of a remark.
const END: [char; 7] = [',', ';', ':', '.', '!', '?', ')'];
/// Shortest abbreviated name of a commit that GitHub makes a link of.
const COMMIT: usize = 7;

/// One line of foreign text, cut at `most` characters, with nothing in it that acts unseen.
fn visible(text: &str, most: usize) -> String {
    // Once before, or 10 MB would be looked at, and once for what has become longer.
    cut(&text::escape(&cut(text, most)), most)
}

/// The first `most` characters, and a sign where there are more.
fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some((at, _)) => format!("{}…", &text[..at]),
    }
}

/// A code span that shows exactly this text (cut at `most` characters); never empty.
pub(super) fn code(text: &str, most: usize) -> String {
    let text = visible(text.trim(), most);
    if text.trim().is_empty() { "`?`".to_owned() } else { span(&text) }
}

/// A code span around text that is visible already.
fn span(text: &str) -> String {
    let text = spell_long_runs(text, BACKTICKS);
    let ticks = "`".repeat(longest_run(&text) + 1);
    // One space on each side is taken away again where both are there.
    let blank = |c: Option<char>| matches!(c, Some(' ' | '`'));
    let pad = if blank(text.chars().next()) || blank(text.chars().next_back()) { " " } else { "" };
    format!("{ticks}{pad}{text}{pad}{ticks}")
}

/// The longest run of backticks.
fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// Runs of more than `most` backticks, spelled out.
fn spell_long_runs(text: &str, most: usize) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('`') {
        let run = rest[at..].bytes().take_while(|byte| *byte == b'`').count();
        out.push_str(&rest[..at]);
        out.push_str(&if run > most { r"\u{60}".repeat(run) } else { "`".repeat(run) });
        rest = &rest[at + run..];
    }
    out + rest
}

/// One line of prose, cut at `most` characters: plain words as they are, all other words as code.
pub(super) fn prose(text: &str, most: usize) -> String {
    let text = visible(text.trim(), most);
    let mut out = String::with_capacity(text.len() + 16);
    // Code that follows code is one span with it.
    let mut code = String::new();
    for word in text.split_whitespace() {
        let Word { open, core, close, plain } = Word::of(word);
        if !code.is_empty() && !plain && open.is_empty() {
            code.push(' ');
        } else {
            flush(&mut out, &mut code);
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(open);
        }
        if plain {
            out.push_str(core);
        } else {
            code.push_str(core);
        }
        if plain || !close.is_empty() {
            flush(&mut out, &mut code);
            out.push_str(close);
        }
    }
    flush(&mut out, &mut code);
    out
}

/// Ends a code span.
fn flush(out: &mut String, code: &mut String) {
    if !code.is_empty() {
        out.push_str(&span(code));
        code.clear();
    }
}

/// A word of prose. What encloses it and what follows it in a sentence stays outside of the code.
struct Word<'a> {
    open: &'a str,
    core: &'a str,
    close: &'a str,
    /// Whether no reader makes anything of it.
    plain: bool,
}

impl<'a> Word<'a> {
    fn of(word: &'a str) -> Self {
        // `(see` opens a remark, `(*T).Run` is a name.
        let opens = |rest: &&str| !rest.trim_end_matches(END).contains(')');
        let body = word.strip_prefix('(').filter(opens).unwrap_or(word);
        let mut core = body.trim_end_matches([',', ';', ':', '.', '!', '?']);
        // The closing bracket belongs to an opening one; `f()` has its own.
        if let Some(inner) = core.strip_suffix(')').filter(|inner| !inner.contains('(')) {
            core = inner;
        }
        if core.is_empty() {
            return Self { open: "", core: word, close: "", plain: false };
        }
        let (open, close) = (&word[..word.len() - body.len()], &body[core.len()..]);
        let quoted = core.trim_matches(['"', '\'', '…']);
        let lists = is_number(quoted) && close.starts_with(['.', ')']);
        Self { open, core, close, plain: is_plain(quoted) && !lists }
    }
}

/// Whether no reader makes anything of the word: letters and digits, with hyphens and apostrophes among them, that
/// are neither a commit nor the key of an issue.
fn is_plain(word: &str) -> bool {
    let inside = |c: char| c.is_alphanumeric() || (!c.is_ascii() && !c.is_whitespace());
    let joined = |c: char| inside(c) || matches!(c, '-' | '\'');
    let is_hex = word.len() >= COMMIT && word.bytes().all(|b| b.is_ascii_hexdigit());
    let is_key = word.split('-').skip(1).any(|part| part.starts_with(|c: char| c.is_ascii_digit()));
    word.starts_with(inside)
        && word.ends_with(inside)
        && word.chars().all(joined)
        && !is_hex
        && !is_key
}

/// Whether the word would begin a numbered list.
fn is_number(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_digit())
}

/// Markdown of this module as one cell of a table. Bars stand in code spans only; a table takes `\|` for one there,
/// and a bar behind a backslash is spelled out, because readers differ on it.
pub(super) fn cell(markdown: &str) -> String {
    let mut out = String::with_capacity(markdown.len() + 8);
    let mut last = ' ';
    for c in markdown.chars() {
        match c {
            '|' if last == '\\' => out.push_str("u{7c}"),
            '|' => out.push_str("\\|"),
            '\n' => out.push(' '),
            c => out.push(c),
        }
        last = c;
    }
    out
}

/// A fenced block of lines, indented by `indent` columns to stand in a list.
pub(super) fn fence<S: AsRef<str>>(kind: &str, lines: &[S], indent: usize) -> String {
    let lines: Vec<String> = lines
        .iter()
        .map(|line| spell_long_runs(&visible(line.as_ref().trim_end(), LINE), FENCE))
        .collect();
    let ticks =
        "`".repeat(lines.iter().map(|line| longest_run(line)).max().unwrap_or(0).max(2) + 1);
    let mut out = format!("{:indent$}{ticks}{kind}\n", "");
    for line in lines {
        out.push_str(format!("{:indent$}{line}", "").trim_end());
        out.push('\n');
    }
    out + &format!("{:indent$}{ticks}\n", "")
}

/// Text inside of an HTML element of ours; it stands in `<code>`, so that no reader looks into it.
pub(super) fn html(text: &str, most: usize) -> String {
    let mut out = String::from("<code>");
    for c in visible(text.trim(), most).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out + "</code>"
}

/// Text inside of a quoted label of Mermaid, cut at `most` characters: letters, digits and what paths are made of, the
/// rest as Mermaid's own entities. A label that looks like a list is one to Mermaid, so the dot behind a leading
/// number is an entity as well.
pub(super) fn label(text: &str, most: usize) -> String {
    let mut out = String::new();
    let mut leading_number = true;
    for c in visible(text.trim(), most).chars() {
        let plain = c.is_ascii_alphanumeric()
            || matches!(c, '/' | ' ')
            || (matches!(c, '.' | '-' | '_') && !leading_number)
            || (!c.is_ascii() && c.is_alphanumeric());
        leading_number &= c.is_ascii_digit();
        if plain {
            out.push(c);
        } else {
            out.push_str(&format!("#{};", u32::from(c)));
        }
    }
    out
}

#[cfg(test)]
mod tests;
