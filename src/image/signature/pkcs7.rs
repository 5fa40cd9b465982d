//! What is wanted of the PKCS #7 of a signature (RFC 2315 and RFC 5652): the digest that was signed, who
//! signed it, and whether a time stamp and further signatures hang on it.
//!
//! Only the way to these is read, with `der`. A reader of the whole has more reasons to refuse one (a
//! certificate that stands there twice, a serial number that is too long), and none of them concerns the
//! digest.

use der::asn1::{AnyRef, ObjectIdentifier};
use der::{Decode, SliceReader, Tag, TagNumber, Tagged};

/// `id-signedData` (RFC 5652, 5.1).
const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
/// `SPC_INDIRECT_DATA_OBJID`: what Authenticode signs.
const INDIRECT_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.311.2.1.4");
/// Further signatures, among the attributes that are not signed (`szOID_NESTED_SIGNATURE`, wintrust.h).
const NESTED: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.311.2.4.1");
/// A time stamp in the old form: a countersignature (RFC 5652, 11.4).
const COUNTERSIGNATURE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.6");
/// A time stamp of RFC 3161 (`szOID_RFC3161_counterSign`, wincrypt.h).
const TIMESTAMP: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.311.3.3.1");
/// `id-at-commonName` (RFC 5280, appendix A).
const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
/// Signatures that are read of one PKCS #7 with those nested in it.
const MAX_NESTED: usize = 16;

/// One signature.
pub(super) struct Signed<'a> {
    pub(super) algorithm: ObjectIdentifier,
    pub(super) digest: &'a [u8],
    pub(super) signer: Option<String>,
    pub(super) timestamped: bool,
}

/// Reads a signature and those that are nested in it; `None` if it is no Authenticode signature.
pub(super) fn read(bytes: &[u8]) -> Option<Vec<Signed<'_>>> {
    // Zeros may follow up to the next multiple of eight.
    let info = Items::of(bytes).next().filter(|info| info.tag() == Tag::Sequence)?;
    let (first, attributes) = one(info)?;
    let mut all = vec![first];
    let nested = attributes.filter_map(attribute).filter(|(kind, _)| *kind == NESTED);
    for info in nested.flat_map(|(_, values)| values).take(MAX_NESTED) {
        all.push(one(info)?.0);
    }
    Some(all)
}

/// One `ContentInfo` with the attributes of its signer that are not signed.
fn one(info: AnyRef<'_>) -> Option<(Signed<'_>, Items<'_>)> {
    let mut info = Items::within(info);
    if oid(info.next()?)? != SIGNED_DATA {
        return None;
    }
    let mut data = Items::within(Items::within(info.next()?).next()?);
    // Version and digest algorithms come before what was signed.
    let mut content = Items::within(data.nth(2)?);
    if oid(content.next()?)? != INDIRECT_DATA {
        return None;
    }
    // [0] { SpcIndirectDataContent { data, DigestInfo { algorithm { oid }, digest } } }
    let indirect = Items::within(content.next()?).next()?;
    let mut digest = Items::within(Items::within(indirect).nth(1)?);
    let algorithm = oid(Items::within(digest.next()?).next()?)?;
    let digest = digest.next().filter(|digest| digest.tag() == Tag::OctetString)?.value();

    let rest: Vec<AnyRef<'_>> = data.collect();
    let certificates = rest.iter().copied().find(|item| is_context(item, TagNumber::N0));
    let signers = rest.iter().copied().find(|item| item.tag() == Tag::Set)?;
    let mut signer = Items::within(Items::within(signers).next()?);
    let sid = signer.nth(1)?;
    let unsigned = signer.find(|item| is_context(item, TagNumber::N1));
    let attributes = unsigned.map_or(Items::of(&[]), Items::within);
    let timestamped = attributes
        .clone()
        .filter_map(attribute)
        .any(|(kind, _)| kind == COUNTERSIGNATURE || kind == TIMESTAMP);
    let signer = certificates.and_then(|set| common_name(set, sid));
    Some((Signed { algorithm, digest, signer, timestamped }, attributes))
}

/// The common name in the certificate that issuer and serial number lead to.
fn common_name(certificates: AnyRef<'_>, sid: AnyRef<'_>) -> Option<String> {
    let mut sid = Items::within(sid);
    let (issuer, serial) = (sid.next()?, sid.next()?);
    Items::within(certificates).find_map(|certificate| {
        let mut fields = Items::within(Items::within(certificate).next()?)
            .filter(|item| !is_context(item, TagNumber::N0));
        let found = fields.next()?;
        // The algorithm stands between serial number and issuer, the validity before the subject.
        let found_issuer = fields.nth(1)?;
        let subject = fields.nth(1)?;
        if found.value() != serial.value() || found_issuer.value() != issuer.value() {
            return None;
        }
        Items::within(subject).flat_map(Items::within).find_map(|pair| {
            let mut pair = Items::within(pair);
            let name = oid(pair.next()?)?;
            let value = pair.next()?;
            (name == COMMON_NAME).then(|| text(value))
        })
    })
}

/// The text of a name: UTF-16 in a BMPString, else UTF-8 or a part of it.
fn text(value: AnyRef<'_>) -> String {
    if value.tag() != Tag::BmpString {
        return String::from_utf8_lossy(value.value()).into_owned();
    }
    let units = value.value().chunks_exact(2).map(|pair| match pair {
        [high, low] => u16::from_be_bytes([*high, *low]),
        _ => 0,
    });
    char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// An attribute: its type and its values.
fn attribute(item: AnyRef<'_>) -> Option<(ObjectIdentifier, Items<'_>)> {
    let mut parts = Items::within(item);
    Some((oid(parts.next()?)?, Items::within(parts.next()?)))
}

fn oid(item: AnyRef<'_>) -> Option<ObjectIdentifier> {
    (item.tag() == Tag::ObjectIdentifier)
        .then(|| ObjectIdentifier::from_bytes(item.value()).ok())
        .flatten()
}

fn is_context(item: &AnyRef<'_>, wanted: TagNumber) -> bool {
    matches!(item.tag(), Tag::ContextSpecific { number, .. } if number == wanted)
}

/// Values in a row, up to the first that is no DER.
#[derive(Clone)]
struct Items<'a>(Option<SliceReader<'a>>);

impl<'a> Items<'a> {
    fn of(bytes: &'a [u8]) -> Self {
        Self(SliceReader::new(bytes).ok())
    }

    fn within(item: AnyRef<'a>) -> Self {
        Self::of(item.value())
    }
}

impl<'a> Iterator for Items<'a> {
    type Item = AnyRef<'a>;

    fn next(&mut self) -> Option<AnyRef<'a>> {
        AnyRef::decode(self.0.as_mut()?).ok()
    }
}
