//! Files to write that may be named pipes. The system lets whoever opens a pipe wait for its reader, for ever where
//! none comes; a report that hangs after minutes of work, without a word, helps nobody.

use std::io;
use std::path::Path;

use fs_err as fs;

/// Opens a file to append to, and makes it where it is missing.
///
/// # Errors
/// Those of the system; of a pipe that nobody reads, kind `BrokenPipe`.
pub(crate) fn append(path: &Path) -> io::Result<fs::File> {
    open(path, true)
}

/// Opens a pipe or a device that is there.
///
/// # Errors
/// Those of the system; of a pipe that nobody reads, kind `BrokenPipe`.
pub(crate) fn device(path: &Path) -> io::Result<fs::File> {
    open(path, false)
}

#[cfg(unix)]
fn open(path: &Path, append: bool) -> io::Result<fs::File> {
    use rustix::fs::{Mode, OFlags, fcntl_getfl, fcntl_setfl};
    use rustix::io::Errno;
    use std::time::Duration;

    /// A reader that is started beside gowoa needs a moment to open its end.
    const READER_TRIES: u32 = 100;
    const READER_WAIT: Duration = Duration::from_millis(20);

    let kind = if append { OFlags::APPEND | OFlags::CREATE } else { OFlags::empty() };
    let flags = OFlags::WRONLY | OFlags::CLOEXEC | OFlags::NOCTTY | OFlags::NONBLOCK | kind;
    let mut tries = 0;
    let file = loop {
        tries += 1;
        match rustix::fs::open(path, flags, Mode::from_raw_mode(0o666)) {
            Ok(file) => break file,
            Err(Errno::INTR) => {}
            Err(Errno::NXIO) if tries < READER_TRIES => std::thread::sleep(READER_WAIT),
            Err(Errno::NXIO) => {
                return Err(io::Error::new(
                    io::ErrorKind::BrokenPipe,
                    "it is a pipe or a device that nobody reads",
                ));
            }
            Err(error) => return Err(error.into()),
        }
    };
    // What is written later waits for a reader that is slow, as usual.
    fcntl_setfl(&file, fcntl_getfl(&file)?.difference(OFlags::NONBLOCK))?;
    Ok(fs::File::from_parts(file.into(), path))
}

#[cfg(not(unix))]
fn open(path: &Path, append: bool) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).append(append).create(append);
    options.open(path)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::io::{Read, Write};

    use super::*;

    fn fifo() -> (tempfile::TempDir, std::path::PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("fifo");
        let mode = rustix::fs::Mode::from_raw_mode(0o600);
        rustix::fs::mknodat(rustix::fs::CWD, &path, rustix::fs::FileType::Fifo, mode, 0).unwrap();
        (dir, path)
    }

    #[test]
    fn a_pipe_without_a_reader_is_an_error() {
        let (_dir, path) = fifo();
        for open in [append, device] {
            assert_eq!(open(&path).unwrap_err().kind(), io::ErrorKind::BrokenPipe);
        }
    }

    #[test]
    fn a_reader_gets_everything_at_its_own_pace() {
        let (_dir, path) = fifo();
        let reader = {
            let path = path.clone();
            std::thread::spawn(move || {
                let mut all = Vec::new();
                fs::File::open(path).unwrap().read_to_end(&mut all).map(|_| all.len())
            })
        };
        // More than any pipe holds: without a reader's pace this would be an error in the middle.
        device(&path).unwrap().write_all(&vec![b'x'; 4 << 20]).unwrap();
        assert_eq!(reader.join().unwrap().unwrap(), 4 << 20);
    }

    #[test]
    fn files_are_appended_to_and_made() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("new");
        for word in ["a", "b"] {
            append(&path).unwrap().write_all(word.as_bytes()).unwrap();
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), "ab");
        assert_eq!(append(dir.path()).unwrap_err().kind(), io::ErrorKind::IsADirectory);
    }
}
