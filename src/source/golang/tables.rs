//! Tables by GOARCH that know amd64 and not arm64.

use crate::facts::SourceFacts;
use crate::source::package::PackageText;

/// Adds what is found in a package.
pub(in crate::source) fn find(_package: &PackageText<'_>, _facts: &mut SourceFacts) {}
