//! Names of symbols in a listing: package and rest, escapes, and words that name an architecture.

pub use crate::facts::symbol::unescape_bytes as unescape;

/// A symbol's package (escaped as it is printed) and the rest of its name; no package for what belongs to
/// none, such as `type:int` or `go:string."a"`.
///
/// The package ends at the first dot after the last slash; dots of a package's last element are printed
/// as `%2e` (cmd/internal/objabi, PathToPrefix), and what follows a bracket is type parameters or a receiver.
pub fn split(name: &[u8]) -> (&[u8], &[u8]) {
    let bracket = |byte: &u8| matches!(byte, b'[' | b'(' | b'{' | b'"' | b':' | b' ');
    let end = name.iter().position(bracket).unwrap_or(name.len());
    let head = name.get(..end).unwrap_or(name);
    if name.get(end) == Some(&b':') {
        return (b"", name);
    }
    let from = memchr::memrchr(b'/', head).map_or(0, |slash| slash + 1);
    let dot = head.get(from..).and_then(|tail| memchr::memchr(b'.', tail));
    match dot {
        Some(dot) => (
            name.get(..from + dot).unwrap_or_default(),
            name.get(from + dot + 1..).unwrap_or_default(),
        ),
        None => (b"", name),
    }
}

/// An import path as symbols have it (PathToPrefix of cmd/internal/objabi).
pub fn escape_path(path: &str) -> String {
    let slash = path.rfind('/');
    let mut escaped = String::with_capacity(path.len());
    for (at, byte) in path.bytes().enumerate() {
        let dot = byte == b'.' && slash.is_none_or(|slash| at > slash);
        if byte <= b' ' || dot || matches!(byte, b'%' | b'"') || byte >= 0x7f {
            escaped.push_str(&format!("%{byte:02x}"));
        } else {
            escaped.push(char::from(byte));
        }
    }
    escaped
}

/// A name for people: unescaped, lossily decoded.
pub fn text(name: &[u8]) -> String {
    String::from_utf8_lossy(&unescape(name)).into_owned()
}

/// Whether an identifier of a symbol's name (without its package) is named after x86: as its last word after
/// an underscore, as its last word in camel case, or as a whole. `processServer` holds `sse` and is not.
pub fn names_x86(name: &[u8]) -> bool {
    let letter = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80;
    name.split(|byte| !letter(byte)).any(identifier_names_x86)
}

fn identifier_names_x86(identifier: &[u8]) -> bool {
    // Nothing below is shorter, and most names end otherwise.
    let Some(last) = identifier.last() else { return false };
    if identifier.len() < 3
        || !matches!(last.to_ascii_lowercase(), b'0'..=b'9' | b'x' | b'e' | b'd' | b'v' | b'c')
    {
        return false;
    }
    const WHOLE: &[&[u8]] = &[b"cpuid", b"xgetbv", b"rdtsc"];
    const CAMEL: &[&[u8]] = &[b"AVX2", b"AVX512", b"SSE41", b"SSSE3", b"BMI2"];
    if WHOLE.contains(&identifier) {
        return true;
    }
    if let Some(at) = memchr::memrchr(b'_', identifier) {
        let word = identifier.get(at + 1..).unwrap_or_default();
        if at > 0 && is_x86_word(word) {
            return true;
        }
    }
    CAMEL.iter().any(|word| {
        let head = identifier.strip_suffix(*word);
        // A border: the word begins the name, or what stands before it is no capital.
        head.is_some_and(|head| head.last().is_none_or(|byte| !byte.is_ascii_uppercase()))
    })
}

fn is_x86_word(word: &[u8]) -> bool {
    let is = |other: &str| word.eq_ignore_ascii_case(other.as_bytes());
    let plain = ["amd64", "x86", "386", "avx", "avx2", "avx512", "ssse3", "bmi2"];
    if plain.into_iter().any(is) {
        return true;
    }
    let Some((head, tail)) = word.split_at_checked(3) else { return false };
    head.eq_ignore_ascii_case(b"sse") && tail.iter().all(|b| b.is_ascii_digit() || *b == b'x')
}
