//! isa-baseline: are there instructions that not every CPU of the promised level has?

use std::collections::BTreeMap;

use crate::facts::ImageFile;
use crate::facts::code::{FeatureUse, Guard};
use crate::facts::image::ImageFacts;
use crate::model::{CheckId, Confidence, Evidence, Finding, Severity, SubjectKind, Verdict};

use super::code::{about_code, hex, in_function, scanned};
use super::draft;
use super::{Check, Context, Meta, SubjectFacts};

/// See the module.
#[derive(Debug)]
pub(super) struct IsaBaseline;

static META: Meta = Meta {
    id: CheckId::new("isa-baseline"),
    title: "instructions above the GOARM64 level stand in functions that no CPU-feature test guards",
    severity: Severity::Warning,
    subjects: &[SubjectKind::Image],
    page: include_str!("isa_baseline.md"),
};

impl Check for IsaBaseline {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, subject: SubjectFacts<'_>, cx: Context<'_>) -> Verdict {
        let (image, facts, code) = match scanned(subject) {
            Ok(scanned) => scanned,
            Err(verdict) => return verdict,
        };
        let level = level(facts);
        let mut groups: BTreeMap<_, Vec<&FeatureUse>> = BTreeMap::new();
        // Outside any function a word is as likely data: compilers put tables between functions.
        let in_function = |one: &&FeatureUse| one.place.function.is_some();
        let open = code.features.iter().filter(|one| is_open(one.guard)).filter(in_function);
        for one in open {
            if level.has(one) {
                continue;
            }
            let function = one.place.function.as_ref();
            let package = function.and_then(|function| function.package.as_deref());
            groups.entry((package, one.feature)).or_default().push(one);
        }
        let findings: Vec<Finding> =
            groups.values().filter_map(|group| finding(group, &level, image, cx)).collect();
        if findings.is_empty() { Verdict::Pass } else { Verdict::Fail(findings) }
    }
}

/// Whether no test was seen.
fn is_open(guard: Guard) -> bool {
    matches!(guard, Guard::NotSeen | Guard::NoCallerFound)
}

fn finding(
    group: &[&FeatureUse],
    level: &Level,
    image: &ImageFile,
    cx: Context<'_>,
) -> Option<Finding> {
    // A function that a caller without a test reaches says most.
    let first = group.iter().min_by_key(|one| one.guard != Guard::NotSeen)?;
    let seen = first.guard == Guard::NotSeen;
    let severity = if seen { Severity::Warning } else { Severity::Note };
    let count: u64 = group.iter().map(|one| u64::from(one.count)).sum();
    let more = match group.len() {
        1 => String::new(),
        many => format!(" and {} more functions", many - 1),
    };
    let (noun, need) = if count == 1 { ("instruction", "needs") } else { ("instructions", "need") };
    let message = format!(
        "{}: {count} {} {noun} {}{more} {need} more than GOARM64={}, and no test of the CPU was seen",
        image.name,
        first.feature,
        in_function(&first.place),
        level.text
    );
    let draft = draft::finding(&META.id, cx.subject, severity, message);
    let mut finding = about_code(draft, &first.place, image);
    finding.class = Some(first.feature.to_lowercase().replace('_', "-"));
    finding.confidence = if seen { Confidence::Medium } else { Confidence::Low };
    let sure = if seen {
        "neither the function nor a direct caller branches on a CPU-feature flag before them"
    } else {
        "no direct caller was found, so a test may stand where the function is called through a pointer"
    };
    finding.evidence.push(Evidence::Cause { text: sure.into(), file: None, line: None });
    let needs = match first.level {
        Some(level) => format!("build with GOARM64={level} and say so, or "),
        None => String::new(),
    };
    finding.help = Some(format!(
        "{needs}test for the feature before the call (golang.org/x/sys/cpu); on Windows that needs golang.org/x/sys \
         v0.44.0 or Go 1.27"
    ));
    finding.evidence.push(Evidence::Code {
        rva: first.place.rva,
        file_offset: first.place.file_offset,
        bytes: hex(&first.bytes),
        x86: Vec::new(),
        a64: first.text.clone(),
    });
    Some(finding)
}

/// What GOARM64 promises of the CPU.
struct Level {
    text: String,
    version: (u32, u32),
    lse: bool,
    crypto: bool,
}

impl Level {
    fn has(&self, one: &FeatureUse) -> bool {
        let optional = match one.feature {
            "FEAT_LSE" => self.lse,
            "FEAT_AES" | "FEAT_PMULL" | "FEAT_SHA1" | "FEAT_SHA256" => self.crypto,
            _ => false,
        };
        optional || one.level.and_then(version).is_some_and(|needs| self.version >= needs)
    }
}

/// GOARM64 of the build information, else Go's default.
fn level(facts: &ImageFacts) -> Level {
    let info = facts.build_info.as_ref().ok().and_then(Option::as_ref);
    let text = info.and_then(|info| info.setting("GOARM64")).unwrap_or("v8.0").to_owned();
    let mut parts = text.split(',');
    let version = parts.next().and_then(version).unwrap_or((8, 0));
    let options: Vec<&str> = parts.collect();
    Level {
        version,
        lse: options.contains(&"lse"),
        crypto: options.contains(&"crypto"),
        text: text.clone(),
    }
}

/// `v8.1` as numbers of the v8 line: v9.0 has all of v8.5, v9.1 all of v8.6 and so on (Go,
/// internal/buildcfg, `Goarm64Features.Supports`).
fn version(text: &str) -> Option<(u32, u32)> {
    let (major, minor) = text.strip_prefix('v')?.split_once('.')?;
    match (major, minor.parse::<u32>().ok()?) {
        ("8", minor) => Some((8, minor)),
        ("9", minor) => Some((8, minor.saturating_add(5))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_levels_of_v9_contain_those_of_v8() {
        assert_eq!(version("v8.3"), Some((8, 3)));
        assert_eq!(version("v9.0"), Some((8, 5)));
        assert!(version("v9.0") > version("v8.4"));
        assert_eq!(version("8.0"), None);
        assert_eq!(version("v7.0"), None);
        assert_eq!(version("v9.4294967295"), Some((8, u32::MAX)));
    }
}
