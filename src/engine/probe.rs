//! A temporary module that imports what somebody asks about: `gowoa screen --module`, `gowoa rules verify`.
//!
//! It stands below gowoa's cache directory, under a name made from what it asks for, and is written anew each
//! time. `go get` resolves it, as it would for a user. What it returns is a directory to make a [`Plan`] of;
//! the rest is the same work as for any project.

mod error;

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::facts::{BuildFlags, Target};
use crate::go::command::GoCommand;
use crate::go::modules::{parse_flag, split_flags};
use crate::go::obtain::{self, Reason};
use crate::go::process::{CommandLine, ProcessError, run};
use crate::go::toolchain;
use crate::plan::Plan;
use crate::platform::ARGUMENT_BYTES;

use super::{EngineError, Surroundings, cache, units};

pub use error::ProbeError;

/// The path of every temporary module; `.invalid` never resolves (RFC 2606).
pub(super) const MODULE: &str = "gowoa.invalid/probe";
/// Of the versions that a module has, so many are named where the one asked for does not exist.
const SHOWN_VERSIONS: usize = 5;

/// What a temporary module asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Modules: path, and a version or another query that `go get` knows, such as `latest`.
    pub requirements: Vec<(String, String)>,
    /// Import paths of the packages it imports.
    pub packages: Vec<String>,
    /// Whether it imports every package of those modules that a program can import, where none is named.
    pub whole: bool,
    /// Functions, variables and constants that it refers to: import path of the package (one of `packages`), name.
    pub values: Vec<(String, String)>,
    /// Build tags.
    pub tags: Vec<String>,
}

/// A version that its author took back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retraction {
    /// Module path.
    pub module: String,
    /// The version that was selected all the same.
    pub version: String,
    /// Why, in the author's words; empty where none were given.
    pub rationale: String,
}

/// A temporary module, resolved. While it lives, no other gowoa writes to its directory.
#[derive(Debug)]
pub struct Probe {
    /// Its directory.
    pub dir: PathBuf,
    /// What to build: the program that imports the packages, and commands and internal packages by their paths,
    /// since nobody can import those.
    pub patterns: Vec<String>,
    /// Import paths of the packages that are asked about.
    pub packages: Vec<String>,
    /// The modules that were asked for, with the versions that were selected.
    pub selected: Vec<(String, String)>,
    /// Those of them that their authors took back.
    pub retracted: Vec<Retraction>,
    _lock: std::fs::File,
}

impl Probe {
    /// The plan that screens the packages asked about: that of the call, in this directory.
    pub fn screen_plan(&self, call: &Plan) -> Plan {
        let length: usize = self.packages.iter().map(|path| path.len() + 3).sum();
        let patterns = match &call.module {
            // Too many for one command line: the whole module then, with what nobody can import.
            Some(module) if length > ARGUMENT_BYTES => vec![format!("{}/...", module.path)],
            _ => self.packages.clone(),
        };
        Plan { patterns, ..self.plan(call, &call.flags.tags) }
    }

    /// The plan that checks it: that of the call, in this directory.
    pub fn plan(&self, call: &Plan, tags: &[String]) -> Plan {
        let flags =
            BuildFlags { tags: tags.to_vec(), mod_mode: Some("mod".into()), ..call.flags.clone() };
        Plan {
            dir: self.dir.clone(),
            patterns: self.patterns.clone(),
            flags,
            alone: true,
            all_modules: false,
            ..call.clone()
        }
    }
}

/// Writes a temporary module and resolves it. Of the plan it takes the program, the limits and whether there is
/// a network.
///
/// # Errors
/// [`EngineError::Probe`] where the module cannot be had; others where Go or the cache directory cannot be used.
pub async fn make(
    call: &Plan,
    around: &Surroundings,
    wanted: &Wanted,
) -> Result<Probe, EngineError> {
    wanted.check()?;
    let state = around.cache.join("probes").join(wanted.name());
    let dir = state.join("module");
    cache::make(&state)?;
    let lock = units::lock(&state).await?;
    cache::remove_links(&state)?;
    fs_err::create_dir_all(&dir)?;
    // A directory of the user's cache may be reached through links; Go prints the real path.
    let dir = fs_err::canonicalize(&dir).map(crate::platform::plain_path)?;

    let (program, origin) = toolchain::find(call.go.as_deref(), around.path.as_deref())?;
    let mut go = units::base_command(call, program, dir.clone());
    go.gowork = Some("off".into());
    go.flags = BuildFlags {
        tags: wanted.tags.clone(),
        mod_mode: Some("mod".into()),
        ..BuildFlags::default()
    };
    let toolchain = toolchain::ask(&go, origin).await?;
    let resolver = Resolver {
        go,
        goflags: kept_flags(toolchain.env("GOFLAGS").unwrap_or_default()),
        version: toolchain.version.clone(),
    };

    write_start(&dir, &toolchain.version)?;
    resolver.require(&wanted.requirements).await?;
    let mut packages = wanted.packages.clone();
    if packages.is_empty() && wanted.whole {
        for (module, _) in &wanted.requirements {
            packages.extend(resolver.importable(module).await?);
        }
    }
    let (imported, by_path) = resolver.sort_packages(&packages).await?;
    fs_err::write(dir.join("main.go"), wanted.program(&imported))?;
    let mut patterns = vec![".".to_owned()];
    patterns.extend(by_path);
    resolver.complete(&patterns).await?;
    let (selected, retracted) = resolver.look_up(&wanted.requirements).await?;
    Ok(Probe { dir, patterns, packages, selected, retracted, _lock: lock })
}

/// go.mod as `go mod init` writes it, and a program without imports; what an earlier run left is gone.
fn write_start(dir: &Path, version: &str) -> Result<(), EngineError> {
    let (major, minor) = toolchain::release_of(version).unwrap_or(toolchain::MINIMUM);
    let sum = dir.join("go.sum");
    if sum.exists() {
        fs_err::remove_file(sum)?;
    }
    fs_err::write(dir.join("go.mod"), format!("module {MODULE}\n\ngo {major}.{minor}\n"))?;
    fs_err::write(dir.join("main.go"), "package main\n\nfunc main() {}\n")?;
    Ok(())
}

/// The module at a version that Go's words are about: `example.com/a@v1.2.3`.
fn module_in(words: &str) -> Vec<(String, String)> {
    let named = words.split_whitespace().map(|word| word.trim_end_matches([':', ',', ';']));
    let pair = |word: &str| word.split_once('@').map(|(a, b)| (a.to_owned(), b.to_owned()));
    named.filter(|word| !word.contains("://")).find_map(pair).into_iter().collect()
}

/// Of GOFLAGS only what says how the module cache is written: `-mod` and `-modfile` would lead to other files, and
/// the rest says nothing about which modules there are.
fn kept_flags(goflags: &str) -> String {
    let kept = |flag: &&String| parse_flag(flag).is_some_and(|(name, _)| name == "modcacherw");
    split_flags(goflags).iter().find(kept).cloned().unwrap_or_default()
}

/// Asks `go get` for one thing after the other.
struct Resolver {
    go: GoCommand,
    goflags: String,
    version: String,
}

impl Resolver {
    fn own_flags(&self, mut line: CommandLine) -> CommandLine {
        line.env.push(("GOFLAGS".into(), Some(self.goflags.clone().into())));
        line
    }

    async fn get(
        &self,
        target: &Target,
        what: &[String],
    ) -> Result<Result<(), String>, ProcessError> {
        let finished = run(&self.own_flags(self.go.get(target, what)), |_| {}).await?;
        Ok(if finished.success() { Ok(()) } else { Err(obtain::words(&finished.stderr)) })
    }

    /// The modules at their versions.
    async fn require(&self, requirements: &[(String, String)]) -> Result<(), ProbeError> {
        let queries: Vec<String> =
            requirements.iter().map(|(module, version)| format!("{module}@{version}")).collect();
        if queries.is_empty() {
            return Ok(());
        }
        match self.get(&Target::windows_amd64(), &queries).await? {
            Ok(()) => Ok(()),
            Err(words) => Err(self.explain(requirements, words).await),
        }
    }

    /// Why a module cannot be had. A proxy's 403 or 404 is the same for a module and for a version: its list of
    /// versions tells them apart.
    async fn explain(&self, requirements: &[(String, String)], words: String) -> ProbeError {
        let named = requirements
            .iter()
            .find(|(module, version)| words.contains(&format!("{module}@{version}")))
            .or_else(|| requirements.iter().find(|(module, _)| words.contains(module.as_str())))
            .or(requirements.first());
        let (module, version) = named.cloned().unwrap_or_default();
        let full = format!("{module}@{version}");
        match obtain::reason(&words) {
            Reason::NotThere => {
                let command = self.own_flags(self.go.list_versions(&module));
                match obtain::ask(&command).await {
                    Ok(Some(info)) if info.error().is_none() => {
                        let newest = info.versions.iter().rev().take(SHOWN_VERSIONS).cloned();
                        ProbeError::NoVersion { module, version, newest: newest.collect(), words }
                    }
                    _ => ProbeError::NoModule { module, words },
                }
            }
            Reason::Malformed => {
                ProbeError::Malformed { what: full, kind: "a module path with a version", words }
            }
            Reason::Offline => ProbeError::Offline { module: full, words },
            Reason::Unreachable => ProbeError::Unreachable { module: full, words },
            Reason::NewerGo => {
                ProbeError::NewerGo { module: full, version: self.version.clone(), words }
            }
            _ => ProbeError::Refused { module: full, words },
        }
    }

    /// The packages of a module that a program for Windows can import; its commands where there are none.
    async fn importable(&self, module: &str) -> Result<Vec<String>, EngineError> {
        let all = [format!("{module}/...")];
        let line = self.own_flags(self.go.list_alone(&Target::windows_amd64(), true, &all));
        let listing = crate::go::list::list(&line).await.map_err(|error| ProbeError::Refused {
            module: module.to_owned(),
            words: error.to_string(),
        })?;
        let inside = |path: &str| {
            path.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let there = listing
            .packages
            .iter()
            .filter(|package| inside(&package.import_path) && package.files.compiles_something());
        let (commands, libraries): (Vec<_>, Vec<_>) =
            there.partition(|package| package.name == "main");
        let internal = |path: &str| path.split('/').any(|element| element == "internal");
        let paths = |packages: Vec<&crate::go::list::Listed>| -> Vec<String> {
            let paths = packages.iter().map(|package| package.import_path.clone());
            paths.filter(|path| !internal(path)).collect()
        };
        let (libraries, commands) = (paths(libraries), paths(commands));
        let found = if libraries.is_empty() { commands } else { libraries };
        if found.is_empty() {
            return Err(ProbeError::NothingForWindows { module: module.to_owned() }.into());
        }
        Ok(found)
    }

    /// Packages that a program can import, and those that can only be built by their paths.
    async fn sort_packages(
        &self,
        packages: &[String],
    ) -> Result<(Vec<String>, Vec<String>), EngineError> {
        if packages.is_empty() {
            return Ok((Vec::new(), Vec::new()));
        }
        let command = self.own_flags(self.go.list_alone(&Target::windows_amd64(), true, packages));
        let listed = crate::go::list::list(&command).await;
        let listed = listed.map(|listing| listing.packages).unwrap_or_default();
        let command = |path: &String| {
            listed.iter().any(|package| package.import_path == *path && package.name == "main")
        };
        let internal = |path: &String| path.split('/').any(|element| element == "internal");
        Ok(packages.iter().cloned().partition(|path| !command(path) && !internal(path)))
    }

    /// What the packages import in their turn, for both architectures.
    async fn complete(&self, patterns: &[String]) -> Result<(), ProbeError> {
        for target in [Target::windows_amd64(), Target::windows_arm64()] {
            let Err(words) = self.get(&target, patterns).await? else { continue };
            return Err(match obtain::reason(&words) {
                Reason::NoPackage => ProbeError::NoPackage { package: package_in(&words), words },
                _ => self.explain(&module_in(&words), words).await,
            });
        }
        Ok(())
    }

    /// The versions that were selected, and what their authors say of them. Where that cannot be asked (a version
    /// in the cache alone), nothing is said.
    async fn look_up(
        &self,
        requirements: &[(String, String)],
    ) -> Result<(Vec<(String, String)>, Vec<Retraction>), ProbeError> {
        let mut selected = Vec::new();
        let mut retracted = Vec::new();
        for (module, version) in requirements {
            // What the packages import may have asked for a newer one.
            let found = self.version_of(module).await?.unwrap_or_else(|| version.clone());
            let query = self.own_flags(self.go.list_module(&format!("{module}@{found}")));
            let info = obtain::ask(&query).await?.unwrap_or_default();
            if !info.retracted.is_empty() {
                let rationale = info.retracted.join("; ");
                let (module, version) = (module.clone(), found.clone());
                retracted.push(Retraction { module, version, rationale });
            }
            selected.push((module.clone(), found));
        }
        Ok((selected, retracted))
    }
}

impl Resolver {
    /// The version of a module in the build list.
    async fn version_of(&self, module: &str) -> Result<Option<String>, ProcessError> {
        let info = obtain::ask(&self.own_flags(self.go.list_module(module))).await?;
        Ok(info.map(|info| info.version).filter(|version| !version.is_empty()))
    }
}

/// The package that Go's words are about.
fn package_in(words: &str) -> String {
    let after = |mark: &str| words.split_once(mark).map(|(_, rest)| rest);
    let rest = after("contain package ").or_else(|| after("provides package "));
    let word = rest.and_then(|rest| rest.split([' ', ';', ':', '\n']).next());
    word.unwrap_or("a package").to_owned()
}

impl Wanted {
    /// Refuses what would be something else in a command line or in the program than it says.
    fn check(&self) -> Result<(), ProbeError> {
        let malformed = |what: &str, kind| ProbeError::Malformed {
            what: what.to_owned(),
            kind,
            words: String::new(),
        };
        let odd = |c: char| c.is_whitespace() || c.is_control() || "\"'`\\@".contains(c);
        let path = |path: &str| !path.is_empty() && !path.starts_with('-') && !path.contains(odd);
        for (module, version) in &self.requirements {
            if !path(module) || version.is_empty() || version.contains(odd) {
                let full = format!("{module}@{version}");
                return Err(malformed(&full, "a module path with a version"));
            }
        }
        let packages = self.packages.iter().chain(self.values.iter().map(|(package, _)| package));
        for package in packages {
            if !path(package) {
                return Err(malformed(package, "an import path"));
            }
        }
        for (_, name) in &self.values {
            let word = |c: char| c.is_alphanumeric() || c == '_';
            if !name.starts_with(char::is_uppercase) || !name.chars().all(word) {
                return Err(malformed(name, "an exported name"));
            }
        }
        Ok(())
    }

    /// The directory's name: the first module for people, a hash for uniqueness.
    fn name(&self) -> String {
        let text = format!("{self:?}");
        let hash: String =
            Sha256::digest(text).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        let first = self.requirements.first().map_or("", |(module, _)| module.as_str());
        let last = first.rsplit('/').next().unwrap_or_default();
        let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
        format!("{}-{hash}", last.chars().take(40).map(plain).collect::<String>())
    }

    /// The program that imports the packages and refers to the values.
    fn program(&self, imported: &[String]) -> String {
        let mut text = String::from("package main\n\nimport (\n");
        let mut values = String::new();
        for (number, package) in imported.iter().enumerate() {
            let mut names = self.values.iter().filter(|(of, _)| of == package).peekable();
            let alias = if names.peek().is_some() { format!("p{number}") } else { "_".into() };
            text.push_str(&format!("\t{alias} \"{package}\"\n"));
            for (_, name) in names {
                values.push_str(&format!("var _ = {alias}.{name}\n"));
            }
        }
        text.push_str(")\n\n");
        text.push_str(&values);
        text.push_str("\nfunc main() {}\n");
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted() -> Wanted {
        Wanted {
            requirements: vec![("example.com/a".into(), "v1.2.3".into())],
            packages: vec!["example.com/a".into(), "example.com/a/b".into()],
            values: vec![("example.com/a/b".into(), "Open".into())],
            tags: Vec::new(),
            whole: false,
        }
    }

    #[test]
    fn the_program_imports_packages_and_refers_to_values() {
        let wanted = wanted();
        assert_eq!(
            wanted.program(&wanted.packages),
            "package main\n\nimport (\n\t_ \"example.com/a\"\n\tp1 \"example.com/a/b\"\n)\n\nvar _ = p1.Open\n\nfunc main() {}\n"
        );
    }

    #[test]
    fn directories_have_a_name_for_people_and_differ_by_what_is_asked_for() {
        let one = wanted();
        let other = Wanted { tags: vec!["x".into()], ..wanted() };
        assert!(one.name().starts_with("a-"), "{}", one.name());
        assert_ne!(one.name(), other.name());
    }

    #[test]
    fn words_that_could_be_something_else_are_refused() {
        assert!(wanted().check().is_ok());
        let module = |module: &str, version: &str| Wanted {
            requirements: vec![(module.into(), version.into())],
            ..Wanted::default()
        };
        let package =
            |package: &str| Wanted { packages: vec![package.into()], ..Wanted::default() };
        let value = |name: &str| Wanted {
            values: vec![("a.b/c".into(), name.into())],
            ..Wanted::default()
        };
        let bad = [
            module("-x", "v1"),
            module("a.b/c", ""),
            module("a.b/c", "v1 v2"),
            module("a.b/c@v1", "v1"),
            package("a\"\n\nfunc init() {}"),
            package(""),
            value("lower"),
            value("X; var y"),
        ];
        for wanted in bad {
            assert!(matches!(wanted.check(), Err(ProbeError::Malformed { .. })), "{wanted:?}");
        }
    }

    #[test]
    fn the_package_is_read_from_gos_words() {
        let words = "go: module example.com/a@v1.5.7 found, but does not contain package example.com/a/nope";
        assert_eq!(package_in(words), "example.com/a/nope");
        let words = "go: example.com/x imports\n\texample.com/y: example.com/y@v0.2.0: reading \
                     https://proxy.example.com/y/@v/v0.2.0.zip: 403 Forbidden";
        assert_eq!(module_in(words), [("example.com/y".to_owned(), "v0.2.0".to_owned())]);
    }
}
