//! Whether the platform that has to be there is there.

use std::collections::BTreeMap;

use crate::checks::Context;
use crate::checks::draft;
use crate::facts::given::{ClaimedBy, Contradiction, Form, GivenFacts, GivenFile, Platform};
use crate::model::{Finding, Severity, Verdict};

use super::{META, programs};

/// Kinds of files that are listed.
const LISTED: usize = 6;
/// Files that are named.
const NAMED: usize = 3;

pub(super) fn judge(given: &GivenFacts, cx: Context<'_>) -> Verdict {
    let mut findings: Vec<Finding> = not_made(given, cx).into_iter().collect();
    let wanted = given.expect.clone();
    let platform = wanted.clone().unwrap_or_else(Platform::windows_arm64);
    if is_there(given, &platform) {
        return verdict(findings, wanted.is_some());
    }
    if programs(given).any(|file| stands_for(file, &platform)) {
        // Its own finding says what is wrong with it.
        return verdict(findings, false);
    }
    let closed: Vec<String> = closed(given, &platform).map(str::to_owned).collect();
    if !closed.is_empty() && findings.is_empty() {
        let names = draft::listed(&closed, NAMED);
        let reason = format!("what is for {platform} could not be looked into: {names}");
        return Verdict::Inconclusive { reason, gating: wanted.is_some() };
    }
    if !closed.is_empty() {
        return verdict(findings, false);
    }
    match wanted {
        Some(platform) if findings.is_empty() => findings.push(missing(given, &platform, cx)),
        Some(_) => {}
        None => findings.extend(none_for_arm64(given, cx)),
    }
    verdict(findings, false)
}

fn verdict(findings: Vec<Finding>, found: bool) -> Verdict {
    if !findings.is_empty() {
        Verdict::Fail(findings)
    } else if found {
        Verdict::Pass
    } else {
        Verdict::NotApplicable("no platform has to be there (--expect)".into())
    }
}

/// Whether something is there that was made for the platform: a program, or a library or object where nothing
/// else is given for that system. A DLL for arm64 beside programs for x64 alone is no release for arm64.
fn is_there(given: &GivenFacts, platform: &Platform) -> bool {
    let program = |file: &GivenFile| {
        file.content.form != Form::Object
            && !file.content.library
            && file.content.installer.is_none()
    };
    let system = |file: &&GivenFile| match file.content.form {
        Form::Pe | Form::Clr | Form::Object => platform.goos == "windows",
        Form::Elf | Form::MachO => file.content.form.fits(&platform.goos),
        Form::Efi | Form::NoProgram => false,
    };
    let files = || given.files.iter().filter(system);
    let libraries = !files().any(program);
    // Assemblies for any CPU are for this one, too, where nothing tells a machine.
    let any_cpu =
        files().all(|file| file.content.form == Form::Clr && file.content.goarch.is_none());
    files().any(|file| {
        (libraries || program(file))
            && (any_cpu || file.content.is_for(platform))
            && !elsewhere(given, file, platform)
    })
}

/// Whether a container around a file says by its own name that it is for another platform.
fn elsewhere(given: &GivenFacts, file: &GivenFile, platform: &Platform) -> bool {
    let other = |said: Option<&str>, by: &ClaimedBy, wanted: &str| {
        by.is_label() && said.is_some_and(|said| said != wanted)
    };
    let around = file.steps.len().saturating_sub(1);
    (1..=around).any(|depth| {
        let name = file.steps.get(..depth).unwrap_or_default().join(" > ");
        given.container(&name).is_some_and(|container| {
            let claim = &container.claim;
            other(claim.goos.as_deref(), &claim.goos_by, &platform.goos)
                || other(claim.goarch.as_deref(), &claim.by, &platform.goarch)
        })
    })
}

/// A file that should be for the platform and is not, as another finding says.
fn stands_for(file: &GivenFile, platform: &Platform) -> bool {
    let claimed = file.claim.goos() == platform.goos && file.claim.goarch() == platform.goarch;
    let judged = match file.claim.by {
        // machine-type judges images that nothing labels.
        ClaimedBy::Expect => file.content.form == Form::Pe && file.content.installer.is_none(),
        _ => file.claim.by.is_label(),
    };
    let wrong = file.content.contradicts(&file.claim).is_some();
    claimed && judged && wrong && file.content.installer.is_none()
}

/// Files that may hold what is wanted, and that gowoa cannot look into.
fn closed<'a>(given: &'a GivenFacts, platform: &'a Platform) -> impl Iterator<Item = &'a str> {
    let fits = |goos: Option<&str>, goarch: Option<&str>| {
        goos.is_none_or(|goos| goos == platform.goos)
            && goarch.is_none_or(|goarch| goarch == platform.goarch)
    };
    let containers = given.containers.iter().filter(move |container| {
        let claim = &container.claim;
        container.problem.is_some() && fits(claim.goos.as_deref(), claim.goarch.as_deref())
    });
    let installers = given.files.iter().filter(move |file| {
        let claim = &file.claim;
        let system = file.content.contradicts(claim) != Some(Contradiction::System);
        system
            && file.content.installer.is_some()
            && fits(claim.goos.as_deref(), claim.goarch.as_deref())
    });
    containers.map(|container| container.name.as_str()).chain(installers.map(|f| f.name.as_str()))
}

/// Metadata that lists files for windows/arm64 of which none is there.
fn not_made(given: &GivenFacts, cx: Context<'_>) -> Option<Finding> {
    let platform = given.expect.clone().unwrap_or_else(Platform::windows_arm64);
    let listed: Vec<_> =
        given.artifacts.iter().filter(|artifact| artifact.platform == platform).collect();
    let absent = listed.iter().filter(|artifact| !artifact.present);
    let names: Vec<String> = absent.map(|artifact| artifact.path.clone()).collect();
    if names.is_empty() {
        return None;
    }
    let not_there = match names.len() {
        all if all == listed.len() => "and none of it is in",
        1 => "which is not in",
        _ => "which are not in",
    };
    let message = format!(
        "artifacts.json lists {} for {platform}, {not_there} {}",
        draft::listed(&names, NAMED),
        given.name
    );
    let mut finding = draft::finding(&META.id, cx.subject, Severity::Error, message);
    finding.class = Some("target-missing".into());
    finding.help = Some(
        "inspect the directory that goreleaser filled, before anything is moved out of it".into(),
    );
    Some(finding)
}

/// The platform that was asked for is not there.
fn missing(given: &GivenFacts, platform: &Platform, cx: Context<'_>) -> Finding {
    let message =
        format!("{}: no program is for {platform}; there is {}", given.name, there(given));
    let mut finding = draft::finding(&META.id, cx.subject, Severity::Error, message);
    finding.class = Some("target-missing".into());
    finding.help = Some(format!(
        "add {platform} to what the release builds; with goreleaser: goos {} and goarch {} under builds, \
         and no such pair under ignore",
        platform.goos, platform.goarch
    ));
    finding
}

/// Files for Windows, none of them for arm64, and nobody said that one has to be.
fn none_for_arm64(given: &GivenFacts, cx: Context<'_>) -> Option<Finding> {
    let windows = programs(given).any(|file| file.content.form == Form::Pe);
    if !windows {
        return None;
    }
    let message =
        format!("{}: no program is for windows/arm64; there is {}", given.name, there(given));
    let mut finding = draft::finding(&META.id, cx.subject, Severity::Note, message);
    finding.class = Some("no-arm64".into());
    finding.help = Some("if one has to be there, say so: --expect windows/arm64".into());
    Some(finding)
}

/// What is there, by kind, most first: `a PE image for x64 (3 files)`.
fn there(given: &GivenFacts) -> String {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for file in &given.files {
        *counts.entry(file.content.words.as_str()).or_default() += 1;
    }
    let mut sorted: Vec<(&str, u64)> = counts.into_iter().collect();
    sorted.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    let words = sorted.iter().map(|(words, count)| match count {
        1 => (*words).to_owned(),
        count => format!("{words} ({count} times)"),
    });
    match sorted.is_empty() {
        true => "no program at all".into(),
        false => draft::listed(&words.collect::<Vec<_>>(), LISTED),
    }
}
