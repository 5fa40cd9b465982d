//! A word as text, for reports.

use std::fmt::Write as _;

use disarm64::InsnDisplay;
use disarm64::decoder;

use super::valid;

/// The instruction in words, with absolute targets. What is no instruction reads
/// `.inst 0x… (unallocated)`.
#[must_use]
pub fn text(word: u32, address: u64) -> String {
    if word & 0x7fe0_ffe0 == 0x2a00_03e0 {
        let size = if valid::bit(word, 31) { 'x' } else { 'w' };
        let [to, from] = [0, 16].map(|low| register(size, valid::bits(word, low, 5)));
        return format!("mov {to}, {from}");
    }
    let decoded = decoder::decode(word).filter(|_| valid::is_valid(word));
    let Some(decoded) = decoded else { return unallocated(word) };
    let mut text = String::new();
    // A formatter that gives up, or leaves a mark of what it does not know, has
    // no better words than the number.
    if write!(text, "{}", decoded.display_at(address)).is_err() || !is_complete(&text) {
        return format!(".inst {word:#010x} ({})", valid::name(word).unwrap_or("unknown"));
    }
    text.make_ascii_lowercase();
    // disarm64 pads with tabs, and names the register that `ret` implies.
    let words: Vec<&str> = text.split_whitespace().collect();
    if words == ["ret", "x30"] { "ret".to_owned() } else { words.join(" ") }
}

/// A general register; the last one is zero.
fn register(size: char, number: u32) -> String {
    if number == 31 { format!("{size}zr") } else { format!("{size}{number}") }
}

/// The text of a word that is no instruction.
fn unallocated(word: u32) -> String {
    if word == 0 { "udf #0".to_owned() } else { format!(".inst {word:#010x} (unallocated)") }
}

/// disarm64 writes `<undefined>` or `:KIND:` for an operand that it cannot format.
fn is_complete(text: &str) -> bool {
    !text.contains('<') && !text.contains(':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_instructions_read_as_in_any_disassembler() {
        for (word, expected) in [
            (0xd65f_03c0, "ret"),
            (0xf940_2e49, "ldr x9, [x18, #0x58]"),
            (0x9400_0002, "bl 0x1008"),
        ] {
            assert_eq!(text(word, 0x1000), expected);
        }
    }

    #[test]
    fn what_is_no_instruction_says_so() {
        assert_eq!(text(0, 0), "udf #0");
        assert_eq!(text(0x0000_1234, 0), ".inst 0x00001234 (unallocated)");
        assert_eq!(text(0xffff_ffff, 0), ".inst 0xffffffff (unallocated)");
    }
}
