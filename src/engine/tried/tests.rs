use super::*;
use crate::facts::{Definition, ModuleFacts};
use crate::model::ModuleRef;

fn package(path: &str, module: &str, version: Option<&str>) -> PackageFacts {
    PackageFacts {
        import_path: path.into(),
        module: Some(ModuleFacts {
            reference: ModuleRef {
                path: module.into(),
                version: version.map(str::to_owned),
                ..ModuleRef::default()
            },
            replacement_version: None,
            main: version.is_none(),
            dir: None,
            below: String::new(),
        }),
        ..PackageFacts::default()
    }
}

fn failure(path: &str, stops: &[&str]) -> Failure {
    Failure {
        package: path.into(),
        stage: Stage::Compile,
        class: FailureClass::UndefinedSymbol,
        blame: Blame::Arm64,
        output: String::new(),
        diagnostics: Vec::new(),
        controls: Vec::new(),
        definition: None,
        sentinel: None,
        stops: stops.iter().map(|path| (*path).to_owned()).collect(),
        chain: Vec::new(),
        reproduce: String::new(),
        command: String::new(),
        status: None,
    }
}

fn tables(
    packages: Vec<PackageFacts>,
    failures: Vec<Failure>,
) -> (BTreeMap<String, PackageFacts>, BTreeMap<String, Failure>) {
    (
        packages.into_iter().map(|p| (p.import_path.clone(), p)).collect(),
        failures.into_iter().map(|f| (f.package.clone(), f)).collect(),
    )
}

#[test]
fn a_newer_version_that_another_module_demands_is_read() {
    let words = "go: d.e/a@v1.3.0 requires d.e/b@v0.27.0, not d.e/b@v0.1.0";
    assert_eq!(demanded(words, "d.e/b").as_deref(), Some("v0.27.0"));
    assert_eq!(demanded(words, "d.e/a"), None);
    assert_eq!(demanded("go: d.e/a@v1.3.0 requires go >= 1.99", "d.e/a"), None);
}

#[test]
fn a_candidate_builds_what_it_alone_stops() {
    let (table, failures) = tables(
        vec![
            package("d.e/a", "d.e/a", Some("v1.0.0")),
            package("d.e/b/x", "d.e/b", Some("v2.0.0")),
            package("m/one", "m", None),
            package("m/both", "m", None),
        ],
        vec![failure("d.e/a", &["m/one", "m/both"]), failure("d.e/b/x", &["m/both"])],
    );
    let found = candidates(&table, &failures, &|_| vec!["v1.1.0".into()]);
    let packages = |index: usize| found[index].packages.iter().cloned().collect::<Vec<_>>();
    assert_eq!(packages(0), ["d.e/a", "m/one"]);
    assert_eq!(packages(1), ["d.e/b/x"]);
    assert_eq!(found[1].selected, "v2.0.0");
    assert_eq!(found[0].known_good, ["v1.1.0"]);
}

#[test]
fn own_code_that_misses_something_of_a_dependency_asks_for_that() {
    let mut own = failure("m/one", &[]);
    own.definition = Some(Definition {
        symbol: "F".into(),
        package: "d.e/a".into(),
        file: "f_amd64.go".into(),
        line: 1,
        cgo: false,
    });
    let (table, failures) = tables(
        vec![package("d.e/a", "d.e/a", Some("v1.0.0")), package("m/one", "m", None)],
        vec![own],
    );
    let found = candidates(&table, &failures, &|_| Vec::new());
    assert_eq!((found[0].module.as_str(), found.len()), ("d.e/a", 1));
}

#[test]
fn what_is_the_users_own_or_replaced_has_no_version_to_try() {
    let mut replaced = package("d.e/a", "d.e/a", Some("v1.0.0"));
    if let Some(module) = &mut replaced.module {
        module.reference.replaced_by = Some("../a".into());
    }
    let (table, failures) = tables(
        vec![replaced, package("m/one", "m", None)],
        vec![failure("d.e/a", &[]), failure("m/one", &[])],
    );
    assert!(candidates(&table, &failures, &|_| Vec::new()).is_empty());
}
