//! What a Go file declares, and where: read from its text with a real parser.
//!
//! Answers come from the file alone: no types are resolved, no other file is read, and build
//! constraints are reported, not applied (`go list` does that).
//!
//! Speed: tree-sitter reads some MB a second, so callers first ask [`mentions`] which files are
//! worth it, and [`declarations`] shows the parser only what lies outside of function bodies,
//! composite literals and long strings.

pub(super) mod calls;
pub(super) mod code_bytes;
pub(super) mod cpu;
pub mod full;
pub(super) mod names;
mod node;
mod read;
pub(super) mod tables;

use std::ops::ControlFlow;
use std::thread;
use std::time::{Duration, Instant};

use tree_sitter::{ParseOptions, Parser, Tree};

use super::lexer::{Lexer, Outline, TokenKind, outline};

/// The largest source text that is parsed, in bytes. The largest generated files of public modules
/// (bindings of whole cloud services, embedded tables) stay below it; the tree of a text of this
/// size that is nothing but declarations takes some hundred MiB.
pub const MAX_SOURCE_BYTES: usize = 32 << 20;

/// The most tokens that may lie outside of bodies, composite literals and long strings: a high
/// count, which takes one for a byte of a number or a short string. See the figures that the test
/// on real code prints.
const MAX_TOKENS: usize = 4 << 20;

/// Bytes of stack that one token may cost: tree-sitter walks its parse stack by recursion, one call
/// of up to 128 bytes for each entry, and has at most one entry a token.
/// See <https://github.com/tree-sitter/tree-sitter/issues/5807>.
const STACK_PER_TOKEN: usize = 256;

/// What the parser's stack needs apart from that, in bytes.
const STACK_BASE: usize = 256 << 10;

/// Up to so many tokens the caller's thread is used as it is: half a MiB of its stack.
const TOKENS_ON_CALLERS_STACK: usize = 1 << 10;

/// How long one file may take at least. Code takes milliseconds; but for some text that is not Go
/// the parser's search for a repair grows with the square of the size.
const MIN_TIME: Duration = Duration::from_secs(2);

/// How long a token may take on average once [`MIN_TIME`] is used up: a hundred times the usual.
const TIME_PER_TOKEN: Duration = Duration::from_micros(20);

/// The most bytes of a literal that [`string_literals_containing`] hands out.
pub const MAX_LITERAL_BYTES: usize = 1024;

/// Why a Go file could not be read. The file is not at fault as far as Go is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GolangError {
    /// Larger than [`MAX_SOURCE_BYTES`].
    #[error("the Go source has {bytes} bytes, more than the limit of {limit}")]
    TooLarge {
        /// Its size in bytes.
        bytes: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// More tokens outside of bodies than any file that was written or generated to be compiled.
    #[error("the Go source has more than {limit} tokens outside of function bodies")]
    TooManyTokens {
        /// The limit.
        limit: usize,
    },
    /// The system refused the thread that large files are parsed on.
    #[error("no thread could be started to parse the Go source")]
    NoThread,
    /// The parser used up its time: the text is hardly Go.
    #[error("the Go source was not parsed within its time limit: it does not look like Go")]
    TooHard,
    /// The grammar does not fit the parser: a defect of this program.
    #[error("the Go grammar does not fit the parser")]
    Grammar,
}

/// What one Go file declares.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Declarations {
    /// The name behind `package`; empty where there is no package clause.
    pub package: String,
    /// The `//go:build` line that Go obeys (the first one in front of the package clause), without
    /// surrounding white space.
    pub build_line: Option<String>,
    /// Whether the file imports the pseudo package `"C"`, so that it exists only with cgo.
    pub imports_c: bool,
    /// Every top-level declaration, in the order of the file. A name may occur more than once
    /// (`init`, `_`).
    pub items: Vec<Declaration>,
    /// The first line, counted from 1, that the parser could not make sense of. `items` then holds
    /// what could be read around it. Bodies are not looked into, and the grammar is a little
    /// stricter than Go's in places, so this explains a gap; it does not prove a file wrong.
    pub first_error: Option<usize>,
}

/// One name that is declared at the top level of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declaration {
    /// The name; of a method, without its receiver. May be `_`.
    pub name: String,
    /// What is declared.
    pub kind: DeclarationKind,
    /// The line of the name, counted from 1.
    pub line: usize,
    /// Whether `name` starts with an upper-case letter. A method's receiver may still be local.
    pub exported: bool,
}

/// The kinds of top-level declaration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeclarationKind {
    /// A function.
    Func {
        /// It has no body: assembly, a linkname or the runtime must define it.
        bodyless: bool,
        /// It has type parameters.
        generic: bool,
    },
    /// A method.
    Method {
        /// The name of the receiver's type, without `*` and type parameters.
        receiver: String,
        /// The receiver is a pointer.
        pointer: bool,
        /// It has no body: assembly or a linkname must define it.
        bodyless: bool,
        /// The receiver's type has type parameters.
        generic_receiver: bool,
    },
    /// A type.
    Type {
        /// What the type is made of.
        form: TypeForm,
        /// `type A = …`
        alias: bool,
        /// It has type parameters.
        generic: bool,
    },
    /// A variable.
    Var,
    /// A constant.
    Const,
}

/// What a type declaration is made of, as far as its own text tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TypeForm {
    /// `struct { … }`
    Struct,
    /// `interface { … }`: with methods, a constraint, or both.
    Interface,
    /// A name of the same package or of the language, type arguments left out. It may be that of
    /// an interface or a constraint: look it up.
    Local(String),
    /// A name of another package.
    Qualified,
    /// Anything else: pointers, slices, maps, functions, channels, arrays.
    Other,
}

/// A string literal of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StringLiteral {
    /// The line it starts on, counted from 1.
    pub line: usize,
    /// What stands between the quotes, as written (escapes are not resolved), cut to
    /// [`MAX_LITERAL_BYTES`]; bytes that are not UTF-8 are replaced.
    pub text: String,
}

/// Reads the top-level declarations of a Go file.
///
/// Byte order marks, CRLF and bytes that are not UTF-8 are taken in stride; a text with mistakes
/// gives what can be read, with `first_error` set.
///
/// # Errors
/// [`GolangError`] where a limit was reached: nothing is known about the file then.
pub fn declarations(src: &[u8]) -> Result<Declarations, GolangError> {
    let src = src.strip_prefix(b"\xef\xbb\xbf").unwrap_or(src);
    if src.len() > MAX_SOURCE_BYTES {
        return Err(GolangError::TooLarge { bytes: src.len(), limit: MAX_SOURCE_BYTES });
    }
    let outline = outline(src);
    if outline.most_tokens > MAX_TOKENS {
        return Err(GolangError::TooManyTokens { limit: MAX_TOKENS });
    }
    let read = || parse(src, &outline).map(|tree| read::declarations(src, &tree));
    if outline.most_tokens <= TOKENS_ON_CALLERS_STACK {
        return read();
    }
    on_stack_of(STACK_BASE + STACK_PER_TOKEN * outline.most_tokens, read)
}

/// The line, counted from 1, on which a file declares a symbol, if it does.
///
/// `symbol` is written as compiler and linker do, without the package: `Name`, `Type.Method` or
/// `(*Type).Method`; type arguments (`List[int]`, `List[...]`) are ignored. Whether the receiver
/// is a pointer decides only between two methods of one name. A file that could not be read
/// defines nothing here: ask [`declarations`] where the difference matters.
pub fn find_definition(src: &[u8], symbol: &str) -> Option<usize> {
    let symbol = without_type_arguments(symbol);
    let (receiver, name) = match symbol.rsplit_once('.') {
        Some((receiver, name)) => (Some(receiver), name),
        None => (None, symbol.as_str()),
    };
    if name.is_empty() || name == "_" || !mentions(src, name) {
        return None;
    }
    let wants_pointer = receiver.is_some_and(|text| text.starts_with("(*"));
    let base = receiver.map(|text| text.trim_matches(['(', ')', '*']));
    let mut second_best = None;
    for item in declarations(src).ok()?.items.iter().filter(|item| item.name == name) {
        match (&item.kind, base) {
            (DeclarationKind::Method { receiver, pointer, .. }, Some(base)) if receiver == base => {
                if *pointer == wants_pointer {
                    return Some(item.line);
                }
                second_best = second_best.or(Some(item.line));
            }
            (DeclarationKind::Method { .. }, _) | (_, Some(_)) => {}
            (_, None) => return Some(item.line),
        }
    }
    second_best
}

/// Whether `needle` occurs in `src` as bytes, be it in code, a comment or a string: the cheap
/// question that spares a parse. An empty needle occurs everywhere.
pub fn mentions(src: &[u8], needle: &str) -> bool {
    let needle = needle.as_bytes();
    let Some((&first, _)) = needle.split_first() else { return true };
    let mut rest = src;
    while let Some(at) = rest.iter().position(|&byte| byte == first) {
        let Some(found) = rest.get(at..) else { return false };
        if found.starts_with(needle) {
            return true;
        }
        rest = found.get(1..).unwrap_or_default();
    }
    false
}

/// The string literals of a file that contain `word` (or a phrase), in any case, between borders of
/// words: `cgo` is found in `"requires CGO!"`, not in `"cgocheck"` or in `"CGO_ENABLED"`.
///
/// Used to recognise stubs that compile and then say "requires cgo". Text in comments does not
/// count; import paths and struct tags are literals like any other. An empty word finds nothing.
pub fn string_literals_containing(src: &[u8], word: &str) -> Vec<StringLiteral> {
    let texts = Lexer::new(src).filter(|token| token.kind == TokenKind::Text);
    texts
        .filter_map(|token| {
            let literal = src.get(token.start + 1..token.end)?;
            let literal =
                literal.strip_suffix(b"\"").or(literal.strip_suffix(b"`")).unwrap_or(literal);
            contains_word(literal, word.as_bytes())
                .then(|| StringLiteral { line: token.at.row + 1, text: shortened(literal) })
        })
        .collect()
}

fn contains_word(text: &[u8], word: &[u8]) -> bool {
    let is_word = |byte: &u8| *byte == b'_' || byte.is_ascii_alphanumeric() || *byte >= 0x80;
    !word.is_empty()
        && text.windows(word.len()).enumerate().any(|(at, window)| {
            window.eq_ignore_ascii_case(word)
                && !at.checked_sub(1).and_then(|before| text.get(before)).is_some_and(is_word)
                && !text.get(at + word.len()).is_some_and(is_word)
        })
}

fn shortened(literal: &[u8]) -> String {
    match literal.get(..MAX_LITERAL_BYTES) {
        Some(start) if start.len() < literal.len() => {
            // Do not leave half a character behind.
            let whole = start.utf8_chunks().next().map_or("", |chunk| chunk.valid());
            let cut_inside = start.len() - whole.len() < 4;
            let text = if cut_inside { whole.into() } else { String::from_utf8_lossy(start) };
            format!("{text}…")
        }
        _ => String::from_utf8_lossy(literal).into_owned(),
    }
}

fn without_type_arguments(symbol: &str) -> String {
    match (symbol.find('['), symbol.rfind(']')) {
        (Some(open), Some(close)) if open < close => {
            format!("{}{}", &symbol[..open], &symbol[close + 1..])
        }
        _ => symbol.to_owned(),
    }
}

/// Runs `work` on a stack of `bytes`. The pages of it are only taken from the system when they are
/// touched, which ordinary code never does.
fn on_stack_of<T: Send>(
    bytes: usize,
    work: impl FnOnce() -> Result<T, GolangError> + Send,
) -> Result<T, GolangError> {
    thread::scope(|scope| {
        let thread = thread::Builder::new().name("go source".to_owned()).stack_size(bytes);
        let running = thread.spawn_scoped(scope, work).map_err(|_| GolangError::NoThread)?;
        running.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// Parses what lies outside of bodies.
fn parse(src: &[u8], outline: &Outline) -> Result<Tree, GolangError> {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_go::LANGUAGE.into()).map_err(|_| GolangError::Grammar)?;
    parser.set_included_ranges(&outline.ranges).map_err(|_| GolangError::Grammar)?;
    let tokens = u32::try_from(outline.most_tokens).unwrap_or(u32::MAX);
    let (start, limit) = (Instant::now(), MIN_TIME.max(TIME_PER_TOKEN.saturating_mul(tokens)));
    let mut watch = |_: &_| match start.elapsed() > limit {
        true => ControlFlow::Break(()),
        false => ControlFlow::Continue(()),
    };
    let mut text = |at: usize, _| src.get(at..).unwrap_or_default();
    let options = ParseOptions::new().progress_callback(&mut watch);
    parser.parse_with_options(&mut text, None, Some(options)).ok_or(GolangError::TooHard)
}

#[cfg(test)]
mod tests;
