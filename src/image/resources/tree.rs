//! The directories of a resource tree, in an image or in an object (PE format, The .rsrc Section).
//!
//! Not read with `object`: evidence needs the offset of each entry, and data is held against the bytes
//! that the tree itself takes.

use crate::image::bytes::{slice, u16_at, u32_at};

/// Directories on the way to data: type, name, language (PE format, The .rsrc Section).
const LEVELS: usize = 3;
/// Entries that are walked, on all levels together. DLLs full of icons and texts have some thousands.
const MAX_ENTRIES: usize = 1 << 16;
/// Problems that are kept; the first tells what is wrong.
const MAX_PROBLEMS: usize = 16;
/// UTF-16 units that are kept of a name, which may have 65,535.
const MAX_NAME: u16 = 256;
/// Bytes of `IMAGE_RESOURCE_DIRECTORY`; two counts are at its end.
const DIRECTORY_SIZE: u64 = 16;
/// Bytes of `IMAGE_RESOURCE_DIRECTORY_ENTRY`.
const ENTRY_SIZE: u64 = 8;
/// Bytes of `IMAGE_RESOURCE_DATA_ENTRY`.
const DATA_ENTRY_SIZE: u64 = 16;
/// The bit that makes a name of an id, and a directory of a data entry.
const HIGH: u32 = 1 << 31;

/// A name or a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Name {
    Id(u32),
    Text(String),
}

impl Name {
    pub(super) fn words(&self) -> String {
        match self {
            Self::Id(id) => format!("#{id}"),
            Self::Text(text) => text.clone(),
        }
    }
}

/// One data entry with the way to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Leaf {
    pub(super) kind: Name,
    pub(super) name: Name,
    pub(super) language: Name,
    /// From the root directory to the data entry.
    pub(super) offset: u32,
    /// `OffsetToData`: an RVA in images.
    pub(super) rva: u32,
    pub(super) size: u32,
}

/// What a walk found.
#[derive(Debug, Default)]
pub(super) struct Tree {
    pub(super) leaves: Vec<Leaf>,
    /// What is malformed, with the offset from the root directory.
    pub(super) problems: Vec<(String, u64)>,
    /// What a limit left out.
    pub(super) unread: Option<String>,
    /// The bytes that the tree itself takes, from the root directory; sorted and apart.
    taken: Vec<(u64, u64)>,
}

impl Tree {
    /// Whether bytes at this distance from the root directory belong to the tree itself.
    pub(super) fn overlaps(&self, start: u64, size: u32) -> bool {
        let end = start + u64::from(size);
        let next = self.taken.partition_point(|&(_, taken_end)| taken_end <= start);
        size > 0 && self.taken.get(next).is_some_and(|&(taken_start, _)| taken_start < end)
    }

    /// Sorts what the tree takes and joins what touches.
    fn settle(&mut self) {
        self.taken.sort_unstable();
        let mut joined: Vec<(u64, u64)> = Vec::new();
        for &(start, end) in &self.taken {
            match joined.last_mut() {
                Some(last) if start <= last.1 => last.1 = last.1.max(end),
                _ => joined.push((start, end)),
            }
        }
        self.taken = joined;
    }
}

/// Walks the tree whose root directory begins these bytes.
pub(super) fn walk(bytes: &[u8]) -> Tree {
    let mut walker = Walker { bytes, tree: Tree::default(), entries: 0 };
    walker.directory(0, &mut Vec::new(), &mut Vec::new());
    walker.tree.settle();
    walker.tree
}

/// The types in the root directory: all that is asked of an object.
pub(super) fn types(bytes: &[u8]) -> Option<Vec<Name>> {
    let mut walker = Walker { bytes, tree: Tree::default(), entries: 0 };
    let count = walker.count(0)?;
    (0..count)
        .map(|index| walker.name(u32_at(bytes, DIRECTORY_SIZE + ENTRY_SIZE * index)?))
        .collect()
}

struct Walker<'a> {
    bytes: &'a [u8],
    tree: Tree,
    entries: usize,
}

impl Walker<'_> {
    fn problem(&mut self, message: String, at: u64) {
        if self.tree.problems.len() < MAX_PROBLEMS {
            self.tree.problems.push((message, at));
        }
    }

    /// Entries of a directory: those with names and those with numbers.
    fn count(&self, at: u64) -> Option<u64> {
        let count =
            u64::from(u16_at(self.bytes, at + 12)?) + u64::from(u16_at(self.bytes, at + 14)?);
        slice(self.bytes, at, DIRECTORY_SIZE + ENTRY_SIZE * count).map(|_| count)
    }

    /// Walks one directory. `above`: the directories on the way to it; `path`: the names.
    fn directory(&mut self, at: u32, above: &mut Vec<u32>, path: &mut Vec<Name>) {
        let start = u64::from(at);
        let Some(count) = self.count(start) else {
            return self.problem(
                format!("the directory at {at:#x} of the tree reaches beyond its section"),
                start,
            );
        };
        self.tree.taken.push((start, start + DIRECTORY_SIZE + ENTRY_SIZE * count));
        above.push(at);
        for index in 0..count {
            if self.entries == MAX_ENTRIES {
                self.tree.unread =
                    Some(format!("resources beyond the first {MAX_ENTRIES} entries of the tree"));
                break;
            }
            self.entries += 1;
            self.entry(start + DIRECTORY_SIZE + ENTRY_SIZE * index, above, path);
        }
        above.pop();
    }

    fn entry(&mut self, at: u64, above: &mut Vec<u32>, path: &mut Vec<Name>) {
        // The count was held against the bytes, so both fields are there.
        let (Some(name), Some(target)) = (u32_at(self.bytes, at), u32_at(self.bytes, at + 4))
        else {
            return;
        };
        let Some(name) = self.name(name) else {
            return self.problem(
                format!("an entry has its name at {:#x}, beyond its section", name & !HIGH),
                at,
            );
        };
        path.push(name);
        let below = target & !HIGH;
        match (target & HIGH != 0, path.len() == LEVELS) {
            (true, _) if above.contains(&below) => {
                self.problem(
                    format!(
                        "the tree has a loop: an entry leads back to the directory at {below:#x}"
                    ),
                    at,
                );
            }
            (true, false) => self.directory(below, above, path),
            (true, true) => {
                self.problem("the tree is deeper than type, name and language".into(), at);
            }
            (false, true) => self.leaf(below, at, path),
            (false, false) => {
                let level = path.len();
                self.problem(
                    format!("data on level {level} of the tree, where a directory belongs"),
                    at,
                );
            }
        }
        path.pop();
    }

    fn leaf(&mut self, offset: u32, at: u64, path: &[Name]) {
        let start = u64::from(offset);
        let (Some(rva), Some(size), Some(_)) = (
            u32_at(self.bytes, start),
            u32_at(self.bytes, start + 4),
            slice(self.bytes, start, DATA_ENTRY_SIZE),
        ) else {
            return self.problem(
                format!("the data entry at {offset:#x} of the tree is beyond its section"),
                at,
            );
        };
        self.tree.taken.push((start, start + DATA_ENTRY_SIZE));
        if let [kind, name, language] = path {
            let (kind, name, language) = (kind.clone(), name.clone(), language.clone());
            self.tree.leaves.push(Leaf { kind, name, language, offset, rva, size });
        }
    }

    /// A number, or the text in the tree: its length in UTF-16 units, and the units.
    fn name(&mut self, field: u32) -> Option<Name> {
        if field & HIGH == 0 {
            return Some(Name::Id(field));
        }
        let start = u64::from(field & !HIGH);
        let length = u16_at(self.bytes, start)?;
        let text = slice(self.bytes, start + 2, 2 * u64::from(length))?;
        self.tree.taken.push((start, start + 2 + 2 * u64::from(length)));
        let units = text.chunks_exact(2).take(usize::from(MAX_NAME)).map(|pair| match pair {
            [low, high] => u16::from_le_bytes([*low, *high]),
            _ => 0,
        });
        let text =
            char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER));
        Some(Name::Text(text.collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A directory of entries without names.
    fn directory(entries: &[(u32, u32)]) -> Vec<u8> {
        let mut bytes = vec![0; 14];
        bytes.extend_from_slice(&u16::try_from(entries.len()).expect("few").to_le_bytes());
        for (name, target) in entries {
            bytes.extend_from_slice(&name.to_le_bytes());
            bytes.extend_from_slice(&target.to_le_bytes());
        }
        bytes
    }

    fn tree(last: &[(u32, u32)]) -> Vec<u8> {
        let mut bytes = directory(&[(24, HIGH | 24)]);
        bytes.extend(directory(&[(1, HIGH | 48)]));
        bytes.extend(directory(last));
        bytes
    }

    #[test]
    fn three_levels_lead_to_data_and_its_bytes_are_apart_from_the_tree() {
        let mut bytes = tree(&[(1033, 72)]);
        bytes.extend([0x58, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        let found = walk(&bytes);
        assert_eq!(found.problems, []);
        let leaf = &found.leaves[0];
        assert_eq!((leaf.offset, leaf.rva, leaf.size), (72, 0x58, 4));
        assert_eq!((&leaf.kind, &leaf.language), (&Name::Id(24), &Name::Id(1033)));
        assert!(!found.overlaps(0x58, 4) && !found.overlaps(0x57, 0));
        assert!(found.overlaps(0x57, 1) && found.overlaps(0, 1) && found.overlaps(0, u32::MAX));
        assert_eq!(types(&bytes), Some(vec![Name::Id(24)]));
    }

    #[test]
    fn a_walk_ends_whatever_the_tree_says() {
        let says = |bytes: &[u8]| walk(bytes).problems.first().map(|(words, _)| words.clone());
        assert_eq!(
            says(&tree(&[(1033, HIGH)])).as_deref(),
            Some("the tree has a loop: an entry leads back to the directory at 0x0")
        );
        assert_eq!(
            says(&tree(&[(1033, HIGH | 0x1000)])).as_deref(),
            Some("the tree is deeper than type, name and language")
        );
        assert_eq!(
            says(&tree(&[(1033, 0x1000)])).as_deref(),
            Some("the data entry at 0x1000 of the tree is beyond its section")
        );
        assert_eq!(
            says(&directory(&[(24, 0)])).as_deref(),
            Some("data on level 1 of the tree, where a directory belongs")
        );
        assert_eq!(
            says(&directory(&[(HIGH | 0x1000, 0)])).as_deref(),
            Some("an entry has its name at 0x1000, beyond its section")
        );
        assert!(says(&[0xff; 24]).is_some());
    }

    #[test]
    fn a_tree_that_branches_without_end_is_left_at_the_limit() {
        // 1,000 types lead to one directory of 1,000 names, and these to one of 1,000 languages.
        let size = u32::try_from(directory(&[(0, 0); 1000]).len()).expect("small");
        let mut bytes = directory(&vec![(1, HIGH | size); 1000]);
        bytes.extend(directory(&vec![(1, HIGH | (2 * size)); 1000]));
        bytes.extend(directory(&vec![(1, 3 * size); 1000]));
        bytes.extend([0; 16]);
        let found = walk(&bytes);
        assert!(found.unread.is_some_and(|words| words.contains("65536 entries")));
        assert!(found.leaves.len() < MAX_ENTRIES);
        assert_eq!(found.taken.len(), 1);
    }
}
