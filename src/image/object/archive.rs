//! The members of an ar archive: GNU, BSD and Microsoft forms, and thin archives.

use ::object::read::archive::{ArchiveFile, ArchiveMember};

use super::{Names, form, text};
use crate::facts::object::{ObjectContents, ObjectForm, ObjectMember};

/// Bytes of member names that are read in one archive. A long name is looked for in a table that every member may
/// point into, so without a limit a small archive could ask for the same long name again and again.
const MAX_NAME_BYTES: usize = 64 << 20;
/// Members with which the linkers of Unix, macOS and Windows find symbols; they are no objects. Those of GNU and
/// Microsoft begin with a slash (PE format, Archive File Format) and are told by it.
const BSD_INDEX: &[&[u8]] =
    &[b"__.SYMDEF", b"__.SYMDEF SORTED", b"__.SYMDEF_64", b"__.SYMDEF_64 SORTED"];

/// Reads an archive whose magic number was seen.
pub(super) fn read(bytes: &[u8]) -> Result<ObjectContents, String> {
    let file = ArchiveFile::parse(bytes).map_err(|error| format!("malformed archive: {error}"))?;
    let mut members = Vec::new();
    let mut more = 0;
    // Where the next header should be, for the error where it is not.
    let mut next = MAGIC;
    let mut names = 0_usize;
    for found in file.members() {
        let member = match found {
            Ok(member) => member,
            Err(error) => {
                members.push(malformed(next, &error.to_string()));
                break;
            }
        };
        names = names.saturating_add(member.name().len());
        if names > MAX_NAME_BYTES {
            members.push(malformed(next, "the names of the members add up to more than 64 MiB"));
            break;
        }
        let (begin, size) = member.file_range();
        next = begin.saturating_add(size);
        next += next & 1;
        if for_linkers(&member) {
            continue;
        }
        if members.len() >= ObjectContents::MAX_MEMBERS {
            more += 1;
            continue;
        }
        members.push(read_member(bytes, &member));
    }
    Ok(ObjectContents::Archive { members, more })
}

/// Bytes of the magic number that an archive begins with.
const MAGIC: u64 = 8;

/// Whether a member is an index or a table of names. A slash and a digit is a long name.
fn for_linkers(member: &ArchiveMember<'_>) -> bool {
    let raw = member.header().map(|header| header.name);
    let marked = raw.is_some_and(|raw| raw[0] == b'/' && !raw[1].is_ascii_digit());
    marked || BSD_INDEX.contains(&member.name())
}

fn read_member(bytes: &[u8], member: &ArchiveMember<'_>) -> ObjectMember {
    let (offset, size) = member.file_range();
    let form = match member.data(bytes) {
        _ if member.is_thin() => {
            ObjectForm::NoMachine { what: "a file outside the archive, which is a thin one".into() }
        }
        Ok(data) => form(data, offset, Names::Drop),
        Err(_) => ObjectForm::Malformed {
            problem: format!(
                "malformed member at offset {offset:#x}: its {size} bytes reach beyond the end of the file"
            ),
        },
    };
    ObjectMember { name: text(member.name()), offset, size, form }
}

fn malformed(offset: u64, problem: &str) -> ObjectMember {
    let problem = format!("malformed member at offset {offset:#x}: {problem}");
    ObjectMember { name: String::new(), offset, size: 0, form: ObjectForm::Malformed { problem } }
}
