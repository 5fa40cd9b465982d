//! The files that `gowoa inspect` was given: walks the paths, opens containers, and gathers what each file
//! is, what it should be, and who says so.

mod artifacts;
mod claims;
mod content;
mod names;
mod open;
mod relate;
mod walk;
mod words;

use std::collections::{BTreeMap, HashSet};
use std::io::IsTerminal;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use rayon::prelude::*;

use crate::facts::UnitFacts;
use crate::facts::given::{GivenContainer, GivenFacts, Platform};
use crate::model::{MAX_MAPS, PhaseReport, Problem, Unproven};
use crate::package::{self, Limits};
use crate::plan::InspectPlan;

use super::{EngineError, Progress, inspect, millis};
use artifacts::Metadata;
use open::{Found, Look, Seen};
use walk::{Input, Walked};

/// Files that are looked at side by side while maps are drawn.
const DRAWN_AT_ONCE: usize = 16;
/// The name of standard input in the Report.
const STDIN: &str = "standard input";

/// Looks at everything that was given.
///
/// # Errors
/// A path that was given cannot be looked at at all. What is met on the way becomes a problem of the unit.
pub(super) fn gather(
    plan: &InspectPlan,
    progress: &dyn Progress,
) -> Result<UnitFacts, EngineError> {
    let begin = Instant::now();
    progress.begin("inspect");
    let walked = walk::walk(&plan.paths)?;
    let mut unit = UnitFacts::default();
    let metadata = metadata(&walked, &mut unit.unproven);
    let look = Look { expect: plan.expect.as_ref(), map: plan.map, metadata: &metadata };
    let total = walked.files.len() as u64 + u64::from(walked.stdin);
    let done = AtomicU64::new(0);
    let count = || progress.count(done.fetch_add(1, Ordering::Relaxed) + 1, total);
    let mut found = files(&walked.files, look, &count);
    if walked.stdin {
        found.push(stdin(&look)?);
        count();
    }
    let mut given = GivenFacts {
        name: words::joined(&plan.paths),
        expect: plan.expect.clone(),
        artifacts: metadata.artifacts,
        ..GivenFacts::default()
    };
    fill(&mut unit, &mut given, walked, found);
    unit.problems.extend(nothing_for_windows(&given));
    unit.name = given.name.clone();
    unit.given = Some(given);
    progress.end("inspect", begin.elapsed());
    unit.phases.push(PhaseReport {
        name: "inspect".into(),
        summary: String::new(),
        duration_ms: millis(begin.elapsed()),
        go_ms: None,
    });
    Ok(unit)
}

/// Looks at the files, on all cores. While maps are drawn it is a few files at a time: no more than are shown are kept.
fn files(inputs: &[Input], look: Look<'_>, count: &(impl Fn() + Sync)) -> Vec<Found> {
    let of = |inputs: &[Input], look: Look<'_>| -> Vec<Found> {
        let one = |input| {
            let found = look.file(input);
            count();
            found
        };
        inputs.par_iter().map(one).collect()
    };
    let (mut all, mut rest, mut maps) = (Vec::new(), inputs, 0);
    while look.map && maps < MAX_MAPS && !rest.is_empty() {
        let (some, more) = rest.split_at(rest.len().min(DRAWN_AT_ONCE));
        let found = of(some, look);
        maps += found.iter().map(|found| found.maps).sum::<usize>();
        all.extend(found);
        rest = more;
    }
    all.extend(of(rest, Look { map: false, ..look }));
    all
}

/// What goreleaser's metadata says: of the directories that were walked, and around files that were given.
fn metadata(walked: &Walked, unproven: &mut Vec<Unproven>) -> Metadata {
    let mut all = Metadata::default();
    let mut take = |path: &Path, name: &str, listed: bool| match artifacts::read(path) {
        Ok(mut metadata) => {
            if !listed {
                // What else is in the directory was not given.
                metadata.artifacts.clear();
            }
            all.extend(metadata);
        }
        Err(reason) => unproven.push(Unproven {
            label: "not used".into(),
            text: format!("it is no metadata of goreleaser: {reason}"),
            names: vec![name.to_owned()],
        }),
    };
    let named = |input: &&Input| input.path.file_name().is_some_and(|n| n == artifacts::FILE_NAME);
    for input in walked.files.iter().filter(named) {
        take(&input.path, &input.name, true);
    }
    let mut around: Vec<_> = walked
        .files
        .iter()
        .filter(|input| input.given)
        .flat_map(|input| input.path.ancestors().skip(1).take(2))
        .map(|dir| dir.join(artifacts::FILE_NAME))
        .filter(|path| path.is_file() && !walked.files.iter().any(|input| input.path == *path))
        .collect();
    around.sort();
    around.dedup();
    for path in around {
        take(&path, &walk::report_name(&path), false);
    }
    all
}

fn stdin(look: &Look<'_>) -> Result<Found, EngineError> {
    let unusable = |reason: String, next| EngineError::Unusable { path: "-".into(), reason, next };
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        let reason = "standard input is a terminal".to_owned();
        return Err(unusable(reason, "give a file, or pipe one to: gowoa inspect -"));
    }
    let limit = Limits::default().member_size;
    let bytes = package::spool(stdin.lock(), limit).map_err(|error| {
        let reason = format!("standard input cannot be read: {error}");
        unusable(reason, "write it to a file, and give that file")
    })?;
    Ok(look.bytes(STDIN, &bytes))
}

/// Puts together what came of the files.
fn fill(unit: &mut UnitFacts, given: &mut GivenFacts, walked: Walked, found: Vec<Found>) {
    let mut others: BTreeMap<String, u64> = BTreeMap::new();
    let mut seen = Vec::new();
    let mut too_large = Vec::new();
    unit.problems.extend(walked.problems);
    for one in found {
        seen.extend(one.seen);
        given.containers.extend(one.containers);
        unit.problems.extend(one.problems);
        too_large.extend(one.too_large);
        for (words, count) in one.others {
            *others.entry(words).or_default() += count;
        }
    }
    for words in walked.others {
        *others.entry(words.to_owned()).or_default() += 1;
    }
    given.others = others.into_iter().collect();
    given.containers.sort_by(|a, b| a.name.cmp(&b.name));
    unique(given.containers.iter_mut().map(|container| &mut container.name));
    relate::relate(&mut seen, &mut given.containers);
    // A container may have many members of one name.
    seen.sort_by(|a, b| a.file.name.cmp(&b.file.name));
    unique(seen.iter_mut().map(|one| &mut one.file.name));
    seen.sort_by(|a, b| a.file.name.cmp(&b.file.name));
    for Seen { file, image, object, .. } in seen {
        if let Some(mut image) = image {
            image.name.clone_from(&file.name);
            unit.images.push(image);
        }
        if let Some(mut object) = object {
            object.name.clone_from(&file.name);
            unit.objects.push(object);
        }
        given.files.push(file);
    }
    inspect::first_maps(std::slice::from_mut(unit));
    unit.unproven.extend(unread(given, too_large));
}

/// Makes sorted names differ.
fn unique<'a>(names: impl Iterator<Item = &'a mut String>) {
    let names: Vec<&mut String> = names.collect();
    // A member may be called like the second of another name.
    let mut taken: HashSet<String> = names.iter().map(|name| (**name).clone()).collect();
    let mut before: Option<(String, u32)> = None;
    for name in names {
        match &mut before {
            Some((same, count)) if same == name => {
                let free = loop {
                    *count += 1;
                    let free = format!("{same} ({count})");
                    if taken.insert(free.clone()) {
                        break free;
                    }
                };
                *name = free;
            }
            _ => before = Some((name.clone(), 1)),
        }
    }
}

/// What was not looked into.
fn unread(given: &GivenFacts, too_large: Vec<String>) -> Vec<Unproven> {
    let mut all = Vec::new();
    let line = |label: &str, text: &str, names: Vec<String>| Unproven {
        label: label.into(),
        text: text.into(),
        names,
    };
    // What is for another system by its name has no part in the question.
    let open =
        |container: &&GivenContainer| container.closed && container.claim.goos() == "windows";
    let names: Vec<String> = given.containers.iter().filter(open).map(|c| c.name.clone()).collect();
    if !names.is_empty() {
        all.push(line("not opened", "gowoa does not read packages of these forms", names));
    }
    let stubs = given.files.iter().filter(|file| file.content.installer.is_some());
    let names: Vec<String> = stubs.map(|file| file.name.clone()).collect();
    if !names.is_empty() {
        all.push(line("not unpacked", "what these installers install", names));
    }
    if !too_large.is_empty() {
        all.push(line("not read", "these files have 4 GiB or more", too_large));
    }
    all
}

/// The problem where nothing that was given has to do with Windows, and nobody said that it should.
fn nothing_for_windows(given: &GivenFacts) -> Option<Problem> {
    use crate::facts::given::Form::{Clr, Efi, Object, Pe};
    let windows = given.files.iter().any(|file| {
        // Objects of ELF have this form too, where they are the members of an archive.
        matches!(file.content.form, Pe | Efi | Clr)
            || file.content.form == Object && file.content.goos.as_deref() == Some("windows")
            || file.claim.goos_by.is_label() && file.claim.goos() == "windows"
    });
    let promised =
        given.artifacts.iter().any(|artifact| artifact.platform == Platform::windows_arm64());
    let asked = given.expect.is_some() && !given.files.is_empty();
    if windows || promised || asked {
        return None;
    }
    let found = words::inventory(given);
    let what = if found.is_empty() { "there is nothing".to_owned() } else { found };
    Some(Problem {
        message: format!("no program for Windows in {}: {what}", given.name),
        details: Vec::new(),
        next: Some("name exes, DLLs, archives of them, or a directory that holds some".into()),
    })
}
