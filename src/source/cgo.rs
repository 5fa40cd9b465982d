//! `#cgo LDFLAGS` directives that windows/amd64 has and windows/arm64 has not: there cgo by itself does not help.
//!
//! Read as go/build reads them (saveCgo, matchAuto of Go 1.26): lines of the comment right in front of
//! `import "C"`, `#cgo [condition…] VERB: words`, where one condition has to hold: `a,!b` as in the old `+build`
//! lines, or an expression with `&&`, `||` and parentheses.

use crate::facts::SourceFacts;
use crate::facts::source::{CgoDirective, SourcePlace};

use super::lexer::{Lexer, Token, TokenKind};
use super::package::{PackageText, SourceFile};

/// Directives that are read of one package.
const MAX_DIRECTIVES: usize = 10_000;
/// Parentheses and `!` in each other that are followed in a condition.
const MAX_DEPTH: usize = 64;
/// Bytes of a directive that are kept.
const MAX_TEXT: usize = 300;

/// Adds what is found in a package.
pub(super) fn find(package: &PackageText<'_>, facts: &mut SourceFacts) {
    let mut all = Vec::new();
    for file in &package.cgo {
        directives(file, &mut all);
    }
    let libraries = |one: &&Directive| one.words.iter().any(|word| names_library(word));
    let ldflags = || all.iter().filter(libraries);
    // One that is for arm64 alone is the counterpart of whatever amd64 has.
    if ldflags().any(|one| one.on("arm64") && !one.on("amd64")) {
        return;
    }
    let both: Vec<&String> =
        ldflags().filter(|one| one.on("arm64")).flat_map(|one| &one.words).collect();
    let lost = |one: &&Directive| {
        one.words.iter().any(|word| names_library(word) && !both.contains(&word))
    };
    let found = ldflags().filter(|one| one.on("amd64") && !one.on("arm64")).filter(lost);
    facts.cgo.extend(found.map(|one| CgoDirective {
        place: SourcePlace {
            file: one.file.clone(),
            line: one.line,
            text: cut(&one.text),
            function: None,
        },
        condition: one.conditions.join(" "),
        flags: cut(&one.words.join(" ")),
    }));
}

/// One `#cgo LDFLAGS` line.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Directive {
    file: String,
    line: u32,
    text: String,
    conditions: Vec<String>,
    words: Vec<String>,
}

impl Directive {
    /// Whether it holds for windows on this architecture.
    fn on(&self, arch: &str) -> bool {
        self.conditions.is_empty() || self.conditions.iter().any(|one| holds(one, arch))
    }
}

/// Whether a word of LDFLAGS is a library, a place of libraries or an object.
fn names_library(word: &str) -> bool {
    let file = !word.starts_with('-')
        && [".a", ".lib", ".dll", ".o", ".obj"].iter().any(|end| word.ends_with(end));
    file || (word.len() > 2 && (word.starts_with("-l") || word.starts_with("-L")))
}

fn cut(text: &str) -> String {
    let end = (0..=text.len().min(MAX_TEXT)).rev().find(|at| text.is_char_boundary(*at));
    text.get(..end.unwrap_or(0)).unwrap_or_default().to_owned()
}

/// The directives in the comment of `import "C"`.
fn directives(file: &SourceFile<'_>, found: &mut Vec<Directive>) {
    for comment in preamble(file.bytes) {
        let bytes = file.bytes.get(comment.start..comment.end).unwrap_or_default();
        let text = String::from_utf8_lossy(bytes);
        let text = match text.strip_prefix("/*") {
            Some(block) => block.strip_suffix("*/").unwrap_or(block),
            None => text.strip_prefix("//").unwrap_or(&text),
        };
        for (below, line) in text.lines().enumerate() {
            let line_number = u32::try_from(comment.at.row + 1 + below).unwrap_or(u32::MAX);
            let Some((conditions, words)) = ldflags(line) else { continue };
            if found.len() >= MAX_DIRECTIVES {
                return;
            }
            found.push(Directive {
                file: file.name.to_owned(),
                line: line_number,
                text: line.trim().to_owned(),
                conditions,
                words,
            });
        }
    }
}

/// The comments right in front of `import "C"`, of all such imports.
fn preamble(src: &[u8]) -> Vec<Token> {
    let text = |token: &Token| src.get(token.start..token.end).unwrap_or_default();
    let rows = |token: &Token| text(token).iter().filter(|byte| **byte == b'\n').count();
    let (mut found, mut group) = (Vec::new(), Vec::<Token>::new());
    // The comment of the whole `import`, and whether it stands in parentheses.
    let (mut declaration, mut listed) = (None::<Vec<Token>>, false);
    for token in Lexer::new(src) {
        let near = group.last().is_some_and(|last| last.at.row + rows(last) + 1 >= token.at.row);
        if !near {
            group.clear();
        }
        match (token.kind, text(&token)) {
            (TokenKind::Comment, _) => {
                group.push(token);
                continue;
            }
            (TokenKind::Word, b"import") => {
                (declaration, listed) = (Some(std::mem::take(&mut group)), false);
            }
            // Behind the imports there is nothing to find.
            (TokenKind::Word, b"func" | b"var" | b"const" | b"type") => break,
            (TokenKind::Other, b"(") => listed = true,
            (TokenKind::Text, b"\"C\"" | b"`C`") => {
                let own = std::mem::take(&mut group);
                let of_all = declaration.take().unwrap_or_default();
                found.extend(if listed && !own.is_empty() { own } else { of_all });
            }
            _ => {}
        }
        group.clear();
    }
    found
}

/// Conditions and words of a `#cgo … LDFLAGS: …` line.
fn ldflags(line: &str) -> Option<(Vec<String>, Vec<String>)> {
    let rest = line.trim().strip_prefix("#cgo")?;
    if !rest.starts_with([' ', '\t']) {
        return None;
    }
    let (head, flags) = rest.split_once(':')?;
    let mut head: Vec<String> = head.split_whitespace().map(str::to_owned).collect();
    (head.pop()? == "LDFLAGS").then(|| (head, split_quoted(flags)))
}

/// Words with quotes and backslashes taken off, as go/build's splitQuoted does.
fn split_quoted(text: &str) -> Vec<String> {
    let (mut words, mut word) = (Vec::new(), None::<String>);
    let (mut quote, mut escaped) = (None, false);
    for c in text.chars() {
        match (escaped, quote, c) {
            (true, ..) => {
                word.get_or_insert_default().push(c);
                escaped = false;
            }
            (_, _, '\\') => escaped = true,
            (_, Some(open), _) if open == c => quote = None,
            (_, Some(_), _) => word.get_or_insert_default().push(c),
            (_, None, '"' | '\'') => {
                word.get_or_insert_default();
                quote = Some(c);
            }
            (_, None, _) if c.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

/// Whether one condition holds for windows on this architecture. Tags of the user's own are not set.
fn holds(condition: &str, arch: &str) -> bool {
    if condition.contains(['&', '|', '(', ')']) {
        let mut expression = Expression { rest: condition, arch, depth: 0 };
        return expression.any() == Some(true) && expression.rest.is_empty();
    }
    condition.split(',').all(|term| match term.strip_prefix('!') {
        Some(tag) => is_tag(tag) && !is_set(tag, arch),
        None => is_set(term, arch),
    })
}

fn is_tag(tag: &str) -> bool {
    !tag.is_empty() && tag.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '.')
}

fn is_set(tag: &str, arch: &str) -> bool {
    matches!(tag, "windows" | "gc" | "cgo") || tag == arch || tag.starts_with("go1.")
}

/// An expression of `//go:build` (go/build/constraint) without white space.
struct Expression<'a> {
    rest: &'a str,
    arch: &'a str,
    depth: usize,
}

impl Expression<'_> {
    fn take(&mut self, sign: &str) -> bool {
        let rest = self.rest.strip_prefix(sign);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn any(&mut self) -> Option<bool> {
        let mut value = self.all()?;
        while self.take("||") {
            value |= self.all()?;
        }
        Some(value)
    }

    fn all(&mut self) -> Option<bool> {
        let mut value = self.not()?;
        while self.take("&&") {
            value &= self.not()?;
        }
        Some(value)
    }

    fn not(&mut self) -> Option<bool> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let value = if self.take("!") {
            !self.not()?
        } else if self.take("(") {
            let value = self.any()?;
            self.take(")").then_some(value)?
        } else {
            let end = self.rest.find(['&', '|', '(', ')', '!']).unwrap_or(self.rest.len());
            let (tag, rest) = self.rest.split_at_checked(end)?;
            self.rest = rest;
            is_tag(tag).then(|| is_set(tag, self.arch))?
        };
        self.depth -= 1;
        Some(value)
    }
}

#[cfg(test)]
mod tests;
