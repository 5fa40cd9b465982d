//! Why a package is there: the answer to `gowoa screen --why PACKAGE[.Function]`.

use serde::{Deserialize, Serialize};

use super::{BuildState, ChainLink, ModuleRef, Reachability};

/// How a package gets into what is built, and, where it was asked for, a function of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Why {
    /// Import path.
    pub package: String,
    /// The function that was asked for, without the package: `F`, `T.M`, `(*T).M`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub function: Option<String>,
    /// Its module; absent outside of modules.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub module: Option<ModuleRef>,
    /// The graph that the chain is of: `windows/arm64`, or one that reaches the package where that does not,
    /// such as `windows/amd64` or `windows/arm64 with cgo`.
    pub target: String,
    /// From a command, or else from a matched package, to the package; one link where it is matched itself and
    /// no command imports it.
    pub chain: Vec<ChainLink>,
    /// How far it came in the build.
    pub build: BuildState,
    /// How it, or the function, gets into what is built.
    pub reach: Reachability,
    /// The exes that link it, commands first.
    pub images: Vec<WhyImage>,
    /// Functions of it that these exes hold, sorted.
    pub functions: Vec<String>,
    /// What is known of the function that was asked for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub presence: Option<FunctionPresence>,
    /// The file that declares this function, if none that is built for windows/arm64 does.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub elsewhere: Option<String>,
    /// The linker's way to it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub linker: Option<LinkerWay>,
    /// Why there is no such way, where one was looked for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub no_linker: Option<String>,
}

/// An exe that links the package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhyImage {
    /// As the Report names it.
    pub name: String,
    /// Whether gowoa generated the program, to link libraries.
    pub link_proof: bool,
}

/// How a function is in the exes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FunctionPresence {
    /// With code of its own.
    Linked,
    /// Only inside functions that it was inlined into.
    Inlined,
    /// No exe holds it.
    Absent,
    /// There is no exe whose function table could be read.
    Unknown,
}

/// The linker's way from the entry of an exe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkerWay {
    /// The exe.
    pub image: String,
    /// Symbols as the linker prints them, from `main.main` or another root.
    pub symbols: Vec<String>,
    /// Whether it goes through a method that is called through an interface or by reflection, for want of a way of
    /// direct references.
    pub dynamic: bool,
    /// Whether it goes through a method that only reflection could call.
    pub reflection: bool,
    /// Lines of the linker's output that could not be read.
    #[serde(skip_serializing_if = "is_zero", default)]
    pub unread_lines: u64,
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}
