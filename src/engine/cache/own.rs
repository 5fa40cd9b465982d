//! Directories of the cache are gowoa's own: it removes in them what earlier runs left. A symbolic link in one would lead
//! that to somebody else's files.

use std::io;
use std::path::Path;

/// Makes a directory of gowoa's own; a link that stands in its place is removed.
///
/// # Errors
/// Those of the system.
pub(in crate::engine) fn make(dir: &Path) -> io::Result<()> {
    if fs_err::symlink_metadata(dir).is_ok_and(|metadata| metadata.is_symlink()) {
        remove(dir)?;
    }
    fs_err::create_dir_all(dir)
}

/// Removes every symbolic link below a directory of gowoa's own, and never what one leads to. gowoa puts none there.
///
/// # Errors
/// Those of the system: beside a link that stays nothing is to be done.
pub(in crate::engine) fn remove_links(dir: &Path) -> io::Result<()> {
    for entry in fs_err::read_dir(dir)? {
        let entry = entry?;
        // Of the entry itself: no link is followed.
        let kind = entry.file_type()?;
        if kind.is_symlink() {
            remove(&entry.path())?;
        } else if kind.is_dir() {
            remove_links(&entry.path())?;
        }
    }
    Ok(())
}

/// Removes a link. Windows has two kinds: of files and of directories.
fn remove(link: &Path) -> io::Result<()> {
    fs_err::remove_file(link).or_else(|error| fs_err::remove_dir(link).map_err(|_| error))
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn links_go_and_what_they_lead_to_stays() {
        let dir = tempfile::tempdir().unwrap();
        let (victim, state) = (dir.path().join("victim"), dir.path().join("state"));
        fs_err::create_dir_all(victim.join("2")).unwrap();
        fs_err::create_dir_all(state.join("bin")).unwrap();
        fs_err::write(victim.join("2").join("file"), "precious").unwrap();
        fs_err::write(state.join("bin").join("tool.exe"), "made").unwrap();
        let links = [state.join("screen"), state.join("bin").join("2"), state.join("gone")];
        for (link, to) in links.iter().zip([&victim, &victim.join("2"), &dir.path().join("no")]) {
            symlink(to, link).unwrap();
        }
        make(&state).unwrap();
        remove_links(&state).unwrap();
        for link in &links {
            assert!(fs_err::symlink_metadata(link).is_err(), "{}", link.display());
        }
        assert!(state.join("bin").join("tool.exe").is_file());
        assert!(victim.join("2").join("file").is_file());
        // In the place of the directory itself.
        let other = dir.path().join("other");
        symlink(&victim, &other).unwrap();
        make(&other).unwrap();
        assert!(fs_err::symlink_metadata(&other).unwrap().is_dir());
        assert_eq!(fs_err::read_dir(&other).unwrap().count(), 0);
        assert!(victim.join("2").join("file").is_file());
    }
}
