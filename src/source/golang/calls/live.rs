//! What of a function runs on windows/arm64: the branches that a condition on GOARCH leaves, with the values
//! of variables, the calls and the results in them.

use std::collections::HashMap;

use super::ir::{Call, Case, Expr, FuncIr, Stmt};
use super::package::{Binds, FuncId, Package};

/// How many steps a condition is followed through names.
const MAX_STEPS: usize = 16;

/// What a variable is set to.
#[derive(Debug, Clone, Copy)]
pub(super) enum Bound<'a> {
    /// This value.
    Whole(&'a Expr),
    /// One of the results of this call, from 0.
    Result(&'a Expr, usize),
    /// An element of it, or it is an element of the variable.
    Element(&'a Expr),
}

/// What runs of one function.
#[derive(Debug, Default)]
pub(super) struct Live<'a> {
    /// The values of each variable.
    pub(super) bounds: HashMap<usize, Vec<Bound<'a>>>,
    /// Every call.
    pub(super) calls: Vec<&'a Call>,
    /// The results of each return, without those of function literals.
    pub(super) returns: Vec<&'a [Expr]>,
}

/// What runs of every function.
#[derive(Debug, Default)]
pub(super) struct LiveCode<'a>(pub(super) Vec<Live<'a>>);

impl<'a> Binds<'a> for LiveCode<'a> {
    fn only_value(&self, id: FuncId, local: usize) -> Option<&'a Expr> {
        match self.0.get(id)?.bounds.get(&local)?.as_slice() {
            [Bound::Whole(value)] => Some(value),
            _ => None,
        }
    }
}

/// Walks every function of a package.
pub(super) fn code<'a>(package: &Package<'a>) -> LiveCode<'a> {
    let walk = |(_, function): &(usize, &'a FuncIr)| {
        let mut walk = Walk { package, all: assigned(function), live: Live::default() };
        walk.block(function.body.as_deref().unwrap_or_default(), false);
        walk.live
    };
    LiveCode(package.funcs.iter().map(walk).collect())
}

/// Every value of every variable, whatever runs: what a condition is worth is asked before that is known.
fn assigned(function: &FuncIr) -> HashMap<usize, Vec<Bound<'_>>> {
    let mut found = HashMap::new();
    let mut open: Vec<&Stmt> = function.body.iter().flatten().collect();
    while let Some(statement) = open.pop() {
        match statement {
            Stmt::Assign(left, right) => bind(left, right, &mut found),
            Stmt::If(_, then, other) => open.extend(then.iter().chain(other)),
            Stmt::Switch(_, cases) => open.extend(cases.iter().flat_map(|case| &case.body)),
            Stmt::Blocks(blocks) => open.extend(blocks.iter().flatten()),
            Stmt::Range(left, over, body) => {
                elements(left, over, &mut found);
                open.extend(body);
            }
            Stmt::Expr(_) | Stmt::Return(_) | Stmt::Jump => {}
        }
    }
    found
}

fn bind<'a>(left: &'a [Expr], right: &'a [Expr], bounds: &mut HashMap<usize, Vec<Bound<'a>>>) {
    for (at, target) in left.iter().enumerate() {
        let bound = match right {
            [one] if left.len() > 1 => Bound::Result(one, at),
            _ => match right.get(at) {
                Some(value) => Bound::Whole(value),
                None => continue,
            },
        };
        match (target, bound) {
            (Expr::Local(local), bound) => bounds.entry(*local).or_default().push(bound),
            (Expr::Index(base, _), Bound::Whole(value)) => {
                if let Expr::Local(local) = **base {
                    bounds.entry(local).or_default().push(Bound::Element(value));
                }
            }
            _ => {}
        }
    }
}

fn elements<'a>(left: &'a [Expr], over: &'a Expr, bounds: &mut HashMap<usize, Vec<Bound<'a>>>) {
    if let Some(Expr::Local(local)) = left.get(1) {
        bounds.entry(*local).or_default().push(Bound::Element(over));
    }
}

/// A value that is known before the program runs.
#[derive(Debug, Clone, PartialEq)]
enum Constant {
    Bool(bool),
    Text(String),
}

struct Walk<'p, 'a> {
    package: &'p Package<'a>,
    all: HashMap<usize, Vec<Bound<'a>>>,
    live: Live<'a>,
}

impl<'a> Walk<'_, 'a> {
    /// Walks statements. `true` where what follows them in the same block is never reached on arm64.
    fn block(&mut self, statements: &'a [Stmt], inner: bool) -> bool {
        statements.iter().any(|statement| self.statement(statement, inner))
    }

    fn statement(&mut self, statement: &'a Stmt, inner: bool) -> bool {
        match statement {
            Stmt::Expr(expr) => {
                self.expr(expr);
                matches!(expr, Expr::Call(call) if matches!(&call.fun, Expr::Name(name) if name == "panic"))
            }
            Stmt::Assign(left, right) => {
                left.iter().chain(right).for_each(|expr| self.expr(expr));
                bind(left, right, &mut self.live.bounds);
                false
            }
            Stmt::Range(left, over, body) => {
                self.expr(over);
                elements(left, over, &mut self.live.bounds);
                self.block(body, inner);
                false
            }
            Stmt::Return(values) => {
                values.iter().for_each(|value| self.expr(value));
                if !inner {
                    self.live.returns.push(values);
                }
                true
            }
            Stmt::Jump => true,
            Stmt::If(condition, then, other) => {
                self.expr(condition);
                match self.truth(condition) {
                    Some(true) => self.block(then, inner),
                    Some(false) => self.block(other, inner),
                    None => {
                        let ends = self.block(then, inner);
                        self.block(other, inner) && ends
                    }
                }
            }
            Stmt::Switch(tag, cases) => self.switch(tag.as_ref(), cases, inner),
            Stmt::Blocks(blocks) => {
                for block in blocks {
                    self.block(block, inner);
                }
                false
            }
        }
    }

    fn switch(&mut self, tag: Option<&'a Expr>, cases: &'a [Case], inner: bool) -> bool {
        tag.iter().for_each(|tag| self.expr(tag));
        let value = match tag {
            Some(tag) => self.constant(tag, MAX_STEPS, true),
            None => Some(Constant::Bool(true)),
        };
        // Cases in order, `default` last; a case that is certain ends the search.
        let mut ends = false;
        let (mut certain, mut possible) = (false, 0);
        for case in cases.iter().filter(|case| case.values.is_some()) {
            let values = case.values.as_deref().unwrap_or_default();
            values.iter().for_each(|value| self.expr(value));
            match self.chosen(value.as_ref(), values) {
                _ if certain => {}
                Some(false) => {}
                chosen => {
                    certain = chosen == Some(true);
                    possible += 1;
                    // `break` leaves the switch and no more.
                    let left = self.block(&case.body, inner) && !jumps(&case.body);
                    ends = left && certain && possible == 1;
                }
            }
        }
        if !certain {
            for case in cases.iter().filter(|case| case.values.is_none()) {
                let left = self.block(&case.body, inner) && !jumps(&case.body);
                ends = left && possible == 0;
            }
        }
        ends
    }

    /// Whether a case is taken for sure, never, or perhaps.
    fn chosen(&self, tag: Option<&Constant>, values: &'a [Expr]) -> Option<bool> {
        let tag = tag?;
        let mut all_known = true;
        for value in values {
            match self.constant(value, MAX_STEPS, true) {
                Some(value) if value == *tag => return Some(true),
                Some(_) => {}
                None => all_known = false,
            }
        }
        all_known.then_some(false)
    }

    fn truth(&self, condition: &Expr) -> Option<bool> {
        match self.constant(condition, MAX_STEPS, true)? {
            Constant::Bool(value) => Some(value),
            Constant::Text(_) => None,
        }
    }

    /// `own`: the expression stands in this function, so that its variables are those at hand.
    fn constant(&self, expr: &Expr, steps: usize, own: bool) -> Option<Constant> {
        let steps = steps.checked_sub(1)?;
        let of = |expr: &Expr| self.constant(expr, steps, own);
        let elsewhere = |expr: &Expr| self.constant(expr, steps, false);
        let truth = |expr: &Expr| match of(expr) {
            Some(Constant::Bool(value)) => Some(value),
            _ => None,
        };
        match expr {
            Expr::Text(text) => Some(Constant::Text(text.clone())),
            Expr::Qualified(path, name) if path == "runtime" => match name.as_str() {
                "GOARCH" => Some(Constant::Text("arm64".into())),
                "GOOS" => Some(Constant::Text("windows".into())),
                _ => None,
            },
            Expr::Name(name) if name == "true" => Some(Constant::Bool(true)),
            Expr::Name(name) if name == "false" => Some(Constant::Bool(false)),
            Expr::Name(name) => {
                let var = self.package.var(name)?;
                let (_, value) = var.value.filter(|(_, value)| var.constant || computed(value))?;
                elsewhere(value)
            }
            Expr::Local(local) if own => match self.all.get(local)?.as_slice() {
                [Bound::Whole(value)] if computed(value) => of(value),
                _ => None,
            },
            Expr::Unary(operator, inner) if operator == "!" => {
                truth(inner).map(|value| Constant::Bool(!value))
            }
            Expr::Binary(operator, left, right) => match operator.as_str() {
                "==" => Some(Constant::Bool(of(left)? == of(right)?)),
                "!=" => Some(Constant::Bool(of(left)? != of(right)?)),
                "&&" => match (truth(left), truth(right)) {
                    (Some(false), _) | (_, Some(false)) => Some(Constant::Bool(false)),
                    (left, right) => Some(Constant::Bool(left? && right?)),
                },
                "||" => match (truth(left), truth(right)) {
                    (Some(true), _) | (_, Some(true)) => Some(Constant::Bool(true)),
                    (left, right) => Some(Constant::Bool(left? || right?)),
                },
                _ => None,
            },
            // A question in a function of its own: `func isARM64() bool { return … }`.
            Expr::Call(call) if call.args.is_empty() => {
                let Expr::Name(name) = &call.fun else { return None };
                let function = self.package.function(self.package.named(name)?)?;
                match function.body.as_deref()? {
                    [Stmt::Return(values)] => elsewhere(values.first()?),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// Collects the calls in an expression, those in function literals included.
    fn expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Call(call) => {
                self.live.calls.push(call);
                self.expr(&call.fun);
                call.args.iter().for_each(|arg| self.expr(&arg.expr));
            }
            Expr::Closure(body) => {
                self.block(body, true);
            }
            Expr::Select(inner, _)
            | Expr::Addr(inner)
            | Expr::Star(inner)
            | Expr::Unary(_, inner)
            | Expr::Slice(inner)
            | Expr::Assert(inner, _) => self.expr(inner),
            Expr::Binary(_, left, right) | Expr::Index(left, right) => {
                self.expr(left);
                self.expr(right);
            }
            Expr::Composite(_, values) => values.iter().for_each(|value| self.expr(value)),
            _ => {}
        }
    }
}

/// Whether the first value of a variable is likely its last: a question to GOARCH is, `false` is not.
fn computed(value: &Expr) -> bool {
    !matches!(value, Expr::Name(_) | Expr::Text(_))
}

/// Whether a `break` may end statements.
fn jumps(statements: &[Stmt]) -> bool {
    statements.iter().any(|statement| match statement {
        Stmt::Jump => true,
        Stmt::If(_, then, other) => jumps(then) || jumps(other),
        Stmt::Blocks(blocks) => blocks.iter().any(|block| jumps(block)),
        _ => false,
    })
}
