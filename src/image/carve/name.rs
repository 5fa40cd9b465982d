//! What a find is called, and how long it is: by the Go value that points to it, by the symbol that is
//! there, by the resource that it is.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

use object::LittleEndian as LE;
use object::pe::ImageFileHeader;
use object::read::ReadRef;
use object::read::coff::{CoffHeader, Symbol as _};

use super::{Carved, Found};
use crate::facts::image::ImageFacts;
use crate::image::bytes::{slice, u64_at};

/// The longest name of an embedded file that is believed. In bytes.
const MAX_NAME: u64 = 1024;
/// Symbols that are read; a Go exe of 100 MB has 300,000.
const MAX_SYMBOLS: usize = 4_000_000;

/// Names the finds, sets their lengths where the image tells them, and leaves out those inside another.
/// `found` is in order of offset, as `carve` gives it.
pub fn name(bytes: &[u8], facts: &ImageFacts, found: &mut Vec<Carved>) {
    if found.is_empty() {
        return;
    }
    let records = records(bytes, facts, found);
    // Addresses whose symbol would name a find: of its bytes, of the variable that points to it.
    let mut nameless = BTreeSet::new();
    for carved in &mut *found {
        if resource(facts, carved) {
            continue;
        }
        let Some(va) = va_of(facts, carved.offset) else { continue };
        if let Some(record) = records.get(&va) {
            let end = carved.range.start.saturating_add(record.length);
            if carved.offset == carved.range.start as u64 && end <= bytes.len() {
                carved.range.end = end;
            }
            carved.name.clone_from(&record.name);
        }
        if carved.name.is_empty() {
            nameless.insert(va);
            nameless.extend(records.get(&va).map(|record| record.va));
        }
    }
    if !nameless.is_empty() {
        let symbols = symbols(bytes, facts, &nameless);
        for carved in found.iter_mut().filter(|carved| carved.name.is_empty()) {
            let Some(va) = va_of(facts, carved.offset) else { continue };
            let variable = records.get(&va).and_then(|record| symbols.get(&record.va));
            carved.name = variable.or(symbols.get(&va)).cloned().unwrap_or_default();
        }
    }
    leave_out_inner(found);
}

/// Leaves out what lies inside an image, or inside a container whose end is known.
fn leave_out_inner(found: &mut Vec<Carved>) {
    let mut outer: Range<usize> = 0..0;
    found.retain(|carved| {
        let start = usize::try_from(carved.offset).unwrap_or(usize::MAX);
        if outer.contains(&start) {
            return false;
        }
        if carved.found != Found::Stream && carved.found != Found::ZipStart {
            outer = start..carved.range.end;
        }
        true
    });
}

/// Names a find that is a resource by the data entry it is in.
fn resource(facts: &ImageFacts, carved: &mut Carved) -> bool {
    let Ok(Some(resources)) = &facts.resources else { return false };
    let entry = resources.entries.iter().find(|entry| {
        let within = |start: u64| (start..start + u64::from(entry.size)).contains(&carved.offset);
        entry.offset.is_some_and(within)
    });
    let Some((entry, start)) = entry.and_then(|entry| Some((entry, entry.offset?))) else {
        return false;
    };
    carved.resource = true;
    carved.name = format!("{} {}", entry.kind, entry.name);
    let end = usize::try_from(start + u64::from(entry.size)).unwrap_or(usize::MAX);
    if carved.found != Found::Zip && end > carved.range.start {
        carved.range.end = carved.range.end.min(end);
    }
    true
}

/// A Go value that points to a find.
#[derive(Debug)]
struct Record {
    /// The name in an `embed.FS`; empty in a string or a slice.
    name: String,
    /// Bytes that it says there are.
    length: usize,
    /// Its own address: that of the variable.
    va: u64,
}

/// The Go values that point to the finds, by address. An `embed.FS` has records of {name pointer, name
/// length, data pointer, data length, hash}, a string is {pointer, length}, a slice {pointer, length,
/// capacity} (Go: embed/embed.go, `type file`; the headers in package reflect). Relocation does not matter:
/// the file holds the addresses at the preferred base.
fn records(bytes: &[u8], facts: &ImageFacts, found: &[Carved]) -> HashMap<u64, Record> {
    let wanted: HashMap<u64, &Carved> =
        found.iter().filter_map(|carved| Some((va_of(facts, carved.offset)?, carved))).collect();
    let (Some(&least), Some(&most)) = (wanted.keys().min(), wanted.keys().max()) else {
        return HashMap::new();
    };
    let mut records = HashMap::new();
    for section in facts.sections.iter().filter(|section| !section.executable()) {
        let start = u64::from(section.file_offset);
        let length = u64::from(section.file_size).min((bytes.len() as u64).saturating_sub(start));
        let data = slice(bytes, start, length).unwrap_or_default();
        for (index, word) in data.as_chunks::<8>().0.iter().enumerate() {
            let word = u64::from_le_bytes(*word);
            if !(least..=most).contains(&word) {
                continue;
            }
            let Some(carved) = wanted.get(&word) else { continue };
            let at = start + index as u64 * 8;
            let Some(record) = record(bytes, facts, carved, at) else { continue };
            // The one with a name says most.
            let unnamed = records.get(&word).is_none_or(|known: &Record| known.name.is_empty());
            if unnamed && (!record.name.is_empty() || !records.contains_key(&word)) {
                records.insert(word, record);
            }
        }
    }
    records
}

/// The Go value whose data pointer stands at `at`, if it is one.
fn record(bytes: &[u8], facts: &ImageFacts, carved: &Carved, at: u64) -> Option<Record> {
    let length = usize::try_from(u64_at(bytes, at + 8)?).ok()?;
    let most = bytes.len().checked_sub(carved.range.start)?;
    // An image can be longer than its sections say, and not shorter.
    let least = if carved.found == Found::Image { carved.range.len() } else { 1 };
    if length < least || length > most {
        return None;
    }
    let name = at.checked_sub(16).and_then(|at| {
        let (pointer, length) = (u64_at(bytes, at)?, u64_at(bytes, at + 8)?);
        embed_path(slice(bytes, offset_of(facts, pointer)?, length.min(MAX_NAME + 1))?)
    });
    Some(Record { name: name.unwrap_or_default(), length, va: va_of(facts, at)? })
}

/// A path as `go:embed` makes them: relative, `/`-separated, of printable characters (io/fs, ValidPath).
fn embed_path(bytes: &[u8]) -> Option<String> {
    let path = std::str::from_utf8(bytes).ok()?;
    let part = |part: &str| !part.is_empty() && part != "." && part != "..";
    let valid = bytes.len() as u64 <= MAX_NAME
        && path.split('/').all(part)
        && !path.chars().any(char::is_control);
    valid.then(|| path.to_owned())
}

/// The address of a file offset, at the preferred base.
fn va_of(facts: &ImageFacts, offset: u64) -> Option<u64> {
    let section = facts
        .sections
        .iter()
        .find(|section| (u64::from(section.file_offset)..section.file_end()).contains(&offset))?;
    let delta = offset - u64::from(section.file_offset);
    facts.image_base.checked_add(u64::from(section.rva))?.checked_add(delta)
}

/// The file offset of an address.
fn offset_of(facts: &ImageFacts, va: u64) -> Option<u64> {
    let rva = va.checked_sub(facts.image_base)?;
    facts.sections.iter().find_map(|section| {
        let delta = rva.checked_sub(section.rva.into())?;
        (delta < section.file_size.into()).then(|| u64::from(section.file_offset) + delta)
    })
}

/// The names of the data symbols at these addresses, from the COFF symbol table, which Go writes unless it
/// is told `-s`.
fn symbols(bytes: &[u8], facts: &ImageFacts, wanted: &BTreeSet<u64>) -> BTreeMap<u64, String> {
    let mut names = BTreeMap::new();
    let mut offset = facts.machine_offset;
    let Ok(header) = bytes.read::<ImageFileHeader>(&mut offset) else { return names };
    let Ok(table) = CoffHeader::symbols(header, bytes) else { return names };
    for (_, symbol) in table.iter().take(MAX_SYMBOLS) {
        let index = usize::from(symbol.section_number.get(LE)).checked_sub(1);
        let section = index.and_then(|index| facts.sections.get(index));
        let Some(section) = section.filter(|section| !section.executable()) else { continue };
        let rva = u64::from(section.rva) + u64::from(symbol.value());
        let Some(va) = facts.image_base.checked_add(rva).filter(|va| wanted.contains(va)) else {
            continue;
        };
        // A section begins with a symbol of its own name.
        if let Ok(name) = symbol.name(table.strings())
            && name != section.name.as_bytes()
        {
            names.entry(va).or_insert_with(|| String::from_utf8_lossy(name).into_owned());
        }
    }
    names
}
