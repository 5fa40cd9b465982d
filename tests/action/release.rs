//! The table of pins is made from the files of a release, and from nothing that does not agree.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output};

use fs_err as fs;

use sha2::{Digest, Sha256};

use crate::peers::peer;
use crate::root;

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// An archive as the release workflow makes it, with these bytes for gowoa.
fn archive(target: &str, program: &[u8]) -> (String, Vec<u8>) {
    if target.contains("windows") {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        zip.start_file("gowoa.exe", zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(program).unwrap();
        return (format!("gowoa-1.2.3-{target}.zip"), zip.finish().unwrap().into_inner());
    }
    let gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let mut tar = tar::Builder::new(gzip);
    let mut header = tar::Header::new_gnu();
    header.set_size(program.len() as u64);
    tar.append_data(&mut header, "gowoa", program).unwrap();
    (format!("gowoa-1.2.3-{target}.tar.gz"), tar.into_inner().unwrap().finish().unwrap())
}

const TARGETS: [&str; 6] = [
    "x86_64-unknown-linux-musl",
    "x86_64-apple-darwin",
    "x86_64-pc-windows-msvc",
    "aarch64-unknown-linux-musl",
    "aarch64-apple-darwin",
    "aarch64-pc-windows-msvc",
];

fn pin(dist: &Path, pins: &Path, version: &str) -> Output {
    Command::new("bash")
        .arg(root().join("scripts/release-pins.sh"))
        .arg(dist)
        .args([version, "o/r"])
        .env("GOWOA_PINS_FILE", pins)
        .output()
        .unwrap()
}

#[test]
fn a_release_becomes_a_table_of_pins() {
    if peer("unzip").is_none() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let (dist, pins) = (dir.path().join("dist"), dir.path().join("pins"));
    fs::create_dir(&dist).unwrap();
    fs::write(&pins, "# Kept.\nrepository old/name\n1.2.3 x a b\n1.0.0 t c d\n").unwrap();
    let (mut sums, mut rows) = (String::new(), Vec::new());
    for target in TARGETS {
        let program = format!("program for {target}");
        let (name, bytes) = archive(target, program.as_bytes());
        sums.push_str(&format!("{}  {name}\n", sha256(&bytes)));
        rows.push(format!("1.2.3 {target} {} {}", sha256(&bytes), sha256(program.as_bytes())));
        fs::write(dist.join(name), bytes).unwrap();
    }
    fs::write(dist.join("SHA256SUMS"), &sums).unwrap();
    let done = pin(&dist, &pins, "1.2.3");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let table = fs::read_to_string(&pins).unwrap();
    let mut lines = table.lines();
    assert_eq!((lines.next(), lines.next()), (Some("# Kept."), Some("repository o/r")));
    let (mut new, old): (Vec<&str>, Vec<&str>) = lines.partition(|line| line.starts_with("1.2.3 "));
    new.sort_unstable();
    rows.sort_unstable();
    assert_eq!(new, rows);
    assert_eq!(old, ["1.0.0 t c d"], "older versions stay");

    // One byte of one archive is another now.
    let (name, mut bytes) = archive(TARGETS[0], b"program");
    bytes.push(0);
    fs::write(dist.join(&name), bytes).unwrap();
    let refused = pin(&dist, &pins, "1.2.3");
    assert_eq!(refused.status.code(), Some(2));
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(said.contains(&format!("SHA256SUMS does not agree with {name}")), "{said}");
    assert_eq!(fs::read_to_string(&pins).unwrap(), table, "the table stays as it was");

    fs::remove_file(dist.join(&name)).unwrap();
    assert!(!pin(&dist, &pins, "1.2.3").status.success());
    assert!(!pin(&dist, &pins, "1.2.3; id").status.success());
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2, "nothing is left behind");
}

/// Every row of the table is one that the scripts can read.
#[test]
fn the_table_of_this_repository_is_sound() {
    let table = fs::read_to_string(root().join("scripts/action/pins")).unwrap();
    for line in table.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let words: Vec<&str> = line.split(' ').collect();
        let sum = |text: &str| {
            text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
        };
        let sound = match words.as_slice() {
            ["repository", name] => name.split('/').count() == 2,
            [_, target, archive, binary] => TARGETS.contains(target) && sum(archive) && sum(binary),
            _ => false,
        };
        assert!(sound, "{line}");
    }
}
