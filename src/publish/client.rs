//! Requests to the API: what is read is asked for again within a cap, what is written is sent once.
//!
//! octocrab brings the connection (TLS, the headers of GitHub's API, the prefix of an Enterprise server, the token for
//! the API's own host and no other). Three things of it are not used. Its retries, because they repeat a POST on 502,
//! which makes a second comment; its features `retry` and `follow-redirect` are off, so that nothing is repeated that
//! this file does not repeat. Its models, because they demand fields that Enterprise servers leave out, and an answer
//! that cannot be decoded after a write looks like a write that failed. Its reading of bodies, which has no limit.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use http_body_util::{BodyExt, Limited};
use octocrab::Octocrab;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::{Instant, sleep, timeout_at};

use super::answer::{Answer, ApiError, accept, chain, decode, from_now, next_of, short};
use super::{Api, Token};

/// A connection is made in this time or not at all.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);
/// One request is answered in this time or not at all.
const REQUEST_LIMIT: Duration = Duration::from_secs(30);
/// An answer of more bytes is none of GitHub's: a full page of a hundred comments has 7 MB.
const BODY_LIMIT: usize = 16 << 20;
/// What is read is asked for at most so often.
const READS: u32 = 4;
/// Places that a read is sent on to, one after the other.
const REDIRECTS: u32 = 3;
/// How long a write may need until a read shows it.
const SETTLE: Duration = Duration::from_secs(1);

/// How long a publish may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// All of it.
    pub(super) whole: Duration,
    /// All reads together, with the waits between them: they are by the way, and a server that drips would cost as
    /// much for each.
    pub(super) reads: Duration,
}

/// A write that happened, and what is to be said about its way.
pub(super) struct Written<T> {
    /// What GitHub says of it.
    pub(super) value: T,
    /// Set where the answer was none and a look showed that it happened.
    pub(super) note: String,
}

/// What is done.
#[derive(Debug, Clone, Copy)]
pub(super) enum Method {
    /// `POST`.
    Post,
    /// `PATCH`.
    Patch,
}

/// One page of a list, and where the next one is.
pub(super) struct Page<T> {
    /// The answer.
    pub(super) items: T,
    /// The URL of the next page, on the API's own host.
    pub(super) next: Option<String>,
}

/// The API, with the time that is left for it.
pub(super) struct Client {
    rest: Octocrab,
    graphql: Octocrab,
    origin: String,
    deadline: Instant,
    limits: Limits,
    /// The time that reads took so far.
    read_for: Mutex<Duration>,
    /// Whether a connection could not be made.
    unreachable: AtomicBool,
}

impl Client {
    /// Has to be made within a tokio runtime.
    pub(super) fn new(api: &Api, token: &Token, limits: Limits) -> Result<Self, ApiError> {
        let client = |base: &str| {
            let build = Octocrab::builder()
                .personal_token(token.0.clone())
                .set_connect_timeout(Some(CONNECT_LIMIT))
                .set_read_timeout(Some(REQUEST_LIMIT))
                .set_write_timeout(Some(REQUEST_LIMIT))
                .base_uri(base)
                .and_then(|builder| builder.upload_uri(base))
                .and_then(|builder| builder.build());
            build.map_err(|error| ApiError::Client(chain(&error)))
        };
        Ok(Self {
            rest: client(&api.rest)?,
            graphql: client(&api.graphql)?,
            origin: api.origin().to_owned(),
            deadline: Instant::now() + limits.whole,
            limits,
            read_for: Mutex::default(),
            unreachable: AtomicBool::new(false),
        })
    }

    /// Whether a connection could not be made.
    pub(super) fn was_unreachable(&self) -> bool {
        self.unreachable.load(Ordering::Relaxed)
    }

    /// Reads one page of a list.
    pub(super) async fn page<T: DeserializeOwned>(&self, route: &str) -> Result<Page<T>, ApiError> {
        let answer = self.read(&self.rest, route, None::<&()>).await?;
        let next = answer.next.clone().filter(|url| self.is_ours(url));
        Ok(Page { items: decode(&answer)?, next })
    }

    /// Reads one thing.
    pub(super) async fn get<T: DeserializeOwned>(&self, route: &str) -> Result<T, ApiError> {
        decode(&self.read(&self.rest, route, None::<&()>).await?)
    }

    /// Asks the GraphQL API, which is a POST that changes nothing.
    pub(super) async fn query<T: DeserializeOwned>(&self, query: &str) -> Result<T, ApiError> {
        let body = serde_json::json!({ "query": query });
        decode(&self.read(&self.graphql, "/graphql", Some(&body)).await?)
    }

    /// Writes, once. Where that leaves open whether it happened, `look` says: `None` for no.
    pub(super) async fn write<T: DeserializeOwned>(
        &self,
        method: Method,
        route: &str,
        body: &impl Serialize,
        look: impl AsyncFnOnce() -> Result<Option<T>, ApiError>,
    ) -> Result<Written<T>, ApiError> {
        let error = match self.write_once(method, route, body).await {
            Ok(value) => return Ok(Written { value, note: String::new() }),
            Err(error) if error.leaves_open() => error,
            Err(error) => return Err(error),
        };
        let _ = timeout_at(self.deadline, sleep(SETTLE)).await;
        match look().await {
            Ok(Some(value)) => {
                Ok(Written { value, note: format!(" ({error}; a look showed that it happened)") })
            }
            Ok(None) => Err(ApiError::Open { error: Box::new(error), looked: true }),
            Err(_) => Err(ApiError::Open { error: Box::new(error), looked: false }),
        }
    }

    async fn write_once<T: DeserializeOwned>(
        &self,
        method: Method,
        route: &str,
        body: &impl Serialize,
    ) -> Result<T, ApiError> {
        let mut answer = self.send(&self.rest, Some(method), route, Some(body)).await?;
        // The server says that it did nothing and who will: a repository that was renamed.
        if let (307 | 308, Some(place)) = (answer.code, answer.location.clone())
            && self.is_ours(&place)
        {
            answer = self.send(&self.rest, Some(method), &place, Some(body)).await?;
        }
        decode(&accept(answer)?)
    }

    /// Reads within the time that is left for all reads; with a body it is a question of GraphQL.
    async fn read(
        &self,
        crab: &Octocrab,
        route: &str,
        body: Option<&impl Serialize>,
    ) -> Result<Answer, ApiError> {
        let spent = |more| {
            let mut spent = self.read_for.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            *spent = spent.saturating_add(more);
            *spent
        };
        let begin = Instant::now();
        let until = begin + self.limits.reads.saturating_sub(spent(Duration::ZERO));
        let answer = timeout_at(until, self.read_until(until, crab, route, body)).await;
        spent(begin.elapsed());
        answer.unwrap_or(Err(ApiError::ReadsLate(self.limits.reads)))
    }

    /// Asks again within the cap.
    async fn read_until(
        &self,
        until: Instant,
        crab: &Octocrab,
        route: &str,
        body: Option<&impl Serialize>,
    ) -> Result<Answer, ApiError> {
        let until = until.min(self.deadline);
        let mut route = route.to_owned();
        let mut redirects = 0;
        let mut round = 0;
        loop {
            let method = body.map(|_| Method::Post);
            let answer = self.send(crab, method, &route, body).await.and_then(|answer| {
                match (answer.code, &answer.location) {
                    (301 | 302 | 307 | 308, Some(place))
                        if redirects < REDIRECTS && self.is_ours(place) =>
                    {
                        Ok(answer)
                    }
                    _ => accept(answer),
                }
            });
            let error = match answer {
                Ok(Answer { code: 300.., location: Some(place), .. }) => {
                    route = place;
                    redirects += 1;
                    continue;
                }
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            round += 1;
            match error.wait(round - 1) {
                Some(wait) if round < READS && Instant::now() + wait < until => {
                    sleep(wait).await;
                }
                _ => return Err(error),
            }
        }
    }

    /// Sends one request and takes its answer, whatever it says.
    async fn send(
        &self,
        crab: &Octocrab,
        method: Option<Method>,
        route: &str,
        body: Option<&impl Serialize>,
    ) -> Result<Answer, ApiError> {
        let begin = Instant::now();
        let until = self.deadline.min(begin + REQUEST_LIMIT);
        let work = async {
            let response = match method {
                None => crab._get(route).await,
                Some(Method::Post) => crab._post(route, body).await,
                Some(Method::Patch) => crab._patch(route, body).await,
            };
            let response = response.map_err(|error| self.of_transport(&error))?;
            let status = response.status();
            let header = |name: &str| {
                response
                    .headers()
                    .get(name)
                    .and_then(|value| value.to_str().ok())
                    .map(str::to_owned)
            };
            let number = |name: &str| header(name).and_then(|text| text.trim().parse::<u64>().ok());
            let exhausted = number("x-ratelimit-remaining") == Some(0);
            let reset = number("x-ratelimit-reset").filter(|_| exhausted).map(from_now);
            let answer = Answer {
                code: status.as_u16(),
                status: match status.canonical_reason() {
                    Some(reason) => format!("{} {reason}", status.as_u16()),
                    None => status.as_u16().to_string(),
                },
                next: header("link").and_then(|link| next_of(&link)),
                location: header("location"),
                wait: number("retry-after").or(reset),
                exhausted,
                body: Vec::new(),
            };
            let body = Limited::new(response.into_body(), BODY_LIMIT).collect().await;
            match body {
                Ok(body) => Ok(Answer { body: body.to_bytes().to_vec(), ..answer }),
                // What failed is told by its status, whatever came with it.
                Err(_) if answer.code >= 300 => Ok(answer),
                Err(error) => Err(ApiError::Lost(chain(&*error))),
            }
        };
        timeout_at(until, work).await.map_err(|_| ApiError::Late(until - begin))?
    }

    /// What went wrong before there was an answer.
    fn of_transport(&self, error: &octocrab::Error) -> ApiError {
        let words = chain(error);
        // The error of the client under octocrab, whose type is not octocrab's to show.
        if words.contains("(Connect)") {
            self.unreachable.store(true, Ordering::Relaxed);
            let words = words.replace("client error (Connect): ", "");
            ApiError::Unreachable { host: self.origin.clone(), words: short(&words) }
        } else {
            ApiError::Lost(short(&words))
        }
    }

    /// Whether a URL that an answer names is on the API's own host: others are not asked.
    fn is_ours(&self, url: &str) -> bool {
        let rest = url.strip_prefix(&self.origin);
        rest.is_some_and(|rest| rest.starts_with('/'))
            || (url.starts_with('/') && !url.starts_with("//"))
    }
}

#[cfg(test)]
mod tests;
