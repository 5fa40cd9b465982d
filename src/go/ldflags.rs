//! The files that `#cgo LDFLAGS` name, found as the linkers for Windows find them.

use std::path::{Path, PathBuf};

/// What stands before and behind the name of `-lNAME` in a file's name, in the order in which LLVM's and GNU's
/// linkers look in each directory (seen with `ld.lld --verbose`; ld manual, "WIN32 (cygwin/mingw)"; LLVM's has no
/// `libNAME.lib`), and whether the file does where only static libraries are wanted (`-static`, `-Bstatic`).
const FORMS: &[(&str, &str, bool)] = &[
    ("lib", ".dll.a", false),
    ("", ".dll.a", false),
    ("lib", ".a", true),
    ("", ".lib", true),
    ("lib", ".lib", false),
    ("lib", ".dll", false),
    ("", ".dll", false),
];
/// Endings of the files that a linker takes by their path.
const OBJECTS: &[&str] = &["o", "obj", "a", "lib", "syso"];

/// A library or object that flags name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Library {
    /// Where it is.
    pub path: PathBuf,
    /// The flag that names it.
    pub flag: String,
}

/// One word of the flags, taken apart.
#[derive(Debug, PartialEq, Eq)]
enum Word {
    /// `-L DIR`.
    Directory(String),
    /// `-l NAME`, and whether it may be a DLL's import library.
    Library(String, bool),
    /// A path.
    File(String),
}

/// The files that `flags` name; `more` has the words of `CGO_LDFLAGS`, whose directories are looked through first,
/// since cmd/go puts them in front. Relative paths are below `dir`. What `-l` does not find in a directory of the
/// flags is a library of the system or of the compiler, and a DLL is no object: both are left out. A file named by
/// its path is in the list whether it is there or not.
#[must_use]
pub fn libraries(flags: &[String], more: &[String], dir: &Path) -> Vec<Library> {
    let own = words(flags);
    let environment = words(more);
    let directories: Vec<PathBuf> = environment
        .iter()
        .chain(&own)
        .filter_map(|word| match word {
            Word::Directory(path) => Some(dir.join(path)),
            _ => None,
        })
        .collect();
    let mut found = Vec::new();
    for word in own {
        let library = match word {
            Word::Directory(_) => None,
            Word::File(path) => Some(Library { path: dir.join(&path), flag: path }),
            Word::Library(name, dynamic) => search(&name, dynamic, &directories)
                .map(|path| Library { path, flag: format!("-l{name}") }),
        };
        found.extend(library);
    }
    found
}

/// The file of `-lNAME`: the first that is there.
fn search(name: &str, dynamic: bool, directories: &[PathBuf]) -> Option<PathBuf> {
    let is_file = |path: PathBuf| path.is_file().then_some(path);
    let found =
        directories.iter().find_map(|directory| match name.strip_prefix(':') {
            Some(exact) => is_file(directory.join(exact)),
            None => FORMS.iter().filter(|(_, _, fixed)| dynamic || *fixed).find_map(
                |(before, after, _)| is_file(directory.join(format!("{before}{name}{after}"))),
            ),
        })?;
    let dll = found.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("dll"));
    (!dll).then_some(found)
}

/// The words that name directories, libraries and files, `-Wl,` and `-Xlinker` opened.
fn words(flags: &[String]) -> Vec<Word> {
    let plain = flags.iter().flat_map(|flag| match flag.strip_prefix("-Wl,") {
        Some(parts) => parts.split(',').collect::<Vec<_>>(),
        None => vec![flag.as_str()],
    });
    let mut plain = plain.filter(|flag| *flag != "-Xlinker");
    let mut found = Vec::new();
    let mut dynamic = true;
    while let Some(flag) = plain.next() {
        match flag {
            "-static" | "-Bstatic" | "-dn" | "-non_shared" => dynamic = false,
            "-Bdynamic" | "-dy" | "-call_shared" => dynamic = true,
            "-L" | "--library-path" => {
                found.extend(plain.next().map(|d| Word::Directory(d.into())))
            }
            "-l" | "--library" => {
                found.extend(plain.next().map(|name| Word::Library(name.into(), dynamic)));
            }
            _ => found.extend(one(flag, dynamic)),
        }
    }
    found
}

fn one(flag: &str, dynamic: bool) -> Option<Word> {
    for prefix in ["--library-path=", "-L"] {
        if let Some(path) = flag.strip_prefix(prefix) {
            return Some(Word::Directory(path.into()));
        }
    }
    for prefix in ["--library=", "-l"] {
        if let Some(name) = flag.strip_prefix(prefix) {
            return Some(Word::Library(name.into(), dynamic));
        }
    }
    let ending = Path::new(flag).extension()?.to_str()?.to_ascii_lowercase();
    let object = !flag.starts_with('-') && OBJECTS.contains(&ending.as_str());
    object.then(|| Word::File(flag.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(words: &[&str]) -> Vec<String> {
        words.iter().map(|&word| word.to_owned()).collect()
    }

    #[test]
    fn every_spelling_is_understood() {
        let flags = strings(&[
            "-L/opt/lib",
            "-L",
            "more",
            "-lone",
            "-l",
            "two",
            "-l:exact.a",
            "-Wl,-Bstatic,-lthree,--start-group",
            "-Wl,-Bdynamic",
            "-Xlinker",
            "--library=four",
            "sub/five.lib",
            "six.O",
            "-mwindows",
            "-Wl,--out-implib,seven.txt",
            "@eight.rsp",
        ]);
        let library = |name: &str, dynamic| Word::Library(name.into(), dynamic);
        assert_eq!(
            words(&flags),
            [
                Word::Directory("/opt/lib".into()),
                Word::Directory("more".into()),
                library("one", true),
                library("two", true),
                library(":exact.a", true),
                library("three", false),
                library("four", true),
                Word::File("sub/five.lib".into()),
                Word::File("six.O".into()),
            ]
        );
    }

    #[test]
    fn libraries_are_found_in_the_order_of_the_linkers() {
        let dir = tempfile::tempdir().unwrap();
        let file = |name: &str| {
            let path = dir.path().join(name);
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            fs_err::write(path, "").unwrap();
        };
        let found = |flags: &[&str]| -> Vec<String> {
            let found = libraries(&strings(flags), &strings(&["-Lenv"]), dir.path());
            let name = |library: Library| {
                let inside = library.path.strip_prefix(dir.path()).unwrap();
                inside.to_str().unwrap().replace('\\', "/")
            };
            found.into_iter().map(name).collect()
        };
        assert_eq!(found(&["-Lb", "-lfoo", "-lws2_32"]), Vec::<String>::new());
        file("b/foo.dll");
        assert_eq!(found(&["-Lb", "-lfoo"]), Vec::<String>::new(), "a DLL is no object");
        file("b/libfoo.lib");
        assert_eq!(found(&["-Lb", "-lfoo"]), ["b/libfoo.lib"]);
        file("b/foo.lib");
        assert_eq!(found(&["-Lb", "-lfoo"]), ["b/foo.lib"]);
        file("b/libfoo.a");
        assert_eq!(found(&["-Lb", "-lfoo"]), ["b/libfoo.a"]);
        file("b/libfoo.dll.a");
        assert_eq!(found(&["-Lb", "-lfoo"]), ["b/libfoo.dll.a"]);
        assert_eq!(found(&["-static", "-Lb", "-lfoo"]), ["b/libfoo.a"]);
        // The first directory decides, whatever the later ones have, and the flags of the user come first.
        file("a/foo.lib");
        assert_eq!(found(&["-La", "-Lb", "-lfoo"]), ["a/foo.lib"]);
        file("env/libfoo.a");
        assert_eq!(found(&["-La", "-Lb", "-lfoo"]), ["env/libfoo.a"]);
        assert_eq!(found(&["-lfoo", "-lfoo"]), ["env/libfoo.a", "env/libfoo.a"]);
        assert_eq!(found(&["not/there.a"]), ["not/there.a"]);
    }
}
