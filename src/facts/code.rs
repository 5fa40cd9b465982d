//! What the code words of an image are, without judgement.

use super::image::CodeType;

/// A place in the code of an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodePlace {
    /// The section, such as `.text`.
    pub section: String,
    /// RVA of the first byte.
    pub rva: u32,
    /// File offset of the first byte.
    pub file_offset: u64,
    /// The function that holds it; `None` in a gap between functions.
    pub function: Option<Function>,
}

/// A function, as far as the image names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// Name as the table has it, such as `main.(*T).Run` or `x64_fn`; `RVA 0x1234` where only the
    /// unwind data knows the function.
    pub name: String,
    /// Import path of the Go package, where the name tells it; `main` is turned into the path of the command.
    pub package: Option<String>,
    /// Module of that package by the build information: path and version (empty where it has none).
    /// `std` and an empty version for the standard library.
    pub module: Option<(String, String)>,
    /// Which table names it.
    pub named_by: NamedBy,
    /// RVA of its first byte.
    pub rva: u32,
    /// Its length in bytes, up to the next function.
    pub length: u32,
}

/// Where the name or the bounds of a function come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NamedBy {
    /// Go's function table, which is there also in stripped images.
    Pclntab,
    /// The COFF symbol table.
    Symbol,
    /// The export directory.
    Export,
    /// ARM64 unwind data (`.pdata`): bounds without a name.
    Unwind,
}

impl NamedBy {
    /// The name of the table in reports.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Pclntab => "pclntab",
            Self::Symbol => "COFF symbol table",
            Self::Export => "export directory",
            Self::Unwind => ".pdata",
        }
    }
}

/// What a scan of every code word of an ARM64 image found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CodeFacts {
    /// 32-bit words of code that were looked at.
    pub words: u64,
    /// Functions that the tables of the image name or bound.
    pub functions: u64,
    /// Runs of words that are no A64 instructions, in order of address; of too many, those that read as x86
    /// are kept first.
    pub foreign: Vec<ForeignCode>,
    /// More runs that read as x86 than are kept in `foreign`.
    pub x86_more: u64,
    /// More opaque runs than are kept in `foreign`.
    pub opaque_more: u64,
    /// Words that are no instructions and of which nobody asked what they are instead, because the image
    /// has too many.
    pub unread: u64,
    /// Uses of x18 other than loads through the TEB, one entry a function.
    pub x18: Vec<X18Use>,
    /// More such functions than are kept in `x18`.
    pub x18_more: u64,
    /// GOARM64 of the build information, else Go's default.
    pub goarm64: String,
    /// Instructions above that level, one entry a function and feature.
    pub features: Vec<FeatureUse>,
    /// More entries without a guard than are kept in `features`.
    pub features_more: u64,
    /// More entries with one.
    pub guarded_more: u64,
    /// Runs of words between the instructions that are data of these: RVA, bytes.
    pub pools: Vec<(u32, u32)>,
    /// Ranges that were not scanned because the CHPE map gives them to another machine: start RVA, bytes, whose.
    pub skipped: Vec<(u32, u32, CodeType)>,
}

/// A run of words that cannot all be A64 code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignCode {
    /// Where it begins.
    pub place: CodePlace,
    /// Its length in bytes, as far as it can be told.
    pub length: u32,
    /// Words in it that are no A64 instruction.
    pub undecodable: u32,
    /// Its first bytes, at most 64.
    pub bytes: Vec<u8>,
    /// What it reads like.
    pub reading: Reading,
    /// The first words read as A64, one line each: address, word, text.
    pub a64: Vec<String>,
}

/// What a run of undecodable words reads like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// Coherent x86 machine code.
    X86 {
        /// 64 or 32.
        bits: u32,
        /// How much likelier x86 code is than anything else, in thousandths of a nat.
        score_millinats: i64,
        /// Instructions that were scored.
        instructions: u32,
        /// The instructions, one line each: address, bytes, text.
        text: Vec<String>,
    },
    /// Neither A64 nor coherent x86: data, or code of another machine.
    Opaque,
}

/// Code of one function that uses x18.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct X18Use {
    /// The first such instruction; its function.
    pub place: CodePlace,
    /// How many instructions write x18 or w18.
    pub writes: u32,
    /// How many read it in another way than a load through the TEB.
    pub reads: u32,
    /// The first instructions, one line each: address, word, text.
    pub text: Vec<String>,
    /// Bytes of the first instruction.
    pub bytes: Vec<u8>,
}

/// Instructions of one function that need more than Armv8.0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeatureUse {
    /// The first such instruction; its function.
    pub place: CodePlace,
    /// The feature by Arm's name, such as `FEAT_LSE`.
    pub feature: &'static str,
    /// The first level of GOARM64 that has it, such as `v8.1`; `None` where no level has it: an option of the CPU.
    pub level: Option<&'static str>,
    /// How many instructions.
    pub count: u32,
    /// What keeps a CPU without the feature from running them.
    pub guard: Guard,
    /// The first instructions, one line each: address, word, text.
    pub text: Vec<String>,
    /// Bytes of the first instruction.
    pub bytes: Vec<u8>,
}

/// Whether a CPU-feature test was seen before instructions that need it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// The function itself branches on a byte in memory before the instructions.
    InFunction,
    /// Every direct caller that was found does, before it calls.
    InCallers,
    /// The function belongs to Go's own runtime or standard library, which test before use.
    StandardLibrary,
    /// None was seen: no test in the function, and at least one direct caller without one.
    NotSeen,
    /// No direct caller was found either, so a test may be anywhere.
    NoCallerFound,
}
