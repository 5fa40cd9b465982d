//! What is called, how, and for which commit.

use serde_json::{Value, json};

use crate::hub::{Fault, HEAD, Hub, MERGE, TOKEN, refusal};
use crate::run::{Job, pull_event};

#[test]
fn a_check_run_and_a_comment_at_the_head_of_the_pull_request() {
    let hub = Hub::new();
    let ran = Job::with_findings(&hub, 1).run();
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    ran.assert_says("check run \"gowoa\" with 1 annotation; comment written");
    let [run] = &hub.runs()[..] else { panic!("{:?}", hub.runs()) };
    assert_eq!(run["head_sha"], HEAD);
    assert_eq!(run["conclusion"], "failure");
    assert_eq!(run["details_url"], "https://github.example/o/r/actions/runs/4242");
    assert!(run["output"]["title"].as_str().unwrap().starts_with("fail: 1 error"), "{run}");
    let annotation = &run["output"]["annotations"][0];
    assert_eq!(annotation["path"], "go.mod");
    assert_eq!(annotation["annotation_level"], "failure");
    let body = hub.comments()[0]["body"].as_str().unwrap().to_owned();
    assert!(body.starts_with("<!-- gowoa:check -->\n"), "{body}");
    assert!(body.contains(HEAD) && body.contains("(https://github.example/o/r/actions/runs/4242)"));
    // The report itself is told as ever.
    assert!(ran.stderr.contains("tool000_windows_arm64.exe"));
}

#[test]
fn every_request_has_the_headers_and_none_of_them_twice() {
    let hub = Hub::new();
    Job::with_findings(&hub, 1).run();
    let seen = hub.seen();
    assert!(seen.len() >= 4);
    for seen in seen {
        assert_eq!(seen.headers["x-github-api-version"], ["2022-11-28"], "{}", seen.call);
        assert_eq!(seen.headers["authorization"], [format!("Bearer {TOKEN}")], "{}", seen.call);
        assert!(seen.headers.contains_key("user-agent"), "{}", seen.call);
        assert!(!seen.query.contains("Canary") && !seen.body.to_string().contains("Canary"));
    }
}

#[test]
fn an_enterprise_server_keeps_its_prefix_with_or_without_a_slash() {
    for slash in ["", "/"] {
        let hub = Hub::at("/api/v3");
        let mut job =
            Job::with_findings(&hub, 1).env("GITHUB_API_URL", &format!("{}{slash}", hub.url()));
        let ran = job.run();
        ran.assert_says("check run \"gowoa\" with 1 annotation; comment written");
        assert_eq!(hub.foreign(), Vec::<String>::new());
        assert_eq!(hub.count("POST /graphql"), 1);
    }
}

#[test]
fn the_commit_is_that_of_the_event() {
    let zeros = "0".repeat(40);
    let events: [(&str, Value, &str); 5] = [
        ("push", json!({"after": HEAD}), HEAD),
        ("push", json!({"after": zeros}), MERGE),
        ("merge_group", json!({"merge_group": {"head_sha": HEAD}}), HEAD),
        ("workflow_dispatch", json!({}), MERGE),
        ("pull_request_target", pull_event("stranger/r"), HEAD),
    ];
    for (name, event, commit) in events {
        let hub = Hub::new();
        let ran = Job::with_findings(&hub, 1).event(name, &event).run();
        ran.assert_says("check run \"gowoa\" with 1 annotation");
        assert_eq!(hub.runs()[0]["head_sha"], commit, "{name}");
        assert_eq!(hub.comments().is_empty(), !name.starts_with("pull_request"), "{name}");
    }
    let hub = Hub::new();
    let mut job = Job::with_findings(&hub, 1).env_remove("GITHUB_EVENT_PATH");
    job.run().assert_says("check run");
    assert_eq!(hub.runs()[0]["head_sha"], MERGE);
}

#[test]
fn after_a_build_of_a_fork_the_pull_request_is_looked_up() {
    let event = json!({"repository": {"id": 1, "full_name": "o/r"}, "workflow_run": {
        "event": "pull_request", "head_sha": HEAD, "head_branch": "fix", "pull_requests": [],
        "head_repository": {"full_name": "stranger/r", "owner": {"login": "stranger"}},
    }});
    let hub = Hub::new();
    hub.add_pull(6, MERGE);
    hub.add_pull(7, HEAD);
    let ran = Job::with_findings(&hub, 1).event("workflow_run", &event).run();
    ran.assert_says("comment written");
    let seen = hub.seen();
    let asked = seen.iter().find(|seen| seen.call == "GET /repos/o/r/pulls").unwrap();
    assert!(asked.query.contains("head=stranger%3Afix"), "{}", asked.query);
    // The branch has moved on: nobody's pull request has that commit.
    let hub = Hub::new();
    hub.add_pull(6, MERGE);
    Job::with_findings(&hub, 1).event("workflow_run", &event).run().assert_says("check run");
    assert!(hub.comments().is_empty());
}

#[test]
fn what_was_asked_for_is_made_and_no_more() {
    let hub = Hub::new();
    Job::with_findings(&hub, 1).args(&["--github-check-run", "off"]).run();
    assert_eq!((hub.runs().len(), hub.comments().len()), (0, 1));
    let hub = Hub::new();
    Job::with_findings(&hub, 1).args(&["--github-comment", "off"]).run();
    assert_eq!((hub.runs().len(), hub.comments().len()), (1, 0));
    assert_eq!(hub.seen().len(), 1, "nothing is asked that nobody needs");
    let hub = Hub::new();
    let mut job = Job::clean(&hub).args(&["--github-comment", "always"]);
    assert_eq!(job.run().code, Some(0));
    assert_eq!((hub.runs()[0]["conclusion"].as_str(), hub.comments().len()), (Some("success"), 1));
}

#[test]
fn a_call_that_cannot_be_meant_is_refused_before_the_work() {
    let hub = Hub::new();
    let refused = |mut job: Job, words: &str| {
        let ran = job.run();
        assert_eq!(ran.code, Some(2), "{words}:\n{}", ran.stderr);
        assert!(
            ran.stderr.contains(words) && ran.stderr.contains("next   "),
            "{words}:\n{}",
            ran.stderr
        );
        assert!(!ran.stderr.contains("windows_arm64.exe"), "the work was done:\n{}", ran.stderr);
    };
    let job = || Job::with_findings(&hub, 1);
    refused(job().env_remove("GITHUB_REPOSITORY"), "GITHUB_REPOSITORY is not set");
    refused(job().env("GITHUB_REPOSITORY", "o/../x"), "owner/name");
    refused(job().env("GITHUB_API_URL", "http://ghe.example/api/v3"), "not encrypted");
    refused(job().env("GITHUB_API_URL", "api.github.com"), "no URL of an API");
    refused(job().env("GITHUB_EVENT_PATH", "nowhere.json"), "nowhere.json");
    refused(job().event("pull_request", &json!({})), "no commit of a pull request");
    assert!(hub.seen().is_empty());
}

#[test]
fn without_a_network_there_is_no_publishing() {
    let hub = Hub::new();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_gowoa"));
    command.args(["check", "--offline", "--github"]).env("GITHUB_REPOSITORY", "o/r");
    let output = command.env("GITHUB_API_URL", hub.url()).output().unwrap();
    let words = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{words}");
    assert!(words.contains("--github needs the network, and --offline forbids it"), "{words}");
    for argument in ["--github-comment=off", "--github-key=x"] {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_gowoa"));
        let output = command.args(["check", argument]).output().unwrap();
        assert!(String::from_utf8_lossy(&output.stderr).contains("--github"), "{argument}");
    }
}

#[test]
fn a_token_is_taken_from_the_environment_and_its_lack_is_said() {
    let hub = Hub::new();
    let mut job = Job::with_findings(&hub, 1).env_remove("GITHUB_TOKEN").env("GH_TOKEN", TOKEN);
    job.run().assert_says("check run");
    // A secret that a fork does not get is an empty variable.
    let mut job = Job::with_findings(&hub, 1).env("GITHUB_TOKEN", "");
    let ran = job.run();
    assert_eq!(ran.code, Some(1));
    ran.assert_says("there is no GITHUB_TOKEN");
    ran.assert_says("as annotations of this job instead");
    ran.assert_annotated(true);
    let hub = Hub::new();
    let mut job =
        Job::with_findings(&hub, 1).env("GITHUB_TOKEN", "ghs_CanaryThatIsWrong012345678901");
    let ran = job.run();
    assert_eq!(ran.code, Some(1));
    ran.assert_says("401 Unauthorized: Bad credentials");
}

#[test]
fn a_token_that_may_only_read_leaves_annotations() {
    let hub = Hub::new();
    let words = "Resource not accessible by integration";
    hub.refuse("POST /repos/o/r/check-runs", 403, words);
    hub.refuse("POST /repos/o/r/issues/7/comments", 403, words);
    let ran = Job::with_findings(&hub, 1).event("pull_request", &pull_event("stranger/r")).run();
    assert_eq!(ran.code, Some(1), "the verdict is that of the report");
    ran.assert_says("403 Forbidden: Resource not accessible by integration");
    ran.assert_says("a pull request from a fork gets a token that may only read");
    ran.assert_says("as annotations of this job instead");
    ran.assert_annotated(true);
    // No permission in the repository itself.
    let hub = Hub::new();
    hub.refuse("POST /repos/o/r/check-runs", 404, "Not Found");
    let ran = Job::with_findings(&hub, 1).run();
    ran.assert_says("the job needs `permissions: checks: write`");
    ran.assert_says("comment written");
    ran.assert_says("as annotations of this job instead");
    // Only the comment is missing: the check run has the annotations.
    let hub = Hub::new();
    hub.refuse("POST /repos/o/r/issues/7/comments", 403, words);
    let ran = Job::with_findings(&hub, 1).run();
    ran.assert_says("the job needs `permissions: pull-requests: write`");
    ran.assert_annotated(false);
}

#[test]
fn findings_are_shown_in_the_diff_once() {
    let hub = Hub::new();
    Job::with_findings(&hub, 1).run().assert_annotated(false);
    // Nothing else shows them.
    Job::with_findings(&hub, 1).args(&["--github-check-run", "off"]).run().assert_annotated(true);
    // Who names the system gets what he asks for, and who wants none has none.
    Job::with_findings(&hub, 1).args(&["--annotations", "github"]).run().assert_annotated(true);
    let hub = Hub::new();
    hub.refuse("POST /repos/o/r/check-runs", 403, "no");
    let mut job = Job::with_findings(&hub, 1).args(&["--annotations", "off"]);
    let ran = job.run();
    ran.assert_annotated(false);
    assert!(!ran.stderr.contains("instead"), "{}", ran.stderr);
    // A report on standard output stays one.
    let mut job = Job::with_findings(&hub, 1).args(&["--report", "json=-"]);
    let ran = job.run();
    ran.assert_annotated(true);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(report["verdict"], "fail");
    // Outside of a workflow nobody reads commands.
    Job::with_findings(&hub, 1).env_remove("GITHUB_ACTIONS").run().assert_annotated(false);
}

#[test]
fn what_github_says_is_shown_and_harmless() {
    let hub = Hub::new();
    let words = "no\u{1b}[31m ::error::x ##[command]\nsecond line";
    hub.fail("POST /repos/o/r/check-runs", [Fault::Instead(refusal(403, words))]);
    let ran = Job::with_findings(&hub, 1).run();
    let line = ran.github().join("\n");
    assert!(
        !line.contains('\u{1b}') && !line.contains("##[command]") && !line.contains("second"),
        "{line}"
    );
}
