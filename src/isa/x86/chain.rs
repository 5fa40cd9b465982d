//! The best run of instructions in a piece of bytes.
//!
//! From every byte there is one instruction, and so one next byte: the bytes form chains. From the
//! last byte to the first, each one's best sum is its own weight, and the best sum of its successor if
//! that helps. This is the search for the segment with the maximum sum, done along the chains.

use std::collections::HashSet;

use iced_x86::{Decoder, DecoderOptions, Instruction};

use super::Run;
use super::features::{self, Registers};
use super::table::{Model, UNSEEN, nats};

/// No instruction adds or takes more than this: one odd token proves nothing.
const CLIP: f32 = 4.0;
/// Nor does the way that one follows another.
const CLIP_ORDER: f32 = 2.5;

/// What is known of the instruction at one byte.
#[derive(Clone, Copy)]
struct Step {
    /// The sum of the best run from here; 0 where no instruction begins.
    sum: f32,
    /// Where that run ends.
    end: u32,
    /// The number of the kind in the table, 0 is any other; `None` for filler.
    kind: Option<u8>,
    /// The registers it works on.
    registers: Registers,
    /// Whether an instruction begins here.
    valid: bool,
}

/// The best run; `None` if no instruction speaks for x86. `bytes` longer than 4 GiB are cut.
pub(super) fn best(bytes: &[u8], bits: u32, model: &Model) -> Option<Run> {
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX) as usize;
    let bytes = bytes.get(..length)?;
    let none = Step { sum: 0.0, end: 0, kind: None, registers: Registers::default(), valid: false };
    let mut steps = vec![none; length + 1];
    let mut decoder = Decoder::with_ip(bits, bytes, 0, DecoderOptions::NONE);
    let mut here = Instruction::default();
    for at in (0..length).rev() {
        if !decode(&mut decoder, at, &mut here) {
            continue;
        }
        let own = weight(&here, bytes.get(at..).unwrap_or_default(), bits, model);
        let kind = own.map(|_| kind(&here, model));
        let (end, registers) = (at + here.len(), features::registers(&here));
        let mut step =
            Step { sum: own.unwrap_or(0.0), end: end as u32, kind, registers, valid: true };
        if let Some(after) = steps.get(end).filter(|after| after.valid) {
            let joined = after.sum + between(&step, after, model);
            if joined > 0.0 {
                step.sum += joined;
                step.end = after.end;
            }
        }
        if let Some(slot) = steps.get_mut(at) {
            *slot = step;
        }
    }
    let start = (0..length).max_by(|&a, &b| sum(&steps, a).total_cmp(&sum(&steps, b)))?;
    (sum(&steps, start) > 0.0).then(|| count(bytes, &steps, start, &mut decoder))
}

/// The sum from a byte on; 0 where no instruction begins.
fn sum(steps: &[Step], at: usize) -> f32 {
    steps.get(at).map_or(0.0, |step| step.sum)
}

/// Goes along the best run and counts. Data repeats itself more than code does, so the same bytes
/// speak only once.
fn count(bytes: &[u8], steps: &[Step], start: usize, decoder: &mut Decoder<'_>) -> Run {
    let end = steps.get(start).map_or(start, |step| step.end as usize);
    let (mut tokens, mut texts) = (HashSet::new(), HashSet::new());
    let mut run =
        Run { start, length: end - start, instructions: 0, different: 0, tokens: 0, score: 0.0 };
    let mut instruction = Instruction::default();
    let mut at = start;
    while at < end && decode(decoder, at, &mut instruction) {
        let next = at + instruction.len();
        if !features::filler(&instruction) {
            let gain = sum(steps, at) - if next < end { sum(steps, next) } else { 0.0 };
            if texts.insert(bytes.get(at..next)) {
                run.score += gain;
                run.different += 1;
            }
            run.instructions += 1;
            tokens.insert(features::token(&instruction));
        }
        at = next;
    }
    run.tokens = tokens.len() as u32;
    run
}

/// Decodes the instruction that begins at a byte; false if there is none.
fn decode(decoder: &mut Decoder<'_>, at: usize, instruction: &mut Instruction) -> bool {
    if decoder.set_position(at).is_err() || !decoder.can_decode() {
        return false;
    }
    decoder.set_ip(at as u64);
    decoder.decode_out(instruction);
    !instruction.is_invalid()
}

/// The weight of one instruction; `None` for filler.
fn weight(instruction: &Instruction, bytes: &[u8], bits: u32, model: &Model) -> Option<f32> {
    if features::filler(instruction) {
        return None;
    }
    let of = |weights: &[f32], index: Option<usize>| {
        index.and_then(|index| weights.get(index)).copied().unwrap_or(0.0)
    };
    let exact = model.tokens.get(features::token(instruction));
    let token = exact.or_else(|| model.tokens.get(features::class(instruction)));
    let sum = token.map_or(UNSEEN, nats)
        + of(&model.memory, features::memory(instruction, bits))
        + of(&model.immediate, features::immediate(instruction))
        + of(&model.branch, features::branch(instruction, bits))
        + of(&model.prefix, Some(features::prefix(instruction, bytes, bits)));
    Some(sum.clamp(-CLIP, CLIP))
}

/// The number of an instruction's kind, or of its class.
fn kind(instruction: &Instruction, model: &Model) -> u8 {
    let exact = model.kinds.get(features::kind(instruction));
    exact.or_else(|| model.kinds.get(features::class(instruction))).unwrap_or(0)
}

/// The weight of one instruction following another, and of a register used again; 0 next to filler.
fn between(before: &Step, after: &Step, model: &Model) -> f32 {
    let (Some(first), Some(second)) = (before.kind, after.kind) else { return 0.0 };
    let index = usize::from(first) * (model.kinds.len() + 1) + usize::from(second);
    let reuse = features::reuse(before.registers, after.registers);
    let of = |weights: &[f32], index| weights.get(index).copied().unwrap_or(0.0);
    (of(&model.order, index) + of(&model.reuse, reuse)).clamp(-CLIP_ORDER, CLIP_ORDER)
}
