//! Text with wildcards, as the user writes it in flags and waivers.

/// Go's pattern for packages and modules: `...` stands for any text, and `/...` at the end for nothing as well
/// (`go help packages`).
pub fn matches_go(pattern: &str, text: &str) -> bool {
    pattern.strip_suffix("/...").is_some_and(|root| matches(root, "...", text))
        || matches(pattern, "...", text)
}

/// Whether the text is the pattern with something in the place of each mark. Each piece is taken where it
/// comes first, which is enough for patterns without alternatives; linear but for the search of the pieces.
pub fn matches(pattern: &str, mark: &str, text: &str) -> bool {
    let mut pieces = pattern.split(mark).peekable();
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    if pieces.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(piece) = pieces.next() {
        if pieces.peek().is_none() {
            return rest.ends_with(piece);
        }
        match rest.split_once(piece) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_dots_at_the_end_stand_for_nothing_as_well() {
        assert!(
            matches_go("a/...", "a") && matches_go("a/...", "a/b") && !matches_go("a/...", "ab")
        );
        // Also behind other wildcards.
        assert!(matches_go(".../x/...", "a/x") && matches_go(".../x/...", "a/x/b"));
        assert!(!matches_go(".../x/...", "a/xy"));
    }
}
