use super::*;
use crate::facts::{LinkedFunctions, ModuleFacts};

const CHECK: CheckId = CheckId::new("float-syscall");

/// A dependency's package that an exe links, with these functions.
fn linked(functions: &[&str]) -> PackageFacts {
    PackageFacts {
        import_path: "ex.com/dep".into(),
        linked: true,
        reached: true,
        linked_functions: Some(functions.iter().copied().collect()),
        ..PackageFacts::default()
    }
}

fn from_a_link_proof(mut package: PackageFacts) -> PackageFacts {
    for image in package.linked_functions.iter_mut().flat_map(|linked| &mut linked.images) {
        image.link_proof = true;
    }
    package
}

/// The error of a check about the function `F`, as it ends in the report.
fn judged(package: &PackageFacts) -> Finding {
    let subject = SubjectId::new(SubjectKind::Package, &package.import_path);
    let finding = finding(&CHECK, &subject, Severity::Error, "a float".into());
    let mut finding = about_package(finding, package, function_reachability(package, Some("F")));
    finding.location = Some(Location { function: Some("F".into()), ..Location::default() });
    let unit = UnitFacts {
        packages: [(package.import_path.clone(), package.clone())].into(),
        ..UnitFacts::default()
    };
    complete(&mut finding, SubjectKind::Package, &unit);
    finding
}

fn evidence(finding: &Finding) -> Option<(Vec<String>, bool, bool, usize)> {
    finding.evidence.iter().find_map(|one| match one {
        Evidence::Linked { functions, reflection, link_proof, path, .. } => {
            Some((functions.clone(), *reflection, *link_proof, path.len()))
        }
        _ => None,
    })
}

#[test]
fn a_dependency_keeps_its_severity_only_for_a_function_that_is_linked() {
    use Reachability::{GraphOnly, LinkedFunction, LinkedPackage, MainModule};
    let not_asked = PackageFacts { linked_functions: None, ..linked(&[]) };
    let unmade = PackageFacts { linked: false, ..not_asked.clone() };
    let graph_only = PackageFacts { reached: false, ..unmade.clone() };
    let named = PackageFacts { named: true, ..graph_only.clone() };
    let main = ModuleFacts {
        reference: Default::default(),
        replacement_version: None,
        main: true,
        dir: None,
        below: String::new(),
    };
    let own = PackageFacts { module: Some(main), ..graph_only.clone() };
    let cases = [
        ("linked", linked(&["F", "G"]), LinkedFunction, Severity::Error),
        (
            "linked by a link proof alone",
            from_a_link_proof(linked(&["F"])),
            LinkedFunction,
            Severity::Error,
        ),
        ("another function is linked", linked(&["G"]), LinkedPackage, Severity::Warning),
        ("no function is linked", linked(&[]), LinkedPackage, Severity::Warning),
        ("no exe was asked", not_asked, LinkedPackage, Severity::Warning),
        ("a failure kept the exe from being made", unmade, LinkedPackage, Severity::Warning),
        ("in the graph only", graph_only, GraphOnly, Severity::Note),
        ("named by the user", named, MainModule, Severity::Error),
        ("of the main module", own, MainModule, Severity::Error),
    ];
    for (about, package, reach, severity) in cases {
        let found = judged(&package);
        assert_eq!((found.reachability, found.severity), (Some(reach), severity), "{about}");
    }
}

#[test]
fn an_error_or_a_warning_names_the_exe_that_holds_the_function_or_the_package() {
    let one = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let found = judged(&linked(&["F", "G"]));
    assert_eq!(evidence(&found), Some((one(&["F"]), false, false, 0)));
    let found = judged(&linked(&["G"]));
    assert_eq!(evidence(&found), Some((one(&[]), false, false, 0)), "the package without it");
    let found = judged(&from_a_link_proof(linked(&["F"])));
    assert_eq!(evidence(&found), Some((one(&["F"]), false, true, 0)));
    let graph_only =
        PackageFacts { linked: false, reached: false, linked_functions: None, ..linked(&[]) };
    assert_eq!(evidence(&judged(&graph_only)), None);
}

/// The same where the linker was asked, with the functions that it keeps for reflection alone.
fn kept(mut package: PackageFacts, functions: &[&str]) -> PackageFacts {
    for name in functions {
        let linked = package.linked_functions.as_mut().unwrap();
        let way = vec!["main.main".to_owned(), format!("ex.com/dep.{name}")];
        linked.functions.get_mut(*name).unwrap().kept.insert(0, way);
    }
    package
}

#[test]
fn a_function_that_reflection_alone_keeps_says_so_with_the_linkers_way_and_keeps_its_severity() {
    let one = || vec!["F".to_owned()];
    let found = judged(&kept(linked(&["F", "G"]), &["F"]));
    assert_eq!(evidence(&found), Some((one(), true, false, 2)));
    let kept_severity = (found.reachability, found.severity);
    assert_eq!(kept_severity, (Some(Reachability::LinkedFunction), Severity::Error));
    let other = judged(&kept(linked(&["F", "G"]), &["G"]));
    assert_eq!(evidence(&other), Some((one(), false, false, 0)), "another function");
    let proof = judged(&kept(from_a_link_proof(linked(&["F"])), &["F"]));
    assert_eq!(evidence(&proof), Some((one(), false, true, 0)), "it reflects everything");
}

#[test]
fn a_note_says_that_reflection_alone_keeps_its_function_and_nothing_else_of_exes() {
    let note = |package: &PackageFacts| {
        let mut finding = judged(package);
        finding.severity = Severity::Note;
        finding.evidence.clear();
        let unit = UnitFacts {
            packages: [(package.import_path.clone(), package.clone())].into(),
            ..UnitFacts::default()
        };
        complete(&mut finding, SubjectKind::Package, &unit);
        evidence(&finding)
    };
    let one = vec!["F".to_owned()];
    assert_eq!(note(&kept(linked(&["F", "G"]), &["F"])), Some((one, true, false, 2)));
    assert_eq!(note(&kept(linked(&["F", "G"]), &["G"])), None);
}

#[test]
fn what_is_called_is_named_before_what_reflection_keeps() {
    let package = kept(linked(&["F", "G"]), &["F"]);
    let mut order = [Some("H"), Some("F"), None, Some("G")];
    order.sort_by_key(|function| !is_called(&package, *function));
    assert_eq!(order, [Some("G"), Some("H"), Some("F"), None]);
}

#[test]
fn a_function_that_may_be_in_an_exe_nobody_could_read_is_not_called_absent() {
    let mut package = linked(&["G"]);
    package.linked_functions = package
        .linked_functions
        .map(|linked| LinkedFunctions { unread: vec!["other.exe".into()], ..linked });
    let found = judged(&package);
    assert_eq!(found.reachability, Some(Reachability::LinkedPackage));
    assert_eq!(evidence(&found), None, "an exe without it would read as if none had it");
}

#[test]
fn a_note_says_how_it_is_reached_and_no_more() {
    let package = linked(&["F"]);
    let subject = SubjectId::new(SubjectKind::Package, "ex.com/dep");
    let mut note = finding(&CHECK, &subject, Severity::Note, "slow".into());
    note.package = Some(package.import_path.clone());
    let unit = UnitFacts {
        packages: [(package.import_path.clone(), package)].into(),
        ..UnitFacts::default()
    };
    complete(&mut note, SubjectKind::Package, &unit);
    assert_eq!(note.reachability, Some(Reachability::LinkedPackage));
    assert!(note.evidence.is_empty());
    let mut of_image = finding(&CHECK, &subject, Severity::Error, "x86".into());
    of_image.package = Some("ex.com/unlisted".into());
    complete(&mut of_image, SubjectKind::Image, &unit);
    assert_eq!(of_image.reachability, Some(Reachability::LinkedFunction));
}
