//! The configuration file, and what became of its waivers.

/// A configuration file that a run used.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConfigFacts {
    /// Its path, `/`-separated, relative wherever it can be.
    pub name: String,
    /// Its waivers, in order.
    pub waivers: Vec<WaiverFacts>,
}

/// One waiver after all findings are known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WaiverFacts {
    /// What it waives, in words: `cross-compile of example.com/app/...`.
    pub words: String,
    /// Its reason.
    pub reason: String,
    /// Line of its `[[waiver]]`, from 1.
    pub line: u32,
    /// Its last day, `YYYY-MM-DD`.
    pub expires: Option<String>,
    /// The line with `expires`, where there is one: its number, from 1, and its text.
    pub expires_line: Option<(u32, String)>,
    /// Whether the last day is over: it waives nothing any more.
    pub expired: bool,
    /// Findings that it speaks of.
    pub matched: u64,
    /// Those that no waiver waives: they count.
    pub open: u64,
    /// Whether this run judged everything that it speaks of, so that it would have found something.
    pub judged: bool,
}
