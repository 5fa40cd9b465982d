//! Looks at one file that was given: identifies it, opens it where it is a container, and reads every image
//! while its bytes are there. Nothing but results is kept.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::engine::inspect;
use crate::facts::embedded::Unopened;
use crate::facts::given::{Claim, Content, Form, GivenContainer, GivenFile, Platform};
use crate::facts::object::{LinkedBy, ObjectContents, ObjectForm, ObjectMember};
use crate::facts::{Company, ImageFile, ObjectFile};
use crate::image::{self, FileKind, identify};
use crate::model::{MAX_MAPS, Problem};
use crate::package::{self, Budget, Kind, Limits, Member};
use crate::platform::map::Mapped;

use super::artifacts::Metadata;
use super::claims::{Decided, Label, decide};
use super::content;
use super::names;
use super::walk::Input;

/// Between a container and its member in names.
pub(super) const INSIDE: &str = " > ";
/// Programs of one outer file that are kept: an SDK has a few thousand, and each costs some KiB of facts.
const MAX_PROGRAMS: usize = 20_000;
/// What the programs beyond [`MAX_PROGRAMS`] are called among the files that are counted only.
const BEYOND: &str = "a program beyond the limit";
/// Endings of names that a stream of one file takes away from it.
const STREAM_SUFFIXES: &[&str] = &[".gz", ".zst", ".bz2", ".xz"];

/// What is the same for all files.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look<'a> {
    pub(super) expect: Option<&'a Platform>,
    /// Whether the map of each image is wanted.
    pub(super) map: bool,
    pub(super) metadata: &'a Metadata,
}

/// What came of one outer file.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) seen: Vec<Seen>,
    pub(super) containers: Vec<GivenContainer>,
    /// Files that are nothing of these, by what they are.
    pub(super) others: BTreeMap<String, u64>,
    pub(super) problems: Vec<Problem>,
    /// Images of which a map was drawn.
    pub(super) maps: usize,
    /// Too large to be mapped: names.
    pub(super) too_large: Vec<String>,
}

/// A program, library or object.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) file: GivenFile,
    /// What was read of it, where it is an image.
    pub(super) image: Option<ImageFile>,
    /// What was read of it as an object or a library.
    pub(super) object: Option<ObjectFile>,
    /// What it shares with others under the same outer label.
    pub(super) key: Option<String>,
    /// The directory that holds it.
    pub(super) dir: String,
}

/// Where the work is: the way from the outer file to the bytes at hand.
#[derive(Debug, Clone)]
struct Place {
    path: PathBuf,
    steps: Vec<String>,
    labels: Vec<Label>,
}

impl Place {
    fn name(&self) -> String {
        self.steps.join(INSIDE)
    }

    /// The name of the file itself, without its directories.
    fn own_name(&self) -> &str {
        self.labels.last().map_or("", |label| label.name.as_str())
    }

    /// The directory of the last step, in its container.
    fn dir(&self) -> String {
        let name = self.name();
        let start = name.len() - self.steps.last().map_or(0, String::len);
        let end = name.get(start..).and_then(|last| last.rfind('/')).map_or(start, |at| start + at);
        name.get(..end).unwrap_or_default().to_owned()
    }

    /// A member of the container at this place.
    fn member(&self, name: String) -> Self {
        let mut labels = self.labels.clone();
        let outer = self.name() + INSIDE;
        labels.extend(parts(&name, usize::MAX, &outer));
        let mut steps = self.steps.clone();
        steps.push(name);
        Self { path: self.path.clone(), steps, labels }
    }
}

/// The last `most` names of a path, each as a label.
fn parts(path: &str, most: usize, outer: &str) -> Vec<Label> {
    let mut labels = Vec::new();
    let mut start = 0;
    for name in path.split('/') {
        let end = start + name.len();
        if !matches!(name, "" | "." | "..") {
            let key = format!("{outer}{}", path.get(..end).unwrap_or(path));
            labels.push(Label { name: name.to_owned(), metadata: None, key });
        }
        start = end + 1;
    }
    let extra = labels.len().saturating_sub(most);
    labels.split_off(extra)
}

impl Look<'_> {
    /// A file on the disk.
    pub(super) fn file(&self, input: &Input) -> Found {
        let mut found = Found::default();
        let bytes = match Mapped::open(&input.path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::InvalidInput && !input.given => {
                found.too_large.push(input.name.clone());
                return found;
            }
            Err(error) => {
                found.problems.push(Problem {
                    message: format!("{} cannot be read: {error}", input.name),
                    details: Vec::new(),
                    next: Some("make it readable, or take it away, and inspect again".into()),
                });
                return found;
            }
        };
        let mut labels = parts(&input.name, input.labels.max(1), "");
        if let Some(own) = labels.last_mut() {
            own.metadata = self.metadata.platform(&input.path).cloned();
        }
        let place = Place { path: input.path.clone(), steps: vec![input.name.clone()], labels };
        self.start(&mut found, &bytes, &place);
        found
    }

    /// Bytes without a file, such as standard input.
    pub(super) fn bytes(&self, name: &str, bytes: &[u8]) -> Found {
        let mut found = Found::default();
        // The name is gowoa's and says nothing, so there is no label.
        let place = Place { path: name.into(), steps: vec![name.into()], labels: Vec::new() };
        self.start(&mut found, bytes, &place);
        found
    }

    fn start(&self, found: &mut Found, bytes: &[u8], place: &Place) {
        self.look(found, bytes, place, &mut Budget::new(Limits::default()));
    }

    fn look(&self, found: &mut Found, bytes: &[u8], place: &Place, budget: &mut Budget) {
        if let Some(kind) = package::kind(bytes) {
            self.container(found, kind, bytes, place, budget);
            return;
        }
        let kind = identify(bytes);
        if let FileKind::Pe { machine } = kind {
            self.image(found, kind, machine, bytes, place);
        } else if let Some(words) = content::closed_container(kind, bytes, place.own_name()) {
            self.closed(found, words, bytes, place);
        } else if let Some(content) = content::of_other(kind, bytes, place.own_name()) {
            if self.is_full(found, place) {
                return;
            }
            let decided = decide(&place.labels, &content, self.expect);
            self.keep(found, place, bytes, content, decided, None);
        } else if place.steps.len() == 1 && content::called_container(place.own_name()) {
            let reason = format!("it is {}", kind.words());
            found.containers.push(GivenContainer {
                problem: Some(Unopened { what: "no archive".into(), reason, limit: false }),
                sha256: Some(inspect::sha256(bytes)),
                ..self.blank("a file with the name of an archive", bytes, place)
            });
        } else {
            *found.others.entry(kind.words().into_owned()).or_default() += 1;
        }
    }

    /// Whether there is no room for one more program. It is asked before anything is read of the program.
    fn is_full(&self, found: &mut Found, place: &Place) -> bool {
        if found.seen.len() < MAX_PROGRAMS {
            return false;
        }
        let beyond = found.others.entry(BEYOND.into()).or_default();
        *beyond += 1;
        // One problem for all of them.
        if *beyond == 1 {
            let outer = place.steps.first().map_or("", String::as_str);
            found.problems.push(Problem {
                message: format!("{outer} holds more than {MAX_PROGRAMS} programs"),
                details: Vec::new(),
                next: Some("inspect its parts one by one".into()),
            });
        }
        true
    }

    fn image(&self, found: &mut Found, kind: FileKind, machine: u16, bytes: &[u8], place: &Place) {
        if self.is_full(found, place) {
            return;
        }
        let header = content::of_header(kind, machine);
        // What is read of an image may depend on what it should be, and that on the machine.
        let claim = decide(&place.labels, &header, self.expect).claim;
        let mut image = ImageFile { claim, ..ImageFile::unread(place.name(), place.path.clone()) };
        inspect::read(bytes, &mut image);
        if self.map && found.maps < MAX_MAPS {
            inspect::draw(bytes, &mut image);
            found.maps += usize::from(image.map.is_some());
        }
        let content = match &image.facts {
            Ok(facts) => content::of_image(facts, bytes),
            Err(_) => header,
        };
        let decided = decide(&place.labels, &content, self.expect);
        image.claim = decided.claim.clone();
        if let Ok(Some(info)) = image.facts.as_ref().map_or(Ok(None), |f| f.build_info.clone()) {
            image.package = Some(info.path).filter(|path| !path.is_empty());
        }
        self.keep(found, place, bytes, content, decided, Some(image));
    }

    fn keep(
        &self,
        found: &mut Found,
        place: &Place,
        bytes: &[u8],
        mut content: Content,
        decided: Decided,
        mut image: Option<ImageFile>,
    ) {
        let sha256 = inspect::sha256(bytes);
        let signature = image.as_ref().and_then(|image| image.facts.as_ref().ok());
        let signed = signature.and_then(|facts| facts.signature.as_ref().ok()).map(Option::is_some);
        if let Some(image) = &mut image {
            image.sha256 = Some(sha256.clone());
        }
        let object = (content.form == Form::Object).then(|| ObjectFile {
            contents: image::read_object(bytes),
            sha256: Some(sha256.clone()),
            size: Some(bytes.len() as u64),
            ..ObjectFile::unread(place.name(), LinkedBy::Given, decided.claim.clone())
        });
        if object.as_ref().is_some_and(|object| !is_foreign(object)) {
            content.goos = Some("windows".into());
        }
        let file = GivenFile {
            name: place.name(),
            pair: names::pair(&place.steps),
            steps: place.steps.clone(),
            size: bytes.len() as u64,
            sha256,
            claim: decided.claim,
            content,
            signed,
            company: Company::default(),
        };
        found.seen.push(Seen { file, image, object, key: decided.key, dir: place.dir() });
    }

    /// A container of a form that gowoa does not read.
    fn closed(&self, found: &mut Found, words: &'static str, bytes: &[u8], place: &Place) {
        let reason =
            format!("gowoa does not read {}", words.split_once(' ').map_or(words, |w| w.1));
        found.containers.push(GivenContainer {
            problem: Some(Unopened { what: words.into(), reason: reason + "s", limit: false }),
            closed: true,
            sha256: Some(inspect::sha256(bytes)),
            ..self.blank(words, bytes, place)
        });
    }

    fn blank(&self, what: &str, bytes: &[u8], place: &Place) -> GivenContainer {
        GivenContainer {
            name: place.name(),
            what: what.into(),
            claim: self.claim_of_container(place),
            nested: place.steps.len() > 1,
            size: bytes.len() as u64,
            ..GivenContainer::default()
        }
    }

    /// What a container should hold. No content settles it, so a hint stays a hint.
    fn claim_of_container(&self, place: &Place) -> Claim {
        let claim = decide(&place.labels, &Content::default(), None).claim;
        Claim { by: if claim.goarch.is_some() { claim.by } else { Default::default() }, ..claim }
    }

    fn container(
        &self,
        found: &mut Found,
        kind: Kind,
        bytes: &[u8],
        place: &Place,
        budget: &mut Budget,
    ) {
        let before = found.seen.len();
        let (members, problem) = self.members(found, kind, bytes, place, budget);
        let programs = (found.seen.len() - before) as u64;
        let nested = place.steps.len() > 1;
        if nested && programs == 0 && problem.is_none() {
            // Compressed manuals and documents: nobody asked about them.
            *found.others.entry(kind.words().to_owned()).or_default() += 1;
            return;
        }
        found.containers.push(GivenContainer {
            members,
            programs,
            problem,
            // A member has no size on the disk, and its hash is nowhere else to be found.
            sha256: (!nested).then(|| inspect::sha256(bytes)),
            ..self.blank(kind.words(), bytes, place)
        });
    }

    /// Looks at every member; how many there were, and what stopped it.
    fn members(
        &self,
        found: &mut Found,
        kind: Kind,
        bytes: &[u8],
        place: &Place,
        budget: &mut Budget,
    ) -> (u64, Option<Unopened>) {
        let stream = matches!(kind, Kind::Gzip | Kind::Zstd | Kind::Bzip2 | Kind::Xz);
        let mut count = 0;
        let mut inner = None;
        let mut visit = |member: Member<'_>, budget: &mut Budget| {
            if stream && package::kind(&member.bytes) == Some(Kind::Tar) {
                // A compressed tar is one container.
                (count, inner) = self.members(found, Kind::Tar, &member.bytes, place, budget);
                return;
            }
            count += 1;
            let name = match member.name.as_str() {
                "" => stream_name(place.own_name()),
                name => name.to_owned(),
            };
            self.look(found, &member.bytes, &place.member(name), budget);
        };
        let outcome = package::members(bytes, kind, budget, &mut |_, _| true, &mut visit);
        let problem = outcome.err().map(|error| Unopened {
            what: kind.words().into(),
            reason: error.to_string(),
            limit: error.is_limit(),
        });
        (count, problem.or(inner))
    }
}

/// Whether everything in an object or a library is of another system.
fn is_foreign(object: &ObjectFile) -> bool {
    let members = object.contents.as_ref().map_or(&[][..], ObjectContents::members);
    let foreign = |member: &ObjectMember| matches!(member.form, ObjectForm::Foreign { .. });
    !members.is_empty() && members.iter().all(foreign)
}

/// The name of the one file in a stream that does not name it.
fn stream_name(outer: &str) -> String {
    let inner = STREAM_SUFFIXES.iter().find_map(|suffix| outer.strip_suffix(suffix));
    match inner {
        Some(inner) if !inner.is_empty() => inner.to_owned(),
        _ => "(its content)".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_know_their_directory_and_their_labels() {
        let place = Place {
            path: "dist/tool.zip".into(),
            steps: vec!["dist/tool.zip".into()],
            labels: parts("dist/tool.zip", 1, ""),
        };
        assert_eq!((place.name().as_str(), place.dir().as_str()), ("dist/tool.zip", "dist"));
        let member = place.member("../bin//tool.exe".into());
        assert_eq!(member.name(), "dist/tool.zip > ../bin//tool.exe");
        assert_eq!(member.dir(), "dist/tool.zip > ../bin/");
        let names: Vec<&str> = member.labels.iter().map(|label| label.name.as_str()).collect();
        assert_eq!(names, ["tool.zip", "bin", "tool.exe"]);
        assert_eq!(member.labels[1].key, "dist/tool.zip > ../bin");
        assert_eq!(place.member("tool.exe".into()).dir(), "dist/tool.zip > ");
    }

    #[test]
    fn programs_beyond_the_limit_make_one_problem() {
        let metadata = Metadata::default();
        let look = Look { expect: None, map: false, metadata: &metadata };
        let place = Place { path: "a.zip".into(), steps: vec!["a.zip".into()], labels: Vec::new() };
        let mut found = Found::default();
        assert!(!look.is_full(&mut found, &place));
        for _ in 0..MAX_PROGRAMS {
            let file = GivenFile::default();
            let dir = String::new();
            found.seen.push(Seen { file, image: None, object: None, key: None, dir });
        }
        for _ in 0..3 {
            // Not even the header is looked at.
            look.image(&mut found, FileKind::Pe { machine: 0 }, 0, b"", &place);
        }
        assert_eq!((found.seen.len(), found.problems.len()), (MAX_PROGRAMS, 1));
        assert_eq!(found.others.get(BEYOND), Some(&3));
    }

    #[test]
    fn a_stream_lends_its_name() {
        assert_eq!(stream_name("tool_windows_arm64.exe.gz"), "tool_windows_arm64.exe");
        assert_eq!(stream_name(".gz"), "(its content)");
        assert_eq!(stream_name("data"), "(its content)");
    }
}
