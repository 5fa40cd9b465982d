//! From a tool's words to a failure with its cause: reads the source files that the words point at.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};

use crate::facts::{
    Blame, Definition, Diagnostic, Failure, FailureClass, FileSet, PackageFacts, Stage,
};
use crate::go::diagnose::{self, Reading};
use crate::go::modules::plain;
use crate::source::golang;

/// A Go file longer than this is not searched for a definition.
const SOURCE_LIMIT: u64 = 16 << 20;

/// What failed, before anybody was blamed.
#[derive(Debug, Clone)]
pub(super) struct Raw {
    /// Import path.
    pub(super) package: String,
    /// Where in the build.
    pub(super) stage: Stage,
    /// The tool's words.
    pub(super) output: String,
    /// The command that printed them.
    pub(super) command: String,
    /// Its status.
    pub(super) status: Option<i32>,
    /// For a link failure: the main package that was linked.
    pub(super) linked_main: Option<String>,
    /// The overlay it was linked with, where a link proof was.
    pub(super) overlay: Option<PathBuf>,
}

/// Reads words, files and the table.
#[derive(Debug)]
pub(super) struct Explainer<'a> {
    /// Every package of the unit.
    pub(super) table: &'a BTreeMap<String, PackageFacts>,
    /// Working directory of `go`: what its relative paths are relative to.
    pub(super) dir: &'a Path,
    /// The module cache, whose prefix says nothing to a reader.
    pub(super) mod_cache: Option<&'a str>,
}

impl Explainer<'_> {
    /// The failure as far as the words and the files tell it; blame, controls, chain and stops come later.
    pub(super) fn explain(&self, raw: &Raw) -> Failure {
        let lines: Vec<&str> =
            raw.output.lines().filter(|line| !diagnose::is_frame(line)).collect();
        let mut diagnostics: Vec<Diagnostic> = Vec::new();
        for line in &lines {
            match diagnostics.last_mut() {
                // `…; to add it:` goes on in the next line.
                Some(last)
                    if line.starts_with(['\t', ' ']) && !line.trim().starts_with("imports ") =>
                {
                    if last.message.ends_with(':') {
                        last.message = format!("{} {}", last.message, line.trim());
                    }
                }
                _ => diagnostics.push(self.place(diagnose::diagnostic(line.trim_start()))),
            }
        }
        let mut reading = diagnose::read_all(&diagnostics);
        let missing = raw.stage == Stage::Load && self.is_own(&raw.package);
        if reading.class == FailureClass::UnresolvedModule && missing {
            // No module but the main one can hold it: it has to be generated.
            reading.class = FailureClass::MissingGeneratedInput;
        }
        let definition = self.definition(&raw.package, &reading);
        let output = lines.iter().map(|line| self.shorten(line)).collect::<Vec<_>>().join("\n");
        Failure {
            package: raw.package.clone(),
            stage: raw.stage,
            class: reading.class,
            blame: Blame::Everywhere,
            output,
            diagnostics,
            controls: Vec::new(),
            definition,
            sentinel: self.sentinel(&raw.package, &reading),
            stops: Vec::new(),
            chain: Vec::new(),
            reproduce: String::new(),
            command: raw.command.clone(),
            status: raw.status,
        }
    }

    /// The file of a package that exists to refuse a platform, and its constraint.
    fn sentinel(&self, package: &str, reading: &Reading) -> Option<(String, String)> {
        if reading.class != FailureClass::Sentinel {
            return None;
        }
        let package = self.table.get(package)?;
        let files = package.arm64.iter().flat_map(|set| set.go.iter().chain(&set.ignored_go));
        let mut named = files.filter_map(|file| {
            let declared = golang::declarations(&read_source(&package.dir.join(file))?).ok()?;
            // The odd one out: neither the package's own name nor without a constraint.
            let odd =
                declared.package.matches('_').count() >= 2 && declared.package != package.name;
            let line = declared.build_line.filter(|_| odd)?;
            Some((package.report_path(file), line))
        });
        named.next()
    }

    /// Whether an import path lies in a main module.
    fn is_own(&self, path: &str) -> bool {
        let mains =
            self.table.values().filter(|p| p.in_main_module()).filter_map(|p| p.module.as_ref());
        let inside =
            |module: &str| path.strip_prefix(module).is_some_and(|rest| rest.starts_with('/'));
        mains.map(|module| module.reference.path.as_str()).any(inside)
    }

    /// The file of a diagnostic as the Report names it.
    fn place(&self, mut diagnostic: Diagnostic) -> Diagnostic {
        if let Some(file) = &diagnostic.file {
            diagnostic.file =
                Some(self.report_path(file).unwrap_or_else(|| file.replace('\\', "/")));
        }
        diagnostic.message = self.shorten_text(&diagnostic.message);
        diagnostic
    }

    fn report_path(&self, file: &str) -> Option<String> {
        let path = self.absolute(file);
        let dir = path.parent()?;
        let name = path.file_name()?.to_str()?;
        let package = self.table.values().find(|package| package.dir == dir)?;
        Some(package.report_path(name))
    }

    fn absolute(&self, file: &str) -> PathBuf {
        plain(&self.dir.join(file))
    }

    /// A line of a tool with its paths as the Report names them.
    pub(super) fn shorten(&self, line: &str) -> String {
        let diagnostic = diagnose::diagnostic(line);
        let Some(file) = &diagnostic.file else { return self.shorten_text(line) };
        let Some(place) = self.report_path(file) else { return self.shorten_text(line) };
        let rest = line.get(file.len()..).unwrap_or_default();
        format!("{place}{}", self.shorten_text(rest))
    }

    /// Absolute paths of this machine say nothing to a reader: the module cache's prefix goes, the working
    /// directory becomes `.`.
    fn shorten_text(&self, text: &str) -> String {
        let mut text = text.to_owned();
        if let Some(cache) = self.mod_cache {
            text = text.replace(&format!("{cache}{}", std::path::MAIN_SEPARATOR), "");
        }
        match self.dir.to_str() {
            Some(dir) if dir.len() > 1 => replace_dir(&text, dir),
            _ => text,
        }
    }

    /// The file that amd64 (or cgo) has and that defines what is missing.
    fn definition(&self, package: &str, reading: &Reading) -> Option<Definition> {
        let symbol = reading.symbol.as_deref()?;
        let package = self.table.get(package)?;
        match reading.class {
            FailureClass::UndefinedSymbol | FailureClass::MissingMethod => {
                self.search(package, symbol).or_else(|| self.search_imports(package, symbol))
            }
            FailureClass::UndefinedInDependency => {
                let (qualifier, name) = symbol.split_once('.')?;
                let imports = || {
                    let paths = package.arm64.iter().flat_map(|set| &set.imports);
                    paths.filter_map(|path| self.table.get(path))
                };
                let called = |dep: &&PackageFacts| {
                    dep.name == qualifier || last_element(&dep.import_path) == qualifier
                };
                // The file may import it under another name: then whoever defines the symbol it is.
                let mut by_name = imports().filter(called);
                by_name
                    .find_map(|dep| self.search(dep, name))
                    .or_else(|| imports().find_map(|dep| self.search(dep, name)))
            }
            FailureClass::LinkUndefined => {
                let owner = diagnose::package_of_symbol(symbol)?;
                let owner = self.table.get(&owner).unwrap_or(package);
                let name = symbol.rsplit('.').next()?;
                let amd64 = owner.amd64.as_ref()?;
                let file =
                    amd64.asm.iter().find(|file| mentions_text(&owner.dir.join(file), name))?;
                let line = line_of_text(&owner.dir.join(file), name)?;
                Some(Definition {
                    symbol: symbol.to_owned(),
                    package: owner.import_path.clone(),
                    file: owner.report_path(file),
                    line,
                    cgo: false,
                })
            }
            _ => None,
        }
    }

    /// A method that is missing may belong to a type of a package that this one imports, or that such a package
    /// hands out; the nearest first.
    fn search_imports(&self, package: &PackageFacts, symbol: &str) -> Option<Definition> {
        let (mut seen, mut open) = (BTreeSet::new(), VecDeque::from([package]));
        while let Some(next) = open.pop_front() {
            let imports = next.arm64.iter().flat_map(|set| &set.imports);
            for path in imports.filter(|path| seen.insert(path.as_str())) {
                let Some(dep) = self.table.get(path) else { continue };
                if !dep.amd64_only.is_empty()
                    && let Some(found) = self.search(dep, symbol)
                {
                    return Some(found);
                }
                open.push_back(dep);
            }
        }
        None
    }

    fn search(&self, package: &PackageFacts, symbol: &str) -> Option<Definition> {
        let name = symbol.rsplit('.').next().unwrap_or(symbol);
        let empty = FileSet::default();
        let arm64 = package.arm64.as_ref().unwrap_or(&empty);
        let cgo_set = package.arm64_cgo.as_ref().or(package.amd64_cgo.as_ref()).unwrap_or(&empty);
        let all = |set: &'_ FileSet| -> Vec<String> {
            [&set.go, &set.cgo, &set.tests].map(Clone::clone).concat()
        };
        let amd64: Vec<String> = package.amd64.iter().flat_map(all).collect();
        let amd64 = amd64.iter().map(|file| (file, false));
        let cgo = cgo_set.go.iter().chain(&cgo_set.cgo).map(|file| (file, true));
        let mut seen = Vec::new();
        for (file, cgo) in amd64.chain(cgo) {
            let known =
                [&arm64.go, &arm64.cgo, &arm64.tests].iter().any(|files| files.contains(file))
                    || seen.contains(&file);
            if known {
                continue;
            }
            seen.push(file);
            let Some(bytes) = read_source(&package.dir.join(file)) else { continue };
            if !golang::mentions(&bytes, name) {
                continue;
            }
            // A file that cannot be parsed cannot be named as the definition either.
            let items = golang::declarations(&bytes).map(|file| file.items).unwrap_or_default();
            if let Some(item) = items.into_iter().find(|item| item.name == name) {
                return Some(Definition {
                    symbol: symbol.to_owned(),
                    package: package.import_path.clone(),
                    file: package.report_path(file),
                    line: u32::try_from(item.line).unwrap_or(u32::MAX),
                    cgo,
                });
            }
        }
        None
    }
}

/// A directory by `.`, where it is the whole path or what stands before a separator.
fn replace_dir(text: &str, dir: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((head, tail)) = rest.split_once(dir) {
        let whole = !tail.starts_with(|c: char| c.is_alphanumeric() || "-_.~".contains(c));
        out.push_str(head);
        out.push_str(if whole { "." } else { dir });
        rest = tail;
    }
    out + rest
}

fn last_element(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The bytes of a source file, where it can be read and is not out of proportion.
pub(super) fn read_source(path: &Path) -> Option<Vec<u8>> {
    let length = fs_err::metadata(path).ok()?.len();
    if length > SOURCE_LIMIT {
        return None;
    }
    fs_err::read(path).ok()
}

fn mentions_text(path: &Path, name: &str) -> bool {
    line_of_text(path, name).is_some()
}

/// The line of `TEXT ·name(SB)` in an assembly file (Go's middle dot stands for the package).
fn line_of_text(path: &Path, name: &str) -> Option<u32> {
    let bytes = read_source(path)?;
    let text = String::from_utf8_lossy(&bytes);
    let wanted = [format!("\u{b7}{name}("), format!("\u{b7}{name}<")];
    let found = text.lines().position(|line| {
        line.trim_start().starts_with("TEXT") && wanted.iter().any(|w| line.contains(w.as_str()))
    })?;
    u32::try_from(found + 1).ok()
}
