//! Splits Go source into tokens, just well enough to know what is code and what is not.
//!
//! Two uses: to find the bodies that the parser can leave out (see [`outline`]), and to
//! find string literals. Both need the difference between a brace, a brace in a string and a brace
//! in a comment, which Go's lexical grammar decides without any context; no more is promised.
//! See <https://go.dev/ref/spec#Lexical_elements>.

use tree_sitter::{Point, Range};

/// What a [`Token`] is. Operators, numbers and the like are not told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// A comment of either form.
    Comment,
    /// An interpreted (`"…"`) or raw string, with its quotes.
    Text,
    /// A rune literal, with its quotes.
    Rune,
    /// An identifier, a keyword or a number.
    Word,
    /// `{`
    Open,
    /// `}`
    Close,
    /// One byte of anything else.
    Other,
}

/// One token: bytes `start..end` of the source, beginning at `at` (counted from 0, columns in bytes).
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) at: Point,
    /// Whether a literal has its closing quote.
    pub(super) closed: bool,
}

/// Walks over the tokens of Go source. Total: any bytes give tokens, in linear time.
#[derive(Debug, Clone)]
pub(super) struct Lexer<'a> {
    src: &'a [u8],
    at: usize,
    row: usize,
    row_start: usize,
}

impl<'a> Lexer<'a> {
    /// Starts at the first byte of `src`.
    pub(super) fn new(src: &'a [u8]) -> Self {
        Self { src, at: 0, row: 0, row_start: 0 }
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.src.get(self.at + ahead).copied()
    }

    /// Where the next byte is.
    fn point(&self) -> Point {
        Point { row: self.row, column: self.at - self.row_start }
    }

    /// Steps over one byte and counts the line it may end.
    fn step(&mut self) {
        if self.peek(0) == Some(b'\n') {
            self.row += 1;
            self.row_start = self.at + 1;
        }
        self.at += 1;
    }

    fn skip_while(&mut self, wanted: impl Fn(u8) -> bool) {
        while self.peek(0).is_some_and(&wanted) {
            self.step();
        }
    }

    /// From `/*` to behind `*/`, or to the end.
    fn skip_block_comment(&mut self) {
        self.at += 2;
        while let Some(byte) = self.peek(0) {
            if byte == b'*' && self.peek(1) == Some(b'/') {
                self.at += 2;
                return;
            }
            self.step();
        }
    }

    /// From a quote to behind its partner. Ends before a line break too, as Go's own scanner does,
    /// so that one unfinished literal does not swallow the file. Says whether the partner was there.
    fn skip_quoted(&mut self, quote: u8) -> bool {
        self.at += 1;
        while let Some(byte) = self.peek(0) {
            match byte {
                b'\n' => return false,
                b'\\' if self.peek(1).is_some_and(|next| next != b'\n') => self.at += 2,
                _ => {
                    self.at += 1;
                    if byte == quote {
                        return true;
                    }
                }
            }
        }
        false
    }
}

/// Bytes of identifiers, keywords and numbers; a byte above 0x7f belongs to some letter.
fn is_word(byte: u8) -> bool {
    byte == b'_' || byte.is_ascii_alphanumeric() || byte >= 0x80
}

impl Iterator for Lexer<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        self.skip_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'));
        let (start, at) = (self.at, self.point());
        let mut closed = false;
        let kind = match (self.peek(0)?, self.peek(1)) {
            (b'/', Some(b'/')) => {
                self.skip_while(|byte| byte != b'\n');
                TokenKind::Comment
            }
            (b'/', Some(b'*')) => {
                self.skip_block_comment();
                TokenKind::Comment
            }
            (b'`', _) => {
                self.at += 1;
                self.skip_while(|byte| byte != b'`');
                closed = self.at < self.src.len();
                self.at += usize::from(closed);
                TokenKind::Text
            }
            (b'"', _) => {
                closed = self.skip_quoted(b'"');
                TokenKind::Text
            }
            (b'\'', _) => {
                closed = self.skip_quoted(b'\'');
                TokenKind::Rune
            }
            (b'{', _) => {
                self.at += 1;
                TokenKind::Open
            }
            (b'}', _) => {
                self.at += 1;
                TokenKind::Close
            }
            (byte, _) if is_word(byte) => {
                self.skip_while(is_word);
                TokenKind::Word
            }
            _ => {
                self.at += 1;
                TokenKind::Other
            }
        };
        Some(Token { kind, start, end: self.at, at, closed })
    }
}

/// Longer strings than this many bytes are shown to the parser without what is in them: long
/// enough for every import path that matters, short against embedded tables of megabytes.
const LONG_TEXT: usize = 128;

/// What a parser needs to see of a source text, and how much that is.
#[derive(Debug, Default)]
pub(super) struct Outline {
    /// The parts to read, in order.
    pub(super) ranges: Vec<Range>,
    /// No parser of Go makes more tokens of these parts, however it takes them, mistakes included.
    pub(super) most_tokens: usize,
    /// Where the part begins that is not in `ranges` yet.
    kept_from: (usize, Point),
}

impl Outline {
    /// Leaves out what lies between two positions.
    fn leave_out(&mut self, from: (usize, Point), to: (usize, Point)) {
        if from.0 < to.0 {
            self.ranges.push(range(self.kept_from, from));
            self.kept_from = to;
        }
    }
}

/// The parts of `src` a parser needs to see every top-level declaration: all of it but the inside
/// of function bodies, composite literals and long strings, which are most of the bytes of real
/// Go code.
///
/// The rule: a `{` right behind `struct` or `interface` belongs to a type and is kept; any other
/// `{` opens a body or a literal, and what lies between it and its partner is left out (the braces
/// stay). Where the braces do not pair up, everything from the odd one on is kept, and the parser
/// says what is wrong there.
pub(super) fn outline(src: &[u8]) -> Outline {
    let mut outline = Outline::default();
    let mut lexer = Lexer::new(src);
    let mut behind_type_word = false;
    let mut paired = true;
    while let Some(token) = lexer.next() {
        let inside = (token.start + 1, Point { row: token.at.row, column: token.at.column + 1 });
        match token.kind {
            TokenKind::Open if !behind_type_word && paired => {
                let mut ahead = lexer.clone();
                match partner(&mut ahead) {
                    Some(close) => {
                        lexer = ahead;
                        outline.leave_out(inside, (close.start, close.at));
                        outline.most_tokens += most_tokens_of(src, close);
                    }
                    None => paired = false,
                }
            }
            TokenKind::Text if token.end - token.start > LONG_TEXT && token.closed => {
                // The lexer stands right behind the closing quote, on the same row.
                let behind = lexer.point();
                let quote = Point { column: behind.column - 1, ..behind };
                outline.leave_out(inside, (token.end - 1, quote));
                outline.most_tokens += 4;
                behind_type_word = false;
                continue;
            }
            _ => {}
        }
        outline.most_tokens += most_tokens_of(src, token);
        if token.kind != TokenKind::Comment {
            let word = src.get(token.start..token.end);
            behind_type_word = matches!(word, Some(b"struct" | b"interface"));
        }
    }
    // "Till the end" is written as the greatest position the parser's C side can hold.
    let last = usize::try_from(u32::MAX).unwrap_or(usize::MAX);
    let rest = range(outline.kept_from, (last, Point { row: last, column: last }));
    outline.ranges.push(rest);
    outline
}

/// How many tokens a parser can make of one of ours, with one for the line break that may follow
/// and is a token too. Literals and numbers may be taken apart where they are malformed.
fn most_tokens_of(src: &[u8], token: Token) -> usize {
    let starts_as_name =
        || src.get(token.start).is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_');
    let all_ascii = || src.get(token.start..token.end).is_some_and(<[u8]>::is_ascii);
    match token.kind {
        TokenKind::Comment | TokenKind::Open | TokenKind::Close | TokenKind::Other => 2,
        TokenKind::Word if starts_as_name() && all_ascii() => 2,
        TokenKind::Word | TokenKind::Text | TokenKind::Rune => token.end - token.start + 1,
    }
}

/// Reads on to the `}` that closes a `{` that was just read.
fn partner(lexer: &mut Lexer<'_>) -> Option<Token> {
    let mut depth = 1_usize;
    for token in lexer {
        match token.kind {
            TokenKind::Open => depth += 1,
            TokenKind::Close if depth == 1 => return Some(token),
            TokenKind::Close => depth -= 1,
            _ => {}
        }
    }
    None
}

fn range(
    (start_byte, start_point): (usize, Point),
    (end_byte, end_point): (usize, Point),
) -> Range {
    Range { start_byte, end_byte, start_point, end_point }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(src: &str) -> String {
        outline(src.as_bytes())
            .ranges
            .iter()
            .map(|range| &src[range.start_byte..range.end_byte.min(src.len())])
            .collect()
    }

    #[test]
    fn bodies_and_literals_are_left_out() {
        assert_eq!(kept("func F() { if x { y() } }\nvar a = 1"), "func F() {}\nvar a = 1");
        assert_eq!(kept("var m = map[string]int{\"}\": 1}"), "var m = map[string]int{}");
        assert_eq!(kept("func F() { s := `}`; r := '}' /* } */ // }\n}"), "func F() {}");
        assert_eq!(kept("func F() { r := '\\''; q := \"\\\"}\" }"), "func F() {}");
    }

    #[test]
    fn types_are_kept() {
        for src in [
            "type T struct { a struct{ b int }\n c interface{ M() } }",
            "func F(x interface { M() }) struct { a int } {}",
            "type I interface /* why */ { M() }",
        ] {
            assert_eq!(kept(src), src);
        }
        assert_eq!(kept("var x = struct{ a int }{ a: 1 }"), "var x = struct{ a int }{}");
    }

    #[test]
    fn long_strings_are_emptied() {
        let long = "x\\\"".repeat(LONG_TEXT);
        assert_eq!(kept(&format!("const a = \"{long}\" + `y`")), "const a = \"\" + `y`");
        assert_eq!(kept(&format!("const a = `\n{long}\n` // c")), "const a = `` // c");
        let open = format!("const a = \"{long}\nvar b int");
        assert_eq!(kept(&open), open);
        let rows = outline(format!("a = `\n{long}\n  ` // c").as_bytes()).ranges;
        assert_eq!(rows[1].start_point, Point { row: 2, column: 2 });
    }

    #[test]
    fn odd_braces_keep_the_rest() {
        assert_eq!(kept("func F() { if {\nvar X = 1"), "func F() { if {\nvar X = 1");
        assert_eq!(kept("}}\nfunc F() { x }"), "}}\nfunc F() {}");
        assert_eq!(kept("func F() { \"}\n }\nvar X = 1"), "func F() {}\nvar X = 1");
    }

    #[test]
    fn what_is_left_out_is_not_counted() {
        let count = |src: &str| outline(src.as_bytes()).most_tokens;
        assert_eq!(count("func F() { if x { y() } }"), count("func F() {}"));
        assert!(count("func F() { if x { y() }") > count("func F() {}"));
    }

    #[test]
    fn positions_count_rows_and_bytes() {
        let ranges = outline("// ä\nfunc F() {\n\tx()\n  }\nvar a int".as_bytes()).ranges;
        assert_eq!(ranges.len(), 2);
        assert_eq!(ranges[0].end_point, Point { row: 1, column: 10 });
        assert_eq!(ranges[1].start_point, Point { row: 3, column: 2 });
    }
}
