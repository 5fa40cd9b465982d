//! A64 code words: is a word an instruction, does it touch x18, does it need
//! more than Armv8.0, where does it lead. Pure functions over numbers and bytes.
//!
//! Two layers answer. The exact one decodes with disarm64 and adds the rules
//! that disarm64 leaves out ([`is_valid`], [`x18()`], [`feature()`]). [`marked`] is
//! the hot loop over a whole `.text`: it asks a table that `a64_table` makes from
//! the exact layer, and agrees with it for every one of the 2^32 words.
//!
//! Instruction classes and bit fields are those of the Arm Architecture Reference
//! Manual for A-profile (DDI 0487), chapter C4, "A64 Instruction Set Encoding".

mod feature;
mod flow;
mod gate;
mod text;
mod valid;
mod x18;

pub use feature::{Feature, allowed_by, feature};
pub use flow::{
    AddImmediate, Flow, Load, Page, add_immediate, adr, adrp, flow, literal_target, unsigned_load,
};
pub use gate::marked;
pub use text::text;
pub use valid::{is_padding, is_valid};
pub use x18::{X18, x18};

/// What a word deserves a second look for. A word that is no instruction has no
/// other mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Marks(u8);

impl Marks {
    /// Not an A64 instruction, and not a zero word either.
    pub const INVALID: Self = Self(1);
    /// Reads or writes x18, see [`x18()`].
    pub const X18: Self = Self(2);
    /// Is not in Armv8.0, see [`feature()`].
    pub const FEATURE: Self = Self(4);

    /// No mark.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// All marks of `other` are set.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The marks as bits: 1 invalid, 2 x18, 4 feature.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// These marks and those of `other`.
    const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// The marks of one word, by decoding it. A zero word has none.
#[must_use]
pub fn marks(word: u32) -> Marks {
    if word == 0 {
        return Marks::default();
    }
    let Some(definition) = valid::definition(word) else { return Marks::INVALID };
    let mut marks = Marks::default();
    if x18::touches(word, definition) {
        marks = marks.with(Marks::X18);
    }
    if feature::of(word, definition).is_some() {
        marks = marks.with(Marks::FEATURE);
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_mark_has_its_word() {
        assert_eq!(marks(0), Marks::default());
        assert_eq!(marks(0xd503_201f), Marks::default(), "nop");
        assert_eq!(marks(0x0000_0001), Marks::INVALID, "udf #1");
        assert_eq!(marks(0xaa12_03e0), Marks::X18, "mov x0, x18");
        assert_eq!(marks(0xb820_0001), Marks::FEATURE, "ldadd w0, w1, [x0]");
        let both = marks(0xb832_0001);
        assert!(both.contains(Marks::X18) && both.contains(Marks::FEATURE), "ldadd w18, w1, [x0]");
        assert_eq!(both.bits(), 6);
        assert!(!both.contains(Marks::INVALID) && !both.is_empty());
    }
}
