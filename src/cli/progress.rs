//! What is shown while the work goes on: a spinner on a terminal, plain lines elsewhere.

use std::sync::Mutex;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::engine::Progress;

use super::output;

/// How often the spinner turns.
const TICK: Duration = Duration::from_millis(120);

/// Shows the phase that runs.
pub(super) struct Shown {
    spinner: Option<ProgressBar>,
    /// Plain lines are written once per phase.
    plain: Mutex<()>,
}

impl Shown {
    pub(super) fn new() -> Self {
        let spinner = output::stderr_is_terminal().then(|| {
            let spinner = ProgressBar::new_spinner();
            if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
                spinner.set_style(style);
            }
            spinner.enable_steady_tick(TICK);
            spinner
        });
        Self { spinner, plain: Mutex::new(()) }
    }

    /// Takes the spinner away, so that the report starts on a clean line.
    pub(super) fn clear(&self) {
        if let Some(spinner) = &self.spinner {
            spinner.finish_and_clear();
        }
    }
}

impl Progress for Shown {
    fn begin(&self, phase: &str) {
        match &self.spinner {
            Some(spinner) => spinner.set_message(phase.to_owned()),
            None => {
                let _one_at_a_time = self.plain.lock();
                output::tell(&format!("gowoa: {phase}\n"));
            }
        }
    }

    fn end(&self, _phase: &str, _took: Duration) {}

    fn count(&self, done: u64, total: u64) {
        // A line for each file would fill the log; the spinner has room for a number.
        if let Some(spinner) = &self.spinner
            && total > 1
        {
            spinner.set_message(format!("inspect {done} of {total} files"));
        }
    }
}
