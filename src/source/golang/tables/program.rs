//! The part of a package that can have to do with GOARCH: its functions, and what its package-level names are.

use std::collections::{HashMap, HashSet};

use tree_sitter::Node;

use crate::source::golang::node::{self, field, imports, parts, text, walk};
use crate::source::package::{Seen, SourceFile};
use crate::source::prefilter::Group;

/// Rounds in which functions are found that call functions that ask for GOARCH.
const ROUNDS: usize = 4;

/// A node and the file it stands in.
#[derive(Debug, Clone, Copy)]
pub(super) struct At<'t> {
    pub(super) unit: usize,
    pub(super) node: Node<'t>,
}

/// What tells a node from every other of the package.
pub(super) type Key = (usize, usize);

impl At<'_> {
    pub(super) fn key(self) -> Key {
        (self.unit, self.node.id())
    }
}

/// A file.
pub(super) struct Unit<'t> {
    pub(super) file: SourceFile<'t>,
    pub(super) root: Node<'t>,
    imports: std::collections::BTreeMap<String, String>,
}

/// A package-level constant or variable with the expression it begins with.
#[derive(Clone, Copy)]
pub(super) struct Global<'t> {
    pub(super) value: Option<At<'t>>,
    /// Something assigns to it later.
    pub(super) assigned: bool,
}

/// A function or a method with a body.
#[derive(Clone, Copy)]
pub(super) struct Function<'t> {
    pub(super) at: At<'t>,
    /// It asks for GOARCH, or uses something that does.
    pub(super) relevant: bool,
    /// Only calls that are seen here reach it.
    pub(super) private: bool,
}

/// The files that were parsed.
pub(super) struct Program<'t> {
    pub(super) units: Vec<Unit<'t>>,
    pub(super) functions: Vec<Function<'t>>,
    by_name: HashMap<&'t str, usize>,
    /// Methods by name; absent where two types have one of that name.
    methods: HashMap<&'t str, Option<usize>>,
    globals: HashMap<&'t str, Global<'t>>,
}

/// Whether a package asks for GOARCH and names an architecture.
pub(super) fn asks(seen: &Seen<'_>) -> bool {
    let names = |group| !seen.with(group, |tokens| tokens.architecture).is_empty();
    !seen.with(Group::Goarch, |tokens| tokens.goarch).is_empty()
        && (names(Group::X64) || names(Group::Arm64))
}

impl<'t> Program<'t> {
    /// Parses the files that mention an architecture.
    pub(super) fn new(seen: &'t Seen<'_>) -> Self {
        let mut program = Self {
            units: Vec::new(),
            functions: Vec::new(),
            by_name: HashMap::new(),
            methods: HashMap::new(),
            globals: HashMap::new(),
        };
        for number in 0..seen.len() {
            let hits = seen.hits(number);
            let wanted = [Group::Goarch, Group::X64, Group::Arm64];
            if !wanted.into_iter().any(|group| hits.has(group)) {
                continue;
            }
            let tokens = seen.tokens(number);
            if !tokens.goarch && !tokens.architecture {
                continue;
            }
            let (Some(file), Some(tree)) = (seen.file(number), seen.tree(number)) else { continue };
            let root = tree.root_node();
            program.units.push(Unit { file, root, imports: imports(file.bytes, root) });
        }
        let mut names = Vec::new();
        let mut called = HashSet::new();
        let mut assigned = HashSet::new();
        for unit in 0..program.units.len() {
            program.declare(unit, &mut names, &mut called, &mut assigned);
        }
        for (name, global) in &mut program.globals {
            global.assigned = assigned.contains(name);
        }
        program.find_relevant(&names);
        program.find_private(&called);
        program
    }

    /// The text of a file.
    pub(super) fn src(&self, unit: usize) -> &'t [u8] {
        self.units.get(unit).map(|unit| unit.file.bytes).unwrap_or_default()
    }

    pub(super) fn text(&self, at: At<'t>) -> &'t str {
        text(self.src(at.unit), at.node)
    }

    /// The path that a name imports in a file.
    pub(super) fn import(&self, unit: usize, name: &str) -> Option<&str> {
        self.units.get(unit)?.imports.get(name).map(String::as_str)
    }

    pub(super) fn function(&self, name: &str) -> Option<Function<'t>> {
        self.functions.get(*self.by_name.get(name)?).copied()
    }

    pub(super) fn method(&self, name: &str) -> Option<Function<'t>> {
        self.functions.get((*self.methods.get(name)?)?).copied()
    }

    /// What the package-level names begin with.
    pub(super) fn values(&self) -> impl Iterator<Item = At<'t>> {
        self.globals.values().filter_map(|global| global.value)
    }

    pub(super) fn global(&self, name: &str) -> Option<Global<'t>> {
        self.globals.get(name).copied()
    }

    /// Notes what a file declares, which names each function uses, and what is called and assigned to.
    fn declare(
        &mut self,
        unit: usize,
        names: &mut Vec<HashSet<&'t str>>,
        called: &mut HashSet<&'t str>,
        assigned: &mut HashSet<&'t str>,
    ) {
        let Some(Unit { file, root, .. }) = self.units.get(unit) else { return };
        let (src, root) = (file.bytes, *root);
        for item in parts(root) {
            match item.kind() {
                "function_declaration" | "method_declaration"
                    if item.child_by_field_name("body").is_some() =>
                {
                    let number = self.functions.len();
                    let name = field(src, item, "name");
                    let at = At { unit, node: item };
                    self.functions.push(Function { at, relevant: false, private: false });
                    names.push(names_in(src, item));
                    if item.kind() == "method_declaration" {
                        let known = self.methods.contains_key(name);
                        self.methods.insert(name, (!known).then_some(number));
                    } else if name != "init" && name != "_" {
                        self.by_name.insert(name, number);
                    }
                }
                "var_declaration" | "const_declaration" => self.declare_globals(unit, src, item),
                _ => {}
            }
        }
        for node in walk(root) {
            match node.kind() {
                "call_expression" => {
                    called.extend(node.child_by_field_name("function").map(|of| last(src, of)));
                }
                "assignment_statement" => {
                    let left = node.child_by_field_name("left").map(parts).unwrap_or_default();
                    assigned.extend(left.into_iter().map(|left| base(src, left)));
                }
                "unary_expression" if field(src, node, "operator") == "&" => {
                    assigned.extend(node.child_by_field_name("operand").map(|of| text(src, of)));
                }
                _ => {}
            }
        }
    }

    fn declare_globals(&mut self, unit: usize, src: &'t [u8], item: Node<'t>) {
        for spec in walk(item).filter(|node| matches!(node.kind(), "var_spec" | "const_spec")) {
            // A declaration inside of a function literal is not the package's.
            let outside = node::ancestors(spec)
                .take_while(|around| around.id() != item.id())
                .all(|around| around.kind() == "var_spec_list");
            if !outside {
                continue;
            }
            let mut cursor = spec.walk();
            let declared: Vec<Node<'t>> = spec
                .children_by_field_name("name", &mut cursor)
                .filter(|name| name.kind() == "identifier")
                .collect();
            let values = spec.child_by_field_name("value").map(parts).unwrap_or_default();
            for (number, name) in declared.iter().enumerate() {
                let value = (values.len() == declared.len())
                    .then(|| values.get(number).map(|node| At { unit, node: *node }))
                    .flatten();
                self.globals.insert(text(src, *name), Global { value, assigned: false });
            }
        }
    }

    /// A function is relevant if it names GOARCH, or a function or package-level name that does.
    fn find_relevant(&mut self, names: &[HashSet<&'t str>]) {
        let mut asking: HashSet<&str> = HashSet::from(["GOARCH"]);
        for _ in 0..ROUNDS {
            let before = asking.len();
            for (name, global) in &self.globals {
                let Some(value) = global.value else { continue };
                if walk(value.node)
                    .filter(|node| node.kind().ends_with("identifier"))
                    .any(|node| asking.contains(text(self.src(value.unit), node)))
                {
                    asking.insert(name);
                }
            }
            let units = &self.units;
            for (function, used) in self.functions.iter_mut().zip(names) {
                if function.relevant || used.is_disjoint(&asking) {
                    continue;
                }
                function.relevant = true;
                let src = units.get(function.at.unit).map(|unit| unit.file.bytes);
                let name = field(src.unwrap_or_default(), function.at.node, "name");
                // `init` and common names of methods would make everything relevant.
                if name != "init" && name != "main" && name != "String" {
                    asking.insert(name);
                }
            }
            if asking.len() == before {
                break;
            }
        }
    }

    fn find_private(&mut self, called: &HashSet<&'t str>) {
        let units = &self.units;
        for function in &mut self.functions {
            let src = units.get(function.at.unit).map(|unit| unit.file.bytes).unwrap_or_default();
            let name = field(src, function.at.node, "name");
            let local = name.chars().next().is_some_and(|first| !first.is_uppercase());
            function.private = local && called.contains(name);
        }
    }
}

/// Every identifier below a node.
fn names_in<'t>(src: &'t [u8], node: Node<'t>) -> HashSet<&'t str> {
    walk(node)
        .filter(|node| matches!(node.kind(), "identifier" | "field_identifier"))
        .map(|node| text(src, node))
        .collect()
}

/// The name that an assignment changes: `m` of `m[k]`, `s` of `s.f`.
pub(super) fn base<'t>(src: &'t [u8], mut node: Node<'t>) -> &'t str {
    while let Some(operand) = node.child_by_field_name("operand") {
        node = operand;
    }
    text(src, node)
}

/// The last name of what is called: `F` of `p.F`.
pub(super) fn last<'t>(src: &'t [u8], node: Node<'t>) -> &'t str {
    node.child_by_field_name("field").map_or_else(|| text(src, node), |name| text(src, name))
}
