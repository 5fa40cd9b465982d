//! Files that take the place of others for windows/arm64, or without cgo, and say that they do not work.

use std::collections::BTreeMap;

use crate::facts::PackageFacts;
use crate::model::FileSetClass;
use crate::source::golang;

use super::explain::read_source;

/// Looks for both kinds in every package.
pub(super) fn find(table: &mut BTreeMap<String, PackageFacts>) {
    without_cgo(table);
    without_arch(table);
}

/// Words with which a stand-in for another architecture says that it does not work.
const UNSUPPORTED: &[&str] = &[
    "unsupported platform",
    "unsupported arch",
    "unsupported architecture",
    "not supported on",
    "only supported on",
    "not implemented on",
    "not available on",
];

/// A package with Go files for arm64 in the place of those for amd64: do they say that they do not work?
fn without_arch(table: &mut BTreeMap<String, PackageFacts>) {
    for package in table.values_mut() {
        let replaced = matches!(
            package.class,
            Some(
                FileSetClass::GenericFallback
                    | FileSetClass::ArchVariant
                    | FileSetClass::NativeAssembly
            )
        );
        if !replaced {
            continue;
        }
        let go = |files: &[String]| -> Vec<String> {
            files.iter().filter(|file| file.ends_with(".go")).cloned().collect()
        };
        // What the file for amd64 says as well is not about the architecture.
        let twins: Vec<Vec<u8>> = go(&package.amd64_only)
            .iter()
            .filter_map(|file| read_source(&package.dir.join(file)))
            .collect();
        package.arch_stub = go(&package.arm64_only).into_iter().find_map(|file| {
            let bytes = read_source(&package.dir.join(&file))?;
            let (line, text) = said(&bytes, UNSUPPORTED, &twins)?;
            Some((file, line, text))
        });
    }
}

/// Line and text of the first string literal that holds one of these words and that the twins lack.
fn said(bytes: &[u8], words: &[&str], twins: &[Vec<u8>]) -> Option<(u32, String)> {
    let in_twin = |text: &str| {
        twins.iter().any(|twin| !golang::string_literals_containing(twin, text).is_empty())
    };
    let literal = words
        .iter()
        .flat_map(|word| golang::string_literals_containing(bytes, word))
        .find(|literal| !in_twin(&literal.text))?;
    Some((u32::try_from(literal.line).unwrap_or(u32::MAX), literal.text))
}

/// A package that changes its files with cgo: does what stands in for them say that it cannot work?
fn without_cgo(table: &mut BTreeMap<String, PackageFacts>) {
    for package in table.values_mut() {
        if package.class != Some(FileSetClass::CgoPartial) {
            continue;
        }
        let with_cgo = package.arm64_cgo.clone().unwrap_or_default();
        let instead: Vec<String> = package
            .arm64
            .iter()
            .flat_map(|set| &set.go)
            .filter(|file| !with_cgo.go.contains(file))
            .cloned()
            .collect();
        for file in instead {
            let Some(bytes) = read_source(&package.dir.join(&file)) else { continue };
            if let Some((line, text)) = said(&bytes, &["cgo", "CGO_ENABLED"], &[]) {
                package.cgo_stub = Some((file, line, text));
                break;
            }
        }
    }
}
