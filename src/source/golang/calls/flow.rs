//! Follows values through a package, from where the bits of a float are taken to where a call leaves Go.
//! Functions are summed up (which parameters leave Go, which results are bits) until nothing new is learnt.

mod values;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};

use crate::facts::source::{Passed, Sure};

use super::ir::{Call, Expr, FuncIr, Ty};
use super::known;
use super::live::{Bound, Live, LiveCode};
use super::package::{FuncId, Package};
use super::sinks::{self, Sink};
use super::structs;
use values::{Bits, Value, join, parameter};

/// How often functions are summed up: as many helpers in a row are followed.
const MAX_ROUNDS: usize = 8;

/// How many steps one value is followed.
const MAX_STEPS: usize = 40;

/// How many expressions are looked at in a package and round. Generated bindings of a whole API take some
/// hundred thousand.
const MAX_WORK: u32 = 20_000_000;

/// Parameters beyond this one are not told apart.
const MAX_PARAMETERS: usize = 63;

/// Where a parameter leaves Go.
#[derive(Debug, Clone, PartialEq)]
struct Leaves {
    callee: Option<String>,
    via: String,
    through: Vec<String>,
    sure: Sure,
    wants_uintptr: bool,
}

/// What is known of a function.
#[derive(Debug, Default, Clone, PartialEq)]
struct Summary {
    /// What its first result is made of.
    result: Value,
    /// Parameters that leave Go.
    leaves: BTreeMap<usize, Leaves>,
}

/// A float that leaves Go.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) function: FuncId,
    pub(super) line: u32,
    pub(super) callee: Option<String>,
    pub(super) via: String,
    pub(super) passed: Passed,
    pub(super) through: Vec<String>,
    pub(super) sure: Sure,
}

/// The work on one package.
pub(super) struct Flow<'p, 'a> {
    pub(super) package: &'p Package<'a>,
    pub(super) live: &'p LiveCode<'a>,
    /// Whether the package has assembly.
    assembly: bool,
    summaries: Vec<Summary>,
    memo: RefCell<HashMap<(FuncId, usize), Value>>,
    work: Cell<u32>,
}

/// Every float that leaves Go in a package, and whether all values could be followed. `webview`: the package
/// speaks of WebView2.
pub(super) fn find<'a>(
    package: &Package<'a>,
    live: &LiveCode<'a>,
    assembly: bool,
    webview: bool,
) -> (Vec<Found>, bool) {
    let mut flow = Flow {
        package,
        live,
        assembly,
        summaries: vec![Summary::default(); package.funcs.len()],
        memo: RefCell::default(),
        work: Cell::default(),
    };
    let by_value = structs::runtime_methods(package);
    let mut found = Vec::new();
    for _ in 0..MAX_ROUNDS {
        found.clear();
        flow.memo.borrow_mut().clear();
        flow.work.set(0);
        let mut next = Vec::with_capacity(flow.summaries.len());
        for (id, live) in live.0.iter().enumerate() {
            let mut summary = Summary { result: flow.result(id, live), ..Summary::default() };
            for call in &live.calls {
                flow.call(id, call, &mut summary, &mut found);
                structs::call(&flow, id, call, &by_value, webview, &mut found);
            }
            next.push(summary);
        }
        let settled = next == flow.summaries;
        flow.summaries = next;
        if settled {
            break;
        }
    }
    (found, flow.work.get() < MAX_WORK)
}

impl<'a> Flow<'_, 'a> {
    fn result(&self, id: FuncId, live: &Live<'a>) -> Value {
        let mut all = Value::default();
        for values in &live.returns {
            if let Some(first) = values.first() {
                join(&mut all, self.value(id, first, MAX_STEPS));
            }
        }
        all
    }

    /// Judges one call, and adds to what is known of the function that makes it.
    fn call(&self, id: FuncId, call: &Call, summary: &mut Summary, found: &mut Vec<Found>) {
        if let Some(sink) = sinks::of(self.package, self.live, id, call) {
            self.leave(id, call, &sink, summary, found);
        } else if let Some(helper) = self.package.called(self.live, id, &call.fun) {
            self.help(id, call, helper, summary, found);
        } else {
            self.float_result(id, call, found);
        }
    }

    /// A call that leaves Go.
    fn leave(
        &self,
        id: FuncId,
        call: &Call,
        sink: &Sink,
        summary: &mut Summary,
        found: &mut Vec<Found>,
    ) {
        let carrier = sink.target.name.as_deref().is_some_and(known::carries_bits);
        if sink.target.assembly || carrier {
            return;
        }
        let opaque = self.assembly && !sink.target.known && !sink.target.receiver;
        let sure = if opaque { Sure::Guess } else { sink.sure };
        let callee = sink.target.name.clone().filter(|_| !sink.target.receiver);
        let floats = callee.as_deref().map(known::float_parameters).unwrap_or_default();
        let mut judged = false;
        for (at, arg) in call.args.iter().enumerate().skip(sink.first) {
            if sink.wants_uintptr && !self.is_uintptr(id, &arg.expr) {
                continue;
            }
            let value = self.value(id, &arg.expr, MAX_STEPS);
            let known_float = floats.contains(&(at - sink.first));
            let bits = match value.bits {
                Some(bits) => Some(bits),
                None if known_float && self.is_number(id, &arg.expr) => Some(Bits {
                    passed: Passed::FloatConversion,
                    sure: Sure::Direct,
                    through: Vec::new(),
                }),
                None => None,
            };
            if let Some(bits) = bits {
                if !judged {
                    found.push(Found {
                        function: id,
                        line: arg.line,
                        callee: callee.clone(),
                        via: sink.via.clone(),
                        passed: bits.passed,
                        through: bits.through,
                        sure: bits.sure.max(sure),
                    });
                }
                judged = true;
            } else if value.params != 0 {
                // A method on the address itself, such as `ComProc.Call`, is as good as the call.
                let sure = if sink.target.receiver { sure } else { sure.max(Sure::Inferred) };
                // The caller knows better what a parameter stands for.
                let named = sink.target.known.then(|| callee.clone()).flatten();
                self.keep(id, value.params, summary, || Leaves {
                    callee: named.clone(),
                    via: sink.via.clone(),
                    through: vec![self.name(id)],
                    sure,
                    wants_uintptr: sink.wants_uintptr,
                });
            }
        }
    }

    /// A call of a function of the package that hands its parameters on.
    fn help(
        &self,
        id: FuncId,
        call: &Call,
        helper: FuncId,
        summary: &mut Summary,
        found: &mut Vec<Found>,
    ) {
        let Some(known) = self.summaries.get(helper) else { return };
        let Some(function) = self.package.function(helper) else { return };
        if known.leaves.is_empty() {
            return;
        }
        let mut judged = false;
        for (at, arg) in call.args.iter().enumerate() {
            let Some(leaves) = known.leaves.get(&parameter(function, at)) else { continue };
            if leaves.wants_uintptr && !self.is_uintptr(id, &arg.expr) {
                continue;
            }
            let value = self.value(id, &arg.expr, MAX_STEPS);
            if let Some(bits) = value.bits {
                let callee = leaves.callee.clone();
                let callee = callee.or_else(|| sinks::described(self.package, self.live, id, call));
                if callee.as_deref().is_some_and(known::carries_bits) {
                    return;
                }
                if !judged {
                    found.push(Found {
                        function: id,
                        line: arg.line,
                        callee,
                        via: leaves.via.clone(),
                        passed: bits.passed,
                        through: [bits.through, leaves.through.clone()].concat(),
                        sure: bits.sure.max(leaves.sure),
                    });
                }
                judged = true;
            } else if value.params != 0 && leaves.through.len() < MAX_ROUNDS {
                self.keep(id, value.params, summary, || Leaves {
                    callee: leaves
                        .callee
                        .clone()
                        .or_else(|| sinks::described(self.package, self.live, id, call)),
                    through: [vec![self.name(id)], leaves.through.clone()].concat(),
                    sure: leaves.sure.max(Sure::Inferred),
                    ..leaves.clone()
                });
            }
        }
    }

    /// `math.Float64frombits(uint64(r2))` of the second result of a call that leaves Go.
    fn float_result(&self, id: FuncId, call: &Call, found: &mut Vec<Found>) {
        let from_bits = self.package.foreign(id, &call.fun);
        if !matches!(from_bits, Some(("math", "Float64frombits" | "Float32frombits"))) {
            return;
        }
        let Some(arg) = call.args.first() else { return };
        let Expr::Local(local) = self.converted(id, &arg.expr) else { return };
        let bounds = self.live.0.get(id).and_then(|live| live.bounds.get(local));
        let Some([Bound::Result(Expr::Call(source), 1)]) = bounds.map(Vec::as_slice) else {
            return;
        };
        let Some(sink) = sinks::of(self.package, self.live, id, source) else { return };
        if sink.target.assembly || sink.wants_uintptr {
            return;
        }
        let opaque = self.assembly && !sink.target.known;
        found.push(Found {
            function: id,
            line: arg.line,
            callee: sink.target.name,
            via: sink.via,
            passed: Passed::FloatResult,
            through: Vec::new(),
            sure: if opaque { Sure::Guess } else { sink.sure },
        });
    }

    fn keep(&self, id: FuncId, params: u64, summary: &mut Summary, leaves: impl Fn() -> Leaves) {
        let Some(function) = self.package.function(id) else { return };
        for at in
            (0..function.params.len().min(MAX_PARAMETERS)).filter(|at| params & (1 << at) != 0)
        {
            if self.is_raw(function, at) {
                summary.leaves.entry(at).or_insert_with(&leaves);
            }
        }
    }

    /// Whether a parameter is made to take the raw argument of a call. One that is a `uint32` says that the
    /// callee takes an integer, be it the bits of a float.
    fn is_raw(&self, function: &FuncIr, parameter: usize) -> bool {
        let local = function.params.get(parameter).and_then(|id| function.locals.get(*id));
        let Some(ty) = local.and_then(|local| local.ty.as_ref()) else { return false };
        let one = match self.package.underlying(ty) {
            Ty::Slice(inner) | Ty::Array(_, inner) => self.package.underlying(&inner),
            other => other,
        };
        matches!(one, Ty::Name(name) if name == "uintptr")
    }

    /// The name of a function as the linker has it, without the package.
    pub(super) fn name(&self, id: FuncId) -> String {
        self.package.function(id).map(linker_name).unwrap_or_default()
    }

    fn is_uintptr(&self, id: FuncId, expr: &Expr) -> bool {
        matches!(self.package.type_of(self.live, id, expr), Some(Ty::Name(name)) if name == "uintptr")
    }

    /// Whether an argument is an integer that is no pointer and no constant, nor a float that was cut to one:
    /// that goes wrong on every architecture.
    fn is_number(&self, id: FuncId, expr: &Expr) -> bool {
        let inner = self.converted(id, expr);
        if matches!(inner, Expr::Int | Expr::Addr(_)) {
            return false;
        }
        let ty = self.package.type_of(self.live, id, inner);
        ty.is_some_and(|ty| self.package.integer(&ty).is_some())
    }
}

/// `F`, `T.M`, `(*T).M`.
pub(super) fn linker_name(function: &FuncIr) -> String {
    match &function.receiver {
        Some((ty, true)) => format!("(*{ty}).{}", function.name),
        Some((ty, false)) => format!("{ty}.{}", function.name),
        None => function.name.clone(),
    }
}
