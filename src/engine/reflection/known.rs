//! What earlier runs learned: of an exe with the same bytes the linker says the same.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::engine::cache::{Entries, Key, stamp};
use crate::engine::unit::Unit;
use crate::facts::{ImageFile, Toolchain};
use crate::plan::{Plan, Scope};

use super::{About, Functions};

/// Answers of one project that are kept: a few branches of eight exes each.
const KEPT: usize = 64;

/// What reflection alone keeps in one exe.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Answer {
    /// Whether the exe was linked once more for it.
    pub(super) linked: bool,
    /// By import path, of the packages that were asked about.
    pub(super) packages: BTreeMap<String, Kept>,
}

/// What it keeps of one package.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Kept {
    /// The functions, by their names without the package.
    pub(super) functions: BTreeSet<String>,
    /// The linker's way to each function that was asked about, symbol by symbol; empty where it has none.
    pub(super) ways: BTreeMap<String, Vec<String>>,
}

/// The answers of earlier runs.
#[derive(Debug)]
pub(super) struct Known {
    entries: Entries,
    /// This program, and Go: another one may say something else of the same bytes.
    who: [String; 3],
}

impl Known {
    /// Those of a unit; `None` where they are not to be used, or it cannot be told who asks.
    pub(super) fn of(plan: &Plan, toolchain: &Toolchain, unit: &Unit) -> Option<Self> {
        // `gowoa screen --no-cache` does everything again.
        if plan.scope == Scope::Screen && !plan.cached {
            return None;
        }
        let own = stamp(&std::env::current_exe().ok()?)?;
        let who = [own, stamp(&unit.go.program)?, toolchain.version.clone()];
        let dir = unit.scratch.parent()?.join("reflection");
        Some(Self { entries: Entries::new(dir, KEPT), who })
    }

    /// The key of what an exe is asked; `None` where its bytes are not known.
    pub(super) fn key(&self, image: &ImageFile, about: &About) -> Option<String> {
        let mut key = Key::default();
        key.add(image.sha256.as_deref()?);
        key.add(image.package.as_deref()?);
        self.who.iter().for_each(|part| key.add(part));
        add(&mut key, &about.asked);
        add(&mut key, &about.notes);
        Some(key.finish())
    }

    /// The answer of an earlier run.
    pub(super) fn get(&self, key: &str) -> Option<Answer> {
        self.entries.get(key)
    }

    /// Keeps an answer for later runs.
    pub(super) fn keep(&self, key: &str, answer: &Answer) {
        self.entries.put(key, answer);
    }
}

/// Adds functions, each list with its length, so that none runs into the next.
fn add(key: &mut Key, functions: &Functions) {
    key.add(&functions.len().to_string());
    for (package, names) in functions {
        key.add(package);
        key.add(&names.len().to_string());
        names.iter().for_each(|name| key.add(name));
    }
}
