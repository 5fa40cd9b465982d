//! Generates the program that proves that library packages link.
//!
//! A library module has no command, so nothing of it is ever linked, and assembly that is missing
//! for a platform goes unseen: the package compiles, and the first program that uses it fails. The
//! link proof is that first program: a `main` package that refers to every exported function, type
//! and variable of the packages, and asks `reflect` for methods by a number only known at run time,
//! which makes Go's linker keep every exported method of every type it meets.
//!
//! The program exists in a `go build -overlay` only; nothing is written into the user's tree. An
//! `internal` package may only be imported from beside it, so at each such place the overlay gets
//! one helper package, which hands its references up to the `main` package at the module's root.
//!
//! This is the pure half: from names to text. Whoever runs it builds
//! [`LinkProof::main_import_path`] with `-json`, so that a diagnostic names its package, and with
//! [`LinkProof::build_flags`]; takes a reference that does not compile out with
//! [`Request::excluded`], found by [`LinkProof::reference_at`]; and generates again.
//!
//! What stays unproved: generic functions and types, which have no code until someone instantiates
//! them, and what only unexported code could reach. Methods are kept by reflection, so those of
//! types of other modules that appear in the exported API are linked too: as they would be in any
//! program that uses `text/template` or the like.

mod overlay;
mod place;
mod text;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

pub use overlay::{OverlayError, overlay_json};

/// The name of the folders and helper packages that the overlay adds, unless it is taken.
pub const FOLDER: &str = "gowoa_linkproof";

/// The name of the one file in each of them.
const FILE: &str = "linkproof.go";

/// How many names are tried before the search for a free one is given up.
const MAX_NAMES: usize = 1000;

/// A package to link, with the exported names that can be referred to without knowing more.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Library {
    /// How it is imported, as `go list` prints it.
    pub import_path: String,
    /// The name in its package clause; `main` means it is a command and cannot be imported.
    pub name: String,
    /// Its exported functions without type parameters.
    pub functions: Vec<String>,
    /// Its exported types that have no type parameters and are not interfaces.
    pub types: Vec<String>,
    /// Its exported variables: one may hold a function that nothing else refers to.
    pub variables: Vec<String>,
}

/// What a line of generated text refers to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    /// The import path of the package.
    pub package: String,
    /// The name in it; `None` for the package itself, that is, its import.
    pub symbol: Option<String>,
}

/// What a link proof is made from.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The module's path, from its go.mod.
    pub module_path: &'a str,
    /// The folder of its go.mod, absolute.
    pub module_dir: &'a Path,
    /// Whether packages of other modules are linked too: then the module is gowoa's own.
    pub foreign: bool,
    /// The packages to link.
    pub libraries: &'a [Library],
    /// What to leave out: references found not to compile, or (with no symbol) whole packages.
    pub excluded: &'a BTreeSet<Reference>,
    /// Whether an import path of the module is in use: a folder or file of that name exists on disk
    /// or in the user's own overlay, whatever it holds. On a file system that ignores case, so must
    /// this.
    pub taken: &'a dyn Fn(&str) -> bool,
}

/// The generated program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkProof {
    /// The import path of its `main` package: what to give to `go build`.
    pub main_import_path: String,
    /// Its files, `main` first, then the helpers by path.
    pub files: Vec<GeneratedFile>,
    /// What it does not prove, and why, in order of package and symbol.
    pub skipped: Vec<Skipped>,
}

/// One file of a link proof: a whole package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeneratedFile {
    /// The import path of the package it makes up.
    pub import_path: String,
    /// Where the overlay shows it, absolute. The text itself may be stored anywhere.
    pub virtual_path: PathBuf,
    /// The Go source text.
    pub text: String,
    /// What the lines of the text refer to, by line number, counted from 1.
    pub lines: BTreeMap<usize, Reference>,
}

/// A package or a name that the proof leaves out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skipped {
    /// What is left out.
    pub reference: Reference,
    /// Why.
    pub reason: SkipReason,
}

/// Why something is left out of a link proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SkipReason {
    /// The caller asked for it.
    Excluded,
    /// The package is a command: it is linked as what it is.
    Command,
    /// The package belongs to another module.
    OutsideModule,
    /// Nothing can import the package: its path is not one, or it is the path of a vendored copy.
    NotImportable,
    /// The name cannot be referred to from outside: it is not an exported Go identifier.
    NotExported,
}

/// Why no link proof could be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinkProofError {
    /// The module's path could not stand in a Go file.
    #[error("the module path {path:?} is not an import path")]
    BadModulePath {
        /// The path.
        path: String,
    },
    /// Every name that was tried is taken.
    #[error("no free folder name below {root}: {FOLDER} and its first {MAX_NAMES} variants exist")]
    NoFreeName {
        /// An import path at which the last one was taken.
        root: String,
    },
}

impl LinkProof {
    /// What a line of the package `import_path` refers to: the way back from a compiler's message,
    /// whose file name is that of the stored text, to the name that did not compile.
    #[must_use]
    pub fn reference_at(&self, import_path: &str, line: usize) -> Option<&Reference> {
        self.files.iter().find(|file| file.import_path == import_path)?.lines.get(&line)
    }

    /// Flags for `go build` that make the compiler report every line that does not compile, not
    /// just the first ten. They apply to the packages of the proof, so no other is built anew.
    #[must_use]
    pub fn build_flags(&self) -> [String; 2] {
        let main = self.main_import_path.as_str();
        let (module, folder) = main.rsplit_once('/').unwrap_or(("", main));
        [format!("-gcflags={main}=-e"), format!("-gcflags={module}/.../{folder}=-e")]
    }

    /// Whether there is nothing to link: every package was skipped.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.files.iter().all(|file| file.lines.is_empty())
    }
}

/// Makes the link proof of one module. The same request gives the same bytes, in whatever order
/// the libraries and their names are listed.
///
/// # Errors
/// [`LinkProofError`]: the module's path is unusable, or no folder name is free.
pub fn generate(request: &Request<'_>) -> Result<LinkProof, LinkProofError> {
    let module = request.module_path;
    if !place::is_import_path(module) {
        return Err(LinkProofError::BadModulePath { path: module.to_owned() });
    }
    let mut skipped = BTreeSet::new();
    let packages = select(request, &mut skipped);
    let sites = place::sites(module, packages);
    let folder = free_folder(&sites, request.taken)?;
    let mut files: Vec<_> = sites
        .iter()
        .map(|(root, site)| {
            let written = text::write(root == module, site, &folder);
            GeneratedFile {
                import_path: format!("{root}/{folder}"),
                virtual_path: place::folder_of(request.module_dir, module, root)
                    .join(&folder)
                    .join(FILE),
                text: written.text,
                lines: written.lines,
            }
        })
        .collect();
    // "m" is not always in front of its own parts in the order of bytes of the map's keys.
    let main_import_path = format!("{module}/{folder}");
    files.sort_by_key(|file| file.import_path != main_import_path);
    Ok(LinkProof { main_import_path, files, skipped: skipped.into_iter().collect() })
}

/// One name of a package and the kind of expression that refers to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Function,
    Type,
    Variable,
}

/// The names to refer to, by package.
type Packages = BTreeMap<String, BTreeSet<(String, Kind)>>;

/// Sorts out what can be referred to; the rest goes to `skipped`.
fn select(request: &Request<'_>, skipped: &mut BTreeSet<Skipped>) -> Packages {
    let mut packages = Packages::new();
    for library in request.libraries {
        let path = library.import_path.as_str();
        let of_package = |symbol: Option<&String>| Reference {
            package: path.to_owned(),
            symbol: symbol.cloned(),
        };
        let whole = of_package(None);
        let reason = if request.excluded.contains(&whole) {
            Some(SkipReason::Excluded)
        } else if library.name == "main" {
            Some(SkipReason::Command)
        } else {
            place::why_not_importable(request.module_path, path, request.foreign)
        };
        if let Some(reason) = reason {
            skipped.insert(Skipped { reference: whole, reason });
            continue;
        }
        let names = packages.entry(path.to_owned()).or_default();
        let kinds = [
            (Kind::Function, &library.functions),
            (Kind::Type, &library.types),
            (Kind::Variable, &library.variables),
        ];
        for (kind, symbol) in
            kinds.iter().flat_map(|(kind, all)| all.iter().map(|name| (*kind, name)))
        {
            let reference = of_package(Some(symbol));
            if request.excluded.contains(&reference) {
                skipped.insert(Skipped { reference, reason: SkipReason::Excluded });
            } else if !text::is_exported_identifier(symbol) {
                skipped.insert(Skipped { reference, reason: SkipReason::NotExported });
            } else {
                names.insert((symbol.clone(), kind));
            }
        }
    }
    packages
}

/// A folder name that is free at every site, so that all of them have the same one.
fn free_folder(
    sites: &place::Sites,
    taken: &dyn Fn(&str) -> bool,
) -> Result<String, LinkProofError> {
    let mut blocked = String::new();
    for number in 1..=MAX_NAMES {
        let name = if number == 1 { FOLDER.to_owned() } else { format!("{FOLDER}_{number}") };
        match sites.keys().find(|root| taken(&format!("{root}/{name}"))) {
            Some(root) => blocked.clone_from(root),
            None => return Ok(name),
        }
    }
    Err(LinkProofError::NoFreeName { root: blocked })
}

#[cfg(test)]
mod go_tests;
#[cfg(test)]
mod tests;
