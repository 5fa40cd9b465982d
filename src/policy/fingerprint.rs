//! By what a finding is known again in another run: for the baseline, and for readers of reports that follow a
//! finding from commit to commit.
//!
//! A finding is known again by check, class, package, subject, file and function. Lines are left out, and so
//! are the versions of modules, so that neither an edit above nor an update makes it new.

use super::parts;
use crate::model::Finding;

/// What the same finding has in common from run to run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Fingerprint {
    check: String,
    class: Option<String>,
    package: Option<String>,
    /// Kind and name, without versions of modules.
    subject: (String, String),
    file: Option<String>,
    function: Option<String>,
    /// The message without its numbers, for what has no package to tell it by: two DLLs that one exe imports.
    /// Absent where another gowoa made the baseline, whose words may be others.
    words: Option<String>,
}

impl Fingerprint {
    /// `with_words`: tell what has no package by its message too; the words of one version of gowoa alone.
    pub(crate) fn of(finding: &Finding, with_words: bool) -> Self {
        let (kind, name) = parts::subject(&finding.subject);
        let place = finding.location.as_ref();
        let about_package = matches!(kind, "package" | "test" | "object");
        Self {
            check: finding.check.as_str().to_owned(),
            class: finding.class.clone(),
            package: finding.package.clone(),
            subject: (kind.to_owned(), parts::without_versions(name).into_owned()),
            file: place
                .and_then(|place| place.file.as_deref())
                .map(|file| parts::without_versions(file).into_owned()),
            function: place.and_then(|place| place.function.clone()),
            words: (with_words && !about_package).then(|| without_numbers(&finding.message)),
        }
    }

    /// Its parts in an order that stays, for a digest of them.
    pub(crate) fn parts(&self) -> [Option<&str>; 8] {
        [
            Some(&self.check),
            self.class.as_deref(),
            self.package.as_deref(),
            Some(&self.subject.0),
            Some(&self.subject.1),
            self.file.as_deref(),
            self.function.as_deref(),
            self.words.as_deref(),
        ]
    }
}

/// A text with `#` for everything that counts or addresses: words that begin with a digit, long words of
/// hexadecimal digits, and numbers in other words.
pub(crate) fn without_numbers(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut word = String::new();
    // The space at the end closes the last word.
    for c in text.chars().chain([' ']) {
        if c.is_ascii_alphanumeric() {
            word.push(c);
            continue;
        }
        let has_digit = word.bytes().any(|byte| byte.is_ascii_digit());
        let hex = word.len() >= 8 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
        if word.starts_with(|c: char| c.is_ascii_digit()) || hex && has_digit {
            out.push('#');
        } else {
            for c in word.chars() {
                match c.is_ascii_digit() {
                    true if out.ends_with('#') => {}
                    true => out.push('#'),
                    false => out.push(c),
                }
            }
        }
        word.clear();
        out.push(c);
    }
    out.pop();
    out
}

#[cfg(test)]
mod tests {
    use super::without_numbers;

    #[test]
    fn numbers_and_addresses_are_left_out_of_words() {
        let same = |a, b| assert_eq!(without_numbers(a), without_numbers(b));
        same("3 words at 0x41c8", "17 words at 0x9");
        same("v1.2.3 of 9f86d081884c", "v10.0.33 of 0bc3a1d2e4f5");
        same("x18 in f2 é1", "x19 in f3 é2");
        assert_eq!(without_numbers("deadbeef, decoded"), "deadbeef, decoded");
        assert_eq!(without_numbers("a.dll"), "a.dll");
        assert_eq!(without_numbers(""), "");
    }
}
