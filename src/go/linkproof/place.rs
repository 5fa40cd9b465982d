//! Where the files of a link proof must lie so that each may import what it refers to.
//!
//! The rule of Go: a package with an element `internal` in its path may only be imported from
//! within the folder that holds the last such element.
//! See <https://go.dev/doc/go1.4#internalpackages>.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::{Packages, SkipReason};

/// What one file of the proof refers to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Site {
    /// The packages it imports, with the names to refer to.
    pub(super) packages: Packages,
    /// The roots of the sites whose helper it imports.
    pub(super) helpers: BTreeSet<String>,
}

/// The sites of a proof, by the import path below which each gets its folder. The module's own path
/// is always there: it is the place of `main`.
pub(super) type Sites = BTreeMap<String, Site>;

/// Distributes the packages over the sites.
pub(super) fn sites(module: &str, packages: Packages) -> Sites {
    let mut sites = Sites::from([(module.to_owned(), Site::default())]);
    for (path, names) in packages {
        let mut root = visible_root(module, &path).to_owned();
        sites.entry(root.clone()).or_default().packages.insert(path, names);
        // The helper at an inner root can itself be internal to an outer one, up to the module.
        while root != module {
            let outer = visible_root(module, &root).to_owned();
            sites.entry(outer.clone()).or_default().helpers.insert(root);
            root = outer;
        }
    }
    sites
}

/// The import path within which all of `path`'s importers must lie, no further up than the module.
fn visible_root<'a>(module: &'a str, path: &'a str) -> &'a str {
    let Some(relative) = relative(module, path) else { return module };
    let mut root = module;
    let mut at = path.len() - relative.len();
    for element in relative.split('/') {
        if element == "internal" {
            root = path.get(..at.saturating_sub(1)).unwrap_or(module);
        }
        at += element.len() + 1;
    }
    root
}

/// What of `path` comes behind the module's own; `None` where it is not of the module.
fn relative<'a>(module: &str, path: &'a str) -> Option<&'a str> {
    let rest = path.strip_prefix(module)?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix('/') }
}

/// The folder of an import path of the module.
pub(super) fn folder_of(module_dir: &Path, module: &str, path: &str) -> PathBuf {
    let elements =
        relative(module, path).unwrap_or_default().split('/').filter(|part| !part.is_empty());
    elements.fold(module_dir.to_owned(), |folder, element| folder.join(element))
}

/// Why no Go file of the module can import `path`; with `foreign`, packages of other modules are welcome.
pub(super) fn why_not_importable(module: &str, path: &str, foreign: bool) -> Option<SkipReason> {
    if !is_import_path(path) {
        return Some(SkipReason::NotImportable);
    }
    match relative(module, path) {
        None if foreign && !path.split('/').any(|element| element == "internal") => None,
        None => Some(SkipReason::OutsideModule),
        Some(inner) if inner.split('/').any(|element| element == "vendor") => {
            Some(SkipReason::NotImportable)
        }
        Some(_) => None,
    }
}

/// Whether `path` can stand in an import declaration and stays below its module's folder. The
/// characters are those that the Go specification lets a compiler refuse.
pub(super) fn is_import_path(path: &str) -> bool {
    path.split('/').all(|element| !matches!(element, "" | "." | ".."))
        && !path.contains(|c: char| {
            c.is_control() || c.is_whitespace() || "!\"#$%&'()*,:;<=>?[\\]^`{|}\u{fffd}".contains(c)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_follow_the_last_internal() {
        for (path, root) in [
            ("m", "m"),
            ("m/a", "m"),
            ("m/internal", "m"),
            ("m/internal/x", "m"),
            ("m/a/internal", "m/a"),
            ("m/a/internal/x/y", "m/a"),
            ("m/a/internal/b/internal/c", "m/a/internal/b"),
            ("m/internal/internal", "m/internal"),
            ("m/internals/x", "m"),
            ("m/a/x.internal", "m"),
        ] {
            assert_eq!(visible_root("m", path), root, "{path}");
        }
        assert_eq!(visible_root("x/internal/m", "x/internal/m/a"), "x/internal/m");
    }

    #[test]
    fn helpers_form_a_chain_to_the_module() {
        let names = Packages::from([("m/a/internal/b/internal/c".to_owned(), BTreeSet::new())]);
        let sites = sites("m", names);
        let helpers =
            |root: &str| sites[root].helpers.iter().map(String::as_str).collect::<Vec<_>>();
        assert_eq!(helpers("m"), ["m/a"]);
        assert_eq!(helpers("m/a"), ["m/a/internal/b"]);
        assert!(helpers("m/a/internal/b").is_empty());
        assert_eq!(sites["m/a/internal/b"].packages.len(), 1);
    }

    #[test]
    fn paths_that_cannot_be_imported() {
        let why = |path| why_not_importable("m", path, false);
        assert_eq!(why("m"), None);
        assert_eq!(why("m/a-b/v2.x~y+z_"), None);
        assert_eq!(why("mm/a"), Some(SkipReason::OutsideModule));
        assert_eq!(why("m/vendor/x/y"), Some(SkipReason::NotImportable));
        let foreign = |path| why_not_importable("m", path, true);
        assert_eq!(foreign("d.e/a"), None);
        assert_eq!(foreign("d.e/internal/a"), Some(SkipReason::OutsideModule));
        assert_eq!(foreign("d.e/a b"), Some(SkipReason::NotImportable));
        for path in ["", "m/", "m//a", "m/../a", "m/./a", "m/\"a", "m/a\nb", "m/a b", "m/a\\b"] {
            assert_eq!(why(path), Some(SkipReason::NotImportable), "{path}");
        }
    }

    #[test]
    fn folders_are_those_of_the_module() {
        assert_eq!(
            folder_of(Path::new("/d"), "x/m", "x/m/a/b"),
            Path::new("/d").join("a").join("b")
        );
        assert_eq!(folder_of(Path::new("/d"), "x/m", "x/m"), Path::new("/d"));
    }
}
