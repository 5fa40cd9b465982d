//! Exes of an earlier run are no proof of this one.
//!
//! They are kept between runs, because Go then links only what changed; what has not changed it gives the
//! time of the build (cmd/go, `BuildInstallFunc`). An exe that still has its old time was not looked at: by a
//! wrapper that builds nothing, or by a Go that stopped before it.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// The coarsest clock of a file system in use (FAT).
const GRANULARITY: Duration = Duration::from_secs(2);

/// The times of files before a build.
#[derive(Debug)]
pub(super) struct Stamps {
    begin: SystemTime,
    times: Vec<(PathBuf, SystemTime)>,
}

impl Stamps {
    /// Those of the files that are there.
    pub(super) fn of<'p>(paths: impl Iterator<Item = &'p PathBuf>) -> Self {
        let times = paths.filter_map(|path| Some((path.clone(), modified(path)?))).collect();
        Self { begin: SystemTime::now(), times }
    }

    /// Removes what has its old time still, and returns whether there was any.
    ///
    /// # Errors
    /// Those of removing.
    pub(super) fn remove_untouched(&self) -> std::io::Result<bool> {
        let mut any = false;
        for (path, before) in &self.times {
            let old = before.checked_add(GRANULARITY).is_some_and(|end| end < self.begin);
            if old && modified(path) == Some(*before) {
                fs_err::remove_file(path)?;
                any = true;
            }
        }
        Ok(any)
    }
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
        let file = |name: &str, age: u64| {
            let path = dir.path().join(name);
            let file = std::fs::File::create(&path).unwrap();
            file.set_modified(SystemTime::now() - Duration::from_secs(age)).unwrap();
            path
        };
        let paths = [file("old", 60), file("new", 0), file("touched", 60), dir.path().join("none")];
        let stamps = Stamps::of(paths.iter());
        file("touched", 0);
        assert!(stamps.remove_untouched().unwrap());
        assert_eq!(paths.each_ref().map(|path| path.exists()), [false, true, true, false]);
        assert!(!stamps.remove_untouched().unwrap());
    }
}
