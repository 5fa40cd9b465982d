//! The names of Go's functions as the linker and the function table have them: whose they are, and of which
//! function in the source.
use std::borrow::Cow;

/// Whether a symbol belongs to no package because the compiler or linker made it up: `go:` and
/// `type:`, and `go.` and `type..` before Go 1.20 (cmd/compile/internal/base, ReservedImports).
pub fn compiler_made(name: &str) -> bool {
    // Module paths such as go.uber.org begin with "go.", but then there is a slash.
    let old = name.starts_with("go.") && !name.contains('/');
    old || ["go:", "type:", "type.."].iter().any(|made| name.starts_with(made))
}

/// The escaped package path that the name of a Go symbol begins with (debug/gosym,
/// `Sym.PackageName`): up to the first dot of the last path element, where dots of the path
/// itself are escaped, or to the receiver. What stands in brackets are types of other packages.
pub fn prefix(name: &str) -> Option<&str> {
    if compiler_made(name) {
        return None;
    }
    let plain = name.split('[').next().unwrap_or_default();
    // A method that is promoted from an unexported one of another package has both packages in
    // its name: `a.b/c.(*T).d.e/f.method`.
    if let Some((package, _)) = plain.split_once(".(") {
        return Some(package).filter(|package| !package.is_empty());
    }
    let element = plain.rfind('/').map_or(0, |slash| slash + 1);
    let dot = plain.get(element..)?.find('.')?;
    plain.get(..element + dot).filter(|prefix| !prefix.is_empty() && !prefix.ends_with('/'))
}

/// Takes back `%2e` and the like (cmd/internal/objabi, `PathToPrefix`). A `%` that no two digits follow stays.
pub fn unescape(path: &str) -> String {
    String::from_utf8_lossy(&unescape_bytes(path.as_bytes())).into_owned()
}

/// The same for a name that need not be UTF-8.
pub fn unescape_bytes(name: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'%', name).is_none() {
        return Cow::Borrowed(name);
    }
    let digit = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
    let mut plain = Vec::with_capacity(name.len());
    let mut rest = name;
    while let Some((byte, tail)) = rest.split_first() {
        let code = match (byte, digit(tail.first()), digit(tail.get(1))) {
            (b'%', Some(high), Some(low)) => u8::try_from(high << 4 | low).ok(),
            _ => None,
        };
        plain.push(code.unwrap_or(*byte));
        rest = if code.is_some() { tail.get(2..).unwrap_or_default() } else { tail };
    }
    Cow::Owned(plain)
}

/// The function in the source that a symbol belongs to: `F`, `T.M` or `(*T).M`. `name` is a symbol behind its
/// package and the dot. `None` for what is no function, such as `.inittask`, `.dict.F[int]` or `F.arginfo1`
/// behind a method.
///
/// What the compiler makes of a function counts for it (cmd/compile, closureName and the wrappers): closures
/// (`F.func1.2`, `F.gowrap1`, `F.deferwrap2`, `F-range1`), method values (`T.M-fm`), instances (`F[go.shape.int]`,
/// `F[...]`) and the two forms of an assembly function (`F.abi0`). Initialisers, numbered or of variables, are
/// all `init`. A closure of `G` that was inlined into `F` is `F.G.func1`, and reads like one of a method.
pub fn function(name: &str) -> Option<String> {
    let plain = without_brackets(name);
    let plain = plain.strip_suffix(".abi0").unwrap_or(&plain);
    if let Some(inner) = plain.strip_prefix('(') {
        let (receiver, rest) = inner.split_once(").")?;
        // A promoted method of another package has its path in its name.
        let element = rest.rfind('/').map_or(0, |slash| slash + 1);
        let rest = rest.get(element..)?;
        let rest = if element == 0 { rest } else { rest.split_once('.')?.1 };
        let (method, tail) = rest.split_once('.').unwrap_or((rest, ""));
        let method = uncut(method);
        let whole = !receiver.is_empty() && !method.is_empty() && made_by_compiler(tail);
        return whole.then(|| format!("({receiver}).{method}"));
    }
    let (first, rest) = plain.split_once('.').unwrap_or((plain, ""));
    let first = uncut(first);
    match first {
        "" => return None,
        "init" => return Some("init".into()),
        // Variables: `glob..func1` before Go 1.21; and maps that are filled apart. `map` names no function.
        "glob" if rest.starts_with('.') => return Some("init".into()),
        "map" if rest.starts_with("init.") => return Some("init".into()),
        _ => {}
    }
    if rest.is_empty() || rest.split('.').next().is_some_and(made) {
        return Some(first.to_owned());
    }
    let (second, tail) = rest.split_once('.').unwrap_or((rest, ""));
    let second = uncut(second);
    (!second.is_empty() && made_by_compiler(tail)).then(|| format!("{first}.{second}"))
}

/// An element without `-fm` and `-range1`, which no identifier can hold.
fn uncut(element: &str) -> &str {
    element.split('-').next().unwrap_or_default()
}

/// Whether what stands behind a function is of the compiler's making. The name of a function that was inlined may
/// stand before the last element, as in `F.G.func1`.
fn made_by_compiler(tail: &str) -> bool {
    tail.is_empty() || tail.rsplit('.').next().is_some_and(made)
}

/// Whether an element is one that the compiler adds: `func1`, `gowrap2`, `3`.
fn made(element: &str) -> bool {
    let element = uncut(element);
    let number = ["func", "gowrap", "deferwrap"]
        .iter()
        .find_map(|word| element.strip_prefix(word))
        .unwrap_or(element);
    !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// The name of a symbol as Go's function table has it: what stands in brackets, from the first to the last, is left
/// out (cmd/link, `nameParts`), so that all instances of a generic function have one name.
pub fn in_table(name: &str) -> std::borrow::Cow<'_, str> {
    match (name.find('['), name.rfind(']')) {
        (Some(first), Some(last)) if first < last => {
            let (head, tail) = (name.get(..first), name.get(last + 1..));
            format!("{}[...]{}", head.unwrap_or_default(), tail.unwrap_or_default()).into()
        }
        _ => name.into(),
    }
}

/// Whether a symbol is a function that the compiler made inside of another one: a closure, the body of a loop over
/// a function, what `go` and `defer` run. Nothing but the code around it refers to such a one by its name; where
/// that code is inlined, it has a copy.
pub fn inner(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or_default();
    last.contains("-range")
        || ["func", "gowrap", "deferwrap"].iter().any(|word| last.starts_with(word)) && made(last)
}

/// A name without the types in brackets.
fn without_brackets(name: &str) -> std::borrow::Cow<'_, str> {
    if !name.contains('[') {
        return name.into();
    }
    let mut depth = 0_usize;
    let mut plain = String::with_capacity(name.len());
    for character in name.chars() {
        match character {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ if depth == 0 => plain.push(character),
            _ => {}
        }
    }
    plain.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_compiler_makes_of_a_function_counts_for_it() {
        let cases = [
            ("F", Some("F")),
            ("F.func1", Some("F")),
            ("F.func1.2", Some("F")),
            ("F.gowrap1", Some("F")),
            ("F.deferwrap2", Some("F")),
            ("F-range1", Some("F")),
            ("F.func1-range2", Some("F")),
            ("F.abi0", Some("F")),
            ("F[...]", Some("F")),
            ("F[go.shape.[]uint8,a.b/c.T].func1", Some("F")),
            ("T.M", Some("T.M")),
            ("T.M-fm", Some("T.M")),
            ("T.M.func1", Some("T.M")),
            ("(*T).M", Some("(*T).M")),
            ("(*T).M-fm", Some("(*T).M")),
            ("(*T).M.func2.1", Some("(*T).M")),
            ("(*G[go.shape.int]).M", Some("(*G).M")),
            ("(*T).d.e/f.method", Some("(*T).method")),
            ("(*T).F.func1", Some("(*T).F")),
            ("init", Some("init")),
            ("init.0", Some("init")),
            ("init.0.func1", Some("init")),
            ("init.OnceFunc.func2.1", Some("init")),
            ("glob..func1", Some("init")),
            ("map.init.0", Some("init")),
            ("glob.func1", Some("glob")),
            ("F.G.func1", Some("F.G")),
            ("F.func1.G.func2", Some("F")),
            ("(*T).M.G.func1", Some("(*T).M")),
            ("T.M.G.func1", Some("T.M")),
            (".inittask", None),
            (".dict.Gen[int]", None),
            ("(*T).M.arginfo1", None),
            ("T.M.stkobj", None),
            ("(*T)", None),
            ("(", None),
            ("", None),
            ("-fm", None),
        ];
        for (name, of) in cases {
            assert_eq!(function(name).as_deref(), of, "{name}");
        }
    }

    #[test]
    fn the_function_table_leaves_types_out() {
        let cases = [
            ("a.b/c.F", "a.b/c.F"),
            ("a.b/c.F[go.shape.[]uint8,d.e/f.T].func1", "a.b/c.F[...].func1"),
            ("a.b/c.(*G[int]).M[x]", "a.b/c.(*G[...]"),
            ("a.F[", "a.F["),
            ("a.F][", "a.F]["),
        ];
        for (name, in_the_table) in cases {
            assert_eq!(in_table(name), in_the_table, "{name}");
        }
        let inner_ones = ["a.F.func1", "a.F.gowrap12", "a.(*T).M.deferwrap1", "a.F-range1"];
        assert!(inner_ones.into_iter().all(inner));
        let others = ["a.F", "a.func", "a.init.0", "a.T.M-fm", "a.F.func1.2", "a.functional", ""];
        assert!(!others.into_iter().any(inner));
    }

    #[test]
    fn the_package_is_in_the_symbol_up_to_the_first_dot_of_the_last_element() {
        let cases = [
            ("main.main", Some("main")),
            ("main.(*T).Run-fm", Some("main")),
            ("main.main.func1.2", Some("main")),
            ("runtime/internal/atomic.Load", Some("runtime/internal/atomic")),
            ("gopkg.in/yaml%2ev3.(*Decoder).Decode", Some("gopkg.in/yaml%2ev3")),
            ("go.uber.org/zap.New", Some("go.uber.org/zap")),
            ("slices.SortFunc[...]", Some("slices")),
            ("a.b/c.(*T).d.e/f.method", Some("a.b/c")),
            ("a.b/c.(*T[go.shape.int]).M", Some("a.b/c")),
            ("a.b/c.F[go.shape.*uint8_0,d.e/f.T].func1", Some("a.b/c")),
            ("a.b/c.init.0", Some("a.b/c")),
            ("go:buildid", None),
            ("go.buildid", None),
            ("type:.eq.a.b/c.T", None),
            ("type..eq.a.b/c.T", None),
            ("x64_fn", None),
            ("[...]", None),
            ("a.b/", None),
            (".hidden", None),
            ("", None),
        ];
        for (name, package) in cases {
            assert_eq!(prefix(name), package, "{name}");
        }
    }

    #[test]
    fn escapes_are_taken_back() {
        let cases = [
            ("gopkg.in/yaml%2ev3", "gopkg.in/yaml.v3"),
            ("a%22b%25c", "a\"b%c"),
            ("%2", "%2"),
            ("%zz%", "%zz%"),
            ("a%c3%a9", "a\u{e9}"),
        ];
        for (path, plain) in cases {
            assert_eq!(unescape(path), plain);
        }
    }
}
