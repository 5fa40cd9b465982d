//! A server that fails, waits, lies or is not there.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::Instant;

use serde_json::json;
use wiremock::ResponseTemplate;

use crate::hub::{BOT, Fault, Hub, refusal};
use crate::run::Job;

const RUN: &str = "POST /repos/o/r/check-runs";
const COMMENT: &str = "POST /repos/o/r/issues/7/comments";
const LIST: &str = "GET /repos/o/r/issues/7/comments";

fn bad_gateway() -> ResponseTemplate {
    ResponseTemplate::new(502)
        .set_body_raw("<html><body>502 Bad Gateway</body></html>", "text/html")
}

#[test]
fn a_write_that_fails_is_not_sent_again() {
    let hub = Hub::new();
    hub.fail(RUN, std::iter::repeat_n(Fault::Instead(bad_gateway()), 9));
    hub.fail(COMMENT, std::iter::repeat_n(Fault::Instead(bad_gateway()), 9));
    let ran = Job::with_findings(&hub, 1).run();
    assert_eq!(ran.code, Some(1));
    assert_eq!((hub.count(RUN), hub.count(COMMENT)), (1, 1));
    ran.assert_says("502 Bad Gateway; a look showed that it did not happen");
    ran.assert_says("as annotations of this job instead");
    assert!(!ran.stderr.contains("<html>"), "{}", ran.stderr);
}

#[test]
fn a_write_that_happened_all_the_same_is_found() {
    let hub = Hub::new();
    hub.fail(RUN, [Fault::After(bad_gateway())]);
    hub.fail(COMMENT, [Fault::After(bad_gateway())]);
    let page = "PATCH /repos/o/r/check-runs/900";
    hub.fail(page, [Fault::After(ResponseTemplate::new(504))]);
    let ran = Job::with_findings(&hub, 60).run();
    ran.assert_says(
        "check run \"gowoa\" with 60 annotations (GitHub answered 502 Bad Gateway; a look showed",
    );
    ran.assert_says(
        "comment written (GitHub answered 502 Bad Gateway; a look showed that it happened)",
    );
    assert_eq!((hub.count(RUN), hub.count(page), hub.count(COMMENT)), (1, 1, 1));
    assert_eq!((hub.runs().len(), hub.comments().len()), (1, 1));
    // An update whose answer is nonsense.
    hub.fail(
        "PATCH /repos/o/r/issues/comments/100",
        [Fault::After(ResponseTemplate::new(200).set_body_string("ok"))],
    );
    let ran = Job::with_findings(&hub, 2).run();
    ran.assert_says("comment updated (the answer is not what GitHub's API sends");
}

#[test]
fn where_a_look_fails_too_nothing_is_claimed() {
    let hub = Hub::new();
    hub.fail(COMMENT, [Fault::After(bad_gateway())]);
    // The look before finds nothing; the look after is refused.
    hub.fail(
        LIST,
        [
            Fault::Instead(ResponseTemplate::new(200).set_body_json(json!([]))),
            Fault::Instead(refusal(403, "no")),
        ],
    );
    let ran = Job::with_findings(&hub, 1).run();
    ran.assert_says("no comment: GitHub answered 502 Bad Gateway; it may have happened, a look was not possible");
}

#[test]
fn a_read_is_repeated_and_waits_as_asked() {
    let hub = Hub::new();
    let own = hub.add_comment("github-actions[bot]", BOT, "<!-- gowoa:check -->\nours");
    let wait = refusal(429, "API rate limit exceeded").insert_header("retry-after", "2");
    hub.fail(LIST, [Fault::Instead(wait), Fault::Instead(bad_gateway())]);
    let begin = Instant::now();
    Job::with_findings(&hub, 1).run().assert_says("comment updated");
    assert!(begin.elapsed().as_secs() >= 2, "it did not wait");
    assert_eq!(hub.count(LIST), 3);
    assert_eq!((hub.comments().len(), hub.comments()[0]["id"].as_u64()), (1, Some(own)));
}

#[test]
fn a_wait_without_end_is_not_waited() {
    for answer in [
        refusal(429, "API rate limit exceeded").insert_header("retry-after", "3600"),
        refusal(403, "API rate limit exceeded for installation")
            .insert_header("x-ratelimit-remaining", "0")
            .insert_header("x-ratelimit-reset", "99999999999"),
    ] {
        let hub = Hub::new();
        hub.fail(LIST, [Fault::Instead(answer.clone())]);
        hub.fail(RUN, [Fault::Instead(answer)]);
        let begin = Instant::now();
        let ran = Job::with_findings(&hub, 1).run();
        assert!(begin.elapsed().as_secs() < 60, "{:?}", begin.elapsed());
        ran.assert_says("API rate limit exceeded");
        ran.assert_says("(it asks to wait ");
        assert!(!ran.github().join("").contains("permissions:"), "it is no matter of permissions");
        assert_eq!((hub.count(LIST), hub.count(RUN)), (1, 1));
    }
    // One that goes on saying so ends by itself.
    let hub = Hub::new();
    hub.fail(
        LIST,
        std::iter::repeat_n(
            Fault::Instead(refusal(429, "slow down").insert_header("retry-after", "0")),
            99,
        ),
    );
    Job::with_findings(&hub, 1).run().assert_says("429 Too Many Requests: slow down");
    assert_eq!(hub.count(LIST), 4);
}

#[test]
fn a_repository_that_moved_is_followed_on_the_same_host_alone() {
    let hub = Hub::new();
    let to = format!("{}/repos/o/r/issues/7/comments?per_page=100&page=1", hub.url());
    hub.fail(
        LIST,
        [Fault::Instead(ResponseTemplate::new(301).insert_header("location", to.as_str()))],
    );
    let to = format!("{}/repos/o/r/check-runs", hub.url());
    hub.fail(
        RUN,
        [Fault::Instead(ResponseTemplate::new(307).insert_header("location", to.as_str()))],
    );
    let ran = Job::with_findings(&hub, 1).run();
    ran.assert_says("check run \"gowoa\" with 1 annotation; comment written");
    // Somebody else's host gets neither the token nor the report.
    let thief = Hub::new();
    let hub = Hub::new();
    for (call, status) in [(LIST, 302), (RUN, 307)] {
        let to = format!("{}/repos/o/r/x", thief.url());
        hub.fail(
            call,
            [Fault::Instead(ResponseTemplate::new(status).insert_header("location", to.as_str()))],
        );
    }
    let ran = Job::with_findings(&hub, 1).run();
    ran.assert_says(
        "no check run \"gowoa\": GitHub answered 307 Temporary Redirect, to http://127.0.0.1:",
    );
    assert!(thief.seen().is_empty() && thief.foreign().is_empty());
    // A list that goes on elsewhere ends here.
    let hub = Hub::new();
    let link = format!("<{}/repos/o/r/x>; rel=\"next\"", thief.url());
    hub.fail(
        LIST,
        [Fault::Instead(
            ResponseTemplate::new(200)
                .set_body_json(json!([]))
                .insert_header("link", link.as_str()),
        )],
    );
    Job::with_findings(&hub, 1).run().assert_says("comment written");
    assert!(thief.seen().is_empty());
    // A circle ends.
    let hub = Hub::new();
    let to = format!("{}/repos/o/r/issues/7/comments", hub.url());
    let circle = ResponseTemplate::new(302).insert_header("location", to.as_str());
    hub.fail(LIST, std::iter::repeat_n(Fault::Instead(circle), 99));
    Job::with_findings(&hub, 1).run().assert_says("no comment: GitHub answered 302 Found");
    // POST that a redirect would make a GET is none that happened.
    let hub = Hub::new();
    let to = format!("{}/repos/o/r/check-runs", hub.url());
    hub.fail(
        RUN,
        [Fault::Instead(ResponseTemplate::new(301).insert_header("location", to.as_str()))],
    );
    Job::with_findings(&hub, 1)
        .run()
        .assert_says("no check run \"gowoa\": GitHub answered 301 Moved Permanently");
}

#[test]
fn nobody_there_and_nobody_who_speaks_tls() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let ran = Job::at(&format!("http://127.0.0.1:{port}")).run();
    assert_eq!(ran.code, Some(1));
    ran.assert_says(&format!("no check run \"gowoa\": no connection to http://127.0.0.1:{port}: "));
    ran.assert_says("Connection refused");
    assert!(!ran.stderr.contains("proxy"));
    assert!(ran.stderr.contains("tool_windows_arm64.exe"), "the report is told");
    let mut job =
        Job::at(&format!("http://127.0.0.1:{port}")).env("HTTPS_PROXY", "http://proxy:3128");
    job.run().assert_says("a proxy is set, and gowoa reaches GitHub directly or not at all");
    let hub = Hub::new();
    let ran = Job::at(&hub.url().replace("http://", "https://")).run();
    assert_eq!(ran.code, Some(1));
    ran.assert_says("no check run \"gowoa\": no connection to https://127.0.0.1:");
    for line in ran.github() {
        assert!(line.len() < 400, "{line}");
    }
}

#[test]
fn a_connection_that_breaks_and_an_answer_without_end() {
    // Takes every request, and answers with `begin` and then `more` for as long as somebody listens.
    let serve = |begin: &'static [u8], more: &'static [u8]| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                let mut buffer = [0; 1 << 16];
                let _ = stream.read(&mut buffer);
                let _ = stream.write_all(begin);
                while !more.is_empty() && stream.write_all(more).is_ok() {}
            }
        });
        format!("http://127.0.0.1:{port}")
    };
    let ran = Job::at(&serve(b"", b"")).args(&["--github-comment", "off"]).run();
    assert_eq!(ran.code, Some(1));
    ran.assert_says("no check run \"gowoa\": no answer: ");
    ran.assert_says("it may have happened, a look was not possible");
    let endless =
        serve(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n[", &[b' '; 1 << 16]);
    let ran = Job::at(&endless).args(&["--github-comment", "off"]).run();
    assert_eq!(ran.code, Some(1));
    ran.assert_says("no check run \"gowoa\": no answer: length limit exceeded");
    let ran = Job::at(&serve(b"no HTTP at all\r\n\r\n", b"")).run();
    assert_eq!(ran.code, Some(1));
    ran.assert_says("no check run");
}
