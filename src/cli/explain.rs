//! `gowoa explain [CHECK]`.

use crate::checks::{self, CHECKS};

use super::{exit, output};

/// Arguments of `gowoa explain`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  gowoa explain\n  gowoa explain cross-compile")]
pub struct ExplainArgs {
    /// Id of a check, such as cross-compile
    pub check: Option<String>,
}

/// Prints the list of checks, or the page of one.
pub(super) fn run(args: &ExplainArgs) -> u8 {
    let text = match &args.check {
        None => list(),
        Some(id) => match checks::by_id(id) {
            Some(check) => check.meta().page.to_owned(),
            None => {
                output::tell(&format!(
                    "error: there is no check called {}\nnext   {}\n",
                    crate::render::text::escape(id),
                    suggestion(id)
                ));
                return exit::INCOMPLETE;
            }
        },
    };
    match output::give(text.as_bytes()) {
        Ok(()) => exit::PASS,
        Err(error) => {
            output::tell(&format!("error: cannot write to standard output: {error}\n"));
            exit::INCOMPLETE
        }
    }
}

fn list() -> String {
    let mut text = String::new();
    for check in CHECKS {
        let meta = check.meta();
        text.push_str(&format!(
            "{:<18} {:<8} {}\n",
            meta.id.as_str(),
            meta.severity.as_str(),
            meta.title
        ));
    }
    text.push_str("\nMore about one: gowoa explain CHECK\n");
    text
}

/// The check whose name begins alike, else the list.
fn suggestion(id: &str) -> String {
    let head: String = id.chars().take(4).collect();
    let near =
        CHECKS.iter().map(|check| check.meta().id.as_str()).find(|known| known.starts_with(&head));
    match near {
        Some(known) if !head.is_empty() => {
            format!("did you mean {known}? `gowoa explain` lists all")
        }
        _ => "`gowoa explain` lists all".into(),
    }
}
