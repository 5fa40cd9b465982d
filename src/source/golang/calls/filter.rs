//! Which packages are worth a parse: those whose text has both a way to call Windows and something that is
//! known to go wrong in such a call. A search for words over all bytes.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};
use memchr::{memmem::Finder, memrchr};

use crate::source::lexer::{Lexer, TokenKind};
use crate::source::package::SourceFile;

use super::known;

/// Words that a call of Windows has. Many types have a method `Call`; this one is given a `uintptr`, or its
/// type is made by `NewProc`.
const CALLS: &[&str] = &["Syscall", ".Call(", "uintptr(", "NewProc("];

/// The place of the method in `CALLS`; behind it stand the words that tell it from others.
const METHOD: usize = 1;

/// What is read through a pointer of another type: of interest where that may be a float.
const READS: &[&str] = &[
    "*uintptr)(unsafe.Pointer(",
    "*uint64)(unsafe.Pointer(",
    "*uint32)(unsafe.Pointer(",
    "*int64)(unsafe.Pointer(",
    "]uintptr)(unsafe.Pointer(",
    "]uint32)(unsafe.Pointer(",
];

/// Words that a float, or a small struct, on its way to such a call has.
const VALUES: &[&str] = &[
    "Float64bits",
    "Float32bits",
    "Float64frombits",
    "Float32frombits",
    // The table of a Windows Runtime interface, whose methods take structs by value.
    "IInspectableVtbl",
    // Of WebView2: they take a RECT by value.
    "utBounds",
    "ut_Bounds",
    "etBoundsAndZoomFactor",
];

static WORDS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let words = CALLS.iter().chain(READS).chain(VALUES).copied().chain(known::words());
    AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(words).ok()
});

static FLOAT: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("float"));

/// Which kinds of word a text has.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Words {
    /// A call of Windows. The others are of interest with it alone.
    pub(super) call: bool,
    read: bool,
    value: bool,
}

/// The words of a package.
pub(super) fn words(files: &[SourceFile<'_>]) -> Words {
    all(files, |_| Vec::new())
}

/// The words that a package has outside of strings: the second look, at packages that the first one picked.
/// Tables of names, such as those of Go's own packages, have every word.
pub(super) fn words_of_code(files: &[SourceFile<'_>]) -> Words {
    all(files, |text| {
        let strings = Lexer::new(text).filter(|token| token.kind == TokenKind::Text);
        strings.map(|token| token.start..token.end).collect()
    })
}

fn all(files: &[SourceFile<'_>], strings: impl Fn(&[u8]) -> Vec<Range<usize>>) -> Words {
    let mut words = Words::default();
    for file in files {
        words.add(file.bytes, &strings(file.bytes));
        if words.call && words.value {
            break;
        }
    }
    words
}

impl Words {
    /// Whether the package that has them is worth a parse.
    pub(super) fn worth(self, files: &[SourceFile<'_>]) -> bool {
        let float = || files.iter().any(|file| has_float(file.bytes));
        self.call && (self.value || self.read && float())
    }
}

/// Whether a file has one of the words: where a package is too large, those are parsed alone.
pub(super) fn has_words(file: &SourceFile<'_>) -> bool {
    let mut words = Words::default();
    words.add(file.bytes, &[]);
    words.call || words.read || words.value
}

impl Words {
    /// Adds the words of a text; of those that begin in a string, the names of functions alone.
    fn add(&mut self, text: &[u8], mut strings: &[Range<usize>]) {
        let Some(words) = WORDS.as_ref() else {
            // Without the automaton nothing could be left out.
            *self = Self { call: true, read: true, value: true };
            return;
        };
        let (mut method, mut integer) = (false, false);
        for found in words.find_iter(text) {
            if is_comment(text, found.start()) {
                continue;
            }
            let at = found.pattern().as_usize();
            while let Some((_, later)) =
                strings.split_first().filter(|(s, _)| s.end <= found.start())
            {
                strings = later;
            }
            let quoted = strings.first().is_some_and(|string| string.contains(&found.start()));
            if quoted && at < CALLS.len() + READS.len() + VALUES.len() {
                continue;
            }
            if at < CALLS.len() {
                method |= at == METHOD;
                integer |= at > METHOD;
                self.call |= at < METHOD;
            } else if at < CALLS.len() + READS.len() {
                integer = true;
                self.read = true;
            } else {
                self.value = true;
            }
            self.call |= method && integer;
            if self.call && self.value {
                break;
            }
        }
    }
}

/// How far in front of a word the start of its line is looked for, in bytes.
const MAX_LINE: usize = 4096;

/// Whether a text speaks of `float32` or `float64` outside of comments.
fn has_float(text: &[u8]) -> bool {
    FLOAT.find_iter(text).any(|at| {
        let width = text.get(at + FLOAT.needle().len()..).unwrap_or_default();
        (width.starts_with(b"32") || width.starts_with(b"64")) && !is_comment(text, at)
    })
}

/// Whether the line that holds a place is a comment. The documentation of `LazyProc.Call` in
/// golang.org/x/sys/windows, which is part of most programs for Windows, has words of both kinds.
fn is_comment(text: &[u8], at: usize) -> bool {
    let before = text.get(at.saturating_sub(MAX_LINE)..at).unwrap_or_default();
    let line = match memrchr(b'\n', before) {
        Some(end) => before.get(end + 1..).unwrap_or_default(),
        None => before,
    };
    line.trim_ascii_start().starts_with(b"//")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_and_a_value_in_any_files() {
        let worth = |files: &[SourceFile<'_>]| words(files).worth(files);
        let file = |bytes: &'static str| SourceFile { name: "a.go", bytes: bytes.as_bytes() };
        let call = file("func f() { syscall.SyscallN(p) }");
        let value = file("var x = math.Float64bits(1)");
        assert!(worth(&[call, value]));
        assert!(worth(&[value, call]));
        let method = file("p.Call(uintptr(0))");
        assert!(worth(&[method, value]));
        assert!(worth(&[file("p.Call(*(*uintptr)(unsafe.Pointer(&f)))"), file("f float64")]));
        assert!(!worth(&[file("p.Call(0)"), value, file("uintptr(0)")]));
        assert!(!worth(&[call]) && !worth(&[value]) && !worth(&[]));
        let read = file("x := *(*uintptr)(unsafe.Pointer(&y))");
        assert!(!worth(&[call, read]));
        assert!(worth(&[call, read, file("type T float64")]));
        assert!(!worth(&[call, read, file("// as float64 is"), file("\t// Float64bits(x)")]));
        let table = file("var t = []string{\"Syscall\", `Float64bits`, \"VarI4FromR8\"}");
        assert!(worth(&[table]) && !words_of_code(&[table]).worth(&[table]));
        let named = file("var f = dll.NewProc(\"VarI4FromR8\")\nfunc g() { f.Call(uintptr(1)) }");
        assert!(words_of_code(&[named]).worth(&[named]));
        assert!(words_of_code(&[call, value]).worth(&[call, value]));
        assert!(has_words(&call) && has_words(&value) && !has_words(&file("package p")));
    }
}
