//! Which embedded images are the same thing for different machines, and what is known of them.

use crate::facts::embedded::{EmbeddedFacts, EmbeddedImage};
use crate::facts::image::MachineKind;

/// Parts of a name that stand for an architecture or a word size, in the spellings that are in use.
const ARCHITECTURES: &[&str] = &[
    "386", "aarch64", "amd64", "arm", "arm32", "arm64", "arm64ec", "arm64x", "armhf", "armnt",
    "armv7", "i386", "i586", "i686", "ia32", "intel64", "win32", "win64", "x32", "x64", "x86",
    "x86_64",
];

/// Files that Go programs often carry, and where there is an ARM64 build, or that there is none. By base
/// name without the architecture; each with its source.
const KNOWN: &[(&str, &str)] = &[
    // git.zx2c4.com/wintun, wintun.props: the platforms are arm, arm64, x86 and amd64.
    ("wintun", "the zip of wintun.net has one in bin/arm64"),
    // Microsoft Learn, "Distribute your app and the WebView2 Runtime": the loader is one for each architecture.
    ("webview2loader", "the NuGet package Microsoft.Web.WebView2 has one in build/native/arm64"),
    // basil00/WinDivert, issues 236 and 379: open.
    (
        "windivert",
        "WinDivert has no ARM64 release yet (its issue 236): leave the feature out on ARM64",
    ),
    // Microsoft Learn, "CreatePseudoConsole": kernel32, Windows 10 1809.
    (
        "winpty",
        "Windows 10 1809 and later have pseudo consoles (CreatePseudoConsole), which need no DLL",
    ),
    (
        "winpty-agent",
        "Windows 10 1809 and later have pseudo consoles (CreatePseudoConsole), which need no agent",
    ),
];

/// The embedded image for ARM64 that stands for this one, if there is one.
pub(super) fn native<'a>(
    inner: &EmbeddedImage,
    all: &'a EmbeddedFacts,
) -> Option<&'a EmbeddedImage> {
    let (key, original) = (key(inner), original_name(inner));
    all.images.iter().find(|other| {
        let native =
            matches!(other.machine, MachineKind::Arm64 | MachineKind::Arm64X) || other.any_cpu;
        let same_name = key.is_some() && self::key(other) == key;
        let same_original = original.is_some() && original_name(other) == original;
        // What a DLL carries for itself does not stand in for it.
        let inside = other.path.len() > inner.path.len() && other.path.starts_with(&inner.path);
        native && !inside && other.kind == inner.kind && (same_name || same_original)
    })
}

/// What is known of a file of this name: that of the file, of the variable that holds it (`main.wintun`), or
/// that of its version resource.
pub(super) fn known(inner: &EmbeddedImage) -> Option<&'static str> {
    let own = inner.own_name().rsplit('/').next().unwrap_or_default();
    let original = inner.version_string("OriginalFilename").unwrap_or_default();
    let names = own.rsplitn(2, '.').chain(original.rsplitn(2, '.'));
    let names: Vec<String> = names.map(|name| without_architecture(&name.to_lowercase())).collect();
    KNOWN.iter().find(|(known, _)| names.iter().any(|name| name == known)).map(|(_, words)| *words)
}

/// The names on the way to an image without their words for architectures; `None` where nothing names the
/// image itself. A stream holds one file, so what names the stream names the file.
fn key(inner: &EmbeddedImage) -> Option<String> {
    let stream = |within: &str| matches!(within, "gzip" | "zstd" | "bzip2" | "xz");
    let own = inner.path.iter().rev().find(|step| !stream(step.within) || !step.name.is_empty());
    own.filter(|step| !step.name.is_empty())?;
    let names = inner.path.iter().map(|step| step.name.as_str()).filter(|name| !name.is_empty());
    let parts = names.flat_map(|name| name.split('/'));
    let parts: Vec<String> = parts
        .map(|part| without_architecture(&part.to_lowercase()))
        .filter(|part| !part.is_empty())
        .collect();
    // A name that is nothing but an architecture says which one and not what.
    (!parts.is_empty()).then(|| parts.join("/"))
}

/// The `OriginalFilename` of the version resource without its words for architectures.
fn original_name(inner: &EmbeddedImage) -> Option<String> {
    let name =
        without_architecture(&inner.version_string("OriginalFilename")?.trim().to_lowercase());
    (!name.is_empty()).then_some(name)
}

/// `wintun-amd64.dll` -> `wintun.dll`, `winpty_x86_64` -> `winpty`.
fn without_architecture(name: &str) -> String {
    // Written with a separator inside: told from `x86` first.
    let name = name.replace("x86_64", "x64").replace("x86-64", "x64");
    let mut kept = String::new();
    let mut rest = name.as_str();
    while !rest.is_empty() {
        // Each word with the separator before it, which goes when the word goes.
        let word = rest.trim_start_matches(is_separator);
        let separator = rest.get(..rest.len() - word.len()).unwrap_or_default();
        let end = word.find(is_separator).unwrap_or(word.len());
        let (word, next) = word.split_at(end);
        if !ARCHITECTURES.contains(&word) {
            kept.push_str(separator);
            kept.push_str(word);
        }
        rest = next;
    }
    kept.trim_start_matches(is_separator).to_owned()
}

fn is_separator(c: char) -> bool {
    matches!(c, '-' | '_' | '.' | ' ' | '(' | ')' | '+')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::embedded::{EmbeddedKind, EmbeddedStep};
    use crate::facts::resource::VersionInfo;

    fn image(names: &[&str], machine: MachineKind) -> EmbeddedImage {
        let step = |name: &&str| EmbeddedStep {
            within: "data",
            name: (*name).to_owned(),
            offset: None,
            section: None,
        };
        EmbeddedImage {
            path: names.iter().map(step).collect(),
            machine,
            kind: EmbeddedKind::Dll,
            any_cpu: false,
            code: true,
            subsystem: 3,
            header_machine: 0,
            machine_offset: None,
            size: 0,
            sha256: String::new(),
            version: None,
        }
    }

    fn are_siblings(one: &[&str], other: &[&str]) -> bool {
        let all =
            EmbeddedFacts { images: vec![image(other, MachineKind::Arm64)], unopened: Vec::new() };
        native(&image(one, MachineKind::X64), &all).is_some()
    }

    #[test]
    fn names_lose_their_architecture() {
        let cases = [
            ("wintun-amd64.dll", "wintun.dll"),
            ("wintun.amd64.dll", "wintun.dll"),
            ("amd64", ""),
            ("x86_64-pc", "pc"),
            ("winpty_x86_64.dll", "winpty.dll"),
            ("charm.dll", "charm.dll"),
            ("x64dbg.dll", "x64dbg.dll"),
            ("main..gobytes.1", "main..gobytes.1"),
        ];
        for (name, kept) in cases {
            assert_eq!(without_architecture(name), kept, "{name}");
        }
    }

    #[test]
    fn siblings_are_the_same_name_in_parallel_places() {
        assert!(are_siblings(&["amd64/wintun.dll"], &["arm64/wintun.dll"]));
        assert!(are_siblings(&["bin/wintun_amd64.dll"], &["bin/wintun_arm64.dll"]));
        assert!(are_siblings(&["dist/x64.zip", "wintun.dll"], &["dist/arm64.zip", "WINTUN.dll"]));
        assert!(are_siblings(&["lib/x86/a.dll"], &["lib/a.dll"]));
        assert!(!are_siblings(&["amd64/a.dll"], &["arm64/b.dll"]));
        assert!(!are_siblings(&["one/amd64/a.dll"], &["two/arm64/a.dll"]));
        assert!(!are_siblings(&["main..gobytes.1"], &["main..gobytes.2"]));
        assert!(!are_siblings(&[""], &[""]));
        assert!(!are_siblings(&["x64"], &["arm64"]));
        // An ARM64 image among the resources of the x64 one, or without a name in the same container.
        assert!(!are_siblings(&["a.dll"], &["a.dll", ""]));
        assert!(!are_siblings(&["a.zip", ""], &["a.zip", ""]));
        assert!(!are_siblings(&["a.dll"], &["a.dll", "a.dll"]));
    }

    #[test]
    fn well_known_files_are_known_by_file_and_by_variable() {
        for name in ["lib/wintun.dll", "WinTun-amd64.dll", "main.wintun", "wintun"] {
            assert!(known(&image(&[name], MachineKind::X64)).is_some(), "{name}");
        }
        for name in ["wintunnel.dll", "main.tun", ""] {
            assert!(known(&image(&[name], MachineKind::X64)).is_none(), "{name}");
        }
    }

    #[test]
    fn siblings_may_tell_by_their_version_resource() {
        let named = |machine, name: &str| EmbeddedImage {
            version: Some(VersionInfo {
                strings: vec![("OriginalFilename".into(), name.into())],
                ..VersionInfo::default()
            }),
            ..image(&[""], machine)
        };
        let x64 = named(MachineKind::X64, "Tool-x64.dll");
        let with = |other| EmbeddedFacts { images: vec![other], unopened: Vec::new() };
        assert!(native(&x64, &with(named(MachineKind::Arm64, "tool-ARM64.DLL"))).is_some());
        assert!(native(&x64, &with(named(MachineKind::Arm64, "other.dll"))).is_none());
        assert!(native(&x64, &with(named(MachineKind::X86, "tool.dll"))).is_none());
        let driver =
            EmbeddedImage { kind: EmbeddedKind::Driver, ..named(MachineKind::Arm64, "tool.dll") };
        assert!(native(&x64, &with(driver)).is_none());
    }
}
