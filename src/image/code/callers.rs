//! Whether those who call a function test a flag before they do: `if cpu.ARM64.HasSHA2 { block(…) }`.
//!
//! A caller that tests nothing may itself be called behind a test. So may the wrapper of the same
//! name through which Go code reaches an assembly function. Only direct calls are seen: a function
//! that is reached through a variable has no caller here.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use rayon::prelude::*;

use super::Stretch;
use super::block::{Context, RawFeature};
use crate::facts::code::Guard;
use crate::isa::a64::{Flow, flow};
use crate::isa::guard;

/// Uses of features whose functions are asked about; the largest Go programs have some dozen
/// without a test of their own.
const MAX_ASKED: usize = 4096;
/// Functions whose callers are looked for in one pass.
const MAX_CALLED: usize = 512;
/// Calls of these functions that one block hands on.
const MAX_OF_A_BLOCK: usize = 4096;
/// Calls of one function that are looked at. One with more counts as called without a test.
const MAX_CALLS: usize = 256;
/// How many callers up a test is looked for; each takes a pass over the code. The first may be a
/// wrapper.
const MAX_PASSES: usize = 4;

/// The calls of some functions.
#[derive(Debug, Default)]
struct Calls {
    /// RVAs of the calls of a function, by the RVA of its first word.
    places: BTreeMap<u32, BTreeSet<u32>>,
    /// Functions that have more calls than are looked at.
    more: BTreeSet<u32>,
}

impl Calls {
    /// Notes a call.
    fn add(&mut self, function: u32, rva: u32) {
        let places = self.places.entry(function).or_default();
        if places.len() < MAX_CALLS {
            places.insert(rva);
        } else {
            self.more.insert(function);
        }
    }
}

/// Fills in the guards that the function itself does not tell. Those that nobody was asked about
/// stay as they are.
pub(super) fn guards(
    features: &mut [RawFeature],
    blocks: &[(&Stretch<'_>, Range<u32>)],
    context: &Context<'_, '_>,
) {
    let mut asked: Vec<&mut RawFeature> =
        features.iter_mut().filter(|using| using.guard == Guard::NoCallerFound).collect();
    asked.sort_by_key(|using| using.firsts[0]);
    asked.truncate(MAX_ASKED);
    let mut open = BTreeSet::new();
    for using in &mut asked {
        let Some(function) = using.function else { continue };
        if context.functions.find(function).is_some_and(|index| context.functions.standard(index)) {
            using.guard = Guard::StandardLibrary;
        } else if open.len() < MAX_CALLED {
            open.insert(function);
        }
    }
    let mut calls = Calls::default();
    for _ in 0..MAX_PASSES {
        if open.is_empty() {
            break;
        }
        let found = calls_of(&open, blocks, context);
        open = untested_callers(&found, blocks, context);
        calls.places.extend(found.places);
        calls.more.extend(found.more);
        open.retain(|function| !calls.places.contains_key(function));
    }
    let mut judge = Judge { calls: &calls, blocks, context, answers: BTreeMap::new() };
    for using in asked.iter_mut().filter(|using| using.guard == Guard::NoCallerFound) {
        let Some(function) = using.function else { continue };
        using.guard = match judge.answer(function, MAX_PASSES) {
            Answer::Tested => Guard::InCallers,
            Answer::Untested => Guard::NotSeen,
            Answer::NotCalled => Guard::NoCallerFound,
        };
    }
}

/// Every direct call of these functions.
fn calls_of(
    called: &BTreeSet<u32>,
    blocks: &[(&Stretch<'_>, Range<u32>)],
    context: &Context<'_, '_>,
) -> Calls {
    let mut calls = Calls {
        places: called.iter().map(|&function| (function, BTreeSet::new())).collect(),
        more: BTreeSet::new(),
    };
    let of_blocks: Vec<CallsInBlock> = blocks
        .par_iter()
        .map(|(stretch, range)| calls_in(called, stretch, range.clone()))
        .collect();
    for block in of_blocks {
        calls.more.extend(block.more);
        for (function, rva) in block.found {
            // A jump to the own start, after the stack was grown.
            let around = context.functions.find(rva).and_then(|at| context.functions.bounds(at));
            if around.is_none_or(|(start, _)| start != function) {
                calls.add(function, rva);
            }
        }
    }
    calls
}

/// The calls in one block.
#[derive(Debug, Default)]
struct CallsInBlock {
    /// Function and place.
    found: Vec<(u32, u32)>,
    /// Functions that are called more often than is kept.
    more: BTreeSet<u32>,
}

/// Looks for calls of these functions.
fn calls_in(called: &BTreeSet<u32>, stretch: &Stretch<'_>, range: Range<u32>) -> CallsInBlock {
    let mut calls = CallsInBlock::default();
    let (Some(&low), Some(&high)) = (called.first(), called.last()) else { return calls };
    let words = stretch.slice(range.clone()).as_chunks::<4>().0.iter();
    for (word, rva) in words.zip((range.start..).step_by(4)) {
        let word = u32::from_le_bytes(*word);
        // b and bl, before anything is decoded: this runs over all code.
        if word & 0x7c00_0000 != 0x1400_0000 {
            continue;
        }
        let (Flow::Branch(target) | Flow::Call(target)) = flow(word, u64::from(rva)) else {
            continue;
        };
        let Ok(target) = u32::try_from(target) else { continue };
        if !(low..=high).contains(&target) || !called.contains(&target) {
            continue;
        }
        if calls.found.len() < MAX_OF_A_BLOCK {
            calls.found.push((target, rva));
        } else {
            calls.more.insert(target);
        }
    }
    calls
}

/// The callers that test nothing before a call, whose own callers may.
fn untested_callers(
    calls: &Calls,
    blocks: &[(&Stretch<'_>, Range<u32>)],
    context: &Context<'_, '_>,
) -> BTreeSet<u32> {
    let mut found = BTreeSet::new();
    for &rva in calls.places.values().flatten() {
        let caller = context.functions.find(rva).and_then(|index| context.functions.bounds(index));
        if let Some((start, _)) = caller
            && found.len() < MAX_CALLED
            && !tests_before(rva, blocks, context)
        {
            found.insert(start);
        }
    }
    found
}

/// What is known of a function while the callers of another are judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    /// Every call of it is behind a test.
    Tested,
    /// A call of it is not.
    Untested,
    /// Nobody calls it directly.
    NotCalled,
}

/// Answers whether the calls of functions are behind tests.
struct Judge<'c, 'b, 's, 't, 'a> {
    calls: &'c Calls,
    blocks: &'b [(&'s Stretch<'a>, Range<u32>)],
    context: &'c Context<'t, 'a>,
    answers: BTreeMap<u32, Answer>,
}

impl Judge<'_, '_, '_, '_, '_> {
    /// What the calls of a function say, and the calls of those callers that test nothing. `left`
    /// bounds how far up that goes; beyond, and in a circle, there is no test.
    fn answer(&mut self, function: u32, left: usize) -> Answer {
        if let Some(answer) = self.answers.get(&function) {
            return *answer;
        }
        self.answers.insert(function, Answer::Untested);
        let calls = self.calls;
        let functions = self.context.functions;
        let name = |rva| functions.find(rva).and_then(|index| functions.name(index));
        // Nobody looked for the callers of this one: none is known to come without a test.
        let Some(places) = calls.places.get(&function) else {
            self.answers.insert(function, Answer::NotCalled);
            return Answer::NotCalled;
        };
        if calls.more.contains(&function) {
            return Answer::Untested;
        }
        let mut answer = Answer::NotCalled;
        for &rva in places {
            if tests_before(rva, self.blocks, self.context) {
                answer = Answer::Tested;
                continue;
            }
            let caller = functions.find(rva).and_then(|index| functions.bounds(index));
            let above = match caller {
                Some((start, _)) if left > 0 => self.answer(start, left - 1),
                _ => Answer::Untested,
            };
            match above {
                Answer::Tested => answer = Answer::Tested,
                // A wrapper that is in a variable: then so is the function.
                Answer::NotCalled if name(rva) == name(function) => {}
                Answer::NotCalled | Answer::Untested => {
                    answer = Answer::Untested;
                    break;
                }
            }
        }
        self.answers.insert(function, answer);
        answer
    }
}

/// Whether the function around a call tests a flag before it.
fn tests_before(
    rva: u32,
    blocks: &[(&Stretch<'_>, Range<u32>)],
    context: &Context<'_, '_>,
) -> bool {
    let block = blocks.partition_point(|(_, range)| range.start <= rva).checked_sub(1);
    let Some((stretch, range)) = block.and_then(|index| blocks.get(index)) else { return false };
    let caller = context.functions.find(rva).and_then(|index| context.functions.bounds(index));
    let start = caller.map_or(range.start, |(start, _)| start.max(stretch.rva));
    guard::tests_a_global(stretch.slice(start..rva), context.address(start))
}

#[cfg(test)]
mod tests {
    use std::sync::OnceLock;

    use super::*;
    use crate::image::functions::FunctionTable;
    use crate::image::read;

    #[test]
    fn of_a_function_that_nobody_asked_about_no_caller_is_known() {
        const IMAGE: &[u8] = include_bytes!("../../../testdata/pe/code/stray-x64.exe");
        let facts = read(IMAGE).unwrap();
        let functions = FunctionTable::read(IMAGE, &facts).unwrap();
        let context = Context {
            functions: &functions,
            goarm64: "v8.0",
            image_base: facts.image_base,
            build_id: 0..0,
            stretches: &[],
            uses: OnceLock::new(),
        };
        let mut calls = Calls::default();
        calls.places.insert(0x1008, BTreeSet::new());
        calls.more.insert(0x1008);
        let mut judge =
            Judge { calls: &calls, blocks: &[], context: &context, answers: BTreeMap::new() };
        assert_eq!(judge.answer(0x1000, MAX_PASSES), Answer::NotCalled);
        assert_eq!(judge.answer(0x1008, MAX_PASSES), Answer::Untested);
    }
}
