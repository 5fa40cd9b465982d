//! Who may use what: modules, crates, processes, files, the clock, and the printing.

use regex::Regex;

use crate::repository;
use crate::source::{self, Source};

/// Module -> what it may use of the crate beside itself; a longer path narrows it. The way of the data:
/// only what stands left of a module in `cli -> plan -> engine -> go, source, image -> facts -> checks ->
/// model -> redact, policy -> render` may know it.
const DIRECTIONS: &[(&str, &[&str])] = &[
    // The words of the report: everybody knows them, they know nobody.
    ("model", &[]),
    ("facts", &["model"]),
    ("plan", &["facts", "model", "policy"]),
    ("pattern", &[]),
    ("shell", &[]),
    ("platform", &[]),
    // Words of machine code in, what they are out.
    ("isa", &[]),
    // Bytes in, facts out.
    ("source", &["facts", "isa"]),
    ("image", &["facts", "isa"]),
    // Rules and what a build selected in, hits out.
    ("rules", &["facts", "model"]),
    // Containers in, members out.
    ("package", &["platform"]),
    // Only this one starts processes.
    ("go", &["facts", "model", "pattern", "platform", "shell"]),
    // Facts in, verdicts out, with commands to paste.
    ("checks", &["facts", "model", "shell"]),
    ("policy", &["model", "pattern"]),
    // A secret is looked for as a shell would spell it too.
    ("redact", &["model", "shell"]),
    // A renderer sees the Report and nothing else. SARIF carries by what a finding is known again, and the one
    // file that writes has to tell a pipe from a file.
    ("render", &["model", "platform::pipe", "policy::fingerprint", "shell"]),
    // Only this one knows the network.
    ("publish", &["model", "render"]),
    (
        "engine",
        &[
            "checks", "facts", "go", "image", "model", "package", "plan", "platform", "policy",
            "redact", "rules", "source",
        ],
    ),
    (
        "cli",
        &[
            "checks", "engine", "facts", "go", "model", "plan", "platform", "policy", "publish",
            "redact", "render", "rules", "shell",
        ],
    ),
];

/// Crate -> the modules (or files) that may name it. A crate that is not listed is anybody's.
const CRATES: &[(&str, &[&str])] = &[
    ("anstream", &["cli"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("etcetera", &["cli"]),
    ("gethostname", &["cli"]),
    // The spinner draws on standard error by itself.
    ("indicatif", &["cli/progress.rs"]),
    ("goblin", &["image"]),
    ("der", &["image"]),
    ("sha1", &["image"]),
    ("roxmltree", &["image"]),
    ("disarm64", &["isa"]),
    ("iced_x86", &["isa"]),
    ("bzip2", &["package"]),
    ("lzma_rust2", &["package"]),
    ("lzxd", &["package"]),
    ("tar", &["package"]),
    ("flate2", &["package"]),
    ("zstd", &["package"]),
    ("object", &["image"]),
    ("junit_report", &["render/junit"]),
    ("quick_xml", &["render/junit"]),
    ("anstyle", &["render/terminal"]),
    ("memmap2", &["platform/map.rs"]),
    ("process_wrap", &["go", "platform"]),
    ("rustix", &["platform/pipe.rs"]),
    ("which", &["go"]),
    ("octocrab", &["publish"]),
    ("http_body_util", &["publish"]),
    ("tokio", &["go", "platform", "engine", "publish", "cli"]),
    ("toml", &["policy"]),
    ("tree_sitter", &["source"]),
    ("tree_sitter_go", &["source"]),
    ("regex", &["redact"]),
    ("aho_corasick", &["redact", "source"]),
    ("semver", &["rules/version.rs"]),
    ("tempfile", &["go", "engine", "package", "platform/pipe.rs", "render/files.rs", "cli/ci.rs"]),
];

/// Something that only some places may do.
struct Rule {
    what: &'static str,
    pattern: &'static str,
    /// Paths below `src/` to which it applies; empty for all.
    within: &'static [&'static str],
    /// Paths below `src/` that are free of it.
    except: &'static [&'static str],
}

const RULES: &[Rule] = &[
    Rule {
        what: "`unsafe` stands in platform/map.rs alone",
        pattern: r"\bunsafe\b",
        within: &[],
        except: &["platform/map.rs"],
    },
    Rule {
        what: "only go/ starts processes (platform/ may prepare one)",
        pattern: r"\bCommand::new\b|\bCommandWrap::|\bprocess::Command\b",
        within: &[],
        except: &["go"],
    },
    Rule {
        what: "only main returns an exit code",
        pattern: r"\bprocess::(exit|abort)\b",
        within: &[],
        except: &[],
    },
    Rule {
        what: "only cli/output.rs prints (and render/files.rs where a report goes to `-`)",
        pattern: r"\be?print(ln)?!|\bdbg!|(^|[^.\w])(io::)?(stdout|stderr)\(\)",
        within: &[],
        // `-` is one of the targets of a report, and all of them keep one promise: the whole report arrives,
        // or an error says that it did not. Text for people is the opposite: a closed pipe ends it in peace.
        except: &["cli/output.rs", "render/files.rs"],
    },
    Rule {
        what: "no files, processes, network or environment here",
        pattern: r"\bstd::(fs|net|env|process)\b|\bstd::\{[^}]*\b(fs|net|env|process)\b|\bfs_err\b|\bFile::(open|create)\b|\btempfile\b",
        within: &[
            "checks", "facts", "image", "model", "plan.rs", "policy", "redact", "render", "rules",
            "shell", "source",
        ],
        // Report targets are opened before the work and replaced after it, by this one module.
        except: &["render/files.rs"],
    },
    Rule {
        what: "time comes from the Report, not from a clock",
        pattern: r"\bInstant::now\b|\bSystemTime\b|\bnow_utc\b|\bnow_local\b",
        within: &["checks", "facts", "image", "model", "plan.rs", "policy", "redact", "render"],
        except: &[],
    },
];

/// Whether a file is one of these files or below one of these directories (paths below `src/`).
fn among(source: &Source, places: &[&str]) -> bool {
    let inside = source.path.strip_prefix("src/").unwrap_or(&source.path);
    places.iter().any(|place| {
        inside == *place
            || inside == format!("{place}.rs")
            || inside.strip_prefix(place).is_some_and(|rest| rest.starts_with('/'))
    })
}

fn line_of(code: &str, at: usize) -> usize {
    code[..at].matches('\n').count() + 1
}

#[test]
fn modules_use_what_stands_below_them() {
    let mut wrong = Vec::new();
    for source in source::sources() {
        if matches!(source.module(), "lib" | "main") {
            continue;
        }
        let Some((_, allowed)) = DIRECTIONS.iter().find(|(module, _)| *module == source.module())
        else {
            wrong.push(format!("{}: module {} is not in the table", source.path, source.module()));
            continue;
        };
        // Samples are compiled for tests alone, and hold every check to be in them.
        let sample = source.path.starts_with("src/render/sample/");
        for found in source::uses(source)
            .into_iter()
            .filter(|found| !sample || found.path != "checks::CHECKS")
        {
            let below =
                |place: &str| found.path == place || found.path.starts_with(&format!("{place}::"));
            if !below(source.module()) && !allowed.iter().any(|place| below(place)) {
                wrong.push(format!(
                    "{}:{}: uses {}; {} may use: {}",
                    source.path,
                    found.line,
                    found.path,
                    source.module(),
                    if allowed.is_empty() { "nothing".to_owned() } else { allowed.join(", ") }
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "the directions of DIRECTIONS:\n{}", wrong.join("\n"));
}

#[test]
fn the_table_of_directions_is_that_of_lib_rs() {
    let declared = Regex::new(r"(?m)^pub mod (\w+);").unwrap();
    let lib = source::strip(&repository::text("src/lib.rs"));
    let mut modules: Vec<&str> =
        declared.captures_iter(&lib).map(|found| found.get(1).unwrap().as_str()).collect();
    let mut listed: Vec<&str> = DIRECTIONS.iter().map(|(module, _)| *module).collect();
    modules.sort_unstable();
    listed.sort_unstable();
    assert_eq!(modules, listed);
    for (module, allowed) in DIRECTIONS {
        for place in *allowed {
            // No two modules may know each other.
            let root = place.split("::").next().unwrap_or(place);
            let back = DIRECTIONS.iter().find(|(name, _)| *name == root).map(|(_, back)| *back);
            let back =
                back.unwrap_or_else(|| panic!("{module} may use {root}, which is no module"));
            assert!(
                !back.iter().any(|place| place.split("::").next() == Some(module)),
                "{module} and {root} know each other"
            );
        }
    }
}

#[test]
fn main_is_a_door() {
    let text = source::strip(&repository::text("src/main.rs"));
    assert!(text.lines().count() <= 20, "src/main.rs: logic belongs into src/cli");
    let used = Regex::new(r"\bgowoa::\w+").unwrap();
    for found in used.find_iter(&text) {
        assert_eq!(found.as_str(), "gowoa::cli", "src/main.rs knows the command line alone");
    }
}

#[test]
fn crates_are_used_where_they_belong() {
    let mut wrong = Vec::new();
    for (name, places) in CRATES {
        // `facts::object` is a module of ours, and so is `self::object`.
        let named = Regex::new(&format!(r"(?m)(^|[^:\w]|[^\w]::){name}::|\buse {name}\b")).unwrap();
        let mut used = false;
        for source in source::sources() {
            let Some(found) = named.find(&source.product) else { continue };
            used = true;
            if !among(source, places) {
                let line = line_of(&source.product, found.start());
                wrong.push(format!(
                    "{}:{line}: the crate {name} belongs into {}",
                    source.path,
                    places.join(", ")
                ));
            }
        }
        if !used {
            wrong.push(format!("nobody uses the crate {name}: take it out of CRATES"));
        }
    }
    assert!(wrong.is_empty(), "the places of CRATES:\n{}", wrong.join("\n"));
}

#[test]
fn what_only_some_places_may_do_is_done_there_alone() {
    let mut wrong = Vec::new();
    let sources = source::sources();
    for rule in RULES {
        let pattern = Regex::new(&format!("(?m){}", rule.pattern)).unwrap();
        for place in rule.within.iter().chain(rule.except) {
            assert!(sources.iter().any(|source| among(source, &[place])), "{place} is gone");
        }
        for source in sources {
            let hits: Vec<_> = pattern.find_iter(&source.product).collect();
            let free = among(source, rule.except);
            if free || !(rule.within.is_empty() || among(source, rule.within)) {
                continue;
            }
            for hit in hits {
                let line = line_of(&source.product, hit.start());
                wrong.push(format!(
                    "{}:{line}: {}: {}",
                    source.path,
                    hit.as_str().trim(),
                    rule.what
                ));
            }
        }
        for place in rule.except {
            let mut of = sources.iter().filter(|source| among(source, &[place]));
            assert!(
                of.any(|source| pattern.is_match(&source.product)),
                "{place} needs no exception: {}",
                rule.what
            );
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
