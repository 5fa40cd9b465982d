//! What differs between Linux, macOS and Windows, in one place.

pub mod map;

use process_wrap::tokio::CommandWrap;

/// Puts the child into a group of its own (Unix) or a job object (Windows), so that it can be
/// ended together with everything it starts.
pub(crate) fn own_group(wrap: &mut CommandWrap) {
    #[cfg(unix)]
    wrap.wrap(process_wrap::tokio::ProcessGroup::leader());
    #[cfg(windows)]
    wrap.wrap(process_wrap::tokio::JobObject);
}

/// The file that swallows output.
pub(crate) fn null_device() -> &'static str {
    if cfg!(windows) { "NUL" } else { "/dev/null" }
}

/// The longest argument list gowoa hands to one process, in bytes. Windows allows a command line of
/// 32,767 UTF-16 units (CreateProcessW); the rest is room for flags and quoting.
pub(crate) const ARGUMENT_BYTES: usize = 24_000;

/// What ended gowoa early, as the exit code of convention: 128 + signal number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interrupt {
    /// Ctrl-C.
    Interrupt,
    /// SIGTERM.
    Terminate,
    /// SIGHUP.
    HangUp,
}

impl Interrupt {
    /// 130, 143 or 129.
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Interrupt => 130,
            Self::Terminate => 143,
            Self::HangUp => 129,
        }
    }
}

/// Waits until the user or the system asks gowoa to stop.
pub async fn interrupted() -> Interrupt {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let (Ok(mut terminate), Ok(mut hang_up)) =
            (signal(SignalKind::terminate()), signal(SignalKind::hangup()))
        {
            return tokio::select! {
                result = tokio::signal::ctrl_c() => { ended(result).await; Interrupt::Interrupt }
                _ = terminate.recv() => Interrupt::Terminate,
                _ = hang_up.recv() => Interrupt::HangUp,
            };
        }
    }
    ended(tokio::signal::ctrl_c().await).await;
    Interrupt::Interrupt
}

/// Where no handler can be installed, nobody can interrupt: wait for ever.
async fn ended(result: std::io::Result<()>) {
    if result.is_err() {
        std::future::pending::<()>().await;
    }
}
