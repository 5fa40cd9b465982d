//! The words of cmd/go, cmd/compile, cmd/asm and cmd/link, taken apart.
//!
//! The texts are those of Go 1.21 to 1.27; each pattern names the tool that prints it.

use crate::facts::{Diagnostic, FailureClass};

/// What one line says: its class and the symbol, import path or file that it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Class of failure.
    pub class: FailureClass,
    /// What is missing or wrong, as the tool spells it.
    pub symbol: Option<String>,
}

impl Reading {
    fn new(class: FailureClass, symbol: Option<&str>) -> Self {
        Self { class, symbol: symbol.map(str::to_owned) }
    }
}

/// Splits `file:line:col: message` (cmd/compile) or `file:line: message` (cmd/asm); a line without a
/// position is a message alone. Windows paths (`C:\…`) keep their colon.
pub fn diagnostic(line: &str) -> Diagnostic {
    let none = || Diagnostic { message: line.to_owned(), ..Diagnostic::default() };
    let line = line.trim_end();
    let drive = line.as_bytes().get(1) == Some(&b':')
        && line.starts_with(|c: char| c.is_ascii_alphabetic());
    let start = if drive { 2 } else { 0 };
    let Some(rest) = line.get(start..) else { return none() };
    let mut parts = rest.splitn(4, ':');
    let (Some(file), Some(second)) = (parts.next(), parts.next()) else { return none() };
    let Ok(number) = second.parse::<u32>() else { return none() };
    let (third, fourth) = (parts.next().unwrap_or_default(), parts.next());
    let file = line.get(..start + file.len()).map(str::to_owned);
    match (third.parse::<u32>(), fourth) {
        (Ok(column), Some(message)) => Diagnostic {
            file,
            line: Some(number),
            column: Some(column),
            message: message.trim().to_owned(),
        },
        _ => {
            let message = match fourth {
                Some(fourth) => format!("{third}:{fourth}"),
                None => third.to_owned(),
            };
            Diagnostic {
                file,
                line: Some(number),
                column: None,
                message: message.trim().to_owned(),
            }
        }
    }
}

/// Lines that say nothing of their own: package headers and the end of a list of errors.
pub fn is_frame(line: &str) -> bool {
    let line = line.trim();
    line.is_empty()
        || line.starts_with("# ")
        || (line.starts_with("package ") && !line.contains(':'))
        || line == "too many errors"
        || line.ends_with(": too many errors")
}

/// The line of an output that says that the machine failed and not the package: the system's words for no
/// room, no memory or no permission, where no place in a source file stands in front of them.
pub fn environment(output: &str) -> Option<&str> {
    const WORDS: &[&str] = &[
        "no space left on device",
        "There is not enough space on the disk",
        "disk quota exceeded",
        "read-only file system",
        "too many open files",
        "cannot allocate memory",
        "out of memory",
        "resource temporarily unavailable",
        "permission denied",
        "Access is denied",
        "signal: killed",
        "already exists and is not an object file",
    ];
    output
        .lines()
        .map(str::trim)
        .filter(|line| !is_frame(line) && diagnostic(line).line.is_none())
        .find(|line| WORDS.iter().any(|words| line.contains(words)))
}

/// Reads one message; `Other` where nothing matches.
pub fn read(message: &str) -> Reading {
    resolution(message)
        .or_else(|| loading(message))
        .or_else(|| linking(message))
        .or_else(|| assembling(message))
        .or_else(|| compiling(message))
        .unwrap_or_else(|| Reading::new(FailureClass::Other, None))
}

/// How the load errors of cmd/go begin that stand behind a place in a file. Everything else there is the
/// compiler's, which may quote any words of the source.
const LOAD_ERRORS: &[&str] = &[
    "no required module provides package ",
    "cannot find module providing package ",
    "missing go.sum entry",
    "package ",
    "pattern ",
    "found packages ",
    "build constraints exclude all Go files",
    "import lookup disabled",
    "module ",
];

/// Reads a line that was taken apart.
pub fn read_diagnostic(diagnostic: &Diagnostic) -> Reading {
    let message = diagnostic.message.as_str();
    if diagnostic.file.is_none() || LOAD_ERRORS.iter().any(|words| message.starts_with(words)) {
        return read(message);
    }
    assembling(message)
        .filter(|reading| reading.class != FailureClass::CToolchain)
        .or_else(|| compiling(message))
        .unwrap_or_else(|| Reading::new(FailureClass::Other, None))
}

/// The class that stands for a whole output: the first line that says something, where a specific class
/// outranks a mere type error (which may be a consequence of it).
pub fn read_all<'a>(diagnostics: impl IntoIterator<Item = &'a Diagnostic>) -> Reading {
    let mut best = Reading::new(FailureClass::Other, None);
    for diagnostic in diagnostics {
        let reading = read_diagnostic(diagnostic);
        let rank = |class| match class {
            FailureClass::Other => 0,
            FailureClass::TypeError => 1,
            _ => 2,
        };
        if rank(reading.class) > rank(best.class) {
            best = reading;
        }
    }
    best
}

/// cmd/go while it resolves modules.
fn resolution(message: &str) -> Option<Reading> {
    const UNRESOLVED: &[&str] = &[
        "missing go.sum entry",
        "no required module provides package",
        "cannot find module providing package",
        "updates to go.mod needed",
        "updates to go.sum needed",
        "module lookup disabled by GOPROXY=off",
        "checksum mismatch",
        "inconsistent vendoring",
        "dial tcp",
        "no such host",
        "connection refused",
        "verifying module",
        "verifying go.mod",
        "reading https://",
        "reading http://",
        "Get \"http",
        "unrecognized import path",
        "unknown revision",
        "is not in the main module's vendor directory",
        "cannot find package \".\" in:\n\t",
        "is replaced but not required",
        "replacement directory",
        "cannot query module due to -mod=vendor",
        "import lookup disabled by -mod=",
    ];
    if message.contains("requires go >= ") || message.contains("requires newer Go version") {
        return Some(Reading::new(FailureClass::NewerGo, None));
    }
    if message.contains("note: module requires Go ") {
        return Some(Reading::new(FailureClass::NewerGo, None));
    }
    let found = UNRESOLVED.iter().any(|words| message.contains(words));
    found.then(|| Reading::new(FailureClass::UnresolvedModule, None))
}

/// cmd/go while it loads packages.
fn loading(message: &str) -> Option<Reading> {
    if message.contains("build constraints exclude all Go files") {
        return Some(Reading::new(FailureClass::Excluded, None));
    }
    if message.contains(": no matching files found") || message.contains("cannot embed") {
        let pattern = message.split("pattern ").nth(1).and_then(|rest| rest.split(':').next());
        return Some(Reading::new(FailureClass::MissingGeneratedInput, pattern));
    }
    if message.contains("no Go files in") {
        return Some(Reading::new(FailureClass::MissingGeneratedInput, None));
    }
    // modload.ImportMissingError for a package of the main module: "package X is not in std",
    // or "module M provides package P and is replaced but not required".
    if message.contains("is not in std") || message.contains("but does not contain package") {
        return Some(Reading::new(FailureClass::UnresolvedModule, None));
    }
    let found = message.split("found packages ").nth(1)?;
    // "found packages native (dump_other.go) and your_windows_architecture_is_not_supported (s.go) in DIR"
    found.contains(" and ").then(|| Reading::new(FailureClass::Sentinel, None))
}

/// cmd/link.
fn linking(message: &str) -> Option<Reading> {
    if let Some(rest) = message.split("relocation target ").nth(1) {
        let symbol =
            rest.strip_suffix(" not defined").or_else(|| rest.split(" not defined").next());
        return Some(Reading::new(FailureClass::LinkUndefined, symbol));
    }
    if let Some(rest) = message.split("invalid reference to ").nth(1) {
        return Some(Reading::new(FailureClass::InvalidLinkname, Some(rest.trim())));
    }
    if message.contains(": nosplit stack over")
        || message.contains("duplicated definition of symbol")
    {
        return Some(Reading::new(FailureClass::LinkError, None));
    }
    let object = message.contains("unknown ARM64 relocation type")
        || message.contains("unknown relocation type")
        || message.contains("elf object but not")
        || message.contains("unrecognized PE machine")
        || message.contains("unsupported instruction for 0 R_ARM64_PCREL")
        || message.contains("conflicts with arm64");
    object.then(|| Reading::new(FailureClass::ObjectMachine, None))
}

/// Registers of x86 as Go's assembler names them, but for those whose names ARM64 has too.
const X86_REGISTERS: &[&str] =
    &["AH", "AL", "AX", "BH", "BL", "BP", "BX", "CH", "CL", "CX", "DH", "DI", "DL", "DX", "SI"];

/// The name that cmd/asm does not know as a register: as an operand, in an address, in a list of registers.
fn refused_name(message: &str) -> Option<&str> {
    let behind = |words: &str| message.strip_prefix(words);
    if let Some(name) = behind("illegal or missing addressing mode for symbol ") {
        return Some(name.trim());
    }
    if let Some(name) = behind("expected register; found ") {
        return Some(name.trim());
    }
    behind("unexpected ")?.strip_suffix(" evaluating expression")
}

/// cmd/asm, and the C tools behind cgo.
fn assembling(message: &str) -> Option<Reading> {
    if let Some(rest) = message.split("unrecognized instruction ").nth(1) {
        return Some(Reading::new(FailureClass::ForeignAssembly, Some(rest.trim_matches('"'))));
    }
    match refused_name(message) {
        Some("R18") => return Some(Reading::new(FailureClass::ReservedRegister, Some("R18"))),
        Some(name) if X86_REGISTERS.contains(&name) => {
            return Some(Reading::new(FailureClass::ForeignAssembly, Some(name)));
        }
        _ => {}
    }
    let toolchain = message.starts_with("cgo: C compiler ")
        || message.contains("cgo: cannot parse gcc output")
        || message.contains("gcc_arm64.S")
        || message.contains("requires external (cgo) linking, but cgo is not enabled")
        || message.contains("C source files not allowed when not using cgo");
    if toolchain {
        return Some(Reading::new(FailureClass::CToolchain, None));
    }
    if message.contains(" is not supported on windows/arm64")
        || message.contains("not supported on windows/arm64")
    {
        return Some(Reading::new(FailureClass::UnsupportedFlag, None));
    }
    None
}

/// cmd/compile.
fn compiling(message: &str) -> Option<Reading> {
    if message.starts_with("missing function body") {
        return Some(Reading::new(FailureClass::MissingFunctionBody, None));
    }
    if let Some(symbol) = message.strip_prefix("undefined: ") {
        let symbol = symbol.split_whitespace().next().unwrap_or_default();
        let class = if symbol.contains('.') {
            FailureClass::UndefinedInDependency
        } else {
            FailureClass::UndefinedSymbol
        };
        return Some(Reading::new(class, Some(symbol)));
    }
    if let Some(rest) = message.strip_prefix("undefined array length ") {
        return Some(Reading::new(FailureClass::UndefinedSymbol, rest.split_whitespace().next()));
    }
    if let Some(rest) = message.split("(missing method ").nth(1) {
        let class = FailureClass::MissingMethod;
        return Some(Reading::new(class, rest.split([')', ' ']).next()));
    }
    if let Some(rest) = message.split("has no field or method ").nth(1) {
        let symbol = rest.trim_end_matches(')').split([',', ')']).next();
        return Some(Reading::new(FailureClass::MissingMethod, symbol));
    }
    if message.contains(" redeclared in this block") {
        let symbol = message.split(" redeclared").next();
        return Some(Reading::new(FailureClass::Redeclared, symbol));
    }
    if message.starts_with("syntax error") || message.starts_with("expected ") {
        return Some(Reading::new(FailureClass::SyntaxError, None));
    }
    type_error(message)
}

fn type_error(message: &str) -> Option<Reading> {
    const WORDS: &[&str] = &[
        "cannot use ",
        "declared and not used",
        "imported and not used",
        "not enough arguments",
        "too many arguments",
        "mismatched types",
        "invalid operation",
        "missing return",
        "is not a type",
        "does not implement",
        "overflows",
        "cannot assign",
        "cannot convert",
        "assignment mismatch",
        "import cycle not allowed",
    ];
    let found = WORDS.iter().any(|words| message.contains(words));
    found.then(|| Reading::new(FailureClass::TypeError, None))
}

/// The package that a linker symbol such as `example.com/m/lib.(*T).add` belongs to: everything up to
/// the first dot after the last slash. The linker writes dots of the last element as `%2e`.
pub fn package_of_symbol(symbol: &str) -> Option<String> {
    let receiver = symbol.find(['(', '[']).unwrap_or(symbol.len());
    let head = symbol.get(..receiver)?;
    let slash = head.rfind('/').map_or(0, |at| at + 1);
    let dot = symbol.get(slash..)?.find('.')? + slash;
    Some(symbol.get(..dot)?.replace("%2e", "."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use FailureClass::*;

    #[test]
    fn positions_are_split_from_messages() {
        let all = |line: &str| {
            let d = diagnostic(line);
            (d.file, d.line, d.column, d.message)
        };
        let file = |name: &str| Some(name.to_owned());
        assert_eq!(
            all("dep/com.go:238:21: undefined: VARIANT"),
            (file("dep/com.go"), Some(238), Some(21), "undefined: VARIANT".into())
        );
        assert_eq!(
            all("add.s:4: unrecognized instruction \"MOVQ\""),
            (file("add.s"), Some(4), None, "unrecognized instruction \"MOVQ\"".into())
        );
        assert_eq!(
            all(r"C:\m\a.go:1:2: x: y"),
            (file(r"C:\m\a.go"), Some(1), Some(2), "x: y".into())
        );
        assert_eq!(all("main.main: relocation target p.f not defined").0, None);
        assert_eq!(all("").3, "");
        assert_eq!(all(":::").0, None);
    }

    #[test]
    fn each_class_is_read_from_the_words_go_prints() {
        let cases: &[(&str, FailureClass, Option<&str>)] = &[
            ("build constraints exclude all Go files in /m/dep", Excluded, None),
            (
                "found packages dep (dep.go) and your_arch_is_not_supported (sentinel.go) in /m/dep",
                Sentinel,
                None,
            ),
            ("undefined: VARIANT", UndefinedSymbol, Some("VARIANT")),
            (
                "undefined array length maxMapSize or missing type constraint",
                UndefinedSymbol,
                Some("maxMapSize"),
            ),
            (
                "cannot use v (variable of type T) as I value in argument to f: T does not implement I (missing method M)",
                MissingMethod,
                Some("M"),
            ),
            ("x.M undefined (type T has no field or method M)", MissingMethod, Some("M")),
            ("undefined: dep.F", UndefinedInDependency, Some("dep.F")),
            ("f redeclared in this block", Redeclared, Some("f")),
            ("missing function body", MissingFunctionBody, None),
            (
                "main.main: relocation target ex.com/p.add not defined",
                LinkUndefined,
                Some("ex.com/p.add"),
            ),
            ("unrecognized instruction \"MOVQ\"", ForeignAssembly, Some("MOVQ")),
            ("illegal or missing addressing mode for symbol R18", ReservedRegister, Some("R18")),
            ("unexpected R18 evaluating expression", ReservedRegister, Some("R18")),
            ("expected register; found R18", ReservedRegister, Some("R18")),
            ("unrecognized instruction \"MOVQ\"", ForeignAssembly, Some("MOVQ")),
            ("illegal or missing addressing mode for symbol AX", ForeignAssembly, Some("AX")),
            ("unexpected BX evaluating expression", ForeignAssembly, Some("BX")),
            ("illegal or missing addressing mode for symbol table", Other, None),
            ("link: ex.com/p: invalid reference to runtime.x", InvalidLinkname, Some("runtime.x")),
            ("cgo: C compiler \"aarch64-w64-mingw32-clang\" not found: exec: …", CToolchain, None),
            ("p.a(rsrc.syso): 43261: unknown ARM64 relocation type 3", ObjectMachine, None),
            ("loadelf: x(x.syso): elf object but not arm64", ObjectMachine, None),
            ("-race is not supported on windows/arm64", UnsupportedFlag, None),
            ("pattern dist: no matching files found", MissingGeneratedInput, Some("dist")),
            ("missing go.sum entry for module providing package ex.com/x", UnresolvedModule, None),
            (
                "go: go.mod requires go >= 1.99 (running go 1.26.8; GOTOOLCHAIN=local)",
                NewerGo,
                None,
            ),
            ("syntax error: unexpected newline, expected comma", SyntaxError, None),
            (
                "cannot use \"x\" (untyped string constant) as int value in assignment",
                TypeError,
                None,
            ),
            ("something never seen", Other, None),
        ];
        for (text, class, symbol) in cases {
            let reading = read(text);
            assert_eq!((reading.class, reading.symbol.as_deref()), (*class, *symbol), "{text}");
        }
    }

    #[test]
    fn a_machine_that_fails_is_told_from_a_package_that_fails() {
        let full = "# ex.com/m\ngo build ex.com/m: copying /tmp/a.out: write x.exe: no space left on device\n";
        assert!(environment(full).is_some_and(|line| line.starts_with("go build ex.com/m")));
        assert!(environment("/go/pkg/tool/compile: signal: killed").is_some());
        let own =
            "a.go:3:9: cannot use \"permission denied\" (untyped string constant) as int value";
        assert_eq!(environment(own), None);
        assert_eq!(environment("# ex.com/out of memory\n"), None);
    }

    #[test]
    fn a_cause_outranks_its_consequences() {
        let lines =
            ["a.go:1:1: imported and not used: \"os\"", "a.go:2:1: undefined: X"].map(diagnostic);
        let reading = read_all(&lines);
        assert_eq!((reading.class, reading.symbol.as_deref()), (UndefinedSymbol, Some("X")));
    }

    #[test]
    fn what_the_compiler_quotes_is_no_class() {
        let quoted = [
            "a.go:1:9: cannot use \"connection refused\" (untyped string constant) as int value",
            "a.go:1:9: cannot use \"relocation target x not defined\" (constant) as int value",
            "a.go:1:9: cannot use \"build constraints exclude all Go files\" (constant) as int value",
        ];
        for line in quoted {
            assert_eq!(read_diagnostic(&diagnostic(line)).class, TypeError, "{line}");
        }
        let load = diagnostic("a.go:3:8: no required module provides package ex.com/x; to add it:");
        assert_eq!(read_diagnostic(&load).class, UnresolvedModule);
    }

    #[test]
    fn linker_symbols_name_their_package() {
        let package = |symbol| package_of_symbol(symbol);
        assert_eq!(package("example.com/m/lib.add").as_deref(), Some("example.com/m/lib"));
        assert_eq!(package("example.com/m/lib.(*T).add").as_deref(), Some("example.com/m/lib"));
        assert_eq!(package("gopkg.in/yaml%2ev3.add").as_deref(), Some("gopkg.in/yaml.v3"));
        assert_eq!(package("lib.F[go.shape.int]").as_deref(), Some("lib"));
        assert_eq!(package("main.main").as_deref(), Some("main"));
        assert_eq!(package("nodot"), None);
    }
}
