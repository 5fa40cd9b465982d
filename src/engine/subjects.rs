//! The subjects of the Report, each with the facts that it is judged by.

use std::collections::BTreeSet;

use crate::checks::{SubjectFacts, cross_compile_state};
use crate::facts::UnitFacts;
use crate::model::{BuildState, Subject, SubjectKind};

use super::objects;

/// The subjects of a unit, each with its facts. Names carry the unit's directory where there are several.
pub(super) fn of(unit: &UnitFacts, several: bool) -> Vec<(SubjectFacts<'_>, Subject)> {
    let named = |name: &str| {
        if several && unit.name != "." { format!("{}!{name}", unit.name) } else { name.to_owned() }
    };
    let blank = |kind: SubjectKind, name: &str| Subject::new(kind, &named(name), name);
    let mut all = Vec::new();
    if unit.given.is_none() {
        all.push((SubjectFacts::Build, blank(SubjectKind::Build, &unit.name)));
    }
    for package in unit.packages.values() {
        let subject = Subject {
            module: package.module_ref(),
            matched: package.matched,
            command: package.is_command(),
            class: package.class,
            build: Some(cross_compile_state(package, unit)),
            ..blank(SubjectKind::Package, &package.import_path)
        };
        all.push((SubjectFacts::Package(package), subject));
    }
    for test in unit.tests.values() {
        let build = match (&test.exe, &test.failure) {
            (Some(_), _) => BuildState::Linked,
            (None, Some(_)) => BuildState::Failed,
            (None, None) => BuildState::Stopped,
        };
        let subject = Subject { build: Some(build), ..blank(SubjectKind::Test, &test.package) };
        all.push((SubjectFacts::Test(test), subject));
    }
    for image in &unit.images {
        let facts = image.facts.as_ref().ok();
        let packages = if image.link_proof {
            image.libraries.clone()
        } else {
            image.package.iter().cloned().collect()
        };
        let subject = Subject {
            machine: facts.map(|facts| facts.kind.words().into_owned()),
            size: facts.map(|facts| facts.size),
            sha256: image.sha256.clone(),
            map: image.map.clone(),
            packages,
            ..blank(SubjectKind::Image, &image.name)
        };
        all.push((SubjectFacts::Image(image), subject));
    }
    for object in &unit.objects {
        let subject = objects::subject(object, unit, blank(SubjectKind::Object, &object.name));
        all.push((SubjectFacts::Object(object), subject));
    }
    if let Some(given) = &unit.given {
        all.push((SubjectFacts::Inputs(given), blank(SubjectKind::Inputs, &given.name)));
        for container in &given.containers {
            let subject = Subject {
                size: Some(container.size),
                sha256: container.sha256.clone(),
                ..blank(SubjectKind::Container, &container.name)
            };
            all.push((SubjectFacts::Container(container), subject));
        }
        let known: BTreeSet<&str> = unit
            .images
            .iter()
            .map(|image| image.name.as_str())
            .chain(unit.objects.iter().map(|object| object.name.as_str()))
            .collect();
        for file in given.files.iter().filter(|file| !known.contains(file.name.as_str())) {
            let subject = Subject {
                machine: Some(file.content.words.clone()),
                size: Some(file.size),
                sha256: Some(file.sha256.clone()),
                ..blank(SubjectKind::File, &file.name)
            };
            all.push((SubjectFacts::File(file), subject));
        }
    }
    all
}

/// The configuration file.
pub(super) fn of_config(name: &str) -> Subject {
    Subject::new(SubjectKind::Config, name, name)
}
