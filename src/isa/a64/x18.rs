//! x18, which Windows keeps for itself: it holds the address of the thread
//! environment block (TEB), and code must not change it (Microsoft Learn,
//! "Overview of ARM64 ABI conventions", Integer registers). Reading it is right:
//! that is how thread-local storage is reached.

use disarm64::{Insn, InsnOperand};
use disarm64_defn::{InsnBitField, InsnClass, InsnOperandClass, InsnOperandKind as Kind};

use super::valid::{self, bit, bits};

/// The number of the register.
const PLATFORM: u32 = 18;

/// What an instruction does with x18 or w18.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum X18 {
    /// Changes it: as a destination, or as a base that is written back.
    Write,
    /// Uses its value in another way than [`X18::TebLoad`].
    Read,
    /// A plain load of a general register from `[x18, #imm]` with an offset that
    /// is not negative: `ldr`, `ldrb`, `ldrh`, `ldrs*`, `ldur*`, `ldp`, `ldpsw`; or
    /// `mov xN, x18`, which is how compilers take the address of the TEB
    /// (`NtCurrentTeb`).
    TebLoad,
}

/// What the word does with x18. `None` if nothing, and for what is no instruction.
#[must_use]
pub fn x18(word: u32) -> Option<X18> {
    let definition = valid::definition(word)?;
    let found = access(word, definition);
    if found.writes {
        return Some(X18::Write);
    }
    let teb = is_teb_load(word, definition) || is_copy(word);
    found.reads.then_some(if teb { X18::TebLoad } else { X18::Read })
}

/// `mov xN, x18`, that is `orr xN, xzr, x18` without a shift.
fn is_copy(word: u32) -> bool {
    word & 0xffff_ffe0 == 0xaa12_03e0
}

/// Does the word read or write x18?
pub(super) fn touches(word: u32, definition: &Insn) -> bool {
    let found = access(word, definition);
    found.reads || found.writes
}

/// How x18 is used by the operands seen so far.
#[derive(Debug, Default, Clone, Copy)]
struct Access {
    reads: bool,
    writes: bool,
}

impl Access {
    /// Takes in that register `number` is written or read.
    fn note(&mut self, number: u32, written: bool) {
        if number == PLATFORM {
            self.writes |= written;
            self.reads |= !written;
        }
    }
}

/// Uses of x18 by all operands.
fn access(word: u32, definition: &Insn) -> Access {
    let mut found = Access::default();
    let mut before = (0, false);
    for operand in definition.operands {
        match operand.class {
            InsnOperandClass::INT_REG => {
                before = register(word, definition, operand, before);
                let last = if operand.kind == Kind::Rt_LS64 { before.0 + 7 } else { before.0 };
                for number in before.0..=last {
                    found.note(number, before.1);
                }
            }
            InsnOperandClass::MODIFIED_REG => found.note(bits(word, 16, 5), false),
            InsnOperandClass::ADDRESS => address(word, definition, operand, &mut found),
            _ => {}
        }
    }
    found
}

/// The number of a general register operand, and whether it is written. `before`
/// is the operand before it, which the second half of a pair continues.
fn register(
    word: u32,
    definition: &Insn,
    operand: &InsnOperand,
    before: (u32, bool),
) -> (u32, bool) {
    if matches!(operand.kind, Kind::PAIRREG | Kind::PAIRREG_OR_XZR) {
        return (before.0 + 1, before.1);
    }
    let Some(field) = operand.bit_fields.first() else {
        return (16, true); // Kind::X16, the implied operand of chkfeat.
    };
    let number = bits(word, field.lsb.into(), field.width.into());
    (number, is_written(definition, operand.kind))
}

/// Is a register operand of this kind a destination?
fn is_written(definition: &Insn, kind: Kind) -> bool {
    let name = definition.mnemonic;
    let swaps =
        name.starts_with("cas") || name.starts_with("rcwcas") || name.starts_with("rcwscas");
    match kind {
        Kind::MOPS_ADDR_Rd | Kind::MOPS_ADDR_Rs | Kind::MOPS_WB_Rn => true,
        // The modifier of braa and blraa, and the time limit of wfet and wfit.
        Kind::Rd | Kind::Rd_SP => {
            definition.class != InsnClass::BRANCH_REG && !name.starts_with("wf")
        }
        Kind::Rt | Kind::Rt2 | Kind::Rt_SP | Kind::Rt_LS64 | Kind::Rt_SYS => {
            is_load(name) && !swaps
        }
        Kind::LSE128_Rt | Kind::LSE128_Rt2 => true,
        // What was in memory, the status of a store, the second half of a pair.
        Kind::Rs => {
            let status =
                matches!(definition.class, InsnClass::LDSTEXCL) || name.starts_with("st64b");
            let pair = matches!(definition.class, InsnClass::RCPC3 | InsnClass::LDSTPAIR_OFF);
            swaps || status || (pair && is_load(name))
        }
        _ => false,
    }
}

/// Does an instruction of this name put something into its transfer register?
fn is_load(name: &str) -> bool {
    const PREFIXES: [&str; 8] = ["ld", "swp", "mrs", "mrrs", "sysl", "gcspopm", "gcsss2", "rcw"];
    PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// The registers of an address. Some kinds of disarm64 do not list their fields.
fn address(word: u32, definition: &Insn, operand: &InsnOperand, found: &mut Access) {
    let listed = |wanted| operand.bit_fields.iter().any(|field| field.bitfield == wanted);
    let (base, index, written) = match operand.kind {
        Kind::ADDR_SIMPLE | Kind::SIMD_ADDR_SIMPLE => (true, false, false),
        Kind::ADDR_REGOFF => (true, true, false),
        Kind::SIMD_ADDR_POST => (true, true, true),
        Kind::RCPC3_ADDR_PREIND_WB | Kind::RCPC3_ADDR_POSTIND => (true, false, true),
        Kind::RCPC3_ADDR_OPT_PREIND_WB | Kind::RCPC3_ADDR_OPT_POSTIND => {
            (true, false, !bit(word, 12))
        }
        Kind::ADDR_SIMM7
        | Kind::ADDR_SIMM9
        | Kind::ADDR_SIMM10
        | Kind::ADDR_SIMM11
        | Kind::ADDR_SIMM13 => (true, false, writes_back(word, definition)),
        _ => (listed(InsnBitField::Rn), listed(InsnBitField::Rm), false),
    };
    if base {
        found.note(bits(word, 5, 5), written);
    }
    if index {
        found.note(bits(word, 16, 5), false);
    }
}

/// Is the base of an address with an immediate offset written back?
fn writes_back(word: u32, definition: &Insn) -> bool {
    match definition.class {
        InsnClass::LDST_IMM9 | InsnClass::LDSTPAIR_INDEXED => true,
        InsnClass::LDST_IMM10 => bit(word, 11),
        _ => false,
    }
}

/// A load with base x18; that no destination is x18 has been seen.
fn is_teb_load(word: u32, definition: &Insn) -> bool {
    let into_general = definition.operands.first().is_some_and(|first| first.kind == Kind::Rt);
    let forward = match definition.class {
        InsnClass::LDST_POS => true,
        InsnClass::LDST_UNSCALED => definition.mnemonic.starts_with("ldur") && !bit(word, 20),
        InsnClass::LDSTPAIR_OFF => definition.mnemonic.starts_with("ldp") && !bit(word, 21),
        _ => false,
    };
    into_general && forward && is_load(definition.mnemonic) && bits(word, 5, 5) == PLATFORM
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all_are(expected: Option<X18>, words: &[(u32, &str)]) {
        for &(word, name) in words {
            assert_eq!(x18(word), expected, "{word:#010x} {name}");
        }
    }

    #[test]
    fn writes() {
        all_are(
            Some(X18::Write),
            &[
                (0xaa00_03f2, "mov x18, x0"),
                (0x5280_0032, "mov w18, #1"),
                (0xf940_0252, "ldr x18, [x18]"),
                (0xf840_8640, "ldr x0, [x18], #8"),
                (0xf81f_0e40, "str x0, [x18, #-16]!"),
                (0xa940_4be0, "ldp x0, x18, [sp]"),
                (0xa881_7e40, "stp x0, xzr, [x18], #16"),
                (0x4cdf_7240, "ld1 {v0.16b}, [x18], #16"),
                (0xc812_7c20, "stxr w18, x0, [x1]"),
                (0xf820_0032, "ldadd x0, x18, [x1]"),
                (0xc8b2_7c20, "cas x18, x0, [x1]"),
                (0x4832_7c20, "casp x18, x19, x0, x1, [x1]"),
                (0xd53b_d052, "mrs x18, tpidr_el0"),
                (0xd53b_d072, "mrs x18, tpidrro_el0"),
            ],
        );
    }

    #[test]
    fn reads() {
        all_are(
            Some(X18::Read),
            &[
                (0x2a12_03e0, "mov w0, w18"),
                (0xf900_0240, "str x0, [x18]"),
                (0xf900_0012, "str x18, [x0]"),
                (0xa900_4be0, "stp x0, x18, [sp]"),
                (0xeb12_001f, "cmp x0, x18"),
                (0x8b12_0c20, "add x0, x1, x18, lsl #3"),
                (0x3dc0_0240, "ldr q0, [x18]"),
                (0x4c40_7240, "ld1 {v0.16b}, [x18]"),
                (0xf872_6820, "ldr x0, [x1, x18]"),
                (0xf860_6a40, "ldr x0, [x18, x0]"),
                (0xf85f_8240, "ldur x0, [x18, #-8]"),
                (0xb400_0012, "cbz x18, #0"),
                (0xd61f_0240, "br x18"),
                (0xf832_0020, "ldadd x18, x0, [x1]"),
                (0xd51b_d052, "msr tpidr_el0, x18"),
                (0x9b00_4820, "madd x0, x1, x0, x18"),
                (0xf980_0240, "prfm pldl1keep, [x18]"),
            ],
        );
    }

    #[test]
    fn loads_from_the_teb() {
        all_are(
            Some(X18::TebLoad),
            &[
                (0xf940_2e49, "ldr x9, [x18, #88]"),
                (0xb940_6a40, "ldr w0, [x18, #104]"),
                (0x3940_0240, "ldrb w0, [x18]"),
                (0xf840_8240, "ldur x0, [x18, #8]"),
                (0xa940_0640, "ldp x0, x1, [x18]"),
                (0xaa12_03e0, "mov x0, x18"),
            ],
        );
    }

    #[test]
    fn the_number_18_elsewhere() {
        all_are(
            None,
            &[
                (0x4eb2_1e40, "mov v0.16b, v18.16b"),
                (0x9100_4800, "add x0, x0, #18"),
                (0x5400_0240, "b.eq #72"),
                (0x9400_0252, "bl"),
                (0x0000_0252, "udf #594"),
                (0xd53b_d040, "mrs x0, tpidr_el0"),
            ],
        );
    }
}
