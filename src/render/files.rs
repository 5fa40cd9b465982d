//! Report files: where a report goes, and how it gets there whole or not at all.
//!
//! A run may take minutes, so a target that cannot be written is told before the work:
//! [`ReportFile::prepare`] makes the missing directories and tries a temporary file beside the target, and
//! [`ReportFile::commit`] fills it and renames it. Until then, and when anything goes wrong, the file
//! of an earlier run stays as it was.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use fs_err as fs;
use tempfile::NamedTempFile;

use super::format::{Format, FormatError};
use crate::platform::pipe;

/// A report that was asked for: `FORMAT=PATH`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportTarget {
    /// What to write.
    pub format: Format,
    /// Where to; `-` is standard output.
    pub path: PathBuf,
}

impl ReportTarget {
    /// Reads `FORMAT=PATH`; the path need not be Unicode and may contain `=`.
    pub fn parse(argument: &OsStr) -> Result<Self, FormatError> {
        let Some((name, path)) = split_at_equals(argument) else {
            // `--report json` is a format without a path, anything else is no format at all.
            return match argument.to_string_lossy().parse::<Format>() {
                Ok(_) => Err(FormatError::NoPath(argument.to_owned())),
                Err(unknown) => Err(unknown),
            };
        };
        let format = name.parse()?;
        if path.is_empty() {
            return Err(FormatError::NoPath(argument.to_owned()));
        }
        Ok(Self { format, path: path.into() })
    }
}

/// The text in front of the first `=`, and what follows it.
#[cfg(unix)]
fn split_at_equals(argument: &OsStr) -> Option<(String, OsString)> {
    use std::os::unix::ffi::OsStrExt;
    let bytes = argument.as_bytes();
    let at = bytes.iter().position(|byte| *byte == b'=')?;
    let name = String::from_utf8_lossy(&bytes[..at]).into_owned();
    Some((name, OsStr::from_bytes(&bytes[at + 1..]).to_owned()))
}

/// The text in front of the first `=`, and what follows it.
#[cfg(windows)]
fn split_at_equals(argument: &OsStr) -> Option<(String, OsString)> {
    use std::os::windows::ffi::{OsStrExt, OsStringExt};
    let units: Vec<u16> = argument.encode_wide().collect();
    let at = units.iter().position(|unit| *unit == u16::from(b'='))?;
    Some((String::from_utf16_lossy(&units[..at]), OsString::from_wide(&units[at + 1..])))
}

/// A report file cannot be written. The user's surroundings: names the path, the cause and what to
/// do next.
#[derive(Debug)]
pub struct FileError {
    path: PathBuf,
    source: io::Error,
    next: &'static str,
}

impl FileError {
    fn new(path: &Path, source: io::Error) -> Self {
        use io::ErrorKind as K;
        let next = match source.kind() {
            K::PermissionDenied | K::ReadOnlyFilesystem => {
                "make it writable, or name another file with --report FORMAT=PATH"
            }
            K::StorageFull | K::QuotaExceeded | K::FileTooLarge => {
                "free some space, or name a file on another disk"
            }
            K::IsADirectory => "name a file in it, or give the directory to --report-dir",
            K::BrokenPipe => "start the program that reads the report, and let it read all of it",
            _ => "name another file with --report FORMAT=PATH",
        };
        Self { path: path.to_owned(), source, next }
    }

    /// The path as the user gave it.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What went wrong, without the next step.
    pub fn what(&self) -> String {
        format!("cannot write the report {}: {}", self.path.display(), self.source)
    }

    /// What to do next, in one line.
    pub fn next(&self) -> &'static str {
        self.next
    }

    /// The kind of the cause; `BrokenPipe` where the reader of standard output went away.
    pub fn kind(&self) -> io::ErrorKind {
        self.source.kind()
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.what(), self.next)
    }
}

impl std::error::Error for FileError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}

/// A report file that can be written, before there is anything to write. Dropped without
/// [`commit`](Self::commit) it leaves nothing behind but the directories it made.
#[derive(Debug)]
pub struct ReportFile {
    /// As the user gave it, for errors.
    path: PathBuf,
    target: Target,
}

#[derive(Debug)]
enum Target {
    /// `-`.
    Stdout,
    /// A file that a temporary one beside it will replace; with the permissions of the old one.
    File { real: PathBuf, permissions: Option<std::fs::Permissions> },
    /// A pipe or device: nothing to rename over, and nothing of value to lose.
    Device(fs::File),
}

impl ReportFile {
    /// Makes sure that the file can be written: makes its directories and a temporary file beside it.
    pub fn prepare(path: &Path) -> Result<Self, FileError> {
        let target = if path == Path::new("-") { Ok(Target::Stdout) } else { open(path) };
        match target {
            Ok(target) => Ok(Self { path: path.to_owned(), target }),
            Err(source) => Err(FileError::new(path, source)),
        }
    }

    /// The path as the user gave it.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes the report and puts it in its place. On any error the old file is as it was.
    pub fn commit(self, bytes: &[u8]) -> Result<(), FileError> {
        let Self { path, target } = self;
        let done = match target {
            Target::Stdout => {
                let mut out = io::stdout().lock();
                out.write_all(bytes).and_then(|()| out.flush())
            }
            Target::Device(mut file) => file.write_all(bytes).and_then(|()| file.flush()),
            Target::File { real, permissions } => replace(&real, permissions, bytes),
        };
        done.map_err(|source| FileError::new(&path, source))
    }
}

/// Finds out what the path is and opens what can be written.
fn open(path: &Path) -> io::Result<Target> {
    // A trailing separator means a directory, and `Path` hides it.
    let named_directory = path.as_os_str().as_encoded_bytes().last().copied();
    if named_directory.is_none() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the path is empty"));
    }
    let named_directory = named_directory.is_some_and(|last| std::path::is_separator(last.into()));
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => Err(is_directory("it is a directory")),
        Ok(_) if named_directory => Err(is_directory("the path ends like a directory")),
        Ok(metadata) if !metadata.is_file() => pipe::device(path).map(Target::Device),
        Ok(metadata) if metadata.permissions().readonly() => {
            Err(io::Error::new(io::ErrorKind::PermissionDenied, "the file is read-only"))
        }
        Ok(metadata) => {
            // Through a symbolic link: the link stays and what it leads to is replaced.
            let real = fs::canonicalize(path)?;
            probe(&real)?;
            // The new file is as readable as the old one.
            Ok(Target::File { real, permissions: Some(metadata.permissions()) })
        }
        Err(_) if named_directory => Err(is_directory("the path ends like a directory")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if fs::symlink_metadata(path).is_ok() {
                return Err(io::Error::new(
                    error.kind(),
                    "it is a link to a file that does not exist",
                ));
            }
            let parent = parent(path);
            fs::create_dir_all(parent)?;
            probe(path)?;
            Ok(Target::File { real: path.to_owned(), permissions: None })
        }
        Err(error) => Err(error),
    }
}

fn is_directory(message: &str) -> io::Error {
    io::Error::new(io::ErrorKind::IsADirectory, message)
}

/// The directory of the file; `.` for a bare name.
fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

fn temporary_beside(path: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".gowoa-").suffix(".tmp");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // Reports are for others to read; the umask takes away what it should.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(parent(path))
}

/// Makes a temporary file and removes it again: it must not lie in the module while go reads it (an
/// `//go:embed` would take it along).
fn probe(path: &Path) -> io::Result<()> {
    temporary_beside(path)?.close()
}

/// Fills a temporary file and renames it; on an error it is removed when it is dropped.
fn replace(real: &Path, permissions: Option<std::fs::Permissions>, bytes: &[u8]) -> io::Result<()> {
    let mut temporary = temporary_beside(real)?;
    if let Some(permissions) = permissions {
        temporary.as_file().set_permissions(permissions)?;
    }
    temporary.write_all(bytes)?;
    temporary.flush()?;
    temporary.as_file().sync_all()?;
    temporary.persist(real).map(drop).map_err(|failed| failed.error)
}

#[cfg(test)]
mod tests;
