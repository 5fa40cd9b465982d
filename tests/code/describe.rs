//! The functions, the code and the map of an image as text, for the golden files.

use std::fmt::Write as _;

use gowoa::facts::CodeFacts;
use gowoa::facts::code::{CodePlace, Reading};
use gowoa::image::map::map;
use gowoa::image::{FunctionTable, code, read};

/// Everything, one fact a line.
pub(crate) fn describe(bytes: &[u8]) -> String {
    let facts = read(bytes).unwrap();
    let functions = FunctionTable::read(bytes, &facts).unwrap();
    let mut text = String::new();
    for index in 0..functions.len() {
        let function = functions.describe(index).unwrap();
        write!(text, "function {:#x}+{:#x} {}", function.rva, function.length, function.name)
            .unwrap();
        write!(text, " by {}", function.named_by.words()).unwrap();
        if let Some(package) = &function.package {
            write!(text, ", package {package}").unwrap();
        }
        if let Some((path, version)) = &function.module {
            write!(text, ", module {path} {version}").unwrap();
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    for problem in functions.problems() {
        writeln!(text, "problem: {problem}").unwrap();
    }
    let code = code::scan_functions(&facts, &functions);
    match &code {
        Ok(code) => describe_code(code, &mut text),
        Err(problem) => writeln!(text, "code: {problem}").unwrap(),
    }
    for section in map(&facts, &functions, code.as_ref().ok(), &[]).sections {
        writeln!(text, "map {} at {:#x}", section.name, section.file_offset).unwrap();
        for span in section.spans {
            let words = span.kind.as_str();
            let line = format!("  {:#x}+{:#x} {words} {}", span.offset, span.length, span.label);
            writeln!(text, "{}", line.trim_end()).unwrap();
        }
    }
    text
}

/// What the scan found.
fn describe_code(code: &CodeFacts, text: &mut String) {
    writeln!(text, "{} words, {} functions", code.words, code.functions).unwrap();
    for run in &code.foreign {
        let place = place(&run.place);
        writeln!(text, "foreign {place}: {} bytes, {} undecodable", run.length, run.undecodable)
            .unwrap();
        match &run.reading {
            Reading::X86 { bits, score_millinats, instructions, text: lines } => {
                // The score is a sum of floats, in an order that may change.
                assert!(*score_millinats > 0);
                writeln!(text, "  x86, {bits}-bit, {instructions} instructions").unwrap();
                lines.iter().for_each(|line| writeln!(text, "    {line}").unwrap());
            }
            Reading::Opaque => writeln!(text, "  opaque").unwrap(),
        }
        run.a64.iter().for_each(|line| writeln!(text, "    {line}").unwrap());
    }
    for using in &code.x18 {
        let place = place(&using.place);
        writeln!(text, "x18 {place}: {} writes, {} reads", using.writes, using.reads).unwrap();
        using.text.iter().for_each(|line| writeln!(text, "    {line}").unwrap());
    }
    for using in &code.features {
        let place = place(&using.place);
        let level = using.level.unwrap_or("no level");
        let (feature, count, guard) = (using.feature, using.count, using.guard);
        writeln!(text, "{feature} ({level}) {place}: {count}, {guard:?}").unwrap();
        using.text.iter().for_each(|line| writeln!(text, "    {line}").unwrap());
    }
    for (rva, length) in &code.pools {
        writeln!(text, "pool {rva:#x}+{length:#x}").unwrap();
    }
}

/// Where something is.
fn place(place: &CodePlace) -> String {
    let function = place.function.as_ref().map_or("a gap", |function| function.name.as_str());
    format!("{} {:#x} at {:#x} in {function}", place.section, place.rva, place.file_offset)
}
