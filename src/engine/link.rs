//! What the linker complains of, taken apart: which package lacks the symbol or brings the object.

use std::collections::BTreeMap;

use crate::facts::{FailureClass, PackageFacts};
use crate::go::diagnose;

/// Whether the words are the linker's and not the compiler's.
pub(super) fn is_link_failure(output: &str) -> bool {
    output.lines().filter(|line| !diagnose::is_frame(line)).any(|line| {
        let class = diagnose::read(line).class;
        matches!(
            class,
            FailureClass::LinkError
                | FailureClass::LinkUndefined
                | FailureClass::InvalidLinkname
                | FailureClass::ObjectMachine
        ) || line.starts_with("link: ")
            || line.contains("/link: ")
    })
}

/// The packages at fault, each with its lines; lines that no package of the table can be blamed for stand
/// under `main`.
pub(super) fn culprits(
    table: &BTreeMap<String, PackageFacts>,
    main: &str,
    output: &str,
) -> BTreeMap<String, String> {
    let mut by_package: BTreeMap<String, String> = BTreeMap::new();
    for line in output.lines().filter(|line| !diagnose::is_frame(line)) {
        let package = culprit(table, line).unwrap_or_else(|| main.to_owned());
        let words = by_package.entry(package).or_default();
        words.push_str(line);
        words.push('\n');
    }
    by_package
}

fn culprit(table: &BTreeMap<String, PackageFacts>, line: &str) -> Option<String> {
    let reading = diagnose::read(line);
    let known = |path: &String| table.contains_key(path);
    match reading.class {
        FailureClass::LinkUndefined => {
            // The package of the missing symbol; where that is Go's own, the one that refers to it.
            let target = reading.symbol.as_deref().and_then(diagnose::package_of_symbol);
            let referrer = || {
                let (symbol, _) = line.split_once(": relocation target ")?;
                diagnose::package_of_symbol(symbol)
            };
            target.filter(known).or_else(|| referrer().filter(known))
        }
        FailureClass::LinkError => {
            // `P.f: nosplit stack over …`, or `link: duplicated definition of symbol s, from P and Q`.
            let stack =
                line.split_once(": nosplit").and_then(|(s, _)| diagnose::package_of_symbol(s));
            let from = || line.split(", from ").nth(1)?.split(" and ").next().map(str::to_owned);
            stack.filter(known).or_else(|| from().filter(known))
        }
        FailureClass::InvalidLinkname => {
            let path = line.split("link: ").nth(1)?.split(": ").next()?;
            Some(path.to_owned()).filter(known)
        }
        FailureClass::ObjectMachine => owner_of_object(table, line),
        _ => None,
    }
}

/// `…/abc-d(rsrc.syso): 43261: unknown ARM64 relocation type 3`: the package that has such an object.
fn owner_of_object(table: &BTreeMap<String, PackageFacts>, line: &str) -> Option<String> {
    let name = line.split('(').nth(1)?.split(')').next()?;
    let has = |package: &&PackageFacts| {
        package.arm64.as_ref().is_some_and(|set| set.syso.iter().any(|file| file == name))
    };
    table.values().find(has).map(|package| package.import_path.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_symbol_of_gos_own_is_the_fault_of_who_refers_to_it() {
        let table: BTreeMap<String, PackageFacts> =
            ["ex.com/a", "ex.com/b"].map(|path| (path.to_owned(), PackageFacts::default())).into();
        let output = "# x\nex.com/a.F: relocation target ex.com/b.g not defined\n\
                      ex.com/a.H: relocation target runtime.nope not defined\n\
                      main.main: relocation target nope not defined\n";
        let found = culprits(&table, "m", output);
        let packages: Vec<&str> = found.keys().map(String::as_str).collect();
        assert_eq!(packages, ["ex.com/a", "ex.com/b", "m"]);
        assert!(found["ex.com/b"].contains("ex.com/b.g"));
        assert!(is_link_failure(output));
        assert!(!is_link_failure("a.go:1:1: undefined: X"));
    }
}
