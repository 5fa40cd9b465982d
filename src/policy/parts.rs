//! The parts of a finding by which it is known again.

use std::borrow::Cow;

use crate::model::SubjectId;

/// Kind and name of a subject. The name begins with `unit!` where a report has several units.
pub(super) fn subject(id: &SubjectId) -> (&str, &str) {
    id.as_str().split_once(':').unwrap_or(("", id.as_str()))
}

/// The name of a subject without the unit in front of it.
pub(super) fn without_unit(name: &str) -> &str {
    name.split_once('!').map_or(name, |(_, name)| name)
}

/// A path without the versions of modules: `m@v1.2.3/f.go` is `m/f.go`. Versions of modules begin with `@v` and
/// a digit (<https://go.dev/ref/mod#versions>), and end at the next `/`.
pub(super) fn without_versions(path: &str) -> Cow<'_, str> {
    if !path.contains("@v") {
        return path.into();
    }
    let plain = |element: &str| match element.split_once("@v") {
        Some((name, version)) if version.starts_with(|c: char| c.is_ascii_digit()) => {
            name.to_owned()
        }
        _ => element.to_owned(),
    };
    path.split('/').map(plain).collect::<Vec<_>>().join("/").into()
}
