//! Which functions were inlined into which, by the trees that Go's function table has for tracebacks (runtime,
//! `inlinedCall`, since Go 1.20): 16 bytes a call, of which the second four are the offset of the name.
//!
//! The trees lie in the data of functions, whose start only the module data tells, at a place that Go may move.
//! So every tree is tried with each start that could be meant, and the one counts with which all of them are trees.

use super::FunctionTable;
use super::pclntab::Names;
use crate::facts::code::NamedBy;
use crate::facts::image::Part;
use crate::image::bytes::{slice, u32_at};

/// Bytes of one call in a tree.
const CALL: u64 = 16;
/// Calls that were inlined into all functions together; the largest Go programs have some three million.
const MAX_CALLS: u64 = 32_000_000;

/// A tree: the function, where its tree is in the data of functions, and how many calls it has.
type Tree = (usize, u32, u32);

/// See [`FunctionTable::inlined`].
pub(super) fn each<'a>(
    functions: &FunctionTable<'a>,
    found: &mut dyn FnMut(usize, &'a [u8]),
) -> Part<()> {
    let names = functions.go.as_ref().ok_or("it has no Go function table")?;
    if !names.has_trees() {
        return Err("its Go function table is of a form that does not tell what was inlined".into());
    }
    let of_go = functions.entries.iter().enumerate();
    let of_go = of_go.filter(|(_, entry)| entry.source.by() == NamedBy::Pclntab);
    let trees: Vec<Tree> = of_go
        .filter_map(|(index, entry)| {
            let (at, calls) = names.inline_tree(entry.source.row())?;
            Some((index, at, calls))
        })
        .collect();
    if trees.iter().map(|(_, _, calls)| u64::from(*calls)).sum::<u64>() > MAX_CALLS {
        return Err(format!("more than {MAX_CALLS} inlined calls"));
    }
    let start = names.function_data.iter().find(|&&start| {
        trees.iter().all(|tree| calls(functions, names, start, tree, &mut |_, _| ()).is_some())
    });
    let Some(&start) = start.filter(|_| !trees.is_empty()) else {
        return Err("what was inlined into its functions was not found".into());
    };
    for tree in &trees {
        calls(functions, names, start, tree, found);
    }
    Ok(())
}

/// The calls of a tree; `None` if it is none.
fn calls<'a>(
    functions: &FunctionTable<'a>,
    names: &Names<'a>,
    start: u32,
    &(index, at, calls): &Tree,
    found: &mut dyn FnMut(usize, &'a [u8]),
) -> Option<()> {
    let bytes = functions.image.at_rva(start.checked_add(at)?)?.bytes;
    let bytes = slice(bytes, 0, u64::from(calls) * CALL)?;
    let (first, end) = functions.bounds(index)?;
    for call in (0..u64::from(calls)).map(|call| call * CALL) {
        // One byte says what is special about the function, and three fill up.
        let filled = slice(bytes, call + 1, 3)? == [0; 3];
        let parent = u32_at(bytes, call + 8)?;
        if !filled || parent > end - first {
            return None;
        }
        found(index, names.name_at(u32_at(bytes, call + 4)?)?);
    }
    Some(())
}
