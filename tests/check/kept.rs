//! `tests.json`: the test binaries that `--tests --out-dir` keeps, for another machine to run.

use sha2::{Digest, Sha256};

use serde_json::Value;

use crate::projects::Project;

const TEST: &str = "import \"testing\"\n\nfunc TestOne(t *testing.T) {}\n";

#[test]
fn every_package_with_tests_is_listed_with_what_it_takes_to_run_them() {
    let project = Project::module()
        .file("a/a_test.go", format!("package a\n\n{TEST}"))
        // Another package whose binary has the same name.
        .file("deep/a/a.go", "package a\n")
        .file("deep/a/a_test.go", format!("package a\n\n{TEST}"))
        .file("root.go", "package m\n")
        .file("root_test.go", format!("package m\n\n{TEST}"))
        .file("broken/b.go", "package broken\n")
        .file("broken/b_test.go", "package broken\n\nvar x int = \"no\"\n");
    let out = project.beside("exes");
    let run = project.check().arg("--tests").arg("--out-dir").arg(&out).run();
    // A test that builds nowhere is nobody's fault here, and is listed all the same.
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let kept: Value =
        serde_json::from_slice(&fs_err::read(out.join("tests.json")).unwrap()).unwrap();
    assert_eq!(
        (kept["version"].as_u64(), kept["target"].as_str()),
        (Some(1), Some("windows/arm64"))
    );
    let mut listed = Vec::new();
    for test in kept["tests"].as_array().unwrap() {
        let text = |name: &str| test[name].as_str().unwrap_or("-").to_owned();
        if let Some(exe) = test["exe"].as_str() {
            let bytes = fs_err::read(out.join(exe)).unwrap();
            let sum: String =
                Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(text("sha256"), sum);
        }
        listed.push((text("package"), text("directory"), test["exe"].is_string()));
    }
    let want = [
        ("example.com/m", ".", true),
        ("example.com/m/a", "a", true),
        ("example.com/m/broken", "broken", false),
        ("example.com/m/deep/a", "deep/a", true),
    ];
    let want = want.map(|(package, dir, made)| (package.to_owned(), dir.to_owned(), made));
    assert_eq!(listed, want);
    // The directories are those of the repository, not of the module in it.
    fs_err::create_dir(project.beside(".git")).unwrap();
    project.check().arg("--tests").arg("--out-dir").arg(&out).run();
    let kept: Value =
        serde_json::from_slice(&fs_err::read(out.join("tests.json")).unwrap()).unwrap();
    assert_eq!(kept["tests"][1]["directory"], "src/a");
    // Nobody asked to keep them: nothing is listed.
    assert!(!project.src().join("tests.json").exists());
}
