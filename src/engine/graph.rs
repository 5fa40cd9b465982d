//! Questions to the import graph of one target.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::facts::{FileSet, PackageFacts};

/// Import edges between the packages of a table (the standard library is not in it).
#[derive(Debug, Default)]
pub(super) struct Graph {
    edges: BTreeMap<String, Vec<String>>,
}

impl Graph {
    /// The graph of the windows/arm64 lists.
    pub(super) fn arm64(table: &BTreeMap<String, PackageFacts>) -> Self {
        Self::of(table, |package| package.arm64.as_ref())
    }

    /// The graph of the lists whose file sets are named.
    pub(super) fn of(
        table: &BTreeMap<String, PackageFacts>,
        files: impl Fn(&PackageFacts) -> Option<&FileSet>,
    ) -> Self {
        let mut edges = BTreeMap::new();
        for package in table.values() {
            let Some(set) = files(package) else { continue };
            let known: Vec<String> =
                set.imports.iter().filter(|path| table.contains_key(*path)).cloned().collect();
            edges.insert(package.import_path.clone(), known);
        }
        Self { edges }
    }

    fn imports(&self, path: &str) -> &[String] {
        self.edges.get(path).map(Vec::as_slice).unwrap_or_default()
    }

    /// The roots and everything they import.
    pub(super) fn closure<'a>(
        &'a self,
        roots: impl IntoIterator<Item = &'a String>,
    ) -> BTreeSet<&'a str> {
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        let mut queue: Vec<&str> = roots.into_iter().map(String::as_str).collect();
        while let Some(path) = queue.pop() {
            if seen.insert(path) {
                queue.extend(self.imports(path).iter().map(String::as_str));
            }
        }
        seen
    }

    /// Every package that imports one of `bad`, directly or not; `bad` itself is left out.
    pub(super) fn dependents(&self, bad: &BTreeSet<String>) -> BTreeSet<String> {
        let mut importers: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (path, imports) in &self.edges {
            for import in imports {
                importers.entry(import).or_default().push(path);
            }
        }
        let mut found = BTreeSet::new();
        let mut queue: Vec<&str> = bad.iter().map(String::as_str).collect();
        while let Some(path) = queue.pop() {
            for importer in importers.get(path).into_iter().flatten() {
                if !bad.contains(*importer) && found.insert((*importer).to_owned()) {
                    queue.push(importer);
                }
            }
        }
        found
    }

    /// The shortest way from one of `roots` to `target`, both included; ties go to the first by name.
    /// Empty where there is none.
    pub(super) fn chain<'a>(
        &'a self,
        roots: impl IntoIterator<Item = &'a String>,
        target: &str,
    ) -> Vec<String> {
        let mut from: BTreeMap<&str, Option<&str>> = BTreeMap::new();
        let mut queue = VecDeque::new();
        for root in roots {
            if from.insert(root, None).is_none() {
                queue.push_back(root.as_str());
            }
        }
        while let Some(path) = queue.pop_front() {
            if path == target {
                let mut chain = vec![path.to_owned()];
                let mut at = path;
                while let Some(Some(before)) = from.get(at) {
                    chain.push((*before).to_owned());
                    at = before;
                }
                chain.reverse();
                return chain;
            }
            for import in self.imports(path) {
                if !from.contains_key(import.as_str()) {
                    from.insert(import, Some(path));
                    queue.push_back(import);
                }
            }
        }
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(edges: &[(&str, &[&str])]) -> Graph {
        let own = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Graph { edges: edges.iter().map(|(from, to)| ((*from).to_owned(), own(to))).collect() }
    }

    #[test]
    fn the_shortest_chain_wins_and_cycles_do_no_harm() {
        let g = graph(&[
            ("a", &["b", "c"]),
            ("b", &["d"]),
            ("c", &["b"]),
            ("d", &["a", "e"]),
            ("e", &[]),
        ]);
        let roots = ["c".to_owned(), "a".to_owned()];
        assert_eq!(g.chain(&roots, "e"), ["c", "b", "d", "e"]);
        assert!(g.chain(&roots, "x").is_empty());
        assert_eq!(g.chain(&roots, "a"), ["a"]);
        let bad = BTreeSet::from(["e".to_owned()]);
        assert_eq!(g.dependents(&bad).into_iter().collect::<Vec<_>>(), ["a", "b", "c", "d"]);
        assert_eq!(g.closure(&["d".to_owned()]).len(), 5);
    }
}
