//! Reads the resource objects of each command: what its exe should have on arm64, and has on amd64.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::facts::image::MachineKind;
use crate::facts::resource::{ResourceKinds, SysoOfCommand, SysoResources};
use crate::facts::{FileSet, ImageFile, PackageFacts};
use crate::image;
use crate::platform::map::Mapped;

/// What an object has; `None` where it has no resources or cannot be read: object-machine judges that.
type Found = Option<(MachineKind, ResourceKinds)>;

/// Puts the resources of the `.syso` files that are linked with a command beside its exe.
///
/// Link proofs and test binaries are released by nobody and get none.
pub(super) fn fill(images: &mut [ImageFile], table: &BTreeMap<String, PackageFacts>) {
    let mut known = BTreeMap::new();
    for image in images.iter_mut().filter(|image| !image.link_proof && !image.test) {
        let Some(command) = &image.package else { continue };
        image.syso_resources = SysoOfCommand {
            arm64: of_target(command, table, |package| package.arm64.as_ref(), &mut known),
            amd64: of_target(command, table, |package| package.amd64.as_ref(), &mut known),
        };
    }
}

/// The objects of a command and of everything that it imports on one target, sorted by file.
fn of_target(
    command: &str,
    table: &BTreeMap<String, PackageFacts>,
    files: impl Fn(&PackageFacts) -> Option<&FileSet>,
    known: &mut BTreeMap<PathBuf, Found>,
) -> Vec<SysoResources> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::from([command]);
    let mut queue = vec![command];
    while let Some(path) = queue.pop() {
        let Some(package) = table.get(path) else { continue };
        let Some(set) = files(package) else { continue };
        queue.extend(set.imports.iter().map(String::as_str).filter(|import| seen.insert(*import)));
        for file in &set.syso {
            let path = package.dir.join(file);
            let resources = *known.entry(path.clone()).or_insert_with(|| read(&path));
            if let Some((machine, kinds)) = resources {
                found.push(SysoResources { file: package.report_path(file), machine, kinds });
            }
        }
    }
    found.sort_by(|a, b| a.file.cmp(&b.file));
    found
}

fn read(path: &Path) -> Found {
    let bytes = Mapped::open(path).ok()?;
    image::kinds_of_object(&bytes).ok().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(path: &str, imports: &[&str], arm64: &[&str], amd64: &[&str]) -> PackageFacts {
        let own = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let set = |syso: &[&str]| {
            Some(FileSet { syso: own(syso), imports: own(imports), ..FileSet::default() })
        };
        PackageFacts {
            import_path: path.into(),
            dir: Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/pe/resources"),
            arm64: set(arm64),
            amd64: set(amd64),
            ..PackageFacts::default()
        }
    }

    #[test]
    fn objects_are_those_of_the_command_and_of_all_it_imports() {
        let packages = [
            package("a", &["b", "os"], &[], &["manifest-amd64.syso", "gone.syso"]),
            package("b", &["a", "c"], &["manifest-arm64.syso"], &["make.sh"]),
            package("c", &[], &["manifest-amd64.syso"], &["manifest-amd64.syso"]),
            package("d", &[], &["manifest-arm64.syso"], &[]),
        ];
        let table = packages.into_iter().map(|p| (p.import_path.clone(), p)).collect();
        let image = |package: &str| ImageFile {
            package: Some(package.into()),
            ..ImageFile::unread("a.exe".into(), PathBuf::new())
        };
        let mut images = [image("a"), ImageFile { link_proof: true, ..image("d") }];
        fill(&mut images, &table);
        let names = |all: &[SysoResources]| {
            all.iter().map(|syso| (syso.file.clone(), syso.machine)).collect::<Vec<_>>()
        };
        let named = |name: &str, machine| (name.to_owned(), machine);
        let (arm64, x64) = (MachineKind::Arm64, MachineKind::X64);
        assert_eq!(
            names(&images[0].syso_resources.arm64),
            [named("manifest-amd64.syso", x64), named("manifest-arm64.syso", arm64)]
        );
        let amd64 = &images[0].syso_resources.amd64;
        assert_eq!(
            names(amd64),
            [named("manifest-amd64.syso", x64), named("manifest-amd64.syso", x64)]
        );
        assert!(amd64.iter().all(|syso| syso.kinds.manifest && !syso.kinds.icon));
        assert_eq!(images[1].syso_resources, SysoOfCommand::default());
    }
}
