//! Containers in, their members out: zip, tar, gzip, zstd, bzip2, xz and cabinet files.
//!
//! [`members`] opens one container and hands out its regular files one after the other. Whoever gets a
//! member and finds a container in it calls [`members`] again with the same [`Budget`], so a container in a
//! container costs from one purse. Names are names: nothing is ever written to a path that a container
//! chose, and no number in a header is believed: output is counted while it is made.

mod budget;
mod cab;
mod spool;
mod stream;
mod tar;
mod zip;

use std::io;

pub use budget::{Budget, Limits};
pub use spool::{Spool, spool};
pub use stream::peek;

use budget::Opened;

/// What a container is, by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// `PK\x03\x04`, or an empty one: `PK\x05\x06` (APPNOTE.TXT 4.3.6). MSIX and NuGet packages are zips.
    Zip,
    /// `ustar` at offset 257, or a header with the right sum (POSIX `pax`, ustar Interchange Format).
    Tar,
    /// `\x1f\x8b` and method 8, deflate (RFC 1952).
    Gzip,
    /// 0xFD2FB528 (RFC 8878, 3.1.1).
    Zstd,
    /// `MSCF` (Microsoft Cabinet Format, CFHEADER).
    Cab,
    /// `BZh1` to `BZh9` and the magic of a block or of the end.
    Bzip2,
    /// `\xFD7zXZ\0` (The .xz File Format, 2.1.1.1).
    Xz,
}

impl Kind {
    /// What it is, with its article.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Zip => "a zip archive",
            Self::Tar => "a tar archive",
            Self::Gzip => "a gzip stream",
            Self::Zstd => "a zstd stream",
            Self::Cab => "a cabinet file",
            Self::Bzip2 => "a bzip2 stream",
            Self::Xz => "an xz stream",
        }
    }

    /// The short name, as in a list of steps.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Zip => "zip",
            Self::Tar => "tar",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Cab => "cab",
            Self::Bzip2 => "bzip2",
            Self::Xz => "xz",
        }
    }

    /// Whether it holds one nameless stream and not files.
    fn one_stream(self) -> bool {
        matches!(self, Self::Gzip | Self::Zstd | Self::Bzip2 | Self::Xz)
    }
}

/// What container begins at the first byte; `None` where none does. A program that carries a zip behind
/// its end is a program: `image/carve` looks for those.
#[must_use]
pub fn kind(bytes: &[u8]) -> Option<Kind> {
    const MAGIC: &[(&[u8], Kind)] = &[
        (b"PK\x03\x04", Kind::Zip),
        (b"PK\x05\x06", Kind::Zip),
        (b"\x1f\x8b\x08", Kind::Gzip),
        (b"\x28\xb5\x2f\xfd", Kind::Zstd),
        (b"MSCF\0\0\0\0", Kind::Cab),
        (b"\xfd7zXZ\0", Kind::Xz),
    ];
    let by_magic = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|&(_, kind)| kind);
    by_magic
        .or_else(|| stream::bzip2_magic(bytes).then_some(Kind::Bzip2))
        .or_else(|| tar::header(bytes).then_some(Kind::Tar))
}

/// One regular file of a container.
#[derive(Debug)]
pub struct Member<'a> {
    /// Its name, `/`-separated, lossily decoded. A name and nothing more: it may hold `..`, a drive, or
    /// control characters.
    pub name: String,
    /// Its bytes.
    pub bytes: Spool<'a>,
    /// Where its bytes begin in the container, where they are stored as they are.
    pub offset: Option<u64>,
}

/// Why a container was not read to its end.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// Beyond a limit of gowoa: the container may be fine.
    #[error("it is beyond a limit: more than {value} {which}")]
    Limit {
        /// What is counted.
        which: &'static str,
        /// The limit.
        value: u64,
    },
    /// A member needs a password.
    #[error("{member} is encrypted")]
    Encrypted {
        /// Its name.
        member: String,
    },
    /// A member is packed in a way that gowoa does not know.
    #[error("{member} is compressed with {method}, which gowoa does not read")]
    Method {
        /// Its name.
        member: String,
        /// The method, in words or as its number.
        method: String,
    },
    /// The bytes contradict the format.
    #[error("{what} is malformed: {problem}")]
    Malformed {
        /// The container, or its member.
        what: String,
        /// What is wrong.
        problem: String,
    },
    /// The member could not be kept: the temporary file failed.
    #[error("a temporary file failed: {0}")]
    Io(#[from] io::Error),
}

impl PackageError {
    /// Whether a limit of gowoa stopped it.
    #[must_use]
    pub fn is_limit(&self) -> bool {
        matches!(self, Self::Limit { .. })
    }

    /// Whether what follows may still be read: the error is about one member.
    fn of_one_member(&self) -> bool {
        match self {
            Self::Limit { which, .. } => *which == budget::MEMBER_SIZE,
            Self::Encrypted { .. } | Self::Method { .. } | Self::Malformed { .. } => true,
            Self::Io(_) => false,
        }
    }
}

/// What a caller does with a member.
type Visit<'v> = dyn FnMut(Member<'_>, &mut Budget) + 'v;
/// Whether a caller wants a member of that name and stated size.
type Wanted<'w> = dyn FnMut(&str, Option<u64>) -> bool + 'w;

/// Calls `visit` for every regular file whose head `wanted` accepts (name, stated size). Directories, links
/// and devices are skipped. gzip, zstd, bzip2 and xz have one member; only gzip may name it.
///
/// An error about one member (encrypted, damaged, an unknown method, too large) does not keep the others
/// from being visited where the format allows to go on; the first such error is returned at the end.
///
/// # Errors
/// The container or a member is malformed, cannot be decoded, or is beyond a limit.
pub fn members(
    bytes: &[u8],
    kind: Kind,
    budget: &mut Budget,
    wanted: &mut dyn FnMut(&str, Option<u64>) -> bool,
    visit: &mut dyn FnMut(Member<'_>, &mut Budget),
) -> Result<(), PackageError> {
    let mut opened = Opened::new(budget, bytes)?;
    match kind {
        Kind::Zip => zip::members(bytes, &mut opened, wanted, visit),
        Kind::Tar => tar::members(bytes, &mut opened, wanted, visit),
        Kind::Cab => cab::members(bytes, &mut opened, wanted, visit),
        Kind::Gzip | Kind::Zstd | Kind::Bzip2 | Kind::Xz => {
            stream::member(bytes, kind, &mut opened, wanted, visit)
        }
    }
}

/// Bytes of a name; what is longer is cut. No system opens a longer path (`PATH_MAX` of Linux), and names are
/// kept for every image that is found.
const MAX_NAME: usize = 4096;

/// A name as it is handed out: `/` between its parts.
fn name(raw: &[u8]) -> String {
    match raw.get(..MAX_NAME) {
        // The mark also keeps a part of a name from being taken for its extension.
        Some(cut) if raw.len() > MAX_NAME => format!("{}…", name(cut)),
        _ => String::from_utf8_lossy(raw).replace('\\', "/"),
    }
}

/// The error for bytes that contradict the format.
fn malformed(what: impl Into<String>, problem: impl ToString) -> PackageError {
    PackageError::Malformed { what: what.into(), problem: problem.to_string() }
}

/// Keeps the first error of a member and lets the others go on.
#[derive(Debug, Default)]
struct FirstError(Option<PackageError>);

impl FirstError {
    /// Takes the outcome of one member; an error that concerns all of them is returned.
    fn take(&mut self, outcome: Result<(), PackageError>) -> Result<(), PackageError> {
        match outcome {
            Err(error) if error.of_one_member() => {
                self.0.get_or_insert(error);
                Ok(())
            }
            other => other,
        }
    }

    /// The first error, if there was one.
    fn finish(self) -> Result<(), PackageError> {
        self.0.map_or(Ok(()), Err)
    }
}
