//! Constants between instructions: literal pools, jump tables, what an assembler left behind its code.
//!
//! The rule: words are a pool if control cannot run into them and code has a use for them, or they trail.
//! Control cannot run into them if the nearest instruction before them is an unconditional transfer and
//! no branch of the region goes between it and the last bad word. Code has a use for them if a load
//! (literal), an ADR, or an ADRP with an ADD leads there. They trail if the region ends with them
//! and they are few: Go before 1.24 leaves such words behind functions that no longer use them.

use std::ops::RangeInclusive;

use super::{Words, a64};
use crate::isa::a64::Flow;

/// Words behind the last transfer of a region that need no use. Go 1.21 leaves 16 at most.
const MAX_TRAILING: usize = 24;
/// Words before the first bad one among which the transfer is looked for.
const MAX_BEFORE: usize = 4096;
/// Words on both sides of one that are looked at to tell a branch from a word of a table.
const NEAR: usize = 8;
/// Instructions after an ADRP among which its ADD is looked for.
const ADRP_TO_ADD: usize = 8;

/// What explains words that are no instructions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pool {
    /// Code leads there.
    Used,
    /// They trail the region.
    Trailing,
}

/// Where the words of a region lead, in order of the target, so that each cluster is answered quickly.
pub(super) struct Leads {
    /// Target and source of the relative branches.
    branches: Vec<(usize, usize)>,
    /// Target and source of what takes an address or loads from it.
    data: Vec<(usize, usize)>,
}

impl Leads {
    /// Looks at all words of a region.
    pub(super) fn new(words: &Words<'_>) -> Self {
        let sorted = |target: fn(&Words<'_>, usize) -> Option<usize>| {
            let leads = (0..words.len()).filter_map(|at| Some((target(words, at)?, at)));
            let mut leads: Vec<_> = leads.collect();
            leads.sort_unstable();
            leads
        };
        Self { branches: sorted(branch_target), data: sorted(data_target) }
    }

    /// The words that a load (literal) reads, ascending.
    pub(super) fn literals(&self, words: &Words<'_>) -> Vec<usize> {
        let mut literals = Vec::new();
        for &(target, source) in &self.data {
            let literal = a64::literal_target(words.at(source), words.address(source));
            let size = literal.map_or(0, |(_, size)| size as usize / 4);
            literals.extend((target..words.len()).take(size));
        }
        literals.sort_unstable();
        literals.dedup();
        literals
    }
}

/// What explains the words from the first to the last bad one; `uses` are addresses that code elsewhere
/// leads to, ascending.
pub(super) fn explained(
    words: &Words<'_>,
    leads: &Leads,
    first: usize,
    last: usize,
    uses: &[u64],
) -> Option<Pool> {
    let end =
        (first.saturating_sub(MAX_BEFORE)..first).rev().find(|&at| ends_flow(words.at(at)))?;
    let island = end + 1..=last;
    // Words of another table look like branches now and then.
    let mut branches = into(&leads.branches, &island);
    if branches.any(|source| !among_bad(words, source)) {
        return None;
    }
    if used(words, &island, uses) || into(&leads.data, &island).next().is_some() {
        return Some(Pool::Used);
    }
    (words.len() - end <= MAX_TRAILING).then_some(Pool::Trailing)
}

/// The sources outside some words that lead into them.
fn into<'a>(
    leads: &'a [(usize, usize)],
    island: &'a RangeInclusive<usize>,
) -> impl Iterator<Item = usize> + 'a {
    let first = leads.partition_point(|(target, _)| target < island.start());
    let rest = leads.get(first..).unwrap_or_default().iter();
    let inside = rest.take_while(|(target, _)| target <= island.end());
    inside.map(|&(_, source)| source).filter(|source| !island.contains(source))
}

/// Whether one of the addresses lies in the words.
fn used(words: &Words<'_>, island: &RangeInclusive<usize>, uses: &[u64]) -> bool {
    let first = uses.partition_point(|&address| address < words.address(*island.start()));
    uses.get(first).is_some_and(|&address| address <= words.address(*island.end()))
}

/// The addresses within some code that it takes or loads from, ascending.
pub(super) fn uses(words: &Words<'_>) -> Vec<u64> {
    let targets = (0..words.len()).filter_map(|at| data_target(words, at));
    let mut uses: Vec<u64> = targets.map(|target| words.address(target)).collect();
    uses.sort_unstable();
    uses.dedup();
    uses
}

/// Whether a bad word is near.
fn among_bad(words: &Words<'_>, at: usize) -> bool {
    let mut near = at.saturating_sub(NEAR)..=at + NEAR;
    near.any(|at| super::is_bad(words.at(at)))
}

/// Whether control never goes on behind an instruction. A word that is none stops it as well, but is the end
/// of no code: it may be of another table.
fn ends_flow(word: u32) -> bool {
    // This is asked of thousands of words for one cluster: only what may be a transfer is decoded.
    matches!(word >> 24, 0x14..=0x17 | 0x54 | 0xd4 | 0xd6 | 0xd7)
        && a64::is_valid(word)
        && matches!(a64::flow(word, 0), Flow::Stop | Flow::Branch(_))
}

/// The word that a relative branch goes to, calls left out.
fn branch_target(words: &Words<'_>, at: usize) -> Option<usize> {
    match a64::flow(words.at(at), words.address(at)) {
        Flow::Branch(target) | Flow::Conditional(target) => words.index(target),
        _ => None,
    }
}

/// The word that an instruction takes the address of, or loads.
fn data_target(words: &Words<'_>, at: usize) -> Option<usize> {
    let (word, address) = (words.at(at), words.address(at));
    if let Some((target, _)) = a64::literal_target(word, address) {
        return words.index(target);
    }
    if let Some(target) = a64::adr(word, address) {
        return words.index(target);
    }
    let page = a64::adrp(word, address)?;
    let mut next = (at + 1..=at + ADRP_TO_ADD).filter_map(|at| a64::add_immediate(words.at(at)));
    // The low half of an address: less than a page.
    let low = next.find(|add| add.from == page.register && add.value < 0x1000)?;
    words.index(page.page.wrapping_add(u64::from(low.value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_ends_at_transfers_and_not_at_bad_words() {
        for (word, ends) in [
            (0x1400_0002, true),
            (0x5400_004e, true),
            (0xd65f_03c0, true),
            (0xd61f_0100, true),
            (0xd69f_03e0, true),
            (0xd420_0000, true),
            (0xd440_0000, true),
            (0x5400_0040, false),
            (0x9400_0001, false),
            (0xd63f_0000, false),
            (0xd400_0001, false),
            (0xd503_201f, false),
            (0xd7ff_ffff, false),
            (0x0000_0006, false),
            (0, false),
        ] {
            assert_eq!(ends_flow(word), ends, "{word:#010x}");
        }
    }
}
