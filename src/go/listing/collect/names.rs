//! Names of functions and files, each kept once.

use std::collections::HashMap;

use super::MAX_PAIRS;

/// Gives each name a number. Bounded.
#[derive(Debug, Default)]
pub(super) struct Interner {
    ids: HashMap<Box<[u8]>, u32>,
    names: Vec<Box<[u8]>>,
}

impl Interner {
    /// The number of a name; none where there is no room for a new one.
    pub(super) fn id(&mut self, name: &[u8]) -> Option<u32> {
        if let Some(id) = self.ids.get(name) {
            return Some(*id);
        }
        if self.names.len() >= MAX_PAIRS {
            return None;
        }
        let id = u32::try_from(self.names.len()).ok()?;
        self.ids.insert(name.into(), id);
        self.names.push(name.into());
        Some(id)
    }

    /// The name of a number.
    pub(super) fn get(&self, id: u32) -> &[u8] {
        usize::try_from(id).ok().and_then(|id| self.names.get(id)).map_or(&[], |name| name)
    }
}
