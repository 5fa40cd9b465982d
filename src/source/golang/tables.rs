//! Tables by GOARCH that know amd64 and not arm64.
//!
//! Every function that asks for GOARCH is followed twice, as on windows/amd64 and as on windows/arm64. What
//! fails on arm64 alone, and on no condition but the architecture, is a finding: an error, a panic, a name that
//! stays empty. A table with a fallback that works, a branch for another system, or a platform that is a
//! parameter and not the one that runs the program fails on neither or on both.

mod branch;
mod call;
mod expr;
mod program;
mod run;
mod text;
mod value;

use std::collections::{BTreeMap, HashSet};

use tree_sitter::Node;

use crate::facts::SourceFacts;
use crate::facts::source::{ArchOutcome, ArchTable, ArchTableForm};
use crate::source::golang::node::{ancestors, is_string, place, string, walk};
use crate::source::package::{Seen, SourceFile};

use program::{At, Function, Key, Program};
use run::Run;
use value::{Event, Outcome, Step};

/// GOARCH and the other names of the same architectures, with Go's name.
const ARCHITECTURES: &[(&str, &str)] = &[
    ("x86_64", "amd64"),
    ("x86-64", "amd64"),
    ("amd64", "amd64"),
    ("x64", "amd64"),
    ("aarch64", "arm64"),
    ("arm64", "arm64"),
    ("arm", "arm"),
    ("386", "386"),
    ("i386", "386"),
    ("i686", "386"),
    ("x86", "386"),
    ("loong64", "loong64"),
    ("mips", "mips"),
    ("mipsle", "mipsle"),
    ("mips64", "mips64"),
    ("mips64le", "mips64le"),
    ("ppc64", "ppc64"),
    ("ppc64le", "ppc64le"),
    ("riscv64", "riscv64"),
    ("s390x", "s390x"),
    ("wasm", "wasm"),
];

/// Adds what is found in a package.
pub(in crate::source) fn find(seen: &Seen<'_>, facts: &mut SourceFacts) {
    if !program::asks(seen) {
        return;
    }
    let program = Program::new(seen);
    let mut search = Search { program: &program, recovered: HashSet::new(), found: Vec::new() };
    for function in program.functions.iter().filter(|function| function.relevant) {
        search.both(|run| run.root(*function));
    }
    for value in program.values() {
        search.both(|run| run.root_value(value));
    }
    let mut tables = search.tables();
    text::find(&program, &mut tables);
    tables.sort_by(|a, b| a.place.cmp(&b.place));
    tables.dedup_by(|a, b| a.place == b.place);
    facts.arch_tables.extend(tables);
}

/// The statements of a package that windows/arm64 can reach, as far as GOOS and GOARCH decide.
pub(in crate::source) struct Reached<'t> {
    program: Program<'t>,
    statements: HashSet<Key>,
}

/// Follows every function that asks for GOARCH as on windows/arm64.
pub(in crate::source) fn reached<'t>(seen: &'t Seen<'_>) -> Reached<'t> {
    let program = Program::new(seen);
    let mut statements = HashSet::new();
    for function in program.functions.iter().filter(|function| function.relevant) {
        let mut run = Run::new(&program, "arm64");
        run.root(*function);
        statements.extend(run.reached);
    }
    Reached { program, statements }
}

impl Reached<'_> {
    /// Whether a node stands in a branch that is for another architecture or system.
    pub(in crate::source) fn is_dead(&self, file: &SourceFile<'_>, node: Node<'_>) -> bool {
        let unit = self.program.units.iter().position(|unit| unit.file.name == file.name);
        let Some(unit) = unit else { return false };
        let asks = |around: &Node<'_>| {
            let same = |function: &&Function<'_>| {
                function.at.unit == unit && function.at.node.id() == around.id()
            };
            self.program.functions.iter().find(same).is_some_and(|function| function.relevant)
        };
        let around: Vec<Node<'_>> = ancestors(node).collect();
        if !around.iter().any(asks) {
            return false;
        }
        // The innermost statement that holds it decides.
        let statement = around
            .iter()
            .find(|around| around.parent().is_some_and(|list| list.kind() == "statement_list"));
        statement.is_some_and(|statement| !self.statements.contains(&(unit, statement.id())))
    }
}

struct Search<'p, 't> {
    program: &'p Program<'t>,
    /// Values that are no use, for which some caller has something else.
    recovered: HashSet<Key>,
    found: Vec<Found<'t>>,
}

/// Something that fails on arm64 alone, with the choice that differs.
struct Found<'t> {
    event: Event<'t>,
    step: At<'t>,
    table: Option<At<'t>>,
}

impl<'p, 't> Search<'p, 't> {
    /// Follows something for both architectures and compares.
    fn both(&mut self, follow: impl Fn(&mut Run<'p, 't>)) {
        let mut arm64 = Run::new(self.program, "arm64");
        follow(&mut arm64);
        if arm64.events.is_empty() {
            self.recovered.extend(arm64.recovered);
            return;
        }
        let mut amd64 = Run::new(self.program, "amd64");
        follow(&mut amd64);
        for (id, event) in &arm64.events {
            if amd64.events.contains_key(id) {
                continue;
            }
            let differs = |step: &&Step<'t>| {
                let other = amd64.decisions.get(&(step.context, step.at.key()));
                other.is_some_and(|choice| *choice != step.choice)
            };
            let mut steps = event.trail.iter().rev().filter(differs).peekable();
            if steps.peek().is_none_or(|step| step.uncertain && !event.whatever) {
                continue;
            }
            let of = |step: &Step<'t>| arm64.lookups.get(&step.at.key()).copied();
            let Some(step) = steps.find(|step| names(self.program, step.at, of(step)).any()) else {
                continue;
            };
            self.found.push(Found { event: event.clone(), step: step.at, table: of(step) });
        }
        self.recovered.extend(arm64.recovered);
    }

    /// One table for each place that chooses.
    fn tables(self) -> Vec<ArchTable> {
        let mut first: BTreeMap<(usize, usize), ArchTable> = BTreeMap::new();
        for found in self.found {
            let handled = found.event.origin.is_some_and(|key| self.recovered.contains(&key));
            if found.event.pending && handled {
                continue;
            }
            let names = names(self.program, found.step, found.table);
            if let Some(table) = table(self.program, &found, names) {
                let key = (found.step.unit, found.step.node.start_byte());
                match first.get(&key) {
                    Some(known) if known.at.line <= table.at.line => {}
                    _ => {
                        first.insert(key, table);
                    }
                }
            }
        }
        first.into_values().collect()
    }
}

fn table(program: &Program<'_>, found: &Found<'_>, names: Names) -> Option<ArchTable> {
    let form = match found.step.node.kind() {
        "expression_switch_statement" => ArchTableForm::Switch,
        "index_expression" => ArchTableForm::Map,
        _ => ArchTableForm::Condition,
    };
    let otherwise = match found.event.outcome {
        Outcome::Error => ArchOutcome::Error,
        Outcome::Panic => ArchOutcome::Panic,
        Outcome::Exit => ArchOutcome::Exit,
        Outcome::Empty => ArchOutcome::Empty,
        Outcome::NoName => ArchOutcome::NoName,
        Outcome::Zero => ArchOutcome::Zero,
    };
    let soft = matches!(otherwise, ArchOutcome::Empty | ArchOutcome::Zero | ArchOutcome::NoName);
    // What one architecture has more than the others need not be missed: a suffix, a fast path.
    if soft && form == ArchTableForm::Condition && names.known.len() < 2 {
        return None;
    }
    let place_of = |at: At<'_>| {
        program.units.get(at.unit).map(|unit| place(&unit.file, at.node)).unwrap_or_default()
    };
    Some(ArchTable {
        place: place_of(found.step),
        form,
        known: names.known,
        otherwise,
        at: place_of(found.event.at),
        refuses: names.refuses,
        sure: !soft && !found.event.pending,
    })
}

/// The architectures that a choice names.
#[derive(Debug, Default)]
struct Names {
    known: Vec<String>,
    /// It names arm64 alone, or windows/arm64.
    refuses: bool,
}

impl Names {
    /// Whether it is a choice by architecture that this check is about.
    fn any(&self) -> bool {
        self.refuses || self.known.iter().any(|name| name == "amd64")
    }

    fn add(&mut self, text: &str) {
        let mut rest = text.to_ascii_lowercase();
        for (word, name) in ARCHITECTURES {
            if !has_word(&rest, word) {
                continue;
            }
            self.refuses |= *name == "arm64" && (rest == *word || rest.contains("windows"));
            if !self.known.iter().any(|known| known == name) {
                self.known.push((*name).to_owned());
            }
            rest = rest.replace(word, "");
        }
    }
}

/// Whether a word stands in a text between anything but letters and digits.
pub(in crate::source) fn has_word(text: &str, word: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric();
    text.match_indices(word).any(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|after| after.chars().next());
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

/// Whether a text names an architecture.
pub(in crate::source) fn names_architecture(text: &str) -> bool {
    ARCHITECTURES.iter().any(|(word, _)| has_word(text, word))
}

/// The architectures that a switch, an `if` with its `else if`s, or the map of a lookup names.
fn names(program: &Program<'_>, at: At<'_>, table: Option<At<'_>>) -> Names {
    let mut names = Names::default();
    if let Some(table) = table {
        for element in walk(table.node).filter(|node| node.kind() == "keyed_element") {
            let key = element.child_by_field_name("key").map(|node| At { node, ..table });
            key.into_iter().for_each(|key| add(program, key, &mut names));
        }
        return names;
    }
    match at.node.kind() {
        "expression_switch_statement" => {
            for case in walk(at.node)
                .filter(|node| node.kind() == "expression_case" && node.parent() == Some(at.node))
            {
                let value = case.child_by_field_name("value").map(|node| At { node, ..at });
                value.into_iter().for_each(|value| add(program, value, &mut names));
            }
        }
        "if_statement" => {
            for condition in chain(at.node) {
                add(program, At { node: condition, ..at }, &mut names);
            }
        }
        _ => {}
    }
    names
}

/// The conditions of an `if` and of the `else if`s it belongs to.
fn chain(mut node: Node<'_>) -> Vec<Node<'_>> {
    while let Some(above) = node.parent().filter(|above| above.kind() == "if_statement") {
        node = above;
    }
    std::iter::successors(Some(node), |node| {
        node.child_by_field_name("alternative").filter(|below| below.kind() == "if_statement")
    })
    .filter_map(|node| node.child_by_field_name("condition"))
    .collect()
}

/// Adds the architectures in the literals of an expression, and in those that its names stand for.
fn add(program: &Program<'_>, at: At<'_>, names: &mut Names) {
    for node in walk(at.node) {
        if is_string(node) {
            names.add(&string(program.src(at.unit), node).unwrap_or_default());
        } else if node.kind() == "identifier" {
            let name = program.text(At { node, ..at });
            let Some(value) = program.global(name).and_then(|global| global.value) else {
                continue;
            };
            for literal in walk(value.node).filter(|node| is_string(*node)) {
                names.add(&string(program.src(value.unit), literal).unwrap_or_default());
            }
        }
    }
}

#[cfg(test)]
mod tests;
