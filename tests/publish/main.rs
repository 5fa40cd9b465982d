//! `--github` against a local server that behaves as GitHub's API does, limits and moods included.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]
#![allow(clippy::disallowed_methods, reason = "what is run here is gowoa itself, and peers")]

mod accounts;
mod calls;
mod hub;
mod limits;
mod moods;
mod run;
