//! Does a run of bytes read as x86 machine code?
//!
//! Almost any bytes decode as x86, so decoding proves nothing. What tells code from the rest is which
//! instructions come, in which order, with which operands: [`features`] names these of one instruction,
//! [`table`] holds how much likelier each is in compiled code than in data or A64 code, as natural
//! logarithms, and `chain` finds the run of instructions with the greatest sum. The table is
//! generated (`tools/src/bin/x86_scores.rs`); method and measurements are in `docs/stray-x86.md`.

mod chain;
pub mod features;
pub mod table;

use iced_x86::{Decoder, DecoderOptions, Formatter, Instruction, NasmFormatter};

/// Bytes of an instruction shown in [`text`]; an x86 instruction has at most 15.
const SHOWN_BYTES: usize = 15;

/// A run of bytes that was read as x86 instructions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Run {
    /// Offset of the first instruction.
    pub start: usize,
    /// Bytes up to the end of the last instruction.
    pub length: usize,
    /// How many instructions, without filler.
    pub instructions: u32,
    /// How many different ones, by all their bytes; these were scored.
    pub different: u32,
    /// How many different ones, by opcode and operand sizes.
    pub tokens: u32,
    /// How much likelier compiled code is than anything else, in nats.
    pub score: f32,
}

impl Run {
    /// Offset of the first byte behind the run.
    #[must_use]
    pub fn end(&self) -> usize {
        self.start + self.length
    }
}

/// The run of x86 instructions within `bytes` that scores best, beginning at any byte; `bits` is 64 or 32.
/// `None` if `bits` is anything else or no instruction speaks for x86.
#[must_use]
pub fn score(bytes: &[u8], bits: u32) -> Option<Run> {
    chain::best(bytes, bits, table::model(bits)?)
}

/// At most `max` x86 instructions, one line each: address, bytes, text. An undecodable byte is a `db`.
#[must_use]
pub fn text(bytes: &[u8], address: u64, bits: u32, max: usize) -> Vec<String> {
    if !matches!(bits, 32 | 64) {
        return Vec::new();
    }
    let mut decoder = Decoder::with_ip(bits, bytes, address, DecoderOptions::NONE);
    let mut formatter = NasmFormatter::new();
    formatter.options_mut().set_branch_leading_zeros(false);
    formatter.options_mut().set_space_after_operand_separator(true);
    formatter.options_mut().set_hex_prefix("0x");
    formatter.options_mut().set_hex_suffix("");
    formatter.options_mut().set_uppercase_hex(false);
    let mut instruction = Instruction::default();
    let mut lines = Vec::new();
    while decoder.can_decode() && lines.len() < max {
        let start = decoder.position();
        decoder.decode_out(&mut instruction);
        if instruction.is_invalid() {
            lines.push(undecodable(bytes, start, address));
            let Ok(()) = decoder.set_position(start + 1) else { break };
            decoder.set_ip(address.wrapping_add(start as u64 + 1));
            continue;
        }
        let mut line = String::new();
        formatter.format(&instruction, &mut line);
        let shown = bytes.get(start..decoder.position()).unwrap_or_default();
        lines.push(format!("{:#x}  {}  {line}", instruction.ip(), hex(shown)));
    }
    lines
}

/// Whether the bytes are instructions one behind the other, the last of which ends with them.
#[must_use]
pub fn is_whole(bytes: &[u8], bits: u32) -> bool {
    if !matches!(bits, 32 | 64) {
        return false;
    }
    let mut decoder = Decoder::new(bits, bytes, DecoderOptions::NONE);
    while decoder.can_decode() {
        // An instruction that the end cuts off is invalid, too.
        if decoder.decode().is_invalid() {
            return false;
        }
    }
    true
}

/// The line for a byte that begins no instruction.
fn undecodable(bytes: &[u8], at: usize, address: u64) -> String {
    let byte = bytes.get(at).copied().unwrap_or_default();
    format!("{:#x}  {byte:02x}  db 0x{byte:02x}", address.wrapping_add(at as u64))
}

/// Bytes as two digits each, with spaces.
fn hex(bytes: &[u8]) -> String {
    let digits: Vec<String> =
        bytes.iter().take(SHOWN_BYTES).map(|byte| format!("{byte:02x}")).collect();
    digits.join(" ")
}

#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod tests;
