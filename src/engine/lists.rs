//! The lists of all targets, made at the same time and merged into one table of packages.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::facts::{FileSet, PackageFacts, Target, Toolchain, classify};
use crate::go::batch::batches;
use crate::go::command::GoCommand;
use crate::go::list::{ListFailure, Listed, Listing, list};
use crate::platform::ARGUMENT_BYTES;

/// Patterns that stand for many packages (`go help packages`).
const META_PATTERNS: &[&str] = &["all", "std", "cmd", "work", "tool"];

/// The lists of one unit.
#[derive(Debug)]
pub(super) struct Lists {
    /// windows/arm64 as it is built.
    pub(super) arm64: Listing,
    /// windows/amd64 with the same cgo.
    pub(super) amd64: Listing,
    /// windows/arm64 with the other cgo.
    pub(super) arm64_other: Listing,
    /// windows/amd64 with the other cgo.
    pub(super) amd64_other: Listing,
    /// The host, packages of the patterns alone.
    pub(super) host: Listing,
    /// Whether `arm64` and `amd64` were made with cgo.
    pub(super) cgo: bool,
}

/// Makes all lists at the same time.
pub(super) async fn make(
    go: &GoCommand,
    toolchain: &Toolchain,
    cgo: bool,
    patterns: &[String],
) -> Result<Lists, ListFailure> {
    let (arm, amd) = (Target::windows_arm64(), Target::windows_amd64());
    let commands = [
        go.list(&arm, cgo, patterns),
        go.list(&amd, cgo, patterns),
        go.list(&arm, !cgo, patterns),
        go.list(&amd, !cgo, patterns),
        go.list_alone(&toolchain.elsewhere(), true, patterns),
    ];
    let [a, b, c, d, e] = &commands;
    let (arm64, amd64, arm64_other, amd64_other, host) =
        tokio::try_join!(list(a), list(b), list(c), list(d), list(e))?;
    Ok(Lists { arm64, amd64, arm64_other, amd64_other, host, cgo })
}

impl Lists {
    /// How long the slowest of them took.
    pub(super) fn slowest(&self) -> Duration {
        let all = [&self.arm64, &self.amd64, &self.arm64_other, &self.amd64_other, &self.host];
        all.into_iter().map(|listing| listing.took).max().unwrap_or_default()
    }

    /// Packages that only the amd64 graph has: whether they have files for arm64 must be asked for.
    pub(super) async fn alone(&self, go: &GoCommand) -> Result<Listing, ListFailure> {
        let known: BTreeSet<&String> =
            self.arm64.packages.iter().map(|package| &package.import_path).collect();
        let missing: Vec<String> = self
            .amd64
            .packages
            .iter()
            .filter(|package| !package.standard && !known.contains(&package.import_path))
            .map(|package| package.import_path.clone())
            .collect();
        let mut all = Listing::default();
        for batch in batches(&missing, ARGUMENT_BYTES) {
            let command = go.list_alone(&Target::windows_arm64(), self.cgo, &batch);
            let listing = list(&command).await?;
            all.took += listing.took;
            all.packages.extend(listing.packages);
        }
        Ok(all)
    }

    /// One table over all lists; the standard library only where the patterns match it.
    pub(super) fn merge(self, alone: Listing) -> BTreeMap<String, PackageFacts> {
        let mut table = BTreeMap::new();
        let cgo = self.cgo;
        each(self.arm64, &mut table, |package, files| {
            if cgo {
                package.arm64_cgo = Some(files.clone());
            }
            package.arm64 = Some(files);
        });
        each(self.amd64, &mut table, |package, files| {
            if cgo {
                package.amd64_cgo = Some(files.clone());
            }
            package.amd64 = Some(files);
        });
        // With cgo off, the other lists are the ones with cgo; with cgo on they are not needed.
        each(self.arm64_other, &mut table, |package, files| {
            if !cgo {
                package.arm64_cgo = Some(files);
            }
        });
        each(self.amd64_other, &mut table, |package, files| {
            if !cgo {
                package.amd64_cgo = Some(files);
            }
        });
        each(self.host, &mut table, |package, files| {
            package.on_host = Some(files.compiles_something() && files.error.is_none());
        });
        for listed in alone.packages {
            if let Some(package) = table.get_mut(&listed.import_path).filter(|p| p.arm64.is_none())
            {
                package.arm64_alone = Some(listed.files);
            }
        }
        finish(&mut table);
        table
    }
}

fn each(
    listing: Listing,
    table: &mut BTreeMap<String, PackageFacts>,
    mut store: impl FnMut(&mut PackageFacts, FileSet),
) {
    for listed in listing.packages {
        if listed.standard && listed.matches.is_empty() {
            continue;
        }
        let Listed { import_path, name, dir, standard: _, matches, module, files } = listed;
        let package = table
            .entry(import_path.clone())
            .or_insert_with(|| PackageFacts { import_path, ..PackageFacts::default() });
        if package.name.is_empty() {
            package.name = name;
        }
        if package.dir.as_os_str().is_empty() {
            package.dir = dir;
        }
        package.module = package.module.take().or(module);
        package.matched |= !matches.is_empty();
        package.named |= matches
            .iter()
            .any(|pattern| !pattern.contains("...") && !META_PATTERNS.contains(&pattern.as_str()));
        store(package, files);
    }
}

/// What follows from the sets of all targets.
fn finish(table: &mut BTreeMap<String, PackageFacts>) {
    let mut importers: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for package in table.values() {
        for import in package.arm64.iter().flat_map(|set| &set.imports) {
            importers.entry(import.clone()).or_default().push(package.import_path.clone());
        }
    }
    for package in table.values_mut() {
        package.class = classify::classify(package);
        let empty = FileSet::default();
        let amd64 = package.amd64.as_ref().unwrap_or(&empty);
        let arm64 = package.arm64.as_ref().or(package.arm64_alone.as_ref()).unwrap_or(&empty);
        if package.amd64.is_some() {
            let difference = classify::Difference::between(amd64, arm64);
            package.amd64_only = difference.amd64_only();
            package.arm64_only = difference.arm64_only();
        }
        package.arm64_importers = importers.remove(&package.import_path).unwrap_or_default();
    }
}
