//! The command line: one file per subcommand; turns arguments into a Plan and prints what came of it.

pub mod action;
pub mod check;
pub mod ci;
pub mod common;
mod completions;
pub mod exit;
mod explain;
pub mod github;
pub mod inspect;
mod output;
mod places;
pub mod policy;
mod progress;
pub mod report;
mod rules;
pub mod screen;
mod secrets;
mod work;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

/// Will this Go project build and run natively on Windows on Arm (windows/arm64)?
#[derive(Debug, Parser)]
#[command(name = "gowoa", version, propagate_version = true, max_term_width = 100)]
#[command(after_help = "\
Examples:
  gowoa check                      build, link and inspect the module in this directory
  gowoa check -C app ./cmd/...     the commands of another directory
  gowoa check --report-dir out     write a report of every kind that CI systems read
  gowoa screen                     which dependency breaks, why, and what to do
  gowoa screen --module github.com/go-ole/go-ole@v1.2.5
  gowoa inspect dist/              are the files of a release what their names say?
  gowoa report a.json b.json       saved reports again, in any format, and as one
  gowoa explain cross-compile      what a check does and what to do about its findings

Exit codes: 0 pass, 1 fail, 2 incomplete, usage or environment, 130 interrupted.")]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Build, link and inspect a Go project for windows/arm64: the main job
    Check(Box<check::CheckArgs>),
    /// Screen the dependencies of a project, or one module: which breaks on windows/arm64, why, and what to do
    Screen(Box<screen::ScreenArgs>),
    /// Inspect files before they are released: exes, DLLs, objects, archives, and directories of them
    Inspect(Box<inspect::InspectArgs>),
    /// Render saved JSON reports again, and merge several: shards of a matrix, several modules
    Report(report::ReportCommandArgs),
    /// Say what a check does, why it matters on Windows on Arm, and what to do; without a name, list them
    Explain(explain::ExplainArgs),
    /// The rules database: list the rules, or verify them by building what they are about
    Rules(rules::RulesArgs),
    /// Print shell completions
    Completions(completions::CompletionsArgs),
    /// What action.yml starts: its inputs are in the environment
    #[command(hide = true)]
    Action,
}

/// Parses the arguments, does what they say, and returns the exit code.
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    ExitCode::from(run(&args.into_iter().collect::<Vec<_>>()))
}

/// The same for arguments that are there, with the exit code as a number.
fn run(args: &[OsString]) -> u8 {
    match parse(args) {
        Ok(cli) => start(cli),
        Err(Unparsed::Wrong(text)) => {
            output::refuse(&text);
            exit::INCOMPLETE
        }
        Err(Unparsed::Asked(error)) => {
            // A closed pipe is not our failure.
            let _ = error.print();
            exit::PASS
        }
    }
}

/// Why arguments are no call.
enum Unparsed {
    /// They are wrong: what to print about it.
    Wrong(String),
    /// Help or the version was asked for.
    Asked(clap::Error),
}

fn parse(args: &[OsString]) -> Result<Cli, Unparsed> {
    let parsed = Cli::command()
        .try_get_matches_from(args)
        .and_then(|matches| Cli::from_arg_matches(&matches));
    parsed.map_err(|error| {
        if !error.use_stderr() {
            return Unparsed::Asked(error);
        }
        // Only these two take flags for Go; elsewhere such a word is a file name.
        let check = args.get(1).is_some_and(|name| name == "check" || name == "screen");
        let mut words = args.iter().skip(1).filter(|_| check);
        let hint = words.find_map(|arg| long_spelling(arg.to_str()?));
        let text = hint.unwrap_or_else(|| error.render().to_string());
        Unparsed::Wrong(secrets::safe_text(&text))
    })
}

fn start(cli: Cli) -> u8 {
    match cli.command {
        Command::Check(args) => check::run(&args),
        Command::Screen(args) => screen::run(&args),
        Command::Inspect(args) => inspect::run(&args),
        Command::Report(args) => report::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Rules(args) => rules::run(&args),
        Command::Completions(args) => completions::run(&args),
        Command::Action => action::run(),
    }
}

/// What to write for a flag in Go's own spelling, such as `-tags=x` or `-race`; clap would read it as a
/// bundle of short flags.
fn long_spelling(arg: &str) -> Option<String> {
    let flag = arg.strip_prefix('-')?;
    let name = flag.split('=').next().unwrap_or(flag);
    let word = name.len() > 1 && name.bytes().all(|byte| byte.is_ascii_lowercase());
    if !word || flag.starts_with('-') {
        return None;
    }
    let own = ["tags", "ldflags", "mod", "buildmode"].contains(&name);
    let long = if own { format!("--{flag}") } else { format!("--go-flag={arg}") };
    Some(format!("error: {arg} is go's spelling\nnext   write {long}; see gowoa check --help\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_in_gos_spelling_are_translated() {
        let hint = |arg| long_spelling(arg).unwrap_or_default();
        assert!(hint("-tags=a,b").contains("write --tags=a,b;"));
        assert!(hint("-race").contains("write --go-flag=-race;"));
        assert!(["-C", "--tags", "-h", "./x", "-"].iter().all(|arg| long_spelling(arg).is_none()));
    }

    #[test]
    fn the_definition_of_the_arguments_is_sound() {
        Cli::command().debug_assert();
    }

    /// A line that clap has to break stands in two ragged pieces.
    #[test]
    fn what_stands_below_the_help_fits() {
        const WIDTH: usize = 100;
        let mut commands = vec![Cli::command()];
        while let Some(command) = commands.pop() {
            let text = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            for line in text.lines() {
                assert!(line.chars().count() <= WIDTH, "{}: {line}", command.get_name());
            }
            commands.extend(command.get_subcommands().cloned());
        }
    }
}
