//! How the files of a package for windows/arm64 compare with those for windows/amd64.

use crate::model::FileSetClass;

use super::{FileSet, PackageFacts};

/// What one target has and the other has not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Difference {
    /// Go files (cgo files included) that only amd64 has.
    pub go_amd64: Vec<String>,
    /// Go files that only arm64 has.
    pub go_arm64: Vec<String>,
    /// Assembly that only amd64 has.
    pub asm_amd64: Vec<String>,
    /// Assembly that only arm64 has.
    pub asm_arm64: Vec<String>,
    /// Objects (`.syso`) that only amd64 has.
    pub syso_amd64: Vec<String>,
    /// Objects that only arm64 has.
    pub syso_arm64: Vec<String>,
}

impl Difference {
    /// Compares two file sets by name.
    pub fn between(amd64: &FileSet, arm64: &FileSet) -> Self {
        let all_go =
            |set: &FileSet| -> Vec<String> { set.go.iter().chain(&set.cgo).cloned().collect() };
        let (go_amd64, go_arm64) = (all_go(amd64), all_go(arm64));
        Self {
            go_arm64: without(&go_arm64, &go_amd64),
            go_amd64: without(&go_amd64, &go_arm64),
            asm_amd64: without(&amd64.asm, &arm64.asm),
            asm_arm64: without(&arm64.asm, &amd64.asm),
            syso_amd64: without(&amd64.syso, &arm64.syso),
            syso_arm64: without(&arm64.syso, &amd64.syso),
        }
    }

    /// Everything that only amd64 has: Go, assembly, objects.
    pub fn amd64_only(&self) -> Vec<String> {
        [&self.go_amd64, &self.asm_amd64, &self.syso_amd64].into_iter().flatten().cloned().collect()
    }

    /// Everything that only arm64 has.
    pub fn arm64_only(&self) -> Vec<String> {
        [&self.go_arm64, &self.asm_arm64, &self.syso_arm64].into_iter().flatten().cloned().collect()
    }
}

fn without(these: &[String], those: &[String]) -> Vec<String> {
    these.iter().filter(|file| !those.contains(file)).cloned().collect()
}

/// The class of a package, from its file sets as built and with cgo on.
///
/// `None` where neither windows target has a file for it.
pub fn classify(package: &PackageFacts) -> Option<FileSetClass> {
    let empty = FileSet::default();
    let amd64 = package.amd64.as_ref().unwrap_or(&empty);
    let arm64 = package.arm64.as_ref().or(package.arm64_alone.as_ref()).unwrap_or(&empty);
    let with_cgo = |set: &Option<FileSet>| set.as_ref().is_some_and(FileSet::compiles_something);
    if !arm64.compiles_something() {
        let cgo = with_cgo(&package.arm64_cgo)
            || (!amd64.compiles_something() && with_cgo(&package.amd64_cgo));
        return if cgo {
            Some(FileSetClass::CgoOnly)
        } else if amd64.compiles_something() {
            Some(FileSetClass::Excluded)
        } else {
            None
        };
    }
    let uses_cgo = package.arm64_cgo.as_ref().is_some_and(|set| !set.cgo.is_empty());
    if uses_cgo && arm64.cgo.is_empty() {
        return Some(FileSetClass::CgoPartial);
    }
    if package.amd64.is_none() {
        // Only the arm64 graph reaches it: there is nothing to compare with.
        let native = !arm64.asm.is_empty();
        return Some(if native { FileSetClass::NativeAssembly } else { FileSetClass::Portable });
    }
    Some(by_difference(&Difference::between(amd64, arm64)))
}

fn by_difference(d: &Difference) -> FileSetClass {
    let asm_lost = !d.asm_amd64.is_empty() && d.asm_arm64.is_empty();
    if !d.asm_arm64.is_empty() {
        FileSetClass::NativeAssembly
    } else if asm_lost && d.go_amd64.is_empty() && d.go_arm64.is_empty() {
        FileSetClass::AssemblyDropped
    } else if asm_lost {
        // Either a generic file takes its place, or an init of the lost file chose the assembly.
        FileSetClass::GenericFallback
    } else if !d.go_amd64.is_empty() && d.go_arm64.is_empty() {
        FileSetClass::FilesLost
    } else if !d.go_amd64.is_empty() || !d.go_arm64.is_empty() {
        FileSetClass::ArchVariant
    } else if !d.syso_amd64.is_empty() && d.syso_arm64.is_empty() {
        FileSetClass::ResourcesLost
    } else {
        FileSetClass::Portable
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(go: &[&str], asm: &[&str], syso: &[&str], cgo: &[&str]) -> FileSet {
        let own = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        FileSet { go: own(go), asm: own(asm), syso: own(syso), cgo: own(cgo), ..FileSet::default() }
    }

    fn class(amd64: Option<FileSet>, arm64: Option<FileSet>) -> Option<FileSetClass> {
        classify(&PackageFacts { amd64, arm64, ..PackageFacts::default() })
    }

    #[test]
    fn every_class_follows_from_the_sets() {
        use FileSetClass::*;
        let go = |files: &[&str]| Some(set(files, &[], &[], &[]));
        let asm = |files: &[&str], asm: &[&str]| Some(set(files, asm, &[], &[]));
        assert_eq!(class(go(&["a.go"]), go(&["a.go"])), Some(Portable));
        assert_eq!(
            class(go(&["a.go", "x_amd64.go"]), go(&["a.go", "x_arm64.go"])),
            Some(ArchVariant)
        );
        assert_eq!(
            class(asm(&["a.go"], &["a_amd64.s"]), asm(&["a.go"], &["a_arm64.s"])),
            Some(NativeAssembly)
        );
        assert_eq!(
            class(asm(&["a.go"], &["a_amd64.s"]), go(&["a.go", "g.go"])),
            Some(GenericFallback)
        );
        assert_eq!(
            class(asm(&["a.go", "a_amd64.go"], &["a_amd64.s"]), go(&["a.go"])),
            Some(GenericFallback)
        );
        assert_eq!(class(asm(&["a.go"], &["a_amd64.s"]), go(&["a.go"])), Some(AssemblyDropped));
        assert_eq!(
            class(asm(&["a.go"], &["a_amd64.s", "e.s"]), asm(&["a.go"], &["e.s"])),
            Some(AssemblyDropped)
        );
        assert_eq!(class(asm(&["a.go"], &["both.s"]), asm(&["a.go"], &["both.s"])), Some(Portable));
        assert_eq!(class(go(&["a.go", "x_amd64.go"]), go(&["a.go"])), Some(FilesLost));
        assert_eq!(class(go(&["x_amd64.go"]), go(&[])), Some(Excluded));
        assert_eq!(class(go(&["x_amd64.go"]), None), Some(Excluded));
        assert_eq!(class(None, go(&["a.go"])), Some(Portable));
        assert_eq!(class(go(&[]), go(&[])), None);
        let syso = Some(set(&["a.go"], &[], &["r_windows_amd64.syso"], &[]));
        assert_eq!(class(syso, go(&["a.go"])), Some(ResourcesLost));
    }

    #[test]
    fn cgo_classes_need_the_list_with_cgo() {
        let plain = Some(set(&["stub.go"], &[], &[], &[]));
        let cgo = Some(set(&[], &[], &[], &["c.go"]));
        let partial = PackageFacts {
            amd64: plain.clone(),
            arm64: plain,
            arm64_cgo: cgo.clone(),
            ..PackageFacts::default()
        };
        assert_eq!(classify(&partial), Some(FileSetClass::CgoPartial));
        let only = PackageFacts { arm64_cgo: cgo.clone(), ..PackageFacts::default() };
        assert_eq!(classify(&only), Some(FileSetClass::CgoOnly));
        // With cgo on, the planned list has the cgo files itself.
        let on = PackageFacts {
            amd64: cgo.clone(),
            arm64: cgo.clone(),
            arm64_cgo: cgo,
            ..PackageFacts::default()
        };
        assert_eq!(classify(&on), Some(FileSetClass::Portable));
    }
}
