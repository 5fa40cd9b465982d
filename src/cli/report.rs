//! `gowoa report`: saved JSON reports, rendered again and merged. Nothing is built or read again.

use std::io::Read;
use std::path::{Component, Path, PathBuf};

use crate::model::Report;
use crate::policy::merge::{self, Input};
use crate::policy::saved;
use crate::redact::{Redact, Redactor};
use crate::render::json;

use super::common::{Refusal, ShowArgs, answered, finish, prepare};
use super::policy::{FailOn, LONGEST_REPORT, Unreadable, read};
use super::{output, secrets};

/// Arguments of `gowoa report`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  gowoa report report.json                              the text again
  gowoa report report.json --report junit=junit.xml     another format, nothing is built again
  gowoa report linux/report.json windows/report.json --report-dir all
  gowoa check --report json=- 2>/dev/null | gowoa report -
  gowoa report report.json --github              publish it from another job

Of several reports one is made: what they agree on is there once, what they say differently stays,
under the name of its report. The answer is the worst of them: incomplete, then fail, then pass.
They count with the --fail-on that they were made with, of several the strictest, unless --fail-on
is given here.
Each is counted and judged again: one that contradicts itself is refused, and a verdict that is
better than what the report holds is not believed.
Exit codes: those of the answer: 0 pass, 1 fail, 2 incomplete or no report, 130 interrupted.")]
pub struct ReportCommandArgs {
    /// JSON reports (--report json=PATH); - is standard input
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,

    /// Judge again: findings at or above this severity fail [default: as the reports were made]
    #[arg(long, value_name = "SEVERITY", help_heading = "What counts")]
    pub fail_on: Option<FailOn>,

    /// Where the report goes.
    #[command(flatten)]
    pub show: ShowArgs,
}

/// Does the job and returns the exit code.
pub(super) fn run(args: &ReportCommandArgs) -> u8 {
    let others: Vec<&Path> = args.files.iter().map(|path| &**path).collect();
    answered(&args.show.reports, &others, |redactor| report(args, redactor))
}

fn report(args: &ReportCommandArgs, redactor: &Redactor) -> Result<u8, Refusal> {
    if args.files.iter().filter(|path| is_stdin(path)).count() > 1 {
        return Err(Refusal::new("standard input is named twice", "name - once"));
    }
    let github = args.show.github.prepare(Path::new("."), false)?;
    let files = prepare(&args.show.reports, None, None, &args.files, "see gowoa report --help")?;
    let mut inputs = Vec::with_capacity(args.files.len());
    for (path, label) in args.files.iter().zip(labels(&args.files)) {
        inputs.push(Input { label, report: read_saved(path)? });
    }
    let mut inputs = inputs.into_iter();
    let Some(first) = inputs.next() else {
        return Err(Refusal::new("no report is named", "see gowoa report --help"));
    };
    let merged = merge::merge(first, inputs.collect(), args.fail_on.map(FailOn::severity));
    let mut report = merged.report;
    // What one machine did not know to be a secret another one may.
    report.redact(redactor);
    for note in merged.notes {
        output::tell(&secrets::safe_text(&format!("gowoa: {note}")));
    }
    finish(files, &report, &args.show.look.options(), redactor, github)
}

fn is_stdin(path: &Path) -> bool {
    path == Path::new("-") || path == Path::new("/dev/stdin")
}

/// Reads a saved report, and believes it where it agrees with itself.
fn read_saved(path: &Path) -> Result<Report, Refusal> {
    let shown = if is_stdin(path) { "standard input".into() } else { path.display().to_string() };
    let cannot = |reason: &str| {
        Refusal::new(
            format!("the report {shown} cannot be read: {reason}"),
            "name a JSON report, as --report json=PATH writes it",
        )
    };
    let bytes = if is_stdin(path) {
        let mut bytes = Vec::new();
        let read = std::io::stdin().lock().take(LONGEST_REPORT + 1).read_to_end(&mut bytes);
        read.map_err(|error| cannot(&error.to_string()))?;
        bytes
    } else {
        read(path, LONGEST_REPORT + 1).map_err(|error| match error {
            Unreadable::Missing => cannot("it is not there"),
            // A pipe would be waited for, perhaps for ever.
            Unreadable::NoFile => cannot("it is not a file; - reads standard input"),
            Unreadable::Other(reason) => cannot(&reason),
        })?
    };
    if bytes.len() as u64 > LONGEST_REPORT {
        return Err(cannot(&format!("it is larger than {} MiB", LONGEST_REPORT >> 20)));
    }
    let text = String::from_utf8(bytes).map_err(|_| cannot("it is not UTF-8 text"))?;
    let report = json::parse(&text).map_err(|error| {
        Refusal::new(
            format!("the report {shown}: {error}"),
            "name a JSON report, as --report json=PATH writes it",
        )
    })?;
    match saved::contradiction(&report) {
        None => Ok(report),
        Some(contradiction) => Err(Refusal::new(
            format!("the report {shown} contradicts itself: {contradiction}"),
            "make it again: it was damaged or edited, for what gowoa writes agrees with itself",
        )),
    }
}

/// What to call each report: of its path as much as tells it apart from the others (`linux` for
/// `out/linux/report.json`), its number where nothing does.
fn labels(paths: &[PathBuf]) -> Vec<String> {
    let mut all: Vec<Vec<String>> = paths.iter().map(|path| words(path)).collect();
    // What all end in says nothing; the end of what is left is what people call it.
    while let Some(last) = all.first().filter(|_| all.len() > 1).and_then(|words| words.last())
        && all.iter().all(|words| words.last() == Some(last))
    {
        all.iter_mut().for_each(|words| drop(words.pop()));
    }
    let end = |words: &[String], length: usize| {
        words.get(words.len().saturating_sub(length)..).unwrap_or_default().join("/")
    };
    let label = |at: usize, words: &[String]| {
        let others = || all.iter().enumerate().filter(|(other, _)| *other != at);
        let tells = |length: &usize| {
            let own = end(words, *length);
            others().all(|(_, other)| end(other, *length) != own)
        };
        (1..=words.len()).find(tells).map(|length| end(words, length))
    };
    let numbered = all
        .iter()
        .enumerate()
        .map(|(at, words)| label(at, words).unwrap_or_else(|| format!("report-{}", at + 1)));
    numbered.collect()
}

/// The names that a path is made of, `.json` left out. `:` and `!` part the ids of subjects.
fn words(path: &Path) -> Vec<String> {
    if is_stdin(path) {
        return vec!["stdin".to_owned()];
    }
    let names = path.components().filter_map(|component| match component {
        Component::Normal(name) => Some(name.to_string_lossy().replace([':', '!'], "_")),
        _ => None,
    });
    let mut names: Vec<String> = names.collect();
    if let Some(last) = names.last_mut()
        && let Some(stem) = last.strip_suffix(".json")
    {
        *last = stem.to_owned();
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_are_called_by_what_tells_them_apart() {
        let of = |paths: &[&str]| labels(&paths.iter().map(PathBuf::from).collect::<Vec<_>>());
        assert_eq!(of(&["out/linux/report.json", "out/windows/report.json"]), ["linux", "windows"]);
        assert_eq!(of(&["a.json", "./b.json"]), ["a", "b"]);
        assert_eq!(of(&["-", "/x/y.json"]), ["stdin", "y"]);
        assert_eq!(of(&["o/linux-1/r.json", "o/linux-2/r.json"]), ["linux-1", "linux-2"]);
        assert_eq!(of(&["1/linux/r.json", "2/linux/r.json"]), ["1", "2"]);
        assert_eq!(of(&["1/a/x.json", "2/a/x.json", "1/b/y.json"]), ["1/a/x", "2/a/x", "y"]);
        assert_eq!(of(&["a.json", "a.json"]), ["report-1", "report-2"]);
        assert_eq!(of(&["r.json", "x/r.json"]), ["report-1", "x"]);
        assert_eq!(of(&["c:a!.json", "b.json"]), ["c_a_", "b"]);
    }
}
