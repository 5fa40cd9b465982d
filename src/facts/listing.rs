//! What the compiler's listing (`-gcflags=PKG=-S`) says of a package. Data only.

/// The listing of one package, as far as checks need it. Lists are bounded by the limits of
/// `go/listing/collect`; `dropped` counts what found no room.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListingFacts {
    /// The command that prints the listing, ready to paste into a shell.
    pub command: String,
    /// Functions that the compiler made code for, wrappers and closures included.
    pub functions: u64,
    /// Functions of the package whose body is assembly: their names without the package, sorted.
    pub assembly: Vec<String>,
    /// Functions in the files that were asked for (what stands in for assembly), by place.
    pub stand_ins: Vec<StandIn>,
    /// Calls and loads of symbols that are named after another architecture, by place.
    pub arch_symbols: Vec<ArchSymbol>,
    /// Calls that hand arguments to Windows, by place.
    pub syscalls: Vec<SyscallSite>,
    /// What found no room in the lists above.
    pub dropped: u64,
}

/// What was listed of one unit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListingRun {
    /// Packages whose listing was read.
    pub packages: u64,
    /// Bytes of listing, those of packages that were not asked for included.
    pub bytes: u64,
    /// Lines that could not be read.
    pub unknown: u64,
    /// The first of them.
    pub first_unknown: Option<String>,
    /// The commands that printed it, as shell lines.
    pub commands: Vec<String>,
}

/// A line of source text.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// As the compiler prints it: absolute, or `module@version/…` with `-trimpath`. The engine turns it into
    /// the form of the Report.
    pub file: String,
    /// From 1; 0 where the compiler names none.
    pub line: u32,
}

/// A function that stands in for assembly, and who needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandIn {
    /// Its name without the package, such as `(*digest).blockGeneric`.
    pub function: String,
    /// Where it begins.
    pub place: Place,
    /// Who calls it, or has it inlined; sorted, one entry a function.
    pub callers: Vec<Caller>,
}

/// A function that calls another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Caller {
    /// Its name; with its package where that is another one.
    pub function: String,
    /// The first call, or where the caller begins if the callee is inlined.
    pub place: Place,
    /// Whether the callee's code stands in the caller.
    pub inlined: bool,
}

/// Something of the package uses a symbol that is named after an architecture that windows/arm64 is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchSymbol {
    /// The function that uses it, without the package.
    pub function: String,
    /// The symbol with its package.
    pub symbol: String,
    /// Whether it is called; else its value is loaded.
    pub called: bool,
    /// The call, or where the function begins.
    pub place: Place,
}

/// A call into `syscall`, or into golang.org/x/sys/windows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyscallSite {
    /// The function that calls, without the package.
    pub function: String,
    /// What is called, such as `syscall.(*LazyProc).Call`.
    pub callee: String,
    /// The call. Where it is inlined, the line of the inlined text.
    pub place: Place,
    /// The last move of a float's bits before the call, where one stands shortly before.
    pub float: Option<FloatMove>,
}

/// An instruction that takes the bits of a float register to where an integer argument stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FloatMove {
    /// The instruction, such as `FMOVS F0, R6`.
    pub instruction: String,
    /// Its place; `math.Float32bits` is inlined, so it may be a line of package math.
    pub place: Place,
    /// Whether it goes to an integer register (a conversion of bits, no spill); else to memory.
    pub to_register: bool,
    /// How many instructions it stands before the call.
    pub distance: u32,
}
