//! Floats and small structs that are passed to a system call.
//!
//! Go's `syscall.SyscallN` on windows/arm64 fills the registers R0 to R7 and the stack. A C function takes a
//! float in a vector register, which nobody fills; on amd64 Go copies the first four arguments to the vector
//! registers as well, so the same code works there. See <https://go.dev/issue/62583> and `asmstdcall` in
//! Go's `asm_windows_arm64.s`.
//!
//! The way of the text: a search for words leaves few packages ([`filter`]); their files are parsed and put
//! into a small form of their own ([`lower`], [`ir`]); what does not run on arm64 is left out ([`live`]); values
//! are followed to calls that leave Go ([`flow`], [`sinks`]). No types of other packages are known, and no
//! package is left.

mod filter;
mod flow;
mod ir;
mod known;
mod live;
mod lower;
mod package;
mod sinks;
mod structs;

use std::collections::BTreeSet;

use crate::facts::SourceFacts;
use crate::facts::source::{FloatCall, SourcePlace};
use crate::source::package::{PackageText, Seen, SourceFile};

use super::mentions;
use ir::FileIr;

/// Up to so many bytes all files of a package are parsed; beyond it, those that have one of the words.
const MAX_PACKAGE_BYTES: usize = 1 << 20;

/// How much of a line is kept, in characters.
const MAX_LINE: usize = 160;

/// Adds what is found in a package.
pub(in crate::source) fn find(package: &PackageText<'_>, seen: &Seen<'_>, facts: &mut SourceFacts) {
    let words = filter::words(&package.go);
    facts.calls_system = words.call;
    if !words.worth(&package.go) || !filter::words_of_code(&package.go).worth(&package.go) {
        return;
    }
    let all: usize = package.go.iter().map(|file| file.bytes.len()).sum();
    let (mut read, mut files) = (Vec::new(), Vec::new());
    for (number, file) in package.go.iter().enumerate() {
        if all > MAX_PACKAGE_BYTES && !filter::has_words(file) {
            continue;
        }
        if let Some(tree) = seen.tree(number) {
            read.push(lower::file(file.bytes, tree));
            files.push(*file);
        }
    }
    let speaks = |file: &SourceFile<'_>, word| mentions(file.bytes, word);
    let webview = files.iter().any(|file| speaks(file, "ebView") || speaks(file, "ebview"));
    let (calls, complete) = judged(&read, &files, !package.asm.is_empty(), webview);
    facts.float_calls.extend(calls);
    if let (false, Some(file)) = (complete, files.first()) {
        let reason = "the package has more values than are followed to system calls";
        facts.unread.push((file.name.to_owned(), reason.to_owned()));
    }
}

fn judged(
    read: &[FileIr],
    files: &[SourceFile<'_>],
    assembly: bool,
    webview: bool,
) -> (Vec<FloatCall>, bool) {
    let package = package::Package::new(read);
    let live = live::code(&package);
    let (found, complete) = flow::find(&package, &live, assembly, webview);
    let mut calls = Vec::new();
    let mut seen = BTreeSet::new();
    for found in found {
        let Some((file, function)) = package.funcs.get(found.function) else { continue };
        let Some(file) = files.get(*file) else { continue };
        let name = flow::linker_name(function);
        let place = place(file, found.line, Some(name).filter(|name| !name.is_empty()));
        if !seen.insert((place.clone(), found.passed)) {
            continue;
        }
        calls.push(FloatCall {
            place,
            callee: found.callee,
            via: found.via,
            passed: found.passed,
            through: found.through,
            sure: found.sure,
        });
    }
    calls.sort_by(|a, b| (&a.place, a.passed).cmp(&(&b.place, b.passed)));
    (calls, complete)
}

fn place(file: &SourceFile<'_>, line: u32, function: Option<String>) -> SourcePlace {
    let index = usize::try_from(line).unwrap_or(usize::MAX).saturating_sub(1);
    let text = file.bytes.split(|byte| *byte == b'\n').nth(index).unwrap_or_default();
    let text = String::from_utf8_lossy(text.trim_ascii());
    let cut = text.char_indices().nth(MAX_LINE).map(|(at, _)| at);
    let text = match cut.and_then(|at| text.get(..at)) {
        Some(start) => format!("{start}…"),
        None => text.into_owned(),
    };
    SourcePlace { file: file.name.to_owned(), line, text, function }
}

#[cfg(test)]
mod tests;
