//! Versions as Go compares them: of modules, and of Go itself.
//!
//! Module versions are those of golang.org/x/mod/semver: semantic versions with a `v` in front, pseudo-versions
//! (`v0.0.0-20210218145245-beda7e5e158e`, a pre-release in their order) and `+incompatible`. The crate `semver`
//! has the same order of precedence (semver.org, item 11) as long as two things are minded: its `Ord` also
//! compares what stands behind `+`, which Go ignores, so `cmp_precedence` is used; and `v1` or `v1.2`, which Go
//! takes for `v1.0.0` and `v1.2.0`, are completed first.

use std::cmp::Ordering;
use std::fmt;

/// The version of a module.
#[derive(Debug, Clone)]
pub struct Version {
    text: String,
    /// `None` for `0`, the version before every other (OSV).
    parsed: Option<semver::Version>,
}

impl Version {
    /// Reads a version, with or without the `v`; `0` alone stands before every other.
    pub fn parse(text: &str) -> Option<Self> {
        if text == "0" {
            return Some(Self { text: text.into(), parsed: None });
        }
        let bare = text.strip_prefix('v').unwrap_or(text);
        let end = bare.find(['-', '+']).unwrap_or(bare.len());
        let (numbers, rest) = bare.split_at(end);
        let parts = numbers.split('.').count();
        // A short form has nothing behind it (golang.org/x/mod/semver, "v1", "v1.2").
        let full = match parts {
            3 => bare.to_owned(),
            2 if rest.is_empty() => format!("{bare}.0"),
            1 if rest.is_empty() => format!("{bare}.0.0"),
            _ => return None,
        };
        let parsed = semver::Version::parse(&full).ok()?;
        Some(Self { text: format!("v{bare}"), parsed: Some(parsed) })
    }

    /// Whether it is `0`, the one before every other.
    pub fn is_start(&self) -> bool {
        self.parsed.is_none()
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Version {}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.parsed, &other.parsed) {
            (Some(a), Some(b)) => a.cmp_precedence(b),
            (a, b) => a.is_some().cmp(&b.is_some()),
        }
    }
}

/// How far a release of Go has come: `1.27` (the language) < `1.27beta1` < `1.27rc1` < `1.27.0` (go/version).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Language,
    Beta,
    Candidate,
    Release,
}

/// A version of Go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct GoVersion {
    major: u32,
    minor: u32,
    stage: Stage,
    number: u32,
}

impl GoVersion {
    /// Reads `1.27`, `1.27rc1`, `1.26.8`, also with `go` in front, and what `go env GOVERSION` prints
    /// (`go1.26.8 X:foo`, `devel go1.28-abcdef`).
    pub fn parse(text: &str) -> Option<Self> {
        let starts = |word: &&str| {
            let word = word.strip_prefix("go").unwrap_or(word);
            word.starts_with(|c: char| c.is_ascii_digit())
        };
        let word = text.split_whitespace().find(starts)?;
        let word = word.strip_prefix("go").unwrap_or(word);
        let word = word.split(['-', '+']).next().unwrap_or(word);
        let (major, rest) = word.split_once('.')?;
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (minor, rest) = rest.split_at(end);
        let (stage, count) = if rest.is_empty() {
            (Stage::Language, "0")
        } else if let Some(count) = rest.strip_prefix('.') {
            (Stage::Release, count)
        } else if let Some(count) = rest.strip_prefix("rc") {
            (Stage::Candidate, count)
        } else {
            (Stage::Beta, rest.strip_prefix("beta")?)
        };
        let number = |text: &str| text.parse::<u32>().ok();
        Some(Self { major: number(major)?, minor: number(minor)?, stage, number: number(count)? })
    }
}

impl fmt::Display for GoVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)?;
        match self.stage {
            Stage::Language => Ok(()),
            Stage::Beta => write!(f, "beta{}", self.number),
            Stage::Candidate => write!(f, "rc{}", self.number),
            Stage::Release => write!(f, ".{}", self.number),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        Version::parse(text).unwrap_or_else(|| panic!("{text}"))
    }

    /// The order of golang.org/x/mod/semver, by its own examples and by versions that were published.
    #[test]
    fn module_versions_are_ordered_as_go_orders_them() {
        let ordered = [
            "0",
            "v0.0.0-20180830151530-49385e6e1522",
            "v0.0.0-20210217105451-b926d437f341",
            "v0.0.0-20210218085108-9555bcde0c6a",
            "v0.0.0-20210218145245-beda7e5e158e",
            "v0.0.0",
            "v0.1.0",
            "v0.30.0",
            "v0.44.0",
            "v1.0.0-alpha",
            "v1.0.0-alpha.1",
            "v1.0.0-alpha.beta",
            "v1.0.0-beta.2",
            "v1.0.0-beta.11",
            "v1.0.0-rc.1",
            "v1.0.0",
            "v1.2.0",
            "v1.2.5",
            "v1.2.6-0.20210101000000-abcdefabcdef",
            "v1.2.6",
            "v1.2.7-0.20210101000000-abcdefabcdef",
            "v1.10.0",
            "v3.21.9",
            "v3.21.10",
            "v3.21.12",
        ];
        for pair in ordered.windows(2) {
            assert!(version(pair[0]) < version(pair[1]), "{} < {}", pair[0], pair[1]);
        }
    }

    #[test]
    fn what_stands_behind_a_plus_is_not_compared() {
        assert_eq!(version("v3.21.5+incompatible"), version("v3.21.5"));
        assert!(version("v3.21.5+incompatible") < version("v3.21.11+incompatible"));
        let pseudo = "v2.0.1-0.20190101000000-abcdefabcdef+incompatible";
        assert!(version("v2.0.0+incompatible") < version(pseudo));
        assert_eq!(version(pseudo).to_string(), pseudo);
    }

    #[test]
    fn short_forms_are_completed_and_the_v_is_optional() {
        assert_eq!(version("1.2"), version("v1.2.0"));
        assert_eq!(version("v1"), version("v1.0.0"));
        assert_eq!(version("0.1.0").to_string(), "v0.1.0");
        assert_ne!(version("0"), version("v0"));
        for wrong in ["", "v", "latest", "v1.2.3.4", "1.2-rc1", "v01.2.3", "v1.2.x", "master"] {
            assert!(Version::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn versions_of_go_are_ordered_as_go_orders_them() {
        let ordered = [
            "1.9",
            "1.12",
            "1.26",
            "go1.26.0",
            "1.26.8",
            "1.27",
            "1.27beta1",
            "1.27rc1",
            "1.27rc2",
            "1.27.0",
        ];
        let go = |text: &str| GoVersion::parse(text).unwrap_or_else(|| panic!("{text}"));
        for pair in ordered.windows(2) {
            assert!(go(pair[0]) < go(pair[1]), "{} < {}", pair[0], pair[1]);
        }
        assert_eq!(go("go1.24.1 X:nocoverageredesign"), go("1.24.1"));
        assert_eq!(go("devel go1.28-abcdef Mon Nov 2"), go("1.28"));
        for wrong in ["", "go", "1", "latest", "1.x", "1.27alpha1"] {
            assert!(GoVersion::parse(wrong).is_none(), "{wrong}");
        }
    }
}
