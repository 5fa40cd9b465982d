//! The bounds of functions in the ARM64 exception directory (`.pdata`; Microsoft's *ARM64
//! exception handling*, `ARMWinEH.h`). C compilers write it; Go's own linker does not.

use super::MAX_FUNCTIONS;
use crate::facts::image::Part;
use crate::image::bytes::u32_at;
use crate::image::pe::Image;

/// Index of the exception directory among the data directories.
const EXCEPTION_DIRECTORY: usize = 3;
/// Bytes of one record: start, and unwind data or where it is.
const RECORD_SIZE: usize = 8;

/// Visits the functions with the number of their record, until the visitor has enough. An end
/// that is not known is 0.
pub(super) fn functions(
    image: &Image<'_>,
    visit: &mut dyn FnMut(u32, u32, usize) -> bool,
) -> Part<()> {
    let Some((rva, size)) = image.directory(EXCEPTION_DIRECTORY) else { return Ok(()) };
    let found = image.at_rva(rva).ok_or_else(|| {
        format!("the unwind data at RVA {rva:#x} is not in the bytes of any section")
    })?;
    let size = usize::try_from(size).unwrap_or(usize::MAX).min(found.bytes.len());
    let records = found.bytes.get(..size).unwrap_or_default().chunks_exact(RECORD_SIZE);
    for (row, record) in records.enumerate().take(MAX_FUNCTIONS) {
        let (Some(start), Some(data)) = (u32_at(record, 0), u32_at(record, 4)) else { break };
        // Linkers pad with empty records.
        if start == 0 {
            continue;
        }
        let Some(length) = length(image, data) else { continue };
        if !visit(start, start.saturating_add(length), row) {
            break;
        }
    }
    Ok(())
}

/// The length of a function in bytes; `None` for a record that only continues another.
fn length(image: &Image<'_>, data: u32) -> Option<u32> {
    match data & 3 {
        // The RVA of an .xdata record: bits 0 to 17 of its first word count instructions. Where
        // it is not in the file the start is still right.
        0 => {
            let word = image.at_rva(data).and_then(|found| u32_at(found.bytes, 0)).unwrap_or(0);
            Some((word & 0x3_ffff) * 4)
        }
        // Packed: bits 2 to 12.
        1 | 2 => Some(((data >> 2) & 0x7ff) * 4),
        // Reserved on paper, a chained record in practice.
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::pe;

    #[test]
    fn packed_records_carry_their_length() {
        let bytes = include_bytes!("../../../testdata/pe/arm64.exe");
        let (image, _) = pe::headers(bytes).unwrap();
        assert_eq!(length(&image, 5 << 2 | 1), Some(20));
        assert_eq!(length(&image, 0x7ff << 2 | 2 | 1 << 13), Some(0x1ffc));
        assert_eq!(length(&image, 0x1003), None);
        assert_eq!(length(&image, 0x7fff_0000), Some(0), "not in the file");
        // The first word of the code, read as an .xdata record.
        let word = u32_at(image.at_rva(0x1000).unwrap().bytes, 0).unwrap();
        assert_eq!(length(&image, 0x1000), Some((word & 0x3_ffff) * 4));
    }
}
