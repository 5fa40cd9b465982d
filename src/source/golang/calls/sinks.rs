//! Calls that hand integers to code outside of Go, and what they call.

use crate::facts::source::Sure;

use super::ir::{Call, Expr, Ty};
use super::live::LiveCode;
use super::package::{Binds, FuncId, Package};

/// Functions that call an address, with the position of the first argument that is handed over.
const SYSCALLS: &[(&str, usize)] = &[
    ("Syscall", 2),
    ("Syscall6", 2),
    ("Syscall9", 2),
    ("Syscall12", 2),
    ("Syscall15", 2),
    ("Syscall18", 2),
    ("SyscallN", 1),
    ("RawSyscall", 1),
    ("RawSyscall6", 1),
];

/// How many steps are followed from an expression to what it names.
const MAX_STEPS: usize = 12;

/// A call that leaves Go.
#[derive(Debug)]
pub(super) struct Sink {
    /// Position of the first argument that is handed over.
    pub(super) first: usize,
    /// What is called.
    pub(super) target: Target,
    /// What calls it.
    pub(super) via: String,
    pub(super) sure: Sure,
    /// Whether only a `uintptr` tells this call from another method of the same name.
    pub(super) wants_uintptr: bool,
}

/// What a call goes to.
#[derive(Debug, Default, Clone)]
pub(super) struct Target {
    /// Its name: that of a DLL's function, a COM method, or a variable.
    pub(super) name: Option<String>,
    /// Whether it is for certain code that follows the rules of Windows for its parameters.
    pub(super) known: bool,
    /// Whether it is assembly of this package, which may move the arguments where they belong.
    pub(super) assembly: bool,
    /// Whether it is the receiver of the method at hand, as in `func (p ComProc) Call(…)`.
    pub(super) receiver: bool,
}

/// What a package that is imported with a dot is asked for.
pub(super) fn exports(path: &str, name: &str) -> bool {
    match path {
        "math" => name.ends_with("bits") && name.starts_with("Float"),
        "unsafe" => name == "Pointer",
        _ => first_argument(path, name).is_some(),
    }
}

/// The position of the first argument that a function hands over, if it is such a function. purego's
/// `SyscallN` is `syscall.SyscallN` on Windows; its `RegisterFunc` puts floats where they belong.
fn first_argument(path: &str, name: &str) -> Option<usize> {
    let purego = name == "SyscallN" && path.rsplit('/').any(|element| element == "purego");
    if !purego && !matches!(path, "syscall" | "golang.org/x/sys/windows") {
        return None;
    }
    SYSCALLS.iter().find(|(known, _)| *known == name).map(|(_, first)| *first)
}

/// What a call hands over, if it leaves Go.
pub(super) fn of<'a>(
    package: &Package<'a>,
    live: &LiveCode<'a>,
    id: FuncId,
    call: &Call,
) -> Option<Sink> {
    let look = Look { package, live };
    if let Some((path, name)) = package.foreign(id, &call.fun) {
        let first = first_argument(path, name)?;
        let mut target = Target::default();
        if let Some(arg) = call.args.first() {
            look.target(id, &arg.expr, &mut target, MAX_STEPS);
        }
        let package_name = path.rsplit('/').next().unwrap_or(path);
        let via = format!("{package_name}.{name}");
        return Some(Sink { first, target, via, sure: Sure::Direct, wants_uintptr: false });
    }
    let Expr::Select(base, method) = &call.fun else { return None };
    if method != "Call" || package.called(live, id, &call.fun).is_some() {
        return None;
    }
    let mut target = Target::default();
    look.target(id, base, &mut target, MAX_STEPS);
    let ty = package.type_of(live, id, base);
    let proc_type = ty.as_ref().and_then(proc_type);
    let (via, sure, wants_uintptr) = match (proc_type, &ty) {
        (Some(name), _) => (format!("(*{name}).Call"), Sure::Direct, false),
        // Of another type that is known, and not by its name: its own `Call` does something else.
        (None, Some(Ty::Struct(_) | Ty::Slice(_) | Ty::Array(..))) => return None,
        (None, _) if look.made_by_dll(id, base) => {
            ("(*LazyProc).Call".to_owned(), Sure::Direct, false)
        }
        (None, _) if through_vtable(base) => ("Call".to_owned(), Sure::Direct, true),
        (None, _) => ("Call".to_owned(), Sure::Inferred, true),
    };
    Some(Sink { first: 0, target, via, sure, wants_uintptr })
}

/// What a call of a function of this package goes to, told from the call: `proc.Call(…)`, `call(vtbl.Foo, …)`.
pub(super) fn described<'a>(
    package: &Package<'a>,
    live: &LiveCode<'a>,
    id: FuncId,
    call: &Call,
) -> Option<String> {
    let look = Look { package, live };
    let mut asked: Vec<&Expr> = Vec::new();
    if let Expr::Select(base, method) = &call.fun
        && method == "Call"
    {
        asked.push(base);
    }
    asked.extend(call.args.iter().take(2).map(|arg| &arg.expr));
    for expr in asked {
        let mut target = Target::default();
        look.target(id, expr, &mut target, MAX_STEPS);
        if target.known {
            return target.name;
        }
    }
    None
}

/// `LazyProc` or `Proc`, where a type is one of Go's.
fn proc_type(ty: &Ty) -> Option<&str> {
    let ty = match ty {
        Ty::Pointer(inner) => inner,
        other => other,
    };
    match ty {
        Ty::Qualified(path, name)
            if matches!(path.as_str(), "syscall" | "golang.org/x/sys/windows")
                && matches!(name.as_str(), "LazyProc" | "Proc") =>
        {
            Some(name)
        }
        _ => None,
    }
}

/// Whether the way to a method goes through a table of methods, by its name.
fn through_vtable(expr: &Expr) -> bool {
    let mut expr = expr;
    for _ in 0..MAX_STEPS {
        expr = match expr {
            Expr::Select(base, field) if is_vtable(field) => {
                let _ = base;
                return true;
            }
            Expr::Local(_) | Expr::Name(_) => return false,
            Expr::Select(base, _) | Expr::Index(base, _) | Expr::Star(base) | Expr::Addr(base) => {
                base
            }
            Expr::Call(call) => match &call.args.as_slice() {
                [one] if !matches!(call.fun, Expr::Select(..)) => &one.expr,
                _ => &call.fun,
            },
            _ => return false,
        };
    }
    false
}

fn is_vtable(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.contains("vtbl") || name.contains("vtable")
}

/// Follows names.
struct Look<'p, 'a> {
    package: &'p Package<'a>,
    live: &'p LiveCode<'a>,
}

impl<'a> Look<'_, 'a> {
    /// Adds what an expression says of the target.
    fn target(&self, id: FuncId, expr: &Expr, target: &mut Target, steps: usize) {
        let Some(steps) = steps.checked_sub(1) else { return };
        match expr {
            Expr::Local(local) => {
                let function = self.package.function(id);
                target.receiver |= function.is_some_and(|f| f.this == Some(*local));
                match self.live.only_value(id, *local) {
                    Some(value) => self.target(id, value, target, steps),
                    None => self.name(
                        function.and_then(|f| f.locals.get(*local)).map(|local| &local.name),
                        target,
                    ),
                }
            }
            Expr::Name(name) => {
                if let Some(function) = self.package.named(name) {
                    target.assembly |=
                        self.package.function(function).is_some_and(|f| f.body.is_none());
                }
                if let Some((of, value)) = self.package.var(name).and_then(|var| var.value) {
                    self.target(of, value, target, steps);
                }
                self.name(Some(name), target);
            }
            Expr::Qualified(_, name) => self.name(Some(name), target),
            Expr::Select(base, field) => {
                target.known |= through_vtable(expr) || through_vtable(base);
                self.name(Some(field), target);
            }
            Expr::Call(call) => self.called(id, call, target, steps),
            Expr::Star(inner) | Expr::Addr(inner) => self.target(id, inner, target, steps),
            Expr::Index(inner, _) => {
                target.known |= through_vtable(inner);
                let mut base = Target::default();
                self.target(id, inner, &mut base, steps);
                target.assembly |= base.assembly;
            }
            Expr::Text(text) if is_name(text) => {
                target.name = Some(text.clone());
            }
            _ => {}
        }
    }

    fn called(&self, id: FuncId, call: &Call, target: &mut Target, steps: usize) {
        let texts = || {
            call.args.iter().find_map(|arg| match &arg.expr {
                Expr::Text(text) if is_name(text) => Some(text.clone()),
                _ => None,
            })
        };
        match &call.fun {
            // `proc.Addr()`, `v.VTable()`
            Expr::Select(base, method) if call.args.is_empty() => {
                if method == "Addr" {
                    self.target(id, base, target, steps);
                    target.known |= self.made_by_dll(id, base)
                        || self
                            .package
                            .type_of(self.live, id, base)
                            .is_some_and(|ty| proc_type(&ty).is_some());
                } else {
                    target.known |= is_vtable(method);
                }
            }
            // A function by its name, be it of the `syscall` package or of a helper's.
            _ if texts().is_some() => {
                target.name = texts();
                target.known = true;
            }
            fun => {
                if let Expr::Name(name) = fun {
                    let mut helper = Target::default();
                    self.target(id, &Expr::Name(name.clone()), &mut helper, steps);
                    target.assembly |= helper.assembly;
                }
                for arg in &call.args {
                    self.target(id, &arg.expr, target, steps);
                }
            }
        }
    }

    fn name(&self, name: Option<&String>, target: &mut Target) {
        if target.name.is_none() {
            target.name = name.cloned();
        }
    }

    /// Whether an expression is a function of a DLL: `dll.NewProc("…")`, also through a variable.
    fn made_by_dll(&self, id: FuncId, expr: &Expr) -> bool {
        let (mut id, mut expr) = (id, expr);
        for _ in 0..MAX_STEPS {
            match expr {
                Expr::Call(call) => {
                    return matches!(&call.fun, Expr::Select(_, method)
                        if matches!(method.as_str(), "NewProc" | "MustFindProc" | "FindProc"));
                }
                Expr::Local(local) => match self.live.only_value(id, *local) {
                    Some(value) => expr = value,
                    None => return self.result_of_find(id, *local),
                },
                Expr::Name(name) => match self.package.var(name).and_then(|var| var.value) {
                    Some((of, value)) => (id, expr) = (of, value),
                    None => return false,
                },
                _ => return false,
            }
        }
        false
    }

    /// `proc, err := dll.FindProc("…")`
    fn result_of_find(&self, id: FuncId, local: usize) -> bool {
        let bounds = self.live.0.get(id).and_then(|live| live.bounds.get(&local));
        matches!(bounds.map(Vec::as_slice), Some([super::live::Bound::Result(Expr::Call(call), 0)])
            if matches!(&call.fun, Expr::Select(_, method) if method == "FindProc"))
    }
}

/// Whether a string can be the name of a function.
fn is_name(text: &str) -> bool {
    let mut letters = text.bytes();
    letters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && letters.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
