//! The one comment on a pull request that is kept up to date.
//!
//! It begins with a marker. Anybody can write that marker, so a comment counts as ours only if the token's own account
//! wrote it: the API would let the token change the comments of others too.

use serde::{Deserialize, Serialize};

use crate::model::Report;

use super::answer::ApiError;
use super::check_run::encode;
use super::client::{Client, Method, Written};
use super::{CommentWhen, Target, is_actionable, refused, text};

/// Pages of a hundred comments that are looked through: GitHub closes a conversation at 2,500.
const PAGES: usize = 26;
/// The account of the token that every workflow gets.
const ACTIONS_LOGIN: &str = "github-actions[bot]";
/// What the workflow has to grant.
const PERMISSION: &str = "pull-requests: write";

#[derive(Serialize)]
struct Body<'a> {
    body: &'a str,
}

/// Of a comment what is needed here; an account that was deleted is null.
#[derive(Deserialize)]
struct Comment {
    id: u64,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    user: Option<Account>,
}

#[derive(Deserialize)]
struct Account {
    login: String,
    id: Option<u64>,
}

#[derive(Deserialize)]
struct Pull {
    number: u64,
    head: Head,
}

#[derive(Deserialize)]
struct Head {
    sha: String,
}

/// Who the token is.
struct Own {
    login: String,
    id: Option<u64>,
}

impl Own {
    /// The number decides where both are known: a login can be given to somebody else.
    fn wrote(&self, comment: &Comment) -> bool {
        comment.user.as_ref().is_some_and(|user| match (self.id, user.id) {
            (Some(own), Some(id)) => own == id,
            _ => user.login == self.login,
        })
    }
}

/// Writes, updates or leaves the comment. Says what it did, if anything; the error is a line for people.
pub(super) async fn publish(
    client: &Client,
    target: &Target,
    report: &Report,
) -> Result<Option<String>, String> {
    let wrong = |error: &ApiError| refused("no comment", error, target, PERMISSION);
    let Some(pull) = pull(client, target).await.map_err(|error| wrong(&error))? else {
        return match target.comment {
            CommentWhen::Always => Err("no comment: the event is about no pull request".to_owned()),
            CommentWhen::Auto | CommentWhen::Off => Ok(None),
        };
    };
    let own = own(client).await;
    let marker = text::marker(&target.key);
    let old = find(client, target, pull, &own, &marker).await.map_err(|error| wrong(&error))?;
    let wanted = is_actionable(report) || target.comment == CommentWhen::Always;
    let body = if wanted { text::comment(report, target) } else { text::all_good(report, target) };
    match old {
        None if !wanted => Ok(None),
        None => {
            let (at, new) = (pull, Body { body: &body });
            let made = create(client, target, at, &own, &marker, &new).await;
            made.map(|made| Some(format!("comment written{}", made.note)))
                .map_err(|error| wrong(&error))
        }
        Some(old) if same(old.body.as_deref(), &body) => {
            Ok(Some("comment is up to date".to_owned()))
        }
        Some(old) => {
            let done = update(client, target, old.id, &Body { body: &body }).await;
            done.map(|done| Some(format!("comment updated{}", done.note)))
                .map_err(|error| refused("the comment was not updated", &error, target, PERMISSION))
        }
    }
}

/// The pull request: the event's, or the open one with this head.
async fn pull(client: &Client, target: &Target) -> Result<Option<u64>, ApiError> {
    let event = &target.event;
    let (None, Some(head), Some(commit)) = (event.pull, &event.head, &event.commit) else {
        return Ok(event.pull);
    };
    let route =
        format!("/repos/{}/pulls?state=open&head={}&per_page=100", target.repository, encode(head));
    let pulls: Vec<Pull> = client.get(&route).await?;
    // A server that does not know the filter sends all of them; and the branch may have moved on.
    let mut numbers = pulls.iter().filter(|pull| pull.head.sha == *commit).map(|pull| pull.number);
    Ok(numbers.next())
}

/// Asks who the token is: GraphQL knows it for every kind of token, where `GET /user` refuses those of apps.
async fn own(client: &Client) -> Own {
    #[derive(Deserialize)]
    struct Answer {
        data: Data,
    }
    #[derive(Deserialize)]
    struct Data {
        viewer: Viewer,
    }
    #[derive(Deserialize)]
    struct Viewer {
        login: String,
        #[serde(rename = "databaseId")]
        id: Option<u64>,
    }
    match client.query::<Answer>("query { viewer { login databaseId } }").await {
        Ok(Answer { data: Data { viewer: Viewer { login, id } } }) => Own { login, id },
        Err(_) => Own { login: ACTIONS_LOGIN.to_owned(), id: None },
    }
}

/// The first comment of ours.
async fn find(
    client: &Client,
    target: &Target,
    pull: u64,
    own: &Own,
    marker: &str,
) -> Result<Option<Comment>, ApiError> {
    let mut route = format!("/repos/{}/issues/{pull}/comments?per_page=100", target.repository);
    for _ in 0..PAGES {
        let page = client.page::<Vec<Comment>>(&route).await?;
        let ours = |comment: &Comment| {
            comment.body.as_deref().is_some_and(|body| body.trim_start().starts_with(marker))
                && own.wrote(comment)
        };
        if let Some(found) = page.items.into_iter().find(ours) {
            return Ok(Some(found));
        }
        match page.next {
            Some(next) => route = next,
            None => break,
        }
    }
    Ok(None)
}

async fn create(
    client: &Client,
    target: &Target,
    pull: u64,
    own: &Own,
    marker: &str,
    body: &Body<'_>,
) -> Result<Written<Comment>, ApiError> {
    let route = format!("/repos/{}/issues/{pull}/comments", target.repository);
    let look = async || find(client, target, pull, own, marker).await;
    client.write(Method::Post, &route, body, look).await
}

async fn update(
    client: &Client,
    target: &Target,
    id: u64,
    body: &Body<'_>,
) -> Result<Written<Comment>, ApiError> {
    let route = format!("/repos/{}/issues/comments/{id}", target.repository);
    let look = async || {
        let comment: Comment = client.get(&route).await?;
        Ok(same(comment.body.as_deref(), body.body).then_some(comment))
    };
    client.write(Method::Patch, &route, body, look).await
}

/// GitHub may keep line ends and space at the end in its own way.
fn same(old: Option<&str>, new: &str) -> bool {
    old.is_some_and(|old| old.trim_end().lines().eq(new.trim_end().lines()))
}
