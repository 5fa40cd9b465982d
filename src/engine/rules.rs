//! The rules database of a run: gowoa's own rules and the user's files, held against what the build selected.

use std::collections::{BTreeMap, BTreeSet};
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
    drop_healed(table, database);
}

/// A rule about a module that selects a bad version of another one says nothing where the build selected a good one.
fn drop_healed(table: &mut BTreeMap<String, PackageFacts>, database: &Database) {
    let broken: BTreeSet<String> = table
        .values()
        .filter(|package| {
            package.rules.iter().any(|hit| hit.effect.fails_to_build() && hit.through.is_none())
        })
        .filter_map(|package| package.module.as_ref().map(|module| module.reference.path.clone()))
        .collect();
    // Where no rule is about that other module, nobody can say.
    let holds = |through: &str| broken.contains(through) || !database.knows(through);
    for package in table.values_mut() {
        package.rules.retain(|hit| hit.through.as_deref().is_none_or(holds));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::ModuleFacts;
    use crate::model::ModuleRef;

    /// The rules at a package of go-ole v1.2.5, which selects a golang.org/x/sys that does not build, where the build
    /// has this version of it.
    fn of_go_ole(x_sys: &str) -> Vec<String> {
        let database = Database::embedded().unwrap();
        let build = Build {
            target: Target::windows_arm64(),
            go: GoVersion::parse("go1.26.8"),
            tags: Vec::new(),
            cgo: false,
        };
        let package = |path: &str, module: &str, version: &str| {
            let reference = ModuleRef {
                path: module.into(),
                version: Some(version.into()),
                ..ModuleRef::default()
            };
            let module = ModuleFacts {
                reference,
                replacement_version: None,
                main: false,
                dir: None,
                below: String::new(),
            };
            let rules = hits(&database, &Selected::of(&module, path).unwrap(), &build);
            let import_path = path.to_owned();
            (
                path.into(),
                PackageFacts { import_path, module: Some(module), rules, ..Default::default() },
            )
        };
        let ole = "github.com/go-ole/go-ole";
        let mut table = BTreeMap::from([
            package(ole, ole, "v1.2.5"),
            package("golang.org/x/sys/windows", "golang.org/x/sys", x_sys),
        ]);
        drop_healed(&mut table, &database);
        table[ole].rules.iter().map(|hit| hit.id.clone()).collect()
    }

    #[test]
    fn a_rule_about_what_a_module_selects_is_silent_where_the_build_selects_better() {
        let old = of_go_ole("v0.0.0-20190916202348-b4ddaad3f8a3");
        assert_eq!(old, ["GOWOA-2020-0001", "GOWOA-2021-0002"]);
        assert_eq!(of_go_ole("v0.30.0"), ["GOWOA-2020-0001"]);
    }
}
