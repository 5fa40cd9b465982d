//! The rules of this repository, as tests: who may use what, and that what is said about the program in
//! several places is said of the same program.
//!
//! * [`directions`]: modules, crates, processes, files, clocks and printing;
//! * here: checks with their pages and fixtures, the README, the changelog, and every text file.

#![allow(clippy::disallowed_methods, reason = "asks git which files belong to the project")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

#[path = "tidy/directions.rs"]
mod directions;
#[path = "tidy/repository.rs"]
mod repository;
#[path = "tidy/source.rs"]
mod source;

use std::collections::BTreeSet;

use clap::CommandFactory;
use gowoa::checks::{CHECKS, Meta};
use gowoa::cli::{Cli, exit};
use gowoa::platform::Interrupt;

/// Files of `src/checks` that are no check: the list, what several checks share, and the words of one.
const NO_CHECK: &[&str] =
    &["mod", "advice", "code", "draft", "listed", "object_words", "siblings", "sources"];

/// The headings of a check's page, in this order.
const HEADINGS: &[&str] = &[
    "## What it does",
    "## Why it matters on Windows on Arm",
    "## Verdicts",
    "## Example",
    "## What to do",
    "## Limits",
];

/// The folders of a check's fixtures.
const FOLDERS: &[&str] = &["pass", "fail", "not-applicable"];

/// A verdict for which a folder may stand beside the others.
const MORE_FOLDERS: &[&str] = &["inconclusive"];

/// Checks whose question always arises, with the reason; they have no folder `not-applicable`.
const ALWAYS_APPLICABLE: &[(&str, &str)] =
    &[("unsupported-flags", "every build has flags, be it none")];

/// No text file is longer than this, but for [`LONG`].
const LONGEST: usize = 500;

/// Longer files, each with its reason.
const LONG: &[(&str, &str)] = &[
    ("Cargo.lock", "generated"),
    ("fuzz/Cargo.lock", "generated"),
    ("azure/task/package-lock.json", "generated"),
    ("docs/report.schema.json", "one schema is one file"),
    ("README.md", "a user reads one page, and the tables of the action stand in it"),
    ("scripts/peers/junit/package-lock.json", "generated"),
    ("scripts/peers/package-lock.json", "generated"),
    ("scripts/peers/requirements.txt", "generated, with the hash of each file"),
    ("testdata/reports/hostile.json", "generated from src/render/sample"),
    ("testdata/reports/sample.json", "generated from src/render/sample"),
    ("src/redact/tests.rs", "every field of the model has to be filled"),
    ("tests/package.rs", "one test crate over readers that share their limits"),
    (
        "tests/image.rs",
        "one test crate over one set of images, with the printer of the golden texts",
    ),
];

/// Files that name a home or temporary directory on purpose.
const NAMES_HOMES: &[(&str, &str)] = &[
    ("src/go/diagnose.rs", "the words of go"),
    ("src/redact/secrets.rs", "prefixes of paths that are no secrets"),
    ("src/redact/tests.rs", "invented paths"),
    ("src/render/sample/hostile.rs", "an invented path"),
    ("src/render/text.rs", "an invented path"),
    ("testdata/reports/hostile.json", "invented paths"),
    ("tests/check/secrets.rs", "the words of git"),
    ("tests/formats/markdown.rs", "an invented path"),
    ("workflows/gitlab/gowoa.gitlab-ci.yml", "the temporary directory of a container"),
];

fn metas() -> impl Iterator<Item = &'static Meta> {
    CHECKS.iter().map(|check| check.meta())
}

/// `files-lost` -> `files_lost`.
fn stem(meta: &Meta) -> String {
    meta.id.as_str().replace('-', "_")
}

fn assert_none(wrong: &[String], rule: &str) {
    assert!(wrong.is_empty(), "{rule}\n{}", wrong.join("\n"));
}

#[test]
fn ids_are_unique_and_in_kebab_case() {
    let ids: BTreeSet<&str> = metas().map(|meta| meta.id.as_str()).collect();
    assert_eq!(ids.len(), CHECKS.len(), "an id occurs twice");
    for id in ids {
        let word = |word: &str| {
            !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        };
        assert!(id.split('-').all(word), "{id} is not in kebab-case");
    }
}

#[test]
fn a_check_is_one_file_and_one_page_and_nothing_else_lies_beside_them() {
    let mut expected: BTreeSet<String> = NO_CHECK.iter().map(|name| format!("{name}.rs")).collect();
    for meta in metas() {
        expected.extend([format!("{}.rs", stem(meta)), format!("{}.md", stem(meta))]);
        let code = repository::text(&format!("src/checks/{}.rs", stem(meta)));
        let head = format!("//! {}: ", meta.id);
        assert!(
            code.starts_with(&head),
            "src/checks/{}.rs does not begin with {head:?}",
            stem(meta)
        );
    }
    let mut found: BTreeSet<String> = repository::names("src/checks").into_iter().collect();
    // A check that is too long for one file has its parts in a directory of its name.
    found.retain(|name| {
        !metas().any(|meta| stem(meta) == *name) && !NO_CHECK.contains(&name.as_str())
    });
    assert_eq!(found, expected, "src/checks: a check is <id>.rs, <id>.md and a line in CHECKS");
}

#[test]
fn every_page_has_its_headings() {
    let mut wrong = Vec::new();
    for meta in metas() {
        let path = format!("src/checks/{}.md", stem(meta));
        if meta.page != repository::text(&path) {
            wrong.push(format!("{path} is not the page of {}", meta.id));
        }
        let first = format!("# {}", meta.id);
        if meta.page.lines().next() != Some(first.as_str()) {
            wrong.push(format!("{path}:1: should be {first:?}"));
        }
        let headings: Vec<&str> =
            meta.page.lines().filter(|line| line.starts_with("## ")).collect();
        if headings != HEADINGS {
            wrong.push(format!("{path}: has the headings {headings:?}"));
        }
        for (heading, next) in HEADINGS.iter().zip(HEADINGS.iter().skip(1).chain([&""])) {
            let body = meta.page.split_once(heading).map_or("", |(_, rest)| rest);
            let body = if next.is_empty() { body } else { body.split(next).next().unwrap_or("") };
            if body.trim().is_empty() {
                wrong.push(format!("{path}: nothing stands below {heading:?}"));
            }
        }
    }
    assert_none(&wrong, "a page explains its check under the headings of HEADINGS:");
}

#[test]
fn every_check_has_its_folder_of_fixtures() {
    let mut wrong = Vec::new();
    let ids: BTreeSet<String> = metas().map(|meta| meta.id.to_string()).collect();
    for stray in repository::names("testdata/checks") {
        if !ids.contains(&stray) && stray != "README.md" {
            wrong.push(format!("testdata/checks/{stray}: there is no such check"));
        }
    }
    for id in &ids {
        let found = repository::names(&format!("testdata/checks/{id}"));
        let always = ALWAYS_APPLICABLE.iter().any(|(check, _)| check == id);
        for folder in FOLDERS {
            let wanted = !(always && *folder == "not-applicable");
            if found.iter().any(|name| name == folder) != wanted {
                let word = if wanted { "is missing" } else { "is there, see ALWAYS_APPLICABLE" };
                wrong.push(format!("testdata/checks/{id}/{folder} {word}"));
            }
        }
        for name in found.iter().map(String::as_str) {
            if !FOLDERS.contains(&name) && !MORE_FOLDERS.contains(&name) {
                wrong.push(format!("testdata/checks/{id}/{name}: the folders are {FOLDERS:?}"));
            }
        }
    }
    assert_none(&wrong, "a check shows in testdata/checks/<id>/ what its verdicts look like:");
}

#[test]
fn every_fixture_stands_in_the_table_of_its_readme() {
    let table = repository::text("testdata/go/README.md");
    let names = repository::names("testdata/go");
    for name in names.iter().filter(|name| *name != "README.md") {
        assert!(table.contains(&format!("| `{name}` |")), "testdata/go/README.md lacks {name}");
    }
    let table = repository::text("testdata/pe/README.md");
    for name in repository::names("testdata/pe") {
        if name.ends_with(".exe") || name.ends_with(".dll") {
            assert!(table.contains(&format!("| `{name}` |")), "testdata/pe/README.md lacks {name}");
        }
    }
}

#[test]
fn the_readme_lists_every_check() {
    let readme = repository::text("README.md");
    let mut wrong = Vec::new();
    for meta in metas() {
        let id = format!("`{}`", meta.id);
        let row = readme.lines().find(|line| line.starts_with('|') && line.contains(&id));
        match row {
            None => wrong.push(format!("no row names {id}")),
            Some(row) => {
                for part in [meta.title, meta.severity.as_str()] {
                    if !row.contains(part) {
                        wrong.push(format!("the row of {id} lacks {part:?}: {row}"));
                    }
                }
            }
        }
    }
    assert_none(&wrong, "README.md: the table of checks says what `gowoa explain` says:");
}

#[test]
fn the_readme_names_every_subcommand_and_every_flag_of_check() {
    let readme = repository::text("README.md");
    let program = Cli::command();
    for command in program.get_subcommands().filter(|command| !command.is_hide_set()) {
        let name = format!("gowoa {}", command.get_name());
        assert!(readme.contains(&name), "README.md does not name {name}");
    }
    let check = program.find_subcommand("check").unwrap();
    let mut wrong = Vec::new();
    for flag in check.get_arguments().filter(|flag| !flag.is_hide_set()) {
        let Some(long) = flag.get_long() else { continue };
        let name = format!("--{long}");
        let named = readme.match_indices(&name).any(|(at, _)| {
            // `--go` is not named by `--go-flag`.
            !readme[at + name.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '-')
        });
        let short = flag.get_short().is_some_and(|short| readme.contains(&format!("`-{short} ")));
        if !named && !short {
            wrong.push(name);
        }
    }
    assert_none(&wrong, "README.md does not name these flags of gowoa check:");
}

/// The part of a Markdown text below the heading that contains these words, to the next heading.
fn section<'a>(text: &'a str, words: &str) -> Option<&'a str> {
    let heading = |line: &str| line.starts_with('#');
    let start = text.lines().find(|line| heading(line) && line.to_lowercase().contains(words))?;
    let body = text.split_once(start)?.1;
    let end = body.match_indices("\n#").map(|(at, _)| at).next().unwrap_or(body.len());
    body.get(..end)
}

#[test]
fn the_readme_and_the_help_agree_with_the_exit_codes() {
    // The code, its word in the help, and a word of its line in the README.
    let codes = [
        (exit::PASS, "pass", "pass"),
        (exit::FAIL, "fail", "fail"),
        (exit::INCOMPLETE, "incomplete", "incomplete"),
        (Interrupt::Interrupt.exit_code(), "interrupted", "ctrl-c"),
    ];
    let readme = repository::text("README.md");
    let section = section(&readme, "exit code").expect("README.md has no heading `Exit codes`");
    let program = Cli::command();
    let check = program.find_subcommand("check").unwrap();
    let help = |command: &clap::Command| command.get_after_help().unwrap().to_string();
    for (code, in_help, in_readme) in codes {
        let says = |line: &str| {
            let mut words = line.split(|c: char| !c.is_alphanumeric());
            words.any(|part| part == code.to_string()) && line.to_lowercase().contains(in_readme)
        };
        assert!(section.lines().any(says), "README.md: the exit code {code} is {in_readme:?}");
        for text in [help(&program), help(check)] {
            let line = text.lines().find(|line| line.starts_with("Exit codes:")).unwrap();
            assert!(line.contains(&format!("{code} {in_help}")), "{line} lacks {code} {in_help}");
        }
    }
}

#[test]
fn the_changelog_has_an_entry_for_this_version() {
    let changelog = repository::text("CHANGELOG.md");
    let version = env!("CARGO_PKG_VERSION");
    let released = changelog.lines().any(|line| {
        let heading = line.strip_prefix("## ").unwrap_or_default();
        heading.trim_start_matches(['[', 'v']).starts_with(version)
    });
    // Before the release its entry grows below `Unreleased` and says what it will be.
    let coming = section(&changelog, "unreleased").is_some_and(|text| text.contains(version));
    assert!(
        released || coming,
        "CHANGELOG.md has no heading `## [{version}]`, and no coming {version}"
    );
}

#[test]
fn text_files_end_their_lines_with_lf() {
    let mut wrong = Vec::new();
    for (path, text) in repository::texts() {
        if text.contains('\r') {
            wrong.push(format!("{path}: a carriage return"));
        }
        if !text.is_empty() && !text.ends_with('\n') {
            wrong.push(format!("{path}: the last line does not end"));
        }
    }
    assert_none(&wrong, "lines end with LF:");
}

#[test]
fn no_file_names_the_directories_of_a_machine() {
    let homes = regex::Regex::new(r"/home/\w|/Users/\w|/root/|[A-Z]:\\+Users\\|/tmp/").unwrap();
    let here = repository::root().to_str().unwrap();
    let mut wrong = Vec::new();
    for (path, text) in repository::texts() {
        for (number, line) in text.lines().enumerate() {
            let free = NAMES_HOMES.iter().any(|(free, _)| free == path);
            // This file holds the pattern itself.
            if line.contains(here) || (!free && path != "tests/tidy.rs" && homes.is_match(line)) {
                wrong.push(format!("{path}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    assert_none(&wrong, "no file names a home or temporary directory, but for NAMES_HOMES:");
    for (path, _) in NAMES_HOMES {
        let text = repository::text(path);
        assert!(text.contains("/tmp/") || homes.is_match(&text), "{path} needs no exception");
    }
}

#[test]
fn files_are_short_or_have_a_reason() {
    let mut wrong = Vec::new();
    for (path, text) in repository::texts() {
        let lines = text.lines().count();
        let long = LONG.iter().any(|(long, _)| long == path);
        if long != (lines > LONGEST) {
            let word = if long { "stands in LONG and is short" } else { "is long" };
            wrong.push(format!("{path}: {lines} lines: {word}"));
        }
    }
    assert_none(&wrong, "a file has at most 500 lines, or a reason in LONG:");
}

#[test]
fn nothing_is_left_to_be_done_in_silence() {
    // Put together, so that this file does not hold them.
    let words = [concat!("FIX", "ME"), concat!("TO", "DO"), concat!("XX", "X")];
    let macros =
        [concat!("to", "do!("), concat!("unimple", "mented!("), concat!("unimple", "mented!()")];
    let mut wrong = Vec::new();
    for (path, text) in repository::texts() {
        for (number, line) in text.lines().enumerate() {
            let word =
                |word: &&str| line.split(|c: char| !c.is_alphanumeric()).any(|part| part == *word);
            let called = |name: &&str| path.ends_with(".rs") && line.contains(*name);
            if words.iter().any(word) || macros.iter().any(called) {
                wrong.push(format!("{path}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    assert_none(&wrong, "what is left to be done stands in an issue:");
}
