//! What Go assembly says that its file name does not: x18, by name and in machine words that are written as data,
//! and x86 in a file that every architecture assembles.
//!
//! Code that C compilers made is put into Go assembly as words (`WORD $0x…`), and so are the tables that belong
//! to it. A word that reads like a use of x18 may be a piece of a table, so each function also says how many of
//! its words are no instructions at all. Whether it is code is decided on the exe.

mod foreign;
mod lex;
mod preprocess;
mod statement;

use crate::facts::SourceFacts;
use crate::facts::source::{AssemblyX18, SourcePlace};
use crate::isa::a64;

use self::lex::{Kind, Token};
use self::statement::Statement;
use super::package::{PackageText, SourceFile};

/// Functions that use x18 and are kept of one package. Generated code has some hundred.
const MAX_FUNCTIONS: usize = 1000;
/// Bytes of a line that are kept.
const MAX_LINE: usize = 160;

/// Adds what is found in a package.
pub(super) fn find(package: &PackageText<'_>, facts: &mut SourceFacts) {
    for file in &package.asm {
        let mut reading = Reading::new(file, &package.headers);
        match statement::each(file.bytes, &package.headers, |statement| {
            reading.statement(statement)
        }) {
            Ok(()) => reading.finish(),
            Err(error) => {
                facts.unread.push((file.name.to_owned(), error.to_string()));
                continue;
            }
        }
        facts.parsed += 1;
        let room = MAX_FUNCTIONS.saturating_sub(facts.assembly.x18.len());
        facts.assembly.x18.extend(reading.found.into_iter().take(room));
        facts.assembly.foreign.extend(reading.foreign);
    }
}

/// One file while it is read.
struct Reading<'a> {
    file: &'a SourceFile<'a>,
    headers: &'a [SourceFile<'a>],
    /// Whether its name leaves it to all architectures.
    for_all: bool,
    function: Option<Function<'a>>,
    found: Vec<AssemblyX18>,
    foreign: Option<SourcePlace>,
}

/// What was seen since the last `TEXT`.
#[derive(Default)]
struct Function<'a> {
    name: String,
    first: Option<(Token<'a>, Option<u32>)>,
    writes: u32,
    reads: u32,
    opaque: u32,
}

impl<'a> Reading<'a> {
    fn new(file: &'a SourceFile<'a>, headers: &'a [SourceFile<'a>]) -> Self {
        let for_all = !foreign::has_suffix(file.name);
        Self { file, headers, for_all, function: None, found: Vec::new(), foreign: None }
    }

    fn statement(&mut self, statement: &Statement<'a>) {
        match statement.name() {
            b"TEXT" => {
                self.finish();
                let name = statement.rest.first().map(|symbol| symbol_name(symbol.text));
                self.function =
                    Some(Function { name: name.unwrap_or_default(), ..Function::default() });
            }
            b"GLOBL" | b"DATA" | b"FUNCDATA" | b"PCDATA" | b"PCALIGN" => {}
            b"WORD" => self.words(statement, 1),
            b"DWORD" => self.words(statement, 2),
            _ => self.instruction(statement),
        }
    }

    /// Words that are written as data: `WORD` is one, `DWORD` two, the lower one first.
    fn words(&mut self, statement: &Statement<'a>, count: u32) {
        let Some(function) = &mut self.function else { return };
        let value = match statement.operands().as_slice() {
            [operand] => statement::immediate(operand),
            _ => None,
        };
        let Some(value) = value else {
            function.opaque = function.opaque.saturating_add(count);
            return;
        };
        for at in 0..count {
            let word = (value >> (32 * at)) as u32;
            // Compilers fill up with zeros; no function begins to run them.
            if word == 0 || !a64::is_valid(word) {
                function.opaque = function.opaque.saturating_add(1);
            }
            match a64::x18(word) {
                Some(a64::X18::Write) => function.note(statement.word, Some(word), true),
                Some(a64::X18::Read) => function.note(statement.word, Some(word), false),
                Some(a64::X18::TebLoad) | None => {}
            }
        }
    }

    fn instruction(&mut self, statement: &Statement<'a>) {
        let Some(function) = &mut self.function else { return };
        match named(statement) {
            Some(writes) => function.note(statement.word, None, writes),
            None if self.for_all && self.foreign.is_none() && foreign::is_x86(statement) => {
                let name = Some(function.name.clone());
                self.foreign = Some(self.place(statement.word, name));
            }
            None => {}
        }
    }

    /// Closes the function that is open.
    fn finish(&mut self) {
        let Some(function) = self.function.take() else { return };
        let Some((token, word)) = function.first else { return };
        if self.found.len() >= MAX_FUNCTIONS {
            return;
        }
        self.found.push(AssemblyX18 {
            place: self.place(token, Some(function.name)),
            word,
            decoded: word.map(|word| a64::text(word, 0)),
            writes: function.writes,
            reads: function.reads,
            opaque: function.opaque,
        });
    }

    fn place(&self, token: Token<'_>, function: Option<String>) -> SourcePlace {
        let header = token.file.checked_sub(1).and_then(|at| self.headers.get(at));
        let file = header.unwrap_or(self.file);
        SourcePlace {
            file: file.name.to_owned(),
            line: token.line,
            text: line_of(file.bytes, token.line),
            function,
        }
    }
}

impl<'a> Function<'a> {
    fn note(&mut self, token: Token<'a>, word: Option<u32>, writes: bool) {
        self.first.get_or_insert((token, word));
        let count = if writes { &mut self.writes } else { &mut self.reads };
        *count = count.saturating_add(1);
    }
}

/// How a statement uses x18 by name: `Some(true)` where it writes it. A load through the TEB and a copy of its
/// address are right (Microsoft Learn, "Overview of ARM64 ABI conventions").
///
/// The assembler knows the register as `R18_PLATFORM` and refuses `R18`.
fn named(statement: &Statement<'_>) -> Option<bool> {
    let is_x18 = |token: &Token<'_>| {
        token.kind == Kind::Name && (token.text == b"R18_PLATFORM" || token.text == b"R18")
    };
    if !statement.rest.iter().any(is_x18) {
        return None;
    }
    let operands = statement.operands();
    let (last, before) = operands.split_last()?;
    if matches!(*last, [only] if is_x18(only)) && !only_reads(statement.name()) {
        return Some(true);
    }
    // `.P` and `.W` write the base register back.
    let base = |operand: &&[Token<'_>]| operand.len() > 1 && operand.iter().any(is_x18);
    if statement.has_suffix() && operands.iter().any(base) {
        return Some(true);
    }
    let load = matches!(
        statement.name(),
        b"MOVD" | b"MOVW" | b"MOVWU" | b"MOVH" | b"MOVHU" | b"MOVB" | b"MOVBU" | b"LDP" | b"LDPW"
    );
    let teb = load && !statement.has_suffix() && !last.iter().any(is_x18) && before.len() == 1;
    (!teb).then_some(false)
}

/// Instructions whose last operand is no destination.
fn only_reads(name: &[u8]) -> bool {
    let compares = [&b"CMP"[..], b"CMN", b"TST", b"FCMP", b"CCMP", b"CCMN"];
    compares.iter().any(|start| name.starts_with(start))
        || matches!(name, b"MSR" | b"B" | b"BL" | b"JMP" | b"CALL" | b"RET" | b"BR" | b"BLR")
}

/// The name of a `TEXT` symbol as the linker has it, without the package: `·add` is `add`.
fn symbol_name(text: &[u8]) -> String {
    let name = String::from_utf8_lossy(text).replace('\u{b7}', ".").replace('\u{2215}', "/");
    name.strip_prefix('.').map_or_else(|| name.clone(), str::to_owned)
}

/// A line of a file, without surrounding white space, cut where it is long.
fn line_of(bytes: &[u8], line: u32) -> String {
    let at = usize::try_from(line).unwrap_or(usize::MAX).saturating_sub(1);
    let line = bytes.split(|byte| *byte == b'\n').nth(at).unwrap_or_default();
    let text = String::from_utf8_lossy(line.get(..line.len().min(MAX_LINE)).unwrap_or_default());
    text.trim().to_owned()
}

#[cfg(test)]
mod tests;
