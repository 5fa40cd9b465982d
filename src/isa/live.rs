//! Which words of a function control can come to.
//!
//! C and Rust compilers put constants and jump tables among the code: behind a `ret`, a `b` or a `brk`. Such
//! words read as instructions by chance, so that they seem to write x18 or to need an extension. What is
//! reached by falling through or by a direct branch from the same function is code; what is not may be
//! data. (The cases of a `switch` are reached through a table as well, and count as data here.)

use std::ops::Range;

use super::a64::{Flow, flow, is_padding, is_valid};

/// Words of a function that are looked at; the rest counts as code.
const MAX_WORDS: usize = 1 << 20;

/// The byte ranges of a function that begins at `address` which control does not come to by itself: ascending,
/// in bytes from its start.
#[must_use]
pub fn data(code: &[u8], address: u64) -> Vec<Range<usize>> {
    let words: Vec<u32> = code
        .as_chunks::<4>()
        .0
        .iter()
        .take(MAX_WORDS)
        .map(|word| u32::from_le_bytes(*word))
        .collect();
    let mut reached = vec![false; words.len()];
    let mut open = vec![0];
    while let Some(mut at) = open.pop() {
        while let Some(&word) = words.get(at) {
            if std::mem::replace(&mut reached[at], true) {
                break;
            }
            let here = address.wrapping_add(at as u64 * 4);
            let to = |target: u64| usize::try_from(target.wrapping_sub(address) / 4).ok();
            match flow(word, here) {
                // Control runs into words that are no instructions: they are no data, whatever they are.
                Flow::Stop if !is_valid(word) && !is_padding(word) => {}
                Flow::Stop => break,
                Flow::Branch(target) => {
                    open.extend(to(target));
                    break;
                }
                Flow::Conditional(target) => open.extend(to(target)),
                // What calls `abort` and the like does not come back, and a table may follow at once.
                Flow::Call(_) if words.get(at + 1).is_some_and(|next| !is_valid(*next)) => break,
                Flow::Call(_) | Flow::Next => {}
            }
            at += 1;
        }
    }
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for (at, _) in reached.iter().enumerate().filter(|(_, reached)| !**reached) {
        match ranges.last_mut() {
            Some(last) if last.end == at * 4 => last.end += 4,
            _ => ranges.push(at * 4..at * 4 + 4),
        }
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    const RET: u32 = 0xd65f_03c0;
    const NOP: u32 = 0xd503_201f;
    /// `b .+8`
    const SKIP: u32 = 0x1400_0002;
    /// `cbz x0, .+12`
    const MAYBE: u32 = 0xb400_0060;
    /// `mov x18, x0`, which is data where nothing leads to it.
    const SCRATCH: u32 = 0xaa00_03f2;

    fn code(words: &[u32]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    fn bounds(code: &[u8], address: u64) -> Vec<(usize, usize)> {
        data(code, address).iter().map(|range| (range.start, range.end)).collect()
    }

    #[test]
    fn what_nothing_leads_to_is_data() {
        assert_eq!(bounds(&code(&[NOP, RET, SCRATCH, SCRATCH]), 0x1000), [(8, 16)]);
        assert_eq!(bounds(&code(&[SKIP, SCRATCH, NOP, RET]), 0x1000), [(4, 8)]);
        assert_eq!(bounds(&code(&[MAYBE, RET, SCRATCH, NOP, RET]), 0x1000), [(8, 12)]);
        assert!(data(&code(&[NOP, SCRATCH, RET]), 0x1000).is_empty());
        assert!(data(&[], 0).is_empty());
    }

    #[test]
    fn words_that_control_runs_into_are_not_data() {
        assert!(data(&code(&[NOP, 0x0000_dead, 0x0000_beef, NOP, RET]), 0).is_empty());
    }

    #[test]
    fn a_call_before_words_that_are_no_instructions_does_not_come_back() {
        // bl .+0x100
        assert_eq!(bounds(&code(&[0x9400_0040, 0x0000_dead, NOP, RET]), 0x1000), [(4, 16)]);
        assert!(data(&code(&[0x9400_0040, NOP, RET]), 0x1000).is_empty());
    }

    #[test]
    fn branches_out_of_the_function_lead_nowhere() {
        // b .-8 and b .+0x100 of a function of three words
        assert_eq!(bounds(&code(&[0x17ff_fffe, RET, RET]), 0x1000), [(4, 12)]);
        assert_eq!(bounds(&code(&[0x1400_0040, RET]), u64::MAX - 3), [(4, 8)]);
    }
}
