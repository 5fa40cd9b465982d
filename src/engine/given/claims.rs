//! What a file should be: the innermost label that says something wins.

use crate::facts::given::{Claim, ClaimedBy, Content, Platform};

use super::names::{self, Arch};

/// A label: one name on the way to a file, or what metadata says of it.
#[derive(Debug, Clone)]
pub(super) struct Label {
    /// The name of a directory, a container or the file itself.
    pub(super) name: String,
    /// What goreleaser's metadata says of it; it wins over the name.
    pub(super) metadata: Option<Platform>,
    /// The part of the file's name in the Report up to here: what is below it shares the label.
    pub(super) key: String,
}

/// A claim, and the label that made it where that is not the file's own.
#[derive(Debug, Default)]
pub(super) struct Decided {
    pub(super) claim: Claim,
    /// The `key` of the label; `None` where the file itself says it, or nobody.
    pub(super) key: Option<String>,
}

/// What the labels from the outermost to the file's own say of a file of this content.
pub(super) fn decide(labels: &[Label], content: &Content, expect: Option<&Platform>) -> Decided {
    let mut decided = Decided::default();
    let mut settled = false;
    for (outwards, label) in labels.iter().rev().enumerate() {
        let (goos, arch, by) = said(label, outwards);
        let claim = &mut decided.claim;
        if let Some(goos) = goos {
            // Within something for one system, what is outside speaks of something else:
            // `app-linux-arm64.tar > win/helper.exe` is no program for ARM64.
            if claim.goos.as_deref().is_some_and(|inner| inner != goos) {
                break;
            }
            if claim.goos.is_none() {
                claim.goos = Some(goos);
                claim.goos_by = by.clone();
            }
        }
        if let Some(goarch) = settle(&arch, content) {
            claim.goarch = goarch;
            claim.by = by;
            decided.key = (outwards > 0).then(|| label.key.clone());
            settled = true;
            break;
        }
    }
    if !settled {
        unlabelled(&mut decided.claim, expect);
    }
    decided
}

/// What nobody labels is what is expected, as far as the rest of its labels allows it.
fn unlabelled(claim: &mut Claim, expect: Option<&Platform>) {
    let Some(expect) = expect else { return };
    if claim.goos.as_deref().is_none_or(|goos| goos == expect.goos) {
        claim.goarch = Some(expect.goarch.clone());
        claim.by = ClaimedBy::Expect;
        if claim.goos.is_none() {
            claim.goos = Some(expect.goos.clone());
            claim.goos_by = ClaimedBy::Expect;
        }
    }
}

/// What one label says; `outwards` is 0 for the file's own.
fn said(label: &Label, outwards: usize) -> (Option<String>, Arch, ClaimedBy) {
    match &label.metadata {
        Some(Platform { goos, goarch }) => {
            let arch = match (goarch.as_str(), names::machine(goarch)) {
                // goreleaser's word for universal binaries.
                ("all", _) => Arch::Any,
                (_, Some(known)) => Arch::These(vec![known]),
                // A GOARCH that no file of Windows has, such as wasm.
                (_, None) => Arch::Nothing,
            };
            (Some(goos.clone()), arch, ClaimedBy::Artifacts)
        }
        None => {
            let says = names::read(&label.name);
            let by = match outwards {
                0 => ClaimedBy::OwnName,
                _ => ClaimedBy::Outer(label.name.clone()),
            };
            (says.goos.map(str::to_owned), says.arch, by)
        }
    }
}

/// The GOARCH that a label settles on, `Some(None)` where it says that the machine does not matter; `None`
/// where the labels further out decide.
fn settle(arch: &Arch, content: &Content) -> Option<Option<String>> {
    let is = content.goarch.as_deref();
    let among = |some: &[&str]| is.is_some_and(|is| some.contains(&is));
    match arch {
        Arch::Nothing => None,
        Arch::Any => Some(content.goarch.clone()),
        Arch::Hint(some) => among(some).then(|| content.goarch.clone()),
        Arch::These(some) if among(some) => Some(content.goarch.clone()),
        Arch::These(some) => match some.as_slice() {
            [one] => Some(Some((*one).to_owned())),
            // `windows_arm` with something else in it: 32 bits is what Go means.
            ["arm", "arm64"] => Some(Some("arm".into())),
            // Several machines, and it is for none of them: a helper, or an installer for all.
            _ => Some(None),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::given::Form;

    fn label(name: &str) -> Label {
        Label { name: name.into(), metadata: None, key: name.into() }
    }

    fn claim(names: &[&str], goarch: &str, expect: Option<&str>) -> Claim {
        let labels: Vec<Label> = names.iter().map(|name| label(name)).collect();
        let content = Content { form: Form::Pe, goarch: Some(goarch.into()), ..Content::default() };
        let expect =
            expect.map(|goarch| Platform { goos: "windows".into(), goarch: goarch.into() });
        decide(&labels, &content, expect.as_ref()).claim
    }

    #[test]
    fn the_innermost_label_wins() {
        let said = claim(&["tool_windows_arm64.zip", "bin", "helper-x64.exe"], "amd64", None);
        assert_eq!((said.words().as_str(), said.by), ("windows/amd64", ClaimedBy::OwnName));
        let said = claim(&["tool_windows_arm64.zip", "bin", "tool.exe"], "amd64", None);
        assert_eq!(said.words(), "windows/arm64");
        assert_eq!(said.by, ClaimedBy::Outer("tool_windows_arm64.zip".into()));
        assert_eq!(said.goos_by, ClaimedBy::OwnName);
    }

    #[test]
    fn what_is_outside_another_system_does_not_count() {
        let said = claim(&["app-linux-arm64.tar.gz", "elevate.exe"], "386", None);
        assert_eq!((said.goos(), &said.goarch, &said.by), ("windows", &None, &ClaimedBy::Default));
    }

    #[test]
    fn expect_is_for_what_nobody_labels() {
        assert_eq!(claim(&["tool.exe"], "amd64", Some("arm64")).by, ClaimedBy::Expect);
        assert_eq!(claim(&["tool.exe"], "amd64", None).by, ClaimedBy::Default);
        let labelled = claim(&["tool_amd64.exe"], "amd64", Some("arm64"));
        assert_eq!((labelled.goarch(), &labelled.by), ("amd64", &ClaimedBy::OwnName));
    }

    #[test]
    fn several_machines_and_hints_are_what_the_file_is() {
        let both = ["tool_windows_amd64_arm64.zip", "tool.exe"];
        assert_eq!(claim(&both, "amd64", None).goarch(), "amd64");
        assert_eq!(claim(&both, "arm64", None).goarch(), "arm64");
        let neither = claim(&both, "386", None);
        assert_eq!(neither.goarch, None);
        assert!(neither.by.is_label());
        assert_eq!(claim(&["tool-win64.zip", "tool.exe"], "amd64", None).goarch(), "amd64");
        // A hint that does not fit says nothing.
        assert_eq!(claim(&["tool-win64.exe"], "386", None).by, ClaimedBy::Default);
        assert_eq!(
            claim(&["pip-24.0-py3-none-any.whl", "t64.exe"], "amd64", None).goarch(),
            "amd64"
        );
    }

    #[test]
    fn metadata_wins_over_the_name() {
        let platform = Platform::windows_arm64();
        let mut labels = vec![label("dist"), label("tool_amd64.exe")];
        labels[1].metadata = Some(platform);
        let content = Content { form: Form::Pe, ..Content::default() };
        let decided = decide(&labels, &content, None);
        assert_eq!(decided.claim.words(), "windows/arm64");
        assert_eq!(decided.claim.by, ClaimedBy::Artifacts);
    }
}
