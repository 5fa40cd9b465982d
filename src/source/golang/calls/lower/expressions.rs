//! Expressions.

use tree_sitter::Node;

use super::super::ir::{Arg, Call, Expr, Ty};
use super::{Lower, MAX_ELEMENTS, line, named};

impl Lower<'_> {
    /// The expressions of a list.
    pub(super) fn expressions(&mut self, list: Node<'_>) -> Vec<Expr> {
        named(list).into_iter().map(|node| self.expr(node)).collect()
    }

    pub(super) fn expr(&mut self, node: Node<'_>) -> Expr {
        self.deeper(|this| this.expr_inner(node)).unwrap_or(Expr::Opaque)
    }

    fn part(&mut self, node: Node<'_>, field: &str) -> Box<Expr> {
        Box::new(node.child_by_field_name(field).map_or(Expr::Opaque, |part| self.expr(part)))
    }

    fn expr_inner(&mut self, node: Node<'_>) -> Expr {
        match node.kind() {
            "identifier" => {
                let name = self.text(node);
                self.lookup(&name).map_or(Expr::Name(name), Expr::Local)
            }
            "true" | "false" | "nil" | "iota" => Expr::Name(node.kind().to_owned()),
            "parenthesized_expression" | "literal_element" => {
                named(node).first().map_or(Expr::Opaque, |inner| self.expr(*inner))
            }
            "selector_expression" => self.selector(node),
            "call_expression" => self.call(node),
            "type_conversion_expression" => {
                let fun = node.child_by_field_name("type").map_or(Ty::Other, |ty| self.ty(ty));
                let operand = node.child_by_field_name("operand");
                let args = operand.map(|arg| Arg { line: line(arg), expr: self.expr(arg) });
                Expr::Call(Box::new(Call {
                    fun: Expr::Type(fun),
                    args: args.into_iter().collect(),
                }))
            }
            "unary_expression" => {
                let operand = self.part(node, "operand");
                match self.field_text(node, "operator").unwrap_or_default().as_str() {
                    "&" => Expr::Addr(operand),
                    "*" => Expr::Star(operand),
                    operator => Expr::Unary(operator.to_owned(), operand),
                }
            }
            "binary_expression" => {
                let operator = self.field_text(node, "operator").unwrap_or_default();
                Expr::Binary(operator, self.part(node, "left"), self.part(node, "right"))
            }
            "index_expression" => Expr::Index(self.part(node, "operand"), self.part(node, "index")),
            "slice_expression" => Expr::Slice(self.part(node, "operand")),
            "type_assertion_expression" => {
                let ty = node.child_by_field_name("type").map_or(Ty::Other, |ty| self.ty(ty));
                Expr::Assert(self.part(node, "operand"), ty)
            }
            "int_literal" => Expr::Int,
            "float_literal" => Expr::Float,
            "interpreted_string_literal" | "raw_string_literal" => {
                Expr::Text(self.text(node).trim_matches(['"', '`']).to_owned())
            }
            "composite_literal" => {
                let ty = node.child_by_field_name("type").map_or(Ty::Other, |ty| self.ty(ty));
                let body = node.child_by_field_name("body");
                Expr::Composite(ty, body.map(|body| self.elements(body)).unwrap_or_default())
            }
            "literal_value" => Expr::Composite(Ty::Other, self.elements(node)),
            "func_literal" => self.scoped(|this| {
                if let Some(parameters) = node.child_by_field_name("parameters") {
                    this.parameters(parameters);
                }
                if let Some(result) = node.child_by_field_name("result") {
                    this.result(result);
                }
                let body = node.child_by_field_name("body");
                Expr::Closure(body.map(|body| this.statements(body)).unwrap_or_default())
            }),
            kind if kind.ends_with("_type") || kind == "type_identifier" => {
                Expr::Type(self.ty(node))
            }
            _ => Expr::Opaque,
        }
    }

    fn selector(&mut self, node: Node<'_>) -> Expr {
        let field = self.field_text(node, "field").unwrap_or_default();
        if let Some(operand) = node.child_by_field_name("operand")
            && operand.kind() == "identifier"
        {
            let name = self.text(operand);
            if self.lookup(&name).is_none()
                && let Some(path) = self.imported.get(&name)
            {
                return Expr::Qualified(path.clone(), field);
            }
        }
        Expr::Select(self.part(node, "operand"), field)
    }

    fn call(&mut self, node: Node<'_>) -> Expr {
        let fun = *self.part(node, "function");
        let mut args = Vec::new();
        if let Some(list) = node.child_by_field_name("arguments") {
            for arg in named(list) {
                let inner = match arg.kind() {
                    "variadic_argument" => named(arg).first().copied().unwrap_or(arg),
                    _ => arg,
                };
                args.push(Arg { line: line(arg), expr: self.expr(inner) });
            }
        }
        Expr::Call(Box::new(Call { fun, args }))
    }

    fn elements(&mut self, body: Node<'_>) -> Vec<Expr> {
        let mut found = Vec::new();
        for element in named(body).into_iter().take(MAX_ELEMENTS) {
            let value = match element.kind() {
                "keyed_element" => element.child_by_field_name("value"),
                _ => Some(element),
            };
            found.extend(value.map(|value| self.expr(value)));
        }
        found
    }
}
