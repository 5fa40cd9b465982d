//! Reads the source text of every package of the windows/arm64 build, on all cores, while `go build` works.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rayon::prelude::*;
use tokio::task::JoinHandle;

use crate::facts::{FileSet, PackageFacts, SourceFacts};
use crate::source::package::{PackageText, SourceFile, facts};

use super::explain::read_source;

/// The files of one package that are read.
#[derive(Debug)]
pub(super) struct Wanted {
    import_path: String,
    dir: PathBuf,
    go: Vec<String>,
    cgo: Vec<String>,
    asm: Vec<String>,
    headers: Vec<String>,
}

/// The packages that have files for windows/arm64. Go's own are left out.
pub(super) fn wanted(table: &BTreeMap<String, PackageFacts>, goroot: &Path) -> Vec<Wanted> {
    let own =
        |package: &&PackageFacts| !goroot.as_os_str().is_empty() && package.dir.starts_with(goroot);
    let has_files = |package: &PackageFacts| {
        package.arm64.as_ref().is_some_and(FileSet::compiles_something)
            || package.arm64_cgo.as_ref().is_some_and(|set| !set.cgo.is_empty())
    };
    table
        .values()
        .filter(|package| has_files(package) && !own(package))
        .map(|package| {
            let empty = FileSet::default();
            let set = package.arm64.as_ref().unwrap_or(&empty);
            let with_cgo = package.arm64_cgo.as_ref().unwrap_or(&empty);
            Wanted {
                import_path: package.import_path.clone(),
                dir: package.dir.clone(),
                go: [set.go.clone(), set.cgo.clone()].concat(),
                cgo: with_cgo.cgo.clone(),
                asm: set.asm.clone(),
                // Only assembly is asked for what is in them.
                headers: if set.asm.is_empty() { Vec::new() } else { set.headers.clone() },
            }
        })
        .collect()
}

/// Reads them on threads of their own; the task gives the facts and the time it took.
pub(super) fn start(wanted: Vec<Wanted>) -> JoinHandle<(Vec<(String, SourceFacts)>, Duration)> {
    tokio::task::spawn_blocking(move || {
        let begin = Instant::now();
        (read(&wanted), begin.elapsed())
    })
}

fn read(wanted: &[Wanted]) -> Vec<(String, SourceFacts)> {
    wanted.par_iter().map(|package| (package.import_path.clone(), read_one(package))).collect()
}

fn read_one(package: &Wanted) -> SourceFacts {
    let mut unread = Vec::new();
    let mut text = |names: &[String]| -> Vec<(String, Vec<u8>)> {
        let mut read = Vec::new();
        for name in names {
            match read_source(&package.dir.join(name)) {
                Some(bytes) => read.push((name.clone(), bytes)),
                None => unread.push((name.clone(), "it cannot be read".to_owned())),
            }
        }
        read
    };
    let (go, cgo, asm) = (text(&package.go), text(&package.cgo), text(&package.asm));
    let headers = text(&package.headers);
    let package = PackageText {
        import_path: &package.import_path,
        go: files(&go),
        cgo: files(&cgo),
        asm: files(&asm),
        headers: files(&headers),
    };
    let mut facts = facts(&package);
    facts.unread.extend(unread);
    facts
}

fn files(read: &[(String, Vec<u8>)]) -> Vec<SourceFile<'_>> {
    read.iter().map(|(name, bytes)| SourceFile { name, bytes }).collect()
}

/// Puts the facts where they belong.
pub(super) fn place(table: &mut BTreeMap<String, PackageFacts>, read: Vec<(String, SourceFacts)>) {
    for (path, facts) in read {
        if let Some(package) = table.get_mut(&path) {
            package.source = Some(facts);
        }
    }
}
