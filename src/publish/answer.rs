//! What the API answers, and what it means where it is no yes.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::de::DeserializeOwned;

/// Where GitHub asks for a longer wait, nothing is published: a job that sleeps is paid for.
const WAIT_LIMIT: Duration = Duration::from_secs(30);
/// Of the words of an answer, so many characters are shown.
const WORDS_LIMIT: usize = 200;

/// A request that brought no answer to use.
#[derive(Debug, thiserror::Error)]
pub(super) enum ApiError {
    /// The client could not be made; the installation.
    #[error("the HTTP client: {0}")]
    Client(String),
    /// There was no connection, so nothing was sent; the network.
    #[error("no connection to {host}: {words}")]
    Unreachable {
        /// Scheme and host.
        host: String,
        /// What the system says.
        words: String,
    },
    /// The connection broke before the answer was whole; the network.
    #[error("no answer: {0}")]
    Lost(String),
    /// There was no answer in time.
    #[error("no answer within {} s", .0.as_secs())]
    Late(Duration),
    /// All reads together took too long.
    #[error("GitHub is too slow: what was asked of it took more than {} s in all", .0.as_secs_f32())]
    ReadsLate(Duration),
    /// GitHub's no.
    #[error("GitHub answered {status}{words}")]
    Answered {
        /// Status with its standard words.
        status: String,
        /// The number.
        code: u16,
        /// `: ` and what GitHub says about it, if anything.
        words: String,
        /// Set where it is about too many requests: seconds that GitHub asks to wait, if it says so.
        rate_limit: Option<Option<u64>>,
    },
    /// The answer says yes and is nothing that GitHub's API sends.
    #[error("the answer is not what GitHub's API sends: {0}")]
    Unreadable(String),
    /// A write that was left open, after a look.
    #[error("{error}; {}", if *.looked { "a look showed that it did not happen" } else { "it may have happened, a look was not possible" })]
    Open {
        /// How the write ended.
        error: Box<Self>,
        /// Whether GitHub said that it did not happen; else it could not be asked.
        looked: bool,
    },
}

impl ApiError {
    /// The status of the answer.
    pub(super) fn status(&self) -> Option<u16> {
        match self {
            Self::Answered { code, .. } => Some(*code),
            _ => None,
        }
    }

    /// Whether there were too many requests.
    pub(super) fn is_rate_limit(&self) -> bool {
        matches!(self, Self::Answered { rate_limit: Some(_), .. })
    }

    /// Whether a write that ended so may have happened all the same.
    pub(super) fn leaves_open(&self) -> bool {
        match self {
            Self::Client(_) | Self::Unreachable { .. } | Self::Open { .. } => false,
            Self::Lost(_) | Self::Late(_) | Self::ReadsLate(_) | Self::Unreadable(_) => true,
            Self::Answered { code, .. } => *code >= 500,
        }
    }

    /// How long to wait before asking again; `None` where that would not help.
    pub(super) fn wait(&self, round: u32) -> Option<Duration> {
        let backoff = Duration::from_secs(1 << round.min(4));
        match self {
            Self::Answered { rate_limit: Some(seconds), .. } => {
                let asked = seconds.map_or(backoff, Duration::from_secs);
                (asked <= WAIT_LIMIT).then_some(asked)
            }
            Self::Answered { code: 500..=599, .. } | Self::Lost(_) | Self::Unreachable { .. } => {
                Some(backoff)
            }
            _ => None,
        }
    }
}

/// An answer as it came, within its limit.
pub(super) struct Answer {
    /// The status.
    pub(super) code: u16,
    /// The status with its standard words.
    pub(super) status: String,
    /// The next page of a list.
    pub(super) next: Option<String>,
    /// Where a redirect leads.
    pub(super) location: Option<String>,
    /// Seconds that the server asks to wait.
    pub(super) wait: Option<u64>,
    /// Whether no request is left in this hour.
    pub(super) exhausted: bool,
    /// The body.
    pub(super) body: Vec<u8>,
}

/// Turns what is no yes into an error.
pub(super) fn accept(answer: Answer) -> Result<Answer, ApiError> {
    if (200..300).contains(&answer.code) {
        return Ok(answer);
    }
    let said = words_of(&answer.body);
    let secondary = said.to_ascii_lowercase().contains("rate limit");
    let limited = answer.code == 429
        || (answer.code == 403 && (answer.wait.is_some() || answer.exhausted || secondary));
    let mut words = if said.is_empty() { String::new() } else { format!(": {said}") };
    if let (301..=399, Some(place)) = (answer.code, &answer.location) {
        words = format!(", to {}", short(place));
    }
    if limited && let Some(seconds) = answer.wait {
        words.push_str(&format!(" (it asks to wait {seconds} s)"));
    }
    Err(ApiError::Answered {
        status: answer.status,
        code: answer.code,
        words,
        rate_limit: limited.then_some(answer.wait),
    })
}

pub(super) fn decode<T: DeserializeOwned>(answer: &Answer) -> Result<T, ApiError> {
    serde_json::from_slice(&answer.body).map_err(|error| {
        let text = String::from_utf8_lossy(&answer.body);
        let what = if text.trim_start().starts_with('<') { "HTML" } else { "no such JSON" };
        ApiError::Unreadable(format!("{what} ({error})"))
    })
}

/// What GitHub says about a refusal: the message, and the first of its details. A page of a proxy says nothing.
fn words_of(body: &[u8]) -> String {
    #[derive(serde::Deserialize)]
    struct Refusal {
        message: String,
        #[serde(default)]
        errors: Vec<serde_json::Value>,
    }
    let Ok(refusal) = serde_json::from_slice::<Refusal>(body) else { return String::new() };
    let detail = refusal.errors.first().map(|error| match error {
        serde_json::Value::String(text) => text.clone(),
        other => match other.get("message").and_then(serde_json::Value::as_str) {
            Some(message) => message.to_owned(),
            None => other.to_string(),
        },
    });
    match detail {
        Some(detail) => short(&format!("{}: {detail}", refusal.message)),
        None => short(&refusal.message),
    }
}

/// The first line, cut where it is long.
pub(super) fn short(text: &str) -> String {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    match line.char_indices().nth(WORDS_LIMIT) {
        Some((end, _)) => format!("{} …", &line[..end]),
        None => line.to_owned(),
    }
}

/// An error with its causes, each once: octocrab says `Service Error`, and the cause says what.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        let text = inner.to_string();
        if !words.contains(&text) {
            words.push_str(&format!(": {text}"));
        }
        source = inner.source();
    }
    short(words.trim_start_matches("Service Error: "))
}

/// Seconds from now until a time of GitHub's, which is in seconds since 1970; at least one.
pub(super) fn from_now(reset: u64) -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
    reset.saturating_sub(now).max(1)
}

/// The next page in a `Link` header: `<URL>; rel="next", <URL>; rel="last"`.
pub(super) fn next_of(link: &str) -> Option<String> {
    let mut rest = link;
    while let Some((_, after)) = rest.split_once('<') {
        let (url, parameters) = after.split_once('>')?;
        let end = parameters.find('<').unwrap_or(parameters.len());
        if parameters[..end].split([';', ',']).any(|part| part.trim() == r#"rel="next""#) {
            return Some(url.to_owned());
        }
        rest = &parameters[end..];
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_found_among_the_links() {
        let link = r#"<https://h/a?page=1,2>; rel="prev", <https://h/a?page=3>; rel="next", <https://h/a?page=9>; rel="last""#;
        assert_eq!(next_of(link).as_deref(), Some("https://h/a?page=3"));
        for none in
            [r#"<https://h/a>; rel="prev""#, "", "<", "<>", "next", r#"<https://h>; title="next""#]
        {
            assert_eq!(next_of(none), None, "{none}");
        }
    }

    #[test]
    fn what_github_says_is_one_short_line() {
        let words = |body: &str| words_of(body.as_bytes());
        assert_eq!(words(r#"{"message":"Not Found","documentation_url":"x"}"#), "Not Found");
        assert_eq!(words(r#"{"message":"Bad","errors":["too long","b"]}"#), "Bad: too long");
        assert_eq!(words(r#"{"message":"Bad","errors":[{"message":"m","code":"c"}]}"#), "Bad: m");
        assert_eq!(words("<html><body>502 Bad Gateway</body></html>"), "");
        assert_eq!(words(r#"{"message":"one\ntwo"}"#), "one");
        assert!(words(&format!(r#"{{"message":"{}"}}"#, "ä".repeat(9999))).chars().count() < 210);
    }

    #[test]
    fn a_write_that_was_refused_did_not_happen() {
        let answered = |code| ApiError::Answered {
            status: String::new(),
            code,
            words: String::new(),
            rate_limit: None,
        };
        assert!(answered(502).leaves_open() && answered(500).leaves_open());
        assert!(!answered(403).leaves_open() && !answered(422).leaves_open());
        assert!(ApiError::Lost(String::new()).leaves_open());
    }
}
