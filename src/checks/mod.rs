//! The checks: one question each, asked of one kind of subject.
//!
//! A check is one `<id>.rs` with its logic and metadata, one `<id>.md` that explains it to users, one line
//! in [`CHECKS`], and one folder of fixtures `testdata/checks/<id>/`. Checks see facts and nothing else:
//! no processes, no files.

mod advice;
mod arch_symbol;
mod arch_table;
mod asm_twin;
mod build_info;
mod code;
mod cross_compile;
mod dll_name;
mod draft;
mod embedded_image;
mod files_lost;
mod float_syscall;
mod hardening;
mod hybrid_image;
mod imports;
mod isa_baseline;
mod known_module;
mod listed;
mod machine_code_bytes;
mod machine_type;
mod name_against_content;
mod needs_cgo;
mod object_machine;
mod object_words;
mod opaque_code;
mod package_excluded;
mod reserved_x18;
mod resource_tree;
mod siblings;
mod signature;
mod slow_path;
mod sources;
mod stale_waiver;
mod stray_x86_code;
mod unsupported_flags;

/// How far a package came; shared by the check and the list of subjects.
pub(crate) use cross_compile::state as cross_compile_state;
/// How a package or a function gets into what is built; shared by the checks and `--why`.
pub(crate) use draft::function_reachability;

use crate::facts::{
    ConfigFacts, GivenContainer, GivenFacts, GivenFile, ImageFacts, ImageFile, ObjectFile,
    PackageFacts, TestFacts, UnitFacts,
};
use crate::model::{CheckId, CheckInfo, Severity, SubjectKind, Verdict};

/// What a check is: everything that `gowoa explain` and the reports say of it.
#[derive(Debug)]
pub struct Meta {
    /// Its stable id.
    pub id: CheckId,
    /// One line: what it finds.
    pub title: &'static str,
    /// The worst severity it gives.
    pub severity: Severity,
    /// The kinds of subject it is asked of.
    pub subjects: &'static [SubjectKind],
    /// The explanation page, Markdown.
    pub page: &'static str,
}

/// What formats that explain checks have to say of each.
pub fn catalogue() -> Vec<CheckInfo> {
    let metas = CHECKS.iter().map(|check| check.meta());
    metas
        .map(|meta| CheckInfo {
            id: meta.id.clone(),
            title: meta.title,
            severity: meta.severity,
            page: meta.page,
        })
        .collect()
}

/// The facts of one subject.
#[derive(Debug, Clone, Copy)]
pub enum SubjectFacts<'a> {
    /// The build as a whole.
    Build,
    /// A package.
    Package(&'a PackageFacts),
    /// A test binary.
    Test(&'a TestFacts),
    /// An image.
    Image(&'a ImageFile),
    /// An object or a library.
    Object(&'a ObjectFile),
    /// A container.
    Container(&'a GivenContainer),
    /// A program of another system.
    File(&'a GivenFile),
    /// Everything that was given.
    Inputs(&'a GivenFacts),
    /// The configuration file; known only after all the others are judged.
    Config(&'a ConfigFacts),
}

impl SubjectFacts<'_> {
    /// What kind of subject.
    pub fn kind(self) -> SubjectKind {
        match self {
            Self::Build => SubjectKind::Build,
            Self::Package(_) => SubjectKind::Package,
            Self::Test(_) => SubjectKind::Test,
            Self::Image(_) => SubjectKind::Image,
            Self::Object(_) => SubjectKind::Object,
            Self::Container(_) => SubjectKind::Container,
            Self::File(_) => SubjectKind::File,
            Self::Inputs(_) => SubjectKind::Inputs,
            Self::Config(_) => SubjectKind::Config,
        }
    }
}

/// What a check may look at beside its subject.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Everything that was gathered of the unit the subject belongs to.
    pub unit: &'a UnitFacts,
    /// The subject's id in the Report.
    pub subject: &'a crate::model::SubjectId,
}

/// One question, asked of one kind of subject.
pub trait Check: Sync {
    /// What it is.
    fn meta(&self) -> &'static Meta;

    /// The answer for one subject, whose kind is one of `meta().subjects`.
    fn judge(&self, subject: SubjectFacts<'_>, cx: Context<'_>) -> Verdict;
}

/// The package of a subject where it is part of the windows/arm64 build and did not fail; else the answer of
/// a check that compares its files.
fn comparable<'a>(subject: SubjectFacts<'a>, cx: Context<'_>) -> Result<&'a PackageFacts, Verdict> {
    let not_applicable = |reason: &str| Err(Verdict::NotApplicable(reason.into()));
    let SubjectFacts::Package(package) = subject else { return not_applicable("not a package") };
    if cx.unit.failures.contains_key(&package.import_path) {
        return not_applicable("it does not build; that finding says why");
    }
    if package.arm64.is_none() {
        return not_applicable("the windows/arm64 build does not reach it");
    }
    Ok(package)
}

/// An image and what was read of it; else the answer of a check that needs it.
fn readable(subject: SubjectFacts<'_>) -> Result<(&ImageFile, &ImageFacts), Verdict> {
    let not_applicable = |reason: &str| Err(Verdict::NotApplicable(reason.into()));
    let SubjectFacts::Image(image) = subject else { return not_applicable("not an image") };
    if !image.claim.windows_arm64() {
        let (goos, goarch) = (image.claim.goos(), image.claim.goarch());
        return not_applicable(&format!("it is meant for {goos}/{goarch}"));
    }
    match &image.facts {
        Ok(facts) => Ok((image, facts)),
        Err(_) => not_applicable("it could not be read as an image; machine-type judges that"),
    }
}

/// Every check, in the order in which users meet them: build, package, file, image, and what gowoa is
/// told.
pub static CHECKS: &[&dyn Check] = &[
    &cross_compile::CrossCompile,
    &package_excluded::PackageExcluded,
    &needs_cgo::NeedsCgo,
    &unsupported_flags::UnsupportedFlags,
    &files_lost::FilesLost,
    &asm_twin::AsmTwin,
    &slow_path::SlowPath,
    &known_module::KnownModule,
    &float_syscall::FloatSyscall,
    &arch_symbol::ArchSymbolCheck,
    &arch_table::ArchTableCheck,
    &dll_name::DllNameCheck,
    &machine_code_bytes::MachineCodeBytes,
    &name_against_content::NameAgainstContent,
    &machine_type::MachineType,
    &hybrid_image::HybridImage,
    &object_machine::ObjectMachine,
    &stray_x86_code::StrayX86Code,
    &opaque_code::OpaqueCode,
    &reserved_x18::ReservedX18,
    &isa_baseline::IsaBaseline,
    &embedded_image::EmbeddedImageCheck,
    &resource_tree::ResourceTree,
    &build_info::BuildInfo,
    &imports::Imports,
    &signature::Signature,
    &hardening::Hardening,
    &stale_waiver::StaleWaiver,
];

/// The answer of a check for one subject, its findings complete: each one about a package says how that gets into
/// what is built.
pub fn ask(check: &dyn Check, subject: SubjectFacts<'_>, cx: Context<'_>) -> Verdict {
    let mut verdict = check.judge(subject, cx);
    if let Verdict::Fail(findings) = &mut verdict {
        for finding in findings {
            draft::complete(finding, subject.kind(), cx.unit);
        }
    }
    verdict
}

/// The check of that id.
pub fn by_id(id: &str) -> Option<&'static dyn Check> {
    CHECKS.iter().copied().find(|check| check.meta().id.as_str() == id)
}
