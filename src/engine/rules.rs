//! The rules database of a run: gowoa's own rules and the user's files, held against what the build selected.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use crate::facts::{PackageFacts, Target, Toolchain};
use crate::go::modules::{flag_value, split_flags};
use crate::plan::Plan;
use crate::rules::matcher::{Build, Selected, hits};
use crate::rules::version::GoVersion;
use crate::rules::{Database, FILE_LIMIT, RulesError};

/// gowoa's own rules, and those of the files.
///
/// # Errors
/// A file that cannot be read or is wrong, with the line.
pub fn load(files: &[std::path::PathBuf]) -> Result<Database, RulesError> {
    let mut database = Database::embedded()?;
    for file in files {
        let name = file.to_string_lossy();
        let bytes = read(file).map_err(|error| RulesError::Unreadable {
            file: name.clone().into_owned(),
            reason: error.to_string(),
        })?;
        database.add(&bytes, &name)?;
    }
    Ok(database)
}

/// A whole file, and one byte more than a rules file may have.
fn read(file: &Path) -> std::io::Result<Vec<u8>> {
    // A pipe would wait for a writer.
    let metadata = fs_err::metadata(file)?;
    if !metadata.is_file() {
        let what = if metadata.is_dir() { "it is a directory" } else { "it is not a regular file" };
        return Err(std::io::Error::other(what));
    }
    let mut bytes = Vec::new();
    let limit = u64::try_from(FILE_LIMIT).unwrap_or(u64::MAX).saturating_add(1);
    std::fs::File::open(file)?.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Notes at every package the rules that hold for it.
pub(super) fn fill(
    table: &mut BTreeMap<String, PackageFacts>,
    database: &Database,
    plan: &Plan,
    toolchain: &Toolchain,
) {
    let build = Build {
        target: Target::windows_arm64(),
        go: GoVersion::parse(&toolchain.version),
        tags: tags(plan, toolchain),
        cgo: plan.cgo,
    };
    for package in table.values_mut() {
        let module = package.module.as_ref();
        let selected = module.and_then(|module| Selected::of(module, &package.import_path));
        if let Some(selected) = selected {
            package.rules = hits(database, &selected, &build);
        }
    }
}

/// The versions that the rules call good, where they say that a package does not build.
pub(super) fn known_good(package: &PackageFacts) -> Vec<String> {
    let hits =
        package.rules.iter().filter(|hit| hit.effect.fails_to_build() && hit.through.is_none());
    hits.filter_map(|hit| hit.upgrade.clone()).collect()
}

/// The build tags: the user's own, or those of GOFLAGS.
fn tags(plan: &Plan, toolchain: &Toolchain) -> Vec<String> {
    if !plan.flags.tags.is_empty() {
        return plan.flags.tags.clone();
    }
    let goflags = split_flags(toolchain.env("GOFLAGS").unwrap_or_default());
    let value = flag_value(&goflags, "tags").unwrap_or_default();
    value.split([',', ' ']).filter(|tag| !tag.is_empty()).map(str::to_owned).collect()
}
