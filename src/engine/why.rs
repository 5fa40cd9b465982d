//! Why a package, or a function of one, is there: the answer to `--why`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::checks::{cross_compile_state, function_reachability};
use crate::facts::{
    FileSet, ImageFile, LinkedFunctions, LinkerPath, PackageFacts, Presence, Target, Toolchain,
    UnitFacts,
};
use crate::go::linkgraph::{self, LinkGraph};
use crate::go::modules::split_flags;
use crate::model::{ChainLink, FunctionPresence, LinkerWay, Problem, Why, WhyImage};
use crate::plan::{ListingScope, Plan};
use crate::redact::{Redact, Redactor};

use super::build::BuiltUnit;
use super::declared::{self, Declared};
use super::graph::Graph;
use super::unit::Unit;
use super::units::Outcome;
use super::{EngineError, Progress, Surroundings, reflection, units};

/// Names that are suggested for one that is not known.
const SUGGESTIONS: usize = 5;
/// Characters of a name that are compared.
const COMPARED: usize = 200;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum WhyError {
    /// Nothing could be gathered at all.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// No such package is in any graph.
    #[error("{}", unknown(asked, near, *standard))]
    Unknown {
        /// As given.
        asked: String,
        /// Import paths that look like it, the most alike first.
        near: Vec<String>,
        /// Whether it looks like a package of Go's own.
        standard: bool,
    },
    /// The package is known, and has no such function.
    #[error("{package} declares no function {function}")]
    NoFunction {
        /// Import path.
        package: String,
        /// As given.
        function: String,
        /// Functions of it that look like it, the most alike first, with the package.
        near: Vec<String>,
    },
    /// The packages could not be listed.
    #[error("the packages could not be listed: {}", problems.first().map_or("", |p| &p.message))]
    Unlisted {
        /// What kept gowoa from it.
        problems: Vec<Problem>,
    },
}

impl WhyError {
    /// What the user can do.
    pub fn next_step(&self) -> String {
        match self {
            Self::Engine(error) => error.next_step(),
            Self::Unknown { near, .. } if near.is_empty() => {
                "list every package with --all in the place of --why".into()
            }
            Self::NoFunction { package, near, .. } if near.is_empty() => {
                format!("gowoa screen --why {package} names functions of it that are linked")
            }
            Self::NoFunction { near, .. } => format!("perhaps --why '{}'", near.join("', or '")),
            Self::Unknown { near, .. } => format!("perhaps --why {}", near.join(", or ")),
            Self::Unlisted { problems } => problems
                .iter()
                .find_map(|problem| problem.next.clone())
                .unwrap_or_else(|| "see gowoa check".into()),
        }
    }
}

fn unknown(asked: &str, near: &[String], standard: bool) -> String {
    let mut text = format!("no package {asked} in the graph of windows/arm64 or windows/amd64");
    if standard && near.is_empty() {
        let _ = write!(text, "; Go's own packages are not screened");
    }
    text
}

/// What is asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Query {
    /// Import path.
    pub(super) package: String,
    /// Name without the package.
    pub(super) function: Option<String>,
}

/// Takes `PACKAGE[.Function]` apart: the longest import path of the table that it begins with. `None` where the
/// table has none.
pub(super) fn resolve(table: &BTreeMap<String, PackageFacts>, asked: &str) -> Option<Query> {
    let asked = asked.trim();
    if table.contains_key(asked) {
        return Some(Query { package: asked.to_owned(), function: None });
    }
    let slash = asked.rfind('/').map_or(0, |at| at + 1);
    let dots = asked.char_indices().rev().filter(|(at, c)| *c == '.' && *at > slash);
    for (at, _) in dots {
        let (package, function) = asked.split_at(at);
        let function = function.trim_start_matches('.');
        if table.contains_key(package) && !function.is_empty() {
            return Some(Query {
                package: package.to_owned(),
                function: Some(function.to_owned()),
            });
        }
    }
    None
}

/// Whether no package is what is asked about, or the package declares no such function.
pub(super) fn is_unknown(table: &BTreeMap<String, PackageFacts>, asked: &str) -> bool {
    let Some(query) = resolve(table, asked) else { return true };
    let package = table.get(&query.package).zip(query.function.as_deref());
    package.is_some_and(|(package, function)| {
        matches!(declared::find(package, function), Declared::Nowhere(_))
    })
}

/// Asks the linker for its way to what the plan asks about, where an exe links it.
pub(super) async fn ask_linker(
    plan: &Plan,
    toolchain: &Toolchain,
    unit: &Unit,
    built: &Overlay,
    table: &mut BTreeMap<String, PackageFacts>,
    images: &[ImageFile],
) {
    let Some(query) = plan.why.as_deref().and_then(|asked| resolve(table, asked)) else { return };
    let Some(package) = table.get_mut(&query.package) else { return };
    let Some(linked) = &package.linked_functions else { return };
    let function = query.function.as_deref();
    let found = function.and_then(|function| linked.find(function));
    if function.is_some() && found.is_none_or(|found| found.presence == Presence::Inlined) {
        return;
    }
    let Some(name) = linked.image_of(function).map(|image| image.name.clone()) else { return };
    let Some(image) = images.iter().find(|image| image.name == name) else { return };
    let path = match ask(plan, toolchain, unit, built, image).await {
        None => return,
        Some(Err(problem)) => Err(problem),
        Some(Ok(mut graph)) => {
            let main = image.package.as_deref() == Some(&query.package);
            let prefix = if main { "main" } else { &query.package };
            let own_code = |name: &str| {
                let body = linked.functions.get(name).map(|function| function.presence);
                name != "init" && body == Some(Presence::Body)
            };
            let calls = reflection::calls_of(image).await;
            if let Ok(calls) = &calls {
                graph.add_calls(calls);
            }
            let way = graph.way(prefix, function, &own_code);
            way.ok_or_else(|| "the linker keeps no symbol of it".to_owned()).map(|way| LinkerPath {
                image: image.name.clone(),
                link_proof: image.link_proof,
                // Only the code of the exe tells that nothing else leads there.
                reflection: way.reflection
                    && calls.is_ok_and(|calls| {
                        let kept = reflection::kept_of(&graph, &calls, prefix);
                        way.function.as_ref().is_some_and(|function| kept.contains(function))
                    }),
                function: function.map(str::to_owned).or(way.function),
                symbols: way.symbols,
                dynamic: way.dynamic,
                unread_lines: graph.unread_lines(),
            })
        }
    };
    package.linker_path = Some(path);
}

/// The linker's graph of an exe, which is linked once more for it; `None` where no package is known to have made it.
pub(super) async fn ask(
    plan: &Plan,
    toolchain: &Toolchain,
    unit: &Unit,
    built: &Overlay,
    image: &ImageFile,
) -> Option<Result<LinkGraph, String>> {
    let main = image.package.as_deref()?;
    let mut go = unit.go.clone();
    if image.link_proof {
        go.flags.build_mode = Some("default".into());
        go.flags.extra.extend(built.flags.iter().cloned());
    }
    let goflags = split_flags(toolchain.env("GOFLAGS").unwrap_or_default());
    let overlay = built.path.as_deref().filter(|_| image.link_proof);
    let line = go.dumpdep(&Target::windows_arm64(), plan.cgo, overlay, &goflags, main);
    Some(match linkgraph::dumpdep(&line).await {
        Err(error) => Err(error.to_string()),
        Ok((graph, finished)) if !finished.success() => {
            let words: Vec<&str> = graph.words().iter().map(String::as_str).collect();
            let words = words.get(words.len().saturating_sub(5)..).unwrap_or_default();
            Err(format!("`{line}` failed: {}", words.join("; ")))
        }
        Ok((graph, _)) => Ok(graph),
    })
}

/// How the programs that link libraries were built.
#[derive(Debug, Default)]
pub(super) struct Overlay {
    path: Option<std::path::PathBuf>,
    flags: Vec<String>,
}

impl Overlay {
    pub(super) fn of(built: &BuiltUnit) -> Self {
        Self { path: built.proof_overlay.clone(), flags: built.proof_flags.clone() }
    }
}

/// Gathers everything as a screen does, and tells why what the plan asks about is there.
///
/// # Errors
/// [`WhyError`] where nothing could be gathered, or no such package is known.
pub async fn why(
    plan: &Plan,
    around: &Surroundings,
    redactor: &Redactor,
    progress: &dyn Progress,
) -> Result<Why, WhyError> {
    let asked = plan.why.as_deref().unwrap_or_default();
    // A report of an earlier run has no graph; listings and advice answer other questions.
    let plan = Plan { cached: false, advise: false, listing: ListingScope::Off, ..plan.clone() };
    let plan = match super::probe_of(&plan, around, progress).await? {
        Some(probe) => probe.screen_plan(&plan),
        None => plan,
    };
    let units = match units::gather(&plan, around, redactor, progress).await? {
        Outcome::Gathered(gathered, _) => gathered.units,
        Outcome::Known(_) => Vec::new(),
    };
    let mut why = answer(&units, asked)?;
    why.redact(redactor);
    Ok(why)
}

/// The answer from what was gathered.
fn answer(units: &[UnitFacts], asked: &str) -> Result<Why, WhyError> {
    for unit in units {
        if let Some(query) = resolve(&unit.packages, asked)
            && let Some(package) = unit.packages.get(&query.package)
        {
            let declared =
                query.function.as_deref().map(|function| declared::find(package, function));
            return match (declared, query.function) {
                (Some(Declared::Nowhere(names)), Some(function)) => Err(WhyError::NoFunction {
                    near: near_functions(&package.import_path, &names, &function),
                    package: query.package,
                    function,
                }),
                (declared, function) => {
                    let elsewhere = match declared {
                        Some(Declared::Elsewhere(file)) => Some(package.report_path(&file)),
                        _ => None,
                    };
                    Ok(Why { elsewhere, ..of_package(unit, package, function) })
                }
            };
        }
    }
    if units.iter().all(|unit| unit.packages.is_empty()) {
        let problems = units.iter().flat_map(|unit| unit.problems.clone()).collect();
        return Err(WhyError::Unlisted { problems });
    }
    let names = units.iter().flat_map(|unit| unit.packages.keys());
    let first = asked.split('/').next().unwrap_or_default();
    Err(WhyError::Unknown {
        asked: asked.to_owned(),
        near: near(names.map(String::as_str), asked),
        standard: !first.contains('.'),
    })
}

fn of_package(unit: &UnitFacts, package: &PackageFacts, function: Option<String>) -> Why {
    let (target, chain) = chain(&unit.packages, &package.import_path);
    let linked = package.linked_functions.clone().unwrap_or_default();
    let mut images: Vec<WhyImage> = linked
        .images
        .iter()
        .map(|image| WhyImage { name: image.name.clone(), link_proof: image.link_proof })
        .collect();
    images.sort_by_key(|image| image.link_proof);
    let (linker, no_linker) = match &package.linker_path {
        Some(Ok(path)) => (Some(way(path)), None),
        Some(Err(problem)) => (None, Some(problem.clone())),
        None => (None, None),
    };
    Why {
        package: package.import_path.clone(),
        module: package.module_ref(),
        target,
        chain: chain.iter().map(|path| link(unit, path)).collect(),
        build: cross_compile_state(package, unit),
        reach: function_reachability(package, function.as_deref()),
        images,
        presence: function.as_deref().map(|function| presence(&linked, function)),
        functions: linked.functions.into_keys().collect(),
        elsewhere: None,
        function,
        linker,
        no_linker,
    }
}

fn way(path: &LinkerPath) -> LinkerWay {
    LinkerWay {
        image: path.image.clone(),
        symbols: path.symbols.clone(),
        dynamic: path.dynamic,
        reflection: path.reflection && !path.link_proof,
        unread_lines: path.unread_lines,
    }
}

fn presence(linked: &LinkedFunctions, function: &str) -> FunctionPresence {
    match linked.find(function).map(|found| found.presence) {
        Some(Presence::Body) => FunctionPresence::Linked,
        Some(Presence::Inlined) => FunctionPresence::Inlined,
        None if linked.images.is_empty() || !linked.unread.is_empty() => FunctionPresence::Unknown,
        None => FunctionPresence::Absent,
    }
}

fn link(unit: &UnitFacts, path: &str) -> ChainLink {
    let package = unit.packages.get(path).filter(|package| !package.in_main_module());
    ChainLink { package: path.to_owned(), module: package.and_then(PackageFacts::module_ref) }
}

/// The shortest import chain to a package, from a command where one reaches it, in the first graph that has it.
fn chain(table: &BTreeMap<String, PackageFacts>, path: &str) -> (String, Vec<String>) {
    type Files = fn(&PackageFacts) -> Option<&FileSet>;
    let graphs: [(&str, Files); 4] = [
        ("windows/arm64", |package| package.arm64.as_ref()),
        ("windows/amd64", |package| package.amd64.as_ref()),
        ("windows/arm64 with cgo", |package| package.arm64_cgo.as_ref()),
        ("windows/amd64 with cgo", |package| package.amd64_cgo.as_ref()),
    ];
    let matched = |commands: bool| {
        let roots = table
            .values()
            .filter(move |package| package.matched && (!commands || package.is_command()));
        roots.map(|package| package.import_path.clone()).collect::<Vec<_>>()
    };
    for (target, files) in graphs {
        let graph = Graph::of(table, files);
        for roots in [matched(true), matched(false)] {
            let chain = graph.chain(&roots, path);
            // A matched package is a root of every graph; it is in one only with its files.
            if !chain.is_empty() && table.get(path).and_then(files).is_some() {
                return (target.to_owned(), chain);
            }
        }
    }
    ("windows/arm64".to_owned(), vec![path.to_owned()])
}

/// Names that look like one that is not known.
fn near<'a>(names: impl Iterator<Item = &'a str>, asked: &str) -> Vec<String> {
    let last = |path: &str| path.rsplit('/').next().unwrap_or_default().to_lowercase();
    let wanted = asked.to_lowercase();
    let mut found: Vec<(usize, &str)> = names
        .filter_map(|name| {
            let lower = name.to_lowercase();
            let part = lower.contains(&wanted) || last(&lower) == last(&wanted);
            let far = distance(&lower, &wanted);
            let close = far <= wanted.chars().count() / 6;
            (part || close).then_some((if part { far.min(3) } else { far }, name))
        })
        .collect();
    found.sort_by_key(|(far, name)| (*far, name.len(), *name));
    found.into_iter().take(SUGGESTIONS).map(|(_, name)| name.to_owned()).collect()
}

/// Functions of a package that look like one that it does not have.
fn near_functions(package: &str, names: &BTreeSet<String>, asked: &str) -> Vec<String> {
    let wanted = declared::last(asked).to_lowercase();
    let close = |name: &&String| {
        let far = distance(&declared::last(name).to_lowercase(), &wanted);
        // Every third letter, and one of a short name.
        (far <= (wanted.chars().count() / 3).max(1)).then_some(far)
    };
    let mut found: Vec<(usize, usize, &String)> = names
        .iter()
        .filter_map(|name| {
            let whole = distance(&declared::plain(name), &declared::plain(asked));
            Some((close(&name)?, whole, name))
        })
        .collect();
    found.sort();
    found.into_iter().take(SUGGESTIONS).map(|(.., name)| format!("{package}.{name}")).collect()
}

/// Changes of one character that turn one text into the other (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(COMPARED).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().take(COMPARED).enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        let mut next = vec![left];
        for (to, &above) in b.iter().zip(row.iter().skip(1)) {
            left = (diagonal + usize::from(from != *to)).min(above + 1).min(left + 1);
            diagonal = above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(paths: &[&str]) -> BTreeMap<String, PackageFacts> {
        let package = |path: &&str| {
            let facts = PackageFacts { import_path: (*path).into(), ..PackageFacts::default() };
            ((*path).to_owned(), facts)
        };
        paths.iter().map(package).collect()
    }

    #[test]
    fn a_package_and_a_function_are_told_apart_by_what_is_there() {
        let table = table(&["gopkg.in/yaml.v3", "ex.com/a", "ex.com/a/b", "tool"]);
        let cases = [
            ("gopkg.in/yaml.v3", Some(("gopkg.in/yaml.v3", None))),
            ("gopkg.in/yaml.v3.Marshal", Some(("gopkg.in/yaml.v3", Some("Marshal")))),
            ("ex.com/a.(*T).M", Some(("ex.com/a", Some("(*T).M")))),
            ("ex.com/a.T.M", Some(("ex.com/a", Some("T.M")))),
            ("ex.com/a/b", Some(("ex.com/a/b", None))),
            ("tool.main", Some(("tool", Some("main")))),
            ("ex.com/a.", None),
            ("ex.com/c", None),
            ("ex.com", None),
            ("", None),
        ];
        for (asked, expected) in cases {
            let expected = expected.map(|(package, function)| Query {
                package: package.to_owned(),
                function: function.map(str::to_owned),
            });
            assert_eq!(resolve(&table, asked), expected, "{asked}");
        }
    }

    #[test]
    fn names_that_look_like_it_are_suggested() {
        let names =
            ["github.com/go-ole/go-ole", "github.com/go-ole/go-ole/oleutil", "ex.com/other"];
        let near = |asked| near(names.into_iter(), asked);
        assert_eq!(near("github.com/go-ole/go-oel"), ["github.com/go-ole/go-ole"]);
        assert_eq!(near("oleutil"), ["github.com/go-ole/go-ole/oleutil"]);
        assert_eq!(near("go-ole")[0], "github.com/go-ole/go-ole");
        assert!(near("quite.different/thing").is_empty());
        let names: BTreeSet<String> =
            ["Linked", "(*T).Linked", "NotLinked", "run", "Set"].map(str::to_owned).into();
        let near = |asked| near_functions("ex.com/d", &names, asked);
        assert_eq!(near("Lniked"), ["ex.com/d.Linked", "ex.com/d.(*T).Linked"]);
        assert_eq!(near("T.linked")[0], "ex.com/d.(*T).Linked");
        assert_eq!(near("Get"), ["ex.com/d.Set"]);
        assert!(near("Quite").is_empty());
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!((distance("", "ab"), distance("ab", "")), (2, 2));
    }
}
