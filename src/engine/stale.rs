//! Exes of an earlier run are no proof of this one.
//!
//! They are kept between runs, because Go then links only what changed; what has not changed it gives the
//! time of the build (cmd/go, `BuildInstallFunc`). An exe that still has its old time was not looked at: by a
//! wrapper that builds nothing, or by a Go that stopped before it.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// The time that files get before a build: nothing that a build writes has it.
const BEFORE: Duration = Duration::from_secs(86_400);

/// Files before a build, with their own times.
#[derive(Debug)]
pub(super) struct Stamps {
    times: Vec<(PathBuf, SystemTime)>,
}

impl Stamps {
    /// Marks the files that are there.
    pub(super) fn of<'p>(paths: impl Iterator<Item = &'p PathBuf>) -> Self {
        let mark = |path: &PathBuf| {
            let time = modified(path)?;
            // A file whose time cannot be set cannot be replaced by the build either, which says so.
            set_modified(path, mark()).ok()?;
            Some((path.clone(), time))
        };
        Self { times: paths.filter_map(mark).collect() }
    }

    /// Removes what still has the mark, and returns whether there was any.
    ///
    /// # Errors
    /// Those of removing.
    pub(super) fn remove_untouched(&self) -> std::io::Result<bool> {
        let mut any = false;
        for (path, _) in self.untouched() {
            fs_err::remove_file(path)?;
            any = true;
        }
        Ok(any)
    }

    /// Gives what still has the mark its own time back.
    pub(super) fn restore(&self) {
        for (path, time) in self.untouched() {
            // Nothing depends on it: the time is a courtesy to the owner of the directory.
            let _ = set_modified(path, *time);
        }
    }

    fn untouched(&self) -> impl Iterator<Item = &(PathBuf, SystemTime)> {
        self.times.iter().filter(|(path, _)| modified(path) == Some(mark()))
    }
}

fn mark() -> SystemTime {
    SystemTime::UNIX_EPOCH + BEFORE
}

fn set_modified(path: &Path, time: SystemTime) -> std::io::Result<()> {
    fs_err::OpenOptions::new().write(true).open(path)?.file().set_modified(time)
}

fn modified(path: &Path) -> Option<SystemTime> {
    let metadata = fs_err::metadata(path).ok()?;
    metadata.is_file().then(|| metadata.modified().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_nobody_touched_goes() {
        let dir = tempfile::tempdir().unwrap();
        let file = |name: &str| {
            let path = dir.path().join(name);
            std::fs::File::create(&path).unwrap();
            path
        };
        let paths = [file("old"), file("touched"), dir.path().join("none")];
        let kept = modified(&paths[0]);
        let stamps = Stamps::of(paths.iter());
        file("touched");
        set_modified(&paths[1], SystemTime::now()).unwrap();
        stamps.restore();
        assert_eq!(modified(&paths[0]), kept);
        assert!(!stamps.remove_untouched().unwrap());
        let stamps = Stamps::of(paths.iter());
        set_modified(&paths[1], SystemTime::now()).unwrap();
        assert!(stamps.remove_untouched().unwrap());
        assert_eq!(paths.each_ref().map(|path| path.exists()), [false, true, false]);
    }
}
