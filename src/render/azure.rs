//! Logging commands of Azure Pipelines
//! (<https://learn.microsoft.com/en-us/azure/devops/pipelines/scripts/logging-commands>).
//!
//! The agent reads `##vso[area.event …]data` anywhere in a line (azure-pipelines-agent
//! `src/Microsoft.VisualStudio.Services.Agent/Command.cs`, `TryParse`). A command is one line here and begins it, so
//! nothing of a report can begin one.

use crate::model::{Report, Severity};

use super::annotations::{self, Annotation};
use super::text;

/// Writes the issues of a report, one command a line; nothing where there is nothing to say. Notes have none:
/// `task.logissue` knows errors and warnings, and fails the task for anything else.
pub fn render(report: &Report) -> String {
    annotations::of(report, &[Severity::Error, Severity::Warning]).iter().map(issue).collect()
}

/// A single error that concerns no file: gowoa could not make a report.
pub fn error(title: &str, text: &str) -> String {
    issue(&Annotation::of_run(title, text))
}

/// The command that shows a Markdown file beside the run. `path` is absolute.
pub fn upload_summary(path: &str) -> String {
    format!("##vso[task.uploadsummary]{}\n", escape(path))
}

fn issue(annotation: &Annotation<'_>) -> String {
    let kind = if annotation.severity == Severity::Error { "error" } else { "warning" };
    let mut properties = vec![format!("type={kind}")];
    let mut text = String::new();
    match annotation.anchor {
        Some(anchor) => {
            let file = text::escape(&anchor.file);
            properties.push(format!("sourcepath={}", escape(&file)));
            properties.extend(anchor.line.map(|line| format!("linenumber={line}")));
            let column = anchor.line.and(anchor.column);
            properties.extend(column.map(|column| format!("columnnumber={column}")));
            properties
                .extend(annotation.check.iter().map(|check| format!("code={}", escape(check))));
        }
        // The agent shows the code of what has a place alone, and there is no title.
        None => text = format!("{}: ", annotation.check.as_deref().unwrap_or("gowoa")),
    }
    text.push_str(&annotation.text);
    format!("##vso[task.logissue {}]{}\n", properties.join(";"), escape(&text))
}

/// The escaping of properties and data alike: `_specialSymbolsMapping` of `src/Agent.Sdk/CommandStringConvertor.cs`,
/// and `%`, which agents decode since March 2021 (`docs/design/percentEncoding.md`).
fn escape(text: &str) -> String {
    text.replace('%', "%AZP25")
        .replace(';', "%3B")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
        .replace(']', "%5D")
}

#[cfg(test)]
mod tests;
