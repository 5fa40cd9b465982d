//! Standard output and standard error: the only place that prints.

use std::io::{self, IsTerminal, Write};

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
            Self::Auto => {
                anstream::AutoStream::choice(&io::stderr()) != anstream::ColorChoice::Never
            }
        }
    }
}

/// Whether a person watches standard error.
pub(super) fn stderr_is_terminal() -> bool {
    io::stderr().is_terminal()
}

/// Writes text for people to standard error. A closed pipe is nobody's failure.
pub(super) fn tell(text: &str) {
    let mut stderr = io::stderr().lock();
    let _ = stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush());
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
