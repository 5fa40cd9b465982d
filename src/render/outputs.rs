//! Outputs of a step in GitHub Actions: `name=value`, as the file `$GITHUB_OUTPUT` takes them.
//!
//! The words are those of the JSON report. The runner reads the file line by line; a value with a line break
//! is written between two lines of a delimiter that the value does not hold (actions/runner,
//! `src/Runner.Worker/FileCommandManager.cs`).

use std::path::Path;

use crate::model::{Counts, ReportVerdict};

use super::{Format, junit};

/// The outputs: the verdict of the run, the counts, and for each report that was written the file that has it.
/// `files` in the order they were asked for; of two files of one format the first is named.
pub fn render(verdict: ReportVerdict, counts: &Counts, files: &[(Format, &Path)]) -> String {
    let Counts { errors, warnings, notes, waived, known, inconclusive, .. } = *counts;
    let mut text = line("result", verdict.as_str());
    let findings = errors.saturating_add(warnings).saturating_add(notes);
    for (name, count) in [
        ("findings", findings),
        ("errors", errors),
        ("warnings", warnings),
        ("notes", notes),
        ("waived", waived),
        ("known", known),
        ("inconclusive", inconclusive),
    ] {
        text.push_str(&line(name, &count.to_string()));
    }
    let mut named: Vec<&str> = Vec::new();
    for (format, path) in files {
        let name = file_name(*format);
        // Standard output has no name that a later step could open.
        if *path != Path::new("-") && !named.contains(&name) {
            named.push(name);
            text.push_str(&line(name, &path.to_string_lossy()));
        }
    }
    text
}

/// The output that names the file of a format.
const fn file_name(format: Format) -> &'static str {
    match format {
        Format::Json => "json-file",
        Format::Junit { dialect: junit::Dialect::Rich } => "junit-file",
        Format::Junit { dialect: junit::Dialect::Strict } => "junit-strict-file",
        Format::Sarif => "sarif-file",
        Format::Markdown => "summary-file",
        Format::MarkdownAzure => "summary-azure-file",
        Format::Html => "html-file",
        Format::Github => "github-file",
        Format::Azure => "azure-file",
        Format::Text => "text-file",
        Format::Map => "map-file",
    }
}

/// One output. The name is ours and has neither `=` nor `<<`.
pub fn line(name: &str, value: &str) -> String {
    if !value.contains(['\n', '\r']) {
        return format!("{name}={value}\n");
    }
    let mut delimiter = "gowoa-end".to_owned();
    while value.contains(&delimiter) {
        delimiter.push('-');
    }
    format!("{name}<<{delimiter}\n{value}\n{delimiter}\n")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::render::sample::empty_report;

    /// Reads such a file as the runner does.
    fn read(text: &str) -> Vec<(String, String)> {
        let mut lines = text.split_terminator('\n');
        let mut outputs = Vec::new();
        while let Some(line) = lines.next() {
            let equals = line.find('=').unwrap_or(usize::MAX);
            let heredoc = line.find("<<").unwrap_or(usize::MAX);
            if equals < heredoc {
                outputs.push((line[..equals].to_owned(), line[equals + 1..].to_owned()));
                continue;
            }
            let delimiter = &line[heredoc + 2..];
            let value: Vec<&str> = lines.by_ref().take_while(|line| *line != delimiter).collect();
            outputs.push((line[..heredoc].to_owned(), value.join("\n")));
        }
        outputs
    }

    #[test]
    fn the_words_are_those_of_the_json() {
        let mut report = empty_report();
        report.counts.errors = 2;
        report.counts.notes = 1;
        let files = [
            (Format::Json, Path::new("/t/report.json")),
            (Format::Markdown, Path::new("/t/summary.md")),
            (Format::Json, Path::new("/t/again.json")),
            (Format::Text, Path::new("-")),
        ];
        assert_eq!(
            render(report.verdict, &report.counts, &files),
            "result=incomplete\nfindings=3\nerrors=2\nwarnings=0\nnotes=1\nwaived=0\nknown=0\n\
             inconclusive=0\njson-file=/t/report.json\nsummary-file=/t/summary.md\n"
        );
    }

    #[test]
    fn a_value_cannot_become_another_output() {
        for value in [
            "a\nresult=pass",
            "a\ngowoa-end\nresult=pass\ngowoa-end-",
            "x<<y",
            "a=b",
            "\n",
            "a\rresult=pass",
            "",
        ] {
            let text = line("map-file", value) + &line("result", "fail");
            let expected = [("map-file".into(), value.into()), ("result".into(), "fail".into())];
            assert_eq!(read(&text), expected, "{text:?}");
        }
    }
}
