//! `gowoa completions SHELL`.

use clap::CommandFactory;

use super::{Cli, exit, output};

/// Arguments of `gowoa completions`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  gowoa completions bash > ~/.local/share/bash-completion/completions/gowoa"
)]
pub struct CompletionsArgs {
    /// Which shell
    pub shell: clap_complete::Shell,
}

/// Prints the completion script.
pub(super) fn run(args: &CompletionsArgs) -> u8 {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "gowoa", &mut script);
    match output::give(&script) {
        Ok(()) => exit::PASS,
        Err(error) => {
            output::tell(&format!("error: cannot write to standard output: {error}\n"));
            exit::INCOMPLETE
        }
    }
}
