//! Follows a function for one architecture: conditions that are known choose a branch, of the others both are
//! followed. What fails on the way is noted, with the choices that led there.
//!
//! Not an interpreter of Go: anything it does not understand is unknown, and an unknown value never makes a
//! finding. Depth and steps have limits; behind them everything is unknown too.

use std::collections::{HashMap, HashSet};

use tree_sitter::Node;

use super::program::{At, Function, Key, Program, base};
use super::value::{Event, Origin, Outcome, Step, Value};
use crate::source::golang::node::{field, parts, text, walk};

/// Statements and expressions inside each other that are followed.
const MAX_DEPTH: usize = 80;
/// Nodes that are looked at for one function and one architecture, calls included.
const MAX_STEPS: usize = 20_000;
/// Choices that are remembered on the way to one place.
const MAX_TRAIL: usize = 16;

/// How a statement ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    Next,
    /// Out of a loop or a switch.
    Break,
    /// Into the next case.
    Fall,
    /// Out of the function.
    Leave,
}

/// One architecture's way through a function.
pub(super) struct Run<'p, 't> {
    pub(super) program: &'p Program<'t>,
    pub(super) arch: &'static str,
    pub(super) decisions: HashMap<(u64, Key), usize>,
    pub(super) events: HashMap<(u64, Key), Event<'t>>,
    /// Values that are no use, and that conditions looked at.
    pub(super) inspected: Vec<Key>,
    /// Those of them after which something else than another failure came.
    pub(super) recovered: HashSet<Key>,
    /// Statements that are reached.
    pub(super) reached: HashSet<Key>,
    /// The maps that lookups ask in vain.
    pub(super) lookups: HashMap<Key, At<'t>>,
    pub(super) steps: usize,
    pub(super) depth: usize,
}

/// One function that is being followed.
#[derive(Clone)]
pub(super) struct Frame<'t> {
    pub(super) unit: usize,
    /// The calls that led here.
    pub(super) context: u64,
    pub(super) calls: usize,
    pub(super) vars: Vec<(&'t str, Value<'t>)>,
    /// Where the innermost block begins in `vars`.
    pub(super) scope: usize,
    pub(super) trail: Vec<Step<'t>>,
    /// Returns so far that may be good ones.
    pub(super) fine: usize,
    pub(super) returns: Vec<Vec<Value<'t>>>,
    /// Name (or nothing) and type of each result.
    pub(super) results: Vec<(&'t str, &'t str)>,
    /// Only calls that are seen reach the function.
    private: bool,
}

impl<'p, 't> Run<'p, 't> {
    pub(super) fn new(program: &'p Program<'t>, arch: &'static str) -> Self {
        Self {
            program,
            arch,
            decisions: HashMap::new(),
            events: HashMap::new(),
            inspected: Vec::new(),
            recovered: HashSet::new(),
            reached: HashSet::new(),
            lookups: HashMap::new(),
            steps: 0,
            depth: 0,
        }
    }

    /// Follows a function from its beginning, its parameters unknown.
    pub(super) fn root(&mut self, function: Function<'t>) {
        let mut frame = self.frame(function.at, 0, 0);
        frame.private = function.private;
        if let Some(body) = function.at.node.child_by_field_name("body") {
            self.exec(&mut frame, body);
        }
    }

    /// Evaluates what a package-level name begins with.
    pub(super) fn root_value(&mut self, value: At<'t>) {
        let mut frame = self.frame(value, 0, 0);
        self.eval(&mut frame, value.node);
    }

    /// What a function begins with. `at` is its declaration or literal.
    pub(super) fn frame(&self, at: At<'t>, context: u64, calls: usize) -> Frame<'t> {
        let src = self.program.src(at.unit);
        let mut frame = Frame {
            unit: at.unit,
            context,
            calls,
            vars: Vec::new(),
            scope: 0,
            trail: Vec::new(),
            fine: 0,
            returns: Vec::new(),
            results: results(src, at.node),
            private: false,
        };
        for list in ["receiver", "parameters"] {
            for name in parameters(src, at.node, list) {
                frame.vars.push((name, Value::Unknown));
            }
        }
        for (name, of) in frame.results.clone() {
            if !name.is_empty() {
                let value = self.zero(&frame, at, of);
                frame.vars.push((name, value));
            }
        }
        frame
    }

    pub(super) fn at(&self, frame: &Frame<'t>, node: Node<'t>) -> At<'t> {
        At { unit: frame.unit, node }
    }

    pub(super) fn src(&self, frame: &Frame<'t>) -> &'t [u8] {
        self.program.src(frame.unit)
    }

    /// Whether the limits allow to go on.
    pub(super) fn step(&mut self) -> bool {
        self.steps += 1;
        self.steps <= MAX_STEPS && self.depth < MAX_DEPTH
    }

    /// The value of a variable of that type that nothing was assigned to.
    fn zero(&self, frame: &Frame<'t>, at: At<'t>, of: &str) -> Value<'t> {
        match of {
            "string" => {
                let trail = frame.trail.clone();
                let origin = Origin { key: at.key(), trail, declared: true };
                Value::Text(String::new(), Some(origin.into()))
            }
            "bool" => Value::Bool(false),
            "error" => Value::Nil,
            _ => Value::Unknown,
        }
    }

    pub(super) fn event(
        &mut self,
        frame: &Frame<'t>,
        at: At<'t>,
        outcome: Outcome,
        value: Option<&Value<'t>>,
    ) {
        let origin = match value {
            Some(Value::Error(origin) | Value::Text(_, Some(origin))) => Some(origin),
            _ => None,
        };
        let own = origin.filter(|origin| !origin.declared).map(|origin| origin.trail.clone());
        let event = Event {
            at,
            outcome,
            trail: own.unwrap_or_else(|| frame.trail.clone()),
            origin: origin.map(|origin| origin.key),
            whatever: matches!(outcome, Outcome::Empty | Outcome::Zero) && origin.is_some(),
            pending: frame.private && frame.calls == 0,
        };
        self.events.insert((frame.context, at.key()), event);
    }

    /// Notes a choice.
    pub(super) fn decide(&mut self, frame: &mut Frame<'t>, at: At<'t>, choice: usize) {
        self.decisions.insert((frame.context, at.key()), choice);
        if frame.trail.len() >= MAX_TRAIL {
            frame.trail.remove(0);
        }
        frame.trail.push(Step { at, context: frame.context, choice, uncertain: false });
    }

    pub(super) fn list(&mut self, frame: &mut Frame<'t>, nodes: &[Node<'t>]) -> Flow {
        for node in nodes {
            let flow = self.exec(frame, *node);
            if flow != Flow::Next {
                return flow;
            }
        }
        Flow::Next
    }

    /// Runs statements in a scope of their own.
    pub(super) fn scoped(&mut self, frame: &mut Frame<'t>, nodes: &[Node<'t>]) -> Flow {
        let (scope, length) = (frame.scope, frame.vars.len());
        frame.scope = length;
        let flow = self.list(frame, nodes);
        frame.vars.truncate(length);
        frame.scope = scope;
        flow
    }

    /// Runs one statement, or the statements of a block.
    pub(super) fn exec(&mut self, frame: &mut Frame<'t>, node: Node<'t>) -> Flow {
        if !self.step() {
            return Flow::Leave;
        }
        self.reached.insert((frame.unit, node.id()));
        self.depth += 1;
        let flow = self.statement(frame, node);
        self.depth -= 1;
        flow
    }

    fn statement(&mut self, frame: &mut Frame<'t>, node: Node<'t>) -> Flow {
        match node.kind() {
            "block" => return self.scoped(frame, &parts(node)),
            "statement_list" => return self.list(frame, &parts(node)),
            "var_declaration" | "const_declaration" => self.declare(frame, node),
            "short_var_declaration" | "assignment_statement" => self.assign(frame, node),
            "expression_statement" => return self.expression(frame, node),
            "return_statement" => return self.returns(frame, node),
            "if_statement" => return self.condition(frame, node),
            "expression_switch_statement" => return self.switch(frame, node),
            "for_statement" => self.repeat(frame, node),
            "type_switch_statement" | "select_statement" => return self.either(frame, node),
            "labeled_statement" => {
                let inner: Vec<_> =
                    parts(node).into_iter().filter(|part| part.kind() != "label_name").collect();
                return self.list(frame, &inner);
            }
            "break_statement" | "continue_statement" | "goto_statement" => return Flow::Break,
            "fallthrough_statement" => return Flow::Fall,
            _ => parts(node).into_iter().for_each(|part| {
                let value = self.eval(frame, part);
                self.used(frame, part, &value);
            }),
        }
        Flow::Next
    }

    fn expression(&mut self, frame: &mut Frame<'t>, node: Node<'t>) -> Flow {
        let Some(inner) = node.named_child(0) else { return Flow::Next };
        let value = self.eval(frame, inner);
        self.used(frame, inner, &value);
        if let Some(outcome) = ending(self.src(frame), inner) {
            let at = self.at(frame, node);
            self.event(frame, at, outcome, None);
            return Flow::Leave;
        }
        Flow::Next
    }

    fn declare(&mut self, frame: &mut Frame<'t>, node: Node<'t>) {
        let src = self.src(frame);
        for spec in walk(node).filter(|node| matches!(node.kind(), "var_spec" | "const_spec")) {
            let mut cursor = spec.walk();
            let names: Vec<_> = spec
                .children_by_field_name("name", &mut cursor)
                .filter(|name| name.kind() == "identifier")
                .collect();
            let values = spec.child_by_field_name("value").map(parts).unwrap_or_default();
            if values.is_empty() {
                let of = field(src, spec, "type");
                for name in names {
                    let value = self.zero(frame, self.at(frame, spec), of);
                    frame.vars.push((text(src, name), value));
                }
                continue;
            }
            let values = self.values(frame, &values, names.len());
            for (name, value) in names.iter().zip(values) {
                frame.vars.push((text(src, *name), value));
            }
        }
    }

    fn assign(&mut self, frame: &mut Frame<'t>, node: Node<'t>) {
        let src = self.src(frame);
        let left = node.child_by_field_name("left").map(parts).unwrap_or_default();
        let right = node.child_by_field_name("right").map(parts).unwrap_or_default();
        let short = node.kind() == "short_var_declaration";
        let operator = if short { "=" } else { field(src, node, "operator") };
        let values = self.values(frame, &right, left.len());
        for (number, target) in left.iter().enumerate() {
            let mut value = values.get(number).cloned().unwrap_or(Value::Unknown);
            if target.kind() != "identifier" {
                self.used(frame, *target, &value);
                self.forget(frame, base(src, *target));
                continue;
            }
            let name = text(src, *target);
            if operator != "=" {
                let before = self.variable(frame, name);
                value = match (operator, before, value) {
                    ("+=", Some(Value::Text(before, _)), Value::Text(more, _)) => {
                        Value::text(&format!("{before}{more}"))
                    }
                    _ => Value::Unknown,
                };
            }
            let declared = frame.vars.iter().skip(frame.scope).any(|(known, _)| *known == name);
            if short && !declared && name != "_" {
                frame.vars.push((name, value));
            } else if let Some((_, known)) =
                frame.vars.iter_mut().rev().find(|(known, _)| *known == name)
            {
                *known = value;
            }
        }
    }

    pub(super) fn variable(&self, frame: &Frame<'t>, name: &str) -> Option<Value<'t>> {
        frame.vars.iter().rev().find(|(known, _)| *known == name).map(|(_, value)| value.clone())
    }

    pub(super) fn forget(&self, frame: &mut Frame<'t>, name: &str) {
        for (_, value) in frame.vars.iter_mut().filter(|(known, _)| *known == name) {
            *value = Value::Unknown;
        }
    }

    fn returns(&mut self, frame: &mut Frame<'t>, node: Node<'t>) -> Flow {
        let nodes = node.named_child(0).filter(|list| list.kind() == "expression_list");
        let nodes = nodes.map(parts).unwrap_or_default();
        let mut values: Vec<Value<'t>> = if nodes.is_empty() {
            let named = frame.results.clone();
            named
                .iter()
                .map(|(name, _)| self.variable(frame, name).unwrap_or(Value::Unknown))
                .collect()
        } else {
            self.results(frame, &nodes)
        };
        let error = frame.results.iter().rposition(|(_, of)| *of == "error");
        let failing = error
            .and_then(|at| values.get(at))
            .is_some_and(|value| matches!(value, Value::Error(_)));
        let missing = if error.is_none() { no_name(&values, &frame.results) } else { None };
        if let (Some(_), Some(Value::Text(_, origin @ None))) = (missing, values.first_mut()) {
            let (key, trail) = ((frame.unit, node.id()), frame.trail.clone());
            *origin = Some(Origin { key, trail, declared: false }.into());
        }
        let at = self.at(frame, node);
        if (failing || missing.is_some()) && frame.calls > 0 {
            // Who called may know what to do: see there.
        } else if failing {
            let value = error.and_then(|at| values.get(at)).cloned();
            self.event(frame, at, Outcome::Error, value.as_ref());
        } else if let Some(outcome) = missing {
            self.event(frame, at, outcome, values.first());
        } else {
            let unsure = error.and_then(|at| nodes.get(at)).is_some_and(|node| {
                let text = text(self.src(frame), *node);
                node.kind() == "identifier" && text.to_ascii_lowercase().contains("err")
            });
            frame.fine += usize::from(!unsure);
        }
        frame.returns.push(values);
        Flow::Leave
    }
}

/// The results of a function: name (or nothing) and type.
fn results<'t>(src: &'t [u8], function: Node<'t>) -> Vec<(&'t str, &'t str)> {
    let Some(result) = function.child_by_field_name("result") else { return Vec::new() };
    if result.kind() != "parameter_list" {
        return vec![("", text(src, result))];
    }
    let mut found = Vec::new();
    for declaration in parts(result) {
        let of = field(src, declaration, "type");
        let mut cursor = declaration.walk();
        let names: Vec<_> = declaration
            .children_by_field_name("name", &mut cursor)
            .filter(|name| name.kind() == "identifier")
            .collect();
        if names.is_empty() {
            found.push(("", of));
        }
        found.extend(names.iter().map(|name| (text(src, *name), of)));
    }
    found
}

/// The names of a list of parameters.
pub(super) fn parameters<'t>(src: &'t [u8], function: Node<'t>, list: &str) -> Vec<&'t str> {
    let mut found = Vec::new();
    for declaration in function.child_by_field_name(list).map(parts).unwrap_or_default() {
        let mut cursor = declaration.walk();
        found.extend(
            declaration
                .children_by_field_name("name", &mut cursor)
                .filter(|name| name.kind() == "identifier")
                .map(|name| text(src, name)),
        );
    }
    found
}

/// Whether the values are no name: an empty string, or a word that says so; everything beside it false.
fn no_name(values: &[Value<'_>], results: &[(&str, &str)]) -> Option<Outcome> {
    /// What stands in the place of a name where there is none.
    const NO_NAMES: &[&str] =
        &["unknown", "unsupported", "not supported", "invalid", "n/a", "unimplemented"];
    let (Value::Text(text, _), Some((_, "string"))) = (values.first()?, results.first()) else {
        return None;
    };
    let rest = values.get(1..).unwrap_or_default();
    if !rest.iter().all(|value| matches!(value, Value::Bool(false) | Value::Nil)) {
        return None;
    }
    if text.is_empty() {
        return Some(Outcome::Empty);
    }
    NO_NAMES.iter().any(|word| text.eq_ignore_ascii_case(word)).then_some(Outcome::NoName)
}

/// Whether a call ends the program.
fn ending(src: &[u8], call: Node<'_>) -> Option<Outcome> {
    if call.kind() != "call_expression" {
        return None;
    }
    let function = call.child_by_field_name("function")?;
    if function.kind() == "identifier" {
        return (text(src, function) == "panic").then_some(Outcome::Panic);
    }
    let (of, name) = (field(src, function, "operand"), field(src, function, "field"));
    match name {
        "Panic" | "Panicf" | "Panicln" => Some(Outcome::Panic),
        "Fatal" | "Fatalf" | "Fatalln" | "Exitf" => Some(Outcome::Exit),
        "Exit" if of == "os" => {
            let code = call.child_by_field_name("arguments").map(|arguments| text(src, arguments));
            (code != Some("(0)")).then_some(Outcome::Exit)
        }
        _ => None,
    }
}
