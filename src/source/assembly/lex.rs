//! Splits Go assembly into tokens, as the scanner of cmd/asm does (cmd/asm/internal/lex/lex.go and tokenizer.go
//! of Go 1.26): identifiers may hold `·` and `∕`, line breaks are tokens, and comments are none.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name: of an instruction, a register, a symbol, a macro.
    Name,
    /// A number, `0x…` and fractions included.
    Number,
    /// A string or a character, with its quotes.
    Text,
    /// `<<`, `>>`, `->`, `@>`, or one byte of anything else.
    Sign,
    /// The end of a line.
    Line,
}

/// One token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    /// Its bytes.
    pub(super) text: &'a [u8],
    /// Which of the files it stands in: 0 is the assembly file, the others are headers.
    pub(super) file: usize,
    /// Its line, from 1. What a macro stands for has the line where the macro is used.
    pub(super) line: u32,
    /// Whether it follows the token before it without white space.
    pub(super) glued: bool,
}

impl Token<'_> {
    /// Whether it is this sign.
    pub(super) fn is(&self, sign: &[u8]) -> bool {
        self.kind == Kind::Sign && self.text == sign
    }
}

/// Walks over the tokens of one file. Total: any bytes give tokens, in linear time.
#[derive(Debug, Clone)]
pub(super) struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u32,
    file: usize,
}

impl<'a> Lexer<'a> {
    /// Starts at the first byte of file number `file`.
    pub(super) fn new(bytes: &'a [u8], file: usize) -> Self {
        Self { bytes, at: 0, line: 1, file }
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn skip_while(&mut self, wanted: impl Fn(u8) -> bool) {
        while self.peek(0).is_some_and(&wanted) {
            self.at += 1;
        }
    }

    /// Steps over white space and comments; says whether there was any.
    fn skip_blank(&mut self) -> bool {
        let start = self.at;
        loop {
            self.skip_while(|byte| matches!(byte, b' ' | b'\t' | b'\r'));
            match (self.peek(0), self.peek(1)) {
                (Some(b'/'), Some(b'/')) => self.skip_while(|byte| byte != b'\n'),
                (Some(b'/'), Some(b'*')) => self.skip_block_comment(),
                _ => return self.at > start,
            }
        }
    }

    /// From `/*` to behind `*/`, or to the end. Line breaks in it are counted and end no line.
    fn skip_block_comment(&mut self) {
        self.at += 2;
        while let Some(byte) = self.peek(0) {
            if byte == b'*' && self.peek(1) == Some(b'/') {
                self.at += 2;
                return;
            }
            self.line = self.line.saturating_add(u32::from(byte == b'\n'));
            self.at += 1;
        }
    }

    /// From a quote to behind its partner, or to the end of the line.
    fn skip_quoted(&mut self, quote: u8) {
        self.at += 1;
        while let Some(byte) = self.peek(0).filter(|byte| *byte != b'\n') {
            let escaped = byte == b'\\' && self.peek(1).is_some_and(|next| next != b'\n');
            self.at += if escaped { 2 } else { 1 };
            if byte == quote {
                return;
            }
        }
    }
}

/// Bytes of names; a byte above 0x7f belongs to a letter, `·` or `∕`.
fn is_name(byte: u8) -> bool {
    byte == b'_' || byte.is_ascii_alphanumeric() || byte >= 0x80
}

impl<'a> Iterator for Lexer<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let blank = self.skip_blank();
        let (start, line) = (self.at, self.line);
        let kind = match (self.peek(0)?, self.peek(1)) {
            (b'\n', _) => {
                self.at += 1;
                self.line = self.line.saturating_add(1);
                Kind::Line
            }
            (quote @ (b'"' | b'\''), _) => {
                self.skip_quoted(quote);
                Kind::Text
            }
            (byte, _) if byte.is_ascii_digit() => {
                self.skip_while(|byte| is_name(byte) || byte == b'.');
                Kind::Number
            }
            (byte, _) if is_name(byte) => {
                self.skip_while(is_name);
                Kind::Name
            }
            (b'<', Some(b'<')) | (b'>' | b'-' | b'@', Some(b'>')) => {
                self.at += 2;
                Kind::Sign
            }
            _ => {
                self.at += 1;
                Kind::Sign
            }
        };
        let text = self.bytes.get(start..self.at).unwrap_or_default();
        Some(Token { kind, text, file: self.file, line, glued: !blank && start > 0 })
    }
}
