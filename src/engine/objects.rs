//! The objects and libraries that the build links beside Go's own: `.syso` files, and what `#cgo LDFLAGS` name.
//!
//! cmd/go puts every file of SysoFiles into the archive of its package, with cgo or without
//! (cmd/go/internal/work/exec.go, "Add system object files"), and `go list` says which these are: the file name
//! decides, by the rules of build constraints (go/build, `goodOSArchFile`). `LDFLAGS` reach the C linker only
//! where cgo is on, and only then `go list` prints them.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use rayon::prelude::*;

use crate::facts::given::Claim;
use crate::facts::image::MachineKind;
use crate::facts::object::{LinkedBy, ObjectContents, ObjectForm};
use crate::facts::{ImageFile, ObjectFile, PackageFacts, UnitFacts};
use crate::go::ldflags::{self, Library};
use crate::image;
use crate::model::Subject;
use crate::platform::map::Mapped;

/// A file that is linked, before it is read.
#[derive(Debug)]
pub(super) struct Source {
    path: PathBuf,
    file: ObjectFile,
}

/// The files that the packages of the windows/arm64 build bring, each once, sorted by name. Go's own are left
/// out: what the distribution ships is not the project's matter. `flags` are the words of `CGO_LDFLAGS`.
pub(super) fn sources(
    table: &BTreeMap<String, PackageFacts>,
    goroot: &Path,
    flags: &[String],
) -> Vec<Source> {
    let mut found: BTreeMap<PathBuf, ObjectFile> = BTreeMap::new();
    for package in table.values() {
        let Some(files) = package.arm64.as_ref().filter(|files| files.compiles_something()) else {
            continue;
        };
        if !goroot.as_os_str().is_empty() && package.dir.starts_with(goroot) {
            continue;
        }
        let mut add = |path: PathBuf, by: LinkedBy| {
            let file = found.entry(straight(&path)).or_insert_with_key(|path| {
                ObjectFile::unread(report_name(package, path), by, Claim::of_build())
            });
            if !file.packages.contains(&package.import_path) {
                file.packages.push(package.import_path.clone());
            }
        };
        for name in &files.syso {
            add(package.dir.join(name), LinkedBy::Syso);
        }
        // go list says them with cgo off as well, and nothing hands them to a linker then.
        let words: &[String] = if files.cgo.is_empty() { &[] } else { &files.ldflags };
        for Library { path, flag } in ldflags::libraries(words, flags, &package.dir) {
            add(path, LinkedBy::LdFlags(flag));
        }
    }
    let mut sources: Vec<Source> =
        found.into_iter().map(|(path, file)| Source { path, file }).collect();
    sources.sort_by(|a, b| a.file.name.cmp(&b.file.name));
    sources
}

/// The path without `..`: `${SRCDIR}/../lib/libfoo.a` is one file for every package beside it.
fn straight(path: &Path) -> PathBuf {
    let mut straight = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if straight.file_name().is_some() => {
                straight.pop();
            }
            part => straight.push(part),
        }
    }
    straight
}

/// The name of a file in the Report: below its package or its module as these are named there, else its path.
fn report_name(package: &PackageFacts, path: &Path) -> String {
    let slashes = |path: &Path| path.to_string_lossy().replace('\\', "/");
    if let Ok(inside) = path.strip_prefix(&package.dir) {
        return package.report_path(&slashes(inside));
    }
    let module = package.module.as_ref();
    let inside = module.and_then(|m| path.strip_prefix(m.dir.as_deref()?).ok());
    match (module, inside) {
        (Some(module), Some(inside)) => {
            let root = PackageFacts {
                import_path: module.reference.path.clone(),
                module: package.module.clone(),
                ..PackageFacts::default()
            };
            root.report_path(&slashes(inside))
        }
        _ => slashes(path),
    }
}

/// Reads the files, on all cores.
pub(super) fn read(sources: Vec<Source>) -> Vec<ObjectFile> {
    sources.into_par_iter().map(read_one).collect()
}

fn read_one(source: Source) -> ObjectFile {
    let Source { path, mut file } = source;
    match Mapped::open(&path) {
        Ok(bytes) => {
            file.sha256 = Some(super::inspect::sha256(&bytes));
            file.size = Some(bytes.len() as u64);
            file.contents = image::read_object(&bytes);
        }
        Err(error) => {
            file.contents = Err(format!("it cannot be read: {error}"));
            file.missing = true;
        }
    }
    file
}

/// What the Report says of an object; `blank` has its kind and name.
pub(super) fn subject(object: &ObjectFile, unit: &UnitFacts, blank: Subject) -> Subject {
    let package = object.packages.first().and_then(|path| unit.packages.get(path));
    Subject {
        module: package.and_then(PackageFacts::module_ref),
        machine: object.contents.as_ref().ok().and_then(ObjectContents::machine_words),
        size: object.size,
        sha256: object.sha256.clone(),
        packages: object.packages.clone(),
        ..blank
    }
}

/// Notes of every object for another machine which exes have it: Go's linker drops an object that nothing
/// refers to, and puts the functions of the others into its function table, also with `-ldflags=-s`.
pub(super) fn find_in_images(objects: &mut [ObjectFile], images: &[ImageFile]) {
    for file in objects {
        let Some(names) = foreign_functions(file) else { continue };
        let has = |image: &&ImageFile| names_one(image, &names).unwrap_or(false);
        file.linked_into = images.iter().filter(has).map(|image| image.name.clone()).collect();
    }
}

/// Whether the function table of an image has one of the names; `None` where it has no table.
fn names_one(image: &ImageFile, names: &[String]) -> Option<bool> {
    let facts = image.facts.as_ref().ok()?;
    let bytes = Mapped::open(&image.path).ok()?;
    let table = image::FunctionTable::read(&bytes, facts).ok()?;
    let named = |index| table.name(index).is_some_and(|name| names.iter().any(|n| **n == *name));
    Some((0..table.len()).any(named))
}

/// The functions of an object that is for another machine than ARM64.
fn foreign_functions(file: &ObjectFile) -> Option<Vec<String>> {
    let contents = file.contents.as_ref().ok()?;
    let [member] = contents.members() else { return None };
    let ObjectForm::Coff { functions, .. } = &member.form else { return None };
    if functions.is_empty() || member.form.machine()? == MachineKind::Arm64 {
        return None;
    }
    Some(functions.clone())
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "asks the real `go list`")]
mod tests {
    use super::*;
    use crate::go::list::parse;

    /// The packages of a directory as `go list` has them for windows/arm64 with cgo, which needs no C compiler.
    fn table(dir: &Path) -> BTreeMap<String, PackageFacts> {
        let output = std::process::Command::new("go")
            .args(["list", "-e", "-deps", crate::go::command::LIST_FIELDS, "./..."])
            .envs([("GOOS", "windows"), ("GOARCH", "arm64"), ("CGO_ENABLED", "1")])
            .envs([("GOFLAGS", "-mod=mod"), ("GOPROXY", "off"), ("GOWORK", "off")])
            .current_dir(dir)
            .output()
            .unwrap();
        let listing = parse(&output.stdout).unwrap();
        let packages = listing.packages.into_iter().map(|listed| {
            let package = PackageFacts {
                import_path: listed.import_path.clone(),
                dir: listed.dir,
                module: listed.module,
                arm64: Some(listed.files),
                ..PackageFacts::default()
            };
            (listed.import_path, package)
        });
        let mut table = packages.collect();
        crate::engine::listed::place_modules(&mut table, dir);
        table
    }

    /// The same for files that are written here: path, content.
    fn found(files: &[(&str, &str)], flags: &[&str]) -> Vec<(String, LinkedBy, Vec<String>)> {
        let dir = tempfile::tempdir().unwrap();
        // Go prints paths without links, and a temporary directory may stand behind one.
        let root = crate::platform::plain_path(fs_err::canonicalize(dir.path()).unwrap());
        for (name, content) in files {
            let path = root.join(name);
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            fs_err::write(path, content).unwrap();
        }
        let flags: Vec<String> = flags.iter().map(|&flag| flag.to_owned()).collect();
        sources(&table(&root), Path::new(""), &flags)
            .into_iter()
            .map(|source| (source.file.name, source.file.linked_by, source.file.packages))
            .collect()
    }

    #[test]
    fn what_go_links_is_found_and_nothing_else() {
        let cgo = |flags: &str| {
            format!("package p\n\n// #cgo windows,arm64 LDFLAGS: {flags}\nimport \"C\"\n")
        };
        let one =
            cgo("-L${SRCDIR}/../lib -lfoo -lws2_32 ${SRCDIR}/extra.o -Wl,--no-insert-timestamp");
        let two = cgo("-L${SRCDIR}/../lib -lfoo") + "\n// #cgo windows,amd64 LDFLAGS: -lbar\n";
        let files = found(
            &[
                (
                    "go.mod",
                    "module example.com/m\n\ngo 1.24\n\nrequire example.com/dep v1.0.0\n\nreplace example.com/dep => ./dep\n",
                ),
                ("main.go", "package main\n\nimport _ \"example.com/dep\"\n\nfunc main() {}\n"),
                ("rsrc.syso", ""),
                ("rsrc_windows_amd64.syso", ""),
                ("rsrc_windows_arm64.syso", ""),
                ("rsrc_linux.syso", ""),
                ("one/one.go", one.as_str()),
                ("two/two.go", two.as_str()),
                ("lib/libfoo.a", ""),
                ("lib/libbar.a", ""),
                ("empty/only.syso", ""),
                ("dep/go.mod", "module example.com/dep\n\ngo 1.24\n"),
                ("dep/dep.go", "package dep\n"),
                ("dep/dep_windows.syso", ""),
            ],
            &["-O2", "-g"],
        );
        let package = |name: &str| vec![format!("example.com/{name}")];
        let foo = vec!["example.com/m/one".to_owned(), "example.com/m/two".to_owned()];
        let extra = files.iter().find(|(name, ..)| name == "one/extra.o").cloned();
        assert!(matches!(extra, Some((_, LinkedBy::LdFlags(_), _))), "{files:?}");
        let others: Vec<_> = files.into_iter().filter(|(name, ..)| name != "one/extra.o").collect();
        assert_eq!(
            others,
            [
                ("dep/dep_windows.syso".into(), LinkedBy::Syso, package("dep")),
                ("lib/libfoo.a".into(), LinkedBy::LdFlags("-lfoo".into()), foo),
                ("rsrc.syso".into(), LinkedBy::Syso, package("m")),
                ("rsrc_windows_arm64.syso".into(), LinkedBy::Syso, package("m")),
            ]
        );
    }
}
