//! The Go toolchain: the only module, beside `run/`, that starts processes.
//!
//! Every call is a named constructor of [`command::GoCommand`]; [`process`] runs it; the other modules
//! read what it prints.

pub mod batch;
pub mod build;
pub mod cgo;
pub mod command;
pub mod diagnose;
pub mod gcflags;
mod json;
pub mod ldflags;
pub mod linkgraph;
pub mod linkproof;
pub mod list;
pub mod listing;
pub mod modules;
pub mod obtain;
pub mod process;
pub mod toolchain;
