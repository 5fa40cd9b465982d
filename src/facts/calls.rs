//! Which function of an exe leads to which other, by its code.

use std::collections::VecDeque;

use super::symbol;

/// The functions of an exe by name, and which of them refer to which: calls, jumps, addresses that are taken,
/// functions whose code was inlined.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CodeCalls {
    /// Sorted, each once: functions of one name (the instances of a generic one, an assembly function and its
    /// wrapper) count as one.
    names: Vec<String>,
    /// Places in `names`, sorted, each pair once.
    edges: Vec<(u32, u32)>,
}

impl CodeCalls {
    /// `names` are those of all functions, in any order and more than once; `edges` are places in that list.
    pub fn new(names: Vec<String>, edges: impl Iterator<Item = (u32, u32)>) -> Self {
        let mut sorted = names.clone();
        sorted.sort_unstable();
        sorted.dedup();
        let place = |name: &String| {
            sorted
                .binary_search(name)
                .ok()
                .and_then(|at| u32::try_from(at).ok())
                .unwrap_or(u32::MAX)
        };
        let places: Vec<u32> = names.iter().map(place).collect();
        let at = |index: u32| places.get(index as usize).copied();
        let mut edges: Vec<(u32, u32)> =
            edges.filter_map(|(from, to)| Some((at(from)?, at(to)?))).collect();
        edges.retain(|(from, to)| from != to);
        edges.sort_unstable();
        edges.dedup();
        Self { names: sorted, edges }
    }

    /// The names of the functions, sorted. The other methods speak of places in this list.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The place of a function.
    pub fn find(&self, name: &str) -> Option<u32> {
        let at = self.names.binary_search_by(|known| known.as_str().cmp(name)).ok()?;
        u32::try_from(at).ok()
    }

    /// From which function to which.
    pub fn edges(&self) -> &[(u32, u32)] {
        &self.edges
    }

    /// Which functions some lead to, by these references and some more (sorted); these functions included.
    pub fn flood(&self, from: impl Iterator<Item = u32>, more: &[(u32, u32)]) -> Vec<bool> {
        let mut reached = vec![false; self.names.len()];
        let mut queue = VecDeque::new();
        let mut reach = |at: u32, queue: &mut VecDeque<u32>| {
            if let Some(known) = reached.get_mut(at as usize)
                && !std::mem::replace(known, true)
            {
                queue.push_back(at);
            }
        };
        from.for_each(|at| reach(at, &mut queue));
        while let Some(at) = queue.pop_front() {
            for edges in [&self.edges, more] {
                let first = edges.partition_point(|&(from, _)| from < at);
                let of = edges.get(first..).unwrap_or_default();
                of.iter().take_while(|(from, _)| *from == at).for_each(|&(_, to)| {
                    reach(to, &mut queue);
                });
            }
        }
        reached
    }

    /// Which functions the code of `main.main` and of the initialisers leads to, all of which run. What is called
    /// through an interface is not among them, nor is what the runtime alone calls.
    pub fn from_main(&self) -> Vec<bool> {
        let runs = |name: &str| {
            let rest = symbol::prefix(name).and_then(|prefix| name.get(prefix.len() + 1..));
            rest.is_some_and(|rest| {
                let number = rest.strip_prefix("init").and_then(|rest| {
                    if rest.is_empty() { Some("0") } else { rest.strip_prefix('.') }
                });
                number.is_some_and(|number| {
                    !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
                })
            })
        };
        let roots =
            self.names.iter().enumerate().filter(|(_, name)| *name == "main.main" || runs(name));
        self.flood(roots.filter_map(|(at, _)| u32::try_from(at).ok()), &[])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calls(names: &[&str], edges: &[(u32, u32)]) -> CodeCalls {
        CodeCalls::new(names.iter().map(|name| (*name).to_owned()).collect(), edges.iter().copied())
    }

    #[test]
    fn functions_of_one_name_are_one() {
        let calls =
            calls(&["b.F[...]", "a.G", "b.F[...]", "c.H"], &[(1, 0), (2, 3), (0, 2), (9, 0)]);
        assert_eq!(calls.names(), ["a.G", "b.F[...]", "c.H"]);
        assert_eq!(calls.edges(), [(0, 1), (1, 2)]);
        assert_eq!(calls.find("c.H"), Some(2));
        assert_eq!(calls.find("c"), None);
    }

    #[test]
    fn what_runs_is_what_main_and_the_initialisers_lead_to() {
        let names = [
            "main.main",
            "a.F",
            "a.G",
            "a.init",
            "b.init.1",
            "b.init.1.func1",
            "c.(*T).init",
            "c.T.init",
            "d.initial",
            "e.H",
            "f.I",
        ];
        let calls = calls(&names, &[(0, 1), (1, 0), (5, 2), (4, 9), (6, 10), (8, 10), (7, 10)]);
        let reached = calls.from_main();
        let reached: Vec<&str> = calls
            .names()
            .iter()
            .zip(reached)
            .filter_map(|(name, reached)| reached.then_some(name.as_str()))
            .collect();
        assert_eq!(reached, ["a.F", "a.init", "b.init.1", "e.H", "main.main"]);
        let more = [(calls.find("e.H").unwrap(), calls.find("f.I").unwrap())];
        let flood = calls.flood(calls.find("b.init.1").into_iter(), &more);
        assert_eq!(flood.iter().filter(|reached| **reached).count(), 3);
    }
}
