//! Which function refers to which: by a call, a jump, an address that it takes, or the code of the other in its
//! own.
//!
//! An address is an `adrp` with the `add` behind it, the one way in which Go's linker writes it (cmd/link,
//! `R_ADDRARM64`): of a function itself, or of a word with its address, as a function value without captured
//! variables is one. Calls through registers lead nowhere here: which methods are called through interfaces is in
//! no exe.

use std::ops::Range;

use rayon::prelude::*;

use super::{FunctionTable, Stretch, blocks, stretches};
use crate::facts::CodeCalls;
use crate::facts::image::{ImageFacts, Part};
use crate::image::bytes::u64_at;
use crate::isa::a64::{Flow, add_immediate, adrp, flow};

/// Pairs of functions; the largest Go programs have some two million.
const MAX_EDGES: usize = 32_000_000;

/// The functions of an image, and which refers to which.
///
/// # Errors
/// It has no ARM64 code or no Go function table, or part of it cannot be read; then nothing is known.
pub fn calls(bytes: &[u8], facts: &ImageFacts) -> Part<CodeCalls> {
    let functions = FunctionTable::read(bytes, facts).map_err(|error| error.to_string())?;
    let (stretches, _) = stretches(functions.image(), facts)?;
    let blocks: Vec<(&Stretch<'_>, Range<u32>)> = stretches
        .iter()
        .flat_map(|stretch| blocks(stretch, &functions).map(move |block| (stretch, block)))
        .collect();
    let of_blocks: Vec<Vec<(u32, u32)>> = blocks
        .par_iter()
        .map(|(stretch, range)| in_block(&functions, stretch, range.clone()))
        .collect();
    let names: Vec<String> = (0..functions.len())
        .map(|index| functions.name(index).unwrap_or_default().into_owned())
        .collect();
    let mut inlined = Vec::new();
    let mut by_name: Vec<(&str, u32)> = names.iter().map(String::as_str).zip(0_u32..).collect();
    by_name.sort_unstable();
    functions.inlined(&mut |into, name| {
        // Of what exists only inside of others nobody asks who calls it.
        let name = std::str::from_utf8(name).ok();
        let of = name.and_then(|name| {
            let at = by_name.binary_search_by_key(&name, |(known, _)| *known).ok()?;
            by_name.get(at).map(|(_, of)| *of)
        });
        inlined.extend(u32::try_from(into).ok().zip(of));
    })?;
    if of_blocks.iter().map(Vec::len).sum::<usize>() > MAX_EDGES {
        return Err(format!("more than {MAX_EDGES} references between functions"));
    }
    Ok(CodeCalls::new(names.clone(), of_blocks.into_iter().flatten().chain(inlined)))
}

/// The references in one block, each once.
fn in_block(
    functions: &FunctionTable<'_>,
    stretch: &Stretch<'_>,
    range: Range<u32>,
) -> Vec<(u32, u32)> {
    let mut found = Vec::new();
    let (mut around, mut end) = (None, range.start);
    let words = stretch.slice(range.clone()).as_chunks::<4>().0;
    let mut words = words.iter().map(|word| u32::from_le_bytes(*word)).peekable();
    for rva in range.step_by(4) {
        let Some(word) = words.next() else { break };
        // b and bl, or adrp, before anything is decoded: this runs over all code.
        let target = if word & 0x7c00_0000 == 0x1400_0000 {
            match flow(word, u64::from(rva)) {
                Flow::Branch(target) | Flow::Call(target) => target_of(functions, target),
                _ => None,
            }
        } else if word & 0x9f00_0000 == 0x9000_0000 {
            words.peek().and_then(|&next| address(functions, word, next, rva))
        } else {
            None
        };
        let Some(target) = target else { continue };
        if rva >= end {
            around = functions.find(rva);
            end = around
                .and_then(|at| functions.bounds(at))
                .map_or(rva.saturating_add(4), |(_, end)| end);
        }
        if let Some(around) = around.filter(|around| *around != target) {
            found.extend(u32::try_from(around).ok().zip(u32::try_from(target).ok()));
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

fn target_of(functions: &FunctionTable<'_>, rva: u64) -> Option<usize> {
    functions.find(u32::try_from(rva).ok()?)
}

/// The function whose address two words make, or whose address is in the word at the address.
fn address(functions: &FunctionTable<'_>, word: u32, next: u32, rva: u32) -> Option<usize> {
    let page = adrp(word, u64::from(rva))?;
    let add = add_immediate(next).filter(|add| add.from == page.register)?;
    let at = u32::try_from(page.page.wrapping_add(u64::from(add.value))).ok()?;
    let begins = |rva: u32| {
        let index = functions.find(rva)?;
        functions.bounds(index).filter(|(start, _)| *start == rva).map(|_| index)
    };
    begins(at).or_else(|| {
        let image = functions.image();
        let value = u64_at(image.at_rva(at)?.bytes, 0)?;
        begins(u32::try_from(value.checked_sub(image.image_base)?).ok()?)
    })
}
