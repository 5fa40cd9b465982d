//! `go get` and `go list -m`: modules that are asked for, and why one cannot be had.
//!
//! The words are those of cmd/go from Go 1.24 to 1.27 (modfetch, modload and modget) and of module proxies,
//! which answer 404 or 410 for what does not exist, and 403 where they keep a list of what may be had.

use serde::Deserialize;

use super::json::JsonStream;
use super::process::{CommandLine, ProcessError, run};

/// A module as `go list -m -json` knows it (`go help list`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ModuleInfo {
    /// Path.
    pub path: String,
    /// Version; empty where only versions were asked for.
    pub version: String,
    /// Versions that can be had, oldest first; only where they were asked for.
    pub versions: Vec<String>,
    /// Why its author took the version back, where that is so; the texts may be empty.
    pub retracted: Vec<String>,
    /// The module's go version.
    pub go_version: String,
    error: Option<RawError>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct RawError {
    err: String,
}

impl ModuleInfo {
    /// Why it could not be looked at.
    pub fn error(&self) -> Option<&str> {
        self.error.as_ref().map(|error| error.err.as_str())
    }
}

/// Runs `go list -m -e -json` of one module. `None` where it printed nothing that could be read.
///
/// # Errors
/// When the process could not be run to its end.
pub async fn ask(command: &CommandLine) -> Result<Option<ModuleInfo>, ProcessError> {
    let mut stream = JsonStream::default();
    let mut found = None;
    run(command, |chunk| stream.push(chunk, |info: ModuleInfo| found = Some(info))).await?;
    Ok(found)
}

/// Why `go get` refused, as far as its words tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The proxy or the repository says that it is not there.
    NotThere,
    /// There, and has no such package.
    NoPackage,
    /// Not a path, or not a version that could exist.
    Malformed,
    /// GOPROXY=off, or `--offline`.
    Offline,
    /// The proxy, the repository or the checksum database could not be reached, or failed.
    Unreachable,
    /// A newer Go is needed.
    NewerGo,
    /// The checksum is not the one that is recorded.
    Checksum,
    /// Two requirements contradict each other.
    Conflict,
    /// The module calls itself something else.
    OtherPath,
    /// Words that none of the above matches.
    Other,
}

/// Marks of each reason, in the order in which they are looked for: what is certain first.
const MARKS: &[(Reason, &[&str])] = &[
    (Reason::Checksum, &["SECURITY ERROR", "checksum mismatch"]),
    (Reason::NewerGo, &["requires go >= ", "requires go1.", "requires newer Go"]),
    (Reason::Offline, &["GOPROXY=off", "GOVCS disallows"]),
    (
        Reason::NoPackage,
        &["but does not contain package", "no required module provides package", "is not in std"],
    ),
    (Reason::OtherPath, &["module declares its path as", "module path must match major version"]),
    (
        Reason::Malformed,
        &[
            "malformed module path",
            "malformed import path",
            "disallowed version string",
            "should be v0 or v1",
        ],
    ),
    (
        Reason::Unreachable,
        &[
            "dial tcp",
            "no such host",
            "connection refused",
            "connection reset",
            "i/o timeout",
            "TLS handshake",
            "x509:",
            "proxyconnect",
            "Client.Timeout",
            "500 Internal",
            "502 Bad",
            "503 Service",
            "504 Gateway",
            "429 Too Many",
            "407 Proxy",
            "401 Unauthorized",
            "unexpected EOF",
        ],
    ),
    (
        Reason::NotThere,
        &[
            // A proxy in a directory (`file://`).
            "reading file://",
            "404 Not Found",
            "410 Gone",
            "403 Forbidden",
            "400 Bad Request",
            "unknown revision",
            "no matching versions",
            "unrecognized import path",
            "Repository not found",
            "repository not found",
            "could not read Username",
            "does not appear to be a git repository",
            "invalid version",
        ],
    ),
    (Reason::Conflict, &[", not ", "conflicting requirements", "is excluded by"]),
];

/// Why `go get` refused.
pub fn reason(words: &str) -> Reason {
    let found = MARKS.iter().find(|(_, marks)| marks.iter().any(|mark| words.contains(mark)));
    found.map_or(Reason::Other, |(reason, _)| *reason)
}

/// What `go get` says, without the lines about its progress.
pub fn words(stderr: &str) -> String {
    const PROGRESS: &[&str] =
        &["go: downloading ", "go: added ", "go: upgraded ", "go: downgraded ", "go: finding "];
    let lines = stderr.lines().filter(|line| !PROGRESS.iter().any(|head| line.starts_with(head)));
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_go_are_told_apart() {
        let cases = [
            (
                "go: example.com/no/such@v1.0.0: reading https://proxy.golang.org/example.com/no/such/@v/v1.0.0.info: \
                 404 Not Found\n\tserver response: not found: example.com/no/such@v1.0.0: invalid version",
                Reason::NotThere,
            ),
            (
                "go: example.com/a@v9.9.9: invalid version: unknown revision v9.9.9",
                Reason::NotThere,
            ),
            ("go: example.com/a@v1: module lookup disabled by GOPROXY=off", Reason::Offline),
            (
                "go: example.com/a@v1.0.0: Get \"http://127.0.0.1:9/a/@v/v1.0.0.info\": dial tcp 127.0.0.1:9: \
                 connect: connection refused",
                Reason::Unreachable,
            ),
            (
                "go: module example.com/a@v1.5.7 found, but does not contain package example.com/a/nope",
                Reason::NoPackage,
            ),
            (
                "go: foo@v1.0.0: malformed module path \"foo\": missing dot in first path element",
                Reason::Malformed,
            ),
            (
                "go: example.com/a@v1.0.0 requires go >= 1.99 (running go 1.26.8; GOTOOLCHAIN=local)",
                Reason::NewerGo,
            ),
            (
                "verifying example.com/a@v1.0.0: checksum mismatch\n\tdownloaded: h1:x\n\nSECURITY ERROR",
                Reason::Checksum,
            ),
            (
                "go: example.com/a@v1.0.0 requires example.com/b@v1.2.0, not example.com/b@v1.1.0",
                Reason::Conflict,
            ),
            ("go: something new", Reason::Other),
        ];
        for (words, expected) in cases {
            assert_eq!(reason(words), expected, "{words}");
        }
    }

    #[test]
    fn progress_is_not_among_the_words() {
        let text = "go: downloading example.com/a v1.0.0\ngo: no\n\tserver response: x\ngo: added example.com/a v1\n";
        assert_eq!(words(text), "go: no\n\tserver response: x");
    }
}
