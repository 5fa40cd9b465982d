//! The map of an image: what each stretch of its file is.

use serde::{Deserialize, Serialize};

/// Maps in a report, and pictures on a page: each takes about a screen.
pub const MAX_MAPS: usize = 50;

/// What an image consists of, section by section, in file order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageMap {
    /// The sections.
    pub sections: Vec<MapSection>,
}

/// One section, or the headers, or what follows the last section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MapSection {
    /// Name, such as `.text`; `headers` and `overlay` for what is no section.
    pub name: String,
    /// RVA of the first byte; 0 for the overlay.
    pub rva: u32,
    /// File offset of the first byte.
    pub file_offset: u64,
    /// Bytes in the file.
    pub size: u64,
    /// Whether it may be executed.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub executable: bool,
    /// What it consists of: without a gap, in order; neighbours differ in kind or label.
    pub spans: Vec<MapSpan>,
}

/// A stretch of one section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MapSpan {
    /// Bytes from the start of the section.
    pub offset: u64,
    /// Its length in bytes.
    pub length: u64,
    /// What it is.
    pub kind: SpanKind,
    /// Whose it is: a package, a library, an embedded file; empty where there is nothing to say.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub label: String,
}

/// What a stretch of an image is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SpanKind {
    /// Code of a Go package.
    Go,
    /// A64 code of anything else: C, Rust, hand-written objects.
    Native,
    /// Zero words and NOPs between functions.
    Padding,
    /// Constants among the code.
    Pool,
    /// x86 code.
    X86,
    /// Words that are no instruction.
    Opaque,
    /// Code that a CHPE map gives to x64.
    HybridX64,
    /// An executable section of another machine, or one that was not scanned.
    Code,
    /// Go's function table.
    Pclntab,
    /// Constants.
    ReadOnlyData,
    /// Variables.
    Data,
    /// Resources.
    Resources,
    /// A PE image or a container in the data.
    Embedded,
    /// Debug information and symbols.
    Debug,
    /// Headers, imports, relocations, unwind data.
    Tables,
    /// The signature.
    Signature,
    /// Anything else.
    Other,
}

impl SpanKind {
    /// The word used in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Go => "go",
            Self::Native => "native",
            Self::Padding => "padding",
            Self::Pool => "pool",
            Self::X86 => "x86",
            Self::Opaque => "opaque",
            Self::HybridX64 => "hybrid-x64",
            Self::Code => "code",
            Self::Pclntab => "pclntab",
            Self::ReadOnlyData => "read-only-data",
            Self::Data => "data",
            Self::Resources => "resources",
            Self::Embedded => "embedded",
            Self::Debug => "debug",
            Self::Tables => "tables",
            Self::Signature => "signature",
            Self::Other => "other",
        }
    }
}
