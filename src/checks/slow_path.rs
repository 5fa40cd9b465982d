//! slow-path: assembly on amd64, plain Go on arm64.

use crate::model::{CheckId, FileSetClass, Severity, SubjectKind, Verdict};

use super::draft::{self, files, reachability};
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

impl Check for SlowPath {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, subject: SubjectFacts<'_>, cx: Context<'_>) -> Verdict {
        let package = match comparable(subject, cx) {
            Ok(package) => package,
            Err(verdict) => return verdict,
        };
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
        finding.help = Some(
            "right, only slower; nothing to do unless this package is where the time goes".into(),
        );
        finding.evidence.push(files(package));
        finding.evidence.extend(super::listed::instead_of_assembly(package));
        Verdict::Fail(vec![draft::about_package(finding, package, reachability(package))])
    }
}
