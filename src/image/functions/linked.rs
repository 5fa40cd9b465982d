//! Which functions of some packages an image holds, with code of their own or inlined.
//!
//! The names of Go's function table are one text (runtime, `funcnametab`): those of every function, and those of
//! functions that only exist inlined into others (cmd/link, `generateFuncnametab`). So one pass over the names
//! finds both, and one over the table which of them have code.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::owner::Owners;
use super::pclntab;
use crate::facts::image::{ImageFacts, Part};
use crate::facts::linked::{FunctionsByPackage, Presence};
use crate::facts::symbol;
use crate::image::pe;

/// Names of functions that are kept of one image; k3s has some 200,000 in all its packages.
const MAX_NAMES: usize = 1_000_000;

/// The functions of the packages whose import paths are wanted. `None` where the image has no function table
/// of Go's; a package of which it holds no function is left out.
///
/// # Errors
/// The headers or the table cannot be read, or there are too many names; then nothing is known.
pub fn linked_functions(
    bytes: &[u8],
    facts: &ImageFacts,
    wanted: &BTreeSet<String>,
) -> Part<Option<FunctionsByPackage>> {
    let (image, _) = pe::headers(bytes).map_err(|error| error.to_string())?;
    let Some((names, rows)) = pclntab::names_of(&image, facts)? else { return Ok(None) };
    let text = names.text().ok_or("the names of the Go function table are cut short")?;
    let owners = Owners::new(facts, Vec::new());

    // Thousands of names have one of a few hundred prefixes, mostly that of the name before.
    let mut known: HashMap<&str, Option<&str>> = HashMap::new();
    let mut before: (&str, Option<&str>) = ("", None);
    let mut found: Vec<(u32, &str, String)> = Vec::new();
    let mut at = 0_usize;
    for name in text.split(|&byte| byte == 0) {
        let offset = at;
        at += name.len() + 1;
        let Some(name) =
            std::str::from_utf8(name).ok().filter(|name| name.len() <= super::MAX_NAME)
        else {
            continue;
        };
        let Some(prefix) = symbol::prefix(name) else { continue };
        if prefix != before.0 {
            let package = *known
                .entry(prefix)
                .or_insert_with(|| wanted.get(&owners.import_path(prefix)).map(String::as_str));
            before = (prefix, package);
        }
        let Some(package) = before.1 else { continue };
        let function = name.get(prefix.len() + 1..).and_then(symbol::function);
        let (Some(function), Ok(offset)) = (function, u32::try_from(offset)) else { continue };
        if found.len() == MAX_NAMES {
            return Err(format!(
                "more than {MAX_NAMES} functions of the packages that are asked about"
            ));
        }
        found.push((offset, package, function));
    }
    let mut bodies = vec![false; found.len()];
    if !found.is_empty() {
        // In order of offset, as the text is.
        for offset in (0..rows).filter_map(|row| names.name_offset(row)) {
            if let Ok(index) = found.binary_search_by_key(&offset, |(offset, _, _)| *offset)
                && let Some(body) = bodies.get_mut(index)
            {
                *body = true;
            }
        }
    }
    let mut functions: FunctionsByPackage = BTreeMap::new();
    for ((_, package, function), body) in found.into_iter().zip(bodies) {
        let presence = if body { Presence::Body } else { Presence::Inlined };
        let of_package = match functions.get_mut(package) {
            Some(of_package) => of_package,
            None => functions.entry(package.to_owned()).or_default(),
        };
        let entry = of_package.entry(function).or_insert(presence);
        *entry = (*entry).max(presence);
    }
    Ok(Some(functions))
}
