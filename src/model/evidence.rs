//! What proves a finding.

use serde::{Deserialize, Serialize};

use super::ModuleRef;

/// One piece of proof: what was read, run or compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Evidence {
    /// The words of a tool that gowoa ran.
    Output {
        /// The command, ready to paste into a shell.
        command: String,
        /// Its exit status, where it ended by itself.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        status: Option<i32>,
        /// What it printed (the part that matters), lines separated by `\n`.
        text: String,
    },
    /// The cause in one sentence, with the file that shows it.
    Cause {
        /// One sentence.
        text: String,
        /// `/`-separated path relative to the module root, or `module@version/…`.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        file: Option<String>,
        /// Line in `file`, from 1.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        line: Option<u32>,
    },
    /// The same package built for another target with the same flags: tells an arm64 problem from
    /// a broken package.
    Control {
        /// `GOOS/GOARCH`, such as `windows/amd64`.
        target: String,
        /// What came of it.
        outcome: ControlOutcome,
        /// The compiler's words where it failed.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        text: Option<String>,
    },
    /// How the main module comes to import the package: first link in the main module, last link
    /// the package of the finding.
    Chain {
        /// From the importer to the imported.
        links: Vec<ChainLink>,
    },
    /// Packages that do not build because this one does not.
    Stops {
        /// Import paths, sorted.
        packages: Vec<String>,
    },
    /// Files that one target has and the other has not.
    Files {
        /// Only in the windows/amd64 build; file names relative to the package directory.
        amd64_only: Vec<String>,
        /// Only in the windows/arm64 build.
        arm64_only: Vec<String>,
    },
    /// One field of a file format.
    Field {
        /// The field's name in its specification, such as `Machine`.
        name: String,
        /// Its value, in hexadecimal or in words.
        value: String,
        /// Where it stands in the file, in bytes.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        file_offset: Option<u64>,
    },
    /// Bytes of code with what they mean, read as the one machine and as the other.
    Code {
        /// RVA of the first byte.
        rva: u32,
        /// File offset of the first byte.
        file_offset: u64,
        /// The first bytes, lower-case hexadecimal, two digits a byte.
        bytes: String,
        /// Disassembly as x86, one instruction an item; empty where that makes no sense.
        #[serde(skip_serializing_if = "Vec::is_empty", default)]
        x86: Vec<String>,
        /// Disassembly as A64, one word an item.
        #[serde(skip_serializing_if = "Vec::is_empty", default)]
        a64: Vec<String>,
    },
    /// One line of source text.
    Source {
        /// `/`-separated path relative to the module root, or `module@version/…`.
        file: String,
        /// Line in `file`, from 1.
        line: u32,
        /// The line without surrounding white space, cut where it is long.
        text: String,
    },
    /// What the compiler's assembly listing (`-gcflags=-S`) says.
    Listing {
        /// The command that prints the listing, ready to paste into a shell.
        command: String,
        /// The lines that matter.
        lines: Vec<ListingLine>,
    },
    /// Functions of the package that an exe contains, by its function table.
    Linked {
        /// The exe, as the Report names its subject.
        image: String,
        /// Functions without the package's path, such as `(*T).Run`; at most a few, worst first.
        functions: Vec<String>,
        /// Whether the exe holds them although no call and no interface leads to them, only because reflection
        /// could look up the method that does, or that they are. Absent: something calls them, or that is not known.
        #[serde(skip_serializing_if = "std::ops::Not::not", default)]
        reflection: bool,
        /// Whether the exe is only the program that gowoa makes to link libraries: what it holds is what users
        /// of the libraries could reach.
        #[serde(skip_serializing_if = "std::ops::Not::not", default)]
        link_proof: bool,
        /// The linker's way from the entry point to the first of them, where reflection alone keeps it.
        #[serde(skip_serializing_if = "Vec::is_empty", default)]
        path: Vec<String>,
    },
    /// A version that gowoa built before it advised it.
    Tried {
        /// `module@version`.
        module: String,
        /// `GOOS/GOARCH`.
        target: String,
        /// What came of it.
        outcome: ControlOutcome,
        /// The compiler's words where it failed, or why it could not be tried.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        text: Option<String>,
    },
    /// A rule of the database that names this module and version.
    Rule {
        /// Its id.
        id: String,
        /// What it says, in one sentence.
        summary: String,
        /// Where that is known from.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        url: Option<String>,
    },
    /// The command that shows the failure again.
    Reproduce {
        /// Ready to paste into a shell, from the module's directory.
        command: String,
    },
}

/// What came of a control build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ControlOutcome {
    /// It builds there.
    Builds,
    /// It fails there too.
    Fails,
    /// The control itself could not be judged.
    Unknown,
}

/// One line of an assembly listing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListingLine {
    /// The function that holds it, with its package.
    pub function: String,
    /// `/`-separated path relative to the module root, or `module@version/…`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub file: Option<String>,
    /// Line in `file`, from 1.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub line: Option<u32>,
    /// What it shows, such as `CALL syscall.SyscallN` or `in assembly`.
    pub text: String,
}

/// One package of an import chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainLink {
    /// Import path.
    pub package: String,
    /// Its module, where it is not the main module's.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub module: Option<ModuleRef>,
}
