//! The facts of one package's source text: every reader asked of every file that is built.

use std::cell::{OnceCell, RefCell};

use tree_sitter::Tree;

use crate::facts::SourceFacts;

use super::prefilter::{self, Group, Hits, Tokens};
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

/// The Go files of a package with what the prefilter saw in them, each parsed at most once.
#[derive(Debug)]
pub(super) struct Seen<'a> {
    files: Vec<SeenFile<'a>>,
    unread: RefCell<Vec<(String, String)>>,
}

#[derive(Debug)]
struct SeenFile<'a> {
    file: SourceFile<'a>,
    hits: Hits,
    tokens: OnceCell<Tokens>,
    tree: OnceCell<Option<Tree>>,
}

impl<'a> Seen<'a> {
    /// Looks over the files.
    pub(super) fn new(files: &[SourceFile<'a>]) -> Self {
        let seen = |file: &SourceFile<'a>| SeenFile {
            file: *file,
            hits: prefilter::scan(file.bytes),
            tokens: OnceCell::new(),
            tree: OnceCell::new(),
        };
        Self { files: files.iter().map(seen).collect(), unread: RefCell::default() }
    }

    /// Whether any file mentions the group.
    pub(super) fn any(&self, group: Group) -> bool {
        self.files.iter().any(|file| file.hits.has(group))
    }

    /// How many files there are; the number of a file is its place among them.
    pub(super) fn len(&self) -> usize {
        self.files.len()
    }

    /// What a file mentions.
    pub(super) fn hits(&self, number: usize) -> Hits {
        self.files.get(number).map(|file| file.hits).unwrap_or_default()
    }

    /// What stands in a file and in no comment.
    pub(super) fn tokens(&self, number: usize) -> Tokens {
        let of =
            |seen: &SeenFile<'_>| *seen.tokens.get_or_init(|| prefilter::tokens(seen.file.bytes));
        self.files.get(number).map(of).unwrap_or_default()
    }

    /// The files that mention the group and whose tokens are of a kind.
    pub(super) fn with(&self, group: Group, is: impl Fn(Tokens) -> bool) -> Vec<usize> {
        (0..self.len())
            .filter(|number| self.hits(*number).has(group) && is(self.tokens(*number)))
            .collect()
    }

    /// A file.
    pub(super) fn file(&self, number: usize) -> Option<SourceFile<'a>> {
        self.files.get(number).map(|file| file.file)
    }

    /// The tree of a whole file; `None` where it could not be parsed, which is noted once.
    pub(super) fn tree(&self, number: usize) -> Option<&Tree> {
        let seen = self.files.get(number)?;
        let parse = || match golang::full::parsed(seen.file.bytes, Tree::clone) {
            Ok(tree) => Some(tree),
            Err(error) => {
                self.unread.borrow_mut().push((seen.file.name.to_owned(), error.to_string()));
                None
            }
        };
        seen.tree.get_or_init(parse).as_ref()
    }

    /// Files that were given to the parser, and those it could not read with the reasons.
    fn counted(self) -> (u64, Vec<(String, String)>) {
        let parsed = self.files.iter().filter(|file| file.tree.get().is_some()).count();
        (parsed as u64, self.unread.into_inner())
    }
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
    let seen = Seen::new(&package.go);
    golang::calls::find(package, &seen, &mut facts);
    golang::tables::find(&seen, &mut facts);
    golang::names::find(&seen, &mut facts);
    golang::code_bytes::find(&seen, &mut facts);
    if !asks_the_processor_itself(package.import_path) {
        golang::cpu::find(&seen, &mut facts);
    }
    let (parsed, unread) = seen.counted();
    facts.parsed += parsed;
    facts.unread.extend(unread);
    assembly::find(package, &mut facts);
    cgo::find(package, &mut facts);
    facts
}

/// The packages that answer for the processor: what they ask of themselves is no finding.
fn asks_the_processor_itself(import_path: &str) -> bool {
    import_path.contains("golang.org/x/sys/cpu") || import_path.contains("klauspost/cpuid")
}
