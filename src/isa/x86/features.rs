//! What is looked at in one x86 instruction: small numbers that index the score table.
//!
//! The program that makes the table counts these same numbers, so a change here needs a new table.

use iced_x86::{FlowControl, Instruction, Mnemonic, OpKind, Register};

/// Number of values of [`memory`].
pub const MEMORY: usize = 1 << 10;
/// Number of values of [`immediate`].
pub const IMMEDIATE: usize = 1 << 6;
/// Number of values of [`branch`].
pub const BRANCH: usize = 1 << 7;
/// Number of values of [`prefix`].
pub const PREFIX: usize = 1 << 6;
/// Number of values of [`reuse`].
pub const REUSE: usize = 4;

/// The bit that tells [`class`] from [`token`] and [`kind`].
pub const CLASS: u16 = 0x8000;

/// Where an instruction touches memory: 0 nowhere, 1 in its first operand, 2 in another.
#[must_use]
pub fn form(instruction: &Instruction) -> u16 {
    let memory = |operand| instruction.op_kind(operand) == OpKind::Memory;
    match instruction.op_count() {
        0 => 0,
        _ if memory(0) => 1,
        count if (1..count).any(memory) => 2,
        _ => 0,
    }
}

/// The exact opcode with its operand sizes, and the form: the token of an instruction.
#[must_use]
pub fn token(instruction: &Instruction) -> u16 {
    ((instruction.code() as u16) << 2) | form(instruction)
}

/// The mnemonic and the form: what the order of instructions is told by. 0 for filler.
#[must_use]
pub fn kind(instruction: &Instruction) -> u16 {
    if filler(instruction) {
        return 0;
    }
    ((instruction.mnemonic() as u16) << 2) | form(instruction)
}

/// What stands for a rare token or kind: the encoding (legacy, VEX, EVEX...) and the form.
#[must_use]
pub fn class(instruction: &Instruction) -> u16 {
    CLASS | ((instruction.encoding() as u16) << 2) | form(instruction)
}

/// Whether the instruction is filler between functions, which says nothing.
#[must_use]
pub fn filler(instruction: &Instruction) -> bool {
    instruction.op_count() == 0 && matches!(instruction.mnemonic(), Mnemonic::Int3 | Mnemonic::Nop)
}

/// The shape of a memory operand: base, index, scale, displacement. `None` without one.
#[must_use]
pub fn memory(instruction: &Instruction, bits: u32) -> Option<usize> {
    if form(instruction) == 0 {
        return None;
    }
    let base = instruction.memory_base();
    let anchor = match base.full_register() {
        Register::None => 0,
        Register::RIP => 1,
        Register::RSP => 2,
        Register::RBP => 3,
        _ => 4,
    };
    let index = usize::from(instruction.memory_index() != Register::None);
    let scaled = usize::from(instruction.memory_index_scale() > 1);
    let (displacement, aligned) = displacement(instruction, base, bits);
    Some(anchor << 7 | index << 6 | scaled << 5 | aligned << 4 | displacement)
}

/// The size and sign of a displacement in 4 bits, and whether it is a multiple of 4.
fn displacement(instruction: &Instruction, base: Register, bits: u32) -> (usize, usize) {
    let size = instruction.memory_displ_size();
    if size == 0 {
        return (0, 0);
    }
    let raw = instruction.memory_displacement64();
    let value = if base == Register::RIP {
        raw.wrapping_sub(instruction.next_ip()).cast_signed()
    } else if bits == 32 {
        i64::from((raw as u32).cast_signed())
    } else {
        raw.cast_signed()
    };
    let aligned = usize::from(base != Register::RIP && value & 3 == 0);
    let negative = usize::from(value < 0);
    let bucket = match value.unsigned_abs() {
        0 => 1,
        1..0x80 => 2 + negative,
        0x80..0x1000 => 4 + negative,
        0x1000..0x1_0000 => 6 + negative,
        0x1_0000..0x40_0000 => 8 + negative,
        // Where a 32-bit image is usually loaded.
        0x40_0000..0x2000_0000 => 10 + negative,
        _ => 12 + negative,
    };
    (bucket, aligned)
}

/// The size and value of an immediate operand; `None` without one.
#[must_use]
pub fn immediate(instruction: &Instruction) -> Option<usize> {
    let operand = (0..instruction.op_count())
        .find(|&operand| size_of_immediate(instruction.op_kind(operand)).is_some())?;
    let size = size_of_immediate(instruction.op_kind(operand))?;
    let raw = instruction.try_immediate(operand).ok()?;
    let value = match size {
        0 => i64::from((raw as u8).cast_signed()),
        1 => i64::from((raw as u16).cast_signed()),
        2 => i64::from((raw as u32).cast_signed()),
        _ => raw.cast_signed(),
    };
    let negative = usize::from(value < 0);
    let bucket = match value.unsigned_abs() {
        0 => 0,
        1 => 1 + negative,
        2..0x10 if value & 3 != 0 => 3 + negative,
        2..0x80 if value & 7 == 0 => 5 + negative,
        2..0x81 => 7 + negative,
        0x81..0x1000 => 9 + negative,
        0x1000..0x1_0000 => 11 + negative,
        0x1_0000..0x100_0000 => 13,
        0x100_0000..0x2000_0000 => 14,
        _ => 15,
    };
    Some(size << 4 | bucket)
}

/// The encoded size of an immediate: 0 to 3 for 8 to 64 bits.
fn size_of_immediate(kind: OpKind) -> Option<usize> {
    match kind {
        OpKind::Immediate8
        | OpKind::Immediate8_2nd
        | OpKind::Immediate8to16
        | OpKind::Immediate8to32
        | OpKind::Immediate8to64 => Some(0),
        OpKind::Immediate16 => Some(1),
        OpKind::Immediate32 | OpKind::Immediate32to64 => Some(2),
        OpKind::Immediate64 => Some(3),
        _ => None,
    }
}

/// The sort of a relative branch and how far it goes; `None` for anything else.
#[must_use]
pub fn branch(instruction: &Instruction, bits: u32) -> Option<usize> {
    let near = matches!(
        instruction.op0_kind(),
        OpKind::NearBranch16 | OpKind::NearBranch32 | OpKind::NearBranch64
    );
    if !near {
        return None;
    }
    let short = instruction.len() <= 2;
    let sort = match (instruction.flow_control(), short) {
        (FlowControl::ConditionalBranch, true) => 0,
        (FlowControl::ConditionalBranch, false) => 1,
        (FlowControl::UnconditionalBranch, true) => 2,
        (FlowControl::UnconditionalBranch, false) => 3,
        (FlowControl::Call, _) => 4,
        _ => 5,
    };
    let far = instruction.near_branch_target().wrapping_sub(instruction.next_ip());
    let far = if bits == 32 { i64::from((far as u32).cast_signed()) } else { far.cast_signed() };
    let negative = usize::from(far < 0);
    let bucket = match far.unsigned_abs() {
        0 => 0,
        1..4 => 1,
        4..0x20 => 2 + negative,
        0x20..0x81 => 4 + negative,
        0x81..0x1000 => 6 + negative,
        0x1000..0x1_0000 => 8 + negative,
        0x1_0000..0x10_0000 => 10 + negative,
        0x10_0000..0x200_0000 => 12 + negative,
        0x200_0000..0x1000_0000 => 14,
        _ => 15,
    };
    Some(sort << 4 | bucket)
}

/// The prefixes that compiled code seldom has. `bytes` begin with the instruction.
#[must_use]
pub fn prefix(instruction: &Instruction, bytes: &[u8], bits: u32) -> usize {
    let segment = match instruction.segment_prefix() {
        Register::None => 0,
        Register::FS => 1,
        Register::GS => 2,
        _ => 3,
    };
    let lock = usize::from(instruction.has_lock_prefix());
    let string = instruction.is_string_instruction();
    let repeat = (instruction.has_rep_prefix() || instruction.has_repne_prefix()) && !string;
    let narrow = form(instruction) != 0 && {
        let register = if instruction.memory_base() == Register::None {
            instruction.memory_index()
        } else {
            instruction.memory_base()
        };
        let width = register.size();
        width != 0 && width * 8 < bits as usize && !register.is_vector_register()
    };
    // Only the last REX counts; upper-case letters are REX prefixes, words in capitals have many.
    let dead = bits == 64 && matches!(bytes, [0x40..=0x4f, 0x40..=0x4f, ..]);
    usize::from(dead) << 5
        | segment << 3
        | lock << 2
        | usize::from(repeat) << 1
        | usize::from(narrow)
}

/// The registers that an instruction works on, one bit each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Registers {
    /// The first operand: where the result goes.
    result: u64,
    /// All operands.
    operands: u64,
    /// In the address of a memory operand.
    address: u64,
}

/// The registers of an instruction.
#[must_use]
pub fn registers(instruction: &Instruction) -> Registers {
    let mut registers = Registers::default();
    for operand in 0..instruction.op_count() {
        match instruction.op_kind(operand) {
            OpKind::Register => {
                let bit = bit(instruction.op_register(operand));
                registers.operands |= bit;
                if operand == 0 {
                    registers.result = bit;
                }
            }
            OpKind::Memory => {
                registers.address |= bit(instruction.memory_base());
                registers.address |= bit(instruction.memory_index());
            }
            _ => {}
        }
    }
    registers
}

/// The bit of a general or vector register, whatever part of it is meant.
fn bit(register: Register) -> u64 {
    let full = register.full_register();
    if full.is_gpr() {
        1 << (full.number() & 31)
    } else if full.is_vector_register() {
        1 << (32 + (full.number() & 31))
    } else {
        0
    }
}

/// How an instruction uses the result of the one before it: 0 there is none, 1 not, 2 in an address,
/// 3 in an operand.
#[must_use]
pub fn reuse(before: Registers, after: Registers) -> usize {
    match before.result {
        0 => 0,
        result if after.operands & result != 0 => 3,
        result if after.address & result != 0 => 2,
        _ => 1,
    }
}
