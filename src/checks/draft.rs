//! Puts a finding together, so that no check forgets a field.

use crate::facts::source::SourcePlace;
use crate::facts::{Diagnostic, PackageFacts, UnitFacts};
use crate::model::{
    CheckId, Confidence, Evidence, Finding, Location, Reachability, Severity, SubjectId,
    SubjectKind,
};

/// A finding of this check on this subject, of high confidence until told otherwise.
pub(super) fn finding(
    check: &CheckId,
    subject: &SubjectId,
    severity: Severity,
    message: String,
) -> Finding {
    Finding {
        check: check.clone(),
        severity,
        confidence: Confidence::High,
        class: None,
        message,
        help: None,
        package: None,
        module: None,
        subject: subject.clone(),
        location: None,
        anchor: None,
        reachability: None,
        evidence: Vec::new(),
        waived: None,
        known: false,
        origin: Vec::new(),
    }
}

/// The parts that depend on a package: its name, module, and severity by reachability.
pub(super) fn about_package(
    mut finding: Finding,
    package: &PackageFacts,
    reach: Reachability,
) -> Finding {
    finding.package = Some(package.import_path.clone());
    finding.module = package.module_ref();
    finding.reachability = Some(reach);
    finding.severity = reach.limit(finding.severity);
    finding
}

/// How a package gets into what is built: the one place that decides it. A package that the roots of the build
/// import counts as linked also where a failure kept the exe from being made, since it will be once that is
/// mended; one that no root imports for windows/arm64 is in the graph only.
pub(crate) fn reachability(package: &PackageFacts) -> Reachability {
    // What the patterns match is what is asked about: `gowoa screen --module` matches packages of others.
    if package.in_main_module() || package.named || package.matched {
        Reachability::MainModule
    } else if package.linked || package.reached {
        Reachability::LinkedPackage
    } else {
        Reachability::GraphOnly
    }
}

/// The same for a function of the package: linked where the function table of an exe has it, also inlined, and
/// also if the exe is the program that links libraries, since what it holds is what users of the libraries could
/// reach. But that program keeps every exported method for reflection, so that a method which it alone holds may
/// be called by nobody: then the package decides. Without a function, or where no exe was asked for its functions, the package decides.
pub(crate) fn function_reachability(
    package: &PackageFacts,
    function: Option<&str>,
) -> Reachability {
    let by_package = reachability(package);
    match (by_package, function, &package.linked_functions) {
        (Reachability::LinkedPackage | Reachability::GraphOnly, Some(function), Some(linked))
            if linked.contains(function) =>
        {
            let of_program = linked.image_of(Some(function)).is_some_and(|image| !image.link_proof);
            if of_program || !function.contains('.') {
                Reachability::LinkedFunction
            } else {
                Reachability::LinkedPackage
            }
        }
        _ => by_package,
    }
}

/// What every finding about a package says in the end, whichever check made it: how it gets into what is built,
/// and, of an error or a warning, which exe has it; of a note only where reflection alone put it there.
pub(super) fn complete(finding: &mut Finding, subject: SubjectKind, unit: &UnitFacts) {
    let Some(path) = &finding.package else { return };
    let package = unit.packages.get(path);
    if finding.reachability.is_none() {
        finding.reachability = match (package, subject) {
            (Some(package), _) => Some(reachability(package)),
            // What was found in an exe is in the exe.
            (None, SubjectKind::Image) => Some(Reachability::LinkedFunction),
            (None, _) => None,
        };
    }
    // An image is its own evidence.
    let Some(package) = package.filter(|_| subject != SubjectKind::Image) else { return };
    let said = finding.evidence.iter().any(|one| matches!(one, Evidence::Linked { .. }));
    if !said {
        let function = finding.location.as_ref().and_then(|place| place.function.as_deref());
        // A note says it only where nothing but reflection could call its function.
        let kept = |one: &Evidence| matches!(one, Evidence::Linked { reflection: true, .. });
        let linked = linked(package, function);
        finding
            .evidence
            .extend(linked.filter(|one| finding.severity > Severity::Note || kept(one)));
    }
}

/// Which exe holds a function of a package, or else the package.
fn linked(package: &PackageFacts, function: Option<&str>) -> Option<Evidence> {
    let found = package.linked_functions.as_ref()?;
    let named = function;
    let function = named.filter(|function| found.contains(function));
    if named.is_some() && function.is_none() && !found.unread.is_empty() {
        // To name an exe without it would say that no other has it.
        return None;
    }
    let image = found.image_of(function)?;
    let reflection = function.is_some_and(|function| found.kept_for_reflection(function));
    let path = function.filter(|_| reflection).and_then(|function| found.way_of(function, image));
    Some(Evidence::Linked {
        image: image.name.clone(),
        functions: function.map(str::to_owned).into_iter().collect(),
        reflection,
        link_proof: image.link_proof,
        path: path.unwrap_or_default().to_vec(),
    })
}

/// Whether an exe holds a function that is called there or could be called through an interface, as far as anybody
/// asked: what a finding names before one that reflection alone keeps, or that no exe holds.
pub(super) fn is_called(package: &PackageFacts, function: Option<&str>) -> bool {
    let found = function.zip(package.linked_functions.as_ref());
    found.is_some_and(|(function, linked)| {
        linked.contains(function) && !linked.kept_for_reflection(function)
    })
}

/// The place of a line of a package's source.
pub(super) fn at(package: &PackageFacts, place: &SourcePlace) -> Location {
    Location {
        file: Some(package.report_path(&place.file)),
        line: Some(place.line),
        function: place.function.clone(),
        ..Location::default()
    }
}

/// That line as evidence.
pub(super) fn source(package: &PackageFacts, place: &SourcePlace) -> Evidence {
    Evidence::Source {
        file: package.report_path(&place.file),
        line: place.line,
        text: place.text.clone(),
    }
}

/// The place a compiler's line names.
pub(super) fn location(diagnostic: &Diagnostic) -> Option<Location> {
    diagnostic.file.as_ref().map(|file| Location {
        file: Some(file.clone()),
        line: diagnostic.line,
        column: diagnostic.column,
        ..Location::default()
    })
}

/// The place of a file of a package.
pub(super) fn in_file(package: &PackageFacts, file: &str) -> Location {
    Location { file: Some(package.report_path(file)), ..Location::default() }
}

/// The files that one target has and the other has not.
pub(super) fn files(package: &PackageFacts) -> Evidence {
    Evidence::Files {
        amd64_only: package.amd64_only.clone(),
        arm64_only: package.arm64_only.clone(),
    }
}

/// `a`, `a and b`, `a, b and 3 more`.
pub(super) fn listed(names: &[String], shown: usize) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        _ if names.len() <= shown => {
            let (last, head) =
                names.split_last().map(|(l, h)| (l.as_str(), h)).unwrap_or(("", &[]));
            format!("{} and {last}", head.join(", "))
        }
        _ => {
            let head = names.get(..shown).unwrap_or(names);
            format!("{} and {} more", head.join(", "), names.len() - shown)
        }
    }
}

#[cfg(test)]
mod tests;
