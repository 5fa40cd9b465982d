//! The bytes of a PE image in, facts about it out. Only this module knows the
//! format; it does no I/O, judges nothing, and takes every byte for hostile.
//!
//! [`read`] fails only where there is no image to speak of: the headers and the
//! section table. Each directory behind them is read apart and fails apart, see
//! [`Part`]. Nothing here panics, and the time and
//! memory a file can cost are bounded by the constants at the top of each part.

mod buildinfo;
mod bytes;
pub mod carve;
mod clr;
pub mod code;
mod functions;
mod hybrid;
mod identify;
mod imports;
pub mod map;
mod modinfo;
mod object;
mod pclntab;
mod pe;
mod resources;
mod signature;

pub use self::object::read_object;
pub use functions::{FunctionTable, linked_functions};
pub use identify::{FileKind, identify};
pub use resources::kinds_of_object;

use crate::facts::image::{Hybrid, ImageFacts, MachineKind, Part};

/// Why nothing could be read of a file as a PE image.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    /// The file is something else.
    #[error("not a PE image: this is {found}")]
    NotAnImage {
        /// What it is instead.
        found: FileKind,
    },
    /// A header is cut short or contradicts itself.
    #[error("malformed {what} at offset {offset:#x}: {problem}")]
    Header {
        /// Which header.
        what: &'static str,
        /// Where it begins in the file.
        offset: u64,
        /// What is wrong with it.
        problem: String,
    },
}

/// Reads the facts of one PE image.
///
/// # Errors
///
/// The file is not a PE image, or its headers or section table are malformed.
/// Damage further in is reported in the part of the facts that it concerns.
pub fn read(bytes: &[u8]) -> Result<ImageFacts, ImageError> {
    let (image, headers) = pe::headers(bytes)?;
    let hybrid = hybrid::read(&image);
    Ok(ImageFacts {
        size: bytes.len() as u64,
        machine: headers.machine,
        machine_offset: headers.machine_offset,
        kind: kind(headers.machine, &hybrid),
        pe32_plus: image.pe32_plus,
        characteristics: headers.characteristics,
        characteristics_offset: headers.machine_offset + pe::CHARACTERISTICS_FROM_MACHINE,
        subsystem: headers.subsystem,
        subsystem_offset: headers.machine_offset + pe::SUBSYSTEM_FROM_MACHINE,
        dll_characteristics: headers.dll_characteristics,
        dll_characteristics_offset: headers.machine_offset + pe::DLL_CHARACTERISTICS_FROM_MACHINE,
        image_base: image.image_base,
        entry_point: headers.entry_point,
        linker_version: headers.linker_version,
        imports: imports::read(&image),
        delay_imports: imports::read_delayed(&image),
        clr: clr::read(&image),
        build_info: buildinfo::read(&image),
        pclntab: pclntab::read(&image),
        resources: resources::read(&image),
        signature: signature::read(&image),
        sections: image.sections,
        hybrid,
    })
}

/// The kind of an image. ARM64EC and ARM64X do not show in the header: an
/// ARM64EC image says x64 there and an ARM64X image says ARM64.
fn kind(machine: u16, hybrid: &Part<Hybrid>) -> MachineKind {
    let plain = MachineKind::from_header(machine);
    let Ok(hybrid) = hybrid else { return plain };
    match plain {
        MachineKind::X64 if hybrid.chpe.is_some() => MachineKind::Arm64Ec,
        MachineKind::Arm64 if hybrid.chpe.is_some() || hybrid.arm64x_dynamic_relocations() => {
            MachineKind::Arm64X
        }
        MachineKind::X86 if hybrid.chpe.is_some() => MachineKind::ChpeX86,
        _ => plain,
    }
}
