//! The linker's graph beside the code of the exe: what reflection alone keeps.

use super::{Kind, LinkGraph};
use crate::facts::{CodeCalls, symbol};

impl LinkGraph {
    /// Adds which function refers to which, from the code of the exe that was linked.
    pub fn add_calls(&mut self, calls: &CodeCalls) {
        let numbers = self.functions(calls);
        let mut symbol_of: Vec<Option<u32>> = vec![None; calls.names().len()];
        for (symbol, function) in (0_u32..).zip(numbers) {
            // A function value is data. Which instance of a generic function calls another the exe does not tell.
            let (Some(function), Ok(name)) =
                (function, std::str::from_utf8(self.names.get(symbol)))
            else {
                continue;
            };
            if let Some(slot) = symbol_of.get_mut(function as usize)
                && calls.names().get(function as usize).is_some_and(|known| known == name)
            {
                *slot = Some(symbol);
            }
        }
        let symbol = |function: u32| symbol_of.get(function as usize).copied().flatten();
        let added =
            calls.edges().iter().filter_map(|&(from, to)| Some((symbol(from)?, symbol(to)?)));
        let mut edges: Vec<(u32, u32, Kind)> = self.all().collect();
        edges.extend(added.map(|(from, to)| (from, to, Kind::Reference)));
        self.starts = vec![0; self.names.len() + 1];
        self.targets.clear();
        edges.sort_by_key(|(from, _, _)| *from);
        for (from, to, kind) in edges {
            self.targets.push((to, kind));
            if let Some(end) = self.starts.get_mut(from as usize + 1) {
                *end = self.targets.len();
            }
        }
        let mut before = 0;
        for start in &mut self.starts {
            before = before.max(*start);
            *start = before;
        }
    }

    /// Which functions of the exe only reflection could have called: each is a method that the linker keeps for
    /// reflection alone, or nothing but such a method leads to it. In the order of the functions.
    ///
    /// Whatever could be called in another way is not among them: what data refers to, what has a value of its own
    /// (as a variable or an argument has it), what the linker does not name.
    pub fn kept(&self, calls: &CodeCalls) -> Vec<bool> {
        let functions = self.functions(calls);
        let function = |symbol: u32| functions.get(symbol as usize).copied().flatten();
        let (mut met, mut called) =
            (vec![false; calls.names().len()], vec![false; calls.names().len()]);
        let set = |list: &mut Vec<bool>, at: u32| {
            if let Some(slot) = list.get_mut(at as usize) {
                *slot = true;
            }
        };
        let mut more = Vec::new();
        for (from, to, kind) in self.all() {
            let Some(to) = function(to) else { continue };
            set(&mut met, to);
            match (kind, function(from)) {
                (Kind::Reflection, _) => {}
                (Kind::Reference, Some(from)) => more.push((from, to)),
                (Kind::Interface, _) | (Kind::Reference, None) => set(&mut called, to),
            }
        }
        more.sort_unstable();
        let roots = (0_u32..).zip(met.iter().zip(&called));
        let roots = roots.filter(|(_, (met, called))| !**met || **called).map(|(at, _)| at);
        calls.flood(roots, &more).into_iter().map(|called| !called).collect()
    }

    /// The function of the exe that each symbol is. The value of an inner function stands for it.
    fn functions(&self, calls: &CodeCalls) -> Vec<Option<u32>> {
        let number = |symbol: u32| {
            let name = std::str::from_utf8(self.names.get(symbol)).ok()?;
            let name = symbol::in_table(name);
            let inner = name.strip_suffix("·f").filter(|name| symbol::inner(name));
            calls.find(inner.unwrap_or(&name))
        };
        (0..u32::try_from(self.names.len()).unwrap_or(u32::MAX)).map(number).collect()
    }

    /// Every edge.
    fn all(&self) -> impl Iterator<Item = (u32, u32, Kind)> {
        (0_u32..).zip(self.starts.windows(2)).flat_map(|(from, range)| {
            let (start, end) = (range.first().copied(), range.last().copied());
            let edges = start.zip(end).and_then(|(start, end)| self.targets.get(start..end));
            edges.unwrap_or_default().iter().map(move |&(to, kind)| (from, to, kind))
        })
    }
}
