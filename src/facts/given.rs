//! The files that `gowoa inspect` was given, and what each should be.

use std::fmt;

/// A pair of GOOS and GOARCH.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Platform {
    /// GOOS, such as `windows`.
    pub goos: String,
    /// GOARCH, such as `arm64`.
    pub goarch: String,
}

impl Platform {
    /// What gowoa asks about.
    #[must_use]
    pub fn windows_arm64() -> Self {
        Self { goos: "windows".into(), goarch: "arm64".into() }
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.goos, self.goarch)
    }
}

/// What a file should be, and who says so.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Claim {
    /// GOOS, where something says it.
    pub goos: Option<String>,
    /// GOARCH, where something says it.
    pub goarch: Option<String>,
    /// Who says the GOARCH.
    pub by: ClaimedBy,
    /// Who says the GOOS; often the same, and for `tool.exe` its own name alone.
    pub goos_by: ClaimedBy,
}

impl Claim {
    /// What gowoa builds.
    #[must_use]
    pub fn of_build() -> Self {
        Self {
            goos: Some("windows".into()),
            goarch: Some("arm64".into()),
            by: ClaimedBy::Build,
            goos_by: ClaimedBy::Build,
        }
    }

    /// The GOARCH that the file should be for: what is claimed, else arm64.
    #[must_use]
    pub fn goarch(&self) -> &str {
        self.goarch.as_deref().unwrap_or("arm64")
    }

    /// The GOOS that the file should be for: what is claimed, else windows.
    #[must_use]
    pub fn goos(&self) -> &str {
        self.goos.as_deref().unwrap_or("windows")
    }

    /// Whether the file is meant for windows/arm64.
    #[must_use]
    pub fn windows_arm64(&self) -> bool {
        self.goos() == "windows" && self.goarch() == "arm64"
    }

    /// Whether a name or metadata says that the file is for this platform.
    #[must_use]
    pub fn names(&self, platform: &Platform) -> bool {
        self.by.is_label() && self.goos() == platform.goos && self.goarch() == platform.goarch
    }

    /// Who says what is not so.
    #[must_use]
    pub fn says(&self, contradiction: Contradiction) -> &ClaimedBy {
        match contradiction {
            Contradiction::System => &self.goos_by,
            Contradiction::Machine => &self.by,
        }
    }

    /// What is said, as far as it is said: `windows/arm64`, `windows`, `arm64`.
    #[must_use]
    pub fn words(&self) -> String {
        match (&self.goos, &self.goarch) {
            (Some(goos), Some(goarch)) => format!("{goos}/{goarch}"),
            (Some(one), None) | (None, Some(one)) => one.clone(),
            (None, None) => "nothing".into(),
        }
    }
}

/// Who says what a file should be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum ClaimedBy {
    /// Nobody: gowoa takes it for windows/arm64.
    #[default]
    Default,
    /// `--expect`.
    Expect,
    /// goreleaser's `dist/artifacts.json`.
    Artifacts,
    /// Its own name.
    OwnName,
    /// The name of the container or directory that holds it: that name.
    Outer(String),
    /// gowoa built it.
    Build,
}

impl ClaimedBy {
    /// Whether a label on the file or around it says so: a name or metadata.
    #[must_use]
    pub fn is_label(&self) -> bool {
        matches!(self, Self::Artifacts | Self::OwnName | Self::Outer(_))
    }
}

/// The form that the bytes of a file have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Form {
    /// A PE image for Windows.
    Pe,
    /// A PE image that firmware starts (`Subsystem` 10 to 13): also kernels for Linux have this form.
    Efi,
    /// A .NET assembly: a PE image that other systems load, too.
    Clr,
    /// A COFF object, an import record, or an ar archive.
    Object,
    /// An ELF file.
    Elf,
    /// A Mach-O file.
    MachO,
    /// None of these, under a name that only programs have.
    #[default]
    NoProgram,
}

impl Form {
    /// Whether that GOOS can start, load or link a file of this form.
    #[must_use]
    pub fn fits(self, goos: &str) -> bool {
        match self {
            Self::Pe => goos == "windows",
            Self::MachO => matches!(goos, "darwin" | "ios"),
            Self::Elf => {
                !matches!(goos, "windows" | "darwin" | "ios" | "plan9" | "aix" | "js" | "wasip1")
            }
            Self::Efi | Self::Clr | Self::Object | Self::NoProgram => true,
        }
    }
}

/// What a file is by its bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Content {
    /// In words, such as `a PE image for x64`.
    pub words: String,
    /// The form of the bytes.
    pub form: Form,
    /// GOOS that it runs on, where the format tells it.
    pub goos: Option<String>,
    /// GOARCH that it runs on, where the format tells it, or the machine in words where Go has none; `None`
    /// for assemblies of any CPU, and for what holds several machines.
    pub goarch: Option<String>,
    /// What else shows it, such as `Go build info: GOOS=windows GOARCH=amd64`.
    pub more: Vec<String>,
    /// Offset and value of the machine field: name, value, file offset.
    pub field: Option<(String, String, u64)>,
    /// The kind of installer or self-extractor whose program this is, such as `NSIS`.
    pub installer: Option<&'static str>,
    /// Whether it is a DLL.
    pub library: bool,
}

impl Content {
    /// What of the claim is not so.
    #[must_use]
    pub fn contradicts(&self, claim: &Claim) -> Option<Contradiction> {
        if claim.goos.as_deref().is_some_and(|goos| !self.form.fits(goos)) {
            return Some(Contradiction::System);
        }
        match (&self.goarch, &claim.goarch) {
            (Some(is), Some(should)) if is != should => Some(Contradiction::Machine),
            _ => None,
        }
    }

    /// Whether it is a program, library or object whose code this platform runs. What fits every machine is for
    /// none in particular.
    #[must_use]
    pub fn is_for(&self, platform: &Platform) -> bool {
        let system = match self.form {
            Form::Clr => {
                platform.goos == "windows"
                    && self.goos.as_ref().is_none_or(|goos| goos == "windows")
            }
            Form::Pe | Form::Object => platform.goos == "windows",
            Form::Elf | Form::MachO => self.form.fits(&platform.goos),
            Form::Efi | Form::NoProgram => false,
        };
        let machine = self.goarch.as_ref().is_some_and(|goarch| *goarch == platform.goarch);
        system && machine && self.installer.is_none()
    }
}

/// Which part of a claim is not so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contradiction {
    /// The system: an ELF file under the name of a Windows program.
    System,
    /// The machine: x64 code under a name for arm64.
    Machine,
}

/// One program, library or object among the files that were given, or a member of a container.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GivenFile {
    /// Name in the Report: `dist/tool.zip > bin/tool.exe`.
    pub name: String,
    /// The names from the outermost file to the innermost; the last is the file itself.
    pub steps: Vec<String>,
    /// What `steps` share with those of the same file for another machine: two files with the same words here
    /// differ in the machine alone.
    pub pair: String,
    /// Size in bytes.
    pub size: u64,
    /// SHA-256, lower-case hexadecimal.
    pub sha256: String,
    /// What it should be.
    pub claim: Claim,
    /// What it is.
    pub content: Content,
    /// Whether it carries a signature; `None` where that is not known or cannot be.
    pub signed: Option<bool>,
    /// How it stands to the other files.
    pub company: Company,
}

/// How a file stands to the others that were given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Company {
    /// Files with the same bytes that should be for another platform, at most
    /// [`Company::MAX_TWINS`]: name, and what is claimed of it. Looked at for files that are not what they
    /// should be, and for those whose bytes do not tell their platform.
    pub twins: Vec<(String, String)>,
    /// Other programs under the same outer label that are what the label says.
    pub agreeing: u64,
    /// A file beside it that has the same name but for the machine, and is for the machine that the outer
    /// label says: `t64-arm.exe` of `t64.exe`.
    pub variant: Option<String>,
    /// A container around it that says another platform than it is for, and that holds nothing for the
    /// platform that it says: its name, and what it says. Absent where `claim` already says the same.
    pub misplaced: Option<(String, Claim)>,
}

impl Company {
    /// Files with the same bytes that are named.
    pub const MAX_TWINS: usize = 3;
}

/// A container that was opened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GivenContainer {
    /// Name in the Report.
    pub name: String,
    /// What it is, such as `a zip archive`.
    pub what: String,
    /// What it should hold.
    pub claim: Claim,
    /// Members that were read.
    pub members: u64,
    /// Programs, libraries and objects among them.
    pub programs: u64,
    /// What kept it from being read to its end.
    pub problem: Option<super::embedded::Unopened>,
    /// Whether gowoa does not read containers of this form at all.
    pub closed: bool,
    /// Whether it stands in another container.
    pub nested: bool,
    /// SHA-256, lower-case hexadecimal.
    pub sha256: Option<String>,
    /// Size in bytes.
    pub size: u64,
    /// A container with the same bytes whose own label says another platform, where this one should be for
    /// windows/arm64 and nothing in it tells more: name, and what is claimed of it.
    pub twin: Option<(String, String)>,
}

/// A file that goreleaser's metadata lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// What it was made for.
    pub platform: Platform,
    /// Its path as the metadata has it.
    pub path: String,
    /// Whether it is there.
    pub present: bool,
}

/// Everything that one call of `gowoa inspect` was given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GivenFacts {
    /// The paths as they were given, joined for the Report.
    pub name: String,
    /// `--expect`.
    pub expect: Option<Platform>,
    /// Programs, libraries and objects, sorted by name; images and objects are listed here as well.
    pub files: Vec<GivenFile>,
    /// Containers, sorted by name.
    pub containers: Vec<GivenContainer>,
    /// Files that are none of these: how many, by what they are.
    pub others: Vec<(String, u64)>,
    /// What goreleaser's metadata lists.
    pub artifacts: Vec<Artifact>,
}

impl GivenFacts {
    /// The container of that name in the Report.
    #[must_use]
    pub fn container(&self, name: &str) -> Option<&GivenContainer> {
        let place =
            self.containers.binary_search_by(|container| container.name.as_str().cmp(name)).ok()?;
        self.containers.get(place)
    }

    /// The file of that name in the Report.
    #[must_use]
    pub fn file(&self, name: &str) -> Option<&GivenFile> {
        let place = self.files.binary_search_by(|file| file.name.as_str().cmp(name)).ok()?;
        self.files.get(place)
    }
}
