//! The words of object-machine: message, proof and next step.

use crate::facts::ObjectFile;
use crate::facts::image::MachineKind;
use crate::facts::object::{LinkedBy, ObjectContents, ObjectForm, ObjectMember};
use crate::model::{Evidence, ModuleRef};

use super::draft::listed;

/// Members that a message names.
const NAMED: usize = 3;

/// One line: what it is, and how it gets into the build.
pub(super) fn message(
    object: &ObjectFile,
    contents: &ObjectContents,
    wrong: &[&ObjectMember],
    wanted: MachineKind,
) -> String {
    let what = match (contents, wrong) {
        (ObjectContents::Member(member), _) => alone(&object.name, &member.form),
        (ObjectContents::Archive { members, .. }, _) => of_archive(object, members.len(), wrong),
    };
    match &object.linked_by {
        LinkedBy::Syso => format!("{what}, and the windows/arm64 build links it"),
        LinkedBy::LdFlags(flag) => {
            let package = object.packages.first().map_or("the build", String::as_str);
            format!("{what}, and #cgo LDFLAGS of {package} link it ({flag})")
        }
        LinkedBy::Given => format!("{what}; expected {wanted}"),
    }
}

/// An object by itself.
fn alone(name: &str, form: &ObjectForm) -> String {
    let kind = form.machine().map(|kind| kind.words().into_owned()).unwrap_or_default();
    match form {
        ObjectForm::Coff { resources_only: true, .. } => {
            format!("{name} is a resource object for {kind}")
        }
        ObjectForm::Coff { code_bytes: 0, .. } => format!("{name} is an object for {kind}"),
        ObjectForm::Coff { code_bytes, .. } => {
            format!("{name} holds {code_bytes} bytes of {kind} code")
        }
        ObjectForm::Import { dll, import, .. } => {
            format!("{name} is the import record of {import} in {dll} for {kind}")
        }
        ObjectForm::NoMachine { what } | ObjectForm::Foreign { what, .. } => {
            format!("{name} is {what}")
        }
        ObjectForm::Malformed { problem } => format!("{name}: {problem}"),
    }
}

/// Members of an archive: how many, what they are, the first names.
fn of_archive(object: &ObjectFile, all: usize, wrong: &[&ObjectMember]) -> String {
    let mut kinds: Vec<String> = Vec::new();
    let mut names: Vec<String> = Vec::new();
    for member in wrong {
        let kind = match &member.form {
            ObjectForm::Foreign { what, .. } => what.clone(),
            ObjectForm::Malformed { problem } => problem.clone(),
            form => form.machine().map(|kind| format!("for {kind}")).unwrap_or_default(),
        };
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
        // Every record of an import library is called like the DLL.
        let name = match &member.form {
            ObjectForm::Import { import, .. } => import.clone(),
            _ => member.name.clone(),
        };
        if !name.is_empty() && !names.contains(&name) {
            names.push(name);
        }
    }
    let members = if all == 1 { "member" } else { "members" };
    let names =
        if names.is_empty() { String::new() } else { format!(" ({})", listed(&names, NAMED)) };
    let are = match wrong.first().map(|member| &member.form) {
        Some(ObjectForm::Malformed { .. }) => ":",
        _ if wrong.len() == 1 => " is",
        _ => " are",
    };
    format!(
        "{}: {} of {all} {members}{names}{are} {}",
        object.name,
        wrong.len(),
        listed(&kinds, NAMED)
    )
}

/// The machine field of a member: value and file offset.
pub(super) fn machine_field(member: &ObjectMember) -> Option<(u16, u64)> {
    match member.form {
        ObjectForm::Coff { machine, machine_offset, .. }
        | ObjectForm::Import { machine, machine_offset, .. } => Some((machine, machine_offset)),
        _ => None,
    }
}

/// The machine field as evidence.
pub(super) fn field(member: &ObjectMember) -> Option<Evidence> {
    let (machine, offset) = machine_field(member)?;
    let kind = MachineKind::from_header(machine);
    let of = if member.name.is_empty() { String::new() } else { format!(", {}", member.name) };
    Some(Evidence::Field {
        name: "Machine".into(),
        value: format!("{machine:#06x} ({kind}{of})"),
        file_offset: Some(offset),
    })
}

/// Machines whose objects Go's linker opens, whatever it links for (cmd/link/internal/ld, `ldobj`). What it does
/// not know is left to a C linker.
pub(super) fn known_to_go(kind: MachineKind) -> bool {
    matches!(kind, MachineKind::X86 | MachineKind::X64 | MachineKind::Arm32 | MachineKind::Arm64)
}

/// Why nothing stops it, or what does.
pub(super) fn cause(object: &ObjectFile, form: &ObjectForm) -> Vec<Evidence> {
    let text = match &object.linked_by {
        LinkedBy::Given => return Vec::new(),
        LinkedBy::LdFlags(_) => match of_library(form) {
            Some(text) => text,
            None => return Vec::new(),
        },
        LinkedBy::Syso => match form {
            ObjectForm::Coff { bigobj: true, .. } | ObjectForm::Import { .. } => of_c_linker("form"),
            ObjectForm::Coff { resources_only: true, .. }
                if form.machine().is_some_and(known_to_go) =>
            {
                "Go 1.26 and later link it without an error and take its relocations for others, so the manifest, the \
                 icon and the version of the exe can begin at the wrong bytes; older versions stop with `unknown ARM64 \
                 relocation type`"
                    .into()
            }
            ObjectForm::Coff { .. } if form.machine().is_some_and(known_to_go) => {
                "the Go linker does not compare the machine of an object with its own (cmd/link/internal/loadpe), so \
                 it links without an error what has no relocation that it refuses"
                    .into()
            }
            ObjectForm::Coff { .. } => of_c_linker("machine"),
            ObjectForm::Foreign { a64: true, .. } => {
                "the Go linker reads ELF and Mach-O for any system and links it; code for another system may use x18 \
                 and other calling conventions"
                    .into()
            }
            ObjectForm::Foreign { .. } => {
                "the Go linker reads ELF and Mach-O for any system and refuses what is not for ARM64 (`elf object but \
                 not arm64`)"
                    .into()
            }
            ObjectForm::NoMachine { .. } | ObjectForm::Malformed { .. } => return Vec::new(),
        },
    };
    let mut causes = vec![text];
    if !object.linked_into.is_empty() {
        let (exes, functions) = (listed(&object.linked_into, NAMED), functions(form));
        causes.push(format!("it is in {exes}: the function table there names {functions}"));
    }
    causes.into_iter().map(|text| Evidence::Cause { text, file: None, line: None }).collect()
}

/// What a C linker does with such a member; the words are lld's.
fn of_library(form: &ObjectForm) -> Option<String> {
    let text = match form {
        ObjectForm::Coff { .. } | ObjectForm::Import { .. } => match form.machine()? {
            MachineKind::Arm64Ec | MachineKind::Arm64X => {
                "a C linker that links for ARM64 finds no symbol of such a member (`undefined symbol`)".into()
            }
            kind => format!(
                "a C linker refuses such a member as soon as a symbol of it is needed (`machine type {kind} conflicts \
                 with arm64`)"
            ),
        },
        ObjectForm::Foreign { .. } => {
            "a C linker for Windows does not read such a member (`unknown file type`)".into()
        }
        ObjectForm::NoMachine { .. } | ObjectForm::Malformed { .. } => return None,
    };
    Some(text)
}

/// Why an object of a linked package is no error: the linker leaves it out.
pub(super) fn dropped(object: &ObjectFile, form: &ObjectForm) -> Option<Evidence> {
    let ObjectForm::Coff { functions, .. } = form else { return None };
    let text = "no exe has a function of it: the linker drops an object that nothing refers to";
    (object.linked_by == LinkedBy::Syso && !functions.is_empty()).then(|| Evidence::Cause {
        text: text.into(),
        file: None,
        line: None,
    })
}

fn of_c_linker(what: &str) -> String {
    format!(
        "the Go linker does not know this {what} of object and leaves it to a C linker, which refuses it or is not there"
    )
}

fn functions(form: &ObjectForm) -> String {
    match form {
        ObjectForm::Coff { functions, .. } => listed(functions, NAMED),
        _ => String::new(),
    }
}

/// The next step.
pub(super) fn help(
    object: &ObjectFile,
    form: &ObjectForm,
    wanted: MachineKind,
    module: Option<&ModuleRef>,
) -> String {
    let make = how_to_make(form, wanted);
    let step = match &object.linked_by {
        LinkedBy::Syso => syso(&object.name, form, &make),
        LinkedBy::LdFlags(flag) if flag.starts_with("-l") => format!(
            "put a build of {flag} for ARM64 where `#cgo windows,arm64 LDFLAGS: -L…` finds it, and let the other \
             directory be for amd64 alone (`#cgo windows,amd64 LDFLAGS: -L…`)"
        ),
        LinkedBy::LdFlags(flag) => format!(
            "name a file for ARM64 in `#cgo windows,arm64 LDFLAGS`, and {flag} in `#cgo windows,amd64 LDFLAGS` alone"
        ),
        LinkedBy::Given => make,
    };
    match module.filter(|module| module.version.is_some() || module.replaced_by.is_some()) {
        Some(module) if module.replaced_by.is_some() => {
            format!("mend it in what replaces {}: {step}", module.path)
        }
        Some(module) => format!(
            "try a newer version (go get {}@latest, not tried here); if that has the file too, its maintainers can: \
             {step}",
            module.path
        ),
        None => step,
    }
}

/// A name without an architecture is linked for all of them.
fn syso(name: &str, form: &ObjectForm, make: &str) -> String {
    let file = name.rsplit('/').next().unwrap_or(name);
    let stem = file.strip_suffix(".syso").unwrap_or(file);
    if stem.ends_with("_arm64") {
        return make.to_owned();
    }
    let base = stem.strip_suffix("_windows").unwrap_or(stem);
    let own = match form {
        ObjectForm::Foreign { .. } => "linux_amd64",
        _ => match form.machine() {
            Some(MachineKind::X86) => "windows_386",
            Some(MachineKind::Arm32) => "windows_arm",
            _ => "windows_amd64",
        },
    };
    format!(
        "no architecture is in the name, so it is linked for every one: rename it to what it is ({base}_{own}.syso), \
         and add {base}_windows_arm64.syso; {make}"
    )
}

/// With which tool an object for the machine is made. The flags are those of akavel/rsrc 0.10.2, goversioninfo 1.5,
/// go-winres 0.3.3 and LLVM 22.
fn how_to_make(form: &ObjectForm, wanted: MachineKind) -> String {
    if wanted != MachineKind::Arm64 {
        return format!("make it again for {wanted}");
    }
    match form {
        ObjectForm::Coff { resources_only: true, .. } => {
            "make resources for ARM64 with rsrc -arch arm64, goversioninfo -arm -64 (its -64 alone writes amd64), \
             go-winres make --arch arm64, or llvm-windres --target=aarch64-w64-mingw32"
                .into()
        }
        ObjectForm::Import { .. } => {
            "make the import library from its .def file with llvm-dlltool -m arm64, or llvm-lib /machine:arm64".into()
        }
        _ => "compile it for ARM64 (clang --target=aarch64-windows-gnu -c)".into(),
    }
}
