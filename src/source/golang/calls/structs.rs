//! Structs that a callee takes by value: their layout, and where a pointer is passed instead. For a struct of
//! 9 to 16 bytes the pointer is right for x64, whose callers pass a copy's address, and wrong for arm64, which
//! wants two registers (up to four vector registers where it is all floats of one kind).

use std::collections::HashSet;

use crate::facts::source::{Passed, Sure};

use super::flow::{Flow, Found};
use super::ir::{Call, Expr, Ty};
use super::known;
use super::package::{FuncId, Package};
use super::sinks;

/// How deep structs may stand in structs.
const MAX_STEPS: usize = 12;

/// The layout of a struct.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) bytes: u64,
    align: u64,
    /// How many floats, where it is nothing but floats of one kind; else none.
    pub(super) floats: u64,
    /// Bytes of one of them.
    float_bytes: u64,
}

/// The layout of a struct type; of nothing else.
pub(super) fn layout(package: &Package<'_>, ty: &Ty) -> Option<Layout> {
    match package.underlying(ty) {
        Ty::Qualified(_, name) => {
            let bytes = known::foreign_struct(&name)?;
            Some(Layout { bytes, align: 4, floats: 0, float_bytes: 0 })
        }
        inner @ Ty::Struct(_) => of(package, &inner, MAX_STEPS),
        _ => None,
    }
}

fn of(package: &Package<'_>, ty: &Ty, steps: usize) -> Option<Layout> {
    let steps = steps.checked_sub(1)?;
    if let Some(bytes) = package.float(ty) {
        return Some(Layout { bytes, align: bytes, floats: 1, float_bytes: bytes });
    }
    if let Some(bytes) = package.integer(ty) {
        return Some(Layout { bytes, align: bytes, floats: 0, float_bytes: 0 });
    }
    match package.underlying(ty) {
        Ty::Pointer(_) => Some(Layout { bytes: 8, align: 8, floats: 0, float_bytes: 0 }),
        Ty::Name(name) if name == "bool" => {
            Some(Layout { bytes: 1, align: 1, floats: 0, float_bytes: 0 })
        }
        Ty::Qualified(path, name) if path == "unsafe" && name == "Pointer" => {
            Some(Layout { bytes: 8, align: 8, floats: 0, float_bytes: 0 })
        }
        Ty::Qualified(_, name) => {
            let bytes = known::foreign_struct(&name)?;
            Some(Layout { bytes, align: 4, floats: 0, float_bytes: 0 })
        }
        Ty::Array(length, inner) => {
            let (length, one) = (length?, of(package, &inner, steps)?);
            let bytes = one.bytes.checked_mul(length)?;
            Some(Layout { bytes, floats: one.floats.checked_mul(length)?, ..one })
        }
        Ty::Struct(fields) => {
            let parts: Option<Vec<Layout>> =
                fields.iter().map(|field| of(package, &field.ty, steps)).collect();
            combined(&parts?)
        }
        _ => None,
    }
}

fn combined(parts: &[Layout]) -> Option<Layout> {
    let mut all = Layout { bytes: 0, align: 1, floats: 0, float_bytes: 0 };
    for part in parts {
        all.bytes = all.bytes.checked_next_multiple_of(part.align)?.checked_add(part.bytes)?;
        all.align = all.align.max(part.align);
        all.floats = all.floats.checked_add(part.floats)?;
        all.float_bytes = all.float_bytes.max(part.float_bytes);
    }
    all.bytes = all.bytes.checked_next_multiple_of(all.align)?;
    if all.floats.checked_mul(all.float_bytes)? != all.bytes {
        (all.floats, all.float_bytes) = (0, 0);
    }
    Some(all)
}

impl Layout {
    /// Whether x64 passes it by a pointer and arm64 in registers.
    fn differs(self) -> bool {
        (9..=16).contains(&self.bytes) || self.bytes > 16 && (1..=4).contains(&self.floats)
    }
}

/// The methods of Windows Runtime interfaces of a package, by name. The Windows Runtime has one calling
/// convention: structs go by value. Their tables of methods begin with that of `IInspectable`.
pub(super) fn runtime_methods<'a>(package: &Package<'a>) -> HashSet<&'a str> {
    let mut found = HashSet::new();
    for (_, ty) in package.types() {
        let Ty::Struct(fields) = ty else { continue };
        if fields.iter().any(|field| field.embedded && field.name == "IInspectableVtbl") {
            let own = fields.iter().filter(|field| !field.embedded);
            found.extend(own.map(|field| field.name.as_str()));
        }
    }
    found
}

/// Judges one call.
pub(super) fn call<'a>(
    flow: &Flow<'_, 'a>,
    id: FuncId,
    call: &Call,
    by_value: &HashSet<&str>,
    webview: bool,
    found: &mut Vec<Found>,
) {
    if by_value.is_empty() && !webview {
        return;
    }
    let sink = sinks::of(flow.package, flow.live, id, call);
    let (callee, via, first) = match &sink {
        Some(sink) if !sink.target.assembly => {
            (sink.target.name.clone(), sink.via.clone(), sink.first)
        }
        Some(_) => return,
        // `controller.vtbl.PutBounds.Call(…)` with a method of the package's own.
        None if matches!(&call.fun, Expr::Select(_, method) if method == "Call") => {
            let callee = sinks::described(flow.package, flow.live, id, call);
            let helper = flow.package.called(flow.live, id, &call.fun);
            (callee, helper.map_or_else(|| "Call".to_owned(), |helper| flow.name(helper)), 0)
        }
        None => return,
    };
    let Some(callee) = callee else { return };
    let mut add = |line, sure| {
        found.push(Found {
            function: id,
            line,
            callee: Some(callee.clone()),
            via: via.clone(),
            passed: Passed::SmallStruct,
            through: Vec::new(),
            sure,
        });
    };
    let args = call.args.iter().skip(first);
    if webview && known::takes_rect(&callee) {
        // `this`, then the RECT.
        if let Some(arg) = args.clone().nth(1)
            && address(flow, id, &arg.expr).is_some()
        {
            add(arg.line, Sure::Direct);
        }
    } else if by_value.contains(callee.as_str()) {
        let parameter = |expr: &Expr| match expr {
            Expr::Addr(inner) => match **inner {
                Expr::Local(local) => flow.package.function(id).is_some_and(|function| {
                    let ty = function.locals.get(local).and_then(|local| local.ty.as_ref());
                    function.params.contains(&local)
                        && ty.and_then(|ty| layout(flow.package, ty)).is_some_and(Layout::differs)
                }),
                _ => false,
            },
            _ => false,
        };
        for arg in args.skip(1) {
            if address(flow, id, &arg.expr).is_some_and(parameter) {
                add(arg.line, Sure::Inferred);
            }
        }
    }
}

/// What `uintptr(unsafe.Pointer(x))` converts.
fn address<'e>(flow: &Flow<'_, '_>, id: FuncId, expr: &'e Expr) -> Option<&'e Expr> {
    let (ty, inner) = flow.conversion(id, expr)?;
    if ty != Ty::Name("uintptr".into()) {
        return None;
    }
    let (ty, inner) = flow.conversion(id, inner)?;
    match ty {
        Ty::Qualified(path, name) if path == "unsafe" && name == "Pointer" => Some(inner),
        _ => None,
    }
}
