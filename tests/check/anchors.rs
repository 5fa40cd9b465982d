//! Where findings are shown: paths as the Report names them, and lines of the repository.

use serde_json::Value;

use crate::fixtures::array;
use crate::harness::Run;
use crate::projects::Project;

/// Files of a dependency, in a directory: it builds, or lacks a file for arm64.
fn dependency(project: Project, dir: &str, broken: bool) -> Project {
    let suffix = if broken { "_amd64" } else { "" };
    let longer = if broken { "// Size is that of a word.\n\n\n\n" } else { "" };
    project
        .file(&format!("{dir}/go.mod"), "module example.com/dep\n\ngo 1.24\n")
        .file(
            &format!("{dir}/com.go"),
            format!("package dep\n\n{longer}func Size() int {{ return size }}\n"),
        )
        .file(&format!("{dir}/size{suffix}.go"), "package dep\n\nconst size = 8\n")
}

/// A module with one command that uses the dependency, which a directory replaces.
fn module(project: Project, dir: &str, replaced_by: &str) -> Project {
    project
        .file(
            &format!("{dir}/go.mod"),
            format!(
                "module example.com/{dir}\n\ngo 1.24\n\nrequire example.com/dep v0.0.0\n\nreplace \
                 example.com/dep => {replaced_by}\n"
            ),
        )
        .file(
            &format!("{dir}/main.go"),
            "package main\n\nimport \"example.com/dep\"\n\nfunc main() { println(dep.Size()) }\n",
        )
}

/// Subject, file of the location, and file and kind of the anchor of each error.
fn places(run: &Run) -> Vec<[String; 4]> {
    let errors = array(&run.report()["findings"]).iter().filter(|one| one["severity"] == "error");
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let place = |one: &Value| {
        [
            text(&one["subject"]),
            text(&one["location"]["file"]),
            text(&one["anchor"]["file"]),
            text(&one["anchor"]["kind"]),
        ]
    };
    errors.map(place).collect()
}

#[test]
fn a_finding_of_one_module_is_never_shown_in_a_file_of_another() {
    let project = ["x", "y"].into_iter().fold(Project::empty(), |project, dir| {
        let project = module(project, dir, "./third_party/dep");
        dependency(project, &format!("{dir}/third_party/dep"), dir == "y")
    });
    fs_err::create_dir(project.beside(".git")).unwrap();
    let run = project.check().args(&["--all-modules", "--annotations", "github"]).run();
    let file = "y/third_party/dep/com.go";
    let anchor = format!("src/{file}");
    // As a dependency of y, and as the module that it is.
    let of = |subject| [subject, file, anchor.as_str(), "location"];
    let own = "package:y/third_party/dep!example.com/dep";
    assert_eq!(places(&run), [of("package:y!example.com/dep"), of(own)]);
    let printed = format!("{}{}", run.stdout, run.stderr);
    assert!(printed.contains(&format!("::error file={anchor},line=7")), "{printed}");
    assert!(!printed.contains("file=src/x/"), "{printed}");
}

#[test]
fn a_dependency_in_the_tree_is_named_from_where_gowoa_works() {
    // Beside the module that uses it, and in a directory that its own module is checked in as well.
    let project = dependency(module(Project::empty(), "app", "../dep"), "dep", true);
    let run = project.check().arg("--all-modules").run();
    let file = "dep/com.go";
    let of = |subject| [subject, file, file, "location"];
    assert_eq!(
        places(&run),
        [of("package:app!example.com/dep"), of("package:dep!example.com/dep")]
    );
    // From within the module it is outside, and the line that selects it is shown.
    let run = project.check_in(&project.src().join("app")).run();
    let outside = "example.com/dep@v0.0.0/com.go";
    assert_eq!(places(&run), [["package:example.com/dep", outside, "go.mod", "requirement"]]);
}

#[test]
fn a_vendored_dependency_of_a_module_below_is_found_there() {
    let at = |path: &str| format!("z/vendor/example.com/dep/{path}");
    let project = Project::empty()
        .file("z/go.mod", "module example.com/z\n\ngo 1.24\n\nrequire example.com/dep v1.0.0\n")
        .file(
            "z/main.go",
            "package main\n\nimport \"example.com/dep\"\n\nfunc main() { println(dep.Size()) }\n",
        )
        .file(
            "z/vendor/modules.txt",
            "# example.com/dep v1.0.0\n## explicit; go 1.24\nexample.com/dep\n",
        )
        .file(&at("com.go"), "package dep\n\nfunc Size() int { return size }\n")
        .file(&at("size_amd64.go"), "package dep\n\nconst size = 8\n");
    let run = project.check().arg("--all-modules").run();
    let file = at("com.go");
    // The only module needs no name of its own.
    assert_eq!(places(&run), [["package:example.com/dep", &file, &file, "location"]]);
}
