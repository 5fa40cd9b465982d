//! What a workflow run is about: the commit and the pull request, from the event that started it. Pure.
//!
//! GITHUB_SHA is not that commit where a pull request is built: it names the merge that GitHub made for the run, and
//! a check run there is shown on no pull request. The event has the head.

use serde_json::Value;

/// The commit and the pull request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Event {
    /// The commit that a check run belongs to: 40 or 64 hexadecimal digits.
    pub commit: Option<String>,
    /// The number of the pull request.
    pub pull: Option<u64>,
    /// Whether the commit comes from another repository, whose pull requests get a token that may only read.
    pub from_fork: bool,
    /// `owner:branch` of the head, where the number of the pull request has to be asked for: `workflow_run` names
    /// none for a fork.
    pub head: Option<String>,
}

/// An event that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// No JSON.
    #[error("the event is no JSON: {0}")]
    NotJson(String),
    /// A pull request without its head.
    #[error("the event {0} has no commit of a pull request")]
    NoHead(String),
}

/// Reads an event: `name` as GITHUB_EVENT_NAME has it, `json` as the file of GITHUB_EVENT_PATH, `sha` as GITHUB_SHA.
///
/// # Errors
/// [`EventError`] for a file that is no event.
pub fn read(name: &str, json: &[u8], sha: Option<&str>) -> Result<Event, EventError> {
    let event: Value =
        serde_json::from_slice(json).map_err(|error| EventError::NotJson(error.to_string()))?;
    let fallback = || sha.and_then(commit);
    Ok(match name {
        "workflow_run" => of_workflow_run(&event).unwrap_or(plain(fallback())),
        "merge_group" => {
            plain(text(&event, "/merge_group/head_sha").and_then(commit).or_else(fallback))
        }
        // A branch that was deleted has zeros there.
        "push" => plain(text(&event, "/after").and_then(commit).or_else(fallback)),
        _ if event.pointer("/pull_request/head").is_some() => of_pull_request(name, &event)?,
        _ if name.starts_with("pull_request") => return Err(EventError::NoHead(name.to_owned())),
        _ => plain(fallback()),
    })
}

/// Without an event there is the commit alone.
pub fn without(sha: Option<&str>) -> Event {
    plain(sha.and_then(commit))
}

fn plain(commit: Option<String>) -> Event {
    Event { commit, ..Event::default() }
}

fn of_pull_request(name: &str, event: &Value) -> Result<Event, EventError> {
    let head = text(event, "/pull_request/head/sha").and_then(commit);
    let head = head.ok_or_else(|| EventError::NoHead(name.to_owned()))?;
    let pull = event.pointer("/pull_request/number").or_else(|| event.pointer("/number"));
    // The repository of a head is null where the fork was deleted.
    let of = text(event, "/pull_request/head/repo/full_name");
    let into = text(event, "/pull_request/base/repo/full_name");
    Ok(Event {
        commit: Some(head),
        pull: pull.and_then(Value::as_u64),
        from_fork: of.is_none() || of != into,
        head: None,
    })
}

fn of_workflow_run(event: &Value) -> Option<Event> {
    let sha = text(event, "/workflow_run/head_sha").and_then(commit)?;
    let about_pull =
        text(event, "/workflow_run/event").is_some_and(|name| name.starts_with("pull_request"));
    if !about_pull {
        return Some(plain(Some(sha)));
    }
    // Pull requests of other repositories stand here too; those of this one have this head.
    let pulls = event.pointer("/workflow_run/pull_requests").and_then(Value::as_array);
    let mut numbers = pulls
        .into_iter()
        .flatten()
        .filter(|pull| text(pull, "/head/sha") == Some(sha.as_str()))
        .filter(|pull| pull.pointer("/base/repo/id") == event.pointer("/repository/id"))
        .filter_map(|pull| pull.pointer("/number")?.as_u64());
    let pull = numbers.next();
    let owner = text(event, "/workflow_run/head_repository/owner/login");
    let branch = text(event, "/workflow_run/head_branch");
    let head = owner.zip(branch).map(|(owner, branch)| format!("{owner}:{branch}"));
    // The token of such a run is the repository's own and may write: no fork in that sense.
    Some(Event { commit: Some(sha), pull, from_fork: false, head: head.filter(|_| pull.is_none()) })
}

fn text<'e>(event: &'e Value, pointer: &str) -> Option<&'e str> {
    event.pointer(pointer)?.as_str()
}

/// A full commit id, which is no zeros.
fn commit(text: &str) -> Option<String> {
    let full = matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    (full && text.bytes().any(|byte| byte != b'0')).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const HEAD: &str = "1111111111111111111111111111111111111111";
    const MERGE: &str = "2222222222222222222222222222222222222222";

    fn of(name: &str, event: &Value) -> Result<Event, EventError> {
        read(name, event.to_string().as_bytes(), Some(MERGE))
    }

    fn pull(from: Value) -> Value {
        json!({"number": 7, "pull_request": {
            "number": 7,
            "head": {"sha": HEAD, "repo": from},
            "base": {"repo": {"full_name": "o/r"}},
        }})
    }

    #[test]
    fn a_pull_request_is_checked_at_its_head_and_not_at_the_merge() {
        let event = of("pull_request", &pull(json!({"full_name": "o/r"}))).unwrap();
        let want = Event { commit: Some(HEAD.into()), pull: Some(7), from_fork: false, head: None };
        assert_eq!(event, want);
        for fork in [json!({"full_name": "stranger/r"}), Value::Null] {
            assert!(of("pull_request_target", &pull(fork)).unwrap().from_fork);
        }
        let broken = json!({"pull_request": {"head": {"sha": "main"}}});
        assert!(of("pull_request", &broken).is_err());
        assert!(of("pull_request", &json!({})).is_err());
        assert!(read("pull_request", b"<html>", None).is_err());
    }

    #[test]
    fn other_events_name_their_commit_or_leave_it_to_the_run() {
        let commit = |name, event| of(name, &event).unwrap().commit.unwrap();
        assert_eq!(commit("push", json!({"after": HEAD})), HEAD);
        assert_eq!(commit("push", json!({"after": "0".repeat(40), "deleted": true})), MERGE);
        assert_eq!(commit("merge_group", json!({"merge_group": {"head_sha": HEAD}})), HEAD);
        assert_eq!(commit("workflow_dispatch", json!({"inputs": null})), MERGE);
        assert_eq!(commit("release", json!({"release": {"tag_name": "v1"}})), MERGE);
        assert_eq!(of("issue_comment", &json!({"issue": {"number": 3}})).unwrap().pull, None);
        assert_eq!(without(Some("not a commit")).commit, None);
    }

    #[test]
    fn a_workflow_run_finds_its_pull_request() {
        let run = |pulls: Value| {
            json!({"repository": {"id": 1, "full_name": "o/r"}, "workflow_run": {
                "event": "pull_request", "head_sha": HEAD, "head_branch": "fix",
                "head_repository": {"full_name": "stranger/r", "owner": {"login": "stranger"}},
                "pull_requests": pulls,
            }})
        };
        let own = json!([
            {"number": 1, "head": {"sha": HEAD}, "base": {"repo": {"id": 99}}},
            {"number": 2, "head": {"sha": MERGE}, "base": {"repo": {"id": 1}}},
            {"number": 3, "head": {"sha": HEAD}, "base": {"repo": {"id": 1}}},
        ]);
        let event = of("workflow_run", &run(own)).unwrap();
        assert_eq!((event.pull, event.head), (Some(3), None));
        let event = of("workflow_run", &run(json!([]))).unwrap();
        assert_eq!((event.pull, event.head.as_deref()), (None, Some("stranger:fix")));
        assert_eq!(event.commit.as_deref(), Some(HEAD));
        let mut push = run(json!([]));
        push["workflow_run"]["event"] = json!("push");
        assert_eq!(of("workflow_run", &push).unwrap().head, None);
    }
}
