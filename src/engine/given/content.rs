//! What a file is by its bytes, in the words of the claims: GOOS, GOARCH, and what else shows it.

use memchr::memmem;

use crate::facts::given::{Content, Form};
use crate::facts::image::{ImageFacts, MachineKind};
use crate::image::FileKind;

/// `IMAGE_SUBSYSTEM_EFI_APPLICATION` to `IMAGE_SUBSYSTEM_XBOX` without the last (PE format, Windows Subsystem).
const EFI_SUBSYSTEMS: std::ops::RangeInclusive<u16> = 10..=13;
/// Bytes behind the last section that are searched for the head of an installer's payload: NSIS puts it on
/// the next multiple of 512, 7-Zip behind a text of at most a few KiB.
const HEAD_OF_PAYLOAD: usize = 16 << 10;

/// Names that only programs and libraries of Windows have.
const PROGRAM_SUFFIXES: &[&str] = &[".exe", ".dll"];
/// Names of objects and libraries: these formats have no magic number, or one that other files share.
const OBJECT_SUFFIXES: &[&str] = &[".o", ".obj", ".syso", ".res", ".lib", ".a"];

/// What .NET xors the machine of an assembly with that holds native code for another system, and that system
/// (dotnet/runtime, src/coreclr/inc/pedecoder.h: `IMAGE_FILE_MACHINE_OS_MASK_*`).
const CLR_SYSTEMS: &[(u16, &str)] = &[(0x7b79, "linux"), (0x4644, "darwin"), (0xadc4, "freebsd")];

/// The GOARCH whose code an image of this machine has. A machine that gowoa does not know is one, too: `None`
/// would say that the file runs on every machine.
fn goarch(kind: MachineKind) -> String {
    match kind {
        // ARM64EC code runs on ARM64 machines only; hybrid-image says more.
        MachineKind::Arm64 | MachineKind::Arm64Ec | MachineKind::Arm64X => "arm64".into(),
        MachineKind::X64 => "amd64".into(),
        MachineKind::X86 | MachineKind::ChpeX86 => "386".into(),
        MachineKind::Arm32 => "arm".into(),
        MachineKind::Other(_) => kind.words().into_owned(),
    }
}

/// The GOARCH of an object; `None` for 0, the objects without code that every link takes (PE format, Machine
/// Types: `IMAGE_FILE_MACHINE_UNKNOWN`).
fn object_goarch(machine: u16) -> Option<String> {
    (machine != 0).then(|| goarch(MachineKind::from_header(machine)))
}

/// System and machine of the native code in an assembly that is for another system than Windows.
fn clr_elsewhere(machine: u16) -> Option<(&'static str, MachineKind)> {
    CLR_SYSTEMS.iter().find_map(|(mask, goos)| {
        let kind = MachineKind::from_header(machine ^ mask);
        let known = !matches!(kind, MachineKind::Other(_));
        (known && matches!(MachineKind::from_header(machine), MachineKind::Other(_)))
            .then_some((*goos, kind))
    })
}

/// What an image is before anything but its kind was looked at; or what it is if its headers are damaged.
pub(super) fn of_header(kind: FileKind, machine: u16) -> Content {
    Content {
        words: kind.words().into_owned(),
        form: Form::Pe,
        goos: Some("windows".into()),
        goarch: Some(goarch(MachineKind::from_header(machine))),
        ..Content::default()
    }
}

/// What an image is.
pub(super) fn of_image(facts: &ImageFacts, bytes: &[u8]) -> Content {
    let clr = facts.clr.as_ref().ok().and_then(Option::as_ref);
    let form = match clr {
        Some(_) => Form::Clr,
        None if EFI_SUBSYSTEMS.contains(&facts.subsystem) => Form::Efi,
        None => Form::Pe,
    };
    let any_cpu = facts.any_cpu();
    // Code for the byte code machine of UEFI is for no processor (PE format, Machine Types: EBC).
    let byte_code = form == Form::Efi && facts.machine == 0x0ebc;
    let elsewhere = (form == Form::Clr).then(|| clr_elsewhere(facts.machine)).flatten();
    let words = match form {
        Form::Efi => format!("a UEFI program for {}", facts.kind),
        _ if any_cpu => "a .NET assembly for any CPU".to_owned(),
        Form::Clr => match elsewhere {
            Some((goos, kind)) => format!("a .NET assembly with code for {goos} on {kind}"),
            None => format!("a .NET assembly for {}", facts.kind),
        },
        _ => format!("a PE image for {}", facts.kind),
    };
    let info = facts.build_info.as_ref().ok().and_then(Option::as_ref);
    let settings: Vec<String> = ["GOOS", "GOARCH"]
        .iter()
        .filter_map(|key| Some(format!("{key}={}", info?.setting(key)?)))
        .collect();
    let more = match settings.as_slice() {
        [] => Vec::new(),
        some => vec![format!("Go build info: {}", some.join(" "))],
    };
    Content {
        words,
        form,
        goos: match form {
            Form::Pe => Some("windows".to_owned()),
            _ => elsewhere.map(|(goos, _)| goos.to_owned()),
        },
        goarch: (!any_cpu && !byte_code)
            .then(|| goarch(elsewhere.map_or(facts.kind, |(_, kind)| kind))),
        more,
        field: Some((
            "Machine".into(),
            format!("{:#06x} ({})", facts.machine, facts.kind),
            facts.machine_offset,
        )),
        installer: installer(facts, bytes),
        library: facts.dll(),
    }
}

/// Which installer's program this is. Their payload is compressed, and their programs are x86 on purpose:
/// one that runs everywhere.
fn installer(facts: &ImageFacts, bytes: &[u8]) -> Option<&'static str> {
    // The tools that make installers hold the same marks; they are DLLs, or written for .NET.
    if facts.dll() || facts.kind == MachineKind::Arm64 || !matches!(facts.clr, Ok(None)) {
        return None;
    }
    // None of them is written in Go; a program in Go that reads installers holds every mark.
    if !matches!(facts.pclntab, Ok(None)) || !matches!(facts.build_info, Ok(None)) {
        return None;
    }
    // WiX: the bootstrapper's own section (wix, src/burn/stub).
    if facts.sections.iter().any(|section| section.name == ".wixburn") {
        return Some("WiX Burn");
    }
    let end = facts.sections.iter().map(|section| section.file_end()).max().unwrap_or(0);
    let payload = bytes.get(usize::try_from(end).ok()?..)?;
    let head = payload.get(..HEAD_OF_PAYLOAD.min(payload.len()))?;
    let has = |bytes: &[u8], mark: &[u8]| memmem::find(bytes, mark).is_some();
    // NSIS: FH_SIG and FH_INT1..3 of the first header (nsis, Source/exehead/fileform.h).
    if has(head, b"\xef\xbe\xad\xdeNullsoftInst") {
        return Some("NSIS");
    }
    // 7-Zip: the signature of the archive (7-Zip, DOC/7zFormat.txt) behind the module.
    if has(head, b"7z\xbc\xaf\x27\x1c") {
        return Some("7-Zip");
    }
    // Inno Setup: the head of the setup data, which is not compressed, and the resource with the table of
    // offsets (issrc, Projects/Src/Shared.Struct.pas: SetupID, SetupLdrOffsetTableID).
    let resources = resources(facts, bytes);
    if has(payload, b"Inno Setup Setup Data (") || has(resources, b"rDlPtS\xcd\xe6\xd7\x7b\x0b\x2a")
    {
        return Some("Inno Setup");
    }
    // Squirrel: the directory that it unpacks to, in UTF-16, among the constants of its program, and what it
    // unpacks: a zip archive in its resources (Squirrel.Windows, src/Setup/UpdateRunner.cpp).
    let squirrel: Vec<u8> = "SquirrelTemp".encode_utf16().flat_map(u16::to_le_bytes).collect();
    (has(resources, b"PK\x03\x04") && has(bytes, &squirrel)).then_some("Squirrel")
}

/// The section of the resources; empty where there is none.
fn resources<'a>(facts: &ImageFacts, bytes: &'a [u8]) -> &'a [u8] {
    let section = facts.sections.iter().find(|section| section.name == ".rsrc");
    let range = section.and_then(|section| {
        let end = usize::try_from(section.file_end()).ok()?.min(bytes.len());
        Some(usize::try_from(section.file_offset).ok()?..end)
    });
    range.and_then(|range| bytes.get(range)).unwrap_or_default()
}

/// What a file is that is no PE image and no container; `None` for what no platform runs or links.
pub(super) fn of_other(kind: FileKind, bytes: &[u8], name: &str) -> Option<Content> {
    let lower = name.to_ascii_lowercase();
    let ends = |suffixes: &[&str]| suffixes.iter().any(|suffix| lower.ends_with(suffix));
    let content = |form, goos: Option<&str>, goarch: Option<String>| Content {
        words: kind.words().into_owned(),
        form,
        goos: goos.map(str::to_owned),
        goarch,
        ..Content::default()
    };
    let machine =
        |machine: u16, offset: u64| Some(("Machine".to_owned(), format!("{machine:#06x}"), offset));
    match kind {
        FileKind::Elf { machine: number } if !data_elf(number, bytes) => Some(Content {
            field: Some(("e_machine".into(), number.to_string(), 18)),
            ..content(Form::Elf, None, elf(number, bytes).map(str::to_owned))
        }),
        FileKind::MachO { cpu } => Some(Content {
            field: Some(("cputype".into(), format!("{cpu:#010x}"), 4)),
            ..content(Form::MachO, Some("darwin"), mach_o(cpu).map(str::to_owned))
        }),
        FileKind::MachOUniversal => Some(content(Form::MachO, Some("darwin"), None)),
        FileKind::CoffObject { machine: number } if ends(OBJECT_SUFFIXES) => Some(Content {
            // The form for many sections has its machine behind a signature and a version.
            field: machine(number, if bytes.starts_with(&[0, 0]) { 6 } else { 0 }),
            ..content(Form::Object, None, object_goarch(number))
        }),
        FileKind::CoffImport { machine: number } if ends(OBJECT_SUFFIXES) => Some(Content {
            field: machine(number, 6),
            ..content(Form::Object, None, object_goarch(number))
        }),
        FileKind::Archive if ends(OBJECT_SUFFIXES) => Some(content(Form::Object, None, None)),
        _ if ends(PROGRAM_SUFFIXES) => Some(content(Form::NoProgram, None, None)),
        _ => None,
    }
}

/// Whether an ELF file is not for the system that carries it: BPF byte code (247), which Windows loads too,
/// and files that say that they run without a system (`ELFOSABI_STANDALONE`, 255).
fn data_elf(machine: u16, bytes: &[u8]) -> bool {
    machine == 247 || bytes.get(7) == Some(&255)
}

/// The GOARCH of an ELF machine (the generic ABI's `e_machine`), with the byte order in byte 5 and the class
/// in byte 4.
fn elf(machine: u16, bytes: &[u8]) -> Option<&'static str> {
    let little = bytes.get(5) == Some(&1);
    let wide = bytes.get(4) == Some(&2);
    Some(match (machine, wide, little) {
        (3, false, true) => "386",
        (62, true, true) => "amd64",
        (40, false, true) => "arm",
        (183, true, true) => "arm64",
        (8, false, false) => "mips",
        (8, false, true) => "mipsle",
        (8, true, false) => "mips64",
        (8, true, true) => "mips64le",
        (21, true, false) => "ppc64",
        (21, true, true) => "ppc64le",
        (22, true, false) => "s390x",
        (243, true, true) => "riscv64",
        (258, true, true) => "loong64",
        _ => return None,
    })
}

/// The GOARCH of a Mach-O CPU (`mach/machine.h`).
fn mach_o(cpu: u32) -> Option<&'static str> {
    Some(match cpu {
        0x0000_0007 => "386",
        0x0100_0007 => "amd64",
        0x0000_000c => "arm",
        0x0100_000c => "arm64",
        _ => return None,
    })
}

/// Whether a file has the name of a container that gowoa reads.
pub(super) fn called_container(name: &str) -> bool {
    const SUFFIXES: &[&str] = &[
        ".zip", ".tar", ".gz", ".tgz", ".xz", ".zst", ".bz2", ".cab", ".whl", ".nupkg", ".msix",
        ".appx",
    ];
    let lower = name.to_ascii_lowercase();
    SUFFIXES.iter().any(|suffix| lower.ends_with(suffix))
}

/// Containers that gowoa does not read, in words; `None` for files that are none.
pub(super) fn closed_container(kind: FileKind, bytes: &[u8], name: &str) -> Option<&'static str> {
    const MAGIC: &[(&[u8], &str)] = &[
        (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
        (b"Rar!\x1a\x07", "a RAR archive"),
        (b"\xed\xab\xee\xdb", "an RPM package"),
        (b"!<arch>\ndebian-binary", "a Debian package"),
        (b"xar!", "a macOS package"),
    ];
    if let Some((_, words)) = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Some(words);
    }
    let lower = name.to_ascii_lowercase();
    let installer = [".msi", ".msm", ".msp"].iter().any(|suffix| lower.ends_with(suffix));
    (kind == FileKind::OleCompound && installer).then_some("an MSI package")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::identify;

    fn image(name: &str) -> Content {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/pe").join(name);
        let bytes = fs_err::read(path).unwrap();
        of_image(&crate::image::read(&bytes).unwrap(), &bytes)
    }

    #[test]
    fn images_are_for_the_machine_that_runs_their_code() {
        for (name, goarch, words) in [
            ("arm64.exe", "arm64", "a PE image for ARM64"),
            ("arm64ec.dll", "arm64", "a PE image for ARM64EC"),
            ("arm64x.dll", "arm64", "a PE image for ARM64X"),
            ("x64.exe", "amd64", "a PE image for x64"),
            ("x86.exe", "386", "a PE image for x86"),
        ] {
            let content = image(name);
            assert_eq!((content.goarch.as_deref(), content.words.as_str()), (Some(goarch), words));
            assert_eq!(content.installer, None);
        }
    }

    #[test]
    fn the_head_of_a_payload_tells_the_installer() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/pe/x86.exe");
        let stub = fs_err::read(path).unwrap();
        for (payload, words) in [
            (&b"\0\0\0\0\xef\xbe\xad\xdeNullsoftInst"[..], Some("NSIS")),
            (b"Inno Setup Setup Data (6.2.0) (u)", Some("Inno Setup")),
            (b";!@Install@!UTF-8!\n;!@InstallEnd@!7z\xbc\xaf\x27\x1c", Some("7-Zip")),
            (b"PK\x03\x04", None),
        ] {
            let bytes = [stub.as_slice(), payload].concat();
            let facts = crate::image::read(&bytes).unwrap();
            assert_eq!(installer(&facts, &bytes), words);
        }
    }

    #[test]
    fn an_unknown_machine_is_not_any_machine() {
        let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/pe");
        let bytes = fs_err::read(dir.join("arm64.exe")).unwrap();
        let mut facts = crate::image::read(&bytes).unwrap();
        facts.kind = MachineKind::Other(0x0200);
        assert_eq!(of_image(&facts, &bytes).goarch.as_deref(), Some("Itanium"));
        assert_eq!(
            of_header(FileKind::Pe { machine: 1 }, 1).goarch.unwrap(),
            "unknown machine 0x0001"
        );
        // .NET's own marks for other systems hide a machine that is known.
        facts.clr = Ok(Some(crate::facts::image::ClrHeader { offset: 0, flags: 0 }));
        (facts.machine, facts.kind) = (0xaa64 ^ 0x7b79, MachineKind::Other(0xaa64 ^ 0x7b79));
        let content = of_image(&facts, &bytes);
        assert_eq!(
            (content.goos.as_deref(), content.goarch.as_deref()),
            (Some("linux"), Some("arm64"))
        );
        assert_eq!(object_goarch(0), None);
    }

    #[test]
    fn a_program_with_the_marks_of_installers_is_none() {
        let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/pe");
        let table = b"rDlPtS\xcd\xe6\xd7\x7b\x0b\x2a";
        // A Go program that reads setups, whatever stands behind it.
        let mut bytes = fs_err::read(dir.join("arm64-go.exe")).unwrap();
        bytes.extend_from_slice(b"Inno Setup Setup Data (6.2.0) (u)");
        let mut facts = crate::image::read(&bytes).unwrap();
        facts.kind = MachineKind::X64;
        assert_eq!(installer(&facts, &bytes), None);
        // Any other with the marks among its constants.
        let mut bytes = fs_err::read(dir.join("x86.exe")).unwrap();
        let facts = crate::image::read(&bytes).unwrap();
        let code = facts.sections[0].file_offset as usize;
        bytes[code..code + table.len()].copy_from_slice(table);
        assert_eq!(installer(&facts, &bytes), None);
        let squirrel: Vec<u8> = "SquirrelTemp".encode_utf16().flat_map(u16::to_le_bytes).collect();
        bytes[code..code + squirrel.len()].copy_from_slice(&squirrel);
        assert_eq!(installer(&facts, &bytes), None);
        // In its resources the table makes a setup of it.
        let mut facts = facts;
        facts.sections[0].name = ".rsrc".into();
        bytes[code..code + table.len()].copy_from_slice(table);
        assert_eq!(installer(&facts, &bytes), Some("Inno Setup"));
        let zip = [b"PK\x03\x04", squirrel.as_slice()].concat();
        bytes[code..code + zip.len()].copy_from_slice(&zip);
        assert_eq!(installer(&facts, &bytes), Some("Squirrel"));
    }

    #[test]
    fn other_files_count_by_bytes_and_name() {
        let mut elf = b"\x7fELF\x02\x01\x01".to_vec();
        elf.resize(64, 0);
        elf[18] = 183;
        let of = |bytes: &[u8], name: &str| of_other(identify(bytes), bytes, name);
        let found = of(&elf, "tool").unwrap();
        assert_eq!((found.form, found.goarch.as_deref()), (Form::Elf, Some("arm64")));
        elf[18] = 247;
        assert_eq!(of(&elf, "probe.o"), None);
        let mut object = b"\x64\x86\x01\0".to_vec();
        object.resize(64, 0);
        assert_eq!(of(&object, "photo.dat"), None);
        assert_eq!(of(&object, "rsrc.SYSO").unwrap().goarch.as_deref(), Some("amd64"));
        assert_eq!(of(b"<html>", "tool.exe").unwrap().form, Form::NoProgram);
        assert_eq!(of(b"text", "readme"), None);
    }
}
