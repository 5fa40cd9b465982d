//! Reads the files that packages embed, on all cores, while `go build` works: images and containers among them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rayon::prelude::*;
use tokio::task::JoinHandle;

use crate::facts::PackageFacts;
use crate::facts::embedded::EmbedFacts;
use crate::platform::map::Mapped;

use super::embedded::Files;

/// Bytes below which there is no image and no container that holds one.
const LEAST: u64 = 64;

/// The files of one package.
#[derive(Debug)]
pub(super) struct Wanted {
    import_path: String,
    dir: PathBuf,
    files: Vec<String>,
}

/// The packages that embed files for windows/arm64. Go's own are left out.
pub(super) fn wanted(table: &BTreeMap<String, PackageFacts>, goroot: &Path) -> Vec<Wanted> {
    let own =
        |package: &PackageFacts| !goroot.as_os_str().is_empty() && package.dir.starts_with(goroot);
    table
        .values()
        .filter(|package| !own(package))
        .filter_map(|package| {
            let embed = &package.arm64.as_ref()?.embed;
            let files: Vec<String> =
                embed.iter().filter(|name| Files::wants(name)).cloned().collect();
            (!files.is_empty()).then(|| Wanted {
                import_path: package.import_path.clone(),
                dir: package.dir.clone(),
                files,
            })
        })
        .collect()
}

/// Reads them on threads of their own; the task gives the facts and the time it took.
pub(super) fn start(wanted: Vec<Wanted>) -> JoinHandle<(Vec<(String, EmbedFacts)>, Duration)> {
    tokio::task::spawn_blocking(move || {
        let begin = Instant::now();
        let read = |package: &Wanted| Some((package.import_path.clone(), read_one(package)?));
        (wanted.par_iter().filter_map(read).collect(), begin.elapsed())
    })
}

fn read_one(package: &Wanted) -> Option<EmbedFacts> {
    let mut files = Files::new();
    for name in &package.files {
        let path = package.dir.join(name);
        let small = fs_err::metadata(&path).is_ok_and(|file| file.is_file() && file.len() < LEAST);
        if small {
            continue;
        }
        match Mapped::open(&path) {
            Ok(bytes) => files.file(name, &bytes),
            Err(error) => files.unreadable(name, format!("it cannot be read: {error}")),
        }
    }
    files.finish()
}

/// Puts the facts where they belong.
pub(super) fn place(table: &mut BTreeMap<String, PackageFacts>, read: Vec<(String, EmbedFacts)>) {
    for (path, facts) in read {
        if let Some(package) = table.get_mut(&path) {
            package.embeds = Some(facts);
        }
    }
}
