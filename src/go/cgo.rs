//! A C compiler for windows/arm64: found, and proven on an empty object before it is trusted.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::modules::split_flags;
use super::process::{CommandLine, run};

/// `IMAGE_FILE_MACHINE_ARM64`, little-endian, as the first two bytes of a COFF object (PE format,
/// "COFF File Header").
const ARM64_OBJECT: [u8; 2] = [0x64, 0xaa];
/// An empty object takes a moment; zig's first start unpacks its libraries.
const PROOF_LIMIT: Duration = Duration::from_secs(120);

/// A C compiler that was seen to make ARM64 COFF objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CCompiler {
    /// The value of CC.
    pub cc: String,
    /// The value of CXX.
    pub cxx: String,
}

/// Candidates in order: CC, llvm-mingw, zig.
fn candidates(cc: Option<&str>) -> Vec<CCompiler> {
    let pair = |cc: &str, cxx: &str| CCompiler { cc: cc.into(), cxx: cxx.into() };
    let mut list = Vec::new();
    if let Some(cc) = cc.filter(|cc| !cc.trim().is_empty()) {
        let cxx = std::env::var("CXX").unwrap_or_else(|_| guess_cxx(cc));
        list.push(pair(cc, &cxx));
    }
    list.push(pair("aarch64-w64-mingw32-clang", "aarch64-w64-mingw32-clang++"));
    list.push(pair("zig cc -target aarch64-windows-gnu", "zig c++ -target aarch64-windows-gnu"));
    list
}

fn guess_cxx(cc: &str) -> String {
    if cc.contains("zig cc") {
        return cc.replacen("zig cc", "zig c++", 1);
    }
    match cc.strip_suffix("clang") {
        Some(head) => format!("{head}clang++"),
        None => cc.to_owned(),
    }
}

/// Finds a compiler that makes ARM64 Windows objects; every candidate is tried on an empty file.
///
/// # Errors
/// A text that says of each candidate why it does not do, and what to install.
pub async fn find(
    cc: Option<&str>,
    path: Option<&OsStr>,
    scratch: &Path,
) -> Result<CCompiler, String> {
    let mut reasons = Vec::new();
    for candidate in candidates(cc) {
        match prove(&candidate.cc, path, scratch).await {
            Ok(()) => return Ok(candidate),
            Err(reason) => reasons.push(format!("{}: {reason}", candidate.cc)),
        }
    }
    Err(format!("no C compiler makes windows/arm64 objects ({})", reasons.join("; ")))
}

/// Compiles an empty C file and looks at the machine of the object.
async fn prove(cc: &str, path: Option<&OsStr>, scratch: &Path) -> Result<(), String> {
    let words = split_flags(cc);
    let (name, args) = words.split_first().ok_or("empty")?;
    let program: PathBuf =
        which::which_in(name, path, scratch).map_err(|_| "not found on PATH".to_owned())?;
    let io = |error: std::io::Error| error.to_string();
    fs_err::create_dir_all(scratch).map_err(io)?;
    let (source, object) = (scratch.join("empty.c"), scratch.join("empty.o"));
    fs_err::write(&source, "int gowoa_empty;\n").map_err(io)?;
    if object.exists() {
        fs_err::remove_file(&object).map_err(io)?;
    }
    let mut all: Vec<OsString> = args.iter().map(OsString::from).collect();
    all.extend(["-c".into(), source.into(), "-o".into(), object.clone().into()]);
    let command = CommandLine {
        program,
        shown_as: name.clone(),
        args: all,
        env: Vec::new(),
        dir: scratch.to_owned(),
        limit: PROOF_LIMIT,
    };
    let finished = run(&command, |_| {}).await.map_err(|error| error.to_string())?;
    if !finished.success() {
        let first = finished.stderr.lines().next().unwrap_or("no message").to_owned();
        return Err(format!("cannot compile an empty file: {first}"));
    }
    let bytes = fs_err::read(&object).map_err(io)?;
    match bytes.get(..2) {
        Some(machine) if machine == ARM64_OBJECT => Ok(()),
        Some(machine) => Err(format!(
            "makes objects for another machine (first bytes {:02x} {:02x}, ARM64 COFF has 64 aa)",
            machine.first().copied().unwrap_or_default(),
            machine.get(1).copied().unwrap_or_default()
        )),
        None => Err("made an empty object".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_c_plus_plus_compiler_follows_the_c_compiler() {
        assert_eq!(guess_cxx("zig cc -target x"), "zig c++ -target x");
        assert_eq!(
            guess_cxx("/opt/bin/aarch64-w64-mingw32-clang"),
            "/opt/bin/aarch64-w64-mingw32-clang++"
        );
    }

    #[test]
    fn cc_comes_first() {
        assert_eq!(candidates(Some("mycc"))[0].cc, "mycc");
        assert_eq!(candidates(Some(" ")).len(), 2);
    }
}
