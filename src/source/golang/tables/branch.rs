//! Choices and loops: of a condition that is known one branch is followed, of the others all.

use tree_sitter::Node;

use super::program::base;
use super::run::{Flow, Frame, Run};
use super::value::Value;
use crate::source::golang::node::{parts, text, walk};

impl<'t> Run<'_, 't> {
    pub(super) fn condition(&mut self, frame: &mut Frame<'t>, node: Node<'t>) -> Flow {
        let (scope, length) = (frame.scope, frame.vars.len());
        frame.scope = length;
        if let Some(first) = node.child_by_field_name("initializer") {
            self.exec(frame, first);
        }
        let condition = node.child_by_field_name("condition");
        let looked = self.inspected.len();
        let value = condition.map_or(Value::Unknown, |condition| self.eval(frame, condition));
        let then: Vec<_> = node.child_by_field_name("consequence").into_iter().collect();
        let other: Vec<_> = node.child_by_field_name("alternative").into_iter().collect();
        let flow = match value {
            Value::Bool(is) => {
                let at = self.at(frame, node);
                self.decide(frame, at, usize::from(is));
                let events = self.events.len();
                let flow = self.list(frame, if is { &then } else { &other });
                let failed = flow == Flow::Leave
                    && (self.events.len() > events
                        || frame.returns.last().is_some_and(|last| fails(last)));
                if !failed {
                    self.recovered.extend(self.inspected.iter().skip(looked));
                }
                flow
            }
            _ => {
                self.recovered.extend(self.inspected.iter().skip(looked));
                self.alternatives(frame, &[then, other])
            }
        };
        frame.vars.truncate(length);
        frame.scope = scope;
        flow
    }

    pub(super) fn switch(&mut self, frame: &mut Frame<'t>, node: Node<'t>) -> Flow {
        let (scope, length) = (frame.scope, frame.vars.len());
        frame.scope = length;
        if let Some(first) = node.child_by_field_name("initializer") {
            self.exec(frame, first);
        }
        let tag = node.child_by_field_name("value");
        let looked = self.inspected.len();
        let value = tag.map_or(Value::Bool(true), |tag| self.eval(frame, tag));
        let clauses: Vec<_> = parts(node)
            .into_iter()
            .filter(|part| matches!(part.kind(), "expression_case" | "default_case"))
            .collect();
        let mut possible = Vec::new();
        let mut certain = None;
        for (number, clause) in clauses.iter().enumerate() {
            if clause.kind() == "default_case" {
                continue;
            }
            match self.matches(frame, *clause, &value) {
                Some(true) => {
                    certain = Some(number);
                    break;
                }
                Some(false) => {}
                None => possible.push(number),
            }
        }
        self.recovered.extend(self.inspected.iter().skip(looked));
        let last =
            certain.or_else(|| clauses.iter().position(|clause| clause.kind() == "default_case"));
        let flow = if possible.is_empty() {
            let at = self.at(frame, node);
            self.decide(frame, at, last.map_or(0, |number| number + 1));
            last.map_or(Flow::Next, |number| {
                let body = clause_body(&clauses, number);
                self.scoped(frame, &body)
            })
        } else {
            possible.extend(last);
            let mut bodies: Vec<_> =
                possible.into_iter().map(|number| clause_body(&clauses, number)).collect();
            if last.is_none() {
                bodies.push(Vec::new());
            }
            self.alternatives(frame, &bodies)
        };
        frame.vars.truncate(length);
        frame.scope = scope;
        // A `break` ends the switch and nothing else.
        if flow == Flow::Leave { flow } else { Flow::Next }
    }

    /// Whether a clause is taken, where that is known.
    fn matches(
        &mut self,
        frame: &mut Frame<'t>,
        clause: Node<'t>,
        tag: &Value<'t>,
    ) -> Option<bool> {
        let cases = clause.child_by_field_name("value").map(parts).unwrap_or_default();
        let mut answer = Some(false);
        for case in cases {
            let value = self.eval(frame, case);
            match self.equal(tag, &value) {
                Some(true) => return Some(true),
                Some(false) => {}
                None => answer = None,
            }
        }
        answer
    }

    pub(super) fn repeat(&mut self, frame: &mut Frame<'t>, node: Node<'t>) {
        let src = self.src(frame);
        // What a loop changes is unknown already in its first round.
        for inner in walk(node).filter(|node| node.kind() == "assignment_statement") {
            for left in inner.child_by_field_name("left").map(parts).unwrap_or_default() {
                self.forget(frame, base(src, left));
            }
        }
        let (scope, length) = (frame.scope, frame.vars.len());
        frame.scope = length;
        let body = node.child_by_field_name("body");
        for part in parts(node).into_iter().filter(|part| Some(*part) != body) {
            match part.kind() {
                "range_clause" => {
                    if let Some(right) = part.child_by_field_name("right") {
                        self.eval(frame, right);
                    }
                    let left = part.child_by_field_name("left").map(parts).unwrap_or_default();
                    frame.vars.extend(left.iter().map(|name| (text(src, *name), Value::Unknown)));
                }
                "for_clause" => {
                    if let Some(first) = part.child_by_field_name("initializer") {
                        self.exec(frame, first);
                        frame.vars.iter_mut().skip(length).for_each(|(_, v)| *v = Value::Unknown);
                    }
                }
                _ => {
                    self.eval(frame, part);
                }
            }
        }
        self.alternatives(frame, &[body.into_iter().collect(), Vec::new()]);
        frame.vars.truncate(length);
        frame.scope = scope;
    }

    pub(super) fn either(&mut self, frame: &mut Frame<'t>, node: Node<'t>) -> Flow {
        let bodies: Vec<Vec<Node<'t>>> = parts(node)
            .into_iter()
            .filter(|part| part.kind().ends_with("_case"))
            .map(|clause| {
                parts(clause).into_iter().filter(|part| part.kind() == "statement_list").collect()
            })
            .collect();
        let flow = self.alternatives(frame, &bodies);
        if flow == Flow::Leave && !bodies.is_empty() { flow } else { Flow::Next }
    }

    /// Follows each of several ways, of which one is taken, and goes on with what they have in common.
    pub(super) fn alternatives(&mut self, frame: &mut Frame<'t>, ways: &[Vec<Node<'t>>]) -> Flow {
        let before = frame.clone();
        let mut joined: Option<(Vec<(&'t str, Value<'t>)>, Flow)> = None;
        for way in ways {
            let mut branch = before.clone();
            branch.fine = frame.fine;
            branch.returns = std::mem::take(&mut frame.returns);
            // A way of no statements is a condition that does not hold: nothing happens on it.
            branch.trail.iter_mut().for_each(|step| step.uncertain |= !way.is_empty());
            let flow = self.scoped(&mut branch, way);
            frame.fine = branch.fine;
            frame.returns = branch.returns;
            if flow == Flow::Leave {
                continue;
            }
            joined = Some(match joined {
                None => (branch.vars, flow),
                Some((vars, earlier)) => {
                    let both = vars.into_iter().zip(&branch.vars);
                    let vars = both.map(|((name, a), (_, b))| (name, a.join(b))).collect();
                    (vars, if earlier == flow { flow } else { Flow::Next })
                }
            });
        }
        frame.trail = before.trail;
        if frame.fine > before.fine {
            frame.trail.iter_mut().for_each(|step| step.uncertain = true);
        }
        match joined {
            Some((vars, flow)) => {
                frame.vars = vars;
                flow
            }
            None => Flow::Leave,
        }
    }
}

/// The statements of a clause, and of those that it falls through to.
fn clause_body<'t>(clauses: &[Node<'t>], number: usize) -> Vec<Node<'t>> {
    let mut body = Vec::new();
    for clause in clauses.iter().skip(number) {
        let list = parts(*clause).into_iter().find(|part| part.kind() == "statement_list");
        let statements = list.map(parts).unwrap_or_default();
        let falls = statements.last().is_some_and(|last| last.kind() == "fallthrough_statement");
        body.extend(statements.into_iter().filter(|part| part.kind() != "fallthrough_statement"));
        if !falls {
            break;
        }
    }
    body
}

/// Whether what is returned is of no use.
fn fails(values: &[Value<'_>]) -> bool {
    let empty = |value: &Value<'_>| matches!(value, Value::Text(text, _) if text.is_empty());
    values.iter().any(|value| matches!(value, Value::Error(_))) || values.first().is_some_and(empty)
}
