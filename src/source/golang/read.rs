//! From a syntax tree to [`Declarations`]: visits the children of the root and their parts, never
//! a body, and never recurses.

use tree_sitter::{Node, Tree, TreeCursor};

use super::{Declaration, DeclarationKind, Declarations, TypeForm};

/// How many layers of parentheses, pointers and type arguments a receiver or a type may have
/// before its name is given up. Written code has two.
const MAX_LAYERS: usize = 16;

/// Collects what the tree of `src` declares.
pub(super) fn declarations(src: &[u8], tree: &Tree) -> Declarations {
    let root = tree.root_node();
    let reader = Reader { src };
    let mut found = Declarations { first_error: first_error(root), ..Declarations::default() };
    let mut cursor = root.walk();
    for node in root.children(&mut cursor) {
        match node.kind() {
            "comment" if found.package.is_empty() && found.build_line.is_none() => {
                found.build_line = reader.build_line(node);
            }
            "package_clause" if found.package.is_empty() => {
                found.package =
                    node.named_child(0).map(|name| reader.text(name)).unwrap_or_default();
            }
            "import_declaration" => found.imports_c |= reader.imports_c(node),
            "function_declaration" => found.items.extend(reader.function(node)),
            "method_declaration" => found.items.extend(reader.method(node)),
            "type_declaration" => reader.types(node, &mut found.items),
            "var_declaration" => reader.names(node, &DeclarationKind::Var, &mut found.items),
            "const_declaration" => reader.names(node, &DeclarationKind::Const, &mut found.items),
            _ => {}
        }
    }
    found
}

struct Reader<'a> {
    src: &'a [u8],
}

impl Reader<'_> {
    fn text(&self, node: Node<'_>) -> String {
        let bytes = self.src.get(node.byte_range()).unwrap_or_default();
        String::from_utf8_lossy(bytes).into_owned()
    }

    /// The text of a comment that is a build line. Go asks for the marker and then white space or
    /// the end; `//go:buildx` is another word.
    fn build_line(&self, comment: Node<'_>) -> Option<String> {
        let text = self.text(comment);
        let rest = text.strip_prefix("//go:build")?;
        let is_line = rest.is_empty() || rest.starts_with([' ', '\t', '\r']);
        is_line.then(|| text.trim().to_owned())
    }

    fn imports_c(&self, node: Node<'_>) -> bool {
        let mut cursor = node.walk();
        specs(node, "import_spec", &mut cursor).into_iter().any(|spec| {
            let path = spec.child_by_field_name("path").map(|path| self.text(path));
            matches!(path.as_deref(), Some("\"C\"" | "`C`"))
        })
    }

    fn declaration(&self, name: Node<'_>, kind: DeclarationKind) -> Option<Declaration> {
        let line = name.start_position().row + 1;
        let name = self.text(name);
        // An empty name is one the parser made up to go on.
        let exported = name.chars().next()?.is_uppercase();
        Some(Declaration { name, kind, line, exported })
    }

    fn function(&self, node: Node<'_>) -> Option<Declaration> {
        let kind = DeclarationKind::Func {
            bodyless: node.child_by_field_name("body").is_none(),
            generic: node.child_by_field_name("type_parameters").is_some(),
        };
        self.declaration(node.child_by_field_name("name")?, kind)
    }

    fn method(&self, node: Node<'_>) -> Option<Declaration> {
        let parameters = node.child_by_field_name("receiver")?;
        let mut layer = parameters.named_child(0)?.child_by_field_name("type")?;
        let (mut pointer, mut generic_receiver) = (false, false);
        for _ in 0..MAX_LAYERS {
            layer = match layer.kind() {
                "pointer_type" => {
                    pointer = true;
                    layer.named_child(0)?
                }
                "parenthesized_type" => layer.named_child(0)?,
                "generic_type" => {
                    generic_receiver = true;
                    layer.child_by_field_name("type")?
                }
                _ => break,
            };
        }
        let kind = DeclarationKind::Method {
            receiver: self.text(layer),
            pointer,
            bodyless: node.child_by_field_name("body").is_none(),
            generic_receiver,
        };
        self.declaration(node.child_by_field_name("name")?, kind)
    }

    fn types(&self, node: Node<'_>, items: &mut Vec<Declaration>) {
        let mut cursor = node.walk();
        for spec in node.named_children(&mut cursor) {
            let alias = match spec.kind() {
                "type_spec" => false,
                "type_alias" => true,
                _ => continue,
            };
            let Some(name) = spec.child_by_field_name("name") else { continue };
            let kind = DeclarationKind::Type {
                form: spec.child_by_field_name("type").map_or(TypeForm::Other, |of| self.form(of)),
                alias,
                generic: spec.child_by_field_name("type_parameters").is_some(),
            };
            items.extend(self.declaration(name, kind));
        }
    }

    fn form(&self, mut layer: Node<'_>) -> TypeForm {
        for _ in 0..MAX_LAYERS {
            let inner = match layer.kind() {
                "struct_type" => return TypeForm::Struct,
                "interface_type" => return TypeForm::Interface,
                "type_identifier" => return TypeForm::Local(self.text(layer)),
                "qualified_type" => return TypeForm::Qualified,
                "parenthesized_type" => layer.named_child(0),
                "generic_type" => layer.child_by_field_name("type"),
                _ => None,
            };
            match inner {
                Some(inner) => layer = inner,
                None => break,
            }
        }
        TypeForm::Other
    }

    /// The names of a `var` or `const` declaration, single or in a group.
    fn names(&self, node: Node<'_>, kind: &DeclarationKind, items: &mut Vec<Declaration>) {
        let wanted = if *kind == DeclarationKind::Var { "var_spec" } else { "const_spec" };
        let mut cursor = node.walk();
        for spec in specs(node, wanted, &mut cursor) {
            let mut cursor = spec.walk();
            for name in spec.children_by_field_name("name", &mut cursor) {
                // The grammar gives the commas between the names of a constant the field too.
                if name.is_named() {
                    items.extend(self.declaration(name, kind.clone()));
                }
            }
        }
    }
}

/// The parts of kind `wanted` of a declaration: its children, or those of the list node in it.
fn specs<'tree>(
    node: Node<'tree>,
    wanted: &str,
    cursor: &mut TreeCursor<'tree>,
) -> Vec<Node<'tree>> {
    let mut found = Vec::new();
    for child in node.named_children(cursor) {
        if child.kind() == wanted {
            found.push(child);
        } else if child.kind().ends_with("_spec_list") {
            let mut cursor = child.walk();
            found.extend(child.named_children(&mut cursor).filter(|spec| spec.kind() == wanted));
        }
    }
    found
}

/// The line of the first error node or missing token, counted from 1.
fn first_error(root: Node<'_>) -> Option<usize> {
    if !root.has_error() {
        return None;
    }
    let mut cursor = root.walk();
    loop {
        let node = cursor.node();
        if node.is_error() || node.is_missing() {
            return Some(node.start_position().row + 1);
        }
        // Go down where an error is known to be below, else to the next sibling.
        let moved =
            if node.has_error() { cursor.goto_first_child() } else { cursor.goto_next_sibling() };
        if !moved {
            // Nothing below or behind: the error is where we stand.
            return Some(node.start_position().row + 1);
        }
    }
}
