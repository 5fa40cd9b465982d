//! Whether an image is a .NET assembly, and what its header says about machines.

use super::bytes::u32_at;
use super::pe::Image;
use crate::facts::image::{ClrHeader, Part};

/// Index of the CLR runtime header among the data directories.
const CLR_DIRECTORY: usize = 14;
/// Where `Flags` is in the header (ECMA-335, II.25.3.3).
const FLAGS: u64 = 16;

/// Reads the CLR runtime header; `None` if the image is native.
pub(super) fn read(image: &Image<'_>) -> Part<Option<ClrHeader>> {
    let Some((rva, _)) = image.directory(CLR_DIRECTORY) else { return Ok(None) };
    let found = image.at_rva(rva).ok_or_else(|| {
        format!("the CLR header at RVA {rva:#x} is not in the bytes of any section")
    })?;
    let flags = u32_at(found.bytes, FLAGS)
        .ok_or_else(|| format!("the CLR header at offset {:#x} is cut short", found.offset))?;
    Ok(Some(ClrHeader { offset: found.offset, flags }))
}
