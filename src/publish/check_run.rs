//! The check run: verdict, summary, and annotations fifty a request.

use octocrab::params::checks::{
    CheckRunConclusion, CheckRunOutput, CheckRunOutputAnnotation, CheckRunStatus,
};
use serde::{Deserialize, Serialize};

use crate::model::{Report, ReportVerdict};
use crate::render::plural;

use super::annotation::{self, Annotations};
use super::answer::ApiError;
use super::client::{Client, Method, Written};
use super::{MAIN_KEY, Target, refused, text};

/// GitHub refuses a request with more annotations; those of later requests are added to the earlier ones.
const PAGE: usize = 50;
/// What the workflow has to grant.
const PERMISSION: &str = "checks: write";

/// A check run that is on GitHub.
pub(super) struct Made {
    /// What is there.
    pub(super) done: String,
    /// Whether it shows the findings as annotations, or there are none to show.
    pub(super) annotated: bool,
    /// What is missing of it, and why.
    pub(super) failed: Option<String>,
}

#[derive(Serialize)]
struct NewRun<'a> {
    name: &'a str,
    head_sha: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    details_url: Option<&'a str>,
    external_id: &'a str,
    status: CheckRunStatus,
    conclusion: CheckRunConclusion,
    output: CheckRunOutput,
}

#[derive(Serialize)]
struct More {
    output: CheckRunOutput,
}

/// Of a check run what is needed here: octocrab's own model demands more than every server sends.
#[derive(Deserialize)]
struct Run {
    id: u64,
    external_id: Option<String>,
    output: Option<RunOutput>,
}

#[derive(Deserialize)]
struct RunOutput {
    annotations_count: Option<usize>,
}

#[derive(Deserialize)]
struct Runs {
    check_runs: Vec<Run>,
}

/// Makes the check run. The error is a line for people.
pub(super) async fn publish(
    client: &Client,
    target: &Target,
    report: &Report,
) -> Result<Made, String> {
    let name = name(&target.key);
    let shown = format!("check run \"{name}\"");
    let Some(commit) = target.event.commit.as_deref() else {
        return Err(format!("no {shown}: neither the event nor GITHUB_SHA names a commit"));
    };
    let Annotations { list, left_out } = annotation::of(report);
    let all = list.len();
    let page = Page { title: text::title(report), summary: summary(report, left_out) };
    let mut pages = pages(list).into_iter();
    let mut new = NewRun {
        name: &name,
        head_sha: commit,
        details_url: target.run_url.as_deref(),
        external_id: &target.stamp,
        status: CheckRunStatus::Completed,
        conclusion: conclusion(report.verdict),
        output: page.with(pages.next().unwrap_or_default()),
    };
    let (mut arrived, mut failed) = (new.output.annotations.len(), None);
    let made = match create(client, target, &new).await {
        // One annotation that GitHub does not like must not cost the verdict. Nothing was written: a 422 says so.
        Err(error) if error.status() == Some(422) && arrived > 0 => {
            failed = Some(format!("no annotations: {error}"));
            arrived = 0;
            new.output = page.with(Vec::new());
            create(client, target, &new).await
        }
        made => made,
    };
    let made = made.map_err(|error| refused(&format!("no {shown}"), &error, target, PERMISSION))?;
    let mut note = made.note;
    if failed.is_none() {
        let run = Growing { client, target, id: made.value.id, page: &page };
        if let Err(error) = run.add_all(pages, &mut arrived, &mut note).await {
            failed = Some(format!("{arrived} of {all} annotations arrived: {error}"));
        }
    }
    let with = match arrived {
        0 => "without annotations".to_owned(),
        count => format!("with {}", plural(count as u64, "annotation")),
    };
    // What has no line in the repository, and what kept gowoa from an answer, is in the summary of the run alone.
    let nothing = all + left_out == 0 && report.problems.is_empty();
    Ok(Made { done: format!("{shown} {with}{note}"), annotated: arrived > 0 || nothing, failed })
}

/// What every request about the run says again.
struct Page {
    title: String,
    summary: String,
}

impl Page {
    fn with(&self, annotations: Vec<CheckRunOutputAnnotation>) -> CheckRunOutput {
        CheckRunOutput {
            title: self.title.clone(),
            summary: self.summary.clone(),
            text: None,
            annotations,
            images: Vec::new(),
        }
    }
}

/// A run that is there and gets more annotations.
struct Growing<'a> {
    client: &'a Client,
    target: &'a Target,
    id: u64,
    page: &'a Page,
}

impl Growing<'_> {
    /// Adds the pages until one does not arrive. `arrived`: the annotations that are there; `note`: what is to be said
    /// of those that came late.
    async fn add_all(
        &self,
        pages: impl Iterator<Item = Vec<CheckRunOutputAnnotation>>,
        arrived: &mut usize,
        note: &mut String,
    ) -> Result<(), ApiError> {
        for annotations in pages {
            let expected = *arrived + annotations.len();
            let output = self.page.with(annotations);
            let added = add(self.client, self.target, self.id, output, expected).await?;
            *arrived = expected;
            note.push_str(&added.note);
        }
        Ok(())
    }
}

/// The text of the run, which says how many findings have no annotation.
fn summary(report: &Report, left_out: usize) -> String {
    let foot = match left_out {
        0 => String::new(),
        count => format!("{} without an annotation.", plural(count as u64, "finding")),
    };
    text::summary(report, &foot)
}

/// The annotations as requests take them.
fn pages(mut list: Vec<CheckRunOutputAnnotation>) -> Vec<Vec<CheckRunOutputAnnotation>> {
    let mut pages = Vec::new();
    while !list.is_empty() {
        let rest = list.split_off(list.len().min(PAGE));
        pages.push(std::mem::replace(&mut list, rest));
    }
    pages
}

/// `gowoa`, or with the key where there may be several.
fn name(key: &str) -> String {
    if key == MAIN_KEY { "gowoa".to_owned() } else { format!("gowoa ({key})") }
}

/// `incomplete` is a failure: GitHub counts `neutral` and `skipped` as passed where a check is required, and what could
/// not be judged is no pass. `action_required` asks for a click on a page of the app's own, which a workflow has not.
const fn conclusion(verdict: ReportVerdict) -> CheckRunConclusion {
    match verdict {
        ReportVerdict::Pass => CheckRunConclusion::Success,
        ReportVerdict::Fail | ReportVerdict::Incomplete => CheckRunConclusion::Failure,
    }
}

/// Creates the run, once.
async fn create(
    client: &Client,
    target: &Target,
    run: &NewRun<'_>,
) -> Result<Written<Run>, ApiError> {
    let route = format!("/repos/{}/check-runs", target.repository);
    let look = async || {
        let route = format!(
            "/repos/{}/commits/{}/check-runs?check_name={}&per_page=100",
            target.repository,
            run.head_sha,
            encode(run.name)
        );
        let Runs { check_runs } = client.get(&route).await?;
        let ours = |run: &Run| run.external_id.as_deref() == Some(target.stamp.as_str());
        Ok(check_runs.into_iter().find(ours))
    };
    client.write(Method::Post, &route, run, look).await
}

/// Adds one page of annotations, once; `expected` is how many the run has then.
async fn add(
    client: &Client,
    target: &Target,
    id: u64,
    output: CheckRunOutput,
    expected: usize,
) -> Result<Written<Run>, ApiError> {
    let route = format!("/repos/{}/check-runs/{id}", target.repository);
    let look = async || {
        let run: Run = client.get(&route).await?;
        let there = run.output.as_ref().and_then(|output| output.annotations_count);
        Ok(there.is_some_and(|count| count >= expected).then_some(run))
    };
    client.write(Method::Patch, &route, &More { output }, look).await
}

/// Percent-encodes a value of a query.
pub(super) fn encode(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
            char::from(byte).to_string()
        }
        other => format!("%{other:02X}"),
    };
    text.bytes().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_not_be_judged_does_not_pass_a_required_check() {
        let word = |verdict| serde_json::to_value(conclusion(verdict)).unwrap();
        assert_eq!(word(ReportVerdict::Pass), "success");
        assert_eq!(word(ReportVerdict::Fail), "failure");
        assert_eq!(word(ReportVerdict::Incomplete), "failure");
    }

    #[test]
    fn names_differ_by_key_and_go_into_queries() {
        assert_eq!(name("check"), "gowoa");
        assert_eq!(encode(&name("check:cmd/ä")), "gowoa%20%28check%3Acmd%2F%C3%A4%29");
    }
}
