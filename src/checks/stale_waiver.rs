//! stale-waiver: waivers that have expired, or that nothing needs any more.

use crate::facts::WaiverFacts;
use crate::model::{CheckId, Evidence, Finding, Location, Severity, SubjectKind, Verdict};

use super::draft;
use super::{Check, Context, Meta, SubjectFacts};

/// See the module.
#[derive(Debug)]
pub(super) struct StaleWaiver;

static META: Meta = Meta {
    id: CheckId::new("stale-waiver"),
    title: "a waiver in gowoa.toml that has expired, or that nothing needs any more",
    severity: Severity::Warning,
    subjects: &[SubjectKind::Config],
    page: include_str!("stale_waiver.md"),
};

const REMOVE: &str = "remove the waiver";
const MEND: &str =
    "mend what it waives and remove the waiver; or set a new day, with a reason that still holds";
const UNUSED: &str = "remove it: what it waives is gone, or it was never spelled like that. Where it is meant for a \
                      run with other flags (--tests, --cgo, --tags), keep it";

impl Check for StaleWaiver {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, subject: SubjectFacts<'_>, cx: Context<'_>) -> Verdict {
        let SubjectFacts::Config(config) = subject else {
            return Verdict::NotApplicable("not a configuration file".into());
        };
        if config.waivers.is_empty() {
            return Verdict::NotApplicable("it has no waivers".into());
        }
        let findings: Vec<Finding> =
            config.waivers.iter().filter_map(|w| finding(w, &config.name, cx)).collect();
        let told = |waiver: &WaiverFacts| waiver.expired || waiver.matched > 0 || waiver.judged;
        if !findings.is_empty() {
            Verdict::Fail(findings)
        } else if config.waivers.iter().any(told) {
            Verdict::Pass
        } else {
            Verdict::NotApplicable("this run does not judge all that its waivers speak of".into())
        }
    }
}

/// What is wrong with a waiver, if anything is.
fn finding(waiver: &WaiverFacts, file: &str, cx: Context<'_>) -> Option<Finding> {
    let about = format!("{file}:{}: the waiver of {}", waiver.line, waiver.words);
    let (severity, class, message, help) = if waiver.expired {
        let day = waiver.expires.as_deref().unwrap_or_default();
        let (what, help) = match (waiver.matched, waiver.open) {
            (0, _) => ("no finding needs it".to_owned(), REMOVE),
            (_, 0) => ("other waivers stand in for it".to_owned(), REMOVE),
            (_, 1) => ("1 finding counts again".to_owned(), MEND),
            (_, open) => (format!("{open} findings count again"), MEND),
        };
        (Severity::Warning, "expired", format!("{about} expired on {day}, and {what}"), help)
    } else if waiver.matched == 0 && waiver.judged {
        (Severity::Note, "unused", format!("{about} waives nothing"), UNUSED)
    } else {
        return None;
    };
    let mut finding = draft::finding(&META.id, cx.subject, severity, message);
    finding.class = Some(class.into());
    finding.help = Some(help.into());
    finding.location = Some(Location {
        file: Some(file.to_owned()),
        line: Some(waiver.line),
        ..Location::default()
    });
    let line = waiver.expires_line.as_ref().filter(|_| waiver.expired);
    finding.evidence.extend(line.map(|(line, text)| Evidence::Source {
        file: file.to_owned(),
        line: *line,
        text: text.clone(),
    }));
    finding.evidence.push(Evidence::Cause {
        text: format!("its reason was: {}", waiver.reason),
        file: None,
        line: None,
    });
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{ConfigFacts, UnitFacts};
    use crate::model::SubjectId;

    fn judge(waivers: Vec<WaiverFacts>) -> Verdict {
        let config = ConfigFacts { name: "gowoa.toml".into(), waivers };
        let subject = SubjectId::new(SubjectKind::Config, &config.name);
        let cx = Context { unit: &UnitFacts::default(), subject: &subject };
        StaleWaiver.judge(SubjectFacts::Config(&config), cx)
    }

    fn waiver(expired: bool, matched: u64, judged: bool) -> WaiverFacts {
        WaiverFacts {
            words: "imports".to_owned(),
            expires: expired.then(|| "2026-01-31".to_owned()),
            line: 3,
            expired,
            matched,
            open: matched,
            judged,
            ..WaiverFacts::default()
        }
    }

    fn only(verdict: Verdict) -> Finding {
        let Verdict::Fail(mut findings) = verdict else { panic!("{verdict:?}") };
        assert_eq!(findings.len(), 1);
        findings.remove(0)
    }

    #[test]
    fn an_expired_waiver_is_a_warning_whatever_the_run_judged() {
        let all = [
            (0, 0, "no finding needs it"),
            (1, 0, "other waivers stand in for it"),
            (1, 1, "1 finding counts again"),
            (3, 2, "2 findings count again"),
        ];
        for (matched, open, words) in all {
            let found = only(judge(vec![WaiverFacts { open, ..waiver(true, matched, false) }]));
            assert_eq!(found.severity, Severity::Warning);
            assert_eq!(found.class.as_deref(), Some("expired"));
            let said =
                format!("gowoa.toml:3: the waiver of imports expired on 2026-01-31, and {words}");
            assert_eq!(found.message, said);
            assert_eq!(found.location.unwrap().line, Some(3));
        }
    }

    #[test]
    fn an_unused_waiver_is_told_only_where_everything_was_judged() {
        let found = only(judge(vec![waiver(false, 0, true), waiver(false, 1, true)]));
        assert_eq!((found.severity, found.class.as_deref()), (Severity::Note, Some("unused")));
        assert_eq!(judge(vec![waiver(false, 0, false), waiver(false, 1, true)]), Verdict::Pass);
        assert!(matches!(judge(vec![waiver(false, 0, false)]), Verdict::NotApplicable(_)));
        assert!(matches!(judge(Vec::new()), Verdict::NotApplicable(_)));
    }
}
