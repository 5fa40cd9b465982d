//! What is published on GitHub: a check run with annotations, and one comment on the pull request.
//!
//! The only module that knows the network, and it is used when `--github` asks for it. It sees a finished
//! Report and a [`Target`]; it reads no environment and no file, prints nothing, and what comes of it changes no
//! verdict: [`Published`] holds lines for people.
//!
//! Reads are repeated within a cap. Writes are sent once: a repeated POST is a second comment. Where the answer
//! to a write leaves open whether it happened, GitHub is asked (a read), and the line says what it answered.

mod annotation;
mod answer;
mod api;
mod check_run;
mod client;
mod comment;
pub mod event;
mod text;

use std::fmt;
use std::time::Duration;

use crate::model::{Report, ReportVerdict};

use answer::ApiError;
pub use api::{Api, ApiUrlError};
use client::{Client, Limits};
use event::Event;

/// All of the publishing ends after this time, whatever GitHub does, and all of what is read after the other.
const LIMITS: Limits = Limits { whole: Duration::from_secs(90), reads: Duration::from_secs(30) };

/// A token of GitHub. Its debug form does not show it, and it is sent to the API's own host alone.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    /// Takes it as the environment has it, without white space around it: secrets are often pasted with a line's
    /// end. `None` where it holds what no header of HTTP can.
    pub fn new(token: &str) -> Option<Self> {
        let token = token.trim();
        token.bytes().all(|byte| byte.is_ascii_graphic()).then(|| Self(token.to_owned()))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}

/// `owner/name` on GitHub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    owner: String,
    name: String,
}

impl std::str::FromStr for Repository {
    type Err = String;

    /// GitHub's names hold letters, digits, `-`, `_` and `.`; anything else would be a path of its own in a URL.
    fn from_str(text: &str) -> Result<Self, String> {
        let plain = |part: &str| {
            let known = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
            !part.is_empty() && !part.bytes().all(|byte| byte == b'.') && part.bytes().all(known)
        };
        match text.split_once('/') {
            Some((owner, name)) if plain(owner) && plain(name) => {
                Ok(Self { owner: owner.into(), name: name.into() })
            }
            _ => Err(format!("{text} is no repository, which is written owner/name")),
        }
    }
}

impl fmt::Display for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.owner, self.name)
    }
}

/// When a comment is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommentWhen {
    /// When there is something to act on; a comment that is there is brought up to date.
    Auto,
    /// Always.
    Always,
    /// Never.
    Off,
}

/// Where to publish, as whom, and what.
#[derive(Debug, Clone)]
pub struct Target {
    /// The API.
    pub api: Api,
    /// As whom.
    pub token: Token,
    /// The repository.
    pub repository: Repository,
    /// The commit and the pull request.
    pub event: Event,
    /// Tells several uses in one workflow apart: stands in the marker of the comment and in the name of the
    /// check run. See [`key_is_plain`].
    pub key: String,
    /// The page of the workflow run.
    pub run_url: Option<String>,
    /// Tells this run of gowoa from all others.
    pub stamp: String,
    /// Whether to make a check run.
    pub check_run: bool,
    /// Whether to comment.
    pub comment: CommentWhen,
}

/// The key of a plain `gowoa check` at the root of the repository: its check run is named `gowoa`.
pub const MAIN_KEY: &str = "check";
/// A key is at most this long.
const KEY_LIMIT: usize = 100;

/// Whether a key can stand in a name and in an HTML comment: one line of at most 100 visible ASCII characters without
/// `<` and `>`, and without `--`, which ends comments.
pub fn key_is_plain(key: &str) -> bool {
    let byte = |byte: u8| (b' '..=b'~').contains(&byte) && !b"<>`\"\\".contains(&byte);
    !key.is_empty()
        && key.len() <= KEY_LIMIT
        && key.trim() == key
        && !key.contains("--")
        && !key.ends_with('-')
        && key.bytes().all(byte)
}

/// What came of it, for people.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Published {
    /// What is on GitHub now, such as `check run "gowoa" with 53 annotations`.
    pub done: Vec<String>,
    /// What is not, and why: one line each, with what to do.
    pub failed: Vec<String>,
    /// Whether the findings stand as annotations at a check run, or there are none.
    pub annotated: bool,
    /// Whether there was no connection, so that people look at their network first.
    pub unreachable: bool,
}

/// Publishes the report. Never fails: what does not work is told in the answer.
///
/// Has to run within a tokio runtime with time and I/O.
pub async fn publish(report: &Report, target: &Target) -> Published {
    let mut published = Published::default();
    let client = match Client::new(&target.api, &target.token, LIMITS) {
        Ok(client) => client,
        Err(error) => {
            published.failed.push(format!("nothing was published: {error}"));
            return published;
        }
    };
    if target.check_run {
        match check_run::publish(&client, target, report).await {
            Ok(made) => {
                published.annotated = made.annotated;
                published.done.push(made.done);
                published.failed.extend(made.failed);
            }
            Err(words) => published.failed.push(words),
        }
    }
    if target.comment != CommentWhen::Off {
        match comment::publish(&client, target, report).await {
            Ok(words) => published.done.extend(words),
            Err(words) => published.failed.push(words),
        }
    }
    published.unreachable = client.was_unreachable();
    published
}

/// Whether somebody has to do something: what `auto` comments on.
fn is_actionable(report: &Report) -> bool {
    report.verdict != ReportVerdict::Pass || report.counts.errors + report.counts.warnings > 0
}

/// Why a write was refused, with what to do: `permission` is what the workflow has to grant.
fn refused(what: &str, error: &ApiError, target: &Target, permission: &str) -> String {
    let next = match error.status() {
        Some(401) => "; GITHUB_TOKEN is no token that this API knows".to_owned(),
        Some(403 | 404) if !error.is_rate_limit() && target.event.from_fork => {
            "; a pull request from a fork gets a token that may only read".to_owned()
        }
        Some(403 | 404) if !error.is_rate_limit() => {
            format!("; the job needs `permissions: {permission}`")
        }
        _ => String::new(),
    };
    format!("{what}: {error}{next}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_is_two_plain_names() {
        assert_eq!("o-r.g/na_me.go".parse::<Repository>().unwrap().to_string(), "o-r.g/na_me.go");
        for wrong in ["", "owner", "a/b/c", "a/..", "./b", "a/b?x", "a/b c", "a/%2e", "/b", "a/"] {
            assert!(wrong.parse::<Repository>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_key_cannot_end_the_comment_that_holds_it() {
        for plain in ["check", "check:cmd/app", "Go 1.26 / x64", "a-b"] {
            assert!(key_is_plain(plain), "{plain}");
        }
        for wrong in ["", "a--b", "a-", "-->", "a>b", "a\nb", " a", "ä", "a`b", &"x".repeat(101)] {
            assert!(!key_is_plain(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_token_does_not_show_itself() {
        assert_eq!(format!("{:?}", Token::new("ghs_secret").unwrap()), "Token");
        assert_eq!(Token::new(" ghs_secret\r\n").unwrap().0, "ghs_secret");
        assert!(["a b", "a\nb", "\u{1}", "é"].iter().all(|token| Token::new(token).is_none()));
    }
}
