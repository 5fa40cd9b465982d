//! slow-path: assembly on amd64, plain Go on arm64; or a question to the processor that Windows leaves open.

use std::collections::BTreeSet;

use crate::facts::PackageFacts;
use crate::model::{CheckId, Confidence, FileSetClass, Finding, Severity, SubjectKind, Verdict};

use super::draft::{self, files, function_reachability, listed, reachability};
use super::{Check, Context, Meta, SubjectFacts, comparable};

/// See the module.
#[derive(Debug)]
pub(super) struct SlowPath;

static META: Meta = Meta {
    id: CheckId::new("slow-path"),
    title: "a package runs assembly on amd64 and plain Go on arm64",
    severity: Severity::Note,
    subjects: &[SubjectKind::Package],
    page: include_str!("slow_path.md"),
};

/// What every ARM64 processor has.
const MINIMUM: &[&str] = &["HasASIMD", "HasFP"];

/// The class of a question that Windows leaves open.
const CPU_DETECTION: &str = "cpu-detection";
/// Go's package for the features of a processor, and its file that asks Windows: there since v0.41.0, not in
/// v0.43.0, there again since v0.44.0.
const X_SYS_CPU: &str = "golang.org/x/sys/cpu";
const X_SYS_CPU_FILE: &str = "cpu_windows_arm64.go";
/// A package of the same kind, and its file for systems that it cannot ask: windows/arm64 is one of them.
const CPUID: &str = "github.com/klauspost/cpuid";
const CPUID_OTHER_FILE: &str = "os_other_arm64.go";
/// Features that a message names.
const NAMED: usize = 4;

impl Check for SlowPath {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, subject: SubjectFacts<'_>, cx: Context<'_>) -> Verdict {
        let package = match comparable(subject, cx) {
            Ok(package) => package,
            Err(verdict) => return verdict,
        };
        let blind = blind(package, cx);
        let by_files = by_files(package, cx);
        match by_files {
            Verdict::Fail(mut findings) => {
                findings.extend(blind);
                Verdict::Fail(findings)
            }
            // What it asks the processor is answered on Windows.
            Verdict::NotApplicable(_) if blind.is_empty() && asks(package) => Verdict::Pass,
            other if blind.is_empty() => other,
            _ => Verdict::Fail(blind),
        }
    }
}

/// Whether it asks for features of the processor.
fn asks(package: &PackageFacts) -> bool {
    package.source.as_ref().is_some_and(|source| !source.cpu_detection.is_empty())
}

/// What the files of the two architectures say.
fn by_files(package: &PackageFacts, cx: Context<'_>) -> Verdict {
    if package.arm64.as_ref().is_some_and(|set| !set.cgo.is_empty()) {
        return Verdict::NotApplicable(
            "it is built from C, which this check does not compare".into(),
        );
    }
    if package.arch_stub.is_some() {
        return Verdict::NotApplicable(
            "what arm64 has in the place of the assembly says that it does not work; files-lost judges that".into(),
        );
    }
    match package.class {
        Some(FileSetClass::GenericFallback) => {}
        // Nothing that is linked refers to the assembly: the code asks for GOARCH first.
        Some(FileSetClass::AssemblyDropped) if package.linked => {}
        Some(FileSetClass::NativeAssembly) => return Verdict::Pass,
        _ => return Verdict::NotApplicable("it has no assembly of one architecture".into()),
    }
    let message = format!("{} runs Go code on arm64, amd64 has assembly", package.import_path);
    let mut finding = draft::finding(&META.id, cx.subject, Severity::Note, message);
    finding.class = package.class.map(|class| class.as_str().into());
    finding.help =
        Some("right, only slower; nothing to do unless this package is where the time goes".into());
    finding.evidence.push(files(package));
    finding.evidence.extend(super::listed::instead_of_assembly(package));
    Verdict::Fail(vec![draft::about_package(finding, package, reachability(package))])
}

/// One finding for each package that is asked for the processor's features and does not know them on Windows.
fn blind(package: &PackageFacts, cx: Context<'_>) -> Vec<Finding> {
    let Some(source) = &package.source else { return Vec::new() };
    let asked: BTreeSet<&str> =
        source.cpu_detection.iter().map(|asked| asked.asks.as_str()).collect();
    let mut findings = Vec::new();
    for asks in asked {
        let Some(help) = cx.unit.packages.get(asks).and_then(knows_nothing) else { continue };
        let answered = cx.unit.packages.get(asks).is_some_and(sets_minimum);
        let questions: Vec<_> = source
            .cpu_detection
            .iter()
            .filter(|asked| asked.asks == asks)
            .filter(|asked| {
                let feature = asked.feature.as_deref().unwrap_or_default();
                !(answered && MINIMUM.contains(&feature))
            })
            .collect();
        let Some(first) = questions.first() else { continue };
        let features: Vec<String> =
            questions.iter().filter_map(|asked| asked.feature.clone()).collect();
        let message = format!(
            "{} asks {asks} for {}, which answers no on windows/arm64: faster code for ARM64 is left unused",
            package.import_path,
            listed(&features, NAMED)
        );
        let mut finding = draft::finding(&META.id, cx.subject, Severity::Note, message);
        finding.class = Some(CPU_DETECTION.into());
        finding.confidence = Confidence::Medium;
        finding.help = Some(help);
        finding.location = Some(draft::at(package, &first.place));
        finding.evidence.extend(questions.iter().map(|asked| draft::source(package, &asked.place)));
        let reach = function_reachability(package, first.place.function.as_deref());
        findings.push(draft::about_package(finding, package, reach));
    }
    findings
}

/// Whether golang.org/x/sys/cpu says yes to what every ARM64 processor has, also where it cannot ask: since
/// v0.41.0 (cpu_other_arm64.go).
fn sets_minimum(asked: &PackageFacts) -> bool {
    let version = asked.module.as_ref().and_then(|module| module.reference.version.as_deref());
    let minor = version.and_then(|version| version.strip_prefix("v0.")?.split('.').next());
    asked.import_path.ends_with(X_SYS_CPU)
        && minor.and_then(|minor| minor.parse::<u32>().ok()).is_some_and(|minor| minor >= 41)
}

/// What to do about a package that cannot ask Windows, by the files it is built from; `None` where it can.
fn knows_nothing(asked: &PackageFacts) -> Option<String> {
    let files = &asked.arm64.as_ref()?.go;
    let has = |name: &str| files.iter().any(|file| file == name);
    if asked.import_path.ends_with(X_SYS_CPU) && !has(X_SYS_CPU_FILE) {
        return Some("golang.org/x/sys asks Windows since v0.44.0 (not built here); nothing to do unless this is where the time goes".into());
    }
    if asked.import_path.contains(CPUID) && has(CPUID_OTHER_FILE) {
        return Some(
            "right, only slower; nothing to do unless this package is where the time goes".into(),
        );
    }
    None
}
