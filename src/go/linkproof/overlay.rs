//! The JSON of `go build -overlay`, with a user's own overlay in it.
//! See <https://pkg.go.dev/cmd/go#hdr-Compile_packages_and_dependencies>.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

/// Why no overlay could be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OverlayError {
    /// A path that JSON cannot hold.
    #[error("the path {path:?} is not UTF-8, which an overlay file must be")]
    NotUtf8 {
        /// The path.
        path: PathBuf,
    },
    /// The user's overlay is not of the form that the go command reads.
    #[error("the overlay given by the user is malformed: {what}")]
    Malformed {
        /// What is wrong with it.
        what: &'static str,
    },
    /// The user's overlay already shows something at a place that is needed.
    #[error(
        "the overlay given by the user has an entry at {path:?}, which is needed for another file"
    )]
    Conflict {
        /// The user's path.
        path: String,
    },
}

/// The overlay that shows each `(virtual path, real path)` of `files`, and everything that the
/// user's own overlay does: its entries and members are kept as they are, deletions included.
///
/// An overlay is a private world of one `go` call, so two cannot be given; hence the merger.
///
/// # Errors
/// [`OverlayError`]; in particular, a user's entry in the folder of one of `files` is a conflict,
/// since it would become part of the same package.
pub fn overlay_json(
    files: &[(PathBuf, PathBuf)],
    user_overlay: Option<&Value>,
) -> Result<Value, OverlayError> {
    let mut overlay = match user_overlay {
        None => Map::new(),
        Some(Value::Object(members)) => members.clone(),
        Some(_) => return Err(OverlayError::Malformed { what: "it is not an object" }),
    };
    let mut replace = match overlay.remove("Replace") {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(entries)) if entries.values().all(Value::is_string) => entries,
        Some(_) => {
            return Err(OverlayError::Malformed { what: "Replace is not an object of strings" });
        }
    };
    let folders: BTreeSet<&Path> = files.iter().filter_map(|(path, _)| path.parent()).collect();
    if let Some(key) = replace.keys().find(|key| is_within(Path::new(key), &folders)) {
        return Err(OverlayError::Conflict { path: key.clone() });
    }
    for (virtual_path, real) in files {
        let text = |path: &Path| {
            path.to_str()
                .map(str::to_owned)
                .ok_or_else(|| OverlayError::NotUtf8 { path: path.to_owned() })
        };
        replace.insert(text(virtual_path)?, Value::String(text(real)?));
    }
    overlay.insert("Replace".to_owned(), Value::Object(replace));
    Ok(Value::Object(overlay))
}

/// Whether a user's path is one of the folders, or lies in one. A relative path counts from a
/// folder that only the `go` call knows, so for it the folder's own name decides.
fn is_within(path: &Path, folders: &BTreeSet<&Path>) -> bool {
    folders.iter().any(|folder| {
        path.starts_with(folder)
            || (path.is_relative()
                && folder.file_name().is_some_and(|name| path.iter().any(|part| part == name)))
    })
}
