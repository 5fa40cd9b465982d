//! What earlier runs found out, an entry a file of one directory.
//!
//! What is there is not trusted: an entry counts only if it is whole, of this form and for this key; else it is as
//! if it were not there. What cannot be written is found out again next time.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::engine::inspect::{hex, sha256};

/// Version of the form of an entry.
const FORM: u32 = 2;
/// How the names of unfinished entries begin.
const UNFINISHED: &str = ".gowoa-";
/// The largest entry that is read, in bytes.
const LARGEST: u64 = 256 << 20;

/// An entry as it is stored.
#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    form: u32,
    key: String,
    /// SHA-256 of `content`.
    sha256: String,
    /// What was found out, as JSON.
    content: String,
}

/// The entries of one kind of one project.
#[derive(Debug)]
pub(in crate::engine) struct Entries {
    dir: PathBuf,
    /// How many are kept; the oldest make room.
    most: usize,
}

impl Entries {
    /// Those in a directory, which is made when there is something to keep.
    pub(in crate::engine) const fn new(dir: PathBuf, most: usize) -> Self {
        Self { dir, most }
    }

    /// What was kept under a key.
    pub(in crate::engine) fn get<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        let bytes = contents(&self.path(key), LARGEST).ok()?;
        let entry: Entry = serde_json::from_slice(&bytes).ok()?;
        let whole = entry.form == FORM
            && entry.key == key
            && entry.sha256 == sha256(entry.content.as_bytes());
        serde_json::from_str(whole.then_some(entry.content.as_str())?).ok()
    }

    /// Keeps something under a key.
    pub(in crate::engine) fn put<T: Serialize>(&self, key: &str, found: &T) {
        let Ok(content) = serde_json::to_string(found) else { return };
        let entry =
            Entry { form: FORM, key: key.to_owned(), sha256: sha256(content.as_bytes()), content };
        // Best effort.
        let _ = self.write(key, &entry);
    }

    fn write(&self, key: &str, entry: &Entry) -> std::io::Result<()> {
        fs_err::create_dir_all(&self.dir)?;
        self.make_room();
        let mut file = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(&self.dir)?;
        file.write_all(&serde_json::to_vec(entry)?)?;
        file.persist(self.path(key)).map_err(|error| error.error)?;
        Ok(())
    }

    /// The file of a key.
    pub(in crate::engine) fn path(&self, key: &str) -> PathBuf {
        self.dir.join(format!("{key}.json"))
    }

    /// Removes the oldest entries, and what an interrupted run left. What has another name is somebody else's.
    fn make_room(&self) {
        let Ok(entries) = fs_err::read_dir(&self.dir) else { return };
        let own = |entry: &fs_err::DirEntry| entry.file_name().to_str().is_some_and(is_own);
        let mut files: Vec<_> = entries
            .flatten()
            .filter(own)
            .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
            .collect();
        files.sort();
        for (_, path) in files.iter().rev().skip(self.most.saturating_sub(1)) {
            let _ = fs_err::remove_file(path);
        }
    }
}

/// Whether a file has a name that this module gives: that of a key, or of an entry that was never finished.
fn is_own(name: &str) -> bool {
    let key = |name: &str| name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    name.strip_suffix(".json").is_some_and(key) || name.starts_with(UNFINISHED)
}

/// A key over everything that an answer depends on, part by part.
#[derive(Default)]
pub(in crate::engine) struct Key(Sha256);

impl Key {
    /// Adds a part.
    pub(in crate::engine) fn add(&mut self, text: &str) {
        self.0.update((text.len() as u64).to_le_bytes());
        self.0.update(text);
    }

    /// The key.
    pub(in crate::engine) fn finish(self) -> String {
        hex(&self.0.finalize())
    }
}

/// Size and time of a program: a new build of it is another program.
pub(in crate::engine) fn stamp(program: &Path) -> Option<String> {
    let metadata = fs_err::metadata(program).ok()?;
    Some(format!("{} {} {:?}", program.display(), metadata.len(), metadata.modified().ok()?))
}

/// The bytes of a regular file that is no longer than `most`. A pipe would wait for a writer, and a device has no
/// end.
pub(super) fn contents(path: &Path, most: u64) -> std::io::Result<Vec<u8>> {
    let metadata = fs_err::metadata(path)?;
    if !metadata.is_file() || metadata.len() > most {
        return Err(std::io::ErrorKind::InvalidInput.into());
    }
    fs_err::read(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_counts_only_whole_and_for_its_key() {
        let dir = tempfile::tempdir().unwrap();
        let entries = Entries::new(dir.path().to_owned(), 8);
        entries.put("k", &["pass"]);
        let told = || entries.get::<[String; 1]>("k");
        assert_eq!(told(), Some(["pass".to_owned()]));
        assert_eq!(entries.get::<u32>("k"), None, "something else");
        assert_eq!(entries.get::<[String; 1]>("other"), None);
        // A copy under another name is foreign.
        fs_err::copy(entries.path("k"), entries.path("other")).unwrap();
        assert_eq!(entries.get::<[String; 1]>("other"), None);
        // One changed letter.
        let text = fs_err::read_to_string(entries.path("k")).unwrap();
        let form = format!("\"form\":{FORM}");
        for (from, to) in [("pass", "fail"), (&form, "\"form\":0"), ("\"content\"", "\"conten\"")] {
            assert!(text.contains(from), "{from}");
            fs_err::write(entries.path("k"), text.replace(from, to)).unwrap();
            assert_eq!(told(), None, "{from}");
        }
        for cut in 0..text.len() {
            fs_err::write(entries.path("k"), text.get(..cut).unwrap_or_default()).unwrap();
            assert_eq!(told(), None, "cut at {cut}");
        }
        fs_err::write(entries.path("k"), &text).unwrap();
        assert!(told().is_some());
    }

    #[test]
    fn old_entries_make_room_and_nothing_else_does() {
        let dir = tempfile::tempdir().unwrap();
        let entries = Entries::new(dir.path().to_owned(), 3);
        let others = ["notes.txt", "tool.json"];
        for other in others {
            fs_err::write(dir.path().join(other), "precious").unwrap();
        }
        fs_err::write(dir.path().join(".gowoa-x"), "unfinished").unwrap();
        for number in 0..6 {
            let mut key = Key::default();
            key.add(&number.to_string());
            entries.put(&key.finish(), &number);
        }
        assert_eq!(fs_err::read_dir(dir.path()).unwrap().count(), 3 + others.len());
        assert!(others.iter().all(|other| dir.path().join(other).is_file()));
    }

    #[test]
    fn parts_of_a_key_do_not_run_into_each_other() {
        let key = |parts: &[&str]| {
            let mut key = Key::default();
            parts.iter().for_each(|part| key.add(part));
            key.finish()
        };
        assert_eq!(key(&["ab", "c"]).len(), 64);
        assert_ne!(key(&["ab", "c"]), key(&["a", "bc"]));
        assert_ne!(key(&["ab"]), key(&["ab", ""]));
    }
}
