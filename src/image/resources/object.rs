//! The resources of a COFF object, as `.syso` files bring them.
//!
//! `rsrc`, `goversioninfo`, `go-winres` and `windres` write one section `.rsrc`; `cvtres` writes the tree
//! to `.rsrc$01` and the data to `.rsrc$02`.

use object::{File, Object, ObjectSection};

use super::tree::{self, Name};
use crate::facts::image::MachineKind;
use crate::facts::resource::ResourceKinds;
use crate::image::bytes::u16_at;

/// Where `Machine` is in the header of an object with many sections (winnt.h, `ANON_OBJECT_HEADER_BIGOBJ`).
const BIGOBJ_MACHINE: u64 = 6;

/// The machine of a COFF object and which resources it has; `None` if it has no resource section.
///
/// # Errors
///
/// The bytes are no COFF object, or a section of resources is malformed.
pub fn kinds_of_object(bytes: &[u8]) -> Result<Option<(MachineKind, ResourceKinds)>, String> {
    let at = match object::FileKind::parse(bytes) {
        Ok(object::FileKind::Coff) => 0,
        Ok(object::FileKind::CoffBig) => BIGOBJ_MACHINE,
        _ => return Err("it is no COFF object".to_owned()),
    };
    let file = File::parse(bytes).map_err(|error| format!("it is malformed: {error}"))?;
    let machine = MachineKind::from_header(u16_at(bytes, at).unwrap_or_default());
    let mut found: Option<ResourceKinds> = None;
    for section in file.sections() {
        if !matches!(section.name_bytes(), Ok(b".rsrc" | b".rsrc$01")) {
            continue;
        }
        let types = section.data().ok().and_then(tree::types);
        let types = types.ok_or_else(|| "its resource directory is cut short".to_owned())?;
        let ids = types.iter().filter_map(|name| match name {
            Name::Id(id) => Some(*id),
            Name::Text(_) => None,
        });
        let kinds = ResourceKinds::of(ids);
        let all = found.get_or_insert_default();
        all.icon |= kinds.icon;
        all.manifest |= kinds.manifest;
        all.version |= kinds.version;
    }
    Ok(found.map(|kinds| (machine, kinds)))
}
