//! `gowoa check` from the outside: the program as it is built, on real modules, with a real `go`.
//!
//! * [`fixtures`]: every module of `testdata/go` and `testdata/checks` against the expectation beside it;
//! * [`harness`]: starts the program in a clean environment.

#![allow(clippy::disallowed_methods, reason = "a test starts the program it tests")]
#![allow(clippy::print_stderr, reason = "a test that skips says why")]

mod fixtures;
mod harness;
