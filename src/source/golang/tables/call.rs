//! Calls: those of the package's own functions are followed, and some of Go's library are known.

use std::hash::{DefaultHasher, Hash, Hasher};

use tree_sitter::Node;

use super::program::Function;
use super::run::{Frame, Run, parameters};
use super::value::{Step, Value};
use crate::source::golang::node::{field, is_string, parts, string, text};

/// Calls inside calls that are followed.
const MAX_CALLS: usize = 3;

impl<'t> Run<'_, 't> {
    pub(super) fn call(&mut self, frame: &mut Frame<'t>, node: Node<'t>) -> Vec<Value<'t>> {
        let src = self.src(frame);
        let Some(function) = node.child_by_field_name("function") else { return Vec::new() };
        let nodes = node.child_by_field_name("arguments").map(parts).unwrap_or_default();
        let arguments: Vec<Value<'t>> = nodes.iter().map(|arg| self.eval(frame, *arg)).collect();
        let known = match function.kind() {
            "identifier" if self.variable(frame, text(src, function)).is_none() => {
                self.program.function(text(src, function))
            }
            "selector_expression" => {
                let operand = function.child_by_field_name("operand");
                let of = operand.map_or("", |operand| text(src, operand));
                let name = field(src, function, "field");
                if let Some(path) = self.program.import(frame.unit, of) {
                    let path = path.to_owned();
                    let answer = self.library(frame, node, &path, name, &nodes, &arguments);
                    return answer.into_iter().collect();
                }
                operand.map(|operand| self.eval(frame, operand));
                self.program.method(name)
            }
            "func_literal" => {
                self.closure(frame, function);
                None
            }
            _ => None,
        };
        if function.kind() == "identifier" && matches!(text(src, function), "len" | "string") {
            return match (text(src, function), arguments.as_slice()) {
                ("string", [value]) => vec![value.clone()],
                (_, [value]) => {
                    self.inspected.extend(value.origin());
                    Vec::new()
                }
                _ => Vec::new(),
            };
        }
        match known {
            Some(callee) if self.worth_following(callee, frame, &arguments) => {
                self.follow(frame, node, callee, &nodes, &arguments)
            }
            _ => {
                for (argument, value) in nodes.iter().zip(&arguments) {
                    self.used(frame, *argument, value);
                }
                Vec::new()
            }
        }
    }

    fn worth_following(
        &self,
        callee: Function<'t>,
        frame: &Frame<'t>,
        arguments: &[Value<'t>],
    ) -> bool {
        let platform =
            |value: &Value<'t>| matches!(value, Value::Text(text, _) if text.contains(self.arch));
        frame.calls < MAX_CALLS && (callee.relevant || arguments.iter().any(platform))
    }

    /// Follows a call into the package's own function.
    fn follow(
        &mut self,
        frame: &mut Frame<'t>,
        node: Node<'t>,
        callee: Function<'t>,
        nodes: &[Node<'t>],
        arguments: &[Value<'t>],
    ) -> Vec<Value<'t>> {
        let mut hasher = DefaultHasher::new();
        (frame.context, self.at(frame, node).key()).hash(&mut hasher);
        let mut inner = self.frame(callee.at, hasher.finish(), frame.calls + 1);
        inner.trail.clone_from(&frame.trail);
        let src = self.program.src(callee.at.unit);
        let names = parameters(src, callee.at.node, "parameters");
        let fits = names.len() == nodes.len()
            && !nodes.iter().any(|node| node.kind() == "variadic_argument");
        for (name, value) in names.into_iter().zip(arguments).filter(|_| fits) {
            if let Some((_, known)) = inner.vars.iter_mut().find(|(known, _)| *known == name) {
                *known = value.clone();
            }
        }
        let Some(body) = callee.at.node.child_by_field_name("body") else { return Vec::new() };
        self.exec(&mut inner, body);
        // The choices of the callee explain what it returns.
        for step in inner.trail {
            let known =
                |old: &Step<'_>| old.context == step.context && old.at.key() == step.at.key();
            if !frame.trail.iter().any(known) {
                frame.trail.push(Step { uncertain: false, ..step });
            }
        }
        let mut returns = inner.returns.into_iter();
        let Some(mut joined) = returns.next() else { return Vec::new() };
        for other in returns {
            if other.len() != joined.len() {
                return Vec::new();
            }
            joined = joined.into_iter().zip(&other).map(|(a, b)| a.join(b)).collect();
        }
        joined
    }

    /// Functions of Go's library whose answer follows from what they are given.
    fn library(
        &mut self,
        frame: &mut Frame<'t>,
        node: Node<'t>,
        path: &str,
        name: &str,
        nodes: &[Node<'t>],
        arguments: &[Value<'t>],
    ) -> Option<Value<'t>> {
        let texts: Vec<&str> = arguments
            .iter()
            .map_while(|value| match value {
                Value::Text(text, _) => Some(text.as_str()),
                _ => None,
            })
            .collect();
        let all = texts.len() == arguments.len();
        match (path, name, texts.as_slice()) {
            ("errors", "New", _)
            | ("fmt", "Errorf", _)
            | ("github.com/pkg/errors", "New" | "Errorf" | "Wrap" | "Wrapf", _)
            | ("golang.org/x/xerrors", "New" | "Errorf", _) => {
                // An error that wraps one keeps its beginning.
                let wrapped = arguments.iter().find(|value| matches!(value, Value::Error(_)));
                return Some(wrapped.cloned().unwrap_or_else(|| self.error(frame, node)));
            }
            ("strings", "ToLower", [text]) => return Some(Value::text(&text.to_lowercase())),
            ("strings", "ToUpper", [text]) => return Some(Value::text(&text.to_uppercase())),
            ("strings", "TrimSpace", [text]) => return Some(Value::text(text.trim())),
            ("strings", "Contains", [text, part]) if all => {
                return Some(Value::Bool(text.contains(part)));
            }
            ("strings", "HasPrefix", [text, part]) if all => {
                return Some(Value::Bool(text.starts_with(part)));
            }
            ("strings", "HasSuffix", [text, part]) if all => {
                return Some(Value::Bool(text.ends_with(part)));
            }
            ("strings", "EqualFold", [a, b]) if all => {
                return Some(Value::Bool(a.eq_ignore_ascii_case(b)));
            }
            ("slices", "Contains", _) => return self.contains(frame, nodes, arguments),
            _ => {}
        }
        // Who prints a name or logs it does not need it.
        let prints = path.contains("log") || (path == "fmt" && name.starts_with("Print"));
        if !prints {
            for (argument, value) in nodes.iter().zip(arguments) {
                self.used(frame, *argument, value);
            }
        }
        match (path, name, texts.as_slice()) {
            ("fmt", "Sprintf", [format, rest @ ..]) if all => {
                formatted(format, rest).map(|text| Value::text(&text))
            }
            ("fmt", "Sprint", _) if all => Some(Value::text(&texts.concat())),
            ("path" | "path/filepath", "Join", _) if all => Some(Value::text(&texts.join("/"))),
            _ => None,
        }
    }

    fn contains(
        &mut self,
        frame: &mut Frame<'t>,
        nodes: &[Node<'t>],
        arguments: &[Value<'t>],
    ) -> Option<Value<'t>> {
        let (list, Value::Text(wanted, _)) = (nodes.first()?, arguments.get(1)?) else {
            return None;
        };
        let (mut unit, mut list) = (frame.unit, *list);
        if list.kind() == "identifier" {
            let name = text(self.src(frame), list);
            let global = self.program.global(name).filter(|global| !global.assigned)?.value?;
            if self.variable(frame, name).is_some() {
                return None;
            }
            (unit, list) = (global.unit, global.node);
        }
        let src = self.program.src(unit);
        let body =
            list.child_by_field_name("body").filter(|_| list.kind() == "composite_literal")?;
        let mut found = false;
        for element in parts(body) {
            let literal = element.named_child(0).filter(|node| is_string(*node))?;
            found |= string(src, literal)? == *wanted;
        }
        Some(Value::Bool(found))
    }
}

/// What `fmt.Sprintf` makes of strings; `None` where the verbs are others than `%s` and `%v`.
fn formatted(format: &str, arguments: &[&str]) -> Option<String> {
    let mut out = String::new();
    let mut arguments = arguments.iter();
    let mut rest = format.chars();
    while let Some(c) = rest.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        match rest.next()? {
            's' | 'v' => out.push_str(arguments.next()?),
            '%' => out.push('%'),
            _ => return None,
        }
    }
    arguments.next().is_none().then_some(out)
}
