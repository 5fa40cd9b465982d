//! Programs of others that tests ask: those of `scripts/peers.sh`, and those on `PATH`.

#![allow(dead_code, reason = "each test binary asks for some of them")]

use std::path::{Path, PathBuf};

/// Says on the log of the test that it looked at nothing; fails where `GOWOA_PEERS_REQUIRED` wants the peers to be there.
#[expect(clippy::print_stderr, reason = "a test that looks at nothing says why")]
pub(crate) fn skip(why: &str) {
    assert!(std::env::var_os("GOWOA_PEERS_REQUIRED").is_none(), "GOWOA_PEERS_REQUIRED: {why}");
    eprintln!("SKIPPED: {why}");
}

/// Where `scripts/peers.sh` puts them.
pub(crate) fn directory() -> PathBuf {
    let here = || Path::new(env!("CARGO_MANIFEST_DIR")).join("target/peers");
    std::env::var_os("GOWOA_PEERS").map_or_else(here, PathBuf::from)
}

/// A tool of LLVM on `PATH`, the newest first: old ones know less of ARM64EC.
pub(crate) fn llvm(tool: &str) -> Option<PathBuf> {
    let versions = ["-22", "-21", "-20", "-19", ""];
    let found = versions.iter().find_map(|version| which::which(format!("{tool}{version}")).ok());
    if found.is_none() {
        skip(&format!("{tool} is not on PATH"));
    }
    found
}

/// A program among the peers or on `PATH`; says that the test is skipped where there is none.
pub(crate) fn peer(name: &str) -> Option<PathBuf> {
    let peers = directory();
    let places = ["venv/bin", "venv/Scripts", "node_modules/.bin", "bin"];
    let among = places
        .map(|place| peers.join(place))
        .into_iter()
        .find_map(|directory| which::which_in(name, Some(directory), &peers).ok());
    let found = among.or_else(|| which::which(name).ok());
    if found.is_none() {
        skip(&format!("no {name}: run scripts/peers.sh, or name its directory in GOWOA_PEERS"));
    }
    found
}
