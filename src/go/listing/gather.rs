//! Runs the command that prints listings, and reads them as they arrive.

use serde::Deserialize;

use super::super::json::JsonStream;
use super::super::process::{CommandLine, ProcessError, run_streaming};
use super::{Counts, Event, Parser};

/// Words of Go that are no listing are kept up to this many bytes: they say why a call failed.
const WORDS_LIMIT: usize = 8 << 10;

/// What came of one call.
#[derive(Debug, Default)]
pub struct Gathered {
    /// What the listing held.
    pub counts: Counts,
    /// Packages that could not be compiled, each with Go's words.
    pub errors: Vec<(String, String)>,
    /// Exit status, where it is not 0 or a signal ended it: then nothing is known about what is missing.
    pub failed: Option<String>,
    /// Lines that are no listing.
    pub words: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct RawPackage {
    import_path: String,
    error: Option<RawError>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct RawError {
    err: String,
}

/// Runs a command of [`GoCommand::listing`](crate::go::command::GoCommand::listing) and hands every event
/// to `sink`.
///
/// # Errors
/// [`ProcessError`] where it could not be run to its end.
pub async fn gather(
    command: &CommandLine,
    mut sink: impl FnMut(Event<'_>) + Send,
) -> Result<Gathered, ProcessError> {
    let mut parser = Parser::default();
    let mut packages = JsonStream::default();
    let mut gathered = Gathered::default();
    let mut words = Vec::new();
    let mut listen = |event: Event<'_>| {
        if let Event::Message(line) | Event::Unknown(line) = event {
            let room = WORDS_LIMIT.saturating_sub(words.len());
            words.extend_from_slice(line.get(..line.len().min(room)).unwrap_or_default());
            words.push(b'\n');
        }
        sink(event);
    };
    let finished = run_streaming(
        command,
        |chunk| {
            packages.push(chunk, |raw: RawPackage| {
                if let Some(error) = raw.error {
                    gathered.errors.push((raw.import_path, error.err));
                }
            });
        },
        |chunk| parser.push(chunk, &mut listen),
    )
    .await?;
    gathered.counts = parser.finish(&mut listen);
    gathered.words = String::from_utf8_lossy(&words).into_owned();
    gathered.failed = match (finished.code, packages.finish()) {
        (Some(0), Ok(())) => None,
        (Some(0), Err(reason)) => Some(format!("printed something else than packages: {reason}")),
        (Some(code), _) => Some(format!("ended with status {code}")),
        (None, _) => Some("was ended by a signal".into()),
    };
    Ok(gathered)
}
