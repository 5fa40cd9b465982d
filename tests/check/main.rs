//! `gowoa check` from the outside: the program as it is built, on real modules, with a real `go`.
//!
//! * [`fixtures`]: every module of `testdata/go` and `testdata/checks` against the expectation beside it;
//! * [`bad_input`]: what cannot be worked on, each with an error, a next step and the right exit code;
//! * `interrupt`: signals leave no child and no report (Unix);
//! * [`secrets`]: a canary reaches no format and no message;
//! * [`projects`]: small projects and stand-ins for `go`, made for one test;
//! * [`harness`]: starts the program in a clean environment.

#![allow(clippy::disallowed_methods, reason = "a test starts the program it tests")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]
#![allow(clippy::print_stderr, reason = "a test that skips says why")]

mod bad_input;
mod fixtures;
mod harness;
#[cfg(unix)] // Windows has no such signals; its job objects are process-wrap's.
mod interrupt;
mod projects;
mod secrets;
