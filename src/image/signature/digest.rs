//! The digest of an image as Authenticode takes it: every byte of the file but the checksum, the entry of
//! the certificate table among the data directories, and the table itself.
//!
//! Microsoft's paper hashes the sections one by one in the order of the file and then what follows them.
//! In files without gaps between sections that is the file from start to end, which is what is done here,
//! as `osslsigncode` does it. Bytes behind the table count as well: Windows takes no signature with any.

use der::asn1::ObjectIdentifier;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

use crate::image::bytes::{slice, u32_at};
use crate::image::pe::Image;

/// Algorithms by object identifier. MD5 is named and not computed: no signature for ARM64 is that old.
const MD5: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.2.5");
const SHA_1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.14.3.2.26");
const SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const SHA_384: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2");
const SHA_512: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3");

/// The name of an algorithm, or its object identifier.
pub(super) fn name(algorithm: ObjectIdentifier) -> String {
    match algorithm {
        MD5 => "MD5".to_owned(),
        SHA_1 => "SHA-1".to_owned(),
        SHA_256 => "SHA-256".to_owned(),
        SHA_384 => "SHA-384".to_owned(),
        SHA_512 => "SHA-512".to_owned(),
        other => other.to_string(),
    }
}

/// Lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes of an image that a signature covers, in order.
#[derive(Debug)]
pub(super) struct Covered<'a> {
    parts: [&'a [u8]; 4],
}

impl<'a> Covered<'a> {
    /// `None` where the table begins before the data directories end.
    pub(super) fn new(image: &Image<'a>, table: u32, size: u32) -> Option<Self> {
        // The signature of four bytes and the file header of 20 come before the optional header.
        let optional = u64::from(u32_at(image.bytes, 0x3c)?) + 4 + 20;
        let checksum = optional + 64;
        // The fifth of the data directories, each of 8 bytes.
        let entry = optional + if image.pe32_plus { 112 } else { 96 } + 4 * 8;
        let (table, size) = (u64::from(table), u64::from(size));
        let end = image.bytes.len() as u64;
        let part = |from: u64, to: u64| slice(image.bytes, from, to.checked_sub(from)?);
        Some(Self {
            parts: [
                part(0, checksum)?,
                part(checksum + 4, entry)?,
                part(entry + 8, table)?,
                part(table + size, end)?,
            ],
        })
    }

    fn digest<D: Digest>(&self) -> String {
        let mut hasher = D::new();
        self.parts.iter().for_each(|part| hasher.update(part));
        hex(&hasher.finalize())
    }
}

/// Digests of one image, each computed once.
#[derive(Debug)]
pub(super) struct Digests<'a> {
    covered: &'a Covered<'a>,
    known: Vec<(ObjectIdentifier, String)>,
}

impl<'a> Digests<'a> {
    pub(super) fn new(covered: &'a Covered<'a>) -> Self {
        Self { covered, known: Vec::new() }
    }

    /// The digest of the image; `None` for an algorithm that is not known.
    pub(super) fn of(&mut self, algorithm: ObjectIdentifier) -> Option<String> {
        if let Some((_, digest)) = self.known.iter().find(|(known, _)| *known == algorithm) {
            return Some(digest.clone());
        }
        let digest = match algorithm {
            SHA_1 => self.covered.digest::<Sha1>(),
            SHA_256 => self.covered.digest::<Sha256>(),
            SHA_384 => self.covered.digest::<Sha384>(),
            SHA_512 => self.covered.digest::<Sha512>(),
            _ => return None,
        };
        self.known.push((algorithm, digest.clone()));
        Some(digest)
    }
}
