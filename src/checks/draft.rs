//! Puts a finding together, so that no check forgets a field.

use crate::facts::source::SourcePlace;
use crate::facts::{Diagnostic, PackageFacts};
use crate::model::{
    CheckId, Confidence, Evidence, Finding, Location, Reachability, Severity, SubjectId,
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
        reachability: None,
        evidence: Vec::new(),
        waived: None,
        known: false,
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

/// How a package that builds gets into what is built.
pub(super) fn reachability(package: &PackageFacts) -> Reachability {
    if package.in_main_module() || package.named {
        Reachability::MainModule
    } else if package.linked {
        Reachability::LinkedPackage
    } else {
        Reachability::GraphOnly
    }
}

/// How a function of a package that builds gets into what is built. Without a function, or where no exe was
/// asked for its functions, the package decides.
pub(super) fn function_reachability(
    package: &PackageFacts,
    function: Option<&str>,
) -> Reachability {
    let by_package = reachability(package);
    match (by_package, function, &package.linked_functions) {
        (Reachability::LinkedPackage, Some(function), Some(linked))
            if linked.contains(function) =>
        {
            Reachability::LinkedFunction
        }
        _ => by_package,
    }
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
