//! Files mapped into memory: the one module with `unsafe`.

#![allow(unsafe_code, reason = "memmap2 leaves it to the caller that the file does not change")]

use std::ops::Deref;
use std::path::Path;

/// Windows loads no image of 4 GiB or more: SizeOfImage has 32 bits (PE format, "Optional Header").
const SIZE_LIMIT: u64 = u32::MAX as u64;

/// The bytes of a file, mapped where it is not empty.
#[derive(Debug)]
pub struct Mapped(Option<memmap2::Mmap>);

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
            return Ok(Self(None));
        }
        // SAFETY: the bytes are only read, as `&[u8]` without any validity invariant. Another process
        // that shortens the file meanwhile makes the read fault (SIGBUS) and ends gowoa without an
        // answer, which is what a build directory under change deserves; it cannot yield a wrong one.
        let map = unsafe { memmap2::Mmap::map(file.file())? };
        Ok(Self(Some(map)))
    }
}

impl Deref for Mapped {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.0.as_deref().unwrap_or_default()
    }
}
