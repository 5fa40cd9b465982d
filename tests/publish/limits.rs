//! GitHub's limits.

use crate::hub::{Fault, Hub, refusal};
use crate::run::Job;

const POST: &str = "POST /repos/o/r/check-runs";
const PATCH: &str = "PATCH /repos/o/r/check-runs/900";

fn sizes(hub: &Hub) -> Vec<usize> {
    let seen = hub.seen();
    let writes = seen.iter().filter(|seen| seen.call == POST || seen.call == PATCH);
    writes.map(|seen| seen.body["output"]["annotations"].as_array().map_or(0, Vec::len)).collect()
}

#[test]
fn annotations_come_fifty_a_request_and_all_of_them() {
    for (files, want) in [(50, &[50][..]), (51, &[50, 1]), (120, &[50, 50, 20])] {
        let hub = Hub::new();
        let ran = Job::with_findings(&hub, files).run();
        ran.assert_says(&format!("check run \"gowoa\" with {files} annotations; comment written"));
        assert_eq!(sizes(&hub), want);
        assert_eq!(hub.runs()[0]["output"]["annotations"].as_array().unwrap().len(), files);
    }
}

#[test]
fn a_page_that_is_refused_ends_the_annotations_and_is_told() {
    let hub = Hub::new();
    hub.refuse(PATCH, 422, "Invalid request");
    let ran = Job::with_findings(&hub, 120).run();
    ran.assert_says("check run \"gowoa\" with 50 annotations; comment written");
    ran.assert_says("50 of 120 annotations arrived: GitHub answered 422");
    assert_eq!(hub.count(PATCH), 1, "no page is sent twice");
}

#[test]
fn annotations_that_are_refused_do_not_cost_the_verdict() {
    let hub = Hub::new();
    hub.fail(POST, [Fault::Instead(refusal(422, "Invalid request"))]);
    let ran = Job::with_findings(&hub, 60).run();
    ran.assert_says("check run \"gowoa\" without annotations");
    ran.assert_says("no annotations: GitHub answered 422");
    assert_eq!(sizes(&hub), [50, 0]);
    assert_eq!(hub.runs()[0]["conclusion"], "failure");
}

#[test]
fn a_long_report_keeps_the_limits_of_texts() {
    let hub = Hub::new();
    let ran = Job::with_findings(&hub, 400).run();
    ran.assert_says("with 400 annotations; comment written");
    let summary = hub.runs()[0]["output"]["summary"].as_str().unwrap().len();
    assert!(summary <= 65_535, "{summary}");
    assert!(hub.comments()[0]["body"].as_str().unwrap().len() <= 65_536);
}
