//! Where in the user's repository a finding is shown.
//!
//! Annotations and code scanning know files of the repository and nothing else, and most findings are
//! about a dependency or an exe. So each gets an [`Anchor`]: its own place where that is in the repository,
//! else a file of the package, else the line of go.mod that selects the module, else go.mod.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::facts::{PackageFacts, UnitFacts};
use crate::model::{Anchor, AnchorKind, Finding, Report, Subject, SubjectKind};

/// Bytes of a source file in which columns are counted; generated tables are longer, and nobody reads them.
const LONGEST_SOURCE: u64 = 16 << 20;

/// Gives every finding of the report its anchor, and says what paths are relative to. `dir` is where gowoa works.
pub(super) fn place(report: &mut Report, units: &[UnitFacts], dir: &Path) {
    let ground = Ground::new(units, dir);
    report.plan.base = ground.base();
    if report.findings.is_empty() {
        return;
    }
    let subjects: BTreeMap<_, &Subject> =
        report.subjects.iter().map(|subject| (&subject.id, subject)).collect();
    for finding in &mut report.findings {
        finding.anchor = ground.anchor(finding, subjects.get(&finding.subject).copied());
    }
}

/// The root of the repository around a directory; `None` where there is none.
pub(super) fn repository(dir: &Path) -> Option<&Path> {
    dir.ancestors().find(|above| above.join(".git").exists())
}

/// Where gowoa was started, as the repository around `dir` names it; `None` at its root and outside of it.
pub(super) fn started_in(dir: &Path) -> Option<String> {
    let here = fs_err::canonicalize(std::env::current_dir().ok()?).ok()?;
    below(&here, &Ground::new(&[], dir).root)
}

/// What paths of a unit are relative to: the innermost of its main modules around `dir`, else `dir` itself.
pub(super) fn base<'a>(mains: impl Iterator<Item = &'a Path>, dir: &'a Path) -> &'a Path {
    let around = mains.filter(|module| dir.starts_with(module));
    around.max_by_key(|module| module.as_os_str().len()).unwrap_or(dir)
}

/// The repository as far as it matters here.
struct Ground<'a> {
    /// Its root, with links resolved.
    root: PathBuf,
    /// Where gowoa works, likewise.
    dir: PathBuf,
    units: Vec<Region<'a>>,
    /// The file that a column was counted in last: findings come file by file.
    read: RefCell<(PathBuf, Vec<u8>)>,
}

/// What findings of one unit may be shown at.
struct Region<'a> {
    /// The unit's name; that of the directory gowoa works in (`.`) for files that were given.
    name: &'a str,
    /// What paths of its findings are relative to.
    base: PathBuf,
    mods: Vec<GoMod>,
    packages: Option<&'a BTreeMap<String, PackageFacts>>,
}

impl<'a> Ground<'a> {
    fn new(units: &'a [UnitFacts], dir: &Path) -> Self {
        let dir = fs_err::canonicalize(dir).unwrap_or_else(|_| dir.to_owned());
        let repository = repository(&dir);
        let mut modules: Vec<Vec<PathBuf>> =
            units.iter().map(|unit| main_modules(unit, &dir, repository)).collect();
        if units.is_empty() {
            modules.push(module_around(&dir, repository));
        }
        let root = match repository {
            Some(root) => root.to_owned(),
            None => {
                let mut all = modules.iter().flatten();
                all.find(|module| dir.starts_with(module)).unwrap_or(&dir).clone()
            }
        };
        let region = |(number, modules): (usize, Vec<PathBuf>)| {
            let unit = units.get(number);
            let read = |module: &PathBuf| GoMod::read(&module.join("go.mod"), &root);
            let mods = modules.iter().filter_map(read).collect();
            // Paths of files that were given are relative to where they were given.
            let around = modules.iter().filter(|_| unit.is_some()).map(PathBuf::as_path);
            Region {
                name: unit.map_or(".", |unit| unit.name.as_str()),
                base: base(around, &dir).to_owned(),
                mods,
                packages: unit.map(|unit| &unit.packages),
            }
        };
        let units = modules.into_iter().enumerate().map(region).collect();
        Self { root, dir, units, read: RefCell::default() }
    }

    /// What paths are relative to: the module around the directory, where something was built, else the directory.
    fn base(&self) -> Option<String> {
        let bases = self.units.iter().map(|unit| unit.base.as_path());
        below(base(bases, &self.dir), &self.root)
    }

    /// The unit that a finding is of; `None` for one about the configuration where there are several.
    fn region(&self, subject: Option<&Subject>) -> Option<&Region<'a>> {
        let named = subject.and_then(|subject| {
            let unique = subject.id.as_str().strip_prefix(subject.kind.as_str())?;
            unique.strip_prefix(':')?.strip_suffix(&subject.name)?.strip_suffix('!')
        });
        match self.units.as_slice() {
            [only] => Some(only),
            units => units.iter().find(|unit| unit.name == named.unwrap_or(".")),
        }
    }

    fn anchor(&self, finding: &Finding, subject: Option<&Subject>) -> Option<Anchor> {
        let region = self.region(subject);
        let built = subject.is_some_and(|subject| is_built(subject.kind));
        let package = |path: &str| self.package(region?, path);
        (!built)
            .then(|| self.own_place(finding, subject, region))
            .flatten()
            .or_else(|| package(finding.package.as_deref()?))
            .or_else(|| region?.requirement(finding))
            .or_else(|| subject?.packages.iter().find_map(|path| package(path)))
            .or_else(|| {
                let module = region.or(self.units.first())?.mods.first()?;
                Some(module.at(module.line, AnchorKind::Module))
            })
    }

    /// The place of the finding, where it is in the repository. It is looked for only where paths of its unit are
    /// relative to: somewhere else may be a file of the same name.
    fn own_place(
        &self,
        finding: &Finding,
        subject: Option<&Subject>,
        region: Option<&Region<'_>>,
    ) -> Option<Anchor> {
        let location = finding.location.as_ref()?;
        let named = location.file.as_deref()?;
        let of_config = subject.is_some_and(|subject| subject.kind == SubjectKind::Config);
        let base = region.filter(|_| !of_config).map_or(&self.dir, |region| &region.base);
        let path = base.join(named);
        let file = self.file(&path)?;
        let column = location.line.zip(location.column);
        Some(Anchor {
            file,
            line: location.line,
            column: column.and_then(|(line, column)| self.column(path, line, column)),
            kind: AnchorKind::Location,
        })
    }

    /// A column that counts bytes, as Go's tools do, in UTF-16 code units; `None` where the line does not reach so
    /// far, because the position comes from a `//line` directive or the file has changed.
    fn column(&self, path: PathBuf, line: u32, column: u32) -> Option<u32> {
        let mut read = self.read.borrow_mut();
        if read.0 != path {
            let short =
                fs_err::metadata(&path).is_ok_and(|metadata| metadata.len() <= LONGEST_SOURCE);
            let bytes = if short { fs_err::read(&path).unwrap_or_default() } else { Vec::new() };
            *read = (path, bytes);
        }
        // What could not be read has no first line either.
        let mut lines =
            Some(&read.1).filter(|bytes| !bytes.is_empty())?.split(|byte| *byte == b'\n');
        let text = lines.nth(usize::try_from(line.checked_sub(1)?).ok()?)?;
        let before = text.get(..usize::try_from(column.checked_sub(1)?).ok()?)?;
        u32::try_from(String::from_utf8_lossy(before).encode_utf16().count() + 1).ok()
    }

    /// A file of the package, where the repository holds it as source of its own.
    fn package(&self, region: &Region<'_>, path: &str) -> Option<Anchor> {
        let package = region.packages?.get(path)?;
        let module = package.module.as_ref()?;
        if !module.main && (module.reference.vendored || module.replacement_version.is_some()) {
            return None;
        }
        let sets = [&package.arm64, &package.arm64_alone, &package.amd64, &package.arm64_cgo];
        let mut names = sets.into_iter().flatten().flat_map(|set| set.go.iter().chain(&set.cgo));
        let file = self.file(&package.dir.join(names.next()?))?;
        Some(Anchor { file, line: Some(1), column: None, kind: AnchorKind::Package })
    }

    /// The path of a file as the repository names it; `None` where it has no such file.
    fn file(&self, path: &Path) -> Option<String> {
        let path = fs_err::canonicalize(path).ok().filter(|path| path.is_file())?;
        named(&path, &self.root)
    }
}

impl Region<'_> {
    /// The line of a go.mod that selects the module.
    fn requirement(&self, finding: &Finding) -> Option<Anchor> {
        let module = finding.module.as_ref()?;
        let line = |lines: &BTreeMap<String, u32>| lines.get(&module.path).copied();
        self.mods.iter().find_map(|file| {
            let replaced = module.replaced_by.as_ref().and_then(|_| line(&file.replaced));
            let line = replaced.or_else(|| line(&file.required))?;
            Some(file.at(line, AnchorKind::Requirement))
        })
    }
}

/// The main modules of a unit. Where its graph could not be listed: the module around its directory.
fn main_modules(unit: &UnitFacts, dir: &Path, repository: Option<&Path>) -> Vec<PathBuf> {
    let modules = unit.packages.values().filter_map(|package| package.module.as_ref());
    let mains: BTreeSet<PathBuf> = modules
        .filter(|module| module.main)
        .filter_map(|module| fs_err::canonicalize(module.dir.as_ref()?).ok())
        .collect();
    if mains.is_empty() {
        return module_around(&dir.join(&unit.name), repository);
    }
    mains.into_iter().collect()
}

/// The module around a directory; none that lies outside of the repository.
fn module_around(dir: &Path, repository: Option<&Path>) -> Vec<PathBuf> {
    let dir = fs_err::canonicalize(dir).unwrap_or_else(|_| dir.to_owned());
    let within = |above: &&Path| repository.is_none_or(|root| above.starts_with(root));
    let around = dir.ancestors().take_while(within);
    around.filter(|above| above.join("go.mod").is_file()).take(1).map(Path::to_owned).collect()
}

/// Whether such a subject comes out of a build, so that the repository does not hold it.
const fn is_built(kind: SubjectKind) -> bool {
    matches!(
        kind,
        SubjectKind::Image
            | SubjectKind::Test
            | SubjectKind::Container
            | SubjectKind::File
            | SubjectKind::Inputs
    )
}

/// The same for a directory; `None` for the root itself.
fn below(path: &Path, root: &Path) -> Option<String> {
    named(path, root).filter(|path| !path.is_empty())
}

/// `/`-separated, relative to the root; `None` outside of it, and where the path is no text.
pub(super) fn named(path: &Path, root: &Path) -> Option<String> {
    let below = path.strip_prefix(root).ok()?;
    below.to_str().is_some().then(|| slashes(below))
}

/// A relative path, `/`-separated.
pub(super) fn slashes(path: &Path) -> String {
    path.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// The lines of a go.mod that select versions (<https://go.dev/ref/mod#go-mod-file>).
#[derive(Debug, Default)]
struct GoMod {
    /// As the repository names it.
    file: String,
    /// The line of the module directive, from 1.
    line: u32,
    /// Module path to line.
    required: BTreeMap<String, u32>,
    /// Module path to line.
    replaced: BTreeMap<String, u32>,
}

impl GoMod {
    fn read(path: &Path, root: &Path) -> Option<Self> {
        let text = fs_err::read(path).ok()?;
        let file = named(path, root)?;
        Some(Self { file, ..Self::parse(&String::from_utf8_lossy(&text)) })
    }

    fn parse(text: &str) -> Self {
        let mut parsed = Self { line: 1, ..Self::default() };
        let mut block: Option<String> = None;
        for (line, number) in text.lines().zip(1u32..) {
            let line = line.split("//").next().unwrap_or_default();
            let mut words = line.split_whitespace();
            let Some(first) = words.next() else { continue };
            if first == ")" {
                block = None;
                continue;
            }
            let (verb, path) = match &block {
                Some(verb) => (verb.as_str(), Some(first)),
                None => (first, words.next()),
            };
            let Some(path) = path else { continue };
            if path == "(" {
                block = Some(verb.to_owned());
                continue;
            }
            let path = path.trim_matches(['"', '`']).to_owned();
            match verb {
                "module" => parsed.line = number,
                "require" => drop(parsed.required.entry(path).or_insert(number)),
                "replace" => drop(parsed.replaced.entry(path).or_insert(number)),
                _ => {}
            }
        }
        parsed
    }

    fn at(&self, line: u32, kind: AnchorKind) -> Anchor {
        Anchor { file: self.file.clone(), line: Some(line), column: None, kind }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{FileSet, ModuleFacts};
    use crate::model::{CheckId, Confidence, Location, ModuleRef, Severity, SubjectId};

    const GO_MOD: &str = "// The app.\nmodule example.com/app\n\ngo 1.24\n\nrequire example.com/one v1.0.0\n\n\
        require (\n\texample.com/two v1.0.0 // indirect\n\t\"example.com/three\" v1.0.0\n)\n\n\
        replace example.com/two v1.0.0 => ../two\n";

    fn finding(module: Option<ModuleRef>, file: Option<&str>) -> Finding {
        Finding {
            check: CheckId::new("cross-compile"),
            severity: Severity::Error,
            confidence: Confidence::High,
            class: None,
            message: String::new(),
            help: None,
            package: None,
            module,
            subject: SubjectId("package:example.com/app".into()),
            location: file.map(|file| Location {
                file: Some(file.into()),
                line: Some(7),
                column: Some(2),
                ..Location::default()
            }),
            anchor: None,
            reachability: None,
            evidence: Vec::new(),
            waived: None,
            known: false,
            origin: Vec::new(),
        }
    }

    fn module(path: &str) -> ModuleRef {
        ModuleRef { path: path.into(), version: Some("v1.0.0".into()), ..ModuleRef::default() }
    }

    #[test]
    fn the_lines_of_a_go_mod_are_found() {
        let parsed = GoMod::parse(GO_MOD);
        assert_eq!(parsed.line, 2);
        assert_eq!(parsed.required["example.com/one"], 6);
        assert_eq!(parsed.required["example.com/two"], 9);
        assert_eq!(parsed.required["example.com/three"], 10);
        assert_eq!(parsed.replaced["example.com/two"], 13);
        assert!(GoMod::parse("require (\nrequire\n)\nreplace\n(").required.len() < 2);
    }

    #[test]
    fn findings_are_shown_at_the_nearest_line_of_the_repository() {
        let repository = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = repository.path().join(name);
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            fs_err::write(path, text).unwrap();
        };
        write(".git/HEAD", "");
        write("go/go.mod", GO_MOD);
        write("go/cmd/main.go", "package main\n");
        write("secret.txt", "");
        let dir = repository.path().join("go");
        let package = PackageFacts {
            dir: dir.join("cmd"),
            module: Some(ModuleFacts {
                main: true,
                dir: Some(dir.clone()),
                ..ModuleFacts::default()
            }),
            arm64: Some(FileSet { go: vec!["main.go".into()], ..FileSet::default() }),
            ..PackageFacts::default()
        };
        let unit = UnitFacts {
            packages: BTreeMap::from([("example.com/app/cmd".to_owned(), package)]),
            ..UnitFacts::default()
        };
        let ground = Ground::new(std::slice::from_ref(&unit), &dir);
        let shown = |finding: &Finding| {
            let anchor = ground.anchor(finding, None).expect("an anchor");
            (anchor.file, anchor.line.unwrap_or_default(), anchor.kind.as_str())
        };
        let at = |file: &str, line, kind| (file.to_owned(), line, kind);

        assert_eq!(shown(&finding(None, Some("cmd/main.go"))), at("go/cmd/main.go", 7, "location"));
        // Outside the repository, in the module cache, or nowhere.
        for file in ["../../../etc/passwd", "example.com/one@v1.0.0/one.go", "/etc/passwd", "cmd"] {
            let found = finding(Some(module("example.com/one")), Some(file));
            assert_eq!(shown(&found), at("go/go.mod", 6, "requirement"), "{file}");
        }
        let replaced =
            ModuleRef { replaced_by: Some("../two".into()), ..module("example.com/two") };
        assert_eq!(shown(&finding(Some(replaced), None)), at("go/go.mod", 13, "requirement"));
        assert_eq!(
            shown(&finding(Some(module("example.com/four")), None)),
            at("go/go.mod", 2, "module")
        );
        let own = Finding { package: Some("example.com/app/cmd".into()), ..finding(None, None) };
        assert_eq!(shown(&own), at("go/cmd/main.go", 1, "package"));

        // Paths are relative to the module around the directory; of files that were given, to the directory.
        let built = |dir: &Path| Ground::new(std::slice::from_ref(&unit), dir).base();
        assert_eq!(built(&dir).as_deref(), Some("go"));
        assert_eq!(built(&dir.join("cmd")).as_deref(), Some("go"));
        assert_eq!(Ground::new(&[], &dir.join("cmd")).base().as_deref(), Some("go/cmd"));
        assert_eq!(built(repository.path()), None);

        // What a build made is not in the repository, although the file is there.
        let image = Subject {
            packages: vec!["example.com/app/cmd".into()],
            ..Subject::new(SubjectKind::Image, "a.exe", "a.exe")
        };
        let of_image = ground.anchor(&finding(None, Some("cmd/main.go")), Some(&image));
        assert_eq!(
            of_image.map(|anchor| (anchor.line, anchor.kind)),
            Some((Some(1), AnchorKind::Package))
        );

        // Go counts bytes, code scanning UTF-16 code units; a position that the file does not have is none.
        write("go/cmd/wide.go", "package main\n\nvar \u{f6}, \u{1d11e} = x\n");
        for (line, column, shown) in [
            (3, 1, Some(1)),
            (3, 5, Some(5)),
            (3, 7, Some(6)),
            (3, 16, Some(13)),
            (3, 17, Some(14)),
        ] {
            let mut wide = finding(None, Some("cmd/wide.go"));
            wide.location = wide.location.map(|place| Location {
                line: Some(line),
                column: Some(column),
                ..place
            });
            let anchor = ground.anchor(&wide, None).expect("an anchor");
            assert_eq!((anchor.line, anchor.column), (Some(line), shown), "column {column}");
        }
        let column = |line, column| ground.column(dir.join("cmd/wide.go"), line, column);
        for (line, at) in [(3, 18), (1, 14), (9, 1), (0, 1), (1, 0), (3, u32::MAX)] {
            assert_eq!(column(line, at), None, "{line}:{at}");
        }
        assert_eq!(ground.column(dir.join("cmd/none.go"), 1, 1), None);

        // Files that were given: the go.mod around them.
        let ground = Ground::new(&[], &dir.join("cmd"));
        let anchor = ground.anchor(&finding(None, None), None).expect("an anchor");
        assert_eq!((anchor.file.as_str(), anchor.line), ("go/go.mod", Some(2)));
        assert_eq!(Ground::new(&[], repository.path()).anchor(&finding(None, None), None), None);
    }
}
