//! From the paths that were given to the files to look at.

use std::collections::BTreeSet;
use std::fs::FileType;
use std::path::{Component, Path, PathBuf};

use crate::engine::EngineError;
use crate::model::Problem;

/// Directories that hold the history of sources, and nothing that is released.
const SKIPPED: &[&str] = &[".git", ".hg", ".svn"];
/// Files and directories below which one call stops to look: beyond a large node_modules by far.
const MAX_ENTRIES: usize = 2_000_000;

/// A file to look at.
#[derive(Debug)]
pub(super) struct Input {
    /// Where it is.
    pub(super) path: PathBuf,
    /// Its name in the Report, `/`-separated.
    pub(super) name: String,
    /// How many of the last parts of `name` may say what the file is for, its own among them.
    pub(super) labels: usize,
    /// Whether it was given itself, and not found in a directory.
    pub(super) given: bool,
}

/// What was found below the paths.
#[derive(Debug, Default)]
pub(super) struct Walked {
    /// Files, sorted by name.
    pub(super) files: Vec<Input>,
    /// Whether standard input was given.
    pub(super) stdin: bool,
    /// What is neither a file nor a directory, in words.
    pub(super) others: Vec<&'static str>,
    /// Directories that could not be read, and limits that were met.
    pub(super) problems: Vec<Problem>,
    entries: usize,
}

/// Every file below the paths, each once. Links to files are followed, links to directories only where they
/// were given.
///
/// # Errors
/// A path that was given is not there, cannot be looked at, or is no file and no directory.
pub(super) fn walk(paths: &[PathBuf]) -> Result<Walked, EngineError> {
    let mut walked = Walked::default();
    for path in paths {
        if path == Path::new("-") {
            if std::mem::replace(&mut walked.stdin, true) {
                return Err(unusable(path, "standard input can be read once", "give - once"));
            }
            continue;
        }
        let metadata = fs_err::metadata(path).map_err(|error| not_there(path, &error))?;
        let labels = labels_of(path);
        if metadata.is_dir() {
            // Opened here, so that one that may not be read is told at once.
            fs_err::read_dir(path).map_err(|error| not_there(path, &error))?;
            walked.directory(path, labels);
        } else if metadata.is_file() {
            // As for directories.
            fs_err::File::open(path).map_err(|error| not_there(path, &error))?;
            walked.file(path, labels, true);
        } else {
            let message = "it is a pipe, a socket or a device";
            return Err(unusable(path, message, "give a file, or pipe it to: gowoa inspect -"));
        }
    }
    walked.finish();
    Ok(walked)
}

impl Walked {
    fn file(&mut self, path: &Path, labels: usize, given: bool) {
        self.files.push(Input { path: path.to_owned(), name: report_name(path), labels, given });
    }

    /// Everything below a directory, without recursion: the depth is the disk's to choose.
    fn directory(&mut self, top: &Path, labels: usize) {
        let mut queue = vec![(top.to_owned(), labels)];
        while let Some((dir, labels)) = queue.pop() {
            let entries = match fs_err::read_dir(&dir) {
                Ok(entries) => entries,
                Err(error) => {
                    self.unreadable(&error);
                    continue;
                }
            };
            for entry in entries {
                self.entries += 1;
                if self.entries > MAX_ENTRIES {
                    self.too_many();
                    return;
                }
                match entry.and_then(|entry| Ok((entry.file_type()?, entry.path()))) {
                    Ok((kind, path)) if kind.is_dir() => {
                        let name = path.file_name().and_then(|name| name.to_str());
                        if !name.is_some_and(|name| SKIPPED.contains(&name)) {
                            queue.push((path, labels + 1));
                        }
                    }
                    Ok((kind, path)) => self.entry(kind, &path, labels + 1),
                    Err(error) => self.unreadable(&error),
                }
            }
        }
    }

    fn entry(&mut self, kind: FileType, path: &Path, labels: usize) {
        if kind.is_file() {
            self.file(path, labels, false);
        } else if kind.is_symlink() {
            match fs_err::metadata(path) {
                Ok(target) if target.is_file() => self.file(path, labels, false),
                Ok(target) if target.is_dir() => {
                    self.others.push("a link to a directory, which is not followed");
                }
                Ok(_) => self.others.push("a pipe, a socket or a device"),
                Err(_) => self.others.push("a link that leads nowhere"),
            }
        } else {
            self.others.push("a pipe, a socket or a device");
        }
    }

    fn unreadable(&mut self, error: &std::io::Error) {
        self.problems.push(Problem {
            message: error.to_string(),
            details: Vec::new(),
            next: Some("make it readable, or take it away, and inspect again".into()),
        });
    }

    fn too_many(&mut self) {
        if self.problems.iter().any(|problem| problem.message.starts_with("more than")) {
            return;
        }
        self.problems.push(Problem {
            message: format!(
                "more than {MAX_ENTRIES} files and directories; the rest is not looked at"
            ),
            details: Vec::new(),
            next: Some("name the directories that are released".into()),
        });
    }

    /// Sorted, and each file once: `dist dist/tool.exe` names one twice.
    fn finish(&mut self) {
        self.files.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| b.labels.cmp(&a.labels)));
        let mut seen = BTreeSet::new();
        self.files.retain(|file| {
            // The directory is resolved and the name is not: two links to one file have two names.
            let parent = file.path.parent().filter(|parent| !parent.as_os_str().is_empty());
            let parent = fs_err::canonicalize(parent.unwrap_or(Path::new(".")));
            let name = file.path.file_name();
            match (parent, name) {
                (Ok(parent), Some(name)) => seen.insert(parent.join(name)),
                _ => true,
            }
        });
    }
}

/// The path as the Report shows it: as it was given, without a `./` before it, and with `/`.
pub(super) fn report_name(path: &Path) -> String {
    let text = path.to_string_lossy();
    let text = if cfg!(windows) { text.replace('\\', "/") } else { text.into_owned() };
    let plain = text.strip_prefix("./").unwrap_or(&text).trim_start_matches('/');
    match (text.starts_with('/'), plain) {
        (_, "" | ".") => text,
        (true, plain) => format!("/{plain}"),
        (false, plain) => plain.to_owned(),
    }
}

/// How many of the last names of a given path may say what it holds. A path below the working directory was
/// written for what it names; of one from elsewhere the last two count, since nobody chose `/x64/build/` to
/// say what a program is for.
fn labels_of(path: &Path) -> usize {
    let here = std::env::current_dir().unwrap_or_default();
    let inside = path.strip_prefix(&here).unwrap_or(path);
    let names = |part: &Component<'_>| matches!(part, Component::Normal(_));
    if inside.is_absolute() || inside.components().any(|part| part == Component::ParentDir) {
        return inside.components().rev().take_while(names).take(2).count();
    }
    inside.components().filter(names).count()
}

fn not_there(path: &Path, error: &std::io::Error) -> EngineError {
    use std::io::ErrorKind::{NotFound, PermissionDenied};
    match error.kind() {
        NotFound => unusable(path, "there is no such file or directory", "look at the path again"),
        PermissionDenied => unusable(
            path,
            "it may not be read",
            "make it readable, or run as a user who may read it",
        ),
        _ => unusable(path, &error.to_string(), "look at the path again"),
    }
}

fn unusable(path: &Path, reason: &str, next: &'static str) -> EngineError {
    EngineError::Unusable { path: path.to_owned(), reason: reason.into(), next }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_that_were_given() {
        for (path, name) in [
            ("dist/tool.exe", "dist/tool.exe"),
            ("./dist/tool.exe", "dist/tool.exe"),
            ("./-x.exe", "-x.exe"),
            ("/opt//tool.exe", "/opt//tool.exe"),
            (".", "."),
            ("/", "/"),
        ] {
            assert_eq!(report_name(Path::new(path)), name);
        }
    }

    #[test]
    fn names_far_away_say_nothing() {
        assert_eq!(labels_of(Path::new("a/b/c.exe")), 3);
        assert_eq!(labels_of(Path::new("./dist")), 1);
        assert_eq!(labels_of(Path::new(".")), 0);
        assert_eq!(labels_of(Path::new("/somewhere/arm64/dist/tool.exe")), 2);
        assert_eq!(labels_of(Path::new("../x64/dist")), 2);
        let here = std::env::current_dir().unwrap();
        assert_eq!(labels_of(&here.join("a/b.exe")), 2);
    }
}
