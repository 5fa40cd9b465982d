//! The one redactor, in front of the Report: what it hides reaches no format.
//!
//! Two kinds of secrets are hidden. *Shapes* are secrets that can be told by their form: credentials in URLs,
//! authorization headers, tokens with a known prefix, private keys, `password=…`. *Values* are what this
//! machine holds in variables with secret-looking names, in the URLs of any variable, and in `.netrc`; they are
//! hidden wherever they appear, also URL-encoded, quoted, or in Base64.

mod model;
mod secrets;
mod shapes;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

use aho_corasick::AhoCorasick;

/// What stands in the place of a secret.
pub const MARKER: &str = "[redacted]";

/// Uncovering one secret may reveal another (`\b` before a token, for example), so a text is cleaned until
/// nothing changes. No honest text needs more rounds than this; one that does is hidden as a whole.
const ROUNDS: usize = 8;

/// Hides secrets in text.
///
/// Cleaning is linear in the length of the text, never panics, and is idempotent: what is clean stays as it is,
/// and text beside a [`MARKER`] is judged as if the marker were the end of the text.
///
/// # Limits
///
/// * A value shorter than 6 characters, a common word (`true`, `netrc`, `windows` …), a number of less than 16
///   digits or an absolute path is not hidden by value, or reports would become unreadable.
/// * A secret without a known shape that this machine does not hold (in its environment or `.netrc`) is text like any other.
/// * A secret that a tool cuts in two, compresses or encrypts is not found. Base64 inside longer Base64 is found at any
///   alignment, and leaves up to three characters on each side.
/// * Names of variables decide by whole words: `DEPLOY_TOKEN` is secret, `TOKENIZER` is not, and neither are names that end in
///   a word such as `FILE`, `SOCK` or `URL`.
#[derive(Clone, Default)]
pub struct Redactor {
    secrets: BTreeSet<String>,
    search: Search,
}

/// How the values are searched.
#[derive(Clone, Default)]
enum Search {
    /// There are none.
    #[default]
    Nothing,
    /// All of them in one pass.
    Values(Box<AhoCorasick>),
    /// There are more than can be searched for: everything is hidden rather than something leaked.
    Everything,
}

impl fmt::Debug for Redactor {
    /// Says how much it knows and not what: debug output ends up in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Redactor({} values)", self.secrets.len())
    }
}

impl Redactor {
    /// Takes the secrets out of environment variables: values of secret-looking names, and credentials in the URLs
    /// of any value (such as GOPROXY).
    pub fn from_environment<K, V>(variables: impl IntoIterator<Item = (K, V)>) -> Self
    where
        K: AsRef<str>,
        V: AsRef<str>,
    {
        let mut found = BTreeSet::new();
        for (name, value) in variables {
            secrets::of_variable(name.as_ref(), value.as_ref(), &mut found);
        }
        Self::of(found)
    }

    /// Adds the passwords of a `.netrc` (`_netrc` on Windows), given as its text.
    #[must_use]
    pub fn with_netrc(self, text: &str) -> Self {
        let mut found = self.secrets;
        secrets::of_netrc(text, &mut found);
        Self::of(found)
    }

    /// Looks for these values in all their forms.
    fn of(secrets: BTreeSet<String>) -> Self {
        let forms: BTreeSet<String> =
            secrets.iter().flat_map(|secret| secrets::forms(secret)).collect();
        let search = if forms.is_empty() {
            Search::Nothing
        } else {
            AhoCorasick::new(&forms)
                .map_or(Search::Everything, |found| Search::Values(Box::new(found)))
        };
        Self { secrets, search }
    }

    /// The text with every secret replaced by [`MARKER`].
    pub fn clean<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let Some(mut cleaned) = self.round(text) else { return Cow::Borrowed(text) };
        for _ in 1..ROUNDS {
            match self.round(&cleaned) {
                Some(next) => cleaned = next,
                None => return Cow::Owned(cleaned),
            }
        }
        Cow::Owned(MARKER.to_owned())
    }

    /// Hides what is found now; `None` where nothing is.
    fn round(&self, text: &str) -> Option<String> {
        let mut out = String::new();
        let mut changed = false;
        for (number, part) in text.split(MARKER).enumerate() {
            if number > 0 {
                out.push_str(MARKER);
            }
            let mut end = 0;
            for span in self.find(part) {
                out.push_str(&part[end..span.start]);
                out.push_str(MARKER);
                end = span.end;
                changed = true;
            }
            out.push_str(&part[end..]);
        }
        changed.then_some(out)
    }

    /// Where the secrets are: in order, and no two of them touch.
    fn find(&self, text: &str) -> Vec<Range<usize>> {
        let mut spans = Vec::new();
        match &self.search {
            Search::Nothing => {}
            Search::Values(values) => {
                spans.extend(values.find_overlapping_iter(text).map(|found| found.range()));
            }
            Search::Everything if text.is_empty() => {}
            Search::Everything => spans.push(0..text.len()),
        }
        shapes::find(text, &mut spans);
        spans.sort_unstable_by_key(|span| (span.start, span.end));
        let mut merged: Vec<Range<usize>> = Vec::with_capacity(spans.len());
        for span in spans.into_iter().filter(|span| !span.is_empty()) {
            match merged.last_mut() {
                Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
                _ => merged.push(span),
            }
        }
        merged
    }
}

/// Text that can be cleaned in place.
///
/// Every type of the model implements it by naming all its fields, so that a new field does not compile before
/// someone has decided about it.
pub trait Redact {
    /// Replaces every secret in every string.
    fn redact(&mut self, redactor: &Redactor);
}

#[cfg(test)]
mod tests;
