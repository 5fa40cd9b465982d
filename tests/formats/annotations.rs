//! What a CI system makes of a run: the runners' own rules, written after their sources, read everything that gowoa prints.

#[path = "../../src/render/annotations/oracle.rs"]
mod oracle;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Output;

use gowoa::model::{Report, ReportVerdict, SCHEMA_VERSION};
use gowoa::render::{Format, json};

use self::oracle::Command;
use crate::harness::{hostile, hostile_seed, many, render, sample, sound};
use crate::report::{committed, gowoa};

/// What the systems keep of each type and step, and the longest message.
const PER_TYPE: usize = 10;
const LONGEST: usize = 4096;

const SUMMARY: Format = Format::Markdown;
const AZURE_SUMMARY: Format = Format::MarkdownAzure;

/// The summary of the hostile report as gowoa judges it: it has problems, so it is no `fail`.
fn hostile_summary(format: Format) -> String {
    let report = Report {
        verdict: ReportVerdict::Incomplete,
        schema_version: SCHEMA_VERSION.to_owned(),
        ..sound(hostile_seed())
    };
    render(format, &report)
}

/// The hostile report as a file.
fn hostile_file(dir: &Path) -> String {
    let path = dir.join("hostile.json");
    fs_err::write(&path, json::render(&sound(hostile_seed()))).unwrap();
    path.to_str().unwrap().to_owned()
}

/// Everything that was printed, as the runner gets it.
fn printed(output: &Output) -> String {
    format!(
        "{}\n{}",
        String::from_utf8(output.stdout.clone()).unwrap(),
        String::from_utf8(output.stderr.clone()).unwrap()
    )
}

/// The commands that GitHub's runner obeys, in order; what stands between stop marks is not obeyed, and has nothing
/// that could be.
fn github(text: &str) -> Vec<Command> {
    let mut stopped: Option<String> = None;
    let mut obeyed = Vec::new();
    for line in oracle::lines(text) {
        let Some(command) = oracle::github(line) else { continue };
        match &stopped {
            Some(token) if command.name == *token => stopped = None,
            Some(_) => panic!("a command between the marks: {line}"),
            None if command.name == "stop-commands" => stopped = Some(command.data),
            None => obeyed.push(command),
        }
    }
    assert_eq!(stopped, None, "the mark that ends it");
    obeyed
}

fn by_type<'a>(
    commands: &'a [Command],
    of: impl Fn(&'a Command) -> &'a str,
) -> BTreeMap<&'a str, usize> {
    let mut count = BTreeMap::new();
    for command in commands {
        *count.entry(of(command)).or_default() += 1;
        assert!(command.data.encode_utf16().count() <= LONGEST);
    }
    count
}

#[test]
fn a_hostile_report_gives_github_our_commands_and_no_others() {
    let dir = tempfile::tempdir().unwrap();
    let summary = dir.path().join("summary.md");
    let variables =
        [("GITHUB_ACTIONS", "true"), ("GITHUB_STEP_SUMMARY", summary.to_str().unwrap())];
    let output = gowoa(dir.path(), &["report", &hostile_file(dir.path()), "--all"], &variables);
    assert!(output.stdout.is_empty());
    let text = printed(&output);
    let commands = github(&text);
    let count = by_type(&commands, |command| &command.name);
    assert_eq!(count.get("error"), Some(&PER_TYPE));
    assert!(count.keys().all(|name| ["error", "warning", "notice"].contains(name)), "{count:?}");
    assert!(count.values().all(|count| *count <= PER_TYPE));
    for line in oracle::lines(&text) {
        assert!(!line.contains("##[") && !line.contains("##vso"), "{line}");
    }
    assert_eq!(
        fs_err::read_to_string(summary).unwrap(),
        hostile_summary(SUMMARY),
        "the summary is there, once"
    );
}

#[test]
fn a_hostile_report_gives_azure_our_commands_and_no_others() {
    let dir = tempfile::tempdir().unwrap();
    let temp = dir.path().join("a temp; dir]");
    fs_err::create_dir(&temp).unwrap();
    let variables = [("TF_BUILD", "True"), ("AGENT_TEMPDIRECTORY", temp.to_str().unwrap())];
    let arguments = ["report", &hostile_file(dir.path()), "--all"];
    let output = gowoa(dir.path(), &arguments, &variables);
    let text = printed(&output);
    let commands: Vec<Command> =
        oracle::lines(&text).into_iter().filter_map(oracle::azure).collect();
    let (issues, others): (Vec<Command>, Vec<Command>) =
        commands.into_iter().partition(|command| command.name == "task.logissue");
    let count = by_type(&issues, |command| command.property("type"));
    assert_eq!(count.get("error"), Some(&PER_TYPE));
    assert!(count.keys().all(|name| ["error", "warning"].contains(name)), "{count:?}");
    let [upload] = others.try_into().unwrap();
    assert_eq!(upload.name, "task.uploadsummary");
    let file = Path::new(&upload.data);
    assert!(file.is_absolute() && file.parent() == Some(temp.as_path()), "{file:?}");
    assert_eq!(fs_err::read_to_string(file).unwrap(), hostile_summary(AZURE_SUMMARY));
    for line in oracle::lines(&text) {
        assert!(!oracle::azure_warns(line) && oracle::github(line).is_none(), "{line}");
    }
    // Another run has a summary of its own.
    gowoa(dir.path(), &arguments, &variables);
    assert_eq!(fs_err::read_dir(&temp).unwrap().count(), 2);
}

#[test]
fn the_formats_hold_for_long_strings_and_many_findings() {
    for report in [hostile(), many(10_000), sample()] {
        let text = render(Format::Github, &report);
        let commands: Vec<Command> =
            oracle::lines(&text).into_iter().map(|line| oracle::github(line).unwrap()).collect();
        let count = by_type(&commands, |command| &command.name);
        assert!(!count.is_empty() && count.values().all(|count| *count <= PER_TYPE), "{count:?}");
        assert!(text.len() < 1 << 20);
        let text = render(Format::Azure, &report);
        let commands: Vec<Command> =
            oracle::lines(&text).into_iter().map(|line| oracle::azure(line).unwrap()).collect();
        let count = by_type(&commands, |command| command.property("type"));
        assert!(!count.is_empty() && count.values().all(|count| *count <= PER_TYPE), "{count:?}");
        assert!(text.len() < 1 << 20);
    }
}

#[test]
fn annotations_leave_standard_output_alone() {
    let dir = tempfile::tempdir().unwrap();
    let file = committed("sample.json");
    for variable in ["GITHUB_ACTIONS", "TF_BUILD"] {
        let variables = [(variable, "true"), ("AGENT_TEMPDIRECTORY", dir.path().to_str().unwrap())];
        let output = gowoa(dir.path(), &["report", &file, "--report", "json=-"], &variables);
        assert_eq!(output.stdout, json::render(&sample()).as_bytes());
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(text.contains("::error ") || text.contains("##vso[task.logissue "), "{text}");
    }
}

#[test]
fn annotations_and_summary_can_be_chosen_and_switched_off() {
    let dir = tempfile::tempdir().unwrap();
    let file = committed("sample.json");
    let summary = dir.path().join("summary.md");
    let variables =
        [("GITHUB_ACTIONS", "true"), ("GITHUB_STEP_SUMMARY", summary.to_str().unwrap())];
    let arguments = ["report", &file, "--annotations", "off", "--summary", "off"];
    let plain = printed(&gowoa(dir.path(), &arguments, &variables));
    assert!(github(&plain).is_empty() && !plain.contains("::stop-commands"), "{plain}");
    assert!(!summary.exists());
    // Outside of CI nothing but the text, and the same.
    assert_eq!(printed(&gowoa(dir.path(), &["report", &file], &[])), plain);
    let chosen = ["report", &file, "--annotations", "github", "--summary", "mine.md"];
    assert!(!github(&printed(&gowoa(dir.path(), &chosen, &[]))).is_empty());
    let mine = fs_err::read_to_string(dir.path().join("mine.md")).unwrap();
    assert_eq!(mine, render(SUMMARY, &sample()));
    // A place that was asked for and cannot be written is an error.
    let nowhere = ["report", &file, "--summary", "no/such/mine.md"];
    let output = gowoa(dir.path(), &nowhere, &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(printed(&output).contains("next   name another file with --summary"));
}

#[test]
fn the_summaries_of_a_step_stay_below_what_github_keeps() {
    const LIMIT: usize = 1024 * 1024;
    let dir = tempfile::tempdir().unwrap();
    let file = committed("sample.json");
    let summary = dir.path().join("summary.md");
    let run = || {
        gowoa(
            dir.path(),
            &["report", &file],
            &[("GITHUB_ACTIONS", "true"), ("GITHUB_STEP_SUMMARY", summary.to_str().unwrap())],
        )
    };
    let one = render(SUMMARY, &sample());
    run();
    run();
    assert_eq!(fs_err::read_to_string(&summary).unwrap(), format!("{one}\n\n{one}"));
    // Room for the answer alone.
    let full = "x".repeat(LIMIT - 300);
    fs_err::write(&summary, &full).unwrap();
    let output = run();
    let text = fs_err::read_to_string(&summary).unwrap();
    assert!(text.len() <= LIMIT && text.starts_with(&full));
    assert!(text[full.len()..].starts_with("\n\n**gowoa: incomplete**"), "{}", &text[full.len()..]);
    assert_eq!(output.status.code(), Some(2));
    // And for nothing: said, and nothing else changes.
    let full = "x".repeat(LIMIT - 10);
    fs_err::write(&summary, &full).unwrap();
    let output = run();
    assert_eq!(fs_err::read_to_string(&summary).unwrap(), full);
    assert!(printed(&output).contains("the job summary was not written"));
    assert_eq!(output.status.code(), Some(2));
    // Also where the file is named: the action does.
    let name = summary.to_str().unwrap();
    let arguments = ["report", &file, "--summary", name, "--annotations", "off"];
    let output = gowoa(dir.path(), &arguments, &[("GITHUB_STEP_SUMMARY", name)]);
    assert_eq!(fs_err::read_to_string(&summary).unwrap(), full);
    assert!(printed(&output).contains("the job summary was not written"));
}

#[test]
fn a_run_without_a_report_is_annotated_too() {
    let dir = tempfile::tempdir().unwrap();
    let name = "missing ::error::%0A##[error]x.json";
    let arguments = ["report", name];
    let output = gowoa(dir.path(), &arguments, &[("GITHUB_ACTIONS", "true")]);
    let [command] = github(&printed(&output)).try_into().unwrap();
    assert_eq!((command.name.as_str(), command.property("title")), ("error", "gowoa"));
    assert!(command.data.contains("it is not there\n"), "{}", command.data);
    assert!(command.data.contains("next: name a JSON report"), "{}", command.data);
    let output = gowoa(dir.path(), &arguments, &[("TF_BUILD", "True")]);
    let text = printed(&output);
    let commands: Vec<Command> =
        oracle::lines(&text).into_iter().filter_map(oracle::azure).collect();
    assert_eq!(commands.len(), 1);
    assert_eq!(commands[0].property("type"), "error");
}

#[test]
fn a_run_without_a_report_has_a_summary_and_a_result() {
    let dir = tempfile::tempdir().unwrap();
    let temp = dir.path().join("temp");
    fs_err::create_dir(&temp).unwrap();
    let (summary, outputs) = (dir.path().join("summary.md"), dir.path().join("outputs"));
    let arguments = ["report", "<b>missing</b> `x`.json", "--outputs", outputs.to_str().unwrap()];
    let variables =
        [("GITHUB_ACTIONS", "true"), ("GITHUB_STEP_SUMMARY", summary.to_str().unwrap())];
    assert_eq!(gowoa(dir.path(), &arguments, &variables).status.code(), Some(2));
    let text = fs_err::read_to_string(&summary).unwrap();
    assert!(text.starts_with("## gowoa: incomplete\n\nNo report could be made.\n\n"), "{text}");
    assert!(
        text.contains("\n    error: the report <b>missing</b> `x`.json cannot be read"),
        "{text}"
    );
    assert!(text.contains("\n    next   name a JSON report"), "{text}");
    let html = comrak::markdown_to_html(&text, &comrak::Options::default());
    assert!(html.contains("<code>error: the report &lt;b&gt;missing&lt;/b&gt; `x`.json"), "{html}");
    assert_eq!(fs_err::read_to_string(&outputs).unwrap(), "result=incomplete\n");
    // Azure's agent gets a file, where it says where; a file that nobody would take is not left behind.
    let variables = [("TF_BUILD", "True"), ("AGENT_TEMPDIRECTORY", temp.to_str().unwrap())];
    let printed_there = printed(&gowoa(dir.path(), &arguments, &variables));
    assert!(printed_there.contains("##vso[task.uploadsummary]"), "{printed_there}");
    assert_eq!(fs_err::read_dir(&temp).unwrap().count(), 1);
    let elsewhere = [("TF_BUILD", "True"), ("TMPDIR", temp.to_str().unwrap())];
    for arguments in [&arguments[..], &["report", &committed("sample.json")]] {
        let printed = printed(&gowoa(dir.path(), arguments, &elsewhere));
        assert!(printed.contains("there is no job summary: AGENT_TEMPDIRECTORY"), "{printed}");
        assert!(!printed.contains("uploadsummary"), "{printed}");
    }
    assert_eq!(fs_err::read_dir(&temp).unwrap().count(), 1);
}
