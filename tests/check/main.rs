//! `gowoa check` from the outside: the program as it is built, on real modules, with a real `go`.
//!
//! * [`fixtures`]: every module of `testdata/go` and `testdata/checks` against the expectation beside it;
//! * [`images`]: the images of `testdata/checks`, asked through the library;
//! * [`objects`]: the objects and libraries of `testdata/checks`, likewise;
//! * [`listing`]: the compiler's listings, of the whole standard library too;
//! * [`maps`]: the map of each image, where something draws it;
//! * [`inspect`]: `gowoa inspect` on directories and archives that are made for one test;
//! * [`matrix`]: every check over every fixture, the must-be-silent oracle, and every report as a file;
//! * [`e2e`]: what holds of every run, and of the program as such;
//! * [`bad_input`]: what cannot be worked on, each with an error, a next step and the right exit code;
//! * `interrupt`: signals leave no child and no report (Unix);
//! * `again`: "The same on your machine", run (Unix);
//! * [`secrets`]: a canary reaches no format and no message;
//! * [`policy`]: `gowoa.toml`, waivers and the baseline;
//! * [`projects`]: small projects and stand-ins for `go`, made for one test;
//! * [`rules`]: the rules database from the outside;
//! * [`screen`]: `gowoa screen` on projects, and on modules of a module proxy in a directory;
//! * [`proxy`]: that module proxy;
//! * [`reach`]: how packages and functions get into what is built, and `gowoa screen --why`;
//! * [`reflection`]: what reflection alone keeps in an exe;
//! * [`harness`]: starts the program in a clean environment.

#![allow(clippy::disallowed_methods, reason = "a test starts the program it tests")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]
#![allow(clippy::print_stderr, reason = "a test that skips says why")]

#[cfg(unix)] // The line is for a POSIX shell.
mod again;
mod anchors;
mod bad_input;
mod e2e;
mod fixtures;
mod harness;
mod images;
mod inspect;
#[cfg(unix)] // Windows has no such signals; its job objects are process-wrap's.
mod interrupt;
mod kept;
mod listing;
mod maps;
mod matrix;
mod objects;
mod policy;
mod projects;
mod proxy;
mod reach;
mod reflection;
mod rules;
mod screen;
mod secrets;
