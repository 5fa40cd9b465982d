//! isa-baseline: are there instructions that not every CPU of the promised level has?

use std::collections::BTreeMap;

use crate::facts::ImageFile;
use crate::facts::code::{FeatureUse, Guard};
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
        if !matches!(facts.build_info, Ok(Some(_))) {
            let reason = "it carries no Go build information, so nothing promises a level";
            return Verdict::NotApplicable(reason.into());
        }
        let mut groups: BTreeMap<_, Vec<&FeatureUse>> = BTreeMap::new();
        // Outside any function a word is as likely data: compilers put tables between functions.
        let in_function = |one: &&FeatureUse| one.place.function.is_some();
        let open = code.features.iter().filter(|one| is_open(one.guard)).filter(in_function);
        let open = open.filter(|one| !is_detector(one));
        for one in open {
            let function = one.place.function.as_ref();
            let package = function.and_then(|function| function.package.as_deref());
            groups.entry((package, one.feature)).or_default().push(one);
        }
        let findings: Vec<Finding> =
            groups.values().filter_map(|group| finding(group, &code.goarm64, image, cx)).collect();
        match code.features_more {
            _ if !findings.is_empty() => Verdict::Fail(findings),
            0 => Verdict::Pass,
            more => Verdict::Inconclusive {
                reason: format!(
                    "{more} more uses of CPU features than are kept were found, and it is not known whether they \
                     are guarded"
                ),
                gating: false,
            },
        }
    }
}

/// Packages that find out what the CPU can do: they look first by other means than a flag in memory.
const DETECTORS: &[&str] = &["golang.org/x/sys/cpu", "github.com/klauspost/cpuid"];

fn is_detector(one: &FeatureUse) -> bool {
    let package = one.place.function.as_ref().and_then(|function| function.package.as_deref());
    let Some(package) = package else { return false };
    DETECTORS.iter().any(|known| {
        package.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

/// Whether no test was seen.
fn is_open(guard: Guard) -> bool {
    matches!(guard, Guard::NotSeen | Guard::NoCallerFound)
}

fn finding(
    group: &[&FeatureUse],
    goarm64: &str,
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
        "{}: {count} {} {noun} {}{more} {need} more than GOARM64={goarm64}, and no test of the CPU was seen",
        image.name,
        first.feature,
        in_function(&first.place)
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
