//! GitHub's API on 127.0.0.1: keeps what is written to it, refuses what GitHub refuses, and fails on demand.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

/// The token that every test sends. It must be seen nowhere but in a header.
pub(crate) const TOKEN: &str = "ghs_Canary0123456789abcdefCanary0123456789";
/// The head of the pull request.
pub(crate) const HEAD: &str = "1111111111111111111111111111111111111111";
/// What GITHUB_SHA names in a pull request: the merge.
pub(crate) const MERGE: &str = "2222222222222222222222222222222222222222";
/// Number of github-actions\[bot\].
pub(crate) const BOT: u64 = 41_898_282;

/// How a request fails.
#[derive(Clone)]
pub(crate) enum Fault {
    /// This answer, and nothing is done.
    Instead(ResponseTemplate),
    /// It is done, and then this is answered.
    After(ResponseTemplate),
}

/// One request as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    /// `POST /repos/o/r/check-runs`, without the prefix and the query.
    pub(crate) call: String,
    pub(crate) query: String,
    pub(crate) headers: HashMap<String, Vec<String>>,
    pub(crate) body: Value,
}

#[derive(Default)]
struct State {
    seen: Vec<Seen>,
    runs: Vec<Value>,
    comments: Vec<Value>,
    pulls: Vec<Value>,
    faults: HashMap<String, Vec<Fault>>,
    viewer: Option<Value>,
    foreign: Vec<String>,
}

/// The server with what it knows.
pub(crate) struct Hub {
    server: MockServer,
    prefix: String,
    state: Arc<Mutex<State>>,
    // Keeps the server's connections alive.
    _runtime: tokio::runtime::Runtime,
}

impl Hub {
    /// As github.com: no prefix.
    pub(crate) fn new() -> Self {
        Self::at("")
    }

    /// With the prefix of an Enterprise server.
    pub(crate) fn at(prefix: &str) -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let server = runtime.block_on(MockServer::start());
        let viewer = json!({"login": "github-actions[bot]", "databaseId": BOT});
        let state = Arc::new(Mutex::new(State { viewer: Some(viewer), ..State::default() }));
        let answers =
            Answers { state: Arc::clone(&state), prefix: prefix.to_owned(), uri: server.uri() };
        runtime.block_on(Mock::given(any()).respond_with(answers).mount(&server));
        Self { server, prefix: prefix.to_owned(), state, _runtime: runtime }
    }

    /// What GITHUB_API_URL is.
    pub(crate) fn url(&self) -> String {
        format!("{}{}", self.server.uri(), self.prefix)
    }

    /// A comment that is there already; returns its id.
    pub(crate) fn add_comment(&self, login: &str, id: u64, body: &str) -> u64 {
        let mut state = self.state.lock().unwrap();
        let number = 100 + state.comments.len() as u64;
        state
            .comments
            .push(json!({"id": number, "body": body, "user": {"login": login, "id": id}}));
        number
    }

    /// An open pull request.
    pub(crate) fn add_pull(&self, number: u64, sha: &str) {
        self.state.lock().unwrap().pulls.push(json!({"number": number, "head": {"sha": sha}}));
    }

    /// Who the token is; `None`: the server does not say.
    pub(crate) fn set_viewer(&self, viewer: Option<Value>) {
        self.state.lock().unwrap().viewer = viewer;
    }

    /// The next such calls fail so.
    pub(crate) fn fail(&self, call: &str, faults: impl IntoIterator<Item = Fault>) {
        self.state.lock().unwrap().faults.entry(call.to_owned()).or_default().extend(faults);
    }

    /// All such calls are refused.
    pub(crate) fn refuse(&self, call: &str, status: u16, message: &str) {
        let answer = ResponseTemplate::new(status).set_body_json(json!({"message": message}));
        self.fail(call, std::iter::repeat_n(Fault::Instead(answer), 20));
    }

    pub(crate) fn comments(&self) -> Vec<Value> {
        self.state.lock().unwrap().comments.clone()
    }

    pub(crate) fn runs(&self) -> Vec<Value> {
        self.state.lock().unwrap().runs.clone()
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.state.lock().unwrap().seen.clone()
    }

    /// Requests below no known prefix.
    pub(crate) fn foreign(&self) -> Vec<String> {
        self.state.lock().unwrap().foreign.clone()
    }

    /// How often this was called.
    pub(crate) fn count(&self, call: &str) -> usize {
        self.seen().iter().filter(|seen| seen.call == call).count()
    }
}

/// An answer with a message, as GitHub words refusals.
pub(crate) fn refusal(status: u16, message: &str) -> ResponseTemplate {
    ResponseTemplate::new(status)
        .set_body_json(json!({"message": message, "status": status.to_string()}))
}

struct Answers {
    state: Arc<Mutex<State>>,
    prefix: String,
    uri: String,
}

impl Respond for Answers {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let mut state = self.state.lock().unwrap();
        let path = request.url.path().to_owned();
        let graphql =
            format!("{}/graphql", self.prefix.strip_suffix("/v3").unwrap_or(&self.prefix));
        let route = match path.strip_prefix(&self.prefix) {
            _ if path == graphql => "/graphql".to_owned(),
            Some(route) if route.starts_with('/') => route.to_owned(),
            _ => {
                state.foreign.push(path);
                return refusal(404, "Not Found");
            }
        };
        let mut headers: HashMap<String, Vec<String>> = HashMap::new();
        for (name, value) in &request.headers {
            let value = value.to_str().unwrap_or_default().to_owned();
            headers.entry(name.as_str().to_owned()).or_default().push(value);
        }
        let call = format!("{} {route}", request.method.as_str());
        state.seen.push(Seen {
            call: call.clone(),
            query: request.url.query().unwrap_or_default().to_owned(),
            headers: headers.clone(),
            body: serde_json::from_slice(&request.body).unwrap_or(Value::Null),
        });
        let faults = state.faults.get_mut(&call).filter(|faults| !faults.is_empty());
        match faults.map(|faults| faults.remove(0)) {
            Some(Fault::Instead(answer)) => answer,
            Some(Fault::After(answer)) => {
                self.done(&mut state, request, &route);
                answer
            }
            None if headers.get("authorization").map(Vec::as_slice)
                != Some(&[format!("Bearer {TOKEN}")]) =>
            {
                refusal(401, "Bad credentials")
            }
            None => self.done(&mut state, request, &route),
        }
    }
}

impl Answers {
    fn done(&self, state: &mut State, request: &Request, route: &str) -> ResponseTemplate {
        let body: Value = serde_json::from_slice(&request.body).unwrap_or(Value::Null);
        let parts: Vec<&str> = route.split('/').collect();
        let page: usize = query(request, "page").and_then(|text| text.parse().ok()).unwrap_or(1);
        let ok = |value: &Value| ResponseTemplate::new(200).set_body_json(value);
        match (request.method.as_str(), &parts[1..]) {
            ("POST", ["graphql"]) => match &state.viewer {
                Some(viewer) => ok(&json!({"data": {"viewer": viewer}})),
                None => refusal(403, "Resource not accessible by integration"),
            },
            ("POST", ["repos", "o", "r", "check-runs"]) => {
                let known = ["name", "head_sha", "status", "conclusion", "external_id"];
                let missing = known.iter().find(|name| !body[**name].is_string());
                if let Some(problem) =
                    missing.map(|name| (*name).to_owned()).or_else(|| wrong(&body))
                {
                    return refusal(422, &format!("Invalid request.\n\n{problem}"));
                }
                let mut run = body;
                run["id"] = json!(900 + state.runs.len());
                count(&mut run);
                state.runs.push(run.clone());
                ResponseTemplate::new(201).set_body_json(&run)
            }
            (method, ["repos", "o", "r", "check-runs", id]) => {
                let id: u64 = id.parse().unwrap();
                let Some(run) = state.runs.iter_mut().find(|run| run["id"] == id) else {
                    return refusal(404, "Not Found");
                };
                if method == "PATCH" {
                    if let Some(problem) = wrong(&body) {
                        return refusal(422, &problem);
                    }
                    let more =
                        body["output"]["annotations"].as_array().cloned().unwrap_or_default();
                    let there = &mut run["output"]["annotations"];
                    if there.is_null() {
                        *there = json!([]);
                    }
                    there.as_array_mut().unwrap().extend(more);
                    count(run);
                }
                ok(run)
            }
            ("GET", ["repos", "o", "r", "commits", sha, "check-runs"]) => {
                let name = query(request, "check_name");
                let runs: Vec<&Value> = state
                    .runs
                    .iter()
                    .filter(|run| {
                        run["head_sha"] == **sha
                            && Some(run["name"].as_str().unwrap()) == name.as_deref()
                    })
                    .collect();
                ok(&json!({"total_count": runs.len(), "check_runs": runs}))
            }
            ("GET", ["repos", "o", "r", "issues", "7", "comments"]) => {
                let size = 100;
                let all: Vec<&Value> =
                    state.comments.iter().skip((page - 1) * size).take(size).collect();
                let answer = ok(&json!(all));
                if state.comments.len() > page * size {
                    let next = format!(
                        "{}{}{route}?per_page=100&page={}",
                        self.uri,
                        self.prefix,
                        page + 1
                    );
                    let last = next.clone();
                    let link = format!("<{next}>; rel=\"next\", <{last}>; rel=\"last\"");
                    return answer.insert_header("link", link.as_str());
                }
                answer
            }
            ("POST", ["repos", "o", "r", "issues", "7", "comments"]) => {
                if let Some(problem) = wrong_comment(&body) {
                    return refusal(422, &problem);
                }
                let viewer = state
                    .viewer
                    .clone()
                    .unwrap_or(json!({"login": "github-actions[bot]", "databaseId": BOT}));
                let comment = json!({
                    "id": 100 + state.comments.len(), "body": body["body"],
                    "user": {"login": viewer["login"], "id": viewer["databaseId"]},
                });
                state.comments.push(comment.clone());
                ResponseTemplate::new(201).set_body_json(&comment)
            }
            (method, ["repos", "o", "r", "issues", "comments", id]) => {
                let id: u64 = id.parse().unwrap();
                let Some(comment) = state.comments.iter_mut().find(|comment| comment["id"] == id)
                else {
                    return refusal(404, "Not Found");
                };
                if method == "PATCH" {
                    if let Some(problem) = wrong_comment(&body) {
                        return refusal(422, &problem);
                    }
                    comment["body"] = body["body"].clone();
                }
                ok(comment)
            }
            ("GET", ["repos", "o", "r", "pulls"]) => ok(&json!(state.pulls)),
            _ => refusal(404, "Not Found"),
        }
    }
}

fn query(request: &Request, name: &str) -> Option<String> {
    request.url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

fn count(run: &mut Value) {
    let count = run["output"]["annotations"].as_array().map_or(0, Vec::len);
    run["output"]["annotations_count"] = json!(count);
}

fn wrong_comment(body: &Value) -> Option<String> {
    match body["body"].as_str() {
        None => Some("body is missing".to_owned()),
        Some(text) if text.chars().count() > 65_536 => {
            Some("Body is too long (maximum is 65536 characters)".to_owned())
        }
        Some(_) => None,
    }
}

/// What GitHub says against an output.
fn wrong(body: &Value) -> Option<String> {
    let output = &body["output"];
    let bytes = |value: &Value| value.as_str().map_or(0, str::len);
    if bytes(&output["title"]) == 0 || bytes(&output["summary"]) == 0 {
        return Some("title and summary are required".to_owned());
    }
    if bytes(&output["summary"]) > 65_535 {
        return Some("summary exceeds a maximum bytesize of 65535".to_owned());
    }
    let annotations = output["annotations"].as_array().cloned().unwrap_or_default();
    if annotations.len() > 50 {
        return Some("No more than 50 items are allowed".to_owned());
    }
    annotations.iter().find_map(|annotation| {
        let path = annotation["path"].as_str().unwrap_or_default();
        let line = |name: &str| annotation[name].as_u64();
        let columns = annotation["start_column"].is_u64() || annotation["end_column"].is_u64();
        let level = annotation["annotation_level"].as_str().unwrap_or_default();
        let sound = !path.is_empty()
            && !path.starts_with('/')
            && line("start_line").is_some_and(|line| line > 0)
            && line("end_line") >= line("start_line")
            && (!columns || line("end_line") == line("start_line"))
            && ["notice", "warning", "failure"].contains(&level)
            && bytes(&annotation["message"]) > 0
            && bytes(&annotation["message"]) <= 65_536
            && bytes(&annotation["title"]) <= 255
            && bytes(&annotation["raw_details"]) <= 65_536;
        (!sound).then(|| format!("an annotation: {annotation}"))
    })
}
