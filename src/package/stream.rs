//! gzip, zstd, bzip2 and xz: one compressed stream, of one part or of several behind each other.

use std::io::{self, Read};

use super::budget::Opened;
use super::{Kind, Member, PackageError, Visit, Wanted};

/// Memory that an xz stream may ask for, in KiB: the dictionary of `xz -9` is 64 MiB.
const XZ_MEMORY_KIB: u32 = 66 << 10;
/// Largest window of a zstd stream, as a power of two: 128 MiB, what `zstd -d` accepts without being asked.
const ZSTD_WINDOW_LOG: u32 = 27;

/// `BZh`, a level, and the magic of a block (pi) or of the end (its root).
pub(super) fn bzip2_magic(bytes: &[u8]) -> bool {
    let level = bytes.get(3).is_some_and(|level| (b'1'..=b'9').contains(level));
    let next = bytes.get(4..10);
    bytes.starts_with(b"BZh")
        && level
        && (next == Some(b"\x31\x41\x59\x26\x53\x59") || next == Some(b"\x17\x72\x45\x38\x50\x90"))
}

/// The one member of a stream.
pub(super) fn member(
    bytes: &[u8],
    kind: Kind,
    opened: &mut Opened<'_>,
    wanted: &mut Wanted<'_>,
    visit: &mut Visit<'_>,
) -> Result<(), PackageError> {
    debug_assert!(kind.one_stream());
    opened.count()?;
    let name = if kind == Kind::Gzip { gzip_name(bytes) } else { String::new() };
    if !wanted(&name, None) {
        return Ok(());
    }
    let spool = opened.read(&name, decoder(bytes, kind))?;
    visit(Member { name, bytes: spool, offset: None }, opened.budget());
    Ok(())
}

/// The first bytes of a compressed stream, unpacked; fewer where it ends or fails earlier. The cheap way to
/// see what is inside.
#[must_use]
pub fn peek(bytes: &[u8], kind: Kind, most: usize) -> Vec<u8> {
    let mut out = Vec::new();
    if kind.one_stream() {
        // An error only means that fewer bytes are known.
        let _ = decoder(bytes, kind).take(most as u64).read_to_end(&mut out);
    }
    out
}

/// What unpacks a stream.
fn decoder(bytes: &[u8], kind: Kind) -> Box<dyn Read + '_> {
    match kind {
        Kind::Zstd => zstd(bytes),
        Kind::Bzip2 => bzip2(bytes),
        Kind::Xz => xz(bytes),
        _ => Box::new(Parts::new(bytes, gzip_part)),
    }
}

/// Unpacks zstd.
pub(super) fn zstd(bytes: &[u8]) -> Box<dyn Read + '_> {
    Box::new(Parts::new(bytes, zstd_part))
}

/// Unpacks bzip2.
pub(super) fn bzip2(bytes: &[u8]) -> Box<dyn Read + '_> {
    Box::new(Parts::new(bytes, bzip2_part))
}

/// Unpacks xz.
pub(super) fn xz(bytes: &[u8]) -> Box<dyn Read + '_> {
    Box::new(Parts::new(bytes, xz_part))
}

/// The file name in a gzip header (RFC 1952, 2.3: FNAME); empty where there is none.
fn gzip_name(bytes: &[u8]) -> String {
    let decoder = flate2::bufread::GzDecoder::new(bytes);
    decoder.header().and_then(|header| header.filename()).map(super::name).unwrap_or_default()
}

/// A decoder of one part that gives back what follows it.
trait Part<'a>: Read {
    /// The bytes behind the part.
    fn rest(self) -> &'a [u8];
}

impl<'a> Part<'a> for flate2::bufread::GzDecoder<&'a [u8]> {
    fn rest(self) -> &'a [u8] {
        self.into_inner()
    }
}

impl<'a> Part<'a> for ::bzip2::bufread::BzDecoder<&'a [u8]> {
    fn rest(self) -> &'a [u8] {
        self.into_inner()
    }
}

impl<'a> Part<'a> for ::zstd::stream::read::Decoder<'static, &'a [u8]> {
    fn rest(self) -> &'a [u8] {
        self.finish()
    }
}

impl<'a> Part<'a> for lzma_rust2::XzReader<&'a [u8]> {
    fn rest(self) -> &'a [u8] {
        self.into_inner()
    }
}

/// Begins to decode a part, if one begins at the first byte.
type Begin<'a, P> = fn(&'a [u8]) -> io::Result<Option<P>>;

fn gzip_part(bytes: &[u8]) -> io::Result<Option<flate2::bufread::GzDecoder<&[u8]>>> {
    Ok(bytes.starts_with(b"\x1f\x8b").then(|| flate2::bufread::GzDecoder::new(bytes)))
}

fn bzip2_part(bytes: &[u8]) -> io::Result<Option<::bzip2::bufread::BzDecoder<&[u8]>>> {
    Ok(bzip2_magic(bytes).then(|| ::bzip2::bufread::BzDecoder::new(bytes)))
}

fn xz_part(bytes: &[u8]) -> io::Result<Option<lzma_rust2::XzReader<&[u8]>>> {
    let reader = || lzma_rust2::XzReader::new_mem_limit(bytes, false, XZ_MEMORY_KIB);
    Ok(bytes.starts_with(b"\xfd7zXZ\0").then(reader))
}

fn zstd_part(bytes: &[u8]) -> io::Result<Option<::zstd::stream::read::Decoder<'static, &[u8]>>> {
    // Frames that hold user data and are skipped: 0x184D2A50 to 0x184D2A5F (RFC 8878, 3.1.2).
    let skippable = bytes.first().is_some_and(|first| first & 0xf0 == 0x50)
        && bytes.get(1..4) == Some(b"\x2a\x4d\x18");
    if !skippable && !bytes.starts_with(b"\x28\xb5\x2f\xfd") {
        return Ok(None);
    }
    let mut decoder = ::zstd::stream::read::Decoder::with_buffer(bytes)?.single_frame();
    decoder.window_log_max(ZSTD_WINDOW_LOG)?;
    Ok(Some(decoder))
}

/// Parts behind each other, read as one stream. What follows the last part is left alone, as gzip does: the
/// padding of a tape, or other data where the stream was found inside another file.
struct Parts<'a, P> {
    begin: Begin<'a, P>,
    part: Option<P>,
    next: &'a [u8],
}

impl<'a, P: Part<'a>> Parts<'a, P> {
    fn new(bytes: &'a [u8], begin: Begin<'a, P>) -> Self {
        Self { begin, part: None, next: bytes }
    }
}

impl<'a, P: Part<'a>> Read for Parts<'a, P> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            let part = match &mut self.part {
                Some(part) => part,
                None => match (self.begin)(self.next)? {
                    Some(part) => self.part.insert(part),
                    None => return Ok(0),
                },
            };
            let read = part.read(buffer)?;
            if read > 0 {
                return Ok(read);
            }
            let before = self.next.len();
            self.next = self.part.take().map(Part::rest).unwrap_or_default();
            if self.next.len() >= before {
                // A decoder that took nothing would begin again for ever.
                return Err(io::ErrorKind::InvalidData.into());
            }
        }
    }
}
