//! The names of the export directory (PE format, The .edata Section).

use super::c_name;
use crate::facts::image::Part;
use crate::image::bytes::{slice, u16_at, u32_at};
use crate::image::pe::Image;

/// Index of the export directory among the data directories.
const EXPORT_DIRECTORY: usize = 0;
/// Names and functions that one directory may state: ordinals have 16 bits.
const MAX_EXPORTS: u32 = 1 << 16;

/// The exports that have a name.
#[derive(Debug)]
pub(super) struct Names<'a> {
    /// RVAs of the names.
    names: &'a [u8],
    /// For each name the index of its function.
    ordinals: &'a [u8],
    /// RVAs of the functions.
    functions: &'a [u8],
    /// RVAs of the directory: what points into it forwards to another DLL.
    directory: std::ops::Range<u32>,
}

impl<'a> Names<'a> {
    /// Finds the directory; `None` if the image has none or exports nothing by name.
    pub(super) fn new(image: &Image<'a>) -> Part<Option<Self>> {
        let Some((rva, size)) = image.directory(EXPORT_DIRECTORY) else { return Ok(None) };
        let found = image.at_rva(rva).ok_or_else(|| {
            format!("the export directory at RVA {rva:#x} is not in the bytes of any section")
        })?;
        let field = |at| {
            u32_at(found.bytes, at).ok_or_else(|| {
                format!("the export directory at offset {:#x} is cut short", found.offset)
            })
        };
        let functions = field(20)?;
        let names = field(24)?;
        if names == 0 || functions == 0 {
            return Ok(None);
        }
        if names > MAX_EXPORTS || functions > MAX_EXPORTS {
            return Err(format!(
                "the export directory at offset {:#x} states {functions} functions and {names} \
                 names, more than ordinals can tell apart",
                found.offset
            ));
        }
        let table = |at, count: u32, size: u64, what: &str| {
            let rva = field(at)?;
            image
                .at_rva(rva)
                .and_then(|found| slice(found.bytes, 0, u64::from(count) * size))
                .ok_or_else(|| {
                    format!("the table of export {what} at RVA {rva:#x} is not in the file")
                })
        };
        Ok(Some(Self {
            functions: table(28, functions, 4, "addresses")?,
            names: table(32, names, 4, "names")?,
            ordinals: table(36, names, 2, "ordinals")?,
            directory: rva..rva.saturating_add(size),
        }))
    }

    /// Visits the named exports with their row among the names, until the visitor has enough.
    pub(super) fn functions(&self, visit: &mut dyn FnMut(u32, usize) -> bool) {
        for row in 0..self.ordinals.len() / 2 {
            let function = u16_at(self.ordinals, 2 * row as u64);
            let rva = function.and_then(|at| u32_at(self.functions, 4 * u64::from(at)));
            let Some(rva) = rva.filter(|rva| !self.directory.contains(rva)) else { continue };
            if !visit(rva, row) {
                return;
            }
        }
    }

    /// The name in a row.
    pub(super) fn name(&self, image: &Image<'a>, row: u32) -> Option<&'a [u8]> {
        let rva = u32_at(self.names, 4 * u64::from(row))?;
        c_name(image.at_rva(rva)?.bytes, 0)
    }
}
