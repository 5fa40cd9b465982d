//! Runs one child process: time limit, its own process group, and no survivor.
//!
//! A child is killed with everything it started when its time is up, when gowoa is interrupted (the
//! future is dropped), and when a grandchild keeps the pipes open after the child itself has ended.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use process_wrap::tokio::{ChildWrapper, CommandWrap, KillOnDrop};
use tokio::io::{AsyncRead, AsyncReadExt};

use crate::shell::quote;

/// Standard error is kept up to this many bytes; the rest is read and counted.
const STDERR_LIMIT: usize = 4 << 20;
/// How long the pipes may stay open after the child has ended.
const DRAIN_LIMIT: Duration = Duration::from_secs(5);
/// One read of a pipe.
const CHUNK: usize = 64 << 10;

/// A command to run: what is started, where, and with which variables on top of gowoa's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandLine {
    /// The program to start.
    pub program: PathBuf,
    /// The word that stands for the program when the command is shown, such as `go`.
    pub shown_as: String,
    /// Arguments.
    pub args: Vec<OsString>,
    /// Variables that are set (`Some`) or removed (`None`) for the child.
    pub env: Vec<(String, Option<OsString>)>,
    /// Working directory.
    pub dir: PathBuf,
    /// Time limit.
    pub limit: Duration,
}

/// Shows the command as a line that can be pasted into a POSIX shell.
impl fmt::Display for CommandLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (key, value) in &self.env {
            // PWD is plumbing: the shell of the reader sets its own.
            if let (false, Some(value)) = (key == "PWD", value) {
                write!(f, "{key}={} ", quote(&value.to_string_lossy()))?;
            }
        }
        f.write_str(&quote(&self.shown_as))?;
        for arg in &self.args {
            let arg = arg.to_string_lossy();
            // A list of fields is long and says nothing to a reader; plain -json gives them and more.
            let shown = if arg.starts_with("-json=") { "-json" } else { &*arg };
            write!(f, " {}", quote(shown))?;
        }
        Ok(())
    }
}

/// How a child ended.
#[derive(Debug, Clone)]
pub struct Finished {
    /// Exit code; absent where a signal ended it.
    pub code: Option<i32>,
    /// Standard error, lossily decoded, cut at a limit.
    pub stderr: String,
}

impl Finished {
    /// Whether it exited with 0.
    pub fn success(&self) -> bool {
        self.code == Some(0)
    }
}

/// Why a child could not be run to its end. The fault is the environment's, never the project's.
#[derive(Debug, thiserror::Error)]
pub enum ProcessError {
    /// It could not be started.
    #[error("cannot start `{command}`")]
    Spawn {
        /// The command as a shell line.
        command: String,
        /// The system's reason.
        source: std::io::Error,
    },
    /// It did not end in time and was killed with its children.
    #[error("`{command}` did not end within {} s and was stopped", limit.as_secs())]
    TimedOut {
        /// The command as a shell line.
        command: String,
        /// The limit.
        limit: Duration,
    },
    /// It ended, but something that it started went on and kept its pipes open; that was killed.
    #[error("`{command}` ended, but a process it started kept its output open and was stopped")]
    KeptOpen {
        /// The command as a shell line.
        command: String,
    },
    /// Its pipes could not be read, or its end not awaited.
    #[error("lost contact with `{command}`")]
    Io {
        /// The command as a shell line.
        command: String,
        /// The system's reason.
        source: std::io::Error,
    },
}

/// Kills the whole group when dropped before it has ended.
struct Group {
    child: Box<dyn ChildWrapper>,
    ended: bool,
}

impl Drop for Group {
    fn drop(&mut self) {
        if !self.ended {
            // Nothing can be done about a failure here: the group is gone already.
            let _ = self.child.start_kill();
        }
    }
}

/// Runs a command; every chunk of its standard output goes to `on_stdout` as it arrives.
pub async fn run(
    command: &CommandLine,
    on_stdout: impl FnMut(&[u8]) + Send,
) -> Result<Finished, ProcessError> {
    let mut words = Vec::new();
    let finished = run_streaming(command, on_stdout, |chunk| {
        let room = STDERR_LIMIT.saturating_sub(words.len());
        words.extend_from_slice(chunk.get(..room.min(chunk.len())).unwrap_or_default());
    })
    .await?;
    Ok(Finished { stderr: String::from_utf8_lossy(&words).into_owned(), ..finished })
}

/// Runs a command; every chunk of its standard output and of its standard error goes to its own listener as it
/// arrives, and [`Finished::stderr`] is empty.
pub async fn run_streaming(
    command: &CommandLine,
    mut on_stdout: impl FnMut(&[u8]) + Send,
    mut on_stderr: impl FnMut(&[u8]) + Send,
) -> Result<Finished, ProcessError> {
    let work = run_to_end(command, &mut on_stdout, &mut on_stderr);
    match tokio::time::timeout(command.limit, work).await {
        Ok(result) => result,
        Err(_) => {
            Err(ProcessError::TimedOut { command: command.to_string(), limit: command.limit })
        }
    }
}

async fn run_to_end(
    command: &CommandLine,
    on_stdout: &mut (impl FnMut(&[u8]) + Send),
    on_stderr: &mut (impl FnMut(&[u8]) + Send),
) -> Result<Finished, ProcessError> {
    let io_error = |source| ProcessError::Io { command: command.to_string(), source };
    let mut group = spawn(command)?;
    let stdout = group.child.stdout().take();
    let stderr = group.child.stderr().take();
    let code = {
        let pipes = async {
            tokio::join!(
                pump(stdout, |chunk| on_stdout(chunk)),
                pump(stderr, |chunk| on_stderr(chunk))
            )
        };
        tokio::pin!(pipes);
        let mut drained = false;
        let status = loop {
            tokio::select! {
                status = group.child.wait() => break status.map_err(io_error)?,
                read = &mut pipes, if !drained => {
                    read.0.and(read.1).map_err(io_error)?;
                    drained = true;
                }
            }
        };
        if !drained && tokio::time::timeout(DRAIN_LIMIT, &mut pipes).await.is_err() {
            // A grandchild holds the pipe; the guard below ends it.
            return Err(ProcessError::KeptOpen { command: command.to_string() });
        }
        status.code()
    };
    group.ended = true;
    Ok(Finished { code, stderr: String::new() })
}

fn spawn(command: &CommandLine) -> Result<Group, ProcessError> {
    let mut wrap = CommandWrap::with_new(&command.program, |inner| {
        inner
            .args(&command.args)
            .current_dir(&command.dir)
            .env("PWD", &command.dir)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        for (key, value) in &command.env {
            match value {
                Some(value) => inner.env(key, value),
                None => inner.env_remove(key),
            };
        }
    });
    wrap.wrap(KillOnDrop);
    crate::platform::own_group(&mut wrap);
    let child = wrap
        .spawn()
        .map_err(|source| ProcessError::Spawn { command: command.to_string(), source })?;
    Ok(Group { child, ended: false })
}

async fn pump(
    pipe: Option<impl AsyncRead + Unpin>,
    mut sink: impl FnMut(&[u8]),
) -> std::io::Result<()> {
    let Some(mut pipe) = pipe else { return Ok(()) };
    let mut buffer = vec![0; CHUNK];
    loop {
        match pipe.read(&mut buffer).await? {
            0 => return Ok(()),
            n => sink(buffer.get(..n).unwrap_or_default()),
        }
    }
}
