//! Makes `src/isa/a64/table.bin`, the table behind `isa::a64::marked`, from the
//! exact function `isa::a64::marks`; and proves that the two agree.
//!
//!     a64_table PATH            writes the table (a minute on two cores)
//!     a64_table --verify        compares all 2^32 words with the table built in
//!
//! The 1,024 words that differ in bits 0 to 9 only are 32 values of Rd times 32
//! of Rn. A *mask* says which of them may have marks: 32 bits for the values of
//! Rd, then 32 for the values of Rn; a word may have marks if either bit is set.
//! 64 masks, for the values of bits 10 to 15, make a *row*.
//!
//! Format, numbers little-endian: 256 masks of eight bytes; for each of the 65,536
//! values of the upper half of a word the number of its row, one byte; the rows,
//! 64 bytes each, numbers of masks.

use std::collections::HashMap;
use std::hash::Hash;
use std::process::ExitCode;

use gowoa::isa::a64::{Marks, marked, marks};
use rayon::prelude::*;

/// Masks and rows that one byte can number.
const NUMBERS: usize = 256;

/// The masks of one upper half.
type Row = [u64; 64];

fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        Some("--verify") => verify(),
        Some(path) => write(path),
        None => {
            eprintln!("usage: a64_table PATH | --verify");
            ExitCode::from(2)
        }
    }
}

/// Makes the table and writes it.
fn write(path: &str) -> ExitCode {
    let rows: Vec<Row> = (0..=0xffff).into_par_iter().map(row).collect();
    let (rows, index) = numbered(rows);
    let (mut masks, entries) = numbered(rows.as_flattened().iter().copied());
    println!("{} rows, {} masks", rows.len(), masks.len());
    if rows.len() > NUMBERS || masks.len() > NUMBERS {
        eprintln!("one byte cannot number them");
        return ExitCode::FAILURE;
    }
    masks.resize(NUMBERS, u64::MAX);
    let mut table: Vec<u8> = masks.iter().flat_map(|mask| mask.to_le_bytes()).collect();
    table.extend(index.iter().chain(&entries).map(|&number| number as u8));
    match fs_err::write(path, table) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// The distinct items in the order of their first use, and for each item its
/// number among them.
fn numbered<T: Copy + Eq + Hash>(items: impl IntoIterator<Item = T>) -> (Vec<T>, Vec<usize>) {
    let mut known = HashMap::new();
    let mut distinct = Vec::new();
    let numbers = (items.into_iter())
        .map(|item| {
            *known.entry(item).or_insert_with(|| {
                distinct.push(item);
                distinct.len() - 1
            })
        })
        .collect();
    (distinct, numbers)
}

/// The row of one upper half.
fn row(upper: u32) -> Row {
    std::array::from_fn(|middle| mask((upper << 16) | ((middle as u32) << 10)))
}

/// The mask of the 1,024 words from `first` on. All that have marks are in it, and
/// as few others as two times 32 bits allow.
fn mask(first: u32) -> u64 {
    let has_marks: Vec<bool> = (0..1024).map(|low| !marks(first | low).is_empty()).collect();
    let at = |rd: usize, rn: usize| has_marks[rd | (rn << 5)];
    let mut of_rd = bits(|rd| (0..32).all(|rn| at(rd, rn)));
    let of_rn = bits(|rn| (0..32).all(|rd| at(rd, rn)));
    // What is neither a whole line nor a whole column.
    of_rd |= bits(|rd| (0..32).any(|rn| at(rd, rn) && of_rn >> rn & 1 == 0));
    u64::from(of_rd) | (u64::from(of_rn) << 32)
}

/// 32 bits, each as the function says for its number.
fn bits(is_set: impl Fn(usize) -> bool) -> u32 {
    (0..32).fold(0, |bits, number| bits | (u32::from(is_set(number)) << number))
}

/// Compares the built-in table with decoding, for every word there is.
fn verify() -> ExitCode {
    let wrong: u64 = (0..=0xffff_u32).into_par_iter().map(mistakes).sum();
    println!("{wrong} of {} words differ", 1_u64 << 32);
    if wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// How many of the 65,536 words of one upper half the table gets wrong.
fn mistakes(upper: u32) -> u64 {
    let words: Vec<u32> = (0..=0xffff).map(|lower| (upper << 16) | lower).collect();
    let code: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    let mut found = vec![Marks::default(); words.len()];
    let mut wrong = 0;
    marked(&code, |offset, word, marks| {
        wrong += u64::from(words[offset / 4] != word || marks.is_empty());
        found[offset / 4] = marks;
    });
    wrong + words.iter().zip(found).filter(|&(&word, found)| marks(word) != found).count() as u64
}
