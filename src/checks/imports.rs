//! imports: does Windows on Arm have the DLLs that the image asks for?

use crate::facts::ImageFile;
use crate::facts::image::{ImageFacts, ImportedDll, MachineKind};
use crate::model::{
    CheckId, Confidence, Evidence, Finding, Location, Severity, SubjectKind, Verdict,
};

use super::draft;
use super::{Check, Context, Meta, SubjectFacts, readable};

/// See the module.
#[derive(Debug)]
pub(super) struct Imports;

static META: Meta = Meta {
    id: CheckId::new("imports"),
    title: "an image imports a DLL that Windows on Arm lacks, one of the wrong machine, or an unknown one",
    severity: Severity::Error,
    subjects: &[SubjectKind::Image],
    page: include_str!("imports.md"),
};

/// Runtimes that have no ARM64 redistributable. Source: MicrosoftDocs/cpp-docs,
/// docs/windows/latest-supported-vc-redist.md (2025-12-03): Visual C++ 2005 to 2013 list x86 and x64 (and
/// IA64) only; v14 lists ARM64.
const LACKING: &[&str] = &[
    "msvcp80.dll",
    "msvcp90.dll",
    "msvcp100.dll",
    "msvcp110.dll",
    "msvcp120.dll",
    "msvcr80.dll",
    "msvcr90.dll",
    "msvcr100.dll",
    "msvcr110.dll",
    "msvcr120.dll",
];

/// Absent on Windows 10 on Arm, there since Windows 11 (OpenGL 1.1 of GDI). Source: mingw-w64 commit
/// ebd126942; mstorsjo/llvm-mingw#209.
const SINCE_WINDOWS_11: &[&str] = &["opengl32.dll", "glu32.dll"];

/// DLLs that ARM64 Windows has. The first group is what Go's own runtime and standard library load by name
/// on windows/arm64 (GOROOT/src, runtime/os_windows.go and `sysdll.Add`); the second has an ARM64 import
/// library in mingw-w64 (commit d7f3c520, mingw-w64-crt/libarm64/Makefile.am, 1c75d326c and d60d431d2 for
/// msvcrt and ucrtbase; 28a293803 and 251659fdf for the multimedia and input ones).
const KNOWN: &[&str] = &[
    "kernel32",
    "ntdll",
    "bcryptprimitives",
    "powrprof",
    "winmm",
    "advapi32",
    "crypt32",
    "dnsapi",
    "iphlpapi",
    "mswsock",
    "netapi32",
    "psapi",
    "secur32",
    "shell32",
    "userenv",
    "ws2_32",
    //
    "user32",
    "gdi32",
    "shlwapi",
    "ole32",
    "oleaut32",
    "comctl32",
    "comdlg32",
    "bcrypt",
    "ncrypt",
    "dbghelp",
    "version",
    "setupapi",
    "cfgmgr32",
    "wtsapi32",
    "wintrust",
    "dwmapi",
    "uxtheme",
    "winhttp",
    "wininet",
    "urlmon",
    "rpcrt4",
    "propsys",
    "imm32",
    "hid",
    "mpr",
    "pdh",
    "wevtapi",
    "fwpuclnt",
    "virtdisk",
    "computecore",
    "winhvplatform",
    "wlanapi",
    "bthprops",
    "avrt",
    "mfplat",
    "odbc32",
    "wimgapi",
    "d2d1",
    "d3d9",
    "d3d11",
    "d3d12",
    "dxgi",
    "d3dcompiler_47",
    "dsound",
    "xinput1_4",
    "avifil32",
    "avicap32",
    "msvfw32",
    "dinput",
    "dinput8",
    "msvcrt",
    "ucrtbase",
    "sechost",
    "kernelbase",
    // What ole32 and the Windows Runtime forward to.
    "combase",
    // The same Makefile.am, state of commit e07cb63a.
    "activeds",
    "authz",
    "bluetoothapis",
    "cabinet",
    "clusapi",
    "computenetwork",
    "computestorage",
    "credui",
    "cryptbase",
    "cryptnet",
    "cryptsp",
    "cryptui",
    "d3d10",
    "dbgeng",
    "dcomp",
    "ddraw",
    "devobj",
    "dhcpcsvc",
    "dismapi",
    "dsrole",
    "dwrite",
    "dxva2",
    "evr",
    "fltlib",
    "gdiplus",
    "hlink",
    "icm32",
    "imagehlp",
    "ktmw32",
    "logoncli",
    "mf",
    "mfplay",
    "mfreadwrite",
    "mmdevapi",
    "msacm32",
    "mscms",
    "msctf",
    "msdmo",
    "msi",
    "msimg32",
    "netutils",
    "normaliz",
    "ntdsapi",
    "odbccp32",
    "oleacc",
    "oledlg",
    "pathcch",
    "qwave",
    "resutils",
    "rstrtmgr",
    "rtutils",
    "samcli",
    "scrobj",
    "security",
    "sensapi",
    "shcore",
    "shfolder",
    "slwga",
    "srvcli",
    "sspicli",
    "sxs",
    "tapi32",
    "tbs",
    "tdh",
    "usp10",
    "webauthn",
    "websocket",
    "wecapi",
    "winscard",
    "winusb",
    "wkscli",
    "wldap32",
    "wofutil",
    "wscapi",
    "wslapi",
    "wsock32",
    "xaudio2_8",
    "xmllite",
];

/// With the ARM64 redistributable of Visual C++ v14 (same page of cpp-docs).
const VC14: &[&str] = &["vcruntime140", "msvcp140", "concrt140"];

impl Check for Imports {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, subject: SubjectFacts<'_>, cx: Context<'_>) -> Verdict {
        let (image, facts) = match readable(subject) {
            Ok(image) => image,
            Err(verdict) => return verdict,
        };
        let findings = findings(image, facts, cx);
        let unread =
            [&facts.imports, &facts.delay_imports].into_iter().find_map(|p| p.as_ref().err());
        // What was read may be wrong all by itself.
        let wrong = findings.iter().any(|finding| finding.severity == Severity::Error);
        if let Some(reason) = unread.filter(|_| !wrong) {
            let reason = format!("its import directory could not be read: {reason}");
            return Verdict::Inconclusive { reason, gating: true };
        }
        if facts.imported_dlls().next().is_none() {
            return Verdict::NotApplicable("it imports no DLL".into());
        }
        if findings.is_empty() { Verdict::Pass } else { Verdict::Fail(findings) }
    }
}

fn findings(image: &ImageFile, facts: &ImageFacts, cx: Context<'_>) -> Vec<Finding> {
    facts.imported_dlls().filter_map(|dll| finding(image, facts, dll, cx)).collect()
}

fn finding(
    image: &ImageFile,
    facts: &ImageFacts,
    dll: &ImportedDll,
    cx: Context<'_>,
) -> Option<Finding> {
    // An ARM64EC process loads x64 DLLs as well; hybrid-image speaks of it.
    let beside = if facts.kind == MachineKind::Arm64Ec { None } else { sibling(image, &dll.name) };
    let (mut severity, class, words, help) = match beside {
        Some(judgement) => judgement?,
        None => {
            let (severity, class, words, help) = judge_name(&dll.name)?;
            (severity, class, words.to_owned(), help)
        }
    };
    if dll.delay_loaded && class != "sibling-wrong-machine" && severity > Severity::Note {
        // It breaks when the first function is called, not at the start.
        severity = if severity == Severity::Error { Severity::Warning } else { Severity::Note };
    }
    let message = format!("{} imports {}, {words}", image.name, dll.name);
    let mut finding = draft::finding(&META.id, cx.subject, severity, message);
    finding.class = Some(class.into());
    finding.package = image.package.clone();
    finding.confidence =
        if severity == Severity::Note { Confidence::Low } else { Confidence::High };
    finding.help = Some(help.into());
    finding.location = Some(Location { file_offset: Some(dll.name_offset), ..Location::default() });
    finding.evidence.push(Evidence::Field {
        name: "Import".into(),
        value: format!("{} ({} symbols)", dll.name, dll.symbols),
        file_offset: Some(dll.name_offset),
    });
    Some(finding)
}

/// What there is to say of a DLL that lies beside the image: the loader looks there before it looks in the
/// system directory (Microsoft, "Dynamic-link library search order"). `None` if none does or the loader
/// takes it from Windows all the same, `Some(None)` if it is of the right machine.
fn sibling(
    image: &ImageFile,
    name: &str,
) -> Option<Option<(Severity, &'static str, String, &'static str)>> {
    let name = with_suffix(name);
    if is_api_set(&name) || SYSTEM_ONLY.contains(&name.as_str()) {
        return None;
    }
    let kind = *image.siblings.get(&name)?;
    Some(match kind {
        MachineKind::Arm64 | MachineKind::Arm64X => None,
        kind => Some((
            Severity::Error,
            "sibling-wrong-machine",
            format!("and the {name} beside it is {kind}, which an ARM64 process cannot load"),
            "ship the ARM64 (or ARM64X) build of that DLL beside the exe",
        )),
    })
}

/// The name in lower case, with the suffix that the loader adds.
fn with_suffix(name: &str) -> String {
    let mut name = name.to_ascii_lowercase();
    if !name.contains('.') {
        name.push_str(".dll");
    }
    name
}

fn is_api_set(name: &str) -> bool {
    name.starts_with("api-ms-win-") || name.starts_with("ext-ms-")
}

/// Some of the KnownDLLs, which the loader takes from the system directory whatever lies beside the image
/// (same page of Microsoft's).
const SYSTEM_ONLY: &[&str] = &[
    "kernel32.dll",
    "kernelbase.dll",
    "ntdll.dll",
    "advapi32.dll",
    "user32.dll",
    "gdi32.dll",
    "ole32.dll",
    "oleaut32.dll",
    "rpcrt4.dll",
    "sechost.dll",
    "shell32.dll",
    "shlwapi.dll",
    "ws2_32.dll",
    "msvcrt.dll",
];

type Judgement = (Severity, &'static str, &'static str, &'static str);

/// What there is to say of an imported name; `None` where ARM64 Windows has it.
fn judge_name(name: &str) -> Option<Judgement> {
    let name = with_suffix(name);
    if LACKING.contains(&name.as_str()) {
        return Some((
            Severity::Error,
            "lacking-dll",
            "a runtime that Microsoft does not make for ARM64",
            "link the C code against the Universal C Runtime, or ship an ARM64 build of that DLL beside the exe",
        ));
    }
    if SINCE_WINDOWS_11.contains(&name.as_str()) {
        return Some((
            Severity::Note,
            "newer-windows",
            "which Windows 10 on Arm lacks; Windows 11 on Arm has it",
            "say in the release notes that Windows 11 is needed, or load it when it is used",
        ));
    }
    let stem = name.strip_suffix(".dll").unwrap_or(&name);
    if is_api_set(stem) || KNOWN.contains(&stem) || name == "winspool.drv" {
        return None;
    }
    if VC14.iter().any(|known| stem.starts_with(known)) {
        return Some((
            Severity::Note,
            "redistributable",
            "which the ARM64 redistributable of Visual C++ v14 installs",
            "install that redistributable with the program, or link the runtime statically",
        ));
    }
    Some((
        Severity::Note,
        "unknown-dll",
        "which gowoa does not know as a part of ARM64 Windows",
        "make sure that an ARM64 (or ARM64X) build of it is shipped beside the exe",
    ))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn a_dll_beside_the_image_has_to_be_of_its_machine() {
        let mut image = ImageFile::unread("app.exe".into(), PathBuf::from("app.exe"));
        for (name, kind) in [
            ("native.dll", MachineKind::Arm64),
            ("both.dll", MachineKind::Arm64X),
            ("foreign.dll", MachineKind::X64),
            ("hybrid.dll", MachineKind::Arm64Ec),
            ("kernel32.dll", MachineKind::X64),
        ] {
            image.siblings.insert(name.into(), kind);
        }
        assert_eq!(sibling(&image, "Native.DLL"), Some(None));
        assert_eq!(sibling(&image, "both"), Some(None));
        assert_eq!(sibling(&image, "absent.dll"), None);
        assert_eq!(sibling(&image, "KERNEL32.dll"), None, "always that of Windows");
        for name in ["foreign", "hybrid.dll"] {
            let judged = sibling(&image, name).flatten().map(|judged| (judged.0, judged.1));
            assert_eq!(judged, Some((Severity::Error, "sibling-wrong-machine")), "{name}");
        }
    }

    #[test]
    fn names_are_judged_without_case_and_suffix() {
        assert!(judge_name("KERNEL32.dll").is_none());
        assert!(judge_name("ws2_32").is_none());
        assert!(judge_name("api-ms-win-core-synch-l1-2-0.dll").is_none());
        assert_eq!(judge_name("MSVCR120.DLL").map(|j| j.0), Some(Severity::Error));
        assert_eq!(judge_name("opengl32.dll").map(|j| j.1), Some("newer-windows"));
        assert_eq!(judge_name("vcruntime140_1.dll").map(|j| j.1), Some("redistributable"));
        assert_eq!(judge_name("ftd2xx.dll").map(|j| j.1), Some("unknown-dll"));
    }
}
