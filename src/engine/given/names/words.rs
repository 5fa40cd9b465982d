//! The words of names, and what each says.

use super::Arch;

/// Spellings of GOOS.
const SYSTEMS: &[(&str, &str)] = &[
    ("windows", "windows"),
    ("win", "windows"),
    ("win7", "windows"),
    ("win8", "windows"),
    ("win10", "windows"),
    ("win11", "windows"),
    ("linux", "linux"),
    ("darwin", "darwin"),
    ("macosx", "darwin"),
    ("macos", "darwin"),
    ("mac", "darwin"),
    ("osx", "darwin"),
    ("freebsd", "freebsd"),
    ("openbsd", "openbsd"),
    ("netbsd", "netbsd"),
    ("dragonfly", "dragonfly"),
    ("solaris", "solaris"),
    ("illumos", "illumos"),
    ("android", "android"),
    ("aix", "aix"),
    ("plan9", "plan9"),
];

/// Spellings of GOARCH. `x86_64` and `x86-64` are two words and looked up apart.
const MACHINES: &[(&str, &str)] = &[
    ("arm64", "arm64"),
    ("aarch64", "arm64"),
    ("armv8", "arm64"),
    ("arm64v8", "arm64"),
    ("arm64e", "arm64"),
    ("arm64ec", "arm64"),
    ("arm64x", "arm64"),
    ("amd64", "amd64"),
    ("x64", "amd64"),
    ("x8664", "amd64"),
    ("386", "386"),
    ("i386", "386"),
    ("i486", "386"),
    ("i586", "386"),
    ("i686", "386"),
    ("ia32", "386"),
    ("x86", "386"),
    ("armv5", "arm"),
    ("armv6", "arm"),
    ("armv6l", "arm"),
    ("armv6hf", "arm"),
    ("armv7", "arm"),
    ("armv7l", "arm"),
    ("armv7a", "arm"),
    ("armv7hf", "arm"),
    ("arm32", "arm"),
    ("arm32v6", "arm"),
    ("arm32v7", "arm"),
    ("armhf", "arm"),
    ("armel", "arm"),
    ("armeabi", "arm"),
    ("mips", "mips"),
    ("mipsle", "mipsle"),
    ("mipsel", "mipsle"),
    ("mips64", "mips64"),
    ("mips64le", "mips64le"),
    ("ppc64", "ppc64"),
    ("ppc64le", "ppc64le"),
    ("ppc64el", "ppc64le"),
    ("powerpc64le", "ppc64le"),
    ("riscv64", "riscv64"),
    ("s390x", "s390x"),
    ("loong64", "loong64"),
    ("loongarch64", "loong64"),
];

/// Words that say that the machine does not matter.
const ANY: &[&str] = &["universal", "universal2", "anycpu", "noarch", "neutral", "multiarch"];

/// Machines of 64 and of 32 bits that a name may mean without naming one.
const BITS_64: &[&str] = &["amd64", "arm64"];
const BITS_32: &[&str] = &["386", "arm"];
/// `win32` is npm's and Node's word for Windows of any machine, and an old one for 32 bits.
const WIN32: &[&str] = &["386", "amd64", "arm", "arm64"];
/// `arm` alone: 32 bits in Go's words, often 64 in those of others on Windows and macOS.
const ARM: &[&str] = &["arm", "arm64"];

/// The last part of a file's name, and the system whose files alone are called so.
const SUFFIXES: &[(&str, &str)] = &[
    ("exe", "windows"),
    ("dll", "windows"),
    ("pyd", "windows"),
    ("msi", "windows"),
    ("msix", "windows"),
    ("msixbundle", "windows"),
    ("appx", "windows"),
    ("appxbundle", "windows"),
    ("deb", "linux"),
    ("rpm", "linux"),
    ("appimage", "linux"),
    ("dmg", "darwin"),
    ("dylib", "darwin"),
    ("apk", "android"),
];

/// A run of letters and digits of a name.
#[derive(Debug)]
pub(super) struct Word<'a> {
    /// In lower case.
    pub(super) lower: String,
    /// The characters between it and the word before.
    before: &'a str,
}

/// What one word says, and how many words that took.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) goos: Option<&'static str>,
    pub(super) arch: Arch,
    pub(super) words: usize,
}

/// The words of a name. Where a word says nothing as a whole, it is taken apart at the border between a small
/// and a capital letter: `toolWinARM64`, and never `macOS`.
pub(super) fn words(name: &str) -> Vec<Word<'_>> {
    let mut found = Vec::new();
    let mut rest = name;
    while let Some(start) = rest.find(is_letter) {
        let (before, word) = rest.split_at(start);
        let end = word.find(|letter| !is_letter(letter)).unwrap_or(word.len());
        let (word, behind) = word.split_at(end);
        rest = behind;
        let lower = word.to_lowercase();
        if known(&lower) {
            found.push(Word { lower, before });
            continue;
        }
        for (number, part) in humps(word).into_iter().enumerate() {
            let before = if number == 0 { before } else { "" };
            found.push(Word { lower: part.to_lowercase(), before });
        }
    }
    found
}

/// Letters beyond ASCII belong to words, too: what stands before `64` in `ß64` is no border.
fn is_letter(letter: char) -> bool {
    letter.is_alphanumeric()
}

/// The parts of a word in camel case.
fn humps(word: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut small = false;
    for (at, letter) in word.char_indices() {
        if small && letter.is_uppercase() {
            parts.extend(word.get(start..at));
            start = at;
        }
        small = letter.is_lowercase();
    }
    parts.extend(word.get(start..));
    parts
}

fn find(table: &[(&str, &'static str)], word: &str) -> Option<&'static str> {
    table.iter().find(|(spelling, _)| *spelling == word).map(|&(_, meaning)| meaning)
}

/// The GOARCH that a word spells.
pub(super) fn machine(word: &str) -> Option<&'static str> {
    // Go's own `arm` means one thing.
    if word == "arm" { Some("arm") } else { find(MACHINES, word) }
}

/// Whether a word says something by itself.
fn known(word: &str) -> bool {
    find(SYSTEMS, word).is_some() || find(MACHINES, word).is_some() || glued(word).is_some()
}

/// A system and a machine in one word: `winarm64`, `linux64`, `win32`.
fn glued(word: &str) -> Option<(&'static str, Arch)> {
    SYSTEMS.iter().find_map(|&(spelling, goos)| {
        let rest = word.strip_prefix(spelling)?;
        let arch = match rest {
            "32" if goos == "windows" => Arch::Hint(WIN32.to_vec()),
            "32" => Arch::Hint(BITS_32.to_vec()),
            "64" => Arch::Hint(BITS_64.to_vec()),
            "arm" => Arch::These(meanings_of_arm(Some(goos))),
            _ => Arch::These(vec![find(MACHINES, rest)?]),
        };
        Some((goos, arch))
    })
}

fn meanings_of_arm(goos: Option<&str>) -> Vec<&'static str> {
    match goos {
        Some("windows" | "darwin") => ARM.to_vec(),
        _ => vec!["arm"],
    }
}

/// What a word says between its neighbours.
pub(super) fn look_up(before: Option<&Word<'_>>, word: &Word<'_>, next: Option<&Word<'_>>) -> Said {
    let said = |goos, arch, words| Said { goos, arch, words };
    let text = word.lower.as_str();
    // `x86_64` and the like are one name in two words; a space or a bracket between them is a border.
    let joined = next.filter(|next| matches!(next.before, "_" | "-" | ""));
    let beside = |word: Option<&Word<'_>>| {
        word.and_then(|word| {
            find(SYSTEMS, &word.lower).or_else(|| glued(&word.lower).map(|(goos, _)| goos))
        })
    };
    let system = beside(before).or_else(|| beside(next));
    match (text, joined.map(|next| next.lower.as_str())) {
        ("x86", Some("64" | "64bit")) => return said(None, Arch::These(vec!["amd64"]), 2),
        ("x86", Some("32" | "32bit")) => return said(None, Arch::These(vec!["386"]), 2),
        ("arm", Some("64" | "64bit" | "v8")) => return said(None, Arch::These(vec!["arm64"]), 2),
        ("arm", Some("32" | "v5" | "v6" | "v7" | "5" | "6" | "7")) => {
            return said(None, Arch::These(vec!["arm"]), 2);
        }
        ("aarch64", Some("be")) => return said(None, Arch::Nothing, 2),
        ("64", Some("bit")) => return said(None, Arch::Hint(BITS_64.to_vec()), 2),
        ("32", Some("bit")) => return said(None, Arch::Hint(BITS_32.to_vec()), 2),
        _ => {}
    }
    // A number in a version, such as 1.386.0, is no machine.
    let numeric = |word: &Word<'_>| word.lower.bytes().all(|byte| byte.is_ascii_digit());
    let in_version = word.before == "." && before.is_some_and(numeric)
        || next.is_some_and(|next| next.before == "." && numeric(next));
    let arch = match text {
        "386" if in_version => Arch::Nothing,
        "arm" if system.is_some() => Arch::These(meanings_of_arm(system)),
        "arm" => Arch::Hint(ARM.to_vec()),
        "64bit" => Arch::Hint(BITS_64.to_vec()),
        "32bit" => Arch::Hint(BITS_32.to_vec()),
        "64" if !in_version && (system.is_some() || word.before == "-" || word.before == "_") => {
            Arch::Hint(BITS_64.to_vec())
        }
        "32" if !in_version && (system.is_some() || word.before == "-" || word.before == "_") => {
            Arch::Hint(BITS_32.to_vec())
        }
        "all" if before.is_some_and(|word| find(SYSTEMS, &word.lower).is_some()) => Arch::Any,
        "any" if before.is_some_and(|word| word.lower == "none") => Arch::Any,
        text if ANY.contains(&text) => Arch::Any,
        text => match find(MACHINES, text) {
            Some(machine) => Arch::These(vec![machine]),
            None => Arch::Nothing,
        },
    };
    match (find(SYSTEMS, text), glued(text)) {
        (Some(goos), _) => said(Some(goos), arch, 1),
        (None, Some((goos, arch))) => said(Some(goos), arch, 1),
        (None, None) => said(None, arch, 1),
    }
}

/// The system that the last part of the name tells, such as `.exe`.
pub(super) fn suffix_system(name: &str) -> Option<&'static str> {
    let (_, suffix) = name.rsplit_once('.')?;
    find(SUFFIXES, &suffix.to_ascii_lowercase())
}
