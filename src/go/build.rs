//! `go build -json` and `go test -c -json`: what they say of each package.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde::Deserialize;

use super::json::JsonStream;
use super::process::{CommandLine, ProcessError, run};

/// One event (`go help buildjson`).
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Event {
    #[serde(default)]
    import_path: String,
    #[serde(default)]
    action: String,
    #[serde(default)]
    output: String,
    /// Of test events (`go doc test2json`): the package under test.
    #[serde(default)]
    package: String,
    /// Of test events: the package that keeps the test binary from being built.
    #[serde(default)]
    failed_build: String,
}

/// The words of one package, at most; a template with a million errors must not fill memory.
const OUTPUT_LIMIT: usize = 1 << 20;

/// What one call of `go build` said.
#[derive(Debug, Clone, Default)]
pub struct Built {
    /// The command as a shell line.
    pub command: String,
    /// Its exit status; absent where a signal ended it.
    pub status: Option<i32>,
    /// Output by package, variants of a profile (`fmt [ex/cmd/tool]`) counted to their package.
    pub output: BTreeMap<String, String>,
    /// Packages with a build-fail event.
    pub failed: Vec<String>,
    /// Packages under test whose binary was not built, with the package that is at fault.
    pub failed_tests: BTreeMap<String, String>,
    /// Standard error: errors that belong to no package.
    pub stderr: String,
    /// Of packages that failed in a call that was absorbed: its command and status.
    origins: BTreeMap<String, (String, Option<i32>)>,
    /// Why the output could not be read as events.
    pub garbage: Option<String>,
    /// How long `go build` took.
    pub took: Duration,
}

impl Built {
    /// Whether it exited with 0 and printed what a build prints.
    pub fn success(&self) -> bool {
        self.status == Some(0) && self.garbage.is_none() && self.failed.is_empty()
    }

    /// The command that a package failed in, and its status.
    pub fn origin(&self, package: &str) -> (String, Option<i32>) {
        self.origins.get(package).cloned().unwrap_or_else(|| (self.command.clone(), self.status))
    }

    /// Takes over what another call said; the first status that is not 0 stays.
    pub fn absorb(&mut self, other: Self) {
        let origin = (other.command.clone(), other.status);
        if self.status == Some(0) || self.command.is_empty() {
            self.status = other.status;
            self.command = other.command;
        }
        for (package, text) in other.output {
            self.output.entry(package).or_default().push_str(&text);
        }
        for package in other.failed {
            self.origins.entry(package.clone()).or_insert_with(|| origin.clone());
            if !self.failed.contains(&package) {
                self.failed.push(package);
            }
        }
        self.failed_tests.extend(other.failed_tests);
        self.stderr.push_str(&other.stderr);
        self.garbage = self.garbage.take().or(other.garbage);
        self.took += other.took;
    }
}

/// Runs a build and collects its events.
///
/// # Errors
/// When the process could not be run to its end. A build that fails is not an error here.
pub async fn build(command: &CommandLine) -> Result<Built, ProcessError> {
    let mut stream = JsonStream::default();
    let mut built = Built { command: command.to_string(), ..Built::default() };
    let begin = Instant::now();
    let finished =
        run(command, |chunk| stream.push(chunk, |event: Event| built.add(event))).await?;
    built.took = begin.elapsed();
    built.status = finished.code;
    built.stderr = finished.stderr;
    built.garbage = stream.finish().err();
    Ok(built)
}

impl Built {
    fn add(&mut self, event: Event) {
        let package = without_variant(&event.import_path).to_owned();
        match event.action.as_str() {
            "build-output" => {
                let text = self.output.entry(package).or_default();
                if text.len() < OUTPUT_LIMIT {
                    text.push_str(&event.output);
                }
            }
            "fail" if !event.failed_build.is_empty() => {
                let culprit = without_variant(&event.failed_build).to_owned();
                self.failed_tests.insert(event.package, culprit);
            }
            "build-fail" if !self.failed.contains(&package) => self.failed.push(package),
            // A start event and actions of later releases say nothing about failure.
            _ => {}
        }
    }
}

/// `fmt [ex/cmd/tool]` (a profile's variant) and `ex/lib [ex/lib.test]` (a test's) without the bracket.
pub fn without_variant(import_path: &str) -> &str {
    import_path.split(" [").next().unwrap_or(import_path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_counted_to_their_package() {
        let mut built = Built::default();
        let mut stream = JsonStream::default();
        let text =
            br##"{"ImportPath":"fmt [ex/cmd/tool]","Action":"build-output","Output":"# fmt\n"}
{"ImportPath":"ex/lib","Action":"build-output","Output":"a.go:1:1: undefined: X\n"}
{"ImportPath":"ex/lib","Action":"build-fail"}
{"ImportPath":"ex/lib","Action":"build-fail"}
{"ImportPath":"ex/lib","Action":"something-new"}
"##;
        stream.push(text, |event: Event| built.add(event));
        assert_eq!(built.failed, ["ex/lib"]);
        assert_eq!(built.output.keys().collect::<Vec<_>>(), ["ex/lib", "fmt"]);
        assert!(!built.success());
    }
}
