//! What `go list` says of a package, for each target.

use std::path::{Path, PathBuf};

use crate::model::{FileSetClass, ModuleRef};

use super::embedded::EmbedFacts;
use super::image::Part;
use super::{LinkedFunctions, LinkerPath, ListingFacts, RuleHit, SourceFacts};

/// A module as the build selected it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ModuleFacts {
    /// Path, selected version and replacement.
    pub reference: ModuleRef,
    /// The version of the module that replaces it; absent where a directory does, or nothing.
    pub replacement_version: Option<String>,
    /// Whether it is a main module (the user's own).
    pub main: bool,
    /// Its root directory; absent with `-mod=vendor`.
    pub dir: Option<PathBuf>,
    /// The way down to it from the directory that paths of the Report are relative to, `/`-separated. Empty for that
    /// directory itself, and for a dependency outside of it; the path of a main module outside of it.
    pub below: String,
}

/// The files of a package for one target, names relative to the package directory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileSet {
    /// Go files that are compiled (GoFiles).
    pub go: Vec<String>,
    /// Go files that import "C" (CgoFiles).
    pub cgo: Vec<String>,
    /// Assembly (SFiles).
    pub asm: Vec<String>,
    /// Objects that the linker takes as they are (SysoFiles).
    pub syso: Vec<String>,
    /// Words of `#cgo LDFLAGS`, `${SRCDIR}` replaced (CgoLDFLAGS). Go says them also where cgo is off.
    pub ldflags: Vec<String>,
    /// Files that `//go:embed` puts into the package (EmbedFiles).
    pub embed: Vec<String>,
    /// C headers and the like (HFiles), which assembly includes.
    pub headers: Vec<String>,
    /// Go files left out by constraints (IgnoredGoFiles).
    pub ignored_go: Vec<String>,
    /// Test files of the package and of its external test package.
    pub tests: Vec<String>,
    /// Import paths, after vendoring.
    pub imports: Vec<String>,
    /// What keeps the package from being loaded.
    pub error: Option<ListError>,
}

impl FileSet {
    /// Whether anything is left to compile.
    pub fn compiles_something(&self) -> bool {
        !self.go.is_empty() || !self.cgo.is_empty()
    }
}

/// A load error of `go list -e`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListError {
    /// Position as Go prints it.
    pub pos: Option<String>,
    /// Go's words.
    pub message: String,
}

/// A package over all targets that were listed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PackageFacts {
    /// Import path.
    pub import_path: String,
    /// Package name; empty where every file was excluded.
    pub name: String,
    /// Directory of its files.
    pub dir: PathBuf,
    /// Its module; absent for a package outside any module.
    pub module: Option<ModuleFacts>,
    /// Whether the user's patterns match it.
    pub matched: bool,
    /// Whether the user named it by itself (not by `...`).
    pub named: bool,
    /// Files for windows/arm64 as it is built (cgo as planned); absent where that graph lacks it.
    pub arm64: Option<FileSet>,
    /// Files for windows/arm64 where the arm64 graph does not reach the package: asked for by itself.
    pub arm64_alone: Option<FileSet>,
    /// Files for windows/amd64, likewise.
    pub amd64: Option<FileSet>,
    /// Files for windows/arm64 with cgo on.
    pub arm64_cgo: Option<FileSet>,
    /// Files for windows/amd64 with cgo on.
    pub amd64_cgo: Option<FileSet>,
    /// Whether the host's build has files for it; unknown where it was not asked.
    pub on_host: Option<bool>,
    /// How the file sets compare.
    pub class: Option<FileSetClass>,
    /// Whether an exe that was built contains it.
    pub linked: bool,
    /// Whether a root of the windows/arm64 build imports it, directly or not: a command, a library of the user's,
    /// or any matched package where there is no command. True also where a failure kept the exe from being made.
    pub reached: bool,
    /// Whether it was compiled for windows/arm64.
    pub compiled: bool,
    /// For a cgo-partial package: the file and line of a string that says it needs cgo.
    pub cgo_stub: Option<(String, u32, String)>,
    /// The file, line and text of a string in a Go file that only arm64 has, which says that the platform is not
    /// supported.
    pub arch_stub: Option<(String, u32, String)>,
    /// Import paths of packages whose windows/arm64 files import it.
    pub arm64_importers: Vec<String>,
    /// What its source text for windows/arm64 says; absent where it was not read.
    pub source: Option<SourceFacts>,
    /// What the files carry that it embeds; absent where none of them is an image or a container.
    pub embeds: Option<EmbedFacts>,
    /// What the compiler's listing says of it; absent where none was made.
    pub listing: Option<ListingFacts>,
    /// What the exes hold of it, by their function tables; absent where no exe was asked.
    pub linked_functions: Option<LinkedFunctions>,
    /// How the linker comes to it, where that was asked for; or why it could not be told.
    pub linker_path: Option<Part<LinkerPath>>,
    /// Rules of the database that hold for its module as it was selected.
    pub rules: Vec<RuleHit>,
    /// Which files of amd64 are gone on arm64 and which are new: Go, assembly and objects.
    pub amd64_only: Vec<String>,
    /// See `amd64_only`.
    pub arm64_only: Vec<String>,
}

impl PackageFacts {
    /// Whether it belongs to a module of the user's.
    pub fn in_main_module(&self) -> bool {
        self.module.as_ref().is_some_and(|module| module.main)
    }

    /// Whether it is a command.
    pub fn is_command(&self) -> bool {
        self.name == "main"
    }

    /// Whether its import path has an `internal` element.
    pub fn is_internal(&self) -> bool {
        self.import_path.split('/').any(|element| element == "internal")
    }

    /// Whether a check may have something to say of it, so that it matters which of its functions are linked.
    /// The one place to add what a new check looks at.
    pub fn asks(&self) -> bool {
        let by_files = !matches!(self.class, None | Some(FileSetClass::Portable));
        let by_source = self.source.as_ref().is_some_and(|source| {
            let counts = SourceFacts {
                files: source.files,
                bytes: source.bytes,
                parsed: source.parsed,
                unread: source.unread.clone(),
                ..SourceFacts::default()
            };
            *source != counts
        });
        let by_text = self.cgo_stub.is_some() || self.arch_stub.is_some() || by_source;
        let by_others = !self.rules.is_empty() || self.listing.is_some() || self.embeds.is_some();
        by_files || by_text || by_others
    }

    /// The module's path, version and replacement.
    pub fn module_ref(&self) -> Option<ModuleRef> {
        self.module.as_ref().map(|module| module.reference.clone())
    }

    /// The way from the root of its module to its directory, `/`-separated.
    pub fn inside(&self) -> &str {
        let module = self.module.as_ref();
        module
            .and_then(|module| self.import_path.strip_prefix(module.reference.path.as_str()))
            .map(|rest| rest.trim_start_matches('/'))
            .unwrap_or_default()
    }

    /// Where the root of its module is, if that is in somebody's tree: a main module, one that a directory replaces, or
    /// a vendored one. Not the module cache, wherever that is.
    pub fn root_in_tree(&self) -> Option<PathBuf> {
        let module = self.module.as_ref()?;
        let replaced =
            || module.reference.replaced_by.is_some() && module.replacement_version.is_none();
        match &module.dir {
            Some(dir) => (module.main || replaced()).then(|| dir.clone()),
            None if module.reference.vendored => {
                let up = self.inside().split('/').filter(|part| !part.is_empty()).count();
                self.dir.ancestors().nth(up).map(Path::to_owned)
            }
            None => None,
        }
    }

    /// A file of this package for the Report: relative to the same directory for all that is in the tree, else
    /// `module@version/…`.
    pub fn report_path(&self, file: &str) -> String {
        let Some(module) = &self.module else { return file.to_owned() };
        let prefix = if module.main || !module.below.is_empty() {
            module.below.clone()
        } else {
            outside(module)
        };
        let parts = [prefix.as_str(), self.inside(), file];
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        parts.join("/")
    }
}

/// What the files of a dependency that is not in the tree are named below.
fn outside(module: &ModuleFacts) -> String {
    let reference = &module.reference;
    match &reference.version {
        // `go list` gives a vendored module no directory.
        _ if module.dir.is_none() => format!("vendor/{}", reference.path),
        Some(version) => format!("{}@{version}", reference.path),
        None => reference.path.clone(),
    }
}
