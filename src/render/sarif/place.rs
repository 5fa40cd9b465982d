//! Places: files of the repository, of dependencies, and what was built; lines, bytes and addresses.

use std::collections::BTreeMap;

use super::log::{Address, ArtifactLocation, Location, Message, PhysicalLocation, Region, UriBase};
use super::text::Foreign;
use crate::model::{self, Anchor, AnchorKind, Finding, SubjectKind};

const REPOSITORY: &str = "SRCROOT";
const MODULE: &str = "MODULEROOT";
const CACHE: &str = "GOMODCACHE";
const FILES: &str = "FILEROOT";

/// What a path in the log may be relative to. None is given a place on a disk: the log is read elsewhere, and
/// GitHub takes what is relative to be so to the repository.
const BASES: [(&str, &str); 4] = [
    (REPOSITORY, "The root of the repository."),
    (
        MODULE,
        "The directory of the main module, where it is not known which one that is in the repository.",
    ),
    (CACHE, "Go's module cache, `go env GOMODCACHE`."),
    (FILES, "The directory of the programs, objects and archives that were looked at."),
];

/// Where a finding is shown if nothing of the repository is known: a path that projects have.
const LAST_RESORT: &str = "go.mod";

/// The bases, declared.
pub(super) fn bases() -> BTreeMap<&'static str, UriBase> {
    BASES.map(|(id, words)| (id, UriBase { description: Message::new(words) })).into()
}

/// A number as readers take it: Microsoft's SDK has 32 bits for lines, offsets and lengths.
fn number<T: TryInto<i32>>(number: T) -> Option<i32> {
    number.try_into().ok()
}

/// A line of text; `None` where it is not known.
pub(super) fn line(line: Option<u32>) -> Option<Region> {
    let start = number(line?).filter(|line| *line > 0)?;
    Some(Region { start_line: Some(start), ..Region::default() })
}

/// A line of text from a column on, in the unit of the log: UTF-16 code units.
fn point(place: &Anchor) -> Option<Region> {
    let column = place.column.and_then(number).filter(|column| *column > 0);
    Some(Region { start_column: column, ..line(place.line)? })
}

/// A stretch of bytes; `None` where it is not known.
pub(super) fn bytes(offset: Option<u64>, length: Option<usize>) -> Option<Region> {
    let offset = number(offset?)?;
    Some(Region {
        byte_offset: Some(offset),
        byte_length: length.filter(|length| *length > 0).and_then(number),
        ..Region::default()
    })
}

/// An address in an image, with the function or else the section that holds it.
pub(super) fn address(place: &model::Location, foreign: &mut Foreign) -> Option<Address> {
    let (name, kind) = match (&place.function, &place.section) {
        (Some(function), _) => (Some(function), "function"),
        (None, Some(section)) => (Some(section), "section"),
        (None, None) => (None, "data"),
    };
    let name = name.map(|name| foreign.line(name, super::words::LONGEST_LINE));
    Some(Address {
        relative_address: number(place.rva?)?,
        name: name.filter(|name| !name.is_empty()),
        kind,
    })
}

/// Whether such a subject is a file that is looked at whole.
pub(super) const fn is_file(kind: SubjectKind) -> bool {
    matches!(
        kind,
        SubjectKind::Image | SubjectKind::Object | SubjectKind::Container | SubjectKind::File
    )
}

/// The place of a program, an object or an archive, by the name that the report has for it.
pub(super) fn of_file(name: &str, foreign: &mut Foreign) -> Option<ArtifactLocation> {
    Some(at(foreign.uri(name)?, FILES))
}

/// The place of a source file. `prefix`: the directory of the main module in the repository, where it is known.
pub(super) fn of_source(
    file: &str,
    prefix: Option<&str>,
    foreign: &mut Foreign,
) -> Option<ArtifactLocation> {
    if in_cache(file) {
        return Some(at(foreign.uri(file)?, CACHE));
    }
    match prefix {
        Some(prefix) => Some(at(foreign.uri(&format!("{prefix}{file}"))?, REPOSITORY)),
        None => Some(at(foreign.uri(file)?, MODULE)),
    }
}

fn at(uri: String, base: &'static str) -> ArtifactLocation {
    ArtifactLocation { uri, uri_base_id: base, index: None }
}

/// `module@version/…`: an element with `@v` and a digit (<https://go.dev/ref/mod#versions>).
fn in_cache(file: &str) -> bool {
    let version = |element: &str| {
        element.split_once("@v").is_some_and(|(name, version)| {
            !name.is_empty() && version.starts_with(|c: char| c.is_ascii_digit())
        })
    };
    file.split('/').any(version)
}

/// Where the finding is shown, and what stands there: `none` where the report does not say, and go.mod stands in.
/// Other places have no column: in a [`model::Location`] it counts bytes, and SARIF has no such unit.
pub(super) fn primary(
    finding: Option<&Finding>,
    foreign: &mut Foreign,
) -> (PhysicalLocation, &'static str) {
    let anchor = finding.and_then(|finding| finding.anchor.as_ref());
    let placed = anchor.and_then(|anchor| Some((anchor, foreign.uri(&anchor.file)?)));
    let (artifact, region, kind) = match placed {
        Some((anchor, uri)) => (at(uri, REPOSITORY), point(anchor), anchor.kind.as_str()),
        None => (at(LAST_RESORT.to_owned(), REPOSITORY), None, "none"),
    };
    // GitHub shows no result without a line.
    let region = region.or_else(|| line(Some(1)));
    (PhysicalLocation { artifact_location: artifact, region, address: None }, kind)
}

/// The directory of the main module in the repository with `/` behind it, or nothing for the root: known where
/// the anchor is the place of the finding itself.
pub(super) fn prefix(finding: &Finding) -> Option<&str> {
    let anchor = finding.anchor.as_ref().filter(|anchor| anchor.kind == AnchorKind::Location)?;
    let file = finding.location.as_ref()?.file.as_deref()?;
    let prefix = anchor.file.strip_suffix(file)?;
    (prefix.is_empty() || prefix.ends_with('/')).then_some(prefix)
}

/// Related locations of one result: each once, with an id.
#[derive(Debug, Default)]
pub(super) struct Related {
    pub(super) locations: Vec<Location>,
}

/// Related locations of a result. GitHub keeps 100; more than a screen of them helps nobody.
const MOST_RELATED: usize = 20;

impl Related {
    pub(super) fn push(
        &mut self,
        artifact: Option<ArtifactLocation>,
        region: Option<Region>,
        address: Option<Address>,
        message: String,
    ) {
        let Some(artifact_location) = artifact else { return };
        let physical_location = PhysicalLocation { artifact_location, region, address };
        let same = |there: &Location| {
            there.physical_location.artifact_location == physical_location.artifact_location
                && there.physical_location.region == physical_location.region
                && there.physical_location.address == physical_location.address
        };
        if self.locations.len() >= MOST_RELATED || self.locations.iter().any(same) {
            return;
        }
        self.locations.push(Location {
            id: Some(self.locations.len() + 1),
            physical_location,
            logical_locations: Vec::new(),
            message: Some(Message::new(message)),
        });
    }
}
