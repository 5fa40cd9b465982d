//! How each package gets into what is built: by the imports of the roots, and by the function tables of the exes.

use std::collections::{BTreeMap, BTreeSet};

use crate::facts::{
    Blame, Failure, ImageFile, LinkedFunction, LinkedFunctions, LinkedImage, PackageFacts,
};

use super::graph::Graph;
use super::{reflection, why};

/// The packages whose functions are looked for in the exes: those that a check may have something to say of, and
/// the one that the user asks about.
pub(super) fn wanted(
    table: &BTreeMap<String, PackageFacts>,
    asked: Option<&str>,
) -> BTreeSet<String> {
    let asked = asked.and_then(|asked| why::resolve(table, asked));
    let asks = table.values().filter(|package| package.asks());
    let mut wanted: BTreeSet<String> = asks
        .map(|package| package.import_path.clone())
        .chain(asked.map(|query| query.package))
        .collect();
    if !wanted.is_empty() {
        // Whether an exe looks methods up; no table has this package, since it is Go's own.
        wanted.insert(reflection::PACKAGE.to_owned());
    }
    wanted
}

/// Notes of each package whether the roots of the build reach it, and of the wanted ones what the exes hold.
pub(super) fn fill(
    table: &mut BTreeMap<String, PackageFacts>,
    graph: &Graph,
    failures: &BTreeMap<String, Failure>,
    wanted: &BTreeSet<String>,
    images: &[ImageFile],
) {
    let roots = roots(table, graph, failures);
    for path in graph.closure(&roots) {
        if let Some(package) = table.get_mut(path) {
            package.reached = true;
        }
    }
    let images: Vec<Linked<'_>> =
        images.iter().filter_map(|image| Linked::of(image, graph)).collect();
    if images.is_empty() {
        return;
    }
    for path in wanted {
        if let Some(package) = table.get_mut(path) {
            package.linked_functions = linked(path, &images);
        }
    }
}

/// What ends in an exe if nothing fails: commands, and the libraries of the user's, which a program of ours
/// links; without a command every matched package. What cannot be built for Windows at all is no root.
fn roots(
    table: &BTreeMap<String, PackageFacts>,
    graph: &Graph,
    failures: &BTreeMap<String, Failure>,
) -> Vec<String> {
    let never = |failure: &&Failure| matches!(failure.blame, Blame::NotWindows | Blame::Everywhere);
    let broken: BTreeSet<String> =
        failures.values().filter(never).map(|failure| failure.package.clone()).collect();
    let stopped = graph.dependents(&broken);
    let matched: Vec<&PackageFacts> = table
        .values()
        .filter(|package| package.matched)
        .filter(|package| {
            let path = &package.import_path;
            !broken.contains(path) && !stopped.contains(path)
        })
        .collect();
    let commands = matched.iter().any(|package| package.is_command());
    matched
        .iter()
        .filter(|package| !commands || package.is_command() || package.in_main_module())
        .map(|package| package.import_path.clone())
        .collect()
}

/// An exe with everything that its roots import.
struct Linked<'a> {
    image: &'a ImageFile,
    packages: BTreeSet<&'a str>,
}

impl<'a> Linked<'a> {
    /// `None` for a test binary, and where nobody asked.
    fn of(image: &'a ImageFile, graph: &'a Graph) -> Option<Self> {
        image.linked.as_ref()?;
        let packages = match image.link_proof {
            true => graph.closure(&image.libraries),
            false => graph.closure(&image.package),
        };
        Some(Self { image, packages })
    }
}

/// What the exes hold of one package; `None` where none of them links it.
fn linked(path: &str, images: &[Linked<'_>]) -> Option<LinkedFunctions> {
    let mut all = LinkedFunctions::default();
    for Linked { image, packages } in images {
        if !packages.contains(path) {
            continue;
        }
        let Some(Ok(functions)) = &image.linked else {
            all.unread.push(image.name.clone());
            continue;
        };
        let at = all.images.len();
        all.images.push(LinkedImage { name: image.name.clone(), link_proof: image.link_proof });
        for (name, &presence) in functions.get(path).into_iter().flatten() {
            let function = all.functions.entry(name.clone()).or_insert_with(|| LinkedFunction {
                images: Vec::new(),
                presence,
                kept: BTreeMap::new(),
            });
            function.images.push(at);
            function.presence = function.presence.max(presence);
        }
    }
    (!all.images.is_empty() || !all.unread.is_empty()).then_some(all)
}
