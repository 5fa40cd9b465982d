//! From the syntax tree of a file to [`FileIr`]. Recursion is bounded by [`MAX_DEPTH`].

mod expressions;
mod statements;

use std::collections::HashMap;

use tree_sitter::{Node, Tree};

use super::ir::{Field, FileIr, FuncIr, Local, Stmt, Ty, VarIr};

/// How deep expressions, types and statements may stand in each other. What is deeper is not looked at.
const MAX_DEPTH: usize = 100;

/// How many values of a composite literal are looked at: arguments are few, tables are long.
const MAX_ELEMENTS: usize = 256;

/// Reads a file.
pub(super) fn file(src: &[u8], tree: &Tree) -> FileIr {
    let mut lower = Lower { src, ..Lower::default() };
    let mut file = FileIr::default();
    let root = tree.root_node();
    let mut cursor = root.walk();
    let children: Vec<Node<'_>> = root.named_children(&mut cursor).collect();
    for node in children.iter().filter(|node| node.kind() == "import_declaration") {
        lower.imports(*node);
    }
    let mut body = Vec::new();
    for node in children {
        match node.kind() {
            "function_declaration" | "method_declaration" => file.funcs.push(lower.function(node)),
            "type_declaration" => file.types.extend(lower.types(node)),
            "var_declaration" | "const_declaration" => {
                lower.package_vars(node, &mut file.vars, &mut body);
            }
            _ => {}
        }
    }
    file.init =
        FuncIr { locals: lower.take_package_locals(), body: Some(body), ..FuncIr::default() };
    file.dot = lower.dot;
    file
}

/// The work on one file.
#[derive(Default)]
struct Lower<'s> {
    src: &'s [u8],
    /// Name in this file -> import path.
    imported: HashMap<String, String>,
    dot: Vec<String>,
    /// The variables of the function at hand.
    locals: Vec<Local>,
    /// Names in sight, innermost last.
    scopes: Vec<Vec<(String, usize)>>,
    /// Variables of function literals outside of functions.
    package_locals: Vec<Local>,
    depth: usize,
}

impl Lower<'_> {
    fn text(&self, node: Node<'_>) -> String {
        let bytes = self.src.get(node.byte_range()).unwrap_or_default();
        String::from_utf8_lossy(bytes).into_owned()
    }

    fn field_text(&self, node: Node<'_>, field: &str) -> Option<String> {
        node.child_by_field_name(field).map(|child| self.text(child))
    }

    fn imports(&mut self, node: Node<'_>) {
        for spec in below(node, "import_spec") {
            let Some(path) = self.field_text(spec, "path") else { continue };
            let path = path.trim_matches(['"', '`']).to_owned();
            match spec.child_by_field_name("name") {
                Some(name) if name.kind() == "dot" => self.dot.push(path),
                Some(name) => {
                    let name = self.text(name);
                    self.imported.insert(name, path);
                }
                None => {
                    self.imported.insert(default_name(&path).to_owned(), path);
                }
            }
        }
    }

    fn declare(&mut self, name: String, ty: Option<Ty>) -> usize {
        let id = self.locals.len();
        if let Some(scope) = self.scopes.last_mut()
            && name != "_"
        {
            scope.push((name.clone(), id));
        }
        self.locals.push(Local { name, ty });
        id
    }

    fn lookup(&self, name: &str) -> Option<usize> {
        let mut names = self.scopes.iter().rev().flat_map(|scope| scope.iter().rev());
        names.find(|(known, _)| known == name).map(|(_, id)| *id)
    }

    fn scoped<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        self.scopes.push(Vec::new());
        let done = work(self);
        self.scopes.pop();
        done
    }

    /// `None` where it would be too deep.
    fn deeper<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth >= MAX_DEPTH {
            return None;
        }
        self.depth += 1;
        let done = work(self);
        self.depth -= 1;
        Some(done)
    }

    fn take_package_locals(&mut self) -> Vec<Local> {
        std::mem::take(&mut self.package_locals)
    }

    fn function(&mut self, node: Node<'_>) -> FuncIr {
        self.locals = Vec::new();
        self.scopes = vec![Vec::new()];
        let mut function =
            FuncIr { name: self.field_text(node, "name").unwrap_or_default(), ..FuncIr::default() };
        if let Some(receiver) = node.child_by_field_name("receiver") {
            let (params, _) = self.parameters(receiver);
            function.this = params.first().copied();
            let ty = function.this.and_then(|id| self.locals.get(id)?.ty.clone());
            function.receiver = match ty {
                Some(Ty::Pointer(inner)) => type_name(&inner).map(|name| (name, true)),
                Some(other) => type_name(&other).map(|name| (name, false)),
                None => None,
            };
        }
        if let Some(parameters) = node.child_by_field_name("parameters") {
            (function.params, function.variadic) = self.parameters(parameters);
        }
        function.result = node.child_by_field_name("result").and_then(|node| self.result(node));
        // Parameters and body are one scope: `x, y := f()` may keep a parameter.
        function.body = node.child_by_field_name("body").map(|body| self.statements(body));
        function.locals = std::mem::take(&mut self.locals);
        self.scopes = Vec::new();
        function
    }

    /// Declares the parameters of a list; their variables, and whether the last is variadic.
    fn parameters(&mut self, list: Node<'_>) -> (Vec<usize>, bool) {
        let (mut found, mut variadic) = (Vec::new(), false);
        for node in named(list) {
            let ty = node.child_by_field_name("type").map(|ty| self.ty(ty));
            let ty = match node.kind() {
                "parameter_declaration" => ty,
                "variadic_parameter_declaration" => {
                    variadic = true;
                    ty.map(|ty| Ty::Slice(Box::new(ty)))
                }
                _ => continue,
            };
            let mut cursor = node.walk();
            let names: Vec<String> = node
                .children_by_field_name("name", &mut cursor)
                .filter(Node::is_named)
                .map(|name| self.text(name))
                .collect();
            if names.is_empty() {
                found.push(self.declare("_".to_owned(), ty));
            } else {
                for name in names {
                    found.push(self.declare(name, ty.clone()));
                }
            }
        }
        (found, variadic)
    }

    /// Declares named results; the type of the first.
    fn result(&mut self, node: Node<'_>) -> Option<Ty> {
        if node.kind() == "parameter_list" {
            let (results, _) = self.parameters(node);
            return results.first().and_then(|id| self.locals.get(*id)?.ty.clone());
        }
        Some(self.ty(node))
    }

    fn types(&mut self, node: Node<'_>) -> Vec<(String, Ty)> {
        let mut found = Vec::new();
        for spec in named(node) {
            let name = self.field_text(spec, "name");
            if let (Some(name), Some(ty)) = (name, spec.child_by_field_name("type")) {
                found.push((name, self.ty(ty)));
            }
        }
        found
    }

    fn package_vars(&mut self, node: Node<'_>, vars: &mut Vec<VarIr>, body: &mut Vec<Stmt>) {
        self.locals = std::mem::take(&mut self.package_locals);
        self.scopes = vec![Vec::new()];
        for spec in [below(node, "var_spec"), below(node, "const_spec")].concat() {
            let ty = spec.child_by_field_name("type").map(|ty| self.ty(ty));
            let values = spec.child_by_field_name("value").map(|list| self.expressions(list));
            let mut values = values.unwrap_or_default().into_iter();
            let mut cursor = spec.walk();
            let names = spec.children_by_field_name("name", &mut cursor).filter(Node::is_named);
            for name in names.collect::<Vec<_>>() {
                let value = values.next().map(|value| {
                    body.push(Stmt::Expr(value));
                    body.len() - 1
                });
                let constant = spec.kind() == "const_spec";
                vars.push(VarIr { name: self.text(name), ty: ty.clone(), value, constant });
            }
        }
        self.package_locals = std::mem::take(&mut self.locals);
        self.scopes = Vec::new();
    }

    fn ty(&mut self, node: Node<'_>) -> Ty {
        self.deeper(|this| this.ty_inner(node)).unwrap_or(Ty::Other)
    }

    fn ty_inner(&mut self, node: Node<'_>) -> Ty {
        let first = |this: &mut Self| node.named_child(0).map_or(Ty::Other, |inner| this.ty(inner));
        let part = |this: &mut Self, field: &str| {
            node.child_by_field_name(field).map_or(Ty::Other, |inner| this.ty(inner))
        };
        match node.kind() {
            "type_identifier" | "identifier" => Ty::Name(self.text(node)),
            "qualified_type" => {
                let package = self.field_text(node, "package").unwrap_or_default();
                let path = self.imported.get(&package).cloned().unwrap_or(package);
                Ty::Qualified(path, self.field_text(node, "name").unwrap_or_default())
            }
            "parenthesized_type" | "type_elem" => first(self),
            "pointer_type" => Ty::Pointer(Box::new(first(self))),
            "slice_type" => Ty::Slice(Box::new(part(self, "element"))),
            "implicit_length_array_type" => Ty::Array(None, Box::new(part(self, "element"))),
            "array_type" => {
                let length = self.field_text(node, "length").and_then(|text| text.parse().ok());
                Ty::Array(length, Box::new(part(self, "element")))
            }
            "generic_type" => part(self, "type"),
            "struct_type" => Ty::Struct(self.fields(node)),
            _ => Ty::Other,
        }
    }

    fn fields(&mut self, node: Node<'_>) -> Vec<Field> {
        let mut found = Vec::new();
        for list in named(node) {
            for field in named(list) {
                let Some(of) = field.child_by_field_name("type") else { continue };
                let ty = self.ty(of);
                let mut cursor = field.walk();
                let names: Vec<String> = field
                    .children_by_field_name("name", &mut cursor)
                    .filter(Node::is_named)
                    .map(|name| self.text(name))
                    .collect();
                if names.is_empty() {
                    let pointer = field.child(0).is_some_and(|star| star.kind() == "*");
                    let name = type_name(&ty).unwrap_or_default();
                    let ty = if pointer { Ty::Pointer(Box::new(ty)) } else { ty };
                    found.push(Field { name, embedded: true, ty });
                } else {
                    let named = names.into_iter();
                    found.extend(named.map(|name| Field { name, embedded: false, ty: ty.clone() }));
                }
            }
        }
        found
    }
}

/// The name of a type, without its package.
fn type_name(ty: &Ty) -> Option<String> {
    match ty {
        Ty::Name(name) | Ty::Qualified(_, name) => Some(name.clone()),
        _ => None,
    }
}

/// What Go calls a package where the import names it not: by custom, the last element of the path that is
/// no version.
fn default_name(path: &str) -> &str {
    let mut elements = path.rsplit('/');
    let last = elements.next().unwrap_or(path);
    let is_version = last.strip_prefix('v').is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()));
    if is_version { elements.next().unwrap_or(last) } else { last }
}

/// The children that are more than a sign, without comments.
fn named<'t>(node: Node<'t>) -> Vec<Node<'t>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).filter(|child| child.kind() != "comment").collect()
}

/// The children of a kind, also those of a list among the children.
fn below<'t>(node: Node<'t>, kind: &str) -> Vec<Node<'t>> {
    let mut found = Vec::new();
    for child in named(node) {
        if child.kind() == kind {
            found.push(child);
        } else if child.kind().ends_with("_spec_list") {
            found.extend(named(child).into_iter().filter(|spec| spec.kind() == kind));
        }
    }
    found
}

fn line(node: Node<'_>) -> u32 {
    u32::try_from(node.start_position().row + 1).unwrap_or(u32::MAX)
}
