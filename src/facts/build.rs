//! What came of building: per package, per test binary, per exe.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::given::Claim;
use super::image::{ImageFacts, MachineKind, Part};
use super::linked::FunctionsByPackage;
use super::map::ImageMap;
use super::resource::SysoOfCommand;
use super::{CodeFacts, EmbeddedFacts};

/// Where in the build something failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The package could not be loaded.
    Load,
    /// It could not be compiled or assembled.
    Compile,
    /// It could not be linked.
    Link,
}

/// What kind of failure the tool's words show; the words are those of
/// cmd/go, cmd/compile, cmd/asm and cmd/link from Go 1.21 to 1.27.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FailureClass {
    /// `build constraints exclude all Go files`.
    Excluded,
    /// `found packages X and your_arch_is_not_supported`.
    Sentinel,
    /// `undefined: X`, `undefined array length X`.
    UndefinedSymbol,
    /// `missing method M`, `type T has no field or method M`.
    MissingMethod,
    /// `undefined: dep.F`.
    UndefinedInDependency,
    /// `f redeclared in this block`.
    Redeclared,
    /// `missing function body`.
    MissingFunctionBody,
    /// `relocation target P.f not defined`.
    LinkUndefined,
    /// Other words of the linker: `nosplit stack over`, `duplicated definition of symbol`.
    LinkError,
    /// `unrecognized instruction "MOVQ"`.
    ForeignAssembly,
    /// `illegal or missing addressing mode for symbol R18`.
    ReservedRegister,
    /// `invalid reference to runtime.X`.
    InvalidLinkname,
    /// Every file needs cgo.
    CgoExcluded,
    /// Files without cgo refer to what only the cgo files define.
    CgoUndefined,
    /// Empty without cgo; its importers break.
    CgoEmpty,
    /// The C compiler is missing or not for this target.
    CToolchain,
    /// `unknown ARM64 relocation type`, `elf object but not arm64`.
    ObjectMachine,
    /// `-race is not supported on windows/arm64`.
    UnsupportedFlag,
    /// `pattern dist: no matching files found`, or a package of the main module that is not there.
    MissingGeneratedInput,
    /// A module or its checksum is missing.
    UnresolvedModule,
    /// A newer Go is needed.
    NewerGo,
    /// Go source that does not parse.
    SyntaxError,
    /// Any other compiler error.
    TypeError,
    /// Words that none of the above matches.
    Other,
}

impl FailureClass {
    /// The word used in JSON and on the terminal.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Excluded => "excluded",
            Self::Sentinel => "sentinel",
            Self::UndefinedSymbol => "undefined-symbol",
            Self::MissingMethod => "missing-method",
            Self::UndefinedInDependency => "undefined-in-dependency",
            Self::Redeclared => "redeclared",
            Self::MissingFunctionBody => "missing-function-body",
            Self::LinkUndefined => "link-undefined",
            Self::LinkError => "link-error",
            Self::ForeignAssembly => "foreign-assembly",
            Self::ReservedRegister => "reserved-register",
            Self::InvalidLinkname => "invalid-linkname",
            Self::CgoExcluded => "cgo-excluded",
            Self::CgoUndefined => "cgo-undefined",
            Self::CgoEmpty => "cgo-empty",
            Self::CToolchain => "c-toolchain",
            Self::ObjectMachine => "object-machine",
            Self::UnsupportedFlag => "unsupported-flag",
            Self::MissingGeneratedInput => "missing-generated-input",
            Self::UnresolvedModule => "unresolved-module",
            Self::NewerGo => "newer-go",
            Self::SyntaxError => "syntax-error",
            Self::TypeError => "type-error",
            Self::Other => "other",
        }
    }
}

/// Whose fault a failure is; decided by the control builds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Blame {
    /// windows/amd64 builds: an arm64 problem.
    Arm64,
    /// Fails for both windows targets, exists with cgo.
    NeedsCgo,
    /// Fails for both windows targets, builds for the host.
    NotWindows,
    /// The C toolchain.
    Toolchain,
    /// The control build itself could not be judged.
    Unknown,
    /// Dependencies could not be resolved.
    Unresolved,
    /// Fails everywhere.
    Everywhere,
}

/// One line of a compiler: `file:line:column: message`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Diagnostic {
    /// File as the Report names it.
    pub file: Option<String>,
    /// Line, from 1.
    pub line: Option<u32>,
    /// Column in bytes, from 1.
    pub column: Option<u32>,
    /// The words after the position.
    pub message: String,
}

/// A control target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControlTarget {
    /// `GOOS/GOARCH`.
    pub target: String,
    /// Whether it is the target of another system (the machine's own, where that is not Windows).
    pub host: bool,
}

/// The same package built for another target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Control {
    /// Where.
    pub target: ControlTarget,
    /// Whether it built; absent where it could not be told.
    pub builds: Option<bool>,
    /// The words where it failed.
    pub text: Option<String>,
}

/// The file that defines what arm64 misses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// The symbol.
    pub symbol: String,
    /// Import path of the package that the file belongs to.
    pub package: String,
    /// File as the Report names it.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Whether only a build with cgo has that file.
    pub cgo: bool,
}

/// A version that was built for windows/arm64 before it is advised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// Module path.
    pub module: String,
    /// Version, or `latest` where nobody could tell which that is.
    pub version: String,
    /// Further modules that had to be upgraded with it, each with its version.
    pub with: Vec<(String, String)>,
    /// Whether the packages of the module build with it; absent where it could not be tried.
    pub outcome: Option<bool>,
    /// The first words where it failed, or what still fails in other modules, or why it could not be tried.
    pub text: Option<String>,
}

/// One package that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Import path of the package that is at fault.
    pub package: String,
    /// Where it failed.
    pub stage: Stage,
    /// What kind of failure.
    pub class: FailureClass,
    /// Whose fault.
    pub blame: Blame,
    /// The tool's words, paths shortened.
    pub output: String,
    /// The words taken apart, in order.
    pub diagnostics: Vec<Diagnostic>,
    /// Control builds, windows/amd64 first.
    pub controls: Vec<Control>,
    /// Where the missing symbol is defined.
    pub definition: Option<Definition>,
    /// For a sentinel: its file and the `//go:build` line that lets it in.
    pub sentinel: Option<(String, String)>,
    /// Matched packages that do not build because of it, sorted.
    pub stops: Vec<String>,
    /// From a matched package to the failing one.
    pub chain: Vec<String>,
    /// The command that shows it again.
    pub reproduce: String,
    /// The exact command gowoa ran.
    pub command: String,
    /// Its exit status.
    pub status: Option<i32>,
}

/// The test binary of one package.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TestFacts {
    /// Import path of the package under test.
    pub package: String,
    /// The exe, where one was made.
    pub exe: Option<PathBuf>,
    /// What failed.
    pub failure: Option<Failure>,
    /// The package whose failure keeps the test from being built.
    pub stopped_by: Option<String>,
}

/// An exe that was built.
#[derive(Debug, Clone)]
pub struct ImageFile {
    /// Name in the Report: `/`-separated, relative to the output directory.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// The command it is, or the main package of a link proof; for a file that was given: what its build
    /// information says.
    pub package: Option<String>,
    /// For a link proof: the libraries that it links.
    pub libraries: Vec<String>,
    /// Whether gowoa generated the program.
    pub link_proof: bool,
    /// Whether it is a test binary.
    pub test: bool,
    /// What was read; or why it could not be read.
    pub facts: Result<ImageFacts, String>,
    /// Whether the failure to read it is the environment's (not found, no permission).
    pub missing: bool,
    /// What its code words are; `None` where they were not scanned: it is not for ARM64.
    pub code: Option<Part<CodeFacts>>,
    /// Functions of the packages that were asked about, by its function table; `None` where nobody asked.
    pub linked: Option<Part<FunctionsByPackage>>,
    /// What it carries; `None` where it was not looked at.
    pub embedded: Option<Part<EmbeddedFacts>>,
    /// What each stretch of it is; `None` where the map was not asked for.
    pub map: Option<ImageMap>,
    /// What it should be.
    pub claim: Claim,
    /// Names of the DLLs beside it, lower case, each with what it is for.
    pub siblings: BTreeMap<String, MachineKind>,
    /// What the `.syso` files of its command bring.
    pub syso_resources: SysoOfCommand,
    /// SHA-256, lower-case hexadecimal.
    pub sha256: Option<String>,
    /// What the plan says the exe must be; `None` for a file that was given.
    pub expected: Option<Expected>,
}

impl ImageFile {
    /// A file that nothing was read of yet.
    pub fn unread(name: String, path: PathBuf) -> Self {
        Self {
            name,
            path,
            package: None,
            libraries: Vec::new(),
            link_proof: false,
            test: false,
            facts: Err("not read".into()),
            missing: false,
            code: None,
            linked: None,
            embedded: None,
            map: None,
            claim: Claim::default(),
            siblings: BTreeMap::new(),
            syso_resources: SysoOfCommand::default(),
            sha256: None,
            expected: None,
        }
    }
}

/// What the plan says of an exe; build info is held against it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expected {
    /// Go's version.
    pub go_version: String,
    /// `0` or `1`.
    pub cgo_enabled: String,
    /// Import path of the command.
    pub package: String,
    /// Modules that the list selected for it: path, version as it is built in (after replacement).
    pub modules: Vec<(String, Option<String>)>,
}

/// Counts of the build.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BuildRun {
    /// Programs generated to link libraries, and linked.
    pub link_proofs: u64,
    /// Commands that were linked.
    pub commands: u64,
}
