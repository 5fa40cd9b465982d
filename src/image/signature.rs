//! The Authenticode signature of an image: the certificate table, the digests that were signed, and the
//! digest that the image has (PE format, The Attribute Certificate Table; Microsoft, "Windows Authenticode
//! Portable Executable Signature Format").
//!
//! Whether the signer's key made the signature and who trusts it is not asked here.

mod digest;
mod pkcs7;

use super::bytes::{slice, u16_at, u32_at};
use super::pe::Image;
use crate::facts::image::Part;
use crate::facts::signature::{Signature, SignedDigest};

use digest::{Covered, Digests};

/// Index of the certificate table among the data directories. Its address is a file offset and no RVA,
/// since the table is never loaded.
const CERTIFICATE_DIRECTORY: usize = 4;
/// Bytes of a `WIN_CERTIFICATE` before the certificate: length, revision, type.
const HEADER_SIZE: u32 = 8;
/// Each certificate begins at a multiple of this, from the start of the table.
const ALIGNMENT: u32 = 8;
/// `WIN_CERT_TYPE_PKCS_SIGNED_DATA`: the one type that Windows verifies.
const PKCS_SIGNED_DATA: u16 = 2;
/// Signatures that are read, nested ones included; files carry one or two.
const MAX_SIGNATURES: usize = 16;

/// Reads the signatures and computes the digests; `None` if the image is not signed.
///
/// An error is a table that is malformed: Windows takes no such signature.
pub(super) fn read(image: &Image<'_>) -> Part<Option<Signature>> {
    let Some((offset, size)) =
        image.directory(CERTIFICATE_DIRECTORY).filter(|&(_, size)| size != 0)
    else {
        return Ok(None);
    };
    let place = format!("the certificate table at offset {offset:#x}");
    let table = slice(image.bytes, u64::from(offset), u64::from(size)).ok_or_else(|| {
        format!("{place} has {size:#x} bytes, and the file ends at {:#x}", image.bytes.len())
    })?;
    let covered = Covered::new(image, offset, size)
        .ok_or_else(|| format!("{place} lies in the headers of the image"))?;
    let mut digests = Digests::new(&covered);
    let mut signatures = Vec::new();
    for (at, kind, bytes) in certificates(table).map_err(|problem| format!("{place} {problem}"))? {
        if kind != PKCS_SIGNED_DATA {
            continue;
        }
        let offset = u64::from(offset) + u64::from(at);
        let signed = pkcs7::read(bytes).ok_or_else(|| {
            format!("the certificate at offset {offset:#x} is no Authenticode signature (PKCS #7)")
        })?;
        for (index, signed) in signed.into_iter().enumerate() {
            if signatures.len() == MAX_SIGNATURES {
                return Err(format!("{place} holds more than {MAX_SIGNATURES} signatures"));
            }
            signatures.push(SignedDigest {
                offset,
                nested: index > 0,
                image_digest: digests.of(signed.algorithm),
                algorithm: digest::name(signed.algorithm),
                signed_digest: digest::hex(signed.digest),
                signer: signed.signer,
                timestamped: signed.timestamped,
            });
        }
    }
    if signatures.is_empty() {
        return Err(format!("{place} holds no Authenticode signature"));
    }
    let end = u64::from(offset) + u64::from(size);
    let trailing = (image.bytes.len() as u64).saturating_sub(end);
    Ok(Some(Signature { offset: u64::from(offset), size, trailing, signatures }))
}

/// The certificates of a table: offset in it, type, bytes.
fn certificates(table: &[u8]) -> Part<Vec<(u32, u16, &[u8])>> {
    let mut found = Vec::new();
    let mut at = 0_u32;
    while let Some(rest) =
        table.get(at as usize..).filter(|rest| rest.iter().any(|&byte| byte != 0))
    {
        if found.len() == MAX_SIGNATURES {
            return Err(format!("holds more than {MAX_SIGNATURES} certificates"));
        }
        let length = u32_at(rest, 0).filter(|&length| length >= HEADER_SIZE);
        let kind = u16_at(rest, 6);
        let (Some(length), Some(kind)) = (length, kind) else {
            return Err(format!("has a certificate without a length at {at:#x}"));
        };
        let body = u64::from(length - HEADER_SIZE);
        let Some(bytes) = slice(rest, u64::from(HEADER_SIZE), body) else {
            return Err(format!(
                "has a certificate of {length:#x} bytes at {at:#x}, and {:#x} are left",
                rest.len()
            ));
        };
        found.push((at, kind, bytes));
        // Behind the last certificate the table may end without padding.
        let Some(next) =
            length.checked_next_multiple_of(ALIGNMENT).and_then(|step| at.checked_add(step))
        else {
            break;
        };
        at = next;
    }
    Ok(found)
}
