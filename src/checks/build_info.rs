//! build-info: does what Go wrote into the exe agree with what was planned?

use crate::facts::image::{BuildInfo as GoBuildInfo, ImageFacts, MachineKind, Module};
use crate::facts::{Expected, ImageFile};
use crate::model::{CheckId, Evidence, Location, Severity, SubjectKind, Verdict};

use super::draft;
use super::{Check, Context, Meta, SubjectFacts, readable};

/// See the module.
#[derive(Debug)]
pub(super) struct BuildInfo;

static META: Meta = Meta {
    id: CheckId::new("build-info"),
    title: "GOOS, GOARCH, CGO_ENABLED, Go version or module versions in the exe contradict the plan",
    severity: Severity::Error,
    subjects: &[SubjectKind::Image],
    page: include_str!("build_info.md"),
};

impl Check for BuildInfo {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, subject: SubjectFacts<'_>, cx: Context<'_>) -> Verdict {
        let (image, facts) = match readable(subject) {
            Ok(image) => image,
            Err(verdict) => return verdict,
        };
        let promised = image.expected.as_ref().is_some_and(|plan| !plan.go_version.is_empty());
        let info = match &facts.build_info {
            Ok(Some(info)) => info,
            Ok(None) if promised => {
                let reason = "it carries no Go build information, which go build always writes";
                return Verdict::Inconclusive { reason: reason.into(), gating: true };
            }
            Ok(None) => return Verdict::NotApplicable("it carries no Go build information".into()),
            Err(reason) => {
                let reason = format!("its Go build information could not be read: {reason}");
                return Verdict::Inconclusive { reason, gating: true };
            }
        };
        if image.expected.is_none() {
            return given(image, facts, info, cx);
        }
        let differences = differences(image, info);
        if differences.is_empty() {
            return Verdict::Pass;
        }
        let findings = differences.into_iter().map(|difference| {
            let Difference { what, planned, found } = difference;
            let message = format!("{} was built with {what} {found}, planned was {planned}", image.name);
            let mut finding = draft::finding(&META.id, cx.subject, Severity::Error, message);
            finding.class = Some("contradiction".into());
            finding.package = image.package.clone();
            finding.help = Some(
                "the exe is not the one this build would make: remove it and build again, and look for a wrapper \
                 around go"
                    .into(),
            );
            finding.location = Some(Location { file_offset: Some(info.offset), ..Location::default() });
            finding.evidence.push(Evidence::Field {
                name: what,
                value: found,
                file_offset: Some(info.offset),
            });
            finding
        });
        Verdict::Fail(findings.collect())
    }
}

/// Of a file that was given nothing was planned: its record is held against its own header. Where both say
/// another machine than its name, the checks of machine and name say so.
fn given(image: &ImageFile, facts: &ImageFacts, info: &GoBuildInfo, cx: Context<'_>) -> Verdict {
    let machine = match facts.kind {
        MachineKind::Arm64 | MachineKind::Arm64Ec | MachineKind::Arm64X => Some("arm64"),
        MachineKind::X64 => Some("amd64"),
        MachineKind::X86 => Some("386"),
        MachineKind::Arm32 => Some("arm"),
        _ => None,
    };
    let mut findings = Vec::new();
    for (key, header) in [("GOOS", Some("windows")), ("GOARCH", machine)] {
        let (Some(header), Some(found)) = (header, info.setting(key)) else { continue };
        if header == found {
            continue;
        }
        let message = format!(
            "{} is an image for {}, and was built with {key}={found} by its Go build information",
            image.name, facts.kind
        );
        let mut finding = draft::finding(&META.id, cx.subject, Severity::Error, message);
        finding.class = Some("contradiction".into());
        finding.package = image.package.clone();
        finding.help =
            Some("something changed the exe after go made it: build it again, and compare".into());
        finding.location = Some(Location { file_offset: Some(info.offset), ..Location::default() });
        finding.evidence.push(Evidence::Field {
            name: key.into(),
            value: found.into(),
            file_offset: Some(info.offset),
        });
        findings.push(finding);
    }
    if findings.is_empty() { Verdict::Pass } else { Verdict::Fail(findings) }
}

struct Difference {
    what: String,
    planned: String,
    found: String,
}

fn differences(image: &ImageFile, info: &GoBuildInfo) -> Vec<Difference> {
    let nothing = Expected::default();
    let expected = image.expected.as_ref().unwrap_or(&nothing);
    let mut differences = Vec::new();
    let mut compare = |what: &str, planned: &str, found: Option<&str>| {
        // An empty plan makes no promise.
        if !planned.is_empty() && found != Some(planned) {
            differences.push(Difference {
                what: what.into(),
                planned: planned.into(),
                found: found.unwrap_or("(not recorded)").into(),
            });
        }
    };
    compare("GOOS", "windows", info.setting("GOOS"));
    compare("GOARCH", "arm64", info.setting("GOARCH"));
    compare("CGO_ENABLED", &expected.cgo_enabled, info.setting("CGO_ENABLED"));
    // Experiments stand behind the version: `go1.26.8 X:synctest`.
    let release = |version: &str| version.split_whitespace().next().unwrap_or_default().to_owned();
    compare("Go version", &release(&expected.go_version), Some(&release(&info.go_version)));
    compare("command path", &expected.package, Some(&info.path));
    for dep in &info.deps {
        let planned = expected.modules.iter().find(|(path, _)| *path == dep.path);
        let found = built_version(dep);
        match planned {
            Some((_, Some(version))) if *version != found => differences.push(Difference {
                what: format!("module {}", dep.path),
                planned: version.clone(),
                found,
            }),
            Some(_) => {}
            None if expected.modules.is_empty() => {}
            None => differences.push(Difference {
                what: format!("module {}", dep.path),
                planned: "without it".into(),
                found,
            }),
        }
    }
    differences
}

/// The version that was built: the replacement's where there is one with a version.
fn built_version(dep: &Module) -> String {
    match &dep.replace {
        Some(by) if !by.version.is_empty() => by.version.clone(),
        _ => dep.version.clone(),
    }
}
