//! Will a Go project build and run natively on Windows on Arm (GOOS=windows GOARCH=arm64)? With proof.
//!
//! The promise of this crate is its program and the JSON report ([`model::Report`], schema in
//! `docs/report.schema.json`). The library is open so that the parts can be tested and read; its Rust API
//! may change between minor versions.
//!
//! The way of the data: [`cli`] turns arguments into a [`plan::Plan`]; [`engine`] gathers [`facts`] through
//! [`go`], [`source`] and [`image`], and asks the [`checks`]; [`policy`] turns verdicts into an answer; the
//! [`model::Report`] passes the [`redact`]or; [`render`] makes views of it, and [`publish`] brings
//! them to GitHub where that was asked for.

#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test that cannot go on may panic"))]

pub mod checks;
pub mod cli;
pub mod engine;
pub mod facts;
pub mod go;
pub mod image;
pub mod isa;
pub mod model;
pub mod package;
pub mod pattern;
pub mod plan;
pub mod platform;
pub mod policy;
pub mod publish;
pub mod redact;
pub mod render;
pub mod rules;
pub mod shell;
pub mod source;
