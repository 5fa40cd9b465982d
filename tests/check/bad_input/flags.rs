//! Flags that cannot be used, from every place where Go takes flags.

use crate::projects::Project;

#[test]
fn flags_that_would_make_something_else_of_the_build() {
    let project = Project::module();
    for (flag, words) in [
        ("-n", "-n cannot be used here: with -n go builds nothing"),
        ("--n", "-n cannot be used here"),
        ("-n=true", "-n cannot be used here"),
        ("-o", "-o cannot be used here: exes land in --out-dir"),
        ("-o=x", "-o cannot be used here"),
        ("-json", "-json cannot be used here"),
        ("-C=/tmp", "-C cannot be used here"),
        ("-exec=true", "-exec cannot be used here"),
        ("-c", "-c cannot be used here"),
        ("-tags=x", "use --tags"),
        ("-ldflags=-s", "use --ldflags"),
        ("-buildmode=pie", "use --buildmode"),
        ("x", "x is not a flag"),
        ("", "is not a flag"),
    ] {
        let run = project.check().arg(format!("--go-flag={flag}")).run();
        project.assert_refused(&run, &["--go-flag", words]);
    }
}

#[test]
fn the_same_flags_in_goflags() {
    let project = Project::module();
    for (flags, words) in [
        ("-n", "-n cannot be used here"),
        ("-trimpath -o=x", "-o cannot be used here"),
        ("-buildvcs=false '-json'", "-json cannot be used here"),
        ("trimpath", "trimpath is not a flag"),
    ] {
        let run = project.check().env("GOFLAGS", flags).run();
        project.assert_refused(&run, &["GOFLAGS", words]);
    }
}

#[test]
fn the_same_flags_as_go_env_keeps_them() {
    let project = Project::module().file("goenv", "GOFLAGS=-n\n");
    // An empty variable counts as unset, and Go reads its own file.
    let run = project.check().env("GOFLAGS", "").env("GOENV", project.src().join("goenv")).run();
    project.assert_refused(
        &run,
        &["GOFLAGS of go env", "-n cannot be used here", "go env -u GOFLAGS"],
    );
}

#[test]
fn goflags_that_go_cannot_read() {
    let project = Project::module();
    let run = project.check().env("GOFLAGS", "'-trimpath").run();
    project.assert_incomplete(&run, &["$GOFLAGS", "unterminated ' string", "correct GOFLAGS"]);
}

#[test]
fn a_flag_that_go_does_not_know() {
    let project = Project::module();
    let words = ["flag provided but not defined: -nonexistentflag", "correct the flag"];
    let run = project.check().arg("--go-flag=-nonexistentflag").run();
    project.assert_incomplete(&run, &words);
    let run = project.check().env("GOFLAGS", "-nonexistentflag").run();
    project.assert_incomplete(&run, &["-nonexistentflag"]);
}

#[test]
fn flags_that_only_list_or_only_build_knows() {
    let project = Project::module();
    for flag in ["-f={{.Dir}}", "-m", "-find", "-test", "-h"] {
        let run = project.check().arg(format!("--go-flag={flag}")).run();
        assert_eq!(run.code, Some(2), "{flag}: {}", run.stderr);
        assert!(run.stderr.contains("next"), "{flag}: {}", run.stderr);
        assert!(!run.stderr.contains("panicked"), "{flag}: {}", run.stderr);
    }
}

#[test]
fn flags_with_hostile_values_stay_one_word() {
    let project = Project::module();
    let run = project.check().arg("--ldflags=-X 'main.s=a b; touch x' -s").run();
    project.assert_passes(&run);
    let run = project.check().arg("--tags=a b,$(touch y)").run();
    assert!(matches!(run.code, Some(0 | 2)), "{}", run.stderr);
    for name in ["x", "y"] {
        assert!(!project.src().join(name).exists(), "a shell saw it");
    }
}

#[test]
fn values_that_the_command_line_refuses() {
    let project = Project::module();
    for (args, words) in [
        (["--timeout", "0"], "0"),
        (["--timeout", "soon"], "soon"),
        (["--mod", "sideways"], "sideways"),
        (["--fail-on", "rain"], "rain"),
        (["--color", "blue"], "blue"),
        (["--nonsense", "x"], "--nonsense"),
    ] {
        let run = project.check().args(&args).run();
        assert_eq!(run.code, Some(2), "{args:?}: {}", run.stderr);
        assert!(run.stderr.contains(words), "{args:?}: {}", run.stderr);
        assert!(run.report.is_none() && project.left().is_empty(), "{args:?}");
    }
    let run = project.check().args(&["--all-modules", "./..."]).run();
    assert_eq!(run.code, Some(2), "{}", run.stderr);
}

#[test]
fn an_explicit_profile_does_not_double_the_packages() {
    // With a profile, go list -deps prints each dependency once more per command.
    let project = Project::module();
    let profile = crate::harness::root().join("testdata/go/default-pgo");
    let profile = find(&profile, "default.pgo").expect("the fixture has a profile");
    let run = project.check().arg(format!("--go-flag=-pgo={}", profile.display())).run();
    project.assert_passes(&run);
    assert_eq!(run.report()["counts"]["packages"], 2, "{}", run.stderr);
}

fn find(dir: &std::path::Path, name: &str) -> Option<std::path::PathBuf> {
    let files = crate::projects::tree(dir);
    files.into_iter().map(|(path, _)| path).find(|path| path.ends_with(name))
}
