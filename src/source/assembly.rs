//! What Go assembly says that its file name does not.

use crate::facts::SourceFacts;

use super::package::PackageText;

/// Adds what is found in a package.
pub(super) fn find(_package: &PackageText<'_>, _facts: &mut SourceFacts) {}
