//! What was found, in words.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::facts::given::GivenFacts;

use super::walk::report_name;

/// Paths that are named; of more the number is.
const NAMED: usize = 3;
/// Kinds of files that are counted one by one.
const KINDS: usize = 6;

/// The paths as they were given, in one line.
pub(super) fn joined(paths: &[PathBuf]) -> String {
    let mut names: Vec<String> = paths
        .iter()
        .take(NAMED)
        .map(
            |path| {
                if path.as_os_str() == "-" { super::STDIN.to_owned() } else { report_name(path) }
            },
        )
        .collect();
    if paths.len() > NAMED {
        names.push(format!("{} more", paths.len() - NAMED));
    }
    names.join(", ")
}

/// Everything that is there, by what it is, most first: `12 ELF files for x86-64, 3 zip archives`.
pub(super) fn inventory(given: &GivenFacts) -> String {
    let mut counts: BTreeMap<String, u64> = given.others.iter().cloned().collect();
    for file in &given.files {
        *counts.entry(file.content.words.clone()).or_default() += 1;
    }
    for container in given.containers.iter().filter(|container| container.programs == 0) {
        let why = match (&container.problem, container.closed) {
            (_, true) => ", which gowoa does not read",
            (Some(_), false) => " that could not be read",
            (None, false) => " without a program",
        };
        *counts.entry(format!("{}{why}", container.what)).or_default() += 1;
    }
    let mut sorted: Vec<(String, u64)> = counts.into_iter().collect();
    sorted.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let rest: u64 = sorted.iter().skip(KINDS).map(|(_, count)| count).sum();
    let mut parts: Vec<String> =
        sorted.iter().take(KINDS).map(|(words, count)| plural(*count, words)).collect();
    if rest > 0 {
        parts.push(format!("{rest} more"));
    }
    parts.join(", ")
}

/// Words with their article and a number: `an ELF file for x86-64` and 12 are `12 ELF files for x86-64`.
fn plural(count: u64, words: &str) -> String {
    let article = ["a ", "an "].iter().find_map(|article| words.strip_prefix(article));
    let Some(noun) = article else { return format!("{count} x {words}") };
    if count == 1 {
        return format!("1 {noun}");
    }
    let end = [" for ", " of ", " to ", " that ", " without ", " beyond ", ", "]
        .iter()
        .filter_map(|mark| noun.find(mark))
        .min()
        .unwrap_or(noun.len());
    let (head, rest) = noun.split_at(end);
    let head = match head.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None => format!("{head}s"),
    };
    format!("{count} {head}{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_are_counted_in_english() {
        for (count, words, text) in [
            (12, "an ELF file for x86-64", "12 ELF files for x86-64"),
            (1, "a zip archive without a program", "1 zip archive without a program"),
            (3, "a zip archive without a program", "3 zip archives without a program"),
            (2, "a .NET assembly for any CPU", "2 .NET assemblies for any CPU"),
            (2, "a file of unknown kind", "2 files of unknown kind"),
            (2, "LLVM bitcode", "2 x LLVM bitcode"),
            (
                2,
                "an MSI package, which gowoa does not read",
                "2 MSI packages, which gowoa does not read",
            ),
        ] {
            assert_eq!(plural(count, words), text);
        }
    }

    #[test]
    fn many_paths_are_counted() {
        let paths: Vec<PathBuf> = ["a", "./b", "-", "d", "e"].iter().map(PathBuf::from).collect();
        assert_eq!(joined(&paths), "a, b, standard input, 2 more");
    }
}
