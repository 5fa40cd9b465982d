//! Standard output and standard error: the only place that prints.
//!
//! In the log of a CI runner everything printed is read for commands. [`fence`] has the runner ignore them in
//! all that gowoa says (compilers and file names speak in it), and [`commands`] are what it is to obey.

use std::io::{self, IsTerminal, Write};
use std::sync::Mutex;

use crate::render::{github, terminal};

/// Whether and how to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Color {
    /// On a terminal that can, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl Color {
    /// Whether standard error gets colour.
    pub(super) fn on_stderr(self) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            // A log is read in a browser, in an editor, by grep.
            Self::Auto if is_fenced() => false,
            Self::Auto => {
                anstream::AutoStream::choice(&io::stderr()) != anstream::ColorChoice::Never
            }
        }
    }
}

/// What of the report the terminal shows, and how.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Output")]
pub struct LookArgs {
    /// List every package with its class, and every file that was given
    #[arg(long)]
    pub all: bool,

    /// Colour on the terminal
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
}

impl LookArgs {
    /// The same as the renderer takes it.
    pub(super) fn options(&self) -> terminal::Options {
        terminal::Options { all: self.all, color: self.color.on_stderr(), ..Default::default() }
    }
}

/// Whether a person watches standard error.
pub(super) fn stderr_is_terminal() -> bool {
    // Some runners hand out a terminal that nobody watches.
    !is_fenced() && io::stderr().is_terminal()
}

/// The word that ends the fence, while one stands.
static FENCE: Mutex<Option<String>> = Mutex::new(None);

/// Writes text for people to standard error. A closed pipe is nobody's failure.
pub(super) fn tell(text: &str) {
    if is_fenced() {
        // The runner reads both streams side by side; in one stream nothing overtakes the fence.
        let _ = give(text.as_bytes());
        if !text.ends_with('\n') {
            // A command begins a line.
            let _ = give(b"\n");
        }
        return;
    }
    let mut stderr = io::stderr().lock();
    let _ = stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush());
}

/// Writes why nothing was done, and makes an annotation of it where a fence stands.
pub(super) fn refuse(text: &str) {
    tell(text);
    if is_fenced() {
        commands(&github::error("gowoa", text));
    }
}

/// From here on everything goes to standard output, where the runner of GitHub Actions obeys no command until
/// `word` comes: text that nobody else can know.
pub(super) fn fence(word: String) {
    let Ok(mut fence) = FENCE.lock() else { return };
    let _ = give(github::stop(&word).as_bytes());
    *fence = Some(word);
}

/// Takes the fence away.
pub(super) fn lift_fence() {
    let Ok(mut fence) = FENCE.lock() else { return };
    if let Some(word) = fence.take() {
        let _ = give(github::resume(&word).as_bytes());
    }
}

/// Whether a fence stands.
pub(super) fn is_fenced() -> bool {
    FENCE.lock().is_ok_and(|fence| fence.is_some())
}

/// Writes commands for the runner where it obeys them: outside of the fence, and without one to standard error, behind
/// the text and away from a report on standard output.
pub(super) fn commands(text: &str) {
    let word = FENCE.lock().ok().and_then(|fence| fence.clone());
    match word {
        Some(word) => {
            let text = github::resume(&word) + text + &github::stop(&word);
            let _ = give(text.as_bytes());
        }
        None => tell(text),
    }
}

/// Writes requested data to standard output.
///
/// # Errors
/// Those of writing; a closed pipe counts as written.
pub(super) fn give(bytes: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}
