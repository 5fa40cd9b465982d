//! The door: parse, call, exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    gowoa::cli::main(std::env::args_os())
}
