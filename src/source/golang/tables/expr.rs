//! The values of expressions, as far as they follow from GOOS and GOARCH.

use tree_sitter::Node;

use super::program::last;
use super::run::{Frame, Run};
use super::value::{Origin, Outcome, Value};
use crate::source::golang::node::{field, parts, string, text};

impl<'t> Run<'_, 't> {
    /// The values of a list of expressions that `wanted` variables get.
    pub(super) fn values(
        &mut self,
        frame: &mut Frame<'t>,
        nodes: &[Node<'t>],
        wanted: usize,
    ) -> Vec<Value<'t>> {
        match nodes {
            [one] if wanted > 1 => self.several(frame, *one),
            _ => nodes.iter().map(|node| self.eval(frame, *node)).collect(),
        }
    }

    /// The values that a function returns; an expression in the place of an error may be one by its name.
    pub(super) fn results(&mut self, frame: &mut Frame<'t>, nodes: &[Node<'t>]) -> Vec<Value<'t>> {
        let wanted = frame.results.len();
        if let ([one], true) = (nodes, wanted > 1) {
            return self.several(frame, *one);
        }
        let mut values = Vec::new();
        for (number, node) in nodes.iter().enumerate() {
            let mut value = self.eval(frame, *node);
            let of = frame.results.get(number).map(|(_, of)| *of);
            if of == Some("error") && matches!(value, Value::Unknown) {
                value = self.error_by_name(frame, *node);
            }
            // Who called may look at it; a lone string is judged as what is returned.
            if frame.calls == 0 && (wanted != 1 || of != Some("string")) {
                self.used(frame, *node, &value);
            }
            values.push(value);
        }
        values
    }

    fn error_by_name(&self, frame: &Frame<'t>, node: Node<'t>) -> Value<'t> {
        let src = self.src(frame);
        let name = match node.kind() {
            "identifier" | "selector_expression" => {
                let name = last(src, node);
                let rest = name.strip_prefix("Err").or_else(|| name.strip_prefix("err"));
                if !rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_uppercase())) {
                    return Value::Unknown;
                }
                name
            }
            "call_expression" => {
                node.child_by_field_name("function").map_or("", |of| last(src, of))
            }
            "composite_literal" => field(src, node, "type"),
            "unary_expression" => node
                .child_by_field_name("operand")
                .map_or("", |operand| field(src, operand, "type")),
            _ => "",
        };
        let name = name.to_ascii_lowercase();
        let says = |word: &str| name.contains(word);
        if says("err") || says("unsupported") || says("notsupported") || says("notimplemented") {
            return self.error(frame, node);
        }
        Value::Unknown
    }

    pub(super) fn error(&self, frame: &Frame<'t>, node: Node<'t>) -> Value<'t> {
        let key = self.at(frame, node).key();
        Value::Error(Origin { key, trail: frame.trail.clone(), declared: false }.into())
    }

    /// A string that is empty where a value was wanted.
    fn lacking(&self, frame: &Frame<'t>, node: Node<'t>) -> Value<'t> {
        let key = self.at(frame, node).key();
        let origin = Origin { key, trail: frame.trail.clone(), declared: false };
        Value::Text(String::new(), Some(origin.into()))
    }

    /// Notes where a string is used that has no value.
    pub(super) fn used(&mut self, frame: &Frame<'t>, node: Node<'t>, value: &Value<'t>) {
        if let Value::Text(text, Some(_)) = value
            && text.is_empty()
        {
            let at = self.at(frame, node);
            self.event(frame, at, Outcome::Empty, Some(value));
        }
    }

    /// Whether two values are equal, where that is known. A value that is no use was looked at then.
    pub(super) fn equal(&mut self, a: &Value<'t>, b: &Value<'t>) -> Option<bool> {
        self.inspected.extend([a.origin(), b.origin()].into_iter().flatten());
        match (a, b) {
            (Value::Text(a, _), Value::Text(b, _)) => Some(a == b),
            (Value::Bool(a), Value::Bool(b)) => Some(a == b),
            (Value::Nil, Value::Nil) => Some(true),
            (Value::Error(_) | Value::Table(_), Value::Nil)
            | (Value::Nil, Value::Error(_) | Value::Table(_)) => Some(false),
            _ => None,
        }
    }

    /// The value of an expression.
    pub(super) fn eval(&mut self, frame: &mut Frame<'t>, node: Node<'t>) -> Value<'t> {
        if !self.step() {
            return Value::Unknown;
        }
        self.depth += 1;
        let value = self.expression_value(frame, node);
        self.depth -= 1;
        value
    }

    fn expression_value(&mut self, frame: &mut Frame<'t>, node: Node<'t>) -> Value<'t> {
        let src = self.src(frame);
        match node.kind() {
            "parenthesized_expression" => {
                node.named_child(0).map_or(Value::Unknown, |inner| self.eval(frame, inner))
            }
            kind if kind.ends_with("_string_literal") => {
                string(src, node).map_or(Value::Unknown, |text| Value::text(&text))
            }
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "nil" => Value::Nil,
            "identifier" => self.name(frame, text(src, node)),
            "selector_expression" => self.selector(frame, node),
            "binary_expression" => self.binary(frame, node),
            "unary_expression" => self.unary(frame, node),
            "index_expression" => {
                self.several(frame, node).into_iter().next().unwrap_or(Value::Unknown)
            }
            "call_expression" => {
                self.call(frame, node).into_iter().next().unwrap_or(Value::Unknown)
            }
            "composite_literal" => self.literal(frame, node),
            "func_literal" => {
                self.closure(frame, node);
                Value::Unknown
            }
            "type_assertion_expression"
            | "slice_expression"
            | "literal_element"
            | "literal_value"
            | "keyed_element"
            | "variadic_argument"
            | "type_conversion_expression" => {
                for part in parts(node) {
                    // A struct's field name is no variable.
                    if part.kind().ends_with("_type")
                        || node.child_by_field_name("key") == Some(part)
                    {
                        continue;
                    }
                    let value = self.eval(frame, part);
                    if node.kind() == "literal_element" {
                        self.used(frame, part, &value);
                    }
                }
                Value::Unknown
            }
            _ => Value::Unknown,
        }
    }

    fn name(&mut self, frame: &mut Frame<'t>, name: &str) -> Value<'t> {
        if let Some(value) = self.variable(frame, name) {
            return value;
        }
        let Some(global) = self.program.global(name).filter(|global| !global.assigned) else {
            return Value::Unknown;
        };
        let Some(value) = global.value else { return Value::Unknown };
        // It is evaluated where no local name can be mistaken for it.
        let mut outside = self.frame(value, frame.context, frame.calls);
        outside.trail.clone_from(&frame.trail);
        self.eval(&mut outside, value.node)
    }

    fn selector(&mut self, frame: &mut Frame<'t>, node: Node<'t>) -> Value<'t> {
        let src = self.src(frame);
        let Some(operand) = node.child_by_field_name("operand") else { return Value::Unknown };
        if operand.kind() == "identifier"
            && self.program.import(frame.unit, text(src, operand)) == Some("runtime")
        {
            return match field(src, node, "field") {
                "GOARCH" => Value::text(self.arch),
                "GOOS" => Value::text("windows"),
                _ => Value::Unknown,
            };
        }
        self.eval(frame, operand);
        Value::Unknown
    }

    fn unary(&mut self, frame: &mut Frame<'t>, node: Node<'t>) -> Value<'t> {
        let src = self.src(frame);
        let Some(operand) = node.child_by_field_name("operand") else { return Value::Unknown };
        match field(src, node, "operator") {
            "&" if operand.kind() == "identifier" => {
                self.forget(frame, text(src, operand));
                Value::Unknown
            }
            "!" => match self.eval(frame, operand) {
                Value::Bool(is) => Value::Bool(!is),
                _ => Value::Unknown,
            },
            _ => {
                self.eval(frame, operand);
                Value::Unknown
            }
        }
    }

    fn binary(&mut self, frame: &mut Frame<'t>, node: Node<'t>) -> Value<'t> {
        let (Some(left), Some(right)) =
            (node.child_by_field_name("left"), node.child_by_field_name("right"))
        else {
            return Value::Unknown;
        };
        let operator = field(self.src(frame), node, "operator");
        let a = self.eval(frame, left);
        match (operator, &a) {
            ("&&", Value::Bool(false)) => return Value::Bool(false),
            ("||", Value::Bool(true)) => return Value::Bool(true),
            _ => {}
        }
        let b = self.eval(frame, right);
        match (operator, &a, &b) {
            ("&&", _, Value::Bool(false)) => Value::Bool(false),
            ("||", _, Value::Bool(true)) => Value::Bool(true),
            ("&&" | "||", Value::Bool(_), Value::Bool(is)) => Value::Bool(*is),
            ("==", ..) => self.equal(&a, &b).map_or(Value::Unknown, Value::Bool),
            ("!=", ..) => self.equal(&a, &b).map_or(Value::Unknown, |is| Value::Bool(!is)),
            ("+", ..) => {
                self.used(frame, left, &a);
                self.used(frame, right, &b);
                match (a, b) {
                    (Value::Text(a, _), Value::Text(b, _)) => Value::text(&format!("{a}{b}")),
                    _ => Value::Unknown,
                }
            }
            _ => Value::Unknown,
        }
    }

    fn literal(&mut self, frame: &mut Frame<'t>, node: Node<'t>) -> Value<'t> {
        if node.child_by_field_name("type").is_some_and(|of| of.kind() == "map_type") {
            return Value::Table(self.at(frame, node));
        }
        if let Some(body) = node.child_by_field_name("body") {
            self.eval(frame, body);
        }
        Value::Unknown
    }

    /// The body of a function literal may run, or not, or later.
    pub(super) fn closure(&mut self, frame: &mut Frame<'t>, node: Node<'t>) {
        let own = self.frame(self.at(frame, node), frame.context, frame.calls);
        let mut inner = frame.clone();
        inner.vars.extend(own.vars);
        inner.results = own.results;
        inner.trail.iter_mut().for_each(|step| step.uncertain = true);
        if let Some(body) = node.child_by_field_name("body") {
            self.exec(&mut inner, body);
        }
        for ((_, value), (_, after)) in frame.vars.iter_mut().zip(&inner.vars) {
            *value = std::mem::replace(value, Value::Unknown).join(after);
        }
    }

    /// The values of an expression that may have several: a call, or a lookup with its `ok`.
    fn several(&mut self, frame: &mut Frame<'t>, node: Node<'t>) -> Vec<Value<'t>> {
        match node.kind() {
            "call_expression" => self.call(frame, node),
            "index_expression" => self.lookup(frame, node),
            _ => {
                self.eval(frame, node);
                Vec::new()
            }
        }
    }

    fn lookup(&mut self, frame: &mut Frame<'t>, node: Node<'t>) -> Vec<Value<'t>> {
        let (Some(operand), Some(index)) =
            (node.child_by_field_name("operand"), node.child_by_field_name("index"))
        else {
            return Vec::new();
        };
        let table = self.eval(frame, operand);
        let key = self.eval(frame, index);
        self.used(frame, index, &key);
        let (Value::Table(table), Value::Text(key, _)) = (table, key) else { return Vec::new() };
        let src = self.program.src(table.unit);
        let of = table.node.child_by_field_name("type").map_or("", |of| field(src, of, "value"));
        let body = table.node.child_by_field_name("body").map(parts).unwrap_or_default();
        let mut all_known = true;
        for (number, element) in body.iter().enumerate() {
            let (Some(k), Some(v)) = (
                element.child_by_field_name("key").and_then(|key| key.named_child(0)),
                element.child_by_field_name("value").and_then(|value| value.named_child(0)),
            ) else {
                all_known = false;
                continue;
            };
            let mut outside = self.frame(table, frame.context, frame.calls);
            outside.trail.clone_from(&frame.trail);
            match self.eval(&mut outside, k) {
                Value::Text(text, _) if text == key => {
                    let at = self.at(frame, node);
                    self.decide(frame, at, number + 1);
                    // The inner tables of a table are written without their type.
                    let value = match v.kind() {
                        "literal_value" => Value::Unknown,
                        _ => self.eval(&mut outside, v),
                    };
                    return vec![value, Value::Bool(true)];
                }
                Value::Text(..) => {}
                _ => all_known = false,
            }
        }
        if !all_known {
            return Vec::new();
        }
        let at = self.at(frame, node);
        self.lookups.insert(at.key(), table);
        self.decide(frame, at, 0);
        let with_ok = node
            .parent()
            .and_then(|list| list.parent())
            .and_then(|statement| statement.child_by_field_name("left"))
            .is_some_and(|left| parts(left).len() == 2);
        let value = match of {
            "string" => self.lacking(frame, node),
            "bool" => Value::Bool(false),
            _ if of.starts_with(['*', '[']) || of.starts_with("func") || of.starts_with("map") => {
                Value::Nil
            }
            _ => {
                if !with_ok {
                    let lacking = self.lacking(frame, node);
                    self.event(frame, at, Outcome::Zero, Some(&lacking));
                }
                Value::Unknown
            }
        };
        vec![value, Value::Bool(false)]
    }
}
