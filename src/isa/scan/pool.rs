//! Constants between instructions: literal pools, jump tables, what an assembler left behind its code.
//!
//! The rule: words are a pool if control cannot run into them and the code of the same region has a use
//! for them. Control cannot run into them if the nearest instruction before them is an unconditional
//! transfer and no branch of the region goes between it and the last bad word. The code has a use
//! for them if a load (literal), an ADR, or an ADRP with an ADD leads there; or if
//! they are few and nothing but padding follows them in the region: Go before 1.24 leaves
//! such words behind functions that no longer use them.

use super::{Words, a64};

/// Words that may trail a function without a use. Go 1.21 left 12 at most.
const MAX_TRAILING: usize = 16;

/// The words that a load (literal) of the region reads, ascending.
pub(super) fn literals(words: &Words<'_>) -> Vec<usize> {
    let mut targets = Vec::new();
    for at in 0..words.len() {
        let Some((address, size)) = a64::literal_target(words.at(at), words.address(at)) else {
            continue;
        };
        if let Some(index) = words.index(address) {
            targets.extend((index..words.len()).take(size as usize / 4));
        }
    }
    targets.sort_unstable();
    targets.dedup();
    targets
}

/// Whether the region's own code explains the words from the first to the last bad one.
pub(super) fn explained(words: &Words<'_>, first: usize, last: usize) -> bool {
    let Some(end) = (0..first).rev().find(|&at| ends_flow(words.at(at))) else { return false };
    let island = end + 1..=last;
    let outside = (0..words.len()).filter(|at| !island.contains(at));
    let entered = outside
        .clone()
        .filter_map(|at| branch_target(words, at))
        .any(|target| island.contains(&target));
    if entered {
        return false;
    }
    let used = outside.filter_map(|at| data_target(words, at)).any(|at| island.contains(&at));
    let trailing = last - first < MAX_TRAILING
        && (last + 1..words.len()).all(|at| a64::is_padding(words.at(at)));
    used || trailing
}

/// Whether control never goes on behind an instruction: B, BR, RET and their authenticating forms, BRK
/// (Arm Architecture Reference Manual, C4.1, Branches).
fn ends_flow(word: u32) -> bool {
    word & 0xfc00_0000 == 0x1400_0000
        || word & 0xfebf_f000 == 0xd61f_0000
        || word & 0xffe0_001f == 0xd420_0000
}

/// The word that a relative branch goes to, calls left out.
fn branch_target(words: &Words<'_>, at: usize) -> Option<usize> {
    let word = words.at(at);
    let (shift, bits) = match word {
        _ if word & 0xfc00_0000 == 0x1400_0000 => (0, 26),
        _ if word & 0xff00_0000 == 0x5400_0000 || word & 0x7e00_0000 == 0x3400_0000 => (5, 19),
        _ if word & 0x7e00_0000 == 0x3600_0000 => (5, 14),
        _ => return None,
    };
    words.index(words.address(at).wrapping_add_signed(signed(word >> shift, bits) * 4))
}

/// The word that an instruction takes the address of, or loads.
fn data_target(words: &Words<'_>, at: usize) -> Option<usize> {
    let word = words.at(at);
    let address = words.address(at);
    if let Some((target, _)) = a64::literal_target(word, address) {
        return words.index(target);
    }
    if word & 0x1f00_0000 != 0x1000_0000 {
        return None;
    }
    let offset = signed(word >> 5 << 2 | word >> 29 & 3, 21);
    if word >> 31 == 0 {
        return words.index(address.wrapping_add_signed(offset)); // ADR
    }
    let page = (address & !0xfff).wrapping_add_signed(offset << 12);
    let register = word & 0x1f;
    let low = (at + 1..at + 9).map(|next| words.at(next)).find(|next| {
        // ADD (immediate), 64 bits, from the same register.
        next & 0xffc0_0000 == 0x9100_0000 && next >> 5 & 0x1f == register
    })?;
    words.index(page.wrapping_add(u64::from(low >> 10 & 0xfff)))
}

/// The low bits of a number as a signed number.
fn signed(number: u32, bits: u32) -> i64 {
    i64::from((number << (32 - bits)).cast_signed() >> (32 - bits))
}
