//! Which words are instructions.
//!
//! disarm64 decodes by opcode and mask alone. It accepts encodings in which a
//! field has a value that the Arm manual reserves. x86 code hits many of these,
//! so the rules for the common classes are added here. It also insists on the
//! should-be-one fields of load and store exclusive, which LLVM lets pass: no
//! assembler writes other values, and x86-64 code with a REX.W prefix (0x48)
//! would pass for `stxrh` otherwise.

use disarm64::{Insn, InsnOpcode, decoder};
use disarm64_defn::{InsnClass, InsnFeatureSet, InsnFlags, InsnOperandKind as Kind};

/// `nop`, which compilers align with.
const NOP: u32 = 0xd503_201f;
/// Four `int3`, which linkers fill x64 sections with.
const INT3S: u32 = 0xcccc_cccc;

/// Is this an A64 instruction? Zero is not one, see [`is_padding`]; neither are
/// the other `udf`, since no compiler writes them: Go and LLVM trap with `brk`.
#[must_use]
pub fn is_valid(word: u32) -> bool {
    definition(word).is_some()
}

/// May stand between functions: zero (Go), `nop` (Go, LLVM, MSVC) and four
/// `int3` (what an object that was made with x64 in mind may bring).
#[must_use]
pub fn is_padding(word: u32) -> bool {
    matches!(word, 0 | NOP | INT3S)
}

/// The definition of a word that is an instruction.
pub(super) fn definition(word: u32) -> Option<&'static Insn> {
    if word < 0x1_0000 {
        return None;
    }
    let definition = decoder::decode(word)?.definition();
    (!is_reserved(word, definition)).then_some(definition)
}

/// The mnemonic of a word that is an instruction.
pub(super) fn name(word: u32) -> Option<&'static str> {
    Some(definition(word)?.mnemonic)
}

/// `len` bits of `word` from bit `low` up.
pub(super) const fn bits(word: u32, low: u32, len: u32) -> u32 {
    (word >> low) & ((1 << len) - 1)
}

/// Is bit `at` set?
pub(super) const fn bit(word: u32, at: u32) -> bool {
    bits(word, at, 1) == 1
}

/// A field has a value that the manual reserves.
fn is_reserved(word: u32, definition: &Insn) -> bool {
    let narrow = !bit(word, 31);
    match definition.class {
        // Bit 23 belongs to other classes (DDI 0487, chapter C4).
        InsnClass::ADDSUB_IMM => definition.feature_set == InsnFeatureSet::V8 && bit(word, 23),
        InsnClass::ADDSUB_SHIFT => bits(word, 22, 2) == 3 || (narrow && bit(word, 15)),
        InsnClass::LOG_SHIFT => narrow && bit(word, 15),
        InsnClass::ADDSUB_EXT => bits(word, 10, 3) > 4,
        InsnClass::LOG_IMM => is_reserved_mask(word),
        InsnClass::MOVEWIDE => narrow && bit(word, 22),
        InsnClass::BITFIELD => {
            narrow == bit(word, 22) || (narrow && (bit(word, 15) || bit(word, 21)))
        }
        InsnClass::EXTRACT => narrow == bit(word, 22) || (narrow && bit(word, 15)),
        InsnClass::LOADLIT => bit(word, 26) && bits(word, 30, 2) == 3,
        InsnClass::LDST_POS
        | InsnClass::LDST_IMM9
        | InsnClass::LDST_UNSCALED
        | InsnClass::RCPC3 => is_reserved_vector_size(word),
        InsnClass::LDST_REGOFF => is_reserved_vector_size(word) || !bit(word, 14),
        InsnClass::ASISDLSE | InsnClass::ASISDLSEP => is_reserved_structure(word),
        InsnClass::ASISDLSO | InsnClass::ASISDLSOP => is_reserved_element(word),
        InsnClass::ASIMDELEM | InsnClass::ASISDELEM => is_reserved_by_element(word, definition),
        InsnClass::DOTPRODUCT => definition.mask & 0x00c0_0000 == 0 && bits(word, 22, 2) != 2,
        // Shifts of 64-bit elements need two of them.
        InsnClass::ASIMDSHF => bit(word, 22) && !bit(word, 30),
        _ => is_reserved_float(word, definition) || is_odd_pair(word, definition),
    }
}

/// Two registers named as one, of which the first must be even.
fn is_odd_pair(word: u32, definition: &Insn) -> bool {
    definition.operands.windows(2).any(|two| match two {
        [first, second] if matches!(second.kind, Kind::PAIRREG | Kind::PAIRREG_OR_XZR) => {
            let zero = second.kind == Kind::PAIRREG_OR_XZR && bits(word, 0, 5) == 31;
            first.bit_fields.first().is_some_and(|field| bit(word, field.lsb.into())) && !zero
        }
        _ => false,
    })
}

/// A logical immediate that stands for no mask (DecodeBitMasks in the manual).
fn is_reserved_mask(word: u32) -> bool {
    let (wide, n, imms) = (bit(word, 31), bits(word, 22, 1), bits(word, 10, 6));
    let pattern = (n << 6) | (!imms & 0x3f);
    if pattern < 2 || (!wide && n == 1) {
        return true;
    }
    let ones = (1 << pattern.ilog2()) - 1;
    imms & ones == ones
}

/// Load and store of a SIMD register: only size 0 has the 128-bit forms.
fn is_reserved_vector_size(word: u32) -> bool {
    // The structure loads of RCPC3 (bit 28 clear) have no such field.
    bit(word, 26) && bit(word, 28) && bit(word, 23) && bits(word, 30, 2) != 0
}

/// Load and store of whole registers: the number of them must be a known one, and
/// two to four that interleave have no `.1d` arrangement.
fn is_reserved_structure(word: u32) -> bool {
    match bits(word, 12, 4) {
        0b0010 | 0b0110 | 0b0111 | 0b1010 => false,
        0b0000 | 0b0100 | 0b1000 => bits(word, 10, 2) == 3 && !bit(word, 30),
        _ => true,
    }
}

/// Load and store of one element: the size field is part of the index, and what
/// the index of this element size leaves over must be zero.
fn is_reserved_element(word: u32) -> bool {
    let (size, s) = (bits(word, 10, 2), bit(word, 12));
    match bits(word, 14, 2) {
        0 => false,
        1 => bit(word, 10),
        2 => !(size == 0 || (size == 1 && !s)),
        _ => s || !bit(word, 22),
    }
}

/// Vector times element: sizes that the operation does not have.
fn is_reserved_by_element(word: u32, definition: &Insn) -> bool {
    let (size, q) = (bits(word, 22, 2), bit(word, 30));
    let vector = definition.class == InsnClass::ASIMDELEM;
    match (definition.feature_set, definition.mask & 0x00c0_0000) {
        (InsnFeatureSet::COMPNUM, 0) => match size {
            1 => !q && bit(word, 11),
            2 => !q || bit(word, 21),
            _ => true,
        },
        (_, 0) => matches!(size, 0 | 3),
        // Floating point: bit 22 says double.
        (InsnFeatureSet::SIMD, 0x0080_0000) => bit(word, 22) && (bit(word, 21) || (vector && !q)),
        _ => false,
    }
}

/// Scalar floating point of type 2, which only moves of the upper half have,
/// and fixed point with more fraction bits than the register has.
fn is_reserved_float(word: u32, definition: &Insn) -> bool {
    let typed = definition.flags.contains(InsnFlags::HAS_FPTYPE_FIELD);
    let free = definition.mask & 0x00c0_0000 == 0;
    let fixed = definition.class == InsnClass::FLOAT2FIX;
    (typed && free && bits(word, 22, 2) == 2) || (fixed && !bit(word, 31) && !bit(word, 15))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn real_instructions_are_valid() {
        // ret; add x0,x0,#1; ldr x0,[x1,x2,lsl #3]; fmadd d0,d1,d2,d3; bfi w0,w1,#3,#4;
        // and x0,x1,#0xff; movz w0,#1,lsl #16; ld4 {v0.8h-v3.8h},[x0]; scvtf d0,w1,#3;
        // ldr q0,literal; ldr q0,[x0]; retaa; ldaddal; st1 {v0.1d},[x0]; fmov x0,v0.d[1]
        for word in [
            0xd65f_03c0,
            0x9100_0400,
            0xf862_7820,
            0x1f42_0c20,
            0x331d_0c20,
            0x9240_1c20,
            0x52a0_0020,
            0x4c40_0400,
            0x1e42_f420,
            0x9c00_0000,
            0x3dc0_0000,
            0xd65f_0bff,
            0xf8e0_0020,
            0x0c00_7c00,
            0x9eae_0000,
        ] {
            assert!(is_valid(word), "{word:#010x}");
        }
    }

    #[test]
    fn reserved_values_are_not() {
        // In the order of `is_reserved`; each is what llvm-mc 22 refuses too.
        for word in [
            0x91d3_0ff7,
            0x8bde_5ed5,
            0x0b44_894c,
            0x6a26_b4e3,
            0x8b33_d823,
            0x1260_4f4d,
            0x52cc_023a,
            0x931e_546a,
            0x5337_075c,
            0x13d4_7701,
            0xdc9c_548e,
            0x7db2_5799,
            0x7c8c_279c,
            0x7cdc_55c5,
            0x5dc7_78ed,
            0x0cc0_ddbc,
            0x1f94_c47b,
            0x1e42_0020,
        ] {
            assert!(!is_valid(word), "{word:#010x}");
        }
    }

    #[test]
    fn undefined_words_and_padding() {
        assert!(!is_valid(0) && is_padding(0));
        assert!(!is_valid(0xffff), "udf #65535");
        assert!(is_valid(NOP) && is_padding(NOP));
        assert!(is_padding(INT3S));
        assert!(!is_padding(0xd43e_0000), "brk #0xf000 is code");
    }
}
