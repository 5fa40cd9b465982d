//! The GitHub action: its script in a made-up environment of a runner, with releases from a server on this
//! machine; and its description against the README. `scripts/act.sh` runs the same action in workflows.
//!
//! The script for Windows cannot be run here; what can be held is that it asks the same of the same inputs.

#![allow(clippy::disallowed_methods, reason = "a test starts the scripts it tests")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod described;
#[cfg(unix)]
mod harness;
#[cfg(unix)]
mod install;
#[cfg(unix)]
#[path = "../support/peers.rs"]
mod peers;
#[cfg(unix)]
mod release;
#[cfg(unix)]
mod steps;

use std::path::Path;

/// The root of the repository.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
