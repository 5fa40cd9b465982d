//! How what a finding is about gets into what is built, in plain words: the same in every text for people.

use crate::model::{BuildState, Evidence, Finding, Reachability};

/// What is added to the name of an exe that is only there to link libraries.
pub(super) const LINK_PROOF: &str = " (the program that links the libraries, as their users could)";
/// What is added to the reachability of a function that is linked for reflection alone.
const REFLECTION: &str = ", kept because reflection could call it";
/// What that means for the function of an exe.
pub(super) const NO_CALL: &str =
    ", and no call and no interface leads to it: only reflection could";

/// The line behind `reach`. `state` is how far the finding's subject came in the build, where it is known.
pub(super) fn words(finding: &Finding, state: Option<BuildState>) -> Option<String> {
    let reach = finding.reachability?;
    let linked = finding.evidence.iter().find_map(|evidence| match evidence {
        Evidence::Linked { functions, reflection, link_proof, .. } => {
            Some((!functions.is_empty(), *reflection, *link_proof))
        }
        _ => None,
    });
    let mut words = match reach {
        // A package of a dependency that the user named counts as his own.
        Reachability::MainModule => {
            let version = finding.module.as_ref().and_then(|module| module.version.as_ref());
            let whose = if version.is_some() { "asked about" } else { short(reach) };
            let far = match (linked, state) {
                (Some((true, ..)), _) => ", linked function",
                (_, Some(BuildState::Linked)) => ", linked",
                (_, Some(BuildState::Compiled)) => ", not linked",
                _ => "",
            };
            format!("{whose}{far}")
        }
        Reachability::LinkedPackage => {
            let function = finding.location.as_ref().and_then(|place| place.function.as_ref());
            match (linked, function, state) {
                (Some((false, ..)), Some(function), _) => {
                    format!("{}; no exe holds {function}", short(reach))
                }
                (
                    None,
                    _,
                    Some(BuildState::Failed | BuildState::Stopped | BuildState::NotBuilt),
                ) => {
                    format!("{}, by its imports: no exe was made of it", short(reach))
                }
                _ => short(reach).to_owned(),
            }
        }
        _ => short(reach).to_owned(),
    };
    if let Some((true, reflection, link_proof)) = linked {
        if reflection {
            words.push_str(REFLECTION);
        }
        if link_proof && reach == Reachability::LinkedFunction {
            words.push_str(": users of the library could reach it");
        }
    }
    Some(words)
}

/// The same in a few words.
pub(super) const fn short(reach: Reachability) -> &'static str {
    match reach {
        Reachability::MainModule => "main module",
        Reachability::StopsBuild => "stops the build",
        Reachability::LinkedFunction => "linked function",
        Reachability::LinkedPackage => "linked package",
        Reachability::GraphOnly => "in the graph only",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        CheckId, Confidence, Location, ModuleRef, Severity, SubjectId, SubjectKind,
    };

    fn finding(reach: Option<Reachability>) -> Finding {
        Finding {
            check: CheckId::new("float-syscall"),
            severity: Severity::Error,
            confidence: Confidence::High,
            class: None,
            message: "m".into(),
            help: None,
            package: Some("p".into()),
            module: None,
            subject: SubjectId::new(SubjectKind::Package, "p"),
            location: Some(Location { function: Some("F".into()), ..Location::default() }),
            anchor: None,
            reachability: reach,
            evidence: Vec::new(),
            waived: None,
            known: false,
            origin: Vec::new(),
        }
    }

    fn linked(functions: &[&str], reflection: bool, link_proof: bool) -> Vec<Evidence> {
        vec![Evidence::Linked {
            image: "app.exe".into(),
            functions: functions.iter().map(|name| (*name).to_owned()).collect(),
            reflection,
            link_proof,
            path: Vec::new(),
        }]
    }

    #[test]
    fn each_reachability_is_said_in_plain_words() {
        use BuildState::{Compiled, Failed, Linked};
        use Reachability::*;
        type Case<'a> = (Option<Reachability>, Vec<Evidence>, Option<BuildState>, Option<&'a str>);
        let cases: Vec<Case<'_>> = vec![
            (None, Vec::new(), None, None),
            (Some(MainModule), Vec::new(), None, Some("main module")),
            (Some(MainModule), Vec::new(), Some(Linked), Some("main module, linked")),
            (Some(MainModule), Vec::new(), Some(Compiled), Some("main module, not linked")),
            (
                Some(MainModule),
                linked(&["F"], false, false),
                Some(Linked),
                Some("main module, linked function"),
            ),
            (Some(StopsBuild), Vec::new(), Some(Failed), Some("stops the build")),
            (
                Some(LinkedFunction),
                linked(&["F"], false, false),
                Some(Linked),
                Some("linked function"),
            ),
            (
                Some(LinkedFunction),
                linked(&["F"], true, false),
                Some(Linked),
                Some("linked function, kept because reflection could call it"),
            ),
            (
                Some(LinkedFunction),
                linked(&["F"], false, true),
                Some(Linked),
                Some("linked function: users of the library could reach it"),
            ),
            (
                Some(LinkedPackage),
                linked(&[], false, false),
                Some(Linked),
                Some("linked package; no exe holds F"),
            ),
            (Some(LinkedPackage), Vec::new(), Some(Linked), Some("linked package")),
            (
                Some(LinkedPackage),
                Vec::new(),
                Some(Failed),
                Some("linked package, by its imports: no exe was made of it"),
            ),
            (Some(GraphOnly), Vec::new(), Some(Compiled), Some("in the graph only")),
        ];
        for (reach, evidence, state, expected) in cases {
            let finding = Finding { evidence, ..finding(reach) };
            assert_eq!(words(&finding, state).as_deref(), expected);
        }
        let version = Some("v1.0.0".into());
        let module = Some(ModuleRef { path: "m".into(), version, ..ModuleRef::default() });
        let named = Finding { module, ..finding(Some(MainModule)) };
        assert_eq!(words(&named, None).as_deref(), Some("asked about"));
    }
}
