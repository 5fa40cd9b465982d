//! What may be said of the images, and no more than the results hold.

use std::collections::{BTreeSet, HashSet};

use super::plural;
use super::view::{View, count};
use crate::model::{Finding, ResultVerdict, Subject, SubjectId, SubjectKind};

/// The checks that together prove what the claims say. `machine-type` has to pass; the others may also not
/// apply.
const NATIVE: &[&str] = &["machine-type", "hybrid-image", "build-info"];
/// Those that looked at every word of code.
const CODE: &[&str] = &["stray-x86-code", "opaque-code"];

/// `every image is ARM64` or, where the code was scanned, `every code word is ARM64`.
pub(super) fn claim(view: &View<'_>) -> Option<&'static str> {
    let images = images(view);
    let all = !images.is_empty()
        && count(images.len()) == view.report.counts.images
        && images.iter().all(|image| is_native(view, image));
    match (all, images.iter().all(|image| is_scanned(view, image))) {
        (true, true) => Some("every code word is ARM64"),
        (true, false) => Some("every image is ARM64"),
        (false, _) => None,
    }
}

fn images<'a>(view: &View<'a>) -> Vec<&'a SubjectId> {
    let image = |s: &&Subject| s.kind == SubjectKind::Image;
    view.report.subjects.iter().filter(image).map(|subject| &subject.id).collect()
}

fn is_native(view: &View<'_>, id: &SubjectId) -> bool {
    view.results(id).any(|r| r.check.as_str() == "machine-type" && r.verdict == ResultVerdict::Pass)
        && is_native_file(view, id)
}

fn is_scanned(view: &View<'_>, id: &SubjectId) -> bool {
    CODE.iter().all(|check| {
        view.results(id).any(|r| r.check.as_str() == *check && r.verdict == ResultVerdict::Pass)
    })
}

/// What a pass of `gowoa inspect` stands for.
pub(super) fn inspected(view: &View<'_>) -> String {
    let programs = |s: &&Subject| matches!(s.kind, SubjectKind::Image | SubjectKind::File);
    let native = |s: &&Subject| {
        s.kind == SubjectKind::Image
            && matches!(s.machine.as_deref(), Some("ARM64" | "ARM64X"))
            && is_native_file(view, &s.id)
    };
    let arm64: Vec<&Subject> = view.report.subjects.iter().filter(native).collect();
    let objects = view.report.counts.objects;
    let mut parts = Vec::new();
    if !arm64.is_empty() {
        let number = count(arm64.len());
        let are = if number == 1 { "is" } else { "are" };
        let words = if arm64.iter().all(|subject| is_scanned(view, &subject.id)) {
            ", every code word"
        } else {
            ""
        };
        parts.push(format!("{} {are} ARM64{words}", plural(number, "image")));
    }
    let others: Vec<&Subject> =
        view.report.subjects.iter().filter(programs).filter(|s| !native(s)).collect();
    parts.extend(as_said(view, &others));
    if objects > 0 {
        parts.push(format!("{} looked at", plural(objects, "object")));
    }
    if parts.is_empty() { "nothing wrong was found".into() } else { parts.join("; ") }
}

/// What the checks of labels and machines say of files: no more than these say is claimed.
fn as_said(view: &View<'_>, files: &[&Subject]) -> Vec<String> {
    let with = |check: &str, verdict: ResultVerdict| -> HashSet<&SubjectId> {
        let results = view.report.results.iter();
        let of = results.filter(|r| r.check.as_str() == check && r.verdict == verdict);
        of.map(|r| &r.subject).collect()
    };
    let labelled = with("name-against-content", ResultVerdict::Pass);
    let expected = with("machine-type", ResultVerdict::Pass);
    let mut wrong = with("name-against-content", ResultVerdict::Fail);
    wrong.extend(with("machine-type", ResultVerdict::Fail));
    let mut numbers = [0_usize; 4];
    for file in files {
        let id = &file.id;
        let sort = match () {
            () if wrong.contains(id) => 2,
            () if labelled.contains(id) => 0,
            () if expected.contains(id) => 1,
            () => 3,
        };
        numbers[sort] += 1;
    }
    let words = [
        ("is as labelled", "are as labelled"),
        ("is for the machine expected", "are for the machine expected"),
        ("with a finding", "with a finding"),
        ("not judged", "not judged"),
    ];
    let number = numbers.into_iter().zip(words).filter(|(number, _)| *number > 0);
    let clause = |(number, (one, many))| {
        format!("{} {}", plural(count(number), "file"), if number == 1 { one } else { many })
    };
    number.map(clause).collect()
}

/// No check of the file itself says that it is not native.
fn is_native_file(view: &View<'_>, id: &SubjectId) -> bool {
    view.results(id)
        .filter(|r| NATIVE.contains(&r.check.as_str()) || CODE.contains(&r.check.as_str()))
        .all(|r| matches!(r.verdict, ResultVerdict::Pass | ResultVerdict::NotApplicable))
}

/// The clause of the headline about the findings of one check of images, objects or files.
pub(super) fn clause(view: &View<'_>, check: &str, group: &[&Finding]) -> Option<String> {
    let concerned: BTreeSet<&SubjectId> = group.iter().map(|finding| &finding.subject).collect();
    let number = count(concerned.len());
    let (is, has) = if number == 1 { ("is", "has") } else { ("are", "have") };
    let files = |noun: &str| plural(number, noun);
    Some(match check {
        "name-against-content" => mislabelled(view, group),
        // What is cut short or no image at all has no machine to speak of.
        "machine-type" if group.iter().all(|f| f.class.as_deref() == Some("not-an-image")) => {
            format!("{} {is} damaged", files("image"))
        }
        "machine-type" => format!("{} {is} not ARM64", files("image")),
        "stray-x86-code" => format!("x86 code stands in {}", files("image")),
        "object-machine" => format!("{} {is} not for ARM64", files("object")),
        "embedded-image" => format!("{} {has} foreign images inside", by_kind(view, &concerned)),
        "resource-tree" => format!("the resources of {} are wrong", files("image")),
        "reserved-x18" => {
            format!("code in {} uses x18, which is reserved", by_kind(view, &concerned))
        }
        _ => return None,
    })
}

/// Files that are not what their names say, and that no file is for the platform expected.
fn mislabelled(view: &View<'_>, group: &[&Finding]) -> String {
    let missing = |finding: &&&Finding| finding.class.as_deref() == Some("target-missing");
    let wrong = group.iter().filter(|finding| !missing(finding)).map(|finding| &finding.subject);
    let mut parts = Vec::new();
    let number = wrong.collect::<BTreeSet<_>>().len();
    if number > 0 {
        let programs = |s: &&Subject| {
            matches!(s.kind, SubjectKind::Image | SubjectKind::File | SubjectKind::Object)
        };
        let all = plural(count(view.report.subjects.iter().filter(programs).count()), "file");
        let words =
            if number == 1 { "is not what its name says" } else { "are not what their names say" };
        parts.push(format!("{number} of {all} {words}"));
    }
    if group.iter().any(|finding| missing(&finding)) {
        let target = view.report.plan.expect.as_deref();
        parts.push(format!("no file for {}", target.unwrap_or(&view.report.plan.target)));
    }
    parts.join("; ")
}

/// `1 package and 2 images`.
fn by_kind(view: &View<'_>, concerned: &BTreeSet<&SubjectId>) -> String {
    let is_package = |id: &&&SubjectId| {
        view.subjects.get(**id).is_some_and(|subject| subject.kind == SubjectKind::Package)
    };
    let packages = concerned.iter().filter(is_package).count();
    let numbers = [(packages, "package"), (concerned.len() - packages, "image")];
    let parts = numbers.into_iter().filter(|(number, _)| *number > 0);
    parts.map(|(number, noun)| plural(count(number), noun)).collect::<Vec<_>>().join(" and ")
}
