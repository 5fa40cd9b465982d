//! A Go file as far as the flow of values matters: functions with their statements, names resolved to
//! variables, no comments, no positions but lines.

/// What one file declares.
#[derive(Debug, Default)]
pub(super) struct FileIr {
    /// Functions and methods.
    pub(super) funcs: Vec<FuncIr>,
    /// Types, aliases included.
    pub(super) types: Vec<(String, Ty)>,
    /// Variables and constants of the package, with the place of their value in `init.body`.
    pub(super) vars: Vec<VarIr>,
    /// What the values of these variables need: a function without a name whose body evaluates them.
    pub(super) init: FuncIr,
    /// Import paths of `import . "…"`.
    pub(super) dot: Vec<String>,
}

/// A variable or constant of the package.
#[derive(Debug)]
pub(super) struct VarIr {
    pub(super) name: String,
    pub(super) ty: Option<Ty>,
    /// Index of the statement of `init.body` that is its value.
    pub(super) value: Option<usize>,
    /// Declared by `const`.
    pub(super) constant: bool,
}

/// A function or method.
#[derive(Debug, Default)]
pub(super) struct FuncIr {
    /// Its name; empty for the values of variables.
    pub(super) name: String,
    /// Name of the receiver's type, and whether it is a pointer.
    pub(super) receiver: Option<(String, bool)>,
    /// The receiver's variable.
    pub(super) this: Option<usize>,
    /// The parameters' variables, in order.
    pub(super) params: Vec<usize>,
    /// Whether the last parameter is variadic.
    pub(super) variadic: bool,
    /// Type of the first result.
    pub(super) result: Option<Ty>,
    /// Every variable, parameters first.
    pub(super) locals: Vec<Local>,
    /// Its statements; absent where something other than Go defines it.
    pub(super) body: Option<Vec<Stmt>>,
}

/// A variable of a function.
#[derive(Debug)]
pub(super) struct Local {
    pub(super) name: String,
    pub(super) ty: Option<Ty>,
}

/// A type, as it is written.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Ty {
    /// Of this package or of the language.
    Name(String),
    /// Of another package: import path and name.
    Qualified(String, String),
    Pointer(Box<Self>),
    Slice(Box<Self>),
    /// With its length, where that is a number.
    Array(Option<u64>, Box<Self>),
    Struct(Vec<Field>),
    /// Anything else.
    Other,
}

/// A field of a struct.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Field {
    /// Its name; of an embedded field, that of its type.
    pub(super) name: String,
    pub(super) embedded: bool,
    pub(super) ty: Ty,
}

/// An expression.
#[derive(Debug)]
pub(super) enum Expr {
    /// A variable of the function.
    Local(usize),
    /// A name of the package, of the language, or of a package that is imported with a dot.
    Name(String),
    /// A name of another package: import path and name.
    Qualified(String, String),
    /// `x.f`
    Select(Box<Self>, String),
    /// `f(…)`, conversions included.
    Call(Box<Call>),
    /// `&x`
    Addr(Box<Self>),
    /// `*x`
    Star(Box<Self>),
    /// Another operator in front.
    Unary(String, Box<Self>),
    /// An operator between.
    Binary(String, Box<Self>, Box<Self>),
    /// `x[i]`
    Index(Box<Self>, Box<Self>),
    /// `x[i:j]`
    Slice(Box<Self>),
    /// `x.(T)`
    Assert(Box<Self>, Ty),
    /// A number with a point or an exponent.
    Float,
    /// Any other number.
    Int,
    /// A string, without its quotes.
    Text(String),
    /// `T{…}`: its values; what stands in for the type where a list in a list has none is `Other`.
    Composite(Ty, Vec<Self>),
    /// A type where an expression may stand.
    Type(Ty),
    /// A function literal.
    Closure(Vec<Stmt>),
    /// What is of no interest, or too deep.
    Opaque,
}

/// A call or a conversion.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) fun: Expr,
    /// A last one that is followed by `...` stands for its elements.
    pub(super) args: Vec<Arg>,
}

/// An argument, with the line it begins on, from 1.
#[derive(Debug)]
pub(super) struct Arg {
    pub(super) expr: Expr,
    pub(super) line: u32,
}

/// A statement.
#[derive(Debug)]
pub(super) enum Stmt {
    /// An expression by itself, behind `go` or `defer`, or sent to a channel.
    Expr(Expr),
    /// `a, b = x, y`, also with `:=`, `+=` and in a declaration.
    Assign(Vec<Expr>, Vec<Expr>),
    /// `for a, b := range x`
    Range(Vec<Expr>, Expr, Vec<Self>),
    Return(Vec<Expr>),
    /// `break`, `continue`, `goto`.
    Jump,
    If(Expr, Vec<Self>, Vec<Self>),
    /// `switch` over values.
    Switch(Option<Expr>, Vec<Case>),
    /// Blocks of which any may run: loops, `select`, switches over types.
    Blocks(Vec<Vec<Self>>),
}

/// A case of a switch.
#[derive(Debug)]
pub(super) struct Case {
    /// Its values; none for `default`.
    pub(super) values: Option<Vec<Expr>>,
    pub(super) body: Vec<Stmt>,
}
