//! Bad input: each with a clear error, a next step, the right exit code, and no half-written report.
//!
//! These tests are also those of the constructors of `src/go`: success, failure, absence, garbage, hanging.
//!
//! | constructor | success | failure | absence | garbage | hanging |
//! |---|---|---|---|---|---|
//! | `toolchain::find` | every test | [`toolchain`] (a directory, not executable) | [`toolchain`] (no go, missing file) | [`toolchain`] (text, a broken ELF) | – |
//! | `GoCommand::env` | every test | [`toolchain`] (exit 1, too old) | as above | [`toolchain`] (prints nothing, nonsense, half) | [`toolchain`] |
//! | `GoCommand::probe_target` | every test | [`toolchain`] (unsupported target) | – | – | [`toolchain`] |
//! | `GoCommand::list`, `list_here` | every test | [`modules`] (go.mod, flags) | – | [`toolchain`] | [`toolchain`], `interrupt` |
//! | `GoCommand::build` | every test | fixtures, [`modules`] | – | [`toolchain`] (nonsense, builds nothing, wrong machine, cut, ELF) | [`toolchain`], `interrupt` |
//! | `GoCommand::work_edit_json` | [`modules`] | [`modules`] (go.work with errors) | – | [`toolchain`] | – |
//! | `GoCommand::test_compile` | [`modules`] (overlay) | fixtures, [`toolchain`] | – | [`toolchain`] (makes nothing) | `interrupt` |
//! | `go::cgo::find` | – | fixtures (cgo-broken) | – | – | – |

mod flags;
mod hostile;
mod modules;
mod places;
mod reports;
mod scale;
#[cfg(unix)] // Its stand-ins for go are shell scripts.
mod toolchain;
