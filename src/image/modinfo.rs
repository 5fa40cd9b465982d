//! The text inside Go's build information: `path`, `mod`, `dep`, `=>` and
//! `build` lines, as runtime/debug writes them. Pure text, no PE.
//!
//! It is as strict as Go's own `debug.ParseBuildInfo`, so that gowoa never
//! accepts what `go version -m` refuses.

use crate::facts::image::{BuildInfo, Module, Replacement};

/// Parses the text; the error names the line.
pub(super) fn parse(text: &str) -> Result<BuildInfo, String> {
    let mut info = BuildInfo::default();
    // Whose replacement a `=>` line is: the module of the line before.
    let mut last = Last::Nothing;
    // Text behind the last line break is no line, as in Go.
    let lines = text.rsplit_once('\n').map_or("", |(lines, _)| lines);
    for (index, line) in lines.split('\n').enumerate() {
        let at = |problem: String| format!("line {}: {problem}", index + 1);
        let Some((word, rest)) = line.split_once('\t') else { continue };
        match word {
            "path" => rest.clone_into(&mut info.path),
            "mod" => {
                info.main = Some(module(rest).map_err(at)?);
                last = Last::Main;
            }
            "dep" => {
                info.deps.push(module(rest).map_err(at)?);
                last = Last::Dependency;
            }
            "=>" => {
                let replaced = match std::mem::replace(&mut last, Last::Nothing) {
                    Last::Main => info.main.as_mut(),
                    Last::Dependency => info.deps.last_mut(),
                    Last::Nothing => None,
                };
                let replaced =
                    replaced.ok_or_else(|| at("a replacement without a module".to_owned()))?;
                replaced.replace = Some(replacement(rest).map_err(at)?);
            }
            "build" => info.settings.push(setting(rest).map_err(at)?),
            // Later versions may add lines.
            _ => {}
        }
    }
    Ok(info)
}

/// What a `=>` line would belong to.
enum Last {
    Nothing,
    Main,
    Dependency,
}

/// The columns of a `mod` or `dep` line.
fn module(line: &str) -> Result<Module, String> {
    let mut columns = line.split('\t');
    match (columns.next(), columns.next(), columns.next(), columns.next()) {
        (Some(path), Some(version), sum, None) => Ok(Module {
            path: path.to_owned(),
            version: version.to_owned(),
            sum: sum.unwrap_or_default().to_owned(),
            replace: None,
        }),
        _ => Err("a module line has not 2 or 3 columns".to_owned()),
    }
}

/// The columns of a `=>` line.
fn replacement(line: &str) -> Result<Replacement, String> {
    let mut columns = line.split('\t');
    match (columns.next(), columns.next(), columns.next(), columns.next()) {
        (Some(path), Some(version), Some(sum), None) => Ok(Replacement {
            path: path.to_owned(),
            version: version.to_owned(),
            sum: sum.to_owned(),
        }),
        _ => Err("a replacement line has not 3 columns".to_owned()),
    }
}

/// A `build` line: `key=value`, each quoted if it has to be.
fn setting(line: &str) -> Result<(String, String), String> {
    let quoted = |text: &str| text.starts_with(['"', '`']);
    let (key, value) = if quoted(line) {
        let (key, rest) = quoted_prefix(line).ok_or("a build setting has a malformed key")?;
        let value = rest.strip_prefix('=').ok_or("a build setting has no '=' after its key")?;
        (key, value)
    } else {
        let (key, value) = line.split_once('=').ok_or("a build setting has no '='")?;
        if key.is_empty() {
            return Err("a build setting has no key".to_owned());
        }
        if key.contains(NEEDS_QUOTES) {
            return Err("a build setting has a key that had to be quoted".to_owned());
        }
        (key.to_owned(), value)
    };
    if !quoted(value) {
        if value.contains(NEEDS_QUOTES) {
            return Err("a build setting has a value that had to be quoted".to_owned());
        }
        return Ok((key, value.to_owned()));
    }
    match quoted_prefix(value) {
        Some((value, "")) => Ok((key, value)),
        _ => Err("a build setting has a malformed value".to_owned()),
    }
}

/// Characters that runtime/debug does not leave unquoted.
const NEEDS_QUOTES: [char; 6] = [' ', '\t', '\r', '\n', '"', '`'];

/// Go's `strconv.Unquote` for the string literal that `text` begins with, and
/// what follows the literal.
fn quoted_prefix(text: &str) -> Option<(String, &str)> {
    if let Some(raw) = text.strip_prefix('`') {
        let (value, rest) = raw.split_once('`')?;
        // Carriage returns do not count in raw strings (Go specification).
        return Some((value.replace('\r', ""), rest));
    }
    let mut rest = text.strip_prefix('"')?;
    // Bytes and not characters: `\xff` is one byte, whatever it means.
    let mut value = Vec::new();
    loop {
        let next = rest.chars().next()?;
        rest = rest.get(next.len_utf8()..)?;
        match next {
            '"' => return Some((String::from_utf8_lossy(&value).into_owned(), rest)),
            '\n' => return None,
            '\\' => rest = escape(rest, &mut value)?,
            other => push(&mut value, other),
        }
    }
}

/// One escape sequence behind its backslash; hands back what follows.
fn escape<'t>(text: &'t str, value: &mut Vec<u8>) -> Option<&'t str> {
    let kind = text.chars().next()?;
    let rest = text.get(kind.len_utf8()..)?;
    let (digits, radix) = match kind {
        'a' => return simple(value, 0x07, rest),
        'b' => return simple(value, 0x08, rest),
        'f' => return simple(value, 0x0c, rest),
        'n' => return simple(value, b'\n', rest),
        'r' => return simple(value, b'\r', rest),
        't' => return simple(value, b'\t', rest),
        'v' => return simple(value, 0x0b, rest),
        '\\' => return simple(value, b'\\', rest),
        '"' => return simple(value, b'"', rest),
        'x' => (rest.get(..2)?, 16),
        'u' => (rest.get(..4)?, 16),
        'U' => (rest.get(..8)?, 16),
        '0'..='7' => (text.get(..3)?, 8),
        _ => return None,
    };
    // from_str_radix would take a sign.
    if !digits.chars().all(|digit| digit.is_digit(radix)) {
        return None;
    }
    let number = u32::from_str_radix(digits, radix).ok()?;
    if matches!(kind, 'u' | 'U') {
        push(value, char::from_u32(number)?);
    } else {
        value.push(u8::try_from(number).ok()?);
    }
    let used = if radix == 8 { text } else { rest };
    used.get(digits.len()..)
}

/// Adds an escape that stands for one byte.
fn simple<'t>(value: &mut Vec<u8>, byte: u8, rest: &'t str) -> Option<&'t str> {
    value.push(byte);
    Some(rest)
}

/// Adds a character.
fn push(value: &mut Vec<u8>, character: char) {
    value.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_kind_of_line() {
        let info = parse(
            "path\texample.com/tool/cmd\nmod\texample.com/tool\t(devel)\t\n\
             dep\texample.com/old\tv1.0.0\n=>\t../local\t\t\n\
             dep\texample.com/sum\tv1.1.0\th1:x=\nfuture\tline\nbuild\tGOOS=windows\n\
             build\t-ldflags=\"-s -w\"\nbuild\tempty=\ncut",
        )
        .unwrap();
        assert_eq!(info.path, "example.com/tool/cmd");
        assert_eq!(info.main.unwrap().version, "(devel)");
        assert_eq!(info.deps.len(), 2);
        assert_eq!(
            info.deps[0].replace,
            Some(Replacement { path: "../local".to_owned(), ..Replacement::default() })
        );
        assert_eq!(info.deps[1].sum, "h1:x=");
        let settings: Vec<_> =
            info.settings.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        assert_eq!(settings, [("GOOS", "windows"), ("-ldflags", "-s -w"), ("empty", "")]);
    }

    #[test]
    fn refuses_what_go_refuses() {
        let cases = [
            ("mod\tonly\n", "line 1: a module line has not 2 or 3 columns"),
            ("path\tx\ndep\ta\tb\tc\td\n", "line 2: a module line has not 2 or 3 columns"),
            ("=>\ta\tb\tc\n", "line 1: a replacement without a module"),
            ("dep\ta\tb\n=>\ta\tb\n", "line 2: a replacement line has not 3 columns"),
            ("dep\ta\tb\n=>\ta\tb\tc\n=>\ta\tb\tc\n", "line 3: a replacement without a module"),
            ("build\tnothing\n", "line 1: a build setting has no '='"),
            ("build\t\n", "line 1: a build setting has no '='"),
            ("build\t=x\n", "line 1: a build setting has no key"),
            ("build\ta b=x\n", "line 1: a build setting has a key that had to be quoted"),
            ("build\ta=x y\n", "line 1: a build setting has a value that had to be quoted"),
            ("build\ta=\"x\n", "line 1: a build setting has a malformed value"),
            ("build\ta=\"x\"y\n", "line 1: a build setting has a malformed value"),
            ("build\t\"a\"\n", "line 1: a build setting has no '=' after its key"),
        ];
        for (text, problem) in cases {
            assert_eq!(parse(text).unwrap_err(), problem, "{text:?}");
        }
    }

    #[test]
    fn unquotes_as_go_does() {
        let cases = [
            (r#""""#, Some("")),
            (r#""a\tb\\\"c\x41\101\u00e9\U0001F600""#, Some("a\tb\\\"cAA\u{e9}\u{1f600}")),
            (r#""\xff""#, Some("\u{fffd}")),
            (r#""\xc3\xa9""#, Some("\u{e9}")),
            ("`raw \\n \r text`", Some("raw \\n  text")),
            (r#""\'""#, None),
            (r#""\x+1""#, None),
            (r#""\400""#, None),
            (r#""\ud800""#, None),
            (r#""\x4"#, None),
            (r#""open"#, None),
            ("`open", None),
        ];
        for (quoted, value) in cases {
            let found = quoted_prefix(quoted).map(|(value, rest)| {
                assert_eq!(rest, "", "{quoted}");
                value
            });
            assert_eq!(found.as_deref(), value, "{quoted}");
        }
    }
}
