//! The files of a package together: what a name stands for, and what type an expression has.

use std::collections::HashMap;

use super::ir::{Expr, FileIr, FuncIr, Ty};

/// How many steps are followed from a name to what it stands for.
const MAX_STEPS: usize = 16;

/// A function of the package, by its place in [`Package::funcs`].
pub(super) type FuncId = usize;

/// A package.
pub(super) struct Package<'a> {
    /// Every function, with its file; the values of package variables are functions without a name.
    pub(super) funcs: Vec<(usize, &'a FuncIr)>,
    files: &'a [FileIr],
    types: HashMap<&'a str, &'a Ty>,
    vars: HashMap<&'a str, Var<'a>>,
    by_name: HashMap<&'a str, FuncId>,
    methods: HashMap<&'a str, Vec<FuncId>>,
}

/// A variable of the package: its type, and its value with the function whose variables that refers to.
#[derive(Clone, Copy)]
pub(super) struct Var<'a> {
    pub(super) ty: Option<&'a Ty>,
    pub(super) value: Option<(FuncId, &'a Expr)>,
    pub(super) constant: bool,
}

impl<'a> Package<'a> {
    pub(super) fn new(files: &'a [FileIr]) -> Self {
        let mut package = Self {
            funcs: Vec::new(),
            files,
            types: HashMap::new(),
            vars: HashMap::new(),
            by_name: HashMap::new(),
            methods: HashMap::new(),
        };
        for (at, file) in files.iter().enumerate() {
            package.types.extend(file.types.iter().map(|(name, ty)| (name.as_str(), ty)));
            for function in file.funcs.iter().chain([&file.init]) {
                let id = package.funcs.len();
                package.funcs.push((at, function));
                match (&function.receiver, function.name.as_str()) {
                    (_, "") => {}
                    (Some(_), name) => package.methods.entry(name).or_default().push(id),
                    (None, name) => {
                        package.by_name.insert(name, id);
                    }
                }
            }
            let init = package.funcs.len() - 1;
            let body = file.init.body.as_deref().unwrap_or_default();
            for var in &file.vars {
                let value = var.value.and_then(|index| match body.get(index) {
                    Some(super::ir::Stmt::Expr(value)) => Some((init, value)),
                    _ => None,
                });
                let (ty, constant) = (var.ty.as_ref(), var.constant);
                package.vars.insert(&var.name, Var { ty, value, constant });
            }
        }
        package
    }

    pub(super) fn function(&self, id: FuncId) -> Option<&'a FuncIr> {
        self.funcs.get(id).map(|(_, function)| *function)
    }

    pub(super) fn var(&self, name: &str) -> Option<Var<'a>> {
        self.vars.get(name).copied()
    }

    pub(super) fn named(&self, name: &str) -> Option<FuncId> {
        self.by_name.get(name).copied()
    }

    pub(super) fn types(&self) -> impl Iterator<Item = (&'a str, &'a Ty)> {
        self.types.iter().map(|(name, ty)| (*name, *ty))
    }

    /// Import path and name of what another package declares, dot imports included.
    pub(super) fn foreign<'e>(&self, in_func: FuncId, expr: &'e Expr) -> Option<(&'e str, &'e str)>
    where
        'a: 'e,
    {
        match expr {
            Expr::Qualified(path, name) => Some((path, name)),
            Expr::Name(name) if !self.declares(name) => {
                let (file, _) = self.funcs.get(in_func)?;
                let dot = &self.files.get(*file)?.dot;
                let found = dot.iter().find(|path| super::sinks::exports(path, name))?;
                Some((found, name))
            }
            _ => None,
        }
    }

    fn declares(&self, name: &str) -> bool {
        self.by_name.contains_key(name)
            || self.vars.contains_key(name)
            || self.types.contains_key(name)
    }

    /// The type behind the names of this package.
    pub(super) fn underlying(&self, ty: &Ty) -> Ty {
        let mut ty = ty;
        for _ in 0..MAX_STEPS {
            let Ty::Name(name) = ty else { break };
            let Some(next) = self.types.get(name.as_str()) else { break };
            ty = next;
        }
        ty.clone()
    }

    /// Bytes of a float type.
    pub(super) fn float(&self, ty: &Ty) -> Option<u64> {
        match self.underlying(ty) {
            Ty::Name(name) if name == "float64" => Some(8),
            Ty::Name(name) if name == "float32" => Some(4),
            _ => None,
        }
    }

    /// Bytes of an integer type.
    pub(super) fn integer(&self, ty: &Ty) -> Option<u64> {
        let Ty::Name(name) = self.underlying(ty) else {
            return matches!(ty, Ty::Qualified(_, name) if is_handle(name)).then_some(8);
        };
        match name.as_str() {
            "uintptr" | "uint64" | "int64" | "uint" | "int" => Some(8),
            "uint32" | "int32" | "rune" => Some(4),
            "uint16" | "int16" => Some(2),
            "uint8" | "int8" | "byte" => Some(1),
            _ => None,
        }
    }

    /// What an expression is as a type, where it can be one.
    pub(super) fn as_type(&self, expr: &Expr) -> Option<Ty> {
        self.as_type_within(expr, MAX_STEPS)
    }

    fn as_type_within(&self, expr: &Expr, steps: usize) -> Option<Ty> {
        let steps = steps.checked_sub(1)?;
        match expr {
            Expr::Type(ty) => Some(ty.clone()),
            Expr::Name(name) if self.is_type(name) => Some(Ty::Name(name.clone())),
            Expr::Qualified(path, name) => Some(Ty::Qualified(path.clone(), name.clone())),
            Expr::Star(inner) => Some(Ty::Pointer(Box::new(self.as_type_within(inner, steps)?))),
            _ => None,
        }
    }

    fn is_type(&self, name: &str) -> bool {
        self.types.contains_key(name) || !self.declares(name) && is_basic(name)
    }

    /// The type of an expression, as far as the package tells.
    pub(super) fn type_of(&self, flow: &impl Binds<'a>, id: FuncId, expr: &Expr) -> Option<Ty> {
        self.type_within(flow, id, expr, MAX_STEPS)
    }

    fn type_within(
        &self,
        flow: &impl Binds<'a>,
        id: FuncId,
        expr: &Expr,
        steps: usize,
    ) -> Option<Ty> {
        let steps = steps.checked_sub(1)?;
        let of = |expr: &Expr| self.type_within(flow, id, expr, steps);
        match expr {
            Expr::Local(local) => {
                let known = self.function(id)?.locals.get(*local)?.ty.clone();
                known.or_else(|| of(flow.only_value(id, *local)?))
            }
            Expr::Name(name) => {
                let var = self.var(name)?;
                let (of, value) = match (var.ty, var.value) {
                    (Some(ty), _) => return Some(ty.clone()),
                    (None, value) => value?,
                };
                self.type_within(flow, of, value, steps)
            }
            Expr::Select(base, field) => self.field(&of(base)?, field),
            Expr::Star(inner) => match self.underlying(&of(inner)?) {
                Ty::Pointer(inner) => Some(*inner),
                _ => None,
            },
            Expr::Addr(inner) => Some(Ty::Pointer(Box::new(of(inner)?))),
            Expr::Assert(_, ty) | Expr::Composite(ty, _) => Some(ty.clone()),
            Expr::Float => Some(Ty::Name("float64".into())),
            Expr::Index(base, _) => match self.underlying(&of(base)?) {
                Ty::Slice(inner) | Ty::Array(_, inner) => Some(*inner),
                Ty::Pointer(inner) => match self.underlying(&inner) {
                    Ty::Array(_, inner) => Some(*inner),
                    _ => None,
                },
                _ => None,
            },
            Expr::Slice(base) => of(base),
            Expr::Unary(operator, inner) if matches!(operator.as_str(), "-" | "+" | "^") => {
                of(inner)
            }
            Expr::Binary(operator, left, right) => match operator.as_str() {
                "==" | "!=" | "<" | "<=" | ">" | ">=" | "&&" | "||" => {
                    Some(Ty::Name("bool".into()))
                }
                "<<" | ">>" => of(left),
                // A constant takes the type of the other side.
                _ if matches!(**left, Expr::Float | Expr::Int) => of(right),
                _ => of(left),
            },
            Expr::Call(call) => {
                if let Some(called) = self.called(flow, id, &call.fun) {
                    return self.function(called)?.result.clone();
                }
                match self.foreign(id, &call.fun) {
                    Some(("math", name)) => math_result(name),
                    Some(_) => None,
                    None => self.as_type(&call.fun),
                }
            }
            _ => None,
        }
    }

    /// The type of a field, also of what is embedded.
    fn field(&self, ty: &Ty, name: &str) -> Option<Ty> {
        self.field_within(ty, name, MAX_STEPS)
    }

    fn field_within(&self, ty: &Ty, name: &str, steps: usize) -> Option<Ty> {
        let steps = steps.checked_sub(1)?;
        let fields = match self.underlying(ty) {
            Ty::Struct(fields) => fields,
            Ty::Pointer(inner) => match self.underlying(&inner) {
                Ty::Struct(fields) => fields,
                _ => return None,
            },
            _ => return None,
        };
        if let Some(field) = fields.iter().find(|field| field.name == name) {
            return Some(field.ty.clone());
        }
        let mut embedded = fields.iter().filter(|field| field.embedded);
        embedded.find_map(|field| self.field_within(&field.ty, name, steps))
    }

    /// The function of this package that a call means.
    pub(super) fn called(&self, flow: &impl Binds<'a>, id: FuncId, fun: &Expr) -> Option<FuncId> {
        match fun {
            Expr::Name(name) => self.named(name),
            Expr::Index(inner, _) => match &**inner {
                Expr::Name(name) => self.named(name),
                _ => None,
            },
            Expr::Select(base, method) => {
                let candidates = self.methods.get(method.as_str())?;
                let ty = self.type_of(flow, id, base);
                self.method(&ty?, candidates, MAX_STEPS)
            }
            _ => None,
        }
    }

    fn method(&self, ty: &Ty, candidates: &[FuncId], steps: usize) -> Option<FuncId> {
        let steps = steps.checked_sub(1)?;
        let ty = match ty {
            Ty::Pointer(inner) => inner,
            other => other,
        };
        let Ty::Name(name) = ty else { return None };
        let of = |id: &FuncId| {
            self.function(*id)
                .and_then(|function| function.receiver.as_ref())
                .is_some_and(|(receiver, _)| receiver == name)
        };
        if let Some(found) = candidates.iter().copied().find(|id| of(id)) {
            return Some(found);
        }
        let Ty::Struct(fields) = self.underlying(ty) else { return None };
        let mut embedded = fields.iter().filter(|field| field.embedded);
        embedded.find_map(|field| self.method(&field.ty, candidates, steps))
    }
}

/// What is known of the values of variables.
pub(super) trait Binds<'a> {
    /// The value of a variable that is set in one place.
    fn only_value(&self, id: FuncId, local: usize) -> Option<&'a Expr>;
}

fn is_basic(name: &str) -> bool {
    matches!(
        name,
        "uintptr"
            | "uint64"
            | "int64"
            | "uint"
            | "int"
            | "uint32"
            | "int32"
            | "rune"
            | "uint16"
            | "int16"
            | "uint8"
            | "int8"
            | "byte"
            | "float64"
            | "float32"
            | "bool"
            | "string"
    )
}

/// Types of other packages that are as wide as a pointer, by custom of the Windows API.
fn is_handle(name: &str) -> bool {
    let known = ["Handle", "HANDLE", "HWND", "HDC", "WPARAM", "LPARAM", "LRESULT"];
    known.contains(&name)
}

fn math_result(name: &str) -> Option<Ty> {
    let ty = match name {
        "Float64bits" => "uint64",
        "Float32bits" => "uint32",
        "Float32frombits" | "Nextafter32" => "float32",
        "Signbit" | "IsNaN" | "IsInf" => "bool",
        "Ilogb" => "int",
        // Constants have no type of their own; the rest gives a float64.
        "MaxInt" | "MinInt" | "MaxUint" => return None,
        _ => "float64",
    };
    Some(Ty::Name(ty.into()))
}
