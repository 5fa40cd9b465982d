//! What must not be shown: the secrets of this machine, and text of others that would play with the terminal.

use std::ffi::OsString;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::redact::Redactor;
use crate::render::text;

/// A netrc file is read this far; one that is longer is no netrc file.
const NETRC_LIMIT: u64 = 4 << 20;

/// Knows the secrets of this machine: those of the environment and of the netrc file that Go reads too.
pub(super) fn redactor() -> Redactor {
    // A value that is no Unicode stands in reports with its bad bytes replaced, and is looked for so.
    let lossy = |text: OsString| text.to_string_lossy().into_owned();
    let redactor = Redactor::from_environment(
        std::env::vars_os().map(|(key, value)| (lossy(key), lossy(value))),
    );
    let texts = netrc_files().into_iter().filter_map(|path| netrc_text(&path));
    texts.fold(redactor, |redactor, text| redactor.with_netrc(&text))
}

/// Text that quotes arguments, made safe to print: they may be file names that somebody else chose, or secrets.
pub(super) fn safe_text(text: &str) -> String {
    let clean = redactor().clean(text).into_owned();
    clean.lines().map(|line| format!("{}\n", text::escape(line))).collect()
}

/// Where Go looks for passwords of module proxies: NETRC, else the home directory.
fn netrc_files() -> Vec<PathBuf> {
    if let Some(path) = std::env::var_os("NETRC").filter(|path| !path.is_empty()) {
        return vec![path.into()];
    }
    let Some(home) = std::env::home_dir() else { return Vec::new() };
    // On Windows `_netrc` is the older name, and Go reads it first.
    let names: &[&str] = if cfg!(windows) { &["_netrc", ".netrc"] } else { &[".netrc"] };
    names.iter().map(|name| home.join(name)).collect()
}

/// The text of a netrc file. One that is absent or cannot be read has no password that Go could use either.
fn netrc_text(path: &Path) -> Option<String> {
    // A pipe would wait for a writer.
    if !fs_err::metadata(path).ok()?.is_file() {
        return None;
    }
    let mut bytes = Vec::new();
    fs_err::File::open(path).ok()?.take(NETRC_LIMIT).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}
