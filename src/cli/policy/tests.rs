//! Where the file is looked for, and who wins.

use super::*;

/// Writes files below a new directory; a text of `-` makes a directory.
fn tree(files: &[(&str, &str)]) -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let root = fs_err::canonicalize(dir.path()).unwrap();
    for (path, text) in files {
        let path = root.join(path);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        match *text {
            "-" => fs_err::create_dir_all(path).unwrap(),
            text => fs_err::write(path, text).unwrap(),
        }
    }
    (dir, root)
}

fn found(dir: &Path) -> Option<(String, bool)> {
    find(dir, None).map(|found| (found.config.name, found.config.of_project))
}

#[test]
fn the_file_is_looked_for_up_to_the_root_of_the_module_or_workspace() {
    let (_keep, root) = tree(&[
        ("gowoa.toml", ""),
        ("work/go.work", "go 1.24"),
        ("work/gowoa.toml", ""),
        ("work/a/go.mod", "module a"),
        ("work/a/cmd/main.go", ""),
        ("alone/go.mod", "module alone"),
        ("alone/sub", "-"),
        ("alone/own/gowoa.toml", ""),
        ("plain/sub", "-"),
    ]);
    let here = |dir| found(&root.join(dir));
    assert_eq!(here("work"), Some(("gowoa.toml".into(), true)));
    assert_eq!(here("work/a"), Some(("../gowoa.toml".into(), false)));
    assert_eq!(here("work/a/cmd"), Some(("../../gowoa.toml".into(), false)));
    // The one above the module is somebody else's.
    assert_eq!(here("alone"), None);
    assert_eq!(here("alone/sub"), None);
    assert_eq!(here("alone/own"), Some(("gowoa.toml".into(), true)));
    // Without a module only the directory itself is looked at.
    assert_eq!(here("plain/sub"), None);
    assert_eq!(here(""), Some(("gowoa.toml".into(), true)));
}

#[test]
fn a_file_that_cannot_be_read_is_not_passed_over() {
    let (_keep, root) = tree(&[("go.mod", "module m"), ("gowoa.toml/x", "")]);
    let args = PolicyArgs::default();
    let refusal = args.load(&root, Some(&root)).unwrap_err();
    assert!(refusal.message().contains("gowoa.toml cannot be read: it is not a file"));
    let without = PolicyArgs { no_config: true, ..PolicyArgs::default() };
    assert!(without.load(&root, Some(&root)).unwrap().exceptions.config.is_none());
}

#[test]
fn the_command_line_wins() {
    let (_keep, root) = tree(&[
        ("go.mod", "module m"),
        ("gowoa.toml", "fail-on = \"never\"\ntags = [\"a\"]\n"),
        ("other.toml", "fail-on = \"note\"\n"),
        ("sub/third.toml", ""),
    ]);
    let load = |args: PolicyArgs| args.load(&root, Some(&root)).unwrap();
    let policy = load(PolicyArgs { config: Some(root.join("other.toml")), ..Default::default() });
    assert_eq!(policy.fail_on, Some(Severity::Note));
    let config = policy.exceptions.config.unwrap();
    assert_eq!((config.name.as_str(), config.of_project), ("other.toml", true));
    let policy = load(PolicyArgs {
        config: Some(root.join("sub/third.toml")),
        fail_on: Some(FailOn::Warning),
        ..Default::default()
    });
    assert_eq!(policy.fail_on, Some(Severity::Warning));
    assert!(!policy.exceptions.config.unwrap().of_project);
    let policy = load(PolicyArgs { no_config: true, ..Default::default() });
    assert_eq!((policy.fail_on, policy.tags), (Some(Severity::Error), Vec::new()));
}

#[test]
fn a_baseline_is_meant_from_the_directory_of_its_file() {
    let (_keep, root) = tree(&[
        ("go.mod", "module m"),
        ("ci/gowoa.toml", "baseline = \"old.json\""),
        ("ci/old.json", "{}"),
    ]);
    let args = PolicyArgs { config: Some(root.join("ci/gowoa.toml")), ..Default::default() };
    let refusal = args.load(&root, Some(&root)).unwrap_err();
    assert!(refusal.message().contains("old.json: not a gowoa report"), "{}", refusal.message());
    fs_err::remove_file(root.join("ci/old.json")).unwrap();
    let missing = args.load(&root, Some(&root)).unwrap_err();
    assert!(missing.message().contains("old.json is not there"), "{}", missing.message());
    // It may come into being in this run.
    let first = PolicyArgs { write_baseline: Some(root.join("ci/old.json")), ..args };
    assert!(first.load(&root, None).unwrap().exceptions.baseline.is_none());
    let named = PolicyArgs {
        baseline: Some(root.join("x.json")),
        write_baseline: Some(root.join("y.json")),
        no_config: true,
        ..Default::default()
    };
    assert!(named.load(&root, None).unwrap_err().message().contains("x.json is not there"));
}
