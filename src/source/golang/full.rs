//! A whole Go file as a syntax tree, bodies included: for the few files that a prefilter lets through.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use tree_sitter::{ParseOptions, Parser, Tree};

use super::{
    GolangError, STACK_BASE, STACK_PER_TOKEN, TIME_PER_TOKEN, TOKENS_ON_CALLERS_STACK, on_stack_of,
};
use crate::source::lexer::Lexer;

/// The largest file that is parsed whole, in bytes. The tree of such a file takes some hundred MiB; what is
/// larger is generated, and its bodies are tables.
pub const MAX_WHOLE_BYTES: usize = 2 << 20;

/// How long one file may take at least: a machine that does much else is slow.
const LEAST_TIME: Duration = Duration::from_secs(20);

/// Parses a whole file and hands its tree to `read`. The tree lives on a stack that fits the file: `read` may
/// walk it, and must not recurse by its depth.
///
/// # Errors
/// [`GolangError`] where a limit was reached.
pub fn parsed<T: Send>(src: &[u8], read: impl FnOnce(&Tree) -> T + Send) -> Result<T, GolangError> {
    if src.len() > MAX_WHOLE_BYTES {
        return Err(GolangError::TooLarge { bytes: src.len(), limit: MAX_WHOLE_BYTES });
    }
    let tokens = Lexer::new(src).count();
    let work = || parse(src, tokens).map(|tree| read(&tree));
    if tokens <= TOKENS_ON_CALLERS_STACK {
        return work();
    }
    on_stack_of(STACK_BASE + STACK_PER_TOKEN * tokens, work)
}

fn parse(src: &[u8], tokens: usize) -> Result<Tree, GolangError> {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_go::LANGUAGE.into()).map_err(|_| GolangError::Grammar)?;
    let tokens = u32::try_from(tokens).unwrap_or(u32::MAX);
    let (start, limit) = (Instant::now(), LEAST_TIME.max(TIME_PER_TOKEN.saturating_mul(tokens)));
    let mut watch = |_: &_| match start.elapsed() > limit {
        true => ControlFlow::Break(()),
        false => ControlFlow::Continue(()),
    };
    let mut text = |at: usize, _| src.get(at..).unwrap_or_default();
    let options = ParseOptions::new().progress_callback(&mut watch);
    parser.parse_with_options(&mut text, None, Some(options)).ok_or(GolangError::TooHard)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_in_the_tree() {
        let src = b"package p\nfunc f() { switch x { case 1: } }\n";
        let text = parsed(src, |tree| tree.root_node().to_sexp()).unwrap();
        assert!(text.contains("expression_switch_statement"), "{text}");
        let large = vec![b' '; MAX_WHOLE_BYTES + 1];
        assert!(matches!(parsed(&large, |_| ()), Err(GolangError::TooLarge { .. })));
    }
}
