//! x18 in the assembly of a package: is it code, and is it in an exe?
//!
//! The exe decides. Tables that stand among machine words read like uses of x18 now and then; in the exe they are
//! told from code, function by function, and the finding is about the exe. So a package has a finding of its own
//! only where no exe contains the function, and then a note.

use crate::facts::code::{Function, X18Use};
use crate::facts::source::AssemblyX18;
use crate::facts::{PackageFacts, UnitFacts};
use crate::model::{Confidence, Finding, Location, Severity, Verdict};

use super::super::draft::{self, listed, reachability};
use super::super::{Context, SubjectFacts, sources};
use super::META;

/// Lines that a finding shows.
const SHOWN: usize = 8;

/// The answer for a package.
pub(super) fn judge(subject: SubjectFacts<'_>, cx: Context<'_>) -> Verdict {
    let not_applicable = |reason: &str| Verdict::NotApplicable(reason.into());
    let SubjectFacts::Package(package) = subject else { return not_applicable("not a package") };
    if cx.unit.failures.contains_key(&package.import_path) {
        return not_applicable("it does not build; that finding says why");
    }
    if package.arm64.as_ref().is_none_or(|set| set.asm.is_empty()) {
        return not_applicable("it has no assembly for arm64");
    }
    let Some(source) = &package.source else { return not_applicable("its source was not read") };
    let mut open = Vec::new();
    let mut confirmed = None;
    for one in &source.assembly.x18 {
        match place_in_exes(package, one, cx.unit) {
            InExes::Code(image) => confirmed = Some(image),
            InExes::Data => {}
            // A table among code cannot be told from code without the exe.
            InExes::Absent if one.opaque == 0 => open.push(one),
            InExes::Absent => {}
        }
    }
    match (open.is_empty(), confirmed) {
        (false, _) => Verdict::Fail(vec![finding(package, &open, cx)]),
        (true, Some(image)) => Verdict::NotApplicable(format!(
            "{image} contains code of it that uses x18; that finding names the line"
        )),
        (true, None) => sources::unread(source, ".s").unwrap_or(Verdict::Pass),
    }
}

/// What the exes say of a function.
enum InExes<'a> {
    /// An exe contains it, and it uses x18 there.
    Code(&'a str),
    /// An exe contains it and it does not.
    Data,
    /// None contains it, as far as that is known.
    Absent,
}

fn place_in_exes<'a>(package: &PackageFacts, one: &AssemblyX18, unit: &'a UnitFacts) -> InExes<'a> {
    let name = one.place.function.as_deref().unwrap_or_default();
    let scanned = unit.images.iter().filter_map(|image| {
        let code = image.code.as_ref()?.as_ref().ok()?;
        image.claim.windows_arm64().then_some((image, code))
    });
    let mut complete = true;
    for (image, code) in scanned {
        complete &= code.x18_more == 0;
        let same = |using: &X18Use| {
            let function = using.place.function.as_ref();
            function.is_some_and(|function| is_function(function, &package.import_path, name))
        };
        if code.x18.iter().any(same) {
            return InExes::Code(&image.name);
        }
    }
    let linked = package.linked_functions.as_ref().is_some_and(|linked| linked.contains(name));
    if linked && complete { InExes::Data } else { InExes::Absent }
}

/// Whether a function of an exe is the `TEXT` of that name in that package.
fn is_function(function: &Function, package: &str, name: &str) -> bool {
    function.package.as_deref() == Some(package)
        && function
            .name
            .strip_suffix(name)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Where the source of a function that uses x18 is, with its package.
pub(super) fn source_of<'a>(
    using: &X18Use,
    unit: &'a UnitFacts,
) -> Option<(&'a PackageFacts, &'a AssemblyX18)> {
    let function = using.place.function.as_ref()?;
    let package = unit.packages.get(function.package.as_deref()?)?;
    let all = &package.source.as_ref()?.assembly.x18;
    let one = all.iter().find(|one| {
        let name = one.place.function.as_deref().unwrap_or_default();
        is_function(function, &package.import_path, name)
    })?;
    Some((package, one))
}

/// Adds the line of the assembly file to a finding about an exe.
pub(super) fn add_source(finding: &mut Finding, using: &X18Use, unit: &UnitFacts) {
    let Some((package, one)) = source_of(using, unit) else { return };
    let place = draft::at(package, &one.place);
    if let Some(location) = &mut finding.location {
        *location = Location { file: place.file, line: place.line, ..location.clone() };
    }
    finding.evidence.push(draft::source(package, &one.place));
}

fn finding(package: &PackageFacts, open: &[&AssemblyX18], cx: Context<'_>) -> Finding {
    let names: Vec<String> = open.iter().filter_map(|one| one.place.function.clone()).collect();
    let writes = open.iter().any(|one| one.writes > 0);
    let (what, whose) = match open {
        [_] => ("a function in assembly", "no exe shows it"),
        _ => ("functions in assembly", "no exe shows them"),
    };
    let message = format!(
        "{} has {what} for arm64 that {} x18 by the look of it ({}); {whose}",
        package.import_path,
        match (open.len(), writes) {
            (1, true) => "writes",
            (1, false) => "reads",
            (_, true) => "write",
            (_, false) => "read",
        },
        listed(&names, 4)
    );
    let mut finding = draft::finding(&META.id, cx.subject, Severity::Note, message);
    finding.class = Some("assembly".into());
    finding.confidence = Confidence::Low;
    finding.help = Some(
        "nothing that was built calls it; before it is used, look for a newer version or a build tag that turns the \
         assembly off"
            .into(),
    );
    finding.location = open.first().map(|one| draft::at(package, &one.place));
    finding.evidence.extend(open.iter().take(SHOWN).map(|one| draft::source(package, &one.place)));
    draft::about_package(finding, package, reachability(package))
}
