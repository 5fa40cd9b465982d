//! Whose comment is ours, and what becomes of it.

use serde_json::json;

use crate::hub::{BOT, Hub};
use crate::run::Job;

const MARKER: &str = "<!-- gowoa:check -->";

fn body(hub: &Hub, id: u64) -> String {
    let comments = hub.comments();
    let comment = comments.iter().find(|comment| comment["id"] == id).unwrap();
    comment["body"].as_str().unwrap().to_owned()
}

#[test]
fn our_comment_is_updated_and_says_when_all_is_good() {
    let hub = Hub::new();
    let ran = Job::clean(&hub).run();
    assert!(hub.comments().is_empty(), "nothing to act on, nothing to say");
    ran.assert_says("check run \"gowoa\" without annotations");
    Job::with_findings(&hub, 1).run().assert_says("comment written");
    let id = hub.comments()[0]["id"].as_u64().unwrap();
    assert!(body(&hub, id).contains("tool000"));
    Job::with_findings(&hub, 2).run().assert_says("comment updated");
    assert!(body(&hub, id).contains("tool001"));
    let ran = Job::clean(&hub).run();
    assert_eq!(ran.code, Some(0));
    ran.assert_says("comment updated");
    assert!(body(&hub, id).starts_with(MARKER) && body(&hub, id).contains("all good now"));
    assert!(!body(&hub, id).contains("tool0"));
    Job::clean(&hub).run().assert_says("comment is up to date");
    assert_eq!(hub.comments().len(), 1);
}

#[test]
fn a_stranger_who_writes_the_marker_is_left_alone() {
    let hub = Hub::new();
    let spoof = format!("{MARKER}\nlooks like gowoa");
    let stranger = hub.add_comment("stranger", 5, &spoof);
    let bot = hub.add_comment("other-app[bot]", 6, &spoof);
    // A login that somebody else had before.
    let renamed = hub.add_comment("github-actions[bot]", 77, &spoof);
    let quoted = hub.add_comment("github-actions[bot]", BOT, &format!("> {spoof}"));
    let other =
        hub.add_comment("github-actions[bot]", BOT, "<!-- gowoa:check:cmd -->\nanother use");
    Job::with_findings(&hub, 1).run().assert_says("comment written");
    for id in [stranger, bot, renamed] {
        assert_eq!(body(&hub, id), spoof);
    }
    assert_eq!(body(&hub, quoted), format!("> {spoof}"));
    assert!(body(&hub, other).ends_with("another use"));
    assert_eq!(hub.comments().len(), 6);
}

#[test]
fn the_account_of_the_token_decides() {
    let hub = Hub::new();
    hub.set_viewer(Some(json!({"login": "a-person", "databaseId": 9})));
    let bots = hub.add_comment("github-actions[bot]", BOT, &format!("{MARKER}\nof the bot"));
    let own = hub.add_comment("renamed-person", 9, &format!("{MARKER}\nours"));
    Job::with_findings(&hub, 1).run().assert_says("comment updated");
    assert!(body(&hub, bots).ends_with("of the bot"));
    assert!(body(&hub, own).contains("tool000"));
    // A server that does not say: the account of workflows, by its login.
    let hub = Hub::new();
    hub.set_viewer(None);
    hub.add_comment("stranger", 5, &format!("{MARKER}\nx"));
    let own = hub.add_comment("github-actions[bot]", BOT, &format!("{MARKER}\nours"));
    Job::with_findings(&hub, 1).run().assert_says("comment updated");
    assert!(body(&hub, own).contains("tool000"));
}

#[test]
fn all_pages_are_looked_through() {
    let hub = Hub::at("/api/v3");
    for number in 0..230 {
        hub.add_comment("talker", 1000 + number, "a comment");
    }
    let own = hub.add_comment("github-actions[bot]", BOT, &format!("{MARKER}\nours"));
    Job::with_findings(&hub, 1).run().assert_says("comment updated");
    assert_eq!(hub.count("GET /repos/o/r/issues/7/comments"), 3);
    assert!(body(&hub, own).contains("tool000"));
    assert_eq!(hub.foreign(), Vec::<String>::new());
}

#[test]
fn several_uses_have_a_check_run_and_a_comment_each() {
    let hub = Hub::new();
    for key in ["check", "check:cmd/app", "inspect"] {
        Job::with_findings(&hub, 1).key(key).run().assert_says("comment written");
    }
    let names: Vec<_> =
        hub.runs().iter().map(|run| run["name"].as_str().unwrap().to_owned()).collect();
    assert_eq!(names, ["gowoa", "gowoa (check:cmd/app)", "gowoa (inspect)"]);
    assert_eq!(hub.comments().len(), 3);
}
