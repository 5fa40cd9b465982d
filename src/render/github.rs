//! Workflow commands of GitHub Actions, which become annotations
//! (<https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>).
//!
//! The runner reads a line as a command where it begins with `::`, and the older form `##[…]` anywhere in a line
//! (actions/runner `src/Runner.Common/ActionCommand.cs`, `TryParseV2` and `TryParse`). A command is one line here, so
//! nothing of a report can begin one.

use crate::model::{Report, Severity};

use super::annotations::{self, Annotation};
use super::text;

/// Writes the annotations of a report, one command a line; nothing where there is nothing to say.
pub fn render(report: &Report) -> String {
    const SEVERITIES: [Severity; 3] = [Severity::Error, Severity::Warning, Severity::Note];
    annotations::of(report, &SEVERITIES).iter().map(command).collect()
}

/// A single error that concerns no file: gowoa could not make a report.
pub fn error(title: &str, text: &str) -> String {
    command(&Annotation::of_run(title, text))
}

/// The line from which on the runner obeys no command until `word` comes, text that nobody else can know.
pub fn stop(word: &str) -> String {
    format!("::stop-commands::{word}\n")
}

/// The line from which on it obeys commands again.
pub fn resume(word: &str) -> String {
    format!("::{word}::\n")
}

fn command(annotation: &Annotation<'_>) -> String {
    let name = match annotation.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let mut properties = Vec::new();
    if let Some(anchor) = annotation.anchor {
        properties.push(format!("file={}", property(&text::escape(&anchor.file))));
        properties.extend(anchor.line.map(|line| format!("line={line}")));
        // A column without a line is refused.
        properties.extend(anchor.line.and(anchor.column).map(|column| format!("col={column}")));
    }
    properties.push(format!("title={}", property(&annotation.title)));
    format!("::{name} {}::{}\n", properties.join(","), data(&annotation.text))
}

/// The escaping of a command's data: `_escapeDataMappings` of `ActionCommand.cs`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The escaping of a command's property: `_escapePropertyMappings` of `ActionCommand.cs`.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests;
