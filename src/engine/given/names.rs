//! What the name of a file, a directory or a container says of a platform: pure text.
//!
//! A name is taken apart into words, and a word counts only as a whole: `charm64` says nothing. One name may
//! say several machines (`tool_amd64_arm64.zip`), or only hint at one (`win64`: of 64 bits). A hint never
//! makes a finding; it only keeps a file from being taken for what nobody said.

mod words;

#[cfg(test)]
mod tests;

use words::{Said, Word, look_up, suffix_system, words};

/// Words between a machine and a tool in the names of cross tools, such as `aarch64-w64-mingw32-gcc`: what
/// such a tool makes says nothing about what it is.
const TRIPLE_MARKS: &[&str] = &[
    "w64",
    "mingw32",
    "pc",
    "unknown",
    "none",
    "gnu",
    "gnueabi",
    "gnueabihf",
    "musl",
    "elf",
    "eabi",
    "msvc",
    "apple",
    "uwp",
];
/// Words that end a name without being a part of it.
const ENDINGS: &[&str] = &[
    "exe", "dll", "zip", "tar", "gz", "tgz", "xz", "zst", "bz2", "7z", "msi", "lib", "a", "o", "so",
];

/// What a name says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Says {
    /// GOOS, where the name says exactly one.
    pub(super) goos: Option<&'static str>,
    /// GOARCH.
    pub(super) arch: Arch,
}

/// What a name says of the machine.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Arch {
    /// Nothing.
    #[default]
    Nothing,
    /// Any of these, or nothing: `win64`, `arm` far from the name of a system.
    Hint(Vec<&'static str>),
    /// That it does not matter: `universal`.
    Any,
    /// Each of these; two or more where the name lists several. Never empty.
    These(Vec<&'static str>),
}

/// Reads the name of a file or a directory, without the directories before it.
pub(super) fn read(name: &str) -> Says {
    // The directory of 32-bit programs on 64-bit Windows holds what an installer put there.
    if name.eq_ignore_ascii_case("program files (x86)") {
        return Says::default();
    }
    let words = words(name);
    let mut systems: Vec<&'static str> = suffix_system(name).into_iter().collect();
    let mut these: Vec<&'static str> = Vec::new();
    let mut hints: Vec<&'static str> = Vec::new();
    let mut any = false;
    let skip = target_of_a_tool(&words);
    let mut at = skip;
    while let Some(word) = words.get(at) {
        let before = at.checked_sub(1).and_then(|at| words.get(at));
        let said = look_up(before, word, words.get(at + 1));
        at += said.words;
        systems.extend(said.goos);
        match said.arch {
            Arch::Nothing => {}
            Arch::Any => any = true,
            Arch::Hint(some) => hints.extend(some),
            Arch::These(some) => these.extend(some),
        }
    }
    systems.sort_unstable();
    systems.dedup();
    these.sort_unstable();
    these.dedup();
    hints.sort_unstable();
    hints.dedup();
    let arch = match (these.is_empty(), any, hints.is_empty()) {
        (false, _, _) => Arch::These(these),
        (true, true, _) => Arch::Any,
        (true, false, false) => Arch::Hint(hints),
        (true, false, true) => Arch::Nothing,
    };
    let goos = match systems.as_slice() {
        [one] => Some(*one),
        _ => None,
    };
    Says { goos, arch }
}

/// The GOARCH of one word.
pub(super) fn machine(word: &str) -> Option<&'static str> {
    words::machine(word)
}

/// How many words at the beginning are the target of a cross tool.
fn target_of_a_tool(words: &[Word<'_>]) -> usize {
    let Some(first) = words.first() else { return 0 };
    let said = look_up(None, first, words.get(1));
    if !matches!(said.arch, Arch::These(_) | Arch::Hint(_)) || said.goos.is_some() {
        return 0;
    }
    let mut end = said.words;
    let mut marked = false;
    while let Some(word) = words.get(end) {
        let mark = TRIPLE_MARKS.contains(&word.lower.as_str()) || word.lower.starts_with("android");
        let system = look_up(None, word, None).goos.is_some();
        if !mark && !system {
            break;
        }
        marked |= mark;
        end += 1;
    }
    let rest = words.get(end..).unwrap_or_default();
    let tool = rest.iter().any(|word| !ENDINGS.contains(&word.lower.as_str()));
    if marked && tool { end } else { 0 }
}

/// The name without its words for machines and their bits, in lower case: what variants of one file share.
pub(super) fn stem(name: &str) -> String {
    let words = words(name);
    let mut stem = String::new();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let before = at.checked_sub(1).and_then(|at| words.get(at));
        let Said { arch, words: taken, .. } = look_up(before, word, words.get(at + 1));
        if arch == Arch::Nothing {
            // The bits of a machine, as in `t64.exe` beside `t64-arm.exe`; other digits tell files apart.
            let bits = ["64", "32"].iter().find_map(|bits| word.lower.strip_suffix(bits));
            stem.push_str(bits.unwrap_or(&word.lower));
            stem.push(' ');
        }
        at += taken;
    }
    stem
}

/// What the names on the way to a file share with those of the same file for another machine: words in lower
/// case, without machines and the levels that goreleaser writes behind them (`_v1`, `_v8.0`).
pub(super) fn pair(steps: &[String]) -> String {
    let mut pair = String::new();
    for name in steps.iter().flat_map(|step| step.split('/')) {
        let words = words(name);
        let mut at = 0;
        while let Some(word) = words.get(at) {
            let before = at.checked_sub(1).and_then(|at| words.get(at));
            let Said { goos, arch, words: taken } = look_up(before, word, words.get(at + 1));
            at += taken;
            if let Some(kept) = goos.or((arch == Arch::Nothing).then_some(word.lower.as_str())) {
                pair.push_str(kept);
                pair.push(' ');
            }
            if arch != Arch::Nothing {
                at += level(words.get(at..).unwrap_or_default());
            }
        }
        pair.push('/');
    }
    pair
}

/// How many words at the beginning are the level of a machine.
fn level(words: &[Word<'_>]) -> usize {
    let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_level = |word: &Word<'_>| word.lower.strip_prefix('v').is_some_and(number);
    match words {
        [level, minor, ..] if is_level(level) && number(&minor.lower) => 2,
        [level, ..] if is_level(level) => 1,
        _ => 0,
    }
}
