//! Cabinet files. Fields and limits are those of Microsoft's *Cabinet Format*, compression is that of
//! [MS-MCI] (MSZIP) and [MS-PATCH] (LZX).
//!
//! The files of a folder are compressed in one piece, so a folder is unpacked once and its files are cut
//! from it. The `cab` crate begins a folder anew for each file, which takes hours for a large cabinet of
//! small files; it serves as the other side in the tests.

use std::collections::VecDeque;
use std::io::{self, Read};

use super::budget::Opened;
use super::{FirstError, Member, PackageError, Visit, Wanted, malformed};

/// What is malformed, as it stands in errors.
const WHAT: &str = "the cabinet file";
/// Bytes of CFHEADER before its optional fields.
const HEADER: usize = 36;
/// Bytes of one CFFOLDER before its reserved ones.
const FOLDER: usize = 8;
/// Bytes of one CFFILE before its name.
const FILE: usize = 16;
/// Bytes of one CFDATA before its reserved ones.
const DATA: usize = 8;
/// The most that one block unpacks to, and how far back MSZIP may refer.
const BLOCK: usize = 0x8000;
/// Folder indices at and above this continue in another cabinet.
const CONTINUED: u16 = 0xfffd;
/// Bytes of a file name with its zero.
const MAX_NAME: usize = 256;

/// One CFFOLDER.
struct Folder<'a> {
    /// From its first CFDATA to the end of the cabinet.
    data: &'a [u8],
    /// CFDATA blocks.
    blocks: u16,
    /// `typeCompress`.
    method: u16,
    /// Its files, by where they begin in it.
    files: Vec<File>,
}

/// One CFFILE.
struct File {
    name: String,
    size: u32,
    start: u32,
}

/// The members, folder by folder.
pub(super) fn members(
    bytes: &[u8],
    opened: &mut Opened<'_>,
    wanted: &mut Wanted<'_>,
    visit: &mut Visit<'_>,
) -> Result<(), PackageError> {
    let mut cursor = Cursor { bytes, at: 0 };
    let (mut folders, reserved) =
        folders(&mut cursor).ok_or_else(|| malformed(WHAT, "its header is cut short"))?;
    let mut first = FirstError::default();
    let files = u16_at(bytes, 28).unwrap_or_default();
    cursor.at = u32_at(bytes, 16).unwrap_or_default() as usize;
    for _ in 0..files {
        opened.count()?;
        let (file, folder) =
            file(&mut cursor).ok_or_else(|| malformed(WHAT, "its list of files is cut short"))?;
        if !wanted(&file.name, Some(file.size.into())) {
            continue;
        }
        if folder >= CONTINUED {
            first.take(Err(malformed(&file.name, "a part of it is in another cabinet")))?;
            continue;
        }
        match folders.get_mut(usize::from(folder)) {
            Some(folder) => folder.files.push(file),
            None => {
                first.take(Err(malformed(&file.name, "it is in a folder that is not there")))?
            }
        }
    }
    for mut folder in folders {
        folder.files.sort_by_key(|file| file.start);
        first.take(unpack(folder, reserved, opened, visit))?;
    }
    first.finish()
}

/// Hands out the wanted files of a folder.
fn unpack(
    mut folder: Folder<'_>,
    reserved: usize,
    opened: &mut Opened<'_>,
    visit: &mut Visit<'_>,
) -> Result<(), PackageError> {
    let files = std::mem::take(&mut folder.files);
    let Some(one) = files.first() else { return Ok(()) };
    let mut reader = FolderReader::new(&folder, reserved, &one.name)?;
    let outcome = unpack_files(files, &mut reader, opened, visit);
    opened.spend(reader.overhead());
    outcome
}

/// Hands out these files, which are in order.
fn unpack_files(
    files: Vec<File>,
    reader: &mut FolderReader<'_>,
    opened: &mut Opened<'_>,
    visit: &mut Visit<'_>,
) -> Result<(), PackageError> {
    for file in files {
        let skip = u64::from(file.start).checked_sub(reader.given).ok_or_else(|| {
            malformed(&file.name, "it shares bytes with another file of its folder")
        })?;
        opened.skip(&file.name, &mut *reader, skip)?;
        let spool = opened.read(&file.name, reader.by_ref().take(file.size.into()))?;
        if spool.len() as u64 != u64::from(file.size) {
            return Err(malformed(file.name, "its folder ends before it does"));
        }
        visit(Member { name: file.name, bytes: spool, offset: None }, opened.budget());
    }
    Ok(())
}

/// Reads the header and the folders; also how many reserved bytes each CFDATA has.
fn folders<'a>(cursor: &mut Cursor<'a>) -> Option<(Vec<Folder<'a>>, usize)> {
    const HAS_PREVIOUS: u16 = 1;
    const HAS_NEXT: u16 = 2;
    const HAS_RESERVED: u16 = 4;
    let header = cursor.take(HEADER)?;
    let (count, flags) = (u16_at(header, 26)?, u16_at(header, 30)?);
    let (mut per_folder, mut per_data) = (0, 0);
    if flags & HAS_RESERVED != 0 {
        let sizes = cursor.take(4)?;
        per_folder = usize::from(*sizes.get(2)?);
        per_data = usize::from(*sizes.get(3)?);
        cursor.take(usize::from(u16_at(sizes, 0)?))?;
    }
    // Name of the cabinet and of its disk, for the one before and the one behind.
    for flag in [HAS_PREVIOUS, HAS_NEXT] {
        if flags & flag != 0 {
            cursor.string()?;
            cursor.string()?;
        }
    }
    let folder = |cursor: &mut Cursor<'a>| {
        let entry = cursor.take(FOLDER + per_folder)?;
        Some(Folder {
            data: cursor.bytes.get(u32_at(entry, 0)? as usize..).unwrap_or_default(),
            blocks: u16_at(entry, 4)?,
            method: u16_at(entry, 6)?,
            files: Vec::new(),
        })
    };
    let folders = (0..count).map(|_| folder(cursor)).collect::<Option<_>>()?;
    Some((folders, per_data))
}

/// Reads one file and the index of its folder.
fn file(cursor: &mut Cursor<'_>) -> Option<(File, u16)> {
    let entry = cursor.take(FILE)?;
    let name = super::name(cursor.string()?);
    let file = File { name, size: u32_at(entry, 0)?, start: u32_at(entry, 4)? };
    Some((file, u16_at(entry, 8)?))
}

/// A folder, unpacked while it is read.
struct FolderReader<'a> {
    rest: Cursor<'a>,
    blocks: u16,
    /// Reserved bytes of a CFDATA.
    reserved: usize,
    method: Method,
    /// Unpacked and not given yet.
    ready: VecDeque<u8>,
    /// Bytes given so far.
    given: u64,
    /// Blocks that were begun.
    begun: u64,
}

/// How the blocks of a folder are compressed.
enum Method {
    None,
    MsZip {
        /// The last 32 KiB that were unpacked: MSZIP refers back into them.
        history: Vec<u8>,
    },
    Lzx(Box<lzxd::Lzxd>),
}

impl<'a> FolderReader<'a> {
    /// `member` is named if the folder cannot be unpacked.
    fn new(folder: &Folder<'a>, reserved: usize, member: &str) -> Result<Self, PackageError> {
        Ok(Self {
            rest: Cursor { bytes: folder.data, at: 0 },
            blocks: folder.blocks,
            reserved,
            method: Method::new(folder.method, member)?,
            ready: VecDeque::new(),
            given: 0,
            begun: 0,
        })
    }

    /// What it cost beside the bytes that it gave. Each block costs as much as a full one, whatever its size,
    /// and so does a folder without any: what is set up for them is the larger part of small ones, and many
    /// folders may share the same blocks. Only the last block of a folder should be smaller, but cabinets with
    /// other small blocks are about, and other programs read them.
    fn overhead(&self) -> u64 {
        (self.begun.max(1) * BLOCK as u64).saturating_sub(self.given)
    }

    /// Unpacks the next block; `false` behind the last.
    fn block(&mut self) -> io::Result<bool> {
        let Some(left) = self.blocks.checked_sub(1) else { return Ok(false) };
        self.blocks = left;
        self.begun += 1;
        let data = self.rest.take(DATA + self.reserved).and_then(|head| {
            let (packed, size) = (u16_at(head, 4)?, u16_at(head, 6)?);
            Some((self.rest.take(packed.into())?, usize::from(size)))
        });
        let (packed, size) = data.ok_or_else(|| broken("its data ends inside a block"))?;
        if size > BLOCK {
            return Err(broken("a block is larger than 32 KiB"));
        }
        // The first half of a block that goes on in another cabinet, or nothing at all, 65,535 times.
        if size == 0 {
            return Err(broken("a block is empty"));
        }
        self.method.unpack(packed, size, &mut self.ready)?;
        Ok(true)
    }
}

impl Read for FolderReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.ready.is_empty() {
            if !self.block()? {
                return Ok(0);
            }
        }
        let read = self.ready.read(buffer)?;
        self.given += read as u64;
        Ok(read)
    }
}

impl Method {
    /// By `typeCompress`: the method in the low four bits, for LZX the window from bit 8.
    fn new(number: u16, member: &str) -> Result<Self, PackageError> {
        let unknown = |method: &str| PackageError::Method {
            member: member.to_owned(),
            method: method.to_owned(),
        };
        match number & 0xf {
            0 => Ok(Self::None),
            1 => Ok(Self::MsZip { history: Vec::new() }),
            2 => Err(unknown("Quantum")),
            3 => {
                let window = window(number >> 8 & 0x1f);
                window
                    .map(|size| Self::Lzx(Box::new(lzxd::Lzxd::new(size))))
                    .ok_or_else(|| unknown("LZX of an unknown window"))
            }
            other => Err(unknown(&format!("method {other}"))),
        }
    }

    /// Unpacks one block of `size` bytes.
    fn unpack(&mut self, packed: &[u8], size: usize, out: &mut VecDeque<u8>) -> io::Result<()> {
        match self {
            Self::None if packed.len() == size => out.extend(packed),
            Self::None => return Err(broken("the two sizes of a stored block differ")),
            Self::MsZip { history } => {
                let unpacked = ms_zip(packed, size, history)?;
                out.extend(&unpacked);
                history.extend(unpacked);
                history.drain(..history.len().saturating_sub(BLOCK));
            }
            Self::Lzx(lzx) => {
                let unpacked = lzx.decompress_next(packed, size);
                out.extend(unpacked.map_err(|error| broken(&error.to_string()))?);
            }
        }
        Ok(())
    }
}

/// One block of MSZIP: `CK`, then deflate whose window begins with the block before.
fn ms_zip(packed: &[u8], size: usize, history: &[u8]) -> io::Result<Vec<u8>> {
    let deflated = packed.strip_prefix(b"CK").ok_or_else(|| broken("a block lacks its mark CK"))?;
    let mut inflate = flate2::Decompress::new(false);
    if !history.is_empty() {
        inflate.set_dictionary(history).map_err(|error| broken(&error.to_string()))?;
    }
    let mut out = Vec::with_capacity(size);
    inflate
        .decompress_vec(deflated, &mut out, flate2::FlushDecompress::Finish)
        .map_err(|error| broken(&error.to_string()))?;
    if out.len() != size {
        return Err(broken("a block does not unpack to its size"));
    }
    Ok(out)
}

/// The window of LZX by the power of two that it is of.
fn window(power: u16) -> Option<lzxd::WindowSize> {
    use lzxd::WindowSize::{KB32, KB64, KB128, KB256, KB512, MB1, MB2};
    // The format ends at 21; the larger ones are of other users of LZX.
    [KB32, KB64, KB128, KB256, KB512, MB1, MB2].into_iter().nth(usize::from(power.checked_sub(15)?))
}

fn broken(problem: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, problem)
}

/// A place in bytes that a file chose.
struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    /// The next `length` bytes.
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(length)?;
        let taken = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }

    /// The bytes before the next zero.
    fn string(&mut self) -> Option<&'a [u8]> {
        let rest = self.bytes.get(self.at..)?;
        let length = rest.iter().take(MAX_NAME).position(|&byte| byte == 0)?;
        self.take(length + 1)?.get(..length)
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}
