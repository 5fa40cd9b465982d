//! The facts of one package's source text: every reader asked of every file that is built.

use crate::facts::SourceFacts;

use super::{assembly, cgo, golang};

/// One source file.
#[derive(Debug, Clone, Copy)]
pub struct SourceFile<'a> {
    /// Name, relative to the package's directory.
    pub name: &'a str,
    /// Its text.
    pub bytes: &'a [u8],
}

/// The files of a package that are built for windows/arm64.
#[derive(Debug, Clone, Default)]
pub struct PackageText<'a> {
    /// Import path.
    pub import_path: &'a str,
    /// Go files, those with `import "C"` included.
    pub go: Vec<SourceFile<'a>>,
    /// Go files with `import "C"` alone, also where cgo is off: what cgo would build.
    pub cgo: Vec<SourceFile<'a>>,
    /// Assembly files.
    pub asm: Vec<SourceFile<'a>>,
    /// Headers that these may include.
    pub headers: Vec<SourceFile<'a>>,
}

/// Reads a package.
#[must_use]
pub fn facts(package: &PackageText<'_>) -> SourceFacts {
    let all = || package.go.iter().chain(&package.asm);
    let mut facts = SourceFacts {
        files: all().count() as u64,
        bytes: all().map(|file| file.bytes.len() as u64).sum(),
        ..SourceFacts::default()
    };
    golang::calls::find(package, &mut facts);
    golang::tables::find(package, &mut facts);
    golang::names::find(package, &mut facts);
    golang::code_bytes::find(package, &mut facts);
    golang::cpu::find(package, &mut facts);
    assembly::find(package, &mut facts);
    cgo::find(package, &mut facts);
    facts
}
