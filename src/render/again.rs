//! The command that asks for the same again, on the reader's machine: whatever of the run changes the answer is in it,
//! as it was given. What gowoa found by itself (`gowoa.toml`, and what stands in it) it finds there too.

use super::text::is_hidden;
use crate::model::{PlanReport, Report, Severity, Subcommand};
use crate::shell::quote;

/// Bytes; a longer command is nothing that anybody pastes.
pub(super) const LONGEST: usize = 2_000;

/// How to ask for the same again.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Again<'a> {
    /// Where, relative to the root of the repository; at the root, or nowhere in particular, nothing.
    pub(super) place: Option<&'a str>,
    /// Ready to paste into a shell.
    pub(super) command: String,
}

impl<'a> Again<'a> {
    /// `None` where no single command does: for a report that was merged of several, where it would be too long, and
    /// where it could not be pasted as it stands. A saved report may be a stranger's: it has no say in which program is
    /// run, nor in any variable that is none of Go's.
    pub(super) fn of(report: &'a Report) -> Option<Self> {
        let plan = &report.plan;
        if !plan.reports.is_empty()
            || !plan.environment.keys().all(|name| VARIABLES.contains(&name.as_str()))
        {
            return None;
        }
        let mut words = environment(plan);
        words.extend(["gowoa".to_owned(), plan.subcommand.as_str().to_owned()]);
        match plan.subcommand {
            Subcommand::Check | Subcommand::Screen => build(plan, &mut words),
            Subcommand::Inspect => option(&mut words, "--expect", plan.expect.as_deref()),
        }
        policy(plan, &mut words);
        let asked = asked(plan);
        // A file of `gowoa inspect` may be called like a flag; `-` is standard input.
        if asked.iter().any(|one| one.starts_with('-') && one != "-") {
            words.push("--".to_owned());
        }
        words.extend(asked);
        let command = words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ");
        // Escaped it would be another command; and this flag names a program.
        if command.contains("-toolexec") || command.chars().any(is_hidden) {
            return None;
        }
        let place = plan.started_in.as_deref();
        (command.len() <= LONGEST).then_some(Self { place, command })
    }
}

/// The variables that a Report holds where they differ from what Go does by itself.
const VARIABLES: [&str; 7] =
    ["GOFLAGS", "GOARM64", "GOEXPERIMENT", "GOFIPS140", "GOTOOLCHAIN", "GODEBUG", "GOWORK"];

/// Variables that decide what is built.
fn environment(plan: &PlanReport) -> Vec<String> {
    // `--offline` sets that one.
    let said = |name: &str| plan.offline && name == "GOTOOLCHAIN";
    let variables = plan.environment.iter().filter(|(name, _)| !said(name));
    variables.map(|(name, value)| format!("{name}={value}")).collect()
}

/// What is built, and how.
fn build(plan: &PlanReport, words: &mut Vec<String>) {
    option(words, "-C", plan.directory.as_deref());
    if plan.subcommand == Subcommand::Screen {
        option(words, "--module", plan.module.as_deref());
        for package in plan.patterns.iter().filter(|_| plan.module.is_some()) {
            option(words, "--package", Some(package));
        }
    }
    let switches = [
        (plan.all_modules, "--all-modules"),
        (plan.cgo, "--cgo"),
        (plan.tests, "--tests"),
        (plan.offline, "--offline"),
    ];
    words.extend(switches.iter().filter(|(on, _)| *on).map(|(_, flag)| (*flag).to_owned()));
    option(words, "--go", plan.go.as_deref());
    if plan.was_given(PlanReport::TAGS) {
        option(words, PlanReport::TAGS, Some(&plan.tags.join(",")));
    }
    for flag in &plan.go_flags {
        // The flags that gowoa has a name for; all others are handed on.
        let own = [("-mod=", "--mod"), ("-ldflags=", "--ldflags"), ("-buildmode=", "--buildmode")];
        let known = own.iter().find_map(|(go, own)| Some((own, flag.strip_prefix(go)?)));
        words.push(match known {
            Some((own, value)) => format!("{own}={value}"),
            None => format!("--go-flag={flag}"),
        });
    }
    let listing = plan.listing.as_deref().filter(|which| *which != "flagged");
    option(words, "--listing", listing);
    for file in &plan.rules {
        option(words, "--rules", Some(file));
    }
}

/// What counts.
fn policy(plan: &PlanReport, words: &mut Vec<String>) {
    let fail_on = plan.fail_on.map_or("never", Severity::as_str);
    let settings = [
        (PlanReport::FAIL_ON, Some(fail_on)),
        (PlanReport::CONFIG, plan.config.as_deref()),
        (PlanReport::BASELINE, plan.baseline.as_deref()),
    ];
    for (flag, value) in settings.into_iter().filter(|(flag, _)| plan.was_given(flag)) {
        option(words, flag, value);
    }
    if plan.no_config {
        words.push("--no-config".to_owned());
    }
}

/// Packages, or the paths of `gowoa inspect`.
fn asked(plan: &PlanReport) -> Vec<String> {
    match plan.subcommand {
        Subcommand::Screen if plan.module.is_some() => Vec::new(),
        Subcommand::Check | Subcommand::Screen if plan.all_modules => Vec::new(),
        _ => plan.patterns.clone(),
    }
}

fn option(words: &mut Vec<String>, flag: &str, value: Option<&str>) {
    if let Some(value) = value {
        // A value that begins like a flag has to stand with it.
        if value.starts_with('-') {
            let flag = if flag == "-C" { "--directory" } else { flag };
            words.push(format!("{flag}={value}"));
        } else {
            words.extend([flag.to_owned(), value.to_owned()]);
        }
    }
}

/// One word for a POSIX shell, in quotes where it needs them.
fn quoted(word: &str) -> String {
    // A quoted name would be no assignment.
    match word.split_once('=').filter(|(name, _)| quote(name) == *name) {
        Some((name, value)) if !value.is_empty() => format!("{name}={}", quote(value)),
        _ => quote(word),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::render::sample::{empty_report, merged_report};

    fn command(change: impl FnOnce(&mut PlanReport)) -> String {
        let mut report = empty_report();
        change(&mut report.plan);
        Again::of(&report).unwrap().command
    }

    #[test]
    fn all_that_changes_the_answer_is_in_the_command() {
        assert_eq!(command(|_| {}), "gowoa check ./...");
        let mut report = merged_report();
        (report.plan.reports, report.plan.no_config) = (Vec::new(), false);
        let Again { place, command } = Again::of(&report).unwrap();
        assert_eq!(place, Some("services"));
        assert_eq!(
            command,
            "GOARM64=v8.0 gowoa check -C app --all-modules --cgo --tests --offline --go ../sdk/go/bin/go \
             --tags netgo,osusergo --ldflags='-s -w' --rules rules.json --baseline baseline.json"
        );
    }

    #[test]
    fn a_strangers_report_gives_no_command_to_paste() {
        let mut report = empty_report();
        report.tool.name = "curl".into();
        assert!(Again::of(&report).unwrap().command.starts_with("gowoa check "));
        let none = |change: &dyn Fn(&mut PlanReport)| {
            let mut report = empty_report();
            change(&mut report.plan);
            Again::of(&report).is_none()
        };
        for flag in ["-toolexec=./evil", "-toolexec=\"./evil\""] {
            assert!(none(&|plan| plan.go_flags = vec![flag.into()]));
            assert!(none(&|plan| {
                plan.environment = BTreeMap::from([("GOFLAGS".into(), flag.into())]);
            }));
        }
        for name in ["LD_PRELOAD", "PATH", "A B", "", "GO", "GOx", "go", "GOEVIL"] {
            assert!(none(&|plan| plan.environment = BTreeMap::from([(name.into(), "x".into())])));
        }
        for word in ["a\nb", "a\u{1b}[2K", "a\u{202e}b", "\r"] {
            assert!(none(&|plan| plan.patterns = vec![word.into()]), "{word:?}");
        }
    }

    #[test]
    fn each_setting_has_its_flag() {
        let all = command(|plan| {
            plan.patterns = vec!["./cmd/...".into(), "it's $HOME".into()];
            plan.go_flags =
                ["-mod=vendor", "-buildmode=c-shared", "-trimpath", "-gcflags=all=-N -l"]
                    .map(str::to_owned)
                    .to_vec();
            plan.environment = BTreeMap::from([("GOFLAGS".into(), "-tags=x -v".into())]);
            plan.fail_on = None;
            plan.listing = Some("all".into());
            plan.config = Some("ci/gowoa.toml".into());
            plan.go = Some("../go/bin/go".into());
            plan.given = ["--config", "--fail-on"].map(str::to_owned).to_vec();
        });
        assert_eq!(
            all,
            r"GOFLAGS='-tags=x -v' gowoa check --go ../go/bin/go --mod=vendor --buildmode=c-shared --go-flag=-trimpath --go-flag='-gcflags=all=-N -l' --listing all --fail-on never --config ci/gowoa.toml ./cmd/... 'it'\''s $HOME'"
        );
        let none = command(|plan| {
            plan.fail_on = Some(Severity::Warning);
            plan.no_config = true;
            plan.given = vec!["--fail-on".into()];
        });
        assert_eq!(none, "gowoa check --fail-on warning --no-config ./...");
        let module = command(|plan| {
            plan.subcommand = Subcommand::Screen;
            plan.module = Some("d.e/m@v1.0.0".into());
            plan.patterns = vec!["d.e/m/a".into()];
        });
        assert_eq!(module, "gowoa screen --module d.e/m@v1.0.0 --package d.e/m/a");
        let inspect = command(|plan| {
            plan.subcommand = Subcommand::Inspect;
            plan.expect = Some("windows/arm64".into());
            plan.patterns = vec!["dist".into()];
        });
        assert_eq!(inspect, "gowoa inspect --expect windows/arm64 dist");
    }

    #[test]
    fn what_gowoa_found_by_itself_it_finds_again() {
        let found = |plan: &mut PlanReport| {
            plan.directory = Some("p1/cmd".into());
            plan.config = Some("../gowoa.toml".into());
            plan.fail_on = None;
            plan.baseline = Some("base.json".into());
            plan.tags = vec!["x".into()];
        };
        assert_eq!(command(found), "gowoa check -C p1/cmd ./...");
        // Also where it says what is the default: the file may say something else.
        let given = command(|plan| {
            found(plan);
            plan.directory = Some("-d".into());
            plan.config = Some("gowoa.toml".into());
            plan.fail_on = Some(Severity::Error);
            plan.given =
                ["--config", "--fail-on", "--baseline", "--tags"].map(str::to_owned).to_vec();
        });
        assert_eq!(
            given,
            "gowoa check --directory=-d --tags x --fail-on error --config gowoa.toml --baseline base.json ./..."
        );
    }

    #[test]
    fn a_file_that_is_called_like_a_flag_is_no_flag() {
        let inspect = |path: &str| {
            command(|plan| {
                plan.subcommand = Subcommand::Inspect;
                plan.patterns = vec!["a.exe".into(), path.into()];
            })
        };
        assert_eq!(inspect("-x.exe"), "gowoa inspect -- a.exe -x.exe");
        assert_eq!(inspect("-"), "gowoa inspect a.exe -");
    }

    #[test]
    fn where_no_command_does_the_same_there_is_none() {
        let mut report = empty_report();
        report.plan.patterns = vec!["x".repeat(LONGEST)];
        assert_eq!(Again::of(&report), None);
        let mut report = empty_report();
        report.plan.reports = vec!["linux".into(), "windows".into()];
        assert_eq!(Again::of(&report), None);
    }
}
