//! The hot loop over all words of a `.text`, through a table.
//!
//! Nearly every word of real code has no mark. The table says so from three small
//! look-ups without a branch: bits 16 to 31 choose a row, bits 10 to 15 in it a
//! mask, and the mask has a bit for each value of the fields Rd and Rn (bits 0 to
//! 4 and 5 to 9). Only where one of the two bits is set is the word decoded. So
//! the table decides what is decoded, and decoding what the marks are.
//!
//! `table.bin` is made, and its format described, by `a64_table` in `tools/`.

use super::{Marks, marks};

const TABLE: &[u8] = include_bytes!("table.bin");

/// Masks, and rows, that one byte can number.
const NUMBERS: usize = 256;
/// Entries of one row.
const ROW: usize = 64;
/// Values of the upper half of a word.
const UPPER: usize = 1 << 16;

/// For the values of Rd (lower half) and of Rn: may such a word have marks?
static MASKS: [u64; NUMBERS] = masks();
/// For each upper half of a word, the number of its row.
static INDEX: [u8; UPPER] = part(8 * NUMBERS);
/// The rows: numbers of masks. As long as any index reaches.
static ROWS: [u8; NUMBERS * ROW] = part(8 * NUMBERS + UPPER);

/// Reads the masks. Runs in the compiler.
const fn masks() -> [u64; NUMBERS] {
    let bytes: [u8; 8 * NUMBERS] = part(0);
    let mut masks = [0; NUMBERS];
    let mut at = 0;
    while at < 8 * NUMBERS {
        masks[at / 8] |= (bytes[at] as u64) << (at % 8 * 8);
        at += 1;
    }
    masks
}

/// A part of the table, filled up with zeros. Runs in the compiler.
const fn part<const LEN: usize>(start: usize) -> [u8; LEN] {
    let mut part = [0; LEN];
    let mut at = 0;
    while at < LEN && start + at < TABLE.len() {
        part[at] = TABLE[start + at];
        at += 1;
    }
    part
}

/// May the word have marks? Odd for yes.
fn may(word: u32) -> u32 {
    let row = INDEX[(word >> 16) as usize] as usize;
    let mask = MASKS[ROWS[row * ROW + (word >> 10) as usize % ROW] as usize];
    let (of_rd, of_rn) = (mask as u32, (mask >> 32) as u32);
    of_rd >> (word & 31) | of_rn >> ((word >> 5) & 31)
}

/// Calls `visit` with the byte offset, the word and its marks for each word of
/// `code` that has any. The words are little-endian; one to three bytes at the
/// end are no word.
pub fn marked(code: &[u8], mut visit: impl FnMut(usize, u32, Marks)) {
    /// Words that share one branch.
    const BLOCK: usize = 8;
    let words = code.as_chunks::<4>().0;
    let (blocks, rest) = words.as_chunks::<BLOCK>();
    for (number, block) in blocks.iter().enumerate() {
        let any = block.iter().fold(0, |any, &bytes| any | may(u32::from_le_bytes(bytes)));
        if any & 1 != 0 {
            look(block, number * BLOCK, &mut visit);
        }
    }
    look(rest, blocks.len() * BLOCK, &mut visit);
}

/// Visits those of a few words that have marks. `first` is the number of the first.
#[cold]
fn look(words: &[[u8; 4]], first: usize, visit: &mut impl FnMut(usize, u32, Marks)) {
    for (number, &bytes) in words.iter().enumerate() {
        let word = u32::from_le_bytes(bytes);
        if may(word) & 1 == 0 {
            continue;
        }
        let marks = marks(word);
        if !marks.is_empty() {
            visit((first + number) * 4, word, marks);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sequence of numbers that looks random (Marsaglia, "Xorshift RNGs").
    fn random(seed: u32) -> impl Iterator<Item = u32> {
        std::iter::successors(Some(seed), |&last| {
            let next = last ^ (last << 13);
            let next = next ^ (next >> 17);
            Some(next ^ (next << 5))
        })
    }

    fn expect_exact(words: &[u32]) {
        let code: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        let mut found = Vec::new();
        marked(&code, |offset, word, marks| found.push((offset, word, marks)));
        let exact: Vec<_> = (words.iter().enumerate())
            .map(|(number, &word)| (number * 4, word, marks(word)))
            .filter(|(_, _, marks)| !marks.is_empty())
            .collect();
        let differs = found.iter().zip(&exact).find(|(found, exact)| found != exact);
        assert_eq!(differs, None);
        assert_eq!(found.len(), exact.len());
    }

    #[test]
    fn the_table_agrees_with_decoding() {
        let words: Vec<u32> = random(1).take(200_001).collect();
        expect_exact(&words);
        // And where the table has most to get right: x18 in the fields.
        let fields: Vec<u32> = (words.iter())
            .flat_map(|word| {
                let (rd, rn) = ((word & !0x1f) | 18, (word & !0x3e0) | (18 << 5));
                [rd, rn, (rd & !0x3e0) | (18 << 5), (word & !0x1f_0000) | (18 << 16)]
            })
            .collect();
        expect_exact(&fields);
    }

    #[test]
    fn every_upper_half_is_looked_up_right() {
        let words: Vec<u32> = (0..=0xffff_u32)
            .zip(random(7))
            .flat_map(|(upper, lower)| [upper << 16, (upper << 16) | (lower & 0xffff)])
            .collect();
        expect_exact(&words);
    }

    #[test]
    fn what_follows_the_last_word_is_ignored() {
        let mut code = vec![0; 4 * 9];
        code.extend([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
        let mut found = Vec::new();
        marked(&code, |offset, word, marks| found.push((offset, word, marks)));
        assert_eq!(found, [(36, 0xffff_ffff, Marks::INVALID)]);
        marked(&[], |_, _, _| panic!("there is no word"));
        marked(&[1, 0, 0], |_, _, _| panic!("there is no word"));
    }
}
