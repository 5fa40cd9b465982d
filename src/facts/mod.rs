//! Facts: what was read from a subject, without judgement. Data only.
//!
//! `go/`, `source/` and `image/` make them; `checks/` judge them and see nothing else.

pub mod build;
pub mod calls;
pub mod classify;
pub mod code;
pub mod embedded;
pub mod given;
pub mod image;
pub mod linked;
pub mod listing;
pub mod map;
pub mod object;
pub mod package;
pub mod resource;
pub mod rules;
pub mod signature;
pub mod source;
pub mod symbol;
pub mod toolchain;
pub mod waiver;

use std::collections::BTreeMap;

use crate::model::{PhaseReport, Problem, Unproven};

pub use self::object::ObjectFile;
pub use build::{
    Blame, BuildRun, Control, ControlTarget, Definition, Diagnostic, Expected, Failure,
    FailureClass, ImageFile, Stage, TestFacts, Tried,
};
pub use calls::CodeCalls;
pub use code::CodeFacts;
pub use embedded::EmbeddedFacts;
pub use given::{Company, GivenContainer, GivenFacts, GivenFile};
pub use image::ImageFacts;
pub use linked::{LinkedFunction, LinkedFunctions, LinkedImage, LinkerPath, Presence};
pub use listing::{ListingFacts, ListingRun};
pub use package::{FileSet, ListError, ModuleFacts, PackageFacts};
pub use rules::{RuleEffect, RuleHit};
pub use source::SourceFacts;
pub use toolchain::{BuildFlags, Target, Toolchain};
pub use waiver::{ConfigFacts, WaiverFacts};

/// Everything that was gathered of one unit: a module or a workspace, built in one go.
#[derive(Debug, Clone, Default)]
pub struct UnitFacts {
    /// `/`-separated directory relative to where gowoa was started; `.` for that directory itself.
    pub name: String,
    /// Whether cgo was on.
    pub cgo: bool,
    /// Flags that can never work for windows/arm64, each with what Go says of it.
    pub unsupported_flags: Vec<(String, String)>,
    /// Whether a C compiler was wanted and not found or not fit; the reason.
    pub c_toolchain_error: Option<String>,
    /// Packages by import path; the standard library left out.
    pub packages: BTreeMap<String, PackageFacts>,
    /// What failed, by import path.
    pub failures: BTreeMap<String, Failure>,
    /// Versions of modules at fault that were built before they are advised.
    pub tried: Vec<Tried>,
    /// Test binaries by import path of the package under test.
    pub tests: BTreeMap<String, TestFacts>,
    /// Images that were built, in the order of their commands.
    pub images: Vec<ImageFile>,
    /// Objects and libraries that the build links beside Go's own, or that were given.
    pub objects: Vec<ObjectFile>,
    /// What `gowoa inspect` was given; absent in a build.
    pub given: Option<GivenFacts>,
    /// Counts of the build.
    pub build: BuildRun,
    /// What was listed.
    pub listing: ListingRun,
    /// What kept gowoa from looking.
    pub problems: Vec<Problem>,
    /// What was not proven.
    pub unproven: Vec<Unproven>,
    /// Time spent, by phase.
    pub phases: Vec<PhaseReport>,
}
