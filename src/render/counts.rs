//! Counts in words.

use super::plural;
use crate::model::{Counts, Severity};

/// The severities in the order in which they are counted out: the worst first.
pub(super) const WORST_FIRST: [Severity; 3] = [Severity::Error, Severity::Warning, Severity::Note];

/// `3 errors` and the like.
pub(super) fn severities(count: u64, severity: Severity) -> String {
    plural(count, severity.as_str())
}

/// The findings of each severity that count, the worst first.
const fn open(counts: &Counts) -> [u64; 3] {
    [counts.errors, counts.warnings, counts.notes]
}

/// `1 error, 0 warnings, 2 notes, 1 waived, 2 known`: the severities always, the rest where there is any.
pub fn all(counts: &Counts) -> String {
    let open = open(counts).into_iter().zip(WORST_FIRST);
    let open = open.map(|(count, severity)| severities(count, severity));
    open.chain(others(counts).map(|(count, word)| format!("{count} {word}")))
        .collect::<Vec<_>>()
        .join(", ")
}

/// What is counted beside the findings that count, where there is any.
pub(super) fn others(counts: &Counts) -> impl Iterator<Item = (u64, &'static str)> {
    let Counts { waived, known, inconclusive, .. } = *counts;
    let words = [(waived, "waived"), (known, "known"), (inconclusive, "inconclusive")];
    words.into_iter().filter(|(count, _)| *count > 0)
}

/// `1 error, 2 notes`: the severities that there are; `None` where there are none.
pub fn found(counts: &Counts) -> Option<String> {
    tally(open(counts))
}

/// The same of these numbers, the worst severity first.
pub(super) fn tally(numbers: [u64; 3]) -> Option<String> {
    let found = numbers.into_iter().zip(WORST_FIRST).filter(|(count, _)| *count > 0);
    let parts: Vec<String> = found.map(|(count, severity)| severities(count, severity)).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn severities_are_always_there_and_the_rest_where_there_is_any() {
        let mut counts = Counts { errors: 1, notes: 2, ..Counts::default() };
        assert_eq!(all(&counts), "1 error, 0 warnings, 2 notes");
        assert_eq!(found(&counts).as_deref(), Some("1 error, 2 notes"));
        (counts.waived, counts.known, counts.inconclusive) = (1, 2, 3);
        assert_eq!(all(&counts), "1 error, 0 warnings, 2 notes, 1 waived, 2 known, 3 inconclusive");
        assert_eq!(found(&Counts::default()), None);
    }
}
