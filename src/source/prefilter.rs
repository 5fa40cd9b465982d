//! One look over every byte: which readers need to see a file at all.
//!
//! Most files of a program mention none of the words that any reader looks for, and parsing costs a hundred
//! times what reading costs. So all words are looked for in one pass, with the vector search of `aho-corasick`,
//! and a file is parsed only where a reader asks for one of its [`Group`]s.

use std::sync::LazyLock;

use aho_corasick::packed::{Config, MatchKind, Searcher};

use super::lexer::{Lexer, TokenKind};

/// Words that lead to the same reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
pub enum Group {
    /// The architecture that a file is compiled for: `runtime.GOARCH`.
    Goarch = 1,
    /// The x64 architecture by one of its names.
    X64 = 1 << 1,
    /// The ARM64 architecture by one of its names: a table may be completed in another file.
    Arm64 = 1 << 2,
    /// A DLL, or a function that loads one.
    Dll = 1 << 3,
    /// Memory that is made executable.
    Executable = 1 << 4,
    /// A package that asks the processor what it can do.
    Cpu = 1 << 5,
    /// The first bytes of a PE image, written as numbers.
    Image = 1 << 6,
}

/// The words, each with its group. Three bytes and more, and rare ones: a common word makes the search slow.
const NEEDLES: &[(&str, Group)] = &[
    ("GOARCH", Group::Goarch),
    ("amd64", Group::X64),
    ("AMD64", Group::X64),
    ("x86_64", Group::X64),
    ("x86-64", Group::X64),
    ("_x64", Group::X64),
    ("-x64", Group::X64),
    ("\"x64", Group::X64),
    ("win64", Group::X64),
    ("Win64", Group::X64),
    ("arm64", Group::Arm64),
    ("aarch64", Group::Arm64),
    (".dll", Group::Dll),
    (".DLL", Group::Dll),
    ("LazyDLL", Group::Dll),
    ("LoadDLL", Group::Dll),
    ("LoadLibrary", Group::Dll),
    ("VirtualAlloc", Group::Executable),
    ("VirtualProtect", Group::Executable),
    ("PAGE_EXECUTE", Group::Executable),
    ("PROT_EXEC", Group::Executable),
    ("0x4d, 0x5a", Group::Image),
    ("0x4D, 0x5A", Group::Image),
    ("0x4d,0x5a", Group::Image),
    ("0x4D,0x5A", Group::Image),
    ("77, 90, ", Group::Image),
    ("\\x4d\\x5a", Group::Image),
    ("golang.org/x/sys/cpu", Group::Cpu),
    ("klauspost/cpuid", Group::Cpu),
];

/// Every group at once: there is nothing left to look for.
const ALL: u16 = Group::Goarch as u16
    | Group::X64 as u16
    | Group::Arm64 as u16
    | Group::Dll as u16
    | Group::Executable as u16
    | Group::Cpu as u16
    | Group::Image as u16;

/// The groups that a file mentions, in code, comments or strings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Hits(u16);

impl Hits {
    /// Whether a word of the group occurs.
    #[must_use]
    pub fn has(self, group: Group) -> bool {
        self.0 & group as u16 != 0
    }

    /// What either of them mentions.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

static SEARCHER: LazyLock<Option<Searcher>> = LazyLock::new(|| {
    let words = NEEDLES.iter().map(|(word, _)| word);
    Config::new().match_kind(MatchKind::LeftmostFirst).builder().extend(words).build()
});

/// The groups that `bytes` mention.
#[must_use]
pub fn scan(bytes: &[u8]) -> Hits {
    let Some(searcher) = SEARCHER.as_ref() else { return by_words(bytes) };
    let mut hits = Hits::default();
    for found in searcher.find_iter(bytes) {
        if let Some((_, group)) = NEEDLES.get(found.pattern().as_usize()) {
            hits.0 |= *group as u16;
            if hits.0 == ALL {
                break;
            }
        }
    }
    hits
}

/// The same word by word, for processors without the vector search.
fn by_words(bytes: &[u8]) -> Hits {
    let mut hits = Hits::default();
    for (word, group) in NEEDLES {
        if !hits.has(*group) && memchr::memmem::find(bytes, word.as_bytes()).is_some() {
            hits.0 |= *group as u16;
        }
    }
    hits
}

/// What of a [`Group`] stands in code or in a string, and not in a comment: the second look, at files that the
/// first one picked. Parsing costs ten times what this does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tokens {
    /// It names GOARCH.
    pub(super) goarch: bool,
    /// A string names an architecture.
    pub(super) architecture: bool,
    /// A string names x64 or x86, or a `//go:embed` line does.
    pub(super) foreign: bool,
    /// It makes memory executable, or may do so: a constant of that name alone does not.
    pub(super) executable: bool,
    /// It names one of [`LOADERS`] or [`STARTERS`].
    pub(super) takes_names: bool,
    /// A string, alone or with others that it is put together with, may name a DLL of x64 or x86, or a
    /// `//go:embed` line does.
    pub(super) foreign_dll: bool,
}

/// Functions that load a DLL into the process, by their last name.
pub(super) const LOADERS: &[&str] = &[
    "NewLazyDLL",
    "NewLazySystemDLL",
    "LoadDLL",
    "MustLoadDLL",
    "LoadLibrary",
    "LoadLibraryEx",
    "LoadLibraryA",
    "LoadLibraryW",
    "Dlopen",
];
/// Functions that start a program.
pub(super) const STARTERS: &[&str] = &["Command", "CommandContext", "StartProcess", "ShellExecute"];
/// Functions that put a path together.
pub(super) const JOINERS: &[&str] = &["Join", "Sprintf", "Sprint"];
/// What an operator between two values begins with. `==` ends with a second `=`.
const OPERATORS: &[u8] = b"+-*/%&|^<>!";

/// Words in strings that name an architecture; those of x64 and x86 first.
const FOREIGN: &[&str] = &["x64", "amd64", "x86", "win64", "i386"];
const NATIVE: &[&str] = &["arm64", "aarch64"];

/// Looks at the tokens of a Go file.
pub(super) fn tokens(src: &[u8]) -> Tokens {
    let mut found = Tokens::default();
    let mut protection = false;
    // Some string has the letters; something is put together; where the last `=` ends.
    let (mut dll, mut joins, mut assigns) = (false, false, None);
    for token in Lexer::new(src) {
        let text = src.get(token.start..token.end).unwrap_or_default();
        // `PAGE_EXECUTE_READ = 0x20` declares a constant.
        if std::mem::take(&mut protection) {
            found.executable |= text != b"=";
        }
        match token.kind {
            TokenKind::Word => {
                found.takes_names |= is_any(text, LOADERS) || is_any(text, STARTERS);
                joins |= is_any(text, JOINERS);
                found.goarch |= text == b"GOARCH";
                protection = text.starts_with(b"PAGE_EXECUTE") || text == b"PROT_EXEC";
                found.executable |= has_any(text, &["VirtualAlloc", "VirtualProtect"]);
            }
            TokenKind::Text => {
                let foreign = has_any(text, FOREIGN);
                found.foreign |= foreign;
                found.architecture |= foreign || has_any(text, NATIVE);
                let names = has_any(text, &["dll"]);
                found.foreign_dll |= foreign && names;
                dll |= names;
            }
            TokenKind::Comment if text.starts_with(b"//go:embed") => {
                let foreign = has_any(text, FOREIGN);
                found.foreign |= foreign;
                found.foreign_dll |= foreign && has_any(text, &["dll"]);
            }
            TokenKind::Other => {
                joins |= text.first().is_some_and(|sign| OPERATORS.contains(sign));
                joins |= text == b"=" && assigns == Some(token.start);
                assigns = (text == b"=").then_some(token.end);
            }
            _ => {}
        }
    }
    found.foreign_dll |= found.foreign && dll && joins;
    found
}

fn is_any(text: &[u8], words: &[&str]) -> bool {
    words.iter().any(|word| word.as_bytes() == text)
}

/// Whether a short text holds one of the words, in any case.
fn has_any(text: &[u8], words: &[&str]) -> bool {
    words.iter().any(|word| {
        text.windows(word.len()).any(|window| window.eq_ignore_ascii_case(word.as_bytes()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_found_with_its_group_and_both_ways_agree() {
        assert!(SEARCHER.is_some() || !cfg!(target_arch = "x86_64"));
        for (word, group) in NEEDLES {
            for text in [format!("{word} b"), format!("{}{word}", " x".repeat(40))] {
                let hits = scan(text.as_bytes());
                assert!(hits.has(*group), "{text}");
                assert_eq!(hits, by_words(text.as_bytes()), "{text}");
            }
        }
    }

    #[test]
    fn comments_are_no_code() {
        assert_eq!(tokens(b"// runtime.GOARCH is \"amd64\" or VirtualAlloc"), Tokens::default());
        let all = tokens(b"a = runtime.GOARCH + \"AMD64\"\nVirtualAlloc(0x40)");
        assert!(all.goarch && all.architecture && all.foreign && all.executable);
        let native = tokens(b"\"aarch64\"");
        assert!(native.architecture && !native.foreign);
        assert!(tokens(b"//go:embed x64/a.dll").foreign);
        assert!(!tokens(b"const PAGE_EXECUTE_READ = 0x20").executable);
        assert!(tokens(b"f(windows.PAGE_EXECUTE_READ)").executable);
    }

    #[test]
    fn names_of_dlls_are_put_together_or_whole() {
        for src in [
            "a = \"foo_x64.dll\"",
            "a = \"foo_\" + \"x64.\" + \"DLL\"",
            "a = filepath.Join(\"x64\", \"foo.dll\")",
            "if a == \"x64\" || b == \"foo.dll\" {",
            "//go:embed x64/foo.dll",
        ] {
            assert!(tokens(src.as_bytes()).foreign_dll, "{src}");
        }
        let table = tokens(b"var t = []T{{\"EM_X86_64\", 1}, {\"LazyDLL\", 2}, {\"LoadDLL\", 3}}");
        assert!(table.foreign && !table.foreign_dll && !table.takes_names);
        assert!(tokens(b"windows.LoadDLL(x)").takes_names);
        assert!(tokens(b"exec.Command(x)").takes_names);
    }

    #[test]
    fn what_is_not_there_is_not_found() {
        assert_eq!(scan(b""), Hits::default());
        assert_eq!(scan(b"package p\n\nvar x = GOARC + amd6"), Hits::default());
        let both = scan(b"runtime.GOARCH == \"amd64\"");
        assert!(both.has(Group::Goarch) && both.has(Group::X64) && !both.has(Group::Dll));
        assert!(both.or(scan(b"a.dll")).has(Group::Dll));
    }

    #[test]
    fn a_word_inside_another_hides_none_of_a_third_group() {
        // Words of different groups never begin inside each other's end.
        for (a, of_a) in NEEDLES {
            for (b, of_b) in NEEDLES {
                let text = format!("{a}{b}");
                let hits = scan(text.as_bytes());
                assert!(hits.has(*of_a) && hits.has(*of_b), "{text}");
            }
        }
    }
}
