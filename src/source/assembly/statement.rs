//! Statements of Go assembly: `label: MNEMONIC.suffix operand, operand`, ended by a line break or `;`
//! (cmd/asm/internal/asm/parse.go of Go 1.26).

use super::super::package::SourceFile;
use super::lex::{Kind, Token};
use super::preprocess::{PreprocessError, Preprocessor};

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Statement<'a> {
    /// The instruction, without what follows a dot.
    pub(super) word: Token<'a>,
    /// What follows it: `.P`, operands, commas.
    pub(super) rest: Vec<Token<'a>>,
}

impl<'a> Statement<'a> {
    /// The instruction.
    pub(super) fn name(&self) -> &'a [u8] {
        self.word.text
    }

    /// `P` and `W` of `MOVD.P`: the base register is written back.
    pub(super) fn has_suffix(&self) -> bool {
        self.rest.first().is_some_and(|token| token.is(b".") && token.glued)
    }

    /// The operands: what stands between commas outside of parentheses and brackets.
    pub(super) fn operands(&self) -> Vec<&[Token<'a>]> {
        let from = if self.has_suffix() { 2 } else { 0 };
        let rest = self.rest.get(from..).unwrap_or_default();
        let mut depth = 0usize;
        rest.split(|token| {
            if token.is(b"(") || token.is(b"[") {
                depth += 1;
            } else if token.is(b")") || token.is(b"]") {
                depth = depth.saturating_sub(1);
            }
            depth == 0 && token.is(b",")
        })
        .collect()
    }
}

/// The statements of a file, as the assembler for windows/arm64 sees them.
///
/// # Errors
/// See [`PreprocessError`].
pub(super) fn each<'a>(
    bytes: &'a [u8],
    headers: &'a [SourceFile<'a>],
    mut visit: impl FnMut(&Statement<'a>),
) -> Result<(), PreprocessError> {
    let mut tokens = Preprocessor::new(bytes, headers);
    let mut line: Vec<Token<'a>> = Vec::new();
    loop {
        let token = tokens.token()?;
        match token {
            Some(token) if token.kind != Kind::Line && !token.is(b";") => line.push(token),
            _ => {
                if let Some(statement) = statement(&mut line) {
                    visit(&statement);
                }
                line.clear();
                if token.is_none() {
                    return Ok(());
                }
            }
        }
    }
}

/// A line without its labels; `None` where nothing is left that could be an instruction.
fn statement<'a>(line: &mut Vec<Token<'a>>) -> Option<Statement<'a>> {
    let labels = line.chunks_exact(2).take_while(
        |pair| matches!(pair, [name, colon] if name.kind == Kind::Name && colon.is(b":")),
    );
    let from = 2 * labels.count();
    let word = *line.get(from).filter(|token| token.kind == Kind::Name)?;
    Some(Statement { word, rest: line.split_off(from + 1) })
}

/// The value of `$expression`, where it is made of numbers alone.
pub(super) fn immediate(operand: &[Token<'_>]) -> Option<u64> {
    let (dollar, rest) = operand.split_first()?;
    if !dollar.is(b"$") {
        return None;
    }
    let mut expression = Expression { tokens: rest, depth: 0 };
    let value = expression.sum()?;
    expression.tokens.is_empty().then_some(value)
}

/// Parentheses in each other.
const MAX_PARENTHESES: usize = 64;

/// Reads an expression as parse.go does: `+ - | ^` bind less than `* / % << >> &`.
struct Expression<'t, 'a> {
    tokens: &'t [Token<'a>],
    depth: usize,
}

impl Expression<'_, '_> {
    fn take(&mut self, signs: &[&[u8]]) -> Option<usize> {
        let (first, rest) = self.tokens.split_first()?;
        let found = signs.iter().position(|sign| first.is(sign))?;
        self.tokens = rest;
        Some(found)
    }

    fn sum(&mut self) -> Option<u64> {
        let mut value = self.product()?;
        while let Some(sign) = self.take(&[b"+", b"-", b"|", b"^"]) {
            let right = self.product()?;
            value = match sign {
                0 => value.wrapping_add(right),
                1 => value.wrapping_sub(right),
                2 => value | right,
                _ => value ^ right,
            };
        }
        Some(value)
    }

    fn product(&mut self) -> Option<u64> {
        let mut value = self.factor()?;
        while let Some(sign) = self.take(&[b"*", b"/", b"%", b"<<", b">>", b"&"]) {
            let right = self.factor()?;
            let shift = u32::try_from(right).ok().filter(|right| *right < u64::BITS);
            value = match sign {
                0 => value.wrapping_mul(right),
                1 => value.checked_div(right)?,
                2 => value.checked_rem(right)?,
                3 => value << shift?,
                4 => value >> shift?,
                _ => value & right,
            };
        }
        Some(value)
    }

    fn factor(&mut self) -> Option<u64> {
        self.depth += 1;
        if self.depth > MAX_PARENTHESES {
            return None;
        }
        let value = match self.take(&[b"-", b"+", b"~", b"("]) {
            Some(0) => self.factor()?.wrapping_neg(),
            Some(1) => self.factor()?,
            Some(2) => !self.factor()?,
            Some(_) => {
                let value = self.sum()?;
                self.take(&[b")"])?;
                value
            }
            None => {
                let (first, rest) = self.tokens.split_first()?;
                self.tokens = rest;
                number(first)?
            }
        };
        self.depth -= 1;
        Some(value)
    }
}

/// A number as Go writes it.
fn number(token: &Token<'_>) -> Option<u64> {
    if token.kind != Kind::Number {
        return None;
    }
    let text: String = std::str::from_utf8(token.text).ok()?.replace('_', "").to_ascii_lowercase();
    let (digits, radix) = match text.as_bytes() {
        [b'0', b'x', ..] => (text.get(2..)?, 16),
        [b'0', b'b', ..] => (text.get(2..)?, 2),
        [b'0', b'o', ..] => (text.get(2..)?, 8),
        [b'0', _, ..] => (text.get(1..)?, 8),
        _ => (text.as_str(), 10),
    };
    u64::from_str_radix(digits, radix).ok()
}
