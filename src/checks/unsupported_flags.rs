//! unsupported-flags: flags that Go refuses for windows/arm64.

use crate::model::{CheckId, Severity, SubjectKind, Verdict};

use super::draft;
use super::{Check, Context, Meta, SubjectFacts};

/// See the module.
#[derive(Debug)]
pub(super) struct UnsupportedFlags;

static META: Meta = Meta {
    id: CheckId::new("unsupported-flags"),
    title: "a build flag that Go does not support for windows/arm64 (-race, -msan, -asan, plugin, shared)",
    severity: Severity::Error,
    subjects: &[SubjectKind::Build],
    page: include_str!("unsupported_flags.md"),
};

impl Check for UnsupportedFlags {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, _subject: SubjectFacts<'_>, cx: Context<'_>) -> Verdict {
        let findings: Vec<_> = cx
            .unit
            .unsupported_flags
            .iter()
            .map(|(flag, words)| {
                let message = format!("{flag} cannot work: {words}");
                let mut finding = draft::finding(&META.id, cx.subject, Severity::Error, message);
                finding.class = Some("unsupported-flag".into());
                finding.help = Some(format!(
                    "leave {flag} out of builds for windows/arm64 (from the flags, GOFLAGS or the release \
                     configuration); the rest was checked without it"
                ));
                finding
            })
            .collect();
        if findings.is_empty() { Verdict::Pass } else { Verdict::Fail(findings) }
    }
}
