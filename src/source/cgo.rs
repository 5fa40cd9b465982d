//! `#cgo` directives that are for one architecture.

use crate::facts::SourceFacts;

use super::package::PackageText;

/// Adds what is found in a package.
pub(super) fn find(_package: &PackageText<'_>, _facts: &mut SourceFacts) {}
