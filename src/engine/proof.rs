//! The link proofs of one unit: one generated program for each module that has library packages.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::facts::PackageFacts;
use crate::go::diagnose;
use crate::go::linkproof::{self, Library, LinkProof, Reference, Request};
use crate::source::golang::{self, DeclarationKind, TypeForm};

use super::explain::read_source;
use super::graph::Graph;

/// One generated program.
#[derive(Debug)]
pub(super) struct Proof {
    /// Import path of its main package.
    pub(super) main: String,
    /// What it links.
    pub(super) libraries: Vec<String>,
    /// Whether the last build of it succeeded.
    pub(super) linked: bool,
    /// What the linker said that no package can be blamed for.
    pub(super) words: String,
    generated: LinkProof,
}

/// A temporary module of gowoa's: its path and its directory.
#[derive(Debug, Clone)]
pub(super) struct Host {
    pub(super) path: String,
    pub(super) dir: PathBuf,
}

/// All of them, and the overlay that holds them.
#[derive(Debug)]
pub(super) struct Proofs<'a> {
    table: &'a BTreeMap<String, PackageFacts>,
    scratch: PathBuf,
    user_overlay: Option<PathBuf>,
    /// gowoa's own temporary module, which links packages of others.
    host: Option<Host>,
    proofs: Vec<Proof>,
    /// Names that do not compile in a program outside.
    excluded: BTreeSet<Reference>,
    /// Exported names, read once.
    libraries: BTreeMap<String, Library>,
    overlay: Option<PathBuf>,
    /// Files whose exported names could not be read.
    pub(super) unread: Vec<String>,
    /// How often they were written; each time into a directory of its own, for controls to build again.
    round: usize,
}

impl<'a> Proofs<'a> {
    pub(super) fn new(
        table: &'a BTreeMap<String, PackageFacts>,
        scratch: &Path,
        user_overlay: Option<&Path>,
    ) -> Self {
        Self {
            table,
            scratch: scratch.join("linkproof"),
            user_overlay: user_overlay.map(Path::to_owned),
            host: None,
            proofs: Vec::new(),
            excluded: BTreeSet::new(),
            libraries: BTreeMap::new(),
            overlay: None,
            unread: Vec::new(),
            round: 0,
        }
    }

    /// The same, in a temporary module of gowoa's.
    pub(super) fn hosted(mut self, host: Option<&Host>) -> Self {
        self.host = host.cloned();
        self
    }

    /// Writes the programs that link these packages, and their overlay. Replaces the ones before.
    pub(super) fn generate(&mut self, packages: &[String]) -> std::io::Result<()> {
        self.proofs.clear();
        self.overlay = None;
        if packages.is_empty() {
            return Ok(());
        }
        self.read(packages);
        let mut by_module: BTreeMap<&str, (PathBuf, Vec<Library>)> = BTreeMap::new();
        for package in packages.iter().filter_map(|path| self.table.get(path)) {
            let Some(module) = &package.module else { continue };
            let host = self.host.as_ref().filter(|_| !module.main);
            let place = host.map(|host| (host.path.as_str(), Some(&host.dir)));
            let (path, dir) = place.unwrap_or((&module.reference.path, module.dir.as_ref()));
            let Some(dir) = dir else { continue };
            let entry = by_module.entry(path).or_insert_with(|| (dir.clone(), Vec::new()));
            entry.1.extend(self.libraries.get(&package.import_path).cloned());
        }
        let mut proofs: Vec<Proof> = Vec::new();
        for (module_path, (module_dir, libraries)) in by_module {
            let used: Vec<String> = proofs
                .iter()
                .filter_map(|proof| proof.main.rsplit('/').next().map(str::to_owned))
                .collect();
            let taken = |path: &str| {
                // Names differ from module to module, so that one call of go can link all of them.
                if used.iter().any(|name| path.rsplit('/').next() == Some(name)) {
                    return true;
                }
                let inside = path.strip_prefix(module_path).unwrap_or(path).trim_start_matches('/');
                module_dir.join(inside).exists() || self.table.contains_key(path)
            };
            let request = Request {
                module_path,
                module_dir: &module_dir,
                foreign: self.host.is_some(),
                libraries: &libraries,
                excluded: &self.excluded,
                taken: &taken,
            };
            let generated = linkproof::generate(&request).map_err(std::io::Error::other)?;
            if !generated.is_empty() {
                proofs.push(Proof {
                    main: generated.main_import_path.clone(),
                    libraries: libraries.into_iter().map(|library| library.import_path).collect(),
                    // Until a build of it says so.
                    linked: false,
                    words: String::new(),
                    generated,
                });
            }
        }
        self.proofs = proofs;
        self.write()
    }

    fn read(&mut self, packages: &[String]) {
        let unread: Vec<&PackageFacts> = packages
            .iter()
            .filter(|path| !self.libraries.contains_key(*path))
            .filter_map(|path| self.table.get(path))
            .collect();
        let overlaid = self.overlaid();
        let read: Vec<(Library, Vec<String>)> =
            unread.into_par_iter().map(|package| library(package, &overlaid)).collect();
        self.unread.extend(read.iter().flat_map(|(_, files)| files.clone()));
        let read = read.into_iter().map(|(library, _)| library);
        self.libraries.extend(read.map(|library| (library.import_path.clone(), library)));
    }

    /// Files that the user's own overlay replaces.
    fn overlaid(&self) -> BTreeMap<PathBuf, PathBuf> {
        let read = |path: &PathBuf| -> Option<serde_json::Value> {
            serde_json::from_slice(&fs_err::read(path).ok()?).ok()
        };
        let json = self.user_overlay.as_ref().and_then(read).unwrap_or_default();
        let entries = json["Replace"].as_object().cloned().unwrap_or_default();
        entries
            .into_iter()
            .filter_map(|(from, to)| Some((PathBuf::from(from), PathBuf::from(to.as_str()?))))
            .collect()
    }

    fn write(&mut self) -> std::io::Result<()> {
        if self.proofs.is_empty() {
            return Ok(());
        }
        let dir = self.scratch.join(self.round.to_string());
        self.round += 1;
        fs_err::create_dir_all(&dir)?;
        let mut entries = Vec::new();
        for (number, file) in
            self.proofs.iter().flat_map(|proof| &proof.generated.files).enumerate()
        {
            let real = dir.join(format!("linkproof_{number}.go"));
            fs_err::write(&real, &file.text)?;
            entries.push((file.virtual_path.clone(), real));
        }
        let user = match &self.user_overlay {
            Some(path) => Some(serde_json::from_slice(&fs_err::read(path)?)?),
            None => None,
        };
        let json =
            linkproof::overlay_json(&entries, user.as_ref()).map_err(std::io::Error::other)?;
        let path = dir.join("overlay.json");
        fs_err::write(&path, json.to_string())?;
        self.overlay = Some(path);
        Ok(())
    }

    /// The overlay file, where there is anything in it.
    pub(super) fn overlay(&self) -> Option<&Path> {
        self.overlay.as_deref()
    }

    /// Flags that make the compiler report every line of the generated programs that does not compile.
    pub(super) fn build_flags(&self) -> Vec<String> {
        self.proofs.iter().flat_map(|proof| proof.generated.build_flags()).collect()
    }

    /// Import paths of the main packages.
    pub(super) fn mains(&self) -> Vec<String> {
        self.proofs.iter().map(|proof| proof.main.clone()).collect()
    }

    /// The programs as they were written last.
    pub(super) fn current(&self) -> &[Proof] {
        &self.proofs
    }

    /// Notes whether the last build of each program succeeded.
    pub(super) fn note(&mut self, failed: &[String]) {
        for proof in &mut self.proofs {
            let files = &proof.generated.files;
            let helper_failed = files.iter().any(|file| failed.contains(&file.import_path));
            proof.linked = !helper_failed && !failed.contains(&proof.main);
        }
    }

    /// Keeps the words of a link that failed for no reason that a package can be blamed for.
    pub(super) fn blame(&mut self, main: &str, words: &str) {
        for proof in self.proofs.iter_mut().filter(|proof| proof.main == main) {
            proof.words = words.to_owned();
        }
    }

    /// Notes that programs which link a package that failed, or one that imports it, were not linked.
    pub(super) fn mark_stopped(&mut self, failed: &BTreeSet<String>, graph: &Graph) {
        let stopped = graph.dependents(failed);
        for proof in &mut self.proofs {
            if proof.libraries.iter().any(|path| failed.contains(path) || stopped.contains(path)) {
                proof.linked = false;
            }
        }
    }

    /// Whether gowoa wrote this package.
    pub(super) fn is_generated(&self, package: &str) -> bool {
        self.proofs
            .iter()
            .flat_map(|proof| &proof.generated.files)
            .any(|file| file.import_path == package)
    }

    /// Leaves out what does not compile in a generated package. Returns whether anything was found.
    pub(super) fn drop_references(&mut self, package: &str, output: &str) -> bool {
        let before = self.excluded.len();
        for line in output.lines() {
            let Some(number) = diagnose::diagnostic(line).line else { continue };
            let number = usize::try_from(number).unwrap_or(usize::MAX);
            let found =
                self.proofs.iter().find_map(|proof| proof.generated.reference_at(package, number));
            self.excluded.extend(found.cloned());
        }
        self.excluded.len() > before
    }

    /// Names that were left out because they do not compile, as `package.Name`.
    pub(super) fn dropped(&self) -> Vec<String> {
        let name = |reference: &Reference| match &reference.symbol {
            Some(symbol) => format!("{}.{symbol}", reference.package),
            None => reference.package.clone(),
        };
        self.excluded.iter().map(name).collect()
    }
}

/// The exported names of a package that a program outside can refer to, and the files that did not tell
/// theirs.
fn library(
    package: &PackageFacts,
    overlaid: &BTreeMap<PathBuf, PathBuf>,
) -> (Library, Vec<String>) {
    let mut unread = Vec::new();
    let mut library = Library {
        import_path: package.import_path.clone(),
        name: package.name.clone(),
        ..Library::default()
    };
    let set = package.arm64.clone().unwrap_or_default();
    for file in set.go.iter().chain(&set.cgo) {
        let path = package.dir.join(file);
        let bytes = read_source(overlaid.get(&path).unwrap_or(&path));
        let Some(Ok(declared)) = bytes.map(|bytes| golang::declarations(&bytes)) else {
            unread.push(package.report_path(file));
            continue;
        };
        for item in declared.items.into_iter().filter(|item| item.exported) {
            match item.kind {
                DeclarationKind::Func { generic: false, .. } => library.functions.push(item.name),
                DeclarationKind::Type { form: TypeForm::Interface, .. } => {}
                DeclarationKind::Type { generic: false, .. } => library.types.push(item.name),
                DeclarationKind::Var => library.variables.push(item.name),
                _ => {}
            }
        }
    }
    (library, unread)
}
