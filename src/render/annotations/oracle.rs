//! How the runners read a line of a log: written after their sources, as a judge of what gowoa prints. It uses nothing of
//! gowoa's own.
//!
//! Both look for their prefixes with `String.IndexOf`, which by culture passes over characters without width. What it
//! then takes for the command's name begins too early, with a bracket, and is no command; so this reads by bytes.

use std::collections::BTreeMap;

/// A command that a runner would take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Command {
    /// `error`; for Azure `task.logissue`.
    pub(crate) name: String,
    /// Unescaped.
    pub(crate) properties: BTreeMap<String, String>,
    /// Unescaped.
    pub(crate) data: String,
}

impl Command {
    /// A property, empty where it is absent.
    pub(crate) fn property(&self, name: &str) -> &str {
        self.properties.get(name).map_or("", String::as_str)
    }
}

/// The lines as `StreamReader.ReadLine` of .NET parts them.
pub(crate) fn lines(text: &str) -> Vec<&str> {
    text.split('\n').flat_map(|line| line.split('\r')).filter(|line| !line.is_empty()).collect()
}

/// actions/runner at 258d6c85, `src/Runner.Common/ActionCommand.cs`: `TryParseV2`, then `TryParse`. Any name counts as
/// registered.
pub(crate) fn github(line: &str) -> Option<Command> {
    github_v2(line).or_else(|| github_v1(line))
}

fn github_v2(line: &str) -> Option<Command> {
    let message = line.trim_start();
    let rest = message.strip_prefix("::")?;
    let (info, data) = rest.split_once("::")?;
    let (name, properties) = info.split_once(' ').unwrap_or((info, ""));
    let map = [("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")];
    let data_map = [("%0D", "\r"), ("%0A", "\n"), ("%25", "%")];
    Some(Command {
        name: name.to_owned(),
        properties: properties_of(properties.trim(), ',', &map),
        data: unescape(data, &data_map),
    })
}

fn github_v1(line: &str) -> Option<Command> {
    let (_, rest) = line.split_once("##[")?;
    let (info, data) = rest.split_once(']')?;
    let (name, properties) = info.split_once(' ').unwrap_or((info, ""));
    let map = [("%3B", ";"), ("%0D", "\r"), ("%0A", "\n"), ("%5D", "]"), ("%25", "%")];
    Some(Command {
        name: name.to_owned(),
        properties: properties_of(properties, ';', &map),
        data: unescape(data, &map),
    })
}

/// azure-pipelines-agent at 42bde98b, `src/Microsoft.VisualStudio.Services.Agent/Command.cs`, `TryParse`, with
/// `DECODE_PERCENTS` at its default, true.
pub(crate) fn azure(line: &str) -> Option<Command> {
    let (_, rest) = line.split_once("##vso[")?;
    let (info, data) = rest.split_once(']')?;
    let (name, properties) = info.split_once(' ').unwrap_or((info, ""));
    if name.split('.').filter(|part| !part.is_empty()).count() != 2 {
        return None;
    }
    let map = [("%3B", ";"), ("%0D", "\r"), ("%0A", "\n"), ("%5D", "]"), ("%AZP25", "%")];
    Some(Command {
        name: name.to_owned(),
        properties: properties_of(properties, ';', &map),
        data: unescape(data, &map),
    })
}

/// Whether the agent adds a warning of its own: it saw its prefix and no command
/// (`src/Agent.Worker/WorkerCommandManager.cs`, `TryProcessCommand`).
pub(crate) fn azure_warns(line: &str) -> bool {
    azure(line).is_none() && line.contains("##vso")
}

fn properties_of(text: &str, separator: char, map: &[(&str, &str)]) -> BTreeMap<String, String> {
    let pairs = text.split(separator).filter_map(|pair| pair.split_once('='));
    let pairs = pairs.filter(|(name, value)| !name.is_empty() && !value.is_empty());
    pairs.map(|(name, value)| (name.to_owned(), unescape(value, map))).collect()
}

/// One pass for each mapping, in order, as both do.
fn unescape(text: &str, map: &[(&str, &str)]) -> String {
    map.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}
