//! Statements.

use tree_sitter::Node;

use super::super::ir::{Case, Expr, Stmt};
use super::{Lower, named};

impl Lower<'_> {
    /// The statements of a block, in a scope of their own.
    pub(super) fn block(&mut self, node: Node<'_>) -> Vec<Stmt> {
        self.scoped(|this| this.statements(node))
    }

    /// The statements of a block or a case, in the scope at hand.
    pub(super) fn statements(&mut self, node: Node<'_>) -> Vec<Stmt> {
        let mut found = Vec::new();
        for child in named(node) {
            if child.kind() == "statement_list" {
                for statement in named(child) {
                    self.statement(statement, &mut found);
                }
            }
        }
        found
    }

    fn statement(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        self.deeper(|this| this.statement_inner(node, out));
    }

    fn statement_inner(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        match node.kind() {
            "expression_statement" | "go_statement" | "defer_statement" | "send_statement" => {
                out.extend(self.expressions(node).into_iter().map(Stmt::Expr));
            }
            "short_var_declaration" => out.push(self.short_declaration(node)),
            "assignment_statement" => {
                let (left, right) = (self.list(node, "left"), self.list(node, "right"));
                out.push(Stmt::Assign(left, right));
            }
            "var_declaration" | "const_declaration" => self.declaration(node, out),
            "return_statement" => {
                let values = named(node).first().map(|list| self.expressions(*list));
                out.push(Stmt::Return(values.unwrap_or_default()));
            }
            "break_statement" | "continue_statement" | "goto_statement" => out.push(Stmt::Jump),
            "if_statement" => self.scoped(|this| this.if_statement(node, out)),
            "expression_switch_statement" => self.scoped(|this| {
                this.initializer(node, out);
                let tag = node.child_by_field_name("value").map(|value| this.expr(value));
                let cases = this.cases(node);
                out.push(Stmt::Switch(tag, cases));
            }),
            "type_switch_statement" => self.scoped(|this| this.type_switch(node, out)),
            "for_statement" => self.scoped(|this| this.for_statement(node, out)),
            "select_statement" => {
                let cases = named(node).into_iter().map(|case| {
                    self.scoped(|this| {
                        let mut body = Vec::new();
                        if let Some(what) = case.child_by_field_name("communication") {
                            this.statement(what, &mut body);
                        }
                        body.extend(this.statements(case));
                        body
                    })
                });
                let cases = cases.collect();
                out.push(Stmt::Blocks(cases));
            }
            "receive_statement" => out.push(self.short_declaration(node)),
            "block" => out.push(Stmt::Blocks(vec![self.block(node)])),
            "labeled_statement" => {
                for inner in named(node).into_iter().skip(1) {
                    self.statement(inner, out);
                }
            }
            _ => {}
        }
    }

    fn list(&mut self, node: Node<'_>, field: &str) -> Vec<Expr> {
        let Some(list) = node.child_by_field_name(field) else { return Vec::new() };
        if list.kind() == "expression_list" {
            self.expressions(list)
        } else {
            vec![self.expr(list)]
        }
    }

    /// `a, b := x`: what is on the right is read before the names on the left exist. A name that the scope
    /// has already keeps its variable.
    fn short_declaration(&mut self, node: Node<'_>) -> Stmt {
        let values = self.list(node, "right");
        Stmt::Assign(self.new_names(node, "left"), values)
    }

    fn new_names(&mut self, node: Node<'_>, field: &str) -> Vec<Expr> {
        let Some(list) = node.child_by_field_name(field) else { return Vec::new() };
        let names = named(list);
        let mut found = Vec::new();
        for name in names {
            let name = self.text(name);
            let known = self.scopes.last().and_then(|scope| {
                scope.iter().rev().find(|(known, _)| *known == name).map(|(_, id)| *id)
            });
            found.push(Expr::Local(known.unwrap_or_else(|| self.declare(name, None))));
        }
        found
    }

    fn declaration(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        for spec in [super::below(node, "var_spec"), super::below(node, "const_spec")].concat() {
            let ty = spec.child_by_field_name("type").map(|ty| self.ty(ty));
            let values = spec.child_by_field_name("value").map(|list| self.expressions(list));
            let mut cursor = spec.walk();
            let names: Vec<Node<'_>> =
                spec.children_by_field_name("name", &mut cursor).filter(Node::is_named).collect();
            let mut left = Vec::new();
            for name in names {
                let name = self.text(name);
                left.push(Expr::Local(self.declare(name, ty.clone())));
            }
            if let Some(values) = values {
                out.push(Stmt::Assign(left, values));
            }
        }
    }

    fn initializer(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        if let Some(first) = node.child_by_field_name("initializer") {
            self.statement(first, out);
        }
    }

    fn if_statement(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        self.initializer(node, out);
        let condition =
            node.child_by_field_name("condition").map_or(Expr::Opaque, |part| self.expr(part));
        let then = node.child_by_field_name("consequence").map(|block| self.block(block));
        let mut other = Vec::new();
        match node.child_by_field_name("alternative") {
            Some(block) if block.kind() == "block" => other = self.block(block),
            Some(chained) => self.statement(chained, &mut other),
            None => {}
        }
        out.push(Stmt::If(condition, then.unwrap_or_default(), other));
    }

    fn cases(&mut self, node: Node<'_>) -> Vec<Case> {
        let mut found = Vec::new();
        for case in named(node) {
            let values = match case.kind() {
                "expression_case" => Some(self.list(case, "value")),
                "default_case" => None,
                _ => continue,
            };
            let body = self.scoped(|this| this.statements(case));
            found.push(Case { values, body });
        }
        found
    }

    /// `switch x := v.(type)`: in a case of one type, `x` has that type.
    fn type_switch(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        self.initializer(node, out);
        let alias = node.child_by_field_name("alias");
        let alias = alias.and_then(|list| named(list).first().map(|name| self.text(*name)));
        let mut blocks = Vec::new();
        for case in named(node) {
            if !matches!(case.kind(), "type_case" | "default_case") {
                continue;
            }
            let mut cursor = case.walk();
            let types: Vec<Node<'_>> =
                case.children_by_field_name("type", &mut cursor).filter(Node::is_named).collect();
            blocks.push(self.scoped(|this| {
                let ty = match types.as_slice() {
                    [one] => Some(this.ty(*one)),
                    _ => None,
                };
                if let Some(alias) = &alias {
                    this.declare(alias.clone(), ty);
                }
                this.statements(case)
            }));
        }
        out.push(Stmt::Blocks(blocks));
    }

    fn for_statement(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        let clause = named(node).into_iter().find(|child| child.kind() != "block");
        let body = node.child_by_field_name("body");
        match clause {
            Some(clause) if clause.kind() == "range_clause" => {
                let over = clause
                    .child_by_field_name("right")
                    .map_or(Expr::Opaque, |part| self.expr(part));
                let mut cursor = clause.walk();
                let defines = clause.children(&mut cursor).any(|child| child.kind() == ":=");
                let left = match defines {
                    true => self.new_names(clause, "left"),
                    false => self.list(clause, "left"),
                };
                let body = body.map(|body| self.block(body)).unwrap_or_default();
                out.push(Stmt::Range(left, over, body));
                return;
            }
            Some(clause) if clause.kind() == "for_clause" => {
                self.initializer(clause, out);
                out.extend(
                    clause
                        .child_by_field_name("condition")
                        .map(|condition| Stmt::Expr(self.expr(condition))),
                );
            }
            Some(condition) => out.push(Stmt::Expr(self.expr(condition))),
            None => {}
        }
        out.push(Stmt::Blocks(vec![body.map(|body| self.block(body)).unwrap_or_default()]));
    }
}
