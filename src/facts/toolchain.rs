//! Which Go, which target, which flags.

use std::collections::BTreeMap;
use std::fmt;

/// Every GOOS, as `go tool dist list` of Go 1.27 has them.
pub const GOOS: &[&str] = &[
    "aix",
    "android",
    "darwin",
    "dragonfly",
    "freebsd",
    "illumos",
    "ios",
    "js",
    "linux",
    "netbsd",
    "openbsd",
    "plan9",
    "solaris",
    "wasip1",
    "windows",
];
/// Every GOARCH, from the same list.
pub const GOARCH: &[&str] = &[
    "386", "amd64", "arm", "arm64", "loong64", "mips", "mips64", "mips64le", "mipsle", "ppc64",
    "ppc64le", "riscv64", "s390x", "wasm",
];

/// A `GOOS/GOARCH` pair.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Target {
    /// GOOS.
    pub goos: String,
    /// GOARCH.
    pub goarch: String,
}

impl Target {
    /// A target from its two words.
    pub fn new(goos: &str, goarch: &str) -> Self {
        Self { goos: goos.into(), goarch: goarch.into() }
    }

    /// windows/arm64: what gowoa is about.
    pub fn windows_arm64() -> Self {
        Self::new("windows", "arm64")
    }

    /// windows/amd64: the control that tells an arm64 problem from a Windows problem.
    pub fn windows_amd64() -> Self {
        Self::new("windows", "amd64")
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.goos, self.goarch)
    }
}

/// The Go installation that does the work.
#[derive(Debug, Clone)]
pub struct Toolchain {
    /// How it was found: `PATH` or `--go`.
    pub origin: String,
    /// Go's version, such as `go1.26.8`.
    pub version: String,
    /// The machine's own target.
    pub host: Target,
    /// `go env`, as far as gowoa needs it.
    pub env: BTreeMap<String, String>,
}

impl Toolchain {
    /// The target that tells a package for another system from one that is broken: the machine's own,
    /// or Linux where that is Windows itself.
    pub fn elsewhere(&self) -> Target {
        if self.host.goos == "windows" { Target::new("linux", "amd64") } else { self.host.clone() }
    }

    /// One variable of `go env`, where it is set and not empty.
    pub fn env(&self, key: &str) -> Option<&str> {
        self.env.get(key).map(String::as_str).filter(|value| !value.is_empty())
    }
}

/// The flags that decide what is built; the same for lists, builds and controls.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BuildFlags {
    /// `-tags`.
    pub tags: Vec<String>,
    /// `-ldflags`.
    pub ldflags: Option<String>,
    /// `-mod`.
    pub mod_mode: Option<String>,
    /// `-buildmode`.
    pub build_mode: Option<String>,
    /// Everything else, as `go build` takes it.
    pub extra: Vec<String>,
}
