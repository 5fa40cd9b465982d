//! Whether a package declares a function, by its files: what `--why` asks before it says that none is linked.

use std::collections::BTreeSet;
use std::path::Path;

use crate::facts::{FileSet, PackageFacts};
use crate::source::golang::{self, Declaration, DeclarationKind};

/// Bytes of a file that is read; Go's own limit for a source file is far above what anybody writes.
const MAX_BYTES: u64 = 64 << 20;

/// Where a function is declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Declared {
    /// In a file that is built for windows/arm64, or nobody can tell.
    Here,
    /// Only in a file that is not.
    Elsewhere(String),
    /// Nowhere; the functions and methods that the package has.
    Nowhere(BTreeSet<String>),
}

/// Looks a function up in the files of its package.
pub(super) fn find(package: &PackageFacts, function: &str) -> Declared {
    let Some(built) = &package.arm64 else { return Declared::Here };
    // What the compiler makes itself has no declaration.
    if function == "init" {
        return Declared::Here;
    }
    let mut names = BTreeSet::new();
    for file in built.go.iter().chain(&built.cgo) {
        match functions(&package.dir, file) {
            // What could not be read may declare anything.
            None => return Declared::Here,
            Some(found) => names.extend(found),
        }
    }
    if has(&names, function) {
        return Declared::Here;
    }
    // A function of assembly alone, which other assembly calls.
    for file in &built.asm {
        let symbol = format!("·{function}");
        if read(&package.dir, file).is_none_or(|text| golang::mentions(&text, &symbol)) {
            return Declared::Here;
        }
    }
    let sets = [&package.amd64, &package.arm64_cgo, &package.amd64_cgo];
    let files = |set: &'_ FileSet| set.go.iter().chain(&set.cgo).cloned().collect::<Vec<_>>();
    let others: BTreeSet<String> = sets
        .into_iter()
        .flatten()
        .flat_map(files)
        .chain(built.ignored_go.iter().cloned())
        .collect();
    let declares =
        |file: &String| functions(&package.dir, file).is_some_and(|names| has(&names, function));
    others.into_iter().find(declares).map_or(Declared::Nowhere(names), Declared::Elsewhere)
}

/// The functions and methods that a file declares, as the linker names them; `None` where it cannot be told.
fn functions(dir: &Path, file: &str) -> Option<BTreeSet<String>> {
    let found = golang::declarations(&read(dir, file)?).ok()?;
    let name = |item: Declaration| match item.kind {
        DeclarationKind::Func { .. } if item.name != "_" && item.name != "init" => Some(item.name),
        DeclarationKind::Method { receiver, pointer: true, .. } => {
            Some(format!("(*{receiver}).{}", item.name))
        }
        DeclarationKind::Method { receiver, .. } => Some(format!("{receiver}.{}", item.name)),
        _ => None,
    };
    found.first_error.is_none().then(|| found.items.into_iter().filter_map(name).collect())
}

/// Whether one of the names is the function. A pointer and its type share their methods.
fn has(names: &BTreeSet<String>, function: &str) -> bool {
    names.iter().any(|name| name == function || plain(name) == plain(function))
}

/// `T.M` of `(*T).M`.
pub(super) fn plain(function: &str) -> String {
    function.chars().filter(|character| !matches!(character, '(' | '*' | ')')).collect()
}

/// The name of a method without its type.
pub(super) fn last(function: &str) -> &str {
    function.rsplit('.').next().unwrap_or_default()
}

fn read(dir: &Path, file: &str) -> Option<Vec<u8>> {
    let path = dir.join(file);
    let metadata = fs_err::metadata(&path).ok()?;
    if !metadata.is_file() || metadata.len() > MAX_BYTES {
        return None;
    }
    fs_err::read(path).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_is_declared_here_elsewhere_or_nowhere() {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs_err::write(dir.path().join(name), text).unwrap();
        write(
            "a.go",
            "package p\n\nfunc F() {}\n\nfunc (t *T) M() {}\n\nfunc (t T) V() {}\n\ntype T struct{}\n",
        );
        write("a_amd64.go", "package p\n\nfunc Fast() {}\n");
        write("a.s", "TEXT ·inAssembly(SB),$0\n\tRET\n");
        let mut package = PackageFacts {
            dir: dir.path().to_owned(),
            arm64: Some(FileSet {
                go: vec!["a.go".into()],
                asm: vec!["a.s".into()],
                ignored_go: vec!["a_amd64.go".into()],
                ..FileSet::default()
            }),
            ..PackageFacts::default()
        };
        for function in ["F", "(*T).M", "T.M", "T.V", "(*T).V", "inAssembly", "init"] {
            assert_eq!(find(&package, function), Declared::Here, "{function}");
        }
        assert_eq!(find(&package, "Fast"), Declared::Elsewhere("a_amd64.go".into()));
        let names = ["(*T).M", "F", "T.V"].map(str::to_owned).into();
        for function in ["G", "T.F", "M", "T"] {
            assert_eq!(
                find(&package, function),
                Declared::Nowhere(BTreeSet::clone(&names)),
                "{function}"
            );
        }
        write("a.go", "package p\n\nfunc broken( {}\n\nfunc Half() { ");
        assert_eq!(find(&package, "Half"), Declared::Here, "it cannot be told");
        package.arm64 = Some(FileSet { go: vec!["gone.go".into()], ..FileSet::default() });
        assert_eq!(find(&package, "G"), Declared::Here, "likewise");
        package.arm64 = None;
        assert_eq!(find(&package, "G"), Declared::Here, "nothing is built of it");
    }
}
