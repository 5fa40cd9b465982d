//! Inputs become words of a command line, and nothing else.

use super::*;

/// The command line for inputs, as text; the temporary directory of the runner is `/t`.
fn line(inputs: &[(&str, &str)]) -> Result<Vec<String>, String> {
    let variable = |name: &str| {
        if name == "RUNNER_TEMP" {
            return Some(OsString::from("/t"));
        }
        let input = name.strip_prefix(PREFIX)?.to_ascii_lowercase().replace('_', "-");
        inputs.iter().find(|(name, _)| *name == input).map(|(_, value)| OsString::from(value))
    };
    let line = command_line(&variable, &|_| false).map_err(|error| error.message().to_owned())?;
    Ok(line.into_iter().map(|word| word.to_string_lossy().into_owned()).collect())
}

#[test]
fn no_input_is_a_plain_check() {
    let report = Path::new("/t").join("gowoa-report");
    let report = format!("--report-dir={}", report.display());
    let expected =
        ["gowoa", "check", &report, "--annotations=auto", "--summary=off", "--"].map(String::from);
    assert_eq!(line(&[]).unwrap(), expected);
}

#[test]
fn hostile_inputs_arrive_word_by_word() {
    let hostile = "./cmd/b; echo pwned $(id)\n--flag=x\r\n\n `id`\n%0A::error::x\n";
    let words =
        line(&[("packages", hostile), ("config", "--x y"), ("args", "--tags\na b")]).unwrap();
    assert!(words.contains(&"--config=--x y".to_owned()), "{words:?}");
    let end = words.iter().position(|word| word == "--").unwrap();
    assert_eq!(words[end - 2..end], ["--tags", "a b"]);
    assert_eq!(
        words[end + 1..],
        ["./cmd/b; echo pwned $(id)", "--flag=x", " `id`", "%0A::error::x"]
    );
}

#[test]
fn inputs_that_mean_nothing_are_refused() {
    let refused = |inputs: &[(&str, &str)]| line(inputs).unwrap_err();
    assert_eq!(refused(&[("mode", "verify")]), "mode: verify cannot be used");
    assert_eq!(refused(&[("summary", "yes")]), "summary: yes cannot be used");
    assert_eq!(refused(&[("modules", "some")]), "modules: some cannot be used");
    assert_eq!(
        refused(&[("mode", "inspect"), ("packages", "./...")]),
        "packages: means nothing with mode: inspect"
    );
    assert_eq!(refused(&[("files", "dist")]), "files: means nothing with mode: check");
    assert_eq!(refused(&[("mode", "inspect")]), "files: mode: inspect needs files");
}

#[test]
fn each_use_in_a_job_has_its_own_directory() {
    let temp = |name: &str| (name == "RUNNER_TEMP").then(|| OsString::from("/t"));
    let there = |dir: &Path| dir.ends_with("gowoa-report") || dir.ends_with("gowoa-report-2");
    assert_eq!(report_dir(&temp, &there), Path::new("/t").join("gowoa-report-3"));
}

#[test]
fn publishing_is_asked_for_by_name() {
    let words = line(&[("check-run", "true")]).unwrap();
    for word in ["--github", "--github-check-run=on", "--github-comment=off", "--annotations=auto"]
    {
        assert!(words.contains(&word.to_owned()), "{words:?}");
    }
    let comment = line(&[("comment", "true"), ("annotations", "github")]).unwrap();
    for word in ["--github-check-run=off", "--github-comment=auto", "--annotations=github"] {
        assert!(comment.contains(&word.to_owned()), "{comment:?}");
    }
    // A flag that is written twice is refused by the program itself.
    let mut names: Vec<&str> = words
        .iter()
        .filter_map(|word| word.split('=').next())
        .filter(|word| word.len() > 2)
        .collect();
    names.sort_unstable();
    assert!(names.is_sorted_by(|one, next| one != next), "{names:?}");
}

#[test]
fn words_are_quoted_for_a_shell() {
    let words = ["gowoa", "--fail-on=error", "it's $(x)", "", "a\u{1b}[0m"].map(OsString::from);
    assert_eq!(shell_line(&words).replace('\u{1b}', "ESC").len(), shell_line(&words).len());
    assert!(shell_line(&words).starts_with(r"gowoa --fail-on=error 'it'\''s $(x)' '' "));
}

#[test]
fn the_fence_is_another_each_time() {
    assert_ne!(random_word(), random_word());
    assert_eq!(random_word().len(), "gowoa-".len() + 32);
}
