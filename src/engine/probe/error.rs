//! Why there is no such module to look at, and what to do about it.

use crate::go::process::ProcessError;

/// Why there is no such module to look at.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// Nobody has heard of the module.
    #[error("there is no module {module}, or the module proxy does not have it")]
    NoModule {
        /// Its path.
        module: String,
        /// Go's words.
        words: String,
    },
    /// The module is there, and has no such version.
    #[error("{module} has no version {version}")]
    NoVersion {
        /// Its path.
        module: String,
        /// As asked for.
        version: String,
        /// The newest versions that it has, newest first.
        newest: Vec<String>,
        /// Go's words.
        words: String,
    },
    /// The modules are there, and none has the package.
    #[error("{package} is in none of the modules asked for")]
    NoPackage {
        /// Its import path.
        package: String,
        /// Go's words.
        words: String,
    },
    /// The module has no package that could be asked about.
    #[error("{module} has no package that a program for Windows could import, and no command")]
    NothingForWindows {
        /// Its path.
        module: String,
    },
    /// Something that is no path, version or name.
    #[error("{what} is not {kind}")]
    Malformed {
        /// As given.
        what: String,
        /// What it should be.
        kind: &'static str,
        /// Go's words.
        words: String,
    },
    /// No network is allowed, and the cache does not have it.
    #[error("the module cache does not have {module}, and no network is allowed")]
    Offline {
        /// Path and version.
        module: String,
        /// Go's words.
        words: String,
    },
    /// The module proxy could not be reached.
    #[error(
        "{module} could not be fetched: the module proxy, or what stands behind it, does not answer"
    )]
    Unreachable {
        /// Path and version.
        module: String,
        /// Go's words.
        words: String,
    },
    /// A newer Go is needed.
    #[error("{module} needs a newer Go than {version}")]
    NewerGo {
        /// Path and version.
        module: String,
        /// The Go that is there.
        version: String,
        /// Go's words.
        words: String,
    },
    /// Go refused for another reason.
    #[error("go get refused {module}")]
    Refused {
        /// Path and version.
        module: String,
        /// Go's words.
        words: String,
    },
    /// Go could not be run.
    #[error(transparent)]
    Process(#[from] ProcessError),
}

impl ProbeError {
    /// What the user can do.
    pub fn next_step(&self) -> String {
        match self {
            Self::NoModule { .. } => {
                "look at the spelling, capitals included; for a private module set GOPRIVATE and GOPROXY".into()
            }
            Self::NoVersion { newest, .. } if !newest.is_empty() => {
                format!("name a version that it has, such as {}", newest.join(", "))
            }
            Self::NoVersion { module, .. } => format!("look for its versions: go list -m -versions {module}"),
            Self::NoPackage { .. } => "name a package that the module has, as its code imports it".into(),
            Self::NothingForWindows { .. } => {
                "name a package with --package PATH if there is one: what has no file for Windows at all is not \
                 asked about"
                    .into()
            }
            Self::Malformed { .. } => "write it as Go does, such as example.com/module@v1.2.3".into(),
            Self::Offline { .. } => "go mod download it first, or leave out --offline and GOPROXY=off".into(),
            Self::Unreachable { .. } => "look at GOPROXY and the network, and try again".into(),
            Self::NewerGo { .. } => {
                "install the Go that is asked for, or allow its download with GOTOOLCHAIN=auto".into()
            }
            Self::Refused { .. } => "mend what go says".into(),
            Self::Process(_) => {
                "run the command by hand; a proxy that answers slowly gets more time with --timeout".into()
            }
        }
    }

    /// Go's own words, where there are any.
    pub fn words(&self) -> &str {
        match self {
            Self::NoModule { words, .. }
            | Self::NoVersion { words, .. }
            | Self::NoPackage { words, .. }
            | Self::Malformed { words, .. }
            | Self::Offline { words, .. }
            | Self::Unreachable { words, .. }
            | Self::NewerGo { words, .. }
            | Self::Refused { words, .. } => words,
            Self::NothingForWindows { .. } | Self::Process(_) => "",
        }
    }
}
