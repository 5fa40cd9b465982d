//! Views of the Report, one module a format.
//!
//! A renderer sees the Report and nothing else: it reads no file, starts no process and asks no clock,
//! so the same Report gives the same bytes, now or from saved JSON. ([`files`] is no renderer: it puts what they made in
//! its place.) Each format has one place where every string of the Report is made harmless for its readers; [`text`] has
//! what these share. What a finding and its evidence say, in which order, stands once, in `words`, `reach`, `headline`,
//! `proven` and `counts`; a format lays it out.

mod again;
pub mod annotations;
pub mod azure;
mod claims;
pub mod counts;
pub mod files;
pub mod format;
pub mod github;
mod headline;
pub mod html;
pub mod json;
pub mod junit;
pub mod map;
pub mod markdown;
pub mod outputs;
mod proven;
mod reach;
pub mod sarif;
pub mod terminal;
pub mod text;
mod view;
mod words;

#[cfg(test)]
pub(crate) mod sample;

pub use format::{Format, FormatError};

/// `1 package`, `2 packages`, `0 binaries`: a count with its noun.
pub(crate) fn plural(count: u64, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {}", plural_noun(noun)) }
}

/// The plural of the plain English nouns that reports use.
fn plural_noun(noun: &str) -> String {
    let consonant_before_y = noun
        .strip_suffix('y')
        .filter(|stem| !stem.ends_with(['a', 'e', 'i', 'o', 'u']))
        .map(|stem| format!("{stem}ies"));
    if let Some(word) = consonant_before_y {
        word
    } else if noun.ends_with("ch") || noun.ends_with("sh") || noun.ends_with(['s', 'x']) {
        format!("{noun}es")
    } else {
        format!("{noun}s")
    }
}

/// Wall time as people read it: `0.9 s`, `48.2 s`, `2 min 08 s`.
pub(crate) fn duration(milliseconds: u64) -> String {
    // Rounded to tenths first, so that 59.96 s reads `1 min 00 s` and not `60.0 s`.
    let tenths = milliseconds.saturating_add(50) / 100;
    if tenths < 600 {
        return format!("{}.{} s", tenths / 10, tenths % 10);
    }
    let seconds = milliseconds.saturating_add(500) / 1000;
    format!("{} min {:02} s", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::{duration, plural};

    #[test]
    fn nouns_take_their_plural() {
        assert_eq!(plural(1, "package"), "1 package");
        assert_eq!(plural(0, "package"), "0 packages");
        assert_eq!(plural(2, "dependency"), "2 dependencies");
        assert_eq!(plural(2, "test binary"), "2 test binaries");
        assert_eq!(plural(2, "switch"), "2 switches");
        assert_eq!(plural(3, "day"), "3 days");
    }

    #[test]
    fn durations_read_as_people_say_them() {
        assert_eq!(duration(0), "0.0 s");
        assert_eq!(duration(949), "0.9 s");
        assert_eq!(duration(48_200), "48.2 s");
        assert_eq!(duration(59_960), "1 min 00 s");
        assert_eq!(duration(128_400), "2 min 08 s");
        assert_eq!(duration(u64::MAX), "307445734561825 min 51 s");
    }
}
