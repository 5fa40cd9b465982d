//! Signatures: those of `testdata/pe/signed` against the digests that `osslsigncode` computes.

use std::fmt::Arguments;
use std::path::Path;
use std::process::Command;

use gowoa::facts::image::Part;
use gowoa::facts::signature::Signature;
use gowoa::image::read;

use crate::{fixture, peers};

/// The lines of the golden text.
pub(crate) fn describe(signature: &Part<Option<Signature>>, line: &mut impl FnMut(Arguments<'_>)) {
    let found = match signature {
        Ok(None) => return,
        Ok(Some(found)) => found,
        Err(problem) => return line(format_args!("signature: {problem}")),
    };
    let (offset, size, trailing) = (found.offset, found.size, found.trailing);
    line(format_args!("signature at {offset:#x}: {size:#x} bytes, {trailing} behind it"));
    for one in &found.signatures {
        line(format_args!(
            "  {} at {:#x}, nested {}, signer {:?}, time stamp {}",
            one.algorithm, one.offset, one.nested, one.signer, one.timestamped
        ));
        line(format_args!("  signed {}", one.signed_digest));
        line(format_args!("  image  {}", one.image_digest.as_deref().unwrap_or("not computed")));
    }
}

/// The signature of a fixture, or what is malformed.
fn signature(name: &str) -> Part<Signature> {
    let facts = read(&fixture(&format!("signed/{name}"))).expect("it is an image");
    facts.signature.map(|found| found.expect("it is signed"))
}

/// The digests as `osslsigncode verify` prints them: signed and computed, in turn.
fn by_osslsigncode(name: &str) -> Option<Vec<(String, String)>> {
    let tool = peers::peer("osslsigncode")?;
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/pe/signed").join(name);
    // It fails, since nobody trusts the certificates; the digests are printed before.
    let output = Command::new(tool).arg("verify").arg(path).output().expect("it runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let values = |key: &str| -> Vec<String> {
        let lines = text.lines().filter_map(|line| line.strip_prefix(key)?.split(':').nth(1));
        lines
            .map(|value| value.split_whitespace().next().unwrap_or_default().to_lowercase())
            .collect()
    };
    let (signed, computed) =
        (values("Current message digest"), values("Calculated message digest"));
    assert_eq!(signed.len(), computed.len());
    Some(signed.into_iter().zip(computed).collect())
}

#[test]
fn digests_are_those_of_osslsigncode() {
    let names = [
        "sha1.exe",
        "sha256.exe",
        "sha384.exe",
        "sha512.exe",
        "x86.exe",
        "stamped.exe",
        "checksum.exe",
        "tampered.exe",
        "nested.exe",
    ];
    for name in names {
        let Some(expected) = by_osslsigncode(name) else { return };
        let found = signature(name).expect(name);
        let pair = |signed: &gowoa::facts::signature::SignedDigest| {
            (signed.signed_digest.clone(), signed.image_digest.clone().expect("it is computed"))
        };
        let found: Vec<_> = found.signatures.iter().map(pair).collect();
        assert_eq!(found, expected, "{name}");
        assert_eq!(found.len(), if name == "nested.exe" { 2 } else { 1 });
    }
}

#[test]
fn a_signature_fits_the_image_that_was_signed_and_no_other() {
    let cases = [
        ("sha1.exe", Some(true)),
        ("sha512.exe", Some(true)),
        ("x86.exe", Some(true)),
        ("nested.exe", Some(true)),
        ("two.exe", Some(true)),
        ("checksum.exe", Some(true)),
        ("tampered.exe", Some(false)),
        ("trailing.exe", Some(false)),
    ];
    for (name, fits) in cases {
        assert_eq!(signature(name).expect(name).matches(), fits, "{name}");
    }
    assert_eq!(signature("trailing.exe").expect("it is read").trailing, 16);
    let signers = |name| -> Vec<Option<String>> {
        let found = signature(name).expect(name);
        found.signatures.into_iter().map(|one| one.signer).collect()
    };
    let named = |name: &str| Some(name.to_owned());
    let (first, second) =
        (named("Test certificate of a fixture"), named("Second test certificate"));
    assert_eq!(signers("two.exe"), [first.clone(), second.clone()]);
    assert_eq!(signers("nested.exe"), [first, second]);
    let stamped = |name| signature(name).expect(name).signatures[0].timestamped;
    assert!(stamped("stamped.exe") && !stamped("sha256.exe"));
}

#[test]
fn a_broken_table_says_what_is_wrong() {
    let cases = [
        ("truncated.exe", "and the file ends at"),
        ("overlong.exe", "has a certificate of"),
        ("no-pkcs7.exe", "is no Authenticode signature (PKCS #7)"),
    ];
    for (name, words) in cases {
        let problem = signature(name).expect_err(name);
        assert!(problem.contains(words), "{name}: {problem}");
    }
}

#[test]
fn a_byte_that_is_covered_changes_the_digest() {
    let image = fixture("signed/sha256.exe");
    let whole = signature("sha256.exe").expect("it is read");
    let end = usize::try_from(whole.offset).expect("small");
    // e_lfanew is 0x78: the checksum stands at 0xD0, the entry of the table at 0x120.
    let free = |at: usize| (0xd0..0xd4).contains(&at) || (0x120..0x128).contains(&at);
    let mut damaged = image.clone();
    for at in 0..end {
        damaged[at] ^= 1;
        if let Ok(facts) = read(&damaged) {
            match facts.signature {
                Ok(Some(found)) => assert_eq!(found.matches(), Some(free(at)), "{at:#x}"),
                // A header that leads elsewhere, or the entry itself.
                Ok(None) | Err(_) => assert!(at < 0x200, "{at:#x}"),
            }
        }
        damaged[at] ^= 1;
    }
}
