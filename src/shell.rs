//! Words for a POSIX shell: what is printed is to be pasted, on every system (Windows users have it with git).

/// Quotes one word, where it needs it.
pub fn quote(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,@%+~".contains(c);
    // In front, `~` is somebody's home.
    if !word.is_empty() && word.chars().all(plain) && !word.starts_with('~') {
        return word.to_owned();
    }
    format!("'{}'", inside_quotes(word))
}

/// A text as it stands between single quotes, where nothing but the quote itself means anything.
pub fn inside_quotes(text: &str) -> String {
    text.replace('\'', r"'\''")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_a_shell_would_touch_are_quoted() {
        assert_eq!(quote("./a=b:c,d@e%f+g"), "./a=b:c,d@e%f+g");
        assert_eq!(quote("it's"), r"'it'\''s'");
        assert_eq!(quote(""), "''");
        assert_eq!(quote("$(x)"), "'$(x)'");
        assert_eq!((quote("~/x"), quote("RUNNE~1")), ("'~/x'".into(), "RUNNE~1".into()));
    }
}
