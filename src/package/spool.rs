//! Bytes of unknown length: in memory while they are few, else in a temporary file without a name.

use std::io::{self, Read, Write};
use std::ops::Deref;

use crate::platform::map::Mapped;

/// Bytes that are kept in memory. What is longer goes to a file: up to six containers may be open in each
/// other, and gowoa promises to stay within 64 MiB beside the files it maps.
const IN_MEMORY: usize = 4 << 20;
/// Bytes that are read at a time.
pub(super) const CHUNK: usize = 64 << 10;

/// The bytes of a member: borrowed from its container where they are stored as they are, in memory where
/// they are few, else in an unlinked temporary file, mapped.
#[derive(Debug)]
pub struct Spool<'a>(Kept<'a>);

#[derive(Debug)]
enum Kept<'a> {
    Borrowed(&'a [u8]),
    Memory(Vec<u8>),
    File(Mapped),
}

impl<'a> Spool<'a> {
    /// Bytes that are there already.
    pub(super) fn borrowed(bytes: &'a [u8]) -> Self {
        Self(Kept::Borrowed(bytes))
    }
}

impl Deref for Spool<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match &self.0 {
            Kept::Borrowed(bytes) => bytes,
            Kept::Memory(bytes) => bytes,
            Kept::File(mapped) => mapped,
        }
    }
}

/// Why a reader was not kept to its end.
#[derive(Debug)]
pub(super) enum FillError {
    /// It has more bytes than the limit.
    TooLong,
    /// It failed.
    Read(io::Error),
    /// The temporary file failed.
    Keep(io::Error),
}

/// Reads to the end and keeps what it reads.
///
/// # Errors
/// Those of the reader and of the temporary file; a reader with more than `limit` bytes is an error of kind
/// `FileTooLarge`.
pub fn spool(reader: impl Read, limit: u64) -> io::Result<Spool<'static>> {
    fill(reader, limit, &mut 0).map_err(|error| match error {
        FillError::TooLong => {
            io::Error::new(io::ErrorKind::FileTooLarge, format!("it has more than {limit} bytes"))
        }
        FillError::Read(error) | FillError::Keep(error) => error,
    })
}

/// The same, with the errors told apart. `total` grows by what was read, whatever the outcome: bytes that are
/// thrown away were unpacked as well.
pub(super) fn fill(
    mut reader: impl Read,
    limit: u64,
    total: &mut u64,
) -> Result<Spool<'static>, FillError> {
    let mut memory = Vec::new();
    let mut file = None;
    let mut chunk = vec![0; CHUNK];
    loop {
        let read = match reader.read(&mut chunk) {
            Ok(0) => break,
            Ok(read) => chunk.get(..read).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(FillError::Read(error)),
        };
        *total += read.len() as u64;
        if *total > limit {
            return Err(FillError::TooLong);
        }
        if file.is_none() && memory.len() + read.len() > IN_MEMORY {
            let mut made = tempfile::tempfile().map_err(FillError::Keep)?;
            made.write_all(&memory).map_err(FillError::Keep)?;
            memory = Vec::new();
            file = Some(made);
        }
        match &mut file {
            Some(file) => file.write_all(read).map_err(FillError::Keep)?,
            None => memory.extend_from_slice(read),
        }
    }
    match file {
        Some(file) => Ok(Spool(Kept::File(Mapped::temporary(file).map_err(FillError::Keep)?))),
        None => Ok(Spool(Kept::Memory(memory))),
    }
}
