//! The last look: reads the finished file as a reader would and refuses what would not arrive.

use std::collections::{BTreeMap, HashSet};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::{LONGEST_NAME, clean, repair};

/// Checks that the file is well-formed XML that starts with its declaration, that every character may
/// stand in it, that no suite is empty, that every case has its own class and name and at most one
/// outcome, and that the counts agree with what is there.
pub(super) fn verify(xml: &str) -> Result<(), String> {
    if !xml.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>") {
        return Err("it does not begin with its declaration".to_owned());
    }
    if let Some(c) = xml.chars().find(|c| !clean::allowed(*c)) {
        return Err(format!("it holds the character {:#06x}", u32::from(c)));
    }
    let mut reader = Reader::from_str(xml);
    reader.config_mut().enable_all_checks(true);
    let mut look = Look::default();
    loop {
        match reader.read_event().map_err(|e| e.to_string())? {
            Event::Start(element) => {
                look.start(&element)?;
                look.open.push(element.name().0.to_owned());
            }
            Event::Empty(element) => {
                look.start(&element)?;
                look.end(element.name().0)?;
            }
            Event::End(element) => {
                look.open.pop();
                look.end(element.name().0)?;
            }
            Event::GeneralRef(reference) => {
                let known = matches!(&*reference, "lt" | "gt" | "amp" | "quot" | "apos");
                if !known && reference.resolve_char_ref().map_err(|e| e.to_string())?.is_none() {
                    return Err(format!("unknown entity {}", &*reference));
                }
            }
            Event::Decl(_) | Event::Text(_) => {}
            Event::Eof => break,
            other => return Err(format!("unexpected {other:?}")),
        }
    }
    if !look.open.is_empty() {
        return Err("it ends too early".to_owned());
    }
    look.totals()
}

/// Counts that a suite or the root claims or has.
type Counts = BTreeMap<&'static str, usize>;
const COUNTED: [&str; 4] = ["tests", "failures", "errors", "skipped"];

#[derive(Default)]
struct Look {
    open: Vec<String>,
    names: HashSet<(String, String)>,
    outcome: bool,
    root: Counts,
    claimed: Counts,
    found: Counts,
    all: Counts,
}

impl Look {
    fn start(&mut self, element: &BytesStart<'_>) -> Result<(), String> {
        let attributes = repair::attributes(element)?;
        let get = |key: &str| {
            attributes.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
        };
        match element.name().0 {
            "testsuites" => self.root = claims(get)?,
            "testsuite" => {
                self.claimed = claims(get)?;
                self.found = Counts::new();
            }
            "testcase" => {
                let (Some(class), Some(name)) = (get("classname"), get("name")) else {
                    return Err("a case has no name or no class".to_owned());
                };
                if name.is_empty() || name.encode_utf16().count() > LONGEST_NAME {
                    return Err(format!("the name of a case is empty or too long: {name}"));
                }
                if !self.names.insert((class.to_owned(), name.to_owned())) {
                    return Err(format!("two cases are {class} {name}"));
                }
                self.outcome = false;
                *self.found.entry("tests").or_default() += 1;
            }
            "failure" => self.outcome("failures")?,
            "error" => self.outcome("errors")?,
            "skipped" => self.outcome("skipped")?,
            _ => {}
        }
        Ok(())
    }

    fn outcome(&mut self, kind: &'static str) -> Result<(), String> {
        if self.open.last().is_none_or(|parent| parent != "testcase") || self.outcome {
            return Err(format!("{kind}: a case has one outcome"));
        }
        self.outcome = true;
        *self.found.entry(kind).or_default() += 1;
        Ok(())
    }

    fn end(&mut self, element: &str) -> Result<(), String> {
        if element != "testsuite" {
            return Ok(());
        }
        for key in COUNTED {
            let found = self.found.get(key).copied().unwrap_or_default();
            if self.claimed.get(key) != Some(&found) || (key == "tests" && found == 0) {
                return Err(format!("a suite has {found} {key} and says otherwise, or is empty"));
            }
            *self.all.entry(key).or_default() += found;
        }
        Ok(())
    }

    fn totals(&self) -> Result<(), String> {
        for (key, claimed) in &self.root {
            if self.all.get(key) != Some(claimed) {
                return Err(format!("the root says {claimed} {key}, the suites say otherwise"));
            }
        }
        if self.all.is_empty() { Err("it has no suite".to_owned()) } else { Ok(()) }
    }
}

fn claims<'a>(get: impl Fn(&str) -> Option<&'a str>) -> Result<Counts, String> {
    let mut counts = Counts::new();
    for key in COUNTED {
        if let Some(value) = get(key) {
            counts.insert(key, value.parse().map_err(|e| format!("{key} {value}: {e}"))?);
        }
    }
    Ok(counts)
}
