//! Facts from source text, without judgement and without the Go toolchain.
//!
//! `go list` says which files exist for which platform; only the text says what is in them. That
//! is asked when a build failed (`undefined: X`: which left-out file defines `X`?), when a library
//! is linked (what does it export?), and when a stub is suspected ("requires cgo").
//!
//! * [`golang`]: Go files.
//! * [`assembly`]: Go assembly.
//! * [`cgo`]: `#cgo` directives.
//! * [`package`]: everything of one package, as facts.
//! * [`prefilter`]: which files are worth a parse, from one look over all bytes.
//!
//! Everything here is a pure function over bytes. The bytes are untrusted: nothing panics, time and
//! memory have named limits, and "could not read it" is an error of its own, never an empty answer.

pub mod assembly;
pub mod cgo;
pub mod golang;
mod lexer;
pub mod package;
pub mod prefilter;
