//! What the compiler's listing says of a package, as evidence.

use crate::facts::PackageFacts;
use crate::facts::listing::{ListingFacts, Place, SyscallSite};
use crate::facts::source::SourcePlace;
use crate::model::{Evidence, ListingLine};

/// Lines that evidence holds at most.
const MAX_LINES: usize = 24;
/// Callers of one function that are named.
const MAX_CALLERS: usize = 4;
/// Functions of assembly that are named.
const MAX_ASSEMBLY: usize = 8;

/// Which functions stand in for assembly, who calls them, and which are assembly; nothing where that is
/// not known.
pub(super) fn instead_of_assembly(package: &PackageFacts) -> Option<Evidence> {
    let listing = package.listing.as_ref()?;
    let mut lines = Vec::new();
    // Those that something calls first: they are where the time goes.
    let (called, idle): (Vec<_>, Vec<_>) =
        listing.stand_ins.iter().partition(|found| !found.callers.is_empty());
    for found in called.into_iter().chain(idle) {
        let name = full(package, &found.function);
        lines.push(line(name.clone(), &found.place, "Go code in place of assembly".into()));
        for caller in found.callers.iter().take(MAX_CALLERS) {
            let text =
                if caller.inlined { format!("holds {name}") } else { format!("CALL {name}") };
            lines.push(line(full(package, &caller.function), &caller.place, text));
        }
    }
    lines.truncate(MAX_LINES);
    lines.extend(in_assembly(package, listing));
    evidence(listing, lines)
}

/// Which functions are assembly on arm64, as far as the compiler made a wrapper for them.
fn in_assembly(package: &PackageFacts, listing: &ListingFacts) -> Vec<ListingLine> {
    let names = listing.assembly.iter().take(MAX_ASSEMBLY);
    let text = "assembly on arm64";
    names
        .map(|name| ListingLine {
            function: full(package, name),
            file: None,
            line: None,
            text: text.into(),
        })
        .collect()
}

/// Calls and loads of symbols of another architecture.
pub(super) fn arch_symbols(package: &PackageFacts) -> Option<Evidence> {
    let listing = package.listing.as_ref()?;
    let lines = listing.arch_symbols.iter().take(MAX_LINES).map(|found| {
        let verb = if found.called { "CALL" } else { "loads" };
        let text = format!("{verb} {}", found.symbol);
        line(full(package, &found.function), &found.place, text)
    });
    evidence(listing, lines.collect())
}

/// The calls into `syscall` that the compiler made of these lines of source, each behind the move of a float's
/// bits that stands shortly before it. A call that is inlined has the line of its text; the function decides too.
pub(super) fn system_calls<'a>(
    package: &PackageFacts,
    places: impl IntoIterator<Item = &'a SourcePlace>,
) -> Option<Evidence> {
    let listing = package.listing.as_ref()?;
    let mut lines: Vec<ListingLine> = Vec::new();
    for place in places {
        let file = package.report_path(&place.file);
        let function = place.function.as_deref();
        let here = |site: &&SyscallSite| {
            site.place.file == file && site.place.line == place.line
                || function.is_some_and(|function| site.function == function)
        };
        for site in listing.syscalls.iter().filter(here) {
            let name = full(package, &site.function);
            let float = site.float.iter();
            let moved =
                float.map(|float| line(name.clone(), &float.place, float.instruction.clone()));
            let call = line(name.clone(), &site.place, format!("CALL {}", site.callee));
            if !lines.contains(&call) {
                lines.extend(moved.chain([call]));
            }
        }
    }
    lines.truncate(MAX_LINES);
    evidence(listing, lines)
}

fn evidence(listing: &ListingFacts, lines: Vec<ListingLine>) -> Option<Evidence> {
    (!lines.is_empty()).then(|| Evidence::Listing { command: listing.command.clone(), lines })
}

/// A function with its package. A caller of another package carries its own.
fn full(package: &PackageFacts, function: &str) -> String {
    let head = function.split(['(', '[']).next().unwrap_or_default();
    let foreign = head.contains('/') || head.starts_with("main.");
    if foreign {
        return function.to_owned();
    }
    let path = if package.is_command() { "main" } else { package.import_path.as_str() };
    format!("{path}.{function}")
}

fn line(function: String, place: &Place, text: String) -> ListingLine {
    let known = place.is_known();
    ListingLine {
        function,
        file: known.then(|| place.file.clone()),
        line: known.then_some(place.line),
        text,
    }
}
