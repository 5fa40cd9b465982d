//! Reads images: those that were built, and those that were given.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use crate::facts::image::MachineKind;
use crate::facts::{ImageFile, UnitFacts};
use crate::image;
use crate::model::MAX_MAPS;
use crate::plan::Scope;
use crate::platform::map::Mapped;

use super::embedded;

/// Reads the facts of one exe into its place, with its map where that is wanted.
pub(super) fn look(file: &mut ImageFile, scope: Scope, map: bool) {
    let bytes = match Mapped::open(&file.path) {
        Ok(bytes) => bytes,
        Err(error) => {
            file.facts = Err(format!("it cannot be read: {error}"));
            file.missing = true;
            return;
        }
    };
    file.sha256 = Some(sha256(&bytes));
    match scope {
        Scope::Check => {
            read(&bytes, file);
            if map {
                draw(&bytes, file);
            }
        }
        // What it carries is nobody's question in a screening; its code words decide about assembly.
        Scope::Screen => {
            file.facts = image::read(&bytes).map_err(|error| error.to_string());
            let facts = file.facts.as_ref().ok().filter(|facts| facts.kind == MachineKind::Arm64);
            file.code = facts.map(|facts| image::code::scan(&bytes, facts));
        }
    }
}

/// Reads which functions of the wanted packages an exe holds whose facts are known. A test binary holds what its
/// tests need, which says nothing of what is released.
pub(super) fn functions(file: &mut ImageFile, wanted: &BTreeSet<String>) {
    let Ok(facts) = &file.facts else { return };
    if file.test {
        return;
    }
    let functions = match Mapped::open(&file.path) {
        Ok(bytes) => image::linked_functions(&bytes, facts, wanted)
            .and_then(|found| found.ok_or_else(|| "it has no Go function table".to_owned())),
        Err(error) => Err(format!("it cannot be read: {error}")),
    };
    file.linked = Some(functions);
}

/// Reads everything that the bytes of an image say: headers and directories, and, of ARM64 code, every word.
pub fn read(bytes: &[u8], file: &mut ImageFile) {
    file.facts = image::read(bytes).map_err(|error| error.to_string());
    let Ok(facts) = &file.facts else { return };
    let arm64 =
        matches!(facts.kind, MachineKind::Arm64 | MachineKind::Arm64Ec | MachineKind::Arm64X);
    // What is for another machine is judged by its name; nobody asked what its code is.
    if arm64 {
        let (code, embedded) =
            rayon::join(|| image::code::scan(bytes, facts), || embedded::look_inside(bytes, facts));
        file.code = Some(code);
        file.embedded = Some(Ok(embedded));
    }
}

/// Leaves the maps that a report has: those of the first images.
pub(super) fn first_maps(units: &mut [UnitFacts]) {
    let images = units.iter_mut().flat_map(|unit| &mut unit.images);
    let maps = images.map(|image| &mut image.map).filter(|map| map.is_some());
    maps.skip(MAX_MAPS).for_each(|map| *map = None);
}

/// Draws the map of an image that was read.
pub(super) fn draw(bytes: &[u8], file: &mut ImageFile) {
    let Ok(facts) = &file.facts else { return };
    // What the functions cannot tell is drawn by section.
    let Ok(functions) = image::FunctionTable::read(bytes, facts) else { return };
    let code = file.code.as_ref().and_then(|code| code.as_ref().ok());
    let embedded = file.embedded.as_ref().and_then(|embedded| embedded.as_ref().ok());
    let images = embedded.into_iter().flat_map(|embedded| &embedded.images);
    let places: Vec<_> = images
        .filter_map(|image| {
            // What is compressed takes another place than its size says, and is drawn as the data it is in.
            let last = image.path.last()?;
            Some((last.offset?, image.size, last.name.clone()))
        })
        .collect();
    file.map = Some(image::map::map(facts, &functions, code, &places));
}

/// SHA-256 in lower-case hexadecimal.
pub(super) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Bytes in lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ImageMap;

    #[test]
    fn the_units_of_a_report_share_its_maps() {
        let drawn = |number: usize| ImageFile {
            map: (number != 0).then(ImageMap::default),
            ..ImageFile::unread(format!("{number}.exe"), format!("{number}.exe").into())
        };
        let unit = || UnitFacts { images: (0..31).map(drawn).collect(), ..UnitFacts::default() };
        let mut units = [unit(), unit()];
        first_maps(&mut units);
        let maps = units.map(|unit| unit.images.iter().filter(|one| one.map.is_some()).count());
        assert_eq!(maps, [30, MAX_MAPS - 30]);
    }
}
