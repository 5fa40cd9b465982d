//! Rust sources as a rule sees them: no comments, no strings, and test code told from the rest.
//!
//! This is no compiler: it knows how comments, strings and characters end, where `#[cfg(test)]` modules
//! are, and which paths start at the crate's root. That is enough for rules about who may use what, and
//! what it cannot see (a macro that builds a path) does not occur here.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use regex::Regex;

use crate::repository;

/// One file below `src/`.
pub(crate) struct Source {
    /// Relative to the repository, with `/`.
    pub(crate) path: String,
    /// The text with comments, strings and characters blanked; lines stay where they are.
    pub(crate) code: String,
    /// The same without `#[cfg(test)]` modules; empty where the whole file is one.
    pub(crate) product: String,
}

impl Source {
    /// The module of the crate's root that the file belongs to: `checks` for `src/checks/imports.rs`.
    pub(crate) fn module(&self) -> &str {
        let inside = self.path.strip_prefix("src/").unwrap_or(&self.path);
        let first = inside.split('/').next().unwrap_or_default();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// How many modules the file is below the crate's root.
    fn depth(&self) -> usize {
        let parts: Vec<&str> = self.path.split('/').skip(1).collect();
        let root = matches!(parts.last(), Some(&"mod.rs"))
            || matches!(parts.as_slice(), ["lib.rs" | "main.rs"]);
        parts.len() - usize::from(root)
    }
}

/// Every file below `src/`.
pub(crate) fn sources() -> &'static [Source] {
    static SOURCES: OnceLock<Vec<Source>> = OnceLock::new();
    SOURCES.get_or_init(read)
}

fn read() -> Vec<Source> {
    let mut sources: Vec<Source> = repository::files()
        .iter()
        .filter(|path| path.starts_with("src/") && path.ends_with(".rs"))
        .map(|path| {
            let code = strip(&repository::text(path));
            Source { path: path.clone(), product: without_test_modules(&code), code }
        })
        .collect();
    let tests: BTreeSet<String> = sources.iter().flat_map(test_files).collect();
    for source in &mut sources {
        let below = |test: &String| {
            source.path == format!("{test}.rs") || source.path.starts_with(&format!("{test}/"))
        };
        if tests.iter().any(below) {
            source.product.clear();
        }
    }
    assert!(sources.len() > 50, "the sources were not found");
    sources
}

fn test_module() -> &'static Regex {
    static PATTERN: OnceLock<Regex> = OnceLock::new();
    PATTERN.get_or_init(|| {
        Regex::new(
            r"#\[cfg\(test\)\]\s*(?:#\[[^\]]*\]\s*)*(?:pub(?:\([a-z]+\))?\s+)?mod\s+(\w+)\s*([;{])",
        )
        .unwrap()
    })
}

/// Files (without `.rs`) that this one declares as test modules.
fn test_files(source: &Source) -> Vec<String> {
    let stem = source.path.strip_suffix(".rs").unwrap_or(&source.path);
    let folder = stem.strip_suffix("/mod").or_else(|| stem.strip_suffix("/lib")).unwrap_or(stem);
    test_module()
        .captures_iter(&source.code)
        .filter(|found| &found[2] == ";")
        .map(|found| format!("{folder}/{}", &found[1]))
        .collect()
}

fn without_test_modules(code: &str) -> String {
    let mut code = code.to_owned();
    while let Some(found) = test_module().captures_iter(&code).find(|found| &found[2] == "{") {
        let (start, open) = (found.get(0).unwrap().start(), found.get(0).unwrap().end() - 1);
        let end = closing(&code, open);
        let blank: String =
            code[start..end].chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
        code.replace_range(start..end, &blank);
    }
    code
}

/// The offset behind the brace that closes the one at `open`.
fn closing(code: &str, open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, byte) in code.bytes().enumerate().skip(open) {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 1 => return at + 1,
            b'}' => depth -= 1,
            _ => {}
        }
    }
    code.len()
}

/// Blanks comments, strings and characters; every line keeps its number.
pub(crate) fn strip(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let end = skipped(&chars, at);
        if end == at {
            out.push(chars[at]);
            at += 1;
            continue;
        }
        // A space stands for what is left out, so that words do not grow together.
        out.push(' ');
        out.extend(chars[at..end].iter().filter(|c| **c == '\n'));
        at = end;
    }
    out
}

/// Where a comment, string or character that begins at `at` ends; `at` where none begins.
fn skipped(chars: &[char], at: usize) -> usize {
    let is = |offset: usize, c: char| chars.get(at + offset) == Some(&c);
    let until = |from: usize, end: &[char]| {
        (from..chars.len())
            .find(|i| chars[*i..].starts_with(end))
            .map_or(chars.len(), |i| i + end.len())
    };
    if is(0, '/') && is(1, '/') {
        return (at..chars.len()).find(|i| chars[*i] == '\n').unwrap_or(chars.len());
    }
    if is(0, '/') && is(1, '*') {
        let (mut depth, mut i) = (1, at + 2);
        while depth > 0 && i < chars.len() {
            let (step, change) = match &chars[i..] {
                ['/', '*', ..] => (2, 1),
                ['*', '/', ..] => (2, -1),
                _ => (1, 0),
            };
            i += step;
            depth += change;
        }
        return i;
    }
    if is(0, 'r') && (is(1, '"') || is(1, '#')) && !in_word(chars, at) {
        let hashes = chars[at + 1..].iter().take_while(|c| **c == '#').count();
        if is(1 + hashes, '"') {
            let mut end = vec!['"'];
            end.extend(std::iter::repeat_n('#', hashes));
            return until(at + 2 + hashes, &end);
        }
    }
    if is(0, '"') {
        return quoted(chars, at, '"');
    }
    // A lifetime has no second quote behind its first letter.
    if is(0, '\'') && (is(1, '\\') || (is(2, '\'') && !is(1, '\''))) {
        return quoted(chars, at, '\'');
    }
    at
}

/// Whether the character before belongs to the same word; `b` and `c` before a raw string do not.
fn in_word(chars: &[char], at: usize) -> bool {
    let word = |i: usize| chars.get(i).is_some_and(|c| c.is_alphanumeric() || *c == '_');
    match at {
        0 => false,
        1 => word(0) && !matches!(chars[0], 'b' | 'c'),
        _ => word(at - 1) && (!matches!(chars[at - 1], 'b' | 'c') || word(at - 2)),
    }
}

fn quoted(chars: &[char], at: usize, quote: char) -> usize {
    let mut i = at + 1;
    while i < chars.len() {
        match chars[i] {
            '\\' => i += 2,
            c if c == quote => return i + 1,
            _ => i += 1,
        }
    }
    chars.len()
}

/// A path that starts at the crate's root, by `crate::` or by enough `super::`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Use {
    pub(crate) line: usize,
    /// `facts::image::Part`, `*` included.
    pub(crate) path: String,
}

/// Every such path of a file.
pub(crate) fn uses(source: &Source) -> Vec<Use> {
    let tokens = tokens(&source.code);
    let mut found = Vec::new();
    let (mut braces, mut inline) = (0_usize, Vec::new());
    let mut at = 0;
    while let Some((line, token)) = tokens.get(at).copied() {
        match token {
            "{" => braces += 1,
            "}" => {
                braces = braces.saturating_sub(1);
                if inline.last() == Some(&braces) {
                    inline.pop();
                }
            }
            "mod" if tokens.get(at + 2).is_some_and(|next| next.1 == "{") => inline.push(braces),
            "crate" | "super" => {
                let behind = at > 0 && tokens[at - 1].1 == "::";
                let mut end = at + 1;
                let mut supers = usize::from(token == "super");
                while token == "super"
                    && next(&tokens, end) == Some("::")
                    && next(&tokens, end + 1) == Some("super")
                {
                    supers += 1;
                    end += 2;
                }
                let root = token == "crate" || supers >= source.depth() + inline.len();
                if root && !behind && next(&tokens, end) == Some("::") {
                    let mut paths = Vec::new();
                    tree(&tokens, end + 1, String::new(), &mut paths);
                    found.extend(paths.into_iter().map(|path| Use { line, path }));
                }
                at = end;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    found
}

fn next<'a>(tokens: &[(usize, &'a str)], at: usize) -> Option<&'a str> {
    tokens.get(at).map(|token| token.1)
}

/// The paths of a use tree; returns the place behind it.
fn tree(
    tokens: &[(usize, &str)],
    mut at: usize,
    mut path: String,
    paths: &mut Vec<String>,
) -> usize {
    loop {
        match next(tokens, at) {
            Some("{") => {
                at += 1;
                while let Some(token) = next(tokens, at).filter(|token| *token != "}") {
                    at = if token == "," { at + 1 } else { tree(tokens, at, path.clone(), paths) };
                }
                return at + 1;
            }
            Some(word) if word == "*" || is_word(word) => {
                path = if path.is_empty() { word.to_owned() } else { format!("{path}::{word}") };
                at += 1;
            }
            _ => return at + 1,
        }
        if next(tokens, at) != Some("::") {
            paths.push(path);
            // `as name` inside a group.
            return if next(tokens, at) == Some("as") { at + 2 } else { at };
        }
        at += 1;
    }
}

fn is_word(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphanumeric() || c == '_')
}

/// Words, `::` and single characters, each with its line.
fn tokens(code: &str) -> Vec<(usize, &str)> {
    let mut tokens = Vec::new();
    for (line, text) in code.lines().enumerate() {
        let mut rest = text.trim_start();
        while let Some(first) = rest.chars().next() {
            let word =
                rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
            let length = match word {
                0 if rest.starts_with("::") => 2,
                0 => first.len_utf8(),
                word => word,
            };
            tokens.push((line + 1, &rest[..length]));
            rest = rest[length..].trim_start();
        }
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, text: &str) -> Source {
        let code = strip(text);
        Source { path: path.into(), product: without_test_modules(&code), code }
    }

    fn paths(path: &str, text: &str) -> Vec<String> {
        uses(&source(path, text)).into_iter().map(|found| found.path).collect()
    }

    #[test]
    fn comments_strings_and_characters_are_blanked() {
        let cases = [
            ("a // b\nc", "a  \nc"),
            ("a /* b /* c */ d\n */ e", "a  \n e"),
            (r#"x("a\"b // c") y"#, "x( ) y"),
            ("r#\"a\"b\"# z", "  z"),
            ("br\"\\\" z", "b  z"),
            ("r#type", "r#type"),
            ("'\"' f::<'a>('\\'', b'x') \"s\"", "  f::<'a>( , b )  "),
            ("for\"x\"", "for "),
        ];
        for (text, stripped) in cases {
            assert_eq!(strip(text), stripped, "{text}");
        }
    }

    #[test]
    fn paths_from_the_root_are_seen_however_they_are_written() {
        let used = |text| paths("src/checks/imports.rs", text);
        assert_eq!(
            used("use crate::facts::image::{A, b::{C, D as E}, *};"),
            ["facts::image::A", "facts::image::b::C", "facts::image::b::D", "facts::image::*"]
        );
        assert_eq!(
            used("use crate::{go, model::X};\nlet x = crate::image::read(y);"),
            ["go", "model::X", "image::read"]
        );
        assert_eq!(used("use super::super::go::list; use super::draft;"), ["go::list"]);
        assert_eq!(
            used("mod tests { use super::super::Check; use super::super::super::go; }"),
            ["go"]
        );
        assert_eq!(used("mod t { } use super::super::go;"), ["go"]);
        assert_eq!(used("pub(crate) fn f() {} // crate::go\nlet s = \"crate::go\";"), [""; 0]);
        assert_eq!(paths("src/redact.rs", "use super::model;"), ["model"]);
        assert_eq!(paths("src/go/mod.rs", "use super::model; use self::list;"), ["model"]);
    }

    #[test]
    fn test_modules_are_no_product() {
        let text =
            "fn a() {}\n#[cfg(test)]\n#[allow(x)]\nmod tests { fn b() { if c { d } } }\nfn e() {}";
        let source = source("src/model/mod.rs", text);
        assert!(source.product.contains("fn a") && source.product.contains("fn e"));
        assert!(!source.product.contains("fn b"));
        assert_eq!(source.product.lines().count(), text.lines().count());
        let text = "#[cfg(test)]\npub(crate) mod sample;\nmod real;";
        assert_eq!(
            test_files(&super::Source {
                path: "src/render/mod.rs".into(),
                ..self::source("x", text)
            }),
            ["src/render/sample"]
        );
    }
}
