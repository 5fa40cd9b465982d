//! What the source text of a package says that neither the lists nor the build tell: code that compiles for
//! windows/arm64 and is wrong there. Read by `source/` from the files that are built for windows/arm64.

/// What was read of one package.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceFacts {
    /// Files that were looked at.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Files that the prefilter let through to a parser.
    pub parsed: u64,
    /// Files that could not be read or parsed, each with the reason: nothing is known of them.
    pub unread: Vec<(String, String)>,
    /// Whether its text has a word of a call that leaves Go, such as `SyscallN` or `.Call(`.
    pub calls_system: bool,
    /// Floats and small structs that are passed to a system call.
    pub float_calls: Vec<FloatCall>,
    /// Tables by GOARCH that know amd64 and not arm64.
    pub arch_tables: Vec<ArchTable>,
    /// DLL names and paths that name another architecture.
    pub dll_names: Vec<DllName>,
    /// Machine code in byte literals, with executable memory near it.
    pub code_bytes: Vec<CodeBytes>,
    /// Questions to the processor that are not answered on Windows.
    pub cpu_detection: Vec<CpuDetection>,
    /// What stands in assembly files.
    pub assembly: AssemblyFacts,
    /// `#cgo` directives that name libraries for windows/amd64 and have no counterpart for windows/arm64.
    pub cgo: Vec<CgoDirective>,
}

/// A place in a source file.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourcePlace {
    /// File name, relative to the package's directory.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// The line without surrounding white space, cut where it is long.
    pub text: String,
    /// The function that holds it, as the linker names it without the package: `F`, `T.M`, `(*T).M`; absent
    /// outside of functions.
    pub function: Option<String>,
}

/// A float, or a small struct, that is handed to a system call in integer registers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FloatCall {
    /// The argument.
    pub place: SourcePlace,
    /// What is called, as the source names it: a function of a DLL or a method of a COM interface. Absent
    /// where the source has but an address.
    pub callee: Option<String>,
    /// What calls it: `syscall.SyscallN`, `(*LazyProc).Call`.
    pub via: String,
    /// What is passed.
    pub passed: Passed,
    /// Functions of the package that the value goes through, from the caller to the one that calls.
    pub through: Vec<String>,
    /// How much of that stands in the source, and how much is concluded.
    pub sure: Sure,
}

/// What is passed to a system call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Passed {
    /// The bits of a float: `math.Float64bits(x)`, `*(*uintptr)(unsafe.Pointer(&f))`.
    FloatBits,
    /// An integer, where the parameter of the Windows function is known to be a float.
    FloatConversion,
    /// The float result of the callee, taken from the second result of the call.
    FloatResult,
    /// The bits of a struct of floats, which arm64 wants in one vector register a float.
    FloatStruct,
    /// A pointer to a struct of 9 to 16 bytes that the callee takes by value: arm64 wants two registers.
    SmallStruct,
}

/// How sure a reader of source text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sure {
    /// The source says so.
    Direct,
    /// Types or values of other places were followed.
    Inferred,
    /// Something unknown may set it right.
    Guess,
}

/// A switch, a map or a string that is built on GOARCH and knows amd64 and not arm64.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchTable {
    /// Where it begins.
    pub place: SourcePlace,
    /// What it is.
    pub form: ArchTableForm,
    /// The architectures it knows, as Go spells them.
    pub known: Vec<String>,
    /// What arm64 gets.
    pub otherwise: ArchOutcome,
    /// Where it gets that.
    pub at: SourcePlace,
    /// Whether it names windows/arm64, or arm64 alone, and refuses it.
    pub refuses: bool,
    /// Whether nothing else in the package may make up for it, as far as its text shows.
    pub sure: bool,
}

/// What an architecture gets that a table does not know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ArchOutcome {
    /// An error.
    Error,
    /// A panic.
    Panic,
    /// The end of the program.
    Exit,
    /// A string that is empty.
    Empty,
    /// A word such as "unsupported" in the place of a name.
    NoName,
    /// The zero value of a map's element.
    Zero,
    /// What is made for x64: the string.
    ForX64(String),
}

/// The forms of a table by architecture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArchTableForm {
    /// `switch runtime.GOARCH { … }`.
    Switch,
    /// `map[string]…{"amd64": …}[runtime.GOARCH]`.
    Map,
    /// `if runtime.GOARCH == "amd64" { … }` chains.
    Condition,
    /// A URL, path or name that is put together.
    Text,
}

/// A DLL name or a path that names another architecture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DllName {
    /// The literal.
    pub place: SourcePlace,
    /// What it says, cut where it is long.
    pub name: String,
    /// The word in it that names the architecture, such as `x64`.
    pub word: String,
    /// What is done with it, where that is seen: `syscall.NewLazyDLL`, `go:embed`.
    pub used_by: Option<String>,
}

/// Machine code in a byte literal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeBytes {
    /// The literal.
    pub place: SourcePlace,
    /// Its bytes, as many as were read.
    pub bytes: u64,
    /// What it reads like, in words, such as `x86-64 code` or `a PE image for x64`.
    pub reads_like: String,
    /// What makes memory executable near it, such as `VirtualProtect`.
    pub executable_by: Option<SourcePlace>,
}

/// A question to the processor's features whose answer on Windows is always no with older versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CpuDetection {
    /// Where it is asked.
    pub place: SourcePlace,
    /// The package that is asked.
    pub asks: String,
    /// The feature, such as `HasASIMD`; absent where it is not a field.
    pub feature: Option<String>,
}

/// What stands in the assembly files of a package.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AssemblyFacts {
    /// Functions that use x18, by name or in words written as data.
    pub x18: Vec<AssemblyX18>,
    /// Files without a suffix that name an architecture by their instructions.
    pub foreign: Vec<SourcePlace>,
}

/// The uses of x18 in one function of an assembly file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssemblyX18 {
    /// The first one; its function is the `TEXT` it stands in.
    pub place: SourcePlace,
    /// The word of the first one, where it is written as data (`WORD $0x…`); absent where the register is named.
    pub word: Option<u32>,
    /// That word as an instruction.
    pub decoded: Option<String>,
    /// How many write the register.
    pub writes: u32,
    /// How many read it in another way than to reach the thread's block.
    pub reads: u32,
    /// Words of the function that are no instruction, or that could not be worked out: where there are some,
    /// tables stand among the code.
    pub opaque: u32,
}

/// A `#cgo LDFLAGS` directive that windows/amd64 has and windows/arm64 has not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CgoDirective {
    /// Where.
    pub place: SourcePlace,
    /// Its condition, such as `windows,amd64`.
    pub condition: String,
    /// Its flags, such as `-L${SRCDIR}/lib -lfoo`.
    pub flags: String,
}
