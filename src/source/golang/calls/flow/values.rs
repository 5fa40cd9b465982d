//! What in a value is a float, and which parameters it comes from.

use crate::facts::source::{Passed, Sure};

use super::super::ir::{Call, Expr, FuncIr, Ty};
use super::super::live::Bound;
use super::super::package::FuncId;
use super::super::structs;
use super::{Flow, MAX_PARAMETERS, MAX_ROUNDS, MAX_STEPS, MAX_WORK};

/// A value on its way to a call.
#[derive(Debug, Default, Clone, PartialEq)]
pub(in super::super) struct Value {
    /// What in it is a float.
    pub(in super::super) bits: Option<Bits>,
    /// Which parameters of the function it comes from, one bit each.
    pub(super) params: u64,
}

/// The bits of a float.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) struct Bits {
    pub(in super::super) passed: Passed,
    pub(in super::super) sure: Sure,
    /// Functions that it was returned by.
    pub(in super::super) through: Vec<String>,
}

impl Flow<'_, '_> {
    /// What stands below conversions between integers.
    pub(super) fn converted<'e>(&self, id: FuncId, expr: &'e Expr) -> &'e Expr {
        let mut expr = expr;
        for _ in 0..MAX_STEPS {
            match self.conversion(id, expr) {
                Some((ty, inner)) if self.package.integer(&ty).is_some() => expr = inner,
                _ => break,
            }
        }
        expr
    }

    /// Type and operand of a conversion.
    pub(in super::super) fn conversion<'e>(
        &self,
        id: FuncId,
        expr: &'e Expr,
    ) -> Option<(Ty, &'e Expr)> {
        let Expr::Call(call) = expr else { return None };
        let [arg] = call.args.as_slice() else { return None };
        if self.package.called(self.live, id, &call.fun).is_some() {
            return None;
        }
        Some((self.package.as_type(&call.fun)?, &arg.expr))
    }

    /// What in a value comes from a float or a parameter.
    pub(in super::super) fn value(&self, id: FuncId, expr: &Expr, steps: usize) -> Value {
        let Some(steps) = steps.checked_sub(1) else { return Value::default() };
        if self.work.get() >= MAX_WORK {
            return Value::default();
        }
        self.work.set(self.work.get() + 1);
        match expr {
            Expr::Local(local) => self.local(id, *local, steps),
            Expr::Call(call) => self.called(id, call, expr, steps),
            Expr::Star(inner) => self.read_through(id, inner).unwrap_or_default(),
            Expr::Index(base, _) => match self.read_through(id, base) {
                Some(value) => value,
                None => self.value(id, base, steps),
            },
            Expr::Slice(base) => self.value(id, base, steps),
            Expr::Binary(operator, left, right)
                if matches!(operator.as_str(), ">>" | "<<" | "&" | "|" | "^" | "+") =>
            {
                let mut all = self.value(id, left, steps);
                if !matches!(operator.as_str(), ">>" | "<<") {
                    join(&mut all, self.value(id, right, steps));
                }
                all
            }
            Expr::Composite(Ty::Slice(of) | Ty::Array(_, of), values)
                if self.package.integer(of).is_some() =>
            {
                let mut all = Value::default();
                for value in values {
                    join(&mut all, self.value(id, value, steps));
                }
                all
            }
            _ => Value::default(),
        }
    }

    fn local(&self, id: FuncId, local: usize, steps: usize) -> Value {
        if let Some(known) = self.memo.borrow().get(&(id, local)) {
            return known.clone();
        }
        // What refers to itself adds nothing.
        self.memo.borrow_mut().insert((id, local), Value::default());
        let mut all = Value::default();
        if let Some(function) = self.package.function(id)
            && let Some(at) = function.params.iter().position(|param| *param == local)
            && at < MAX_PARAMETERS
        {
            all.params |= 1 << at;
        }
        let bounds = self.live.0.get(id).and_then(|live| live.bounds.get(&local));
        let bounds = bounds.map(Vec::as_slice).unwrap_or_default();
        for bound in bounds {
            match bound {
                Bound::Whole(value) | Bound::Element(value) => {
                    join(&mut all, self.value(id, value, steps));
                }
                Bound::Result(call, 0) => join(&mut all, self.value(id, call, steps)),
                Bound::Result(..) => {}
            }
        }
        // One of several values: which one it is at the call is not known.
        if bounds.len() > 1
            && let Some(bits) = &mut all.bits
        {
            bits.sure = bits.sure.max(Sure::Inferred);
        }
        self.memo.borrow_mut().insert((id, local), all.clone());
        all
    }

    fn called(&self, id: FuncId, call: &Call, expr: &Expr, steps: usize) -> Value {
        if let Some(("math", "Float64bits" | "Float32bits")) = self.package.foreign(id, &call.fun) {
            return direct(Passed::FloatBits);
        }
        if let Some((ty, inner)) = self.conversion(id, expr) {
            // From a float it is cut to a whole number, which is right or wrong everywhere alike.
            let from = self.package.type_of(self.live, id, inner);
            let from_float = from.is_some_and(|from| self.package.float(&from).is_some());
            return match self.package.integer(&ty) {
                Some(_) if !from_float => self.value(id, inner, steps),
                _ => Value::default(),
            };
        }
        if let Some(helper) = self.package.called(self.live, id, &call.fun) {
            return self.returned(id, call, helper, steps);
        }
        if matches!(&call.fun, Expr::Name(name) if name == "append") {
            let mut all = Value::default();
            for arg in &call.args {
                join(&mut all, self.value(id, &arg.expr, steps));
            }
            return all;
        }
        Value::default()
    }

    /// The result of a function of the package, with the arguments in the place of its parameters.
    fn returned(&self, id: FuncId, call: &Call, helper: FuncId, steps: usize) -> Value {
        let Some(known) = self.summaries.get(helper) else { return Value::default() };
        let Some(function) = self.package.function(helper) else { return Value::default() };
        let mut all = Value::default();
        if let Some(mut bits) = known.result.bits.clone()
            && bits.through.len() < MAX_ROUNDS
        {
            bits.through.insert(0, self.name(helper));
            bits.sure = bits.sure.max(Sure::Inferred);
            all.bits = Some(bits);
        }
        for (at, arg) in call.args.iter().enumerate() {
            let at = parameter(function, at);
            if at < MAX_PARAMETERS && known.result.params & (1 << at) != 0 {
                let mut value = self.value(id, &arg.expr, steps);
                if let Some(bits) = &mut value.bits {
                    bits.sure = bits.sure.max(Sure::Inferred);
                    bits.through.push(self.name(helper));
                }
                join(&mut all, value);
            }
        }
        all
    }

    /// `*(*uintptr)(unsafe.Pointer(&f))`, given what stands behind the first star: the bits of `f`, or its
    /// value where `f` is an integer.
    fn read_through(&self, id: FuncId, pointer: &Expr) -> Option<Value> {
        let pointer = match pointer {
            Expr::Star(inner) => inner,
            other => other,
        };
        let (ty, from) = self.conversion(id, pointer)?;
        let Ty::Pointer(to) = ty else { return None };
        let read = match *to {
            Ty::Array(_, of) => *of,
            other => other,
        };
        if self.package.integer(&read).is_none_or(|bytes| bytes < 4) {
            return None;
        }
        let ty = self.pointee(id, from)?;
        if self.package.float(&ty).is_some() {
            return Some(direct(Passed::FloatBits));
        }
        let layout = structs::layout(self.package, &ty)?;
        (layout.floats > 0 && layout.bytes <= 8).then(|| direct(Passed::FloatStruct))
    }

    /// The type of what an `unsafe.Pointer` points at.
    fn pointee(&self, id: FuncId, expr: &Expr) -> Option<Ty> {
        let mut expr = expr;
        for _ in 0..MAX_STEPS {
            match self.conversion(id, expr) {
                Some((Ty::Qualified(path, name), inner))
                    if path == "unsafe" && name == "Pointer" =>
                {
                    expr = inner;
                }
                Some((Ty::Name(name), inner)) if name == "uintptr" || name == "Pointer" => {
                    expr = inner
                }
                _ => break,
            }
        }
        match self.package.type_of(self.live, id, expr)? {
            Ty::Pointer(to) => Some(*to),
            _ => None,
        }
    }
}

/// The parameter that takes an argument.
pub(super) fn parameter(function: &FuncIr, argument: usize) -> usize {
    match function.variadic {
        true => argument.min(function.params.len().saturating_sub(1)),
        false => argument,
    }
}

fn direct(passed: Passed) -> Value {
    Value { bits: Some(Bits { passed, sure: Sure::Direct, through: Vec::new() }), params: 0 }
}

/// Adds what another value may be; what is surer stays.
pub(super) fn join(all: &mut Value, other: Value) {
    all.params |= other.params;
    all.bits = match (all.bits.take(), other.bits) {
        (Some(left), Some(right)) if right.sure < left.sure => Some(right),
        (left, right) => left.or(right),
    };
}
