//! Which bytes of an x86 function are code: those that control reaches from its first byte.
//!
//! Compilers put jump tables and constants between instructions, and no detector of code can be
//! asked to find these. What only a jump table reaches is left out too.

use iced_x86::{Decoder, DecoderOptions, FlowControl, Instruction};

/// For each byte whether it belongs to an instruction that direct control flow reaches.
#[must_use]
pub fn reached(bytes: &[u8], bits: u32) -> Vec<bool> {
    let mut code = vec![false; bytes.len()];
    let mut begun = vec![false; bytes.len()];
    let mut waiting = vec![0];
    let mut decoder = Decoder::new(bits, bytes, DecoderOptions::NONE);
    let mut instruction = Instruction::default();
    while let Some(start) = waiting.pop() {
        let mut at = start;
        while at < bytes.len() && !begun[at] {
            begun[at] = true;
            decoder.set_position(at).expect("an offset inside");
            decoder.set_ip(at as u64);
            decoder.decode_out(&mut instruction);
            // No compiled code has it: two zero bytes, `add [rax], al`, are filler or data.
            if instruction.is_invalid() || bytes[at..].starts_with(&[0, 0]) {
                break;
            }
            let next = at + instruction.len();
            code[at..next].fill(true);
            let target = instruction.near_branch_target();
            if target != 0 && (target as usize) < bytes.len() {
                waiting.push(target as usize);
            }
            at = match instruction.flow_control() {
                FlowControl::UnconditionalBranch
                | FlowControl::IndirectBranch
                | FlowControl::Return
                | FlowControl::Exception => break,
                _ => next,
            };
        }
    }
    code
}
