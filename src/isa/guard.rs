//! Whether code asks the processor what it can do before it does it.
//!
//! Go programs ask at start and keep the answers in global variables: a byte each
//! (internal/cpu, golang.org/x/sys/cpu) or bits of a word (klauspost/cpuid). So the
//! test before the instructions is a load from a global and a branch on it:
//!
//! ```text
//! adrp  x27, page
//! ldrb  w1, [x27, #offset]
//! cbz   w1, generic
//! ```
//!
//! This looks for such a branch from the top down, without following jumps. It is
//! a sign and no proof: which flag is tested is not known.

use super::a64::{Flow, add_immediate, adrp, flow, unsigned_load};

/// Words of one function that are looked at; a test stands near the start.
const MAX_WORDS: usize = 1 << 12;

/// `mov w0, wzr`.
const MOV_ZERO: u32 = 0x2a1f_03e0;

/// What a register holds, as far as it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Value {
    /// Something else.
    Other,
    /// An address that `adrp` began.
    Global,
    /// A byte read from such an address, or bits of one.
    Byte,
    /// A word of 8 bytes read from such an address: bit flags, a number, a pointer.
    Word,
    /// Single bits of such a word.
    Bits,
}

/// Whether a branch on a global flag stands among these words, which begin a function at
/// `address`.
#[must_use]
pub fn tests_a_global(code: &[u8], address: u64) -> bool {
    let mut registers = [Value::Other; 32];
    // What the last comparison was about.
    let mut compared = false;
    let mut before = 0;
    let words = code.as_chunks::<4>().0;
    for (word, address) in words.iter().take(MAX_WORDS).zip((address..).step_by(4)) {
        let word = u32::from_le_bytes(*word);
        let first = registers[register(word, 0)];
        let last = std::mem::replace(&mut before, word);
        match branch(word) {
            // A C runtime for systems where nobody sets the flag has this in its place.
            Some(Test::Zero) if last == MOV_ZERO | (word & 31) => return true,
            Some(Test::Zero) if matches!(first, Value::Byte | Value::Bits) => return true,
            Some(Test::Bit) if matches!(first, Value::Byte | Value::Word | Value::Bits) => {
                return true;
            }
            Some(Test::Flags) if compared => return true,
            Some(_) => continue,
            None => {}
        }
        if let Flow::Call(_) = flow(word, address) {
            // x0 to x18 belong to whoever is called; Go keeps none of the others either.
            registers = [Value::Other; 32];
            continue;
        }
        if let Some(about_flag) = comparison(word, &registers) {
            compared = about_flag;
        }
        let value = value(word, address, &registers);
        if !is_store(word) {
            registers[register(word, 0)] = value;
        }
    }
    false
}

/// What a conditional branch asks.
enum Test {
    /// `cbz`, `cbnz`.
    Zero,
    /// `tbz`, `tbnz`.
    Bit,
    /// `b.cond`.
    Flags,
}

/// The kind of a conditional branch (DDI 0487, C4.1, Branches).
fn branch(word: u32) -> Option<Test> {
    match word >> 24 {
        0x34 | 0x35 | 0xb4 | 0xb5 => Some(Test::Zero),
        0x36 | 0x37 | 0xb6 | 0xb7 => Some(Test::Bit),
        0x54 => Some(Test::Flags),
        _ => None,
    }
}

/// For an instruction that sets the flags, whether from a global flag: a byte against
/// anything, bits of a word against zero, a word against a number other than zero.
fn comparison(word: u32, registers: &[Value; 32]) -> Option<bool> {
    let left = registers[register(word, 5)];
    let right = registers[register(word, 16)];
    let immediate = (word >> 10) & 0xfff;
    match word & 0x7f80_0000 {
        // subs, cmp with an immediate
        0x7100_0000 => Some(match left {
            Value::Byte | Value::Bits => true,
            Value::Word => immediate != 0,
            _ => false,
        }),
        // ands, tst with an immediate
        0x7200_0000 => Some(matches!(left, Value::Byte | Value::Word | Value::Bits)),
        // adds, cmn with an immediate
        0x3100_0000 => Some(false),
        _ => match word & 0x7f20_0000 {
            // ands, tst of registers
            0x6a00_0000 => Some(
                [left, right]
                    .iter()
                    .any(|side| matches!(side, Value::Byte | Value::Word | Value::Bits)),
            ),
            // subs, cmp of registers
            0x6b00_0000 => Some([left, right].contains(&Value::Byte)),
            0x2b00_0000 => Some(false),
            _ => None,
        },
    }
}

/// What the destination register holds after a word that is neither branch nor store.
fn value(word: u32, address: u64, registers: &[Value; 32]) -> Value {
    if adrp(word, address).is_some() {
        return Value::Global;
    }
    if let Some(add) = add_immediate(word) {
        return match registers[usize::from(add.from) & 31] {
            Value::Global => Value::Global,
            _ => Value::Other,
        };
    }
    if let Some(load) = unsigned_load(word) {
        return match (registers[usize::from(load.base) & 31], load.bytes) {
            (Value::Global, 1) => Value::Byte,
            // Of four bytes as of eight single bits have to be asked for: Go compares
            // `runtime.writeBarrier` with zero in front of every store of a pointer. The
            // atomics of Microsoft's C runtime test bit 0 of four bytes.
            (Value::Global, 4 | 8) => Value::Word,
            _ => Value::Other,
        };
    }
    let left = registers[register(word, 5)];
    let right = registers[register(word, 16)];
    match word & 0x7f80_0000 {
        // and, ands with an immediate; ubfx, lsr and the like
        0x1200_0000 | 0x7200_0000 | 0x5300_0000 | 0x1300_0000 => match left {
            Value::Word => Value::Bits,
            Value::Byte | Value::Bits => left,
            _ => Value::Other,
        },
        _ => match word & 0x7f20_0000 {
            // and, orr of registers, which is also mov
            0x0a00_0000 | 0x2a00_0000 => match (left, right) {
                (Value::Byte, _) | (_, Value::Byte) => Value::Byte,
                (Value::Bits, _) | (_, Value::Bits) => Value::Bits,
                (Value::Word, Value::Other) if word & 0x7f20_0000 == 0x0a00_0000 => Value::Bits,
                (Value::Other, right) if register(word, 5) == 31 => right,
                (Value::Other, Value::Word) => Value::Bits,
                _ => Value::Other,
            },
            _ => Value::Other,
        },
    }
}

/// Whether a word stores registers, so that the field Rd is not changed (DDI 0487, C4.1, Loads and
/// Stores). Pairs and the exclusive forms are not told apart from loads here.
fn is_store(word: u32) -> bool {
    let form = word & 0x3b00_0000 == 0x3900_0000 || word & 0x3b20_0000 == 0x3800_0000;
    form && (word >> 22) & 3 == 0
}

/// The number of the register in the five bits from `low` up.
fn register(word: u32, low: u32) -> usize {
    ((word >> low) & 31) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guarded(words: &[u32]) -> bool {
        let code: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        tests_a_global(&code, 0x1_4000_1000)
    }

    const ADRP: u32 = 0xb000_001b; // adrp x27, page
    const LDRB: u32 = 0x3944_8f60; // ldrb w0, [x27, #0x123]
    const LDR: u32 = 0xf940_0760; // ldr x0, [x27, #8]
    const LDRW: u32 = 0xb940_0760; // ldr w0, [x27, #4]

    #[test]
    fn a_branch_on_a_byte_of_a_global_is_a_test() {
        assert!(guarded(&[ADRP, LDRB, 0x3400_0040]), "cbz w0");
        assert!(guarded(&[ADRP, LDRB, 0x3600_0040]), "tbz w0, #0");
        assert!(guarded(&[ADRP, LDRB, 0x7100_041f, 0x5400_0040]), "cmp w0, #1; b.eq");
        assert!(guarded(&[ADRP, LDRB, 0x1200_0001, 0x3400_0041]), "and w1, w0, #1; cbz w1");
        assert!(guarded(&[ADRP, 0x9104_8f63, 0x3940_0060, 0x3500_0040]), "add x3, x27; ldrb [x3]");
    }

    #[test]
    fn flags_in_a_word_are_a_test_and_pointers_are_not() {
        assert!(guarded(&[ADRP, LDR, 0xb628_0040]), "tbz x0, #37");
        assert!(guarded(&[ADRP, LDR, 0xf240_001f, 0x5400_0040]), "tst x0, #1; b.eq");
        assert!(guarded(&[ADRP, LDR, 0xf100_081f, 0x5400_0040]), "cmp x0, #2; b.eq");
        assert!(!guarded(&[ADRP, LDR, 0xb400_0040]), "cbz x0: a pointer");
        assert!(!guarded(&[ADRP, LDR, 0xf100_001f, 0x5400_0040]), "cmp x0, #0; b.eq");
        assert!(!guarded(&[ADRP, LDRW, 0x3400_0040]), "the write barrier");
    }

    #[test]
    fn what_happens_in_between_matters() {
        assert!(!guarded(&[LDRB, 0x3400_0040]), "x27 is no global");
        assert!(!guarded(&[ADRP, LDRB, 0x9400_0001, 0x3400_0040]), "after a call");
        assert!(!guarded(&[ADRP, LDRB, 0xd280_0000, 0x3400_0040]), "mov x0, #0");
        assert!(guarded(&[ADRP, LDRB, 0x3900_0020, 0x3400_0040]), "strb w0 keeps it");
        assert!(guarded(&[0x2a1f_03f0, 0x3400_0070]), "mov w16, wzr; cbz w16");
        assert!(!guarded(&[0x2a1f_03f0, 0x3400_0071]), "mov w16, wzr; cbz w17");
        assert!(!guarded(&[ADRP, LDRB]), "no branch");
        assert!(!guarded(&[]));
    }
}
