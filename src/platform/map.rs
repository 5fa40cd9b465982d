//! Files mapped into memory: the one module with `unsafe`.

#![allow(unsafe_code, reason = "memmap2 leaves it to the caller that the file does not change")]

use std::fs::File;
use std::ops::Deref;
use std::path::Path;

/// Windows loads no image of 4 GiB or more: SizeOfImage has 32 bits (PE format, "Optional Header").
const SIZE_LIMIT: u64 = u32::MAX as u64;

/// The bytes of a file, mapped where it is not empty.
#[derive(Debug)]
pub struct Mapped {
    map: Option<memmap2::Mmap>,
    /// A temporary file, kept open as long as it is mapped: Windows removes it when it is closed.
    _temporary: Option<File>,
}

impl Mapped {
    /// Maps a regular file for reading.
    ///
    /// # Errors
    /// Those of opening and mapping; a directory or a device is an error of kind `InvalidInput`.
    pub fn open(path: &Path) -> std::io::Result<Self> {
        // Looked at before it is opened: opening a pipe waits for its other end.
        if !fs_err::metadata(path)?.is_file() {
            return Err(std::io::Error::new(
                std::io::ErrorKind::InvalidInput,
                format!("{} is not a regular file", path.display()),
            ));
        }
        let file = fs_err::File::open(path)?;
        let length = file.metadata()?.len();
        if length > SIZE_LIMIT {
            return Err(std::io::Error::new(
                std::io::ErrorKind::InvalidInput,
                format!("{} has {length} bytes, more than any image", path.display()),
            ));
        }
        if length == 0 {
            return Ok(Self { map: None, _temporary: None });
        }
        // SAFETY: the bytes are only read, as `&[u8]` without any validity invariant. Another process
        // that shortens the file meanwhile makes the read fault (SIGBUS) and ends gowoa without an
        // answer, which is what a build directory under change deserves; it cannot yield a wrong one.
        let map = unsafe { memmap2::Mmap::map(file.file())? };
        Ok(Self { map: Some(map), _temporary: None })
    }

    /// Maps a temporary file that has no name: what was written to it, from its first byte.
    ///
    /// # Errors
    /// Those of mapping.
    pub fn temporary(file: File) -> std::io::Result<Self> {
        if file.metadata()?.len() == 0 {
            return Ok(Self { map: None, _temporary: None });
        }
        // SAFETY: the bytes are only read, as `&[u8]` without any validity invariant. The file has no name
        // that another process could open, and its one handle is kept here, unused, until it is unmapped.
        let map = unsafe { memmap2::Mmap::map(&file)? };
        Ok(Self { map: Some(map), _temporary: Some(file) })
    }
}

impl Deref for Mapped {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.map.as_deref().unwrap_or_default()
    }
}
