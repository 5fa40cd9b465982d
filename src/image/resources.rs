//! The resources of an image: the tree with its data entries, the manifests, and the version.
//!
//! The tree is three directories deep, by type, name and language, and ends in data entries whose
//! addresses the linker relocates (PE format, The .rsrc Section). Nothing in it is believed: an entry whose
//! address was never relocated points at bytes that mean something else.

mod manifest;
mod object;
mod tree;
mod version;

pub use object::kinds_of_object;

use super::bytes::slice;
use super::pe::{Image, Mapped};
use crate::facts::image::{Part, Section};
use crate::facts::resource::{Manifest, ResourceEntry, ResourceKinds, ResourceProblem, Resources};

use tree::{Leaf, Name, Tree};

/// Index of the resource table among the data directories (PE format, Optional Header Data Directories).
const RESOURCE_DIRECTORY: usize = 2;
/// Bytes of manifests that are parsed in one image. A manifest has one to five kilobytes; those that
/// register COM classes have a hundred.
const MAX_MANIFEST_BYTES: u64 = 512 << 10;
/// Manifests that are read; programs have one, or one in each of a few languages.
const MAX_MANIFESTS: usize = 64;

/// Reads the resources; `None` if the image has no resource directory.
pub(super) fn read(image: &Image<'_>) -> Part<Option<Resources>> {
    let Some((rva, size)) = image.directory(RESOURCE_DIRECTORY).filter(|&(_, size)| size != 0)
    else {
        return Ok(None);
    };
    let place =
        || format!("the resource directory at RVA {rva:#x} is not in the bytes of any section");
    let found = image.at_rva(rva).ok_or_else(place)?;
    let section = image.sections.iter().find(|section| holds(section, rva)).ok_or_else(place)?;
    let tree = tree::walk(found.bytes);
    let mut reader =
        Reader { image, section, root: found, budget: image.bytes.len(), exhausted: false };
    let entries: Vec<ResourceEntry> =
        tree.leaves.iter().map(|leaf| reader.entry(leaf, &tree)).collect();
    let mut unread = tree.unread;
    let manifests = manifests(image, &entries, &mut unread);
    if reader.exhausted {
        unread.get_or_insert_with(|| {
            "whether all data is zero: the entries claim more bytes than the file has".into()
        });
    }
    let version = entries
        .iter()
        .find(|entry| entry.kind_id == Some(ResourceKinds::VERSION))
        .map(|entry| version::read(data(image, entry)?, entry.offset.unwrap_or_default()));
    let problem =
        |(message, at): (String, u64)| ResourceProblem { message, offset: found.offset + at };
    Ok(Some(Resources {
        rva,
        offset: found.offset,
        size,
        section: section.name.clone(),
        entries,
        problems: tree.problems.into_iter().map(problem).collect(),
        unread,
        manifests,
        version,
    }))
}

/// Whether an address is in the part of a section that the file has.
fn holds(section: &Section, rva: u32) -> bool {
    rva.checked_sub(section.rva).is_some_and(|delta| delta < section.file_size)
}

/// What data entries are read with.
struct Reader<'a> {
    image: &'a Image<'a>,
    section: &'a Section,
    root: Mapped<'a>,
    /// Bytes that may still be compared with zero: entries can share bytes, so that their sum has no end.
    budget: usize,
    /// Whether the budget kept an entry from an answer.
    exhausted: bool,
}

impl Reader<'_> {
    fn entry(&mut self, leaf: &Leaf, tree: &Tree) -> ResourceEntry {
        let offset = self.offset(leaf);
        // Where the tree lies as addresses: the data may not overlap it.
        let delta = self.root.offset.saturating_sub(u64::from(self.section.file_offset));
        let root = u64::from(self.section.rva) + delta;
        let start = u64::from(leaf.rva).checked_sub(root);
        let overlaps_tree = start.is_some_and(|start| tree.overlaps(start, leaf.size));
        ResourceEntry {
            kind: kind(&leaf.kind),
            kind_id: match leaf.kind {
                Name::Id(id) => Some(id),
                Name::Text(_) => None,
            },
            name: leaf.name.words(),
            language: match leaf.language {
                Name::Id(id) => id,
                Name::Text(_) => 0,
            },
            entry_offset: self.root.offset + u64::from(leaf.offset),
            rva: leaf.rva,
            size: leaf.size,
            zero: offset.is_some_and(|offset| self.zero(offset, leaf.size)),
            offset,
            overlaps_tree,
        }
    }

    /// File offset of the data, if all of it is in the section of the tree.
    fn offset(&self, leaf: &Leaf) -> Option<u64> {
        let delta = leaf.rva.checked_sub(self.section.rva)?;
        let rest = self.section.file_size.checked_sub(delta)?;
        if leaf.size > rest {
            return None;
        }
        let offset = u64::from(self.section.file_offset) + u64::from(delta);
        slice(self.image.bytes, offset, u64::from(leaf.size)).map(|_| offset)
    }

    /// Whether all of the data is zero, as far as the budget reaches.
    fn zero(&mut self, offset: u64, size: u32) -> bool {
        let Some(bytes) = slice(self.image.bytes, offset, u64::from(size)) else { return false };
        let zeros = bytes.iter().take(self.budget).take_while(|&&byte| byte == 0).count();
        self.exhausted |= zeros == self.budget && zeros < bytes.len();
        self.budget -= zeros;
        size > 0 && zeros == bytes.len()
    }
}

/// The bytes of an entry.
fn data<'a>(image: &Image<'a>, entry: &ResourceEntry) -> Part<&'a [u8]> {
    let size = u64::from(entry.size);
    entry.offset.and_then(|offset| slice(image.bytes, offset, size)).ok_or_else(|| {
        format!("its {size:#x} bytes at RVA {:#x} are not in the section of the tree", entry.rva)
    })
}

fn manifests(
    image: &Image<'_>,
    entries: &[ResourceEntry],
    unread: &mut Option<String>,
) -> Vec<Manifest> {
    let mut left = MAX_MANIFEST_BYTES;
    let mut manifests = Vec::new();
    for entry in entries.iter().filter(|entry| entry.kind_id == Some(ResourceKinds::MANIFEST)) {
        let fits = left.checked_sub(u64::from(entry.size));
        let Some(rest) = fits.filter(|_| manifests.len() < MAX_MANIFESTS) else {
            let words = entry.words();
            *unread = Some(format!("manifests from {words} on: too many, or too large together"));
            break;
        };
        left = rest;
        manifests.push(Manifest {
            name: entry.name.clone(),
            entry_offset: entry.entry_offset,
            offset: entry.offset.unwrap_or_default(),
            contents: data(image, entry).and_then(manifest::read),
        });
    }
    manifests
}

/// The name of a type (winuser.h, `RT_*`).
fn kind(name: &Name) -> String {
    let Name::Id(id) = name else { return name.words() };
    let known = match id {
        1 => "RT_CURSOR",
        2 => "RT_BITMAP",
        3 => "RT_ICON",
        4 => "RT_MENU",
        5 => "RT_DIALOG",
        6 => "RT_STRING",
        7 => "RT_FONTDIR",
        8 => "RT_FONT",
        9 => "RT_ACCELERATOR",
        10 => "RT_RCDATA",
        11 => "RT_MESSAGETABLE",
        12 => "RT_GROUP_CURSOR",
        14 => "RT_GROUP_ICON",
        16 => "RT_VERSION",
        17 => "RT_DLGINCLUDE",
        19 => "RT_PLUGPLAY",
        20 => "RT_VXD",
        21 => "RT_ANICURSOR",
        22 => "RT_ANIICON",
        23 => "RT_HTML",
        24 => "RT_MANIFEST",
        _ => return name.words(),
    };
    known.to_owned()
}
