//! Containers: what is read of those in `testdata/containers`, damaged copies of them, limits, and other
//! programs that read the same.
//!
//! `UPDATE_GOLDEN=1 cargo test --test package` writes the golden text anew.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use std::fmt::Write as _;
use std::io::{Cursor, Read, Write as _};
use std::path::{Path, PathBuf};

use gowoa::package::{Budget, Kind, Limits, Member, PackageError, kind, members, spool};
use proptest::prelude::*;
use sha2::{Digest, Sha256};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/containers")
}

/// The containers in `testdata/containers`, by name.
fn fixtures() -> Vec<(String, Vec<u8>)> {
    let mut found: Vec<_> = fs_err::read_dir(folder())
        .expect("testdata/containers is part of the repository")
        .map(|entry| entry.expect("the folder can be read").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|ext| !["py", "txt", "md"].contains(&&*ext.to_string_lossy()))
        })
        .map(|path| {
            let name = path.file_name().expect("a file has a name").to_string_lossy().into_owned();
            (name, fs_err::read(&path).expect("a fixture can be read"))
        })
        .collect();
    found.sort();
    assert!(found.len() > 30, "the fixtures were not found");
    found
}

fn fixture(name: &str) -> Vec<u8> {
    fs_err::read(folder().join(name)).expect("a fixture can be read")
}

fn image(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/pe");
    fs_err::read(folder.join(name)).expect("a fixture can be read")
}

/// One member as the tests compare it.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    name: String,
    bytes: Vec<u8>,
    offset: Option<u64>,
}

fn all(bytes: &[u8], limits: Limits) -> (Vec<Seen>, Result<(), PackageError>) {
    let mut seen = Vec::new();
    let kind = kind(bytes).unwrap_or(Kind::Zip);
    let mut budget = Budget::new(limits);
    let outcome = members(bytes, kind, &mut budget, &mut |_, _| true, &mut |member, _| {
        let (name, offset) = (member.name, member.offset);
        seen.push(Seen { name, bytes: member.bytes.to_vec(), offset });
    });
    (seen, outcome)
}

/// What is read of a container, and of the containers in it.
fn describe(bytes: &[u8], kind: Kind, indent: usize, budget: &mut Budget, text: &mut String) {
    let _ = writeln!(text, "{}", kind.words());
    let pad = " ".repeat(indent);
    let outcome = members(bytes, kind, budget, &mut |_, _| true, &mut |member, budget| {
        let sum = Sha256::digest(&*member.bytes);
        let offset = member.offset.map(|at| format!(" at {at:#x}")).unwrap_or_default();
        let (name, size) = (member.name.escape_debug(), member.bytes.len());
        let _ = write!(text, "{pad}{name:?}: {size} bytes{offset}, ", name = name.to_string());
        match gowoa::package::kind(&member.bytes) {
            Some(kind) => describe(&member.bytes, kind, indent + 2, budget, text),
            None => {
                let _ = writeln!(text, "SHA-256 {:02x}{:02x}{:02x}…", sum[0], sum[1], sum[2]);
            }
        }
    });
    if let Err(error) = outcome {
        let _ = writeln!(text, "{pad}! {error}");
    }
}

#[test]
fn every_container_has_the_members_of_the_golden_text() {
    let mut text = String::new();
    for (name, bytes) in fixtures() {
        // A zip behind other data is no zip to `kind`, and is read nonetheless where it is known to be one.
        assert_eq!(kind(&bytes).is_none(), name == "prefix.zip", "{name}");
        let kind = kind(&bytes).unwrap_or(Kind::Zip);
        let _ = write!(text, "{name}: ");
        describe(&bytes, kind, 2, &mut Budget::new(Limits::default()), &mut text);
    }
    let golden = folder().join("members.txt");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs_err::write(&golden, &text).expect("the golden text can be written");
    }
    let expected = fs_err::read_to_string(&golden).expect("there is a golden text");
    assert_eq!(text, expected.replace("\r\n", "\n"), "UPDATE_GOLDEN=1 if the change is meant");
}

#[test]
fn members_are_the_files_that_were_packed() {
    let (tool, dll) = (image("x64.exe"), image("arm64.dll"));
    for name in ["plain.zip", "prefix.zip", "comment.zip"] {
        let (seen, outcome) = all(&fixture(name), Limits::default());
        assert!(outcome.is_ok(), "{name}: {outcome:?}");
        let names: Vec<_> = seen.iter().map(|member| member.name.as_str()).collect();
        assert_eq!(names, ["bin/tool.exe", "bin/stored.dll", "README.txt"], "{name}");
        assert_eq!((&seen[0].bytes, &seen[1].bytes), (&tool, &dll), "{name}");
        assert!(seen[1].offset.is_some(), "{name}: a stored member has an offset");
    }
    for name in ["ustar.tar", "stored.cab", "mszip.cab"] {
        let (seen, outcome) = all(&fixture(name), Limits::default());
        assert!(outcome.is_ok(), "{name}: {outcome:?}");
        assert!(seen.iter().any(|member| member.bytes == tool), "{name}");
    }
    for name in ["named.gz", "parts.gz", "trailing.gz"] {
        let (seen, outcome) = all(&fixture(name), Limits::default());
        assert!(outcome.is_ok(), "{name}: {outcome:?}");
        assert_eq!(seen[0].bytes, tool, "{name}");
    }
}

#[test]
fn what_is_not_wanted_is_not_read() {
    let bytes = fixture("encrypted.zip");
    let mut budget = Budget::new(Limits::default());
    let mut seen = Vec::new();
    let outcome = members(
        &bytes,
        Kind::Zip,
        &mut budget,
        &mut |name, size| {
            seen.push((name.to_owned(), size));
            false
        },
        &mut |_, _| panic!("nothing was wanted"),
    );
    assert!(outcome.is_ok(), "{outcome:?}");
    assert_eq!(seen, [("a.txt".to_owned(), Some(160)), ("tool.exe".to_owned(), Some(2048))]);
}

/// Limits so small that the test is quick.
fn small() -> Limits {
    Limits { members: 10, depth: 3, ratio: 200, member_size: 1 << 20, total_size: 3 << 20 }
}

fn limit(outcome: Result<(), PackageError>) -> (&'static str, u64) {
    match outcome {
        Err(PackageError::Limit { which, value }) => (which, value),
        other => panic!("no limit: {other:?}"),
    }
}

/// A zip of members that are zeros.
fn zip_of_zeros(sizes: &[usize]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (index, size) in sizes.iter().enumerate() {
        let options = zip::write::SimpleFileOptions::default();
        archive.start_file(format!("{index}.bin"), options).unwrap();
        archive.write_all(&vec![0; *size]).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

#[test]
fn a_member_beyond_the_limit_is_left_out_and_the_others_are_not() {
    let bytes = zip_of_zeros(&[100, (1 << 20) + 1, 200]);
    let (seen, outcome) = all(&bytes, small());
    assert_eq!(seen.iter().map(|member| member.bytes.len()).collect::<Vec<_>>(), [100, 200]);
    assert_eq!(limit(outcome), ("bytes in one member", 1 << 20));
}

#[test]
fn all_members_together_have_a_limit() {
    let bytes = zip_of_zeros(&[1 << 20, 1 << 20, 1 << 19, 1 << 20, 10]);
    let (seen, outcome) = all(&bytes, small());
    assert_eq!(seen.len(), 3);
    assert_eq!(limit(outcome), ("bytes in all members together", 3 << 20));
}

#[test]
fn many_members_have_a_limit() {
    let (seen, outcome) = all(&zip_of_zeros(&[1; 11]), small());
    assert_eq!(seen.len(), 10);
    assert_eq!(limit(outcome), ("members", 10));
}

#[test]
fn containers_in_each_other_have_a_limit() {
    fn dig(bytes: &[u8], budget: &mut Budget, deepest: &mut u32) -> Result<(), PackageError> {
        let Some(kind) = kind(bytes) else { return Ok(()) };
        *deepest += 1;
        let mut inner = Ok(());
        members(bytes, kind, budget, &mut |_, _| true, &mut |member, budget| {
            inner = dig(&member.bytes, budget, deepest);
        })?;
        inner
    }
    let (mut bytes, mut deepest) = (b"core".to_vec(), 0);
    for _ in 0..4 {
        bytes = gzip(&bytes);
    }
    let mut budget = Budget::new(small());
    assert_eq!(limit(dig(&bytes, &mut budget, &mut deepest)), ("containers in each other", 3));
    assert_eq!(deepest, 4);
    // What was opened is closed again.
    assert!(dig(&gzip(&gzip(b"core")), &mut budget, &mut deepest).is_ok());
}

#[test]
fn a_bomb_is_stopped_by_what_comes_out_of_it() {
    // 100 MiB of zeros in 100 KiB: more than 200 times, and more than is let pass unasked.
    let bytes = gzip(&vec![0; 1 << 20]).repeat(100);
    let (seen, outcome) = all(&bytes, Limits::default());
    assert!(seen.is_empty());
    assert_eq!(limit(outcome), ("times its own size when it is unpacked", 200));
    // A thousandfold of little is nothing.
    let (seen, outcome) = all(&bytes[..bytes.len() / 100], Limits::default());
    assert!(outcome.is_ok(), "{outcome:?}");
    assert_eq!(seen[0].bytes.len(), 1 << 20);
}

/// The only entry of a zip, `times` times in its directory.
fn repeated(one: &[u8], times: u16) -> Vec<u8> {
    let directory = memchr::memmem::find(one, b"PK\x01\x02").unwrap();
    let end = memchr::memmem::find(one, b"PK\x05\x06").unwrap();
    let entry = &one[directory..end];
    let mut bomb = one[..directory].to_vec();
    bomb.extend(entry.repeat(times.into()));
    let size = u32::try_from(entry.len()).unwrap() * u32::from(times);
    let mut tail = one[end..].to_vec();
    tail[8..10].copy_from_slice(&times.to_le_bytes());
    tail[10..12].copy_from_slice(&times.to_le_bytes());
    tail[12..16].copy_from_slice(&size.to_le_bytes());
    bomb.extend_from_slice(&tail);
    bomb
}

/// What is free of the ratio is so once, and not for each container: a small archive may hold thousands.
#[test]
fn containers_share_what_is_free() {
    let mut budget = Budget::new(Limits::default());
    let mut count = |bytes: &[u8]| {
        let mut seen = 0;
        let mut visit = |_: Member<'_>, _: &mut Budget| seen += 1;
        let outcome = members(bytes, Kind::Zip, &mut budget, &mut |_, _| true, &mut visit);
        (seen, outcome.is_err())
    };
    let bomb = repeated(&zip_of_zeros(&[1 << 20]), 100);
    assert_eq!(count(&bomb), (65, true));
    let (seen, stopped) = count(&bomb);
    assert!(seen < 5 && stopped, "{seen}");
}

/// Many entries that all name the same bytes: the bomb that stays within the ratio of each member.
#[test]
fn entries_that_share_bytes_cost_each_time() {
    let (seen, outcome) = all(&repeated(&zip_of_zeros(&[1 << 20]), 100), Limits::default());
    assert_eq!(limit(outcome), ("times its own size when it is unpacked", 200));
    // 64 MiB beyond the ratio, and what its own few KiB allow.
    assert_eq!(seen.len(), 65);
}

/// The same with bytes that unpack to much before they fail: nothing is handed out, and all of it costs.
#[test]
fn entries_that_fail_cost_what_was_unpacked() {
    let mut deflate = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    deflate.write_all(&vec![0; 1 << 20]).unwrap();
    deflate.flush().unwrap();
    let mut broken = deflate.get_ref().clone();
    // A block of the type that does not exist.
    broken.push(0xff);
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    archive.start_file("a.bin", stored).unwrap();
    archive.write_all(&broken).unwrap();
    let mut one = archive.finish().unwrap().into_inner();
    let directory = memchr::memmem::find(&one, b"PK\x01\x02").unwrap();
    for method in [8, directory + 10] {
        one[method] = 8;
    }
    let (seen, outcome) = all(&repeated(&one, 50), Limits::default());
    assert!(seen.is_empty());
    assert!(matches!(outcome, Err(PackageError::Malformed { .. })), "{outcome:?}");
    let (_, outcome) = all(&repeated(&one, 100), Limits::default());
    assert_eq!(limit(outcome), ("times its own size when it is unpacked", 200));
}

/// A cabinet of many folders, each with one file, that all share one run of stored blocks.
fn shared_blocks(folders: u16, file_size: u32, blocks: &[&[u8]]) -> Vec<u8> {
    let file_list = 36 + 8 * u32::from(folders);
    let data = file_list + 18 * u32::from(folders);
    let mut bytes = b"MSCF".to_vec();
    for field in [0, 0, 0, file_list, 0] {
        bytes.extend(u32::to_le_bytes(field));
    }
    for field in [0x103, folders, folders, 0, 0, 0] {
        bytes.extend(u16::to_le_bytes(field));
    }
    for _ in 0..folders {
        bytes.extend(data.to_le_bytes());
        bytes.extend(u16::try_from(blocks.len()).unwrap().to_le_bytes());
        bytes.extend([0, 0]);
    }
    for folder in 0..folders {
        bytes.extend(file_size.to_le_bytes());
        bytes.extend([0; 4]);
        bytes.extend(folder.to_le_bytes());
        bytes.extend([0; 6]);
        bytes.extend(b"a\0");
    }
    for block in blocks {
        let length = u16::try_from(block.len()).unwrap();
        bytes.extend([0; 4]);
        bytes.extend(length.to_le_bytes());
        bytes.extend(length.to_le_bytes());
        bytes.extend(*block);
    }
    bytes
}

#[test]
fn blocks_of_a_cabinet_cost_whatever_they_hold() {
    let (seen, outcome) = all(&shared_blocks(1, 3, &[b"a", b"bc"]), Limits::default());
    assert!(outcome.is_ok(), "{outcome:?}");
    assert_eq!(seen[0].bytes, b"abc");
    // An empty one is none, so a run of them is not read to its end, again and again.
    let (seen, outcome) = all(&shared_blocks(1, 3, &[b"a", b"", b"bc"]), Limits::default());
    assert!(seen.is_empty());
    assert_eq!(outcome.unwrap_err().to_string(), "a is malformed: a block is empty");
    // 3000 folders of one byte are 3000 blocks of 32 KiB: 64 MiB are 2048 of them, and 200 times the size of the
    // cabinet are the others.
    let cabinet = shared_blocks(3000, 1, &[b"a"]);
    let own = cabinet.len() as u64 * 200;
    let (seen, outcome) = all(&cabinet, Limits::default());
    assert_eq!(limit(outcome), ("times its own size when it is unpacked", 200));
    assert_eq!(seen.len() as u64, ((64 << 20) + own).div_ceil(32 << 10));
}

/// An archive with one file, whose name has this many bytes.
fn long_name(length: usize) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(4);
    archive.append_data(&mut header, "n".repeat(length), &b"core"[..]).unwrap();
    archive.into_inner().unwrap()
}

#[test]
fn headers_of_a_tar_archive_have_a_limit() {
    let (seen, outcome) = all(&long_name(4096), Limits::default());
    assert!(outcome.is_ok(), "{outcome:?}");
    assert_eq!(seen[0].name, "n".repeat(4096));
    let (seen, outcome) = all(&long_name(100_000), Limits::default());
    assert!(outcome.is_ok(), "{outcome:?}");
    assert_eq!((&*seen[0].name, &*seen[0].bytes), (&*("n".repeat(4096) + "…"), &b"core"[..]));
    let (seen, outcome) = all(&long_name(300_000), Limits::default());
    assert!(seen.is_empty());
    assert_eq!(limit(outcome), ("bytes in the headers of one member", 256 << 10));
}

#[test]
fn much_is_kept_in_a_file_and_read_back() {
    let bytes: Vec<u8> =
        (0..10_000_000_u32).flat_map(|n| n.to_le_bytes()).take(9_999_999).collect();
    assert_eq!(*spool(&*bytes, 10_000_000).unwrap(), *bytes);
    assert_eq!(*spool(&bytes[..100], 100).unwrap(), bytes[..100]);
    assert_eq!(*spool(&b""[..], 0).unwrap(), *b"");
    let error = spool(&*bytes, 9_999_998).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::FileTooLarge);
    assert_eq!(error.to_string(), "it has more than 9999998 bytes");
}

#[test]
fn a_folder_of_a_cabinet_is_unpacked_once() {
    // 500 files of 10 KB: each from the start of the folder would be 1.2 GB.
    let mut builder = cab::CabinetBuilder::new();
    let folder = builder.add_folder(cab::CompressionType::MsZip);
    (0..500).for_each(|index| {
        folder.add_file(format!("dir\\{index}.bin"));
    });
    let mut writer = builder.build(Cursor::new(Vec::new())).unwrap();
    let mut index = 0_usize;
    while let Some(mut file) = writer.next_file().unwrap() {
        let bytes: Vec<u8> = (0..10_000).map(|at| ((at * (index + 1)) >> 3) as u8).collect();
        file.write_all(&bytes).unwrap();
        index += 1;
    }
    let bytes = writer.finish().unwrap().into_inner();
    let (seen, outcome) = all(&bytes, Limits::default());
    assert!(outcome.is_ok(), "{outcome:?}");
    assert_eq!(seen.len(), 500);
    let mut theirs = cab::Cabinet::new(Cursor::new(&bytes)).unwrap();
    for index in [0, 7, 39] {
        let mut expected = Vec::new();
        let name = format!("dir\\{index}.bin");
        theirs.read_file(&name).unwrap().read_to_end(&mut expected).unwrap();
        assert_eq!(seen[index].name, format!("dir/{index}.bin"));
        assert!(seen[index].bytes == expected, "{name}");
    }
}

/// The one small LZX cabinet that can be had without Windows: the test vector of the cab crate (MIT).
#[test]
fn lzx_is_read() {
    let bytes: &[u8] = b"\x4d\x53\x43\x46\x00\x00\x00\x00\x97\x00\x00\x00\x00\x00\x00\x00\x2c\x00\x00\x00\
        \x00\x00\x00\x00\x03\x01\x01\x00\x02\x00\x00\x00\x2d\x05\x00\x00\x5b\x00\x00\x00\x01\x00\x03\x13\
        \x0f\x00\x00\x00\x00\x00\x00\x00\x00\x00\x21\x53\x0d\xb2\x20\x00\x68\x69\x2e\x74\x78\x74\x00\x10\
        \x00\x00\x00\x0f\x00\x00\x00\x00\x00\x21\x53\x0b\xb2\x20\x00\x62\x79\x65\x2e\x74\x78\x74\x00\x5c\
        \xef\x2a\xc7\x34\x00\x1f\x00\x5b\x80\x80\x8d\x00\x30\xf0\x01\x10\x00\x00\x00\x01\x00\x00\x00\x01\
        \x00\x00\x00\x48\x65\x6c\x6c\x6f\x2c\x20\x77\x6f\x72\x6c\x64\x21\x0d\x0a\x53\x65\x65\x20\x79\x6f\
        \x75\x20\x6c\x61\x74\x65\x72\x21\x0d\x0a\x00";
    let (seen, outcome) = all(bytes, Limits::default());
    assert!(outcome.is_ok(), "{outcome:?}");
    assert_eq!(seen[0].bytes, b"Hello, world!\r\n");
    assert_eq!(seen[1].bytes, b"See you later!\r\n");
}

#[test]
fn the_zip_crate_reads_the_same() {
    for name in ["plain.zip", "descriptor.zip", "zip64.zip", "comment.zip"] {
        let bytes = fixture(name);
        let (seen, outcome) = all(&bytes, Limits::default());
        assert!(outcome.is_ok(), "{name}: {outcome:?}");
        let mut theirs = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
        for member in seen {
            let mut expected = Vec::new();
            theirs.by_name(&member.name).unwrap().read_to_end(&mut expected).unwrap();
            assert_eq!(member.bytes, expected, "{name}: {}", member.name);
        }
    }
}

#[test]
fn a_container_cut_short_ends_in_an_error_or_in_fewer_members() {
    for (name, bytes) in fixtures() {
        let whole = all(&bytes, small()).0.len().max(1);
        // Stored data is the larger part of some, and says nothing new byte by byte.
        let step = (bytes.len() / 2000).max(1);
        for length in (0..bytes.len()).step_by(step) {
            let (seen, _) = all(&bytes[..length], small());
            assert!(seen.len() <= whole, "{name} cut to {length}");
        }
    }
}

#[test]
fn damage_ends_in_an_error_or_a_value() {
    for (_, bytes) in fixtures() {
        let step = (bytes.len() / 150).max(1);
        let mut damaged = bytes.clone();
        for at in (0..bytes.len()).step_by(step) {
            for mask in [0xff, 0x01, 0x80] {
                damaged[at] ^= mask;
                let _ = all(&damaged, small());
                damaged[at] ^= mask;
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Whatever stands behind a first few right bytes.
    #[test]
    fn random_bytes_are_no_harm(which in 0..7_usize, rest in proptest::collection::vec(any::<u8>(), 0..2000)) {
        let magic: [&[u8]; 7] = [
            b"PK\x03\x04", b"\x1f\x8b\x08\0", b"\x28\xb5\x2f\xfd", b"MSCF\0\0\0\0", b"\xfd7zXZ\0",
            b"BZh9\x31\x41\x59\x26\x53\x59", b"PK\x05\x06",
        ];
        let bytes = [magic[which], &rest].concat();
        let (seen, _) = all(&bytes, small());
        prop_assert!(seen.iter().map(|member| member.bytes.len() as u64).sum::<u64>() <= small().total_size);
    }

    /// Several bytes of a right container overwritten.
    #[test]
    fn damaged_containers_stay_within_the_limits(
        which in 0..38_usize,
        damage in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..12),
    ) {
        let fixtures = fixtures();
        let (_, mut bytes) = fixtures[which % fixtures.len()].clone();
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let (seen, _) = all(&bytes, small());
        prop_assert!(seen.len() as u64 <= small().members);
        prop_assert!(seen.iter().map(|member| member.bytes.len() as u64).sum::<u64>() <= small().total_size);
    }
}
