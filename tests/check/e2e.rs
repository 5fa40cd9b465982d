//! What holds of every run: the report agrees with itself, the same work gives the same answer, and the
//! program behaves as a program should.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use gowoa::checks::{CHECKS, by_id};
use gowoa::model::{Counts, Report, ResultVerdict, Severity, SubjectKind};
use gowoa::render::junit::{self, Dialect};
use gowoa::render::{json, terminal};
use serde_json::Value;

use crate::fixtures::{Fixture, runs};
use crate::harness::{Gowoa, root};

/// The reports of all fixtures as the library reads them.
fn reports() -> impl Iterator<Item = (&'static Fixture, Report)> {
    runs().iter().filter_map(|fixture| {
        let files = fixture.files.as_ref()?;
        let report = json::parse(&files.json);
        Some((fixture, report.unwrap_or_else(|error| panic!("{}: {error}", fixture.name))))
    })
}

/// Runs a test over every report and collects what it says is wrong.
fn hold(rule: &str, look: impl Fn(&Report) -> Vec<String>) {
    let wrong: Vec<String> = reports()
        .flat_map(|(fixture, report)| {
            let wrong = look(&report).into_iter();
            wrong.map(|what| format!("{}: {what}", fixture.name)).collect::<Vec<_>>()
        })
        .collect();
    assert!(wrong.is_empty(), "{rule}\n{}", wrong.join("\n"));
}

#[test]
fn every_subject_is_asked_every_question_of_its_kind_once() {
    hold("subjects x checks = results:", |report| {
        let mut wrong = Vec::new();
        let mut expected = BTreeSet::new();
        let mut ids = BTreeSet::new();
        for subject in &report.subjects {
            if !ids.insert(&subject.id) {
                wrong.push(format!("two subjects are {}", subject.id));
            }
            let asked = CHECKS.iter().filter(|c| c.meta().subjects.contains(&subject.kind));
            expected.extend(asked.map(|check| (&subject.id, check.meta().id.as_str())));
        }
        let mut found = BTreeSet::new();
        for result in &report.results {
            if !found.insert((&result.subject, result.check.as_str())) {
                wrong.push(format!("{} says two things of {}", result.check, result.subject));
            }
        }
        let lost = expected
            .difference(&found)
            .map(|(subject, check)| format!("{check} says nothing of {subject}"));
        let strange = found.difference(&expected).map(|(subject, check)| {
            format!("{check} was asked of {subject}, which is not there or not of its kind")
        });
        wrong.extend(lost.chain(strange));
        wrong
    });
}

#[test]
fn a_result_fails_where_there_is_a_finding_and_nowhere_else() {
    hold("findings and results:", |report| {
        let mut wrong = Vec::new();
        let failed: BTreeSet<_> = report
            .results
            .iter()
            .filter(|result| result.verdict == ResultVerdict::Fail)
            .map(|result| (&result.subject, &result.check))
            .collect();
        let found: BTreeSet<_> =
            report.findings.iter().map(|finding| (&finding.subject, &finding.check)).collect();
        for (subject, check) in failed.symmetric_difference(&found) {
            wrong.push(format!("{check} on {subject}: a finding or a failed result, not both"));
        }
        for finding in &report.findings {
            let worst = by_id(finding.check.as_str()).map(|check| check.meta().severity);
            if worst.is_none_or(|worst| finding.severity > worst) {
                wrong.push(format!(
                    "{} is worse than {worst:?}: {}",
                    finding.check, finding.message
                ));
            }
            if finding.message.trim().is_empty()
                || finding.help.is_none()
                || finding.evidence.is_empty() && finding.class.is_none()
            {
                wrong.push(format!("{} lacks words, help or evidence: {finding:?}", finding.check));
            }
        }
        for result in &report.results {
            let needs = matches!(
                result.verdict,
                ResultVerdict::NotApplicable | ResultVerdict::Inconclusive
            );
            if needs != result.reason.as_ref().is_some_and(|reason| !reason.trim().is_empty()) {
                wrong.push(format!(
                    "{} on {}: the reason is {:?}",
                    result.check, result.subject, result.reason
                ));
            }
            if result.gating && result.verdict != ResultVerdict::Inconclusive {
                wrong
                    .push(format!("{} on {} is gating and not open", result.check, result.subject));
            }
        }
        wrong
    });
}

#[test]
fn the_counts_are_those_of_the_lists() {
    hold("counts:", |report| {
        let counted = counted(report);
        let mut wrong = Vec::new();
        let stated = serde_json::to_value(&report.counts).unwrap();
        for (key, value) in serde_json::to_value(&counted).unwrap().as_object().unwrap() {
            // Not in the lists: generated programs, and packages that compile and do not link.
            if matches!(key.as_str(), "link_proofs" | "compiled" | "code_bytes") {
                continue;
            }
            if stated[key] != *value {
                wrong.push(format!("{key} is {}, the lists have {value}", stated[key]));
            }
        }
        if report.counts.compiled < counted.compiled {
            wrong.push(format!(
                "compiled is {}, at least {}",
                report.counts.compiled, counted.compiled
            ));
        }
        if (report.counts.images > 0) != (report.counts.code_bytes > 0) {
            wrong.push(format!(
                "{} images, {} bytes of code",
                report.counts.images, report.counts.code_bytes
            ));
        }
        wrong
    });
}

/// The totals once more, from the lists alone.
fn counted(report: &Report) -> Counts {
    use gowoa::model::BuildState::{Compiled, Linked};
    let of = |kind| report.subjects.iter().filter(move |subject| subject.kind == kind);
    let size = |n: usize| n as u64;
    let packages = || of(SubjectKind::Package);
    let modules: BTreeSet<_> = packages()
        .filter(|package| package.matched)
        .filter_map(|package| package.module.as_ref().map(|module| &module.path))
        .collect();
    let findings = |severity| {
        let of = report
            .findings
            .iter()
            .filter(|f| f.waived.is_none() && !f.known && f.severity == severity);
        size(of.count())
    };
    Counts {
        modules: size(modules.len()),
        packages: size(packages().count()),
        matched: size(packages().filter(|package| package.matched).count()),
        commands: size(packages().filter(|package| package.matched && package.command).count()),
        compiled: size(packages().filter(|p| matches!(p.build, Some(Compiled | Linked))).count()),
        linked: size(packages().filter(|package| package.build == Some(Linked)).count()),
        link_proofs: report.counts.link_proofs,
        tests_built: size(of(SubjectKind::Test).filter(|t| t.build == Some(Linked)).count()),
        run: 0,
        images: size(of(SubjectKind::Image).filter(|image| image.machine.is_some()).count()),
        code_bytes: report.counts.code_bytes,
        code_words: report.counts.code_words,
        functions: report.counts.functions,
        objects: size(of(SubjectKind::Object).count()),
        errors: findings(Severity::Error),
        warnings: findings(Severity::Warning),
        notes: findings(Severity::Note),
        waived: size(report.findings.iter().filter(|finding| finding.waived.is_some()).count()),
        known: size(report.findings.iter().filter(|f| f.waived.is_none() && f.known).count()),
        inconclusive: size(
            report.results.iter().filter(|r| r.verdict == ResultVerdict::Inconclusive).count(),
        ),
    }
}

#[test]
fn the_verdict_and_the_exit_code_follow_from_the_lists() {
    for (fixture, report) in reports() {
        let code = i32::from(gowoa::cli::exit::of(report.verdict));
        assert_eq!(fixture.run.code, Some(code), "{}", fixture.name);
        let gating = report.results.iter().any(|result| result.gating);
        let open = gating || !report.problems.is_empty();
        assert_eq!(open, report.verdict.as_str() == "incomplete", "{}", fixture.name);
        let counts = report.plan.fail_on.is_some_and(|threshold| {
            report
                .findings
                .iter()
                .any(|f| f.waived.is_none() && !f.known && f.severity >= threshold)
        });
        assert!(open || counts == (report.verdict.as_str() == "fail"), "{}", fixture.name);
    }
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    for (fixture, report) in reports() {
        let files = fixture.files.as_ref().unwrap();
        let name = &fixture.name;
        // Through JSON and back nothing is lost: what was written can be made again.
        assert!(json::render(&report) == files.json, "{name}: json");
        for (dialect, text) in
            [(Dialect::Rich, &files.junit), (Dialect::Strict, &files.junit_strict)]
        {
            assert!(junit::render(&report, dialect).unwrap() == *text, "{name}: junit {dialect:?}");
        }
        let options = terminal::Options::default();
        let text = terminal::render(&report, &options);
        assert!(text == terminal::render(&report.clone(), &options), "{name}: terminal");
        // Behind the text stand the files that were written, and nothing else.
        let told = &fixture.run.stderr;
        let told = told.find("\nwrote  ").map_or(told.as_str(), |at| &told[..=at]);
        assert!(
            told.ends_with(&text),
            "{name}: the terminal shows\n{}\nand not\n{text}",
            fixture.run.stderr
        );
    }
}

/// Fixtures with much that could change its order: modules, failures, tests, controls, generated programs.
const AGAIN: &[&str] = &[
    "all-modules",
    "default-pgo",
    "library-only",
    "missing-embed-imported",
    "not-windows-command",
    "same-base-name",
    "sample",
    "test-only-break",
    "undefined-symbol",
    "workspace",
];

#[test]
fn the_same_run_gives_the_same_report_but_for_times() {
    let mut seen = 0;
    for fixture in runs() {
        let name = fixture.name.rsplit('/').next().unwrap_or_default();
        if !AGAIN.contains(&name) || !fixture.name.starts_with("testdata/go/") {
            continue;
        }
        seen += 1;
        // A page, as the first run wrote one: only then do both reports have maps.
        let page = tempfile::tempdir().unwrap();
        let page = format!("html={}", page.path().join("report.html").display());
        let again = Gowoa::check(&fixture.dir).arg("--report").arg(page);
        let again = fixture.expected.start(again).run();
        let (first, second) = (timeless(fixture.run.report()), timeless(again.report()));
        assert!(first == second, "{name}:\n{first:#}\n\n{second:#}");
    }
    assert!(
        seen == AGAIN.len() || !crate::fixtures::filter().is_empty(),
        "a fixture of AGAIN is gone"
    );
}

/// A report without its times.
fn timeless(report: &Value) -> Value {
    let mut report = report.clone();
    for key in ["started", "duration_ms"] {
        report[key] = Value::Null;
    }
    for phase in report["phases"].as_array_mut().unwrap() {
        phase["duration_ms"] = Value::Null;
        phase["go_ms"] = Value::Null;
    }
    report
}

/// Every file below a directory, with what changes where it is linked again. Its change time says nothing:
/// `go build` touches an exe that is up to date. A linked one is another file under the old name.
fn files(dir: &Path) -> BTreeMap<PathBuf, u64> {
    let mut found = BTreeMap::new();
    let mut queue = vec![dir.to_owned()];
    while let Some(dir) = queue.pop() {
        for entry in fs_err::read_dir(&dir).unwrap() {
            let path = entry.unwrap().path();
            let metadata = fs_err::metadata(&path).unwrap();
            if metadata.is_dir() {
                queue.push(path);
            } else {
                #[cfg(unix)]
                let identity = std::os::unix::fs::MetadataExt::ino(&metadata);
                #[cfg(not(unix))]
                let identity = metadata.len();
                found.insert(path, identity);
            }
        }
    }
    found
}

#[test]
fn a_second_run_links_nothing_again() {
    let out = tempfile::tempdir().unwrap();
    let check = |flags: &[&str]| {
        let sample = root().join("testdata/go/sample");
        let run = Gowoa::check(&sample).arg("--out-dir").arg(out.path()).args(flags).run();
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        files(out.path())
    };
    let first = check(&[]);
    assert!(first.contains_key(&out.path().join("hello.exe")), "{first:?}");
    assert_eq!(first, check(&[]), "an exe was made again");
    // The test would see it.
    assert_ne!(first, check(&["--ldflags=-s"]), "other flags make other exes");
}

/// Runs the program without `check`.
fn gowoa(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gowoa")).args(args).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn explain_lists_every_check_and_shows_the_page_of_each() {
    let list = gowoa(&["explain"]);
    assert_eq!(list.status.code(), Some(0));
    assert!(list.stderr.is_empty());
    let list = stdout(&list);
    for check in CHECKS {
        let meta = check.meta();
        let line =
            list.lines().find(|line| line.split_whitespace().next() == Some(meta.id.as_str()));
        let line = line.unwrap_or_else(|| panic!("{} is not in the list:\n{list}", meta.id));
        assert!(line.contains(meta.severity.as_str()) && line.ends_with(meta.title), "{line}");
        let page = gowoa(&["explain", meta.id.as_str()]);
        assert_eq!(page.status.code(), Some(0));
        assert_eq!(stdout(&page), meta.page);
    }
}

#[test]
fn explain_of_nothing_known_says_what_to_do() {
    for (id, hint) in [
        ("nonsense", "`gowoa explain` lists all"),
        ("cross-compiler", "did you mean cross-compile?"),
        ("", "`gowoa explain` lists all"),
        ("\u{1b}[31m", "`gowoa explain` lists all"),
    ] {
        let output = gowoa(&["explain", id]);
        assert_eq!(output.status.code(), Some(2), "{id:?}");
        assert!(output.stdout.is_empty(), "{id:?}");
        let text = stderr(&output);
        assert!(
            text.contains("error: ") && text.contains(hint) && !text.contains('\u{1b}'),
            "{text}"
        );
    }
}

#[test]
fn version_and_help_are_answers_and_show_examples() {
    for flag in ["--version", "-V"] {
        let output = gowoa(&[flag]);
        assert_eq!(output.status.code(), Some(0));
        assert_eq!(stdout(&output), format!("gowoa {}\n", env!("CARGO_PKG_VERSION")));
    }
    for command in [&[][..], &["check"], &["explain"], &["completions"]] {
        for flag in ["--help", "-h"] {
            let args = [command, &[flag]].concat();
            let output = gowoa(&args);
            assert_eq!(output.status.code(), Some(0), "{args:?}");
            let text = stdout(&output);
            assert!(text.contains("Example"), "{args:?}: {text}");
            assert!(
                text.contains(&["gowoa", command.first().unwrap_or(&"check")].join(" ")),
                "{text}"
            );
            assert!(text.lines().all(|line| line.chars().count() <= 120), "{args:?}: {text}");
        }
    }
    for args in [&[][..], &["chekc"], &["check", "--no-such-flag"]] {
        let output = gowoa(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(output.stdout.is_empty() && !output.stderr.is_empty(), "{args:?}");
    }
}

#[test]
fn completions_know_every_subcommand_and_flag() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = gowoa(&["completions", shell]);
        assert_eq!(output.status.code(), Some(0), "{shell}");
        let script = stdout(&output);
        for word in ["check", "explain", "completions", "fail-on", "report-dir"] {
            assert!(script.contains(word), "{shell}: no {word}");
        }
    }
    assert_eq!(gowoa(&["completions", "tcsh"]).status.code(), Some(2));
}

#[test]
fn the_report_on_standard_output_is_json_and_nothing_else() {
    let run = Gowoa::check(&root().join("testdata/go/sample")).args(&["--report", "json=-"]).run();
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let report = json::parse(&run.stdout).unwrap();
    assert!(json::render(&report) == run.stdout);
    assert_eq!(&serde_json::to_value(&report).unwrap(), run.report());
}

/// A pipe that nobody reads.
fn closed() -> Stdio {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    writer.into()
}

#[test]
fn a_reader_that_has_gone_makes_no_panic() {
    let sample = root().join("testdata/go/sample");
    let calls: [&[&str]; 6] = [
        &["--help"],
        &["--version"],
        &["explain"],
        &["explain", "imports"],
        &["completions", "bash"],
        &["check", "--report", "json=-"],
    ];
    for args in calls {
        // Standard output alone, so that a panic could be read; then both.
        for both in [false, true] {
            let (check, _report) = Gowoa::check(&sample).into_command();
            let mut command = Command::new(env!("CARGO_BIN_EXE_gowoa"));
            let variables = check.get_envs().filter_map(|(key, value)| Some((key, value?)));
            command.args(args).current_dir(&sample).envs(variables).stdout(closed());
            command.stderr(if both { closed() } else { Stdio::piped() });
            let output = command.spawn().unwrap().wait_with_output().unwrap();
            let words = stderr(&output);
            assert!(!words.contains("panicked"), "{args:?}: {words}");
            // Text for people may be cut short; a report that did not arrive is told.
            let lost = args.contains(&"json=-");
            assert_eq!(output.status.code(), Some(if lost { 2 } else { 0 }), "{args:?}: {words}");
            assert!(!lost || both || words.contains("error: cannot write the report -"), "{words}");
        }
    }
}

#[test]
fn a_full_disk_behind_standard_output_is_told() {
    let full = Path::new("/dev/full");
    if !full.exists() {
        eprintln!("skipped: there is no {}", full.display());
        return;
    }
    for args in [&["explain"][..], &["completions", "zsh"]] {
        let disk = File::options().write(true).open(full).unwrap();
        let output =
            Command::new(env!("CARGO_BIN_EXE_gowoa")).args(args).stdout(disk).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(stderr(&output).contains("error: cannot write to standard output"), "{args:?}");
    }
}
