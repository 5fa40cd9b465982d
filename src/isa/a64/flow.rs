//! Where a word leads, and which data it refers to. Addresses are whatever the
//! caller counts in, offsets or virtual addresses, and wrap around.

use super::valid::{self, bit, bits};

/// What runs after an instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Flow {
    /// The next word; also after a call through a register, and after `svc`.
    Next,
    /// Only the target.
    Branch(u64),
    /// The target, then the next word.
    Call(u64),
    /// The target or the next word.
    Conditional(u64),
    /// Not the next word: `ret`, `br` and their authenticating forms, `eret`,
    /// `brk`, `hlt`, `udf` (zero words too), and what is no instruction.
    Stop,
}

/// What runs after `word`, which stands at `address`.
#[must_use]
pub fn flow(word: u32, address: u64) -> Flow {
    let to = |low, len| target(word, address, low, len);
    match word >> 24 {
        0x14..=0x17 => Flow::Branch(to(0, 26)),
        0x94..=0x97 => Flow::Call(to(0, 26)),
        // The conditions "always" and "never" (which is "always", too).
        0x54 if bits(word, 1, 4) == 0b0111 && !bit(word, 4) => Flow::Branch(to(5, 19)),
        0x54 => Flow::Conditional(to(5, 19)),
        0x34 | 0x35 | 0xb4 | 0xb5 => Flow::Conditional(to(5, 19)),
        0x36 | 0x37 | 0xb6 | 0xb7 => Flow::Conditional(to(5, 14)),
        _ if !valid::is_valid(word) => Flow::Stop,
        // FEAT_CMPBR.
        0x74 | 0x75 | 0xf4 | 0xf5 => Flow::Conditional(to(5, 9)),
        // brk, hlt; br and braa, but not blr and blraa; ret, eret, drps, texit.
        0xd4 if matches!(bits(word, 21, 3), 0b001 | 0b010) => Flow::Stop,
        0xd6 | 0xd7 if bits(word, 21, 3) != 0b001 => Flow::Stop,
        _ => Flow::Next,
    }
}

/// `address` plus a signed count of words in `len` bits from bit `low` up.
fn target(word: u32, address: u64, low: u32, len: u32) -> u64 {
    address.wrapping_add_signed(signed(bits(word, low, len), len) * 4)
}

/// A number of `len` bits as a signed one.
fn signed(value: u32, len: u32) -> i64 {
    let shift = 64 - len;
    (i64::from(value) << shift) >> shift
}

/// Where a load (literal) reads, and how many bytes. A prefetch has none.
#[must_use]
pub fn literal_target(word: u32, address: u64) -> Option<(u64, u32)> {
    if word & 0x3b00_0000 != 0x1800_0000 {
        return None;
    }
    let bytes = match (bit(word, 26), bits(word, 30, 2)) {
        (false, 0 | 2) | (true, 0) => 4,
        (false, 1) | (true, 1) => 8,
        (true, 2) => 16,
        (false, _) => 0,
        (true, _) => return None,
    };
    Some((target(word, address, 5, 19), bytes))
}

/// The address that an `adr` at `address` takes.
#[must_use]
pub fn adr(word: u32, address: u64) -> Option<u64> {
    if word & 0x9f00_0000 != 0x1000_0000 {
        return None;
    }
    let offset = signed((bits(word, 5, 19) << 2) | bits(word, 29, 2), 21);
    Some(address.wrapping_add_signed(offset))
}

/// `adrp`: a register is given the address of a page of 4096 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Page {
    /// Which register.
    pub register: u8,
    /// The address of the page.
    pub page: u64,
}

/// Takes an `adrp` at `address` apart.
#[must_use]
pub fn adrp(word: u32, address: u64) -> Option<Page> {
    if word & 0x9f00_0000 != 0x9000_0000 {
        return None;
    }
    let pages = signed((bits(word, 5, 19) << 2) | bits(word, 29, 2), 21);
    let page = (address & !0xfff).wrapping_add_signed(pages * 4096);
    Some(Page { register: register(word, 0), page })
}

/// A load of a general register from a base and an offset that is not negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Load {
    /// The register that is loaded.
    pub to: u8,
    /// The base register; 31 is the stack pointer.
    pub base: u8,
    /// Bytes from the base.
    pub offset: u32,
    /// Bytes read: 1, 2, 4 or 8.
    pub bytes: u32,
}

/// Takes `ldr`, `ldrb`, `ldrh`, `ldrsb`, `ldrsh` and `ldrsw` with an unsigned
/// offset apart.
#[must_use]
pub fn unsigned_load(word: u32) -> Option<Load> {
    let (size, kind) = (bits(word, 30, 2), bits(word, 22, 2));
    // Kind 0 is a store; with size 3, 2 is a prefetch and 3 is reserved.
    let loads = word & 0x3f00_0000 == 0x3900_0000 && kind != 0 && !(size == 3 && kind > 1);
    if !loads || (size == 2 && kind == 3) {
        return None;
    }
    Some(Load {
        to: register(word, 0),
        base: register(word, 5),
        offset: bits(word, 10, 12) << size,
        bytes: 1 << size,
    })
}

/// `add` of an immediate to a 64-bit register, the second half of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AddImmediate {
    /// The register that is given the sum.
    pub to: u8,
    /// The register that is added to.
    pub from: u8,
    /// What is added.
    pub value: u32,
}

/// Takes a 64-bit `add` of an immediate apart.
#[must_use]
pub fn add_immediate(word: u32) -> Option<AddImmediate> {
    if word & 0xff80_0000 != 0x9100_0000 {
        return None;
    }
    let value = bits(word, 10, 12) << if bit(word, 22) { 12 } else { 0 };
    Some(AddImmediate { to: register(word, 0), from: register(word, 5), value })
}

/// The number of the register in the five bits from `low` up.
fn register(word: u32, low: u32) -> u8 {
    // Five bits fit.
    bits(word, low, 5) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn branches_and_calls() {
        for (word, expected) in [
            (0x1400_0002, Flow::Branch(0x1008)),
            (0x17ff_ffff, Flow::Branch(0xffc)),
            (0x9400_0001, Flow::Call(0x1004)),
            (0x5400_0040, Flow::Conditional(0x1008)),
            (0x5400_004e, Flow::Branch(0x1008)),
            (0xb4ff_ffe0, Flow::Conditional(0xffc)),
            (0x3600_0040, Flow::Conditional(0x1008)),
            (0xb73f_ffe0, Flow::Conditional(0xffc)),
            (0x74c0_0040, Flow::Conditional(0x1008)),
            (0xd65f_03c0, Flow::Stop),
            (0xd61f_0000, Flow::Stop),
            (0xd71f_0800, Flow::Stop),
            (0xd63f_0000, Flow::Next),
            (0xd73f_0800, Flow::Next),
            (0xd43e_0000, Flow::Stop),
            (0xd440_0000, Flow::Stop),
            (0xd400_0001, Flow::Next),
            (0x0000_0000, Flow::Stop),
            (0xffff_ffff, Flow::Stop),
            (0xd503_201f, Flow::Next),
        ] {
            assert_eq!(flow(word, 0x1000), expected, "{word:#010x}");
        }
    }

    #[test]
    fn targets_wrap_and_do_not_panic() {
        assert_eq!(flow(0x17ff_ffff, 0), Flow::Branch(u64::MAX - 3));
        assert_eq!(literal_target(0x58ff_ffe0, 0), Some((u64::MAX - 3, 8)));
        assert_eq!(adrp(0xf0ff_ffe0, 0), Some(Page { register: 0, page: u64::MAX - 4095 }));
    }

    #[test]
    fn literals() {
        for (word, expected) in [
            (0x1800_0040, Some((0x1008, 4))),
            (0x5800_0040, Some((0x1008, 8))),
            (0x9800_0040, Some((0x1008, 4))),
            (0xd800_0040, Some((0x1008, 0))),
            (0x1c00_0040, Some((0x1008, 4))),
            (0x5c00_0040, Some((0x1008, 8))),
            (0x9c00_0040, Some((0x1008, 16))),
            (0xdc00_0040, None),
            (0xf940_0000, None),
        ] {
            assert_eq!(literal_target(word, 0x1000), expected, "{word:#010x}");
        }
    }

    #[test]
    fn the_halves_of_an_address() {
        // adrp x27, page; ldrb w0, [x27, #0x123]
        let page = adrp(0xb000_001b, 0x1_4000_1234);
        assert_eq!(page, Some(Page { register: 27, page: 0x1_4000_2000 }));
        let load = unsigned_load(0x3944_8f60);
        assert_eq!(load, Some(Load { to: 0, base: 27, offset: 0x123, bytes: 1 }));
        let load = unsigned_load(0xf940_0be1);
        assert_eq!(load, Some(Load { to: 1, base: 31, offset: 16, bytes: 8 }));
        for (word, name) in [
            (0xf900_0be1, "str"),
            (0xf980_0be1, "prfm"),
            (0xb9c0_0000, "reserved"),
            (0x3dc0_0000, "ldr q0"),
            (0xf840_8420, "ldr, post-indexed"),
        ] {
            assert_eq!(unsigned_load(word), None, "{name}");
        }
        let add = add_immediate(0x9140_0461);
        assert_eq!(add, Some(AddImmediate { to: 1, from: 3, value: 0x1000 }));
        assert_eq!(add_immediate(0xb100_0400), None, "adds");
        assert_eq!(adrp(0x1000_0000, 0), None, "adr");
        assert_eq!(adr(0x3000_0041, 0x1000), Some(0x1009));
        assert_eq!(adr(0x70ff_ffe0, 0), Some(u64::MAX));
        assert_eq!(adr(0x9000_0000, 0), None, "adrp");
    }
}
