//! Gathers the compiler's listings of the packages that deserve a look, and what they say.
//!
//! The packages were built before, so that only they are compiled once more, and a second run replays the
//! listing from Go's build cache. `--listing all` has the standard library in it: gigabytes, which get a
//! build cache of their own for as long as it takes.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use crate::facts::listing::{ListingFacts, Place};
use crate::facts::{ListingRun, PackageFacts, Target, Toolchain, UnitFacts};
use crate::go::batch::batches_by;
use crate::go::command::Listed;
use crate::go::gcflags;
use crate::go::listing::collect::{Collector, Wanted};
use crate::go::listing::gather::{Gathered, gather};
use crate::go::modules::split_flags;
use crate::go::process::{CommandLine, ProcessError};
use crate::model::{FileSetClass, Unproven};
use crate::plan::{ListingScope, Plan};
use crate::platform::ARGUMENT_BYTES;

use super::phases::Clock;
use super::unit::{Unit, unproven};

/// The label of everything that was not listed.
const NOT_LISTED: &str = "not listed";
/// Room for `-gcflags=`, `= -S` and separators.
const FLAG_BYTES: usize = 24;

/// What the compiler lists of the packages that deserve a look.
pub(super) async fn run(
    plan: &Plan,
    toolchain: &Toolchain,
    unit: &Unit,
    table: &mut BTreeMap<String, PackageFacts>,
    facts: &mut UnitFacts,
    clock: &mut Clock<'_>,
) {
    let goroot = Path::new(toolchain.env("GOROOT").unwrap_or_default());
    let packages = wanted(table, plan.listing, goroot);
    if packages.is_empty() {
        return;
    }
    let begin = clock.begin("listing");
    let lister = Lister { plan, toolchain, unit, table };
    let listed = lister.list(&packages).await;
    // What is printed is read as it comes: the time is that of `go`.
    let took = begin.elapsed();
    for (path, found) in listed.facts {
        if let Some(package) = table.get_mut(&path) {
            package.listing = Some(found);
        }
    }
    facts.listing = listed.run;
    facts.unproven.extend(listed.unproven);
    clock.end("listing", begin);
    clock.go_took(took);
}

/// Source of a package that is compiled in no time, in bytes.
const SMALL: u64 = 256 << 10;

/// Whether a package deserves a look at its listing: its assembly for arm64 differs from that for amd64, or its
/// source text does what often goes wrong there. A listing compiles the package once more, so that Go files of
/// one architecture each are reason enough in small packages alone.
pub(super) fn flagged(package: &PackageFacts) -> bool {
    let small = package.source.as_ref().is_some_and(|source| source.bytes <= SMALL);
    let differs = match package.class {
        Some(
            FileSetClass::GenericFallback
            | FileSetClass::AssemblyDropped
            | FileSetClass::NativeAssembly,
        ) => true,
        Some(FileSetClass::FilesLost | FileSetClass::ArchVariant) => small,
        _ => false,
    };
    let found = package.source.as_ref().is_some_and(|source| {
        !source.float_calls.is_empty()
            || !source.cpu_detection.is_empty()
            || !source.code_bytes.is_empty()
    });
    differs || found
}

/// The packages whose listing is wanted: those that compile, and not Go's own.
fn wanted(
    table: &BTreeMap<String, PackageFacts>,
    scope: ListingScope,
    goroot: &Path,
) -> Vec<String> {
    let own =
        |package: &PackageFacts| !goroot.as_os_str().is_empty() && package.dir.starts_with(goroot);
    table
        .values()
        .filter(|package| package.compiled)
        .filter(|package| match scope {
            ListingScope::Off => false,
            ListingScope::Flagged => flagged(package) && !own(package),
            ListingScope::All => true,
        })
        .map(|package| package.import_path.clone())
        .collect()
}

/// What came of it.
#[derive(Debug, Default)]
struct Listings {
    /// Counts.
    run: ListingRun,
    /// By import path.
    facts: BTreeMap<String, ListingFacts>,
    /// What could not be listed or read.
    unproven: Vec<Unproven>,
}

/// Where a listing is made, and for whom.
struct Lister<'a> {
    plan: &'a Plan,
    toolchain: &'a Toolchain,
    unit: &'a Unit,
    table: &'a BTreeMap<String, PackageFacts>,
}

impl Lister<'_> {
    /// Lists the packages and reads what the compiler prints.
    async fn list(&self, packages: &[String]) -> Listings {
        let mut out = Listings::default();
        let asked = self.asked(packages);
        let mut collector = Collector::new(&asked);
        let mut missing: BTreeSet<String> = packages.iter().cloned().collect();
        for command in self.commands(packages) {
            let result = gather(&command, |event| collector.take(event)).await;
            self.account(&command, result, &mut missing, &mut out);
        }
        if self.plan.listing == ListingScope::All {
            // Best effort: what cannot be removed costs disk space only.
            let _ = fs_err::remove_dir_all(self.cache());
        }
        out.facts = collector.finish();
        out.run.packages = out.facts.len() as u64;
        let silent: Vec<String> =
            missing.into_iter().filter(|path| !out.facts.contains_key(path)).collect();
        if !silent.is_empty() {
            out.unproven.push(unproven(NOT_LISTED, "the compiler printed no listing", silent));
        }
        for (path, facts) in &mut out.facts {
            facts.command = self.unit.go.reproduce_listing(
                &Target::windows_arm64(),
                self.plan.cgo,
                path,
                &self.flags_of(path),
            );
        }
        self.shorten(&mut out.facts);
        self.tell_unread(&mut out);
        out
    }

    fn commands(&self, packages: &[String]) -> Vec<CommandLine> {
        let (target, cgo) = (Target::windows_arm64(), self.plan.cgo);
        if self.plan.listing == ListingScope::All {
            let flags = self.user_flags();
            let flags = flags.iter().map(String::as_str);
            let gcflags = gcflags::for_package(flags, "all", false, false);
            let listed = Listed::All { gcflags: &gcflags, cache: &self.cache() };
            let roots: Vec<String> = self
                .table
                .values()
                .filter(|package| package.matched && package.compiled)
                .map(|package| package.import_path.clone())
                .collect();
            let cost = |path: &(String, String)| path.0.len() + 3;
            let roots: Vec<(String, String)> =
                roots.into_iter().map(|path| (path, String::new())).collect();
            return batches_by(&roots, ARGUMENT_BYTES, cost)
                .iter()
                .map(|batch| self.unit.go.listing(&target, cgo, listed, batch))
                .collect();
        }
        let with_flags: Vec<(String, String)> =
            packages.iter().map(|path| (path.clone(), self.flags_of(path))).collect();
        let cost = |item: &(String, String)| 2 * item.0.len() + item.1.len() + FLAG_BYTES;
        batches_by(&with_flags, ARGUMENT_BYTES, cost)
            .iter()
            .map(|batch| self.unit.go.listing(&target, cgo, Listed::Packages, batch))
            .collect()
    }

    /// The user's compiler flags for a package.
    fn flags_of(&self, path: &str) -> String {
        let flags = self.user_flags();
        let package = self.table.get(path);
        let own = package.is_some_and(PackageFacts::in_main_module);
        let named = package.is_some_and(|package| package.matched);
        gcflags::for_package(flags.iter().map(String::as_str), path, own, named)
    }

    /// GOFLAGS and the flags of the call, in the order in which Go takes them.
    fn user_flags(&self) -> Vec<String> {
        let mut flags = split_flags(self.toolchain.env("GOFLAGS").unwrap_or_default());
        flags.extend(self.unit.go.flags.extra.iter().cloned());
        flags
    }

    /// The build cache of `--listing all`.
    fn cache(&self) -> std::path::PathBuf {
        self.unit.scratch.join("listing-cache")
    }

    /// What the collector is to look for.
    fn asked(&self, packages: &[String]) -> Wanted {
        let mut wanted = Wanted::default();
        for path in packages {
            let Some(package) = self.table.get(path) else { continue };
            let go = |file: &&String| file.ends_with(".go");
            let files = package.arm64_only.iter().filter(go).cloned();
            wanted.package(path, package.is_command(), &dirs(package), files);
        }
        for path in self.table.keys() {
            wanted.known(path);
        }
        wanted
    }

    fn account(
        &self,
        command: &CommandLine,
        result: Result<Gathered, ProcessError>,
        missing: &mut BTreeSet<String>,
        out: &mut Listings,
    ) {
        let gathered = match result {
            Ok(gathered) => gathered,
            Err(error) => {
                let reason = match std::error::Error::source(&error) {
                    Some(source) => format!("{error}: {source}"),
                    None => error.to_string(),
                };
                // Which packages that leaves without a listing is told at the end.
                out.unproven.push(unproven(NOT_LISTED, &reason, Vec::new()));
                return;
            }
        };
        out.run.commands.push(command.to_string());
        out.run.bytes += gathered.counts.bytes;
        for (package, words) in &gathered.errors {
            if missing.remove(package) {
                let reason = first_line(words);
                out.unproven.push(unproven(NOT_LISTED, reason, vec![package.clone()]));
            }
        }
        if let Some(failed) = &gathered.failed {
            let words = first_line(&gathered.words);
            let reason =
                format!("`{command}` {failed}{}{words}", if words.is_empty() { "" } else { ": " });
            out.unproven.push(unproven(NOT_LISTED, &reason, Vec::new()));
        }
        out.run.unknown += gathered.counts.unknown + gathered.counts.too_long;
        if out.run.first_unknown.is_none() {
            out.run.first_unknown = gathered.counts.examples.first().cloned();
        }
        if gathered.counts.too_long > 0 && out.run.first_unknown.is_none() {
            out.run.first_unknown = Some("(too long to be read)".into());
        }
    }

    /// Lines of a form that was never seen, and what found no room: it is not known.
    fn tell_unread(&self, out: &mut Listings) {
        let full: Vec<String> = out
            .facts
            .iter()
            .filter(|(_, facts)| facts.dropped > 0)
            .map(|(package, _)| package.clone())
            .collect();
        if !full.is_empty() {
            let text = "more functions and calls than are kept of one package's listing";
            out.unproven.push(unproven(NOT_LISTED, text, full));
        }
        let run = &out.run;
        if run.unknown == 0 {
            return;
        }
        let text = format!(
            "{} of the listing could not be read, the first: {}",
            if run.unknown == 1 { "one line".into() } else { format!("{} lines", run.unknown) },
            run.first_unknown.as_deref().unwrap_or_default().trim()
        );
        out.unproven.push(unproven(NOT_LISTED, &text, Vec::new()));
    }

    /// Places in the form of the Report.
    fn shorten(&self, facts: &mut BTreeMap<String, ListingFacts>) {
        let mut by_dir: HashMap<String, &PackageFacts> = HashMap::new();
        for package in self.table.values() {
            for dir in dirs(package) {
                by_dir.entry(dir).or_insert(package);
            }
        }
        let slash = |text: &str| text.replace('\\', "/");
        let goroot = slash(self.toolchain.env("GOROOT").unwrap_or_default());
        let shorten = |place: &mut Place| {
            let file = if cfg!(windows) { slash(&place.file) } else { place.file.clone() };
            let Some((dir, name)) = file.rsplit_once('/') else { return };
            place.file = match by_dir.get(dir) {
                Some(package) => package.report_path(name),
                None => match file.strip_prefix(&goroot).filter(|_| !goroot.is_empty()) {
                    Some(inside) => format!("GOROOT{inside}"),
                    None => file,
                },
            };
        };
        for facts in facts.values_mut() {
            for stand_in in &mut facts.stand_ins {
                shorten(&mut stand_in.place);
                stand_in.callers.iter_mut().for_each(|caller| shorten(&mut caller.place));
            }
            facts.arch_symbols.iter_mut().for_each(|found| shorten(&mut found.place));
            for site in &mut facts.syscalls {
                shorten(&mut site.place);
                site.float.iter_mut().for_each(|float| shorten(&mut float.place));
            }
        }
    }
}

/// What the compiler prints before the names of a package's files: its directory, or with `-trimpath` its
/// module and version (cmd/go/internal/work/gc.go, trimpath).
fn dirs(package: &PackageFacts) -> Vec<String> {
    let mut dirs = vec![package.dir.to_string_lossy().replace('\\', "/")];
    let module = package.module.as_ref().map(|module| &module.reference);
    let inside = module.and_then(|module| package.import_path.strip_prefix(module.path.as_str()));
    dirs.push(match (module.and_then(|module| module.version.as_ref()), module, inside) {
        (Some(version), Some(module), Some(inside)) => format!("{}@{version}{inside}", module.path),
        _ => package.import_path.clone(),
    });
    dirs
}

fn first_line(words: &str) -> &str {
    let lines = || words.lines().map(str::trim).filter(|line| !line.is_empty());
    // `# path` says only which package.
    lines().find(|line| !line.starts_with("# ")).or_else(|| lines().next()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::ModuleFacts;
    use crate::model::ModuleRef;

    fn package(path: &str, version: Option<&str>) -> PackageFacts {
        let reference = ModuleRef {
            path: "example.com/m".into(),
            version: version.map(str::to_owned),
            replaced_by: None,
            vendored: false,
        };
        PackageFacts {
            import_path: path.into(),
            dir: "/cache/m/sub".into(),
            compiled: true,
            module: Some(ModuleFacts {
                reference,
                replacement_version: None,
                main: version.is_none(),
                dir: None,
                below: String::new(),
            }),
            ..PackageFacts::default()
        }
    }

    #[test]
    fn files_are_known_by_their_directory_or_by_their_module() {
        let with_version = package("example.com/m/sub", Some("v1.2.3"));
        assert_eq!(dirs(&with_version), ["/cache/m/sub", "example.com/m@v1.2.3/sub"]);
        assert_eq!(dirs(&package("example.com/m/sub", None))[1], "example.com/m/sub");
    }

    #[test]
    fn only_what_compiles_and_differs_is_listed() {
        let mut table = BTreeMap::new();
        for (path, class, compiled) in [
            ("example.com/m/plain", FileSetClass::Portable, true),
            ("example.com/m/generic", FileSetClass::GenericFallback, true),
            ("example.com/m/broken", FileSetClass::GenericFallback, false),
        ] {
            let package = PackageFacts { class: Some(class), compiled, ..package(path, None) };
            table.insert(path.to_owned(), package);
        }
        let goroot = Path::new("/goroot");
        let of = |scope| wanted(&table, scope, goroot);
        assert!(of(ListingScope::Off).is_empty());
        assert_eq!(of(ListingScope::Flagged), ["example.com/m/generic"]);
        assert_eq!(of(ListingScope::All), ["example.com/m/generic", "example.com/m/plain"]);
        assert!(wanted(&table, ListingScope::Flagged, Path::new("/cache")).is_empty());
    }

    #[test]
    fn the_line_that_says_why_is_found() {
        assert_eq!(first_line("# a\n./a.go:1:2: bad\n"), "./a.go:1:2: bad");
        assert_eq!(first_line("# a\n"), "# a");
        assert_eq!(first_line("\n"), "");
    }
}
