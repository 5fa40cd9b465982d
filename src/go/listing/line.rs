//! One line of a listing, taken apart by hand: no allocation, no index.

use memchr::{memchr, memrchr};

use super::{Event, Flags, Hex, Instruction, Relocation, Symbol};

/// A line that has more words after its symbol's kind is not one.
const MAX_WORDS: usize = 24;
/// Kinds of symbols (cmd/internal/objabi/symkind.go of Go 1.26). Another word of that shape is taken for a
/// kind too, and the line is counted as unknown.
const KINDS: &[&[u8]] = &[
    b"STEXT",
    b"SRODATA",
    b"SDWARFVAR",
    b"SDWARFFCN",
    b"SDWARFABSFCN",
    b"SDWARFLOC",
    b"SDWARFLINES",
    b"SDWARFRANGE",
    b"SDATA",
    b"SNOPTRDATA",
    b"SBSS",
    b"SNOPTRBSS",
    b"STEXTFIPS",
    b"SRODATAFIPS",
    b"SNOPTRDATAFIPS",
    b"SDATAFIPS",
    b"STLSBSS",
    b"SDWARFCUINFO",
    b"SDWARFCONST",
    b"SDWARFTYPE",
    b"SDWARFADDR",
    b"SLIBFUZZER_8BIT_COUNTER",
    b"SCOVERAGE_COUNTER",
    b"SCOVERAGE_AUXVAR",
    b"SSEHUNWINDINFO",
    b"Sxxx",
];

/// What a line says, and whether any of it was never seen before.
pub(super) struct Read<'a> {
    pub(super) event: Event<'a>,
    pub(super) novel: bool,
}

#[inline(always)]
pub(super) fn read(line: &[u8]) -> Read<'_> {
    // Written by a child on Windows, a line could end so; Go does not.
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let known = |event| Read { event, novel: false };
    if let Some(body) = line.strip_prefix(b"\t") {
        return match body.first() {
            Some(b'0') => numbered(body),
            Some(b'r') => relocation(body).map(Event::Relocation),
            _ => None,
        }
        .map_or(Read { event: Event::Unknown(line), novel: true }, known);
    }
    if let Some(path) = line.strip_prefix(b"# ") {
        if !path.is_empty() {
            return known(Event::Package(path));
        }
    } else if let Some(read) = symbol(line) {
        return read;
    } else if line.starts_with(b"go: ") {
        return known(Event::Message(line));
    }
    Read { event: Event::Unknown(line), novel: true }
}

/// `0x0034 00052 (...` is an instruction, `0x0000 90 0b ...` a line of a dump.
#[inline(always)]
fn numbered(body: &[u8]) -> Option<Event<'_>> {
    let digits = body.strip_prefix(b"0x")?;
    let (offset, rest) = hexadecimal(digits)?;
    let rest = rest.strip_prefix(b" ")?;
    match rest.get(2) {
        Some(b' ') => hex(offset, rest).map(Event::Hex),
        _ => instruction(offset, rest).map(Event::Instruction),
    }
}

/// `00052 (/abs/dep.go:24)<TAB>CALL<TAB>runtime.newobject(SB)`
#[inline(always)]
fn instruction(pc: u64, rest: &[u8]) -> Option<Instruction<'_>> {
    // The same number once more, in decimal and at least five digits.
    let (count, rest) = decimal(rest)?;
    if count != pc {
        return None;
    }
    let rest = rest.strip_prefix(b" (")?;
    let mut end = 0;
    let (position, rest) = loop {
        // A path may hold a tab or a parenthesis: both together end it.
        end += memchr(b'\t', rest.get(end..)?)?;
        let (position, tail) = rest.split_at_checked(end)?;
        if let Some(position) = position.strip_suffix(b")") {
            break (position, tail.get(1..)?);
        }
        end += 1;
    };
    let (file, line) = place(position)?;
    // Opcodes are short: a loop is faster than a search.
    let (opcode, operands) = match rest.iter().position(|byte| *byte == b'\t') {
        Some(tab) => (rest.get(..tab)?, rest.get(tab + 1..)?),
        None => (rest, &[][..]),
    };
    if !opcode.first()?.is_ascii_uppercase() {
        return None;
    }
    Some(Instruction { pc, file, line, opcode, operands })
}

/// `file:line`, `<unknown line number>`, or `file:line[original:line]` (cmd/internal/src, Pos.WriteTo).
#[inline]
fn place(position: &[u8]) -> Option<(&[u8], u32)> {
    let plain = |text| -> Option<(&[u8], u32)> {
        let (head, line) = decimal_at_end(text)?;
        Some((head.strip_suffix(b":")?, u32::try_from(line).ok()?))
    };
    match position.last()? {
        b'>' if position == b"<unknown line number>" => Some((&[], 0)),
        b']' => plain(position.get(..memrchr(b'[', position)?)?),
        _ => plain(position),
    }
}

/// `90 0b 40 f9`, padded to sixteen bytes, two spaces, and the bytes as text.
#[inline(always)]
fn hex(offset: u64, rest: &[u8]) -> Option<Hex<'_>> {
    /// Three columns for each of sixteen bytes, less the space in front, and two spaces.
    const COLUMNS: usize = 16 * 3 - 1;
    let (columns, text) = rest.split_at_checked(COLUMNS)?;
    let count = text.strip_prefix(b"  ")?.len();
    if !(1..=16).contains(&count) {
        return None;
    }
    let (digits, padding) = columns.split_at_checked(3 * count - 1)?;
    let mut wrong = padding.iter().fold(0, |wrong, byte| wrong | (byte ^ b' '));
    for pair in digits.chunks(3) {
        if let [high, low, end @ ..] = pair {
            wrong |= (nibble(*high) | nibble(*low)) & NOT_HEX;
            wrong |= end.first().map_or(0, |space| space ^ b' ');
        }
    }
    (wrong == 0).then_some(Hex { offset, count, digits })
}

/// `rel 52+4 t=R_CALLARM64 runtime.newobject+0`
#[inline(always)]
fn relocation(body: &[u8]) -> Option<Relocation<'_>> {
    let rest = body.strip_prefix(b"rel ")?;
    let (offset, rest) = decimal(rest)?;
    let (size, rest) = decimal(rest.strip_prefix(b"+")?)?;
    let rest = rest.strip_prefix(b" t=")?;
    let space = memchr(b' ', rest)?;
    let (kind, rest) = (rest.get(..space)?, rest.get(space + 1..)?);
    if !kind.first()?.is_ascii_uppercase() {
        return None;
    }
    // The name may hold a plus sign: the last one counts.
    let (head, value) = decimal_at_end(rest)?;
    let (negative, head) = match head.strip_suffix(b"-") {
        Some(head) => (true, head),
        None => (false, head),
    };
    let target = head.strip_suffix(b"+")?;
    let value = i64::try_from(value).ok()?;
    Some(Relocation { offset, size, kind, target, addend: if negative { -value } else { value } })
}

/// `NAME KIND [flags] size=N [key=0xN]... [leaf]`, read from the right: names hold spaces and anything else.
fn symbol(line: &[u8]) -> Option<Read<'_>> {
    let mut rest = line;
    let mut flags = Flags::default();
    let mut novel = false;
    let mut size = None;
    for _ in 0..MAX_WORDS {
        let space = memrchr(b' ', rest)?;
        let word = rest.get(space + 1..)?;
        rest = rest.get(..space)?;
        if size.is_none() {
            match word {
                b"leaf" => flags.leaf = true,
                _ => match attribute(word)? {
                    (b"size", value) => size = Some(value),
                    (b"args" | b"locals" | b"funcid" | b"align", _) => {}
                    _ => novel = true,
                },
            }
            continue;
        }
        match word {
            b"dupok" => flags.dupok = true,
            b"static" => flags.local = true,
            b"nosplit" => flags.nosplit = true,
            b"cfunc" => flags.cfunc = true,
            b"topframe" => flags.topframe = true,
            b"asm" => flags.asm = true,
            _ if word.first() == Some(&b'S') && is_kind(word) => {
                novel |= !KINDS.contains(&word);
                let symbol = Symbol { name: rest, kind: word, flags, size: size? };
                return Some(Read { event: Event::Symbol(symbol), novel });
            }
            // A flag of a Go to come.
            _ if !word.is_empty() && word.iter().all(u8::is_ascii_lowercase) => novel = true,
            _ => return None,
        }
    }
    None
}

fn is_kind(word: &[u8]) -> bool {
    let plain = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_';
    word.len() > 2 && word.iter().all(plain) || word == b"Sxxx" || word.starts_with(b"SymKind(")
}

/// `key=12` or `key=0x12`.
fn attribute(word: &[u8]) -> Option<(&[u8], u64)> {
    let equals = memchr(b'=', word)?;
    let (key, value) = (word.get(..equals)?, word.get(equals + 1..)?);
    let (value, rest) = match value.strip_prefix(b"0x") {
        Some(digits) => hexadecimal(digits)?,
        None => decimal(value)?,
    };
    let plain = !key.is_empty() && key.iter().all(u8::is_ascii_lowercase);
    (plain && rest.is_empty()).then_some((key, value))
}

/// More digits than any number here has; so many never overflow.
const MAX_DIGITS: usize = 16;

/// The number at the beginning, and what follows it.
#[inline]
fn decimal(text: &[u8]) -> Option<(u64, &[u8])> {
    let mut value: u64 = 0;
    let mut count = 0;
    for byte in text {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            break;
        }
        value = value.wrapping_mul(10).wrapping_add(u64::from(digit));
        count += 1;
    }
    if count == 0 || count > MAX_DIGITS { None } else { Some((value, text.get(count..)?)) }
}

/// The number at the end, and what stands before it.
#[inline]
fn decimal_at_end(text: &[u8]) -> Option<(&[u8], u64)> {
    let count = text.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let (head, digits) = text.split_at_checked(text.len().checked_sub(count)?)?;
    let (value, _) = decimal(digits)?;
    Some((head, value))
}

/// The number at the beginning in hexadecimal, lower case as Go prints it.
#[inline]
fn hexadecimal(text: &[u8]) -> Option<(u64, &[u8])> {
    let mut value: u64 = 0;
    let mut count = 0;
    for byte in text {
        let digit = nibble(*byte);
        if digit > 15 {
            break;
        }
        value = value << 4 | u64::from(digit);
        count += 1;
    }
    if count == 0 || count > MAX_DIGITS { None } else { Some((value, text.get(count..)?)) }
}

/// What is no digit.
const NOT_HEX: u8 = 0x80;

/// The value of a hexadecimal digit, or [`NOT_HEX`].
#[inline]
fn nibble(byte: u8) -> u8 {
    /// By byte: a table needs no branch.
    const NIBBLES: [u8; 256] = {
        let mut table = [NOT_HEX; 256];
        let mut digit = 0;
        while digit < 16 {
            table[b"0123456789abcdef"[digit] as usize] = digit as u8;
            digit += 1;
        }
        table
    };
    NIBBLES[usize::from(byte)]
}
