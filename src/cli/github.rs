//! `--github`: from the variables of GitHub Actions to a target, and the lines about what came of it.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::ValueEnum;

use crate::model::{Report, Subcommand};
use crate::platform::Interrupts;
use crate::publish::event::{self, Event};
use crate::publish::{self, Api, CommentWhen, MAIN_KEY, Published, Repository, Target, Token};
use crate::redact::{Redact, Redactor};

use super::common::Refusal;
use super::{output, secrets};

/// The API where no variable names one.
const DEFAULT_API: &str = "https://api.github.com";
/// A secret that a pull request from a fork does not get is an empty variable, so this is no fault of the call.
const NO_TOKEN: &str = "nothing was published: there is no GITHUB_TOKEN; add `env: {GITHUB_TOKEN: ${{ github.token }}}` \
                        to the step";
/// GitHub sends no longer event.
const EVENT_LIMIT: u64 = 32 << 20;

/// What to publish on GitHub.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "GitHub")]
pub struct GithubArgs {
    /// Publish on GitHub, in a workflow: a check run and a comment on the pull request (with GITHUB_TOKEN)
    #[arg(long)]
    pub github: bool,

    /// Whether --github makes a check run with annotations (the job needs checks: write)
    #[arg(long, value_name = "WHEN", default_value = "on", requires = "github")]
    pub github_check_run: OnOff,

    /// When --github comments on the pull request; auto: where there is something to act on, and to say that it is gone
    /// (the job needs pull-requests: write)
    #[arg(long, value_name = "WHEN", default_value = "auto", requires = "github")]
    pub github_comment: When,

    /// Tells several uses of --github in one workflow apart [default: the subcommand and the directory]
    #[arg(long, value_name = "KEY", value_parser = key, requires = "github")]
    pub github_key: Option<String>,
}

/// `--github-check-run`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OnOff {
    /// Yes.
    On,
    /// No.
    Off,
}

/// `--github-comment`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// When there is something to act on, and when there no longer is.
    Auto,
    /// Always.
    Always,
    /// Never.
    Off,
}

/// Reads a key.
fn key(text: &str) -> Result<String, String> {
    if publish::key_is_plain(text) {
        return Ok(text.to_owned());
    }
    Err("write one line of at most 100 ASCII characters, without <, >, quotes and --".into())
}

/// What will be published once there is a report.
pub(super) struct Publisher {
    target: Target,
    key: Option<String>,
    /// The directory as it stands in the default key; empty at the root of the repository.
    place: String,
    has_token: bool,
}

/// What became of the publishing.
pub(super) struct Done {
    /// Whether the findings stand as annotations at a check run.
    pub(super) annotated: bool,
    /// The exit code, where a signal ended it.
    pub(super) interrupted: Option<u8>,
}

impl GithubArgs {
    /// Reads the surroundings before the work begins, so that a call that cannot be meant is told at once. `dir` is the
    /// directory that the report will be about.
    pub(super) fn prepare(&self, dir: &Path, offline: bool) -> Result<Option<Publisher>, Refusal> {
        if !self.github {
            return Ok(None);
        }
        if offline {
            return Err(Refusal::new(
                "--github needs the network, and --offline forbids it",
                "leave one of the two out, or publish later: gowoa report report.json --github",
            ));
        }
        let repository: Repository = match variable("GITHUB_REPOSITORY") {
            Some(text) => text.parse().map_err(|words: String| {
                Refusal::new(format!("GITHUB_REPOSITORY: {words}"), "set it to owner/name")
            })?,
            None => {
                return Err(Refusal::new(
                    "--github is for workflows of GitHub Actions: GITHUB_REPOSITORY is not set",
                    "leave --github out, or set GITHUB_REPOSITORY, GITHUB_SHA and GITHUB_TOKEN",
                ));
            }
        };
        let url = variable("GITHUB_API_URL");
        let graphql = variable("GITHUB_GRAPHQL_URL").filter(|_| url.is_some());
        let api = Api::new(url.as_deref().unwrap_or(DEFAULT_API), graphql.as_deref());
        let api = api.map_err(|error| {
            Refusal::new(
                format!("GITHUB_API_URL: {error}"),
                "set it as GitHub Actions does, or leave it out for github.com",
            )
        })?;
        let token = variable("GITHUB_TOKEN").or_else(|| variable("GH_TOKEN"));
        let Some(bearer) = Token::new(token.as_deref().unwrap_or_default()) else {
            return Err(Refusal::new(
                "GITHUB_TOKEN is no token: it holds white space or characters that cannot be sent",
                "set it to ${{ github.token }}",
            ));
        };
        Ok(Some(Publisher {
            target: Target {
                api,
                token: bearer,
                repository,
                event: event()?,
                key: String::new(),
                run_url: run_url(),
                stamp: stamp(),
                check_run: self.github_check_run == OnOff::On,
                comment: match self.github_comment {
                    When::Auto => CommentWhen::Auto,
                    When::Always => CommentWhen::Always,
                    When::Off => CommentWhen::Off,
                },
            },
            key: self.github_key.clone(),
            place: place(dir),
            has_token: token.is_some(),
        }))
    }
}

impl Publisher {
    /// Publishes the report, which is printed and written by now, and says what came of it; nothing that happens here
    /// changes the answer. `annotating`: whether the run has annotations where the check run has none.
    pub(super) fn publish(
        mut self,
        report: &Report,
        redactor: &Redactor,
        annotating: bool,
    ) -> Done {
        // A report that was read from a file may hold secrets of this machine that the one who made it did not know.
        let mut report = report.clone();
        report.redact(redactor);
        self.target.key =
            self.key.take().unwrap_or_else(|| default_key(report.plan.subcommand, &self.place));
        let nothing = |words: String| Published { failed: vec![words], ..Published::default() };
        let published = if self.has_token {
            match run(&report, &self.target) {
                Ok(Ok(published)) => published,
                Ok(Err(code)) => {
                    output::tell("github   interrupted: what was sent so far may be there\n");
                    return Done { annotated: false, interrupted: Some(code) };
                }
                Err(error) => nothing(format!("nothing was published: cannot start: {error}")),
            }
        } else {
            nothing(NO_TOKEN.to_owned())
        };
        let instead = annotating
            && !published.failed.is_empty()
            && !published.annotated
            && !report.findings.is_empty();
        tell(&published, instead);
        Done { annotated: published.annotated, interrupted: None }
    }
}

fn tell(published: &Published, instead: bool) {
    let mut lines = Vec::new();
    if !published.done.is_empty() {
        lines.push(published.done.join("; "));
    }
    lines.extend(published.failed.iter().cloned());
    let proxy = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"].map(variable);
    if published.unreachable && proxy.iter().any(Option::is_some) {
        lines.push("a proxy is set, and gowoa reaches GitHub directly or not at all".to_owned());
    }
    if instead {
        lines.push("the findings are shown as annotations of this job instead".to_owned());
    }
    if lines.is_empty() {
        lines.push("nothing to publish".to_owned());
    }
    for line in lines {
        output::tell(&secrets::safe_text(&format!("github   {line}")));
    }
}

/// Runs the publishing until it is done or a signal comes, which is the inner error: its exit code.
fn run(report: &Report, target: &Target) -> std::io::Result<Result<Published, u8>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let outcome = runtime.block_on(async {
        let mut interrupts = Interrupts::listen();
        tokio::select! {
            published = publish::publish(report, target) => Ok(published),
            interrupt = interrupts.next() => Err(interrupt.exit_code()),
        }
    });
    runtime.shutdown_background();
    Ok(outcome)
}

/// A variable that is set to something.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The commit and the pull request.
fn event() -> Result<Event, Refusal> {
    let sha = variable("GITHUB_SHA");
    let Some(path) = variable("GITHUB_EVENT_PATH") else {
        return Ok(event::without(sha.as_deref()));
    };
    let next = "set GITHUB_EVENT_PATH as GitHub Actions does, or leave it out";
    match fs_err::metadata(&path) {
        Ok(metadata) if !metadata.is_file() => {
            return Err(Refusal::new(format!("{path} is no event: it is not a file"), next));
        }
        Ok(metadata) if metadata.len() > EVENT_LIMIT => {
            return Err(Refusal::new(
                format!("{path} is no event: {} bytes", metadata.len()),
                next,
            ));
        }
        _ => {}
    }
    let json = fs_err::read(&path).map_err(|error| Refusal::new(error.to_string(), next))?;
    let name = variable("GITHUB_EVENT_NAME").unwrap_or_default();
    event::read(&name, &json, sha.as_deref())
        .map_err(|error| Refusal::new(format!("{path}: {error}"), next))
}

/// The page of the workflow run, where its parts are as GitHub writes them: it goes into Markdown.
fn run_url() -> Option<String> {
    let server = variable("GITHUB_SERVER_URL")?;
    let (repository, run) = (variable("GITHUB_REPOSITORY")?, variable("GITHUB_RUN_ID")?);
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/".contains(&byte);
    let url = format!("{}/{repository}/actions/runs/{run}", server.trim_end_matches('/'));
    (url.starts_with("http") && url.bytes().all(plain)).then_some(url)
}

/// Names this process among all runs and jobs, so that a check run can be known again.
fn stamp() -> String {
    let time = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_nanos());
    let run = variable("GITHUB_RUN_ID").filter(|run| run.bytes().all(|byte| byte.is_ascii_digit()));
    format!("gowoa/{}/{}-{time}", run.unwrap_or_default(), std::process::id())
}

/// The directory below the root of the repository, as it can stand in a key.
fn place(dir: &Path) -> String {
    let Some(root) = variable("GITHUB_WORKSPACE") else { return String::new() };
    let root = fs_err::canonicalize(root).unwrap_or_default();
    let dir = fs_err::canonicalize(dir).unwrap_or_else(|_| dir.to_owned());
    let Ok(below) = dir.strip_prefix(&root) else { return String::new() };
    let parts: Vec<_> = below.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}

/// The subcommand, and the directory where it is not the root.
fn default_key(subcommand: Subcommand, place: &str) -> String {
    let word = match subcommand {
        Subcommand::Check => MAIN_KEY,
        Subcommand::Inspect => "inspect",
        Subcommand::Screen => "screen",
    };
    let key = if place.is_empty() { word.to_owned() } else { format!("{word}:{place}") };
    if publish::key_is_plain(&key) { key } else { word.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_differ_by_what_is_published() {
        assert_eq!(default_key(Subcommand::Check, ""), "check");
        assert_eq!(default_key(Subcommand::Inspect, "dist"), "inspect:dist");
        assert_eq!(default_key(Subcommand::Screen, "a--><b"), "screen");
        assert!(key("-->").is_err() && key("a b").is_ok());
    }
}
