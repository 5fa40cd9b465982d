//! The preprocessor of Go's assembler: `#define`, `#include` and `#ifdef`, as cmd/asm/internal/lex/input.go of
//! Go 1.26 has them. What is defined is what `go build` defines for windows/arm64.
//!
//! Macros can grow a small text without limit, so every token that is read or made is counted.

use std::collections::HashMap;

use super::super::package::SourceFile;
use super::lex::{Kind, Lexer, Token};

/// Tokens that are read or made of one file. The largest assembly files have some 100,000.
const MAX_TOKENS: usize = 2 << 20;
/// Parameters of one macro: every name of its body is looked for among them.
const MAX_PARAMETERS: usize = 64;
/// Macros and headers that are open at a time, and macros in a row that stand for nothing but macros; cmd/asm
/// gives up at 100 of the latter.
const MAX_DEPTH: usize = 100;
/// What `go build` defines (cmd/go/internal/work/gc.go, asmArgs). GOARM64_LSE depends on the user's GOARM64, and
/// no file is for Windows by it.
const DEFINED: &[&[u8]] = &[b"GOOS_windows", b"GOARCH_arm64"];

/// Why a file could not be read to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum PreprocessError {
    /// More than [`MAX_TOKENS`].
    #[error("with its macros it has more than {MAX_TOKENS} tokens")]
    TooMany,
    /// Deeper than [`MAX_DEPTH`].
    #[error("more than {MAX_DEPTH} of its macros and headers are in each other")]
    TooDeep,
    /// A line that begins with `#` and that Go's assembler does not know; a C compiler might.
    #[error("line {0} begins with a # that Go's assembler does not know")]
    Directive(u32),
    /// A macro is used without the end of its arguments.
    #[error("the macro in line {0} is used without all of its arguments")]
    Arguments(u32),
}

#[derive(Debug, Clone)]
struct Macro<'a> {
    /// Names of its parameters; `None` where it has no parentheses.
    parameters: Option<Vec<&'a [u8]>>,
    body: Vec<Token<'a>>,
}

#[derive(Debug)]
enum Frame<'a> {
    File(Lexer<'a>),
    /// Tokens that a macro stands for, last one first.
    Tokens(Vec<Token<'a>>),
}

/// Gives the tokens that the assembler sees.
#[derive(Debug)]
pub(super) struct Preprocessor<'a> {
    headers: &'a [SourceFile<'a>],
    frames: Vec<Frame<'a>>,
    macros: HashMap<&'a [u8], Macro<'a>>,
    /// For each open `#ifdef`: whether what follows counts.
    conditions: Vec<bool>,
    at_line_start: bool,
    left: usize,
}

type Next<'a> = Result<Option<Token<'a>>, PreprocessError>;

impl<'a> Preprocessor<'a> {
    /// Starts at the first byte of `bytes`. `headers` are the files that it may include.
    pub(super) fn new(bytes: &'a [u8], headers: &'a [SourceFile<'a>]) -> Self {
        let one = |name: &&'a [u8]| (*name, Macro { parameters: None, body: Vec::new() });
        Self {
            headers,
            frames: vec![Frame::File(Lexer::new(bytes, 0))],
            macros: DEFINED.iter().map(one).collect(),
            conditions: Vec::new(),
            at_line_start: true,
            left: MAX_TOKENS,
        }
    }

    /// The next token that counts.
    ///
    /// # Errors
    /// See [`PreprocessError`]; nothing follows then.
    pub(super) fn token(&mut self) -> Next<'a> {
        let mut in_a_row = 0;
        while let Some(token) = self.raw()? {
            let start = std::mem::replace(&mut self.at_line_start, token.kind == Kind::Line);
            if start && token.is(b"#") {
                self.directive(token.line)?;
                continue;
            }
            if !self.counts() {
                continue;
            }
            if token.kind == Kind::Name && self.expand(token)? {
                in_a_row += 1;
                if in_a_row > MAX_DEPTH {
                    return Err(PreprocessError::TooDeep);
                }
                continue;
            }
            return Ok(Some(token));
        }
        Ok(None)
    }

    fn counts(&self) -> bool {
        self.conditions.last().copied().unwrap_or(true)
    }

    fn spend(&mut self, tokens: usize) -> Result<(), PreprocessError> {
        self.left = self.left.checked_sub(tokens).ok_or(PreprocessError::TooMany)?;
        Ok(())
    }

    /// The next token of what is open, without looking at what it means.
    fn raw(&mut self) -> Next<'a> {
        self.spend(1)?;
        while let Some(frame) = self.frames.last_mut() {
            let token = match frame {
                Frame::File(lexer) => lexer.next(),
                Frame::Tokens(tokens) => tokens.pop(),
            };
            if token.is_some() {
                return Ok(token);
            }
            self.frames.pop();
        }
        Ok(None)
    }

    fn push(&mut self, frame: Frame<'a>) -> Result<(), PreprocessError> {
        // A macro that is used up makes room first, as what stands at the end of another.
        while matches!(self.frames.last(), Some(Frame::Tokens(tokens)) if tokens.is_empty()) {
            self.frames.pop();
        }
        if self.frames.len() >= MAX_DEPTH {
            return Err(PreprocessError::TooDeep);
        }
        self.frames.push(frame);
        Ok(())
    }

    /// Puts what a macro stands for in the place of its name; whether the name is one.
    fn expand(&mut self, name: Token<'a>) -> Result<bool, PreprocessError> {
        let Some(found) = self.macros.get(name.text) else { return Ok(false) };
        let Some(parameters) = found.parameters.clone() else {
            let body = found.body.clone();
            self.stand_in(name, body)?;
            return Ok(true);
        };
        let Some(open) = self.raw()? else { return Ok(false) };
        if !open.is(b"(") {
            // Without arguments its name is a name like any other.
            self.push(Frame::Tokens(vec![open]))?;
            return Ok(false);
        }
        let arguments = self.arguments(name.line)?;
        let Some(found) = self.macros.get(name.text) else { return Ok(false) };
        let mut body = Vec::new();
        for token in &found.body {
            let at = parameters
                .iter()
                .position(|parameter| token.kind == Kind::Name && *parameter == token.text);
            match at.and_then(|at| arguments.get(at)) {
                Some(argument) => body.extend_from_slice(argument),
                None => body.push(*token),
            }
            if body.len() > self.left {
                return Err(PreprocessError::TooMany);
            }
        }
        self.stand_in(name, body)?;
        Ok(true)
    }

    fn stand_in(
        &mut self,
        name: Token<'a>,
        mut body: Vec<Token<'a>>,
    ) -> Result<(), PreprocessError> {
        self.spend(body.len())?;
        for token in &mut body {
            (token.file, token.line) = (name.file, name.line);
        }
        body.reverse();
        self.push(Frame::Tokens(body))
    }

    /// The arguments of a macro, up to the closing parenthesis.
    fn arguments(&mut self, line: u32) -> Result<Vec<Vec<Token<'a>>>, PreprocessError> {
        let (mut all, mut one, mut depth) = (Vec::new(), Vec::new(), 0usize);
        while let Some(token) = self.raw()? {
            if token.kind == Kind::Line {
                break;
            }
            if depth == 0 && (token.is(b",") || token.is(b")")) {
                all.push(std::mem::take(&mut one));
                if token.is(b")") {
                    return Ok(all);
                }
                continue;
            }
            if token.is(b"(") {
                depth += 1;
            } else if token.is(b")") {
                depth = depth.saturating_sub(1);
            }
            one.push(token);
        }
        Err(PreprocessError::Arguments(line))
    }

    /// A line that begins with `#`.
    fn directive(&mut self, line: u32) -> Result<(), PreprocessError> {
        let word = self.raw()?.map_or(&b""[..], |token| token.text);
        match word {
            b"ifdef" | b"ifndef" => {
                let name = self.rest_of_line()?;
                let defined = name.first().is_some_and(|name| self.macros.contains_key(name.text));
                let truth = self.counts() && defined == (word == b"ifdef");
                if self.conditions.len() >= MAX_DEPTH {
                    return Err(PreprocessError::TooDeep);
                }
                self.conditions.push(truth);
            }
            b"else" => {
                self.rest_of_line()?;
                let Some(inner) = self.conditions.pop() else {
                    return Err(PreprocessError::Directive(line));
                };
                let outer = self.counts();
                self.conditions.push(outer && !inner);
            }
            b"endif" => {
                self.rest_of_line()?;
                self.conditions.pop().ok_or(PreprocessError::Directive(line))?;
            }
            // What is left out may be for another assembler.
            _ if !self.counts() => {
                self.rest_of_line()?;
            }
            b"define" => self.define()?,
            b"undef" => {
                if let Some(name) = self.rest_of_line()?.first() {
                    self.macros.remove(name.text);
                }
            }
            b"include" => {
                if let Some(name) = self.rest_of_line()?.first().copied() {
                    self.include(name.text)?;
                }
            }
            b"line" => {
                self.rest_of_line()?;
            }
            _ => return Err(PreprocessError::Directive(line)),
        }
        self.at_line_start = true;
        Ok(())
    }

    fn rest_of_line(&mut self) -> Result<Vec<Token<'a>>, PreprocessError> {
        let mut rest = Vec::new();
        while let Some(token) = self.raw()? {
            if token.kind == Kind::Line {
                break;
            }
            rest.push(token);
        }
        Ok(rest)
    }

    /// `#define NAME body` and `#define NAME(a, b) body`; a `\` takes the next line in.
    fn define(&mut self) -> Result<(), PreprocessError> {
        let Some(name) = self.raw()? else { return Ok(()) };
        if name.kind == Kind::Line {
            return Ok(());
        }
        let mut body = Vec::new();
        while let Some(token) = self.raw()? {
            if token.kind == Kind::Line {
                break;
            }
            if token.is(b"\\") {
                // The line break belongs to the body: it ends a statement there.
                body.extend(self.raw()?);
            } else {
                body.push(token);
            }
        }
        let mut parameters = None;
        if body.first().is_some_and(|first| first.is(b"(") && first.glued)
            && let Some(close) = body.iter().position(|token| token.is(b")"))
        {
            let inside = body.drain(..=close);
            let names = inside.filter(|token| token.kind == Kind::Name).map(|token| token.text);
            let names: Vec<&[u8]> = names.collect();
            if names.len() > MAX_PARAMETERS {
                return Err(PreprocessError::TooMany);
            }
            parameters = Some(names);
        }
        self.macros.insert(name.text, Macro { parameters, body });
        Ok(())
    }

    /// A header of the package. Go's own (`textflag.h`) and those that are not there define nothing of interest.
    fn include(&mut self, name: &[u8]) -> Result<(), PreprocessError> {
        let quoted = |name: &'a str, text: &[u8]| {
            text.strip_prefix(b"\"").and_then(|text| text.strip_suffix(b"\""))
                == Some(name.as_bytes())
        };
        let headers = self.headers;
        let found = headers.iter().enumerate().find(|(_, header)| quoted(header.name, name));
        match found {
            Some((at, header)) => self.push(Frame::File(Lexer::new(header.bytes, at + 1))),
            None => Ok(()),
        }
    }
}
