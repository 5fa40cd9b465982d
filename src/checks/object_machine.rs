//! object-machine: is what the linker takes beside Go's own objects for ARM64?

use std::collections::BTreeSet;

use crate::facts::given::Claim;
use crate::facts::image::MachineKind;
use crate::facts::object::{LinkedBy, ObjectContents, ObjectForm, ObjectMember};
use crate::facts::{FailureClass, ObjectFile, PackageFacts};
use crate::model::{
    CheckId, Confidence, Finding, Location, Reachability, Severity, SubjectKind, Verdict,
};

use super::draft;
use super::object_words as words;
use super::{Check, Context, Meta, SubjectFacts};

/// See the module.
#[derive(Debug)]
pub(super) struct ObjectMachine;

static META: Meta = Meta {
    id: CheckId::new("object-machine"),
    title: "an object or library that is linked is not for ARM64",
    severity: Severity::Error,
    subjects: &[SubjectKind::Object],
    page: include_str!("object_machine.md"),
};

/// Members of an archive that are shown with their machine field.
const SHOWN_MEMBERS: usize = 3;

impl Check for ObjectMachine {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, subject: SubjectFacts<'_>, cx: Context<'_>) -> Verdict {
        let SubjectFacts::Object(object) = subject else {
            return Verdict::NotApplicable("not an object".into());
        };
        if is_labelled(object) {
            return Verdict::NotApplicable(
                "its name says what it is for; name-against-content judges that".into(),
            );
        }
        let Some(wanted) = wanted(&object.claim) else {
            let (goos, goarch) = (object.claim.goos(), object.claim.goarch());
            return Verdict::NotApplicable(format!("it is meant for {goos}/{goarch}"));
        };
        let contents = match &object.contents {
            Ok(contents) => contents,
            // A library that LDFLAGS name may be made by a step before the build; the linker says so.
            Err(reason) if object.missing => {
                let gating = !matches!(object.linked_by, LinkedBy::LdFlags(_));
                return Verdict::Inconclusive { reason: reason.clone(), gating };
            }
            Err(reason) => {
                let message = format!("{}: {reason}", object.name);
                let finding = finding(object, Fault::Malformed, message, cx);
                return Verdict::Fail(vec![finding]);
            }
        };
        if is_for_others(object, contents) {
            return Verdict::NotApplicable("it holds no object for Windows".into());
        }
        let findings = findings(object, contents, wanted, cx);
        if !findings.is_empty() {
            return Verdict::Fail(findings);
        }
        without_fault(contents)
    }
}

/// Whether it is one object that was given, under a name that tells its machine.
fn is_labelled(object: &ObjectFile) -> bool {
    object.linked_by == LinkedBy::Given
        && object.claim.by.is_label()
        && matches!(object.contents, Ok(ObjectContents::Member(_)))
}

/// Whether nobody says that it is for Windows, and everything in it is for other systems: an ELF program
/// that was given without a label makes no finding either.
fn is_for_others(object: &ObjectFile, contents: &ObjectContents) -> bool {
    let claim = &object.claim;
    let members = contents.members();
    let whole = !matches!(contents, ObjectContents::Archive { more, .. } if *more > 0);
    object.linked_by == LinkedBy::Given
        && !(claim.by.is_label() || claim.goos_by.is_label())
        && whole
        && !members.is_empty()
        && members.iter().all(|member| matches!(member.form, ObjectForm::Foreign { .. }))
}

/// The machine that the objects must be for; `None` where the claim is another system's, or an architecture that
/// Go has not for Windows.
fn wanted(claim: &Claim) -> Option<MachineKind> {
    match (claim.goos(), claim.goarch()) {
        ("windows", "arm64") => Some(MachineKind::Arm64),
        ("windows", "amd64") => Some(MachineKind::X64),
        ("windows", "386") => Some(MachineKind::X86),
        ("windows", "arm") => Some(MachineKind::Arm32),
        _ => None,
    }
}

/// The verdict where no member is wrong: was there anything that could be?
fn without_fault(contents: &ObjectContents) -> Verdict {
    if let ObjectContents::Archive { more, .. } = contents
        && *more > 0
    {
        let reason = format!("it has {more} members more than are looked at");
        return Verdict::Inconclusive { reason, gating: true };
    }
    let members = contents.members();
    let silent: Vec<&str> = members
        .iter()
        .filter_map(|member| match &member.form {
            ObjectForm::NoMachine { what } => Some(what.as_str()),
            _ => None,
        })
        .collect();
    match silent.first() {
        _ if members.is_empty() => Verdict::NotApplicable("it holds no member".into()),
        None => Verdict::Pass,
        Some(what) => Verdict::Inconclusive {
            reason: match members {
                [_] => format!("{what} does not tell its machine"),
                _ => format!(
                    "{} of {} members do not tell their machine, the first is {what}",
                    silent.len(),
                    members.len()
                ),
            },
            gating: false,
        },
    }
}

/// What is wrong with a member. The worst is first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// Another machine.
    Machine,
    /// ARM64EC or ARM64X.
    Hybrid,
    /// Another system's format.
    Foreign,
    /// Malformed.
    Malformed,
}

impl Fault {
    const ALL: [Self; 4] = [Self::Machine, Self::Hybrid, Self::Foreign, Self::Malformed];

    /// The class in the Report.
    fn class(self) -> &'static str {
        match self {
            Self::Machine => "wrong-machine",
            Self::Hybrid => "arm64ec-object",
            Self::Foreign => "foreign-format",
            Self::Malformed => "malformed",
        }
    }

    /// What is wrong with one member by itself.
    fn of(form: &ObjectForm, wanted: MachineKind) -> Option<Self> {
        match form {
            ObjectForm::Coff { .. } | ObjectForm::Import { .. } => match form.machine()? {
                kind if kind == wanted => None,
                MachineKind::Arm64Ec | MachineKind::Arm64X if wanted == MachineKind::Arm64 => {
                    Some(Self::Hybrid)
                }
                _ => Some(Self::Machine),
            },
            ObjectForm::NoMachine { .. } => None,
            ObjectForm::Foreign { .. } => Some(Self::Foreign),
            ObjectForm::Malformed { .. } => Some(Self::Malformed),
        }
    }
}

/// One finding for each kind of fault.
fn findings(
    object: &ObjectFile,
    contents: &ObjectContents,
    wanted: MachineKind,
    cx: Context<'_>,
) -> Vec<Finding> {
    let natives = Natives::of(contents.members(), wanted);
    let fault = |member: &ObjectMember| {
        Fault::of(&member.form, wanted)
            .filter(|fault| *fault != Fault::Hybrid || !natives.stand_for(&member.form))
    };
    let mut findings = Vec::new();
    for kind in Fault::ALL {
        let wrong: Vec<&ObjectMember> =
            contents.members().iter().filter(|member| fault(member) == Some(kind)).collect();
        let Some(first) = wrong.first() else { continue };
        let message = words::message(object, contents, &wrong, wanted);
        let mut finding = finding(object, kind, message, cx);
        if let Some(location) = &mut finding.location {
            location.file_offset = words::machine_field(first).map(|(_, offset)| offset);
        }
        let fields = wrong.iter().take(SHOWN_MEMBERS).filter_map(|member| words::field(member));
        finding.evidence.extend(fields);
        finding.evidence.extend(words::cause(object, &first.form));
        if finding.reachability == Some(Reachability::LinkedPackage) {
            finding.evidence.extend(words::dropped(object, &first.form));
        }
        finding.help = Some(words::help(object, &first.form, wanted, finding.module.as_ref()));
        lower(&mut finding, object, &wrong);
        findings.push(finding);
    }
    findings
}

/// The ARM64 members of an archive that has both halves of ARM64X: a link for ARM64 takes these, since an archive
/// has an index of its own for the symbols of the other half (`/<ECSYMBOLS>/`).
struct Natives<'a> {
    imports: BTreeSet<(&'a str, &'a str)>,
    code: bool,
}

impl<'a> Natives<'a> {
    fn of(members: &'a [ObjectMember], wanted: MachineKind) -> Self {
        let mut natives = Self { imports: BTreeSet::new(), code: false };
        for form in members.iter().map(|member| &member.form) {
            match form {
                _ if form.machine() != Some(wanted) => {}
                ObjectForm::Import { dll, import, .. } => {
                    natives.imports.insert((dll, import));
                }
                ObjectForm::Coff { code_bytes, .. } => natives.code |= *code_bytes > 0,
                _ => {}
            }
        }
        natives
    }

    /// Whether there is an ARM64 member that does what this one does.
    fn stand_for(&self, form: &ObjectForm) -> bool {
        match form {
            ObjectForm::Import { dll, import, .. } => {
                self.imports.contains(&(dll.as_str(), import.as_str()))
            }
            _ => self.code,
        }
    }
}

/// A finding with everything that does not depend on the members.
fn finding(object: &ObjectFile, fault: Fault, message: String, cx: Context<'_>) -> Finding {
    let mut finding = draft::finding(&META.id, cx.subject, Severity::Error, message);
    finding.class = Some(fault.class().into());
    finding.location = Some(Location { file: Some(object.name.clone()), ..Location::default() });
    finding.help = Some("make the file again; it is no object that a linker reads".into());
    let packages = object.packages.iter().filter_map(|path| cx.unit.packages.get(path));
    let nearest = packages
        .map(|package| (reach(object, package, cx), package))
        .min_by_key(|(reach, _)| rank(*reach));
    if let Some((reach, package)) = nearest {
        finding = draft::about_package(finding, package, reach);
        // The linker took the library and refuses members of another machine: none of these was needed.
        if matches!(object.linked_by, LinkedBy::LdFlags(_)) && package.linked {
            finding.severity = finding.severity.min(Severity::Warning);
            finding.confidence = Confidence::Medium;
        }
    }
    finding
}

/// How the object gets into what is built. It is linked itself where a function of it is in an exe, and where it
/// has resources: these are linked with the package.
fn reach(object: &ObjectFile, package: &PackageFacts, cx: Context<'_>) -> Reachability {
    let by_package = draft::reachability(package);
    let failure = cx.unit.failures.get(&package.import_path);
    let stops = failure.is_some_and(|failure| {
        failure.class == FailureClass::ObjectMachine && !failure.stops.is_empty()
    });
    let members = object.contents.as_ref().map_or(&[][..], ObjectContents::members);
    let resources = members
        .iter()
        .any(|member| matches!(member.form, ObjectForm::Coff { resources_only: true, .. }));
    match by_package {
        Reachability::MainModule => by_package,
        _ if stops => Reachability::StopsBuild,
        _ if !object.linked_into.is_empty() => Reachability::LinkedFunction,
        Reachability::LinkedPackage if resources => Reachability::LinkedFunction,
        _ => by_package,
    }
}

/// The nearest first.
fn rank(reach: Reachability) -> u8 {
    match reach {
        Reachability::MainModule => 0,
        Reachability::StopsBuild => 1,
        Reachability::LinkedFunction => 2,
        Reachability::LinkedPackage => 3,
        Reachability::GraphOnly => 4,
    }
}

/// Two kinds of `.syso` that may well work: Go's linker does not look at the machine, and data is data; and it
/// reads ELF and Mach-O of ARM64 as well.
fn lower(finding: &mut Finding, object: &ObjectFile, wrong: &[&ObjectMember]) {
    let may_work = wrong.iter().all(|member| match member.form {
        ObjectForm::Coff { code_bytes, resources_only, bigobj, .. } => {
            code_bytes == 0
                && !resources_only
                && !bigobj
                && member.form.machine().is_some_and(words::known_to_go)
        }
        ObjectForm::Foreign { a64, .. } => a64,
        _ => false,
    });
    let alone = matches!(object.contents, Ok(ObjectContents::Member(_)));
    if object.linked_by == LinkedBy::Syso && alone && may_work {
        finding.severity = finding.severity.min(Severity::Warning);
        finding.confidence = Confidence::Medium;
    }
}
