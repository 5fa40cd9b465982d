//! What differs between Linux, macOS and Windows, in one place.

pub mod map;
pub(crate) mod pipe;

use process_wrap::tokio::CommandWrap;

/// Puts the child into a group of its own (Unix) or a job object (Windows), so that it can be
/// ended together with everything it starts.
pub(crate) fn own_group(wrap: &mut CommandWrap) {
    #[cfg(unix)]
    wrap.wrap(process_wrap::tokio::ProcessGroup::leader());
    #[cfg(windows)]
    wrap.wrap(process_wrap::tokio::JobObject);
}

/// The machine as Go names it, such as `linux/amd64`.
pub(crate) fn host() -> String {
    let os = match std::env::consts::OS {
        "macos" => "darwin",
        other => other,
    };
    let arch = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "x86" => "386",
        other => other,
    };
    format!("{os}/{arch}")
}

/// The file that swallows output.
pub(crate) fn null_device() -> &'static str {
    if cfg!(windows) { "NUL" } else { "/dev/null" }
}

/// Windows' `\\?\C:\…` form confuses other programs; the plain form is the same path.
pub(crate) fn plain_path(dir: std::path::PathBuf) -> std::path::PathBuf {
    let plain = dir
        .to_str()
        .and_then(|text| text.strip_prefix(r"\\?\"))
        .filter(|text| !text.starts_with("UNC"));
    match plain {
        Some(plain) => std::path::PathBuf::from(plain),
        None => dir,
    }
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

/// Hears when the user or the system asks gowoa to stop, from the moment it is made: what comes before
/// [`next`](Self::next) is kept for it, and ends the process no more.
#[derive(Debug)]
pub struct Interrupts {
    #[cfg(unix)]
    signals: Option<[tokio::signal::unix::Signal; 3]>,
    #[cfg(windows)]
    ctrl_c: Option<tokio::signal::windows::CtrlC>,
}

impl Interrupts {
    /// Begins to listen. Must be called in a runtime. Where no handler can be installed, signals do what they
    /// do by default.
    pub fn listen() -> Self {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            let kinds = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
            let [interrupt, terminate, hang_up] = kinds.map(signal);
            let signals = match (interrupt, terminate, hang_up) {
                (Ok(interrupt), Ok(terminate), Ok(hang_up)) => {
                    Some([interrupt, terminate, hang_up])
                }
                _ => None,
            };
            Self { signals }
        }
        #[cfg(windows)]
        Self { ctrl_c: tokio::signal::windows::ctrl_c().ok() }
    }

    /// Waits for the first.
    pub async fn next(&mut self) -> Interrupt {
        #[cfg(unix)]
        if let Some([interrupt, terminate, hang_up]) = &mut self.signals {
            return tokio::select! {
                _ = interrupt.recv() => Interrupt::Interrupt,
                _ = terminate.recv() => Interrupt::Terminate,
                _ = hang_up.recv() => Interrupt::HangUp,
            };
        }
        #[cfg(windows)]
        if let Some(ctrl_c) = &mut self.ctrl_c {
            ctrl_c.recv().await;
            return Interrupt::Interrupt;
        }
        std::future::pending().await
    }
}
