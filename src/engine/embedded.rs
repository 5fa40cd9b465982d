//! What an image carries: goes from its data into images and containers, and into what they carry. And what the
//! files carry that a package embeds.

use crate::facts::EmbeddedFacts;
use crate::facts::embedded::{
    EmbedFacts, EmbeddedImage, EmbeddedKind, EmbeddedStep, Unopened, place,
};
use crate::facts::image::{ImageFacts, Part};
use crate::facts::resource::VersionInfo;
use crate::image::carve::{self, Carved, Found};
use crate::image::{self, FileKind};
use crate::package::{self, Budget, Kind, Limits, Member};

/// What the containers inside one image may cost: less than those that are given to look into, since they
/// are looked into on every build. 2 GiB are 7 seconds of unpacking.
const LIMITS: Limits =
    Limits { members: 100_000, depth: 5, ratio: 200, member_size: 1 << 30, total_size: 2 << 30 };
/// What the containers in the files of one package may cost: they are looked into on every run, several packages at
/// a time, and what an exe carries of them is looked into again there.
const OF_PACKAGES: Limits =
    Limits { members: 100_000, depth: 5, ratio: 200, member_size: 256 << 20, total_size: 1 << 30 };
/// Images in images. An installer in an installer is 2; more was never met.
const MAX_DEPTH: usize = 4;
/// Images that are listed. The most met in one exe is a few dozen.
const MAX_IMAGES: usize = 2000;
/// What could not be opened, one by one; the rest is counted. A report shows three of them.
const MAX_UNOPENED: usize = 100;
/// Bytes of a stream that are unpacked to see what is in it: the header of a tar archive.
const PEEK: usize = 512;
/// Bytes below which there is no image: the MS-DOS header alone has as many. A compressed one may be small.
const LEAST: u64 = 64;

/// Members of archives that are not unpacked: what they are is known by their names, and none of them is
/// or holds a program.
const NO_PROGRAM: &[&str] = &[
    "css", "csv", "eot", "gif", "go", "htm", "html", "ico", "jpeg", "jpg", "js", "json", "map",
    "md", "mjs", "mod", "mp4", "otf", "pdf", "png", "po", "proto", "py", "sql", "sum", "svg",
    "tmpl", "toml", "ts", "ttf", "txt", "webp", "woff", "woff2", "xml", "yaml", "yml",
];

/// Everything that an image carries.
pub(super) fn look_inside(bytes: &[u8], facts: &ImageFacts) -> EmbeddedFacts {
    let mut search = Search::default();
    let mut budget = Budget::new(LIMITS);
    search.image(At { bytes, path: &[], base: Some(0), depth: 0 }, facts, &mut budget);
    search.finish()
}

/// What is in files of a package, one after the other.
pub(super) struct Files {
    search: Search,
    budget: Budget,
    facts: EmbedFacts,
}

impl Files {
    pub(super) fn new() -> Self {
        Self {
            search: Search::default(),
            budget: Budget::new(OF_PACKAGES),
            facts: EmbedFacts::default(),
        }
    }

    /// Whether a file of that name is looked into.
    pub(super) fn wants(name: &str) -> bool {
        !is_text(name)
    }

    /// Looks into a file, if it begins as an image or a container.
    pub(super) fn file(&mut self, name: &str, bytes: &[u8]) {
        let path = [EmbeddedStep {
            within: "file",
            name: name.to_owned(),
            offset: Some(0),
            section: Some(name.to_owned()),
        }];
        let at = At { bytes, path: &path, base: Some(0), depth: 0 };
        match package::kind(bytes) {
            None => {
                let before = self.search.found.images.len();
                self.search.file(at, &mut self.budget);
                let image = self.search.found.images.get(before);
                let length = carve::image_length(bytes).filter(|&length| length < bytes.len());
                if let (Some(image), Some(image_alone)) =
                    (image, length.and_then(|n| bytes.get(..n)))
                {
                    let cut = super::inspect::sha256(image_alone);
                    self.facts.cut.insert(image.sha256.clone(), cut);
                }
            }
            // A stream may hold anything; archives are opened.
            Some(kind)
                if matches!(kind, Kind::Zip | Kind::Tar | Kind::Cab)
                    || begins_with_image(bytes) =>
            {
                self.search.container(at, kind, &mut self.budget);
            }
            Some(_) => {}
        }
    }

    /// A file that could not be read.
    pub(super) fn unreadable(&mut self, name: &str, reason: String) {
        self.search.unopened(name.to_owned(), reason, false);
    }

    /// What was found; `None` where nothing is an image or a container that holds one.
    pub(super) fn finish(mut self) -> Option<EmbedFacts> {
        self.facts.found = self.search.finish();
        let found = &self.facts.found;
        (!found.images.is_empty() || !found.unopened.is_empty()).then_some(self.facts)
    }
}

/// Bytes that are looked into, and how gowoa came to them.
#[derive(Clone, Copy)]
struct At<'a> {
    bytes: &'a [u8],
    path: &'a [EmbeddedStep],
    /// File offset of the first byte in the outermost file; `None` inside compressed data.
    base: Option<u64>,
    /// Images around it.
    depth: usize,
}

#[derive(Default)]
struct Search {
    found: EmbeddedFacts,
    images: usize,
    /// What could not be opened and is not listed.
    unlisted: usize,
    /// The first limit that stopped one of those.
    unlisted_limit: Option<String>,
}

impl Search {
    /// Looks into the data of an image.
    fn image(&mut self, at: At<'_>, facts: &ImageFacts, budget: &mut Budget) {
        let mut carving = carve::carve(at.bytes, facts);
        if carving.more {
            let what = format!("{}: its data", self::what("the image", at.path));
            self.unopened(what, "it has more heads of containers than are looked at".into(), true);
        }
        carving.found.retain(|carved| carved.found != Found::Stream || worth(at.bytes, carved));
        carve::name(at.bytes, facts, &mut carving.found);
        for carved in carving.found {
            let Some(inner) = at.bytes.get(carved.range.clone()) else { continue };
            let kind = kind(inner, carved.found);
            let mut path = at.path.to_vec();
            path.push(EmbeddedStep {
                within: if carved.resource { "resource" } else { "data" },
                name: carved.name,
                offset: at.base.map(|base| base + carved.offset),
                section: carved.section,
            });
            let base = at.base.map(|base| base + carved.range.start as u64);
            let inner = At { bytes: inner, path: &path, base, depth: at.depth };
            match kind {
                None => self.file(inner, budget),
                Some(kind) => self.container(inner, kind, budget),
            }
        }
    }

    /// Looks into a container.
    fn container(&mut self, at: At<'_>, kind: Kind, budget: &mut Budget) {
        let mut wanted =
            |name: &str, size: Option<u64>| !is_text(name) && size.is_none_or(|size| size >= LEAST);
        let mut visit = |member: Member<'_>, budget: &mut Budget| {
            let base = at.base.zip(member.offset).map(|(base, offset)| base + offset);
            let mut path = at.path.to_vec();
            path.push(EmbeddedStep {
                within: kind.as_str(),
                name: member.name,
                offset: base,
                section: None,
            });
            let inner = At { bytes: &member.bytes, path: &path, base, depth: at.depth };
            match package::kind(&member.bytes) {
                None => self.file(inner, budget),
                Some(kind) => self.container(inner, kind, budget),
            }
        };
        let outcome = package::members(at.bytes, kind, budget, &mut wanted, &mut visit);
        if let Err(error) = outcome {
            let what = what(kind.words(), at.path);
            self.unopened(what, error.to_string(), error.is_limit());
        }
    }

    /// Takes a file that is no container: an image, or nothing of interest.
    fn file(&mut self, at: At<'_>, budget: &mut Budget) {
        if !matches!(image::identify(at.bytes), FileKind::Pe { .. }) {
            return;
        }
        if self.images >= MAX_IMAGES || at.depth >= MAX_DEPTH {
            let limit = if at.depth >= MAX_DEPTH {
                format!("it is in more than {MAX_DEPTH} images that hold each other")
            } else {
                format!("there are more than {MAX_IMAGES} images")
            };
            return self.unopened(what("an image", at.path), limit, true);
        }
        self.images += 1;
        match image::read(at.bytes) {
            Ok(facts) => {
                self.found.images.push(embedded(at, &facts));
                self.image(At { depth: at.depth + 1, ..at }, &facts, budget);
            }
            Err(error) => self.unopened(what("an image", at.path), error.to_string(), false),
        }
    }

    fn unopened(&mut self, what: String, reason: String, limit: bool) {
        if self.found.unopened.len() < MAX_UNOPENED {
            return self.found.unopened.push(Unopened { what, reason, limit });
        }
        self.unlisted += 1;
        if limit {
            self.unlisted_limit.get_or_insert_with(|| format!("{what}: {reason}"));
        }
    }

    /// What was found, with one entry for all that is not listed.
    fn finish(mut self) -> EmbeddedFacts {
        if self.unlisted > 0 {
            let what = format!("{} more", self.unlisted);
            let limit = self.unlisted_limit.is_some();
            let reason = self.unlisted_limit.unwrap_or_else(|| "for reasons like these".into());
            self.found.unopened.push(Unopened { what, reason, limit });
        }
        self.found
    }
}

/// What a find is as a container; `None` for an image.
fn kind(bytes: &[u8], found: Found) -> Option<Kind> {
    match found {
        Found::Image => None,
        Found::Zip | Found::ZipStart => Some(Kind::Zip),
        Found::Cabinet => Some(Kind::Cab),
        Found::Tar => Some(Kind::Tar),
        Found::Stream => package::kind(bytes),
    }
}

/// Whether a name is one of a file that is or holds no program.
fn is_text(name: &str) -> bool {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    NO_PROGRAM.iter().any(|known| extension.eq_ignore_ascii_case(known))
}

/// Whether a stream begins with an image or a container. A program may carry hundreds of streams that do
/// not: gzipped descriptors of its protocols, fonts, pages.
fn worth(bytes: &[u8], carved: &Carved) -> bool {
    begins_with_image(bytes.get(carved.range.clone()).unwrap_or_default())
}

/// Whether what a stream unpacks to begins with an image or a container.
fn begins_with_image(stream: &[u8]) -> bool {
    let Some(kind) = package::kind(stream) else { return false };
    let head = package::peek(stream, kind, PEEK);
    head.starts_with(b"MZ") || package::kind(&head).is_some()
}

/// The facts of one image.
fn embedded(at: At<'_>, facts: &ImageFacts) -> EmbeddedImage {
    let native = facts.subsystem == 1;
    EmbeddedImage {
        path: at.path.to_vec(),
        machine: facts.kind,
        kind: match (native, facts.dll()) {
            (true, _) => EmbeddedKind::Driver,
            (false, true) => EmbeddedKind::Dll,
            (false, false) => EmbeddedKind::Exe,
        },
        any_cpu: facts.any_cpu(),
        code: facts.sections.iter().any(|section| section.executable()),
        subsystem: facts.subsystem,
        header_machine: facts.machine,
        machine_offset: at.base.map(|base| base + facts.machine_offset),
        size: at.bytes.len() as u64,
        sha256: super::inspect::sha256(at.bytes),
        version: version(facts),
    }
}

/// The version resource, if it could be read.
fn version(facts: &ImageFacts) -> Option<VersionInfo> {
    let Ok(Some(resources)) = &facts.resources else { return None };
    let version: &Part<VersionInfo> = resources.version.as_ref()?;
    version.as_ref().ok().cloned()
}

/// What and where, in words.
fn what(kind: &str, path: &[EmbeddedStep]) -> String {
    if path.is_empty() { kind.to_owned() } else { format!("{kind}: {}", place(path)) }
}

#[cfg(test)]
mod tests;
