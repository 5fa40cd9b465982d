//! resource-tree: are the resources of an exe whole, for this machine, and those that its amd64 twin has?

use crate::facts::ImageFile;
use crate::facts::image::{ImageFacts, MachineKind, Part};
use crate::facts::resource::{Manifest, ResourceEntry, ResourceKinds, Resources};
use crate::model::{
    CheckId, Confidence, Evidence, Finding, Location, Severity, SubjectKind, Verdict,
};

use super::draft::{self, listed};
use super::{Check, Context, Meta, SubjectFacts, readable};

/// See the module.
#[derive(Debug)]
pub(super) struct ResourceTree;

static META: Meta = Meta {
    id: CheckId::new("resource-tree"),
    title: "the resources of an image are damaged, its manifest names another architecture, or what the amd64 exe has is lost",
    severity: Severity::Error,
    subjects: &[SubjectKind::Image],
    page: include_str!("resource_tree.md"),
};

/// Pieces of evidence in one finding.
const SHOWN: usize = 8;
/// Names of manifests that Windows itself looks for: `#1` in programs, the others in DLLs (winuser.h,
/// `MAXIMUM_RESERVED_MANIFEST_RESOURCE_ID`). Others are the program's own business.
const LAST_RESERVED_MANIFEST: u32 = 16;

const REBUILD: &str = "look at the machine of each .syso that is linked: since Go 1.26 one for another machine links \
     without a word; make it for ARM64 (rsrc -arch arm64, goversioninfo -arm -64, go-winres make --arch arm64)";

impl Check for ResourceTree {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, subject: SubjectFacts<'_>, cx: Context<'_>) -> Verdict {
        let (image, facts) = match readable(subject) {
            Ok(image) => image,
            Err(verdict) => return verdict,
        };
        if !matches!(facts.kind, MachineKind::Arm64 | MachineKind::Arm64X) {
            return Verdict::NotApplicable(format!(
                "it is {}; machine-type and hybrid-image judge that",
                facts.kind
            ));
        }
        let judge = Judge { image, cx };
        let mut findings: Vec<Finding> = judge.lost(&facts.resources).into_iter().collect();
        match &facts.resources {
            Err(problem) => findings.push(judge.unreadable(problem)),
            Ok(Some(resources)) => {
                findings.extend(judge.tree(resources));
                findings.extend(judge.manifests(resources, facts));
            }
            Ok(None) if findings.is_empty() => {
                return Verdict::NotApplicable("it has no resources".into());
            }
            Ok(None) => {}
        }
        let unread = facts.resources.iter().flatten().find_map(|found| found.unread.as_ref());
        match unread {
            _ if !findings.is_empty() => Verdict::Fail(findings),
            Some(what) => Verdict::Inconclusive {
                reason: format!("it was not read to its end: {what}"),
                gating: true,
            },
            None => Verdict::Pass,
        }
    }
}

struct Judge<'a> {
    image: &'a ImageFile,
    cx: Context<'a>,
}

impl Judge<'_> {
    fn finding(&self, class: &str, message: String, help: &str) -> Finding {
        let mut finding = draft::finding(&META.id, self.cx.subject, Severity::Error, message);
        finding.class = Some(class.into());
        finding.package = self.image.package.clone();
        finding.help = Some(help.into());
        finding
    }

    fn unreadable(&self, problem: &str) -> Finding {
        let message = format!("the resources of {} cannot be read: {problem}", self.image.name);
        self.finding("damaged-tree", message, REBUILD)
    }

    /// What is wrong with the tree and the addresses in it.
    fn tree(&self, resources: &Resources) -> Vec<Finding> {
        let mut findings = Vec::new();
        let name = &self.image.name;
        if let Some(first) = resources.problems.first() {
            let message = format!("the resource tree of {name} is malformed: {}", first.message);
            let mut finding = self.finding("damaged-tree", message, REBUILD);
            finding.location = place(resources, first.offset);
            let problems = resources.problems.iter().take(SHOWN);
            finding.evidence.extend(problems.map(|problem| {
                field("IMAGE_RESOURCE_DIRECTORY_ENTRY", problem.message.clone(), problem.offset)
            }));
            findings.push(finding);
        }
        let broken = |entry: &ResourceEntry| entry.overlaps_tree || entry.offset.is_none();
        findings.extend(self.entries(resources, "unrelocated-entry", |entry| entry.overlaps_tree, |these| {
            format!("{these} of {name} points into the resource tree itself: its address was never relocated, and Windows \
                 reads the tree's bytes in its place")
        }));
        let outside = |entry: &ResourceEntry| entry.offset.is_none() && !entry.overlaps_tree;
        findings.extend(self.entries(resources, "outside-section", outside, |these| {
            format!(
                "{these} of {name} lies outside of the section {} that holds the resources",
                resources.section
            )
        }));
        let zero = |entry: &ResourceEntry| entry.zero && has_a_head(entry) && !broken(entry);
        findings.extend(self.entries(resources, "zero-data", zero, |these| {
            format!("{these} of {name} is nothing but zeros")
        }));
        findings
    }

    /// One finding about the entries of a sort; none if there is no such entry.
    fn entries(
        &self,
        resources: &Resources,
        class: &str,
        sort: impl Fn(&ResourceEntry) -> bool,
        message: impl Fn(&str) -> String,
    ) -> Option<Finding> {
        let found: Vec<&ResourceEntry> =
            resources.entries.iter().filter(|entry| sort(entry)).collect();
        let first = *found.first()?;
        let these = match found.len() - 1 {
            0 => format!("resource {}", first.words()),
            more => format!("resource {} (and {more} more)", first.words()),
        };
        let mut finding = self.finding(class, message(&these), REBUILD);
        finding.location = place(resources, first.entry_offset);
        finding.evidence.extend(found.iter().take(SHOWN).map(|entry| {
            let value =
                format!("RVA {:#x}, {:#x} bytes ({})", entry.rva, entry.size, entry.words());
            field("OffsetToData", value, entry.entry_offset)
        }));
        Some(finding)
    }

    /// What is wrong with the manifests that Windows reads.
    fn manifests(&self, resources: &Resources, facts: &ImageFacts) -> Vec<Finding> {
        let plain = facts.kind == MachineKind::Arm64;
        let readable = |manifest: &&Manifest| {
            // What a broken address leads to is no text, and its own finding says so.
            reserved(manifest)
                && resources.entry_of(manifest).is_some_and(|entry| {
                    entry.offset.is_some() && !entry.overlaps_tree && !entry.zero
                })
        };
        let mut findings = Vec::new();
        for manifest in resources.manifests.iter().filter(readable) {
            match &manifest.contents {
                Err(problem) => {
                    let name = &self.image.name;
                    let message = format!(
                        "the manifest {} of {name} cannot be read: {problem}",
                        manifest.name
                    );
                    let help = "mend the XML and make the resource object again; Windows refuses to start a program whose \
                         manifest it cannot read";
                    let mut finding = self.finding("malformed-manifest", message, help);
                    finding.location = place(resources, manifest.offset);
                    findings.push(finding);
                }
                Ok(contents) if plain => {
                    let own = contents.architecture.iter().map(|says| (None, says));
                    let wanted = contents.dependencies.iter();
                    let wanted =
                        wanted.filter_map(|(name, says)| Some((Some(name), says.as_ref()?)));
                    let foreign = own.chain(wanted).filter(|(_, says)| !for_arm64(says));
                    findings.extend(
                        foreign.map(|(of, says)| self.foreign(resources, manifest, of, says)),
                    );
                }
                Ok(_) => {}
            }
        }
        findings
    }

    /// A manifest that names another architecture, for the program itself or for what it depends on.
    fn foreign(
        &self,
        resources: &Resources,
        manifest: &Manifest,
        dependency: Option<&String>,
        says: &str,
    ) -> Finding {
        let (name, number) = (&self.image.name, &manifest.name);
        let message = match dependency {
            None => format!(
                "the manifest {number} of {name} says that it is for {says}: Windows on ARM64 refuses it with a \
                 side-by-side error"
            ),
            Some(wanted) => format!(
                "the manifest {number} of {name} wants {wanted} for {says}: a process for ARM64 cannot load that"
            ),
        };
        let help = "write processorArchitecture=\"*\" (or \"arm64\") in the manifest and make the resource object again";
        let mut finding = self.finding("manifest-architecture", message, help);
        if dependency.is_none() {
            // Microsoft says what the attribute means, and no run shows what comes of it.
            finding.confidence = Confidence::Medium;
        }
        finding.location = place(resources, manifest.offset);
        finding.evidence.push(field("processorArchitecture", says.to_owned(), manifest.offset));
        finding
    }

    /// What the `.syso` files for amd64 bring and the exe lacks.
    fn lost(&self, resources: &Part<Option<Resources>>) -> Option<Finding> {
        // Of resources that cannot be read nobody knows what they lack.
        let has = resources.as_ref().ok()?.as_ref().map(Resources::kinds).unwrap_or_default();
        let mut lost = ResourceKinds::default();
        let mut files = Vec::new();
        for syso in &self.image.syso_resources.amd64 {
            let missing = syso.kinds.without(has);
            if !missing.is_empty() {
                lost = ResourceKinds {
                    icon: lost.icon || missing.icon,
                    manifest: lost.manifest || missing.manifest,
                    version: lost.version || missing.version,
                };
                files.push(syso.file.clone());
            }
        }
        if files.is_empty() {
            return None;
        }
        let (name, words) = (&self.image.name, lost.words());
        let message = format!(
            "{name} lacks the {} that {} brings for amd64",
            listed(&words, words.len()),
            listed(&files, 3)
        );
        let help = "make the resource object for arm64 too and name it *_windows_arm64.syso (goversioninfo: -arm -64)";
        let mut finding = self.finding("resources-lost", message, help);
        finding.severity = Severity::Warning;
        finding.confidence = Confidence::Medium;
        finding.location =
            files.first().map(|file| Location { file: Some(file.clone()), ..Location::default() });
        finding.evidence.push(Evidence::Files { amd64_only: files, arm64_only: Vec::new() });
        let package = self.image.package.as_ref().and_then(|path| self.cx.unit.packages.get(path));
        Some(match package {
            Some(package) => draft::about_package(finding, package, draft::reachability(package)),
            None => finding,
        })
    }
}

/// Whether this type begins with numbers that cannot all be zero.
fn has_a_head(entry: &ResourceEntry) -> bool {
    !ResourceKinds::of(entry.kind_id.into_iter()).is_empty()
}

/// Whether Windows itself looks for this manifest.
fn reserved(manifest: &Manifest) -> bool {
    let number = manifest.name.strip_prefix('#').and_then(|digits| digits.parse().ok());
    number.is_some_and(|number: u32| (1..=LAST_RESERVED_MANIFEST).contains(&number))
}

/// Whether a `processorArchitecture` is one that an ARM64 process takes; Windows compares without case.
fn for_arm64(says: &str) -> bool {
    says == "*" || says.eq_ignore_ascii_case("arm64")
}

fn field(name: &str, value: String, offset: u64) -> Evidence {
    Evidence::Field { name: name.into(), value, file_offset: Some(offset) }
}

fn place(resources: &Resources, offset: u64) -> Option<Location> {
    Some(Location {
        section: Some(resources.section.clone()),
        file_offset: Some(offset),
        ..Location::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::UnitFacts;
    use crate::facts::resource::{SysoOfCommand, SysoResources};
    use crate::model::SubjectId;

    fn syso(file: &str, kinds: ResourceKinds) -> SysoResources {
        SysoResources { file: file.into(), machine: MachineKind::X64, kinds }
    }

    fn lost(has: Option<ResourceKinds>, amd64: Vec<SysoResources>) -> Option<Finding> {
        let mut image = ImageFile::unread("tool.exe".into(), "tool.exe".into());
        image.syso_resources = SysoOfCommand { arm64: Vec::new(), amd64 };
        let entry = |(id, there): (u32, bool)| {
            there.then(|| ResourceEntry {
                kind: String::new(),
                kind_id: Some(id),
                name: "#1".into(),
                language: 0,
                entry_offset: 0,
                rva: 0,
                size: 0,
                offset: None,
                overlaps_tree: false,
                zero: false,
            })
        };
        let resources = has.map(|kinds| Resources {
            entries: [(14, kinds.icon), (24, kinds.manifest), (16, kinds.version)]
                .into_iter()
                .filter_map(entry)
                .collect(),
            ..Resources::default()
        });
        let unit = UnitFacts::default();
        let subject = SubjectId::new(SubjectKind::Image, "tool.exe");
        Judge { image: &image, cx: Context { unit: &unit, subject: &subject } }.lost(&Ok(resources))
    }

    #[test]
    fn what_only_the_object_for_amd64_brings_is_lost() {
        let all = ResourceKinds { icon: true, manifest: true, version: true };
        let manifest = ResourceKinds { manifest: true, ..ResourceKinds::default() };
        let message = |found: Option<Finding>| found.map(|finding| finding.message);
        assert_eq!(message(lost(Some(all), vec![syso("a_windows_amd64.syso", all)])), None);
        assert_eq!(message(lost(None, vec![syso("code.syso", ResourceKinds::default())])), None);
        assert_eq!(
            message(lost(None, vec![syso("a_windows_amd64.syso", all)])).as_deref(),
            Some(
                "tool.exe lacks the icon, manifest and version that a_windows_amd64.syso brings for amd64"
            )
        );
        let two = vec![syso("a.syso", manifest), syso("lib@v1.0.0/b.syso", all)];
        let found = lost(Some(manifest), two).expect("icon and version are lost");
        assert_eq!(
            found.message,
            "tool.exe lacks the icon and version that lib@v1.0.0/b.syso brings for amd64"
        );
        assert_eq!(
            (found.severity, found.class.as_deref()),
            (Severity::Warning, Some("resources-lost"))
        );
    }

    #[test]
    fn an_architecture_is_compared_without_case() {
        for (says, fits) in [
            ("*", true),
            ("arm64", true),
            ("ARM64", true),
            ("amd64", false),
            ("x86", false),
            ("", false),
        ] {
            assert_eq!(for_arm64(says), fits, "{says:?}");
        }
    }
}
