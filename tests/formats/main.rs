//! The sample report and the hostile one through every format, and what independent readers make of it.
//!
//! One file a format; what holds for all of them is in `all`. Readers that are not Rust crates come from
//! `scripts/peers.sh`; a test that lacks its reader says so and passes, or fails where `GOWOA_PEERS_REQUIRED` is set.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod all;
mod annotations;
mod harness;
mod html;
mod junit;
mod many;
mod markdown;
#[path = "../support/peers.rs"]
mod peers;
mod report;
mod runs;
mod sarif;
